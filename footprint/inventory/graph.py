"""A route and the background it needs, as one Brightway LCI graph.

The arrays have the layout of `bw_processing`: positive amounts, `flip` where an entry is subtracted (an input of a
product, a waste taken in), `stats_arrays` uncertainty beside them, all in float64. Column j is a unit process with one
reference flow, and row j is that flow. Foreground nodes come first; the background never takes from the foreground.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from footprint.inventory.allocation import Share
from footprint.library.providers import Provider
from footprint.model import Amount, Process, Route

#: an amount of a file, what it is multiplied by in an entry, and the number of the exchange (0: the reference
#: flow, -n: product n)
Origin = tuple[Amount, float, int]
INDICES_DTYPE = np.dtype([("row", np.int64), ("col", np.int64)])


@dataclass(frozen=True, slots=True)
class Node:
    """A unit process with one reference flow: one column of the technosphere, and the row of its flow."""

    key: str
    process: str
    name: str
    flow: str
    unit: str
    location: str
    stage: str
    foreground: bool
    tier: str = ""
    not_covered: tuple[str, ...] = ()
    is_waste: bool = False
    host: bool = False


@dataclass(frozen=True, slots=True)
class ElementaryFlow:
    """A row of the biosphere: a flow in a compartment, at the location of the processes that exchange it."""

    name: str
    compartment: str
    unit: str
    location: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Electricity another strategy takes elsewhere: a run of `node` needs `amount` of `taken`, or of `other`."""

    strategy: str
    node: str
    taken: str
    other: Provider
    amount: float


@dataclass(frozen=True)
class Entries:
    """Matrix entries: `indices` (row, col), `data` (positive), `flip` and `distributions` as `bw_processing` has them.

    `estimate` marks entries whose amount nobody confirmed; `parts` are the distributions column by column, `origins`
    the amounts behind the entries.
    """

    indices: NDArray[np.void]
    data: NDArray[np.float64]
    flip: NDArray[np.bool_]
    estimate: NDArray[np.bool_]
    parts: tuple[NDArray[np.void], ...]
    origins: tuple[tuple[Origin, ...], ...] = ()

    @cached_property
    def distributions(self) -> NDArray[np.void]:
        """One `stats_arrays` row per entry, joined when first asked for."""
        return np.concatenate(self.parts)

    @property
    def signed(self) -> NDArray[np.float64]:
        """The values as they stand in the matrix."""
        return np.where(self.flip, -self.data, self.data)


@dataclass(frozen=True)
class Graph:
    """The LCI graph of a route: A s = f in `technosphere`, g = B s in `biosphere`.

    `production` is the signed reference flow of each node, `joint` the foreground processes with several products,
    `switches` the electricity that another strategy for grid supply takes from somewhere else, `sited` the background
    processes that stand in it with the values of a site. `makers` gives the unit process of each node, and the route
    it is from (None: the background).
    """

    route: str
    nodes: tuple[Node, ...]
    flows: tuple[ElementaryFlow, ...]
    technosphere: Entries
    biosphere: Entries
    foreground: int
    demand: int
    amount: float
    production: NDArray[np.float64]
    shares: tuple[Share, ...]
    joint: Mapping[str, Process]
    substitutes: bool
    switches: tuple[Switch, ...] = ()
    sited: Mapping[str, Process] = field(default_factory=dict)
    makers: Mapping[str, tuple[Process, Route | None]] = field(default_factory=dict)

    def technosphere_matrix(self) -> NDArray[np.float64]:
        """A, dense, nodes x nodes: repeated entries are added."""
        n = len(self.nodes)
        matrix = np.zeros((n, n))
        np.add.at(
            matrix, (self.technosphere.indices["row"], self.technosphere.indices["col"]), self.technosphere.signed
        )
        return matrix

    def biosphere_matrix(self) -> NDArray[np.float64]:
        """B, dense, elementary flows x nodes."""
        matrix = np.zeros((len(self.flows), len(self.nodes)))
        np.add.at(matrix, (self.biosphere.indices["row"], self.biosphere.indices["col"]), self.biosphere.signed)
        return matrix
