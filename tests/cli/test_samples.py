"""`calc --samples`, `sensitivity` and `compare --samples`: tables, JSON, pictures, and what is refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import CODES, TOY_CALL, Run

SAMPLED = ("calc", *TOY_CALL, "--samples", "500", "--seed", "3")


def test_json_has_the_uncertainty_of_each_category(run: Run) -> None:
    call = run(*SAMPLED, "--json")
    assert (call.code, call.err) == (0, "")
    results = call.json["results"]
    assert tuple(results) == CODES
    found = results["CC"]["uncertainty"]
    assert set(found) == {"mean", "median", "p2_5", "p97_5", "gsd2", "n", "seed", "error"}
    assert (found["n"], found["seed"]) == (500, 3)
    assert found["p2_5"] < found["median"] < found["p97_5"]
    assert "uncertainty" not in run("calc", *TOY_CALL, "--json").json["results"]["CC"]


def test_the_same_call_prints_the_same_bytes(run: Run) -> None:
    assert run(*SAMPLED, "--json").out == run(*SAMPLED, "--json").out
    assert run(*SAMPLED, "--json").out != run(*SAMPLED[:-1], "4", "--json").out


def test_the_table_fits_in_80_columns(run: Run) -> None:
    for arguments in (SAMPLED, ("sensitivity", *TOY_CALL, "--samples", "100"), ("sensitivity", "--help")):
        call = run(*arguments, env={"COLUMNS": "80"})
        assert call.code == 0
        assert max(map(len, call.out.splitlines())) <= 80
    out = run(*SAMPLED, env={"COLUMNS": "80"}).out
    assert "500 samples" in out
    assert "plain, seed 3" in out


def test_pictures_are_svg(run: Run, tmp_path: Path) -> None:
    call = run(*SAMPLED, "--pictures", tmp_path / "pictures")
    assert call.code == 0
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert "cobalt-invented-CC-distribution.svg" in names
    assert "cobalt-invented-CC-convergence.svg" in names
    tornado = tmp_path / "tornado.svg"
    assert run("sensitivity", *TOY_CALL, "--picture", tornado).code == 0
    for path in (tornado, *(tmp_path / "pictures").iterdir()):
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_sensitivity_json(run: Run) -> None:
    found = run("sensitivity", *TOY_CALL, "--top", "2", "--samples", "100", "--json").json
    assert found["schema"] == "footprint/sensitivity/1"
    assert found["n"] == 1024
    first = found["figures"][0]
    assert (first["owner"], first["name"]) == ("cobalt/toy.toml", "ore_grade")
    assert first["high"] < found["middle"] < first["low"]
    assert 0 < first["share"] <= 1
    assert first["sobol_total"] > 0
    assert len(found["figures"]) == 2


def test_paired_samples_say_which_is_lower(run: Run) -> None:
    ids = ("copper/cathode-secondary-eu", "copper/cathode-pyro-cl")
    found = run("compare", *ids, "--samples", "300", "--json").json["probability_lower"]
    assert tuple(found) == CODES
    assert found["CC"] == {f"{ids[0]}<{ids[1]}": 1.0}
    assert "P(copper" in run("compare", *ids, "--samples", "300").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("calc", *TOY_CALL, "--samples", "-1"), ("--samples",)),
        (("calc", *TOY_CALL, "--samples", "10", "--sequence", "sobl"), ("did you mean 'sobol'",)),
        (("calc", *TOY_CALL, "--samples", "10", "--world", "fixd"), ("did you mean 'fixed'",)),
        (("calc", *TOY_CALL, "--pictures", "x"), ("--samples",)),
        (("sensitivity", *TOY_CALL, "--category", "cc"), ("'cc'", "CC")),
        (("sensitivity", *TOY_CALL, "--picture", "x.png"), ("only SVG",)),
    ],
    ids=lambda x: " ".join(x[-2:]),
)
def test_what_is_refused(run: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    call = run(*arguments)
    assert (call.code, call.out) == (2, "")
    for word in words:
        assert word in call.err
