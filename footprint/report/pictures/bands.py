"""The classes of a scheme along an axis of values: where each begins and ends, its letter and bound at the edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footprint.market.decimals import printed
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.pictures.axes import Axis, apart
from footprint.report.pictures.colours import CLASSES, chip

#: how strong the colour of a class is behind other things
TINT = ' fill-opacity="0.4"'


@dataclass(frozen=True, slots=True)
class Band:
    """A class on an axis, in pixels from its lower to its upper bound, cut at the ends of the axis."""

    letter: str
    start: float
    end: float


def bands(scheme: ClassScheme, axis: Axis) -> list[Band]:
    """Every class, best first; each ends where the next begins, the outer two at the ends of the axis."""
    ends = [axis.start, *(axis.at(threshold) for threshold in scheme.thresholds.values()), axis.end]
    return [Band(letter, ends[n], ends[n + 1]) for n, letter in enumerate(scheme.letters)]


def bound_text(scheme: ClassScheme, letter: str) -> str:
    """`up to 5.00`, or for the worst class `above 38.0`."""
    low, high = scheme.bounds(letter)
    return f"up to {printed(high)}" if high is not None else f"above {printed(low or 0.0)}"


def reach(values: Sequence[float], scheme: ClassScheme, log: bool) -> tuple[float, float]:
    """Ends of an axis that shows all values and gives the outer classes room; a linear one begins at zero or below."""
    seen = [*values, *scheme.thresholds.values()]
    low, high = min(seen), max(seen)
    if log:
        room = (high / low) ** 0.08
        return low / room, high * room
    room = 0.08 * (high - min(low, 0.0))
    return (low - room if low < 0 else 0.0), high + room


def lying(scheme: ClassScheme, axis: Axis, left: float, right: float) -> Iterator[str]:
    """Bands across a picture whose values go upwards, with letters and bounds at the right edge."""
    found = bands(scheme, axis)
    for band in found:
        yield svg.box(left, band.end, right - left, band.start - band.end, CLASSES[band.letter], more=TINT)
    middles = [(band.start + band.end) / 2 for band in reversed(found)]
    for band, middle, y in zip(reversed(found), middles, apart(middles, 18, axis.end + 9, axis.start - 9), strict=True):
        yield svg.line(right, middle, right + 10, y, svg.FAINT)
        yield from chip(right + 10, y - 8, band.letter)
        yield svg.label(right + 33, y + 4, bound_text(scheme, band.letter))


def bounds_across(scheme: ClassScheme, axis: Axis, left: float, right: float) -> Iterator[str]:
    """The bounds as dashed lines, to be drawn over dark and light alike."""
    for band in bands(scheme, axis)[:-1]:
        yield svg.line(left, band.end, right, band.end, "#ffffff", ' stroke-width="1.2"')
        yield svg.line(left, band.end, right, band.end, svg.INK, ' stroke-width="1.2" stroke-dasharray="5 4"')
