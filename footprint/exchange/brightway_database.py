"""A database of a Brightway project as arrays: read in one process of its own, kept in the cache until it changes."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from footprint import __version__
from footprint.errors import InputError, listed, nearest
from footprint.library.cache import signature
from footprint.library.paths import cache_folder
from footprint.library.replacing import replacing

#: seconds after which reading a database is given up
TIMEOUT = 1800
READER = "footprint.exchange.brightway_reader"


class Pointer(msgspec.Struct):
    """What a reading found: its content hash, and the files it stands in with time and size."""

    sha256: str
    files: list[tuple[str, int, int]]


@dataclass(frozen=True)
class RawDatabase:
    """Technosphere (products x activities) and biosphere (flows x activities) as `bw2calc` has them, with labels."""

    technosphere: Any
    biosphere: Any
    labels: dict[str, Any]


def projects_folder() -> Path:
    """Where Brightway keeps its projects: BRIGHTWAY2_DIR, or its own default; it is never made here."""
    if given := os.environ.get("BRIGHTWAY2_DIR"):
        folder, told = Path(given), f"BRIGHTWAY2_DIR is '{given}'"
    else:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("Brightway3", "pylca"))
        told = "the folder of Brightway's projects"
    if not (folder / "projects.db").is_file():
        raise InputError(f"{told}, which holds no Brightway project; set BRIGHTWAY2_DIR to the folder of projects.db")
    return folder.resolve()


def known_content(project: str, database: str) -> str:
    """The content hash of the last reading while the files it was read from are unchanged, or nothing."""
    path = _pointer_path(project, database)
    if path is None or not path.is_file():
        return ""
    try:
        pointer = msgspec.json.decode(path.read_bytes(), type=Pointer)
        now = signature(Path(name) for name, _, _ in pointer.files)
    except (OSError, msgspec.MsgspecError):
        return ""
    same = [(str(name), time, size) for name, time, size in now] == sorted(pointer.files)
    return pointer.sha256 if same else ""


@contextmanager
def read_database(project: str, database: str) -> Iterator[tuple[str, RawDatabase]]:
    """(content hash, arrays) of a database, read from the project.

    Raises InputError where project or database is missing, changed but not processed, or locked.
    """
    projects = projects_folder()
    _check_project(project, projects)
    with tempfile.TemporaryDirectory(prefix="crm-footprint-") as name:
        folder = Path(name)
        _run(project, database, projects, folder)
        sha256 = _content(folder)
        raw = _load(folder)
        _remember(project, database, sha256, raw.labels["files"])
        yield sha256, raw


def _check_project(project: str, projects: Path) -> None:
    """The project is in Brightway's list: asking bw2data for one that is not would make it."""
    try:
        with closing(sqlite3.connect(f"file:{projects / 'projects.db'}?mode=ro", uri=True)) as held:
            names = sorted(name for (name,) in held.execute("select name from projectdataset"))
    except sqlite3.Error as error:
        raise InputError(f"{projects / 'projects.db'}: cannot be read ({error})") from None
    if project not in names:
        raise InputError(f"project '{project}' is not there{nearest(project, names)}; projects: {listed(names)}")


def _run(project: str, database: str, projects: Path, folder: Path) -> None:
    """The reader in its own process; its refusal is ours."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"BRIGHTWAY2_DIR": str(projects), "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-W", "ignore", "-m", READER, project, database, str(folder)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"bw:{project}/{database}: reading took more than {TIMEOUT // 60} minutes") from None
    if done.returncode == 0:
        return
    raise InputError(f"bw:{project}/{database}: {_refusal(done.stdout, done.stderr)}")


def _refusal(stdout: str, stderr: str) -> str:
    try:
        return str(json.loads(stdout.strip().splitlines()[-1])["error"])
    except (IndexError, KeyError, ValueError):
        last = next((line for line in reversed(stderr.strip().splitlines()) if line.strip()), "no message")
    if "locked" in last.lower():
        return f"the project is locked by another program ({last}); close it and try again"
    return f"Brightway cannot read it: {last}"


def _content(folder: Path) -> str:
    """SHA-256 over the arrays and the labels, without the paths they were read from."""
    digest = hashlib.sha256()
    with np.load(folder / "matrices.npz", allow_pickle=False) as arrays:
        for key in sorted(arrays.files):
            values = np.ascontiguousarray(arrays[key])
            digest.update(f"{key}\0{values.dtype.str}\0{values.size}\0".encode())
            digest.update(values.tobytes())
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    kept = {key: value for key, value in labels.items() if key != "files"}
    digest.update(json.dumps(kept, sort_keys=True).encode())
    return digest.hexdigest()


def _load(folder: Path) -> RawDatabase:
    from scipy.sparse import csc_matrix

    with np.load(folder / "matrices.npz", allow_pickle=False) as arrays:
        matrices = [
            csc_matrix(
                (arrays[f"{name}_data"].astype(float), arrays[f"{name}_indices"], arrays[f"{name}_indptr"]),
                shape=tuple(arrays[f"{name}_shape"]),
            )
            for name in ("technosphere", "biosphere")
        ]
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return RawDatabase(matrices[0], matrices[1], labels)


def _pointer_path(project: str, database: str) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    key = hashlib.sha256(f"{projects_folder()}\0{project}\0{database}".encode()).hexdigest()
    return folder / f"brightway-{__version__}-{key[:32]}.json"


def _remember(project: str, database: str, sha256: str, files: list[str]) -> None:
    path = _pointer_path(project, database)
    if path is None:
        return
    found = sorted((str(name), time, size) for name, time, size in signature(map(Path, files)))
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.encode(Pointer(sha256, found)))
