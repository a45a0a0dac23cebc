"""A value in a cell, and a cell as a value: each way loses nothing, and what cannot be told apart is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import msgspec

from footprint.errors import InputError, nearest
from footprint.exchange.workbook.columns import YES_NO, Column, Kind
from footprint.library.files import SpreadRow
from footprint.library.wording import reworded
from footprint.library.workbooks import Fault, Formula

MAX_TEXT, LONGEST_NUMBER = 32_767, 80
#: stands for a text that is given, and empty
EMPTY = '""'
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
)
_NUMBER = re.compile(r"\s*[-+]?[\d.,' \u00a0]*\d[\d.,' \u00a0]*([eE][-+]?\d+)?\s*%?\s*")
_SPACES = "\u00a0\u2007\u202f\u200b\ufeff"


def to_cell(value: Any, column: Column) -> Any:
    """What stands in the cell: text, number, date, or None for nothing.

    Raises InputError for a value that a cell cannot hold without changing it.
    """
    if value is None or (value == "" and not column.explicit):
        return None
    if isinstance(value, bool):
        return YES_NO[not value]
    if isinstance(value, list):
        return ", ".join(value) or None
    if isinstance(value, dict):
        return (
            _spread_text(value) if column.kind == "spread" else "; ".join(f"{k}={_plain(v)}" for k, v in value.items())
        )
    if isinstance(value, str):
        return EMPTY if value == "" else _plain(value) if column.kind == "amount" else _holdable(value)
    return value


def _plain(value: float | str) -> str:
    """A number or an expression as text; a number that is given as an expression keeps its quotes."""
    if isinstance(value, str):
        return f'"{value}"' if _is_number(value) else _holdable(value)
    return repr(float(value)).removesuffix(".0")


def _is_number(text: str) -> bool:
    return len(text) < LONGEST_NUMBER and bool(_NUMBER.fullmatch(text))


def _holdable(text: str) -> str:
    if len(text) > MAX_TEXT or _CONTROL.search(text) or text.strip() == EMPTY:
        raise InputError(f"a cell cannot hold the text '{text[:40]}': control characters, or over {MAX_TEXT:,} letters")
    return text


def _spread_text(spread: Mapping[str, Any]) -> str:
    """`lognormal gsd2=2`, `discrete values=1,2 weights=0.5,0.5`."""
    given = ((k, v if isinstance(v, list) else [v]) for k, v in spread.items() if k != "kind")
    return " ".join((spread["kind"], *(f"{key}={','.join(map(_plain, numbers))}" for key, numbers in given)))


def from_cell(cell: Any, column: Column) -> Any:
    """The value of a cell that is not empty; InputError says what was found and what is allowed."""
    if isinstance(cell, Formula):
        raise InputError(f"'{cell[:40]}' is a formula; put its value there (copy, paste special: values)")
    if isinstance(cell, Fault):
        raise InputError(f"holds the error {cell}; a value is needed")
    if isinstance(cell, str):
        _check_text(cell, column)
    value = _READ[column.kind](cell, column)
    if column.explicit and value == "":
        return value
    try:
        return msgspec.convert(value, column.type, strict=True)
    except msgspec.ValidationError as error:
        raise InputError(_explained(str(error), value, column)) from None


def _explained(error: str, value: Any, column: Column) -> str:
    what, _, where = error.partition(" - at `")
    inside = value
    if place := re.search(r"\[(\d+)\]", where):
        inside = value[int(place.group(1))]
    elif isinstance(value, dict):
        inside = None
    told = reworded(what, inside, column.type).replace(" in quotes", "")
    if isinstance(value, (int, float)) and 1 < value <= 100 and "must be at most 1" in told:
        told += f"; a share is needed: {value / 100:g} for {value:g} %"
    return told


def _check_text(text: str, column: Column) -> None:
    if found := _CONTROL.search(text):
        raise InputError(f"holds the control character {found.group()!r}; retype the text")
    if len(text) > MAX_TEXT:
        raise InputError(f"has {len(text):,} letters; at most {MAX_TEXT:,} are allowed")
    if column.prose:
        return
    if odd := next((c for c in text if c in _SPACES), ""):
        raise InputError(f"{text[:60]!r} holds a space that does not break (U+{ord(odd):04X}); retype it")
    if text != text.strip():
        raise InputError(f"{text[:60]!r} begins or ends with a space; remove it")


def _text(cell: Any, column: Column) -> str:
    if isinstance(cell, str):
        return "" if cell == EMPTY and column.explicit else cell
    told = _shown(cell)
    allowed = f"; allowed: {', '.join(column.choices)}" if column.choices else ""
    raise InputError(f"{told} is {_what(cell)}; text is needed{allowed} (format the cell as text)")


def _number(cell: Any, column: Column) -> float:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise InputError(f"{_shown(cell)} {_no_number(cell)}")
    try:
        value = float(cell)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise InputError(f"is {value}; a finite number is needed")
    return value


def _amount(cell: Any, column: Column) -> float | str:
    """A number; text is an expression, unless it is a number that was kept as text."""
    if isinstance(cell, str) and not _is_number(cell) and cell.strip().lower() not in _NOT_FINITE:
        return _unquoted(cell)
    return _number(cell, column)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


_NOT_FINITE = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "∞", "-∞"})


def _no_number(cell: Any) -> str:
    if isinstance(cell, str) and _is_number(cell):
        percent = "; a percentage is written as a share" if "%" in cell else ""
        return f"is a number kept as text; write it as a number (decimal sign of your spreadsheet){percent}"
    return f"is {_what(cell)}; a finite number is needed"


def _whole(cell: Any, column: Column) -> int:
    value = _number(cell, column)
    if value != int(value):
        raise InputError(f"{value:g} is not a whole number")
    return int(value)


def _truth(cell: Any, column: Column) -> bool:
    if isinstance(cell, bool):
        return cell
    if not isinstance(cell, str) or cell.lower() not in YES_NO:
        hint = nearest(cell, YES_NO) if isinstance(cell, str) else ""
        raise InputError(f"{_shown(cell)} is not known{hint}; allowed: yes, no")
    return cell.lower() == YES_NO[0]


def _day(cell: Any, column: Column) -> date:
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    if isinstance(cell, str):
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
                return date.fromisoformat(cell)
        except ValueError:
            pass
    raise InputError(f"{_shown(cell)} is no day; a day is needed, as 2025-12-31 (format the cell as a date)")


def _list(cell: Any, column: Column) -> list[str]:
    return [part.strip() for part in _text(cell, column).split(",") if part.strip()]


def _pairs(cell: Any, column: Column) -> dict[str, float | str]:
    """`Cu=0.28; Ag=4.2e-5`."""
    found: dict[str, float | str] = {}
    for part in filter(None, (part.strip() for part in _text(cell, column).split(";"))):
        key, equals, value = (word.strip() for word in part.partition("="))
        if not (key and equals and value):
            raise InputError(f"'{part[:40]}' is not in form; needed: NAME=NUMBER, separated by ; (Cu=0.28; Ag=4.2e-5)")
        if key in found:
            raise InputError(f"'{key}' is given twice")
        found[key] = _written_number(value, key)
    return found


def _written_number(text: str, key: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        if _is_number(text):
            raise InputError(
                f"{key}: '{text}' is no number; write it with a decimal point, without separators"
            ) from None
        return _unquoted(text)
    if not math.isfinite(value):
        raise InputError(f"{key}: is {value}; a finite number is needed")
    return value


def _spread(cell: Any, column: Column) -> dict[str, Any]:
    """The keys of a spread; `[SpreadRow]` says which there are."""
    kind, *pairs = _text(cell, column).split()
    found: dict[str, Any] = {"kind": kind}
    for pair in pairs:
        key, equals, numbers = pair.partition("=")
        try:
            values = [float(number) for number in numbers.split(",")]
        except ValueError:
            equals = ""
        if not equals or (len(values) > 1 and key not in ("values", "weights")):
            raise InputError(f"'{pair[:40]}' is not in form; needed: lognormal gsd2=2, triangular low=1 high=3, …")
        found[key] = values if key in ("values", "weights") else values[0]
    try:
        msgspec.convert(found, SpreadRow)
    except msgspec.ValidationError as error:
        raise InputError(reworded(str(error).partition(" - at `")[0], kind, SpreadRow)) from None
    return found


def _shown(cell: Any) -> str:
    if isinstance(cell, datetime):
        cell = cell.date() if cell.time() == time() else cell
    return f"'{str(cell)[:60]}'"


def _what(cell: Any) -> str:
    kinds: Sequence[tuple[type | tuple[type, ...], str]] = (
        (bool, "a truth value"),
        ((int, float), "a number"),
        ((date, time), "a date"),
        (str, "text"),
    )
    return next((told for kind, told in kinds if isinstance(cell, kind)), "of another kind")


_READ: Mapping[Kind, Callable[[Any, Column], Any]] = {
    "text": _text,
    "number": _number,
    "amount": _amount,
    "whole": _whole,
    "truth": _truth,
    "day": _day,
    "list": _list,
    "pairs": _pairs,
    "spread": _spread,
}
