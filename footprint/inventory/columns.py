"""One column of the LCI graph: a unit process with one reference flow, its exchanges as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footprint.inventory.graph import INDICES_DTYPE, ElementaryFlow, Entries, Node
from footprint.model import Amount, Leg, Process, Product, Route, Spread
from footprint.uncertainty.distributions import UNCERTAINTY_DTYPE, uncertainty_row


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
    """Entries of one column: positive data, flip, distributions, and whether the amount is an estimate."""

    data: NDArray[np.float64]
    flip: NDArray[np.bool_]
    distributions: NDArray[np.void]
    estimate: NDArray[np.bool_]


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
    spreads: list[tuple[int, Spread, float]] = field(default_factory=list)
    estimate: list[bool] = field(default_factory=list)

    def add(self, amount: Amount | Leg, value: float, flip: bool, spread: Spread | None, scale: float) -> None:
        """One entry; `scale` is what the spread's amount was multiplied by to become `value`."""
        if spread is not None:
            self.spreads.append((len(self.data), spread, scale))
        self.data.append(value)
        self.flip.append(flip)
        self.estimate.append(amount.tier == "estimate")

    def freeze(self) -> Block:
        """The entries as arrays."""
        distributions = np.zeros(len(self.data), UNCERTAINTY_DTYPE)
        distributions["loc"] = self.data
        for i, spread, scale in self.spreads:
            distributions[i] = uncertainty_row(self.data[i], spread, scale)
        return Block(
            np.array(self.data, float), np.array(self.flip, bool), distributions, np.array(self.estimate, bool)
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
    )
