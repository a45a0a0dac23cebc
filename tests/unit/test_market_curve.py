"""The production curve, its histogram and the flows of a review: small markets, the arithmetic in the docstring."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from footprint.errors import InputError
from footprint.market.curve import Curve, production_curve
from footprint.market.declarations import Market
from footprint.market.fitting import fit_classes
from footprint.market.histogram import histogram
from footprint.market.migration import column, flows, reasons
from footprint.market.review import Move, Review, review
from footprint.market.rules import class_rules
from footprint.market.scheme_files import scheme_id
from footprint.market.window import validity, window
from tests.rules.test_class_schemes import ON, declared

SYSTEMS = ["primary", "secondary", "primary"]


def curve_of(market: Market, system: str = "pooled") -> Curve:
    return production_curve(market, fit_classes(market, on=ON, replicates=0, system=system))


def test_steps_ascend_and_stand_side_by_side() -> None:
    """8, 2, 4 with 60, 10, 30 t: 2 from 0 to 10 t, 4 from 10 to 40 t, 8 from 40 to 100 t."""
    curve = curve_of(declared([8.0, 2.0, 4.0], mass_t=[60.0, 10.0, 30.0], system=SYSTEMS))
    assert [(s.value, s.before, s.tonnes, s.system) for s in curve.steps] == [
        (2.0, 0.0, 10.0, "secondary"),
        (4.0, 10.0, 30.0, "primary"),
        (8.0, 40.0, 60.0, "primary"),
    ]
    assert curve.tonnes == 100.0
    assert curve.systems == ("primary", "secondary")


def test_only_the_tonnes_in_the_window_are_drawn() -> None:
    """A period from 2023-07-05 to 2024-06-28 has 360 days, 180 of them from 2024-01-01 on: 100 t count as 50 t."""
    market = declared(
        [2.0, 4.0, 8.0],
        mass_t=[100.0, 1.0, 1.0],
        period_from=["2023-07-05", "2025-01-01", "2020-01-01"],
        period_to=["2024-06-28", "2025-12-31", "2020-12-31"],
    )
    assert [(s.value, s.tonnes) for s in curve_of(market).steps] == [(2.0, pytest.approx(50.0)), (4.0, 1.0)]


def test_the_curve_of_a_system_has_that_system_alone() -> None:
    market = declared([8.0, 2.0, 4.0], system=SYSTEMS)
    assert [s.value for s in curve_of(market, "primary").steps] == [4.0, 8.0]


def test_the_order_of_declarations_changes_nothing() -> None:
    """Equal values stand by system and id."""
    market = declared([5.0, 5.0, 5.0], mass_t=[1.0, 2.0, 3.0], system=SYSTEMS)
    scheme = fit_classes(market, on=ON, replicates=0)
    backwards = market.rows(market["declaration_id"].argsort()[::-1])
    assert production_curve(market, scheme) == production_curve(backwards, scheme)
    assert [s.declaration for s in production_curve(market, scheme).steps] == ["d0", "d2", "d1"]


def test_a_missing_value_is_no_step() -> None:
    curve = curve_of(declared([8.0, None, 4.0], AC=[1.0, 2.0, 3.0]))  # type: ignore[list-item]
    assert [s.value for s in curve.steps] == [4.0, 8.0]


def test_a_market_of_another_product_has_no_curve() -> None:
    scheme = fit_classes(declared([1.0, 2.0]), on=ON, replicates=0)
    with pytest.raises(InputError, match="holds nothing of lithium: lithium carbonate"):
        production_curve(declared([1.0], form=["hydroxide"]), scheme)


def test_bins_of_a_narrow_market_have_equal_widths() -> None:
    """Eight values from 1 to 5, ⌈2·8^(1/3)⌉ = 4 bins of width 1; 5 is in the last bin, 2 in the second."""
    found = histogram(curve_of(declared([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 4.5, 5.0])))
    assert not found.log
    assert [(b.low, b.high, b.declarations) for b in found.bins] == [(1, 2, 2), (2, 3, 2), (3, 4, 1), (4, 5, 3)]


def test_bins_of_a_wide_market_have_equal_ratios() -> None:
    """1 to 16 is more than a factor of 5; 8 values, 4 bins, ratio 2: bounds 1, 2, 4, 8, 16."""
    market = declared([1.0, 1.1, 3.0, 3.1, 5.0, 9.0, 10.0, 16.0], mass_t=[1, 2, 3, 4, 5, 6, 7, 8])
    found = histogram(curve_of(market))
    assert found.log
    assert [b.high for b in found.bins] == pytest.approx([2, 4, 8, 16])
    assert [b.tonnes["primary"] for b in found.bins] == pytest.approx([3, 7, 5, 21])


def test_bins_keep_all_tonnes_by_system() -> None:
    """10 + 60 t primary and 30 t secondary."""
    found = histogram(curve_of(declared([1.0, 2.0, 3.0], mass_t=[10.0, 30.0, 60.0], system=SYSTEMS)))
    assert {s: sum(b.tonnes[s] for b in found.bins) for s in ("primary", "secondary")} == {
        "primary": 70.0,
        "secondary": 30.0,
    }


def test_credits_have_no_place_on_a_logarithmic_scale() -> None:
    found = histogram(curve_of(declared([-1.0, 0.0, 1.0, 10.0])))
    assert (found.left_out, sum(b.declarations for b in found.bins)) == (2, 2)


def test_one_value_is_one_bar() -> None:
    """5 ± 5 %."""
    (only,) = histogram(curve_of(declared([5.0, 5.0]))).bins
    assert (only.low, only.high, only.declarations) == (4.75, 5.25, 2)


# --- migration


def reviewed(migration: dict[str, dict[str, int]], moves: tuple[Move, ...] = ()) -> Review:
    scheme = fit_classes(declared([1.0, 2.0, 4.0]), on=ON, replicates=0)
    return Review(scheme, scheme, migration, moves, 0, 0, ())


def test_flows_are_the_cells_that_are_not_empty() -> None:
    found = flows(reviewed({"B": {"A": 2, "B": 0}, "A": {"A": 3, "B": 1}}))
    assert [(f.before, f.after, f.declarations) for f in found] == [("A", "A", 3), ("A", "B", 1), ("B", "A", 2)]
    assert column(found, "ABC", "before") == {"A": 4, "B": 2, "C": 0}
    assert column(found, "ABC", "after") == {"A": 5, "B": 1, "C": 0}


def test_flows_of_a_review_count_declarations_in_both_markets() -> None:
    """d0 and d1 stay, d2 is new: two declarations flow."""
    old, new = declared([1.0, 2.0]), declared([1.0, 2.0, 4.0])
    first, second = (fit_classes(market, on=ON, replicates=0) for market in (old, new))
    assert sum(f.declarations for f in flows(review(first, second, old, new, class_rules(ON)))) == 2


def test_reasons_are_counted_as_they_occur_together() -> None:
    moves = (
        Move("a", "a", "A", "B", ("own",)),
        Move("b", "b", "A", "B", ("own", "market")),
        Move("c", "c", "A", "B", ("own",)),
    )
    assert reasons(reviewed({}, moves)) == {("own",): 2, ("own", "market"): 1}


# --- names and days


def test_the_id_of_a_scheme_follows_its_thresholds_and_nothing_else() -> None:
    scheme = fit_classes(declared([1.0, 2.0, 4.0]), on=ON, replicates=0)
    assert scheme_id(scheme).startswith("lithium-CC-2027-01-01-")
    assert scheme_id(replace(scheme, n=7, intervals={"A": (1.0, 2.0)})) == scheme_id(scheme)
    moved = replace(scheme, thresholds={**scheme.thresholds, "A": 0.5})
    assert scheme_id(moved) != scheme_id(scheme)


def test_classes_hold_for_three_years() -> None:
    """From the day until before the same day; after 29 February comes 1 March."""
    assert class_rules(ON).review_years == 3
    assert validity(ON, 3) == (ON, date(2030, 1, 1))
    assert validity(date(2028, 2, 29), 3) == (date(2028, 2, 29), date(2031, 3, 1))


def test_a_day_whose_validity_or_window_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(InputError, match=r"9999-12-31: \+3 years is year 10002; allowed: 1 to 9999"):
        validity(date(9999, 12, 31), 3)
    with pytest.raises(InputError, match=r"0002-01-01: -3 years is year -1"):
        window(date(2, 1, 1), 3)
    assert window(date(2028, 2, 29), 3) == (date(2025, 2, 28), date(2028, 2, 29))
