"""`footprint import`: a filled workbook as a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.options import Force
from footprint.commands.output import say
from footprint.library.replacing import free

Book = Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="A workbook that `footprint template` wrote.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="STUDY.toml", help="Where the study goes; else to stdout.", show_default=False),
]

Known = Annotated[
    str,
    typer.Option(
        "--background", metavar="NAME", help="Whose processes may be named: open, or a folder of the same form."
    ),
]


def import_book(book: Book, out: Out = None, background: Known = "open", force: Force = False) -> None:
    """Read a filled workbook; every cell that cannot be taken is named, and then nothing is written."""
    from footprint.exchange.workbook.study import import_workbook

    if out is not None:
        free(out, force)
    text = import_workbook(book, out, background)
    if out is None:
        print(text, end="")
    else:
        say(f"{out}: written; `footprint check {out}` says what is missing, `footprint calc {out}` calculates it")
