"""Market files as checked declarations; a bad cell is named by row and column.

What arrives here was written by strangers: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed, nearest
from footprint.library.paths import methods_folder
from footprint.market.columns import COLUMNS, NEEDED, OF_CATEGORY, ONE_DAY, filled, read_column
from footprint.market.declarations import CODES, RESERVED, Market
from footprint.market.files import Cells, read_cells
from footprint.rules.materials import load_materials

#: how many bad cells a refusal names
SHOWN = 5
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


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
    return check_table(str(path), *read_cells(path))


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
            columns[column.name], bad = read_column(cells[column.name], column)
            problems += [(n, column.name, message) for n, message in bad]
        elif column.name not in OF_CATEGORY:
            columns[column.name] = filled(column, len(places))
    _check_one_kind(name, columns["ruleset"], places)
    problems += _check_rows(columns)
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


def _check_one_kind(name: str, rulesets: NDArray[Any], places: Sequence[int]) -> None:
    """A file holds declarations or a modelled market: what is modelled has no sample, and nobody hides behind it."""
    modelled = np.isin(rulesets, RESERVED)
    if modelled.any() and not modelled.all():
        first = int(np.argmax(modelled))
        raise InputError(
            f"{name}, row {places[first]}, column 'ruleset': '{rulesets[first]}' marks a modelled market, and other "
            "rows are declarations; each needs a file of its own"
        )


def _with_period(cells: Cells) -> Cells:
    """`placed_on_market` as a period of one day."""
    if ONE_DAY not in cells:
        return cells
    others = {name: column for name, column in cells.items() if name != ONE_DAY}
    return others | {"period_from": cells[ONE_DAY], "period_to": cells[ONE_DAY]}


def _check_rows(columns: Mapping[str, NDArray[Any]]) -> list[tuple[int, str, str]]:
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
    found += [
        (int(row), given[0], "the row has no value of any category")
        for row in np.flatnonzero(empty)
        if int(row) not in told
    ]
    return found
