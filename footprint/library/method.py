"""An impact assessment method: `methods/ef-3.1/` or a folder of the same form.

The CSV files are the record; what is kept in the cache is the same numbers as arrays, under the hash of the files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed, nearest
from footprint.library.cache import Signature, cached, content_hash, signature
from footprint.library.paths import methods_folder
from footprint.library.toml import read_toml

Array = NDArray[np.float64]
GLOBAL = "GLO"


class Regional(msgspec.Struct):
    """Which categories take the factor of the location in the result, and which only as a sensitivity."""

    used: list[str] = []
    sensitivity: list[str] = []
    aliases: dict[str, str] = {}


class MethodFile(msgspec.Struct):
    """`method.toml`: identity of a method and which categories are regional; the rest of it is for readers."""

    id: str
    name: str
    version: str
    regional: Regional


class Category(msgspec.Struct, frozen=True):
    """An impact category (or a sub-indicator of `parent`)."""

    code: str
    name: str
    unit: str
    parent: str = ""
    indicator: str = ""
    model: str = ""


class Flow(msgspec.Struct, frozen=True):
    """An elementary flow the method knows, with or without a factor."""

    name: str
    compartment: str
    unit: str
    element: str = ""
    status: str = ""
    reason: str = ""


class Compiled(msgspec.Struct):
    """What the CSV files hold, as arrays: `glo` is flows x categories, NaN where no factor is held."""

    file: MethodFile
    categories: list[Category]
    flows: list[Flow]
    glo: bytes
    regional: dict[str, tuple[list[int], list[str], bytes]]
    normalisation: dict[str, float]
    weighting: dict[str, float]


@dataclass(frozen=True)
class Method:
    """Characterisation factors by category, flow and location, with normalisation and weighting beside them."""

    id: str
    name: str
    version: str
    sha256: str
    categories: tuple[Category, ...]
    flows: tuple[Flow, ...]
    global_factors: Array
    regional_factors: Mapping[str, tuple[Mapping[int, int], Mapping[str, int], Array]]
    regional: tuple[str, ...]
    regional_sensitivity: tuple[str, ...]
    aliases: Mapping[str, str]
    normalisation: Mapping[str, float]
    weighting: Mapping[str, float]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The main categories, in the method's order."""
        return tuple(c.code for c in self.categories if not c.parent)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Category code -> column of the factor arrays."""
        return {category.code: i for i, category in enumerate(self.categories)}

    @cached_property
    def flow_index(self) -> Mapping[tuple[str, str], int]:
        """(name, compartment) -> row of the factor arrays."""
        return {(flow.name, flow.compartment): i for i, flow in enumerate(self.flows)}

    def flow(self, name: str, compartment: str) -> int:
        """The row of a flow; InputError where the method does not know it."""
        if (found := self.flow_index.get((name, compartment))) is not None:
            return found
        elsewhere = sorted(f.compartment for f in self.flows if f.name == name)
        if elsewhere:
            raise InputError(f"flow '{name}' is not known in '{compartment}'; it is in: {listed(elsewhere, 20)}")
        names = {f.name for f in self.flows if f.compartment == compartment}
        hint = nearest(name, names) or nearest(name, {f.name for f in self.flows})
        raise InputError(f"flow '{name}' in '{compartment}' is not known to {self.id}{hint}; see flows.csv and uncharacterised.csv")

    def regional_factor(self, code: str, row: int, location: str, otherwise: float) -> float:
        """The factor of a flow for `location`, then for what it lies in, then `otherwise` (the global one)."""
        rows, columns, table = self.regional_factors[code]
        for place in self.wider(location):
            if place in columns and np.isfinite(value := table[rows[row], columns[place]]):
                return float(value)
        return otherwise

    def used_location(self, code: str, row: int, location: str) -> str:
        """The location whose factor `factors` takes for a regional category."""
        rows, columns, table = self.regional_factors.get(code, ({}, {}, np.empty((0, 0))))
        for place in self.wider(location):
            if row in rows and place in columns and np.isfinite(table[rows[row], columns[place]]):
                return place
        return GLOBAL

    def wider(self, location: str) -> Iterator[str]:
        """A subdivision, its older code where the tables use that, then its country: `CA-NL`, `CA-NF`, `CA`."""
        yield location
        if location in self.aliases:
            yield self.aliases[location]
        if "-" in location:
            yield location.partition("-")[0]


def load_method(name: str | Path = "ef-3.1") -> Method:
    """The shipped method of that name, or the one in that folder. Raises InputError with file and row."""
    folder = Path(name)
    if folder.is_dir() and (folder / "method.toml").is_file():
        pass
    else:
        known = [p.parent.name for p in methods_folder().glob("*/method.toml")]
        if str(name) not in known:
            raise InputError(f"method '{name}' is not known{nearest(str(name), known)}; allowed: {listed(known)}, or a folder with a method.toml")
        folder = methods_folder() / str(name)
    files = [folder / "method.toml", *folder.glob("*.csv"), *(folder / "factors").glob("*.csv")]
    return _loaded(folder, signature(files))


@lru_cache(maxsize=8)
def _loaded(folder: Path, signed: Signature) -> Method:
    files = [path for path, _, _ in signed]
    sha256 = content_hash(files, folder)
    compiled = cached("method", sha256, Compiled, lambda: _compile(folder))
    return _unpack(compiled, sha256)


def _unpack(c: Compiled, sha256: str) -> Method:
    shape = (len(c.flows), len(c.categories))
    regional = {
        code: ({row: i for i, row in enumerate(rows)}, {place: i for i, place in enumerate(places)},
               np.frombuffer(data).reshape(len(rows), len(places)))
        for code, (rows, places, data) in c.regional.items()
    }
    return Method(c.file.id, c.file.name, c.file.version, sha256, tuple(c.categories), tuple(c.flows),
                  np.frombuffer(c.glo).reshape(shape), regional, tuple(c.file.regional.used),
                  tuple(c.file.regional.sensitivity), c.file.regional.aliases, c.normalisation, c.weighting)


def read_csv(path: Path, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV file in UTF-8 whose header holds `columns`; every cell stays text, so NA is Namibia."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in columns if c not in (reader.fieldnames or [])]
            if missing:
                raise InputError(f"{path}: column '{missing[0]}' is missing; it has: {listed(reader.fieldnames or [], 20)}")
            for row in reader:
                if None in row or None in row.values():
                    raise InputError(f"{path}, line {reader.line_num}: has {_cells(row)} cells; the header has {len(reader.fieldnames or [])}")
                yield reader.line_num, row
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None


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
    if not np.isfinite(value):
        raise InputError(f"{path}, line {line}, column '{column}': '{text}' is not a finite number")
    return value


def _compile(folder: Path) -> Compiled:
    """Read the CSV record of a method once."""
    file = read_toml(folder / "method.toml", MethodFile)
    categories = [Category(r["code"], r["name"], r["unit"], r.get("parent", ""), r.get("indicator", ""), r.get("model", ""))
                  for _, r in read_csv(folder / "categories.csv", ("code", "name", "unit"))]
    _check_codes([category.code for category in categories], file, folder)
    flows = _read_flows(folder)
    index = {(flow.name, flow.compartment): i for i, flow in enumerate(flows)}
    glo = np.full((len(flows), len(categories)), np.nan)
    regional = {}
    for column, category in enumerate(categories):
        table = _read_factors(folder / "factors" / f"{category.code}.csv", index)
        for (row, place), value in table.items():
            if place == GLOBAL:
                glo[row, column] = value
        if category.code in (*file.regional.used, *file.regional.sensitivity):
            regional[category.code] = _dense({k: v for k, v in table.items() if k[1] != GLOBAL})
    for row, flow in enumerate(flows):
        if flow.status == "zero by rule":
            glo[row] = np.where(np.isnan(glo[row]), 0.0, glo[row])
    normalisation, weighting = _read_weights(folder, [c.code for c in categories if not c.parent])
    return Compiled(file, categories, flows, glo.tobytes(), regional, normalisation, weighting)


def _check_codes(codes: list[str], file: MethodFile, folder: Path) -> None:
    """Category codes are unique, and regional categories are among them."""
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise InputError(f"{folder / 'categories.csv'}: category '{twice[0]}' is listed twice")
    for code in (*file.regional.used, *file.regional.sensitivity):
        if code not in codes:
            raise InputError(f"{folder / 'method.toml'}, regional: category '{code}' is not known{nearest(code, codes)}")


def _read_flows(folder: Path) -> list[Flow]:
    flows = [Flow(r["flow"], r["compartment"], r["unit"], r["element"])
             for _, r in read_csv(folder / "flows.csv", ("flow", "compartment", "unit", "element"))]
    path = folder / "uncharacterised.csv"
    if path.is_file():
        flows += [Flow(r["flow"], r["compartment"], r["unit"], r["element"], r["status"], r["reason"])
                  for _, r in read_csv(path, ("flow", "compartment", "unit", "element", "status", "reason"))]
    seen: set[tuple[str, str]] = set()
    for flow in flows:
        if (flow.name, flow.compartment) in seen:
            raise InputError(f"{folder}: flow '{flow.name}' in '{flow.compartment}' is listed twice")
        seen.add((flow.name, flow.compartment))
    return flows


def _read_factors(path: Path, index: Mapping[tuple[str, str], int]) -> dict[tuple[int, str], float]:
    table: dict[tuple[int, str], float] = {}
    for line, row in read_csv(path, ("flow", "compartment", "location", "factor")):
        flow = index.get((row["flow"], row["compartment"]))
        if flow is None:
            raise InputError(f"{path}, line {line}: flow '{row['flow']}' in '{row['compartment']}' is not in flows.csv")
        if (flow, row["location"]) in table:
            raise InputError(f"{path}, line {line}: a second factor for '{row['flow']}' in '{row['compartment']}' at {row['location']}")
        table[flow, row["location"]] = number(row["factor"], path, line, "factor")
    return table


def _dense(table: Mapping[tuple[int, str], float]) -> tuple[list[int], list[str], bytes]:
    rows, places = sorted({r for r, _ in table}), sorted({p for _, p in table})
    at, place_at = {r: i for i, r in enumerate(rows)}, {p: i for i, p in enumerate(places)}
    dense = np.full((len(rows), len(places)), np.nan)
    for (row, place), value in table.items():
        dense[at[row], place_at[place]] = value
    return rows, places, dense.tobytes()


def _read_weights(folder: Path, codes: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Normalisation per person and weighting in per cent: for hotspots, never for a result."""
    path = folder / "normalisation_weighting.csv"
    if not path.is_file():
        return {}, {}
    columns = ("code", "normalisation_per_person", "weighting_percent")
    rows = list(read_csv(path, columns))
    if missing := sorted(set(codes) ^ {r["code"] for _, r in rows}):
        raise InputError(f"{path}: category '{missing[0]}' must stand in this file and in categories.csv, or in neither")
    for n, r in rows:
        if number(r[columns[1]], path, n, columns[1]) <= 0:
            raise InputError(f"{path}, line {n}: the normalisation of {r['code']} is {r[columns[1]]}; it must be above zero")
    return ({r["code"]: number(r[columns[1]], path, n, columns[1]) for n, r in rows},
            {r["code"]: number(r[columns[2]], path, n, columns[2]) for n, r in rows})
