"""A route moved to another country: its processes there, on that country's electricity."""

from __future__ import annotations

from dataclasses import replace

from footprint.errors import InputError, listed
from footprint.library.providers import parse_provider
from footprint.model import Exchange, Process, Route


def placed(route: Route, place: str, country: str) -> Route:
    """The processes that stand in `place` stand in `country`, and take their grid electricity there.

    Their emissions and water take that country's factors. Own and contracted power, heat and reagents stay as they are,
    and so do processes that stand elsewhere. Raises InputError where no process stands in `place`.
    """
    processes = tuple(_settled(process, route) for process in route.processes)
    found = [process for process in processes if _country(process) == place]
    if not found:
        known = sorted({_country(process) for process in processes})
        raise InputError(f"{route.path}: no process stands in '{place}'; they stand in: {listed(known)}")
    moved = tuple(_moved(process, country) if process in found else process for process in processes)
    return replace(route, processes=moved, suppliers={})


def _country(process: Process) -> str:
    return process.location if process.location == "GLO" else process.location[:2]


def _settled(process: Process, route: Route) -> Process:
    """The process with its exchanges as the variant's suppliers have them."""
    return replace(
        process,
        exchanges=tuple(
            replace(exchange, partner=route.suppliers.get(exchange.partner, exchange.partner))
            for exchange in process.exchanges
        ),
    )


def _moved(process: Process, country: str) -> Process:
    return replace(
        process, location=country, exchanges=tuple(_on_grid(exchange, country) for exchange in process.exchanges)
    )


def _on_grid(exchange: Exchange, country: str) -> Exchange:
    if exchange.kind != "product" or exchange.supply != "grid":
        return exchange
    provider = parse_provider(exchange.partner)
    if provider.kind != "electricity":
        return exchange
    return replace(exchange, partner=f"electricity:{country}:{provider.voltage}")
