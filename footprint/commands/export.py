"""`footprint export`: a route in the form another program reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from footprint.commands.calc import Year, of_year
from footprint.commands.choices import Choices, overrides
from footprint.commands.options import Background, Electricity, Json, LongTerm, Method, OneRoute, Values
from footprint.commands.output import emit, emit_json

app = typer.Typer(
    name="export", help="A route in the form another program reads.", no_args_is_help=True, rich_markup_mode=None
)
Project = Annotated[
    str,
    typer.Option(metavar="NAME", help="Brightway project to write into; made where there is none.", show_default=False),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace databases of the route's name.")]


@app.callback()
def _export() -> None:
    """A route in the form another program reads."""


@app.command("brightway")
def brightway(
    route: OneRoute,
    project: Project,
    overwrite: Overwrite = False,
    method: Method = "ef-3.1",
    background: Background = "open",
    electricity: Electricity = "as-modelled",
    year: Year = None,
    values: Values = None,
    long_term: LongTerm = "include",
    as_json: Json = False,
) -> None:
    """Foreground, background, elementary flows and method of a route as a Brightway project (Activity Browser).

    The project lies in BRIGHTWAY2_DIR, or where Brightway keeps its own. bw2calc solves what was written; where that
    is not our result, or anything else fails, nothing is left behind.
    """
    settings = of_year(Choices(method, background, electricity, "kernel", long_term).settings(), year)
    changes = overrides(values)
    from footprint.exchange.brightway import export_brightway
    from footprint.library.routes import load_route

    found = export_brightway(load_route(route, changes or None), replace(settings, method=method), project, overwrite)
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.export import export_page

        emit(export_page(found))
