"""`footprint background coverage` and `footprint calc --year`."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cli.conftest import CODES, TOY, TOY_CALL, Run

COVERAGE = ("background", "coverage", "--background", TOY)


def test_coverage_json(run: Run) -> None:
    call = run(*COVERAGE, "--json")
    assert (call.code, call.err) == (0, "")
    found = call.json
    assert set(found) == {"schema", "background", "method", "totals", "processes"}
    assert found["schema"] == "footprint/background-coverage/1"
    assert tuple(found["totals"]) == CODES
    first = found["processes"][0]
    assert (first["process"], first["tier"], first["year"], first["location"]) == ("electricity-coal", "A", 2021, "GLO")
    assert first["dqr"] is None
    assert first["status"]["LU"] == "not covered"


def test_coverage_table_fits_in_80_columns_and_explains_its_signs(run: Run) -> None:
    for arguments in (COVERAGE, ("background", "coverage"), ("background", "--help"), (*COVERAGE[:2], "--help")):
        call = run(*arguments, env={"COLUMNS": "80"})
        assert call.code == 0
        assert max(map(len, call.out.splitlines())) <= 80
    out = run(*COVERAGE, env={"COLUMNS": "80"}).out
    assert "electricity-coal" in out
    for word in ("covered", "partly", "not covered"):
        assert word in out


def test_coverage_files(run: Run, tmp_path: Path) -> None:
    table, picture = tmp_path / "coverage.csv", tmp_path / "coverage.svg"
    call = run(*COVERAGE, "--csv", table, "--picture", picture)
    assert call.code == 0
    assert str(table) in call.err
    assert str(picture) in call.err
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["process"] for row in rows] == [
        "electricity-coal",
        "electricity-hydro",
        "lorry",
        "landfill",
        "acid",
    ]
    assert picture.read_text(encoding="utf-8").startswith("<svg ")


def test_a_picture_is_svg_only(run: Run, tmp_path: Path) -> None:
    call = run(*COVERAGE, "--picture", tmp_path / "coverage.png", "--csv", tmp_path / "coverage.csv")
    assert call.code == 2
    assert "only SVG" in call.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    call = run(*COVERAGE, "--csv", tmp_path / "missing" / "coverage.csv")
    assert (call.code, call.out) == (2, "")
    assert "cannot be written" in call.err


def test_coverage_is_of_unit_processes(run: Run) -> None:
    call = run("background", "coverage", "--background", "bw:project/database")
    assert (call.code, call.out) == (2, "")
    assert "link-report" in call.err


def test_an_unknown_background(run: Run, tmp_path: Path) -> None:
    call = run("background", "coverage", "--background", "opn", "--csv", tmp_path / "coverage.csv")
    assert (call.code, call.out) == (2, "")
    assert "'opn' is not known" in call.err
    assert not list(tmp_path.iterdir())


def test_the_year_of_the_mixes(run: Run) -> None:
    assert run("calc", *TOY_CALL, "--year", 2021, "--json").json["electricity"]["year"] == 2021
    call = run("calc", *TOY_CALL, "--year", 2015)
    assert (call.code, call.out) == (2, "")
    assert "held: 2021" in call.err


def test_the_result_says_what_rests_on_weak_processes(run: Run) -> None:
    assert "on processes of tier C or D" in " ".join(run("calc", *TOY_CALL).out.split())
    assert all("tier_c_share" in category for category in run("calc", *TOY_CALL, "--json").json["results"].values())
