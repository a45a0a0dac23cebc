"""Reads one database of a Brightway project in a process of its own: matrices and labels, without pickle.

    python -m footprint.exchange.brightway_reader PROJECT DATABASE FOLDER

writes `matrices.npz` (CSC arrays of technosphere and biosphere as `bw2calc` builds them) and `labels.json` (products in
the order of the rows, activities in the order of the columns, elementary flows) to FOLDER. BRIGHTWAY2_DIR must name an
existing folder: importing bw2data would otherwise make one. The project is opened read-only and nothing is processed.
A refusal is one line of JSON on stdout, `{"error": …}`, and exit code 3.
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

REFUSED = 3


class Refused(Exception):
    """The database cannot be read; the message is for the user."""


def main(project: str, database: str, folder: str) -> int:
    """Read and write; the exit code."""
    try:
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(project, database, Path(folder))
    except Refused as error:
        print(json.dumps({"error": str(error)}))
        return REFUSED
    return 0


def read(project: str, database: str, folder: Path) -> None:
    """Write the matrices and labels of a database to a folder. Raises Refused."""
    needed = _open(project, database)
    lca = _loaded(database, needed)
    nodes = _nodes(needed)
    tech, bio = lca.technosphere_matrix.tocsc(), lca.biosphere_matrix.tocsc()
    _check(database, tech)
    arrays = {
        f"{name}_{part}": getattr(matrix, part)
        for name, matrix in (("technosphere", tech), ("biosphere", bio))
        for part in ("data", "indices", "indptr", "shape")
    }
    held: dict[str, Any] = {key: np.asarray(value) for key, value in arrays.items()}
    np.savez(folder / "matrices.npz", **held)
    labels = {
        "project": project,
        "database": database,
        "databases": needed,
        "files": _files(needed),
        "products": [_product(nodes[i]) for i in _ordered(lca.dicts.product)],
        "activities": [_activity(nodes[i]) for i in _ordered(lca.dicts.activity)],
        "flows": [_flow(nodes[i]) for i in _ordered(lca.dicts.biosphere)],
    }
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")


def _open(project: str, database: str) -> list[str]:
    """Open the project read-only and return the database with all it depends on, in the order of their names."""
    try:
        import bw2data
    except ImportError:
        raise Refused("reading a Brightway project needs bw2data: pip install 'crm-footprint[brightway]'") from None
    projects = sorted(p.name for p in bw2data.projects)
    if project not in projects:
        raise Refused(f"project '{project}' is not there; projects: {', '.join(projects[:20])}")
    bw2data.projects.set_current(project, writable=False, update=False)
    held = sorted(bw2data.databases)
    if database not in held:
        raise Refused(f"database '{database}' is not in project '{project}'; it has: {', '.join(held[:20]) or 'none'}")
    needed = sorted(bw2data.Database(database).find_graph_dependents())
    for name in needed:
        if name not in held:
            raise Refused(f"database '{database}' depends on '{name}', which is not in project '{project}'")
        if bw2data.databases[name].get("dirty"):
            raise Refused(f"database '{name}' has changes not yet processed; run bw2data.Database('{name}').process()")
    return needed


def _loaded(database: str, needed: Iterable[str]) -> Any:
    """The matrices as bw2calc builds them from the processed arrays."""
    import bw2calc
    import bw2data
    from bw2data.backends.schema import ActivityDataset as Nodes

    some = Nodes.select(Nodes.id).where(Nodes.database == database, Nodes.type << PROCESSES).limit(1)
    first = [row.id for row in some]
    if not first:
        raise Refused(f"database '{database}' holds no process")
    packages = []
    for name in needed:
        path = bw2data.Database(name).filepath_processed()
        if not Path(path).is_file():
            raise Refused(f"database '{name}' was never processed; run bw2data.Database('{name}').process()")
        packages.append(bw2data.Database(name).datapackage())
    demand = {first[0]: 1}
    lca = bw2calc.LCA(demand, data_objs=packages)
    try:
        lca.load_lci_data()
    except Exception as error:
        raise Refused(f"database '{database}': bw2calc cannot build its matrices: {_first_line(error)}") from None
    return lca


#: node types that are processes (bw2data.configuration)
PROCESSES = ("process", "processwithreferenceproduct", "multifunctional", "readonly_process")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0]


def _check(database: str, tech: Any) -> None:
    rows, columns = tech.shape
    if rows != columns:
        raise Refused(
            f"database '{database}': {rows} products and {columns} activities; a square matrix is needed, so allocate "
            "or complete multi-product activities first"
        )


def _nodes(databases: Iterable[str]) -> Mapping[int, dict[str, Any]]:
    """Every node of the databases by id."""
    from bw2data.backends.schema import ActivityDataset as Nodes

    return {
        row.id: {**row.data, "database": row.database, "code": row.code, "type": row.type, "name": row.name}
        | {"location": row.location, "reference product": row.product}
        for row in Nodes.select().where(Nodes.database << list(databases))
    }


def _ordered(mapping: Mapping[int, int]) -> list[int]:
    """Node ids in the order of their matrix index."""
    return [node for node, _ in sorted(mapping.items(), key=lambda pair: pair[1])]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _product(node: Mapping[str, Any]) -> dict[str, str]:
    name = _text(node.get("name"))
    product = _text(node.get("reference product")) or name
    return _activity(node) | {"product": product, "unit": _text(node.get("unit"))}


def _activity(node: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": _text(node.get("name")),
        "location": _text(node.get("location")) or "GLO",
        "code": _text(node.get("code")),
        "database": _text(node.get("database")),
    }


def _flow(node: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": _text(node.get("name")),
        "categories": [_text(part) for part in node.get("categories") or ()],
        "unit": _text(node.get("unit")),
        "type": _text(node.get("type")),
        "cas": _text(node.get("CAS number") or node.get("CAS") or node.get("cas")),
        "code": _text(node.get("code")),
    }


def _files(databases: Iterable[str]) -> list[str]:
    """The files that what was read stands in: a change of one of them makes the reading out of date."""
    import bw2data

    folder = Path(bw2data.projects.dir)
    processed = [Path(bw2data.Database(name).filepath_processed()) for name in databases]
    watched = [folder / "lci" / "databases.db", folder / "databases.json", *processed]
    return [str(path) for path in watched if path.is_file()]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
