"""Materials and their routes, grouped by material."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from footprint.report.console import notes, text
from footprint.report.numbers import clean, plural

Material = Mapping[str, Any]
ID_WIDTH = 54


def listing_page(materials: Sequence[Material]) -> RenderableType:
    """The list as `footprint list --json` holds it: materials with routes first, the others in one line."""
    parts: list[RenderableType] = []
    for material in materials:
        if material["routes"]:
            parts += [_heading(material), _routes_table(material["routes"]), text("")]
    return Group(*parts, notes(_below(materials)))


def _heading(material: Material) -> Text:
    strategic = "strategic" if any(route["strategic"] for route in material["routes"]) else "critical"
    return Text.assemble((clean(material["annex_ii"]), "bold"), (f"  {material['material']}, {strategic}", "dim"))


def _routes_table(routes: Sequence[Mapping[str, Any]]) -> Table:
    """A route with its product below it; variants of a route as `@name` under that."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(overflow="fold", width=ID_WIDTH)
    made.add_column(no_wrap=True, width=len("secondary"))
    made.add_column(no_wrap=True, width=len("screening"))
    for route in routes:
        _, at, variant = route["id"].partition("@")
        made.add_row(
            text(f"    @{variant}" if at else f"  {route['id']}"), text(route["system"]), text(route["tier"] or "–")
        )
        if not at:
            made.add_row(text(f"    {route['product']}", "dim"))
    return made


def _below(materials: Sequence[Material]) -> Iterator[tuple[str, str]]:
    routes = [route for material in materials for route in material["routes"]]
    with_routes = [material for material in materials if material["routes"]]
    count = f"{plural(len(routes), 'route')} of {plural(len(with_routes), 'material')}"
    yield "Routes", f"{count}; `footprint calc ID` calculates one"
    if without := [material["annex_ii"] for material in materials if not material["routes"]]:
        yield "No route yet", ", ".join(without)
    yield "Data tier", "published: at least 80% of the weighted impacts on confirmed amounts; screening: below 50%"
