"""CSV tables, every cell as text: a location NA is Namibia, and a number is read where it is used."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from footprint.errors import InputError, listed


def read_csv(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV file in UTF-8 whose header holds `columns`; every cell stays text, so NA is Namibia."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_separator(path, reader.fieldnames or [])
            missing = [c for c in columns if c not in (reader.fieldnames or [])]
            if missing:
                raise InputError(
                    f"{path}: column '{missing[0]}' is missing; it has: {listed(reader.fieldnames or [], 20)}"
                )
            names = reader.fieldnames or []
            if twice := [name for name in names if names.count(name) > 1]:
                raise InputError(f"{path}: column '{twice[0]}' is given twice")
            for row in reader:
                if None in row or None in row.values():
                    raise InputError(
                        f"{path}, line {reader.line_num}: has {_cells(row)} cells; the header has "
                        f"{len(reader.fieldnames or [])}"
                    )
                yield reader.line_num, row
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None


def _check_separator(path: Path, names: Sequence[str]) -> None:
    """A header that is one cell with semicolons or tabs is what spreadsheets write in some languages."""
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in names[0]:
            raise InputError(
                f"{path}, line 1: its cells are parted by {name}; commas are needed, and points in decimal numbers"
            )


def _cells(row: Mapping[str | None, object]) -> int:
    """How many cells a row has: what is too much stands under None, what is missing is None."""
    extra = row.get(None)
    return sum(value is not None for key, value in row.items() if key) + (len(extra) if isinstance(extra, list) else 0)


def whole(text: str, path: Path, line: int, column: str) -> int:
    """The whole number in a cell."""
    value = number(text, path, line, column)
    if value != int(value):
        raise InputError(f"{path}, line {line}, column '{column}': '{text}' is not a whole number")
    return int(value)


def number(text: str, path: Path, line: int, column: str) -> float:
    """The finite number in a cell."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not math.isfinite(value):
        raise InputError(f"{path}, line {line}, column '{column}': '{text}' is not a finite number")
    return value
