"""What depends on the site is the route's to say: which background parameters it leaves at their generic values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from footprint.checks.system import error, exchanges, note, partner, warning
from footprint.errors import InputError, listed
from footprint.library.background import Background
from footprint.library.providers import Provider
from footprint.library.sites import PLACEHOLDER, check_sites, site_values
from footprint.model import Finding, Process, Route

#: ending of the parameters that are concentrations in drainage
LEACHED = "_leached"


def sites(route: Route, background: Background) -> Iterator[Finding]:
    """Every rule of this file."""
    used = _taken(route)
    if not background.takes_sites:
        yield from _not_applied(route, background)
        return
    yield from known_sites(route, background)
    yield from unused_sites(route, used)
    for provider in used:
        yield from generic_values(route, provider, background)


def _taken(route: Route) -> dict[Provider, None]:
    """The background processes a route itself takes from, each once, whatever their country."""
    found = (partner(route, e) for _, _, e in exchanges(route) if e.kind in ("product", "waste"))
    return dict.fromkeys(replace(provider, location="") for provider in found if provider.kind == "background")


def _not_applied(route: Route, background: Background) -> Iterator[Finding]:
    if route.sites:
        yield warning(
            "sites.not-applied",
            f"background '{background.id}'",
            f"its products are aggregated: the site values of {listed(route.sites)} have no effect there",
        )


def known_sites(route: Route, background: Background) -> Iterator[Finding]:
    """A site is of a background process, its parameters are that process's own, in a unit that fits."""
    try:
        check_sites(route, background.generic)
    except InputError as problem:
        yield error("sites.unknown", "site", str(problem))


def unused_sites(route: Route, used: dict[Provider, None]) -> Iterator[Finding]:
    """A site that no process of the route takes from has no effect."""
    keys = {key for p in used for key in (p.id, f"{p.id}#{p.site}")}
    if idle := [key for key in route.sites if key not in keys]:
        yield warning("sites.unused", "site", f"no process of the route takes from {listed(idle)}: no effect")


def generic_values(route: Route, provider: Provider, background: Background) -> Iterator[Finding]:
    """A process of tier D holds placeholders: those the route does not set are named, with what would settle them."""
    where = f"background:{provider.id}" + (f"#{provider.site}" if provider.site else "")
    try:
        process, given = background.process(provider), site_values(route, provider)
    except InputError as problem:
        if provider.site:
            yield error("sites.unknown", where, str(problem))
        return
    generic = [p.name for p in process.parameters if p.name not in given]
    if process.tier != PLACEHOLDER or not generic:
        return
    held = [name for name in generic if process_value(process, name)]
    none = [name for name in generic if name not in held]
    told = warning if len(generic) == len(process.parameters) else note
    yield told(
        "sites.generic",
        where,
        f"{len(generic)} of {len(process.parameters)} site parameters are generic: {_together(held) or 'none'}"
        + (f"; held at 0: {_together(none)}" if none else "")
        + f". Set in [site.{provider.id}]"
        + (f", from {process.settled_by}" if process.settled_by else ""),
    )


def process_value(process: Process, name: str) -> float:
    """The generic value of a parameter of a process."""
    return next(p.amount.value for p in process.parameters if p.name == name)


def _together(names: list[str]) -> str:
    """Names in one line, those of one ending told once: `height, copper and zinc _leached`."""
    leached = [name.removesuffix(LEACHED) for name in names if name.endswith(LEACHED)]
    rest = [name for name in names if not name.endswith(LEACHED)]
    return listed([*rest, *([f"{LEACHED} of {'/'.join(leached)}"] if leached else [])], 40)
