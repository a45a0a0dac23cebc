"""Thresholds of a market on a day: pools, window, weights, scheme, options, intervals, occupancy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed
from footprint.library.method import load_method
from footprint.market.assignment import places, sigma_of
from footprint.market.decimals import rounded, strictly
from footprint.market.declarations import CODES, Floats, Market, Pool, codes_of
from footprint.market.distribution import Distribution
from footprint.market.rules import ClassRules, class_rules
from footprint.market.schemes import Figures, find_scheme
from footprint.market.thresholds import LETTERS, POOLED, ClassScheme, Note, lettered
from footprint.market.window import effective_size, tonnes_within, window

REPLICATES = 1_000
#: ends of the printed interval of a threshold
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class Options:
    """What may depart from the rules; everything is off unless given, and printed where it is not.

    `figures` replaces figures of the scheme (`ratio`, `benchmark` …), `improvement` is the expected technological
    improvement per year, `previous` the thresholds that a ratchet never loosens, `distinguishable` merges classes that
    are narrower than the spread of declared values.
    """

    scheme: str | None = None
    classes: int | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    improvement: float | None = None
    previous: Sequence[ClassScheme] = ()
    distinguishable: bool = False
    replicates: int = REPLICATES
    seed: int = 1


@dataclass(frozen=True)
class Windowed:
    """The declarations of one pool that fall into the window, with the tonnes that do."""

    pool: Pool
    market: Market
    tonnes: Floats
    on: date
    rules: ClassRules

    @classmethod
    def of(cls, pool: Pool, market: Market, on: date, rules: ClassRules) -> Windowed:
        """Leave out what was not placed on the market in the window: it has no influence."""
        begin, before = window(on, rules.window_years)
        tonnes = tonnes_within(market["period_from"], market["period_to"], market["mass_t"], begin, before)
        inside = tonnes > 0
        return cls(pool, market if inside.all() else market.rows(inside), tonnes[inside], on, rules)

    def __len__(self) -> int:
        return len(self.tonnes)

    @cached_property
    def operators(self) -> NDArray[np.int64]:
        """A number for the operator of each declaration."""
        return codes_of(self.market["operator"])[1]

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Primary, secondary, mixed: those that occur."""
        return tuple(sorted(set(self.market["system"].tolist())))

    def splits(self) -> Iterator[tuple[str, Windowed]]:
        """Pooled, and by system where there is more than one (DECISIONS 19)."""
        yield POOLED, self
        for system in self.systems if len(self.systems) > 1 else ():
            mask = self.market["system"] == system
            yield system, replace(self, market=self.market.rows(mask), tonnes=self.tonnes[mask])


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

    Raises InputError where the market holds products that must not be pooled, or nothing in the window.
    """
    market.values(category)
    pools = list(market.pools())
    if len(pools) > 1:
        names = listed(f"{pool.product}, {pool.form} {pool.grade}".strip() for pool, _ in pools)
        raise InputError(f"{market.name}: holds {len(pools)} groups that are not pooled: {names}; choose one")
    rules = class_rules(on)
    found = Windowed.of(*pools[0], on, rules)
    if not len(found):
        begin, before = window(on, rules.window_years)
        raise InputError(f"{market.name}: nothing was placed on the market from {begin} until before {before}")
    splits = dict(found.splits())
    if len(splits) == 1:
        splits[found.systems[0]] = found
    if system not in splits:
        raise InputError(f"{market.name}: no declaration is of system '{system}'; it has: {listed(splits)}")
    return fit(splits[system], category, Options(scheme=scheme, **options), system)


def fit_market(
    market: Market, on: date, categories: Sequence[str], options: Options, exploratory: bool = False
) -> Iterator[ClassScheme]:
    """Every pool of a market, pooled and by system, in each category that has values.

    `categories` empty means those the rules declare, with `exploratory` all. Pools with nothing in the window are left
    out.
    """
    rules = class_rules(on)
    wanted = tuple(categories) or (CODES if exploratory else rules.categories)
    for pool, rows in market.pools():
        yield from fit_pool(Windowed.of(pool, rows, on, rules), wanted, options)


def fit_pool(found: Windowed, categories: Sequence[str], options: Options) -> Iterator[ClassScheme]:
    """One pool in each category, pooled and by system."""
    if not len(found):
        return
    splits = list(found.splits())
    for system, part in splits:
        for category in categories:
            if category in part.market.categories:
                yield fit(part, category, options, system)


def fit(found: Windowed, category: str, options: Options, system: str = POOLED) -> ClassScheme:
    """The thresholds of one category of one pool.

    Fitted to the positive values (a credit has no logarithm); those that are not positive have class A and are told.
    """
    rules = found.rules
    scheme = find_scheme(options.scheme or rules.scheme)
    figures = _figures(rules.figures, options)
    values = found.market.values(category)
    held = np.isfinite(values)
    positive = held & (values > 0)
    if not positive.any():
        raise InputError(f"{found.pool.name}: no positive value of {category} in the window; classes need some")
    market = Distribution.of(values[positive], found.tonnes[positive], found.operators[positive], rules.operator_cap)
    classes = options.classes or (5 if scheme.name == "pefcr" else rules.classes)
    if not 2 <= classes <= len(LETTERS):
        raise InputError(f"{classes} classes; allowed: 2 to {len(LETTERS)}")
    sigma = _own_sigma(found.market.spread(category)[positive])
    plain = scheme.bounds(market, classes, figures)[0]
    merged = _fewer(plain, sigma, rules, classes) if options.distinguishable else classes
    narrow = scheme.bounds(market, merged, figures)[0] if merged != classes else plain
    shift = _improvement(options, rules)
    previous = _previous(found.pool, category, system, options.previous, merged)
    bounds, moved = strictly(_ratcheted(narrow * shift, previous, rules), rules.ratio_floor)
    thresholds = lettered(bounds)
    changed = merged != classes or shift != 1.0 or previous is not None
    sure = market.operator_weights
    tonnes = found.tonnes[held]
    numbers = places(values[held], bounds)
    notes = [
        *_sample_notes(found, market, sure),
        *_value_notes(found, values, held, rules),
        *_width_notes(thresholds, moved, sigma, rules, options),
    ]
    return ClassScheme(
        material=found.pool.material,
        category=category,
        unit=_unit(found.pool, category),
        scheme=scheme.name,
        on=found.on,
        window=window(found.on, rules.window_years),
        thresholds=thresholds,
        pool=found.pool,
        system=system,
        parameters=_parameters(scheme.figures, figures, options, rules, shift),
        n=int(held.sum()),
        n_operators=len(market.totals),
        n_effective=None if found.pool.modelled else effective_size(sure),
        publishable=found.pool.modelled or _publishable(market, rules),
        intervals=_intervals(market, scheme.bounds, merged, figures, shift, options),
        occupancy={
            letter: (int((numbers == c).sum()), float(tonnes[numbers == c].sum() / tonnes.sum()))
            for c, letter in enumerate(LETTERS[:merged])
        },
        without_options=lettered(strictly(plain.tolist(), rules.ratio_floor)[0]) if changed else None,
        unweighted=lettered(
            strictly(_unweighted(market, scheme.bounds, merged, figures).tolist(), rules.ratio_floor)[0]
        ),
        notes=tuple(notes),
    )


def _figures(figures: Figures, options: Options) -> Figures:
    for name, value in options.figures.items():
        if name not in Figures.__dataclass_fields__:
            raise InputError(f"figure '{name}' is not known; allowed: {listed(Figures.__dataclass_fields__)}")
        if isinstance(value, float) and not (math.isfinite(value) and value > 0):
            raise InputError(f"figure '{name}' is {value}; a positive number is needed")
    return replace(figures, **options.figures)


# --- options


def _improvement(options: Options, rules: ClassRules) -> float:
    """(1 − ρ)^Δ: thresholds as they are to be at the middle of their validity, one window later (METHOD 2.5)."""
    rate = rules.improvement if options.improvement is None else options.improvement
    if not 0 <= rate <= 0.05:
        raise InputError(f"an improvement of {rate:g} a year is out of range; allowed: 0 to 0.05")
    return float((1 - rate) ** rules.window_years)


def _fewer(bounds: Floats, sigma: float | None, rules: ClassRules, classes: int) -> int:
    """K = 2 + ⌊ln(T_{K−1}/T_1) / ln r_min⌋ classes, at most those asked for (METHOD 2.5)."""
    least = None if sigma is None else smallest_ratio(sigma, rules.distinguishable_z)
    if least is None or least <= 1 or len(bounds) < 2:
        return classes
    return max(2, min(classes, 2 + math.floor(math.log(bounds[-1] / bounds[0]) / math.log(least) + 1e-9)))


def smallest_ratio(sigma: float, z: float) -> float:
    """r_min = exp(z·√2·σ): two values further apart than this differ more than their spreads explain (METHOD 2.5)."""
    return math.exp(z * math.sqrt(2) * sigma)


def _previous(pool: Pool, category: str, system: str, schemes: Sequence[ClassScheme], classes: int) -> Floats | None:
    """The thresholds that a ratchet starts from: of the same pool, category, system and number of classes."""
    for scheme in schemes:
        if (scheme.pool, scheme.category, scheme.system, scheme.classes) == (pool, category, system, classes):
            return np.array(list(scheme.thresholds.values()))
    return None


def _ratcheted(bounds: Floats, previous: Floats | None, rules: ClassRules) -> list[float]:
    """T = clip(λ·T_new + (1 − λ)·T_old; (1 − d)·T_old, T_old): never loosened, tightened by d at most (METHOD 2.5)."""
    if previous is None:
        return [float(bound) for bound in bounds]
    weight, step = rules.ratchet["weight"], rules.ratchet["step"]
    mixed = weight * bounds + (1 - weight) * previous
    return [float(bound) for bound in np.clip(mixed, (1 - step) * previous, previous)]


# --- how sure


def _intervals(
    market: Distribution, bounds: Any, classes: int, figures: Figures, shift: float, options: Options
) -> dict[str, tuple[float, float]]:
    """95 % of the thresholds that other operators of the same market would have given."""
    if not options.replicates:
        return {}
    drawn = bounds(market.resampled(options.replicates, options.seed), classes, figures) * shift
    low, high = np.quantile(drawn, INTERVAL, axis=0)
    return {letter: (rounded(float(a)), rounded(float(b))) for letter, a, b in zip(LETTERS, low, high, strict=False)}


def _unweighted(market: Distribution, bounds: Any, classes: int, figures: Figures) -> Floats:
    """Thresholds with every declaration alike."""
    ones = np.ones(len(market.values))
    alike = replace(
        market, tonnes=ones, totals=np.bincount(market.operators, ones, len(market.totals)).astype(np.float64), most=1.0
    )
    return np.asarray(bounds(alike, classes, figures)[0])


def _publishable(market: Distribution, rules: ClassRules) -> bool:
    largest = float(market.totals.max() / market.totals.sum())
    return len(market.totals) >= rules.publish_operators and largest <= rules.publish_dominance


def _own_sigma(gsd2: Floats) -> float | None:
    """The median σ of the operators' own data, None where nobody gives one (DECISIONS 23)."""
    given = gsd2[np.isfinite(gsd2)]
    return float(sigma_of(np.median(given))) if len(given) else None


# --- findings


def _sample_notes(found: Windowed, market: Distribution, weights: Floats) -> Iterator[Note]:
    rules, operators = found.rules, len(market.totals)
    if found.pool.modelled:
        yield Note("modelled-market", "note", "a modelled market: its sites are drawn, so it has no sample size")
        return
    if not _publishable(market, rules):
        yield Note(
            "confidential", "warning",
            f"{operators} operators, the largest with {market.totals.max() / market.totals.sum():.0%} of the tonnes: "
            f"at least {rules.publish_operators}, none above {rules.publish_dominance:.0%}, are needed to publish",
        )  # fmt: skip
    size = effective_size(weights)
    fit_for = [k for k, least in rules.by_sample.items() if size >= least]
    if operators < rules.sample_operators or not fit_for:
        yield Note("small-sample", "warning", f"effective sample size {size:.1f} of {operators} operators: too few "
                   "for thresholds from a distribution; fixed-ratio or pefcr may stand in")  # fmt: skip
    elif max(fit_for) < rules.classes:
        yield Note("small-sample", "warning", f"effective sample size {size:.1f}: {max(fit_for)} classes suggested")
    share = market.totals.max() / market.totals.sum()
    if share > market.share * (1 + 1e-9):
        yield Note("operator-capped", "note", f"the largest operator has {share:.0%} of the tonnes; none counts for "
                   f"more than {market.share:.0%}")  # fmt: skip


def _value_notes(found: Windowed, values: Floats, held: NDArray[np.bool_], rules: ClassRules) -> Iterator[Note]:
    idents = found.market["declaration_id"]
    if not held.all():
        yield Note("missing-value", "note", f"{int((~held).sum())} declarations have no value and no class")
    credit = held & ~(values > 0)
    if credit.any():
        yield Note("non-positive", "warning", "not positive, so in class A and left out of the fit: "
                   f"{listed(map(str, idents[credit]))}")  # fmt: skip
    positive = held & (values > 0)
    logs = np.log(values[positive])
    middle = np.median(logs)
    scale = 1.4826 * float(np.median(np.abs(logs - middle)))
    far = np.abs(logs - middle) > rules.outlier * scale if scale > 0 else np.zeros(len(logs), bool)
    if far.any():
        yield Note("outlier", "warning", f"{int(far.sum())} far from the median, to be audited: "
                   f"{listed(map(str, idents[positive][far]))}")  # fmt: skip
    backgrounds = sorted({str(text) for text in found.market["background"] if text})
    if len(backgrounds) > 1:
        yield Note("mixed-background", "note", f"declarations rest on {len(backgrounds)} backgrounds: "
                   f"{listed(backgrounds)}")  # fmt: skip


def _width_notes(
    thresholds: dict[str, float], moved: bool, sigma: float | None, rules: ClassRules, options: Options
) -> Iterator[Note]:
    bounds = list(thresholds.values())
    if moved:
        yield Note("coinciding-thresholds", "warning", "thresholds coincide to three figures and were set apart by "
                   f"the ratio {rules.ratio_floor:g}")  # fmt: skip
    if sigma is None or len(bounds) < 2:
        return
    least = smallest_ratio(sigma, rules.distinguishable_z)
    ratio = min(high / low for low, high in pairwise(bounds))
    if ratio < least and not options.distinguishable:
        yield Note("narrow-classes", "warning", f"the narrowest class spans a factor of {ratio:.3g}; declared values "
                   f"tell apart {least:.3g}")  # fmt: skip


def _parameters(
    names: Sequence[str], figures: Figures, options: Options, rules: ClassRules, shift: float
) -> dict[str, Any]:
    """What the thresholds were computed with."""
    found: dict[str, Any] = {
        name: list(value) if isinstance(value := getattr(figures, name), tuple) else value for name in names
    }
    found |= {"operator_cap": rules.operator_cap, "replicates": options.replicates, "seed": options.seed}
    if shift != 1.0:
        found["improvement"] = rules.improvement if options.improvement is None else options.improvement
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
