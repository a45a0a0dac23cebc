"""A workbook as the rows of a study: every cell is read, and every cell that cannot be taken is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footprint.errors import InputError, listed, nearest
from footprint.exchange.workbook.cells import from_cell
from footprint.exchange.workbook.columns import Column
from footprint.exchange.workbook.layout import BY_NAME, GREY, GUIDE, HEADER, LISTS, TABLES, Table
from footprint.exchange.workbook.records import Record
from footprint.extras import needed
from footprint.library.workbooks import FORM_COLUMNS, Sheet, read_form

#: how many problems a refusal names, and after how many reading stops
SHOWN, MOST = 100, 500
#: what makes `Column.needed` ask for the study even where nothing of it is given
ASKED = frozenset({"study."})
#: keys that name a row
_NAMES = ("id", "input", "output", "flow", "item", "parameter", "name")


@dataclass
class Problems:
    """What is wrong with a workbook, cell by cell."""

    path: Path
    found: dict[tuple[str, str], None] = field(default_factory=dict)

    def tell(self, cell: str, message: str) -> None:
        """Add a problem; the same one is told once, and a workbook with too many is read no further."""
        self.found[cell, message] = None
        if len(self.found) >= MOST:
            self.refuse()

    def refuse(self) -> None:
        """InputError with all problems, where there are any."""
        if self.found:
            told = [f"{cell}: {message}" if cell else message for cell, message in self.found]
            more = [f"… and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
            count = f"{len(told)} problem{'s' if len(told) > 1 else ''}{' or more' if len(told) >= MOST else ''}"
            raise InputError("\n".join([f"{self.path}: {count}; nothing was imported", *told[:SHOWN], *more]))


def read_records(path: Path, problems: Problems, company: bool = True) -> list[Record]:
    """The rows of a workbook by sheet; with `company` a study must be in it."""
    tabs = {sheet.name: sheet for sheet in read_form(path)}
    for name in tabs:
        if name not in BY_NAME and name not in (GUIDE, LISTS):
            problems.tell(f"{name}!A1", f"sheet '{name}' is not known{nearest(name, BY_NAME)}; its rows would be lost")
    found: list[Record] = []
    for table in TABLES:
        if (sheet := tabs.get(table.name)) is None:
            problems.tell(f"{table.name}!A1", f"sheet '{table.name}' is missing; a new template has it")
        elif sheet.hidden:
            problems.tell(f"{table.name}!A1", "the sheet is hidden; show it")
        else:
            for ref in sheet.merged:
                problems.tell(f"{table.name}!{ref}", "merged cells; unmerge them, so that each row has its own")
            found += (_form if table.form else _rows)(table, sheet, problems, company)
    for name in ("Declared", "Processes"):
        if name in tabs and not any(record.sheet == name for record in found):
            problems.tell(f"{name}!A{HEADER + 1}", "is empty; one row at least is needed")
    return found


def _rows(table: Table, sheet: Sheet, problems: Problems, company: bool) -> Iterator[Record]:
    """One record per row that holds more than what is not imported."""
    heads = _heads(table, sheet, problems)
    for i, n in _stray(sheet).items():
        problems.tell(f"{sheet.name}!{_letter(i)}{n}", "stands in a column without a title; move it")
    for n, row in sheet.rows.items():
        if n <= HEADER or not heads:
            continue
        cells = {column.key: (f"{_letter(i)}{n}", row[i]) for i, column in heads.items()}
        if all(_empty(cell) for _, cell in cells.values()):
            continue
        if n in sheet.hidden_rows:
            problems.tell(f"{sheet.name}!A{n}", "the row is hidden, by hand or by a filter; show it, or delete it")
        yield _record(table, cells, problems)


def _heads(table: Table, sheet: Sheet, problems: Problems) -> Mapping[int, Column]:
    """The column of each place in the header; titles that are not known, twice there or missing are told."""
    columns = table.titled()
    heads: dict[int, Column] = {}
    titles = [title for title in sheet.rows.get(HEADER, ()) if not _empty(title)]
    if not set(titles) & set(columns):
        problems.tell(f"{sheet.name}!A{HEADER}", f"the titles are not in row {HEADER}: {listed(columns, 20)}")
        return {}
    for i, title in enumerate(sheet.rows[HEADER]):
        cell = f"{sheet.name}!{_letter(i)}{HEADER}"
        if _empty(title) or title in GREY:
            continue
        if title not in columns:
            problems.tell(cell, f"column '{title}' is not known{nearest(str(title), columns)}; remove or rename it")
        elif columns[title] in heads.values():
            problems.tell(cell, f"column '{title}' is given twice")
        else:
            heads[i] = columns[title]
            if i + 1 in sheet.hidden_columns:
                problems.tell(cell, f"column '{title}' is hidden; show it")
    for title, column in columns.items():
        if column.required and column not in heads.values():
            problems.tell(f"{sheet.name}!A{HEADER}", f"column '{title}' is missing")
    return heads


def _stray(sheet: Sheet) -> Mapping[int, int]:
    """The columns that hold something without a title, each with the first row where it does."""
    titles = sheet.rows.get(HEADER, ())
    found: dict[int, int] = {}
    for n, row in sheet.rows.items():
        for i, cell in enumerate(row) if n > HEADER and titles else ():
            if not _empty(cell) and (i >= len(titles) or _empty(titles[i])):
                found.setdefault(i, n)
    return found


def _form(table: Table, sheet: Sheet, problems: Problems, company: bool) -> Iterator[Record]:
    """The one record of a form: titles in column A, values in column B."""
    columns, cells = table.titled(), {}
    for n, row in sheet.rows.items():
        title, cell = row[0], row[1]
        if n <= HEADER:
            continue
        if title not in columns:
            known = nearest(str(title), columns)
            problems.tell(f"{sheet.name}!A{n}", f"'{title or ''}' is no entry of this sheet{known}")
        elif columns[title].key in cells:
            problems.tell(f"{sheet.name}!A{n}", f"'{title}' is given twice")
        elif n in sheet.hidden_rows and not _empty(cell):
            problems.tell(f"{sheet.name}!A{n}", "the row is hidden; show it")
        else:
            cells[columns[title].key] = (f"B{n}", cell)
    for column in columns.values():
        cells.setdefault(column.key, (f"A{HEADER}", None))
    yield _record(table, cells, problems, ASKED if company else frozenset())


def _record(
    table: Table, cells: Mapping[str, tuple[str, Any]], problems: Problems, asked: frozenset[str] = frozenset()
) -> Record:
    """The values of the cells by key; what cannot be taken, and what is empty and needed, is told."""
    given = frozenset(key for key, (_, cell) in cells.items() if not _empty(cell)) | asked
    values = {}
    for column in table.columns:
        place, cell = cells.get(column.key, ("", None))
        if not _empty(cell):
            try:
                values[column.key] = from_cell(cell, column)
            except InputError as error:
                problems.tell(f"{table.name}!{place}", str(error))
        elif place and column.needed(given):
            told = f": {column.help}" if column.help else ""
            allowed = f"; allowed: {', '.join(column.choices)}" if column.choices else ""
            problems.tell(f"{table.name}!{place}", f"'{column.title}'{_whose(cells)} is empty{told}{allowed}")
    return Record(table.name, values, cells={key: place for key, (place, _) in cells.items()})


def _whose(cells: Mapping[str, tuple[str, Any]]) -> str:
    """The name that stands in a row, for the reader of a message."""
    name = next((cells[key][1] for key in _NAMES if key in cells and not _empty(cells[key][1])), "")
    return f" of '{str(name)[:60]}'" if name else ""


def _empty(cell: Any) -> bool:
    return cell is None or cell == ""


def _letter(place: int) -> str:
    """The letters of a column, counted from 0."""
    letter: str = needed("openpyxl.utils", "excel").get_column_letter(min(place, FORM_COLUMNS) + 1)
    return letter
