"""What holds for every market: order, units and splitting change nothing; a lower value never has a worse letter."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.market.assignment import places, probabilities
from footprint.market.decimals import apart, rounded, strictly
from footprint.market.distribution import Distribution
from footprint.market.fitting import fit_classes
from footprint.market.schemes import SCHEMES, Figures, breaks
from tests.rules.test_class_schemes import declared

values = st.floats(1e-6, 1e6)
markets = st.lists(st.tuples(values, st.floats(0.01, 1e6), st.integers(0, 8)), min_size=1, max_size=30)
#: few different values, so that several operators have the same
tied = st.tuples(st.sampled_from([1.0, 2.0, 3.0]), st.floats(0.01, 1e3), st.integers(0, 8))
schemes = st.sampled_from(sorted(SCHEMES))
weighted = st.lists(
    st.tuples(st.integers(-50, 50), st.integers(1, 20)), min_size=1, max_size=9, unique_by=lambda row: row[0]
)
Rows = list[tuple[float, float, int]]


def distribution(rows: Rows) -> Distribution:
    x, tonnes, operators = zip(*rows, strict=True)
    return Distribution.of(np.array(x), np.array(tonnes), np.array(operators, dtype=np.int64), 0.2)


def bounds(rows: Rows, scheme: str) -> list[float]:
    return SCHEMES[scheme].bounds(distribution(rows), 7, Figures())[0].tolist()  # type: ignore[no-any-return]


@given(markets, schemes)
def test_thresholds_strictly_ascend(rows: Rows, scheme: str) -> None:
    found, _ = strictly(bounds(rows, scheme), 1.05)
    assert all(low < high for low, high in pairwise(found))


@given(markets, schemes, st.randoms())
def test_order_changes_nothing(rows: Rows, scheme: str, random: np.random.Generator) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[arg-type]
    assert bounds(mixed, scheme) == pytest.approx(bounds(rows, scheme), rel=1e-6)


@given(markets, schemes)
def test_splitting_a_row_changes_nothing(rows: Rows, scheme: str) -> None:
    x, tonnes, operator = rows[0]
    split = [(x, tonnes / 2, operator), (x, tonnes / 2, operator), *rows[1:]]
    assert bounds(split, scheme) == pytest.approx(bounds(rows, scheme), rel=1e-9)


@given(st.lists(tied, min_size=1, max_size=20), schemes, st.permutations(range(9)))
def test_what_operators_are_called_changes_nothing(rows: Rows, scheme: str, names: list[int]) -> None:
    renamed = [(x, tonnes, names[operator]) for x, tonnes, operator in rows]
    assert bounds(renamed, scheme) == pytest.approx(bounds(rows, scheme), rel=1e-9)


@given(st.lists(st.lists(values, min_size=6, max_size=6).map(sorted), min_size=1, max_size=8))
def test_bounds_are_set_apart_in_every_replicate_as_in_one(rows: list[list[float]]) -> None:
    """To the three figures that are printed."""
    found = apart(np.array(rows), 1.05)
    for row, ours in zip(rows, found.tolist(), strict=True):
        assert [rounded(bound) for bound in ours] == strictly(row, 1.05)[0]


@given(markets, schemes)
def test_scaling_values_scales_thresholds_and_tonnes_do_not(rows: Rows, scheme: str) -> None:
    other = [(8 * x, tonnes * 1024, operator) for x, tonnes, operator in rows]
    assert bounds(other, scheme) == pytest.approx([8 * t for t in bounds(rows, scheme)], rel=1e-6)


@given(st.lists(values, min_size=6, max_size=6), values, values)
def test_a_lower_value_never_has_a_worse_letter(raw: list[float], one: float, other: float) -> None:
    thresholds, _ = strictly(sorted(raw), 1.05)
    low, high = places(np.array(sorted((one, other))), thresholds)
    assert low <= high


@given(st.lists(values, min_size=6, max_size=6), values)
def test_a_letter_is_that_of_the_printed_value(raw: list[float], value: float) -> None:
    thresholds, _ = strictly(sorted(raw), 1.05)
    assert places(np.array([value]), thresholds)[0] == sum(rounded(value) > t for t in thresholds)


@given(st.lists(values, min_size=6, max_size=6), values, st.floats(1.0, 10.0))
def test_probabilities_sum_to_one(raw: list[float], value: float, gsd2: float) -> None:
    thresholds, _ = strictly(sorted(raw), 1.05)
    found = probabilities(value, gsd2, thresholds)
    assert sum(found) == pytest.approx(1)
    assert min(found) >= 0


@settings(max_examples=20, deadline=None)
@given(st.lists(values, min_size=3, max_size=20))
def test_occupancy_sums_to_one_and_outside_the_window_nothing_counts(raw: list[float]) -> None:
    n = len(raw)
    inside = fit_classes(declared(raw), on=date(2027, 1, 1), replicates=20)
    assert sum(share for _, share in inside.occupancy.values()) == pytest.approx(1)
    late = {"period_from": ["2025-01-01"] * n + ["2027-01-01"], "period_to": ["2025-12-31"] * n + ["2027-12-31"]}
    assert fit_classes(declared([*raw, 1e9], **late), on=date(2027, 1, 1), replicates=20) == inside


def test_quantiles_agree_with_numpy() -> None:
    """1,000 random markets of equal weights: numpy's method 'hazen'."""
    rng = np.random.default_rng(5)
    for _ in range(1000):
        x = rng.lognormal(0, 1, rng.integers(1, 200))
        p = float(rng.uniform())
        found = Distribution.of(x, np.ones(len(x)), np.arange(len(x)), 1.0).quantile(p)[0]
        assert found == pytest.approx(np.quantile(x, p, method="hazen"), rel=1e-9)


def test_natural_breaks_agree_with_jenkspy() -> None:
    """1,000 random markets: the sum of squares within groups is that of jenkspy's."""
    jenkspy = pytest.importorskip("jenkspy")
    rng = np.random.default_rng(6)
    for _ in range(1000):
        x = np.unique(rng.normal(0, 1, rng.integers(8, 60)))
        groups = int(rng.integers(2, 8))
        ours = np.split(x, breaks(x, np.ones(len(x)), groups))
        ends = jenkspy.jenks_breaks(x, n_classes=groups)
        theirs = np.split(x, np.searchsorted(x, ends[1:-1], side="right"))
        assert sum(part.var() * len(part) for part in ours) == pytest.approx(
            sum(part.var() * len(part) for part in theirs), rel=1e-9, abs=1e-12
        )


@given(weighted, st.integers(1, 5))
def test_natural_breaks_are_the_best_of_all_partitions(rows: list[tuple[int, int]], groups: int) -> None:
    """Every way to part up to nine weighted values, by brute force."""
    x, w = (np.array(column, dtype=float) for column in zip(*sorted(rows), strict=True))
    groups = min(groups, len(x))

    def within(starts: tuple[int, ...] | list[int]) -> float:
        parts = zip(np.split(x, starts), np.split(w, starts), strict=True)
        return sum(float(b @ (a - np.average(a, weights=b)) ** 2) for a, b in parts)

    best = min(within(starts) for starts in combinations(range(1, len(x)), groups - 1))
    assert within(breaks(x, w, groups)) == pytest.approx(best, rel=1e-9, abs=1e-8)
