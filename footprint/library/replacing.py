"""Files and folders that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from footprint.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` to write to; it takes that name at the end, or is removed where writing failed.

    A symbolic link stays, and the file it leads to is replaced. Raises OSError as writing does, and where something
    other than a regular file is there: a device, a pipe, a folder.
    """
    import tempfile

    target = path.resolve()
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "is there already and is no regular file", str(path))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}", suffix=".part")
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file: beside its place first, then renamed, so that nobody ever sees half of it; text in UTF-8.

    Raises InputError where it cannot be written.
    """
    write_together({path: content})


def write_together(files: Mapping[Path, str | bytes]) -> None:
    """Write several files, all of them or none: each beside its place, and only then renamed; text in UTF-8.

    Raises InputError where one cannot be written.
    """
    path = Path()
    try:
        with ExitStack() as stack:
            for path, content in files.items():
                temporary = stack.enter_context(replacing(path))
                temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None


@contextmanager
def folder_for(path: Path) -> Iterator[Path]:
    """The folder at `path`, made where it is not there; what was made is taken away where writing into it failed.

    Raises InputError where it cannot be made.
    """
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be made ({error.strerror})") from None
    try:
        yield path
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def free(path: Path, force: bool) -> None:
    """InputError where a file is there already and was not said to be replaced."""
    if not force and (path.exists() or path.is_symlink()):
        raise InputError(f"{path}: is there already; choose another name, or --force to replace it")


def apart(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """InputError where an output is one of the inputs, by whatever name or link."""
    read = {path.resolve(): path for path in inputs}
    for path in outputs:
        same = read.get(path.resolve()) or next((p for p in read.values() if _one_file(path, p)), None)
        if same is not None:
            raise InputError(f"{path}: is read as an input; choose another name for what is written")


def _one_file(first: Path, second: Path) -> bool:
    """Whether two names lead to one file, as hard links and systems that ignore case do."""
    return first.exists() and second.exists() and first.samefile(second)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` to fill; it takes that name at the end, or is removed where filling it failed.

    Raises InputError where something is there already, OSError as writing does.
    """
    import shutil
    import tempfile

    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(f"{path}: is there already; choose another folder")
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}", suffix=".part"))
    try:
        yield temporary
        os.chmod(temporary, 0o777 & ~_umask())
        if path.exists():
            path.rmdir()
        os.replace(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
