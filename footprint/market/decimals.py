"""Printed decimals: what is declared and what is a bound, to three significant figures, and how they compare."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

import numpy as np

from footprint.market.declarations import Floats

FIGURES = 3


def rounded(value: float, figures: int = FIGURES) -> float:
    """`value` to significant figures, halves up, on the decimals that are printed: 1.825 -> 1.83."""
    exact = Decimal(repr(float(value)))
    if not exact:
        return 0.0
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - figures + 1), ROUND_HALF_UP))


def printed(value: float) -> str:
    """The decimals of a rounded value: `5.00`, `0.0123`, `1.20e-9`."""
    exact = Decimal(repr(rounded(value)))
    if not exact:
        return "0"
    exact = exact.quantize(Decimal(1).scaleb(exact.adjusted() - FIGURES + 1))
    return f"{exact:f}" if -4 <= exact.adjusted() <= 5 else f"{exact:e}".replace("e+", "e").replace("E", "e")


def met(threshold: float) -> float:
    """The largest printed value within a bound: the bound itself, unless it has more figures than a value has."""
    exact = Decimal(repr(float(threshold)))
    return float(exact.quantize(_step(exact), ROUND_FLOOR))


def limits(thresholds: Sequence[float]) -> Floats:
    """For each bound the least value that rounds to more than it: a value v is within the bound where v < limit."""
    found = []
    for threshold in thresholds:
        exact = Decimal(repr(float(threshold)))
        found.append(float(exact.quantize(_step(exact), ROUND_FLOOR) + _step(exact) / 2))
    return np.array(found)


def _step(exact: Decimal) -> Decimal:
    """One unit of the last figure that is printed."""
    return Decimal(1).scaleb(exact.adjusted() - FIGURES + 1)


def apart(bounds: Floats, ratio: float) -> Floats:
    """`strictly` for every row (replicates x bounds); rows whose bounds all print differently stay as they are.

    Bounds that print alike to three figures are at most a factor of 1.0101 apart (1.005 and 1.01499 are both 1.01).
    """
    found = bounds.copy()
    for n in np.flatnonzero((bounds[:, 1:] < 1.011 * bounds[:, :-1]).any(axis=1)):
        found[n] = strictly(bounds[n].tolist(), ratio)[0]
    return found


def strictly(bounds: Sequence[float], ratio: float) -> tuple[list[float], bool]:
    """Bounds as printed, strictly ascending; and whether that needed some to be moved up.

    A bound that prints as the one before it, or below, is moved to `ratio` times that one.
    """
    found: list[float] = []
    moved = False
    for bound in bounds:
        value = rounded(bound)
        if found and value <= found[-1]:
            value, moved = rounded(found[-1] * ratio), True
        found.append(value)
    return found, moved
