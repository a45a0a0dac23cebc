"""How the tonnes of a market are distributed over footprints, with the bounds of the classes and how sure they are."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.market.decimals import printed
from footprint.market.histogram import Histogram
from footprint.market.thresholds import ClassScheme
from footprint.report import svg
from footprint.report.numbers import plural
from footprint.report.pictures.axes import Axis, apart, tick_text, tonnes_unit
from footprint.report.pictures.bands import bands
from footprint.report.pictures.colours import CLASSES, PATTERNS, SYSTEMS, chip, legend
from footprint.report.pictures.frame import WIDTH, capped_notes, foot, heading, withheld

LEFT, RIGHT, HEIGHT = 76.0, 776.0, 300.0
#: the strip of letters and the bounds above the bars
STRIP, BOUNDS = 18.0, 46.0


def histogram_svg(found: Histogram, confidential: bool = False) -> str:
    """Bars of tonnes, one fill per system; where single declarations must not be drawn, the bounds alone."""
    scheme, hidden = found.scheme, withheld(found.scheme, confidential)
    frame = heading("Distribution on the market", confidential, scheme)
    top = frame.bottom + (10 if hidden else 34) + BOUNDS + STRIP
    along = Axis(*_reach(found, hidden), LEFT, RIGHT, found.log)
    systems = tuple(found.bins[0].tonnes)
    most = max(sum(bin_.tonnes.values()) for bin_ in found.bins)
    up = Axis(0.0, 1.3 * most, top + HEIGHT, top)
    body = [PATTERNS, *frame.parts, *_intervals(scheme, along, up)]
    if not hidden:
        body += [*legend(LEFT, frame.bottom + 20, systems), *_bars(found, along, up), *_tonnes_ticks(up)]
    body += [
        *_letters(scheme, along, top - STRIP),
        *_bounds(scheme, along, up),
        *_whiskers(scheme, along, up.end),
        svg.box(LEFT, top, RIGHT - LEFT, HEIGHT, "none", svg.INK),
        *_value_ticks(along, up.start, scheme.unit),
    ]
    below, height = foot(up.start + 44, _notes(found, hidden), scheme)
    return svg.sheet(WIDTH, height, frame.title, [*body, *below])


def _reach(found: Histogram, hidden: bool) -> tuple[float, float]:
    """Ends of the axis: bars, bounds and intervals, and a margin by ratio or by difference."""
    scheme = found.scheme
    seen = [*scheme.thresholds.values(), *(end for ends in scheme.intervals.values() for end in ends)]
    if not hidden:
        seen += [found.bins[0].low, found.bins[-1].high]
    low, high = min(seen), max(seen)
    if found.log:
        room = (high / low) ** 0.05
        return low / room, high * room
    room = 0.05 * (high - low) or abs(high) / 20
    return low - room, high + room


def _bars(found: Histogram, along: Axis, up: Axis) -> Iterator[str]:
    """Systems upon each other."""
    for bin_ in found.bins:
        left, right = along.at(bin_.low), along.at(bin_.high)
        width, below = max(right - left - 1, 0.5), 0.0
        for system, tonnes in bin_.tonnes.items():
            if tonnes:
                high, low = up.at(below + tonnes), up.at(below)
                told = f"{system}, {printed(bin_.low)} to {printed(bin_.high)}: {printed(tonnes)} t"
                bar = svg.box(left + 0.5, high, width, low - high, SYSTEMS[system], svg.INK, ' stroke-width="0.6"')
                yield svg.titled(told, bar)
                below += tonnes


def _intervals(scheme: ClassScheme, along: Axis, up: Axis) -> Iterator[str]:
    """Translucent, behind the bars."""
    for letter, (low, high) in scheme.intervals.items():
        left, right = along.at(low), along.at(high)
        told = f"bound of {letter}: {printed(low)} to {printed(high)} in 95% of bootstrap replicates"
        yield svg.titled(
            told, svg.box(left, up.end, right - left, up.start - up.end, "#c04000", more=' fill-opacity="0.12"')
        )


def _whiskers(scheme: ClassScheme, along: Axis, y: float) -> Iterator[str]:
    """The same intervals as lines, each at a height of its own, so that those that overlap are told apart."""
    for n, (letter, (low, high)) in enumerate(scheme.intervals.items()):
        left, right, level = along.at(low), along.at(high), y + 10 + 9 * n
        yield svg.line(left, level, right, level, svg.INK, ' stroke-width="1.4"')
        for x in (left, right):
            yield svg.line(x, level - 4, x, level + 4, svg.INK, ' stroke-width="1.4"')
        middle = along.at(scheme.thresholds[letter])
        yield f'<circle cx="{middle:g}" cy="{level:g}" r="3" fill="{svg.INK}"/>'


def _letters(scheme: ClassScheme, along: Axis, y: float) -> Iterator[str]:
    """A strip of the classes; a letter stands in its class where that is wide enough."""
    for band in bands(scheme, along):
        width = band.end - band.start
        if width >= 12:
            yield from chip(band.start, y, band.letter, width, STRIP)
        else:
            yield svg.box(band.start, y, width, STRIP, CLASSES[band.letter], svg.INK, ' stroke-width="0.5"')


def _bounds(scheme: ClassScheme, along: Axis, up: Axis) -> Iterator[str]:
    """Lines at the bounds; value and interval above, kept apart."""
    ranges = {letter: _range_text(scheme, letter) for letter in scheme.thresholds}
    width = max(svg.LETTER * max(map(len, ranges.values())), 44) + 8
    places = [along.at(threshold) for threshold in scheme.thresholds.values()]
    y = up.end - STRIP
    for (letter, threshold), place, x in zip(
        scheme.thresholds.items(), places, apart(places, width, LEFT + width / 2, RIGHT - width / 2), strict=True
    ):
        yield svg.line(place, up.end, place, up.start, "#ffffff", ' stroke-width="3.4"')
        yield svg.line(place, up.end, place, up.start, svg.INK, ' stroke-width="1.6"')
        yield svg.line(place, y, x, y - 10, svg.FAINT)
        yield svg.label(x, y - 26, f"{letter} {printed(threshold)}", "bold", "middle")
        yield svg.label(x, y - 13, ranges[letter], anchor="middle", colour="#a03000")


def _range_text(scheme: ClassScheme, letter: str) -> str:
    ends = scheme.intervals.get(letter)
    return f"{printed(ends[0])}–{printed(ends[1])}" if ends else ""


def _value_ticks(along: Axis, y: float, unit: str) -> Iterator[str]:
    for tick in along.ticks():
        yield svg.line(along.at(tick), y, along.at(tick), y + 5)
        yield svg.label(along.at(tick), y + 18, tick_text(tick), anchor="middle")
    told = f"{unit}, log scale" if along.log else unit
    yield svg.label((LEFT + RIGHT) / 2, y + 36, told, anchor="middle", size=12)


def _tonnes_ticks(up: Axis) -> Iterator[str]:
    by, unit = tonnes_unit(up.high)
    for tick in up.ticks():
        yield svg.line(LEFT - 5, up.at(tick), LEFT, up.at(tick))
        yield svg.label(LEFT - 8, up.at(tick) + 4, tick_text(tick / by), anchor="end")
    middle = (up.start + up.end) / 2
    told = f"{unit} on the market in the window"
    yield svg.label(18, middle, told, anchor="middle", size=12, more=f' transform="rotate(-90 18 {middle:g})"')


def _notes(found: Histogram, hidden: bool) -> Iterator[str]:
    shaded = " Shaded, and with a dot: the 95 % bootstrap interval of each." if found.scheme.intervals else ""
    yield f"Upright lines: upper bounds of the classes.{shaded}"
    if found.left_out and not hidden:
        entries = plural(found.left_out, found.scheme.pool.entry)
        yield f"{entries} of zero or less: not on a logarithmic scale, in class A."
    if not hidden:
        yield from capped_notes(found.scheme)
