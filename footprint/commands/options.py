"""Arguments and options that several commands share. Nothing heavy is imported: `--help` needs this alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.errors import FootprintError

if TYPE_CHECKING:
    pass


def complete_routes(incomplete: str) -> list[str]:
    """Route ids for shell completion; a data folder that cannot be read completes nothing."""
    try:
        from footprint.library.routes import route_index

        return [ident for ident in route_index() if ident.startswith(incomplete)]
    except FootprintError:
        return []


def completing(*words: str) -> Callable[[str], list[str]]:
    """Shell completion among fixed words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


Routes = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ROUTE...",
        help="Route ids, or paths of .toml files.",
        show_default=False,
        autocompletion=complete_routes,
    ),
]

OneRoute = Annotated[
    str,
    typer.Argument(
        metavar="ROUTE", help="Route id, or path of a .toml file.", show_default=False, autocompletion=complete_routes
    ),
]

All = Annotated[bool, typer.Option("--all", help="Every shipped route.")]

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

Method = Annotated[str, typer.Option(metavar="NAME", help="Impact assessment method, by name or folder.")]

Background = Annotated[
    str,
    typer.Option(metavar="NAME", help="Background data: open, a folder of the same form, or bw:PROJECT/DATABASE."),
]

Links = Annotated[
    str | None,
    typer.Option(
        "--links",
        metavar="NAME",
        help="Link profile of a bw: background, by name or path; else the name of the database tells.",
        show_default=False,
    ),
]

On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="DATE", help="The day asked about, as 2027-01-01.  [default: today]", show_default=False
    ),
]

Electricity = Annotated[
    str,
    typer.Option(
        metavar="CHOICE",
        help="Grid supply: as-modelled, production-mix or residual.",
        autocompletion=completing("as-modelled", "production-mix", "residual"),
    ),
]

Engine = Annotated[
    str,
    typer.Option(
        metavar="CHOICE",
        help="Solver: kernel, or brightway (needs the extra 'engine').",
        autocompletion=completing("kernel", "brightway"),
    ),
]

LongTerm = Annotated[
    str,
    typer.Option(
        "--long-term",
        metavar="CHOICE",
        help="Emissions after 100 years: include or exclude.",
        autocompletion=completing("include", "exclude"),
    ),
]

Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Value of a parameter of the route, or ID.PARAMETER of a site; may be given several times.",
        show_default=False,
    ),
]

Samples = Annotated[
    int,
    typer.Option("--samples", metavar="N", help="Monte Carlo samples; 0 calculates the value alone.", min=0),
]

Seed = Annotated[int, typer.Option("--seed", metavar="S", help="What the draws begin with.", min=0)]

Drawing = Annotated[
    str,
    typer.Option(
        "--sequence",
        metavar="CHOICE",
        help="How samples are drawn: plain, latin-hypercube or sobol.",
        autocompletion=completing("plain", "latin-hypercube", "sobol"),
    ),
]

World = Annotated[
    str,
    typer.Option(
        "--world",
        metavar="CHOICE",
        help="The background: sampled with the route, or fixed at its middle.",
        autocompletion=completing("sampled", "fixed"),
    ),
]

Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
