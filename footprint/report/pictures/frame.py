"""What stands around every picture of classes: what is shown of which product and market, and as what in law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    "Only the classes are drawn, no declarations."
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
    """`lithium: lithium carbonate (form carbonate, grade battery)`; a grade that calls itself one is not called so."""
    form, grade = scheme.pool.form, scheme.pool.grade
    named = [f"form {form}"] if form else []
    named += [grade if "grade" in grade.lower().split() else f"grade {grade}"] if grade else []
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
    kind = f" of {plural(scheme.n_operators, 'operator')}; declared values"
    if scheme.pool.modelled:
        kind = "; no declarations"
    return (
        f"On the market from {scheme.window[0]} until before {scheme.window[1]}: "
        f"{plural(scheme.n, scheme.pool.entry)}{kind}."
    )


def standing_of(scheme: ClassScheme) -> str:
    """What the classes are in law."""
    if scheme.status == "illustrative":
        return ILLUSTRATIVE
    act = ", ".join(str(scheme.parameters.get(name, "")) for name in ("act", "provision"))
    return f"{scheme.status.capitalize()} classes: {act}"


def heading(what: str, confidential: bool, scheme: ClassScheme, earlier: ClassScheme | None = None) -> Frame:
    """Title, facts and standing, wrapped; a warning where declarations are withheld or recognisable.

    `earlier` is the scheme before, where a picture compares two.
    """
    title = f"{what}: {scheme.pool.subject}"
    room = WIDTH - 2 * MARGIN
    samples = (sample_of(scheme),) if earlier is None else (f"Old: {sample_of(earlier)}", f"New: {sample_of(scheme)}")
    publishable = scheme.publishable and (earlier is None or earlier.publishable)
    told = (standing_of(scheme), *(() if publishable else (CONFIDENTIAL if confidential else WITHHELD,)))
    parts: list[str] = []
    y = 12.0
    for line in svg.wrapped(title, room / 1.6, 3):
        y += 20
        parts.append(svg.label(MARGIN, y, line, "bold", size=16))
    y += 4
    facts = (f"{product_of(scheme)}; {system_of(scheme)}", f"{category_of(scheme)}, {scheme.unit}", *samples)
    for fact in facts:
        for line in svg.wrapped(fact, room / 1.1, 3):
            y += LINE
            parts.append(svg.label(MARGIN, y, line, size=12))
    y += 10
    for text in told:
        height, drawn = _warning(text, room, y)
        parts += drawn
        y += height + 4
    return Frame(f"{title}; {scheme.category}, {scheme.unit}; {scheme.status}", tuple(parts), y)


def _warning(text: str, room: float, y: float) -> tuple[float, list[str]]:
    """A black box with white letters, and how high it is."""
    lines = svg.wrapped(text, (room - 16) / 1.3, 3)
    height = 15.0 * len(lines) + 9
    parts = [svg.box(MARGIN, y, room, height, svg.INK)]
    for n, line in enumerate(lines):
        parts.append(svg.label(MARGIN + 8, y + 16 + 15 * n, line, "bold", colour="#ffffff", size=12))
    return height, parts


def foot(y: float, notes: Iterable[str], *schemes: ClassScheme) -> tuple[list[str], float]:
    """Notes below a picture, ending in each scheme and its id; and the height of the whole sheet."""
    named = [f"Scheme {scheme.scheme}, holding from {scheme.on}; id {scheme_id(scheme)}" for scheme in schemes]
    parts: list[str] = []
    for note in (*notes, *named):
        for line in svg.wrapped(note, WIDTH - 2 * MARGIN, 3):
            y += 15
            parts.append(svg.label(MARGIN, y, line, colour="#444444"))
    return parts, y + 14


def capped_notes(scheme: ClassScheme) -> Iterator[str]:
    """Tonnes in a picture are as declared: where the fit counted an operator for less, that is said."""
    for note in scheme.notes:
        if note.rule == "operator-capped":
            yield f"Tonnes are as declared. In the thresholds they are capped: {note.message}."
