"""What makes the uncertainty of a route: a table of its most influential figures, category by category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.calculation import Settings
from footprint.errors import InputError, nearest
from footprint.library.method import Method
from footprint.model import Route
from footprint.sampling import SampledRoutes, World
from footprint.uncertainty.germs import BLOCK, Stream, blocks
from footprint.uncertainty.indices import Impacts, at_middle, first_order, one_at_a_time, sobol_indices
from footprint.uncertainty.threads import one_thread

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Influence:
    """One uncertain figure and one category.

    `low` and `high` are the category with this figure alone at its 2.5 % and 97.5 %; `share` its part of the variance
    to first order; `first` and `total` its Sobol indices (None where they were not asked for).
    """

    owner: str
    name: str
    low: float
    high: float
    share: float
    first: float | None = None
    total: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """The figures that matter most for one category of a route, the most influential first.

    `middle` is the category with every figure at its median, `sd` the standard deviation to first order, `others` how
    many figures are not listed and `others_share` their part of the variance to first order.
    """

    route: str
    method: Method
    code: str
    middle: float
    sd: float
    influences: tuple[Influence, ...]
    others: int
    others_share: float
    n: int
    seed: int
    world: World

    @property
    def unit(self) -> str:
        """The unit of the category."""
        return self.method.categories[self.method.column[self.code]].unit


@one_thread
def sensitivity(
    route: str | Path | Route,
    code: str = "CC",
    *,
    top: int = 15,
    n: int = 0,
    seed: int = 1,
    world: World = "sampled",
    pedigree: bool = True,
    settings: Settings | None = None,
) -> Sensitivity:
    """Tornado and shares of variance of one category; with `n` above zero Sobol indices of the figures listed.

    The indices rest on n (rounded up to whole blocks of 1,024) pairs of samples; all figures that are not listed are
    one group. Raises InputError for an unknown category.
    """
    system = SampledRoutes.of([route], settings or Settings(), world, pedigree)
    method, labels = system.assessed[0].method, system.compiled.labels
    if code not in method.codes:
        raise InputError(
            f"category '{code}' is not known{nearest(code, method.codes)}; allowed: {', '.join(method.codes)}"
        )
    column = method.column[code]
    workspace = system.compiled.systems[0].workspace(BLOCK)

    def impacts(germ: Array) -> Array:
        return workspace.impacts(germ)[[column]]

    middle = float(at_middle(impacts, len(labels))[0])
    low, high = (found[0] for found in one_at_a_time(impacts, len(labels)))
    parts = first_order(impacts, len(labels))[0]
    variance = float(parts.sum())
    shares = parts / variance if variance > 0 else np.zeros(len(labels))
    moving = [i for i in range(len(labels)) if low[i] != high[i] or parts[i]]
    order = sorted(moving, key=lambda i: (-abs(high[i] - low[i]), labels[i]))
    chosen, rest = order[:top], order[top:]
    indices = _indices(system.compiled.streams, impacts, [[i] for i in chosen] + ([rest] if rest else []), n, seed)
    return Sensitivity(
        system.assessed[0].assessment.graph.route,
        method,
        code,
        middle,
        float(np.sqrt(variance)),
        tuple(
            Influence(*labels[i], float(low[i]), float(high[i]), float(shares[i]), *indices.get(k, ()))
            for k, i in enumerate(chosen)
        ),
        len(rest),
        float(shares[rest].sum()),
        -(-n // BLOCK) * BLOCK,
        seed,
        world,
    )


def _indices(
    streams: Sequence[Stream], impacts: Impacts, groups: list[list[int]], n: int, seed: int
) -> dict[int, tuple[float, float, float | None]]:
    """Group -> first-order and total index and the error of the total, which one block does not tell."""
    if n <= 0:
        return {}
    count = -(-n // BLOCK)
    found = sobol_indices(impacts, _pairs(streams, seed, count), groups)
    return {
        g: (float(found.first[0, g]), float(found.total[0, g]), None if count == 1 else float(found.total_error[0, g]))
        for g in range(len(groups))
    }


def _pairs(streams: Sequence[Stream], seed: int, count: int) -> Iterator[tuple[Array, Array]]:
    """Pairs of independent blocks: the second of each from streams of other names."""
    others = [Stream(f"{stream.key}\0other", stream.size) for stream in streams]
    first, second = (blocks(chosen, "plain", seed, 0, count) for chosen in (streams, others))
    for _, (one, other) in zip(range(count), zip(first, second, strict=True), strict=False):
        yield one[1], other[1]
