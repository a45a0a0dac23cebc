"""Parsed inputs kept under the hash of the bytes they were parsed from: never a result, never a pickle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from footprint import __version__
from footprint.errors import InputError
from footprint.library.paths import cache_folder
from footprint.library.replacing import replacing

T = TypeVar("T")
#: counts the ways in which the same bytes were read within one version: raise it when their reading changes
READING = 4


def content_hash(paths: Iterable[Path], root: Path) -> str:
    """SHA-256 over names (relative to `root`, with `/`) and bytes of files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.relative_to(root).as_posix()):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from None
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


Signature = tuple[tuple[Path, int, int], ...]


def signature(paths: Iterable[Path]) -> Signature:
    """Path, time and size of files: what a session compares to know whether it must read them again."""
    return tuple((path, (found := path.stat()).st_mtime_ns, found.st_size) for path in sorted(paths))


def cached(kind: str, key: str, shape: type[T], make: Callable[[], T]) -> T:
    """`make()`, or what an earlier run kept of it under the same key and program version.

    A cache file that cannot be read or decoded is made again; one that cannot be written is done without.
    """
    folder = cache_folder()
    if folder is None:
        return make()
    path = folder / f"{kind}-{__version__}.{READING}-{key[:32]}.msgpack"
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=shape)
    except (OSError, msgspec.DecodeError):
        value = make()
    _write(path, msgspec.msgpack.encode(value, enc_hook=dict))
    return value


def _write(path: Path, data: bytes) -> None:
    """Keep what was read, if the folder can be written to."""
    with suppress(OSError), replacing(path) as temporary:
        temporary.write_bytes(data)
