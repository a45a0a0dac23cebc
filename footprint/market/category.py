"""One category of one pool: weights, scheme, options, thresholds, occupancy, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.bootstrap import Statistic, bootstrapped
from footprint.market.decimals import apart, rounded, strictly
from footprint.market.declarations import Floats, Pool
from footprint.market.distribution import Distribution
from footprint.market.findings import publishable, rescale_notes, sample_notes, value_notes, width_notes
from footprint.market.options import (
    Options,
    benchmark_of,
    earlier,
    figures_with,
    improved,
    narrowest,
    own_sigma,
    parameters_of,
    ratchet_notes,
    ratcheted,
    smallest_ratio,
    yearly_improvement,
)
from footprint.market.rules import ClassRules
from footprint.market.schemes import Figures, Scheme, find_scheme
from footprint.market.screening import Knowledge, screening_notes
from footprint.market.thresholds import LETTERS, ClassScheme, lettered, unit_of
from footprint.market.window import effective_size, validity, window
from footprint.market.windowed import NotFitted, Windowed

#: ends of the printed interval of a threshold
INTERVAL = (0.025, 0.975)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CategoryFit:
    """Thresholds, and what their intervals are computed from."""

    scheme: ClassScheme
    market: Distribution
    bounds: Statistic
    options: Options


def fit_category(found: Windowed, category: str, options: Options, system: str) -> CategoryFit:
    """The thresholds of one category of one pool, without intervals.

    Fitted to the positive values (a credit has no logarithm); those that are not positive have class A and are told.
    Raises NotFitted where there is none, or where the category is refused.
    """
    rules, values = found.rules, found.values(category)
    positive = values > 0
    if not positive.any():
        raise NotFitted("no-positive-value", f"no positive value of {category} in the window; classes need some")
    known = Knowledge.of(values, found.of_category("screening", category), found.tonnes)
    known_notes = tuple(screening_notes(known, category, rules))
    market = Distribution.of(values[positive], found.tonnes[positive], found.operators[positive], rules.operator_cap)
    sigma = own_sigma(found.of_category("gsd2", category)[positive])
    scheme = find_scheme(options.scheme or rules.scheme)
    figures = figures_with(rules.figures, options, scheme)
    law = _law(market, scheme, figures, sigma, options, rules, (found.pool, category, system))
    bounds, moved = strictly(law.raw(market)[0].tolist(), rules.ratio_floor)
    usual = usual_classes(scheme, rules)
    changed = law.classes != usual or law.shift != 1.0 or law.previous is not None
    benchmark, benchmark_notes = benchmark_of(scheme, figures, market)
    occupancy = _occupancy(values, found.tonnes, bounds)
    fitted = ClassScheme(
        material=found.pool.material,
        category=category,
        unit=unit_of(found.pool, category),
        scheme=scheme.name,
        on=found.on,
        window=window(found.on, rules.window_years),
        thresholds=lettered(bounds),
        pool=found.pool,
        system=system,
        parameters=parameters_of(scheme, figures, options, rules, law.previous) | benchmark,
        n=int(np.isfinite(values).sum()),
        n_operators=len(market.totals),
        n_effective=None if found.pool.modelled else effective_size(market.operator_weights),
        publishable=found.pool.modelled or publishable(market, rules),
        occupancy=occupancy,
        without_options=_apart(scheme.bounds(market, usual, figures)[0], rules) if changed else None,
        unweighted=_apart(scheme.bounds(_alike(market), law.classes, figures)[0], rules),
        notes=(
            *sample_notes(found, market),
            *value_notes(found, values),
            *known_notes,
            *benchmark_notes,
            *ratchet_notes(options, law.previous),
            *width_notes(bounds, moved, sigma, rules),
            *rescale_notes(occupancy, rules),
        ),
        valid_to=validity(found.on, rules.review_years)[1] - DAY,
    )
    return CategoryFit(fitted, market, law, options)


@dataclass(frozen=True, slots=True)
class Law:
    """Upper bounds of a market in every replicate: the scheme, shifted, held by a ratchet, and set apart."""

    scheme: Scheme
    figures: Figures
    classes: int
    shift: float
    previous: Floats | None
    rules: ClassRules

    def raw(self, market: Distribution) -> Floats:
        """The bounds before those that print alike are set apart."""
        bounds = self.scheme.bounds(market, self.classes, self.figures) * self.shift
        return ratcheted(bounds, self.previous, self.rules)

    def __call__(self, market: Distribution) -> Floats:
        """The bounds in every replicate."""
        return apart(self.raw(market), self.rules.ratio_floor)


def usual_classes(scheme: Scheme, rules: ClassRules) -> int:
    """How many classes a scheme has where nobody asks for another number."""
    return 5 if scheme.name == "pefcr" else rules.classes


def _law(
    market: Distribution, scheme: Scheme, figures: Figures, sigma: float | None, options: Options, rules: ClassRules,
    which: tuple[Pool, str, str],
) -> Law:  # fmt: skip
    """The options one after another: number of classes, improvement, ratchet; then fewer classes until all differ.

    Of K, K − 1 … classes the first number whose narrowest printed class spans at least r_min (METHOD 2.5).
    """
    asked = options.classes or usual_classes(scheme, rules)
    if not 2 <= asked <= len(LETTERS):
        raise InputError(f"{asked} classes; allowed: 2 to {len(LETTERS)}")
    shift = improved(yearly_improvement(options, rules), rules)
    least = smallest_ratio(sigma, rules.distinguishable_z) if options.distinguishable and sigma is not None else 1.0
    for classes in range(asked, 1, -1):
        law = Law(scheme, figures, classes, shift, earlier(*which, options.previous, classes), rules)
        if least <= 1 or narrowest(law(market)[0].tolist()) >= least:
            break
    return law


def _apart(bounds: Floats, rules: ClassRules) -> dict[str, float]:
    return lettered(strictly(bounds.tolist(), rules.ratio_floor)[0])


def _occupancy(values: Floats, tonnes: Floats, bounds: Sequence[float]) -> dict[str, tuple[int, float]]:
    """Declarations of each class, and its share of the uncapped tonnes."""
    held = np.isfinite(values)
    numbers = places(values[held], bounds)
    counts = np.bincount(numbers, minlength=len(bounds) + 1)
    shares = np.bincount(numbers, tonnes[held], len(bounds) + 1) / tonnes[held].sum()
    return {letter: (int(n), float(s)) for letter, n, s in zip(LETTERS, counts, shares, strict=False)}


def _alike(market: Distribution) -> Distribution:
    """The market with every declaration alike."""
    ones = np.ones(len(market.values))
    totals = np.bincount(market.operators, ones, len(market.totals)).astype(np.float64)
    return replace(market, tonnes=ones, totals=totals, most=1.0)


def with_intervals(fits: Sequence[CategoryFit]) -> list[ClassScheme]:
    """The schemes, with the 95 % of each threshold that other operators of the same market would have given.

    The sites of a modelled market are no sample of operators: they have none.
    """
    if not fits or not fits[0].options.replicates or fits[0].scheme.pool.modelled:
        return [fit.scheme for fit in fits]
    options = fits[0].options
    drawn = bootstrapped([fit.market for fit in fits], [fit.bounds for fit in fits], options.replicates, options.seed)
    found = []
    for fit, bounds in zip(fits, drawn, strict=True):
        ends = zip(LETTERS, *np.quantile(bounds, INTERVAL, axis=0).tolist(), strict=False)
        found.append(replace(fit.scheme, intervals={letter: (rounded(a), rounded(b)) for letter, a, b in ends}))
    return found
