"""Where tables are printed: plain text of at most 100 columns; colour and NO_COLOR are left to rich."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from footprint.report.numbers import clean

WIDEST = 100


def console(stderr: bool = False) -> Console:
    """A console that takes every text literally: no markup, no emoji, no highlighting."""
    found = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    found.width = min(found.width, WIDEST)
    return found


def text(content: str, style: str = "") -> Text:
    """Literal text, safe to print whatever a data file holds."""
    return Text(clean(content), style=style)


def table(*columns: str, right: Iterable[str] = (), wide: Iterable[str] = (), gap: int = 1) -> Table:
    """A table with a ruled head; columns in `right` are flush right, those in `wide` may wrap, the others never do."""
    made = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0), header_style="bold")
    right, wide = set(right), set(wide)
    for column in columns:
        made.add_column(
            column, justify="right" if column in right else "left", no_wrap=column not in wide, overflow="fold"
        )
    return made


def notes(rows: Iterable[tuple[str, str]]) -> Table:
    """Labelled paragraphs: label left, text wrapped beside it."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="bold")
    made.add_column(overflow="fold")
    for label, content in rows:
        made.add_row(text(label), text(content))
    return made


def indented(content: RenderableType, columns: int = 2) -> Padding:
    """`content` set in by some columns."""
    return Padding(content, (0, 0, 0, columns))
