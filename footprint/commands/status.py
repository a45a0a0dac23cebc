"""`footprint status`: whether a declaration still holds for a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.choices import asked_day
from footprint.commands.options import Json, Links, On
from footprint.commands.output import emit, emit_json
from footprint.commands.running import DONE, NO

if TYPE_CHECKING:
    from footprint.library.background import Background

DeclarationFile = Annotated[
    Path, typer.Argument(metavar="DECLARATION", help="Declaration, a .json file.", show_default=False)
]
StudyFile = Annotated[
    str, typer.Argument(metavar="STUDY", help="The study as it is today, a .toml file.", show_default=False)
]
DeclaredMethod = Annotated[
    str | None,
    typer.Option("--method", metavar="NAME", help="Method by name or folder.  [default: as declared]",
                 show_default=False),
]  # fmt: skip
DeclaredBackground = Annotated[
    str | None,
    typer.Option("--background", metavar="NAME", help="open, a folder of the same form, or bw:PROJECT/DATABASE.  "
                 "[default: as declared]", show_default=False),
]  # fmt: skip


def status(
    declaration: DeclarationFile,
    study: StudyFile,
    on: On = None,
    method: DeclaredMethod = None,
    background: DeclaredBackground = None,
    links: Links = None,
    as_json: Json = False,
) -> None:
    """Current, or recalculation required and why: bill of materials, energy mix, plants, releases, validity."""
    from footprint.declaration.held import load_declared
    from footprint.declaration.status import status as asked

    held = load_declared(declaration)
    was = held.calculation
    chosen = _background(background, was.background.id, links, method or was.method.id)
    found = asked(held, study, method=method, background=chosen, on=asked_day(on))
    if as_json:
        emit_json(found.to_dict())
    else:
        from footprint.report.document import terminal
        from footprint.report.recalculation import status_document

        emit(terminal(status_document(found)))
    raise typer.Exit(DONE if found.current else NO)


def _background(given: str | None, declared: str, links: str | None, method: str) -> Background | None:
    """The background asked for, or the Brightway database that was declared; None leaves the shipped one."""
    from footprint.exchange.choosing import LINKED, chosen_background

    name = given or (declared if declared.startswith(LINKED) else None)
    return None if name is None else chosen_background(name, links, method)
