"""The cut-off ledger (R13)."""

import pytest

from footprint.checks.cutoff import cutoff, ledger
from tests.unit.checking import one, route_of, rules

SMALL = 'status = "cut-off", reason = "small", source = "invented"'


def route(*entries):
    """Entries as (item, mass, energy, score)."""
    return route_of(
        head="[boundary]\n"
        + "".join(f"{item} = {{ {SMALL}, mass = {m}, energy = {e}, score = {s} }}\n" for item, m, e, s in entries)
    )


def findings(found):
    return list(cutoff(found, 0.03, "the act, its clause"))


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize(("last", "fires"), [(0.01, False), (0.0101, True)])
def test_three_per_cent_together(which, last, fires):
    """2 % + 1 % is 3.00 % and may be cut off; 2 % + 1.01 % is 3.01 % and may not; for mass, energy and score alike."""
    shares = [[0.02 if i == which else 0.001 for i in range(3)], [last if i == which else 0.001 for i in range(3)]]
    found = findings(route(("storage", *shares[0]), ("smelting", *shares[1])))
    assert rules(found) == (["cutoff.limit"] if fires else [])
    if fires:
        name = ("mass", "energy", "environmental score")[which]
        assert one(found).message == f"3.01 % of the {name} are cut off; at most 3 % may be (the act, its clause)"
        assert one(found).severity == "error"


def test_the_ledger_adds_up():
    """Not-relevant items are not in it."""
    found = ledger(route(("storage", 0.001, 0.002, 0.003), ("smelting", 0.01, 0.02, 0.0)))
    assert [e.item for e in found.entries] == ["storage", "smelting"]
    assert (found.mass, found.energy, found.score) == pytest.approx((0.011, 0.022, 0.003))
    assert (
        ledger(route_of(head='[boundary]\nstorage = { status = "not-relevant", reason = "none", mass = 0.5 }')).mass
        == 0
    )


def test_a_cut_off_gives_shares_and_their_source():
    bare = route_of(head='[boundary]\nstorage = { status = "cut-off", reason = "small" }')
    assert {f.rule: f.severity for f in findings(bare)} == {"cutoff.shares": "error", "cutoff.source": "warning"}
    assert not findings(route(("storage", 0.001, 0.0, 0.0)))
