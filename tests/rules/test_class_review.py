"""The three-year review by hand: who follows whom, who moved, and whether by value, market or method."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from footprint.errors import InputError
from footprint.market.declarations import Market
from footprint.market.findings import rescale_triggers
from footprint.market.fitting import fit_market
from footprint.market.options import Options
from footprint.market.reading import check_table
from footprint.market.review import paired, review, review_markets
from footprint.market.rules import class_rules
from footprint.market.succession import successors
from footprint.market.thresholds import ClassScheme

OLD, NEW = date(2027, 1, 1), date(2030, 1, 1)
RULES = class_rules(NEW)


def market(year: int, values: dict[str, float], **columns: Any) -> Market:
    """One tonne each, placed on the market in a year; an operator is called like its declaration."""
    n = len(values)
    cells = {
        "declaration_id": [f"{name}-{year}" for name in values],
        "operator": list(values),
        "material": ["lithium"] * n,
        "product": ["lithium carbonate"] * n,
        "form": ["carbonate"] * n,
        "system": ["primary"] * n,
        "country": ["CL"] * n,
        "period_from": [f"{year}-01-01"] * n,
        "period_to": [f"{year}-12-31"] * n,
        "mass_t": [1.0] * n,
        "CC": list(values.values()),
    } | columns
    found = check_table("market", cells, range(2, n + 2))
    assert not found.problems
    return found.market


def fitted(found: Market, on: date, thresholds: dict[str, float], **changes: Any) -> ClassScheme:
    """The scheme of a market with thresholds chosen by the test, so that letters can be read off."""
    scheme = next(fit_market(found, on, ("CC",), Options(replicates=0)))
    return replace(scheme, thresholds=thresholds, **changes)


BEFORE = market(2026, {"a": 1.0, "b": 2.5, "c": 2.5, "d": 9.0})
AFTER = market(2029, {"a": 1.0, "b": 0.5, "c": 2.5, "e": 9.0})


def test_a_site_is_followed_by_its_operator_country_route_and_system() -> None:
    first, second = successors(BEFORE, AFTER)
    assert [(BEFORE["operator"][i], AFTER["operator"][k]) for i, k in zip(first, second, strict=True)] == [
        ("a", "a"), ("b", "b"), ("c", "c"),
    ]  # fmt: skip


def test_the_same_id_is_followed_whatever_else_changes() -> None:
    after = market(2029, {"z": 1.0}, declaration_id=["a-2026"], country=["AR"])
    first, second = successors(BEFORE, after)
    assert (BEFORE["operator"][first].tolist(), after["operator"][second].tolist()) == (["a"], ["z"])


def test_two_sites_that_cannot_be_told_apart_are_not_followed() -> None:
    """Two declarations of one operator, country, route and system in the same period: which is which is not known."""
    after = market(2029, {"a": 1.0, "a2": 2.0}, operator=["a", "a"])
    assert len(successors(BEFORE, after)[0]) == 0


def test_of_yearly_declarations_the_last_counts() -> None:
    after = market(
        2029, {"x": 5.0, "y": 1.0}, operator=["a", "a"],
        period_from=["2028-01-01", "2029-01-01"], period_to=["2028-12-31", "2029-12-31"],
    )  # fmt: skip
    _, second = successors(BEFORE, after)
    assert after["CC"][second].tolist() == [1.0]


def test_moves_by_own_value_and_by_the_market() -> None:
    """Thresholds 1, 3 before and 1, 2 after. a: A, A. b: 2.5 is B, 0.5 is A under both: own. c: 2.5 was B and is C:
    market. d left, e entered."""
    old, new = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0}), fitted(AFTER, NEW, {"A": 1.0, "B": 2.0})
    found = review(old, new, BEFORE, AFTER, RULES)
    assert [(m.declaration, m.earlier, m.before, m.after, m.reasons) for m in found.moves] == [
        ("b-2029", "b-2026", "B", "A", ("own",)),
        ("c-2029", "c-2026", "B", "C", ("market",)),
    ]
    assert found.migration == {
        "A": {"A": 1, "B": 0, "C": 0},
        "B": {"A": 1, "B": 0, "C": 1},
        "C": {"A": 0, "B": 0, "C": 0},
    }
    assert (found.entered, found.left) == (1, 1)


def test_both_reasons_where_both_moved() -> None:
    """2.5 under 1, 3 is B; 0.5 under 1, 3 is A; 0.5 under 0.3, 0.4 is C: its own improvement and a stricter market."""
    old, new = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0}), fitted(AFTER, NEW, {"A": 0.3, "B": 0.4})
    (move,) = [m for m in review(old, new, BEFORE, AFTER, RULES).moves if m.earlier == "b-2026"]
    assert (move.before, move.after, move.reasons) == ("B", "C", ("own", "market"))


def test_a_change_of_scheme_is_the_method_and_a_bridge_tells_it_from_the_market() -> None:
    """c stays at 2.5. Old thresholds 1, 3: B. The new market under the old scheme 1, 2.6: B. Under the new 1, 2: C."""
    old = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0})
    new = fitted(AFTER, NEW, {"A": 1.0, "B": 2.0}, scheme="equal-width")
    bridge = fitted(AFTER, NEW, {"A": 1.0, "B": 2.6})
    stricter = fitted(AFTER, NEW, {"A": 1.0, "B": 2.2})
    for given, reasons in ((None, ("method",)), (bridge, ("method",)), (stricter, ("market",))):
        moves = review(old, new, BEFORE, AFTER, RULES, given).moves
        assert [m.reasons for m in moves if m.earlier == "c-2026"] == [reasons]


def test_values_under_another_method_are_changed_by_it() -> None:
    after = market(2029, {"b": 0.5}, method=["ef-4.0"])
    old, new = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0}), fitted(after, NEW, {"A": 1.0, "B": 3.0})
    assert [m.reasons for m in review(old, new, BEFORE, after, RULES).moves] == [("method",)]


@pytest.mark.parametrize("name", ["seed", "replicates"])
def test_what_only_bears_on_intervals_is_no_method(name: str) -> None:
    old = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0})
    new = fitted(AFTER, NEW, {"A": 1.0, "B": 2.0})
    new = replace(new, parameters={**new.parameters, name: 7})
    assert {m.reasons for m in review(old, new, BEFORE, AFTER, RULES).moves} == {("own",), ("market",)}


def test_a_declaration_outside_the_window_has_no_influence() -> None:
    """Of 2023: before the earlier window [2024, 2027). Its id is in the later market; it is not compared."""
    before = market(2023, {"a": 9.0})
    old, new = fitted(BEFORE, OLD, {"A": 1.0, "B": 3.0}), fitted(AFTER, NEW, {"A": 1.0, "B": 2.0})
    both = Market("both", {name: np.concatenate([BEFORE[name], before[name]]) for name in BEFORE.columns})
    assert review(old, new, both, AFTER, RULES) == review(old, new, BEFORE, AFTER, RULES)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("allocation", "mass"),
        ("electricity", "residual"),
        ("cff_A", 0.2),
        ("long_term", "exclude"),
        ("declared_unit_kg", 1000.0),
        ("grade", "technical"),
    ],
)
def test_pools_that_differ_in_more_than_method_are_not_compared(column: str, value: Any) -> None:
    other = market(2029, {"a": 1.0}, **{column: [value]})
    with pytest.raises(InputError, match="no product, category and system in common"):
        paired([fitted(BEFORE, OLD, {"A": 1.0})], [fitted(other, NEW, {"A": 1.0})])


def test_pools_that_differ_in_method_or_rule_set_alone_are() -> None:
    other = market(2029, {"a": 1.0}, method=["ef-4.0"], ruleset=["rules-2029"])
    old, new = fitted(BEFORE, OLD, {"A": 1.0}), fitted(other, NEW, {"A": 1.0})
    assert paired([old], [new]) == [(old, new)]


def test_the_pool_itself_comes_before_one_of_another_rule_set() -> None:
    """Two rule sets in both markets: each is compared with its own."""
    old = [fitted(market(2026, {"a": 1.0}, ruleset=[name]), OLD, {"A": 1.0}) for name in ("v1", "v2")]
    new = [fitted(market(2029, {"a": 1.0}, ruleset=[name]), NEW, {"A": 1.0}) for name in ("v1", "v2")]
    assert paired(old, new) == [(old[0], new[0]), (old[1], new[1])]


def test_of_two_earlier_rule_sets_none_is_chosen() -> None:
    old = [fitted(market(2026, {"a": 1.0}, ruleset=[name]), OLD, {"A": 1.0}) for name in ("v1", "v2")]
    later = [fitted(market(2029, {"a": 1.0}, ruleset=[name]), NEW, {"A": 1.0}) for name in ("v3", "v2")]
    assert paired(old, later) == [(old[0], later[0]), (old[1], later[1])]  # v2 is compared with itself, v1 is left
    with pytest.raises(InputError, match="in common"):
        paired(old, later[:1])


@pytest.mark.parametrize(("earlier", "later"), [("modelled", "none"), ("none", "modelled")])
def test_a_modelled_market_is_not_compared_with_declarations(earlier: str, later: str) -> None:
    old = fitted(market(2026, {"a": 1.0}, ruleset=[earlier]), OLD, {"A": 1.0})
    new = fitted(market(2029, {"a": 1.0}, ruleset=[later]), NEW, {"A": 1.0})
    with pytest.raises(InputError, match="in common"):
        paired([old], [new])


def test_what_has_nothing_earlier_is_told() -> None:
    later = market(2029, {"a": 1.0, "b": 2.0}, form=["carbonate", "chloride"])
    found, without = review_markets(BEFORE, later, NEW, options=Options(replicates=0))
    assert [entry.new.pool.form for entry in found] == ["carbonate"]
    assert [scheme.pool.form for scheme in without] == ["chloride"]


def test_one_window_lies_between_the_days_unless_told_otherwise() -> None:
    ((found,), _) = review_markets(BEFORE, AFTER, NEW, options=Options(replicates=0))
    assert (found.old.on, found.new.on) == (OLD, NEW)


def test_another_scheme_for_the_earlier_thresholds_is_bridged() -> None:
    """Values 1 … 8 unchanged: only the scheme differs, so every move is the method's."""
    values = {f"o{k}": float(k) for k in range(1, 9)}
    ((found,), _) = review_markets(
        market(2026, values), market(2029, values), NEW,
        options=Options("equal-width", replicates=0), old_options=Options("geometric", replicates=0),
    )  # fmt: skip
    assert found.moves
    assert {m.reasons for m in found.moves} == {("method",)}


def test_rescale_triggers_by_hand() -> None:
    """30 % in A triggers, 50 % in A and B does; 29 % and 49 % do not."""
    full = {"A": (1, 0.30), "B": (1, 0.20), "C": (2, 0.50)}
    less = {"A": (1, 0.29), "B": (1, 0.20), "C": (2, 0.51)}
    assert [trigger.split(" of")[0] for trigger in rescale_triggers(full, RULES)] == ["30%", "50%"]
    assert rescale_triggers(less, RULES) == ()
