"""A synthetic database of the size and structure of ecoinvent, from a fixed seed.

What decides the cost of a factorisation is structure, so it is stated and measured: entries per column, and the share
of processes in the giant loop (the largest strongly connected component). As in ecoinvent, a few hundred hub products
(electricity markets, transport, heat, machines) are taken by almost everything and are themselves made from other hubs
and from a random sample of ordinary products, which closes the loop; the other inputs come from the neighbourhood in a
chain of production. The values are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

PROCESSES = 20_000
FLOWS = 2_000
CATEGORIES = 16
HUBS = 500
INPUTS_PER_PROCESS = 13.0
SHARE_OF_HUBS = 0.75
NEIGHBOURHOOD = 40
EXCHANGES_PER_PROCESS = 25
SEED = 20_231


@dataclass(frozen=True)
class Synthetic:
    """Technosphere, biosphere (flows x processes) and factors (categories x flows)."""

    technosphere: sparse.csc_matrix
    biosphere: sparse.csc_matrix
    factors: NDArray[np.float64]

    @property
    def entries_per_column(self) -> float:
        return self.technosphere.nnz / self.technosphere.shape[1]

    @property
    def loop_share(self) -> float:
        """The share of processes in the largest strongly connected component."""
        _, member = sparse.csgraph.connected_components(self.technosphere, directed=True, connection="strong")
        return float(np.bincount(member).max() / self.technosphere.shape[0])


def synthetic(processes: int = PROCESSES, seed: int = SEED) -> Synthetic:
    """The database; the same for the same size and seed."""
    random = np.random.default_rng(seed)
    rows, cols = _links(processes, random)
    amounts = random.lognormal(-5.0, 1.2, len(rows))
    inputs = sparse.coo_matrix((amounts, (rows, cols)), shape=(processes, processes)).tocsc()
    inputs.sum_duplicates()
    taken = np.asarray(inputs.sum(axis=0)).ravel()
    inputs = inputs @ sparse.diags(np.minimum(1.0, 0.6 / np.maximum(taken, 1e-12)))
    technosphere = (sparse.identity(processes, format="csc") - inputs).tocsc()
    count = processes * EXCHANGES_PER_PROCESS
    flow = np.minimum(random.zipf(1.3, count) - 1, FLOWS - 1)
    biosphere = sparse.coo_matrix(
        (random.lognormal(-6.0, 2.0, count), (flow, np.repeat(np.arange(processes), EXCHANGES_PER_PROCESS))),
        shape=(FLOWS, processes),
    ).tocsc()
    factors = random.lognormal(0.0, 1.5, (CATEGORIES, FLOWS)) * (random.random((CATEGORIES, FLOWS)) < 0.3)
    return Synthetic(technosphere, biosphere, factors)


def _links(processes: int, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(product, consumer) pairs: hubs first in the order of the processes, then chains."""
    cols = np.repeat(np.arange(processes), random.poisson(INPUTS_PER_PROCESS, processes))
    popular = np.minimum(random.zipf(1.4, len(cols)) - 1, HUBS - 1)
    near = cols - 1 - random.integers(0, NEIGHBOURHOOD, len(cols))
    sample = random.integers(HUBS, processes, len(cols))
    from_hub = random.random(len(cols)) < SHARE_OF_HUBS
    of_hub = cols < HUBS
    rows = np.where(from_hub, popular, np.where(of_hub, sample, near))
    valid = (rows != cols) & (rows >= 0)
    return rows[valid], cols[valid]
