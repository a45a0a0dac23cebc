"""Routes by id or by path: `lithium/carbonate-brine-atacama`, `copper/cathode@high-grade`, `study/plant.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from footprint.errors import InputError, listed, nearest
from footprint.library.build import build_route, with_declared
from footprint.library.cache import Signature, cached, content_hash, signature
from footprint.library.files import RouteFile
from footprint.library.paths import datasets_folder
from footprint.library.sources import load_sources
from footprint.library.toml import parse_toml, read_text, read_toml
from footprint.model import Route

#: data folder -> its index as it was last made in this session
_found: dict[Path, Mapping[str, str]] = {}


def route_index(datasets: Path | None = None) -> Mapping[str, str]:
    """Shipped route id (variants included) -> file, relative to the data folder, in the order of ids."""
    root = datasets or datasets_folder()
    return _index(root, signature((root / "routes").glob("*/*.toml")))


@lru_cache(maxsize=8)
def _index(root: Path, files: Signature) -> Mapping[str, str]:
    """The index while no file changes; across runs it is kept under the hash of their contents."""
    paths = [path for path, _, _ in files]

    def make() -> dict[str, str]:
        index: dict[str, str] = {}
        for path in paths:
            file = read_toml(path, RouteFile)
            relative = path.relative_to(root).as_posix()
            for declared in file.declared:
                if declared.id in index:
                    raise InputError(f"{path}: route id '{declared.id}' is already declared in {index[declared.id]}")
                index[declared.id] = relative
                index |= {f"{declared.id}@{variant}": relative for variant in file.variant}
        return dict(sorted(index.items()))

    return cached("routes", content_hash(paths, root), dict[str, str], make)


def load_route(name: str | Path, overrides: Mapping[str, float] | None = None, datasets: Path | None = None) -> Route:
    """The route of that id, or of the .toml file at that path.

    A path may end in `#ID` to choose one of several declared products, and `@VARIANT` chooses a variant. `overrides`
    replaces parameter values (in the parameter's unit). Raises InputError with file, place and the nearest spelling.
    """
    root = datasets or datasets_folder()
    text = str(name)
    if ".toml" in text:
        return _from_path(text, overrides, root)
    ident, _, variant = text.partition("@")
    return _load(_file_of(text, root), ident, variant or None, overrides, root)


def route_rows(route: Route) -> RouteFile:
    """The rows of the file a route was built from."""
    path = Path(route.path)
    return _file(path, read_text(path), route.sha256)


def _file_of(ident: str, root: Path) -> Path:
    """The file that declares an id; all files are asked only where the last index does not answer."""
    known = _found.get(root, {})
    if ident not in known or not _declares(root / known[ident], ident):
        known = _found[root] = route_index(root)
    if ident not in known:
        raise InputError(
            f"route '{ident}' is not known{nearest(ident, known)}; `footprint list` shows the ids, and a path "
            "ends in .toml"
        )
    return root / known[ident]


def _declares(path: Path, ident: str) -> bool:
    """Whether a file that declared an id when the index was made still does."""
    base, _, variant = ident.partition("@")
    try:
        file = _file(path, read_text(path), content_hash([path], path.parent))
    except InputError:
        return False
    return any(declared.id == base for declared in file.declared) and (not variant or variant in file.variant)


def _from_path(text: str, overrides: Mapping[str, float] | None, root: Path) -> Route:
    head, _, tail = text.rpartition(".toml")
    path, (ident, _, variant) = Path(f"{head}.toml"), tail.lstrip("#").partition("@")
    return _load(path, ident or None, variant or None, overrides, root)


def _load(
    path: Path, ident: str | None, variant: str | None, overrides: Mapping[str, float] | None, root: Path
) -> Route:
    text, sha256 = read_text(path), content_hash([path], path.parent)
    file = _file(path, text, sha256)
    ids = [declared.id for declared in file.declared]
    if ident is not None and ident not in ids:
        raise InputError(f"{path}: declares no '{ident}'{nearest(ident, ids)}; it declares: {listed(ids)}")
    changes = tuple(sorted((overrides or {}).items()))
    route = _system(path, text, sha256, variant, changes, root, signature(root.glob("sources.toml")))
    declared = file.declared[ids.index(ident) if ident else 0]
    return route if declared is file.declared[0] else with_declared(route, file, declared)


@lru_cache(maxsize=32)
def _file(path: Path, text: str, sha256: str) -> RouteFile:
    """The rows of a file, read once in a session and kept under the hash of its content across sessions."""
    return cached("route", sha256, RouteFile, lambda: parse_toml(text, str(path), RouteFile))


@lru_cache(maxsize=32)
def _system(
    path: Path,
    text: str,
    sha256: str,
    variant: str | None,
    changes: tuple[tuple[str, float], ...],
    root: Path,
    sources: Signature,
) -> Route:
    """The product system of a file with its first declared product: the others share its processes."""
    file = _file(path, text, sha256)
    return build_route(file, file.declared[0], load_sources(root), str(path), sha256, variant, dict(changes))
