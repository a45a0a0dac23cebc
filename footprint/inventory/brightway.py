"""The same arrays as a `bw_processing` datapackage, solved by `bw2calc`: an independent engine to check the kernel by.

The only module of the calculation that imports Brightway, and only when asked. `bw2data` is not needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import numpy as np

from footprint.errors import FootprintError
from footprint.inventory.graph import Graph
from footprint.inventory.kernel import Matrix

TECHNOSPHERE, BIOSPHERE = "technosphere_matrix", "biosphere_matrix"
CHARACTERISATION = "characterization_matrix"


@contextmanager
def _quiet_home() -> Any:
    """Brightway must not create a project in the user's home: it gets an existing, temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("BRIGHTWAY2_DIR")
        os.environ["BRIGHTWAY2_DIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["BRIGHTWAY2_DIR"]
            else:
                os.environ["BRIGHTWAY2_DIR"] = before


def datapackage(graph: Graph, distributions: bool = False) -> Any:
    """The graph as an in-memory `bw_processing` datapackage (node i has id i, elementary flow j has id n + j).

    With `distributions` also each entry's own spread, for Brightway's Monte Carlo (in float32, as bw_processing keeps
    them; shared parameters are not in it).
    """
    import bw_processing as bwp

    n = len(graph.nodes)
    package = bwp.create_datapackage(name="graph")
    for matrix, entries, offset in ((TECHNOSPHERE, graph.technosphere, 0), (BIOSPHERE, graph.biosphere, n)):
        indices = np.empty(len(entries.data), dtype=bwp.INDICES_DTYPE)
        indices["row"], indices["col"] = entries.indices["row"] + offset, entries.indices["col"]
        spreads = entries.distributions.astype(bwp.UNCERTAINTY_DTYPE) if distributions else None
        package.add_persistent_vector(
            matrix=matrix,
            name=matrix,
            indices_array=indices,
            data_array=entries.data,
            flip_array=entries.flip,
            distributions_array=spreads,
        )
    return package


def _method_package(name: tuple[str], row: Matrix, first: int) -> Any:
    """The factors of one category as a datapackage."""
    import bw_processing as bwp

    held = np.flatnonzero(row)
    indices = np.empty(len(held), dtype=bwp.INDICES_DTYPE)
    indices["row"], indices["col"] = held + first, 0
    package = bwp.create_datapackage(name=name[0])
    package.add_persistent_vector(
        matrix=CHARACTERISATION,
        name=name[0],
        indices_array=indices,
        data_array=row[held],
        identifier=list(name),
        global_index=0,
    )
    return package


def solve_with_brightway(graph: Graph, table: Matrix, names: Sequence[str]) -> tuple[Matrix, Matrix]:
    """(scaling vector, scores per row of `table`) from `bw2calc.MultiLCA`.

    `table` is categories x elementary flows. Raises FootprintError where Brightway is not installed.
    """
    used = [i for i, row in enumerate(table) if row.any()]
    keys = {i: (names[i],) for i in used}
    with _quiet_home(), redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import bw2calc
        except ImportError:
            raise FootprintError("the engine 'brightway' needs bw2calc: pip install bw2calc") from None
        lca = bw2calc.MultiLCA(
            demands={"declared unit": {graph.demand: graph.amount}},
            method_config={"impact_categories": list(keys.values())},
            data_objs=[datapackage(graph), *(_method_package(keys[i], table[i], len(graph.nodes)) for i in used)],
        )
        lca.lci()
        lca.lcia()
        scores, scaling = np.zeros(len(table)), np.zeros(len(graph.nodes))
        for i in used:
            scores[i] = lca.scores[keys[i], "declared unit"]
        for node, index in lca.dicts.activity.items():
            scaling[node] = lca.supply_arrays["declared unit"][index]
    return scaling, scores
