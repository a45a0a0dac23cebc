"""All checks together: order, what they need, and that they say the same twice."""

from datetime import date

import pytest

import footprint as fp
from footprint.checks.run import check, ordered
from footprint.model import Finding
from tests.unit.checking import TOY, route_of

ON = date(2026, 6, 1)


@pytest.fixture(scope="module")
def findings(toy_route, toy_background):
    return check(toy_route, background=toy_background, on=ON)


def test_errors_first_then_by_place():
    rows = [
        Finding("b", "note", "exchange 2", ""),
        Finding("a", "error", "exchange 10", ""),
        Finding("a", "error", "exchange 2", ""),
        Finding("a", "error", "exchange 2", ""),
        Finding("a", "warning", "p", ""),
    ]
    assert [(f.severity, f.where) for f in ordered(iter(rows))] == [
        ("error", "exchange 2"),
        ("error", "exchange 10"),
        ("warning", "p"),
        ("note", "exchange 2"),
    ]


def test_the_same_findings_twice(toy_route, toy_background, findings):
    assert check(toy_route, background=toy_background, on=ON) == findings


def test_findings_of_the_invented_route(findings):
    """Ten items of Annex V and one stage are not answered for, and the refinery loses 0.45 kg of cobalt."""
    errors = [f.rule for f in findings if f.severity == "error"]
    assert errors.count("boundary.missing-item") == 10
    assert sorted(set(errors)) == ["balance.metal", "boundary.missing-item", "boundary.missing-stage"]


def test_without_a_result_its_rules_are_skipped_and_that_is_said(toy_route, toy_background, findings):
    assert [f.rule for f in findings if f.rule.startswith("coverage")] == ["coverage.skipped"]
    result = fp.calculate(toy_route, background=toy_background)
    whole = check(toy_route, background=toy_background, result=result, on=ON)
    assert "coverage.skipped" not in {f.rule for f in whole}
    assert {"coverage.screening", "coverage.not-covered", "coverage.background"} <= {f.rule for f in whole}


def test_limit_of_the_cut_off_comes_from_the_rules(toy_background):
    """3 % of the PEF method: 3.01 % is an error that names the provision."""
    entry = 'storage = { status = "cut-off", reason = "small", source = "invented", mass = 0.0301 }'
    found = check(route_of(head=f"[boundary]\n{entry}"), background=toy_background, on=ON)
    message = next(f.message for f in found if f.rule == "cutoff.limit")
    assert message.startswith("3.01 % of mass are cut off; at most 3 % may be (Recommendation (EU) 2021/2279")


def test_a_path_is_accepted(toy_background, findings):
    path = TOY / "routes" / "cobalt" / "toy.toml"
    assert (
        check(path, background=toy_background, on=ON) == check(str(path), background=toy_background, on=ON) == findings
    )


def test_an_unknown_route_is_an_input_error():
    with pytest.raises(fp.InputError, match="is not known"):
        check("cobalt/does-not-exist")
