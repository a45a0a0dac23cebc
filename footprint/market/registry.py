"""The registry of declarations: one DuckDB file, append-only, one transaction per import.

A row is never changed. A declaration is superseded by a later row of the same id, withdrawn by an entry that says why;
every row keeps the name and hash of its file. Importing the same content again adds nothing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed
from footprint.extras import needed
from footprint.market.columns import COLUMNS, NEEDED
from footprint.market.declarations import Market
from footprint.market.reading import Reading

#: how long to wait for another writer, in seconds
PATIENCE = 30.0
#: DuckDB's types
TYPES = {"text": "VARCHAR", "number": "DOUBLE", "day": "DATE"}
#: columns that registries made before they were there do not have; an import adds them
ADDED = tuple(name for name in COLUMNS if name.startswith("screening_"))
_FIELDS = ", ".join(f'"{name}"' for name in COLUMNS)
_DDL = f"""
CREATE SEQUENCE IF NOT EXISTS entry START 1;
CREATE TABLE IF NOT EXISTS declarations (
  seq BIGINT PRIMARY KEY, row_hash VARCHAR NOT NULL, file VARCHAR NOT NULL, file_sha256 VARCHAR NOT NULL,
  file_row BIGINT NOT NULL, {", ".join(f'"{c.name}" {TYPES[c.kind]}' for c in COLUMNS.values())});
CREATE TABLE IF NOT EXISTS withdrawals (
  seq BIGINT PRIMARY KEY, declaration_id VARCHAR NOT NULL, reason VARCHAR NOT NULL);
""" + "".join(f'ALTER TABLE declarations ADD COLUMN IF NOT EXISTS "{name}" DOUBLE;' for name in ADDED)
#: the latest row of each id, where no withdrawal came after it
_CURRENT = """(SELECT d.* FROM (SELECT declaration_id AS ident, max(seq) AS seq FROM declarations GROUP BY 1) latest
  JOIN declarations d ON d.seq = latest.seq
  WHERE NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.declaration_id = latest.ident AND w.seq > latest.seq))"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows added, rows already there, and ids whose earlier row is now superseded."""

    added: int
    known: int
    superseded: tuple[str, ...]


def import_market(registry: Path, reading: Reading, source: Path, supersede: bool = False) -> Imported:
    """Add the rows of a file, all or none.

    Raises InputError where an id is there with other content and `supersede` is not given.
    """
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    table = market_frame(reading.market)
    table.insert(0, "row_hash", [row_hash(row) for row in table.values.tolist()])
    table.insert(1, "file", source.name)
    table.insert(2, "file_sha256", sha256)
    table.insert(3, "file_row", reading.rows)
    with opened(registry, write=True) as connection:
        connection.execute("BEGIN")
        connection.execute(_DDL)
        _check_sums(connection)
        connection.register("incoming", table)
        held = dict(connection.execute(f"SELECT declaration_id, row_hash FROM {_CURRENT}").fetchall())
        fresh = np.array([held.get(i) != h for i, h in zip(table["declaration_id"], table["row_hash"], strict=True)])
        again = sorted(i for i in table["declaration_id"][fresh] if i in held)
        if again and not supersede:
            raise InputError(
                f"{registry}: {len(again)} declarations are there with other content: {listed(again)}; "
                "--supersede puts the new ones in their place"
            )
        connection.register("fresh", table[fresh])
        connection.execute(
            f"INSERT INTO declarations (seq, row_hash, file, file_sha256, file_row, {_FIELDS}) "
            f"SELECT nextval('entry'), row_hash, file, file_sha256, file_row, {_FIELDS} FROM fresh"
        )
        connection.execute("COMMIT")
    return Imported(int(fresh.sum()), int((~fresh).sum()), tuple(again))


def withdraw(registry: Path, idents: Sequence[str], reason: str) -> None:
    """Take declarations from the market from now on; InputError names those that are not there."""
    with opened(registry, write=True) as connection:
        connection.execute("BEGIN")
        _check_sums(connection)
        held = {row[0] for row in connection.execute(f"SELECT declaration_id FROM {_CURRENT}").fetchall()}
        if unknown := [ident for ident in idents if ident not in held]:
            raise InputError(f"{registry}: no current declaration '{unknown[0]}'")
        for ident in dict.fromkeys(idents):
            connection.execute("INSERT INTO withdrawals VALUES (nextval('entry'), ?, ?)", [ident, reason])
        connection.execute("COMMIT")


def materials(registry: Path) -> list[tuple[str, int, int, float]]:
    """Material, declarations, operators and tonnes of the current declarations."""
    with opened(registry) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                "SELECT material, count(*), count(DISTINCT operator), sum(mass_t) "
                f"FROM {_CURRENT} GROUP BY 1 ORDER BY 1"
            ).fetchall()
        ]


def history(registry: Path, ident: str) -> list[dict[str, Any]]:
    """Every row and withdrawal of a declaration, in order."""
    with opened(registry) as connection:
        found = connection.execute(
            "SELECT seq, 'declared' AS what, file, file_sha256, file_row, mass_t, '' AS reason FROM declarations "
            "WHERE declaration_id = ? UNION ALL SELECT seq, 'withdrawn', '', '', NULL, NULL, reason FROM withdrawals "
            "WHERE declaration_id = ? ORDER BY seq",
            [ident, ident],
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    if not rows:
        raise InputError(f"{registry}: no declaration '{ident}'")
    return rows


def registered(registry: Path, material: str | None = None) -> Market:
    """The current declarations, of one material or of all, in the order of their ids."""
    where, values = ("WHERE material = ?", [material]) if material else ("", [])
    with opened(registry) as connection:
        found = connection.execute(f"{current(connection)} {where} ORDER BY declaration_id", values).fetchnumpy()
    return Market(str(registry), {name: as_column(found[name], name) for name in COLUMNS})


def current(connection: Any) -> str:
    """SQL of the current declarations."""
    return every_column(connection, _CURRENT)


def every_column(connection: Any, source: str) -> str:
    """SQL of a source with every column of a market file; one that may be left out and is, is empty."""
    held = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    fields = []
    for name, column in COLUMNS.items():
        content = f'"{name}"' if name in held or name in NEEDED else "NULL"
        fields.append(f'{content}::{TYPES[column.kind]} AS "{name}"')
    return f"SELECT {', '.join(fields)} FROM {source}"


def as_column(values: Any, name: str) -> NDArray[Any]:
    """What DuckDB answers as a column of a market: numbers with NaN where they are missing, days, texts."""
    kind = COLUMNS[name].kind
    if kind == "number":
        return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return np.asarray(values).astype("datetime64[D]") if kind == "day" else np.asarray(values, dtype=object)


def row_hash(row: Sequence[Any]) -> str:
    """Hash of a declaration; columns that were added later count where they hold something, so old hashes stay."""
    first, added = row[: -len(ADDED)], row[-len(ADDED) :]
    text = repr(first) + (repr(added) if any(value == value for value in added) else "")
    return hashlib.sha256(text.encode()).hexdigest()


def _check_sums(connection: Any) -> None:
    """Read all that is there: DuckDB checks the sum of each block, so nothing is added to a damaged registry."""
    connection.execute("SELECT bit_xor(hash(d)) FROM declarations d").fetchall()


def market_frame(market: Market) -> Any:
    """A market as a table of pandas, every column of a market file in its order."""
    import pandas as pd

    frame = {}
    for column in COLUMNS.values():
        values = market.columns.get(column.name)
        if values is None:
            values = np.full(len(market), np.nan)
        frame[column.name] = values.astype("datetime64[s]") if column.kind == "day" else values
    return pd.DataFrame(frame)


@contextmanager
def opened(registry: Path, write: bool = False) -> Iterator[Any]:
    """A connection; a file that is no registry is refused before anything could be written to it."""
    duckdb = needed("duckdb", "market")
    if registry.exists():
        with registry.open("rb") as file:
            if file.read(12)[8:] != b"DUCK":
                raise InputError(f"{registry}: is no registry of declarations, or is damaged; it was left as it is")
    elif not write:
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
