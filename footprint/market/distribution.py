"""The distribution of a category on a market: values with weights, and its quantiles.

Every statistic is an array with one entry per replicate; the market itself is the one replicate in which each operator
was drawn once. So a scheme is written once, and serves for thresholds and for their intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.market.declarations import Floats
from footprint.market.window import cap_share, capped

Places = NDArray[np.int64]
#: weights that are added up in one go: they stay in the cache of a processor
AT_ONCE = 1 << 15


@dataclass(frozen=True)
class Replicates:
    """How much a tonne of each operator counts in each replicate (operators x replicates), and all tonnes of each."""

    factors: NDArray[Any]
    whole: Floats

    @classmethod
    def of(cls, totals: Floats, share: float, counts: NDArray[Any]) -> Replicates:
        """Draws (operators x replicates) times the cap of each replicate, which rarely binds in a large market."""
        whole = np.asarray(totals @ counts)
        if totals.max(initial=0.0) <= share * whole.min():
            return cls(counts, whole)
        factors = np.ascontiguousarray(counts * capped(totals, share, counts.T).T)
        return cls(factors, np.asarray(totals @ factors))


@dataclass(frozen=True)
class Distribution:
    """Values in ascending order with the tonnes and the operator of each, equal values of one operator merged.

    `totals` are the tonnes of each operator; without `drawn` each operator counts once.
    """

    values: Floats
    tonnes: Floats
    operators: Places
    totals: Floats
    most: float
    drawn: Replicates | None = None

    @classmethod
    def of(cls, values: Floats, tonnes: Floats, operators: Places, most: float) -> Distribution:
        """Merge and sort (DECISIONS 20): how one splits its mass changes nothing."""
        known, who = np.unique(operators, return_inverse=True)
        totals = np.bincount(who, tonnes, len(known)).astype(np.float64)
        order = np.argsort(values, kind="stable")
        if (np.diff(values[order]) == 0).any():
            order = np.lexsort((tonnes, who, values))
        v, t, o = values[order], tonnes[order], who[order]
        first = np.flatnonzero(np.r_[True, (v[1:] != v[:-1]) | (o[1:] != o[:-1])]) if len(v) else np.arange(0)
        if len(first) < len(v):
            v, t, o = v[first], np.add.reduceat(t, first), o[first]
        return cls(v, t, o, totals, most)

    @property
    def share(self) -> float:
        """The largest share of one operator."""
        return cap_share(len(self.totals), self.most)

    @cached_property
    def replicates(self) -> Replicates:
        """Those drawn, or the market itself."""
        return self.drawn or Replicates.of(self.totals, self.share, np.ones((len(self.totals), 1)))

    @cached_property
    def operator_weights(self) -> Floats:
        """Capped tonnes of each operator on the market itself."""
        return self.totals * capped(self.totals, self.share)

    def weights(self, replicate: int) -> Floats:
        """The weight of each value in a replicate."""
        return np.asarray(self.replicates.factors[self.operators, replicate] * self.tonnes)

    def mean(self) -> Floats:
        """Σ w x / Σ w."""
        per_operator = np.bincount(self.operators, self.tonnes * self.values, len(self.totals))
        return np.asarray(per_operator @ self.replicates.factors / self.replicates.whole)

    def quantile(self, p: float) -> Floats:
        """Weighted quantile after Hazen: value k stands at p_k = (S_k − w_k/2) / S_n, linear between, flat beyond.

        With equal weights this is numpy's `method="hazen"`. Only the values on the nearer side of p are added up.
        """
        near, way = (p, 1) if p <= 0.5 else (1 - p, -1)
        values, tonnes, operators = self.values[::way], self.tonnes[::way], self.operators[::way]
        factors, target = self.replicates.factors, near * self.replicates.whole
        every = np.arange(len(target))

        def weight(at: Places) -> Floats:
            return np.asarray(factors[operators[at], every] * tonnes[at])

        at, below = _reached(tonnes, operators, factors, target)
        beyond = below + weight(at) / 2 < target
        left = _drawn(np.where(beyond, at, at - 1), -1, operators, factors)
        right = _drawn(np.where(beyond, at + 1, at), 1, operators, factors)
        first, last = left < 0, right >= len(values)
        left, right = np.where(first, right, left), np.where(last, left, right)
        between = below + np.where(beyond, weight(at), 0.0)
        low, high = between - weight(left) / 2, between + weight(right) / 2
        part = np.clip((target - low) / (high - low), 0.0, 1.0)
        found = values[left] + part * (values[right] - values[left])
        return np.asarray(np.where(part == 1.0, values[right], found))


def _reached(tonnes: Floats, operators: Places, factors: NDArray[Any], target: Floats) -> tuple[Places, Floats]:
    """For each replicate the first value whose weight brings the sum to the target, and the sum before it."""
    every = np.arange(len(target))
    at, below = np.full(len(target), len(tonnes) - 1), np.zeros(len(target))
    waiting, sums = np.ones(len(target), dtype=bool), np.zeros(len(target))
    step = max(16, AT_ONCE // len(target))
    for start in range(0, len(tonnes), step):
        part = slice(start, start + step)
        weights = factors[operators[part]] * tonnes[part, None]
        ends = sums + weights.sum(axis=0)
        if (ends >= target)[waiting].any():
            running = np.vstack([sums, sums + np.cumsum(weights, axis=0)])
            steps = (running[1:] < target).sum(axis=0)
            here = waiting & (steps < len(weights))
            at[here], below[here] = start + steps[here], running[steps[here], every[here]]
            waiting &= ~here
        if not waiting.any():
            break
        sums = ends
    return at, below


def _drawn(at: Places, way: int, operators: Places, factors: NDArray[Any]) -> Places:
    """For each replicate the next place from `at` on whose operator was drawn; beyond the ends where there is none."""
    changes = np.flatnonzero(np.diff(operators))
    ends = np.r_[-1, changes] if way < 0 else np.r_[changes + 1, len(operators)]
    at = at.copy()
    while True:
        waiting = np.flatnonzero((at >= 0) & (at < len(operators)))
        waiting = waiting[factors[operators[at[waiting]], waiting] == 0]
        if not len(waiting):
            return at
        # a run of values of one operator is passed at once
        at[waiting] = ends[np.searchsorted(changes, at[waiting])]
