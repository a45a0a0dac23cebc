"""What may depart from the rules when thresholds are fitted: options, each off by default, and how it is applied."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from footprint.errors import InputError, listed
from footprint.market.assignment import sigma_of
from footprint.market.declarations import Floats, Pool
from footprint.market.distribution import Distribution
from footprint.market.rules import ClassRules
from footprint.market.schemes import SCHEMES, Figures, Scheme
from footprint.market.thresholds import ClassScheme, Note

REPLICATES = 1_000


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


def figures_with(figures: Figures, options: Options, scheme: Scheme) -> Figures:
    """The figures of the rules, with those of the caller in their place.

    InputError names what is not known, or what the scheme does not use.
    """
    used = scheme.figures + (("benchmark",) if scheme.benchmark else ())
    for name, value in options.figures.items():
        if name not in Figures.__dataclass_fields__:
            raise InputError(f"figure '{name}' is not known; allowed: {listed(Figures.__dataclass_fields__)}")
        if name not in used:
            raise InputError(
                f"scheme '{scheme.name}' has no figure '{name}'; it uses: {listed(used) or 'none'}. "
                f"'{name}' is used by: {listed(_users(name))}"
            )
        if isinstance(value, float) and not (math.isfinite(value) and value > 0):
            raise InputError(f"figure '{name}' is {value}; a positive number is needed")
    return replace(figures, **options.figures)


def _users(figure: str) -> list[str]:
    """The schemes that use a figure."""
    return [s.name for s in SCHEMES.values() if figure in s.figures or (figure == "benchmark" and s.benchmark)]


def yearly_improvement(options: Options, rules: ClassRules) -> float:
    """ρ, as given or as the rules say; InputError where it is out of range."""
    rate = rules.improvement if options.improvement is None else options.improvement
    if not 0 <= rate <= 0.05:
        raise InputError(f"an improvement of {rate:g} a year is out of range; allowed: 0 to 0.05")
    return rate


def improved(rate: float, rules: ClassRules) -> float:
    """(1 − ρ)^Δ: thresholds as they are to be at the middle of their validity, one window later (METHOD 2.5)."""
    return float((1 - rate) ** rules.window_years)


def smallest_ratio(sigma: float, z: float) -> float:
    """r_min = exp(z·√2·σ): two values further apart than this differ more than their spreads explain (METHOD 2.5)."""
    return math.exp(z * math.sqrt(2) * sigma)


def narrowest(bounds: Sequence[float]) -> float:
    """The smallest ratio between neighbouring bounds as printed, infinite where there is but one."""
    return min((high / low for low, high in pairwise(bounds)), default=math.inf)


def own_sigma(gsd2: Floats) -> float | None:
    """The median σ of the operators' own data, None where nobody gives one (DECISIONS 23)."""
    given = gsd2[np.isfinite(gsd2)]
    return float(sigma_of(np.median(given))) if len(given) else None


def earlier(pool: Pool, category: str, system: str, schemes: Sequence[ClassScheme], classes: int) -> Floats | None:
    """The thresholds that a ratchet starts from: of the same pool, category, system and number of classes."""
    for scheme in schemes:
        if (scheme.pool, scheme.category, scheme.system, scheme.classes) == (pool, category, system, classes):
            return np.array(list(scheme.thresholds.values()))
    return None


def ratcheted(bounds: Floats, previous: Floats | None, rules: ClassRules) -> Floats:
    """T = clip(λ·T_new + (1 − λ)·T_old; (1 − d)·T_old, T_old): never loosened, tightened by d at most (METHOD 2.5).

    For one set of bounds, or for replicates x bounds.
    """
    if previous is None:
        return bounds
    weight, step = rules.ratchet["weight"], rules.ratchet["step"]
    mixed = weight * bounds + (1 - weight) * previous
    return np.asarray(np.clip(mixed, (1 - step) * previous, previous))


def ratchet_notes(options: Options, previous: Floats | None) -> Iterator[Note]:
    """A ratchet that was asked for and has nothing to start from."""
    if options.previous and previous is None:
        yield Note("ratchet-without-match", "warning", "the earlier thresholds hold none of the same pool, category, "
                   "system and number of classes: no ratchet was applied")  # fmt: skip


def benchmark_of(scheme: Scheme, figures: Figures, market: Distribution) -> tuple[dict[str, float], tuple[Note, ...]]:
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


def parameters_of(
    scheme: Scheme, figures: Figures, options: Options, rules: ClassRules, previous: Floats | None
) -> dict[str, Any]:
    """What the thresholds were computed with; `previous` are those that a ratchet started from."""
    found: dict[str, Any] = {
        name: list(value) if isinstance(value := getattr(figures, name), tuple) else value for name in scheme.figures
    }
    found |= {"operator_cap": rules.operator_cap, "replicates": options.replicates, "seed": options.seed}
    if rate := yearly_improvement(options, rules):
        found["improvement"] = rate
    if previous is not None:
        found["ratchet"] = dict(rules.ratchet)
    if options.distinguishable:
        found["distinguishable_z"] = rules.distinguishable_z
    return found
