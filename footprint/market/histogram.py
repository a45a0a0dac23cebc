"""The histogram of a market: tonnes by footprint, in bins of equal width or of equal ratio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from footprint.market.curve import Curve
from footprint.market.thresholds import ClassScheme

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
