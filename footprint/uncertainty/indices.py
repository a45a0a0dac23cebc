"""Which variables make the variance: one at a time, to first order, and as first-order and total Sobol indices.

Everything is asked of one function, `impacts(germ)`: categories x samples from variables x samples. Calls are made in
blocks of fixed width, so that any number of variables needs the same memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.uncertainty.germs import BLOCK

Array = NDArray[np.float64]
Impacts = Callable[[Array], Array]
#: where 2.5 % and 97.5 % of a standard normal variable lie
BOUND = 1.959963984540054
#: step of the central difference, in standard deviations of the germ
STEP = 1e-3


def at_middle(impacts: Impacts, variables: int) -> Array:
    """Categories with every variable at its median."""
    found: Array = impacts(np.zeros((variables, BLOCK)))[:, 0]
    return found


def one_at_a_time(impacts: Impacts, variables: int, step: float = BOUND) -> tuple[Array, Array]:
    """Categories x variables with each variable alone `step` standard deviations below and above its median."""
    low, high = [], []
    for start in range(0, variables, BLOCK // 2):
        chosen = np.arange(start, min(variables, start + BLOCK // 2))
        germ = np.zeros((variables, BLOCK))
        germ[chosen, 2 * (chosen - start)] = -step
        germ[chosen, 2 * (chosen - start) + 1] = step
        found = impacts(germ)
        low.append(found[:, 0 : 2 * len(chosen) : 2])
        high.append(found[:, 1 : 2 * len(chosen) : 2])
    empty = np.empty((len(at_middle(impacts, variables)), 0))
    return np.hstack([empty, *low]), np.hstack([empty, *high])


def first_order(impacts: Impacts, variables: int) -> Array:
    """Categories x variables: the part (∂h/∂z)² of the variance, z standard normal, by central difference.

    Var(h) ≈ Σ (∂h/∂z_i)² for independent z (Gauss's law of propagation). For a lognormal x with h proportional to x
    the part is (σ h)².
    """
    low, high = one_at_a_time(impacts, variables, STEP)
    found: Array = ((high - low) / (2 * STEP)) ** 2
    return found


@dataclass(frozen=True)
class SobolIndices:
    """First-order and total indices, categories x groups, with their standard errors; `variance` per category."""

    first: Array
    total: Array
    first_error: Array
    total_error: Array
    variance: Array


def sobol_indices(
    impacts: Impacts, pairs: Iterator[tuple[Array, Array]], groups: Sequence[Sequence[int]]
) -> SobolIndices:
    """Sobol indices of groups of variables from pairs of independent blocks of the germ.

    First order: Saltelli et al. 2010 (doi 10.1016/j.cpc.2009.09.018), Var_i = mean(h_B (h_ABi - h_A)). Total: Jansen
    1999 (doi 10.1016/S0010-4655(98)00154-4), mean((h_A - h_ABi)²) / 2. ABi is A with the rows of group i from B. The
    errors are those of the mean over blocks.
    """
    firsts, totals, values = [], [], []
    for a, b in pairs:
        h_a, h_b = impacts(a), impacts(b)
        values.append(np.hstack([h_a, h_b]))
        first, total = np.empty((len(h_a), len(groups))), np.empty((len(h_a), len(groups)))
        centre = values[0].mean(axis=1, keepdims=True)
        mixed = a.copy()
        for g, group in enumerate(groups):
            rows = list(group)
            mixed[rows] = b[rows]
            h = impacts(mixed)
            mixed[rows] = a[rows]
            first[:, g] = ((h_b - centre) * (h - h_a)).mean(axis=1)
            total[:, g] = ((h_a - h) ** 2).mean(axis=1) / 2
        firsts.append(first)
        totals.append(total)
    variance = np.hstack(values).var(axis=1)
    scale = np.where(variance > 0, variance, 1.0)[:, None]
    return SobolIndices(
        np.mean(firsts, axis=0) / scale,
        np.mean(totals, axis=0) / scale,
        _error(firsts) / scale,
        _error(totals) / scale,
        variance,
    )


def _error(blocks: Sequence[Array]) -> Array:
    """Standard error of the mean over blocks; not known from one."""
    if len(blocks) < 2:
        return np.full_like(blocks[0], np.nan)
    found: Array = np.std(blocks, axis=0, ddof=1) / np.sqrt(len(blocks))
    return found
