"""Every scheme by hand: markets of ten or fewer declarations, the arithmetic in the docstring, and the precedents."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from footprint.errors import InputError
from footprint.market.decimals import printed, rounded, strictly
from footprint.market.declarations import Market
from footprint.market.distribution import Distribution
from footprint.market.fitting import fit_classes
from footprint.market.reading import check_table
from footprint.market.schemes import SCHEMES, Figures, breaks
from footprint.market.thresholds import ClassScheme
from footprint.market.window import capped, effective_size, tonnes_within, validity, window

FIGURES = Figures()
ON = date(2027, 1, 1)


def market(values: list[float], tonnes: list[float] | None = None, operators: list[int] | None = None) -> Distribution:
    """One operator per value and equal tonnes, unless given; no cap below the share of the largest."""
    n = len(values)
    return Distribution.of(
        np.array(values), np.array(tonnes or [1.0] * n), np.array(operators or range(n), dtype=np.int64), 1.0
    )


def bounds(scheme: str, values: list[float], classes: int = 7, figures: Figures = FIGURES, **more: Any) -> list[float]:
    return [float(t) for t in SCHEMES[scheme].bounds(market(values, **more), classes, figures)[0]]


def declared(values: list[float], **columns: Any) -> Market:
    """Declarations of lithium carbonate placed on the market in 2025, each by an operator of its own."""
    n = len(values)
    cells = {
        "declaration_id": [f"d{k}" for k in range(n)],
        "operator": [f"o{k}" for k in range(n)],
        "material": ["lithium"] * n,
        "product": ["lithium carbonate"] * n,
        "form": ["carbonate"] * n,
        "system": ["primary"] * n,
        "country": ["CL"] * n,
        "period_from": ["2025-01-01"] * n,
        "period_to": ["2025-12-31"] * n,
        "mass_t": [1.0] * n,
        "CC": values,
    } | columns
    found = check_table("market", cells, range(2, n + 2))
    assert not found.problems
    return found.market


def fitted(values: list[float], columns: dict[str, Any] | None = None, **options: Any) -> ClassScheme:
    return fit_classes(declared(values, **(columns or {})), on=ON, replicates=0, **options)


# --- quantiles and weights


def test_quantile_of_equal_weights() -> None:
    """1 … 10 with equal weights: p_k = (k − 1/2)/10, so Q(0.05) = 1, Q(0.95) = 10, Q(0.5) = 5.5, Q(0.07) = 1.2."""
    found = market([float(k) for k in range(1, 11)])
    for p, value in ((0.05, 1.0), (0.95, 10.0), (0.5, 5.5), (0.07, 1.2), (0.01, 1.0), (0.99, 10.0)):
        assert found.quantile(p)[0] == pytest.approx(value, rel=1e-12)


def test_quantile_of_unequal_weights() -> None:
    """Values 1, 2, 4 with 1, 2, 1 tonnes: p = 1/8, 1/2, 7/8; Q(1/4) = 1 + (1/8)/(3/8) = 4/3; Q(3/4) = 2 + 2·2/3."""
    found = market([4.0, 1.0, 2.0], [1.0, 1.0, 2.0])
    assert found.quantile(0.25)[0] == pytest.approx(4 / 3)
    assert found.quantile(0.75)[0] == pytest.approx(10 / 3)


def test_equal_values_of_one_operator_are_one_value() -> None:
    """2 t at the value 2 in two rows of one operator weigh as one row of 2 t."""
    split = market([1.0, 2.0, 2.0, 4.0], [1.0, 1.0, 1.0, 1.0], [0, 1, 1, 2])
    assert split.quantile(0.25)[0] == pytest.approx(4 / 3)
    assert len(split.values) == 3


def test_equal_values_of_several_operators_stand_by_their_tonnes() -> None:
    """1 t at 1, then 1 t and 8 t at 2, 2 t at 4, whoever holds which: p = .5, 1.5, 6, 11 of 12; Q(1/12) = 1 + 0.5/1."""
    for operators in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 1, 0, 3]):
        found = market([1.0, 2.0, 2.0, 4.0], [1.0, 1.0, 8.0, 2.0], operators)
        assert found.quantile(1 / 12)[0] == pytest.approx(1.5)


def test_window_ends_the_day_before() -> None:
    """On 2027-01-01 the window is 2024 to 2026; before 29 February it begins on a 28th."""
    assert window(ON, 3) == (date(2024, 1, 1), ON)
    assert window(date(2028, 2, 29), 3) == (date(2025, 2, 28), date(2028, 2, 29))


def test_tonnes_by_day() -> None:
    """A period of ten days, four of them in the window: 100 t count as 40 t; one day in it counts whole."""
    first = np.array(["2023-12-26", "2026-12-31", "2027-01-01"], dtype="datetime64[D]")
    last = np.array(["2024-01-04", "2026-12-31", "2027-01-09"], dtype="datetime64[D]")
    found = tonnes_within(first, last, np.array([100.0, 7.0, 5.0]), date(2024, 1, 1), ON)
    assert found.tolist() == [40.0, 7.0, 0.0]


def test_cap_holds_after_it_was_applied() -> None:
    """60, 10, 10, 10, 10 t, cap max(20 %, 1/5) = 20 %: T = 0.2 T + 40 = 50, so 60 t count as 10, all are equal.

    With six operators 50, 10 × 5: T = 0.2 T + 50 = 62.5, so 50 t count as 12.5 (20 %); 62.5² / (12.5² + 5·10²) = 5.95.
    """
    assert (capped(np.array([60.0, 10, 10, 10, 10]), 0.2) * [60, 10, 10, 10, 10]).tolist() == pytest.approx([10.0] * 5)
    totals = np.array([10.0, 10, 50, 10, 10, 10])
    weights = totals * capped(totals, 0.2)
    assert weights.tolist() == pytest.approx([10, 10, 12.5, 10, 10, 10])
    assert effective_size(weights) == pytest.approx(62.5**2 / (12.5**2 + 500))


def test_two_large_operators_are_capped_together() -> None:
    """40, 30, 10, 10, 5, 5 t: capping 40 alone gives 0.2·60/0.8 = 15 < 30; both: 0.2·30/0.6 = 10, and 10 ≤ 10 holds."""
    totals = np.array([40.0, 30, 10, 10, 5, 5])
    assert (totals * capped(totals, 0.2)).tolist() == pytest.approx([10, 10, 10, 10, 5, 5])


def test_few_operators_weigh_the_same() -> None:
    """Two operators, cap 1/2: 9 t and 1 t count alike."""
    assert (np.array([9.0, 1.0]) * capped(np.array([9.0, 1.0]), 0.5)).tolist() == pytest.approx([1.0, 1.0])


def test_a_drawn_operator_is_capped_by_draw() -> None:
    """50 and 10 × 5 t: a replicate with the large one twice and four small ones has T = 2·0.2 T + 40 = 66.7, cap 13.3;
    one without it has no cap."""
    totals = np.array([50.0, 10, 10, 10, 10, 10])
    counts = np.array([[2.0, 1, 1, 1, 1, 0], [0.0, 2, 1, 1, 1, 1]])
    found = capped(totals, 0.2, counts)
    assert found[0, 0] * 50 == pytest.approx(40 / 3)
    assert found[1, 1:].tolist() == [1.0] * 5


# --- schemes


TEN = [float(k) for k in range(1, 11)]


def test_geometric() -> None:
    """1 … 10: L = 1, U = 10, r = 10^(1/5) = 1.585: 1, 1.58, 2.51, 3.98, 6.31, 10."""
    assert [rounded(t) for t in bounds("geometric", TEN)] == [1.0, 1.58, 2.51, 3.98, 6.31, 10.0]


def test_geometric_with_three_classes() -> None:
    """Two bounds, L = 1 and U = 10."""
    assert bounds("geometric", TEN, 3) == pytest.approx([1.0, 10.0])


def test_geometric_with_two_classes() -> None:
    """One bound, √(1·10)."""
    assert bounds("geometric", TEN, 2) == pytest.approx([math.sqrt(10)])


def test_anchored() -> None:
    """T_1 = 0.9·1, T_6 = 10, r = (10/0.9)^(1/5) = 1.619: 0.9, 1.46, 2.36, 3.82, 6.18, 10."""
    assert [rounded(t) for t in bounds("anchored", TEN)] == [0.9, 1.46, 2.36, 3.82, 6.18, 10.0]


def test_quantiles() -> None:
    """p = .05 .15 .3 .5 .7 .9 of 1 … 10 at p_k = (k − ½)/10: value 10 p + ½ = 1, 2, 3.5, 5.5, 7.5, 9.5."""
    assert bounds("quantiles", TEN) == pytest.approx([1.0, 2.0, 3.5, 5.5, 7.5, 9.5])


def test_quantiles_of_another_number() -> None:
    """Five classes: p = .2 .4 .6 .8: 2.5, 4.5, 6.5, 8.5."""
    assert bounds("quantiles", TEN, 5) == pytest.approx([2.5, 4.5, 6.5, 8.5])


def test_equal_width() -> None:
    """L = 1, U = 10, step 9/5: 1, 2.8, 4.6, 6.4, 8.2, 10."""
    assert bounds("equal-width", TEN) == pytest.approx([1.0, 2.8, 4.6, 6.4, 8.2, 10.0])


def test_fixed_ratio_from_the_median() -> None:
    """Median 5.5, r = 1.25, B the bound of D: 5.5/1.25³ = 2.816 … 5.5·1.25² = 8.594."""
    found = bounds("fixed-ratio", TEN)
    assert [rounded(t) for t in found] == [2.82, 3.52, 4.4, 5.5, 6.88, 8.59]


def test_pefcr_around_the_weighted_mean() -> None:
    """Values 2 and 6 with 3 t and 1 t: mean 3; 0.85, 0.95, 1.05, 1.15 times 3."""
    assert bounds("pefcr", [2.0, 6.0], 5, tonnes=[3.0, 1.0]) == pytest.approx([2.55, 2.85, 3.15, 3.45])


def test_a_benchmark_that_was_not_given_is_told() -> None:
    """The median of 1 … 10 is 5.5, the mean of 2 and 6 is 4."""
    found = fitted(TEN, scheme="fixed-ratio")
    assert found.parameters["benchmark_derived"] == pytest.approx(5.5)
    assert "benchmark_given" not in found.parameters
    assert "benchmark 5.5, the weighted median of this market: none was given" in {n.message for n in found.notes}
    found = fitted([2.0, 6.0], scheme="pefcr")
    assert found.parameters["benchmark_derived"] == pytest.approx(4.0)
    assert "benchmark 4, the weighted mean of this market: none was given" in {n.message for n in found.notes}


def test_a_given_benchmark_is_told() -> None:
    found = fitted(TEN, scheme="fixed-ratio", figures={"benchmark": 80.0})
    assert found.parameters["benchmark_given"] == 80.0
    assert "benchmark_derived" not in found.parameters
    assert "benchmark 80, as given" in {note.message for note in found.notes}
    assert "benchmark" not in {note.rule for note in fitted(TEN).notes}


def test_a_benchmark_that_follows_the_market_is_no_choice() -> None:
    """Nor are seed and number of replicates: none of them tells one method from another."""
    first, second = (fitted(values, scheme="fixed-ratio", seed=seed) for values, seed in ((TEN, 1), ([2.0, 4.0], 2)))
    assert first.parameters != second.parameters
    assert first.choices == second.choices


def test_natural_breaks() -> None:
    """ln x = 0, 0.1, 2, 2.1, 4: three groups {1, e^.1}, {e², e^2.1}, {e⁴}; bounds exp(1.05) and exp(3.05)."""
    values = [math.exp(x) for x in (0, 0.1, 2, 2.1, 4)]
    assert bounds("natural-breaks", values, 3) == pytest.approx([math.exp(1.05), math.exp(3.05)])


def test_natural_breaks_follow_the_weights() -> None:
    """0, 1, 3 in two groups: parting 1|3 costs w·1/2·… With 1, 1, 1 t: {0,1} 0.5 against {1,3} 2, so 3 stands alone;
    with 9, 9, 1 t: {0,1} 4.5 against {1,3} 0.9·4 = 3.6, so 0 stands alone."""
    values = np.array([0.0, 1.0, 3.0])
    assert breaks(values, np.array([1.0, 1, 1]), 2) == [2]
    assert breaks(values, np.array([9.0, 9, 1]), 2) == [1]


# --- precedents (class_precedents.csv)


def test_refrigerators() -> None:
    """Regulation (EU) 2019/2016: 41, 51, 64, 80, 100, 125 from the ratio 1.25 around 80, to whole numbers."""
    found = bounds("fixed-ratio", TEN, figures=Figures(ratio=1.25, benchmark=80.0, benchmark_class=4))
    assert [round(t) for t in found] == [41, 51, 64, 80, 100, 125]


def test_refrigerators_between_their_ends() -> None:
    """The geometric scheme between 41 and 125 has the ratio 1.2498: 41, 51.2, 64.0, 80.0, 100.0, 125."""
    found = bounds("geometric", [41.0, 125.0])
    assert [round(t) for t in found] == [41, 51, 64, 80, 100, 125]


def test_dishwashers() -> None:
    """Regulation (EU) 2019/2017: 32, 38, 44, 50, 56, 62 by equal width between 32 and 62."""
    assert bounds("equal-width", [32.0, 62.0]) == pytest.approx([32, 38, 44, 50, 56, 62])


def test_washing_machines_have_no_single_ratio() -> None:
    """Regulation (EU) 2019/2014: 52, 60, 69, 80, 92, 102; the geometric scheme is at most 3.3 % off."""
    found = bounds("geometric", [52.0, 102.0])
    assert found == pytest.approx([52, 60, 69, 80, 92, 102], rel=0.033)


def test_pefcr_multipliers() -> None:
    """0.85, 0.95, 1.05, 1.15 times a benchmark of 1."""
    assert bounds("pefcr", TEN, 5, Figures(benchmark=1.0)) == pytest.approx([0.85, 0.95, 1.05, 1.15])


# --- options


def test_improvement_shifts_by_the_window() -> None:
    """2 % a year over three years: 0.98³ = 0.9412; 10 becomes 9.41, and the thresholds without are kept."""
    found = fitted(TEN, improvement=0.02)
    assert found.thresholds["F"] == 9.41
    assert found.without_options is not None
    assert found.without_options["F"] == 10.0


def test_ratchet_tightens_and_never_loosens() -> None:
    """Old 1, 1.58 … 10. A market twice as high would loosen: nothing moves. One half as high: 0.7·5 + 0.3·10 = 6.5,
    which is less than the 30 % step to 7: F = 7."""
    old = fitted(TEN)
    assert fitted([2 * x for x in TEN], previous=[old]).thresholds == old.thresholds
    assert fitted([x / 2 for x in TEN], previous=[old]).thresholds["F"] == 7.0
    assert fitted([0.9 * x for x in TEN], previous=[old]).thresholds["F"] == 9.3


def test_indistinguishable_classes_are_merged() -> None:
    """GSD² 1.5: σ = 0.2027, r_min = exp(1.645·√2·0.2027) = 1.602 > 1.585; ln 10 / ln 1.602 = 4.88: 2 + 4 classes."""
    spread = {"gsd2_CC": [1.5] * 10}
    assert fitted(TEN, spread, distinguishable=True).classes == 6
    told = fitted(TEN, spread)
    assert told.classes == 7
    assert "narrow-classes" in {note.rule for note in told.notes}


def test_indistinguishable_classes_are_merged_under_every_scheme() -> None:
    """Quantiles of 1 … 10 with r_min 1.602. Seven classes: 9.5/7.5 = 1.27; six: 8.83/7.17 = 1.23; five: 8.5/6.5 = 1.31;
    four: 8/5.5 = 1.45; three: 7.17/3.83 = 1.87, the first that is wide enough."""
    found = fitted(TEN, {"gsd2_CC": [1.5] * 10}, scheme="quantiles", distinguishable=True)
    assert found.thresholds == {"A": 3.83, "B": 7.17}
    assert "narrow-classes" not in {note.rule for note in found.notes}


def test_a_class_that_is_hardly_too_narrow_is_told_with_the_figures_that_differ() -> None:
    """1, 1.58, …: the narrowest printed class spans 1.58. r_min = exp(z √2 ln(GSD²)/2) is 1.5804 for the GSD² below."""
    gsd2 = math.exp(2 * math.log(1.5804) / (1.645 * math.sqrt(2)))
    (message,) = [n.message for n in fitted(TEN, {"gsd2_CC": [gsd2] * 10}).notes if n.rule == "narrow-classes"]
    assert message == "the narrowest class spans a factor of 1.58; declared values tell apart 1.5804"


def test_another_number_of_classes_is_told_with_what_the_rules_have() -> None:
    """Five classes of 1 … 10 have four bounds; without the option there are six, of which the last is 10 too."""
    found = fitted(TEN, classes=5)
    assert list(found.thresholds.values()) == [1.0, 2.15, 4.64, 10.0]
    assert list((found.without_options or {}).values()) == [1.0, 1.58, 2.51, 3.98, 6.31, 10.0]
    assert fitted(TEN).without_options is None
    assert fitted(TEN, scheme="pefcr").without_options is None


def test_a_ratchet_bounds_its_intervals_too() -> None:
    """Values half as high as before: no draw has a quantile above 5, so 0.7·5 + 0.3·10 = 6.5 at most and F is 7."""
    found = fit_classes(declared([x / 2 for x in TEN]), on=ON, replicates=100, previous=[fitted(TEN)])
    assert found.intervals["F"] == (7.0, 7.0)
    assert found.parameters["ratchet"] == {"weight": 0.7, "step": 0.3}


def test_bounds_that_are_set_apart_have_intervals_set_apart() -> None:
    """Ten times 5: whoever is drawn, all values are 5, and the bounds 5, then 5 % more each time."""
    found = fit_classes(declared([5.0] * 10), on=ON, replicates=20)
    assert found.intervals == {letter: (bound, bound) for letter, bound in found.thresholds.items()}


def test_a_ratchet_that_finds_nothing_is_told_and_not_recorded() -> None:
    """Thresholds of five classes hold none for seven."""
    found = fitted([x / 2 for x in TEN], previous=[fitted(TEN, classes=5)])
    assert found.thresholds == fitted([x / 2 for x in TEN]).thresholds
    assert "ratchet" not in found.parameters
    assert "ratchet-without-match" in {note.rule for note in found.notes}


@pytest.mark.parametrize(("figure", "users"), [("benchmark", "fixed-ratio, pefcr"), ("delta", "anchored")])
def test_a_figure_that_the_scheme_does_not_use_is_refused(figure: str, users: str) -> None:
    with pytest.raises(InputError, match=rf"'geometric' has no figure '{figure}'.* is used by: {users}"):
        fitted(TEN, figures={figure: 0.5})


def test_a_market_that_should_be_rescaled_is_told() -> None:
    """Around the benchmark 80 the bound of A is 41: all of 1 … 10 are in A."""
    found = fitted(TEN, scheme="fixed-ratio", figures={"benchmark": 80.0})
    assert [n.message for n in found.notes if n.rule == "rescale"] == [
        "a review should rescale: 100% of the tonnes in A, from 30% on",
        "a review should rescale: 100% of the tonnes in A and B, from 50% on",
    ]
    assert "rescale" not in {note.rule for note in fitted(TEN).notes}


def test_a_scheme_holds_until_the_day_before_its_review() -> None:
    """Reviewed after three years; one that begins on 29 February holds to the last day of a February."""
    told = fitted(TEN).to_dict()
    assert (told["valid_from"], told["valid_to"]) == ("2027-01-01", "2029-12-31")
    assert fit_classes(declared(TEN), on=date(2028, 2, 29), replicates=0).valid_to == date(2031, 2, 28)


def test_the_calendar_ends() -> None:
    assert validity(date(9996, 5, 1), 3)[1] == date(9999, 5, 1)
    with pytest.raises(InputError, match=r"9999-12-31: \+3 years is year 10002; allowed: 1 to 9999"):
        validity(date(9999, 12, 31), 3)


def test_fewer_classes_run_from_A() -> None:
    found = fitted(TEN, classes=5)
    assert list(found.thresholds) == ["A", "B", "C", "D"]
    assert found.letters == "ABCDE"


def test_credits_have_class_A_and_do_not_fit() -> None:
    found = fitted([-1.0, *TEN])
    assert found.thresholds["F"] == 10.0
    assert found.occupancy["A"] == (2, pytest.approx(2 / 11))
    assert "non-positive" in {note.rule for note in found.notes}


def test_alike_values_are_set_apart_and_told() -> None:
    """Ten times 5: 5, then 5 % more each time; all are in A and a finding says why."""
    found = fitted([5.0] * 10)
    assert list(found.thresholds.values()) == [5.0, 5.25, 5.51, 5.79, 6.08, 6.38]
    assert "coinciding-thresholds" in {note.rule for note in found.notes}


def test_a_drawn_site_is_not_to_be_audited() -> None:
    """The same values as those of the outlier below, of a modelled market."""
    found = fitted([*TEN, 1e6], {"ruleset": ["modelled"] * 11})
    assert [note.rule for note in found.notes] == ["modelled-market", "screening-unknown", "rescale"]


def test_an_outlier_is_flagged_not_dropped() -> None:
    """ln x of 1 … 10 and 10⁶: far beyond 3.5 robust standard deviations."""
    found = fitted([*TEN, 1e6])
    assert found.n == 11
    assert any(note.rule == "outlier" and "d10" in note.message for note in found.notes)


def test_confidential_is_computed_and_marked() -> None:
    found = fitted([1.0, 2.0])
    assert not found.publishable
    assert not fitted(TEN, {"mass_t": [100.0] + [1.0] * 9}).publishable
    assert fitted(TEN).publishable


def test_unlike_products_are_not_pooled() -> None:
    with pytest.raises(InputError, match="2 groups that are not pooled: lithium carbonate, carbonate"):
        fitted(TEN, {"form": ["carbonate"] * 5 + ["hydroxide"] * 5})


# --- printed decimals


def test_rounding_is_half_up_on_decimals() -> None:
    """1.825 is stored as 1.82499…, and printed 1.83."""
    assert rounded(1.825) == 1.83
    assert [printed(float(x)) for x in (5, 0.0123, 1.2e-9, 99.95, 123456.0)] == [
        "5.00",
        "0.0123",
        "1.20e-9",
        "100",
        "123000",
    ]


def test_thresholds_strictly_ascend() -> None:
    assert strictly([1.0, 1.0, 1.001, 1.2], 1.05) == ([1.0, 1.05, 1.1, 1.2], True)
