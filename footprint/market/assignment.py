"""Which class a value has, how probable each class is, and how far the next better one lies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.library.paths import methods_folder
from footprint.market.decimals import limits, met, rounded
from footprint.market.declarations import Floats, Market
from footprint.market.matching import candidates, holds, in_force, of_system
from footprint.market.scheme_files import scheme_id
from footprint.market.thresholds import LEGAL, POOLED, ClassScheme
from footprint.rules.parameters import load_parameters, number

if TYPE_CHECKING:
    from footprint.impact.result import FootprintResult


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the footprint whose cut alone would reach the next better class: by which share of itself."""

    part: str
    value: float
    cut: float


@dataclass(frozen=True)
class Classification:
    """The class of one value under a scheme; `probability` is that of each letter.

    `better` is the next better letter and `reduction` the share by which the value must fall to have it; `changes` are
    the parts of the route that could do so alone.
    """

    scheme: ClassScheme
    value: float
    letter: str
    probability: Mapping[str, float] | None
    better: str | None
    reduction: float | None
    changes: tuple[Change, ...]

    @property
    def category(self) -> str:
        """The scheme's category."""
        return self.scheme.category

    @property
    def unit(self) -> str:
        """The scheme's unit."""
        return self.scheme.unit

    @property
    def status(self) -> str:
        """The scheme's standing in law."""
        return self.scheme.status

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """What the class lies between."""
        return self.scheme.bounds(self.letter)

    def to_dict(self) -> dict[str, Any]:
        """As `footprint classes assign --json` prints it."""
        last = self.scheme.valid_to
        return {
            "category": self.category,
            "unit": self.unit,
            "value": self.value,
            "class": self.letter,
            "above": self.bounds[0],
            "up_to": self.bounds[1],
            "probability": None if self.probability is None else dict(self.probability),
            "next_better": self.better,
            "reduction_needed": self.reduction,
            "changes": [{"part": c.part, "value": c.value, "cut": c.cut} for c in self.changes],
            "status": self.status,
            "scheme": self.scheme.scheme,
            "scheme_id": scheme_id(self.scheme),
            "on": self.scheme.on.isoformat(),
            "valid_to": None if last is None else last.isoformat(),
        }


def places(values: Floats, thresholds: Sequence[float]) -> NDArray[np.int64]:
    """The class of each value, 0 the best, on printed decimals: the bound belongs to its class (CONTRACT)."""
    return np.searchsorted(limits(thresholds), values, side="right")


def sigma_of(gsd2: Floats | float) -> Any:
    """σ = ln(GSD²)/2 (DECISIONS 23)."""
    return np.log(gsd2) / 2


def probabilities(value: float, gsd2: float, thresholds: Sequence[float]) -> tuple[float, ...]:
    """P(c) = Φ((ln T_c − ln x)/σ) − Φ((ln T_{c−1} − ln x)/σ), with σ of the operator's own spread (METHOD 2.5)."""
    if value <= 0 or gsd2 <= 1:
        place = int(places(np.array([value]), thresholds)[0])
        return tuple(float(c == place) for c in range(len(thresholds) + 1))
    sigma = float(sigma_of(gsd2))
    below = [0.0, *(_normal((math.log(t) - math.log(value)) / sigma) for t in thresholds), 1.0]
    return tuple(high - low for low, high in pairwise(below))


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def classify(result: FootprintResult | float, scheme: ClassScheme, gsd2: float | None = None) -> Classification:
    """The class of a footprint, or of a value in the scheme's unit.

    Parameters
    ----------
    result : a FootprintResult, whose contributions then say which change would reach the next better class, and which
        must be of the scheme's product and calculated with its method and choices; or a number
    scheme : the thresholds
    gsd2 : the spread of the operator's own data; without it no probability is given

    Raises InputError where the scheme is for something else or the value is not finite.
    """
    value, parts = _value(result, scheme)
    if not math.isfinite(value):
        raise InputError(f"the value {value} has no class; a finite number is needed")
    if gsd2 is not None and not (math.isfinite(gsd2) and gsd2 >= 1):
        raise InputError(f"GSD² {gsd2:g} is out of range; allowed: 1 or more")
    bounds = list(scheme.thresholds.values())
    place = int(places(np.array([value]), bounds)[0])
    spread = None if gsd2 is None else dict(zip(scheme.letters, probabilities(value, gsd2, bounds), strict=True))
    letter = scheme.letters[place]
    better = scheme.letters[place - 1] if place else None
    needed = value - met(bounds[place - 1]) if place else None
    changes = () if needed is None else tuple(
        Change(part, amount, needed / amount)
        for part, amount in sorted(parts.items(), key=lambda item: -item[1]) if amount >= needed
    )  # fmt: skip
    reduction = None if needed is None else needed / value
    return Classification(scheme, rounded(value), letter, spread, better, reduction, changes)


@dataclass(frozen=True, slots=True)
class Assigned:
    """The classes of a market's declarations by id, the ids of those that no scheme is for, and of those whose tonnes
    were placed on the market when the scheme that classes them did not hold."""

    letters: tuple[tuple[str, Classification], ...]
    without: tuple[str, ...]
    outside: tuple[str, ...]


def assigned(market: Market, schemes: Sequence[ClassScheme]) -> Assigned:
    """The class of every declaration, with its own spread, in every category that a scheme is for.

    By the scheme in force on the last day of its period; InputError where two are.
    """
    letters, outside = [], []
    for category in dict.fromkeys(scheme.category for scheme in schemes):
        for pool, rows in market.pools():
            mine = candidates(schemes, pool, category)
            if not mine or category not in rows.categories:
                continue
            spread, idents = rows.spread(category), rows["declaration_id"].tolist()
            systems, last = rows["system"].tolist(), rows["period_to"].astype("datetime64[D]").tolist()
            then = lru_cache(lambda system, day, mine=mine: in_force(of_system(mine, system), day))
            for n, value in enumerate(rows.values(category).tolist()):
                scheme = then(systems[n], last[n]) if math.isfinite(value) else None
                if scheme is not None:
                    own = float(spread[n]) if np.isfinite(spread[n]) else None
                    letters.append((idents[n], classify(value, scheme, own)))
                    if not holds(scheme, last[n]):
                        outside.append(idents[n])
    classed = {ident for ident, _ in letters}
    without = tuple(ident for ident in market["declaration_id"].tolist() if ident not in classed)
    return Assigned(tuple(letters), without, tuple(dict.fromkeys(outside)))


def classes_of(result: FootprintResult, schemes: Sequence[ClassScheme], on: date) -> tuple[Classification, ...]:
    """The class of a footprint placed on the market on a day, in every category that a scheme is for.

    InputError where none is for it: it says what the nearest one is for.
    """
    fitting, reasons = [], []
    for scheme in of_system(schemes, result.route.system):
        differing = _differing(result, scheme)
        if differing:
            reasons.append((len(differing), differing[0]))
        else:
            fitting.append(scheme)
    categories = dict.fromkeys(scheme.category for scheme in fitting)
    chosen = (in_force([s for s in fitting if s.category == category], on) for category in categories)
    found = tuple(classify(result, scheme) for scheme in chosen if scheme is not None)
    if not found:
        why = f": {min(reasons)[1]}" if reasons else f" on {on}"
        raise InputError(f"no scheme is for {result.route.id}{why}")
    return found


def _value(result: FootprintResult | float, scheme: ClassScheme) -> tuple[float, dict[str, float]]:
    """The value in the scheme's unit and its parts; InputError where the scheme is for something else."""
    if isinstance(result, (int, float)):
        return float(result), {}
    if differing := _differing(result, scheme):
        raise InputError(differing[0])
    category = result[scheme.category]
    scale = scheme.pool.declared_unit_kg / result.route.declared.unit_kg
    parts = {**category.by_process, **category.by_background}
    return category.value * scale, {name: amount * scale for name, amount in parts.items()}


def _differing(result: FootprintResult, scheme: ClassScheme) -> tuple[str, ...]:
    """What a footprint is of, or was calculated with, that the scheme is not for; what a pool leaves open fits."""
    declared, pool = result.route.declared, scheme.pool
    if declared.material != scheme.material:
        return (f"{result.route.id} is of {declared.material}; the scheme is for {scheme.material}",)
    found: list[tuple[str, str, str]] = [
        ("product", declared.product, pool.product),
        ("form", declared.form, pool.form),
        ("grade", declared.grade, pool.grade),
        ("system", result.route.system, "" if scheme.system == POOLED else scheme.system),
        ("method", result.method.id, pool.method),
    ]
    if scheme.status != LEGAL:
        factor = number(load_parameters(methods_folder() / "crma"), "recycled-content-a", scheme.on)
        found += [
            ("electricity", result.electricity[0], pool.electricity),
            ("long-term emissions", result.long_term, pool.long_term),
            ("recycled-content factor A", f"{factor:g}", f"{pool.cff_A:g}"),
        ]
    return tuple(
        f"{result.route.id} has {what} '{ours}'; the scheme is for '{theirs}'"
        for what, ours, theirs in found if theirs and ours != theirs
    )  # fmt: skip
