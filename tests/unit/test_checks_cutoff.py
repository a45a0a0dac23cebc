"""The cut-off ledger: mass, energy and each category by itself (R13, DECISIONS 13)."""

import pytest

from footprint.checks.cutoff import cutoff, ledger, measured
from footprint.errors import InputError
from tests.unit.checking import one, route_of, rules

SMALL = 'status = "cut-off", reason = "small", source = "invented"'
WHAT = ("mass", "energy", "CC", "AC")


def route(*entries):
    """Entries as (item, mass, energy, score), or with shares of single categories: (item, mass, energy, score, CC)."""
    return route_of(head="[boundary]\n" + "".join(_line(*entry) for entry in entries))


def _line(item, mass, energy, score, climate=None):
    own = "" if climate is None else f", categories = {{ CC = {climate} }}"
    return f"{item} = {{ {SMALL}, mass = {mass}, energy = {energy}, score = {score}{own} }}\n"


def findings(found):
    return list(cutoff(found, WHAT, 0.03, "the act, its clause"))


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(("last", "fires"), [(0.01, False), (0.0101, True)])
def test_three_per_cent_together(which, last, fires):
    """2 % + 1 % is 3.00 % and may be cut off; 2 % + 1.01 % is 3.01 % and may not; of mass, energy and categories."""
    shares = [[0.02 if i == which else 0.001 for i in range(3)], [last if i == which else 0.001 for i in range(3)]]
    found = findings(route(("storage", *shares[0]), ("smelting", *shares[1])))
    assert rules(found) == (["cutoff.limit"] if fires else [])
    if fires:
        name = ("mass", "energy", "CC, AC")[which]
        assert one(found).message == f"3.01 % of {name} are cut off; at most 3 % may be (the act, its clause)"
        assert one(found).severity == "error"


def test_each_category_is_tested_by_itself():
    """Of CC 2 % + 1.5 % = 3.5 % are left out; of AC, by the shares of all others, 0.1 % + 0.1 %."""
    found = findings(route(("storage", 0, 0, 0.001, 0.02), ("smelting", 0, 0, 0.001, 0.015)))
    assert one(found).message.startswith("3.5 % of CC are cut off")


def test_a_category_that_is_not_declared_is_not_tested():
    """3.5 % of climate change, where acidification alone is declared."""
    found = route(("storage", 0, 0, 0.001, 0.035))
    assert list(cutoff(found, measured(("mass", "declared-category"), ["AC"]), 0.03, "")) == []
    assert rules(list(cutoff(found, measured(("declared-category",), ["CC"]), 0.03, ""))) == ["cutoff.limit"]


def test_what_the_cut_off_is_measured_on_is_known():
    with pytest.raises(InputError, match="'single-score' is not known"):
        measured(("mass", "single-score"), ["CC"])


def test_the_ledger_adds_up():
    """Not-relevant items are not in it."""
    found = ledger(route(("storage", 0.001, 0.002, 0.003), ("smelting", 0.01, 0.02, 0.0)), WHAT)
    assert [e.item for e in found.entries] == ["storage", "smelting"]
    assert found.shares == pytest.approx({"mass": 0.011, "energy": 0.022, "CC": 0.003, "AC": 0.003})
    apart = route_of(head='[boundary]\nstorage = { status = "not-relevant", reason = "none", mass = 0.5 }')
    assert ledger(apart, WHAT).shares["mass"] == 0


def test_a_cut_off_gives_shares_and_their_source():
    bare = route_of(head='[boundary]\nstorage = { status = "cut-off", reason = "small" }')
    assert {f.rule: f.severity for f in findings(bare)} == {"cutoff.shares": "error", "cutoff.source": "warning"}
    assert not findings(route(("storage", 0.001, 0.0, 0.0)))


def test_a_share_that_nobody_gives_is_not_zero():
    """Of energy, and of the category that has no share of its own, nothing is said."""
    found = findings(route_of(head=f"[boundary]\nstorage = {{ {SMALL}, mass = 0.01, categories = {{ CC = 0.01 }} }}"))
    assert one(found).message.startswith("is cut off without its share of energy, AC;")
