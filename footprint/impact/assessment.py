"""From a solved graph to a footprint: characterise, split into contributions, and say what rests on estimates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.impact.characterisation import Factors, direct_impacts, factors
from footprint.impact.result import DIRECT, Contribution, FlowContribution
from footprint.inventory.graph import Entries, Graph
from footprint.inventory.kernel import Matrix
from footprint.inventory.solution import Inventory, Solved
from footprint.library.method import Method


@dataclass(frozen=True)
class Assessment:
    """The impacts of one solved graph.

    `direct` is impact per unit run of each node (categories x nodes), `supplied` impact per unit of each background
    product (categories x background nodes): Y = C B K⁻¹, one solution of the background for all that take from it.
    """

    solved: Solved
    inventory: Inventory
    factors: Factors
    table: Matrix
    direct: Matrix
    supplied: Matrix

    @property
    def graph(self) -> Graph:
        """The graph assessed."""
        return self.solved.graph


def assess(
    solved: Solved,
    method: Method,
    inventory: Inventory | None = None,
    long_term: str = "include",
) -> Assessment:
    """Characterise a solved graph. `inventory` may come from another engine; `long_term` is include or exclude."""
    graph = solved.graph
    found = factors(method, graph.flows, lambda flow: exchanging(graph, flow))
    table = found.table if long_term == "include" else found.without_long_term(graph.flows)
    direct = direct_impacts(table, graph.biosphere, len(graph.nodes))
    supplied = direct[:, graph.foreground :] @ solved.background.inverse
    return Assessment(solved, inventory or solved.inventory, found, table, direct, supplied)


def exchanging(graph: Graph, flow: int) -> str:
    """Who exchanges a flow: the first process in the order of the graph."""
    entries = graph.biosphere.indices
    node = graph.nodes[int(entries["col"][entries["row"] == flow].min())]
    return node.key if node.key.startswith("declaration:") else f"{graph.route}, process '{node.process}'"


def totals(assessment: Assessment) -> Matrix:
    """Impact of the declared unit per category and sub-indicator: C B s."""
    return assessment.direct @ assessment.inventory.scaling


def contributions(assessment: Assessment) -> tuple[Contribution, ...]:
    """One row per foreground process for its direct emissions, and one per background product it takes."""
    graph, s = assessment.graph, assessment.inventory.scaling
    values: dict[tuple[str, str, str], Matrix] = defaultdict(lambda: np.zeros(len(assessment.direct)))
    for i, node in enumerate(graph.nodes[: graph.foreground]):
        values[node.stage, node.process, DIRECT] += assessment.direct[:, i] * s[i]
    for row, col, value in _links(graph.technosphere, graph.foreground):
        node, supplier = graph.nodes[col], graph.nodes[row]
        values[node.stage, node.process, supplier.key] += (
            -value * s[col] * assessment.supplied[:, row - graph.foreground]
        )
    return tuple(Contribution(*key, found) for key, found in values.items())


def _links(entries: Entries, foreground: int) -> list[tuple[int, int, float]]:
    """(background row, foreground column, signed value) of what the foreground takes from the background."""
    rows, cols, signed = entries.indices["row"], entries.indices["col"], entries.signed
    chosen = np.flatnonzero((rows >= foreground) & (cols < foreground))
    return [(int(rows[i]), int(cols[i]), float(signed[i])) for i in chosen]


def flow_contributions(assessment: Assessment) -> tuple[FlowContribution, ...]:
    """What each elementary flow adds, places summed; flows without any factor included and marked."""
    graph, g = assessment.graph, assessment.inventory.flows
    held = np.logical_or.reduce(assessment.factors.held, axis=0)
    groups: dict[tuple[str, str, str], int] = {}
    member = np.array([groups.setdefault((f.name, f.compartment, f.unit), len(groups)) for f in graph.flows], np.int64)
    amounts = np.bincount(member, weights=g, minlength=len(groups))
    characterised = np.bincount(member, weights=held, minlength=len(groups)) > 0
    values = np.zeros((len(groups), len(assessment.table)))
    np.add.at(values, member, (assessment.table * g).T)
    return tuple(
        FlowContribution(*key, float(amounts[i]), values[i], bool(characterised[i])) for key, i in groups.items()
    )


def not_covered(assessment: Assessment) -> Mapping[str, tuple[str, ...]]:
    """Category -> the background processes and supplier declarations in use that hold no data for it."""
    found: dict[str, list[str]] = defaultdict(list)
    for i, (node, s) in enumerate(zip(assessment.graph.nodes, assessment.inventory.scaling, strict=True)):
        missing = _undeclared(assessment, i) if node.key.startswith("declaration:") else node.not_covered
        for code in missing if s else ():
            found[code].append(node.process)
    return {code: tuple(dict.fromkeys(keys)) for code, keys in found.items()}


def _undeclared(assessment: Assessment, node: int) -> list[str]:
    """The categories a supplier's declaration says nothing of."""
    entries = assessment.graph.biosphere.indices
    given = {assessment.graph.flows[row].name for row in entries["row"][entries["col"] == node]}
    return [code for code in assessment.factors.method.codes if code not in given]


#: tiers of background processes that are literature, engineering models or for the user to set
WEAK_TIERS = frozenset({"C", "D"})


def screening_shares(assessment: Assessment) -> Matrix:
    """The share of each category that rests on amounts nobody confirmed, 0 to 1."""
    graph = assessment.graph
    return _resting_shares(assessment, graph.technosphere.estimate, _direct_part(assessment, graph.biosphere.estimate))


def tier_c_shares(assessment: Assessment) -> Matrix:
    """The share of each category that rests on background processes of tier C or D, 0 to 1: all their entries do."""
    weak = np.array([node.tier in WEAK_TIERS for node in assessment.graph.nodes])
    marked = weak[assessment.graph.technosphere.indices["col"]]
    return _resting_shares(assessment, marked, assessment.direct * weak)


def _resting_shares(assessment: Assessment, marked: NDArray[np.bool_], direct: Matrix) -> Matrix:
    """The share of each category that rests on marked entries, 0 to 1.

    `marked` says which technosphere entries, `direct` holds the direct impact of each node in its marked exchanges. An
    impact rests on a marked entry when any amount on its way from the declared unit to nature is one. With N the inputs
    per unit, m the marked and c the other ones, Z = d_m + N_m^T Y + N_c^T Z: what is exchanged directly in marked
    entries, all that marked inputs bring, and the part of other inputs that rests on marked entries further up.
    What rests on them may be a credit: its size counts, and above the whole it is cut to 1.
    """
    graph = assessment.graph
    n, nodes = graph.foreground, len(graph.nodes)
    z_back = _upstream(graph, marked, direct, assessment.supplied, range(n, nodes), np.zeros((len(direct), 0)))
    every = np.hstack([_foreground_supplied(assessment), assessment.supplied])
    z_fore = _upstream(graph, marked, direct, every, range(n), z_back)
    total = totals(assessment)
    resting = z_fore[:, graph.demand] * graph.amount
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total != 0, np.abs(resting / total), 0.0)
    cut: Matrix = np.minimum(share, 1.0)
    return cut


def _direct_part(assessment: Assessment, marked: NDArray[np.bool_]) -> Matrix:
    """The part of each node's direct impact that its marked exchanges make.

    Exchanges of a node are netted (water taken and returned) and split by their absolute parts.
    """
    entries, nodes = assessment.graph.biosphere, len(assessment.graph.nodes)
    size = np.abs(assessment.table[:, entries.indices["row"]] * entries.data)
    cols = entries.indices["col"]
    whole = np.array([np.bincount(cols, weights=line, minlength=nodes) for line in size])
    part = np.array([np.bincount(cols, weights=line * marked, minlength=nodes) for line in size])
    found: Matrix = assessment.direct * np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
    return found


def _foreground_supplied(assessment: Assessment) -> Matrix:
    """Impact per unit of each foreground product, its background included."""
    solved, n = assessment.solved, assessment.graph.foreground
    return (assessment.direct[:, :n] - assessment.supplied @ solved.links) @ solved.foreground.inverse


def _upstream(
    graph: Graph, marked: NDArray[np.bool_], direct: Matrix, supplied: Matrix, block: range, known: Matrix
) -> Matrix:
    """Solve Z for one diagonal block; `known` is Z of the background when the block is the foreground."""
    entries, first, last = graph.technosphere, block.start, block.stop
    rows, cols, signed = entries.indices["row"], entries.indices["col"], entries.signed
    offset = first if known.shape[1] == 0 else 0
    inside = (cols >= first) & (cols < last)
    is_input = inside & (rows != cols)
    per_run = direct[:, first:last].copy()
    for chosen, brought, start in (
        (is_input & marked, supplied, offset),
        (is_input & ~marked & (rows >= last), known, last),
    ):
        inputs = np.zeros((brought.shape[1], len(block)))
        np.add.at(inputs, (rows[chosen] - start, cols[chosen] - first), -signed[chosen])
        per_run += brought @ inputs
    kept = inside & ((rows == cols) | (is_input & ~marked & (rows >= first) & (rows < last)))
    matrix = np.zeros((len(block), len(block)))
    np.add.at(matrix, (rows[kept] - first, cols[kept] - first), signed[kept])
    solved: Matrix = np.linalg.solve(matrix.T, per_run.T).T.astype(float, copy=False)
    return solved
