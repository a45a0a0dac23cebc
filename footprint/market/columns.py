"""The columns of a market file: what each may hold, and its cells read as texts, numbers or days."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from footprint.errors import nearest
from footprint.library.workbooks import Formula
from footprint.market.declarations import CODES

Kind = Literal["text", "number", "day"]
MAX_TEXT = 500
#: a number is 0 or of this size: nothing that is declared is smaller or larger, and squares stay within a double
SMALLEST, LARGEST = 1e-30, 1e30


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the market file: what its cells hold, what stands for an empty one (None: it is needed)."""

    name: str
    kind: Kind = "text"
    default: str | float | None = None
    allowed: tuple[str, ...] = ()
    least: float = -math.inf
    most: float = math.inf
    above: bool = False


def _needed(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        *_needed("declaration_id", "operator", "material", "product", "form"),
        Column("system", allowed=("primary", "secondary", "mixed")),
        *_needed("country"),
        Column("period_from", "day"),
        Column("period_to", "day"),
        Column("mass_t", "number", least=0.0, above=True),
        Column("grade", default=""),
        Column("route", default=""),
        Column("declared_unit_kg", "number", 1.0, least=0.0, above=True),
        Column("method", default="ef-3.1"),
        Column("ruleset", default="none"),
        *(Column(name, default="") for name in ("background", "allocation", "electricity")),
        Column("cff_A", "number", 1.0, least=0.0, most=1.0),
        Column("long_term", default="include", allowed=("include", "exclude")),
        *(Column(f"share_{name}_consumer", "number", math.nan, least=0.0, most=1.0) for name in ("pre", "post")),
        *(Column(f"country_{name}", default="") for name in ("extraction", "processing", "refining", "recycling")),
        *(Column(code, "number", math.nan) for code in CODES),
        *(Column(f"gsd2_{code}", "number", math.nan, least=1.0) for code in CODES),
        *(Column(f"screening_{code}", "number", math.nan, least=0.0, most=1.0) for code in CODES),
    )
}
#: columns of a category: a file that leaves one out does not hold it
OF_CATEGORY = frozenset(f"{kind}{code}" for kind in ("", "gsd2_", "screening_") for code in CODES)
ONE_DAY = "placed_on_market"
NEEDED = tuple(name for name, column in COLUMNS.items() if column.default is None)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


Bad = list[tuple[int, str]]


def _text_column(cells: Sequence[Any], column: Column) -> tuple[NDArray[Any], Bad]:
    bad: Bad = []
    found = []
    for n, cell in enumerate(cells):
        content = "" if cell is None else str(cell).strip()
        if not content:
            content = str(column.default or "")
            if column.default is None:
                bad.append((n, "is empty; a text is needed"))
        elif isinstance(cell, Formula) or content[0] in "=@" or (content[0] in "+-" and len(content) > 1):
            bad.append((n, f"'{content[:40]}' is a formula; the text itself is needed"))
        elif _CONTROL.search(content) or len(content) > MAX_TEXT:
            bad.append((n, f"holds control characters or more than {MAX_TEXT} letters"))
        elif column.allowed and content not in column.allowed:
            hint = nearest(content, column.allowed)
            bad.append((n, f"'{content[:40]}' is not known{hint}; allowed: {', '.join(column.allowed)}"))
        found.append(content)
    return np.array(found, dtype=object), bad


def _number_column(cells: Sequence[Any], column: Column) -> tuple[NDArray[Any], Bad]:
    bad: Bad = []
    found = np.empty(len(cells))
    for n, cell in enumerate(cells):
        if cell is None or cell == "":
            found[n] = math.nan if column.default is None else float(column.default)
            if column.default is None:
                bad.append((n, "is empty; a number is needed"))
            continue
        try:
            value = math.nan if isinstance(cell, (bool, Formula)) else float(cell)
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        found[n] = value
        if not math.isfinite(value):
            what = "is a formula" if isinstance(cell, Formula) else "is not a finite number"
            bad.append((n, f"'{str(cell)[:40]}' {what}; a number with a decimal point is needed"))
        elif value < column.least or value > column.most or (column.above and value == column.least):
            bad.append((n, f"{value:g} is out of range; allowed: {_range(column)}"))
        elif value and not SMALLEST <= abs(value) <= LARGEST:
            bad.append((n, f"{value:g} is out of range; allowed: 0, or {SMALLEST:g} to {LARGEST:g} in size"))
    return found, bad


def _range(column: Column) -> str:
    if column.most < math.inf:
        return f"{column.least:g} to {column.most:g}"
    return f"above {column.least:g}" if column.above else f"{column.least:g} or more"


def _day_column(cells: Sequence[Any], column: Column) -> tuple[NDArray[Any], Bad]:
    bad: Bad = []
    found = np.full(len(cells), np.datetime64("NaT", "D"))
    for n, cell in enumerate(cells):
        try:
            found[n] = np.datetime64(_day(cell), "D")
        except ValueError:
            what = "is empty" if cell in (None, "") else f"'{str(cell)[:40]}' is no day"
            bad.append((n, f"{what}; a day is needed, as in 2026-12-31"))
    return found, bad


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        if cell.time() != datetime.min.time():
            raise ValueError
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    if isinstance(cell, Formula) or not _DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def read_column(cells: Sequence[Any], column: Column) -> tuple[NDArray[Any], Bad]:
    """The cells of a column, and those that cannot be taken: (place among the rows, what is wrong)."""
    return _READ[column.kind](cells, column)


_READ: Mapping[Kind, Callable[[Sequence[Any], Column], tuple[NDArray[Any], Bad]]] = {
    "text": _text_column,
    "number": _number_column,
    "day": _day_column,
}


def filled(column: Column, n: int) -> NDArray[Any]:
    """A column that the file leaves out."""
    if column.kind == "number":
        return np.full(n, column.default, dtype=float)
    return np.array([column.default] * n, dtype=object)
