"""CSV for spreadsheets: no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from footprint.report.numbers import clean

#: beginnings of a cell that a spreadsheet would take for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV table: numbers in full, an empty cell for None, texts without control characters or formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_cell(content) for content in row] for row in rows)
    return out.getvalue()


def _cell(content: object) -> str:
    if content is None:
        return ""
    if isinstance(content, (int, float)):
        return str(content)
    return plain_cell(content)


def plain_cell(content: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin one."""
    cell = clean(str(content)) if not str(content).startswith(FORMULA) else str(content)
    return f"'{cell}" if cell.startswith(FORMULA) else cell
