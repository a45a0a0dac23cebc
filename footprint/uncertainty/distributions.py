"""Spreads as `stats_arrays` rows: the field's own encoding of a distribution, in float64."""

from __future__ import annotations

import math

import numpy as np

from footprint.model import Spread

#: the fields of stats_arrays, in float64 (there they are float32, which turns 0.1 into 0.100000001)
UNCERTAINTY_DTYPE = np.dtype(
    [
        ("uncertainty_type", np.uint8),
        ("loc", np.float64),
        ("scale", np.float64),
        ("shape", np.float64),
        ("minimum", np.float64),
        ("maximum", np.float64),
        ("negative", np.bool_),
    ]
)
UNDEFINED, LOGNORMAL, NORMAL, UNIFORM, TRIANGULAR = 0, 2, 3, 4, 5
NAN = math.nan
#: a number without a spread
CERTAIN = np.array((UNDEFINED, 0.0, NAN, NAN, NAN, NAN, False), UNCERTAINTY_DTYPE)
Row = tuple[int, float, float, float, float, float, bool]


def uncertainty_row(value: float, spread: Spread, scale: float = 1.0) -> Row:
    """The stats_arrays row of `spread` around `value`; `scale` converts the spread's own numbers to those of `value`.

    lognormal: loc = ln(median), scale = sigma = ln(GSD²)/2 (DECISIONS 23); normal: loc = mean, scale = sd. A discrete
    spread has no counterpart in stats_arrays and keeps type 0 (it is sampled by the kernel, not by Brightway).
    """
    if spread.kind == "lognormal" and spread.gsd2 and value > 0:
        return (LOGNORMAL, math.log(value), math.log(spread.gsd2) / 2, NAN, NAN, NAN, False)
    if spread.kind == "normal" and spread.sd:
        return (NORMAL, value, spread.sd * scale, NAN, NAN, NAN, False)
    if spread.kind in ("uniform", "triangular") and spread.low is not None and spread.high is not None:
        kind = UNIFORM if spread.kind == "uniform" else TRIANGULAR
        return (kind, value, NAN, NAN, spread.low * scale, spread.high * scale, False)
    return (UNDEFINED, value, NAN, NAN, NAN, NAN, False)


def variance(row: np.void) -> float:
    """The variance of a stats_arrays row, in closed form."""
    kind, loc, scale = int(row["uncertainty_type"]), float(row["loc"]), float(row["scale"])
    low, high = float(row["minimum"]), float(row["maximum"])
    if kind == LOGNORMAL:
        return (math.exp(scale**2) - 1) * math.exp(2 * loc + scale**2)
    if kind == NORMAL:
        return scale**2
    if kind == UNIFORM:
        return (high - low) ** 2 / 12
    if kind == TRIANGULAR:
        return (low**2 + high**2 + loc**2 - low * high - low * loc - high * loc) / 18
    return 0.0
