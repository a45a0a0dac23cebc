"""Reading the TOML tables of methods/crma: closed keys, known kinds, an error that names file and place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from footprint.errors import InputError, listed, nearest
from footprint.library.toml import raw_toml, read_text

Table = Mapping[str, Any]
T = TypeVar("T")


def read_table(path: Path) -> dict[str, Any]:
    """The TOML file at `path`; InputError where it is missing or not valid TOML."""
    return raw_toml(read_text(path), str(path))


def check_keys(table: Table, where: str, needed: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Every key of `needed` is there and no key beside those of `optional`."""
    needed, optional = tuple(needed), tuple(optional)
    allowed = (*needed, *optional)
    for key in table:
        if key not in allowed:
            hint = f"{nearest(key, allowed)}; allowed: {listed(allowed, 20)}"
            raise InputError(f"{where}: the key '{key}' is not known{hint}")
    for key in needed:
        if key not in table:
            raise InputError(f"{where}: the key '{key}' is missing; needed: {listed(needed, 20)}")


def value(table: Table, key: str, kind: type[T], where: str, default: T | None = None) -> T:
    """The value of `key`, of that kind; `default` where the key is left out."""
    found = table.get(key, default)
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise InputError(f"{where}: '{key}' is {found!r}; a {_KINDS.get(kind, kind.__name__)} is needed")
    return found


def text(table: Table, key: str, where: str, default: str | None = None) -> str:
    """The text of `key`, without white space around it; not empty unless `default` is."""
    found = value(table, key, str, where, default).strip()
    if not found and default != "":
        raise InputError(f"{where}: '{key}' is empty")
    return found


def texts(table: Table, key: str, where: str, default: list[str] | None = None) -> tuple[str, ...]:
    """The list of texts of `key`."""
    found = value(table, key, list, where, default)
    for entry in found:
        if not isinstance(entry, str) or not entry:
            raise InputError(f"{where}: '{key}' holds {entry!r}; a list of texts is needed")
    return tuple(found)


def tables(table: Table, key: str, where: str) -> tuple[Table, ...]:
    """The tables of `[[key]]`, at least one."""
    found = table.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(entry, dict) for entry in found):
        raise InputError(f"{where}: one or more [[{key}]] tables are needed")
    return tuple(found)


_KINDS: dict[type, str] = {str: "text", date: "date", list: "list", bool: "truth value", dict: "table"}
