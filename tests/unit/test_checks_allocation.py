"""Joint processes: shares, prices, substitution."""

import pytest

from footprint.checks import allocation
from footprint.inventory.allocation import AllocationRules, Share, shares
from footprint.library.prices import Price
from tests.unit.checking import one, route_of, rules

PRICES = {
    "cobalt": dict.fromkeys(range(2014, 2024), (30.0, "invented")),
    "copper": {2022: (10.0, "invented"), 2023: (8.0, "invented")},
    "tin": {2005: (12.0, "invented")},
}
RULES = AllocationRules(PRICES, (2014, 2023))
BY_PRODUCT = '{{ flow = "y", amount = 3.0, unit = "kg"{} }}'


def joint(first="", second="", rule="economic"):
    product = f'{{ flow = "x", amount = 1.0, unit = "kg"{first} }}, {BY_PRODUCT.format(second)}'
    return route_of(product=product, process=f'allocation = "{rule}"').process("p")


def test_shares_by_value():
    """1 kg at 30 and 3 kg at the mean of 10 and 8: 30 to 27."""
    process = joint(', price = "cobalt"', ', price = "copper"')
    assert [s.share for s in shares(process, RULES)] == pytest.approx([30 / 57, 27 / 57])
    assert not list(allocation.joint(process, RULES))


@pytest.mark.parametrize(("second", "fires"), [(0.5, False), (0.4, True), (0.6, True)])
def test_shares_sum_to_one(second, fires):
    found = [Share("p", "x", "mass", 0.5, ""), Share("p", "y", "mass", second, "")]
    assert rules(allocation.whole("p", tuple(found))) == (["allocation.shares"] if fires else [])


def test_a_share_is_never_negative():
    assert rules(allocation.whole("p", (Share("p", "x", "mass", 1.5, ""), Share("p", "y", "mass", -0.5, "")))) == [
        "allocation.shares"
    ]


def test_allocation_without_its_data():
    found = one(allocation.joint(joint(', price = "cobalt"'), RULES))
    assert (found.rule, found.severity, found.where) == ("allocation.data", "error", "process 'p'")
    assert found.message == "economic allocation needs 'price' on product 'y'"


def test_price_years():
    """Cobalt has all ten years; copper two of them; tin none, so that its one year of 2005 is taken."""
    assert not list(allocation.prices(joint(', price = "cobalt"', ', price = "cobalt"'), RULES))
    part = one(allocation.prices(joint(', price = "cobalt"', ', price = "copper"'), RULES))
    assert (part.severity, part.message) == (
        "note",
        "the price of 'copper' is a mean of 2 of the 10 years 2014 to 2023 (2022 to 2023)",
    )
    other = one(allocation.prices(joint(', price = "cobalt"', ', price = "tin"'), RULES))
    assert other.message == "the price of 'tin' is of 2005, outside the window 2014 to 2023"
    assert not list(allocation.prices(joint(', price = "cobalt"', ', price = "tin"', rule="mass"), RULES))


@pytest.mark.parametrize(("years", "fires"), [((2014, 2023), True), ((2022, 2023), False), ((2023, 2023), True)])
def test_window_of_prices(years, fires):
    """A mean of 2022 and 2023 fills a window of two years, is a part of ten, and lies outside one of one."""
    price = Price("copper", 9.0, (2022, 2023), ("invented",))
    assert bool(list(allocation.window(price, years, "p"))) is fires


@pytest.mark.parametrize(
    ("content", "fires"), [("", False), (", content = { S = 0.33 }", False), (", content = { Cu = 0.1 }", True)]
)
def test_only_a_co_product_without_metal_substitutes(content, fires):
    process = joint("", f', substitution = "background:acid"{content}')
    found = rules(allocation.substitution(process))
    assert found == (["allocation.substitution"] if fires else [])
