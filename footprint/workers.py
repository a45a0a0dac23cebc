"""One seam to engines that run many tasks: this process, processes of this machine (joblib), a cluster (Dask)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from footprint.errors import InputError
from footprint.extras import needed

T = TypeVar("T")
U = TypeVar("U")
#: how often Dask gives a task to another worker when one dies with it
RETRIES = 5


@dataclass(frozen=True)
class Workers:
    """Who does the work: `processes` of this machine, or the Dask scheduler at `cluster`."""

    processes: int = 1
    cluster: str | None = None


def each(task: Callable[[T], U], items: Iterable[tuple[int, T]], workers: Workers) -> Iterator[tuple[int, U]]:
    """(key, task(value)) of each (key, value), as they are done. An error in a task ends the run and is raised here.

    Items that are made one by one are made a few ahead of the workers.
    """
    if workers.processes < 1:
        raise InputError(f"{workers.processes} workers: at least one is needed")
    if workers.cluster is not None:
        yield from _on_cluster(task, items, workers.cluster)
    elif workers.processes == 1 or (isinstance(items, Sequence) and len(items) < 2):
        for key, value in items:
            yield key, task(value)
    else:
        yield from _on_processes(task, items, workers.processes)


def _on_processes(task: Callable[[T], U], items: Iterable[tuple[int, T]], processes: int) -> Iterator[tuple[int, U]]:
    joblib = needed("joblib", "batch")
    parallel = joblib.Parallel(n_jobs=processes, return_as="generator_unordered", max_nbytes=None)
    try:
        yield from parallel(joblib.delayed(_keyed)(task, key, value) for key, value in items)
    finally:  # idle processes would hold on to stdout and stderr of a call that is over
        joblib.externals.loky.get_reusable_executor(reuse=True).shutdown()


def _keyed(task: Callable[[T], U], key: int, value: T) -> tuple[int, U]:
    """A task with the key of its answer; one process, one thread: workers share the processors."""
    return key, task(value)


def _on_cluster(task: Callable[[T], U], items: Iterable[tuple[int, T]], address: str) -> Iterator[tuple[int, U]]:
    distributed = needed("distributed", "cluster")
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(f"cluster '{address}': no Dask scheduler answers there ({error})") from None
    with client, client.as_current():
        futures = [client.submit(_keyed, task, key, value, pure=False, retries=RETRIES) for key, value in items]
        try:
            for future in distributed.as_completed(futures):
                yield future.result()
        finally:
            client.cancel(futures)
