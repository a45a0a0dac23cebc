"""The files of an impact assessment method, read once into arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from footprint.errors import InputError, nearest
from footprint.library.tables import number, read_csv
from footprint.library.toml import read_toml

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


def compile_method(folder: Path) -> Compiled:
    """Read the CSV record of a method once."""
    file = read_toml(folder / "method.toml", MethodFile)
    categories = [
        Category(r["code"], r["name"], r["unit"], r.get("parent", ""), r.get("indicator", ""), r.get("model", ""))
        for _, r in read_csv(folder / "categories.csv", ("code", "name", "unit"))
    ]
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
            raise InputError(
                f"{folder / 'method.toml'}, regional: category '{code}' is not known{nearest(code, codes)}"
            )


def _read_flows(folder: Path) -> list[Flow]:
    flows = [
        Flow(r["flow"], r["compartment"], r["unit"], r["element"])
        for _, r in read_csv(folder / "flows.csv", ("flow", "compartment", "unit", "element"))
    ]
    path = folder / "uncharacterised.csv"
    if path.is_file():
        flows += [
            Flow(r["flow"], r["compartment"], r["unit"], r["element"], r["status"], r["reason"])
            for _, r in read_csv(path, ("flow", "compartment", "unit", "element", "status", "reason"))
        ]
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
            raise InputError(
                f"{path}, line {line}: a second factor for '{row['flow']}' in '{row['compartment']}' at "
                f"{row['location']}"
            )
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
        raise InputError(
            f"{path}: category '{missing[0]}' must stand in this file and in categories.csv, or in neither"
        )
    for n, r in rows:
        if number(r[columns[1]], path, n, columns[1]) <= 0:
            raise InputError(
                f"{path}, line {n}: the normalisation of {r['code']} is {r[columns[1]]}; it must be above zero"
            )
    return (
        {r["code"]: number(r[columns[1]], path, n, columns[1]) for n, r in rows},
        {r["code"]: number(r[columns[2]], path, n, columns[2]) for n, r in rows},
    )
