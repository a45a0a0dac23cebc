"""Broken workbooks: the import ends with exit code 2, names sheet and cell, and writes nothing."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import footprint as fp
from footprint.commands.app import run
from tests.workbooks import (
    EXAMPLE,
    PARTS,
    Cell,
    day,
    fault,
    formula,
    nothing,
    number,
    plain,
    text,
    truth,
    with_cells,
    with_parts,
)

pytest.importorskip("openpyxl")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("books") / "good.xlsx"
    fp.write_template(path, study=EXAMPLE)
    return path.read_bytes()


def refusal(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str], name: str = "book.xlsx") -> str:
    """What `footprint import` says of a workbook that it refuses; nothing is on stdout, and nothing is written."""
    path, out = folder / name, folder / "study.toml"
    path.write_bytes(content)
    code = run(["import", str(path), "--out", str(out)])
    printed, told = capsys.readouterr()
    assert (code, printed) == (2, "")
    assert sorted(folder.iterdir()) == [path]
    assert "Traceback" not in told
    assert "unexpected" not in told
    return told


CELLS: Mapping[str, tuple[Mapping[str, Cell], str]] = {
    "unit-in-wrong-letters": ({"Energy!G5": text("kwh")}, "Energy!G5: unit 'kwh' is not known; did you mean 'kWh'?"),
    "unit-unknown": ({"Materials!F4": text("bushel")}, "Materials!F4: unit 'bushel' is not known; allowed: kg, t, g"),
    "text-in-a-number": ({"Transport!F4": text("far")}, "Transport!F4: 'far' is text; a finite number is needed"),
    "text-in-an-amount": ({"Energy!F4": text("about ten")}, "Energy!F4: expression 'about ten': "),
    "formula": ({"Energy!F4": formula("SUM(F5:F9)")}, "Energy!F4: '=SUM(F5:F9)' is a formula; put its value there"),
    "circular-reference": (
        {"Energy!F4": formula("F5"), "Energy!F5": formula("F4")},
        "Energy!F4: '=F5' is a formula; put its value there (copy, paste special: values)\n"
        "Energy!F5: '=F4' is a formula",
    ),
    "formula-as-text-in-a-name": ({"Processes!A4": formula('"receiving"')}, "Processes!A4: '=\"receiving\"' is a form"),
    "injected-command": ({"Study!B5": formula("cmd|' /C calc'!A0")}, "Study!B5: '=cmd|' /C calc'!A0' is a formula"),
    "error-of-a-formula": ({"Water!E4": fault("#REF!")}, "Water!E4: holds the error #REF!; a value is needed"),
    "number-for-a-day": ({"Study!B14": plain(45658)}, "Study!B14: '45658' is no day; a day is needed, as 2025-12-31"),
    "day-for-a-number": ({"Energy!F4": day(45658)}, "Energy!F4: '2025-01-01' is a date; a finite number is needed"),
    "day-in-another-form": ({"Study!B15": text("31.12.2025")}, "Study!B15: '31.12.2025' is no day; a day is needed"),
    "day-that-is-none": ({"Study!B16": text("2026-02-30")}, "Study!B16: '2026-02-30' is no day"),
    "days-out-of-order": (
        {"Study!B15": text("2024-12-31")},
        "Study!B15: 2024-12-31 lies before the first day, 2025-01",
    ),
    "duplicate-process": ({"Processes!A5": text("receiving")}, "Processes!A5: 'receiving' is given twice, first in A4"),
    "duplicate-product": (
        {"Production!C8": text("copper cathode")},
        "Production!C8: 'electrolysis', 'copper cathode' is",
    ),
    "unknown-owner": (
        {"Energy!A5": text("recieving")},
        "Energy!A5: process 'recieving' is not known; did you mean 'rec",
    ),
    "unknown-supplier": (
        {"Materials!D6": text("smeltin")},
        "Materials!D6: process 'smeltin' is not known; did you mean",
    ),
    "unknown-background": (
        {"Auxiliaries!D4": text("background:oxigen")},
        "Auxiliaries!D4: background process 'oxigen' is not in 'open'; did you mean 'oxygen'?",
    ),
    "unknown-route": (
        {"Materials!D4": text("route:copper/concentrate-cx")},
        "Materials!D4: route 'copper/concentrate-cx",
    ),
    "no-provider": ({"Energy!D4": text("Background diesel")}, "Energy!D4: 'Background diesel' names no provider"),
    "negative-amount": ({"Energy!F4": number(-5)}, "Energy!F4: is -5.0; it must be at least 0"),
    "negative-distance": ({"Transport!F4": number(-5)}, "Transport!F4: is -5.0; it must be above 0"),
    "overflow": ({"Energy!F4": number("1e999")}, "Energy!F4: is inf; a finite number is needed"),
    "not-a-number": ({"Energy!F6": number("NaN")}, "Energy!A6: the row cannot be read"),
    "infinity-as-text": ({"Energy!F4": text("Infinity")}, "Energy!F4: 'Infinity' is text; a finite number is needed"),
    "nan-as-text": ({"Emissions!E4": text("nan")}, "Emissions!E4: 'nan' is text; a finite number is needed"),
    "expression-without-end": ({"Energy!F4": text("1e308 * 10")}, "Energy!F4: expression '1e308 * 10' has no finite"),
    "truth-in-an-amount": ({"Energy!F4": truth(True)}, "Energy!F4: 'True' is a truth value; a finite number is needed"),
    "number-in-a-truth": ({"Processes!E4": number(1)}, "Processes!E4: '1' is not known; allowed: yes, no"),
    "maybe": ({"Contracts!D4": text("maybe")}, "Contracts!D4: 'maybe' is not known; allowed: yes, no"),
    "too-long": ({"Sources!B4": text("x" * 5000)}, "Sources!B4: has 5,000 characters or entries; at most 4,000 are"),
    "comma-for-point": ({"Energy!F4": text("5100,5")}, "Energy!F4: '5100,5' is a number kept as text; write it as a"),
    "number-kept-as-text": ({"Energy!F4": text("5100000")}, "Energy!F4: '5100000' is a number kept as text"),
    "percent-as-text": (
        {"Declared!H4": text("99.99 %")},
        "Declared!H4: '99.99 %' is a number kept as text; write it as ",
    ),
    "percent-for-a-share": (
        {"Declared!H4": number(99.99)},
        "Declared!H4: is 99.99; it must be at most 1; a share is needed: 0.9999 for 99.99 %",
    ),
    "content-above-one": (
        {"Production!I4": text("Cu=28")},
        "Production!I4: content of Cu is 28 kg/kg; it lies between",
    ),
    "content-without-number": (
        {"Production!I4": text("Cu 0.28")},
        "Production!I4: 'Cu 0.28' is not in form; needed: NAME",
    ),
    "content-with-comma": (
        {"Production!I4": text("Cu=0,28")},
        "Production!I4: Cu: '0,28' is no number; write it with a",
    ),
    "spaces-around-a-name": (
        {"Materials!C5": text(" blended concentrate ")},
        "Materials!C5: ' blended concentrate ' be",
    ),
    "space-that-does-not-break": (
        {"Energy!C4": text("diesel,\u00a0burned in machinery")},
        "Energy!C4: 'diesel,\\xa0burned in machinery' holds a space that does not break (U+00A0); retype it",
    ),
    "text-that-turns-round": ({"Study!B5": text("copper \u202eedohtac")}, "Study!B5: holds the control character"),
    "country-by-name": (
        {"Plants!C4": text("Finland")},
        "Plants!C4: 'Finland' is not in form; needed: a country in two",
    ),
    "country-in-small-letters": ({"Processes!F4": text("fi")}, "Processes!F4: 'fi' is not in form; needed: a country"),
    "country-without-mix": ({"Energy!D5": text("electricity:XX:MV")}, "Energy!D5: no electricity mix is held for 'XX'"),
    "stage-unknown": (
        {"Processes!C4": text("refinning")},
        "Processes!C4: 'refinning' is not known; did you mean 'refinin",
    ),
    "item-unknown": (
        {"Processes!D4": text("own-transport, storing")},
        "Processes!D4: item 'storing' is not known; did y",
    ),
    "score-out-of-range": ({"Processes!N4": number(6)}, "Processes!N4: is 6.0; it must be at most 5"),
    "quality-in-part": (
        {"Processes!N4": nothing},
        "Processes!N4: 'TeR' of 'receiving' is empty: technology, 1 (best) to",
    ),
    "year-with-a-fraction": ({"Processes!G4": number(2025.5)}, "Processes!G4: 2025.5 is not a whole number"),
    "amount-left-empty": ({"Energy!F4": nothing}, "Energy!F4: 'amount' of 'diesel, burned in machinery' is empty"),
    "flow-unknown": (
        {"Emissions!C6": text("sulphur dioxide")},
        "Emissions!C6: flow 'sulphur dioxide' in 'air/non-urban'",
    ),
    "compartment-unknown": ({"Emissions!D6": text("air/rural")}, "Emissions!D6: compartment 'air/rural' is not known"),
    "source-unknown": ({"Processes!R4": text("plant-2024")}, "Processes!R4: source 'plant-2024' is not known; did you"),
    "evidence-unknown": ({"Processes!M4": text("weighbrige")}, "Processes!M4: evidence 'weighbrige' is not known; did"),
    "vehicle-unknown": ({"Transport!E4": text("ship")}, "Transport!E4: 'ship' is no transport process"),
    "leg-of-nothing": (
        {"Transport!C6": text("silica")},
        "Transport!C6: no input or waste of process 'smelting' called",
    ),
    "contract-of-nothing": ({"Contracts!B4": text("power")}, "Contracts!B4: electricity input 'power' is not known"),
    "declared-without-product": (
        {"Declared!C4": text("copper rod")},
        "Declared!C4: 'copper rod' is no product of 'elect",
    ),
    "bounds-beside-the-amount": (
        {"Energy!M4": number(1), "Energy!N4": number(2)},
        "Energy!F4: the amount 5.1e+06 lies outside its own bounds 1 to 2",
    ),
    "web-address": (
        {"Study!B17": text("javascript:alert(1)")},
        "Study!B17: 'javascript:alert(1)' is not in form; needed:",
    ),
    "parameter-of-itself": (
        {"Parameters!A4": text("a"), "Parameters!B4": text("2 * a")},
        "Parameters!B4: parameters are defined in a circle: a -> a",
    ),
    "hash": ({"Evidence!D4": text("abc")}, "Evidence!D4: 'abc' is not in form; needed: the 64 digits of a SHA-256"),
    "title-of-no-column": (
        {"Energy!I3": text("lokator")},
        "Energy!I3: column 'lokator' is not known; did you mean 'loca",
    ),
    "title-twice": ({"Energy!I3": text("amount")}, "Energy!I3: column 'amount' is given twice"),
    "title-missing": ({"Energy!F3": nothing}, "Energy!A3: column 'amount' is missing"),
    "entry-unknown": ({"Study!A5": text("nane")}, "Study!A5: 'nane' is no entry of this sheet; did you mean 'name'?"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_bad_cell_is_named(book, tmp_path, capsys, case):
    cells, message = CELLS[case]
    assert message in refusal(tmp_path, with_cells(book, cells), capsys)


def sheet(name: str, old: str, new: str) -> Mapping[str, Callable[[str], str]]:
    def change(xml: str) -> str:
        assert re.search(old, xml), old
        return re.sub(old, new, xml, count=1)

    return {PARTS.get(name, name): change}


MERGED = '</sheetData><mergeCells count="1"><mergeCell ref="C4:D4"/></mergeCells>'
SHEETS = {
    "merged-cells": (sheet("Energy", "</sheetData>", MERGED), "Energy!C4:D4: merged cells; unmerge them"),
    "hidden-row": (
        sheet("Energy", r'<row r="6"', '<row r="6" hidden="1"'),
        "Energy!A6: the row is hidden, by hand or by",
    ),
    "hidden-column": (
        sheet("Energy", r'<col ([^>]*)min="6"', r'<col hidden="1" \1min="6"'),
        "Energy!F3: column 'amount' i",
    ),
    "hidden-sheet": (
        sheet("xl/workbook.xml", r'(<sheet [^>]*name="Energy" [^>]*)state="visible"', r'\1state="hidden"'),
        "Energy!A1: the sheet is hidden; show it",
    ),
    "sheet-renamed": (
        sheet("xl/workbook.xml", 'name="Energy"', 'name="Energie"'),
        "Energie!A1: sheet 'Energie' is not known; did you mean 'Energy'?; its rows would be lost\n"
        "Energy!A1: sheet 'Energy' is missing",
    ),
    "no-titles": (
        sheet("Waste", r'<row r="3".*?</row>', '<row r="3"></row>'),
        "Waste!A3: the titles are not in row 3: pro",
    ),
    "a-row-beyond-all-rows": (
        sheet("Waste", r'<row r="6"', '<row r="99999999999"'),
        "sheet 'Waste': has a row 99,999,999,999, beyond the last",
    ),
    "a-cell-far-to-the-right": (
        sheet("Waste", "</sheetData>", '<row r="30"><c r="ZZ30" t="n"><v>1</v></c></row></sheetData>'),
        "Waste!ZZ30: stands beyond the columns of the form",
    ),
    "no-xml": (sheet("Waste", "<sheetData>", "<sheetData><"), "cannot be read as XLSX"),
}


@pytest.mark.parametrize("case", SHEETS)
def test_a_bad_sheet_is_named(book, tmp_path, capsys, case):
    changes, message = SHEETS[case]
    assert message in refusal(tmp_path, with_parts(book, changes), capsys)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
ADDED = {
    "macros": ({"xl/vbaProject.bin": b"x"}, "holds macros; save it as a workbook without macros"),
    "links-to-other-workbooks": ({"xl/externalLinks/externalLink1.xml": b"<a/>"}, "holds links to other workbooks"),
    "path-out-of-the-archive": (
        {"../../etc/cron.d/x": b"x"},
        "the part '../../etc/cron.d/x' lies outside the workbook",
    ),
    "path-from-the-root": ({"/etc/passwd": b"x"}, "the part '/etc/passwd' lies outside the workbook"),
    "path-of-windows": ({"..\\..\\x.dll": b"x"}, "lies outside the workbook"),
    "path-of-a-drive": ({"C:\\x.dll": b"x"}, "lies outside the workbook"),
    "entities": ({"xl/more.xml": LAUGHS.encode()}, "'xl/more.xml' declares a document type; refused"),
    "entities-in-utf-16": ({"xl/more.xml": LAUGHS.encode("utf-16")}, "'xl/more.xml' declares a document type; refused"),
    "entities-after-a-long-comment": (
        {"xl/more.xml": LAUGHS.replace("<!DOCTYPE", f"<!--{'x' * 100_000}--><!DOCTYPE").encode()},
        "'xl/more.xml' declares a document type; refused",
    ),
    "bomb": ({"xl/more.xml": b"<a>" + b"0" * 40_000_000}, "refused as a bomb"),
}


@pytest.mark.parametrize("case", ADDED)
def test_a_hostile_part_is_refused(book, tmp_path, capsys, case):
    added, message = ADDED[case]
    assert message in refusal(tmp_path, with_parts(book, {}, added), capsys)


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
FILES = {
    "encrypted": (
        "book.xlsx",
        OLE + "EncryptedPackage".encode("utf-16-le") + bytes(100),
        "it is protected with a passw",
    ),
    "old-excel-renamed": (
        "book.xlsx",
        OLE + "Workbook".encode("utf-16-le") + bytes(100),
        "it is an old Excel file (.xls)",
    ),
    "csv-renamed": (
        "book.xlsx",
        b"process,input,amount\nsmelting,coke,3\n",
        "it is no XLSX file, whatever its name says",
    ),
    "empty-file": ("book.xlsx", b"", "it is no XLSX file"),
    "old-excel": ("book.xls", OLE, "the name of a workbook ends in .xlsx"),
    "with-macros": ("book.xlsm", b"PK", "the name of a workbook ends in .xlsx"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_of_another_kind_is_refused(tmp_path, capsys, case):
    name, content, message = FILES[case]
    assert message in refusal(tmp_path, content, capsys, name)


def test_a_truncated_file(book, tmp_path, capsys):
    assert "cannot be read as XLSX" in refusal(tmp_path, book[: len(book) // 2], capsys)


def test_a_damaged_file(book, tmp_path, capsys):
    middle = len(book) // 3
    told = refusal(tmp_path, book[:middle] + bytes(200) + book[middle + 200 :], capsys)
    assert "cannot be read as XLSX" in told


def test_a_workbook_of_another_kind(tmp_path, capsys):
    openpyxl = pytest.importorskip("openpyxl")
    openpyxl.Workbook().save(tmp_path / "book.xlsx")
    told = refusal(tmp_path, (tmp_path / "book.xlsx").read_bytes(), capsys)
    assert "Study!A1: sheet 'Study' is missing; a new template has it" in told
    assert "Sheet!A1: sheet 'Sheet' is not known" in told


def test_no_file(tmp_path, capsys):
    assert run(["import", str(tmp_path / "none.xlsx")]) == 2
    assert "none.xlsx: no such file" in capsys.readouterr().err


def test_an_untouched_template_says_what_is_empty_and_takes_no_reference_figure(tmp_path, capsys):
    path = tmp_path / "new.xlsx"
    fp.write_template(path, "copper", route="copper/cathode-sxew-cl")
    content = path.read_bytes()
    path.unlink()
    told = refusal(tmp_path, content, capsys)
    assert "Study!B10: 'responsible: name' is empty: who places the material on the market" in told
    assert "'location' of 'mining' is empty" in told
    assert "'amount' of 'explosives, ANFO, made and detonated' is empty" in told
    assert "Boundary!B4: 'status' of 'concentrate-production' is empty" in told


def test_all_problems_are_told_at_once_and_their_number_is_bounded(book, tmp_path, capsys):
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="n"><v>1</v></c></row>' for n in range(30, 3000))
    told = refusal(tmp_path, with_parts(book, sheet("Plants", "</sheetData>", f"{rows}</sheetData>")), capsys)
    lines = told.splitlines()
    assert lines[0].endswith("book.xlsx: 500 problems or more; nothing was imported")
    assert (len(lines), lines[-1]) == (102, "… and 400 more")


def test_200_000_empty_rows_are_passed_over_quickly(book, tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"/><c r="B{n}"/></row>' for n in range(100, 200_100))
    path = tmp_path / "book.xlsx"
    path.write_bytes(with_parts(book, sheet("Energy", "</sheetData>", f"{rows}</sheetData>")))
    begun = time.perf_counter()
    assert 'id = "smelting"' in fp.import_workbook(path)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("seed", range(30))
def test_damaged_xml_is_read_or_refused(book, tmp_path, seed):
    """Whatever stands in a sheet, nothing but InputError comes of it."""
    chance = random.Random(seed)

    def damage(xml: str) -> str:
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(xml))
            bit = chance.choice(
                ["<", ">", "&", '"', "9" * 30, "-", "\u00e9", "<c/>", "<row/>", " r='A1'", "", xml[at:][:40]]
            )
            xml = xml[:at] + bit + xml[at + chance.randint(0, 12) :]
        return xml

    path = tmp_path / "book.xlsx"
    path.write_bytes(with_parts(book, {chance.choice([*PARTS.values(), "xl/styles.xml", "xl/workbook.xml"]): damage}))
    with contextlib.suppress(fp.InputError):
        fp.import_workbook(path)


def test_a_cell_in_the_last_row_is_found(book, tmp_path):
    row = '<row r="1048576"><c r="A1048576" t="n"><v>1</v></c></row>'
    path = tmp_path / "book.xlsx"
    path.write_bytes(with_parts(book, sheet("Energy", "</sheetData>", f"{row}</sheetData>")))
    with pytest.raises(fp.InputError, match="Energy!A1048576: '1' is a number; text is needed"):
        fp.import_workbook(path)


def test_the_archive_is_never_unpacked(book, tmp_path, capsys):
    refusal(tmp_path, with_parts(book, {}, {"../outside.txt": b"x"}), capsys)
    assert not (tmp_path.parent / "outside.txt").exists()


def test_there_are_faults_enough():
    assert len(CELLS) + len(SHEETS) + len(ADDED) + len(FILES) >= 90
