"""What a result does not cover, on the invented route calculated by hand in test_invented_route.py."""

from dataclasses import replace

import pytest

import footprint as fp
from footprint.checks import coverage
from tests.unit.checking import one, route_of


@pytest.fixture(scope="module")
def result(toy_route, toy_background):
    return fp.calculate(toy_route, background=toy_background)


@pytest.fixture(scope="module")
def carried(toy_background):
    """A product that is only carried: no estimate, nothing uncovered or without a factor."""
    route = route_of('{ input = "transport", from = "background:lorry", amount = 1.0, unit = "t*km" }')
    return fp.calculate(route, background=toy_background)


def test_uncharacterised_long_term_flows(result):
    """0.002 kg copper per landfill run x 0.078125 runs = 1.5625e-4 kg."""
    found = one(coverage.uncharacterised(result))
    assert (found.rule, found.severity) == ("coverage.long-term-not-characterised", "warning")
    assert "copper ion to water/ground-long-term 0.000156 kg" in found.message


def test_uncharacterised_flows_of_today(result):
    today = replace(
        result, flows=tuple(replace(f, compartment="water/ground") if not f.characterised else f for f in result.flows)
    )
    found = one(coverage.uncharacterised(today))
    assert (found.rule, found.severity) == ("coverage.not-characterised", "note")


def test_everything_characterised(carried):
    assert not list(coverage.uncharacterised(carried))


def test_categories_the_background_does_not_cover(result, carried):
    """Electricity from coal holds no land use."""
    found = one(coverage.uncovered(result))
    assert (found.rule, found.severity, found.where) == ("coverage.not-covered", "warning", "category LU")
    assert "electricity-coal" in found.message
    assert not list(coverage.uncovered(carried))


def test_share_of_estimates(result):
    """Acidification: SO2 of the acid 1.31 x 0.005 = 0.00655 of 0.0158 mol H+ eq, 41 %; climate change 17 %."""
    found = one(coverage.screening(result, 0.20))
    assert (found.rule, found.severity, found.where) == ("coverage.screening", "warning", "category AC")
    assert "41% rests on estimates, more than 20%" in found.message
    assert not list(coverage.screening(result, 0.42))


def test_background_that_is_not_ef_compliant(result):
    found = one(coverage.background_compliance(result, "none"))
    assert (found.rule, found.severity) == ("coverage.background", "note")
    assert "screening: background not EF-compliant (none); its share: CC 100%" in found.message
    assert not list(coverage.background_compliance(result, "EF"))


def test_long_term_part(result):
    """A category of which 30 of 100 come after 100 years."""
    assert not list(coverage.long_term(result))
    value = result["CC"].value
    late = replace(result, alternatives={"long_term_exclude": result.totals * 0.7})
    found = next(f for f in coverage.long_term(late) if f.where == "category CC")
    assert f"30% are emissions after 100 years; without them {0.7 * value:.4g} kg CO2 eq" in found.message
