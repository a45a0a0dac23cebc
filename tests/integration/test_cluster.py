"""A batch on a Dask cluster of separate processes, one of them killed at work: the same table."""

import os
import signal
import time

import pytest

import footprint as fp
from footprint.batch.store import CHUNK
from footprint.errors import InputError
from tests.unit.test_batch import ROUTE, studies

pd = pytest.importorskip("pandas")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore::Warning")


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def test_a_worker_killed_at_work_changes_nothing(cluster):
    """Four chunks on two processes; the first to answer is killed, its tasks go to the other and to its successor."""
    table = studies(4 * CHUNK)
    here = fp.calculate_many(ROUTE, table, n=512, world="fixed")
    killed = []

    def kill(done: int, total: int) -> None:
        if not killed:
            pid = next(iter(cluster.workers.values())).pid
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    there = fp.calculate_many(ROUTE, table, n=512, world="fixed", cluster=cluster.scheduler_address, progress=kill)
    assert len(killed) == 1
    assert not _alive(killed[0])
    pd.testing.assert_frame_equal(here, there, check_exact=True)


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet waited for does not."""
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return False
        except FileNotFoundError:
            return False
        time.sleep(0.1)
    return True


def test_an_address_without_a_scheduler_is_refused():
    with pytest.raises(InputError, match="no Dask scheduler answers there"):
        fp.calculate_many(ROUTE, studies(2), cluster="tcp://127.0.0.1:9")
