"""Workbooks for tests: single cells of their XML replaced, as other programs and strangers write them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from footprint.exchange.workbook.layout import TABLES

EXAMPLE = Path(__file__).parents[1] / "docs/examples/copper-refinery/study.toml"
#: sheet -> part of the archive; the guide is the first
PARTS: Mapping[str, str] = {table.name: f"xl/worksheets/sheet{n}.xml" for n, table in enumerate(TABLES, 2)}
#: style -> content of the cell
Cell = Callable[[str], str]


def text(value: str) -> Cell:
    """A cell with text."""
    return lambda style: f't="inlineStr"{style}><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(value: object) -> Cell:
    """A cell with a number, in the cell's own style."""
    return lambda style: f't="n"{style}><v>{value}</v></c>'


def day(serial: int) -> Cell:
    """A number that is shown as a date."""
    return lambda style: f't="n" s="@day"><v>{serial}</v></c>'


def plain(value: object) -> Cell:
    """A number without the style of its cell."""
    return lambda style: f't="n"><v>{value}</v></c>'


def truth(value: bool) -> Cell:
    """TRUE or FALSE."""
    return lambda style: f't="b"{style}><v>{int(value)}</v></c>'


def formula(value: str, shown: object = 1) -> Cell:
    """A formula with the value it had when the file was written."""
    return lambda style: f"{style.strip()}><f>{escape(value)}</f><v>{shown}</v></c>"


def fault(value: str) -> Cell:
    """A cell that shows an error."""
    return lambda style: f't="e"{style}><v>{value}</v></c>'


def nothing(style: str) -> str:
    """An empty cell."""
    return f"{style.strip()}/>"


def with_cells(book: bytes, cells: Mapping[str, Cell]) -> bytes:
    """The workbook with some cells replaced, by their address: `Energy!F4`."""
    parts: dict[str, dict[str, Cell]] = {}
    for address, cell in cells.items():
        sheet, _, place = address.partition("!")
        parts.setdefault(PARTS[sheet], {})[place] = cell
    return with_parts(book, {part: lambda xml, c=cells: _replaced(xml, c) for part, cells in parts.items()})


def with_parts(
    book: bytes, changes: Mapping[str, Callable[[str], str]], added: Mapping[str, bytes] | None = None
) -> bytes:
    """The workbook with the XML of some parts changed, and parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name in changes:
                content = changes[name](content.decode()).replace("@day", _day_style(old)).encode()
            new.writestr(name, content)
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def _day_style(book: zipfile.ZipFile) -> str:
    found = re.search(r'<c r="B14"[^>]* s="(\d+)"', book.read(PARTS["Study"]).decode())
    assert found
    return found.group(1)


def _replaced(xml: str, cells: Mapping[str, Cell]) -> str:
    for place, cell in cells.items():
        found = re.search(rf'<c r="{place}"([^>]*?)(/>|>.*?</c>)', xml)
        assert found, place
        style = re.search(r' s="\d+"', found.group(1))
        xml = xml.replace(found.group(), f'<c r="{place}" {cell(style.group() if style else "")}', 1)
    return xml
