"""A review as flows from old classes on the left to new classes on the right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from footprint.market.migration import Flow, column, flows, reasons
from footprint.market.review import Review
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.numbers import plural
from footprint.report.pictures.bands import bound_text
from footprint.report.pictures.colours import CLASSES, chip
from footprint.report.pictures.frame import WIDTH, foot, heading, withheld

#: the columns of letters, and between them the flows
LEFT, RIGHT, CHIP = 190.0, 580.0, 30.0
#: the height shared by all declarations, the least height of a flow (so that its number can be read) and of a class
SHARED, LEAST, CLASS_LEAST, GAP = 300.0, 13.0, 22.0, 8.0
REASONS = {"own": "the own value", "market": "the thresholds", "method": "the method"}


@dataclass(frozen=True, slots=True)
class Slot:
    """The end of a flow at a column: from `top`, `height` high, the ribbon in its middle."""

    top: float
    height: float

    @property
    def middle(self) -> float:
        """Where the ribbon's middle is."""
        return self.top + self.height / 2


Slots = Mapping[tuple[str, str], Slot]


def migration_svg(found: Review, confidential: bool = False) -> str:
    """Ribbons as wide as their declarations; where these must not be drawn, the two columns of classes alone."""
    old, new = found.old, found.new
    hidden = withheld(old, confidential) or withheld(new, confidential)
    frame = heading("Migration between classes", confidential, new, old)
    moved = () if hidden else flows(found)
    total = sum(flow.declarations for flow in moved)
    top = frame.bottom + 44
    left, left_classes, low = stacked(moved, old.letters, "before", top, total)
    right, right_classes, lower = stacked(moved, new.letters, "after", top, total)
    body = [*frame.parts, *_heads(found, top)]
    for flow in moved:
        ends = left[flow.before, flow.after], right[flow.before, flow.after]
        body.append(_ribbon(flow, *ends, total, new.pool.entry))
    for flow in moved:
        body += _number(flow, left[flow.before, flow.after])
    body += _column(old, left_classes, LEFT, column(moved, old.letters, "before"), hidden, False)
    body += _column(new, right_classes, RIGHT, column(moved, new.letters, "after"), hidden, True)
    below, height = foot(max(low, lower) + 4, () if hidden else _notes(found, total), old, new)
    return svg.sheet(WIDTH, height, frame.title, [*body, *below])


def stacked(
    moved: tuple[Flow, ...], letters: str, end: str, top: float, total: int
) -> tuple[Slots, Mapping[str, Slot], float]:
    """The slots of flows and of classes at one column, and where it ends.

    A flow's slot is SHARED·count/total high, at least LEAST; a class is as high as its flows, at least CLASS_LEAST.
    """
    of_flows: dict[tuple[str, str], Slot] = {}
    of_classes: dict[str, Slot] = {}
    y = top
    for letter in letters:
        begin = y
        for flow in (f for f in moved if getattr(f, end) == letter):
            height = max(SHARED * flow.declarations / total, LEAST)
            of_flows[flow.before, flow.after] = Slot(y, height)
            y += height
        y = max(y, begin + CLASS_LEAST)
        of_classes[letter] = Slot(begin, y - begin)
        y += GAP
    return of_flows, of_classes, y - GAP


def _ribbon(flow: Flow, left: Slot, right: Slot, total: int, entry: str) -> str:
    """A band of the colour of the old class; its width is its share of SHARED everywhere."""
    half = SHARED * flow.declarations / total / 2
    x1, x2, bend = LEFT + CHIP, RIGHT, (LEFT + CHIP + RIGHT) / 2
    a, b = left.middle, right.middle
    path = (
        f"M{x1:g},{a - half:g}C{bend:g},{a - half:g} {bend:g},{b - half:g} {x2:g},{b - half:g}"
        f"V{b + half:g}C{bend:g},{b + half:g} {bend:g},{a + half:g} {x1:g},{a + half:g}Z"
    )
    told = f"{flow.before} to {flow.after}: {plural(flow.declarations, entry)}"
    shape = f'<path d="{path}" fill="{CLASSES[flow.before]}" fill-opacity="0.6" stroke="{svg.INK}" stroke-width="0.5"/>'
    return svg.titled(told, shape)


def _number(flow: Flow, left: Slot) -> Iterator[str]:
    """How many and whither, on white, beside the old class."""
    text = f"{flow.declarations} to {flow.after}" if flow.before != flow.after else f"{flow.declarations} stay"
    width = svg.LETTER * len(text) + 8
    yield svg.box(LEFT + CHIP + 6, left.middle - 6.5, width, 13, "#ffffff", more=' fill-opacity="0.85" rx="3"')
    yield svg.label(LEFT + CHIP + 10, left.middle + 4, text)


def _column(
    scheme: ClassScheme, slots: Mapping[str, Slot], x: float, counts: Mapping[str, int], hidden: bool, right: bool
) -> Iterator[str]:
    """Letters with their bound, and how many declarations have them."""
    total = sum(counts.values())
    edge, anchor = (x + CHIP + 8, "") if right else (x - 8, "end")
    for letter, slot in slots.items():
        yield from chip(x, slot.top, letter, CHIP, slot.height)
        count = "" if hidden else f"; {counts[letter]} ({100 * counts[letter] / (total or 1):.0f}%)"
        yield svg.label(edge, slot.middle + 4, f"{bound_text(scheme, letter)}{count}", anchor=anchor)


def _heads(found: Review, top: float) -> Iterator[str]:
    for scheme, x, anchor in ((found.old, LEFT + CHIP, "end"), (found.new, RIGHT, "")):
        word = "old" if scheme is found.old else "new"
        yield svg.label(x, top - 24, f"{word} classes, from {scheme.on}", "bold", anchor, size=12)
        yield svg.label(x, top - 9, svg.wrapped(scheme.unit, 200, 1)[0], anchor=anchor)


def _notes(found: Review, total: int) -> Iterator[str]:
    counted = reasons(found).items()
    why = ", ".join(f"{count} by {' and '.join(REASONS[word] for word in because)}" for because, count in counted)
    moved = f"{len(found.moves)} moved" + (f" ({why})" if why else "")
    yield f"{plural(total, found.new.pool.entry)} in both markets; {moved}."
    yield f"Not drawn: {found.entered} entered, {found.left} left."
    if found.triggers:
        yield f"To be rescaled: {'; '.join(found.triggers)}."
