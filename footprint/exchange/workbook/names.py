"""Which names the cells of a workbook may hold, and what is wrong with one that is not among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from footprint.errors import FootprintError, InputError, listed, nearest
from footprint.exchange.workbook.columns import Column, Known
from footprint.exchange.workbook.records import WATER, Record
from footprint.library.background import Background, load_background
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.prices import load_prices
from footprint.library.providers import EMISSION_COMPARTMENTS, RESOURCE_COMPARTMENTS, parse_provider
from footprint.library.routes import route_index
from footprint.library.sources import load_sources
from footprint.model import STAGES
from footprint.rules.boundary import BoundaryItem, Kind, items_of, load_boundary
from footprint.rules.materials import load_materials
from footprint.units import check_parameter_unit, unit

Names = Mapping[Known, Collection[str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """The names that columns may refer to, those of the program and those of the workbook itself."""

    names: Names
    background: Background

    def objection(self, value: object, column: Column) -> str:
        """What is wrong with a value of a column that refers to something; empty where nothing is."""
        for name in value if isinstance(value, list) else [value]:
            try:
                if (check := _CHECKS.get(column.known)) is not None:
                    check(str(name), self)
                elif column.known and name not in (allowed := self.names[column.known]):
                    raise InputError(_unknown(column.known, str(name), allowed))
            except FootprintError as error:
                return str(error)
        return ""


def _unknown(what: str, name: str, allowed: Collection[str]) -> str:
    told = f"; allowed: {listed(allowed, 20)}" if allowed else "; there is none"
    return f"{what} '{name}' is not known{nearest(name, allowed) or told}"


def directory(found: Iterable[Record], background: str = "open") -> Directory:
    """The names known to the program, with the ids that stand in the rows."""
    own: dict[str, list[str]] = {}
    system = "mixed"
    for record in found:
        if "id" in record.values:
            own.setdefault(record.sheet, []).append(record.values["id"])
        system = record.values.get("system", system)
    known = load_background(background)
    items = [item.id for item in annex_items(system)]
    names: dict[Known, Collection[str]] = {
        "process": own.get("Processes", ()),
        "plant": own.get("Plants", ()),
        "evidence": own.get("Evidence", ()),
        "source": [*own.get("Sources", ()), *load_sources(datasets_folder())],
        "item": items,
        "boundary item": [*items, *STAGES],
        "material": list(load_materials(methods_folder() / "crma")),
        "background": list(known.generic),
        "transport": transports(known),
        "price": list(load_prices()),
    }
    return Directory(names, known)


def annex_items(system: str) -> tuple[BoundaryItem, ...]:
    """The processes of Annex V that a system answers for."""
    return items_of(_boundary(), system if system in ("primary", "secondary") else "mixed")


@lru_cache(maxsize=1)
def _boundary() -> Mapping[Kind, tuple[BoundaryItem, ...]]:
    return load_boundary(methods_folder() / "crma")


def transports(background: Background) -> list[str]:
    """The background processes that carry goods."""
    return [ident for ident, process in background.generic.items() if process.products[0].amount.unit == "t*km"]


def _provider(text: str, known: Directory) -> None:
    """A process of the workbook, of the background, another route, or a country's electricity."""
    if text in RESOURCE_COMPARTMENTS:
        return
    found = parse_provider(text)
    if found.kind == "process" and found.id not in known.names["process"]:
        raise InputError(_unknown("process", found.id, known.names["process"]))
    if found.kind == "background" and found.id not in known.names["background"]:
        hint = nearest(found.id, known.names["background"])
        raise InputError(f"background process '{found.id}' is not in '{known.background.id}'{hint}")
    if found.kind == "route" and found.id not in (index := route_index()):
        raise InputError(f"route '{found.id}' is not known{nearest(found.id, index)}")
    if found.kind == "electricity":
        known.background.process(found)


def _compartment(text: str, known: Directory) -> None:
    allowed = (*RESOURCE_COMPARTMENTS, *EMISSION_COMPARTMENTS)
    if text not in allowed:
        raise InputError(_unknown("compartment", text, allowed))


def _water(text: str, known: Directory) -> None:
    allowed = (*WATER, *(c for c in EMISSION_COMPARTMENTS if not c.startswith("soil")))
    if text not in allowed:
        raise InputError(_unknown("compartment", text, allowed))


def _transport(text: str, known: Directory) -> None:
    if text not in known.names["transport"]:
        hint = nearest(text, known.names["transport"]) or f"; allowed: {listed(known.names['transport'], 40)}"
        raise InputError(f"'{text}' is no transport process{hint}")


_CHECKS: Mapping[str, Callable[[str, Directory], object]] = {
    "unit": lambda text, _: unit(text),
    "parameter unit": lambda text, _: check_parameter_unit(text),
    "provider": _provider,
    "treatment": _provider,
    "compartment": _compartment,
    "water compartment": _water,
    "transport": _transport,
    "site": lambda text, known: _provider(f"background:{text}", known),
}
