"""Thresholds of a market on a day: pools, window, weights, scheme, options, intervals, occupancy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from footprint.errors import InputError, listed
from footprint.library.method import load_method
from footprint.market.assignment import places
from footprint.market.bootstrap import Statistic, bootstrapped
from footprint.market.decimals import rounded, strictly
from footprint.market.declarations import CODES, Floats, Market, Pool
from footprint.market.distribution import Distribution
from footprint.market.findings import publishable, sample_notes, value_notes, width_notes
from footprint.market.options import (
    Options,
    distinguishable_classes,
    earlier,
    figures_with,
    improved,
    own_sigma,
    ratcheted,
    yearly_improvement,
)
from footprint.market.rules import ClassRules, class_rules
from footprint.market.schemes import Figures, Scheme, find_scheme
from footprint.market.screening import Knowledge, screening_notes
from footprint.market.thresholds import LETTERS, ClassScheme, Note, lettered
from footprint.market.window import effective_size, window
from footprint.market.windowed import POOLED, NotFitted, Windowed

#: ends of the printed interval of a threshold
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What has no thresholds: a category of a pool, or a pool (no category); `rule` and `message` say why."""

    pool: Pool
    category: str
    system: str
    rule: str
    message: str

    def __str__(self) -> str:
        parts = (self.pool.product, self.pool.form, self.pool.grade, self.category, self.system)
        return f"{self.pool.material}: {', '.join(part for part in parts if part)}: {self.message}"


#: what is left out of a fit without a word unless somebody listens: there is nothing of it
NOTHING = ("nothing-in-window", "no-value")
Outcome = ClassScheme | Skipped


def fit_classes(
    market: Market, *, category: str = "CC", on: date, scheme: str | None = None, system: str = POOLED, **options: Any
) -> ClassScheme:
    """The thresholds of one category from what was placed on the market in the three years before `on`.

    Parameters
    ----------
    market : declarations of one product; `market.of(form="carbonate")` chooses among several
    category : one of the 16 codes
    on : the day the thresholds are to hold from; its rules are used
    scheme : geometric (default), anchored, quantiles, equal-width, natural-breaks, fixed-ratio, pefcr
    system : pooled, or primary, secondary or mixed alone
    options : fields of `Options`

    Raises InputError where the market holds products that must not be pooled, or nothing in the window, or where a
    category that the rules do not declare is not covered or rests on screening data.
    """
    market.values(category)
    pools = list(market.pools())
    if len(pools) > 1:
        names = listed(f"{pool.product}, {pool.form} {pool.grade}".strip() for pool, _ in pools)
        raise InputError(f"{market.name}: holds {len(pools)} groups that are not pooled: {names}; choose one")
    try:
        found = Windowed.of(*pools[0], on, class_rules(on))
        splits = dict(found.splits())
        if len(splits) == 1:
            splits[found.systems[0]] = found
        if system not in splits:
            raise InputError(f"{market.name}: no declaration is of system '{system}'; it has: {listed(splits)}")
        return _with_intervals([_fitted(splits[system], category, Options(scheme=scheme, **options), system)])[0]
    except NotFitted as error:
        raise InputError(f"{market.name}: {error}") from None


def fit_market(
    market: Market, on: date, categories: Sequence[str], options: Options, exploratory: bool = False,
    told: Callable[[Skipped], None] | None = None,
) -> Iterator[ClassScheme]:  # fmt: skip
    """Every pool of a market, pooled and by system, in each category that has values.

    `categories` empty means those the rules declare, with `exploratory` all. What has no thresholds is `told`; where
    nobody listens a refusal is an InputError, and only what is not there at all is left out.
    """
    rules = class_rules(on)
    wanted = wanted_categories(categories, exploratory, rules)
    for outcome in chain.from_iterable(fit_pool(*pool, on, rules, wanted, options) for pool in market.pools()):
        if isinstance(outcome, ClassScheme):
            yield outcome
        elif told is not None:
            told(outcome)
        elif outcome.rule not in NOTHING:
            raise InputError(f"{market.name}: {outcome}")


def wanted_categories(categories: Sequence[str], exploratory: bool, rules: ClassRules) -> tuple[str, ...]:
    """Those named, else those the rules declare, with `exploratory` all."""
    return tuple(categories) or (CODES if exploratory else rules.categories)


def fit_pool(
    pool: Pool, market: Market, on: date, rules: ClassRules, categories: Sequence[str], options: Options
) -> Iterator[Outcome]:
    """One pool in each category, pooled and by system: its thresholds, or why there are none."""
    try:
        splits = list(Windowed.of(pool, market, on, rules).splits())
    except NotFitted as error:
        yield Skipped(pool, "", POOLED, error.rule, str(error))
        return
    for system, part in splits:
        fits: list[_Fit] = []
        skipped: list[Skipped] = []
        for category in categories:
            try:
                fits.append(_fitted(part, category, options, system))
            except NotFitted as error:
                skipped.append(Skipped(pool, category, system, error.rule, str(error)))
        yield from _with_intervals(fits)
        yield from skipped


@dataclass(frozen=True, slots=True)
class _Fit:
    """Thresholds, and what their intervals are computed from."""

    scheme: ClassScheme
    market: Distribution
    bounds: Statistic
    options: Options


def _fitted(found: Windowed, category: str, options: Options, system: str) -> _Fit:
    """The thresholds of one category of one pool, without intervals.

    Fitted to the positive values (a credit has no logarithm); those that are not positive have class A and are told.
    """
    rules, values = found.rules, found.values(category)
    positive = values > 0
    if not positive.any():
        raise NotFitted("no-positive-value", f"no positive value of {category} in the window; classes need some")
    known = Knowledge.of(values, found.of_category("screening", category), found.tonnes)
    notes = list(screening_notes(known, category, rules))
    market = Distribution.of(values[positive], found.tonnes[positive], found.operators[positive], rules.operator_cap)
    scheme, figures = find_scheme(options.scheme or rules.scheme), figures_with(rules.figures, options)
    asked = _number_of_classes(options, scheme, rules)
    sigma, rate = own_sigma(found.of_category("gsd2", category)[positive]), yearly_improvement(options, rules)
    shift = improved(rate, rules)
    plain = scheme.bounds(market, asked, figures)[0]
    classes = distinguishable_classes(plain, sigma, rules, asked) if options.distinguishable else asked
    if classes != asked:
        narrow = scheme.bounds(market, classes, figures)[0]
    else:
        narrow = plain
    previous = earlier(found.pool, category, system, options.previous, classes)
    bounds, moved = strictly(ratcheted(narrow * shift, previous, rules), rules.ratio_floor)
    thresholds = lettered(bounds)
    changed = classes != asked or shift != 1.0 or previous is not None
    benchmark, told = _benchmark(scheme, figures, market)
    notes = [*sample_notes(found, market), *value_notes(found, values), *notes, *told,
             *width_notes(thresholds, moved, sigma, rules, options)]  # fmt: skip

    def separate(bounds: Floats) -> dict[str, float]:
        return lettered(strictly(bounds.tolist(), rules.ratio_floor)[0])

    fitted = ClassScheme(
        material=found.pool.material,
        category=category,
        unit=_unit(found.pool, category),
        scheme=scheme.name,
        on=found.on,
        window=window(found.on, rules.window_years),
        thresholds=thresholds,
        pool=found.pool,
        system=system,
        parameters=_parameters(scheme, figures, options, rules) | benchmark,
        n=int(np.isfinite(values).sum()),
        n_operators=len(market.totals),
        n_effective=None if found.pool.modelled else effective_size(market.operator_weights),
        publishable=found.pool.modelled or publishable(market, rules),
        occupancy=_occupancy(values, found.tonnes, bounds),
        without_options=separate(plain) if changed else None,
        unweighted=separate(scheme.bounds(_alike(market), classes, figures)[0]),
        notes=tuple(notes),
    )
    return _Fit(fitted, market, lambda drawn: scheme.bounds(drawn, classes, figures) * shift, options)


def _number_of_classes(options: Options, scheme: Scheme, rules: ClassRules) -> int:
    classes = options.classes or (5 if scheme.name == "pefcr" else rules.classes)
    if not 2 <= classes <= len(LETTERS):
        raise InputError(f"{classes} classes; allowed: 2 to {len(LETTERS)}")
    return classes


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


def _with_intervals(fits: Sequence[_Fit]) -> list[ClassScheme]:
    """95 % of the thresholds that other operators of the same market would have given."""
    if not fits or not fits[0].options.replicates:
        return [fit.scheme for fit in fits]
    options = fits[0].options
    drawn = bootstrapped([fit.market for fit in fits], [fit.bounds for fit in fits], options.replicates, options.seed)
    found = []
    for fit, bounds in zip(fits, drawn, strict=True):
        ends = zip(LETTERS, *np.quantile(bounds, INTERVAL, axis=0).tolist(), strict=False)
        found.append(replace(fit.scheme, intervals={letter: (rounded(a), rounded(b)) for letter, a, b in ends}))
    return found


def _benchmark(scheme: Scheme, figures: Figures, market: Distribution) -> tuple[dict[str, float], tuple[Note, ...]]:
    """The benchmark of a scheme that has one, under a key that says whether it was given; and a finding."""
    if scheme.benchmark is None:
        return {}, ()
    if figures.benchmark is not None:
        return {"benchmark_given": figures.benchmark}, (
            Note("benchmark", "note", f"benchmark {figures.benchmark:.3g}, as given"),
        )
    value = float(scheme.benchmark.of(market)[0])
    text = f"benchmark {value:.3g}, the {scheme.benchmark.name} of this market: none was given"
    return {"benchmark_derived": value}, (Note("benchmark", "note", text),)


def _parameters(scheme: Scheme, figures: Figures, options: Options, rules: ClassRules) -> dict[str, Any]:
    """What the thresholds were computed with."""
    found: dict[str, Any] = {
        name: list(value) if isinstance(value := getattr(figures, name), tuple) else value for name in scheme.figures
    }
    found |= {"operator_cap": rules.operator_cap, "replicates": options.replicates, "seed": options.seed}
    if rate := yearly_improvement(options, rules):
        found["improvement"] = rate
    if options.previous:
        found["ratchet"] = dict(rules.ratchet)
    if options.distinguishable:
        found["distinguishable_z"] = rules.distinguishable_z
    return found


@lru_cache(maxsize=64)
def _unit(pool: Pool, category: str) -> str:
    try:
        method = load_method(pool.method)
    except InputError:
        method = load_method("ef-3.1")
    unit = method.categories[method.column[category]].unit
    return f"{unit} per {'' if pool.declared_unit_kg == 1 else f'{pool.declared_unit_kg:g} '}kg"
