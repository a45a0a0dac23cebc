"""A page as a list of blocks, written once and shown twice: as Markdown with pictures beside it, and in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.report.console import indented, table, text
from footprint.report.numbers import clean


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is the page's."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list of lines."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heads, and rows of the same length; columns named in `right` are numbers, in `wide` may wrap."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[str] = frozenset()
    wide: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture `name`.svg, and the lines that say the same in a terminal."""

    name: str
    title: str
    svg: str
    lines: tuple[str, ...]


Block = Heading | Paragraph | Items | Grid | Figure
Document = tuple[Block, ...]


# --- Markdown


def markdown(document: Document, pictures: str = "") -> str:
    """The page as Markdown; a figure is an image in the folder `pictures`, given relative to the page."""
    return "\n\n".join(_marked(block, pictures) for block in document) + "\n"


def _marked(block: Block, pictures: str) -> str:
    match block:
        case Heading(level, content):
            return f"{'#' * level} {escaped(content)}"
        case Paragraph(content):
            return escaped(content)
        case Items(lines):
            return "\n".join(f"- {escaped(line)}" for line in lines)
        case Grid(heads, rows, right):
            rule = ["---:" if head in right else "---" for head in heads]
            cells = [[escaped(cell) for cell in row] for row in rows]
            return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *cells))
        case Figure(name, title):
            return f"![{escaped(title)}]({pictures}{name}.svg)"


def escaped(content: str) -> str:
    """Text of a data file as Markdown: no markup, no table cells, no lines of its own."""
    plain = " ".join(clean(content).split())
    for sign in ("\\", "`", "*", "_", "[", "]", "<", ">", "|", "#"):
        plain = plain.replace(sign, f"\\{sign}")
    return plain


# --- terminal


def terminal(document: Document) -> RenderableType:
    """The page for a terminal of 80 columns."""
    return Group(*_shown(document))


def _shown(document: Iterable[Block]) -> Iterator[RenderableType]:
    for n, block in enumerate(document):
        if n:
            yield text("")
        match block:
            case Heading(level, content):
                yield text(content.upper() if level == 1 else content, "bold")
            case Paragraph(content):
                yield text(content)
            case Items(lines):
                yield _bulleted(lines)
            case Grid():
                yield _ruled(block)
            case Figure(title=title, lines=lines):
                yield text(title, "dim")
                yield indented(Group(*(text(line) for line in lines)))


def _bulleted(lines: Sequence[str]) -> Table:
    made = Table.grid(padding=(0, 1, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for line in lines:
        made.add_row(text("-"), text(line))
    return made


def _ruled(grid: Grid) -> Table:
    made = table(*grid.heads, right=grid.right, wide=grid.wide, gap=2)
    for row in grid.rows:
        made.add_row(*(text(cell) for cell in row))
    return made
