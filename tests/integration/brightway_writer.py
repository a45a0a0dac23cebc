"""Writes real Brightway projects and solves them with bw2calc, in a process of its own with BRIGHTWAY2_DIR set.

    BRIGHTWAY2_DIR=FOLDER python tests/integration/brightway_writer.py small
    BRIGHTWAY2_DIR=FOLDER python tests/integration/brightway_writer.py uslci FILE.json.gz
    BRIGHTWAY2_DIR=FOLDER python tests/integration/brightway_writer.py inventory PROJECT DATABASE CODE…

`small` is an invented database whose numbers can be followed by hand: power from coal with a loop (the mine takes
power), acid, a lorry, a landfill that takes waste in (its reference flow is negative, as in ecoinvent), leachate after
100 years, flows that are found by UUID, CAS number, name and synonym, and one that is not. `inventory` prints, as
JSON, what bw2calc finds one unit of each activity to exchange with nature: `{code: {flow code: amount}}`.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Sequence
from typing import Any

SMALL, USLCI = "small-cutoff", "USLCI"
#: code -> (name, categories, unit, type, CAS number); codes that are UUIDs are ecoinvent's
FLOWS: dict[str, tuple[str, tuple[str, ...], str, str, str]] = {
    "f9749677-9c9f-4678-ab55-c607dfdc2cb9": (
        "Carbon dioxide, fossil",
        ("air", "urban air close to ground"),
        "kilogram",
        "emission",
        "000124-38-9",
    ),
    "so2": ("Sulphur dioxide", ("air", "non-urban air or from high stacks"), "gram", "emission", "7446-09-5"),
    "ch4": ("methane, fossil", ("air", "non-urban air or from high stacks"), "kilogram", "emission", ""),
    "co": ("Carbon monoxide", ("air", "urban air close to ground"), "kilogram", "emission", ""),
    "p": ("Phosphate", ("water", "ground-, long-term"), "kilogram", "emission", "14265-44-2"),
    "river": ("Water, river", ("natural resource", "in water"), "cubic meter", "natural resource", ""),
    "mystery": ("Unobtainium dust", ("air",), "kilogram", "emission", ""),
}
#: code -> (name, product, location, unit, production, exchanges as (code, amount))
ACTIVITIES: dict[str, tuple[str, str, str, str, float, list[tuple[str, float]]]] = {
    "coal": (
        "coal mine operation",
        "coal",
        "RoW",
        "kilogram",
        1.0,
        [("power", 0.05), ("ch4", 0.01), ("waste", -0.2), ("river", 0.001)],
    ),
    "power": (
        "electricity production, coal",
        "electricity, high voltage",
        "CL",
        "kilowatt hour",
        1.0,
        [("coal", 0.4), ("f9749677-9c9f-4678-ab55-c607dfdc2cb9", 0.95), ("so2", 2.0), ("river", 0.002)],
    ),
    "grid": (
        "market for electricity",
        "electricity",
        "CL",
        "kilowatt hour",
        1.0,
        [("power", 1.06)],
    ),
    "acid": ("market for acid", "acid", "RoW", "kilogram", 1.0, [("grid", 0.6), ("so2", 3.0), ("mystery", 0.001)]),
    "lorry": (
        "transport, freight, lorry",
        "transport, freight, lorry",
        "GLO",
        "ton kilometer",
        1.0,
        [("f9749677-9c9f-4678-ab55-c607dfdc2cb9", 0.08), ("co", 0.0002)],
    ),
    "waste": ("treatment of waste rock", "waste rock", "RoW", "kilogram", -1.0, [("lorry", 0.01), ("p", 0.0005)]),
}


def small() -> None:
    """The invented database in the project `small`."""
    _write("small", "biosphere3", SMALL, _small_flows(), _small_activities())


def _small_flows() -> dict[str, dict[str, Any]]:
    return {
        code: {"name": name, "categories": places, "unit": unit, "type": kind, "CAS number": cas}
        for code, (name, places, unit, kind, cas) in FLOWS.items()
    }


def _small_activities() -> dict[str, dict[str, Any]]:
    return {
        code: {
            "name": name,
            "reference product": product,
            "location": place,
            "unit": unit,
            "exchanges": [
                {"input": (SMALL, code), "amount": made, "type": "production"},
                *(
                    {"input": ("biosphere3", other), "amount": amount, "type": "biosphere"}
                    if other in FLOWS
                    else {"input": (SMALL, other), "amount": amount, "type": "technosphere"}
                    for other, amount in exchanges
                ),
            ],
        }
        for code, (name, product, place, unit, made, exchanges) in ACTIVITIES.items()
    }


def uslci(path: str) -> None:
    """The U.S. life cycle inventory database in the project `uslci`."""
    with gzip.open(path) as file:
        held = json.load(file)
    flows = {
        flow["code"]: {key: value for key, value in flow.items() if key not in ("code", "database")}
        for flow in held["biosphere"]
    }
    activities = {
        activity["code"]: {
            **{key: activity[key] for key in ("name", "unit", "reference product")},
            "location": activity["location"] or "GLO",
            "exchanges": [
                {"input": ("uslci_bio" if kind == "biosphere" else USLCI, code), "amount": amount, "type": kind}
                for _, code, amount, kind in activity["exchanges"]
            ],
        }
        for activity in held["activities"]
    }
    _write("uslci", "uslci_bio", USLCI, flows, activities)


def _write(
    project: str, biosphere: str, database: str, flows: dict[str, dict[str, Any]], activities: dict[str, dict[str, Any]]
) -> None:
    import bw2data

    bw2data.projects.set_current(project)
    bw2data.Database(biosphere).write({(biosphere, code): flow for code, flow in flows.items()})
    bw2data.Database(database).write({(database, code): activity for code, activity in activities.items()})


def inventory(project: str, database: str, codes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Elementary flows of one unit of each product (or of one unit of waste treated), by bw2calc."""
    import bw2calc
    import bw2data

    bw2data.projects.set_current(project)
    found = {}
    for code in codes:
        node = bw2data.get_node(database=database, code=code)
        made = sum(exchange["amount"] for exchange in node.production())
        demand, packages, _ = bw2data.prepare_lca_inputs({node: 1.0 if made > 0 else -1.0})
        lca = bw2calc.LCA(demand, data_objs=packages)
        lca.lci()
        totals = lca.inventory.sum(axis=1).A1 if hasattr(lca.inventory.sum(axis=1), "A1") else lca.inventory.sum(axis=1)
        found[code] = {
            bw2data.get_node(id=flow)["code"]: float(totals[row]) for flow, row in lca.dicts.biosphere.items()
        }
    return found


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["small"]:
            small()
        case ["uslci", path]:
            uslci(path)
        case ["inventory", project, database, *codes]:
            answer = inventory(project, database, codes)
            print(json.dumps(answer))
