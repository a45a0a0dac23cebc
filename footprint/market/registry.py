"""The registry of declarations: one DuckDB file, append-only, one transaction per import.

A row is never changed. A declaration is superseded by a later row of the same id, withdrawn by an entry that says why;
every row keeps the name and hash of its file. Importing the same content again adds nothing, and brings nothing back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed
from footprint.market.columns import COLUMNS, NEEDED
from footprint.market.connection import opened
from footprint.market.declarations import RESERVED, Market
from footprint.market.reading import Reading

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
#: the latest row of each id, how many it has, and the reason of the withdrawal that came after it, if any
LATEST = """(SELECT d.*, latest.entries, w.reason AS withdrawn
  FROM (SELECT declaration_id AS ident, max(seq) AS seq, count(*) AS entries FROM declarations GROUP BY 1) latest
  JOIN declarations d ON d.seq = latest.seq
  LEFT JOIN (
    SELECT declaration_id AS ident, max(seq) AS seq, arg_max(reason, seq) AS reason FROM withdrawals GROUP BY 1) w
  ON w.ident = latest.ident AND w.seq > latest.seq)"""
#: those that count
_CURRENT = f"(SELECT * FROM {LATEST} WHERE withdrawn IS NULL)"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows added, rows already there, ids whose earlier row is now superseded, and those of the
    rows already there that are `withdrawn` and stay so."""

    added: int
    known: int
    superseded: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()


def import_market(
    registry: Path, reading: Reading, source: Path, supersede: bool = False, change_operator: bool = False
) -> Imported:
    """Add the rows of a file, all or none.

    Raises InputError for a modelled market, where an id is there with other content (withdrawn or not) and `supersede`
    is not given, and where its declaration is another operator's and `change_operator` is not given.
    """
    table = _incoming(reading, source)
    with opened(registry, write=True, make=True) as connection:
        connection.execute("BEGIN")
        connection.execute(_DDL)
        _check_sums(connection)
        connection.register("incoming", table)
        held = _held(connection)
        fresh = np.array([
            ident not in held or held[ident].row_hash != digest
            for ident, digest in zip(table["declaration_id"], table["row_hash"], strict=True)
        ])  # fmt: skip
        new, known = table[fresh], table["declaration_id"][~fresh]
        again = sorted(ident for ident in new["declaration_id"] if ident in held)
        _check_again(registry, {ident: held[ident] for ident in again}, new, supersede, change_operator)
        connection.register("fresh", new)
        connection.execute(
            f"INSERT INTO declarations (seq, row_hash, file, file_sha256, file_row, {_FIELDS}) "
            f"SELECT nextval('entry'), row_hash, file, file_sha256, file_row, {_FIELDS} FROM fresh"
        )
        connection.execute("COMMIT")
    withdrawn = sorted(ident for ident in known if held[ident].withdrawn is not None)
    return Imported(len(new), len(known), tuple(again), tuple(withdrawn))


@dataclass(frozen=True, slots=True)
class _Held:
    """The latest row of an id, and why it was withdrawn, if it was."""

    row_hash: str
    operator: str
    withdrawn: str | None


def _incoming(reading: Reading, source: Path) -> Any:
    """The rows of a file as a table, each with its hash and where it stood; InputError for a modelled market."""
    rulesets = reading.market["ruleset"]
    if (modelled := np.flatnonzero(np.isin(rulesets, RESERVED))).size:
        raise InputError(
            f"{source}, row {reading.rows[modelled[0]]}, column 'ruleset': '{rulesets[modelled[0]]}' marks a modelled "
            "market, which is no declaration; `footprint classes` reads its file as it is"
        )
    table = market_frame(reading.market)
    table.insert(0, "row_hash", [row_hash(row) for row in table.values.tolist()])
    table.insert(1, "file", source.name)
    table.insert(2, "file_sha256", hashlib.sha256(source.read_bytes()).hexdigest())
    table.insert(3, "file_row", reading.rows)
    return table


def _held(connection: Any) -> dict[str, _Held]:
    """What the registry holds of the ids that come in."""
    found = connection.execute(
        f"SELECT declaration_id, row_hash, operator, withdrawn FROM {LATEST} SEMI JOIN incoming USING (declaration_id)"
    )
    return {ident: _Held(*rest) for ident, *rest in found.fetchall()}


def _check_again(registry: Path, again: Mapping[str, _Held], new: Any, supersede: bool, change_operator: bool) -> None:
    """A declaration is superseded on request alone, and by its own operator unless the request says otherwise."""
    if again and not supersede:
        told = (f"{ident} (withdrawn: {was.withdrawn})" if was.withdrawn else ident for ident, was in again.items())
        raise InputError(
            f"{registry}: {len(again)} declarations are there with other content: {listed(told)}; "
            "--supersede puts the new ones in their place"
        )
    operators = dict(zip(new["declaration_id"], new["operator"], strict=True))
    others = [
        f"{ident} of '{was.operator}' by '{operators[ident]}'"
        for ident, was in again.items()
        if was.operator != operators[ident]
    ]
    if others and not change_operator:
        raise InputError(
            f"{registry}: {len(others)} declarations would pass to another operator: {listed(others)}; "
            "--change-operator lets them"
        )


def withdraw(registry: Path, idents: Sequence[str], reason: str) -> None:
    """Take declarations from the market from now on; InputError names those that are not there."""
    if not reason.strip():
        raise InputError("the reason is empty; say why the declarations are withdrawn")
    with opened(registry, write=True) as connection:
        connection.execute("BEGIN")
        _check_sums(connection)
        held = {row[0] for row in connection.execute(f"SELECT declaration_id FROM {_CURRENT}").fetchall()}
        if unknown := [ident for ident in idents if ident not in held]:
            raise InputError(f"{registry}: no current declaration '{unknown[0]}'")
        for ident in dict.fromkeys(idents):
            connection.execute("INSERT INTO withdrawals VALUES (nextval('entry'), ?, ?)", [ident, reason])
        connection.execute("COMMIT")


def registered(registry: Path, material: str | None = None) -> Market:
    """The current declarations, of one material or of all, in the order of their ids."""
    where, values = ("WHERE material = ?", [material]) if material else ("", [])
    with opened(registry) as connection:
        found = connection.execute(f"{current(connection)} {where} ORDER BY declaration_id", values).fetchnumpy()
    return Market(str(registry), {name: as_column(found[name], name) for name in COLUMNS})


def current(connection: Any) -> str:
    """SQL of the current declarations; InputError where one is of a modelled market."""
    modelled = connection.execute(
        f"SELECT min(declaration_id) FROM {_CURRENT} WHERE list_contains(?, ruleset)", [list(RESERVED)]
    ).fetchone()[0]
    if modelled is not None:
        raise InputError(f"declaration '{modelled}' in the registry is of a modelled market and none; withdraw it")
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
