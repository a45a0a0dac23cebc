"""The cumulative production curve as a picture: one step per entry of the market, the classes as bands behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from footprint.market.curve import Curve, Step
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.pictures.axes import Axis, tick_text, tonnes_unit
from footprint.report.pictures.bands import bounds_across, lying, reach
from footprint.report.pictures.colours import PATTERNS, SYSTEMS, legend
from footprint.report.pictures.frame import WIDTH, capped_notes, foot, heading, withheld

#: values that span more than this factor have a logarithmic axis
WIDE = 20.0
LEFT, RIGHT, HEIGHT = 76.0, 664.0, 380.0
#: neighbours at least this wide in pixels are parted by a line
PARTED = 4.0


def curve_svg(curve: Curve, confidential: bool = False) -> str:
    """Tonnes to the right, footprint upwards; where single declarations must not be drawn, the bands alone."""
    scheme, hidden = curve.scheme, withheld(curve.scheme, confidential)
    frame = heading("Cumulative production curve", confidential, scheme)
    steps = () if hidden else curve.steps
    values = [step.value for step in steps]
    seen = [*values, *scheme.thresholds.values()]
    log = min(seen) > 0 and max(seen) > WIDE * min(seen)
    top = frame.bottom + (10 if hidden else 34)
    up = Axis(*reach(values, scheme, log), top + HEIGHT, top, log)
    along = Axis(0.0, sum(step.tonnes for step in steps) or 1.0, LEFT, RIGHT)
    body = [PATTERNS, *frame.parts, *lying(scheme, up, LEFT, RIGHT), *_value_ticks(up, scheme.unit)]
    if not hidden:
        body += [
            *legend(LEFT, top - 12, curve.systems),
            *_steps(steps, along, up),
            *_tonnes_ticks(along, up.start),
        ]
    body += bounds_across(scheme, up, LEFT, RIGHT)
    body.append(svg.box(LEFT, top, RIGHT - LEFT, HEIGHT, "none", svg.INK))
    below, height = foot(up.start + (8 if hidden else 44), _notes(scheme, log, hidden, _parted(steps, along)), scheme)
    return svg.sheet(WIDTH, height, frame.title, [*body, *below])


def _notes(scheme: ClassScheme, log: bool, hidden: bool, parted: Sequence[Step]) -> Iterator[str]:
    if not hidden:
        yield f"Each step is one {scheme.pool.entry}, as wide as its tonnes in the window, in ascending order."
        yield from capped_notes(scheme)
    white = " White upright lines: where two wide steps meet." if parted else ""
    yield f"Dashed lines: upper bounds of the classes.{white}"
    if log:
        yield "The footprint has a logarithmic scale: areas are not totals."


def _steps(steps: Sequence[Step], along: Axis, up: Axis) -> Iterator[str]:
    """Neighbours of one system as one outline, so that no seam shows; wide ones are parted by a white line."""
    base = up.start if up.log else up.at(0.0)
    for system, group in groupby(steps, key=lambda step: step.system):
        run = list(group)
        path = f"M{along.at(run[0].before):g},{base:g}"
        for step in run:
            path += f"V{up.at(step.value):g}H{along.at(step.before + step.tonnes):g}"
        wide = along.at(run[-1].before + run[-1].tonnes) - along.at(run[0].before) >= PARTED
        edge = f' stroke="{svg.INK}" stroke-width="0.5"' if wide else ""
        yield f'<path d="{path}V{base:g}Z" fill="{SYSTEMS[system]}"{edge}/>'
    for step in _parted(steps, along):
        x = along.at(step.before + step.tonnes)
        yield svg.line(x, base, x, up.at(step.value), "#ffffff", ' stroke-width="1"')


def _parted(steps: Sequence[Step], along: Axis) -> list[Step]:
    """The steps that, like the one after them, are wide enough for a line between."""
    return [
        step
        for step, following in pairwise(steps)
        if along.at(min(step.tonnes, following.tonnes)) - along.start >= PARTED
    ]


def _value_ticks(up: Axis, unit: str) -> Iterator[str]:
    for tick in up.ticks():
        yield svg.line(LEFT - 5, up.at(tick), LEFT, up.at(tick))
        yield svg.label(LEFT - 8, up.at(tick) + 4, tick_text(tick), anchor="end")
    middle = (up.start + up.end) / 2
    title = svg.wrapped(f"{unit}, log scale" if up.log else unit, up.start - up.end, 1)[0]
    yield svg.label(18, middle, title, anchor="middle", size=12, more=f' transform="rotate(-90 18 {middle:g})"')


def _tonnes_ticks(along: Axis, y: float) -> Iterator[str]:
    by, unit = tonnes_unit(along.high)
    for tick in along.ticks():
        yield svg.line(along.at(tick), y, along.at(tick), y + 5)
        yield svg.label(along.at(tick), y + 18, tick_text(tick / by), anchor="middle")
    told = f"cumulative tonnes on the market in the window, {unit}"
    yield svg.label((LEFT + RIGHT) / 2, y + 36, told, anchor="middle", size=12)
