"""What the modelled market is made of: `datasets/markets`, one market per product (datasets/README.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from msgspec import Meta

from footprint.errors import InputError, listed, nearest
from footprint.library.cache import Signature, signature
from footprint.library.market_tables import (
    ELSEWHERE,
    EVERY,
    Mapped,
    Output,
    Spread,
    Tables,
    mapped,
    output,
    routed,
    spread,
)
from footprint.library.paths import datasets_folder
from footprint.library.rows import Identifier, Positive, Row, Share, Text
from footprint.library.toml import read_toml

#: source of what no source read confirms
ESTIMATE = "market-estimate"
#: how far printed shares may miss one
TOLERANCE = 1e-3
FILES = ("markets.toml", "production.csv", "sourcing.csv", "routes.csv", "mapping.csv", "spread.csv")
K = TypeVar("K")
T = TypeVar("T")


class MarketRow(Row, kw_only=True, frozen=True):
    """A market: the product that its rows are of, and how the statistic counts it.

    `content` is the kg that the statistic counts per kg of product; `no_union` says why no sourcing of the Union is
    known.
    """

    material: Identifier
    product: Text
    form: Text
    grade: str = ""
    counted: Text
    content: Positive
    why: Text
    no_union: str = ""


class AssumptionsRow(Row, kw_only=True, frozen=True):
    """What no source says: sites per country and route, what stands for a Union market, and how much of it must be
    covered.
    """

    sites: Annotated[int, Meta(ge=1, le=1000)]
    union_tonnes: Positive
    least_covered: Share
    sourcing_period: Text


class MarketsFile(Row, kw_only=True, frozen=True):
    """`markets.toml`."""

    schema: Literal[1]
    assumptions: AssumptionsRow
    market: dict[Identifier, MarketRow]
    left_out: dict[Identifier, Text]


@dataclass(frozen=True)
class MarketData:
    """A market as its files have it: output and shares by country, routes of ours, spread of sites.

    `estimated` names the (country, route) whose share is an estimate.
    """

    id: str
    row: MarketRow
    outputs: tuple[Output, ...]
    origins: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    estimated: frozenset[tuple[str, str]]
    mapping: Mapping[tuple[str, str], Mapped]
    spreads: tuple[Spread, ...]

    def routes(self, country: str) -> Mapping[str, float]:
        """Route of the market -> its share of a country's output; empty where nothing is known."""
        return self.shares.get(self._row(country), {})

    def is_estimate(self, route: str, country: str) -> bool:
        """Whether a route's share of a country's output is an estimate."""
        return (self._row(country), route) in self.estimated

    def _row(self, country: str) -> str:
        return country if country in self.shares or country == ELSEWHERE else EVERY

    def mapped(self, route: str, country: str) -> Mapped:
        """What stands for a route of the market in a country (the loader has checked that it is there)."""
        return self.mapping.get((route, country)) or self.mapping[route, EVERY]

    def site_spreads(self, route: str) -> tuple[Spread, ...]:
        """The spreads that hold for the sites of a route."""
        return tuple(spread for spread in self.spreads if spread.route in (route, EVERY))


@dataclass(frozen=True)
class Markets:
    """Every market that is shipped, and the materials that have none, with the reason."""

    assumptions: AssumptionsRow
    markets: Mapping[str, MarketData]
    left_out: Mapping[str, str]
    years: tuple[int, int]

    @property
    def materials(self) -> tuple[str, ...]:
        """The materials with a market."""
        return tuple(dict.fromkeys(market.row.material for market in self.markets.values()))

    def of(self, material: str) -> tuple[MarketData, ...]:
        """The markets of a material; InputError says why there is none."""
        if material in self.left_out:
            raise InputError(f"no market of {material} is modelled: {self.left_out[material]}")
        if found := tuple(market for market in self.markets.values() if market.row.material == material):
            return found
        known = (*self.materials, *self.left_out)
        raise InputError(
            f"material '{material}' is not known{nearest(material, known) or f'; known: {listed(known, 40)}'}"
        )


def load_markets(datasets: Path | None = None) -> Markets:
    """The markets of `datasets/markets`; InputError names file, line and column."""
    folder = (datasets or datasets_folder()) / "markets"
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise InputError(f"{folder / missing[0]}: no such file")
    return _loaded(signature(folder / name for name in FILES), folder)


@lru_cache(maxsize=4)
def _loaded(files: Signature, folder: Path) -> Markets:
    file = read_toml(folder / "markets.toml", MarketsFile)
    tables = Tables(folder, file.market)
    outputs = tables.rows("production.csv", ("year", "tonnes", "source", "status", "confidence"), output)
    origins = tables.rows("sourcing.csv", ("share",), lambda cells: (cells.country(), cells.share("share")))
    shares = tables.rows("routes.csv", ("route", "share", "source"), routed)
    mapping = tables.rows("mapping.csv", ("route", "ours", "place", "reason"), mapped)
    spreads = tables.rows("spread.csv", ("route", "stages", "categories", "parameter", "gsd2", "basis"), spread)
    markets = {
        ident: MarketData(
            id=ident,
            row=row,
            outputs=tuple(_keyed(outputs[ident], folder / "production.csv", ident).values()),
            origins=_keyed(origins[ident], folder / "sourcing.csv", ident),
            shares=_nested(_keyed(((key, share) for key, share, _ in shares[ident]), folder / "routes.csv", ident)),
            estimated=frozenset(key for key, _, source in shares[ident] if source == ESTIMATE),
            mapping=_keyed(mapping[ident], folder / "mapping.csv", ident),
            spreads=tuple(spreads[ident]),
        )
        for ident, row in file.market.items()
    }
    for market in markets.values():
        _check(market, folder)
    years = [found.year for market in markets.values() for found in market.outputs]
    return Markets(file.assumptions, markets, file.left_out, (min(years), max(years)))


def _keyed(rows: Iterable[tuple[K, T]], path: Path, market: str) -> dict[K, T]:
    """Rows by their key; InputError where one is given twice."""
    found: dict[K, T] = {}
    for key, value in rows:
        if key in found:
            told = ", ".join(key) if isinstance(key, tuple) else key
            raise InputError(f"{path}: market '{market}': {told} is given twice")
        found[key] = value
    return found


def _nested(shares: Mapping[tuple[str, str], float]) -> dict[str, dict[str, float]]:
    """Country -> route -> share."""
    found: dict[str, dict[str, float]] = {}
    for (country, route), share in shares.items():
        found.setdefault(country, {})[route] = share
    return found


def _check(market: MarketData, folder: Path) -> None:
    """Every market has output; shares of a country sum to one, those of the Union to one at most; all are mapped."""
    if not market.outputs:
        raise InputError(f"{folder / 'production.csv'}: market '{market.id}' has no row")
    for country, routes in market.shares.items():
        if abs(sum(routes.values()) - 1) > TOLERANCE:
            raise InputError(
                f"{folder / 'routes.csv'}: market '{market.id}': the shares of {country} sum to "
                f"{sum(routes.values()):.4g}; they sum to 1"
            )
        for route in routes:
            if (route, country) not in market.mapping and (route, EVERY) not in market.mapping:
                raise InputError(
                    f"{folder / 'mapping.csv'}: market '{market.id}': route '{route}' of {country} has no row"
                )
    if sum(market.origins.values()) > 1 + 0.02:
        raise InputError(
            f"{folder / 'sourcing.csv'}: market '{market.id}': the shares sum to {sum(market.origins.values()):.4g}; "
            "they sum to 1 at most"
        )
    if not market.origins and not market.row.no_union:
        raise InputError(f"{folder / 'markets.toml'}: market '{market.id}': no_union must say why no sourcing is known")
