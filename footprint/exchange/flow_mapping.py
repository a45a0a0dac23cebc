"""Elementary flows of another database as flows of our method: by UUID, by written synonym, by CAS number and
compartment, by name; what nothing certain is found for stays unmapped and is counted.

A CAS number that several flows of a compartment share (fossil and biogenic carbon dioxide, chromium III and VI) decides
nothing; then the name does. A compartment is never replaced by another one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.library import tables
from footprint.library.foreign_units import foreign_unit
from footprint.library.method import Method
from footprint.library.paths import datasets_folder
from footprint.library.providers import EMISSION_COMPARTMENTS, RESOURCE_COMPARTMENTS
from footprint.units import unit

How = Literal["uuid", "cas", "name", "synonym", "unmapped"]
WAYS: tuple[How, ...] = ("uuid", "cas", "name", "synonym", "unmapped")


@dataclass(frozen=True, slots=True)
class ForeignFlow:
    """An elementary flow as a database describes it."""

    name: str
    categories: tuple[str, ...]
    unit: str
    type: str
    cas: str
    code: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The method's row of a foreign flow (-1 where unmapped), our units per unit of it, how it was found or why not."""

    row: int
    factor: float
    how: How
    reason: str = ""


def map_flows(flows: Iterable[ForeignFlow], method: Method, folder: Path) -> tuple[Mapped, ...]:
    """Each flow as a flow of `method`, whose tables are in `folder`."""
    index = _index(method, folder)
    return tuple(_mapped(flow, index, method) for flow in flows)


# --- one flow ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another name of one of our flows; `compartment` and `unit` restrict it, `factor` is our units per `unit`."""

    flow: str
    to: str
    compartment: str
    unit: str
    factor: float


@dataclass(frozen=True)
class _Index:
    """What a flow can be found by; a name or CAS number that stands for several flows leads to all of them."""

    uuid: Mapping[str, tuple[int, ...]]
    cas: Mapping[tuple[str, str], tuple[int, ...]]
    name: Mapping[tuple[str, str], tuple[int, ...]]
    synonym: Mapping[str, tuple[Synonym, ...]]
    compartment: Mapping[tuple[str, ...], str]


def _mapped(flow: ForeignFlow, index: _Index, method: Method) -> Mapped:
    named = _normal(flow.name)
    if len(found := index.uuid.get(flow.code, ())) == 1:
        return _converted(flow, found[0], "uuid", method)
    place = _compartment(flow, index.compartment)
    if not place:
        return Mapped(-1, 0.0, "unmapped", f"compartment {' / '.join(flow.categories) or 'none'} is not known")
    by_cas = index.cas.get((_cas(flow.cas), place), ()) if _cas(flow.cas) else ()
    by_name = index.name.get((named, place), ())
    for synonym in index.synonym.get(named, ()):
        if synonym.compartment in ("", place) and synonym.unit in ("", flow.unit):
            return _by_synonym(flow, synonym, place, method)
    if len(by_cas) == 1:
        return _converted(flow, by_cas[0], "cas", method)
    if len(by_name) == 1:
        return _converted(flow, by_name[0], "name", method)
    if by_cas or by_name:
        return Mapped(-1, 0.0, "unmapped", "several flows fit")
    return Mapped(-1, 0.0, "unmapped", f"no such flow in {place}")


def _converted(flow: ForeignFlow, row: int, how: How, method: Method) -> Mapped:
    """The row with the unit converted; a flow measured otherwise (crude oil in MJ) stays unmapped."""
    wanted = method.flows[row].unit
    try:
        given = foreign_unit(flow.unit)
    except InputError as error:
        return Mapped(-1, 0.0, "unmapped", str(error))
    ours = unit(wanted)
    if given.base != ours.base:
        return Mapped(-1, 0.0, "unmapped", f"in {flow.unit}, which does not convert to {wanted}")
    return Mapped(row, given.factor / ours.factor, how)


def _by_synonym(flow: ForeignFlow, synonym: Synonym, place: str, method: Method) -> Mapped:
    """A synonym comes before CAS numbers and names: it is the written decision on a flow."""
    row = method.flow_index.get((synonym.flow, synonym.to or place), -1)
    if row < 0:
        return Mapped(-1, 0.0, "unmapped", f"no such flow in {synonym.to or place}")
    if synonym.factor:
        return Mapped(row, synonym.factor, "synonym")
    return _converted(flow, row, "synonym", method)


def _compartment(flow: ForeignFlow, known: Mapping[tuple[str, ...], str]) -> str:
    kind = "resource" if "resource" in flow.type or flow.categories[:1] == ("natural resource",) else "emission"
    parts = tuple(part.strip().lower() for part in flow.categories[:2])
    return known.get((kind, *parts), "")


def _cas(text: str) -> str:
    """A CAS number without leading zeros, or nothing."""
    stripped = text.strip().lstrip("0")
    return stripped if re.fullmatch(r"\d{2,7}-\d\d-\d", stripped) else ""


def _normal(name: str) -> str:
    return " ".join(name.casefold().replace("sulph", "sulf").split())


# --- the tables ----------------------------------------------------------------------------------------------------


def _index(method: Method, folder: Path) -> _Index:
    uuid: dict[str, list[int]] = defaultdict(list)
    cas: dict[tuple[str, str], list[int]] = defaultdict(list)
    name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in ("flows.csv", "uncharacterised.csv"):
        for _, row in tables.read_csv(folder / file, ("flow", "compartment")) if (folder / file).is_file() else ():
            number, place = method.flow_index[row["flow"], row["compartment"]], row["compartment"]
            for key in ("ecoinvent_uuid", "ef_uuid"):
                _note(uuid, row.get(key, ""), number)
            if found := _cas(row.get("cas", "")):
                _note(cas, (found, place), number)
            for key in ("flow", "ecoinvent_name", "ef_name"):
                if text := row.get(key, ""):
                    _note(name, (_normal(text), place), number)
    _own_names_first(name, method)
    synonyms, compartments = _synonyms(), _compartments()
    return _Index(_frozen(uuid), _frozen(cas), _frozen(name), synonyms, compartments)


def _own_names_first(name: dict[tuple[str, str], list[int]], method: Method) -> None:
    """A name that is our own name of a flow means that flow, whatever else is called so elsewhere."""
    for (flow, place), row in method.flow_index.items():
        name[_normal(flow), place] = [row]


def _note(table: dict[Any, list[int]], key: Any, number: int) -> None:
    if key and number not in table[key]:
        table[key].append(number)


def _frozen(table: Mapping[Any, list[int]]) -> dict[Any, tuple[int, ...]]:
    return {key: tuple(found) for key, found in table.items()}


@lru_cache(maxsize=1)
def _synonyms() -> Mapping[str, tuple[Synonym, ...]]:
    path = datasets_folder() / "links" / "synonyms.csv"
    found: dict[str, tuple[Synonym, ...]] = {}
    for line, row in tables.read_csv(path, ("name", "compartment", "unit", "flow", "to", "factor", "note")):
        factor = tables.number(row["factor"], path, line, "factor") if row["factor"] else 0.0
        known = Synonym(row["flow"], row["to"], row["compartment"], row["unit"], factor)
        found[_normal(row["name"])] = (*found.get(_normal(row["name"]), ()), known)
    return found


@lru_cache(maxsize=1)
def _compartments() -> Mapping[tuple[str, ...], str]:
    path = datasets_folder() / "links" / "compartments.csv"
    found: dict[tuple[str, ...], str] = {}
    for line, row in tables.read_csv(path, ("kind", "first", "second", "compartment")):
        allowed = EMISSION_COMPARTMENTS if row["kind"] == "emission" else RESOURCE_COMPARTMENTS
        if row["compartment"] not in allowed:
            raise InputError(f"{path}, line {line}: '{row['compartment']}' is no compartment of an {row['kind']}")
        found[(row["kind"], row["first"].lower(), *([row["second"].lower()] if row["second"] else []))] = row[
            "compartment"
        ]
    return found


def mapping_files() -> tuple[Path, ...]:
    """The tables that a mapping depends on beside the method's."""
    folder = datasets_folder() / "links"
    return (folder / "compartments.csv", folder / "synonyms.csv")


# --- statistics ----------------------------------------------------------------------------------------------------


def flow_coverage(
    flows: Sequence[ForeignFlow], mapped: Sequence[Mapped], method: Method, biosphere: Any
) -> dict[str, Any]:
    """How much of a database's elementary flows is mapped.

    Counted over flows in use, over exchanges, and over mass (kg of emissions summed over one run of each process, where
    the unit is a mass); the largest unmapped flows by number of exchanges are named.
    """
    entries = biosphere.tocoo()
    used = np.bincount(entries.row, minlength=len(flows))
    amount = np.bincount(entries.row, weights=np.abs(entries.data), minlength=len(flows))
    lost = np.array([m.how == "unmapped" for m in mapped], bool)
    emission = np.array([_is_emission(flow) for flow in flows], bool)
    mass = amount * np.array([_kilograms(flow.unit) for flow in flows])
    bare = np.array([m.row >= 0 and not _has_factor(method, m.row) for m in mapped], bool)
    in_use = used > 0
    worst: list[int] = sorted(np.flatnonzero(lost & in_use).tolist(), key=lambda i: (-int(used[i]), flows[i].name))[:25]
    return {
        "flows": int(in_use.sum()),
        "by": {way: _count(mapped, in_use, way) for way in WAYS},
        "without_factor": int((bare & in_use).sum()),
        "exchanges": int(used.sum()),
        "unmapped_exchanges": _share(used, lost, in_use),
        "unmapped_emissions_by_count": _share(used, lost, emission),
        "unmapped_emissions_by_mass": _share(mass, lost, emission),
        "reasons": dict(
            Counter(m.reason for m, use in zip(mapped, used, strict=True) if use and m.reason).most_common(10)
        ),
        "largest_unmapped": [
            {
                "flow": flows[i].name,
                "compartment": " / ".join(flows[i].categories),
                "unit": flows[i].unit,
                "exchanges": int(used[i]),
                "reason": mapped[i].reason,
            }
            for i in worst
        ],
    }


def _is_emission(flow: ForeignFlow) -> bool:
    return "resource" not in flow.type and flow.categories[:1] != ("natural resource",)


def _kilograms(name: str) -> float:
    try:
        found = foreign_unit(name)
    except InputError:
        return 0.0
    return found.factor if found.base == "kg" else 0.0


def _has_factor(method: Method, row: int) -> bool:
    return bool(np.isfinite(method.global_factors[row]).any()) or any(
        row in rows for rows, _, _ in method.regional_factors.values()
    )


def _count(mapped: Sequence[Mapped], in_use: NDArray[np.bool_], way: How) -> int:
    return sum(bool(use) and m.how == way for m, use in zip(mapped, in_use, strict=True))


def _share(values: NDArray[Any], lost: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float:
    whole = float(values[chosen].sum())
    return float(values[chosen & lost].sum()) / whole if whole else 0.0
