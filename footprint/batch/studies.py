"""A table of studies through one structure: checked, in chunks to the workers, and back in the order given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from footprint.batch.store import CHUNK, Store
from footprint.batch.work import STATISTICS, Batch, Task, resting_on
from footprint.calculation import Settings
from footprint.errors import InputError, listed, nearest
from footprint.extras import needed
from footprint.library.method import load_method
from footprint.library.routes import load_route
from footprint.sampling import World
from footprint.uncertainty.germs import Sequence_
from footprint.uncertainty.threads import one_thread
from footprint.workers import Workers, each

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
STUDY = "study"


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
    store = Store.open(Path(out), batch, rows, names) if out is not None else None
    chunks = [(start, rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK)]
    done: dict[int, Array] = {}
    waiting = [chunk for chunk in chunks if store is None or not store.has(chunk[0])]
    finished = sum(len(values) for _, values in chunks) - sum(len(values) for _, values in waiting)
    columns = _columns(batch)
    with _told(progress, finished, len(rows)) as tell:
        for start, found in each(Task(batch), waiting, Workers(workers, cluster)):
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
        if path.suffix == ".parquet":
            needed("pyarrow", "batch")
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
        str(route), resting_on(loaded, settings.method, settings.background), parameters, n, seed, sequence, world,
        pedigree, settings.method, settings.background, settings.electricity, settings.long_term,
        (settings.on or date.today()).isoformat(), settings.year,
    )  # fmt: skip


def _columns(batch: Batch) -> list[str]:
    codes = load_method(batch.method).codes
    return [code if not s else f"{code}_{s}" for code in codes for s in ("", *(STATISTICS if batch.n else ()))]


def _frame(batch: Batch, columns: Sequence[str], names: Sequence[str], rows: Array, found: Array) -> pd.DataFrame:
    import pandas as pd

    given = pd.DataFrame(rows, columns=list(batch.parameters))
    given.insert(0, STUDY, list(names))
    return pd.concat([given, pd.DataFrame(found, columns=list(columns))], axis=1)
