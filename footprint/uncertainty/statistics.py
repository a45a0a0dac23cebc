"""What samples say of a result: middle, spread, how well they are known, and which of two is lower."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """One category of `n` samples, in the category's unit.

    `gsd2` is the squared geometric standard deviation exp(2 sd(ln x)): 95 % of a lognormal result lie between
    median / GSD² and median * GSD²; None where a value is not positive. `error` is the standard error of the mean:
    for plain draws sd / √n, else from the means of `batches` (None where there are fewer than two).
    """

    n: int
    mean: float
    sd: float
    median: float
    p2_5: float
    p97_5: float
    gsd2: float | None
    error: float | None


def summary(values: Array, batch: int | None = None) -> Summary:
    """The summary of one row of samples; `batch` is the length of independent stretches that are not plain draws."""
    n = len(values)
    low, middle, high = (float(q) for q in np.quantile(values, (0.025, 0.5, 0.975)))
    sd = float(values.std(ddof=1)) if n > 1 else 0.0
    gsd2 = math.exp(2 * float(np.log(values).std(ddof=1))) if n > 1 and values.min() > 0 else None
    return Summary(n, float(values.mean()), sd, middle, low, high, gsd2, _error(values, sd, batch))


def _error(values: Array, sd: float, batch: int | None) -> float | None:
    n = len(values)
    if batch is None:
        return sd / math.sqrt(n) if n > 1 else None
    means = values[: n // batch * batch].reshape(-1, batch).mean(axis=1)
    return float(means.std(ddof=1)) / math.sqrt(len(means)) if len(means) > 1 else None


def running_mean(values: Array, points: int = 60) -> tuple[Array, Array, Array]:
    """(n, mean of the first n, 1.96 standard errors of it) at up to `points` lengths, evenly spaced in ln n."""
    n = len(values)
    at = np.unique(np.geomspace(min(10, n), n, points).astype(np.int64))
    sums, squares = np.cumsum(values)[at - 1], np.cumsum(values**2)[at - 1]
    mean = sums / at
    variance = np.maximum(squares / at - mean**2, 0.0) * at / np.maximum(at - 1, 1)
    return at.astype(float), mean, 1.96 * np.sqrt(variance / at)


def probability_lower(first: Array, second: Array) -> float:
    """The share of paired samples in which the first is lower; ties count half."""
    return float((first < second).mean() + 0.5 * (first == second).mean())
