"""A solved product system as Brightway datasets: plain dictionaries, nothing of Brightway is imported.

Signs are those of the LCI graph in Brightway's words: an input is a positive `technosphere` exchange, a waste sent to
treatment a negative one, and what treats a waste has a negative production (as in ecoinvent). The share of a joint
process that a product carries is already in the amounts. Where the method holds a factor for a flow's location, the
flow stands once per location (`water, river, CL`), since a Brightway method has no locations: the results then agree in
every category.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from footprint.calculation import Assessed
from footprint.errors import InputError
from footprint.exchange.provenance import Provenance
from footprint.inventory.graph import ElementaryFlow, Entries, Node
from footprint.inventory.kernel import Matrix
from footprint.library.declarations import DECLARED
from footprint.library.method import Method
from footprint.library.method_files import GLOBAL, Category
from footprint.library.providers import RESOURCE_COMPARTMENTS
from footprint.library.tables import read_csv
from footprint.model import Route
from footprint.uncertainty.distributions import LOGNORMAL, NORMAL, TRIANGULAR, UNDEFINED, UNIFORM

Dataset = dict[str, Any]
Key = tuple[str, str]
KWH_PER_MJ = 1 / 3.6
#: the unit names of Brightway and ecoinvent
UNIT_NAMES = {
    "kg": "kilogram",
    "m3": "cubic meter",
    "MJ": "megajoule",
    "t*km": "ton kilometer",
    "m2": "square meter",
    "m2*a": "square meter-year",
    "kBq": "kilo Becquerel",
    "km": "kilometer",
}


@dataclass(frozen=True)
class DatabaseNames:
    """The three databases of an exported route."""

    foreground: str
    background: str
    flows: str

    @classmethod
    def of(cls, route: str) -> DatabaseNames:
        """Names that Activity Browser lists side by side."""
        return cls(route, f"{route}, background", f"{route}, elementary flows")

    def in_order(self) -> tuple[str, str, str]:
        """In the order they are written: none links to one after it."""
        return self.flows, self.background, self.foreground


@dataclass(frozen=True)
class ExportedMethod:
    """One category as a Brightway method: its name, its unit and the factor of each elementary flow."""

    name: tuple[str, str, str]
    unit: str
    description: str
    factors: tuple[tuple[Key, float], ...]


@dataclass(frozen=True)
class ExportedSystem:
    """All that is written: databases in order, methods by category code, and the demand that gives the result."""

    names: DatabaseNames
    databases: Mapping[str, Mapping[Key, Dataset]]
    methods: Mapping[str, ExportedMethod]
    demand: tuple[Key, float]
    metadata: Mapping[str, str]


def exported_system(route: Route, system: Assessed, folder: Path, long_term: str) -> ExportedSystem:
    """The datasets of a solved route. `folder` holds the files of its method, with the identifiers of the flows."""
    graph = system.assessment.graph
    names = DatabaseNames.of(route.id)
    flows = _FlowTable(graph.flows, system, names.flows, _identifiers(folder))
    activities = _Activities(route, system, names, flows)
    written = {key: activities.dataset(i) for i, key in enumerate(activities.keys)}
    databases = {
        names.flows: flows.datasets(),
        names.background: {key: value for key, value in written.items() if key[0] == names.background},
        names.foreground: {key: value for key, value in written.items() if key[0] == names.foreground},
    }
    demand = activities.keys[graph.demand], graph.amount * activities.worth[graph.demand]
    return ExportedSystem(names, databases, _methods(flows, system, long_term), demand, _metadata(route, system))


def globally(system: Assessed) -> Mapping[str, float]:
    """The value of each regional category with the factors that hold for the whole world."""
    assessment, method = system.assessment, system.method
    rows = np.array(assessment.factors.row, dtype=np.int64)
    known = rows >= 0
    values = {}
    for code in method.regional:
        column = method.column[code]
        line = assessment.table[column].copy()
        line[known] = np.nan_to_num(method.global_factors[rows[known], column])
        values[code] = float(line @ assessment.inventory.flows)
    return values


def _metadata(route: Route, system: Assessed) -> Mapping[str, str]:
    return {
        "route": route.id,
        "route sha256": route.sha256,
        "method": system.method.id,
        "method sha256": system.method.sha256,
        "background": system.background.id,
        "background sha256": system.background.sha256,
    }


# --- elementary flows ----------------------------------------------------------------------------------------------


class _FlowTable:
    """The elementary flows of a system: one per name, compartment and place whose factor is used."""

    def __init__(
        self,
        flows: tuple[ElementaryFlow, ...],
        system: Assessed,
        database: str,
        identifiers: Mapping[tuple[str, str], Mapping[str, str]],
    ) -> None:
        self.flows, self.method, self.database, self.identifiers = flows, system.method, database, identifiers
        self.rows = system.assessment.factors.row
        self.places = [_place(self.method, row, flow) for row, flow in zip(self.rows, flows, strict=True)]
        self.keys = [(database, self._code(i)) for i in range(len(flows))]
        self.first = {key: i for i, key in reversed(list(enumerate(self.keys)))}

    def _code(self, i: int) -> str:
        flow = self.flows[i]
        return " | ".join((flow.name, flow.compartment, *([self.places[i]] if self.places[i] != GLOBAL else [])))

    def name(self, i: int) -> str:
        """A regional flow carries its place in its name, as consultants know it from other programs."""
        if self.flows[i].compartment.startswith(DECLARED):
            return f"{self.flows[i].name}, result declared by a supplier"
        return self.flows[i].name + (f", {self.places[i]}" if self.places[i] != GLOBAL else "")

    def datasets(self) -> dict[Key, Dataset]:
        """One dataset per elementary flow."""
        return {key: self._dataset(i) for key, i in sorted(self.first.items())}

    def _dataset(self, i: int) -> Dataset:
        flow = self.flows[i]
        resource = flow.compartment in RESOURCE_COMPARTMENTS
        parts = ("natural resource", flow.compartment) if resource else tuple(flow.compartment.split("/"))
        found: Dataset = {
            "name": self.name(i),
            "categories": parts,
            "unit": UNIT_NAMES.get(flow.unit, flow.unit),
            "type": "natural resource" if resource else "emission",
            "exchanges": [],
        }
        known = self.identifiers.get((flow.name, flow.compartment), {})
        found |= {key: known[column] for key, column in _IDENTIFIERS.items() if known.get(column)}
        if self.places[i] != GLOBAL:
            found["comment"] = f"{flow.name}: takes the factor of {self.places[i]}"
        elif known.get("status"):
            found["comment"] = f"no factor: {known['status']}; {known.get('reason', '')}"
        return found


_IDENTIFIERS = {
    "CAS number": "cas",
    "EF UUID": "ef_uuid",
    "EF name": "ef_name",
    "ecoinvent UUID": "ecoinvent_uuid",
    "ecoinvent name": "ecoinvent_name",
    "ecoinvent compartment": "ecoinvent_compartment",
}


def _identifiers(folder: Path) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The rows of `flows.csv` and `uncharacterised.csv` by flow and compartment."""
    files = [path for name in ("flows.csv", "uncharacterised.csv") if (path := folder / name).is_file()]
    return {(r["flow"], r["compartment"]): r for path in files for _, r in read_csv(path, ("flow", "compartment"))}


def _place(method: Method, row: int, flow: ElementaryFlow) -> str:
    """The place whose factor a flow takes in the regional categories, or GLO."""
    used = (method.used_location(code, row, flow.location) for code in method.regional if row >= 0)
    return next((place for place in used if place != GLOBAL), GLOBAL)


# --- methods -------------------------------------------------------------------------------------------------------


def _methods(flows: _FlowTable, system: Assessed, long_term: str) -> Mapping[str, ExportedMethod]:
    method = system.method
    family = f"{method.name} (crm-footprint{'' if long_term == 'include' else ', without long-term emissions'})"
    return {
        category.code: ExportedMethod(
            (family, category.name, category.indicator or category.code),
            category.unit,
            _description(method, category),
            _factors(flows, system.assessment.table[method.column[category.code]]),
        )
        for category in method.categories
        if not category.parent
    }


def _factors(flows: _FlowTable, line: Matrix) -> tuple[tuple[Key, float], ...]:
    return tuple((key, float(line[i])) for key, i in sorted(flows.first.items()) if line[i])


def _description(method: Method, category: Category) -> str:
    told = f"{method.id}, {category.code}. {category.model}".strip()
    if category.code in method.regional:
        told += ". Factors by location: a flow stands once per location, with the location in its name"
    return f"{told}. Holds the elementary flows of the exported routes only."


# --- activities ----------------------------------------------------------------------------------------------------


class _Activities:
    """Nodes of the graph as Brightway activities."""

    def __init__(self, route: Route, system: Assessed, names: DatabaseNames, flows: _FlowTable) -> None:
        graph = system.assessment.graph
        self.graph, self.flows = graph, flows
        self.provenance = Provenance(route, system)
        self.keys = [(names.foreground if n.foreground else names.background, n.key) for n in graph.nodes]
        self.worth = [KWH_PER_MJ if _is_power(node) else 1.0 for node in graph.nodes]
        self.technosphere = _columns(graph.technosphere, len(graph.nodes))
        self.biosphere = _columns(graph.biosphere, len(graph.nodes))

    def dataset(self, i: int) -> Dataset:
        """One activity with its exchanges."""
        node = self.graph.nodes[i]
        exchanges = list(self._exchanges(i))
        return {
            "name": node.name,
            "reference product": node.flow,
            "unit": _unit(node),
            "location": node.location,
            "type": "process",
            "production amount": exchanges[0]["amount"],
            "comment": self.provenance.activity(node),
            "exchanges": exchanges,
        }

    def _exchanges(self, i: int) -> Iterator[Dataset]:
        """The reference flow, then products and wastes, then elementary flows, each with its source."""
        graph, node = self.graph, self.graph.nodes[i]
        technosphere, biosphere = self.technosphere[i], self.biosphere[i]
        products, natural = self.provenance.exchanges(node, len(technosphere), len(biosphere))
        for n, (entry, told) in enumerate(zip(technosphere, products, strict=True)):
            row = int(graph.technosphere.indices["row"][entry])
            supplier = graph.nodes[row]
            # an input is subtracted by Brightway itself, so only what is not flipped turns negative
            turned = graph.technosphere.flip[entry] == (n == 0)
            made = _quantity(graph.technosphere, entry, self.worth[row] * (-1 if turned else 1))
            yield {
                "input": self.keys[row],
                "name": supplier.flow,
                "unit": _unit(supplier),
                "type": "production" if n == 0 else "technosphere",
                **made,
                **({"comment": told} if told else {}),
            }
        for entry, told in zip(biosphere, natural, strict=True):
            flow = int(graph.biosphere.indices["row"][entry])
            yield {
                "input": self.flows.keys[flow],
                "name": self.flows.name(flow),
                "unit": UNIT_NAMES.get(graph.flows[flow].unit, graph.flows[flow].unit),
                "type": "biosphere",
                **_quantity(graph.biosphere, entry, -1 if graph.biosphere.flip[entry] else 1),
                **({"comment": told} if told else {}),
            }


def _columns(entries: Entries, nodes: int) -> list[list[int]]:
    """The numbers of the entries of each column, in their order."""
    found: list[list[int]] = [[] for _ in range(nodes)]
    for entry, column in enumerate(entries.indices["col"].tolist()):
        found[column].append(entry)
    return found


def _is_power(node: Node) -> bool:
    """Electricity is told in kWh, other energy in MJ."""
    return node.unit == "MJ" and node.flow.lower().startswith("electricity")


def _unit(node: Node) -> str:
    return "kilowatt hour" if _is_power(node) else UNIT_NAMES.get(node.unit, node.unit)


def _quantity(entries: Entries, entry: int, factor: float) -> Dataset:
    """Amount and `stats_arrays` fields of an entry times `factor`, which converts the unit and sets the sign."""
    amount = float(entries.data[entry]) * factor
    if not math.isfinite(amount):
        raise InputError(f"an amount of the system is not finite: {amount}")
    row = entries.distributions[entry]
    kind = int(row["uncertainty_type"])
    found: Dataset = {"amount": amount, "uncertainty type": kind, "loc": amount}
    if kind == UNDEFINED or not amount:
        return found | {"uncertainty type": UNDEFINED}
    if kind == LOGNORMAL:
        found |= {"loc": math.log(abs(amount)), "scale": float(row["scale"]), "negative": amount < 0}
    elif kind == NORMAL:
        found["scale"] = float(row["scale"]) * abs(factor)
    elif kind in (UNIFORM, TRIANGULAR):
        found["minimum"], found["maximum"] = sorted((float(row["minimum"]) * factor, float(row["maximum"]) * factor))
    return found
