"""`footprint scenarios`: other choices of the rules, as table and as JSON."""

import pytest

from tests.cli.conftest import CODES, TOY_CALL


def test_choices_stand_side_by_side(run):
    call = run("scenarios", *TOY_CALL)
    assert call.code == 0
    assert "allocation: by element-mass" in call.out
    assert "-38% -8.08e-4" in call.out
    changes, not_computed = call.out.index("Changes nothing"), call.out.index("Not computed")
    assert changes < call.out.index("recycled content: A = 0.2")
    assert not_computed < call.out.index("electricity: residual")


def test_the_json_has_every_choice_with_its_rule(run):
    found = run("scenarios", *TOY_CALL, "--json").json
    assert found["schema"] == "footprint/scenarios/1"
    assert set(found["results"]) == set(CODES)
    assert all(choice["rule"] for choice in found["choices"])
    metal = next(choice for choice in found["choices"] if choice["choice"] == "by element-mass")
    assert metal["results"]["RUM"]["change"] == pytest.approx(-0.375)
    residual = next(choice for choice in found["choices"] if choice["choice"] == "residual")
    assert residual["results"] == {}
    assert "no residual mix" in residual["reason"]


def test_what_is_not_covered_has_no_difference(run):
    """Land use of coal power is not covered: the value is marked; a category nobody covers shows n/a throughout."""
    out = run("scenarios", "copper/cathode-secondary-eu").out
    (line, *_) = [line for line in out.splitlines() if line.startswith("EUF")]
    assert line.split()[1] == "n/a"
    assert "same" not in line


def test_an_unknown_primary_route_is_told_and_not_zero(run):
    call = run("scenarios", "copper/cathode-secondary-eu", "--primary", "copper/cathod", "--json")
    assert call.code == 0
    (row,) = [choice for choice in call.json["choices"] if choice["topic"] == "recycled content"]
    assert row["results"] == {}
    assert "did you mean" in row["reason"]
