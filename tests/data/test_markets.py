"""The shipped markets: their totals as printed, codes, shares, sources, and a route of ours behind every row."""

from __future__ import annotations

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from footprint.errors import InputError
from footprint.library.electricity import read_tables
from footprint.library.market_tables import EVERY, NO_ROUTE, OTHER_PRODUCT
from footprint.library.markets import load_markets
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.placing import placed
from footprint.library.routes import load_route, route_index
from footprint.library.sources import load_sources
from footprint.market.supply import supplies_of
from footprint.rules.materials import load_materials

FOLDER = datasets_folder() / "markets"
MARKETS = load_markets()
IDS = list(MARKETS.markets)
#: (market, year): total as its source prints it, and by how much rounding and later revision may miss it. WMD: World
#: Mining Data 2026, table of totals; USGS: Mineral Commodity Summaries 2025, world total (rounded)
PRINTED = {
    ("primary-aluminium", 2023): (70_661_353, 1e-6),  # WMD, t Al
    ("primary-aluminium", 2024): (73_394_062, 1e-6),  # WMD, t Al
    ("copper-cathode", 2023): (27_000_000, 0.002),  # USGS, refinery production, t Cu
    ("copper-cathode", 2024): (27_000_000, 0.008),  # USGS, refinery production, t Cu
    ("magnesium-ingot", 2023): (900_000, 1e-6),  # USGS, t Mg
    ("magnesium-ingot", 2024): (1_000_000, 0.046),  # USGS, t Mg: the countries exceed the rounded total by 4.5 %
    ("liquid-helium", 2023): (176 * 169.2, 1e-6),  # USGS, 176 million m3 of 169.2 t
    ("silicon-metal", 2023): (4_280_000, 1e-6),  # USGS, t Si, without the United States
    ("silicon-metal", 2024): (4_600_000, 1e-6),  # USGS, t Si, without the United States
    ("titanium-sponge", 2023): (320_000, 0.008),  # USGS, t
    ("titanium-sponge", 2024): (320_000, 0.014),  # USGS, t
}


def rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize(("market", "year"), PRINTED, ids=str)
def test_outputs_sum_to_the_printed_total(market: str, year: int) -> None:
    printed, tolerance = PRINTED[market, year]
    total = sum(output.tonnes for output in MARKETS.markets[market].outputs if output.year == year)
    assert total == pytest.approx(printed, rel=tolerance)


def test_every_material_of_annex_ii_has_a_market_or_a_reason() -> None:
    named = {*MARKETS.materials, *MARKETS.left_out}
    assert named == set(load_materials(methods_folder() / "crma"))
    assert not set(MARKETS.materials) & set(MARKETS.left_out)


@pytest.mark.parametrize("name", ["production.csv", "sourcing.csv", "routes.csv", "spread.csv"])
def test_every_row_cites_a_source_with_a_licence_and_estimates_have_a_range(name: str) -> None:
    sources = load_sources(datasets_folder())
    for row in rows(name):
        source = sources[row["source"]]
        assert source.licence
        assert row["locator"] if name in ("production.csv", "sourcing.csv") else True
        if source.kind == "estimate" and name in ("production.csv", "routes.csv"):
            value = float(row["tonnes" if name == "production.csv" else "share"])
            assert row["low"], row
            assert float(row["low"]) <= value * 1.001, row
            assert value <= float(row["high"]) * 1.001, row


def test_no_market_mixes_forms_or_pools_natural_with_synthetic_graphite_or_nickel_with_pig_iron() -> None:
    for market in MARKETS.markets.values():
        for mapped in market.mapping.values():
            if mapped.ours not in (NO_ROUTE, OTHER_PRODUCT):
                declared = load_route(mapped.ours).declared
                assert declared.form == market.row.form, (market.id, mapped.ours)
                assert declared.material == market.row.material
                assert not re.search(r"synthetic|npi|ferronickel|recycled-anode", mapped.ours)


@pytest.mark.parametrize("ident", IDS)
def test_content_is_that_of_the_routes_where_the_element_is_counted(ident: str) -> None:
    """`t X content` over the kg of X per kg of product: that of a route of the market."""
    row = MARKETS.markets[ident].row
    if row.content == 1 or "P2O5" in row.counted:
        return
    held = {
        load_route(mapped.ours).declared.content
        for mapped in MARKETS.markets[ident].mapping.values()
        if mapped.ours not in (NO_ROUTE, OTHER_PRODUCT)
    }
    assert row.content in held or any(c is not None and abs(c / row.content - 1) < 0.01 for c in held)


@pytest.mark.parametrize("ident", IDS)
def test_every_route_exists_and_stands_where_it_is_moved_from(ident: str) -> None:
    market, index = MARKETS.markets[ident], route_index()
    for mapped in market.mapping.values():
        if mapped.ours in (NO_ROUTE, OTHER_PRODUCT):
            continue
        assert mapped.ours in index
        if mapped.place:
            placed(load_route(mapped.ours), mapped.place, "DE")


def test_every_country_that_a_route_is_moved_to_has_an_electricity_mix() -> None:
    mixes = read_tables(datasets_folder() / "electricity").mix
    for material in MARKETS.materials:
        for scope in ("union", "world"):
            try:
                supplies, _ = supplies_of(MARKETS, material, scope, (2022, 2024))
            except InputError:
                continue
            for supply in supplies:
                for part in supply.supplied:
                    if part.mapped.place:
                        assert part.country in mixes, (supply.market.id, part.country)


def test_every_mapping_row_is_used() -> None:
    """No row stands for a route that no country is known to use."""
    for market in MARKETS.markets.values():
        used = {(route, country) for country, routes in market.shares.items() for route in routes}
        anywhere = {route for route, _ in used}
        for route, country in market.mapping:
            assert route in anywhere if country == EVERY else (route, country) in used, (market.id, route, country)


@pytest.mark.parametrize("ident", IDS)
def test_every_spread_belongs_to_a_route_of_the_market(ident: str) -> None:
    market = MARKETS.markets[ident]
    known = {route for routes in market.shares.values() for route in routes} | {EVERY}
    assert {spread.route for spread in market.spreads} <= known


def test_gsd2_follows_from_the_ends_that_hold_eight_tenths_of_the_sites() -> None:
    """GSD² = exp(2 ln(p90/p10) / 2.563): between the 10 % and 90 % points of a normal distribution lie 2.563 sigma."""
    for row in rows("spread.csv"):
        if row["p10"]:
            expected = math.exp(2 * math.log(float(row["p90"]) / float(row["p10"])) / 2.5631)
            assert float(row["gsd2"]) == pytest.approx(expected, rel=2e-3), row


def test_spread_of_brine_sites_from_their_published_values() -> None:
    """exp(2 s) of nine sites of evaporation, Istrate and Schenker 2025 (kg CO2 eq per kg of carbonate)."""
    evaporation = [2.7952, 7.0509, 3.6384, 5.0387, 5.4744, 6.1794, 2.0377, 3.2297, 7.2701]
    logs = [math.log(value) for value in evaporation]
    mean = sum(logs) / len(logs)
    s = math.sqrt(sum((x - mean) ** 2 for x in logs) / (len(logs) - 1))
    (held,) = {
        float(row["gsd2"])
        for row in rows("spread.csv")
        if row["market"] == "lithium-carbonate" and row["route"] == "brine-evaporation" and "CC" in row["categories"]
    }
    assert held == pytest.approx(math.exp(2 * s), rel=1e-3)


def test_shares_of_a_country_sum_to_one_and_lie_in_their_range() -> None:
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows("routes.csv"):
        sums[row["market"], row["country"]] += float(row["share"])
    assert all(total == pytest.approx(1.0, abs=1e-4) for total in sums.values())


def test_texts_are_clean() -> None:
    """No control characters, no path of a machine, no word that only the authors understand."""
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text.replace("\r", ""))
        assert not re.search(r"/work|/tmp|first set|route_shares|Fauroux", text)
