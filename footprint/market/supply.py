"""Who supplies a market, and by which routes, before anybody declares: tonnes by country and route (DECISIONS 16).

Union market   EU output less exports plus imports, by origin: share of the country x `union_tonnes` x years
World market   output of the country: mean of the years held x years, for comparison

Both are divided by route of the market, and by kg counted per kg of product. Nothing is dropped: what has no route of
ours is left out with its tonnes and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from footprint.errors import InputError, listed, nearest
from footprint.library.market_tables import ELSEWHERE, NO_ROUTE, OTHER_PRODUCT, Mapped
from footprint.library.markets import AssumptionsRow, MarketData, Markets
from footprint.market.declarations import MODELLED, MODELLED_WORLD

Scope = Literal["union", "world"]
SCOPES: tuple[Scope, ...] = ("union", "world")


@dataclass(frozen=True, slots=True)
class Supplied:
    """Tonnes of product that a country supplies by one route of the market, and our route for it."""

    country: str
    route: str
    tonnes: float
    mapped: Mapped

    @property
    def moved_from(self) -> str:
        """The location of our route that gives way to the country; empty where it stands there."""
        return "" if self.mapped.place == self.country else self.mapped.place

    @property
    def name(self) -> str:
        """Our route, and where it is moved."""
        return f"{self.mapped.ours} ({self.moved_from} to {self.country})" if self.moved_from else self.mapped.ours


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Tonnes without a route; `route` is empty where not even the market's is known."""

    country: str
    route: str
    tonnes: float
    reason: str


@dataclass(frozen=True)
class Supply:
    """A market by country and route. `other` are tonnes of other products that the same statistic counts."""

    market: MarketData
    scope: Scope
    period: tuple[int, int]
    years: tuple[int, ...]
    supplied: tuple[Supplied, ...]
    left_out: tuple[LeftOut, ...]
    other: tuple[LeftOut, ...]

    @property
    def tonnes(self) -> float:
        """Tonnes of the product that have a route."""
        return sum(part.tonnes for part in self.supplied)

    @property
    def ruleset(self) -> str:
        """The rule set of its sites, which says whether the market is the Union's or the world's."""
        return MODELLED if self.scope == "union" else MODELLED_WORLD

    @property
    def covered(self) -> float:
        """The part of the product's market that has a route, 0 to 1."""
        missing = sum(part.tonnes for part in self.left_out)
        return self.tonnes / (self.tonnes + missing) if self.tonnes else 0.0


def supplies_of(
    markets: Markets, material: str, scope: Scope, period: tuple[int, int]
) -> tuple[list[Supply], Mapping[str, str]]:
    """The supply of each product of a material, and why others have none; InputError where none has."""
    if scope not in SCOPES:
        raise InputError(f"market '{scope}' is not known{nearest(scope, SCOPES)}; allowed: {listed(SCOPES)}")
    if period[0] > period[1]:
        raise InputError(f"from {period[0]} to {period[1]}: the first year is later than the last")
    first, last = markets.years
    if period[0] < first or period[1] > last:
        raise InputError(f"from {period[0]} to {period[1]}: data are held for {first} to {last}")
    found: list[Supply] = []
    without: dict[str, str] = {}
    for market in markets.of(material):
        try:
            found.append(supply_of(market, scope, period, markets.assumptions))
        except InputError as error:
            without[market.id] = str(error)
    if not found:
        raise InputError("; ".join(without.values()))
    return found, without


def supply_of(market: MarketData, scope: Scope, period: tuple[int, int], assumptions: AssumptionsRow) -> Supply:
    """The supply of a market in the years from `period[0]` to `period[1]`.

    Raises InputError where no output is held for them, where the Union's sourcing is not known, or where less than
    `least_covered` of the market has a route.
    """
    years = tuple(sorted({output.year for output in market.outputs if period[0] <= output.year <= period[1]}))
    if not years:
        held = sorted({output.year for output in market.outputs})
        raise InputError(
            f"market '{market.id}': no output is held for {period[0]} to {period[1]}; held: {', '.join(map(str, held))}"
        )
    span = period[1] - period[0] + 1
    tonnes = _union(market, assumptions, span) if scope == "union" else _world(market, years, span)
    supplied: list[Supplied] = []
    left_out: list[LeftOut] = []
    other: list[LeftOut] = []
    for country, counted in tonnes.items():
        product = counted / market.row.content
        routes = market.routes(country)
        if not routes and product:
            left_out.append(LeftOut(country, "", product, _unknown(country)))
        for route, share in routes.items():
            found = market.mapped(route, country)
            if found.ours == NO_ROUTE:
                left_out.append(LeftOut(country, route, product * share, found.reason))
            elif found.ours == OTHER_PRODUCT:
                other.append(LeftOut(country, route, product * share, found.reason))
            else:
                supplied.append(Supplied(country, route, product * share, found))
    supply = Supply(market, scope, period, years, tuple(supplied), tuple(left_out), tuple(other))
    if supply.covered < assumptions.least_covered:
        raise InputError(
            f"market '{market.id}': {supply.covered:.0%} of the {scope} market has a route; at least "
            f"{assumptions.least_covered:.0%} is needed"
        )
    return supply


def _unknown(country: str) -> str:
    if country == ELSEWHERE:
        return "countries that the source does not name"
    return "no route is held for it; it may only trade"


def _world(market: MarketData, years: tuple[int, ...], span: int) -> Mapping[str, float]:
    """Country -> mean output of the years held, times the years asked for."""
    found: dict[str, float] = {}
    for output in market.outputs:
        if output.year in years:
            found[output.country] = found.get(output.country, 0.0) + output.tonnes / len(years) * span
    return dict(sorted(found.items()))


def _union(market: MarketData, assumptions: AssumptionsRow, span: int) -> Mapping[str, float]:
    """Country of origin -> its share of what stands for the Union market; the rest comes from elsewhere."""
    if not market.origins:
        raise InputError(f"market '{market.id}': the sourcing of the Union is not known: {market.row.no_union}")
    whole = max(1.0, sum(market.origins.values()))
    found = {country: share / whole for country, share in sorted(market.origins.items())}
    if (rest := 1.0 - sum(found.values())) > 1e-9:
        found[ELSEWHERE] = found.get(ELSEWHERE, 0.0) + rest
    return {country: share * assumptions.union_tonnes * span for country, share in found.items()}
