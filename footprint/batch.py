"""Thousands of studies of one structure in one call: a table of parameters in, a table of footprints out.

A study is a row: the route with other values of its parameters. The structure is compiled once, each worker keeps it,
and every study sees the same draws (the same world), so that studies compare with each other sample by sample. Rows go
to workers in chunks of fixed size; a chunk's numbers depend on its rows and the seed alone, never on who did it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from footprint.calculation import Settings, assess_route
from footprint.errors import FootprintError, InputError, listed, nearest
from footprint.inventory.uncertain import Source, compile_systems
from footprint.library.method import load_method
from footprint.library.replacing import replacing
from footprint.library.routes import load_route
from footprint.model import Route
from footprint.sampling import SampledRoutes, World, pedigree_in_force
from footprint.uncertainty.germs import BLOCK, SHEAF, Sequence_, blocks
from footprint.uncertainty.statistics import summary
from footprint.uncertainty.systems import System, Workspace
from footprint.uncertainty.threads import one_thread
from footprint.workers import Workers, each

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
#: studies in a chunk: what a worker takes, and a file of the output
CHUNK = 256
STATISTICS = ("mean", "median", "p2_5", "p97_5", "gsd2")
STUDY = "study"


@dataclass(frozen=True)
class Batch:
    """What the studies of a batch share; plain values, so that it travels to any worker."""

    route: str
    sha256: str
    parameters: tuple[str, ...]
    n: int
    seed: int
    sequence: Sequence_
    world: World
    pedigree: bool
    method: str
    background: str
    electricity: str
    long_term: str
    on: str
    year: int | None

    def settings(self) -> Settings:
        """The settings of the calculation."""
        return Settings(
            self.method, self.background, self.electricity, self.long_term,  # type: ignore[arg-type]
            on=date.fromisoformat(self.on), year=self.year,
        )  # fmt: skip


@one_thread
def calculate_many(
    route: str | Path,
    studies: pd.DataFrame | str | Path,
    *,
    n: int = 0,
    seed: int = 1,
    sequence: Sequence_ = "plain",
    world: World = "sampled",
    pedigree: bool = True,
    out: str | Path | None = None,
    workers: int = 1,
    cluster: str | None = None,
    settings: Settings | None = None,
    progress: bool | Callable[[int, int], None] = False,
) -> pd.DataFrame:
    """The footprints of many studies of one route.

    Parameters
    ----------
    route : route id, or path of a .toml file
    studies : a table, or a CSV or Parquet file: one column per parameter of the route (values in the parameter's unit)
        and, optionally, `study` with a name of its own in each row
    n : samples per study; without them only the value at the given parameters is calculated
    seed, sequence, world, pedigree : as in `sample`; all studies share their draws
    out : a folder for one Parquet file per chunk; a batch that was interrupted goes on where it stopped
    workers : processes on this machine
    cluster : address of a Dask scheduler whose workers have this package installed
    settings : method and background by name, electricity, date
    progress : True for a bar on stderr with rate and time left; or called with the number of studies done and of all

    Returns one row per study, in the order given: the parameters, each category's value (all else at its middle), and
    with samples its mean, median, 95 % interval and GSD² (`CC_mean` …). Raises InputError for an unknown column, a
    value that is not a finite number, or a folder that holds another batch.
    """
    import pandas as pd

    table = _table(studies)
    batch = _batch(route, table, n, seed, sequence, world, pedigree, settings or Settings())
    rows = table[list(batch.parameters)].to_numpy(float)
    names = [str(name) for name in table[STUDY]]
    store = _Store.open(Path(out), batch, rows, names) if out is not None else None
    chunks = [(start, rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
    done: dict[int, Array] = {}
    waiting = [chunk for chunk in chunks if store is None or not store.has(chunk[0])]
    finished = sum(len(values) for _, values in chunks) - sum(len(values) for _, values in waiting)
    columns = _columns(batch)
    with _told(progress, finished, len(rows)) as tell:
        for start, found in each(_Task(batch), waiting, Workers(workers, cluster)):
            frame = _frame(batch, columns, names[start : start + CHUNK], rows[start : start + CHUNK], found)
            if store is None:
                done[start] = found
            else:
                store.write(start, frame)
            finished += len(frame)
            tell(finished, len(rows))
    if store is not None:
        return store.read([start for start, _ in chunks])
    parts = [_frame(batch, columns, names[s : s + CHUNK], values, done[s]) for s, values in chunks]
    return pd.concat(parts, ignore_index=True)


@contextmanager
def _told(
    progress: bool | Callable[[int, int], None], finished: int, total: int
) -> Iterator[Callable[[int, int], object]]:
    """Who is told of progress: nobody, the caller's function, or a bar with studies per second and the time left."""
    if progress is not True:
        yield progress or (lambda done, all_: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("studies"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("studies", total=total, completed=finished, rate="")

        def tell(done: int, all_: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(task, completed=done, rate=f"{speed:.0f}/s" if speed else "")

        yield tell


# --- the table of studies


def _table(studies: pd.DataFrame | str | Path) -> pd.DataFrame:
    """The studies with a name each; InputError where a file cannot be read or a name is given twice."""
    import pandas as pd

    if not isinstance(studies, pd.DataFrame):
        path = Path(studies)
        try:
            studies = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, keep_default_na=False)
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read as a table: {error}") from None
    if STUDY not in studies.columns:
        studies = studies.assign(**{STUDY: [str(number) for number in range(1, len(studies) + 1)]})
    if not len(studies):
        raise InputError("the table of studies has no row")
    if (twice := studies[STUDY].astype(str).duplicated()).any():
        raise InputError(f"study '{studies[STUDY][twice].iloc[0]}' is given twice")
    return studies


def _batch(
    route: str | Path, table: pd.DataFrame, n: int, seed: int, sequence: Sequence_, world: World, pedigree: bool,
    settings: Settings,
) -> Batch:  # fmt: skip
    if not isinstance(settings.method, str) or not isinstance(settings.background, str):
        raise InputError("a batch needs method and background by name: they are loaded again in each worker")
    loaded = load_route(route)
    known = [parameter.name for parameter in loaded.parameters]
    parameters = tuple(str(column) for column in table.columns if column != STUDY)
    for name in parameters:
        if name not in known:
            raise InputError(
                f"column '{name}' is no parameter of {loaded.id}{nearest(name, known)}; it has: {listed(known, 30)}"
            )
        column = table[name]
        for study, value in zip(table[STUDY], column, strict=True):
            if isinstance(value, str) or not np.isfinite(value):
                raise InputError(f"study '{study}', column '{name}': '{value}' is not a finite number")
    return Batch(
        str(route), loaded.sha256, parameters, n, seed, sequence, world, pedigree, settings.method,
        settings.background, settings.electricity, settings.long_term, (settings.on or date.today()).isoformat(),
        settings.year,
    )  # fmt: skip


def _columns(batch: Batch) -> list[str]:
    codes = load_method(batch.method).codes
    return [code if not s else f"{code}_{s}" for code in codes for s in ("", *(STATISTICS if batch.n else ()))]


def _frame(batch: Batch, columns: Sequence[str], names: Sequence[str], rows: Array, found: Array) -> pd.DataFrame:
    import pandas as pd

    given = pd.DataFrame(rows, columns=list(batch.parameters))
    given.insert(0, STUDY, list(names))
    return pd.concat([given, pd.DataFrame(found, columns=list(columns))], axis=1)


# --- the work


@dataclass(frozen=True)
class _Task:
    """The work on one chunk; it can be pickled, and finds what it needs where it runs."""

    batch: Batch

    @one_thread
    def __call__(self, rows: Array) -> Array:
        prepared = _prepared(self.batch)
        return np.array([prepared.study(row) for row in rows])


@lru_cache(maxsize=4)
def _prepared(batch: Batch) -> Prepared:
    return Prepared(batch)


class Prepared:
    """A batch's structure: the foreground compiled with its parameters open, and the background in every sample."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.settings = batch.settings()
        route = load_route(batch.route)
        if route.sha256 != batch.sha256:
            raise InputError(f"{batch.route}: this worker has another version of the file")
        self.assessed = assess_route(route, self.settings)
        self.codes = self.assessed.method.codes
        self.columns = [self.assessed.method.column[code] for code in self.codes]
        self.pedigree = pedigree_in_force(self.settings.on) if batch.pedigree else None
        self.middle_supply = self.assessed.assessment.supplied[self.columns]
        self._foreground(route)
        self.fast = all(self._agrees(row) for row in self._probes(route))

    def _foreground(self, route: Route) -> None:
        """The foreground as a system whose results are direct impacts, then how much of each background product."""
        a = self.assessed.assessment
        n = a.graph.foreground
        links = a.graph.technosphere.indices
        self.used = np.unique(links["row"][(links["row"] >= n) & (links["col"] < n)]) - n
        table = np.vstack([a.table[self.columns], np.zeros((len(self.used), a.table.shape[1]))])
        supplied = np.zeros((len(table), a.supplied.shape[1]))
        supplied[len(self.columns) + np.arange(len(self.used)), self.used] = 1.0
        source = Source(a.graph, self.assessed.background, table, supplied)
        self.compiled = compile_systems([source], self.pedigree, self.batch.parameters)
        self.system: System = self.compiled.systems[0]
        self.at_middle = replace(self.system, program=self.system.program.at_middle()).workspace(1)
        self.workspace: Workspace = self.system.workspace(BLOCK)
        self.germs = self._draws() if self.batch.n else []
        self.worlds = self._worlds() if self.batch.n else []

    def _draws(self) -> list[Array]:
        count = -(-self.batch.n // BLOCK)
        drawn = blocks(self.compiled.streams, self.batch.sequence, self.batch.seed, 0, -(-count // SHEAF))
        return [germ.copy() for _, (_, germ) in zip(range(count), drawn, strict=False)]

    def _worlds(self) -> list[Array]:
        """Impact per unit of each background product in use, in every sample: categories x products x samples."""
        count = len(self.germs)
        if self.batch.world == "fixed":
            fixed = np.repeat(self.middle_supply[:, self.used, None], BLOCK, axis=2)
            return [fixed] * count
        a = self.assessed.assessment
        whole = compile_systems([Source(a.graph, self.assessed.background, a.table[self.columns])], self.pedigree)
        found = [np.empty((len(self.columns), len(self.used), BLOCK)) for _ in range(count)]
        for m, product in enumerate(self.used):
            demand = np.zeros(len(a.graph.nodes))
            demand[a.graph.foreground + product] = 1.0
            workspace = replace(whole.systems[0], demand=demand, negative=True).workspace(BLOCK)
            drawn = blocks(whole.streams, self.batch.sequence, self.batch.seed, 0, -(-count // SHEAF))
            for block, (_, germ) in zip(range(count), drawn, strict=False):
                found[block][:, m] = workspace.impacts(germ)
        return found

    def study(self, values: Array) -> Array:
        """The row of a study: each category's value, and its statistics where samples are asked for."""
        given = dict(zip(self.batch.parameters, map(np.float64, values), strict=True))
        try:
            middle = self._middle(given)
            samples = self._samples(given) if self.batch.n else None
        except FootprintError as error:
            told = ", ".join(f"{name} {value:g}" for name, value in given.items())
            raise InputError(f"{self.batch.route} with {told}: {error}") from None
        if samples is None:
            return middle
        found = [summary(row) for row in samples]
        return np.concatenate(
            [
                (value, *(_number(getattr(s, name)) for name in STATISTICS))
                for value, s in zip(middle, found, strict=True)
            ]
        )

    def _middle(self, given: Mapping[str, float]) -> Array:
        if not self.fast:
            assessed = assess_route(load_route(self.batch.route, given), self.settings)
            a = assessed.assessment
            return np.asarray((a.direct @ a.inventory.scaling)[self.columns])
        return self._fast_middle(given)

    def _fast_middle(self, given: Mapping[str, float]) -> Array:
        """From the open foreground; the checks of the solution tell where there is none."""
        out = self.at_middle.impacts(np.zeros((0, 1)), given)[:, 0]
        direct, taken = out[: len(self.columns)], out[len(self.columns) :]
        return np.asarray(direct + self.middle_supply[:, self.used] @ taken)

    def _samples(self, given: Mapping[str, float]) -> Array:
        """Categories x samples of one study."""
        if not self.fast:
            routes = [load_route(self.batch.route, given)]
            system = SampledRoutes.of(routes, self.settings, self.batch.world, self.batch.pedigree)
            workspaces = [system.compiled.systems[0].workspace(BLOCK)]
            blocks_ = system.draw(self.batch.n, self.batch.seed, self.batch.sequence, workspaces)
            drawn = [found[0] for _, found in blocks_]
            return np.hstack(drawn)[self.columns]
        parts = []
        for germ, world in zip(self.germs, self.worlds, strict=True):
            out = self.workspace.impacts(germ, given)
            direct, taken = out[: len(self.columns)], out[len(self.columns) :]
            parts.append(direct + np.einsum("cps,ps->cs", world, taken))
        return np.hstack(parts)[:, : self.batch.n]

    def _probes(self, route: Route) -> Iterator[Mapping[str, float]]:
        """The parameters as they are, and a little off: what the open structure must reproduce."""
        own = {p.name: p.amount.value for p in route.parameters}
        for factor in (1.0, 1.01):
            yield {name: own[name] * factor for name in self.batch.parameters}

    def _agrees(self, given: Mapping[str, float]) -> bool:
        """Whether the open structure gives what loading the route with these values gives.

        It does not where a parameter reaches the result by another way than an amount (a content that shares a burden).
        """
        a = assess_route(load_route(self.batch.route, given), self.settings).assessment
        slow = (a.direct @ a.inventory.scaling)[self.columns]
        return bool(np.allclose(self._fast_middle(given), slow, rtol=1e-9, atol=1e-30))


def _number(value: float | None) -> float:
    return np.nan if value is None else value


# --- the output folder


@dataclass(frozen=True)
class _Store:
    """A folder with one Parquet file per chunk, and a manifest that says of which batch."""

    folder: Path

    @classmethod
    def open(cls, folder: Path, batch: Batch, rows: Array, names: Sequence[str]) -> _Store:
        """The store of this batch, new or to go on with; InputError where the folder holds another batch."""
        digest = hashlib.sha256(json.dumps(asdict(batch), sort_keys=True).encode())
        digest.update(np.ascontiguousarray(rows).tobytes())
        digest.update("\0".join(names).encode())
        manifest = {"schema": "footprint/batch/1", "batch": asdict(batch), "sha256": digest.hexdigest()}
        path = folder / "batch.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if path.exists():
                if json.loads(path.read_text(encoding="utf-8")).get("sha256") != manifest["sha256"]:
                    raise InputError(f"{folder}: holds another batch; choose another folder")
            elif any(folder.iterdir()):
                raise InputError(f"{folder}: is not empty; choose another folder")
            else:
                with replacing(path) as temporary:
                    temporary.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{folder}: cannot be used ({error.strerror})") from None
        except ValueError:
            raise InputError(f"{path}: is no manifest of a batch") from None
        return cls(folder)

    def path(self, start: int) -> Path:
        """The file of the chunk that begins with row `start`."""
        return self.folder / f"part-{start // CHUNK:06d}.parquet"

    def has(self, start: int) -> bool:
        """Whether a chunk is done."""
        return self.path(start).exists()

    def write(self, start: int, frame: pd.DataFrame) -> None:
        """Write a chunk to a temporary file and rename it."""
        with replacing(self.path(start)) as temporary:
            frame.to_parquet(temporary, index=False)

    def read(self, starts: Sequence[int]) -> pd.DataFrame:
        """Every chunk, in order."""
        import pandas as pd

        return pd.concat([pd.read_parquet(self.path(start)) for start in starts], ignore_index=True)
