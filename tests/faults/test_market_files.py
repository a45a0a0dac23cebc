"""Bad market files: the call ends with one message that names row and column; nothing is guessed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from footprint.errors import InputError
from footprint.market.reading import load_market, read_market

HEADER = "declaration_id,operator,material,product,form,system,country,period_from,period_to,mass_t,CC,gsd2_CC"
ROW = "d1,Acme,lithium,lithium carbonate,carbonate,primary,CL,2025-01-01,2025-12-31,100,5,1.2"


def market_file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "market.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lithium,", "lithum,", r"row 2, column 'material': 'lithum' is no critical raw material; did you"),
        ("primary", "primry", r"row 2, column 'system': 'primry' is not known; did you mean 'primary'"),
        (",CL,", ",Chile,", r"row 2, column 'country': 'Chile' is no country"),
        ("2025-01-01", "01/01/2025", r"row 2, column 'period_from': '01/01/2025' is no day; a day is needed"),
        ("2025-12-31", "2024-12-31", r"row 2, column 'period_to': 2024-12-31 lies before 2025-01-01"),
        (",100,", ",0,", r"row 2, column 'mass_t': 0 is out of range; allowed: above 0"),
        (",100,", ",,", r"row 2, column 'mass_t': is empty; a number is needed"),
        (",5,", ",inf,", r"row 2, column 'CC': 'inf' is not a finite number"),
        (",5,", ",\"5,0\",", r"row 2, column 'CC': '5,0' is not a finite number"),
        (",5,", ",,", r"row 2, column 'CC': the row has no value of any category"),
        (",100,", ",1e-320,", r"row 2, column 'mass_t': .* is out of range; allowed: 0, or 1e-30 to 1e\+30 in size"),
        (",5,", ",1e308,", r"row 2, column 'CC': 1e\+308 is out of range; allowed: 0, or 1e-30 to 1e\+30 in size"),
        (",5,", ",-1e31,", r"row 2, column 'CC': -1e\+31 is out of range; allowed: 0, or 1e-30"),
        (",1.2", ",0.8", r"row 2, column 'gsd2_CC': 0.8 is out of range; allowed: 1 or more"),
        ("Acme", "=1+1", r"row 2, column 'operator': '=1\+1' is a formula"),
        ("Acme", "+1-cmd", r"row 2, column 'operator': '\+1-cmd' is a formula"),
        ("Acme", "-2+3", r"row 2, column 'operator': '-2\+3' is a formula"),
        ("Acme", "@SUM(1)", r"row 2, column 'operator': '@SUM\(1\)' is a formula"),
        ("Acme", "A\u202eB", r"row 2, column 'operator': holds control characters"),
    ],
)  # fmt: skip
def test_bad_cell(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_market(market_file(tmp_path, ROW.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace("operator", "opertor"), "row 1: column 'opertor' is not known; did you mean 'operator'"),
        (HEADER.replace("gsd2_CC", "CC"), "column 'CC' is given twice"),
        (HEADER.replace("gsd2_CC", "placed_on_market"), "stands in place of period_from and period_to"),
    ],
)
def test_bad_header(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_market(market_file(tmp_path, ROW, header=header))


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_cells_are_parted_by_commas(tmp_path: Path, sign: str, name: str) -> None:
    """As spreadsheets write CSV where the comma is the decimal point."""
    rows = ROW.replace(",", sign).replace("1.2", "1,2")
    with pytest.raises(InputError, match=f"line 1: its cells are parted by {name}; commas are needed, and points in"):
        load_market(market_file(tmp_path, rows, header=HEADER.replace(",", sign)))


@pytest.mark.parametrize("value", ["0", "-5", "1e-30", "1e30"])
def test_numbers_up_to_the_bounds_are_taken(tmp_path: Path, value: str) -> None:
    assert load_market(market_file(tmp_path, ROW.replace(",5,", f",{value},")))["CC"].tolist() == [float(value)]


@pytest.mark.parametrize("ruleset", ["modelled", "modelled-world"])
def test_declarations_and_a_modelled_market_are_not_in_one_file(tmp_path: Path, ruleset: str) -> None:
    """Else an operator who writes `modelled` would be published as a market without operators."""
    header, rows = f"{HEADER},ruleset", [f"{ROW},none", f"{ROW.replace('d1', 'd2')},{ruleset}"]
    with pytest.raises(InputError, match=f"row 3, column 'ruleset': '{ruleset}' marks a modelled market, and other"):
        load_market(market_file(tmp_path, *rows, header=header))
    assert len(load_market(market_file(tmp_path, rows[1], header=header))) == 1


def test_an_id_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 3, column 'declaration_id': 'd1' is given twice"):
        load_market(market_file(tmp_path, ROW, ROW))


def test_good_rows_are_kept_apart(tmp_path: Path) -> None:
    found = read_market(market_file(tmp_path, ROW, ROW.replace("d1", "d2").replace("primary", "both")))
    assert found.market["declaration_id"].tolist() == ["d1"]
    assert [(p.row, p.column) for p in found.problems] == [(3, "system")]


def test_no_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no rows"):
        load_market(market_file(tmp_path))


def test_namibia_is_a_country(tmp_path: Path) -> None:
    assert load_market(market_file(tmp_path, ROW.replace("CL", "NA")))["country"].tolist() == ["NA"]


@pytest.mark.parametrize("name", ["market.ods", "missing.csv"])
def test_no_market_file(tmp_path: Path, name: str) -> None:
    if name.endswith("ods"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"ends in .csv|no such file"):
        load_market(tmp_path / name)


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_garbage(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"market{suffix}"
    path.write_bytes(b"PK\x03\x04 garbage" * 50)
    with pytest.raises(InputError, match="cannot be read as"):
        load_market(path)


def test_parquet_and_xlsx_hold_the_same(tmp_path: Path) -> None:
    duckdb, openpyxl = pytest.importorskip("duckdb"), pytest.importorskip("openpyxl")
    source = market_file(tmp_path, ROW, ROW.replace("d1", "d2").replace(",5,", ",0.1,"))
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{source}')) TO '{tmp_path / 'm.parquet'}' (FORMAT parquet)")
    book = openpyxl.Workbook()
    for line in source.read_text(encoding="utf-8").splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "m.xlsx")
    wanted = load_market(source)
    for name in ("m.parquet", "m.xlsx"):
        found = load_market(tmp_path / name)
        for column in wanted.columns:
            assert found[column].tolist() == pytest.approx(wanted[column].tolist(), nan_ok=True), (name, column)


def test_formulas_are_not_evaluated(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(ROW.replace(",5,", ",=2+3,").split(","))
    book.save(tmp_path / "m.xlsx")
    with pytest.raises(InputError, match=r"row 2, column 'CC': '=2\+3' is a formula"):
        load_market(tmp_path / "m.xlsx")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(InputError, match="refused as a bomb"):
        load_market(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(InputError, match="declares a document type"):
        load_market(path)
