"""A market read pool by pool, so that only one is in memory: a registry, or a file put beside it in the same form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from footprint.errors import InputError
from footprint.extras import needed
from footprint.market.connection import opened
from footprint.market.declarations import POOL_FIELDS, Market, Pool
from footprint.market.reading import load_market
from footprint.market.registry import as_column, current, every_column, market_frame

#: what DuckDB may hold while it sorts; beyond, it writes to a temporary folder
MEMORY = "256MB"
_ALWAYS = (
    "declaration_id", "operator", "system", "country", "route", "background", "period_from", "period_to", "mass_t",
)  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """Declarations sorted by pool, then by id, in a temporary table."""

    name: str
    connection: Any
    pools: tuple[Pool, ...]

    def market(self, pool: Pool) -> Market:
        """The declarations of one pool, by id, with what fitting and review need."""
        found = self.connection.execute(
            "SELECT * EXCLUDE (pool) FROM market WHERE pool = ? ORDER BY declaration_id", [self.pools.index(pool)]
        ).fetchnumpy()
        columns = {name: as_column(values, name) for name, values in found.items()}
        n = len(columns["declaration_id"])
        for name in POOL_FIELDS:
            columns[name] = np.broadcast_to(np.array(getattr(pool, name), dtype=object), n)
        return Market(self.name, columns)

    def save(self, path: Path) -> None:
        """All declarations as a market file (Parquet), in one thread: the same bytes each time."""
        self.connection.execute("SET threads = 1")
        rows = "SELECT * EXCLUDE (pool) FROM market JOIN pools USING (pool)"
        try:
            self.connection.execute(f"COPY ({rows}) TO '{_quoted(path)}' (FORMAT parquet)")
        except needed("duckdb", "market").Error as error:
            raise InputError(f"{path.name}: cannot be written: {str(error).splitlines()[0]}") from None


@contextmanager
def stored(path: Path, categories: Sequence[str]) -> Iterator[Stored]:
    """The declarations of a registry or of a market file, with these categories.

    Raises InputError as reading them does.
    """
    if path.suffix.lower() == ".duckdb":
        with opened(path) as connection, _sorted(str(path), connection, current(connection), categories) as found:
            yield found
    else:
        frame = market_frame(load_market(path))
        with _in_memory(path) as connection:
            connection.register("declarations", frame)
            with _sorted(str(path), connection, every_column(connection, "declarations"), categories) as found:
                yield found


@contextmanager
def kept(path: Path, categories: Sequence[str]) -> Iterator[Stored]:
    """The declarations that `Stored.save` wrote; InputError where the file is not in that form."""
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    with _in_memory(path) as connection:
        source = every_column(connection, f"read_parquet('{_quoted(path)}', hive_partitioning = false)")
        with _sorted(str(path), connection, source, categories) as found:
            yield found


@contextmanager
def _in_memory(path: Path) -> Iterator[Any]:
    duckdb = needed("duckdb", "market")
    try:
        with duckdb.connect(config={"threads": "2"}) as connection:
            yield connection
    except duckdb.Error as error:
        raise InputError(f"{path}: cannot be read as declarations: {str(error).splitlines()[0]}") from None


@contextmanager
def _sorted(name: str, connection: Any, source: str, categories: Sequence[str]) -> Iterator[Stored]:
    """Number the pools and sort by them: once, on disk where it is much, so that each is then read at its place."""
    fields = ", ".join(f'"{field}"' for field in POOL_FIELDS)
    beside = [f"{kind}{code}" for code in categories for kind in ("", "gsd2_", "screening_")]
    columns = ", ".join(f'"{column}"' for column in (*_ALWAYS, *beside))
    with TemporaryDirectory(prefix="footprint-", ignore_cleanup_errors=True) as folder:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = '{_quoted(Path(folder))}'")
        connection.execute(
            f"CREATE TEMP TABLE pools AS SELECT row_number() OVER (ORDER BY {fields}) - 1 AS pool, * "
            f"FROM (SELECT DISTINCT {fields} FROM ({source}))"
        )
        connection.execute(
            f"CREATE TEMP TABLE market AS SELECT pool, {columns} FROM ({source}) JOIN pools USING ({fields}) "
            "ORDER BY pool, declaration_id"
        )
        pools = connection.execute(f"SELECT {fields} FROM pools ORDER BY pool").fetchall()
        yield Stored(name, connection, tuple(Pool(*row) for row in pools))


def _quoted(path: Path) -> str:
    """A path within quotation marks of SQL."""
    if set(str(path)) & set("*?["):
        raise InputError(f"{path}: must not hold *, ? or [")
    return str(path).replace("'", "''")
