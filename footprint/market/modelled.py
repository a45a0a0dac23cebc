"""The market before any declaration exists: pseudo-declarations from supply, routes and the spread of sites.

A country and route stand for n equal sites. The value of site i in category c is

    x_i(c) = sum over stages s of v(c, s) · f_i(c, s),   f_i = p_i / (mean of p over the n sites)
    p_i(c, s) = product over spreads r of exp(sigma_r · z_r,i),   sigma_r = ln(GSD²_r)/2

v is the route's value in the stage, taken as an average of plants, so f has the mean 1: the mean of the sites is the
route's value, and a market's mean by tonnes that of its routes. The product runs over the spreads that hold for this
stage and category. z_r,i is a standard normal number, one from each of n equal parts of its distribution, drawn by the
seed and shuffled for each spread.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from footprint.calculation import Settings, calculate_route
from footprint.errors import InputError
from footprint.impact.result import FootprintResult
from footprint.library.background import Background, load_background
from footprint.library.market_tables import Spread
from footprint.library.markets import AssumptionsRow, load_markets
from footprint.library.placing import placed
from footprint.library.routes import load_route
from footprint.market.columns import COLUMNS, filled
from footprint.market.declarations import CODES, Floats, Market
from footprint.market.supply import Scope, Supplied, Supply, supplies_of
from footprint.model import STAGES


@dataclass(frozen=True)
class ModelledMarket(Market):
    """Pseudo-declarations, and what they were made from: one supply per product, and products without one."""

    supplies: tuple[Supply, ...]
    assumptions: AssumptionsRow
    seed: int
    not_modelled: Mapping[str, str]
    gaps: Mapping[str, tuple[str, ...]]

    @property
    def material(self) -> str:
        """Id of the material."""
        return self.supplies[0].market.row.material


def model_market(
    material: str,
    since: int = 2022,
    until: int = 2024,
    market: Scope = "union",
    seed: int = 1,
    *,
    settings: Settings | None = None,
    datasets: Path | None = None,
) -> ModelledMarket:
    """The market of a material as it is modelled, each row marked `modelled`, or `modelled-world` for the world.

    Parameters
    ----------
    material : id of a material (`footprint list`)
    since, until : first and last year of the period
    market : "union" (placed on the Union market, DECISIONS 16), or "world" for comparison
    seed : what the draws of the sites begin with; the same seed gives the same market
    settings : method, background, electricity and day of the calculation
    datasets : a data folder other than the shipped one

    Raises InputError for an unknown material, years without data, or a market of which too little has a route.
    """
    if seed < 0:
        raise InputError(f"seed {seed} is negative; a whole number from 0 is needed")
    markets = load_markets(datasets)
    supplies, without = supplies_of(markets, material, market, (since, until))
    how = _Calculation(_loaded(settings or Settings()), datasets)
    rows, gaps = [], {code: set[str]() for code in CODES}
    for supply in supplies:
        for part in supply.supplied:
            result = how.result(part)
            rows.append(_sites(supply, part, result, markets.assumptions.sites, seed))
            for code in CODES:
                if result[code].not_covered:
                    gaps[code].add(result.route.id)
    return ModelledMarket(
        f"modelled {market} market of {material}",
        _columns(rows),
        tuple(supplies),
        markets.assumptions,
        seed,
        without,
        {code: tuple(sorted(routes)) for code, routes in gaps.items() if routes},
    )


# --- values


def _loaded(settings: Settings) -> Settings:
    """The settings with the background read once."""
    background = settings.background
    return replace(
        settings, background=background if isinstance(background, Background) else load_background(background)
    )


@dataclass(frozen=True)
class _Calculation:
    """Routes as they are calculated, each once for each country it is moved to."""

    settings: Settings
    datasets: Path | None
    known: dict[str, FootprintResult] = field(default_factory=dict)

    def result(self, part: Supplied) -> FootprintResult:
        """The footprint of the route that stands for a part of the supply."""
        if part.name not in self.known:
            route = load_route(part.mapped.ours, datasets=self.datasets)
            if part.moved_from:
                route = placed(route, part.moved_from, part.country)
            self.known[part.name] = calculate_route(route, self.settings)
        return self.known[part.name]


def by_stage(result: FootprintResult) -> Floats:
    """Value by stage x category; NaN where no data cover the category, never zero."""
    values = np.zeros((len(STAGES), len(CODES)))
    for n, code in enumerate(CODES):
        category = result[code]
        if category.not_covered and not category.value:
            values[:, n] = np.nan
            continue
        for stage, value in category.by_stage.items():
            values[STAGES.index(stage), n] = value
    return values


def site_values(values: Floats, spreads: Sequence[Spread], draws: Floats) -> Floats:
    """Value by site x category, from values by stage x category and standard normal draws by spread x site.

    The mean over the sites is the sum over the stages, in each category, however many spreads multiply.
    """
    n = draws.shape[1] if len(spreads) else 1
    factors = np.ones((n, *values.shape))
    for spread, z in zip(spreads, draws, strict=True):
        stages = [s for s, stage in enumerate(STAGES) if not spread.stages or stage in spread.stages]
        codes = [c for c, code in enumerate(CODES) if not spread.categories or code in spread.categories]
        factors[np.ix_(range(n), stages, codes)] *= np.exp(np.log(spread.gsd2) / 2 * z)[:, None, None]
    return np.asarray((factors / factors.mean(axis=0) * values).sum(axis=1))


def site_draws(sites: int, spreads: int, seed: int, name: str) -> Floats:
    """Standard normal numbers by spread x site: one from each of `sites` equal parts, in an order of its own."""
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    places = np.array([generator.permutation(sites) for _ in range(spreads)]).reshape(spreads, sites)
    within = np.clip(generator.random((spreads, sites)), 1e-12, 1 - 1e-12)
    return np.asarray(ndtri((places + within) / sites))


# --- rows

_TYPES: Mapping[str, Any] = {"text": object, "number": float, "day": "datetime64[D]"}


def _sites(supply: Supply, part: Supplied, result: FootprintResult, sites: int, seed: int) -> dict[str, Any]:
    """The columns of the sites of a country and route."""
    market, route = supply.market, result.route
    spreads = market.site_spreads(part.route)
    name = f"{market.id}-{part.country}-{part.route}"
    values = site_values(by_stage(result), spreads, site_draws(sites, len(spreads), seed, name))
    values = np.broadcast_to(values, (sites, len(CODES)))
    idents = [f"{supply.ruleset}-{name}-seed{seed}-{n:02d}" for n in range(1, sites + 1)]
    alike = {
        "material": market.row.material,
        "product": market.row.product,
        "form": market.row.form,
        "grade": market.row.grade,
        "system": route.system,
        "country": part.country,
        "period_from": np.datetime64(date(supply.period[0], 1, 1), "D"),
        "period_to": np.datetime64(date(supply.period[1], 12, 31), "D"),
        "mass_t": part.tonnes / sites,
        "route": part.name,
        "declared_unit_kg": route.declared.unit_kg,
        "method": result.method.id,
        "ruleset": supply.ruleset,
        "background": result.background[0],
        "electricity": result.electricity[0],
        "long_term": result.long_term,
        "share_pre_consumer": np.nan if route.share_pre_consumer is None else route.share_pre_consumer,
        "share_post_consumer": np.nan if route.share_post_consumer is None else route.share_post_consumer,
    }
    shares = {
        f"screening_{code}": np.nan if np.isnan(values[0, n]) else min(max(result[code].screening_share, 0.0), 1.0)
        for n, code in enumerate(CODES)
    }
    return {
        "declaration_id": idents,
        "operator": idents,
        **{column: [value] * sites for column, value in (alike | shares).items()},
        **{code: values[:, n].tolist() for n, code in enumerate(CODES)},
    }


def _columns(rows: Sequence[Mapping[str, Sequence[Any]]]) -> dict[str, Any]:
    """The columns of a market file, from those of its parts."""
    n = sum(len(part["declaration_id"]) for part in rows)
    found = {}
    for name, column in COLUMNS.items():
        if name not in rows[0]:
            found[name] = filled(column, n)
            continue
        cells = [cell for part in rows for cell in part[name]]
        found[name] = np.array(cells, dtype=_TYPES[column.kind])
    return found
