"""`footprint background`: what the background data hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.link_report import link_report
from footprint.commands.options import Background, Json, Method
from footprint.commands.output import emit, emit_json, say
from footprint.errors import InputError
from footprint.library.replacing import write_whole

if TYPE_CHECKING:
    from footprint.impact.coverage import Coverage

app = typer.Typer(name="background", help="What the background data hold.", no_args_is_help=True, rich_markup_mode=None)
CsvFile = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write the matrix as CSV too.", show_default=False),
]
PictureFile = Annotated[
    Path | None,
    typer.Option("--picture", metavar="FILE.svg", help="Write the matrix as an SVG picture too.", show_default=False),
]


app.command("link-report")(link_report)


@app.callback()
def _background() -> None:
    """What the background data hold."""


@app.command("coverage")
def coverage(
    background: Background = "open",
    method: Method = "ef-3.1",
    table_file: CsvFile = None,
    picture: PictureFile = None,
    as_json: Json = False,
) -> None:
    """Which impact categories each process of a background covers, with tier, year, place and data quality rating."""
    if picture is not None and picture.suffix.lower() != ".svg":
        raise InputError(f"--picture '{picture}': only SVG is written; the name ends in .svg")
    found = _coverage(background, method)
    from footprint.report.coverage import coverage_csv, coverage_page, coverage_svg

    if table_file is not None:
        _write(table_file, coverage_csv(found))
    if picture is not None:
        _write(picture, coverage_svg(found))
    if as_json:
        emit_json(found.to_dict())
    else:
        emit(coverage_page(found))


@app.command("sites")
def sites(
    processes: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="Background processes; all of them without one.")
    ] = None,
    background: Background = "open",
    as_json: Json = False,
) -> None:
    """Parameters of background processes that depend on the site: what a route may set in `[site.ID]`, or by --set."""
    from footprint.library.background import load_background
    from footprint.report.sites import sites_page, sites_rows

    rows = sites_rows(load_background(background), processes or ())
    if as_json:
        emit_json(rows)
    else:
        emit(sites_page(rows))


def _coverage(background: str, method: str) -> Coverage:
    from footprint.impact.coverage import background_coverage
    from footprint.inventory.allocation import AllocationRules, price_window
    from footprint.library.background import load_background
    from footprint.library.method import load_method
    from footprint.library.paths import methods_folder
    from footprint.library.prices import load_prices
    from footprint.rules.parameters import load_parameters

    if background.startswith("bw:"):
        raise InputError(
            f"--background '{background}': coverage is of unit processes; `background link-report` is for bw:"
        )
    held, known = load_background(background), load_method(method)
    window = price_window(load_parameters(methods_folder() / "crma"), date.today())
    return background_coverage(held, known, AllocationRules(load_prices(), window))


def _write(path: Path, content: str) -> None:
    """Write a file, and say so; an existing one is replaced."""
    write_whole(path, content)
    say(f"written: {path}")
