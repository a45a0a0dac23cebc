"""The most relevant categories of a route, and in each the stages, processes and elementary flows that make 80 %."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.impact.hotspots import Hotspot, Hotspots
from footprint.impact.result import FootprintResult
from footprint.report.console import notes, table, text
from footprint.report.footprint import heading, value_cell
from footprint.report.numbers import percent, short_provider, short_unit

NOTHING = "no category has a value, or the method holds no weights: nothing to rank"
RANKING = "categories by normalised and weighted value, at least three; then by absolute value, until 80% is reached"
HEADS = ("", "most relevant category", "value", "unit", "share", "sum")


def hotspots_page(result: FootprintResult, found: Hotspots) -> RenderableType:
    """The ranking of categories, then one block for each of them."""
    if not found.categories:
        return Group(heading(result), text(""), text(NOTHING))
    blocks = [part for spot in found.categories for part in (text(""), _block(result, found, spot.name))]
    return Group(heading(result), text(""), _categories(result, found), *blocks, text(""), notes(_remarks(result)))


def _categories(result: FootprintResult, found: Hotspots) -> Table:
    """Share of each category in the normalised and weighted sum; the sum itself is no result (Annex V)."""
    made = table(*HEADS, right=("value", "share", "sum"), wide=HEADS[1:2])
    for spot in found.categories:
        category = result[spot.name]
        made.add_row(
            spot.name,
            category.name,
            value_cell(category),
            short_unit(category.unit),
            percent(spot.share),
            percent(spot.cumulative),
        )
    return made


def _block(result: FootprintResult, found: Hotspots, code: str) -> RenderableType:
    parts: Mapping[str, tuple[Hotspot, ...]] = {
        "stages": found.stages[code],
        "processes": found.processes[code],
        "flows": found.flows[code],
    }
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True, style="dim", min_width=11)
    made.add_column(overflow="fold", width=50)
    made.add_column(justify="right", no_wrap=True, min_width=5)
    made.add_column(justify="right", no_wrap=True, min_width=5)
    for label, spots in parts.items():
        for n, spot in enumerate(spots):
            made.add_row(
                "" if n else f"  {label}",
                text(short_provider(spot.name)),
                percent(spot.share),
                percent(spot.cumulative),
            )
    return Group(text(f"{code} {result[code].name}", "bold"), made)


def _remarks(result: FootprintResult) -> Iterator[tuple[str, str]]:
    yield "Ranking", RANKING
    if gaps := [code for code in result.codes if result[code].not_covered]:
        yield "* Not covered", f"could rank higher; some background processes in use hold no data: {', '.join(gaps)}"
