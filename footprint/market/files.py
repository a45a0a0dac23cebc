"""Market files as cells: CSV, Parquet or XLSX, bounded in size; nothing in them is computed or followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from footprint.errors import InputError, listed
from footprint.extras import needed
from footprint.library.tables import read_csv
from footprint.library.workbooks import content, opened

MAX_BYTES = 1 << 30
MAX_ROWS = 5_000_000
MAX_COLUMNS = 200
Cells = Mapping[str, Sequence[Any]]


def read_cells(path: Path) -> tuple[Cells, Sequence[int]]:
    """The cells of a market file by column, and in which row of the file each stood (the header is row 1)."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise InputError(f"{path}: the name of a market file ends in {listed(_READERS)}")
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r}: cannot be read ({error})") from None
    if not path.is_file():
        raise InputError(f"{path}: is no file")
    if size > MAX_BYTES:
        raise InputError(f"{path}: {size:,} bytes; a market file has at most {MAX_BYTES:,}")
    return read(path)


def _from_csv(path: Path) -> tuple[Cells, Sequence[int]]:
    cells: dict[str, list[str]] = {}
    lines = []
    for line, row in read_csv(path, ()):
        if not cells:
            cells = {name: [] for name in row}
        for name, cell in row.items():
            cells[name].append(cell)
        lines.append(line)
        _bounded(path, len(lines))
    return cells, lines


def _from_parquet(path: Path) -> tuple[Cells, Sequence[int]]:
    duckdb = needed("duckdb", "market")
    if set(str(path)) & set("*?["):
        raise InputError(f"{path}: the name of a Parquet file must not hold *, ? or [")
    try:
        with duckdb.connect(config={"memory_limit": "1GB", "threads": "2"}) as connection:
            found = connection.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [str(path)])
            names = [column[0] for column in found.description]
            if len(names) > MAX_COLUMNS:
                raise InputError(f"{path}: {len(names)} columns; a market file has at most {MAX_COLUMNS}")
            rows: list[Any] = []
            while part := found.fetchmany(50_000):
                rows += part
                _bounded(path, len(rows))
    except duckdb.Error as error:
        raise InputError(f"{path}: cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}, range(2, len(rows) + 2)


def _from_xlsx(path: Path) -> tuple[Cells, Sequence[int]]:
    with opened(path) as book:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return _from_sheet(path, sheet.iter_rows(max_col=MAX_COLUMNS + 1))


def _from_sheet(path: Path, rows: Iterable[Sequence[Any]]) -> tuple[Cells, Sequence[int]]:
    names: list[str] = []
    cells: dict[str, list[Any]] = {}
    places = []
    for n, row in enumerate(rows, 1):
        _bounded(path, n)
        found = [content(cell) for cell in row]
        while found and found[-1] is None:
            found.pop()
        if not names:
            names = [str(cell or "").strip() for cell in found]
            if len(names) > MAX_COLUMNS or len(set(names)) < len(names):
                raise InputError(f"{path}: the first row must name at most {MAX_COLUMNS} columns, each once")
            cells = {name: [] for name in names}
        elif found:
            if len(found) > len(names):
                raise InputError(f"{path}, row {n}: has {len(found)} cells; the header has {len(names)}")
            found += [None] * (len(names) - len(found))
            for name, cell in zip(names, found, strict=True):
                cells[name].append(cell)
            places.append(n)
    return cells, places


_READERS: Mapping[str, Callable[[Path], tuple[Cells, Sequence[int]]]] = {
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".xlsx": _from_xlsx,
}


def _bounded(path: Path, rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputError(f"{path}: more than {MAX_ROWS:,} rows")
