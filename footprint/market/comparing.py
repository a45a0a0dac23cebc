"""All class schemes on one market side by side: how full the classes are, how stable, how values lie at the bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.bootstrap import Statistic, bootstrapped
from footprint.market.decimals import apart, rounded
from footprint.market.declarations import Floats, Market
from footprint.market.distribution import Distribution
from footprint.market.fitting import Skipped, fit, wanted_categories
from footprint.market.options import Options
from footprint.market.rules import ClassRules, class_rules
from footprint.market.schemes import SCHEMES
from footprint.market.thresholds import POOLED, ClassScheme
from footprint.market.windowed import NotFitted, Windowed

#: how near a bound a value lies "at" it, as a share of the bound
NEAR = 0.05


@dataclass(frozen=True, slots=True)
class Quality:
    """A scheme on a market; shares are of its tonnes.

    variation : mean coefficient of variation of the thresholds over bootstrap replicates
    moving : share that has another class, on average, when the thresholds are estimated anew
    below, above : share with a value up to 5 % below (or at) a threshold, and up to 5 % above one: bunching
    evenness : −Σ s ln s / ln K of the occupancy, 1 where all K classes hold the same
    fit : goodness of variance fit of ln x, 1 − Σ within classes / Σ in all (Jenks)
    """

    scheme: ClassScheme
    variation: float
    moving: float
    below: float
    above: float
    evenness: float
    fit: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The schemes of one pool and category, pooled over primary and secondary."""

    qualities: tuple[Quality, ...]

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/class-comparison/1."""
        first = self.qualities[0].scheme
        return {
            "schema": "footprint/class-comparison/1",
            "status": first.status,
            "material": first.material,
            "category": first.category,
            "pool": first.pool.to_dict(),
            "on": first.on.isoformat(),
            "schemes": [
                {
                    "scheme": q.scheme.scheme,
                    "thresholds": dict(q.scheme.thresholds),
                    "occupancy": {
                        letter: {"n": n, "mass_share": share} for letter, (n, share) in q.scheme.occupancy.items()
                    },
                    "threshold_variation": q.variation,
                    "mass_share_moving": q.moving,
                    "mass_share_below_bounds": q.below,
                    "mass_share_above_bounds": q.above,
                    "evenness": q.evenness,
                    "variance_fit": q.fit,
                }
                for q in self.qualities
            ],
        }


def compare_market(
    market: Market, on: date, categories: Sequence[str], replicates: int, seed: int,
    told: Callable[[Skipped], None] | None = None, advance: Callable[[], None] = lambda: None,
) -> tuple[Comparison, ...]:  # fmt: skip
    """Every pool of a market in each category (empty: those the rules declare).

    What is refused is `told`; where nobody listens it is an InputError, and so it is where nothing is left. `advance`
    is called after each of the schemes of a pool and category.
    """
    rules = class_rules(on)
    found: list[Comparison] = []
    skipped: list[Skipped] = []
    for pool, rows in market.pools():
        windowed = Windowed.of(pool, rows, on, rules)
        for category in wanted_categories(categories, False, rules) if len(windowed) else ():
            if category not in windowed.market.categories:
                continue
            try:
                found.append(_compared(windowed, category, rules, replicates, seed, advance))
            except NotFitted as error:
                skipped.append(Skipped(pool, category, POOLED, error.rule, str(error)))
    if skipped and (told is None or not found):
        raise InputError("\n".join(f"{market.name}: {entry}" for entry in skipped))
    if not found:
        raise InputError(f"{market.name}: nothing in the window has a value of the categories asked for")
    if told is not None:
        for entry in skipped:
            told(entry)
    return tuple(found)


def _compared(
    windowed: Windowed, category: str, rules: ClassRules, replicates: int, seed: int, advance: Callable[[], None]
) -> Comparison:
    values = windowed.market.values(category)
    kept = values > 0
    schemes = [fit(windowed, category, Options(name, replicates=0)) for name in SCHEMES]
    values, tonnes = values[kept], windowed.tonnes[kept]
    market = Distribution.of(values, tonnes, windowed.operators[kept], rules.operator_cap)
    shares = tonnes / tonnes.sum()
    qualities = []
    for found in schemes:
        (others,) = bootstrapped([market], [_bounds(found, rules)], replicates, seed)
        qualities.append(_quality(found, others, values, shares))
        advance()
    return Comparison(tuple(qualities))


def _bounds(found: ClassScheme, rules: ClassRules) -> Statistic:
    """The thresholds of a scheme in each replicate, set apart."""
    scheme = SCHEMES[found.scheme]
    return lambda drawn: apart(scheme.bounds(drawn, found.classes, rules.figures), rules.ratio_floor)


def _quality(found: ClassScheme, others: Floats, values: Floats, shares: Floats) -> Quality:
    bounds = np.array(list(found.thresholds.values()))
    numbers = places(values, bounds.tolist())
    anew = (places(values, [rounded(bound) for bound in other]) for other in others.tolist())
    moving = np.mean([shares[again != numbers].sum() for again in anew])
    below, above = (
        float(shares[_within(values, bounds * low, bounds * high, side)].sum())
        for low, high, side in ((1 - NEAR, 1.0, "left"), (1.0, 1 + NEAR, "right"))
    )
    variation = float(np.mean(others.std(axis=0) / others.mean(axis=0)))
    return Quality(
        found, variation, float(moving), below, above, _evenness(found), _variance_fit(np.log(values), shares, numbers)
    )


def _within(values: Floats, low: Floats, high: Floats, open_side: str) -> NDArray[np.bool_]:
    """Whether a value lies in any interval; a value at a bound counts as below it."""
    if open_side == "left":
        return np.asarray(((values[:, None] >= low) & (values[:, None] <= high)).any(axis=1))
    return np.asarray(((values[:, None] > low) & (values[:, None] <= high)).any(axis=1))


def _evenness(scheme: ClassScheme) -> float:
    shares = [share for _, share in scheme.occupancy.values() if share > 0]
    return -math.fsum(share * math.log(share) for share in shares) / math.log(scheme.classes) + 0.0


def _variance_fit(logs: Floats, shares: Floats, numbers: NDArray[np.int64]) -> float:
    """1 − Σ_c Σ_i w_i (ln x_i − μ_c)² / Σ_i w_i (ln x_i − μ)², 1 where all values are alike."""
    if np.ptp(logs) == 0:
        return 1.0
    total = float(shares @ (logs - shares @ logs) ** 2)
    weights = np.bincount(numbers, shares)
    means = np.bincount(numbers, shares * logs) / np.where(weights > 0, weights, 1.0)
    return 1 - float(shares @ (logs - means[numbers]) ** 2) / total
