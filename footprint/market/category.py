"""One category of one pool: weights, scheme, options, thresholds, occupancy, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from footprint.errors import InputError
from footprint.library.method import load_method
from footprint.market.assignment import places
from footprint.market.bootstrap import Statistic, bootstrapped
from footprint.market.decimals import rounded, strictly
from footprint.market.declarations import Floats, Pool
from footprint.market.distribution import Distribution
from footprint.market.findings import publishable, sample_notes, value_notes, width_notes
from footprint.market.options import (
    Options,
    benchmark_of,
    distinguishable_classes,
    earlier,
    figures_with,
    improved,
    own_sigma,
    parameters_of,
    ratcheted,
    yearly_improvement,
)
from footprint.market.rules import ClassRules
from footprint.market.schemes import Figures, Scheme, find_scheme
from footprint.market.screening import Knowledge, screening_notes
from footprint.market.thresholds import LETTERS, ClassScheme, lettered
from footprint.market.window import effective_size, window
from footprint.market.windowed import NotFitted, Windowed

#: ends of the printed interval of a threshold
INTERVAL = (0.025, 0.975)


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
    scheme, figures = find_scheme(options.scheme or rules.scheme), figures_with(rules.figures, options)
    done = _computed(market, scheme, figures, sigma, options, rules, (found.pool, category, system))
    benchmark, benchmark_notes = benchmark_of(scheme, figures, market)
    fitted = ClassScheme(
        material=found.pool.material,
        category=category,
        unit=_unit(found.pool, category),
        scheme=scheme.name,
        on=found.on,
        window=window(found.on, rules.window_years),
        thresholds=lettered(done.bounds),
        pool=found.pool,
        system=system,
        parameters=parameters_of(scheme, figures, options, rules) | benchmark,
        n=int(np.isfinite(values).sum()),
        n_operators=len(market.totals),
        n_effective=None if found.pool.modelled else effective_size(market.operator_weights),
        publishable=found.pool.modelled or publishable(market, rules),
        occupancy=_occupancy(values, found.tonnes, done.bounds),
        without_options=_apart(done.plain, rules) if done.changed else None,
        unweighted=_apart(scheme.bounds(_alike(market), done.classes, figures)[0], rules),
        notes=(
            *sample_notes(found, market),
            *value_notes(found, values),
            *known_notes,
            *benchmark_notes,
            *width_notes(done.bounds, done.moved, sigma, rules, options),
        ),
    )
    return CategoryFit(fitted, market, lambda drawn: scheme.bounds(drawn, done.classes, figures) * done.shift, options)


@dataclass(frozen=True, slots=True)
class _Computed:
    """Upper bounds: `plain` without options, and as they are with them; `moved` where some had to be set apart."""

    classes: int
    plain: Floats
    shift: float
    bounds: list[float]
    moved: bool
    changed: bool


def _computed(
    market: Distribution, scheme: Scheme, figures: Figures, sigma: float | None, options: Options, rules: ClassRules,
    which: tuple[Pool, str, str],
) -> _Computed:  # fmt: skip
    """The scheme, then the options one after another: fewer classes, improvement, ratchet."""
    asked = options.classes or (5 if scheme.name == "pefcr" else rules.classes)
    if not 2 <= asked <= len(LETTERS):
        raise InputError(f"{asked} classes; allowed: 2 to {len(LETTERS)}")
    shift = improved(yearly_improvement(options, rules), rules)
    plain = scheme.bounds(market, asked, figures)[0]
    classes = distinguishable_classes(plain, sigma, rules, asked) if options.distinguishable else asked
    fewer = plain if classes == asked else scheme.bounds(market, classes, figures)[0]
    previous = earlier(*which, options.previous, classes)
    bounds, moved = strictly(ratcheted(fewer * shift, previous, rules), rules.ratio_floor)
    changed = classes != asked or shift != 1.0 or previous is not None
    return _Computed(classes, plain, shift, bounds, moved, changed)


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


@lru_cache(maxsize=64)
def _unit(pool: Pool, category: str) -> str:
    try:
        method = load_method(pool.method)
    except InputError:
        method = load_method("ef-3.1")
    unit = method.categories[method.column[category]].unit
    return f"{unit} per {'' if pool.declared_unit_kg == 1 else f'{pool.declared_unit_kg:g} '}kg"
