"""The cumulative production curve of a market: declarations from the lowest footprint up, as wide as their tonnes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.declarations import Market
from footprint.market.fitting import POOLED, Windowed
from footprint.market.rules import class_rules
from footprint.market.thresholds import ClassScheme


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


# --- histogram

#: values that span more than this factor are shown by their logarithm
WIDE = 5.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Tonnes of each system with values from `low` (included) to `high` (excluded; the last bin includes it)."""

    low: float
    high: float
    declarations: int
    tonnes: Mapping[str, float]


@dataclass(frozen=True)
class Histogram:
    """The tonnes of a curve by value; `log` where the bins have equal ratios, and what then has no place (x ≤ 0)."""

    scheme: ClassScheme
    bins: tuple[Bin, ...]
    log: bool
    left_out: int = 0


def histogram(curve: Curve) -> Histogram:
    """⌈2·n^(1/3)⌉ bins (Rice rule) of the same width, or of the same ratio where positive values span more than `WIDE`.

    Source: D. M. Lane, Online Statistics Education, Histograms (Rice rule).
    """
    values = np.array([step.value for step in curve.steps])
    positive = values > 0
    log = bool(positive.any() and values[positive].max() > WIDE * values[positive].min())
    steps = [step for step in curve.steps if step.value > 0] if log else list(curve.steps)
    shown = values[positive] if log else values
    low, high = float(shown.min()), float(shown.max())
    count = int(np.ceil(2 * np.cbrt(len(shown)) - 1e-9))
    if low == high:
        count, margin = 1, abs(low) / 20 or 1.0
        low, high = low - margin, high + margin
    edges = np.geomspace(low, high, count + 1) if log else np.linspace(low, high, count + 1)
    where = np.clip(np.searchsorted(edges, shown, side="right") - 1, 0, count - 1)
    bins = []
    for k in range(count):
        inside = [steps[n] for n in np.flatnonzero(where == k)]
        tonnes = {s: sum(step.tonnes for step in inside if step.system == s) for s in curve.systems}
        bins.append(Bin(float(edges[k]), float(edges[k + 1]), len(inside), tonnes))
    return Histogram(curve.scheme, tuple(bins), log, len(values) - len(shown))
