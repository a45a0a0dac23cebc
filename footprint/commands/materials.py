"""`footprint materials`: the page of a critical raw material, in the terminal or as Markdown with its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.choices import Choices
from footprint.commands.listing import complete_materials, known_materials
from footprint.commands.options import Json
from footprint.commands.output import emit, emit_json, made_folder, say
from footprint.commands.running import finish, in_turn
from footprint.errors import InputError
from footprint.library.replacing import write_whole
from footprint.report.numbers import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.calculation import Settings
    from footprint.report.material.view import MaterialView
    from footprint.report.overview import OverviewRow

Chosen = Annotated[
    list[str] | None,
    typer.Argument(metavar="MATERIAL...", help="Material ids.", show_default=False, autocompletion=complete_materials),
]
Every = Annotated[bool, typer.Option("--all", help="Every material of Annex II.")]
Folder = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Write Markdown pages and their pictures here.", show_default=False),
]
PICTURES = "pictures"
#: routes side by side in a table of a Markdown page
ON_A_PAGE = 6


def materials(chosen: Chosen = None, every: Every = False, out: Folder = None, as_json: Json = False) -> None:
    """A material's page: what it is, routes, results, published values, allocation, gaps, sources, standards.

    Without a material: all of Annex II in one table.
    """
    if not chosen and not every and out is None:
        _overview(as_json)
        return
    names = _names(chosen, every)
    settings = Choices().settings()
    views, failed = in_turn(names, lambda name: view(name, settings), "calculating")
    if out is not None:
        _write_pages(views, out, every)
    elif as_json:
        from footprint.report.material.answer import material_json

        answers = [material_json(found) for found in views]
        emit_json(answers[0] if len(names) == 1 and answers else answers)
    else:
        from footprint.report.document import terminal
        from footprint.report.material.page import material_document

        for found in views:
            emit(terminal(material_document(found)))
    finish(len(names), failed)


def _overview(as_json: bool) -> None:
    from footprint.report.document import terminal
    from footprint.report.overview import overview_document, overview_json

    rows = overview()
    if as_json:
        emit_json(overview_json(rows))
    else:
        emit(terminal(overview_document(rows)))


def overview() -> list[OverviewRow]:
    """Every material of Annex II with its routes by system and its figures by tier; nothing is calculated."""
    from footprint.library.routes import load_route, route_index
    from footprint.report.overview import overview_row

    routes = [load_route(ident) for ident in route_index() if "@" not in ident]
    return [
        overview_row(material, [route for route in routes if route.id.partition("/")[0] == material.id])
        for material in known_materials().values()
    ]


def _names(chosen: list[str] | None, every: bool) -> list[str]:
    """The ids asked for, checked."""
    from footprint.rules.materials import find_material

    known = known_materials()
    if chosen and every:
        raise InputError("give materials or --all, not both")
    if not chosen and not every:
        raise InputError("--out needs materials, or --all for every one")
    return list(known) if every else [find_material(known, name).id for name in dict.fromkeys(chosen or ())]


def view(name: str, settings: Settings) -> MaterialView:
    """What the page of one material needs: every route calculated, variants included."""
    from footprint.calculation import calculate_route
    from footprint.library.paths import datasets_folder
    from footprint.library.portraits import Portrait, load_portraits
    from footprint.library.published import load_published
    from footprint.library.routes import load_route, route_index
    from footprint.library.sources import load_sources
    from footprint.report.material.view import MaterialView

    results = [
        calculate_route(load_route(ident), settings) for ident in route_index() if ident.partition("/")[0] == name
    ]
    return MaterialView(
        known_materials()[name],
        load_portraits().get(name, Portrait("No description yet.")),
        tuple(r for r in results if "@" not in r.route.id),
        tuple(r for r in results if "@" in r.route.id),
        tuple(row for row in load_published() if row.route.partition("/")[0] == name),
        load_sources(datasets_folder()),
    )


def _write_pages(views: Sequence[MaterialView], out: Path, every: bool) -> None:
    """`ID.md` for each, with pictures in a folder beside them, and for all a README.md that lists them."""
    from footprint.report.document import Figure, markdown
    from footprint.report.material.page import material_document
    from footprint.report.overview import overview_document

    pictures = made_folder(out / PICTURES)
    for found in views:
        document = material_document(found, abreast=ON_A_PAGE)
        for block in document:
            if isinstance(block, Figure):
                write_whole(pictures / f"{block.name}.svg", block.svg)
        write_whole(out / f"{found.material.id}.md", markdown(document, f"{PICTURES}/"))
    if every:
        write_whole(out / "README.md", markdown(overview_document(overview())))
    say(f"written: {plural(len(views), 'page')} in {out}")
