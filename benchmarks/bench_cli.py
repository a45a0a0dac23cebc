"""How long a call takes: the median of repeated processes, and how it compares with importing an LCA library.

    python -m benchmarks.bench_cli [--repeat 15] [--route lithium/carbonate-brine-atacama] [--library-python PATH]

Every `calc` is of a route that was never seen before: a copy of the file with one amount changed, so that neither the
route nor a result can come from a cache; method and background are warm, as on any second call. The import row runs in
the interpreter of `--library-python`, which needs bw2calc and bw2data; it is left out where they are missing. Both are
measured in turn, so that a busy machine slows them alike.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from footprint.library.paths import datasets_folder
from footprint.library.routes import route_index

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "docs" / "examples" / "copper-refinery" / "study.toml"
AMOUNT = re.compile(r"(amount = )(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[ ,}])")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options, Path(folder))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, median of {options.repeat} calls\n")
    print_table(rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=15, help="calls of each kind")
    parser.add_argument("--route", default="", help="route id; the first shipped one by default")
    parser.add_argument("--library-python", default=sys.executable, help="interpreter that has bw2calc and bw2data")
    return parser.parse_args()


def measure(options: argparse.Namespace, folder: Path) -> Mapping[str, float]:
    """Name -> median seconds, the calls of all kinds taking turns."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "CRM_FOOTPRINT_CACHE": str(folder / "cache"),
        "BRIGHTWAY2_DIR": str(folder),
    }
    index = route_index()
    route = options.route or next(iter(index))
    edited = editor(datasets_folder() / index[route], folder)
    study = editor(STUDY, folder)
    footprint = (sys.executable, "-m", "footprint")
    library = (options.library_python, "-W", "ignore", "-c", "import bw2calc")
    kinds: dict[str, Callable[[int], Sequence[str]]] = {
        "python -c pass": lambda n: (sys.executable, "-c", "pass"),
        "footprint --help": lambda n: (*footprint, "--help"),
        "footprint calc ROUTE": lambda n: (*footprint, "calc", edited(n)),
        "footprint calc ROUTE --json": lambda n: (*footprint, "calc", edited(n), "--json"),
        "footprint check STUDY": lambda n: (*footprint, "check", study(n)),
    }
    if has_library(options.library_python):
        kinds["import bw2calc (with bw2data)"] = lambda n: library
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for n in range(-1, options.repeat):
        for name, command in kinds.items():
            seconds = timed(command(n), environment)
            if n >= 0:  # the first round fills the caches
                times[name].append(seconds)
    found = {name: statistics.median(values) for name, values in times.items()}
    every = statistics.median(timed((*footprint, "calc", "--all", "--json"), environment) for _ in range(3))
    return found | {f"footprint calc --all, per route of {len(index)}": every / len(index)}


def editor(source: Path, folder: Path) -> Callable[[int], str]:
    """A function that writes the route with one amount changed, another value in each call, and returns its path."""
    text = source.read_text(encoding="utf-8")
    place = AMOUNT.search(text)
    if place is None:
        raise SystemExit(f"{source}: no amount that is a plain number")

    def edit(n: int) -> str:
        path = folder / "edited.toml"
        amount = float(place[2]) * (1 + 1e-6 * (n + 2))
        path.write_text(f"{text[: place.start(2)]}{amount!r}{text[place.end(2) :]}", encoding="utf-8")
        return str(path)

    return edit


def has_library(python: str) -> bool:
    """Whether the interpreter has both packages, asked without importing them."""
    code = "import importlib.util as u, sys; sys.exit(not (u.find_spec('bw2calc') and u.find_spec('bw2data')))"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


def timed(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Seconds of wall clock of a process that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=dict(environment), check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return seconds


def print_table(rows: Mapping[str, float]) -> None:
    """Milliseconds of each row, and the ratio to `footprint calc ROUTE`."""
    width = max(map(len, rows))
    reference = rows["footprint calc ROUTE"]
    print(f"{'call':{width}}  {'ms':>6}  {'x calc':>6}")
    for name, seconds in rows.items():
        print(f"{name:{width}}  {1000 * seconds:6.0f}  {seconds / reference:6.2f}")


if __name__ == "__main__":
    main()
