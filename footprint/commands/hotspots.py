"""`footprint hotspots`: what makes 80 % of a footprint."""

from __future__ import annotations

from footprint.commands.choices import Choices, overrides
from footprint.commands.options import Background, Electricity, Engine, Json, Links, LongTerm, Method, OneRoute, Values
from footprint.commands.output import emit, emit_json
from footprint.commands.running import calculated


def hotspots(
    route: OneRoute,
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    electricity: Electricity = "as-modelled",
    engine: Engine = "kernel",
    values: Values = None,
    long_term: LongTerm = "include",
    as_json: Json = False,
) -> None:
    """Most relevant categories, stages, processes and elementary flows of a route (PEF: cumulative 80 %)."""
    settings = Choices(method, background, electricity, engine, long_term, links).settings()
    result = calculated(route, settings, overrides(values))
    from footprint.impact.hotspots import hotspots as analyse

    found = analyse(result)
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.hotspots import hotspots_page

        emit(hotspots_page(result, found))
