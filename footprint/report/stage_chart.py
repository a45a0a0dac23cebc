"""One category of several routes as bars, split by life cycle stage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footprint.impact.result import FootprintResult
from footprint.model import STAGES
from footprint.report import svg
from footprint.report.document import Figure
from footprint.report.numbers import number, plural, short_unit

#: told apart by lightness too, so that they survive a grey printer
COLOURS = {"extraction": "#8c6d31", "concentration": "#d9b36c", "refining": "#2f6f8f", "recycling": "#6fb08c"}
LETTERS = {"extraction": "E", "concentration": "C", "refining": "R", "recycling": "Y"}
ROW, NAME, BAR, RIGHT, TOP = 26, 260, 420, 110, 64
TERMINAL_BAR, TERMINAL_NAME = 32, 30


def stage_chart(results: Sequence[FootprintResult], code: str, name: str, title: str) -> Figure:
    """Bars of one category per declared unit, each route on one line, in units of the largest.

    Where a stage is negative (a credit), its part is left of zero.
    """
    unit = short_unit(results[0][code].unit)
    return Figure(name, f"{title}, {unit} per declared unit, by stage", _picture(results, code, title, unit),
                  tuple(_lines(results, code)))  # fmt: skip


def _short(result: FootprintResult) -> str:
    return result.route.id.partition("/")[2]


def _extent(results: Sequence[FootprintResult], code: str) -> tuple[float, float]:
    """The lowest and the highest end of any bar."""
    parts = [list(result[code].by_stage.values()) for result in results]
    low = min(0.0, *(sum(v for v in part if v < 0) for part in parts))
    high = max(0.0, *(sum(v for v in part if v > 0) for part in parts))
    return low, high or 1.0


def _picture(results: Sequence[FootprintResult], code: str, title: str, unit: str) -> str:
    low, high = _extent(results, code)
    scale = BAR / (high - low)
    zero = NAME - low * scale
    height = TOP + ROW * len(results) + 16
    body = [svg.label(8, 20, f"{title} ({unit} per declared unit)", "bold"), *_legend(results)]
    for n, result in enumerate(results):
        y = TOP + ROW * n
        category = result[code]
        body.append(svg.label(NAME - 8, y + 15, svg.wrapped(_short(result), NAME - 16, 1)[0], anchor="end"))
        ends = {True: zero, False: zero}
        for stage in STAGES:
            if value := category.by_stage.get(stage, 0.0):
                width = abs(value) * scale
                x = ends[True] if value > 0 else ends[False] - width
                ends[value > 0] += width if value > 0 else -width
                told = f"{result.route.id}, {stage}: {number(value)} {unit}"
                body.append(svg.titled(told, svg.box(x, y + 3, max(width, 0.5), ROW - 8, COLOURS[stage])))
        body.append(svg.label(ends[True] + 6, y + 15, number(category.value)))
    body.append(svg.line(zero, TOP, zero, height - 12))
    return svg.sheet(NAME + BAR + RIGHT, height, f"{title} by life cycle stage: {plural(len(results), 'route')}", body)


def _legend(results: Sequence[FootprintResult]) -> Iterator[str]:
    x = 8
    for stage in STAGES:
        if any(c.stage == stage for result in results for c in result.contributions):
            yield svg.box(x, 32, 12, 12, COLOURS[stage])
            yield svg.label(x + 18, 42, stage)
            x += 36 + int(svg.LETTER * len(stage))


def _lines(results: Sequence[FootprintResult], code: str) -> Iterator[str]:
    """The same with letters, explained on the first line."""
    present = [s for s in STAGES if any(c.stage == s for result in results for c in result.contributions)]
    yield ", ".join(f"{LETTERS[stage]} {stage}" for stage in present)
    high = _extent(results, code)[1]
    for result in results:
        bar = "".join(
            LETTERS[stage] * round(TERMINAL_BAR * max(0.0, result[code].by_stage.get(stage, 0.0)) / high)
            for stage in STAGES
        )
        name = _short(result)
        short = name if len(name) <= TERMINAL_NAME else f"{name[: TERMINAL_NAME - 1]}…"
        yield f"{short:{TERMINAL_NAME}} {bar} {number(result[code].value)}"
