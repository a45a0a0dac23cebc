"""Hotspots by the rule of PEF: the largest absolute shares that reach 80 %, at least three categories."""

import pytest

import footprint as fp
from footprint.impact.hotspots import most_relevant


def test_the_largest_that_reach_the_threshold():
    """50, 30, 15 and 5 of 100: 50 + 30 reach 80 %; three when at least three are asked for."""
    values = {"d": 5.0, "a": 50.0, "c": 15.0, "b": 30.0}
    assert [(s.name, s.share, s.cumulative) for s in most_relevant(values, 0.8)] == [("a", 0.5, 0.5), ("b", 0.3, 0.8)]
    assert [s.name for s in most_relevant(values, 0.8, fewest=3)] == ["a", "b", "c"]


def test_negative_values_count_by_their_size():
    """-60 and 40: shares 0.6 and 0.4 of the sum of absolute values."""
    assert [(s.name, s.share) for s in most_relevant({"use": 40.0, "credit": -60.0}, 0.8)] == [
        ("credit", 0.6),
        ("use", 0.4),
    ]


def test_nothing_is_relevant_where_everything_is_zero():
    assert most_relevant({"a": 0.0, "b": 0.0}, 0.8) == ()


def test_hotspots_of_the_invented_route(toy_route, toy_background):
    """Weighted points per person (value / normalisation x weighting): RUM 2.1553e-3 / 0.063623 x 7.55 = 0.2558,
    CC 9.1719 / 7553.08 x 21.06 = 0.02557, WU 10.169 / 11468.7 x 8.51 = 0.00755: RUM alone passes 80 %, three are named.
    Climate change: power in Chile 4.8828125 (53.2 %), lorry and acid 1.5625 each (17.0 %): 87.3 % of 9.171875.
    """
    found = fp.hotspots(fp.calculate(toy_route, background=toy_background))
    assert [spot.name for spot in found.categories] == ["RUM", "CC", "WU"]
    assert found.categories[1].share / found.categories[0].share == pytest.approx(0.025574 / 0.25577, rel=1e-3)
    names = [spot.name for spot in found.processes["CC"]]
    assert names == ["electricity:CL:MV (extraction)", "background:acid@CN (refining)", "background:lorry (refining)"]
    assert found.processes["CC"][0].share == pytest.approx(4.8828125 / 9.171875, rel=1e-12)
    assert [spot.name for spot in found.stages["CC"]] == ["extraction", "refining"]


def test_a_weighted_figure_never_leaves_the_analysis(toy_route, toy_background):
    """Only shares come out (Annex V: characterised results, no normalisation, no weighting)."""
    told = fp.hotspots(fp.calculate(toy_route, background=toy_background)).to_dict()
    assert set(told) == {"schema", "route", "categories", "stages", "processes", "flows"}
    for row in told["categories"]:
        assert set(row) == {"code", "share", "cumulative"}
        assert 0 <= row["share"] <= row["cumulative"] <= 1 + 1e-12
