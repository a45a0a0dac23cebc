"""`footprint diff`: what moved a footprint, cause by cause."""

from __future__ import annotations

from typing import Annotated

import typer

from footprint.commands.choices import Choices, asked_day
from footprint.commands.options import Background, Electricity, Json, Links, Method, On, complete_routes
from footprint.commands.output import emit, emit_json

Old = Annotated[
    str,
    typer.Argument(metavar="OLD", help="Study or route as it was: id, or .toml file.", show_default=False,
                   autocompletion=complete_routes),
]  # fmt: skip
New = Annotated[
    str,
    typer.Argument(metavar="NEW", help="Study or route as it is.", show_default=False, autocompletion=complete_routes),
]
OldMethod = Annotated[
    str | None,
    typer.Option("--old-method", metavar="NAME", help="Method of the old one.  [default: --method]",
                 show_default=False),
]  # fmt: skip
OldBackground = Annotated[
    str | None,
    typer.Option("--old-background", metavar="NAME", help="Background of the old one.  [default: --background]",
                 show_default=False),
]  # fmt: skip


def diff(
    old: Old,
    new: New,
    method: Method = "ef-3.1",
    background: Background = "open",
    old_method: OldMethod = None,
    old_background: OldBackground = None,
    links: Links = None,
    electricity: Electricity = "as-modelled",
    on: On = None,
    as_json: Json = False,
) -> None:
    """The change of each category between two studies, split by cause; the parts sum to the change."""
    from footprint.declaration.difference import difference
    from footprint.exchange.choosing import chosen_background

    settings = Choices(method, background, electricity, links=links).settings()
    before = None if old_background is None else chosen_background(old_background, links, old_method or method)
    found = difference(
        old,
        new,
        method=settings.method,
        background=settings.background,
        old_method=old_method,
        old_background=before,
        electricity=settings.electricity,
        on=asked_day(on),
    )
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.document import terminal
        from footprint.report.recalculation import difference_document

        emit(terminal(difference_document(found)))
