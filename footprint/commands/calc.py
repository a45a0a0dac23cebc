"""`footprint calc`: the footprint of one or more routes per declared unit."""

from __future__ import annotations

from typing import Any

from footprint.commands.common import (
    All,
    Background,
    Choices,
    Electricity,
    Engine,
    Json,
    LongTerm,
    Method,
    Routes,
    Values,
    calculated,
    chosen_routes,
    emit_answers,
    finish,
    in_turn,
    overrides,
)


def calc(
    routes: Routes = None, every: All = False, method: Method = "ef-3.1", background: Background = "open",
    electricity: Electricity = "as-modelled", engine: Engine = "kernel", values: Values = None,
    long_term: LongTerm = "include", as_json: Json = False,
) -> None:
    """Footprint of routes per declared unit: 16 categories, by stage, hotspots in brief."""
    names = chosen_routes(routes, every)
    settings = Choices(method, background, electricity, engine, long_term).settings()
    changes = overrides(values)
    results, failed = in_turn(names, lambda name: calculated(name, settings, changes), "calculating")
    if as_json:
        emit_answers([result.to_dict() for result in results], len(names))
    else:
        print_pages(results)
    finish(results, failed)


def print_pages(results: Any) -> None:
    """One page per route, two empty lines between them."""
    from footprint.commands.common import emit
    from footprint.impact.hotspots import hotspots
    from footprint.report.footprint import footprint_page

    for n, result in enumerate(results):
        emit(*(["\n"] if n else []), footprint_page(result, hotspots(result), "…"))
