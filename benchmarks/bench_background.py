"""A background of ecoinvent's size: solved once against solved for every demand, side by side in one run.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.bench_background [--repeat 5] [--demands 1000] [--json]

First use: factorise, 16 adjoint solves, checks, store and read back, against one `bw2calc.LCA.lci()` on the same
matrix; both start from arrays in memory and take turns; medians. Then 1,000 foreground demands (each takes ten
products) in 16 categories: a product with the stored impacts against `bw2calc.MultiLCA` (`lci` and `lcia`), in chunks
of demands because its memory grows with them. Peak memory is that of a process which does
nothing but the one or the other; that of MultiLCA is of one chunk.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_database import SEED, Synthetic, synthetic
from footprint.inventory.adjoint import solve_adjoint

PRODUCTS_PER_DEMAND = 10
#: demands in one MultiLCA; with all thousand at once its memory would not do
CHUNK = 50


def main() -> None:
    options = _options()
    if options.part:
        _part(options)
        return
    database = synthetic()
    answer = {
        "processes": database.technosphere.shape[0],
        "entries_per_column": database.entries_per_column,
        "loop_share": database.loop_share,
        "seed": SEED,
        **first_use(database, options.repeat),
        **many_demands(database, options.demands, options.repeat, options.multi),
        **{f"peak_mb_{part}": _peak(part, options.multi) for part in ("ours", "bw2calc")},
    }
    if options.json:
        print(json.dumps(answer, indent=2))
        return
    for name, value in answer.items():
        print(f"{name:32} {value:,.6g}" if isinstance(value, float) else f"{name:32} {value}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each kind")
    parser.add_argument("--demands", type=int, default=1000, help="foreground demands")
    parser.add_argument("--multi", type=int, default=100, help="demands given to MultiLCA; its time is scaled up")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--part", choices=("ours", "bw2calc"), help=argparse.SUPPRESS)
    return parser.parse_args()


# --- first use -----------------------------------------------------------------------------------------------------


def first_use(database: Synthetic, repeat: int) -> dict[str, float]:
    """Median seconds of the first use and of one `lci`, taking turns."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeat):
            ours.append(_timed(lambda: solve_and_store(database, Path(folder))))
            lca = _lca(database)
            theirs.append(_timed(lca.lci))
    first, lci = statistics.median(ours), statistics.median(theirs)
    return {"first_use_s": first, "lci_s": lci, "first_use_over_lci": first / lci}


def solve_and_store(database: Synthetic, folder: Path) -> NDArray[np.float64]:
    """Characterise, factorise, solve, check and store."""
    direct = np.ascontiguousarray((database.factors @ database.biosphere).T)
    y = solve_adjoint(database.technosphere, direct, "synthetic")
    np.save(folder / "solved.npy", y, allow_pickle=False)
    return np.load(folder / "solved.npy", allow_pickle=False)


def _timed(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# --- many demands --------------------------------------------------------------------------------------------------


def many_demands(database: Synthetic, count: int, repeat: int, multi: int) -> dict[str, float]:
    """Median seconds of `count` demands in 16 categories, and the largest relative difference of the two results."""
    demands = _demands(database, count)
    with tempfile.TemporaryDirectory() as folder:
        y = solve_and_store(database, Path(folder))
    ours, mine = [], np.empty(0)
    for _ in range(max(repeat, 5)):
        start = time.perf_counter()
        mine = demands @ y
        ours.append(time.perf_counter() - start)
    used = min(multi, count)
    start = time.perf_counter()
    theirs = multi_scores(database, demands[:used].toarray())
    seconds = (time.perf_counter() - start) * count / used
    fast = statistics.median(ours)
    difference = float(np.max(np.abs(mine[:used] - theirs) / np.abs(theirs)))
    return {
        "demands": float(count),
        "ours_s": fast,
        "multilca_demands": float(used),
        "multilca_scaled_s": seconds,
        "multilca_over_ours": seconds / fast,
        "largest_relative_difference": difference,
    }


def _demands(database: Synthetic, count: int) -> Any:
    """Foregrounds as what they take from the background: demands x products, ten products each."""
    from scipy import sparse

    random, size = np.random.default_rng(SEED + 1), database.technosphere.shape[0]
    taken = random.integers(0, size, count * PRODUCTS_PER_DEMAND)
    amounts = random.lognormal(0.0, 1.0, len(taken))
    rows = np.repeat(np.arange(count), PRODUCTS_PER_DEMAND)
    return sparse.csr_matrix((amounts, (rows, taken)), shape=(count, size))


def multi_scores(database: Synthetic, demands: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores by MultiLCA, demands x categories."""
    import bw2calc

    packages = [_inventory_package(database), *_method_packages(database)]
    keys = [(f"category {i}",) for i in range(len(database.factors))]
    scores = np.empty((len(demands), len(keys)))
    for first in range(0, len(demands), CHUNK):
        chunk = demands[first : first + CHUNK]
        named = {f"d{first + i}": {int(j): float(row[j]) for j in np.flatnonzero(row)} for i, row in enumerate(chunk)}
        lca = bw2calc.MultiLCA(demands=named, method_config={"impact_categories": keys}, data_objs=packages)
        lca.lci()
        lca.lcia()
        for i in range(len(chunk)):
            scores[first + i] = [lca.scores[key, f"d{first + i}"] for key in keys]
    return scores


def _lca(database: Synthetic) -> Any:
    import bw2calc

    return bw2calc.LCA({0: 1.0}, data_objs=[_inventory_package(database)])


def _inventory_package(database: Synthetic) -> Any:
    import bw_processing as bwp

    package = bwp.create_datapackage(name="synthetic")
    size = database.technosphere.shape[0]
    for name, matrix, offset in (
        ("technosphere_matrix", database.technosphere.tocoo(), 0),
        ("biosphere_matrix", database.biosphere.tocoo(), size),
    ):
        indices = np.empty(matrix.nnz, dtype=bwp.INDICES_DTYPE)
        indices["row"], indices["col"] = matrix.row + offset, matrix.col
        package.add_persistent_vector(
            matrix=name,
            name=name,
            indices_array=indices,
            data_array=np.abs(matrix.data),
            flip_array=matrix.data < 0,
        )
    return package


def _method_packages(database: Synthetic) -> list[Any]:
    import bw_processing as bwp

    packages, size = [], database.technosphere.shape[0]
    for i, row in enumerate(database.factors):
        held = np.flatnonzero(row)
        indices = np.empty(len(held), dtype=bwp.INDICES_DTYPE)
        indices["row"], indices["col"] = held + size, 0
        package = bwp.create_datapackage(name=f"category {i}")
        package.add_persistent_vector(
            matrix="characterization_matrix",
            name=f"category {i}",
            indices_array=indices,
            data_array=row[held],
            identifier=[f"category {i}"],
            global_index=0,
        )
        packages.append(package)
    return packages


# --- memory --------------------------------------------------------------------------------------------------------


def _peak(part: str, multi: int) -> float:
    """Peak resident memory in MB of a process that does one part."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.bench_background", "--part", part]
    done = subprocess.run([*command, "--multi", str(multi)], capture_output=True, text=True, check=True)
    return float(done.stdout.strip().splitlines()[-1])


def _part(options: argparse.Namespace) -> None:
    database = synthetic()
    if options.part == "ours":
        with tempfile.TemporaryDirectory() as folder:
            y = solve_and_store(database, Path(folder))
        assert (_demands(database, options.demands) @ y).shape[0] == options.demands
    else:
        multi_scores(database, _demands(database, min(options.multi, CHUNK)).toarray())
    print(_resident_peak())


def _resident_peak() -> float:
    """The peak of this very process (that of `getrusage` is handed down by the parent), in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found.group(1)) / 1024 if found else float("nan")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as quiet:
        os.environ.setdefault("BRIGHTWAY2_DIR", quiet)
        warnings.simplefilter("ignore")
        main()
