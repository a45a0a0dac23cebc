"""A connection to the DuckDB file of a registry: one writer at a time, and what is no registry is left as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from footprint.errors import InputError
from footprint.extras import needed

#: how the name of a registry ends
SUFFIX = ".duckdb"
#: how long to wait for another writer, in seconds
PATIENCE = 30.0


@contextmanager
def opened(registry: Path, write: bool = False, make: bool = False) -> Iterator[Any]:
    """A connection; a file that is no registry is refused before anything could be written to it.

    Only with `make` is a registry made where there is none.
    """
    duckdb = needed("duckdb", "market")
    if registry.suffix.lower() != SUFFIX:
        raise InputError(f"{registry}: the name of a registry ends in {SUFFIX}")
    if registry.exists():
        with registry.open("rb") as file:
            if file.read(12)[8:] != b"DUCK":
                raise InputError(f"{registry}: is no registry of declarations, or is damaged; it was left as it is")
    elif not make:
        raise InputError(f"{registry}: no such registry; `footprint market import` makes one")
    elif not registry.parent.is_dir():
        raise InputError(f"{registry.parent}: no such folder")
    connection = _connected(duckdb, registry, write)
    try:
        yield connection
    except duckdb.Error as error:
        told = str(error).splitlines()[0]
        raise InputError(f"{registry}: cannot be used as a registry: {told}; it was left as it is") from None
    finally:
        connection.close()


def _connected(duckdb: Any, registry: Path, write: bool) -> Any:
    begun = time.monotonic()
    while True:
        try:
            return duckdb.connect(str(registry), read_only=not write, config={"memory_limit": "1GB", "threads": "2"})
        except duckdb.Error as error:
            told = str(error).splitlines()[0]
            if "set lock" not in told.lower():
                raise InputError(f"{registry}: cannot be opened as a registry: {told}; it was left as it is") from None
            if time.monotonic() - begun > PATIENCE:
                raise InputError(f"{registry}: another program is writing to it; try again later") from None
            time.sleep(0.05)
