"""Background products on their own: the impact of one unit of each, without a foreground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, UnsolvableSystem
from footprint.impact.assessment import Assessment, exchanging, totals
from footprint.impact.characterisation import direct_impacts, factors
from footprint.inventory.allocation import AllocationRules
from footprint.inventory.build import HELD, Electricity, build_background_graph
from footprint.inventory.graph import Graph
from footprint.inventory.kernel import Matrix, invert
from footprint.library.background import Background
from footprint.library.method import Method
from footprint.library.providers import Provider

#: relative difference below which two results are the same
SAME = 1e-9


@dataclass(frozen=True)
class Supply:
    """Solved background products.

    `keys` are the nodes asked for; `supplied` is impact per unit of product made or waste treated (categories x nodes),
    its upstream included; `exchanged` says where a node itself exchanges a flow that the category counts.
    """

    graph: Graph
    keys: tuple[str, ...]
    supplied: Matrix
    exchanged: NDArray[np.bool_]

    def value(self, key: str) -> Matrix:
        """Impact per unit of the product of a node, in every category and sub-indicator of the method."""
        node = next(i for i, node in enumerate(self.graph.nodes) if node.key == key)
        found: Matrix = self.supplied[:, node]
        return found


def background_supply(
    background: Background,
    method: Method,
    rules: AllocationRules,
    wanted: Iterable[tuple[Provider, str]],
    long_term: str = "include",
) -> Supply:
    """Solve background products, each a (provider, flow), with all they need: Y = C B K⁻¹.

    Raises InputError where the background lacks one of them, UnsolvableSystem where it has no meaningful solution.
    """
    graph, keys = build_background_graph(background, rules, wanted)
    found = factors(method, graph.flows, lambda flow: exchanging(graph, flow))
    table = found.table if long_term == "include" else found.without_long_term(graph.flows)
    count = len(graph.nodes)
    try:
        solved = invert(graph.technosphere_matrix(), [node.key for node in graph.nodes])
    except UnsolvableSystem as error:
        raise type(error)(f"background '{background.id}': {error}") from None
    supplied = direct_impacts(table, graph.biosphere, count) @ solved.inverse * np.sign(graph.production)
    entries = graph.biosphere
    weight = np.abs(table[:, entries.indices["row"]] * entries.data)
    exchanged = np.array([np.bincount(entries.indices["col"], weights=line, minlength=count) > 0 for line in weight])
    return Supply(graph, keys, supplied, exchanged)


def electricity_sensitivity(
    assessment: Assessment,
    background: Background,
    rules: AllocationRules,
    electricity: Electricity,
    long_term: str,
) -> Mapping[str, Matrix]:
    """The result under each other electricity strategy for which mixes are held; one that changes nothing is left out.

    Only the supplier of electricity changes, so the foreground runs as before: with s the scaling vector, a the amount
    a process takes and Y impact per unit, the result moves by the sum of s a (Y_other - Y_taken). A strategy for which
    a country's mix is missing is left out too; so is the residual mix, which nobody holds.
    """
    graph, s = assessment.graph, assessment.inventory.scaling
    position = {node.key: i for i, node in enumerate(graph.nodes)} if graph.switches else {}
    base = totals(assessment)
    found: dict[str, Matrix] = {}
    for strategy in HELD:
        switches = [switch for switch in graph.switches if switch.strategy == strategy != electricity]
        value = base.copy()
        try:
            for switch in switches:
                taken = assessment.supplied[:, position[switch.taken] - graph.foreground]
                other = _per_unit(switch.other, background, assessment.factors.method, rules, long_term)
                value += s[position[switch.node]] * switch.amount * (other - taken)
        except InputError:
            continue
        if not np.allclose(value, base, rtol=SAME, atol=0.0):
            found[strategy] = value
    return found


def _per_unit(
    provider: Provider, background: Background, method: Method, rules: AllocationRules, long_term: str
) -> Matrix:
    """Impact per unit of a country's electricity, kept beside the background."""
    kept: dict[str, Matrix] = background.memo.setdefault(("electricity", method.sha256, long_term, rules.window), {})
    if provider.id not in kept:
        supply = background_supply(background, method, rules, [(provider, "electricity")], long_term)
        kept[provider.id] = supply.value(supply.keys[0])
    return kept[provider.id]
