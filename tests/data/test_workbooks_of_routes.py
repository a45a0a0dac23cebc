"""Every shipped route file can be written as a workbook and read back equal."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from footprint.exchange.workbook.checking import checked_file
from footprint.exchange.workbook.hints import Content, tables_of
from footprint.exchange.workbook.reading import Problems, read_records
from footprint.exchange.workbook.writing import write_book
from footprint.library.files import RouteFile
from footprint.library.toml import parse_toml, read_toml
from footprint.library.toml_writing import toml_text

pytest.importorskip("openpyxl")
ROUTES = Path(__file__).parents[2] / "datasets/routes"


def said(file: RouteFile) -> RouteFile:
    """The route with a word on who runs each process, which a workbook asks for: others, where it says nothing."""
    rows = [replace(row, operator_control=bool(row.operator_control)) for row in file.process]
    return replace(file, process=rows)


@pytest.mark.parametrize("material", sorted(folder.name for folder in ROUTES.iterdir()))
def test_a_workbook_keeps_a_route(tmp_path, material):
    for path in sorted((ROUTES / material).glob("*.toml")):
        file, book = said(read_toml(path, RouteFile)), tmp_path / f"{path.stem}.xlsx"
        write_book(book, Content(tables_of(file), {}), path.stem)
        problems = Problems(book)
        back = checked_file(read_records(book, problems, company=False), problems)
        assert back == file, path
        assert parse_toml(toml_text(tables_of(back)), path.name, RouteFile) == file
