"""How sure a statistic of a market is: the same from other operators of that market, drawn with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.market.declarations import Floats
from footprint.market.distribution import Distribution, Replicates

Statistic = Callable[[Distribution], Floats]
#: draws (operators times replicates) that are held at once
HELD = 1 << 22


def bootstrapped(
    markets: Sequence[Distribution], statistics: Sequence[Statistic], replicates: int, seed: int
) -> list[Floats]:
    """One statistic of each market in every replicate: as many operators as it has, each with all its values.

    Markets of as many operators share the draws, those of the same operators the weights too: the categories of a pool.
    """
    found: list[list[Floats]] = [[] for _ in markets]
    keys = [market.totals.tobytes() for market in markets]
    for size in sorted({len(market.totals) for market in markets}):
        alike = [n for n, market in enumerate(markets) if len(market.totals) == size]
        for counts in draws(size, replicates, seed):
            held: dict[bytes, Replicates] = {}
            for n in alike:
                if keys[n] not in held:
                    held[keys[n]] = Replicates.of(markets[n].totals, markets[n].share, counts)
                found[n].append(statistics[n](replace(markets[n], drawn=held[keys[n]])))
    return [np.concatenate(parts) for parts in found]


def draws(operators: int, replicates: int, seed: int) -> Iterator[NDArray[Any]]:
    """How often each operator is drawn in each replicate (operators x replicates), some replicates at a time."""
    rng = np.random.Generator(np.random.PCG64([seed, operators]))
    at_once = max(8, HELD // operators)
    for start in range(0, replicates, at_once):
        counts = np.empty((min(at_once, replicates - start), operators), dtype=np.min_scalar_type(operators))
        for row in counts:
            row[:] = np.bincount(rng.integers(0, operators, operators), minlength=operators)
        yield np.ascontiguousarray(counts.T)
