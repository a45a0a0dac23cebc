"""What makes each category of one route: by stage, by process, or by elementary flow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from footprint.impact.result import CategoryResult, FootprintResult
from footprint.report.console import notes, table, text
from footprint.report.footprint import STAGE_HEADS, heading, stages_of, status_lines, value_cell
from footprint.report.numbers import clean, number, part, plural, short_name, short_provider, short_unit

#: contributions shown of one category; the rest is summed
MOST_ROWS = 8


def contributions_page(result: FootprintResult, by: str, legal: str) -> RenderableType:
    """Every category in its parts: stages side by side, processes and flows as a list each, largest first."""
    body = stage_table(result) if by == "stage" else Group(*_blocks(result, by))
    return Group(heading(result), text(""), body, text(""), notes(status_lines(result, legal)))


def stage_table(result: FootprintResult) -> Table:
    """One row per category: value and what each stage adds to it."""
    stages = stages_of(result)
    heads = [STAGE_HEADS[stage] for stage in stages]
    made = table("", "category", "unit", "value", *heads, right=("value", *heads), wide=("category",))
    for code in result.codes:
        category = result[code]
        parts = [number(category.by_stage.get(stage, 0.0)) if category.value else "–" for stage in stages]
        made.add_row(code, short_name(category.name), short_unit(category.unit), value_cell(category), *parts)
    return made


def _blocks(result: FootprintResult, by: str) -> Iterator[RenderableType]:
    for n, code in enumerate(result.codes):
        category, values = result[code], parts_of(result, code, by)
        head = Text.assemble(
            (f"{code}  ", "bold"), f"{clean(category.name)}: {value_cell(category)} {clean(category.unit)}"
        )
        yield Group(*([text("")] if n else []), head, _block(category, values))


def parts_of(result: FootprintResult, code: str, by: str) -> Mapping[str, float]:
    """Name -> value of what adds to a category; a process in two stages counts as two, as in the hotspots."""
    if by == "flow":
        column = result.method.column[code]
        return {f"{f.flow} ({f.compartment})": float(f.values[column]) for f in result.flows}
    return result.split(code, lambda c: f"{short_provider(c.background or c.process)} ({c.stage})")


def _block(category: CategoryResult, values: Mapping[str, float]) -> Table:
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=False, overflow="fold", width=54)
    made.add_column(justify="right", no_wrap=True, width=9)
    made.add_column(justify="right", no_wrap=True, width=6)
    ranked = sorted(((n, v) for n, v in values.items() if v), key=lambda item: (-abs(item[1]), item[0]))
    rows = ranked[:MOST_ROWS]
    if rest := ranked[MOST_ROWS:]:
        rows.append((f"{plural(len(rest), 'smaller one')}", math.fsum(value for _, value in rest)))
    for name, value in rows:
        made.add_row(text(f"  {name}"), number(value), part(value, category.value))
    return made
