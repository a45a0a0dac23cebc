"""Five companies that do not exist: from a template, filled in and imported, to a declaration that is verified.

All figures are invented: an entry of the template is the reference's figure times an invented yearly scale, except what
a case states itself. The stated figure gives one result by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import footprint as fp
from footprint.exchange.workbook.layout import BY_NAME, HEADER, REFERENCE, Table
from footprint.library.studies import load_study

openpyxl = pytest.importorskip("openpyxl")
#: what a year's production is a multiple of the reference's amounts by, invented
SCALE = 1.3e6


@dataclass(frozen=True)
class Case:
    """An invented company: what it makes and states itself, and one direct result of its last process by hand."""

    route: str
    country: str
    process: str
    output_kg: float
    stated: Mapping[tuple[str, str], float]
    category: str
    by_hand: float
    added: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[str, ...] = ("extraction", "processing", "refining")

    @property
    def material(self) -> str:
        return self.route.partition("/")[0]

    @property
    def form(self) -> Mapping[str, Any]:
        """The first sheet: every stage of the system lies in the company's country."""
        return FORM | {f"countries of {stage}": self.country for stage in self.stages}


CASES = (
    Case(
        "lithium/carbonate-brine-atacama", "CL", "carbonate-finishing", 20e6,
        {("Emissions", f"particulate matter, {size} um"): kg for size, kg in (("below 2.5", 4e2), ("2.5 to 10", 6e2))},
        # methods/ef-3.1/factors/PM.csv, air/non-urban: 3.01757e-6 per kg of the fine, 6.94042e-7 of the coarse ones
        "PM", (400 * 3.01757e-6 + 600 * 6.94042e-7) / 20e6,
    ),
    Case(
        "copper/cathode-sxew-cl", "CL", "electrowinning", 12e6,
        {},
        # a line that the template does not have: 2,400 t of carbon dioxide, factor 1
        "CC", 2.4e6 * 1.0 / 12e6,
        {"output": "carbon dioxide, fossil", "to": "air/non-urban", "amount": 2.4e6, "unit": "kg"},
    ),
    Case(
        "aluminium/ingot-remelt-eu", "DE", "remelting", 90e6,
        {("Water", "fresh-water"): 30e3, ("Water", "water/surface"): 24e3, ("Water", "air/unspecified"): 6e3},
        # methods/ef-3.1/factors/WU.csv, Germany: 1.36 m3 world eq. per m3 withdrawn and, negative, given back
        "WU", (30e3 - 24e3) * 1.36 / 90e6, stages=("recycling",),
    ),
    Case(
        "cobalt/metal-sulfide-ca", "CA", "cobalt-electrowinning", 6e6,
        {("Emissions", "cobalt II"): 12.0},
        # methods/ef-3.1/factors/HTNC.csv: 1.0755e-6 CTUh per kg to air/non-urban
        "HTNC", 12 * 1.0755e-6 / 6e6,
    ),
    Case(
        "silicon-metal/secondary-kerf", "DE", "melting", 4e6,
        {("Emissions", "particulate matter, below 2.5 um"): 500.0},
        # methods/ef-3.1/factors/PM.csv: 2.38497e-4 per kg to air/urban
        "PM", 500 * 2.38497e-4 / 4e6, stages=("recycling",),
    ),
)  # fmt: skip
FORM = {
    "name": "Invented product system",
    "responsible: name": "Invented Metals Ltd (does not exist)",
    "responsible: postal address": "1 Invented Street, Nowhere",
    "responsible: contact": "nobody@example.org",
    "period: first day": date(2025, 1, 1),
    "period: last day": date(2025, 12, 31),
    "date of the report": date(2026, 3, 1),
    "invented": "yes",
    "public version of the study": "https://example.org/study",
}
SOURCE = {
    "title": "Invented records of 2025",
    "author": "Invented Metals",
    "year": 2026,
    "kind": "measured",
    "licence": "invented",
}


# --- filling in, as a person would: cell after cell


def fill(path: Path, case: Case) -> None:
    book = openpyxl.load_workbook(path)
    for row in book["Study"].iter_rows(min_row=HEADER + 1):
        if row[0].value in case.form:
            row[1].value = case.form[row[0].value]
    for name, table in BY_NAME.items():
        if not table.form:
            fill_rows(book[name], table, case)
    works = {"id": "works", "name": "Invented works", "country": case.country, "output_kg": case.output_kg}
    append(book["Plants"], BY_NAME["Plants"], works)
    if case.added:
        append(book["Emissions"], BY_NAME["Emissions"], {"process": case.process, **case.added})
    book.save(path)


def fill_rows(sheet: Any, table: Table, case: Case) -> None:
    titles = {cell.value: i for i, cell in enumerate(sheet[HEADER]) if cell.value}
    for cells in sheet.iter_rows(min_row=HEADER + 1):
        row = {column.key: cells[titles[column.title]] for column in table.columns if column.title in titles}
        if all(cell.value is None for cell in row.values()):
            continue
        said = str(cells[titles[REFERENCE]].value or "") if REFERENCE in titles else ""
        for key, value in invented(table.name, row, said, case).items():
            if row[key].value is None:
                row[key].value = value


def invented(sheet: str, row: Mapping[str, Any], said: str, case: Case) -> Mapping[str, Any]:
    """What a row of a sheet is filled with; `said` is what the template shows beside it."""
    if sheet == "Declared":
        content = re.search(r"content ([\d.]+)", said)
        return {"id": f"{case.material}/invented", "content": float(content.group(1)) if content else None}
    if sheet == "Processes":
        return {
            "operator_control": "yes", "location": case.country, "year": 2025, "data.kind": "company-specific",
            "data.checked": "external", "data.most_recent": date(2025, 12, 31),
            **{f"quality.{score}": 1 for score in ("TeR", "GeR", "TiR", "P")},
        }  # fmt: skip
    if sheet == "Boundary":
        return {"status": "not-relevant", "reason": "invented"}
    if sheet == "Sources":
        return SOURCE
    if sheet == "Transport":
        return {"distance": 250}
    number = re.match(r"[\d.e+-]+", said)
    if sheet == "Sites":
        return {"value": float(number.group()) if number else 0.0}
    if "amount" not in row:
        return {}
    last = row["process"].value == case.process
    amount = (float(number.group()) if number else 1.0) * (case.output_kg if last else SCALE)
    names = [row[key].value for key in ("flow", "output", "input", "compartment") if key in row] if last else []
    amount = next((case.stated[sheet, name] for name in names if (sheet, name) in case.stated), amount)
    voltage = re.search(r"electricity:[A-Z]+:([HML]V)", said)
    supplier = {"from": f"electricity:{case.country}:{voltage.group(1)}"} if voltage else {}
    content = re.findall(r", ([A-Z][a-z]?|H2O) ([\d.e-]+)", said)
    return {"amount": amount, **supplier, "content": "; ".join(f"{el}={share}" for el, share in content) or None}


def append(sheet: Any, table: Table, values: Mapping[str, Any]) -> None:
    """A row below the last one that is filled."""
    titles = {cell.value: i for i, cell in enumerate(sheet[HEADER], 1) if cell.value}
    row = next(n for n in range(HEADER + 1, sheet.max_row + 2) if sheet.cell(n, 1).value is None)
    for column in table.columns:
        if column.key in values:
            sheet.cell(row, titles[column.title]).value = values[column.key]


# --- from template to result


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.material)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def book(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled workbook of a case."""
    path = tmp_path_factory.mktemp(case.material) / "book.xlsx"
    fp.write_template(path, case.material, route=case.route)
    fill(path, case)
    return path


@pytest.fixture(scope="module")
def study(book: Path) -> Path:
    """The imported study; a step that follows calculation takes it from here."""
    path = book.with_name("study.toml")
    fp.import_workbook(book, path)
    return path


def test_the_study_says_what_was_filled_in(study: Path, case: Case) -> None:
    company = load_study(study)
    assert company.company.responsible.name == "Invented Metals Ltd (does not exist)"
    assert company.company.period.to == date(2025, 12, 31)
    assert company.route.process(case.process).products[0].amount.value == case.output_kg
    assert {process.location for process in company.route.processes} == {case.country}


def test_no_figure_rests_on_the_reference(study: Path) -> None:
    """Every amount cites the company's records; none has the source of the route that lent the layout."""
    cited = {e.amount.source for process in load_study(study).route.processes for e in process.exchanges}
    assert cited == {"plant-records"}


def test_the_study_is_checked(study: Path) -> None:
    errors = [finding for finding in fp.check(study) if finding.severity == "error"]
    assert errors == []


def test_one_result_is_as_by_hand(study: Path, case: Case) -> None:
    result = fp.calculate(study)
    assert result["CC"].value > 0
    assert result[case.category].by_process[case.process] == pytest.approx(case.by_hand, rel=1e-9)


def test_the_rules_are_kept(study: Path) -> None:
    errors = [finding for finding in fp.check_study(study, on=date(2026, 4, 1)) if finding.severity == "error"]
    assert errors == []


def test_the_study_is_declared_and_its_dossier_verified(study: Path, case: Case, tmp_path: Path) -> None:
    """The declaration has the value calculated above, and everything in the dossier is found again."""
    declared = fp.declare(study, on=date(2026, 4, 1))
    values = {entry.code: entry.value for entry in declared.declaration.footprint}
    assert values["CC"] == fp.calculate(study)["CC"].value
    fp.write_dossier(declared, tmp_path / "dossier.zip")
    assert fp.verify(tmp_path / "dossier.zip").differences == ()


def test_the_filled_study_goes_through_a_workbook_again(study: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    fp.write_template(again, study=study)
    assert fp.import_workbook(again) == study.read_text(encoding="utf-8")
