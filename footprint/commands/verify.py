"""`footprint verify`: a dossier computed anew from what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.options import Json
from footprint.commands.output import emit_json, say
from footprint.commands.running import DONE, NO

DossierFile = Annotated[Path, typer.Argument(metavar="DOSSIER", help="ZIP file of `footprint declare --dossier`.")]
#: differences that are printed
SHOWN = 40


def verify(dossier: DossierFile, as_json: Json = False) -> None:
    """Compute a dossier anew and name what differs. Exit code 0 verified, 1 something differs, 2 no dossier."""
    from footprint.dossiers import verify as verified
    from footprint.report.numbers import clean, plural

    found = verified(dossier)
    if as_json:
        emit_json(found.to_dict())
    else:
        for difference in found.differences[:SHOWN]:
            print(clean(f"{difference.kind}: {difference}"))
        if (more := len(found.differences) - SHOWN) > 0:
            print(f"… and {more} more; --json lists all")
        print(f"SHA-256 {found.sha256}; compare it with the one published")
        for what in found.own:
            print(f"{what} is the company's own, in the dossier")
        for note in found.notes:
            say(f"note: {note}")
        if found.verified:
            print(clean(f"verified: {found.declaration}, every figure and text computed anew"))
        else:
            if found.other_version:
                print("made with another program or other data: figures cannot be expected to agree")
            print(f"not verified: {plural(len(found.differences), 'difference')}")
    raise typer.Exit(DONE if found.verified else NO)
