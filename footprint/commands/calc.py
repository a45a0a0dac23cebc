"""`footprint calc`: the footprint of one or more routes per declared unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.common import (
    All,
    Background,
    Choices,
    Electricity,
    Engine,
    Json,
    Links,
    LongTerm,
    Method,
    Routes,
    Values,
    calculated,
    choice,
    chosen_routes,
    completing,
    emit,
    emit_answers,
    finish,
    in_turn,
    legal_line,
    overrides,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

    from footprint.calculation import Settings
    from footprint.impact.result import FootprintResult

Year = Annotated[
    int | None,
    typer.Option(
        "--year",
        metavar="YEAR",
        help="Year of the electricity mixes; the background's own unless given.",
        show_default=False,
    ),
]
PARTS = ("stage", "process", "flow")
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="PART",
        help="Values by stage, process or flow in place of the overview.",
        show_default=False,
        autocompletion=completing(*PARTS),
    ),
]


def calc(
    routes: Routes = None,
    every: All = False,
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    by: By = None,
    electricity: Electricity = "as-modelled",
    year: Year = None,
    engine: Engine = "kernel",
    values: Values = None,
    long_term: LongTerm = "include",
    as_json: Json = False,
) -> None:
    """Footprint of routes per declared unit: 16 categories, by stage, hotspots in brief."""
    names = chosen_routes(routes, every)
    part = choice("--by", by, PARTS) if by is not None else None
    settings = of_year(Choices(method, background, electricity, engine, long_term, links).settings(), year)
    changes = overrides(values)
    results, failed = in_turn(names, lambda name: calculated(name, settings, changes), "calculating")
    if as_json:
        emit_answers([result_json(result, part) for result in results], len(names))
    else:
        _print(results, part)
    finish(len(names), failed)


def of_year(settings: Settings, year: int | None) -> Settings:
    """The settings with the electricity mixes of a year; InputError where none is held for it."""
    from footprint.library.background import Background

    if isinstance(settings.background, Background):
        return replace(settings, background=settings.background.of_year(year))
    return replace(settings, year=year)


def result_json(result: FootprintResult, part: str | None) -> dict[str, Any]:
    """Schema footprint/result/1; `--by flow` adds `by_flow` to each category."""
    answer = result.to_dict()
    for code, category in answer["results"].items() if part == "flow" else ():
        column = result.method.column[code]
        category["by_flow"] = {f"{f.flow} ({f.compartment})": v for f in result.flows if (v := float(f.values[column]))}
    return answer


def _print(results: list[FootprintResult], part: str | None) -> None:
    legal = legal_line() if results else ""
    for n, result in enumerate(results):
        emit(*(["\n"] if n else []), _page(result, part, legal))


def _page(result: FootprintResult, part: str | None, legal: str) -> RenderableType:
    from footprint.impact.hotspots import hotspots
    from footprint.report.contributions import contributions_page
    from footprint.report.footprint import footprint_page

    if part is None:
        return footprint_page(result, hotspots(result), legal)
    return contributions_page(result, part, legal)
