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

    `totals` are the tonnes of each operator, `run_ends` the places -1 and where a run of values of one operator ends;
    without `drawn` each operator counts once.
    """

    values: Floats
    tonnes: Floats
    operators: Places
    totals: Floats
    most: float
    run_ends: Places
    drawn: Replicates | None = None

    @classmethod
    def of(cls, values: Floats, tonnes: Floats, operators: Places, most: float) -> Distribution:
        """Merge and sort (DECISIONS 20): how one splits its mass changes nothing.

        Equal values of several operators stand by their tonnes and then by all tonnes of the operator, so that what
        operators are called changes nothing.
        """
        known, who = np.unique(operators, return_inverse=True)
        totals = np.bincount(who, tonnes, len(known)).astype(np.float64)
        order = np.argsort(values, kind="stable")
        if (np.diff(values[order]) == 0).any():
            order = np.lexsort((tonnes, who, values))
        v, t, o = values[order], tonnes[order], who[order]
        first = np.flatnonzero(np.r_[True, (v[1:] != v[:-1]) | (o[1:] != o[:-1])]) if len(v) else np.arange(0)
        if len(first) < len(v):
            v, t, o = v[first], np.add.reduceat(t, first), o[first]
        if (np.diff(v) == 0).any():
            order = np.lexsort((totals[o], t, v))
            v, t, o = v[order], t[order], o[order]
        return cls(v, t, o, totals, most, np.flatnonzero(np.diff(o, prepend=-1, append=-1)) - 1)

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
        factors, target = self.replicates.factors, near * self.replicates.whole
        steps, below = _reached(self.tonnes[::way], self.operators[::way], factors, target)
        at = steps if way > 0 else len(self.values) - 1 - steps
        every = np.arange(len(target))

        def weight(at: Places) -> Floats:
            return np.asarray(factors[self.operators[at], every] * self.tonnes[at])

        beyond = below + weight(at) / 2 < target
        left = self._drawn(np.where(beyond, at, at - way), -way)
        right = self._drawn(np.where(beyond, at + way, at), way)
        no_left, no_right = (_outside(places, len(self.values)) for places in (left, right))
        left, right = np.where(no_left, right, left), np.where(no_right, left, right)
        between = below + np.where(beyond, weight(at), 0.0)
        low, high = between - weight(left) / 2, between + weight(right) / 2
        part = np.clip((target - low) / (high - low), 0.0, 1.0)
        found = self.values[left] + part * (self.values[right] - self.values[left])
        return np.asarray(np.where(part == 1.0, self.values[right], found))

    def _drawn(self, at: Places, way: int) -> Places:
        """For each replicate the next place from `at` on whose operator was drawn, or one outside where none is."""
        factors, operators = self.replicates.factors, self.operators
        waiting = np.flatnonzero(~_outside(at, len(operators)))
        while len(waiting := waiting[factors[operators[at[waiting]], waiting] == 0]):
            run = np.searchsorted(self.run_ends, at[waiting])
            at[waiting] = self.run_ends[run] + 1 if way > 0 else self.run_ends[run - 1]
            waiting = waiting[~_outside(at[waiting], len(operators))]
        return at


def _outside(places: Places, n: int) -> NDArray[np.bool_]:
    return np.asarray((places < 0) | (places >= n))


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
