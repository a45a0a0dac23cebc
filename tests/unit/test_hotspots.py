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
    assert [(s.name, s.share) for s in most_relevant({"use": 40.0, "credit": -60.0}, 0.8)] == [("credit", 0.6), ("use", 0.4)]


def test_nothing_is_relevant_where_everything_is_zero():
    assert most_relevant({"a": 0.0, "b": 0.0}, 0.8) == ()


def test_hotspots_of_the_invented_route(toy_route, toy_background):
    """Climate change 9.171875: power in Chile 4.8828125 (53.2 %), lorry and acid 1.5625 each (17.0 %): 87.3 %."""
    found = fp.hotspots(fp.calculate(toy_route, background=toy_background))
    assert len(found.categories) >= 3
    assert found.categories[-1].cumulative >= 0.8
    if "CC" in found.processes:
        names = [spot.name for spot in found.processes["CC"]]
        assert names[0] == "electricity:CL:MV (extraction)"
        assert set(names[1:]) == {"background:lorry (refining)", "background:acid@CN (refining)"}
        assert found.processes["CC"][0].share == pytest.approx(4.8828125 / 9.171875, rel=1e-12)


def test_a_weighted_figure_never_leaves_the_analysis(toy_route, toy_background):
    """Only shares come out (Annex V: characterised results, no normalisation, no weighting)."""
    told = fp.hotspots(fp.calculate(toy_route, background=toy_background)).to_dict()
    assert set(told) == {"schema", "route", "categories", "stages", "processes", "flows"}
    for row in told["categories"]:
        assert set(row) == {"code", "share", "cumulative"}
        assert 0 <= row["share"] <= row["cumulative"] <= 1 + 1e-12
