"""What a result would be under another allocation rule, without building the system again.

A column of a joint process is its reference flow and its exchanges times the share the product carries. Another rule
changes the shares, so each column's exchanges are scaled by new share / old share and the foreground solved once more;
the background is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from footprint.errors import InputError
from footprint.impact.assessment import Assessment
from footprint.inventory.allocation import AllocationRules, shares
from footprint.inventory.kernel import Matrix
from footprint.model import Rule

#: rules shown beside the one in force (DECISIONS 10)
ALTERNATIVES: tuple[Rule, ...] = ("mass", "element-mass", "economic", "energy")


def allocation_sensitivity(
    assessment: Assessment, rules: AllocationRules, window: tuple[int, int]
) -> Mapping[str, Matrix]:
    """The result under each other rule that the products have data for, and by value with the prices of `window`.

    A rule for which a product has no data (a price, a content) is left out; so is one that leaves every share as it is.
    """
    candidates = {str(rule): replace(rules, override=rule) for rule in ALTERNATIVES}
    candidates[f"economic, {window[0]} to {window[1]}"] = replace(rules, override="economic", window=window)
    found: dict[str, Matrix] = {}
    for name, candidate in candidates.items():
        try:
            values = reallocated(assessment, candidate)
        except InputError:
            continue
        if values is not None:
            found[name] = values
    return found


def reallocated(assessment: Assessment, rules: AllocationRules) -> Matrix | None:
    """The result under other rules for the joint processes of the foreground; None where they leave every share.

    Raises InputError where a product lacks what its rule needs, or where exchanges are assigned to single products.
    """
    for key, process in assessment.graph.joint.items():
        if any(exchange.share_with for exchange in process.exchanges):
            raise InputError(f"process '{key}': exchanges are assigned to single products, which other rules do not do")
    factor = _factors(assessment, rules)
    return None if np.allclose(factor, 1.0, rtol=1e-12, atol=0.0) else _totals(assessment, factor)


def without_host(assessment: Assessment) -> Matrix | None:
    """The result where what comes from a host process arrives free of burden; None where the route has no host.

    A host is a process run for another product (a zinc smelter for germanium), which shares its burden by value with
    the by-product. Result and result without the host stand side by side (DECISIONS 10).
    """
    nodes = assessment.graph.nodes[: assessment.graph.foreground]
    hosts = np.array([node.host for node in nodes])
    return _totals(assessment, np.where(hosts, 0.0, 1.0)) if hosts.any() else None


def _factors(assessment: Assessment, rules: AllocationRules) -> Matrix:
    """New share / old share of each foreground node; one where the process is not joint."""
    graph = assessment.graph
    old = {(share.process, share.product): share.share for share in graph.shares}
    factor = np.ones(graph.foreground)
    for key, process in graph.joint.items():
        new = {share.product: share.share for share in shares(process, rules)}
        for i, node in enumerate(graph.nodes[: graph.foreground]):
            if node.process == key:
                factor[i] = new[node.flow] / old[key, node.flow]
    return factor


def _totals(assessment: Assessment, factor: Matrix) -> Matrix:
    """Impact of the declared unit with every foreground column's exchanges times `factor`."""
    graph, solved, n = assessment.graph, assessment.solved, assessment.graph.foreground
    demand = np.zeros(n)
    demand[graph.demand] = graph.amount
    changed = np.flatnonzero(factor != 1.0)
    taken = solved.foreground.matrix[:, changed]
    taken[changed, np.arange(len(changed))] -= graph.production[changed]
    s = solved.foreground.with_columns(changed, taken * (factor[changed] - 1.0)).scaling(demand)
    scaled = s * factor
    total: Matrix = assessment.direct[:, :n] @ scaled - assessment.supplied @ (solved.links @ scaled)
    return total
