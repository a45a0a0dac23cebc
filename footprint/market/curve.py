"""The cumulative production curve of a market: declarations from the lowest footprint up, as wide as their tonnes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.declarations import Market
from footprint.market.rules import class_rules
from footprint.market.thresholds import POOLED, ClassScheme
from footprint.market.windowed import Windowed


@dataclass(frozen=True, slots=True)
class Step:
    """A declaration on the curve: its value, its tonnes in the window, and those of all that stand before it."""

    declaration: str
    system: str
    letter: str
    value: float
    tonnes: float
    before: float


@dataclass(frozen=True)
class Curve:
    """The declarations that a scheme was fitted to, in ascending order of their value."""

    scheme: ClassScheme
    steps: tuple[Step, ...]

    @property
    def tonnes(self) -> float:
        """All tonnes: where the last step ends."""
        last = self.steps[-1]
        return last.before + last.tonnes

    @property
    def systems(self) -> tuple[str, ...]:
        """Primary, secondary, mixed: those that occur."""
        return tuple(sorted({step.system for step in self.steps}))


def production_curve(market: Market, scheme: ClassScheme) -> Curve:
    """Step k goes from Σ_{j<k} m_j to Σ_{j≤k} m_j tonnes at the height x_k, with x_1 ≤ x_2 ≤ …

    m are the tonnes placed on the market in the scheme's window, as declared: no operator is capped here. Equal values
    stand by system and id, so the order of the declarations changes nothing.

    Raises InputError where the market holds nothing of the scheme's product in its window.
    """
    found = _windowed(market, scheme)
    values, systems = found.market.values(scheme.category), found.market["system"]
    kept = np.isfinite(values) & ((systems == scheme.system) | (scheme.system == POOLED))
    idents = found.market["declaration_id"]
    order = sorted(np.flatnonzero(kept).tolist(), key=lambda n: (values[n], str(systems[n]), str(idents[n])))
    if not order:
        raise InputError(f"{market.name}: no {scheme.system} declaration in the window has {scheme.category}")
    tonnes = found.tonnes[order]
    ends = np.cumsum(tonnes)
    letters = places(values[order], list(scheme.thresholds.values()))
    return Curve(
        scheme,
        tuple(
            Step(str(idents[n]), str(systems[n]), scheme.letters[letters[k]], float(values[n]), float(tonnes[k]),
                 float(ends[k - 1]) if k else 0.0)
            for k, n in enumerate(order)
        ),
    )  # fmt: skip


def _windowed(market: Market, scheme: ClassScheme) -> Windowed:
    rules = class_rules(scheme.on)
    for pool, rows in market.pools():
        if pool == scheme.pool and len(found := Windowed.of(pool, rows, scheme.on, rules)):
            return found
    raise InputError(f"{market.name}: holds nothing of {scheme.pool.name} in the window of the scheme")
