"""The first sheet: how to fill in the others, what each is for, and the processes of Annex V."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footprint.exchange.workbook import styles
from footprint.exchange.workbook.layout import TABLES, Table
from footprint.exchange.workbook.names import annex_items
from footprint.exchange.workbook.reading import ASKED

_STEPS = (
    "Fill in the white cells. Grey cells (reference, Annex V, lists) are for the reader and are not imported: "
    "a figure counts only where you write it.",
    "Dark titles are needed, light ones only where they apply. Delete rows of processes and flows that your plant does "
    "not have, and add those that the layout does not name; a row that is begun must be finished.",
    "Amounts may be annual totals: the amount of a product is then the year's output, and all lines of its process are "
    "of the same year. Units are chosen from the list; a share is a number from 0 to 1.",
    "Amounts are never negative; 0 says that there is none. An empty amount is an error, never 0.",
    "Every figure has a source: sheet Sources names your records, and each process or line which of them it is from.",
    "Do not use formulas, merged cells, hidden rows or links to other files: paste values.",
    "footprint import BOOK.xlsx --out STUDY.toml reads it and names every cell that cannot be taken. Then: "
    "footprint check STUDY.toml, footprint calc STUDY.toml.",
)
_LEGAL = (
    "There is no adopted delegated act under Article 31 of Regulation (EU) 2024/1252. Items and letters are those of "
    "the proposal's Annex V, in its order; the adopted annex was not read."
)
_WIDTHS = (30, 34, 70, 60)


def write_guide(sheet: Any, raw: Mapping[str, Any], title: str) -> None:
    """Steps, sheets, and the items of Annex V with the processes that cover them."""
    styles.paper(sheet)
    for n, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCD"[n]].width = width
    styles.heading(sheet.cell(1, 1), title)
    for n, step in enumerate((*_STEPS, _LEGAL), 1):
        styles.text(sheet.cell(n + 2, 1), f"{n}. {step}")
    first = row = len(_STEPS) + 5
    row = _table(sheet, row, ("sheet", "needed", "what it is for"), [_sheet(table) for table in TABLES])
    items = [
        (f"{item.letter}. {item.title}", item.id, item.wording, _covered(item.id, raw))
        for item in annex_items(raw.get("system", "mixed"))
    ]
    _table(sheet, row, ("Annex V", "item", "what it is (summarised)", "covered in this workbook by"), items)
    styles.fit(sheet, first)


def _sheet(table: Table) -> tuple[str, ...]:
    return table.name, ", ".join(column.title for column in table.columns if column.needed(ASKED)), table.about


def _covered(item: str, raw: Mapping[str, Any]) -> str:
    """The processes that cover an item, or that a reason is asked for."""
    names = [process["id"] for process in raw["process"] if item in process.get("annex_v", [])]
    return ", ".join(names) or "no process: give the reason on sheet Boundary"


def _table(sheet: Any, row: int, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> int:
    """A table from `row` on; the first row after it."""
    for place, words in enumerate(heads, 1):
        styles.title(sheet.cell(row, place), words)
    for n, line in enumerate(rows, row + 1):
        for place, words in enumerate(line, 1):
            styles.entry(sheet.cell(n, place), words)
    return row + len(rows) + 2
