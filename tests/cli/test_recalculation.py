"""`footprint status` and `footprint diff` as commands: answers, exit codes, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import footprint as fp
from tests.cli.conftest import CODES, ROOT, TOY, TOY_CALL, Run

STUDY = ROOT / "docs/examples/copper-refinery/study.toml"
Toy = Callable[..., Path]


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    """A declaration of the example, with the keys that `status` reads."""
    result, found = fp.calculate(STUDY), fp.fingerprint(STUDY)
    path = tmp_path / "declaration.json"
    content = {
        "schema": "footprint/declaration/1",
        "status": "declared",
        "responsible": {"name": "Example Metals Oy (invented)"},
        "material": {
            "id": "copper", "product": "copper cathode", "form": "cathode", "grade": "grade A, 99.99 % Cu",
            "declared_unit_kg": 1.0, "route": result.route.id,
        },
        "validity": {"until": "2029-05-04"},
        "fingerprint": {"bill_of_materials": found.bill_of_materials, "energy_mix": found.energy_mix},
        "sites": [{"name": "Example Town smelter and refinery", "country": "FI"}],
        "countries": {"extraction": ["CL"], "processing": ["CL"], "refining": ["FI"]},
        "calculation": {
            "method": {"id": result.method.id, "sha256": result.method.sha256},
            "background": dict(zip(("id", "sha256"), result.background, strict=True)),
        },
        "footprint": [{"code": code, "unit": result[code].unit, "value": result[code].value} for code in result.codes],
    }  # fmt: skip
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_current_declaration_exits_0(run: Run, declaration: Path) -> None:
    call = run("status", declaration, STUDY, "--on", "2027-01-01")
    assert (call.code, call.err) == (0, "")
    assert call.out == "copper/example-cathode, 2027-01-01: current\n"


def test_a_changed_study_exits_1_with_its_reasons(run: Run, declaration: Path, tmp_path: Path) -> None:
    changed = tmp_path / "study.toml"
    text = STUDY.read_text(encoding="utf-8").replace("amount = 24e6", "amount = 24.1e6")
    changed.write_text(text, encoding="utf-8")
    call = run("status", declaration, changed, "--on", "2027-01-01", "--json")
    assert call.code == 1
    assert call.json["status"] == "recalculation-required"
    assert [reason["cause"] for reason in call.json["reasons"]] == ["bill-of-materials"]
    assert "bill of materials" in run("status", declaration, changed, "--on", "2027-01-01").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nothing.json", STUDY), "nothing.json: no such file"),
        ((STUDY, STUDY), "study.toml"),
    ],
)
def test_a_wrong_call_of_status_exits_2(run: Run, arguments: tuple[object, ...], message: str) -> None:
    call = run("status", *arguments)
    assert call.code == 2
    assert message in call.err
    assert call.out == ""


def test_a_day_that_is_none_exits_2(run: Run, declaration: Path) -> None:
    call = run("status", declaration, STUDY, "--on", "tomorrow")
    assert call.code == 2
    assert "--on 'tomorrow' is not a day" in call.err


def test_diff_splits_every_category_without_remainder(run: Run, toy: Toy) -> None:
    """Mining with 8 in place of 10 kWh: -2 x 1.25 x 0.5 kg CO2 in 0.78125 runs."""
    new = toy(("amount = 10.0", "amount = 8.0"))
    call = run("diff", TOY_CALL[0], new, "--background", TOY, "--json")
    assert (call.code, call.err) == (0, "")
    assert tuple(call.json["results"]) == CODES
    cc = call.json["results"]["CC"]
    assert cc["by_cause"] == {"energy-mix": pytest.approx(-2 * 1.25 * 0.5 * 0.78125, rel=1e-9)}
    for found in call.json["results"].values():
        assert sum(found["by_cause"].values()) == pytest.approx(found["new"] - found["old"], rel=1e-12, abs=1e-18)


def test_diff_prints_no_line_above_80_columns_and_no_zero_where_data_are_missing(run: Run) -> None:
    call = run("diff", "copper/cathode-pyro-cl", "copper/cathode-pyro-pe-cn", env={"COLUMNS": "80"})
    assert call.code == 0
    assert max(map(len, call.out.splitlines())) <= 80
    assert [line.split()[1] for line in call.out.splitlines() if line.startswith("EUF ")] == ["n/a", "n/a"]


def test_diff_of_what_cannot_be_compared_exits_2(run: Run) -> None:
    call = run("diff", "copper/cathode-sxew-cl", "cobalt/sulfate-hpal-id")
    assert call.code == 2
    assert "one material is needed" in call.err
