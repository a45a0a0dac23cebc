"""Every figure says where it comes from."""

import pytest

from footprint.checks import provenance
from footprint.model import Source
from tests.unit.checking import one, route_of, rules

LINE = '{ input = "acid", from = "background:acid", amount = 2.0, unit = "kg"'


def findings(route, sources=None):
    return list(provenance.provenance(route, sources or {}))


def test_a_sourced_figure_is_quiet():
    assert not findings(route_of(LINE + " }"))


def test_an_amount_without_a_source():
    route = route_of(LINE + " }", replace=('source = "invented"', ""))
    found = one(findings(route))
    assert (found.rule, found.severity, found.where) == (
        "provenance.no-source",
        "error",
        "process 'p', exchange 1 (acid)",
    )
    assert "the amount 2 kg has no source" in found.message


def test_a_product_of_one_is_what_figures_are_for_and_of_another_amount_is_a_figure():
    bare = {"replace": ('source = "invented"', "")}
    assert not findings(route_of(**bare))
    found = one(findings(route_of(product='{ flow = "x", amount = 52.0, unit = "t" }', **bare)))
    assert found.where == "process 'p', product 1 (x)"


@pytest.mark.parametrize(
    ("bounds", "fires"),
    [
        ("", True),
        (", low = 1.0, high = 4.0", False),
        (', spread = { kind = "lognormal", gsd2 = 2.0 }', False),
        (", low = 2.0, high = 2.0", True),
    ],
)
def test_an_estimate_needs_bounds(bounds, fires):
    found = rules(findings(route_of(f'{LINE}, source = "guess"{bounds} }}')))
    assert found == (["provenance.estimate-without-bounds"] if fires else [])


@pytest.mark.parametrize(("bounds", "fires"), [("low = 1.0\nhigh = 3.0", False), ("", True)])
def test_an_estimate_may_rest_on_a_parameter_that_has_bounds(bounds, fires):
    """twice = 2 * demand, and the amount is computed from twice."""
    head = f"""
[parameter.demand]
value = 2.0
unit = "kg"
source = "invented"
locator = "row 2"
{bounds}
[parameter.twice]
value = "2 * demand"
unit = "kg"
source = "guess"
"""
    line = LINE.replace("2.0", '"0.5 * twice"') + ', source = "guess" }'
    assert len(findings(route_of(line, head=head))) == (2 if fires else 0)


def test_a_published_figure_names_its_place():
    """One finding for the process, not one per line."""
    found = one(findings(route_of(LINE + " }", LINE + " }", replace=('locator = "row 1"', ""))))
    assert (found.rule, found.severity, found.where) == ("provenance.no-locator", "warning", "process 'p'")
    assert "no locator for 2 of its figures (exchange 1 (acid), exchange 2 (acid)), from invented" in found.message


@pytest.mark.parametrize(
    ("how", "fires"), [("", True), (', note = "half the acid of the mine"', False), (', locator = "eq. 3"', False)]
)
def test_a_derived_figure_says_how(how, fires):
    source = '[source.balance]\ntitle = "x"\nauthor = "x"\nyear = 2026\nkind = "derived"\nlicence = "CC BY 4.0"'
    found = rules(findings(route_of(f'{LINE}, source = "balance"{how} }}', head=source)))
    assert found == (["provenance.no-derivation"] if fires else [])


@pytest.mark.parametrize(
    ("basis", "kind", "fires"),
    [("recalled", "published", True), ("read", "published", False), ("recalled", "estimate", False)],
)
def test_a_recalled_source_is_named(basis, kind, fires):
    known = {"invented": Source("invented", "A title", "", 2020, kind, "", basis=basis)}
    found = rules(findings(route_of(LINE + " }"), known))
    assert found == (["provenance.recalled-source"] if fires else [])


def test_a_value_chosen_by_a_variant_or_a_caller_is_no_estimate():
    """Its bounds go with the value it replaces, and nobody needs others."""
    head = '[parameter.demand]\nvalue = 2.0\nsource = "guess"\nlow = 1.0\nhigh = 3.0'
    head += "\n[variant.v]\nparameter.demand.value = 2.5"
    line = LINE.replace("2.0", '"2 * demand"') + ', source = "guess" }'
    assert not findings(route_of(line, head=head))
    assert not findings(route_of(line, head=head, variant="v"))
