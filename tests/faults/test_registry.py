"""The registry: append-only, importing twice changes nothing, damage is told and left as it is."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from footprint.errors import InputError
from footprint.market.reading import read_market
from footprint.market.registry import Imported, history, import_market, materials, registered, withdraw
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


def test_what_comes_out_went_in(tmp_path: Path) -> None:
    registry, path = tmp_path / "r.duckdb", market_file(tmp_path, ROW)
    put(registry, path)
    wanted, found = read_market(path).market, registered(registry)
    for column in wanted.columns:
        assert found[column].tolist() == pytest.approx(wanted[column].tolist(), nan_ok=True), column


@pytest.mark.parametrize(
    "content", [b"", b"not a registry at all, but long enough to look at", b"\0" * 8 + b"DUCK" + b"\7" * 9000]
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


def test_killed_during_import(tmp_path: Path) -> None:
    """50 kills at random moments: the registry is readable, and holds all of a file or nothing of it."""
    registry = tmp_path / "r.duckdb"
    put(registry, market_file(tmp_path, ROW))
    rows = [ROW.replace("d1", f"e{k}") for k in range(3000)]
    path = tmp_path / "more.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    begun = time.monotonic()
    measured = tmp_path / "measured.duckdb"
    assert importing(measured, path).wait(60) == 0
    whole = time.monotonic() - begun
    draw = random.Random(1)
    for _ in range(50):
        call = importing(registry, path)
        time.sleep(whole * draw.uniform(0.3, 1.0))
        call.send_signal(signal.SIGKILL)
        call.wait()
        held = materials(registry)[0][1]
        assert held in (1, 3001)
        if held == 3001:
            withdraw(registry, ["e0"], "to import again")
            registry.unlink()
            put(registry, market_file(tmp_path, ROW))
