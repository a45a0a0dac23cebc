"""`footprint scenarios`: a result under the other choices of the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.commands.choices import Choices, overrides
from footprint.commands.options import Background, Electricity, Json, Links, LongTerm, Method, OneRoute, Values
from footprint.commands.output import emit, emit_json

Primary = Annotated[
    list[str] | None,
    typer.Option(
        "--primary",
        metavar="ROUTE",
        help="Primary route that A = 0.2 weighs secondary metal with; may be given several times.",
        show_default=False,
    ),
]


def scenarios(
    route: OneRoute,
    primary: Primary = None,
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    electricity: Electricity = "as-modelled",
    long_term: LongTerm = "include",
    values: Values = None,
    as_json: Json = False,
) -> None:
    """Other choices side by side: electricity, allocation, prices, recycled content, long-term, regional, transport."""
    settings = Choices(method, background, electricity, long_term=long_term, links=links).settings()
    from footprint.choices.scenarios import scenarios as compared
    from footprint.library.routes import load_route

    found = compared(load_route(route, overrides(values) or None), settings, primary or ())
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.scenarios import scenarios_page

        emit(scenarios_page(found))
