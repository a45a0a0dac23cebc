"""The process x category matrix of a background: as a table of 80 columns, as CSV, and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from footprint.impact.coverage import Coverage, CoverageRow, Status
from footprint.report import svg
from footprint.report.console import notes, text
from footprint.report.numbers import plural
from footprint.report.spreadsheet import csv_text

SYMBOLS: dict[Status, str] = {"covered": "+", "partly": "0", "not covered": "."}
MEANINGS: dict[Status, str] = {
    "covered": "has data: a flow the category counts is exchanged here or upstream",
    "partly": "nothing counted is exchanged, though the process does not say it lacks data",
    "not covered": "the process says it holds no data for the category",
}
COLOURS: dict[Status, str] = {"covered": "#2a7f62", "partly": "#e6c35c", "not covered": "#ffffff"}
#: categories side by side before a gap
BLOCK = 4
NAME_WIDTH, FACTS = 37, "{tier:1} {year:4} {location:5} {dqr:3}"
FACT_HEADS = ("group", "process", "name", "products", "unit", "tier", "year", "location", "dqr")


def coverage_page(coverage: Coverage) -> RenderableType:
    """Processes in their groups, one sign per category; below how many processes cover each."""
    lines = [*_heads(coverage.codes)]
    for group, rows in groupby(coverage.rows, key=lambda row: row.group):
        lines += [text(""), text(group, "bold"), *(_line(row, coverage.codes) for row in rows)]
    return Group(
        text(_title(coverage), "bold"),
        text(""),
        *lines,
        text(""),
        notes(_summary(coverage)),
    )


def _title(coverage: Coverage) -> str:
    return f"Background {coverage.background[0]}, {coverage.method}: {plural(len(coverage.rows), 'process')}"


def _heads(codes: tuple[str, ...]) -> Iterator[Text]:
    """The category codes written downwards, one column each."""
    height = max(map(len, codes))
    facts = FACTS.format(tier="T", year="year", location="place", dqr="DQR")
    for n in range(height):
        letters = _blocks([code.rjust(height)[n] for code in codes])
        left = f"{'process':{NAME_WIDTH}} {facts}" if n == height - 1 else " " * (NAME_WIDTH + 1 + len(facts))
        yield text(f"{left}  {letters}")


def _line(row: CoverageRow, codes: tuple[str, ...]) -> Text:
    dqr = "" if row.dqr is None else f"{row.dqr:.1f}"
    facts = FACTS.format(tier=row.tier, year=row.year, location=row.location, dqr=dqr)
    name = row.process if len(row.process) <= NAME_WIDTH else f"{row.process[: NAME_WIDTH - 1]}…"
    return text(f"{name:{NAME_WIDTH}} {facts}  {_blocks([SYMBOLS[row.status[code]] for code in codes])}")


def _blocks(signs: list[str]) -> str:
    return " ".join("".join(signs[i : i + BLOCK]) for i in range(0, len(signs), BLOCK))


def _summary(coverage: Coverage) -> Iterator[tuple[str, str]]:
    for status, symbol in SYMBOLS.items():
        yield symbol, f"{status}: {MEANINGS[status]}"
    yield "Covered", ", ".join(f"{code} {coverage.count(code, 'covered')}" for code in coverage.codes)
    yield "Tiers", ", ".join(f"{tier} {count}" for tier, count in _tiers(coverage))
    yield "T", "A measured or official factors, B derived from them, C literature or model, D for the user to set"


def _tiers(coverage: Coverage) -> list[tuple[str, int]]:
    tiers = [row.tier or "none" for row in coverage.rows]
    return [(tier, tiers.count(tier)) for tier in sorted(set(tiers))]


def coverage_csv(coverage: Coverage) -> str:
    """One line per process: what it is, and the status of each category in words."""
    rows = (
        (row.group, row.process, row.name, "; ".join(row.products), row.unit, row.tier, str(row.year), row.location,
         "" if row.dqr is None else f"{row.dqr:g}", *(row.status[code] for code in coverage.codes))
        for row in coverage.rows
    )  # fmt: skip
    return csv_text((*FACT_HEADS, *coverage.codes), rows)


# --- picture

CELL, LINE, LEFT, TOP = 14, 16, 400, 100


def coverage_svg(coverage: Coverage) -> str:
    """The matrix as a self-contained SVG: full, half and empty squares, told apart without colour too."""
    body: list[str] = []
    y = TOP
    for group, rows in groupby(coverage.rows, key=lambda row: row.group):
        body.append(svg.label(8, y + LINE, group, "bold"))
        y += LINE + 4
        for row in rows:
            body += _picture_row(row, coverage.codes, y)
            y += LINE
        y += 6
    title = f"{_title(coverage)}, and the impact categories they cover"
    parts = [svg.label(8, 22, title, "bold"), *_picture_heads(coverage.codes), *body, *_legend(y + LINE)]
    return svg.sheet(LEFT + CELL * len(coverage.codes) + 20, y + LINE * 5, title, parts)


def _picture_heads(codes: Iterable[str]) -> Iterator[str]:
    for n, code in enumerate(codes):
        x, y = LEFT + CELL * n + CELL - 3, TOP - 4
        yield f'<text x="{x}" y="{y}" transform="rotate(-60 {x} {y})">{svg.safe(code)}</text>'
    for x, head in ((8, "process"), (282, "tier"), (310, "year"), (342, "place"), (376, "DQR")):
        yield svg.label(x, TOP - 4, head)


def _picture_row(row: CoverageRow, codes: Iterable[str], y: int) -> Iterator[str]:
    dqr = "" if row.dqr is None else f"{row.dqr:.1f}"
    for x, content in ((16, row.process), (286, row.tier), (310, str(row.year)), (342, row.location), (378, dqr)):
        yield svg.label(x, y + 12, content)
    for n, code in enumerate(codes):
        status = row.status[code]
        yield svg.titled(f"{row.name}, {code}: {status}", *_square(LEFT + CELL * n, y + 1, status))


def _square(x: int, y: int, status: Status) -> Iterator[str]:
    """Covered is full, partly is the lower half, not covered is empty."""
    side, half = CELL - 2, (CELL - 2) // 2
    yield svg.box(x, y, side, side, COLOURS["not covered"], svg.FAINT)
    if status == "covered":
        yield svg.box(x, y, side, side, COLOURS[status])
    elif status == "partly":
        yield svg.box(x, y + half, side, half, COLOURS[status])


def _legend(y: int) -> Iterator[str]:
    for n, (status, meaning) in enumerate(MEANINGS.items()):
        yield svg.titled(meaning, *_square(8, y + LINE * n, status))
        yield svg.label(28, y + LINE * n + 10, f"{status}: {meaning}")
