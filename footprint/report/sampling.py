"""Samples as people read them: a table of intervals, histograms, tornado, convergence, and who is lower."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rich.console import Group, RenderableType

from footprint.impact.result import FootprintResult
from footprint.influence import Sensitivity
from footprint.report import svg
from footprint.report.console import notes, table, text
from footprint.report.footprint import value_cell
from footprint.report.numbers import NOT_AVAILABLE, change, number, percent, plural, short_name, short_unit
from footprint.sampling import Sample
from footprint.uncertainty.statistics import running_mean

BLUE, SAND = "#2f6f8f", "#d9b36c"
WIDTH, LEFT, TOP, PLOT = 720, 60, 48, 240
BINS = 60
#: characters of the name of a figure in a table of 80 columns
NAME = 40


def sampling_page(sample: Sample, result: FootprintResult) -> RenderableType:
    """One row per category: value, median, 95 % interval, GSD², and how well the mean is known."""
    made = table("", "category", "value", "median", "2.5%", "97.5%", "GSD²", "±mean", "unit",
                 right=("value", "median", "2.5%", "97.5%", "GSD²", "±mean"), wide=("category", "unit"))  # fmt: skip
    for code in sample.codes:
        found = sample.summary(code)
        category = sample.method.categories[sample.method.column[code]]
        gsd2 = "–" if found.gsd2 is None else f"{found.gsd2:.2f}"
        error = "–" if found.error is None or not found.mean else percent(1.96 * found.error / abs(found.mean))
        figures = [value_cell(result[code]), *map(number, (found.median, found.p2_5, found.p97_5))]
        if figures[0] == NOT_AVAILABLE:
            figures = [NOT_AVAILABLE] * 4
        made.add_row(code, short_name(category.name), *figures, gsd2, error, short_unit(category.unit))
    return Group(
        text(""), text(f"{plural(sample.n, 'sample')}", "bold"), made, text(""), notes(_sampling_notes(sample))
    )


def _sampling_notes(sample: Sample) -> Iterator[tuple[str, str]]:
    world = "foreground and background resampled" if sample.world == "sampled" else "background at its middle"
    yield "Samples", f"{sample.sequence}, seed {sample.seed}, {world}"
    if sample.clipped:
        yield (
            "Clipped",
            f"in {plural(sample.clipped, 'sample')} an amount would be negative and is zero: bounds too wide",
        )
    yield "Value", "every figure as it stands; a spread that is not symmetric puts median and mean elsewhere"
    yield "±mean", "half the 95% interval of the mean: more samples make it smaller"
    yield "GSD²", "95% of the samples between median / GSD² and median x GSD², were they lognormal"


def sensitivity_page(found: Sensitivity) -> RenderableType:
    """The figures that matter most for a category, with the range each makes alone and its share of the variance."""
    unit = short_unit(found.unit)
    indexed = any(i.total is not None for i in found.influences)
    columns = ("figure", "at 2.5%", "at 97.5%", "share", *(("S", "S total") if indexed else ()))
    made = table(*columns, right=columns[1:], wide=("figure",), gap=2)
    for i in found.influences:
        extra = (f"{i.first:.2f}", f"{i.total:.2f}") if i.first is not None and i.total is not None else ()
        made.add_row(f"{i.owner}: {i.name}", number(i.low), number(i.high), percent(i.share), *extra)
    return Group(
        text(f"{found.route}, {found.code}: {number(found.middle)} {unit} with every figure at its median", "bold"),
        text(""),
        made,
        text(""),
        notes(_sensitivity_notes(found, indexed)),
    )


def _sensitivity_notes(found: Sensitivity, indexed: bool) -> Iterator[tuple[str, str]]:
    yield "Range", f"{short_unit(found.unit)} with this figure alone at its 2.5% and 97.5%"
    yield "Share", "of the variance to first order, all figures independent"
    yield "Spread", f"standard deviation to first order {number(found.sd)} {short_unit(found.unit)}"
    yield "Others", f"{plural(found.others, 'figure')} not listed: {percent(found.others_share)} of the variance"
    if indexed:
        yield (
            "S, S total",
            f"Sobol indices, first order and total, from {found.n:,} pairs of samples, seed {found.seed}",
        )


def sensitivity_json(found: Sensitivity) -> dict[str, object]:
    """Schema footprint/sensitivity/1."""
    return {
        "schema": "footprint/sensitivity/1",
        "route": found.route,
        "category": found.code,
        "unit": found.unit,
        "middle": found.middle,
        "sd_first_order": found.sd,
        "world": found.world,
        "n": found.n,
        "seed": found.seed,
        "figures": [
            {
                "owner": i.owner, "name": i.name, "low": i.low, "high": i.high, "share": i.share,
                "sobol_first": i.first, "sobol_total": i.total, "sobol_total_error": i.error,
            }
            for i in found.influences
        ],
        "others": {"figures": found.others, "share": found.others_share},
    }  # fmt: skip


def probability_lines(lower: Mapping[str, Mapping[str, float]], codes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`A < B`: in how many of the paired samples, category by category."""
    pairs = dict.fromkeys(pair for found in lower.values() for pair in found)
    for pair in pairs:
        yield f"P({pair})", ", ".join(f"{code} {percent(lower[code][pair])}" for code in codes if pair in lower[code])


# --- pictures


def tornado_svg(found: Sensitivity) -> str:
    """Bars from the low to the high end of each figure around the middle, the widest on top."""
    unit = short_unit(found.unit)
    row, left, bar = 24, 330, 320
    title = f"{found.route}: what moves {found.code} ({unit})"
    ends = [x for i in found.influences for x in (i.low, i.high)] or [found.middle]
    low, high = min(*ends, found.middle), max(*ends, found.middle)
    scale = bar / (high - low or 1.0)
    body = [
        svg.label(8, 20, title, "bold"),
        svg.label(8, 38, "each figure alone at its 2.5 % (sand) and 97.5 % (blue)"),
    ]
    height = 60 + row * len(found.influences) + 24
    middle = left + (found.middle - low) * scale
    for n, i in enumerate(found.influences):
        y = 54 + row * n
        body.append(svg.label(left - 8, y + 15, svg.wrapped(f"{i.owner}: {i.name}", left - 20, 1)[0], anchor="end"))
        for value, colour in ((i.low, SAND), (i.high, BLUE)):
            x = left + (value - low) * scale
            told = f"{i.owner}: {i.name}: {number(value)} {unit}"
            body.append(svg.titled(told, svg.box(min(x, middle), y + 3, max(abs(x - middle), 0.5), row - 8, colour)))
        far = left + (max(i.low, i.high) - low) * scale
        body.append(svg.label(far + 6, y + 15, change(max(i.low, i.high), found.middle)))
    body.append(f'<line x1="{middle:g}" y1="50" x2="{middle:g}" y2="{height - 20}" stroke="{svg.INK}"/>')
    body.append(svg.label(middle, height - 6, number(found.middle), anchor="middle"))
    return svg.sheet(left + bar + 70, height, title, body)


def distribution_svg(sample: Sample, code: str) -> str:
    """Histogram of a category between its 0.1 % and 99.9 %, with median and 95 % interval."""
    values, found = sample[code], sample.summary(code)
    unit = short_unit(sample.method.categories[sample.method.column[code]].unit)
    title = f"{sample.route}: {code} in {plural(sample.n, 'sample')} ({unit})"
    low, high = (float(q) for q in np.quantile(values, (0.001, 0.999)))
    counts, _ = np.histogram(values, BINS, (low, high) if high > low else (low - 1, low + 1))
    step = (WIDTH - LEFT - 20) / BINS
    tall = PLOT / max(int(counts.max()), 1)
    body = [svg.label(8, 20, title, "bold")]
    for n, count in enumerate(counts):
        body.append(svg.box(LEFT + n * step, TOP + PLOT - count * tall, step - 1, count * tall, BLUE))
    for name, value in (("2.5 %", found.p2_5), ("median", found.median), ("97.5 %", found.p97_5)):
        x = LEFT + (value - low) / (high - low or 1.0) * BINS * step
        body.append(f'<line x1="{x:g}" y1="{TOP - 8}" x2="{x:g}" y2="{TOP + PLOT}" stroke="{svg.INK}"/>')
        body.append(svg.label(x, TOP - 12, f"{name} {number(value)}", anchor="middle"))
    body += [_axis(), svg.label(LEFT, TOP + PLOT + 18, number(low)),
             svg.label(WIDTH - 20, TOP + PLOT + 18, number(high), anchor="end")]  # fmt: skip
    return svg.sheet(WIDTH, TOP + PLOT + 30, title, body)


def convergence_svg(sample: Sample, code: str) -> str:
    """The mean of the first n samples with its 95 % interval, n on a logarithmic axis."""
    at, mean, margin = running_mean(sample[code])
    unit = short_unit(sample.method.categories[sample.method.column[code]].unit)
    title = f"{sample.route}: mean of {code} as samples grow ({unit})"
    low, high = float((mean - margin).min()), float((mean + margin).max())
    wide = (WIDTH - LEFT - 20) / (np.log(at[-1] / at[0]) or 1.0)
    tall = PLOT / (high - low or 1.0)

    def points(values: np.ndarray) -> str:
        return " ".join(
            f"{LEFT + np.log(n / at[0]) * wide:.1f},{TOP + PLOT - (v - low) * tall:.1f}"
            for n, v in zip(at, values, strict=True)
        )

    band = f"{points(mean + margin)} {' '.join(reversed(points(mean - margin).split(' ')))}"
    body = [
        svg.label(8, 20, title, "bold"),
        f'<polygon points="{band}" fill="{SAND}" fill-opacity="0.5"/>',
        f'<polyline points="{points(mean)}" fill="none" stroke="{BLUE}" stroke-width="2"/>',
        _axis(),
        svg.label(LEFT, TOP + PLOT + 18, f"n = {at[0]:.0f}"),
        svg.label(WIDTH - 20, TOP + PLOT + 18, f"{at[-1]:,.0f}", anchor="end"),
        svg.label(LEFT - 6, TOP + 10, number(high), anchor="end"),
        svg.label(LEFT - 6, TOP + PLOT, number(low), anchor="end"),
    ]
    return svg.sheet(WIDTH, TOP + PLOT + 30, title, body)


def _axis() -> str:
    y = TOP + PLOT
    return f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - 20}" y2="{y}" stroke="{svg.INK}"/>'
