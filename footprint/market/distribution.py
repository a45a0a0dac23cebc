"""The distribution of a category on a market: values with weights, its quantiles, and its bootstrap replicates.

Every statistic is an array with one entry per replicate; the market itself is the one replicate in which each operator
was drawn once. So a scheme is written once, and serves for thresholds and for their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from footprint.market.declarations import Floats
from footprint.market.window import cap_share, capped

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Distribution:
    """Values in ascending order with the tonnes and the operator of each, equal values of one operator merged.

    `counts` says how often each operator was drawn (replicates x operators); None for the market itself.
    """

    values: Floats
    tonnes: Floats
    operators: Places
    totals: Floats
    most: float
    counts: Floats | None = None

    @classmethod
    def of(cls, values: Floats, tonnes: Floats, operators: Places, most: float) -> Distribution:
        """Merge and sort (DECISIONS 20): the order of the declarations, and how one splits its mass, change nothing."""
        order = np.lexsort((tonnes, operators, values))
        v, t, o = values[order], tonnes[order], operators[order]
        first = np.flatnonzero(np.r_[True, (v[1:] != v[:-1]) | (o[1:] != o[:-1])]) if len(v) else np.arange(0)
        known, who = np.unique(o[first], return_inverse=True)
        mass = np.add.reduceat(t, first) if len(v) else t
        totals = np.bincount(who, mass, len(known)).astype(np.float64)
        return cls(v[first], mass, who, totals, most)

    @property
    def share(self) -> float:
        """The largest share of one operator."""
        return cap_share(len(self.totals), self.most)

    @cached_property
    def _factors(self) -> Floats:
        """How much a tonne of each operator counts in each replicate: draws times cap."""
        drawn = np.ones((1, len(self.totals))) if self.counts is None else self.counts
        factors = capped(self.totals, self.share, drawn)
        return drawn if factors.size == 1 else np.asarray(drawn * factors)

    @cached_property
    def operator_weights(self) -> Floats:
        """Capped tonnes of each operator on the market itself."""
        return self.totals * capped(self.totals, self.share)

    @cached_property
    def weights(self) -> Floats:
        """Replicates x values."""
        return np.asarray(self._factors[:, self.operators] * self.tonnes)

    @cached_property
    def _whole(self) -> Floats:
        return np.asarray(self._factors @ self.totals)

    def mean(self) -> Floats:
        """Σ w x / Σ w."""
        per_operator = np.bincount(self.operators, self.tonnes * self.values, len(self.totals))
        return np.asarray(self._factors @ per_operator / self._whole)

    def log_spread(self) -> Floats:
        """Weighted standard deviation of ln x."""
        logs = np.log(self.values)
        first, second = (
            self._factors @ np.bincount(self.operators, self.tonnes * power, len(self.totals)) / self._whole
            for power in (logs, logs * logs)
        )
        return np.asarray(np.sqrt(np.maximum(second - first * first, 0.0)))

    def quantile(self, p: float) -> Floats:
        """Weighted quantile after Hazen: value k stands at p_k = (S_k − w_k/2) / S_n, linear between, flat beyond.

        With equal weights this is numpy's `method="hazen"`. Only the values on the nearer side of p are added up.
        """
        upward = p <= 0.5
        near = p if upward else 1 - p
        values = self.values if upward else self.values[::-1]
        tonnes = self.tonnes if upward else self.tonnes[::-1]
        operators = self.operators if upward else self.operators[::-1]
        found = np.full(len(self._factors), np.nan)
        waiting = np.arange(len(found))
        n = len(values)
        size = min(n, int(n * min(1.0, near + 6 * np.sqrt(near * (1 - near) / n)) + 16))
        while len(waiting):
            made, at = _hazen(values[:size], tonnes[:size], self._factors[np.ix_(waiting, operators[:size])],
                              near * self._whole[waiting], size == n)  # fmt: skip
            found[waiting[at]] = made
            waiting = np.delete(waiting, at)
            size = min(n, 2 * size)
        return found

    def resampled(self, replicates: int, seed: int) -> Distribution:
        """Bootstrap by operator: as many operators as there are, drawn with replacement, each with all its values."""
        counts = drawn_operators(len(self.totals), replicates, seed)
        return Distribution(self.values, self.tonnes, self.operators, self.totals, self.most, counts)


def _hazen(values: Floats, tonnes: Floats, factors: Floats, target: Floats, whole: bool) -> tuple[Floats, Places]:
    """The quantile of each replicate that these values reach (all of them where `whole`), and of which ones."""
    weights = factors * tonnes
    sums = np.cumsum(weights, axis=1)
    drawn = weights > 0
    centres = sums - weights / 2
    beyond = drawn & (centres >= target[:, None])
    reached = beyond.any(axis=1)
    high = np.where(reached, beyond.argmax(axis=1), len(values) - 1)
    at = np.arange(len(weights)) if whole else np.flatnonzero(reached)
    if whole and not reached.all():
        last = len(values) - 1 - drawn[:, ::-1].argmax(axis=1)
        high = np.where(reached, high, last)
    before = np.where(high > 0, sums[np.arange(len(sums)), np.maximum(high - 1, 0)], 0.0)
    low = np.where(before > 0, (sums >= before[:, None]).argmax(axis=1), high)
    rows = np.arange(len(sums))
    left, right = centres[rows, low], centres[rows, high]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(right > left, np.clip((target - left) / (right - left), 0.0, 1.0), 0.0)
    part = np.where(reached, part, 1.0)
    found = values[low] + part * (values[high] - values[low])
    return np.where(part == 1.0, values[high], found)[at], at


@lru_cache(maxsize=3)
def drawn_operators(operators: int, replicates: int, seed: int) -> Floats:
    """How often each operator is drawn in each replicate; the same for all categories of a market."""
    rng = np.random.Generator(np.random.PCG64([seed, operators]))
    counts = np.empty((replicates, operators))
    for row in counts:
        row[:] = np.bincount(rng.integers(0, operators, operators), minlength=operators)
    counts.flags.writeable = False
    return counts
