"""`footprint background link-report` and `--background bw:PROJECT/DATABASE`: answers, exit codes, errors."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import TOY_ROUTE, Run

REPORT = ("background", "link-report")


def test_a_profile_alone_as_json(run: Run) -> None:
    call = run(*REPORT, "--links", "ecoinvent-3.11-cutoff", "--json")
    assert call.code == 1, "some ids have no link"
    assert call.json["schema"] == "footprint/link-report/1"
    assert call.json["profile"] == {"id": "ecoinvent-3.11-cutoff", "version": "3.11"}
    assert call.json["database"] is None
    assert sum(call.json["counts"].values()) == len(call.json["links"])
    steel = next(row for row in call.json["links"] if row["id"] == "background:steel")
    assert (steel["status"], steel["verified"]) == ("exact", "3.11")


def test_the_table_fits_in_80_columns(run: Run) -> None:
    call = run(*REPORT, "--links", "uslci-fy21q3", env={"COLUMNS": "80"})
    assert max(map(len, call.out.splitlines())) <= 80
    assert "names of the profile only" in call.out


def test_only_what_a_route_takes(run: Run) -> None:
    call = run(*REPORT, "--links", "ecoinvent-3.10-cutoff", TOY_ROUTE, "--json")
    ids = {row["id"] for row in call.json["links"]}
    assert ids == {"electricity:CL:MV", "background:landfill", "background:acid@CN", "background:lorry"}


def test_neither_database_nor_profile(run: Run) -> None:
    call = run(*REPORT)
    assert (call.code, call.out) == (2, "")
    assert "needs --background bw:PROJECT/DATABASE, or --links NAME" in call.err


def test_a_profile_that_is_misspelt(run: Run) -> None:
    call = run(*REPORT, "--links", "ecoinvent-3.11-cutof")
    assert call.code == 2
    assert "did you mean 'ecoinvent-3.11-cutoff'" in call.err


def test_no_brightway_projects_here(run: Run, tmp_path: Path) -> None:
    env = {"BRIGHTWAY2_DIR": str(tmp_path / "none")}
    call = run("calc", TOY_ROUTE, "--background", "bw:default/ecoinvent-3.10-cutoff", env=env)
    assert (call.code, call.out) == (2, "")
    assert "set BRIGHTWAY2_DIR to the folder of projects.db" in call.err
    assert list(tmp_path.iterdir()) == []


def test_links_belong_to_a_brightway_background(run: Run) -> None:
    call = run("calc", TOY_ROUTE, "--links", "uslci-fy21q3")
    assert call.code == 2
    assert "goes with a background of the form bw:PROJECT/DATABASE" in call.err
