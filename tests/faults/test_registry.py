"""The registry: append-only, importing twice changes nothing, damage is told and left as it is."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from footprint.errors import InputError
from footprint.market import registry as store
from footprint.market.audit import history, materials
from footprint.market.reading import read_market
from footprint.market.registry import ADDED, Imported, import_market, registered, row_hash, withdraw
from tests.faults.test_market_files import HEADER, ROW, market_file

pytest.importorskip("duckdb")
ROOT = Path(__file__).resolve().parents[2]


def put(registry: Path, path: Path, supersede: bool = False) -> Imported:
    return import_market(registry, read_market(path), path, supersede)


def test_importing_twice_adds_nothing(tmp_path: Path) -> None:
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW)
    assert put(registry, path) == Imported(1, 0, ())
    assert put(registry, path) == Imported(0, 1, ())
    assert materials(registry) == [("lithium", 1, 1, 100.0)]
    assert len(history(registry, "d1")) == 1


def test_other_content_needs_supersede(tmp_path: Path) -> None:
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    changed = market_file(tmp_path, ROW.replace(",5,", ",4,"))
    with pytest.raises(InputError, match="1 declarations are there with other content: d1"):
        put(registry, changed)
    assert registered(registry)["CC"].tolist() == [5.0]
    assert put(registry, changed, supersede=True) == Imported(1, 0, ("d1",))
    assert registered(registry)["CC"].tolist() == [4.0]
    assert [entry["what"] for entry in history(registry, "d1")] == ["declared", "declared"]


def test_withdrawn_is_kept_with_its_reason(tmp_path: Path) -> None:
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW, ROW.replace("d1", "d2"))
    put(registry, path)
    withdraw(registry, ["d1"], "sold twice")
    assert registered(registry)["declaration_id"].tolist() == ["d2"]
    assert history(registry, "d1")[-1]["reason"] == "sold twice"
    with pytest.raises(InputError, match="no current declaration 'd1'"):
        withdraw(registry, ["d1"], "again")


def test_the_same_content_does_not_bring_back_what_is_withdrawn(tmp_path: Path) -> None:
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW, ROW.replace("d1", "d2"))
    put(registry, path)
    withdraw(registry, ["d1"], "fraud")
    assert put(registry, path) == Imported(0, 2, (), ("d1",))
    assert put(registry, path, supersede=True) == Imported(0, 2, (), ("d1",))
    assert registered(registry)["declaration_id"].tolist() == ["d2"]


def test_other_content_of_a_withdrawn_declaration_needs_supersede(tmp_path: Path) -> None:
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    withdraw(registry, ["d1"], "fraud")
    changed = market_file(tmp_path, ROW.replace(",5,", ",4,"))
    with pytest.raises(InputError, match=r"other content: d1 \(withdrawn: fraud\); --supersede"):
        put(registry, changed)
    assert put(registry, changed, supersede=True) == Imported(1, 0, ("d1",))
    assert registered(registry)["CC"].tolist() == [4.0]
    assert [entry.get("state") for entry in history(registry, "d1")] == ["withdrawn", None, "current"]


def test_a_declaration_does_not_pass_to_another_operator_unasked(tmp_path: Path) -> None:
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    other = market_file(tmp_path, ROW.replace("Acme", "Rival"))
    with pytest.raises(InputError, match=r"another operator: d1 of 'Acme' by 'Rival'; --change-operator"):
        put(registry, other, supersede=True)
    assert registered(registry)["operator"].tolist() == ["Acme"]
    import_market(registry, read_market(other), other, supersede=True, change_operator=True)
    assert registered(registry)["operator"].tolist() == ["Rival"]


def test_history_holds_what_was_declared(tmp_path: Path) -> None:
    """Every cell of the row that is filled, as the file has it or as it is by default; nothing for an empty one."""
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW)
    put(registry, path)
    (entry,) = history(registry, "d1")
    assert (entry["file"], entry["file_row"], entry["state"]) == ("market.csv", 2, "current")
    assert entry["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    given = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    told = entry["declaration"]
    assert {name: str(told[name]).removesuffix(".0") for name in given} == given
    defaults = {"declared_unit_kg": 1.0, "method": "ef-3.1", "ruleset": "none", "cff_A": 1.0, "long_term": "include"}
    assert {name: told[name] for name in set(told) - set(given)} == defaults


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_withdrawal_has_a_reason(tmp_path: Path, reason: str) -> None:
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    with pytest.raises(InputError, match="the reason is empty"):
        withdraw(registry, ["d1"], reason)
    assert len(registered(registry)) == 1


def test_only_an_import_makes_a_registry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such registry"):
        withdraw(tmp_path / "r.duckdb", ["d1"], "gone")
    with pytest.raises(InputError, match=r"the name of a registry ends in \.duckdb"):
        put(tmp_path / "r.txt", market_file(tmp_path, ROW))
    assert [path.name for path in tmp_path.iterdir()] == ["market.csv"]


def test_modelled_rows_of_an_older_registry_are_not_fitted_as_declarations(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    with duckdb.connect(str(registry)) as connection:
        connection.execute("UPDATE declarations SET ruleset = 'modelled'")
    with pytest.raises(InputError, match="declaration 'd1' in the registry is of a modelled market"):
        registered(registry)
    withdraw(registry, ["d1"], "modelled")
    assert len(registered(registry)) == 0


def test_what_comes_out_went_in(tmp_path: Path) -> None:
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW)
    put(registry, path)
    wanted, found = read_market(path).market, registered(registry)
    for column in wanted.columns:
        assert found[column].tolist() == pytest.approx(wanted[column].tolist(), nan_ok=True), column


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a registry at all, but long enough to look at",
        b"\0" * 8 + b"DUCK" + b"\7" * 9000,
        b"PK\3\4" + b"\0" * 99,
    ],
)
def test_a_damaged_registry_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    registry = tmp_path / "r.duckdb"
    registry.write_bytes(content)
    with pytest.raises(InputError, match="left as it is"):
        put(registry, market_file(tmp_path, ROW))
    with pytest.raises(InputError, match="left as it is"):
        registered(registry)
    assert registry.read_bytes() == content


def importing(registry: Path, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "footprint", "market", "import", str(path), "--registry", str(registry)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_two_importers_at_once_succeed_in_turn(tmp_path: Path) -> None:
    registry = tmp_path / "r.duckdb"
    paths = []
    for n in range(2):
        folder = tmp_path / str(n)
        folder.mkdir()
        paths.append(market_file(folder, *(ROW.replace("d1", f"d{n}-{k}") for k in range(500))))
    calls = [importing(registry, path) for path in paths]
    assert [call.wait(60) for call in calls] == [0, 0]
    assert materials(registry)[0][1] == 1000


def after_a_kill(folder: Path, kills: int, seed: int) -> Counter[int]:
    """How often a registry of one declaration held so many after an import of 3,000 was killed at a random moment."""
    registry, path = folder / "r.duckdb", folder / "more.csv"
    put(registry, market_file(folder, ROW))
    before = registry.read_bytes()
    path.write_text("\n".join([HEADER, *(ROW.replace("d1", f"e{k}") for k in range(3000))]), encoding="utf-8")
    reading = read_market(path)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["footprint.market.registry", "duckdb", "pandas"])
    draw, held, whole = random.Random(seed), Counter[int](), 0.0
    for n in range(kills + 1):
        (folder / "r.duckdb.wal").unlink(missing_ok=True)
        registry.write_bytes(before)
        call = processes.Process(target=import_market, args=(registry, reading, path))
        begun = time.monotonic()
        call.start()
        call.join(None if n == 0 else whole * draw.uniform(0.0, 1.0))
        call.kill()
        call.join()
        if n == 0:
            assert call.exitcode == 0
            whole = time.monotonic() - begun
        else:
            held[len(registered(registry))] += 1
    return held


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork server")
def test_killed_during_import(tmp_path: Path) -> None:
    """50 kills at random moments: the registry is readable, and holds all of a file or nothing of it."""
    held = after_a_kill(tmp_path, 50, 1)
    assert sum(held.values()) == 50
    assert set(held) <= {1, 3001}


class Killing:
    """A connection that ends its process without a word, just before or just after it commits."""

    def __init__(self, connection: Any, moment: str) -> None:
        self._connection, self._moment = connection, moment

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, query: str, *values: object) -> Any:
        if query == "COMMIT" and self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        found = self._connection.execute(query, *values)
        if query == "COMMIT":
            os.kill(os.getpid(), signal.SIGKILL)
        return found


def import_killed(registry: Path, path: Path, moment: str) -> None:
    whole = store.opened

    @contextmanager
    def killing(*arguments: Any, **options: Any) -> Iterator[Killing]:
        with whole(*arguments, **options) as connection:
            yield Killing(connection, moment)

    store.opened = killing
    put(registry, path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize(("moment", "held"), [("before", 1), ("after", 3001)])
def test_killed_at_the_commit(tmp_path: Path, moment: str, held: int) -> None:
    """Up to the commit there is nothing of the file, from then on all of it, though it stands in the log alone."""
    registry, path = tmp_path / "r.duckdb", tmp_path / "more.csv"
    put(registry, market_file(tmp_path, ROW))
    path.write_text("\n".join([HEADER, *(ROW.replace("d1", f"e{k}") for k in range(3000))]), encoding="utf-8")
    call = multiprocessing.get_context("spawn").Process(target=import_killed, args=(registry, path, moment))
    call.start()
    call.join()
    assert call.exitcode == -signal.SIGKILL
    assert len(registered(registry)) == held


def damaged(content: bytes, kind: str, draw: random.Random) -> bytes:
    """Cut off at a random place, or with random bytes at one."""
    at = draw.randrange(len(content) - 4096)
    if kind == "truncated":
        return content[:at]
    return content[:at] + draw.randbytes(4096) + content[at + 4096 :]


@pytest.mark.parametrize("kind", ["truncated", "random bytes"])
def test_nothing_is_added_to_a_damaged_registry(tmp_path: Path, kind: str) -> None:
    registry, path = tmp_path / "r.duckdb", tmp_path / "many.csv"
    path.write_text("\n".join([HEADER, *(ROW.replace("d1", f"e{k}") for k in range(1000))]), encoding="utf-8")
    put(registry, path)
    more, whole, draw = market_file(tmp_path, ROW), registry.read_bytes(), random.Random(2)
    refused = []
    for _ in range(10):
        content = damaged(whole, kind, draw)
        registry.write_bytes(content)
        try:
            put(registry, more)
        except InputError as error:
            refused.append((str(error), registry.read_bytes() == content))
        else:  # the damage lies where nothing is stored
            assert len(registered(registry)) == 1001
    assert len(refused) >= 5
    assert all("left as it is" in message and untouched for message, untouched in refused)


def test_a_registry_without_screening_shares_is_read_and_added_to(tmp_path: Path) -> None:
    """As registries were before there were such columns; what was imported then is known when it comes again."""
    duckdb = pytest.importorskip("duckdb")
    registry, first = tmp_path / "r.duckdb", market_file(tmp_path, ROW)
    put(registry, first)
    with duckdb.connect(str(registry)) as connection:
        for name in ADDED:
            connection.execute(f"ALTER TABLE declarations DROP COLUMN {name}")
    assert np.isnan(registered(registry)["screening_CC"]).all()
    assert put(registry, first) == Imported(0, 1, ())
    header, row = f"{HEADER},screening_CC", f"{ROW.replace('d1', 'd2')},0.25"
    assert put(registry, market_file(tmp_path, row, header=header)) == Imported(1, 0, ())
    assert registered(registry)["screening_CC"].tolist() == pytest.approx([np.nan, 0.25], nan_ok=True)


def test_the_hash_of_a_declaration_does_not_depend_on_columns_that_came_later() -> None:
    """sha256 of what the row held before there were screening shares."""
    old = ["d1", "Acme", 5.0, float("nan")]
    wanted = hashlib.sha256(b"['d1', 'Acme', 5.0, nan]").hexdigest()
    assert row_hash([*old, *[float("nan")] * len(ADDED)]) == wanted
    assert row_hash([*old, 0.25, *[float("nan")] * (len(ADDED) - 1)]) != wanted
