"""A study as a workbook: a sheet per theme, drop-down choices, and the reference's figures in grey cells beside it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from footprint.errors import InputError
from footprint.exchange.workbook import styles
from footprint.exchange.workbook.cells import to_cell
from footprint.exchange.workbook.columns import Column
from footprint.exchange.workbook.guide import write_guide
from footprint.exchange.workbook.hints import Content
from footprint.exchange.workbook.layout import ANNEX, EXCHANGES, GUIDE, HEADER, LISTS, REFERENCE, TABLES, Table
from footprint.exchange.workbook.names import annex_items, directory
from footprint.exchange.workbook.reading import ASKED
from footprint.exchange.workbook.records import Place, Record, records
from footprint.extras import needed
from footprint.library.providers import EMISSION_COMPARTMENTS, RESOURCE_COMPARTMENTS
from footprint.library.replacing import write_whole
from footprint.units import UNITS

#: sheets whose rows belong to a process, and show its items of Annex V
_OF_PROCESSES = frozenset({*EXCHANGES, "Production", "Transport"})
#: rows with choices below the last one that is filled, and rows drawn as a form
_CHOOSABLE, _DRAWN = 2000, 12
#: columns after which the reference stands
_BEFORE_REFERENCE = frozenset({"unit", "distance", "status", "year", "content"})
_STAMP = (1980, 1, 1, 0, 0, 0)


def write_book(path: Path, content: Content, title: str) -> None:
    """Write tables and hints as a workbook, whole or not at all; the same content gives the same bytes.

    Raises InputError for a value that no cell can hold, with its sheet.
    """
    openpyxl = needed("openpyxl", "excel")
    book = openpyxl.Workbook()
    book.remove(book.active)
    styles.prepare(book)
    found = records(content.raw)
    write_guide(book.create_sheet(GUIDE), content.raw, title)
    letters = _letters(content.raw)
    for table in TABLES:
        sheet = book.create_sheet(table.name)
        rows = [record for record in found if record.sheet == table.name]
        (_write_form if table.form else _write_rows)(sheet, table, rows, content.hints, letters)
        styles.fit(sheet)
    _write_lists(book, content.raw.get("system", "mixed"))
    book.properties.title, book.properties.creator = title, "crm-footprint"
    book.properties.created = datetime(*_STAMP)
    made = io.BytesIO()
    book.save(made)
    write_whole(path, _without_time(made.getvalue()))


def _letters(raw: Mapping[str, Any]) -> Mapping[str, str]:
    """Process id -> the letters of its items of Annex V."""
    letter = {item.id: item.letter for item in annex_items(raw.get("system", "mixed"))}
    return {p["id"]: ", ".join(letter.get(item, item) for item in p.get("annex_v", [])) for p in raw["process"]}


def _titles(table: Table, hints: bool) -> list[Column | str]:
    """The columns of a sheet, with those that are for the reader alone at their places."""
    found: list[Column | str] = []
    for column in table.columns:
        found.append(column)
        if column.key == "process" and table.name in _OF_PROCESSES:
            found.append(ANNEX)
        if hints and REFERENCE not in found and column.key in _BEFORE_REFERENCE:
            found.append(REFERENCE)
    return found


def _write_rows(
    sheet: Any, table: Table, rows: Sequence[Record], hints: Mapping[Place, str], letters: Mapping[str, str]
) -> None:
    titles = _titles(table, any(record.at in hints for record in rows))
    styles.head(sheet, table.about, [styles.Head.of(title) for title in titles])
    for n in range(len(rows) + _DRAWN):
        record = rows[n] if n < len(rows) else Record(table.name, {})
        for i, title in enumerate(titles, 1):
            cell = sheet.cell(HEADER + 1 + n, i)
            if isinstance(title, Column):
                styles.put(cell, _held(record, title), title)
            else:
                owner = record.values.get("process", "")
                said = hints.get(record.at, "") if title == REFERENCE else letters.get(owner, "")
                styles.grey(cell, said.removeprefix("reference: "))
    last = HEADER + len(rows) + _CHOOSABLE
    for i, title in enumerate(titles, 1):
        if isinstance(title, Column):
            styles.choose(sheet, title, i, HEADER + 1, last, _list_of(title))


def _write_form(
    sheet: Any, table: Table, rows: Sequence[Record], hints: Mapping[Place, str], letters: Mapping[str, str]
) -> None:
    record = rows[0] if rows else Record(table.name, {})
    styles.head(sheet, table.about, [styles.Head(*words) for words in styles.FORM_HEADS])
    for n, column in enumerate(table.columns, HEADER + 1):
        styles.title(sheet.cell(n, 1), column.title, column.needed(ASKED))
        styles.put(sheet.cell(n, 2), _held(record, column), column)
        said = hints.get(tuple(column.key.split(".")), "")
        choices = ", ".join(column.choices)
        styles.grey(sheet.cell(n, 3), " · ".join(filter(None, (column.help, choices, said))))
        styles.choose(sheet, column, 2, n, n, _list_of(column))


def _held(record: Record, column: Column) -> Any:
    try:
        return to_cell(record.values.get(column.key), column)
    except InputError as error:
        where = ".".join(map(str, record.at)) or record.sheet
        raise InputError(f"sheet '{record.sheet}', column '{column.title}' ({where}): {error}") from None


# --- lists behind the drop-down choices


def _list_of(column: Column) -> str:
    """The cells that hold what may be chosen in a column; empty where nothing is to choose."""
    if column.kind in ("list", "pairs"):
        return ""
    if column.known in _IDS:
        return f"{_IDS[column.known]}!$A${HEADER + 1}:$A${HEADER + 500}"
    return f"list_{_LISTS[column.known]}" if column.known in _LISTS else ""


_IDS: Mapping[str, str] = {"process": "Processes", "source": "Sources"}
_LISTS: Mapping[str, str] = {
    "unit": "unit",
    "compartment": "compartment",
    "water compartment": "compartment",
    "transport": "transport",
    "material": "material",
    "boundary item": "item",
    "price": "price",
}


def _write_lists(book: Any, system: str) -> None:
    """The sheet of lists; each is a named range, so that a drop-down can refer to it."""
    known = directory(()).names
    columns: Mapping[str, Iterable[str]] = {
        "unit": UNITS,
        "compartment": (*RESOURCE_COMPARTMENTS, *EMISSION_COMPARTMENTS),
        "transport": known["transport"],
        "material": known["material"],
        "item": [item.id for item in annex_items(system)],
        "price": known["price"],
        "background": sorted(known["background"]),
    }
    styles.lists(book, LISTS, columns)


def _without_time(archive: bytes) -> bytes:
    """The same workbook without the time of its writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, _STAMP), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
