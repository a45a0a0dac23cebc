"""How the sheets of a workbook look: heads, cells to fill in, grey cells that are not read, choices, print layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from footprint.exchange.workbook.columns import Column
from footprint.exchange.workbook.layout import ABOUT, ANNEX, HEADER, HELP

NEEDED, OPTIONAL, GREY, PAPER = "1F4E5F", "6B8E9B", "E7E7E7", "FFFFFF"
FORM_HEADS = (("entry", "", 34, True), ("value", "to fill in", 60, True), ("what it is (not imported)", "", 76, False))
#: names of the styles of cells: to fill in, a day, said to the reader
VALUE, DAY, SAID = "value", "day", "reference"
_LINE = Border(*(Side(style="hair", color="A0A0A0") for _ in range(4)))
_FONT, _SIZE = "Calibri", 10
_WRAP = Alignment(wrap_text=True, vertical="top")
#: letters that a column has room for, by kind of value or by its key
_WIDTHS: Mapping[str, int] = {
    "text": 18, "number": 11, "amount": 14, "whole": 8, "truth": 9, "day": 12, "list": 26, "pairs": 22, "spread": 20,
    "unit": 9, "process": 20, "input": 34, "output": 34, "flow": 34, "from": 32, "to": 22, "treatment": 32,
    "compartment": 22, "name": 44, "title": 60, "reason": 60, "note": 30, "item": 32, "id": 22, "line": 6,
    "substitution": 30, "locator": 24, "variant": 20,
}  # fmt: skip
#: the longest list of words that a drop-down holds itself
_LIMIT = 255
#: letters across a page; of a row: points per line, lines at most, letters per unit of width
_PAGE, _LINE_HEIGHT, _LINES, _BROAD = 260, 13.5, 5, 1.05


def _font(size: int = _SIZE, **look: Any) -> Font:
    return Font(name=_FONT, size=size, **look)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column."""

    title: str
    help: str
    width: int
    needed: bool

    @classmethod
    def of(cls, column: Column | str) -> Head:
        """The head of a column, or of one that is for the reader alone."""
        if isinstance(column, str):
            return cls(column, "", 14 if column == ANNEX else 46, False)
        key = column.key.rpartition(".")[2]
        return cls(column.title, column.help, _WIDTHS.get(key, _WIDTHS[column.kind]), column.needed(frozenset()))


def head(sheet: Any, about: str, heads: Sequence[Head]) -> None:
    """What the sheet is for, what its columns hold, and their names, which stay in sight and on every printed page."""
    sheet.cell(ABOUT, 1, about).font = _font(bold=True, size=12, color=NEEDED)
    for i, found in enumerate(heads, 1):
        help_cell, cell = sheet.cell(HELP, i, found.help or None), sheet.cell(HEADER, i)
        help_cell.font, help_cell.alignment = _font(italic=True, size=8, color="595959"), _WRAP
        title(cell, found.title, found.needed)
        sheet.column_dimensions[get_column_letter(i)].width = found.width
    sheet.row_dimensions[HELP].height, sheet.row_dimensions[HEADER].height = 46, 30
    sheet.freeze_panes = f"{'C' if len(heads) > len(FORM_HEADS) else 'A'}{HEADER + 1}"
    paper(sheet, ceil(sum(found.width for found in heads) / _PAGE))
    sheet.print_title_rows, sheet.print_title_cols = f"{HEADER}:{HEADER}", "A:A"


def paper(sheet: Any, pages: int = 1) -> None:
    """Printed on A4 across, `pages` pages wide."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.oddFooter.center.text = "&A, page &P of &N"


def fit(sheet: Any, first: int = HEADER + 1) -> None:
    """Rows as high as their longest text needs, within bounds."""
    widths = [sheet.column_dimensions[get_column_letter(i + 1)].width for i in range(sheet.max_column)]
    for n, row in enumerate(sheet.iter_rows(min_row=first, values_only=True), first):
        held = zip(("", *row), (1, *widths), strict=True)
        lines = max(ceil(len(str(value)) * _BROAD / width) for value, width in held if value is not None)
        sheet.row_dimensions[n].height = _LINE_HEIGHT * min(max(lines, 1), _LINES)


def prepare(book: Any) -> None:
    """The styles of the cells of a workbook."""
    book.add_named_style(NamedStyle(VALUE, font=_font(), border=_LINE, alignment=_WRAP))
    book.add_named_style(NamedStyle(DAY, font=_font(), border=_LINE, alignment=_WRAP, number_format="yyyy-mm-dd"))
    filled, said = PatternFill("solid", fgColor=GREY), _font(italic=True, color="595959")
    book.add_named_style(NamedStyle(SAID, fill=filled, font=said, alignment=_WRAP))


def put(cell: Any, value: Any, column: Column) -> None:
    """A value as it is: a number with all its digits, text never as a formula."""
    cell.style = DAY if column.kind == "day" else VALUE
    if value is None:
        return
    if isinstance(value, str):
        text(cell, value)
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    else:
        cell.value, cell.data_type = repr(value), "n"  # openpyxl keeps 16 digits of a number, and all of a text


def text(cell: Any, value: str) -> None:
    """Text that stays text: what begins like a formula is quoted."""
    cell.value, cell.data_type = value, "s"
    if value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True


def grey(cell: Any, said: str) -> None:
    """A cell for the reader, which is not read."""
    cell.style = SAID
    if said:
        text(cell, said)


def title(cell: Any, words: str, needed: bool = True) -> None:
    """The title of a column or of an entry."""
    cell.value, cell.alignment, cell.font = words, _WRAP, _font(bold=True, color=PAPER)
    cell.fill = PatternFill("solid", fgColor=NEEDED if needed else OPTIONAL)


def heading(cell: Any, words: str) -> None:
    """The heading of a sheet."""
    cell.value, cell.font = words, _font(bold=True, size=14, color=NEEDED)


def entry(cell: Any, words: str) -> None:
    """A cell of a table that is there to be read."""
    cell.style = VALUE
    text(cell, words)


def choose(sheet: Any, column: Column, place: int, first: int, last: int, source: str) -> None:
    """A drop-down of the column's words, or of a list; names from a list may also be typed."""
    words = f'"{",".join(column.choices)}"'
    if column.choices and len(words) < _LIMIT:
        formula = words
    elif source:
        formula = source
    else:
        return
    rule = DataValidation("list", formula1=formula, allow_blank=True, showDropDown=False)
    closed = bool(column.choices) or column.known in ("unit", "material")
    rule.showErrorMessage, rule.errorStyle = closed, "stop"
    rule.errorTitle, rule.error = column.title, "Choose from the list."
    letter = get_column_letter(place)
    rule.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(rule)


def lists(book: Any, name: str, columns: Mapping[str, Iterable[str]]) -> None:
    """A sheet of lists, each a named range."""
    sheet = book.create_sheet(name)
    head(sheet, "What may be chosen; not imported.", [Head(title, "", 30, False) for title in columns])
    for i, (title, values) in enumerate(columns.items(), 1):
        n = HEADER
        for n, value in enumerate(values, HEADER + 1):
            text(sheet.cell(n, i), value)
        letter = get_column_letter(i)
        book.defined_names[f"list_{title}"] = DefinedName(
            f"list_{title}", attr_text=f"{name}!${letter}${HEADER + 1}:${letter}${n}"
        )
