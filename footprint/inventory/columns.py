"""One column of the LCI graph: a unit process with one reference flow, its exchanges as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footprint.inventory.graph import INDICES_DTYPE, ElementaryFlow, Entries, Node, Origin
from footprint.model import Amount, Process, Product, Route, Tier
from footprint.uncertainty.distributions import CERTAIN, uncertainty_row


@dataclass(frozen=True, slots=True)
class Task:
    """A node whose exchanges are to be written: a product of a process, with the share of its burden it carries.

    `shared` marks a process of the background itself, which is the same for every route.
    """

    node: Node
    process: Process
    product: Product
    share: float
    route: Route | None
    prefix: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Entries of one column: positive data, flip, distributions, whether the amount is an estimate, and whence."""

    data: NDArray[np.float64]
    flip: NDArray[np.bool_]
    distributions: NDArray[np.void]
    estimate: NDArray[np.bool_]
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The entries of one node: `suppliers` names the row of each technosphere entry, `flows` the flow of each other."""

    suppliers: tuple[str, ...]
    technosphere: Block
    flows: NDArray[np.int64]
    biosphere: Block
    substitutes: bool


@dataclass
class BlockWriter:
    """Entries while they are written."""

    data: list[float] = field(default_factory=list)
    flip: list[bool] = field(default_factory=list)
    estimate: list[bool] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    def add(self, amount: Amount, scale: float, flip: bool, tier: Tier, number: int) -> None:
        """`amount` times `scale`, of exchange `number` (0: the reference flow; -n: product n of the process)."""
        self.data.append(amount.value * scale)
        self.flip.append(flip)
        self.estimate.append(tier == "estimate")
        self.origins.append((amount, scale, number))

    def freeze(self) -> Block:
        """The entries as arrays."""
        distributions = np.full(len(self.data), CERTAIN)
        distributions["loc"] = self.data
        for i, (amount, scale, _) in enumerate(self.origins):
            if amount.spread is not None:
                distributions[i] = uncertainty_row(self.data[i], amount.spread, scale)
        return Block(
            np.array(self.data, float),
            np.array(self.flip, bool),
            distributions,
            np.array(self.estimate, bool),
            tuple(self.origins),
        )


@dataclass
class FlowRegistry:
    """Elementary flows by number, so that columns can be joined without comparing names."""

    flows: list[ElementaryFlow] = field(default_factory=list)
    order: list[tuple[str, str, str]] = field(default_factory=list)
    number: dict[ElementaryFlow, int] = field(default_factory=dict)

    def of(self, flow: ElementaryFlow) -> int:
        """The number of a flow, given on first meeting."""
        if (found := self.number.get(flow)) is None:
            found = self.number[flow] = len(self.flows)
            self.flows.append(flow)
            self.order.append((flow.name, flow.compartment, flow.location))
        return found


def join_technosphere(columns: list[Column], position: dict[str, int]) -> Entries:
    """The technosphere entries of all columns, rows looked up by key."""
    rows = np.array([position[key] for column in columns for key in column.suppliers], dtype=np.int64)
    return _join([column.technosphere for column in columns], rows)


def join_biosphere(columns: list[Column], registry: FlowRegistry) -> tuple[Entries, tuple[ElementaryFlow, ...]]:
    """The biosphere entries of all columns, and their flows in the order of name, compartment and location."""
    numbers = np.concatenate([column.flows for column in columns])
    used, inverse = np.unique(numbers, return_inverse=True)
    flows = [registry.flows[i] for i in used]
    keys = [registry.order[i] for i in used]
    order = sorted(range(len(flows)), key=keys.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return _join([column.biosphere for column in columns], rank[inverse]), tuple(flows[i] for i in order)


def _join(blocks: list[Block], rows: NDArray[np.int64]) -> Entries:
    indices = np.empty(len(rows), INDICES_DTYPE)
    indices["row"] = rows
    indices["col"] = np.repeat(np.arange(len(blocks)), [len(block.data) for block in blocks])
    return Entries(
        indices,
        np.concatenate([block.data for block in blocks]),
        np.concatenate([block.flip for block in blocks]),
        np.concatenate([block.estimate for block in blocks]),
        tuple(block.distributions for block in blocks),
        tuple(block.origins for block in blocks),
    )
