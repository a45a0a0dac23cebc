"""What a result on another database rests on: how its flows were mapped, and which links are not exact."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.checks.system import Linked, note, warning
from footprint.errors import InputError, listed
from footprint.library.background import Background
from footprint.library.linked import LinkedBackground
from footprint.library.links import Resolution, taken
from footprint.model import Finding, Route


def linked_background(route: Route, background: Background, linked: Linked) -> Iterator[Finding]:
    """Proxies and locations that stand for others, and the emissions that no flow of the method was found for."""
    if not isinstance(background, LinkedBackground):
        return
    where = f"background '{background.id}'"
    if background.coverage:
        yield note(
            "links.unmapped-emissions",
            where,
            f"no flow of the method was found for {background.coverage['unmapped_emissions_by_count']:.1%} of its "
            f"emissions by number, {background.coverage['unmapped_emissions_by_mass']:.1%} by mass",
        )
    rows = tuple(dict.fromkeys(_resolved(route, background, linked)))
    found = [row for row in rows if row.found]
    cut = [row.provider for row in rows if row.status == "cut-off"]
    if cut:
        told = f"it holds nothing for {len(cut)} ids, which count as nothing and are covered in no category"
        yield warning("links.cut-off", where, f"{told}: {listed(cut, 8)}")
    if mixed := [row.provider for row in rows if row.status == "mixed"]:
        told = f"{len(mixed)} electricity mixes are ours, of its technologies, without networks"
        yield note("links.mixed", where, f"{told}: {listed(mixed, 8)}")
    proxies = [f"{row.provider} ({row.message})" for row in found if row.status == "proxy"]
    places = [f"{row.provider} ({row.message})" for row in found if row.status == "fallback"]
    if proxies:
        yield warning("links.proxy", where, f"another product stands in for {len(proxies)} ids: {listed(proxies, 8)}")
    if places:
        yield note("links.location", where, f"another place stands in for {len(places)} ids: {listed(places, 8)}")


def _resolved(route: Route, background: LinkedBackground, linked: Linked) -> Iterator[Resolution]:
    """The links of what a route takes; a wrong one is told where its exchange is checked."""
    for provider in taken(route, linked.load):
        try:
            yield background.resolution(provider)
            yield from (background.resolution(supplier) for supplier in background.suppliers(provider))
        except InputError:
            continue
