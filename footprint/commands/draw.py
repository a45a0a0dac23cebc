"""`footprint classes draw`: curve, histogram, migration and label as SVG, PNG or HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.choices import asked_day
from footprint.commands.classes import SchemeName
from footprint.commands.declared import Form, Grade, MarketFile, MaterialName, Product, declared_market
from footprint.commands.options import On
from footprint.commands.output import say
from footprint.errors import InputError, listed, nearest

if TYPE_CHECKING:
    from datetime import date

    from footprint.market.curve import Curve
    from footprint.market.declarations import Market
    from footprint.market.thresholds import ClassScheme
    from footprint.report.pictures.figures import Shown

app = typer.Typer(name="draw", help="Pictures of classes: SVG, PNG or HTML.", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip
Picture = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="Picture to write: .svg, .png, or .html with tables.")
]
Category = Annotated[str, typer.Option("--category", metavar="CODE", help="Impact category.")]
System = Annotated[str, typer.Option("--system", metavar="NAME", help="pooled, or primary, secondary or mixed alone.")]
Confidential = Annotated[
    bool, typer.Option("--confidential", help="Draw single declarations even where classes are not publishable.")
]


@app.callback()
def _draw() -> None:
    """Pictures of performance classes, each with its standing in law."""


@app.command("curve")
def curve(
    market: MarketFile,
    out: Picture,
    category: Category = "CC",
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    on: On = None,
    system: System = "pooled",
    scheme: SchemeName = None,
    confidential: Confidential = False,
) -> None:
    """Cumulative tonnes against footprint per kilogram, one step per declaration, the classes behind."""
    from footprint.report.pictures.figures import curve_figure

    chosen = declared_market(market, material, product, form, grade)
    _write(out, curve_figure(_curve(chosen, category, asked_day(on), system, scheme), confidential))


@app.command("histogram")
def histogram(
    market: MarketFile,
    out: Picture,
    category: Category = "CC",
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    on: On = None,
    system: System = "pooled",
    scheme: SchemeName = None,
    confidential: Confidential = False,
) -> None:
    """Tonnes by footprint per kilogram, with the bounds of the classes and their bootstrap intervals."""
    from footprint.market.histogram import histogram as binned
    from footprint.report.pictures.figures import histogram_figure

    chosen = declared_market(market, material, product, form, grade)
    _write(out, histogram_figure(binned(_curve(chosen, category, asked_day(on), system, scheme)), confidential))


@app.command("page")
def page(
    market: MarketFile,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="Page to write.")],
    category: Category = "CC",
    material: MaterialName = None,
    on: On = None,
    scheme: SchemeName = None,
    confidential: Confidential = False,
) -> None:
    """Curve and histogram of every product of a market, pooled and by system, with tables, in one HTML page."""
    from footprint.market.curve import production_curve
    from footprint.market.fitting import fit_market
    from footprint.market.options import Options
    from footprint.report.pictures.figures import market_page
    from footprint.report.pictures.writing import write_page

    found = declared_market(market, material)
    found.values(category)
    curves = [
        production_curve(found, fitted) for fitted in fit_market(found, asked_day(on), (category,), Options(scheme))
    ]
    if not curves:
        raise InputError(f"{found.name}: nothing in the window has a value of {category}")
    write_page(out, f"Performance classes: {category}", market_page(curves, confidential))
    say(f"written: {out}")


@app.command("migration")
def migration(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Earlier market file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Later market file.")],
    old_on: Annotated[str, typer.Option("--old-on", metavar="DATE", help="Day of the earlier thresholds.")],
    out: Picture,
    on: On = None,
    category: Category = "CC",
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    system: System = "pooled",
    scheme: SchemeName = None,
    confidential: Confidential = False,
) -> None:
    """Declarations from their old class to their new one, between two markets."""
    from footprint.market.review import paired, review
    from footprint.market.rules import class_rules
    from footprint.report.pictures.figures import migration_figure

    before, after = (declared_market(path, material, product, form, grade) for path in (old, new))
    first = _fitted(before, category, asked_day(old_on, "--old-on"), system, scheme)
    second = _fitted(after, category, asked_day(on), system, scheme)
    ((first, second),) = paired([first], [second])
    _write(out, migration_figure(review(first, second, before, after, class_rules(asked_day(on))), confidential))


@app.command("label")
def label(
    market: MarketFile,
    scheme_file: Annotated[
        Path, typer.Option("--scheme-file", metavar="FILE", help="JSON of `classes fit`, or legal TOML.")
    ],
    declaration: Annotated[str, typer.Option("--declaration", metavar="ID", help="The declaration to label.")],
    out: Picture,
    category: Category = "CC",
    system: System = "pooled",
    confidential: Confidential = False,
) -> None:
    """The A to G label of one declaration."""
    import numpy as np

    from footprint.market.assignment import classify
    from footprint.market.rules import class_rules
    from footprint.market.scheme_files import load_schemes
    from footprint.market.window import validity
    from footprint.report.pictures.figures import label_figure
    from footprint.report.pictures.label import Labelled

    row = _declaration(declared_market(market), declaration)
    scheme = _scheme_of(row, load_schemes(scheme_file), category, system, scheme_file)
    value, spread = float(row.values(category)[0]), float(row.spread(category)[0])
    found = classify(value, scheme, spread if np.isfinite(spread) else None)
    of = Labelled(declaration, str(row["system"][0]), validity(scheme.on, class_rules(scheme.on).review_years))
    _write(out, label_figure(found, scheme, of, confidential))


def _curve(market: Market, category: str, on: date, system: str, scheme: str | None) -> Curve:
    from footprint.market.curve import production_curve

    return production_curve(market, _fitted(market, category, on, system, scheme))


def _fitted(market: Market, category: str, on: date, system: str, scheme: str | None) -> ClassScheme:
    from footprint.market.fitting import fit_classes

    return fit_classes(market, category=category, on=on, system=system, scheme=scheme)


def _declaration(market: Market, ident: str) -> Market:
    """The one row of a declaration; InputError names the nearest id."""
    mask = market["declaration_id"] == ident
    if not mask.any():
        hint = nearest(ident, map(str, market["declaration_id"]))
        raise InputError(f"{market.name}: no declaration '{ident}'{hint}")
    return market.rows(mask)


def _scheme_of(row: Market, schemes: tuple[ClassScheme, ...], category: str, system: str, where: Path) -> ClassScheme:
    """The scheme that the declaration's letter is read from."""
    from footprint.market.matching import candidates, in_force, of_system
    from footprint.market.thresholds import POOLED

    ((pool, _),) = row.pools()
    row.values(category)
    own, last = str(row["system"][0]), row["period_to"].astype("datetime64[D]").tolist()[0]
    if system not in (POOLED, own):
        raise InputError(f"declaration '{row['declaration_id'][0]}' is {own}: it has no {system} class")
    mine = candidates(schemes, pool, category)
    asked = of_system(mine, own) if system == POOLED else [scheme for scheme in mine if scheme.system == system]
    if (scheme := in_force(asked, last)) is not None:
        return scheme
    held = listed(dict.fromkeys(f"{s.pool.name}, {s.category}, {s.system} from {s.on}" for s in schemes))
    raise InputError(f"{where}: no scheme for {pool.name}, {category}, {system} on {last}; it has: {held}")


def _write(out: Path, shown: Shown) -> None:
    from footprint.report.pictures.writing import write_picture

    write_picture(out, *shown)
    say(f"written: {out}")
