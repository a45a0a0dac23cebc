"""Which categories the processes of a background cover: nothing is zero by omission.

A category is, for one process,

`covered`      not in the process's `not_covered`, and at least one flow that the category counts is exchanged by the
               process itself or by a process upstream of it;
`partly`       not in `not_covered`, but no such flow is exchanged: a zero that nobody has vouched for;
`not covered`  in `not_covered`: the process holds no data although they may matter, whatever its inputs bring.

A covered category may still have gaps upstream: how many processes upstream declare it not covered is counted too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from footprint.impact.supply import Supply, background_supply
from footprint.inventory.allocation import AllocationRules, joint_products
from footprint.inventory.graph import Graph
from footprint.library.background import Background
from footprint.library.method import Method
from footprint.library.providers import Provider
from footprint.model import Process
from footprint.units import written

Status = Literal["covered", "partly", "not covered"]
Reach = NDArray[np.bool_]
STATUSES: tuple[Status, ...] = ("covered", "partly", "not covered")


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A process of the background: where its data are from, and the status of each category.

    `gaps` counts, per category, the processes upstream that declare it not covered.
    """

    group: str
    process: str
    name: str
    products: tuple[str, ...]
    unit: str
    tier: str
    year: int
    location: str
    dqr: float | None
    status: Mapping[str, Status]
    gaps: Mapping[str, int]


@dataclass(frozen=True)
class Coverage:
    """The process x category matrix of a background, in the order of its files."""

    background: tuple[str, str]
    method: str
    codes: tuple[str, ...]
    rows: tuple[CoverageRow, ...]

    def count(self, code: str, status: Status) -> int:
        """How many processes have a category in a status."""
        return sum(row.status[code] == status for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """The matrix as `footprint background coverage --json` prints it."""
        return {
            "schema": "footprint/background-coverage/1",
            "background": {"id": self.background[0], "sha256": self.background[1]},
            "method": self.method,
            "totals": {code: {status: self.count(code, status) for status in STATUSES} for code in self.codes},
            "processes": [_row_dict(row) for row in self.rows],
        }


def background_coverage(background: Background, method: Method, rules: AllocationRules) -> Coverage:
    """The coverage of every unit process of a background, each at its own location."""
    processes = [background.process(Provider("background", ident)) for ident in background.generic]
    wanted = [
        (Provider("background", process.id), product.flow)
        for process in processes
        for product in joint_products(process)
    ]
    supply = background_supply(background, method, rules, wanted)
    upstream = _upstream(supply.graph)
    columns: dict[str, list[int]] = {}
    position = {node.key: i for i, node in enumerate(supply.graph.nodes)}
    for (provider, _), key in zip(wanted, supply.keys, strict=True):
        columns.setdefault(provider.id, []).append(position[key])
    rows = tuple(
        replace(_row(process, columns[process.id], supply, upstream, method), unit=_unit(background, process.id))
        for process in processes
    )
    return Coverage((background.id, background.sha256), method.id, method.codes, rows)


def _unit(background: Background, ident: str) -> str:
    """The unit in which the file gives the product of a process, or the waste it takes."""
    amount = background.generic[ident].products[0].amount
    return written(amount.unit, amount.scale)


def _upstream(graph: Graph) -> Reach:
    """Whether node i (row) is node j (column) or lies upstream of it: the closure of who takes from whom."""
    reached: Reach = graph.technosphere_matrix() != 0
    np.fill_diagonal(reached, True)
    while True:
        further: Reach = (reached.astype(float) @ reached) > 0
        if np.array_equal(further, reached):
            return reached
        reached = further


def _row(process: Process, nodes: Sequence[int], supply: Supply, upstream: Reach, method: Method) -> CoverageRow:
    chain = np.flatnonzero(upstream[:, nodes].sum(axis=1))
    counted = supply.exchanged[:, chain].sum(axis=1) > 0
    others = {node.process.partition("@")[0]: node for node in (supply.graph.nodes[i] for i in chain)}
    others.pop(f"background:{process.id}", None)
    return CoverageRow(
        group=process.group,
        process=process.id,
        name=process.name,
        products=tuple(product.flow for product in joint_products(process)),
        unit=process.products[0].amount.unit,
        tier=process.tier,
        year=process.year,
        location=process.location,
        dqr=process.quality.dqr if process.quality else None,
        status={code: _status(code, process, bool(counted[method.column[code]])) for code in method.codes},
        gaps={code: sum(code in node.not_covered for node in others.values()) for code in method.codes},
    )


def _status(code: str, process: Process, counted: bool) -> Status:
    if code in process.not_covered:
        return "not covered"
    return "covered" if counted else "partly"


def _row_dict(row: CoverageRow) -> dict[str, Any]:
    return {
        "group": row.group,
        "process": row.process,
        "name": row.name,
        "products": list(row.products),
        "unit": row.unit,
        "tier": row.tier or None,
        "year": row.year,
        "location": row.location,
        "dqr": row.dqr,
        "status": dict(row.status),
        "upstream_gaps": dict(row.gaps),
    }
