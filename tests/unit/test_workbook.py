"""The workbook of a study: its layout covers the route file, its cells keep every value, its look helps a person."""

from __future__ import annotations

import io
import random
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import footprint as fp
from footprint.exchange.workbook.cells import from_cell, to_cell
from footprint.exchange.workbook.checking import checked_file
from footprint.exchange.workbook.columns import Column, column
from footprint.exchange.workbook.hints import Content, tables_of
from footprint.exchange.workbook.layout import BY_NAME, EXCHANGES, GREY, HEADER, TABLES
from footprint.exchange.workbook.reading import Problems, read_records
from footprint.exchange.workbook.records import Record, joined, records
from footprint.exchange.workbook.writing import write_book
from footprint.library.files import (
    BoundaryRow,
    DeclaredRow,
    ExchangeRow,
    LegRow,
    ParameterRow,
    ProcessRow,
    ProductRow,
    RouteFile,
    SiteRow,
    SourceRow,
    SpreadRow,
)
from footprint.library.study_files import EvidenceRow, InstrumentRow, PlantRow, ProcessDataRow, StudyRow
from footprint.library.toml import read_toml
from tests.workbooks import EXAMPLE

openpyxl = pytest.importorskip("openpyxl")
FILE = read_toml(EXAMPLE, RouteFile)


def fields(row: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(row)}


def keys(sheet: str) -> set[str]:
    return {found.key.split(".")[0] for found in BY_NAME[sheet].columns}


# --- the layout


@pytest.mark.parametrize(
    ("sheet", "row", "elsewhere"),
    [
        ("Study", RouteFile, {"schema", "declared", "parameter", "site", "boundary", "variant", "source", "process"}),
        ("Declared", DeclaredRow, set()),
        ("Plants", PlantRow, set()),
        ("Processes", ProcessRow, {"product", "waste", "exchange"}),
        ("Production", ProductRow, set()),
        ("Materials", ExchangeRow, {"output", "to", "treatment", "legs", "supply"}),
        ("Energy", ExchangeRow, {"output", "to", "treatment", "legs"}),
        ("Emissions", ExchangeRow, {"input", "from", "treatment", "legs", "supply"}),
        ("Waste", ExchangeRow, {"input", "from", "to", "legs", "supply"}),
        ("Transport", LegRow, {"unit"}),
        ("Boundary", BoundaryRow, set()),
        ("Contracts", InstrumentRow, set()),
        ("Parameters", ParameterRow, set()),
        ("Sites", SiteRow, set()),
        ("Evidence", EvidenceRow, set()),
        ("Sources", SourceRow, set()),
    ],
)  # fmt: skip
def test_every_key_of_a_row_has_a_column(sheet, row, elsewhere):
    assert fields(row) - keys(sheet) == elsewhere


def test_every_key_of_the_study_table_has_a_column():
    form = {found.key.split(".")[1] for found in BY_NAME["Study"].columns if found.key.startswith("study.")}
    assert fields(StudyRow) - form == {"plant", "data", "instrument", "evidence"}
    data = {found.key.removeprefix("data.") for found in BY_NAME["Processes"].columns if found.key.startswith("data.")}
    assert fields(ProcessDataRow) == data


def test_titles_name_one_column_each_and_none_that_is_not_read():
    for table in TABLES:
        titles = [found.title for found in table.columns]
        assert len(set(titles)) == len(titles)
        assert not set(titles) & set(GREY)


def test_a_table_that_is_begun_must_be_finished():
    score = column(ProcessRow, "quality.TeR")
    assert not score.needed(frozenset({"id"}))
    assert score.needed(frozenset({"id", "quality.P"}))


# --- one value, one cell


def there_and_back(value: object, found: Column) -> object:
    return from_cell(to_cell(value, found), found)


AMOUNT, CONTENT = column(ExchangeRow, "amount"), column(ExchangeRow, "content")
NOTE, LOCATOR = column(ExchangeRow, "note"), column(ExchangeRow, "locator")
FLOAT = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
PROSE = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("value", "found", "cell"),
    [
        (0.1 + 0.2, AMOUNT, 0.30000000000000004),
        ("0.9 / grade", AMOUNT, "0.9 / grade"),
        ("0.98", AMOUNT, '"0.98"'),
        ({"Cu": 0.28, "Ag": 4.2e-5, "Co": "grade"}, CONTENT, "Cu=0.28; Ag=4.2e-05; Co=grade"),
        ({"Ca": "0.48667"}, CONTENT, 'Ca="0.48667"'),
        ("", LOCATOR, '""'),
        (True, column(PlantRow, "sampled"), "yes"),
        (["a", "b"], column(ProcessRow, "annex_v"), "a, b"),
        (date(2025, 12, 31), column(RouteFile, "study.period.to"), date(2025, 12, 31)),
        ({"kind": "lognormal", "gsd2": 2.0}, column(ExchangeRow, "spread"), "lognormal gsd2=2"),
        (
            {"kind": "discrete", "values": [1.0, 2.5], "weights": [0.5, 0.5]},
            column(ExchangeRow, "spread"),
            "discrete values=1,2.5 weights=0.5,0.5",
        ),
    ],
)
def test_a_value_in_a_cell(value, found, cell):
    assert to_cell(value, found) == cell
    back = there_and_back(value, found)
    assert (msgspec.to_builtins(back) if isinstance(back, SpreadRow) else back) == value


@given(FLOAT)
def test_a_number_keeps_every_bit(value):
    assert there_and_back(value, AMOUNT) == value


@given(st.dictionaries(st.from_regex(r"[A-Z][a-z]?", fullmatch=True), FLOAT, min_size=1, max_size=4))
def test_content_keeps_every_bit(value):
    assert there_and_back(value, CONTENT) == value


@given(PROSE)
def test_prose_is_kept_as_it_is(value):
    if value != '""':
        assert there_and_back(value, NOTE) == value


def test_a_text_that_a_cell_cannot_hold_is_refused_when_written():
    for value in ("a\x01b", "a_x000D_b", "x" * 40_000):
        with pytest.raises(fp.InputError, match="a cell cannot hold the text"):
            to_cell(value, NOTE)


# --- rows of sheets


def through(file: RouteFile, folder: Path) -> RouteFile:
    """A route file by way of a workbook."""
    path = folder / "through.xlsx"
    write_book(path, Content(tables_of(file), {}), "test")
    problems = Problems(path)
    return checked_file(read_records(path, problems, company=file.study is not None), problems)


def through_cells(file: RouteFile) -> RouteFile:
    """The same without the file: record by record, cell by cell."""
    found = []
    for record in records(tables_of(file)):
        columns = {column.key: column for column in BY_NAME[record.sheet].columns}
        cells = {key: to_cell(value, columns[key]) for key, value in record.values.items()}
        values = {key: from_cell(cell, columns[key]) for key, cell in cells.items() if cell is not None}
        found.append(Record(record.sheet, values))
    numbered = [record for record in found if record.sheet in EXCHANGES]
    random.Random(1).shuffle(numbered)
    found = [record for record in found if record.sheet not in EXCHANGES] + numbered
    return msgspec.convert(joined(found, pytest.fail), RouteFile)


def varied(file: RouteFile, draw: st.DrawFn) -> RouteFile:
    """The example with other figures, notes, orders and bounds."""
    processes = []
    for process in file.process:
        lines = draw(st.permutations(process.exchange))
        changed = [
            msgspec.structs.replace(
                line,
                amount=draw(FLOAT),
                note=draw(PROSE | st.just("")),
                locator=draw(st.none() | st.just("") | PROSE),
                spread=draw(st.none() | st.just(SpreadRow(kind="triangular", low=draw(FLOAT), high=3.0))),
            )
            for line in lines
        ]
        processes.append(msgspec.structs.replace(process, exchange=changed))
    return msgspec.structs.replace(file, process=processes, notes=draw(PROSE | st.just("")))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_rows_and_cells_lose_nothing(data):
    file = varied(FILE, data.draw)
    ordered = {process.id: process for process in through_cells(file).process}
    assert ordered == {process.id: process for process in file.process}


def test_a_study_goes_through_a_workbook_unchanged_and_gives_the_same_bits(tmp_path):
    write = tmp_path / "book.xlsx"
    fp.write_template(write, study=EXAMPLE)
    fp.import_workbook(write, tmp_path / "study.toml")
    assert read_toml(tmp_path / "study.toml", RouteFile) == FILE
    before, after = fp.calculate(EXAMPLE), fp.calculate(tmp_path / "study.toml")
    assert [before[code].value for code in before.codes] == [after[code].value for code in after.codes]


def test_what_few_studies_have_is_kept_too(tmp_path):
    """Variants, sites, a waste that is treated, two lines of one name with legs of their own, text that is empty."""
    toy = read_toml(Path(__file__).parents[1] / "toy/routes/cobalt/toy.toml", RouteFile)
    line = ExchangeRow(input="quicklime", from_="background:quicklime", amount=1.0, unit="kg", locator="")
    leg = LegRow(by="lorry-over-32t", distance=10.0)
    twice = [msgspec.structs.replace(line, legs=[leg]), msgspec.structs.replace(line, amount=2.0, legs=[leg, leg])]
    own = FILE.process[0]
    process = msgspec.structs.replace(own, exchange=[*own.exchange, *twice])
    rest = {"boundary": FILE.boundary, "process": [process, *FILE.process[1:]]}
    file = msgspec.structs.replace(
        FILE, **rest, parameter={**FILE.parameter, "a": ParameterRow(value="2 * 3", unit="kg/kg")}
    )
    assert through(file, tmp_path) == file
    assert joined(records(tables_of(toy)), pytest.fail) == tables_of(toy) | {
        "process": [{"operator_control": False} | row for row in tables_of(toy)["process"]]
    }


# --- the look


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    fp.write_template(path, "copper", route="copper/cathode-sxew-cl")
    return path


@pytest.fixture(scope="module")
def book(template):
    return openpyxl.load_workbook(template)


def titles(sheet) -> dict[str, str]:
    return {cell.value: cell.column_letter for cell in sheet[HEADER] if cell.value}


def test_the_sheets_stand_in_the_order_of_the_layout(book):
    assert book.sheetnames == ["Guide", *BY_NAME, "Lists"]


def test_titles_stay_in_sight_and_on_every_page(book):
    for name in EXCHANGES:
        sheet = book[name]
        assert sheet.freeze_panes == "C4"
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.page_setup.orientation == "landscape"


def test_units_and_words_are_chosen_from_lists(book):
    rules = {
        str(rule.sqref).partition(":")[0]: rule.formula1 for rule in book["Energy"].data_validations.dataValidation
    }
    column = titles(book["Energy"])
    assert rules[f"{column['unit']}4"] == "list_unit"
    assert rules[f"{column['supply']}4"] == '"grid,own,contract,residual"'
    assert rules[f"{column['process']}4"] == "Processes!$A$4:$A$503"
    units = book.defined_names["list_unit"].attr_text
    assert units.startswith("Lists!$A$4:$A$")
    assert book["Lists"]["A4"].value == "kg"


def test_the_reference_stands_beside_an_empty_cell(book):
    """The route takes 0.06432 MJ of diesel per kg of ore; the template says so and holds no amount."""
    sheet = book["Energy"]
    column = titles(sheet)
    row = next(n for n in range(4, 30) if sheet[f"{column['input']}{n}"].value == "diesel, burned in machinery")
    assert sheet[f"{column['reference (not imported)']}{row}"].value.startswith("0.06432 MJ per 1 kg copper oxide ore")
    assert sheet[f"{column['amount']}{row}"].value is None
    assert sheet[f"{column['Annex V (not imported)']}{row}"].value == "a, b, c"


def test_a_template_holds_no_figure_place_or_date_of_the_reference(book):
    for table in TABLES:
        sheet = book[table.name]
        places = titles(sheet)
        for found in table.columns:
            if not table.form and found.kind in ("number", "amount", "day", "pairs"):
                cells = sheet[places[found.title]][HEADER:]
                assert [cell.value for cell in cells if cell.value is not None] == [], (table.name, found.title)
    assert "CL" not in [cell.value for cell in book["Processes"][titles(book["Processes"])["location"]]]


def test_the_guide_lists_the_items_of_annex_v(book):
    words = [row[0] for row in book["Guide"].iter_rows(values_only=True) if row[0]]
    assert [word for word in words if word.startswith(("a. ", "n. "))] == [
        "a. Upstream processes and extraction of ore",
        "n. Auxiliary processes",
    ]


def test_grey_cells_are_not_read(tmp_path, template):
    """A figure written over a reference changes no message of the import."""
    told = []
    for value in (None, 99.0):
        changed = openpyxl.load_workbook(template)
        sheet = changed["Energy"]
        if value is not None:
            sheet[f"{titles(sheet)['reference (not imported)']}4"].value = value
        changed.save(tmp_path / "changed.xlsx")
        with pytest.raises(fp.InputError) as caught:
            fp.import_workbook(tmp_path / "changed.xlsx")
        told.append(str(caught.value))
    assert told[0] == told[1]


def test_text_is_never_a_formula(tmp_path):
    """A note that begins with = is written as text, quoted, and comes back as it was."""
    process = msgspec.structs.replace(FILE.process[0], note="=cmd|' /C calc'!A0")
    file = msgspec.structs.replace(FILE, process=[process, *FILE.process[1:]])
    assert through(file, tmp_path) == file
    sheet = openpyxl.load_workbook(tmp_path / "through.xlsx")["Processes"]
    cell = sheet[f"{titles(sheet)['note']}4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)


def test_the_same_study_gives_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        fp.write_template(tmp_path / name, study=EXAMPLE)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_that_openpyxl_saved_again_says_the_same(tmp_path):
    fp.write_template(tmp_path / "a.xlsx", study=EXAMPLE)
    again = io.BytesIO()
    openpyxl.load_workbook(tmp_path / "a.xlsx").save(again)
    (tmp_path / "b.xlsx").write_bytes(again.getvalue())
    assert fp.import_workbook(tmp_path / "b.xlsx") == fp.import_workbook(tmp_path / "a.xlsx")


def test_columns_may_be_moved_and_those_that_are_not_needed_left_out(tmp_path):
    fp.write_template(tmp_path / "a.xlsx", study=EXAMPLE)
    changed = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = changed["Evidence"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for n, row in enumerate(rows, 1):
        for i, value in enumerate([row[2], row[0], row[1], None], 1):
            sheet.cell(n, i).value = value
    changed.save(tmp_path / "b.xlsx")
    assert fp.import_workbook(tmp_path / "b.xlsx") == fp.import_workbook(tmp_path / "a.xlsx")


def test_a_toml_template_parses_and_its_first_blank_is_named(tmp_path):
    path = tmp_path / "study.toml"
    fp.write_template(path, "copper", route="copper/cathode-sxew-cl")
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "background:diesel-machinery" in line)
    assert 'amount = ""' in line
    assert "# reference: 0.06432 MJ per 1 kg copper oxide ore" in line
    with pytest.raises(fp.InputError, match=r"study.toml, name: is empty"):
        fp.calculate(path)
