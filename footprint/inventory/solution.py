"""The solved inventory of a graph: how much of each process runs, and what that exchanges with nature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from footprint.errors import UnsolvableSystem
from footprint.inventory.graph import Graph
from footprint.inventory.kernel import Matrix, Technosphere, check_signs, invert

#: inverted backgrounds held at a time
KEPT = 8


@dataclass(frozen=True)
class Inventory:
    """`scaling` s per node and `flows` g per elementary flow, for the declared unit."""

    graph: Graph
    scaling: Matrix

    @cached_property
    def flows(self) -> Matrix:
        """g = B s, in the unit of each elementary flow."""
        entries = self.graph.biosphere
        amounts = entries.signed * self.scaling[entries.indices["col"]]
        found: Matrix = np.bincount(entries.indices["row"], weights=amounts, minlength=len(self.graph.flows)).astype(
            float
        )
        return found


@dataclass(frozen=True)
class Solved:
    """A graph with its two diagonal blocks inverted: foreground (with the rows it makes) and background."""

    graph: Graph
    foreground: Technosphere
    background: Technosphere
    links: Matrix

    @cached_property
    def inventory(self) -> Inventory:
        """s for the declared unit: the foreground first, then the background it asks for."""
        n, graph = self.graph.foreground, self.graph
        demand = np.zeros(n)
        demand[graph.demand] = graph.amount
        fore = self.foreground.scaling(demand)
        back = self.background.scaling(-self.links @ fore)
        s = np.concatenate([fore, back])
        check_signs(graph, s)
        return Inventory(graph, s)


def solve_graph(graph: Graph, kept: dict[Any, Any] | None = None) -> Solved:
    """Invert the blocks of a graph: A = [[F, 0], [L, K]], foreground F, background K, links L.

    `kept` holds the last inverted backgrounds: systems that reach the same background processes share one.
    Raises SingularSystem, NotFinite, ResidualTooLarge or NegativeScaling.
    """
    n, matrix = graph.foreground, graph.technosphere_matrix()
    keys = tuple(node.key for node in graph.nodes)
    try:
        fore, back = invert(matrix[:n, :n], keys[:n]), _background(matrix[n:, n:], keys[n:], kept)
    except UnsolvableSystem as error:
        raise type(error)(f"{graph.route}: {error}") from None
    return Solved(graph, fore, back, matrix[n:, :n])


def _background(matrix: Matrix, keys: tuple[str, ...], kept: dict[Any, Any] | None) -> Technosphere:
    if kept is None:
        return invert(matrix, keys)
    solved: dict[tuple[str, ...], Technosphere] = kept.setdefault("inverted", {})
    if keys not in solved or not np.array_equal(solved[keys].matrix, matrix):
        while len(solved) >= KEPT:
            solved.pop(next(iter(solved)))
        solved[keys] = invert(matrix, keys)
    return solved[keys]
