"""Reading TOML that may be hostile: bounded size, UTF-8, duplicate keys refused, every error with file and place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from footprint.errors import InputError, listed, nearest
from footprint.library.wording import reworded

T = TypeVar("T")
MAX_BYTES = 8 * 1024 * 1024


def read_text(path: Path) -> str:
    """The text of a file of at most 8 MiB, in UTF-8."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise InputError(f"{path}: is {'a folder' if path.is_dir() else 'no regular file'}; a file is needed")
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size:,} bytes; a data file has at most {MAX_BYTES:,}")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except ValueError:
        raise InputError(f"{str(path)!r} is no name of a file") from None


def read_toml(path: Path, shape: type[T]) -> T:
    """The file at `path` as a `shape`; InputError says where it departs from it."""
    return parse_toml(read_text(path), str(path), shape)


def parse_toml(text: str, name: str, shape: type[T]) -> T:
    """The TOML `text` of the file `name` as a `shape`."""
    raw = raw_toml(text, name)
    try:
        return msgspec.convert(raw, shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise InputError(f"{name}{_explain(str(error), raw, shape)}") from None


def raw_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text; InputError says what is not valid and where."""
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: not valid TOML: {error}{_duplicate_hint(str(error))}") from None
    except RecursionError:
        raise InputError(f"{name}: not valid TOML: nested too deep") from None
    except ValueError:
        raise InputError(f"{name}: not valid TOML: a number has too many digits") from None


def _duplicate_hint(message: str) -> str:
    return " (a key or table is given twice)" if "overwrite" in message or "twice" in message else ""


_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_STEP = re.compile(r"\.([A-Za-z_0-9-]+)|\[(\d+)\]|\[\.\.\.\]")


def _explain(message: str, raw: dict[str, Any], shape: type) -> str:
    """`, process 'reduction', exchange 2: what was found`, from the validator's message and path."""
    what, _, where = message.partition(" - at `")
    path = where.removeprefix("key` in `")
    place, value, kind = _place(path.removeprefix("$").rstrip("`"), raw, shape)
    if path != where:
        value = _unfit_key(value, kind)
        return f"{place} '{value}': {reworded(what, value, str)}"
    if unknown := _UNKNOWN.search(message):
        key, fields = unknown.group(1), _keys(kind)
        return f"{place}: the key '{key}' is not known{nearest(key, fields)}; allowed: {listed(fields, 30)}"
    return f"{place}: {reworded(what, value, kind)}"


def _place(path: str, raw: Any, shape: Any) -> tuple[str, Any, Any]:
    """The path in the user's words (ids where a table has one, else counted from 1), what is there, and its kind."""
    words, value, kind = "", raw, shape
    for name, index in ((m.group(1), m.group(2)) for m in _STEP.finditer(path)):
        if index is not None:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
            ident = value.get("id") if isinstance(value, dict) else None
            words += f" '{ident}'" if isinstance(ident, str) else f" {int(index) + 1}"
            kind = _element(kind)
        elif name is not None:
            value = value.get(name) if isinstance(value, dict) else None
            words += f", {name}"
            kind = _member(kind, name)
        else:
            kind = _element(kind)
            key, value = _culprit(value, kind)
            words += f" '{key}'" if key else ""
    return words, value, kind


def _culprit(table: Any, kind: Any) -> tuple[str, Any]:
    """The first entry of a table that is not a `kind`: the validator does not name the key."""
    for key, value in table.items() if isinstance(table, dict) else ():
        try:
            msgspec.convert(value, kind, strict=True)
        except msgspec.ValidationError:
            return key, value
    return "", None


def _unfit_key(table: Any, kind: Any) -> str:
    """The first key of a table that may not be one."""
    wanted = next(iter(get_args(_bare(kind))), str)
    for key in table if isinstance(table, dict) else ():
        try:
            msgspec.convert(key, wanted, strict=True)
        except msgspec.ValidationError:
            return str(key)
    return ""


def _member(kind: Any, name: str) -> Any:
    struct = _struct(kind)
    if struct is None:
        return None
    return next((f.type for f in msgspec.structs.fields(struct) if f.encode_name == name), None)


def _element(kind: Any) -> Any:
    arguments = [a for a in get_args(_bare(kind)) if a is not str]
    return arguments[-1] if arguments else None


def _bare(kind: Any) -> Any:
    """A list or dict type without its annotations and `None` alternative."""
    while hasattr(kind, "__metadata__"):
        kind = kind.__origin__
    return kind


def _struct(kind: Any) -> type[msgspec.Struct] | None:
    kind = _bare(kind)
    for candidate in (kind, *get_args(kind)):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def _keys(kind: Any) -> list[str]:
    struct = _struct(kind)
    return [f.encode_name for f in msgspec.structs.fields(struct)] if struct else []
