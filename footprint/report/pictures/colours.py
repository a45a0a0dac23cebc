"""Colours of classes and fills of systems: told apart in grey and by the colour-blind, and never by colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from footprint.report import svg

#: from blue to amber, each lighter than the one before: the order survives a grey printer and red-green blindness
CLASSES = {
    "A": "#16427a",
    "B": "#2a6aa3",
    "C": "#5590b5",
    "D": "#8fb0b0",
    "E": "#c4c08f",
    "F": "#ecc96a",
    "G": "#ffe06b",
}
#: solid, hatched, dotted
SYSTEMS = {"primary": "#3a3f47", "secondary": "url(#secondary)", "mixed": "url(#mixed)"}
PATTERNS = (
    '<defs><pattern id="secondary" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#ffffff"/><rect width="3" height="6" fill="#7a5c00"/></pattern>'
    '<pattern id="mixed" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#ffffff"/>'
    '<circle cx="2.5" cy="2.5" r="1.4" fill="#555555"/></pattern></defs>'
)


def ink_on(letter: str) -> str:
    """What can be read on the colour of a class."""
    return "#ffffff" if letter in "ABC" else svg.INK


def chip(x: float, y: float, letter: str, width: float = 18, height: float = 16) -> Iterator[str]:
    """A letter on the colour of its class, its upper left corner at (x, y)."""
    yield svg.box(x, y, width, height, CLASSES[letter], svg.INK, ' stroke-width="0.5"')
    yield svg.label(x + width / 2, y + height / 2 + 4, letter, "bold", "middle", ink_on(letter), 12)


def legend(x: float, y: float, systems: Iterable[str]) -> Iterator[str]:
    """Swatches of the systems with their names in one line."""
    for system in systems:
        yield svg.box(x, y - 10, 22, 12, SYSTEMS[system], svg.INK, ' stroke-width="0.7"')
        yield svg.label(x + 28, y, system)
        x += 28 + svg.LETTER * len(system) + 22
