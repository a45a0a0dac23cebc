"""Which class a value has, how probable each class is, and how far the next better one lies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.market.decimals import limits, rounded
from footprint.market.declarations import Floats, Market, Pool
from footprint.market.thresholds import LEGAL, POOLED, ClassScheme

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
    """The class of one value: `bounds` are what its class lies between, `probability` that of each letter.

    `better` is the next better letter and `reduction` the share by which the value must fall to have it; `changes` are
    the parts of the route that could do so alone.
    """

    category: str
    unit: str
    value: float
    letter: str
    bounds: tuple[float | None, float | None]
    probability: Mapping[str, float] | None
    better: str | None
    reduction: float | None
    changes: tuple[Change, ...]
    status: str

    def to_dict(self) -> dict[str, Any]:
        """As `footprint classes assign --json` prints it."""
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
    result : a FootprintResult, whose contributions then say which change would reach the next better class; or a number
    scheme : the thresholds
    gsd2 : the spread of the operator's own data; without it no probability is given

    Raises InputError where the route is of another material or the value is not finite.
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
    needed = value - bounds[place - 1] if place else None
    changes = () if needed is None else tuple(
        Change(part, amount, needed / amount)
        for part, amount in sorted(parts.items(), key=lambda item: -item[1]) if amount >= needed
    )  # fmt: skip
    return Classification(
        scheme.category, scheme.unit, rounded(value), letter, scheme.bounds(letter), spread, better,
        None if needed is None else needed / value, changes, scheme.status,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assigned:
    """The classes of a market's declarations by id, and the ids of those that no scheme is for."""

    letters: tuple[tuple[str, Classification], ...]
    without: tuple[str, ...]


def assigned(market: Market, schemes: Sequence[ClassScheme]) -> Assigned:
    """The class of every declaration under every pooled scheme that is for it, with its own spread."""
    letters = []
    classed: set[str] = set()
    for scheme in schemes:
        for pool, rows in market.pools() if scheme.system == POOLED else ():
            if scheme.category not in rows.categories or not is_for(scheme, pool):
                continue
            spread, idents = rows.spread(scheme.category), rows["declaration_id"].tolist()
            for n, value in enumerate(rows.values(scheme.category)):
                if np.isfinite(value):
                    own = float(spread[n]) if np.isfinite(spread[n]) else None
                    letters.append((idents[n], classify(float(value), scheme, own)))
                    classed.add(idents[n])
    return Assigned(tuple(letters), tuple(i for i in market["declaration_id"].tolist() if i not in classed))


def is_for(scheme: ClassScheme, pool: Pool) -> bool:
    """Whether declarations of a pool may be compared with a scheme: the same pool, or all that a legal act names."""
    if scheme.status != LEGAL:
        return pool == scheme.pool
    named = ("material", "product", "form", "declared_unit_kg", "method", *(("grade",) if scheme.pool.grade else ()))
    return all(getattr(pool, name) == getattr(scheme.pool, name) for name in named)


def _value(result: FootprintResult | float, scheme: ClassScheme) -> tuple[float, dict[str, float]]:
    if isinstance(result, (int, float)):
        return float(result), {}
    declared, pool = result.route.declared, scheme.pool
    if declared.material != scheme.material:
        raise InputError(f"{result.route.id} is of {declared.material}; the scheme is for {scheme.material}")
    for what, ours, theirs in (("form", declared.form, pool.form), ("grade", declared.grade, pool.grade)):
        if theirs and ours != theirs:
            raise InputError(f"{result.route.id} has {what} '{ours}'; the scheme is for '{theirs}'")
    category = result[scheme.category]
    scale = pool.declared_unit_kg / declared.unit_kg
    parts = {**category.by_process, **category.by_background}
    return category.value * scale, {name: amount * scale for name, amount in parts.items()}
