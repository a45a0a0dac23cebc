"""`footprint sensitivity`: which figures make the uncertainty of a category."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.choices import Choices, choice, overrides
from footprint.commands.options import Background, Electricity, Json, Links, Method, OneRoute, Seed, Values, World
from footprint.commands.output import emit, emit_json, say
from footprint.errors import InputError
from footprint.library.replacing import write_whole

Category = Annotated[str, typer.Option("--category", metavar="CODE", help="Impact category.")]
Top = Annotated[int, typer.Option("--top", metavar="N", help="How many figures to list.", min=1)]
Pairs = Annotated[
    int, typer.Option("--samples", metavar="N", help="Pairs of samples for Sobol indices; 0 leaves them out.", min=0)
]
Picture = Annotated[
    Path | None, typer.Option("--picture", metavar="FILE.svg", help="Write the tornado as SVG too.", show_default=False)
]


def sensitivity(
    route: OneRoute,
    category: Category = "CC",
    top: Top = 15,
    samples: Pairs = 0,
    seed: Seed = 1,
    world: World = "sampled",
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    electricity: Electricity = "as-modelled",
    values: Values = None,
    picture: Picture = None,
    as_json: Json = False,
) -> None:
    """The figures that matter most: range of each alone, share of the variance, Sobol indices."""
    if picture is not None and picture.suffix.lower() != ".svg":
        raise InputError(f"--picture '{picture}': only SVG is written; the name ends in .svg")
    choice("--world", world, ("sampled", "fixed"))
    settings = Choices(method, background, electricity, links=links).settings()
    from footprint.influence import sensitivity as analysed
    from footprint.library.routes import load_route
    from footprint.report.sampling import sensitivity_json, sensitivity_page, tornado_svg

    loaded = load_route(route, overrides(values) or None)
    found = analysed(loaded, category, top=top, n=samples, seed=seed, world=world, settings=settings)  # type: ignore[arg-type]
    if picture is not None:
        write_whole(picture, tornado_svg(found))
        say(f"written: {picture}")
    if as_json:
        emit_json(sensitivity_json(found))
    else:
        emit(sensitivity_page(found))
