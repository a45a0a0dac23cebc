"""What stands around every picture of classes: what is shown of which product and market, and as what in law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from footprint.errors import InputError
from footprint.library.method import load_method
from footprint.market.scheme_files import scheme_id
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.classes import ILLUSTRATIVE
from footprint.report.numbers import plural

WIDTH, MARGIN, LINE = 800.0, 16.0, 16.0
WITHHELD = (
    "Not publishable: too few operators, or one with too much of the market. "
    "Single declarations are not drawn; the bands alone are."
)
CONFIDENTIAL = "CONFIDENTIAL, not for publication: single declarations can be recognised."
_SYSTEMS = {"pooled": "all systems pooled", "primary": "primary only", "secondary": "secondary only",
            "mixed": "mixed only"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a picture, and the height at which it ends."""

    title: str
    parts: tuple[str, ...]
    bottom: float


def withheld(scheme: ClassScheme, confidential: bool) -> bool:
    """Whether single declarations must not be drawn."""
    return not (scheme.publishable or confidential)


def product_of(scheme: ClassScheme) -> str:
    """`lithium: lithium carbonate (form carbonate, grade battery)`."""
    named = [f"{name} {text}" for name, text in (("form", scheme.pool.form), ("grade", scheme.pool.grade)) if text]
    return f"{scheme.pool.name} ({', '.join(named)})" if named else scheme.pool.name


def category_of(scheme: ClassScheme) -> str:
    """`Climate change (CC)`, by the name in the pool's method or, where that is not known, in EF 3.1."""
    try:
        method = load_method(scheme.pool.method)
    except InputError:
        method = load_method("ef-3.1")
    return f"{method.categories[method.column[scheme.category]].name} ({scheme.category})"


def system_of(scheme: ClassScheme) -> str:
    """Which system, in words."""
    return _SYSTEMS.get(scheme.system, scheme.system)


def sample_of(scheme: ClassScheme) -> str:
    """Window, size, and whether the values were declared or modelled."""
    if scheme.status != "illustrative":
        return f"Thresholds of a legal act, since {scheme.on}."
    size, kind = plural(scheme.n, "declaration"), "declared values"
    if scheme.pool.modelled:
        size, kind = plural(scheme.n, "site"), "modelled values: no declarations"
    return (
        f"On the market from {scheme.window[0]} until before {scheme.window[1]}: {size} of "
        f"{plural(scheme.n_operators, 'operator')}; {kind}."
    )


def standing_of(scheme: ClassScheme) -> str:
    """What the classes are in law."""
    if scheme.status == "illustrative":
        return ILLUSTRATIVE
    return f"Status {scheme.status}: {scheme.parameters.get('act', '')}, {scheme.parameters.get('provision', '')}"


def heading(scheme: ClassScheme, what: str, confidential: bool, width: float = WIDTH) -> Frame:
    """Title, facts and standing, wrapped; a warning where declarations are withheld or recognisable."""
    title = f"{what}: {scheme.pool.product}"
    room = width - 2 * MARGIN
    parts: list[str] = []
    y = 12.0
    for line in svg.wrapped(title, room / 1.6, 3):
        y += 20
        parts.append(svg.label(MARGIN, y, line, "bold", size=16))
    y += 4
    facts = (f"{product_of(scheme)}; {system_of(scheme)}", f"{category_of(scheme)}, {scheme.unit}", sample_of(scheme))
    for fact in facts:
        for line in svg.wrapped(fact, room / 1.1, 3):
            y += LINE
            parts.append(svg.label(MARGIN, y, line, size=12))
    y += 10
    for height, drawn in _warnings(scheme, confidential, room, y):
        parts += drawn
        y += height
    return Frame(f"{title}; {scheme.category}, {scheme.unit}; {scheme.status}", tuple(parts), y)


def _warnings(
    scheme: ClassScheme, confidential: bool, room: float, y: float
) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Boxes in black with white letters."""
    told = [standing_of(scheme)]
    if not scheme.publishable:
        told.append(CONFIDENTIAL if confidential else WITHHELD)
    for text in told:
        lines = svg.wrapped(text, (room - 16) / 1.3, 3)
        height = 15.0 * len(lines) + 9
        yield height + 4, (
            svg.box(MARGIN, y, room, height, svg.INK),
            *(svg.label(MARGIN + 8, y + 16 + 15 * n, line, "bold", colour="#ffffff", size=12)
              for n, line in enumerate(lines)),
        )  # fmt: skip
        y += height + 4


def foot(scheme: ClassScheme, y: float, *more: str, width: float = WIDTH) -> tuple[list[str], float]:
    """Notes below a picture, ending in the scheme and its id; and the height of the whole sheet."""
    parts: list[str] = []
    for note in (*more, f"Scheme {scheme.scheme}, holding from {scheme.on}; id {scheme_id(scheme)}"):
        for line in svg.wrapped(note, width - 2 * MARGIN, 3):
            y += 15
            parts.append(svg.label(MARGIN, y, line, colour="#444444"))
    return parts, y + 14
