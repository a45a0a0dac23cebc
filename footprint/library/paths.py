"""Where the data and the cache are. Nothing is written outside the user's cache folder."""

from __future__ import annotations

import os
from pathlib import Path

from footprint.errors import FootprintError, InputError

_PACKAGE = Path(__file__).resolve().parent.parent


def _data_folder(name: str) -> Path:
    """`datasets` or `methods`: inside the installed package, or beside it in a checkout."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FootprintError(f"the data folder '{name}' is missing from this installation")


def datasets_folder() -> Path:
    """The folder of routes, background, electricity, prices and sources."""
    return _data_folder("datasets")


def methods_folder() -> Path:
    """The folder of impact assessment methods and of the law as data."""
    return _data_folder("methods")


def inside(folder: Path, relative: str) -> Path:
    """`folder / relative`, refused where it would leave the folder."""
    target = (folder / relative).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise InputError(f"'{relative}' leads out of {folder}; only files inside it may be named")
    return target


def cache_folder() -> Path | None:
    """The user's cache folder for this program, or None where caching is switched off or not possible."""
    if override := os.environ.get("CRM_FOOTPRINT_CACHE"):
        if override == "off":
            return None
        folder = Path(override)
    else:
        import platformdirs

        folder = Path(platformdirs.user_cache_dir("crm-footprint", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder
