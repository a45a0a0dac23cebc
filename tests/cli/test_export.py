"""`footprint export brightway`: exit codes, messages and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import CODES, TOY_CALL, Run

CALL = ("export", "brightway", *TOY_CALL)
#: the command in an interpreter that has no bw2data
WITHOUT_EXTRA = """
import sys
sys.modules["bw2data"] = None
from footprint.commands.app import main
main(sys.argv[1:])
"""
needs_brightway = pytest.mark.skipif(find_spec("bw2data") is None, reason="needs the extra 'brightway'")


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    return {"BRIGHTWAY2_DIR": str(tmp_path)}


def test_without_the_extra_it_says_how_to_install_it(run: Run, home: Mapping[str, str]) -> None:
    call = run(*CALL, "--project", "any", env=home, python=("-c", WITHOUT_EXTRA))
    assert (call.code, call.out) == (2, "")
    assert "pip install 'crm-footprint[brightway]'" in call.err


def test_a_project_is_needed(run: Run) -> None:
    call = run(*CALL)
    assert (call.code, call.out) == (2, "")
    assert "--project" in call.err


def test_a_wrong_route_writes_nothing(run: Run, home: Mapping[str, str], tmp_path: Path) -> None:
    call = run("export", "brightway", "cobalt/nothing", "--project", "any", env=home)
    assert (call.code, call.out) == (2, "")
    assert "cobalt/nothing" in call.err
    assert not list(tmp_path.iterdir())


@needs_brightway
def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    call = run(*CALL, "--project", "any", env={"BRIGHTWAY2_DIR": str(tmp_path / "missing")})
    assert (call.code, call.out) == (2, "")
    assert "BRIGHTWAY2_DIR" in call.err


@needs_brightway
def test_json_and_table_say_how_the_project_compares(run: Run, home: Mapping[str, str]) -> None:
    call = run(*CALL, "--project", "invented", "--json", env=home)
    assert (call.code, call.err) == (0, "")
    found = call.json
    assert found["schema"] == "footprint/export-brightway/1"
    assert tuple(found["results"]) == CODES
    for category in found["results"].values():
        assert abs(category["difference"]) < 1e-6
    assert {code for code, c in found["results"].items() if c["regional_difference"] is not None} == {"LU", "WU"}

    again = run(*CALL, "--project", "invented", env=home)
    assert (again.code, again.out) == (2, "")
    assert "--overwrite" in again.err

    replaced = run(*CALL, "--project", "invented", "--overwrite", env=home)
    assert (replaced.code, replaced.err) == (0, "")
    assert "Climate change" in replaced.out
