"""PEF default distances in place of the distances a route has of its own (PEF, Annex I, 4.4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from footprint.calculation import Assessed, Settings, assess_route
from footprint.choices.row import Scenario, computed, not_computed
from footprint.errors import FootprintError, InputError
from footprint.impact.assessment import totals
from footprint.library.declarations import read_declaration
from footprint.library.paths import methods_folder
from footprint.library.providers import Provider, parse_provider
from footprint.library.routes import load_route
from footprint.library.tables import number, read_csv
from footprint.model import Exchange, Leg, Process, Route
from footprint.rules.parameters import find, in_force, words

TOPIC, CHOICE = "transport", "default distances"
#: rows of the table, by whether supplier and factory are both in Europe
ROWS = {True: "supplier in Europe", False: "supplier outside Europe"}


def default_transport(route: Route, base: Assessed, settings: Settings) -> Scenario:
    """The result with the default legs of each bought input that has distances of its own.

    Both ends in Europe: lorry, rail and barge; else lorry and ship. Own vehicles stay as they are, and so do the legs
    of linked routes and of wastes, and inputs without a distance.
    """
    rule = in_force(find(base.parameters, "transport-defaults"), base.on).cited
    europe = frozenset(words(base.parameters, "transport-europe", base.on))
    legs = default_legs()
    moved = sum(_is_moved(exchange) for process in route.processes for exchange in process.exchanges)
    if not moved:
        return not_computed(TOPIC, CHOICE, rule, "no input of the route has a transport distance of its own")
    processes = tuple(
        replace(process, exchanges=tuple(_with_defaults(route, process, e, legs, europe) for e in process.exchanges))
        for process in route.processes
    )
    try:
        other = assess_route(replace(route, processes=processes), settings)
    except FootprintError as error:
        return not_computed(TOPIC, CHOICE, rule, str(error))
    basis = f"inputs of this file with distances: {moved}; linked routes and wastes as they are"
    return computed(TOPIC, CHOICE, rule, base.method, totals(other.assessment), basis=basis)


def default_legs() -> Mapping[str, tuple[Leg, ...]]:
    """The legs of each row of `transport-defaults.csv`, by the name of the row."""
    path = methods_folder() / "crma" / "transport-defaults.csv"
    found: dict[str, tuple[Leg, ...]] = {}
    for line, row in read_csv(path, ("leg", "mode", "distance_km", "process", "note")):
        leg = Leg(row["process"], number(row["distance_km"], path, line, "distance_km"))
        found[row["leg"]] = (*found.get(row["leg"], ()), leg)
    return found


def _is_moved(exchange: Exchange) -> bool:
    return exchange.kind == "product" and any(not leg.own for leg in exchange.legs)


def _with_defaults(
    route: Route, process: Process, exchange: Exchange, legs: Mapping[str, tuple[Leg, ...]], europe: frozenset[str]
) -> Exchange:
    if not _is_moved(exchange):
        return exchange
    supplier = parse_provider(route.suppliers.get(exchange.partner, exchange.partner))
    inside = all(place.partition("-")[0] in europe for place in (process.location, _location(route, supplier)))
    return replace(exchange, legs=(*(leg for leg in exchange.legs if leg.own), *legs[ROWS[inside]]))


def _location(route: Route, supplier: Provider) -> str:
    """Where a supplier is; empty where nobody says, which counts as outside Europe."""
    try:
        match supplier.kind:
            case "process":
                return route.process(supplier.id).location
            case "route":
                other = load_route(supplier.id)
                return other.process(other.declared.process).location
            case "declaration":
                return read_declaration(route.path, supplier.id)[1].location
            case _:
                return supplier.location
    except (InputError, StopIteration):
        return ""
