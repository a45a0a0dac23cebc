"""XLSX files from outside: bounded in size, nothing in them computed or followed.

An XLSX file is a ZIP archive of XML. It is refused where it would unfold too far, names parts outside itself, declares
a document type (entities), or brings macros or links to other workbooks.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from xml.parsers import expat

from footprint.errors import InputError
from footprint.extras import needed

#: an XLSX file may unfold to this many bytes, and to this many times its size
MAX_UNFOLDED, MAX_RATIO = 1 << 30, 200
MAX_PARTS = 10_000
#: a form that people fill in: bytes as it is and unfolded, rows with content and columns of a sheet
FORM_BYTES, FORM_UNFOLDED = 16 << 20, 128 << 20
FORM_ROWS, FORM_COLUMNS = 10_000, 60
#: the last row of a spreadsheet, and the letters of the last column of a form, as they sort
LAST_ROW, LAST_COLUMN = 1_048_576, " BH"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_FOLDED = {"true", "1"}


class Formula(str):
    """What a cell computes; it is never evaluated."""


class Fault(str):
    """The error that a cell shows: `#REF!`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a form: the rows that hold something, by number, and what a reader could not see at a look."""

    name: str
    rows: Mapping[int, Sequence[Any]]
    hidden: bool
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[str, ...]


@contextmanager
def opened(path: Path, most: int = MAX_UNFOLDED) -> Iterator[Any]:
    """The workbook at `path`, read-only; InputError where it is none, is hostile, or unfolds to over `most` bytes."""
    openpyxl = needed("openpyxl", "excel")
    _check_archive(path, most)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that are not read
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its parts raise
            raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
        try:
            yield book
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{path}: cannot be read as XLSX: {error}") from None
        finally:
            book.close()


def content(cell: Any) -> Any:
    """What a cell holds; a formula and an error are told apart from text."""
    if cell.data_type == "f":
        return Formula(getattr(cell.value, "text", cell.value) or "=")
    return Fault(cell.value) if cell.data_type == "e" else cell.value


def read_form(path: Path) -> Sequence[Sheet]:
    """The sheets of a workbook that people fill in; InputError where the file cannot be taken as one."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path}: the name of a workbook ends in .xlsx (not .xls, .xlsm, .xlsb or .csv): save it so")
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r}: cannot be read ({error})") from None
    if path.is_dir():
        raise InputError(f"{path}: is a folder; a workbook is needed")
    if size > FORM_BYTES:
        raise InputError(f"{path}: {size:,} bytes; a workbook has at most {FORM_BYTES:,}")
    with opened(path, FORM_UNFOLDED) as book:
        return [_read_sheet(path, sheet) for sheet in book.worksheets]


def _read_sheet(path: Path, sheet: Any) -> Sheet:
    with sheet._get_source() as source:
        seen = _Scan(source)
    if seen.last > LAST_ROW:
        raise InputError(f"{path}, sheet '{sheet.title}': has a row {seen.last:,}, beyond the last of a spreadsheet")
    if seen.beyond:
        raise InputError(f"{path}, {sheet.title}!{seen.beyond}: stands beyond the columns of the form; remove it")
    if len(seen.filled) > FORM_ROWS:
        raise InputError(f"{path}, sheet '{sheet.title}': more than {FORM_ROWS:,} rows with content")
    sheet.reset_dimensions()
    rows: dict[int, Sequence[Any]] = {}
    n = 0
    try:
        for n, cells in enumerate(sheet.iter_rows(max_row=seen.last, max_col=FORM_COLUMNS) if seen.last else (), 1):
            values = [content(cell) for cell in cells]
            if any(value not in (None, "") for value in values):
                rows[n] = values
    except (ValueError, OverflowError, TypeError, KeyError, IndexError) as error:
        raise InputError(f"{path}, {sheet.title}!A{n + 1}: the row cannot be read: {error}") from None
    return Sheet(
        sheet.title,
        rows,
        sheet.sheet_state != "visible",
        frozenset(seen.hidden) & rows.keys(),
        frozenset(seen.hidden_columns),
        tuple(seen.merged),
    )


class _Scan:
    """One quick pass over the XML of a sheet: which rows hold something, which are hidden, what is merged."""

    def __init__(self, source: IO[bytes]) -> None:
        self.row = self.last = 0
        self.cell = self.beyond = ""
        self.filled: set[int] = set()
        self.hidden: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[str] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.ParseFile(source)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                if attributes.get("hidden") in _FOLDED:
                    self.hidden.add(self.row)
            case "c":
                self.cell = attributes.get("r", "")
            case "v" | "is" | "f":
                self.filled.add(self.row)
                self.last = max(self.last, self.row)
                if len(letters := self.cell.rstrip("0123456789")) > 1 and letters.rjust(3) > LAST_COLUMN:
                    self.beyond = self.beyond or self.cell
            case "mergeCell" if len(self.merged) < FORM_COLUMNS:
                self.merged.append(attributes.get("ref", ""))
            case "col" if attributes.get("hidden") in _FOLDED:
                first, last = int(attributes["min"]), min(int(attributes["max"]), FORM_COLUMNS)
                self.hidden_columns.update(range(first, last + 1))


def _check_archive(path: Path, most: int) -> None:
    """Parts within bounds and within the archive, none with a document type, macros or links to other files."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unfolded = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unfolded > min(most, max(1 << 20, MAX_RATIO * path.stat().st_size)):
                raise InputError(f"{path}: unfolds to {unfolded:,} bytes in {len(parts)} parts; refused as a bomb")
            for part in parts:
                _check_name(path, part.filename)
                with archive.open(part) as stream:
                    if _declares_type(stream):
                        raise InputError(f"{path}: '{part.filename}' declares a document type; refused")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as XLSX: {_kind(path) or error}") from None


def _check_name(path: Path, name: str) -> None:
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in name:
        raise InputError(f"{path}: the part '{name}' lies outside the workbook; refused")
    if place.name.lower() == "vbaproject.bin":
        raise InputError(f"{path}: holds macros; save it as a workbook without macros (.xlsx)")
    if "externallinks" in name.lower():
        raise InputError(f"{path}: holds links to other workbooks; replace them by their values (Data > Edit links)")


class _Seen(Exception):
    """What was looked for stands here, or cannot come any more."""


def _declares_type(stream: IO[bytes]) -> bool:
    """Whether XML declares a document type, in any encoding; only what stands before the first element is parsed."""
    found = []

    def declared(*_: object) -> None:
        found.append(True)
        raise _Seen

    def begun(*_: object) -> None:
        raise _Seen

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, begun
    try:
        while block := stream.read(1 << 16):
            parser.Parse(block, False)
    except (_Seen, expat.ExpatError):
        pass  # what is no XML is not read as such
    return bool(found)


def _kind(path: Path) -> str:
    """What a file is that is no XLSX file, where that can be told."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if not head.startswith(_OLE):
        return "" if head.startswith(b"PK") else "it is no XLSX file, whatever its name says; save it as .xlsx"
    if "EncryptedPackage".encode("utf-16-le") in head:
        return "it is protected with a password; save it without one"
    return "it is an old Excel file (.xls); save it as .xlsx"
