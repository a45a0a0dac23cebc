"""`footprint template`: a form for a company's study, as a workbook or a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.choices import named
from footprint.commands.options import Force, complete_routes
from footprint.commands.output import say
from footprint.errors import InputError
from footprint.library.replacing import free

Material = Annotated[
    str | None, typer.Argument(metavar="MATERIAL", help="A critical raw material, by id.", show_default=False)
]
Laid = Annotated[
    str | None,
    typer.Option(
        "--route",
        metavar="ROUTE",
        help="Route that lays out the form; its figures stand beside the empty cells. Else the first primary one.",
        show_default=False,
        autocompletion=complete_routes,
    ),
]
Filled = Annotated[
    str | None, typer.Option("--study", metavar="FILE", help="Fill the form with this study.", show_default=False)
]
Workbook = Annotated[
    Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook (.xlsx).", show_default=False)
]
Toml = Annotated[
    Path | None, typer.Option("--toml", metavar="FILE", help="Write a TOML file.", show_default=False)
]  # fmt: skip


def template(
    material: Material = None,
    route: Laid = None,
    study: Filled = None,
    xlsx: Workbook = None,
    toml: Toml = None,
    force: Force = False,
) -> None:
    """A form for a study by the items of Annex V; `footprint import` reads the filled workbook."""
    if (material is None) == (study is None):
        raise InputError("give a MATERIAL for an empty form, or --study FILE for a filled one")
    if study is not None and route is not None:
        raise InputError("--route lays out an empty form; with --study the study does")
    if xlsx is not None and toml is None:
        path = named(xlsx, "--xlsx", ".xlsx")
    elif toml is not None and xlsx is None:
        path = named(toml, "--toml", ".toml")
    else:
        raise InputError("give --xlsx FILE or --toml FILE, one of the two")
    free(path, force)
    from footprint.exchange.workbook.study import reference, routes_of, write_template

    write_template(path, material or "", route, study)
    if material is None:
        say(f"{path}: filled with {study}")
        return
    chosen = reference(material, route)
    others = [ident for ident in routes_of(material) if ident != chosen.id] if route is None else []
    say(f"{path}: laid out as {chosen.id}" + (f"; other routes (--route): {', '.join(others)}" if others else ""))
