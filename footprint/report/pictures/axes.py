"""Scales from values to pixels, their ticks, and labels kept apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: how many ticks an axis should have
ABOUT = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` at pixel `start` to `high` at pixel `end`, by value or, where `log`, by logarithm."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """start + (end − start)·(f(value) − f(low)) / (f(high) − f(low)), f the identity or the logarithm."""
        low, high, x = (math.log(v) for v in (self.low, self.high, value)) if self.log else (self.low, self.high, value)
        return self.start + (self.end - self.start) * (x - low) / (high - low)

    def ticks(self) -> list[float]:
        """Round values: 1, 2 and 5 times powers of ten on a wide logarithmic axis, else equal steps."""
        if self.log and self.high > 10 * self.low:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            for factors in ((1, 2, 5), (1,)):
                found = [float(f"{m}e{p}") for p in powers for m in factors]
                found = [tick for tick in found if self.low <= tick <= self.high]
                if len(found) <= 2 * ABOUT:
                    return found
            return found
        step = _round_step((self.high - self.low) / ABOUT)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(f"{n * step:.12g}") for n in range(first, last + 1)]


def _round_step(size: float) -> float:
    """The least of 1, 2, 5, 10 times a power of ten that is not below `size`."""
    power = math.floor(math.log10(size))
    return next(step for m in (1, 2, 5, 10) if (step := float(f"{m}e{power}")) >= size * (1 - 1e-9))


def tick_text(value: float) -> str:
    """A round value: `0.5`, `200`, `1e-9`."""
    mantissa, mark, power = f"{value:.6g}".partition("e")
    return f"{mantissa}e{int(power)}" if mark else mantissa


def tonnes_unit(tonnes: float) -> tuple[float, str]:
    """What to divide tonnes by, and the unit then: t, kt or Mt."""
    return next((by, unit) for by, unit in ((1e6, "Mt"), (1e3, "kt"), (1.0, "t")) if tonnes >= 10 * by or by == 1.0)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places between `low` and `high` for labels that want ascending places, moved until they are `gap` apart."""
    found: list[float] = []
    for place in wanted:
        found.append(max(place, found[-1] + gap if found else low))
    most = high
    for n in reversed(range(len(found))):
        found[n] = min(found[n], most)
        most = found[n] - gap
    return found
