"""Thresholds of 34 materials x 16 categories x 10,000 declarations with 1,000 bootstrap replicates, on two processes.

python benchmarks/bench_classes.py [declarations]
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import sys
import time
from datetime import date
from multiprocessing import Pool

import numpy as np

from footprint.library.paths import methods_folder
from footprint.market.columns import COLUMNS
from footprint.market.declarations import CODES, Market
from footprint.market.fitting import fit_market
from footprint.market.options import Options
from footprint.market.reading import check_table
from footprint.rules.materials import load_materials


def invented(material: str, n: int) -> Market:
    rng = np.random.default_rng(len(material))
    same = {"material": material, "product": "x", "form": "x", "system": "primary", "country": "CL",
            "period_from": "2025-01-01", "period_to": "2025-12-31"}  # fmt: skip
    cells: dict[str, list[object]] = {name: [text] * n for name, text in same.items()}
    cells["declaration_id"] = [f"d{k}" for k in range(n)]
    cells["operator"] = [f"o{k}" for k in range(n)]
    cells["mass_t"] = rng.lognormal(3, 1, n).tolist()
    for code in CODES:
        cells[code] = rng.lognormal(1, 0.6, n).tolist()
    return check_table(material, {name: cells[name] for name in COLUMNS if name in cells}, range(2, n + 2)).market


def fitted(work: tuple[str, int]) -> tuple[int, float, int]:
    market = invented(*work)
    begun = time.perf_counter()
    found = len(list(fit_market(market, date(2027, 1, 1), (), Options(), exploratory=True)))
    return found, time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    work = [(material, n) for material in load_materials(methods_folder() / "crma")]
    begun = time.perf_counter()
    with Pool(2) as pool:
        done = pool.map(fitted, work, chunksize=1)
    print(
        f"{sum(k for k, _, _ in done)} schemes of {n:,} declarations: {time.perf_counter() - begun:.1f} s with making "
        f"the markets, {sum(s for _, s, _ in done):.1f} s of fitting on two processes, at most "
        f"{max(m for _, _, m in done) / 1024:.0f} MB each"
    )
