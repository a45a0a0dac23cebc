"""Market files: CSV, Parquet or XLSX into checked columns; a bad cell is named by row and column.

What arrives here was written by strangers: sizes are bounded, formulas are refused, nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed, nearest
from footprint.extras import needed
from footprint.library.paths import methods_folder
from footprint.library.tables import read_csv
from footprint.market.declarations import CODES, Market
from footprint.rules.materials import load_materials

Kind = Literal["text", "number", "day"]
MAX_BYTES = 1 << 30
MAX_ROWS = 5_000_000
#: an XLSX file may unfold to this many bytes, and to this many times its size
MAX_UNFOLDED, MAX_RATIO = 1 << 30, 200
MAX_COLUMNS = 200
MAX_TEXT = 500
#: how many bad cells a refusal names
SHOWN = 5


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
    )
}
ONE_DAY = "placed_on_market"
NEEDED = tuple(name for name, column in COLUMNS.items() if column.default is None)
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken: `row` counts as a spreadsheet does, the header being row 1."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, column '{self.column}': {self.message}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the rows that are good, where they stood, and what was wrong with the others."""

    market: Market
    rows: NDArray[np.int64]
    problems: tuple[Problem, ...]


def load_market(path: str | Path) -> Market:
    """The declarations of a market file (CSV, Parquet or XLSX; CONTRACT, Market file).

    InputError names row, column, what was found and what is allowed; one bad row refuses the file.
    """
    found = read_market(Path(path))
    if found.problems:
        raise InputError(refusal(path, found.problems))
    return found.market


def refusal(path: str | Path, problems: Sequence[Problem]) -> str:
    """The message of a file that is refused."""
    more = f"\n… and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return "\n".join(f"{path}, {problem}" for problem in problems[:SHOWN]) + more


def read_market(path: Path) -> Reading:
    """The good rows of a market file and the problems of the others; InputError where the file itself is wrong."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path}: the name of a market file ends in {listed(_READERS)}")
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r}: cannot be read ({error})") from None
    if not path.is_file():
        raise InputError(f"{path}: is no file")
    if size > MAX_BYTES:
        raise InputError(f"{path}: {size:,} bytes; a market file has at most {MAX_BYTES:,}")
    return check_table(str(path), *read(path))


# --- from a file to cells


Cells = Mapping[str, Sequence[Any]]


def _from_csv(path: Path) -> tuple[Cells, Sequence[int]]:
    cells: dict[str, list[str]] = {}
    lines = []
    for line, row in read_csv(path, ()):
        if not cells:
            cells = {name: [] for name in row}
        for name, cell in row.items():
            cells[name].append(cell)
        lines.append(line)
        _bounded(path, len(lines))
    return cells, lines


def _from_parquet(path: Path) -> tuple[Cells, Sequence[int]]:
    duckdb = needed("duckdb", "market")
    if set(str(path)) & set("*?["):
        raise InputError(f"{path}: the name of a Parquet file must not hold *, ? or [")
    try:
        with duckdb.connect(config={"memory_limit": "1GB", "threads": "2"}) as connection:
            found = connection.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [str(path)])
            names = [column[0] for column in found.description]
            if len(names) > MAX_COLUMNS:
                raise InputError(f"{path}: {len(names)} columns; a market file has at most {MAX_COLUMNS}")
            rows: list[Any] = []
            while part := found.fetchmany(50_000):
                rows += part
                _bounded(path, len(rows))
    except duckdb.Error as error:
        raise InputError(f"{path}: cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}, range(2, len(rows) + 2)


def _from_xlsx(path: Path) -> tuple[Cells, Sequence[int]]:
    openpyxl = needed("openpyxl", "excel")
    _check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return _from_sheet(path, sheet.iter_rows(max_col=MAX_COLUMNS + 1))
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
    finally:
        book.close()


def _from_sheet(path: Path, rows: Iterable[Sequence[Any]]) -> tuple[Cells, Sequence[int]]:
    names: list[str] = []
    cells: dict[str, list[Any]] = {}
    places = []
    for n, row in enumerate(rows, 1):
        _bounded(path, n)
        content = [_Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row]
        while content and content[-1] is None:
            content.pop()
        if not names:
            names = [str(cell or "").strip() for cell in content]
            if len(names) > MAX_COLUMNS or len(set(names)) < len(names):
                raise InputError(f"{path}: the first row must name at most {MAX_COLUMNS} columns, each once")
            cells = {name: [] for name in names}
        elif content:
            if len(content) > len(names):
                raise InputError(f"{path}, row {n}: has {len(content)} cells; the header has {len(names)}")
            content += [None] * (len(names) - len(content))
            for name, cell in zip(names, content, strict=True):
                cells[name].append(cell)
            places.append(n)
    return cells, places


def _check_archive(path: Path) -> None:
    """An XLSX file is a ZIP archive of XML: refused where it would unfold too far, or declares entities."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unfolded = sum(part.file_size for part in parts)
            if len(parts) > 10_000 or unfolded > min(MAX_UNFOLDED, max(1 << 20, MAX_RATIO * path.stat().st_size)):
                raise InputError(f"{path}: unfolds to {unfolded:,} bytes in {len(parts)} parts; refused as a bomb")
            for part in parts:
                with archive.open(part) as content:
                    if b"<!DOCTYPE" in content.read(4096).upper():
                        raise InputError(f"{path}: '{part.filename}' declares a document type; refused")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None


_READERS: Mapping[str, Callable[[Path], tuple[Cells, Sequence[int]]]] = {
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".xlsx": _from_xlsx,
}


class _Formula(str):
    """What a cell computes; it is never evaluated."""


def _bounded(path: Path, rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputError(f"{path}: more than {MAX_ROWS:,} rows")


# --- from cells to columns


def check_table(name: str, cells: Cells, places: Sequence[int]) -> Reading:
    """Checked columns of a table of cells; `places` says in which row of the file each stood."""
    if not places:
        raise InputError(f"{name}: has no rows; needed: {listed(NEEDED, 20)}, and at least one category")
    _check_header(name, cells)
    cells = _with_period(cells)
    problems: list[tuple[int, str, str]] = []
    columns = {}
    for column in COLUMNS.values():
        if column.name in cells:
            columns[column.name], bad = _READ[column.kind](cells[column.name], column)
            problems += [(n, column.name, message) for n, message in bad]
        elif not column.name.startswith("gsd2_") and column.name not in CODES:
            columns[column.name] = _filled(column, len(places))
    problems += _check_rows(columns, len(places))
    bad_rows = {n for n, _, _ in problems}
    good = np.array([n not in bad_rows for n in range(len(places))])
    rows = np.asarray(places, dtype=np.int64)
    order = {column: n for n, column in enumerate(COLUMNS)}
    told = sorted(problems, key=lambda p: (p[0], order.get(p[1], 0)))
    market = Market(name, {key: values[good] for key, values in columns.items()})
    return Reading(market, rows[good], tuple(Problem(int(rows[n]), column, text) for n, column, text in told))


def _check_header(name: str, cells: Cells) -> None:
    known = (*COLUMNS, ONE_DAY)
    for column in cells:
        if column not in known:
            raise InputError(f"{name}, row 1: column '{column}' is not known{nearest(column, known)}")
    if ONE_DAY in cells and ("period_from" in cells or "period_to" in cells):
        raise InputError(f"{name}, row 1: column '{ONE_DAY}' stands in place of period_from and period_to")
    given = {*cells, "period_from", "period_to"} if ONE_DAY in cells else set(cells)
    for column in NEEDED:
        if column not in given:
            raise InputError(f"{name}, row 1: column '{column}' is missing; needed: {listed(NEEDED, 20)}")
    if not given & set(CODES):
        raise InputError(f"{name}, row 1: no category; at least one is needed: {', '.join(CODES)}")


def _with_period(cells: Cells) -> Cells:
    """`placed_on_market` as a period of one day."""
    if ONE_DAY not in cells:
        return cells
    others = {name: column for name, column in cells.items() if name != ONE_DAY}
    return others | {"period_from": cells[ONE_DAY], "period_to": cells[ONE_DAY]}


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
        elif isinstance(cell, _Formula) or content[0] in "=@":
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
            value = math.nan if isinstance(cell, (bool, _Formula)) else float(cell)
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        found[n] = value
        if not math.isfinite(value):
            what = "is a formula" if isinstance(cell, _Formula) else "is not a finite number"
            bad.append((n, f"'{str(cell)[:40]}' {what}; a number with a decimal point is needed"))
        elif value < column.least or value > column.most or (column.above and value == column.least):
            bad.append((n, f"{value:g} is out of range; allowed: {_range(column)}"))
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
    if isinstance(cell, _Formula) or not _DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


_READ: Mapping[Kind, Callable[[Sequence[Any], Column], tuple[NDArray[Any], Bad]]] = {
    "text": _text_column,
    "number": _number_column,
    "day": _day_column,
}


def _filled(column: Column, n: int) -> NDArray[Any]:
    """A column that the file leaves out."""
    if column.kind == "number":
        return np.full(n, column.default, dtype=float)
    return np.array([column.default] * n, dtype=object)


def _check_rows(columns: Mapping[str, NDArray[Any]], n: int) -> list[tuple[int, str, str]]:
    """What cells must be among each other: periods run forward, ids are given once, a value is there."""
    found: list[tuple[int, str, str]] = []
    for row in np.flatnonzero(columns["period_to"] < columns["period_from"]):
        found.append((int(row), "period_to", f"{columns['period_to'][row]} lies before {columns['period_from'][row]}"))
    seen: dict[str, int] = {}
    for n_row, ident in enumerate(columns["declaration_id"].tolist()):
        if seen.setdefault(ident, n_row) != n_row and ident:
            found.append((n_row, "declaration_id", f"'{ident}' is given twice; each declaration has an id of its own"))
    materials = load_materials(methods_folder() / "crma")
    for ident in sorted({*columns["material"].tolist()} - {*materials, ""}):
        hint = nearest(ident, materials) or f"; allowed: {listed(materials, 40)}"
        for row in np.flatnonzero(columns["material"] == ident):
            found.append((int(row), "material", f"'{ident}' is no critical raw material{hint}"))
    for name in ("country", *(name for name in COLUMNS if name.startswith("country_"))):
        unfit = [text for text in {*columns[name].tolist()} if text and not _COUNTRY.fullmatch(text)]
        for row in np.flatnonzero(np.isin(columns[name], unfit)) if unfit else ():
            found.append((int(row), name, f"'{columns[name][row]}' is no country; two capital letters are needed"))
    shares = np.nan_to_num(columns["share_pre_consumer"]) + np.nan_to_num(columns["share_post_consumer"])
    for row in np.flatnonzero(shares > 1 + 1e-9):
        found.append((int(row), "share_post_consumer", "makes more than 1 with share_pre_consumer"))
    given = [code for code in CODES if code in columns]
    empty = np.all([np.isnan(columns[code]) for code in given], axis=0)
    told = {row for row, _, _ in found}
    found += [(int(row), given[0], "the row has no value of any category") for row in np.flatnonzero(empty)
              if int(row) not in told and n]  # fmt: skip
    return found
