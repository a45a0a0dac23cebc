"""`footprint calc`: the footprint of one or more routes per declared unit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.choices import Choices, choice, chosen_routes, overrides
from footprint.commands.options import (
    All,
    Background,
    Drawing,
    Electricity,
    Engine,
    Json,
    Links,
    LongTerm,
    Method,
    Routes,
    Samples,
    Seed,
    Values,
    World,
    completing,
)
from footprint.commands.output import emit, emit_answers, legal_line, made_folder, say
from footprint.commands.running import calculated, finish, in_turn, progress
from footprint.errors import InputError
from footprint.library.replacing import write_whole

if TYPE_CHECKING:
    from rich.console import RenderableType

    from footprint.calculation import Settings
    from footprint.impact.result import FootprintResult
    from footprint.sampling import Sample

Pictures = Annotated[
    Path | None,
    typer.Option(
        "--pictures", metavar="FOLDER", help="Write distributions and convergence as SVG.", show_default=False
    ),
]
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
    samples: Samples = 0,
    seed: Seed = 1,
    sequence: Drawing = "plain",
    world: World = "sampled",
    pictures: Pictures = None,
    as_json: Json = False,
) -> None:
    """Footprint of routes per declared unit: 16 categories, by stage, hotspots in brief; with --samples its spread."""
    names = chosen_routes(routes, every)
    part = choice("--by", by, PARTS) if by is not None else None
    choice("--sequence", sequence, ("plain", "latin-hypercube", "sobol"))
    choice("--world", world, ("sampled", "fixed"))
    if pictures is not None and not samples:
        raise InputError("--pictures shows samples: give --samples too")
    settings = of_year(Choices(method, background, electricity, engine, long_term, links).settings(), year)
    changes = overrides(values)
    results, failed = in_turn(names, lambda name: calculated(name, settings, changes), "calculating")
    drawn = [sampled(result, settings, samples, seed, sequence, world) for result in results if samples]
    if pictures is not None:
        write_pictures(results, drawn, pictures)
    if as_json:
        answers = [result_json(result, part) for result in results]
        for answer, sample in zip(answers, drawn, strict=False):
            for code, found in sample.to_dict().items():
                answer["results"][code]["uncertainty"] = found
        emit_answers(answers, len(names))
    else:
        _print(results, drawn, part)
    finish(len(names), failed)


def sampled(result: FootprintResult, settings: Settings, samples: int, seed: int, sequence: str, world: str) -> Sample:
    """Samples of a calculated route, with a progress bar by blocks."""
    from footprint.sampling import sample
    from footprint.uncertainty.germs import BLOCK

    with progress(-(-samples // BLOCK), "sampling") as advance:
        return sample(
            result.route, samples, seed, sequence=sequence, world=world, settings=settings,  # type: ignore[arg-type]
            progress=lambda _: advance(),
        )  # fmt: skip


def write_pictures(results: list[FootprintResult], drawn: list[Sample], folder: Path) -> None:
    """Distribution and convergence of the most relevant categories of each route, as SVG."""
    from footprint.impact.hotspots import hotspots
    from footprint.report.sampling import convergence_svg, distribution_svg

    made_folder(folder)
    for result, sample in zip(results, drawn, strict=True):
        for spot in hotspots(result).categories:
            name = f"{result.route.id.replace('/', '-')}-{spot.name}"
            write_whole(folder / f"{name}-distribution.svg", distribution_svg(sample, spot.name))
            write_whole(folder / f"{name}-convergence.svg", convergence_svg(sample, spot.name))
    say(f"written: {folder}")


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


def _print(results: list[FootprintResult], drawn: list[Sample], part: str | None) -> None:
    legal = legal_line() if results else ""
    for n, result in enumerate(results):
        emit(*(["\n"] if n else []), _page(result, part, legal))
        if drawn:
            from footprint.report.sampling import sampling_page

            emit(sampling_page(drawn[n], result))


def _page(result: FootprintResult, part: str | None, legal: str) -> RenderableType:
    from footprint.impact.hotspots import hotspots
    from footprint.report.contributions import contributions_page
    from footprint.report.footprint import footprint_page

    if part is None:
        return footprint_page(result, hotspots(result), legal)
    return contributions_page(result, part, legal)
