"""Writing TOML as the shipped files are laid out: a table per process, one exchange per line.

`tomli-w` chooses lines by their length, and `tomlkit` renders every list on one line unless each is built by hand; for
a file that reviews like a table the layout is the point, so it is written here: tomllib.loads(toml_text(x)) == x.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

#: where a value stands in nested tables, and what is said beside or above it
Path = tuple[str | int, ...]
Comments = Mapping[Path, str]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BREAKS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: whatever stands below these headings is on one line each
_ON_LINES = frozenset({("process",), ("boundary",), ("site", "*")})


def toml_text(table: Mapping[str, Any], comments: Comments | None = None) -> str:
    """`table` as TOML; a comment stands above the table or after the value whose place it names.

    Raises TypeError for a value that TOML does not have (None among them).
    """
    return "\n".join(_table(table, (), (), comments or {})).strip("\n") + "\n"


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {inline(content)}" for key, content in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(inline, value))}]"
    raise TypeError(f"TOML has no value {value!r}")


def _number(value: float) -> str:
    """The shortest digits that read back as the same number; a whole number without point."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = repr(value)
    return text[:-2] if text.endswith(".0") and value else text


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else inline(key)


def _table(table: Mapping[str, Any], name: tuple[str, ...], place: Path, comments: Comments) -> Iterator[str]:
    """Plain values first, then tables and lists of tables, each under its heading."""
    later = []
    for key, value in table.items():
        if _has_heading(key, value, name):
            later.append((key, value))
        else:
            yield from _entry(key, value, (*place, key), comments)
    for key, value in later:
        heading, at = (*name, key), (*place, key)
        dotted = ".".join(map(_key, heading))
        if isinstance(value, Mapping):
            if not value or any(not _has_heading(k, v, heading) for k, v in value.items()):
                yield from ("", *_above(at, comments), f"[{dotted}]")
            yield from _table(value, heading, at, comments)
        else:
            for n, row in enumerate(value):
                yield from ("", *_above((*at, n), comments), f"[[{dotted}]]")
                yield from _table(row, heading, (*at, n), comments)


def _has_heading(key: str, value: Any, name: tuple[str, ...]) -> bool:
    """Whether a value is a table, or a list of tables, with a heading of its own."""
    if (*name[:1], *("*" for _ in name[1:])) in _ON_LINES or key == "period":
        return False
    return isinstance(value, Mapping) or _is_rows(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, Sequence) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _entry(key: str, value: Any, place: Path, comments: Comments) -> Iterator[str]:
    """`key = value`; a list of tables has one on each line, a long text keeps its own lines."""
    if _is_rows(value):
        yield f"{_key(key)} = ["
        for n, row in enumerate(value):
            yield f"  {inline(row)},{_beside((*place, n), comments)}"
        yield "]"
    elif isinstance(value, str) and "\n" in value and not (_BREAKS.search(value) or value.endswith('"')):
        quoted = value.replace("\\", "\\\\").replace('"""', '""\\"')
        yield f'{_key(key)} = """\n{quoted}"""'
    else:
        yield f"{_key(key)} = {inline(value)}{_beside(place, comments)}"


def _above(place: Path, comments: Comments) -> Iterator[str]:
    if place in comments:
        yield from (f"# {line}" for line in comments[place].splitlines())


def _beside(place: Path, comments: Comments) -> str:
    return f"  # {' '.join(comments[place].split())}" if place in comments else ""
