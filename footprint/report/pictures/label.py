"""The class of one declaration as a label: seven arrows, the one that applies pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from footprint.errors import InputError
from footprint.market.assignment import Classification
from footprint.market.decimals import printed
from footprint.market.scheme_files import scheme_id
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.classes import ILLUSTRATIVE
from footprint.report.numbers import percent, plural
from footprint.report.pictures.bands import bound_text
from footprint.report.pictures.colours import CLASSES, ink_on
from footprint.report.pictures.frame import CONFIDENTIAL, category_of, product_of, standing_of, system_of

WIDTH, MARGIN = 480.0, 20.0
ARROW, STEP, SHORTEST, LONGER = 34.0, 40.0, 130.0, 26.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A declaration as its label names it: id, system, whether its value was modelled, and how long its class holds."""

    declaration: str
    system: str
    valid: tuple[date, date]


def label_svg(found: Classification, scheme: ClassScheme, of: Labelled, confidential: bool = False) -> str:
    """A label in the manner of the EU energy label; over it, where no act sets the classes, that they are illustrative.

    Raises InputError where the scheme must not be published and `confidential` is not given, or is of another category.
    """
    if not (scheme.publishable or confidential):
        raise InputError(
            f"{of.declaration}: the classes are not publishable (too few operators, or one too large), so no label is "
            "drawn; --confidential draws one that says so"
        )
    if found.category != scheme.category or found.letter not in scheme.letters:
        raise InputError(f"{of.declaration}: the class is of {found.category}, the scheme of {scheme.category}")
    head, y = _head(scheme)
    banner, y = _banner(scheme, y)
    arrows_top = y + 14
    body = [*head, *banner, *_arrows(scheme, found, arrows_top)]
    facts, y = _facts(found, scheme, of, arrows_top + STEP * scheme.classes + 10)
    body += facts
    again, bottom = _banner(scheme, y)
    body += again
    if scheme.status == "illustrative":
        body += _watermarks(arrows_top, bottom)
    body.append(svg.box(1, 1, WIDTH - 2, bottom - 2, "none", svg.INK, ' stroke-width="2"'))
    title = f"Class {found.letter}, {scheme.status}: {scheme.pool.subject}, {scheme.category}, {of.declaration}"
    return svg.sheet(WIDTH, bottom, title, body)


def _head(scheme: ClassScheme) -> tuple[list[str], float]:
    """What is classed: title, product, category."""
    parts = [svg.label(MARGIN, 36, "Environmental footprint class", "bold", size=20)]
    y = 40.0
    for line in svg.wrapped(product_of(scheme), (WIDTH - 2 * MARGIN) / 1.35, 4):
        y += 19
        parts.append(svg.label(MARGIN, y, line, "bold", size=13))
    for line in svg.wrapped(f"{category_of(scheme)}, {scheme.unit}", (WIDTH - 2 * MARGIN) / 1.15, 3):
        y += 17
        parts.append(svg.label(MARGIN, y, line, size=12))
    return parts, y + 12


def _banner(scheme: ClassScheme, y: float) -> tuple[list[str], float]:
    """The standing in law across the label, white on black."""
    text = standing_of(scheme)
    lines = [*svg.wrapped(text, (WIDTH - 2 * MARGIN) / 1.25, 4)]
    if not scheme.publishable:
        lines += svg.wrapped(CONFIDENTIAL, (WIDTH - 2 * MARGIN) / 1.25, 3)
    height = 16.0 * len(lines) + 10
    parts = [svg.box(1, y, WIDTH - 2, height, svg.INK)]
    for n, line in enumerate(lines):
        parts.append(svg.label(WIDTH / 2, y + 18 + 16 * n, line, "bold", "middle", "#ffffff", 12))
    return parts, y + height


def _arrows(scheme: ClassScheme, found: Classification, top: float) -> Iterator[str]:
    """A is the shortest; the letter of the declaration stands in black at the right, on the height of its arrow."""
    for n, letter in enumerate(scheme.letters):
        y, x, tip = top + STEP * n, MARGIN, MARGIN + SHORTEST + LONGER * n
        yield _pointing(x, y, tip, ARROW, CLASSES[letter])
        ink = ink_on(letter)
        yield svg.label(x + 10, y + 24, letter, "bold", colour=ink, size=20)
        yield svg.label(x + 34, y + 22, bound_text(scheme, letter), colour=ink, size=12)
        if letter == found.letter:
            yield svg.line(tip + ARROW / 2 + 4, y + ARROW / 2, 372, y + ARROW / 2, svg.INK, ' stroke-dasharray="2 4"')
            right = WIDTH - MARGIN
            shape = f"M{right:g},{y - 3:g}V{y + ARROW + 3:g}H392L372,{y + ARROW / 2:g}L392,{y - 3:g}Z"
            yield f'<path d="{shape}" fill="{svg.INK}"/>'
            middle = (392 + right) / 2
            yield svg.label(middle, y + 20, letter, "bold", "middle", "#ffffff", 26)
            yield svg.label(middle, y + 33, scheme.status, anchor="middle", colour="#ffffff", size=11)


def _pointing(x: float, y: float, tip: float, height: float, fill: str) -> str:
    path = f"M{x:g},{y:g}H{tip:g}L{tip + height / 2:g},{y + height / 2:g}L{tip:g},{y + height:g}H{x:g}Z"
    return f'<path d="{path}" fill="{fill}" stroke="{svg.INK}" stroke-width="0.7"/>'


def _facts(found: Classification, scheme: ClassScheme, of: Labelled, y: float) -> tuple[list[str], float]:
    """The value in large letters, and below it what a reader needs to check it."""
    parts = [svg.line(MARGIN, y, WIDTH - MARGIN, y)]
    y += 36
    value = printed(found.value)
    parts.append(svg.label(MARGIN, y, value, "bold", size=30))
    beside = MARGIN + 21.0 * len(value) + 4
    lines = svg.wrapped(found.unit, (WIDTH - MARGIN - beside) / 1.25, 2)
    for n, line in enumerate(reversed(lines)):
        parts.append(svg.label(beside, y - 16 * n, line, size=13))
    y += 18
    for name, text in _lines(found, scheme, of):
        for n, line in enumerate(svg.wrapped(text, WIDTH - 2 * MARGIN - 100, 3)):
            y += 16
            if n == 0:
                parts.append(svg.label(MARGIN, y, name, "bold"))
            parts.append(svg.label(MARGIN + 100, y, line))
    return parts, y + 14


def _lines(found: Classification, scheme: ClassScheme, of: Labelled) -> Iterator[tuple[str, str]]:
    yield "Declaration", of.declaration
    yield "System", f"{of.system}; classed among: {system_of(scheme)}"
    yield "Value", "modelled, not declared" if scheme.pool.modelled else "declared by the operator"
    if found.probability is not None:
        yield "Probability", f"{percent(found.probability[found.letter])} that {found.letter} is the class"
    yield "Scheme", f"{scheme.scheme}; id {scheme_id(scheme)}"
    if scheme.status == "illustrative":
        values = f"{scheme.n} values of {scheme.n_operators} operators"
        size = plural(scheme.n, scheme.pool.entry) if scheme.pool.modelled else values
        yield "Market", f"from {scheme.window[0]} until before {scheme.window[1]}; {size}"
    yield "Valid", f"from {of.valid[0]} until before {of.valid[1]}, when a review is due"


def _watermarks(top: float, bottom: float) -> Iterator[str]:
    """The standing three times across arrows and facts, over everything else: the word, and below it why."""
    word, _, why = ILLUSTRATIVE.partition(": ")
    x = WIDTH / 2
    for n in range(3):
        y = top + (n + 0.5) * (bottom - top) / 3
        slant = f' fill-opacity="0.32" transform="rotate(-18 {x:g} {y:g})"'
        yield svg.label(x, y, word.upper(), "bold", "middle", "#b00020", 56, slant)
        yield svg.label(x, y + 24, why, "bold", "middle", "#b00020", 17, slant)
