"""Balances of a process, each figure by hand."""

import pytest

from footprint.checks import balance
from footprint.library.method import load_method
from tests.unit.checking import alone, one, route_of, rules

ORE = '{ input = "ore", from = "background:acid", amount = 10.0, unit = "kg", content = { Co = 0.1 } }'


@pytest.fixture(scope="module")
def method():
    return load_method("ef-3.1")


@pytest.fixture
def metals(method):
    return lambda route: list(balance.metals(route.process("p"), route, method, alone()))


def water(route):
    return list(balance.water(route.process("p"), route, alone()))


def test_metal_balance_of_the_invented_mine(toy_route, method):
    """Ground: 60 kg x 2 % = 1.2 kg Co and 2 kg Cu; ores: 60 kg x 2 % and 40 kg x 5 %."""
    accounts = balance.metal_accounts(toy_route.process("mining"), toy_route, method, alone())
    assert accounts["Co"].entering == pytest.approx(1.2) == accounts["Co"].leaving
    assert accounts["Cu"].entering == pytest.approx(2.0) == accounts["Cu"].leaving
    assert not list(balance.metals(toy_route.process("mining"), toy_route, method, alone()))


def test_metal_balance_of_the_invented_refinery(toy_route, method):
    """62.5 kg ore x 2 % = 1.25 kg Co and 0.2 kg metal returned enter; 1 kg leaves: 0.45 of 1.45 kg is lost, 31 %."""
    account = balance.metal_accounts(toy_route.process("refining"), toy_route, method, alone())["Co"]
    assert (account.entering, account.leaving) == (pytest.approx(1.45), pytest.approx(1.0))
    found = one(balance.metals(toy_route.process("refining"), toy_route, method, alone()))
    assert (found.rule, found.severity) == ("balance.metal", "error")
    assert "0.45 kg (31 %) are lost" in found.message


@pytest.mark.parametrize(("held", "fires"), [(1.0, False), (0.9801, False), (0.9799, True)])
def test_two_per_cent_may_be_missing(metals, held, fires):
    """1 kg Co enters; 0.9801 kg leaves: 1.99 % open, 0.9799 kg: 2.01 %."""
    route = route_of(ORE, product=f'{{ flow = "x", amount = 1.0, unit = "kg", content = {{ Co = {held} }} }}')
    assert rules(metals(route)) == (["balance.metal"] if fires else [])


def test_metal_from_nowhere(metals):
    """1 kg Co enters, 2 kg x 0.75 = 1.5 kg leave: a third of what leaves comes from nowhere."""
    found = one(metals(route_of(ORE, product='{ flow = "x", amount = 2.0, unit = "kg", content = { Co = 0.75 } }')))
    assert (found.rule, found.severity) == ("balance.metal", "error")
    assert "0.5 kg (33.3 %) come from nowhere" in found.message


def test_waste_without_content_names_the_missing_kilograms(metals):
    """1 kg enters, 0.8 kg leaves in the product: 0.2 kg can only be in the waste rock."""
    waste = '{ output = "waste rock", treatment = "background:landfill", amount = 9.0, unit = "kg" }'
    product = '{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 0.8 } }'
    found = one(metals(route_of(ORE, waste, product=product)))
    assert (found.rule, found.severity) == ("balance.metal-content", "warning")
    assert "0.2 kg leave in outputs that give no content of Co (waste rock)" in found.message


def test_waste_and_emission_close_the_balance(metals):
    """1 kg = 0.8 kg in the product + 9 kg x 0.02 in the waste + 0.02 kg to water."""
    held = "content = { Co = 0.02 }"
    waste = f'{{ output = "waste rock", treatment = "background:landfill", amount = 9.0, unit = "kg", {held} }}'
    emission = '{ output = "cobalt II", to = "water/surface", amount = 0.02, unit = "kg" }'
    product = '{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 0.8 } }'
    assert not metals(route_of(ORE, waste, emission, product=product))


def test_metal_that_no_input_brings(metals):
    found = one(metals(route_of(product='{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 0.8 } }')))
    assert (found.rule, found.severity) == ("balance.metal-source", "warning")


def test_scrap_enters_without_burden_and_without_input(metals):
    """At the point of collection post-consumer scrap has no input (DECISIONS 9)."""
    lorry = '{ input = "transport", from = "background:lorry", amount = 0.1, unit = "t*km" }'
    route = route_of(
        lorry,
        product='{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 0.8 } }',
        system="secondary",
        process='annex_v = ["upstream-scrap"]',
        replace=('"refining"', '"recycling"'),
    )
    assert not metals(route)
    assert not list(balance.mass(route.process("p")))


def test_traces_in_emissions_only_are_not_followed(metals):
    assert not metals(route_of('{ output = "copper ion", to = "water/surface", amount = 1.0, unit = "kg" }'))


def test_content_of_an_input_is_that_of_the_product_it_takes(metals):
    """10 kg of `ore` with 0.1 kg/kg by its own process: 1 kg Co enters although the line does not say so."""
    more = """
[[process]]
id = "mine"
name = "Mine"
stage = "extraction"
location = "CL"
year = 2021
source = "invented"
product = [ { flow = "ore", amount = 1.0, unit = "kg", content = { Co = 0.1 } } ]
"""
    line = '{ input = "ore", from = "mine", amount = 10.0, unit = "kg" }'
    product = '{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 1.0 } }'
    assert not metals(route_of(line, product=product, more=more))
    other = route_of(line.replace("unit =", "content = { Co = 0.2 }, unit ="), product=product, more=more)
    assert rules(balance.contents(other.process("p"), other, alone())) == ["balance.content-differs"]


RIVER = '{ input = "water, river", from = "fresh-water", amount = 1.0, unit = "m3" }'
SEA = '{ input = "water, sea", from = "sea-water", amount = 2.0, unit = "m3" }'


def returned(amount):
    return f'{{ output = "water", to = "water/surface", amount = {amount}, unit = "m3" }}'


def evaporated(amount):
    return f'{{ output = "water", to = "air/unspecified", amount = {amount}, unit = "m3" }}'


def test_withdrawal_without_a_return():
    """Not silently all consumed (DECISIONS 4)."""
    found = one(water(route_of(RIVER)))
    assert (found.rule, found.severity) == ("balance.water-return", "error")
    assert found.message.startswith("1 m3 of water are taken and none is returned")


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([RIVER, returned(0.8), evaporated(0.2)], None),
        ([RIVER, returned(0.8), evaporated(0.181)], None),  # 1.9 % open
        ([RIVER, returned(0.8), evaporated(0.179)], "balance.water"),  # 2.1 % open
        ([RIVER, returned(1.1)], "balance.water"),  # more returned than taken
        ([RIVER, SEA, returned(2.0), evaporated(0.5)], None),  # salt water adds to what may leave
        ([RIVER, SEA, returned(3.5)], "balance.water"),  # 3.5 m3 of 3 m3
        ([RIVER, '{ output = "waste water", treatment = "background:landfill", amount = 1.0, unit = "m3" }'], None),
        ([evaporated(0.5)], "balance.water"),
        ([SEA], None),
    ],
)
def test_water_balance(lines, rule):
    assert rules(water(route_of(*lines))) == ([rule] if rule else [])


def test_a_gain_of_returned_water_is_an_error():
    assert one(water(route_of(RIVER, returned(1.1)))).severity == "error"


def test_water_in_the_product():
    """0.8 m3 returns and 200 kg of water stay in 400 kg of product, half of it water."""
    product = '{ flow = "x", amount = 400.0, unit = "kg", content = { H2O = 0.5 } }'
    assert not water(route_of(RIVER, returned(0.8), product=product))


def test_water_of_the_invented_mine(toy_route):
    """500 l from the river: 0.4 m3 returns and 0.1 m3 evaporates."""
    account = balance.water_account(toy_route.process("mining"), toy_route, alone())
    assert (account.fresh, account.returned, account.evaporated) == pytest.approx((0.5, 0.4, 0.1))
    assert not list(balance.water(toy_route.process("mining"), toy_route, alone()))


def transformed(side, use, amount):
    return f'{{ input = "transformation, {side} {use}", from = "land", amount = {amount}, unit = "m2" }}'


@pytest.mark.parametrize(("first", "second", "fires"), [(1.0, 1.0, False), (1.0, 0.981, False), (1.0, 0.979, True)])
def test_land_is_transformed_from_and_to(first, second, fires):
    lines = transformed("from", "forest, extensive", first), transformed("to", "mineral extraction site", second)
    assert bool(list(balance.land(route_of(*lines).process("p")))) is fires


def test_product_heavier_than_its_inputs():
    """1 kg of product from 0.4 kg bought and 0.5 kg (0.5 l) of water."""
    bought = '{ input = "acid", from = "background:acid", amount = 0.4, unit = "kg" }'
    drawn = '{ input = "water, river", from = "fresh-water", amount = 0.5, unit = "l" }'
    assert "1 kg of products come from 0.9 kg" in one(balance.mass(route_of(bought, drawn).process("p"))).message


@pytest.mark.parametrize(
    "line",
    [
        '{ input = "acid", from = "background:acid", amount = 0.99, unit = "kg" }',
        '{ input = "cobalt", from = "ground", amount = 0.01, unit = "kg" }',  # gangue is not weighed
    ],
)
def test_mass_is_quiet(line):
    assert not list(balance.mass(route_of(line).process("p")))


@pytest.mark.parametrize(("second", "fires"), [(0.3, False), (0.3009, False), (0.31, True)])
def test_shares_of_a_mix(second, fires):
    lines = (f'{{ input = "x", from = "background:acid", amount = {share}, unit = "kg" }}' for share in (0.7, second))
    route = route_of(*lines, '{ input = "transport", from = "background:lorry", amount = 0.2, unit = "t*km" }')
    assert bool(list(balance.mix(route.process("p"), route, alone()))) is fires


def test_a_process_with_emissions_is_no_mix():
    lines = ('{ input = "x", from = "background:acid", amount = 0.7, unit = "kg" }',) * 2
    route = route_of(*lines, '{ output = "nitrogen oxides", to = "air/urban", amount = 0.1, unit = "kg" }')
    assert not list(balance.mix(route.process("p"), route, alone()))
