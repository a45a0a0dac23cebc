"""Market files as cells: CSV, Parquet or XLSX, bounded in size; nothing in them is computed or followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from footprint.errors import InputError, listed
from footprint.extras import needed
from footprint.library.tables import read_csv

MAX_BYTES = 1 << 30
MAX_ROWS = 5_000_000
#: an XLSX file may unfold to this many bytes, and to this many times its size
MAX_UNFOLDED, MAX_RATIO = 1 << 30, 200
MAX_COLUMNS = 200
Cells = Mapping[str, Sequence[Any]]


class Formula(str):
    """What a cell computes; it is never evaluated."""


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
    openpyxl = needed("openpyxl", "excel")
    _check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return _from_sheet(path, sheet.iter_rows(max_col=MAX_COLUMNS + 1))
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
    finally:
        book.close()


def _from_sheet(path: Path, rows: Iterable[Sequence[Any]]) -> tuple[Cells, Sequence[int]]:
    names: list[str] = []
    cells: dict[str, list[Any]] = {}
    places = []
    for n, row in enumerate(rows, 1):
        _bounded(path, n)
        content = [Formula(cell.value) if cell.data_type == "f" else cell.value for cell in row]
        while content and content[-1] is None:
            content.pop()
        if not names:
            names = [str(cell or "").strip() for cell in content]
            if len(names) > MAX_COLUMNS or len(set(names)) < len(names):
                raise InputError(f"{path}: the first row must name at most {MAX_COLUMNS} columns, each once")
            cells = {name: [] for name in names}
        elif content:
            if len(content) > len(names):
                raise InputError(f"{path}, row {n}: has {len(content)} cells; the header has {len(names)}")
            content += [None] * (len(names) - len(content))
            for name, cell in zip(names, content, strict=True):
                cells[name].append(cell)
            places.append(n)
    return cells, places


def _check_archive(path: Path) -> None:
    """An XLSX file is a ZIP archive of XML: refused where it would unfold too far, or declares entities."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unfolded = sum(part.file_size for part in parts)
            if len(parts) > 10_000 or unfolded > min(MAX_UNFOLDED, max(1 << 20, MAX_RATIO * path.stat().st_size)):
                raise InputError(f"{path}: unfolds to {unfolded:,} bytes in {len(parts)} parts; refused as a bomb")
            for part in parts:
                with archive.open(part) as content:
                    if b"<!DOCTYPE" in content.read(4096).upper():
                        raise InputError(f"{path}: '{part.filename}' declares a document type; refused")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: cannot be read as XLSX: {error}") from None


_READERS: Mapping[str, Callable[[Path], tuple[Cells, Sequence[int]]]] = {
    ".csv": _from_csv,
    ".parquet": _from_parquet,
    ".xlsx": _from_xlsx,
}


def _bounded(path: Path, rows: int) -> None:
    if rows > MAX_ROWS:
        raise InputError(f"{path}: more than {MAX_ROWS:,} rows")
