"""Thresholds at scale, with 1,000 bootstrap replicates each, pooled and by system.

python benchmarks/bench_classes.py [declarations]            34 materials x 16 categories x declarations, two processes
python benchmarks/bench_classes.py registry [sizes …]        registries of so many declarations, read pool by pool
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import subprocess
import sys
import time
from datetime import date
from itertools import pairwise
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from footprint.library.paths import methods_folder
from footprint.market.columns import COLUMNS, filled
from footprint.market.declarations import CODES, Market
from footprint.market.fitting import fit_market
from footprint.market.options import Options
from footprint.market.reading import Reading
from footprint.market.registry import import_market
from footprint.rules.materials import load_materials

ON = date(2027, 1, 1)
#: declarations of a file that is imported
AT_ONCE = 100_000
MATERIALS = tuple(load_materials(methods_folder() / "crma"))


def invented(materials: tuple[str, ...], first: int, n: int, codes: tuple[str, ...]) -> Market:
    """Declarations of an operator each, in turn of the materials, two thirds of them primary."""
    rng = np.random.default_rng(first)
    columns = {name: filled(column, n) for name, column in COLUMNS.items() if column.kind != "day"}
    columns = {name: values for name, values in columns.items() if not name.startswith(("gsd2_", "screening_"))}
    places = np.arange(first, first + n)
    columns |= {name: np.array([text] * n, dtype=object) for name, text in
                {"product": "x", "form": "x", "country": "CL"}.items()}  # fmt: skip
    columns["declaration_id"] = np.array([f"d{k}" for k in places], dtype=object)
    columns["operator"] = np.array([f"o{k}" for k in places], dtype=object)
    columns["material"] = np.array(materials, dtype=object)[places % len(materials)]
    columns["system"] = np.array(["primary", "primary", "secondary"], dtype=object)[rng.integers(0, 3, n)]
    columns["period_from"] = np.full(n, np.datetime64("2025-01-01", "D"))
    columns["period_to"] = np.full(n, np.datetime64("2025-12-31", "D"))
    columns["mass_t"] = rng.lognormal(3, 1, n)
    for code in CODES:
        columns[code] = rng.lognormal(1, 0.6, n) if code in codes else np.full(n, np.nan)
    return Market("invented", columns)


def fitted(work: tuple[str, int]) -> tuple[int, float, int]:
    """Schemes, seconds of processor, kilobytes."""
    material, n = work
    market = invented((material,), 0, n, CODES)
    begun = time.process_time()
    found = len(list(fit_market(market, ON, (), Options(), exploratory=True)))
    return found, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def markets(n: int) -> None:
    begun = time.perf_counter()
    with Pool(2) as pool:
        done = pool.map(fitted, [(material, n) for material in MATERIALS], chunksize=1)
    print(
        f"{sum(k for k, _, _ in done)} schemes of {n:,} declarations: {time.perf_counter() - begun:.1f} s on two "
        f"processes with making the markets, {sum(s for _, s, _ in done):.1f} s of processor in fitting, at most "
        f"{max(m for _, _, m in done) / 1024:.0f} MB each"
    )


def imported(path: Path, start: int, n: int) -> None:
    """Declarations from `start` on, added to a registry."""
    source = path.with_name(f"{start}.csv")
    source.write_text(f"{start}")
    market = invented(MATERIALS, start, n, CODES[:1])
    import_market(path, Reading(market, np.arange(2, len(market) + 2), ()), source)


def registries(sizes: list[int]) -> None:
    """Each call in a process of its own; so is the import, for a process begins with the memory peak of its parent."""
    taken = {}
    with TemporaryDirectory() as folder:
        for n in sizes:
            path = Path(folder) / f"{n}.duckdb"
            begun = time.perf_counter()
            with Pool(1, maxtasksperchild=1) as pool:
                parts = [(path, start, min(AT_ONCE, n - start)) for start in range(0, n, AT_ONCE)]
                pool.starmap(imported, parts, chunksize=1)
            importing = time.perf_counter() - begun
            for workers in (1, 2):
                out = Path(folder) / f"{n}-{workers}"
                call = [sys.executable, "-m", "footprint", "classes", "fit", "--all", str(path), "--on", str(ON),
                        "--workers", str(workers), "--out", str(out)]  # fmt: skip
                begun = time.perf_counter()
                process = subprocess.Popen(call, stderr=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                assert status == 0
                seconds, processor = time.perf_counter() - begun, usage.ru_utime + usage.ru_stime
                taken[n, workers] = processor
                print(f"{n:,} declarations, {workers} processes: {seconds:.1f} s, {processor:.1f} s of processor, "
                      f"at most {usage.ru_maxrss / 1024:.0f} MB (import: {importing:.1f} s)")  # fmt: skip
    for small, large in pairwise(sizes):
        ratio = taken[large, 1] / taken[small, 1]
        print(f"{small:,} to {large:,}: {large / small:.0f} times the declarations, {ratio:.1f} times the processor")


if __name__ == "__main__":
    if sys.argv[1:2] == ["registry"]:
        registries([int(size) for size in sys.argv[2:]] or [10_000, 100_000, 1_000_000])
    else:
        markets(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
