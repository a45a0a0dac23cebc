"""Sampling, side by side in one run: with the drawing of its random numbers, NumPy by hand, bw2calc, lca_algebraic.

    python -m benchmarks.bench_uncertainty [--repeat 5] [--only kernel,bw2calc,algebraic,sobol,studies]
        [--algebraic-python PATH]

kernel     a foreground of 40 processes, 240 uncertain amounts and 16 categories, one thread: samples per second, as a
           fraction of what drawing 240 lognormal numbers per sample allows, and beside a plain NumPy sketch
bw2calc    the same graph as a datapackage in Brightway's Monte Carlo, in samples x categories per second
algebraic  an eight-parameter model in lca_algebraic, in the interpreter of --algebraic-python, and as a route here
sobol      error of the mean of 8,192 scrambled Sobol points (median of 20 scrambles) and of 100,000 plain samples
studies    10,000 studies x 1,000 samples x 16 categories on two processes: seconds and peak memory

Each figure is the median of repeated runs, the contenders taking turns, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from footprint.model import Amount, Spread
from footprint.uncertainty.compiling import compile_program
from footprint.uncertainty.germs import BLOCK, SHEAF, blocks
from footprint.uncertainty.systems import System, entries
from footprint.uncertainty.threads import one_thread
from footprint.uncertainty.variables import Registry, Use

PROCESSES, INPUTS, CATEGORIES, FLOWS = 40, 6, 16, 80
KINDS = ("kernel", "bw2calc", "algebraic", "sobol", "studies")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--algebraic-python", default="")
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {os.cpu_count()} processors")
    chosen = options.only.split(",")
    if "kernel" in chosen:
        kernel(options.repeat)
    if "bw2calc" in chosen:
        against_bw2calc(options.repeat)
    if "algebraic" in chosen:
        against_algebraic(options.repeat, options.algebraic_python)
    if "sobol" in chosen:
        sobol()
    if "studies" in chosen:
        studies()


# --- the kernel


class Foreground:
    """A chain of 40 processes with cross links, six uncertain amounts each: to two others, the rest to nature."""

    def __init__(self, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.links: list[tuple[int, int, float]] = []
        self.nature: list[tuple[int, int, float]] = []
        for j in range(PROCESSES):
            takes = [j + 1, int(rng.integers(j + 1, PROCESSES))] if j < PROCESSES - 1 else []
            self.links += [(i, j, float(rng.uniform(0.1, 1))) for i in takes]
            rest = INPUTS - len(takes)
            self.nature += [(int(rng.integers(0, FLOWS)), j, float(rng.uniform(0.1, 1))) for _ in range(rest)]
        self.weights = rng.uniform(0, 1, (CATEGORIES, FLOWS))
        self.gsd2 = 1.5

    def system(self) -> tuple[System, Registry]:
        """As the kernel has it."""
        registry, uses, inside, outside = Registry(), [], [], []
        spread = Spread("lognormal", gsd2=self.gsd2)
        for j in range(PROCESSES):
            mine = [("in", *x) for x in self.links if x[1] == j] + [("out", *x) for x in self.nature if x[1] == j]
            registry.own(f"process {j}", [str(k) for k in range(len(mine))])
            for k, (kind, row, _, value) in enumerate(mine):
                amount = Amount(value, "kg", "made", "", "published", spread=spread)
                (inside if kind == "in" else outside).append((len(uses), -1.0 if kind == "in" else 1.0, row, j))
                uses.append(Use(amount, spread, f"process {j}", str(k), ""))
        one = Amount(1.0, "kg", "made", "", "published")
        inside += [(len(uses), 1.0, j, j) for j in range(PROCESSES)]
        uses.append(Use(one, None, "", "", ""))
        demand = np.zeros(PROCESSES)
        demand[0] = 1.0
        program = compile_program(uses, {}, registry.places())
        names = tuple(f"process {j}" for j in range(PROCESSES))
        return System(names, program, entries(inside), entries(outside), self.weights, demand), registry

    def sketch(self, samples: int, rng: np.random.Generator) -> np.ndarray:
        """The same by hand: substitution down the chain, one array operation per exchange."""
        sigma = np.log(self.gsd2) / 2
        s = np.zeros((PROCESSES, samples))
        s[0] = 1.0
        z = np.exp(rng.standard_normal((len(self.links) + len(self.nature), samples)) * sigma)
        by_taker: dict[int, list[tuple[int, float, int]]] = {}
        for k, (i, j, value) in enumerate(self.links):
            by_taker.setdefault(j, []).append((i, value, k))
        for j in range(PROCESSES):
            for i, value, k in by_taker.get(j, []):
                s[i] += value * z[k] * s[j]
        flows = np.zeros((FLOWS, samples))
        for k, (flow, j, value) in enumerate(self.nature, len(self.links)):
            flows[flow] += value * z[k] * s[j]
        return self.weights @ flows


@one_thread
def kernel(repeat: int) -> None:
    """Samples per second of the kernel, of its drawing, and of the sketch."""
    made = Foreground()
    system, registry = made.system()
    workspace = system.workspace(BLOCK)
    uncertain = len(made.links) + len(made.nature)
    sheaves = 4
    n = sheaves * SHEAF * BLOCK

    def ours() -> None:
        for _, germ in blocks(registry.streams, "plain", 1, 0, sheaves):
            workspace.impacts(germ)

    def drawing() -> None:
        rng = np.random.Generator(np.random.SFC64(1))
        germ = np.empty((uncertain, BLOCK))
        for _ in range(n // BLOCK):
            rng.standard_normal(out=germ)
            np.exp(germ, out=germ)

    def by_hand() -> None:
        rng = np.random.default_rng(1)
        for _ in range(n // BLOCK):
            made.sketch(BLOCK, rng)

    found = turns({"ours": ours, "drawing": drawing, "sketch": by_hand}, repeat)
    rate = {name: n / seconds for name, seconds in found.items()}
    print(f"\nkernel: {PROCESSES} processes, {uncertain} uncertain amounts, {CATEGORIES} categories, one thread")
    for name, value in rate.items():
        print(f"  {name:10} {value:>12,.0f} samples/s")
    print(f"  fraction of the drawing limit {rate['ours'] / rate['drawing']:.2f}")
    print(f"  times the sketch {rate['ours'] / rate['sketch']:.2f}")


def turns(kinds: Mapping[str, Callable[[], None]], repeat: int) -> dict[str, float]:
    """Name -> median seconds, the kinds taking turns; one round first to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for round_ in range(repeat + 1):
        for name, call in kinds.items():
            start = time.perf_counter()
            call()
            if round_:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in seconds.items()}


# --- Brightway


def against_bw2calc(repeat: int) -> None:
    """The chain as a bw_processing datapackage with 16 methods, sampled by bw2calc's MultiLCA and LCA."""
    import warnings

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as home:
        os.environ["BRIGHTWAY2_DIR"] = home
        import bw2calc

        made = Foreground()
        system, registry = made.system()
        packages, methods = _packages(made)
        workspace = system.workspace(BLOCK)
        lca = bw2calc.MultiLCA(
            demands={"one": {0: 1.0}},
            method_config={"impact_categories": list(methods)},
            data_objs=[packages, *methods.values()],
            use_distributions=True,
            seed_override=1,
        )
        lca.lci()
        lca.lcia()
        few, n = 100, SHEAF * BLOCK

        def theirs() -> None:
            for _ in range(few):
                next(lca)

        @one_thread
        def ours() -> None:
            for _, germ in blocks(registry.streams, "plain", 1, 0, 1):
                workspace.impacts(germ)

        found = turns({"bw2calc": theirs, "ours": ours}, repeat)
        rate = {"bw2calc": few * CATEGORIES / found["bw2calc"], "ours": n * CATEGORIES / found["ours"]}
        print("\nbw2calc MultiLCA on the same graph, samples x categories per second")
        for name, value in rate.items():
            print(f"  {name:10} {value:>14,.0f}")
        print(f"  ours is {rate['ours'] / rate['bw2calc']:,.0f} times bw2calc")


def _packages(made: Foreground):
    import bw_processing as bwp

    def lognormal(values: list[float]) -> np.ndarray:
        rows = np.zeros(len(values), bwp.UNCERTAINTY_DTYPE)
        rows["uncertainty_type"], rows["loc"], rows["scale"] = 2, np.log(values), np.log(made.gsd2) / 2
        rows["shape"] = rows["minimum"] = rows["maximum"] = np.nan
        return rows

    def certain(n: int) -> np.ndarray:
        rows = np.zeros(n, bwp.UNCERTAINTY_DTYPE)
        rows["loc"] = 1.0
        rows["scale"] = rows["shape"] = rows["minimum"] = rows["maximum"] = np.nan
        return rows

    def indices(pairs: list[tuple[int, int]]) -> np.ndarray:
        return np.array(pairs, bwp.INDICES_DTYPE)

    package = bwp.create_datapackage(name="chain")
    values = [1.0] * PROCESSES + [value for _, _, value in made.links]
    package.add_persistent_vector(
        matrix="technosphere_matrix",
        name="technosphere",
        indices_array=indices([(j, j) for j in range(PROCESSES)] + [(i, j) for i, j, _ in made.links]),
        data_array=np.array(values),
        flip_array=np.array([False] * PROCESSES + [True] * len(made.links)),
        distributions_array=np.concatenate([certain(PROCESSES), lognormal([v for _, _, v in made.links])]),
    )
    package.add_persistent_vector(
        matrix="biosphere_matrix",
        name="biosphere",
        indices_array=indices([(PROCESSES + flow, j) for flow, j, _ in made.nature]),
        data_array=np.array([value for _, _, value in made.nature]),
        distributions_array=lognormal([value for _, _, value in made.nature]),
    )
    methods = {}
    for c in range(CATEGORIES):
        method = bwp.create_datapackage(name=f"m{c}")
        method.add_persistent_vector(
            matrix="characterization_matrix",
            name=f"m{c}",
            indices_array=indices([(PROCESSES + flow, 0) for flow in range(FLOWS)]),
            data_array=made.weights[c],
            identifier=[f"m{c}"],
            global_index=0,
        )
        methods[(f"m{c}",)] = method
    return package, methods


# --- lca_algebraic

ALGEBRAIC = """
import json, os, sys, tempfile, time, statistics, warnings
warnings.simplefilter("ignore")
os.environ["BRIGHTWAY2_DIR"] = tempfile.mkdtemp()
import numpy as np, bw2data as bd, lca_algebraic as agb
spec = json.loads(sys.argv[1])
bd.projects.set_current("bench")
bio = bd.Database("bio")
bio.write({("bio", f"f{k}"): {"name": f"f{k}", "unit": "kg", "type": "emission", "exchanges": []}
           for k in range(spec["flows"])})
for c, row in enumerate(spec["weights"]):
    m = bd.Method(("bench", "m", f"m{c}")); m.register(unit="x")
    m.write([(("bio", f"f{k}"), v) for k, v in enumerate(row)])
back = bd.Database("back")
back.write({("back", f"b{k}"): {"name": f"b{k}", "unit": "kg", "location": "GLO", "exchanges": [
    {"input": ("back", f"b{k}"), "amount": 1.0, "type": "production"},
    {"input": ("bio", f"f{k}"), "amount": 1.0, "type": "biosphere"}]} for k in range(spec["flows"])})
agb.resetDb("fore"); agb.resetParams()
agb.setForeground("fore") if hasattr(agb, "setForeground") else None
params = [agb.newFloatParam(f"p{k}", default=v, min=0.1 * v, max=10 * v, dbname="fore")
          for k, v in enumerate(spec["p"])]
acts = [agb.findActivity(f"b{k}", db_name="back") for k in range(spec["flows"])]
model = agb.newActivity("fore", "model", unit="kg", exchanges={
    acts[k]: params[a] * params[b] + params[c] / params[d] for k, (a, b, c, d) in enumerate(spec["terms"])})
methods = [("bench", "m", f"m{c}") for c in range(len(spec["weights"]))]
rng = np.random.default_rng(1)
n, times = spec["n"], []
for r in range(spec["repeat"] + 1):
    values = {f"p{k}": list(v * np.exp(0.2 * rng.standard_normal(n))) for k, v in enumerate(spec["p"])}
    start = time.perf_counter(); out = agb.compute_impacts(model, methods, **values); took = time.perf_counter() - start
    if r: times.append(took)
print("RESULT", json.dumps({"seconds": statistics.median(times), "first": [float(x) for x in np.asarray(out)[0]],
                            "p0": [values[f"p{k}"][0] for k in range(len(spec["p"]))]}))
"""


def against_algebraic(repeat: int, python: str) -> None:
    """Eight parameters, twelve exchanges p_a p_b + p_c / p_d, 16 categories, 10,000 samples."""
    if not python:
        print("\nlca_algebraic: left out; --algebraic-python names an interpreter that has it")
        return
    rng = np.random.default_rng(5)
    n, flows = 10_000, 12
    spec = {
        "p": rng.uniform(0.5, 2, 8).tolist(), "flows": flows, "n": n, "repeat": repeat,
        "terms": [rng.choice(8, 4, replace=False).tolist() for _ in range(flows)],
        "weights": rng.uniform(0, 1, (CATEGORIES, flows)).tolist(),
    }  # fmt: skip
    done = subprocess.run([python, "-c", ALGEBRAIC, json.dumps(spec)], capture_output=True, text=True, check=False)
    line = next((row for row in done.stdout.splitlines() if row.startswith("RESULT ")), "")
    if not line:
        print(f"\nlca_algebraic: did not run: {done.stderr.strip().splitlines()[-1:]}")
        return
    theirs = json.loads(line.removeprefix("RESULT "))
    system, streams = _eight(spec)
    workspace = system.workspace(BLOCK)

    @one_thread
    def ours() -> None:
        for number, germ in blocks(streams, "plain", 1, 0, 1):
            if number * BLOCK >= n:
                break
            workspace.impacts(germ)

    seconds = turns({"ours": ours}, repeat)["ours"]
    check = np.asarray(spec["weights"]) @ _terms(spec, theirs["p0"])
    print("\nlca_algebraic, eight parameters, twelve exchanges, 16 categories, 10,000 samples (ours with drawing)")
    print(f"  lca_algebraic {theirs['seconds'] * 1e3:10.1f} ms (its first sample agrees within "
          f"{np.abs(np.asarray(theirs['first']) / check - 1).max():.0e})")  # fmt: skip
    print(f"  ours          {seconds * 1e3:10.1f} ms, {theirs['seconds'] / seconds:.1f} times faster")


def _terms(spec: Mapping, p: list[float]) -> np.ndarray:
    return np.array([p[a] * p[b] + p[c] / p[d] for a, b, c, d in spec["terms"]])


def _eight(spec: Mapping):
    from footprint.model import Parameter
    from footprint.uncertainty.variables import Scoped

    registry = Registry()
    spread = Spread("lognormal", gsd2=float(np.exp(0.4)))
    amounts = [Amount(v, "1", "made", "", "published", spread=spread) for v in spec["p"]]
    scope = [Scoped(Parameter(f"p{k}", a), "file", "file") for k, a in enumerate(amounts)]
    registry.own("file", [f"p{k}" for k in range(8)])
    registry.own("process", [])
    values = _terms(spec, spec["p"])
    uses = []
    for k, ((a, b, c, d), v) in enumerate(zip(spec["terms"], values, strict=True)):
        made = Amount(float(v), "kg", "made", "", "derived", expression=f"p{a} * p{b} + p{c} / p{d}")
        uses.append(Use(made, None, "process", str(k), "file"))
    outside = [(k, 1.0, k, 0) for k in range(len(uses))]
    uses.append(Use(Amount(1.0, "kg", "made", "", "published"), None, "", "", ""))
    program = compile_program(uses, {"file": scope}, registry.places())
    inside = [(len(uses) - 1, 1.0, 0, 0)]
    weights = np.array(spec["weights"])
    return System(("model",), program, entries(inside), entries(outside), weights, np.ones(1)), registry.streams


# --- sequences, studies

#: routes on which Sobol and plain sampling are compared
SHOWN = (
    "copper/cathode-pyro-cl",
    "lithium/carbonate-brine-atacama",
    "aluminium/ingot-primary",
    "nickel/sulfate-hpal-id",
)


def sobol() -> None:
    """Error of the mean of climate change against a mean of a million samples."""
    from footprint.sampling import sample

    print("\nerror of the mean of CC, foreground uncertain (relative, median of 20 seeds)")
    for route in SHOWN:
        truth = np.mean(
            [sample(route, 2**17, seed, sequence="sobol", world="fixed")["CC"].mean() for seed in (901, 902, 903)]
        )

        def error(sequence: str, n: int, truth: float = truth, route: str = route) -> float:
            means = [sample(route, n, seed, sequence=sequence, world="fixed")["CC"].mean() for seed in range(1, 21)]
            return float(np.median(np.abs(np.array(means) / truth - 1)))

        points, plain, hypercube = error("sobol", 8192), error("plain", 100_000), error("latin-hypercube", 8192)
        verdict = "reached" if points <= plain else "not reached"
        print(f"  {route:34} sobol 8,192 {points:.1e}, plain 100,000 {plain:.1e}: {verdict}")
        print(f"  {'':34} latin hypercube 8,192 {hypercube:.1e}")


def studies() -> None:
    """10,000 rows of two parameters, 1,000 samples each, streamed to Parquet by two processes."""
    import pandas as pd

    import footprint as fp

    rng = np.random.default_rng(1)
    table = pd.DataFrame({"ore_grade": rng.uniform(0.005, 0.01, 10_000), "strip_ratio": rng.uniform(1, 3, 10_000)})
    for world in ("fixed", "sampled"):
        with tempfile.TemporaryDirectory() as folder:
            out, start = Path(folder) / "out", time.perf_counter()
            fp.calculate_many("copper/cathode-pyro-cl", table, n=1000, world=world, workers=2, out=out)  # type: ignore[arg-type]
            seconds = time.perf_counter() - start
            peaks = [peak(pid) for pid in ("self", *children())]
        print(f"\nstudies, background {world}: 10,000 x 1,000 x 16 on two processes in {seconds:.0f} s; "
              f"peak memory {sum(peaks):.0f} MB: {', '.join(f'{p:.0f}' for p in peaks)}")  # fmt: skip


def children() -> list[str]:
    """The processes that this one started (Linux)."""
    found = Path("/proc/self/task").glob("*/children")
    return [pid for path in found for pid in path.read_text(encoding="utf-8").split()]


def peak(pid: str) -> float:
    """The largest resident memory of a process so far, in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1e3


if __name__ == "__main__":
    main()
