"""`footprint classes`: thresholds from a market, letters of declarations, the three-year review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.choices import Choices, asked_day, overrides
from footprint.commands.classes_assign import market_letters, route_letters
from footprint.commands.declared import Form, Grade, MarketFile, MaterialName, Product, declared_market, told
from footprint.commands.market import DEFAULT
from footprint.commands.options import Background, Electricity, Json, Links, LongTerm, Method, On, Values
from footprint.commands.output import complain, emit, emit_json, say
from footprint.commands.running import calculated, finish, progress
from footprint.errors import InputError
from footprint.library.replacing import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.market.fitting import Skipped
    from footprint.market.options import Options
    from footprint.market.thresholds import ClassScheme

app = typer.Typer(name="classes", help="Performance classes A to G (illustrative).", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip
CategoryCode = Annotated[
    list[str] | None, typer.Option("--category", metavar="CODE", help="Category; may be repeated.", show_default=False)
]
SchemeName = Annotated[str | None, typer.Option("--scheme", metavar="NAME", help="Scheme; geometric unless given.")]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON here.", show_default=False)]
SchemeFile = Annotated[
    Path, typer.Option("--scheme-file", metavar="FILE", help="JSON of `classes fit`, or legal TOML.")
]


@app.callback()
def _classes() -> None:
    """Performance classes A to G (illustrative until a legal scheme is loaded)."""


@app.command("fit")
def fit(
    market: MarketFile = None,
    every: Annotated[bool, typer.Option("--all", help="Every material, into the folder --out.")] = False,
    previous: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="--all: an earlier folder, to review.", show_default=False)
    ] = None,
    previous_market: Annotated[
        Path | None, typer.Option(metavar="MARKET", help="--all: where --previous is a file.", show_default=False)
    ] = None,
    confidential: Annotated[bool, typer.Option("--confidential", help="--out: schemes of few operators too.")] = False,
    workers: Annotated[int, typer.Option(metavar="N", help="--all: processes.", min=1)] = 1,
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    category: CategoryCode = None,
    on: On = None,
    scheme: SchemeName = None,
    classes: Annotated[int | None, typer.Option(metavar="K", help="Number of classes.", show_default=False)] = None,
    benchmark: Annotated[
        float | None, typer.Option(metavar="VALUE", help="Benchmark of fixed-ratio or pefcr.", show_default=False)
    ] = None,
    improvement: Annotated[
        float | None, typer.Option(metavar="RATE", help="Yearly improvement, 0 to 0.05.", show_default=False)
    ] = None,
    ratchet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Earlier thresholds, never loosened.", show_default=False)
    ] = None,
    distinguishable: Annotated[
        bool, typer.Option("--distinguishable", help="Fewer classes where declared values do not tell them apart.")
    ] = False,
    exploratory: Annotated[bool, typer.Option("--exploratory", help="Every category with values.")] = False,
    bootstrap: Annotated[int, typer.Option(metavar="N", help="Replicates for intervals.", min=0, max=100_000)] = 1000,
    seed: Annotated[int, typer.Option(metavar="S", help="What the replicates begin with.", min=0)] = 1,
    out: OutFile = None,
    as_json: Json = False,
) -> None:
    """Thresholds from what was placed on the market in the three years before a day: pooled and by system."""
    from footprint.market.fitting import NOTHING, fit_market
    from footprint.market.options import Options
    from footprint.market.scheme_files import load_schemes

    figures = {} if benchmark is None else {"benchmark": benchmark}
    ratcheted = () if ratchet is None else load_schemes(ratchet)
    options: Options = Options(scheme, classes, figures, improvement, ratcheted, distinguishable, bootstrap, seed)
    if every:
        from footprint.commands.classes_all import fit_all

        if material or product or form or grade or category or figures:
            raise InputError(
                "--all takes everything: give it without --material, --product, --form, --grade, --category and "
                "--benchmark"
            )
        fit_all(
            market or DEFAULT,
            asked_day(on),
            options,
            out,
            exploratory=exploratory,
            previous=previous,
            previous_market=previous_market,
            confidential=confidential,
            workers=workers,
            as_json=as_json,
        )
        return
    if previous or previous_market or workers > 1:
        raise InputError("--previous, --previous-market and --workers go with --all")
    if confidential and out is None:
        raise InputError("--confidential goes with --out; what is printed is marked, never left out")
    found = declared_market(market, material, product, form, grade)
    for code in category or ():
        found.values(code)
    left_out: list[Skipped] = []
    schemes = list(fit_market(found, asked_day(on), tuple(category or ()), options, exploratory, left_out.append))
    if not schemes:
        reasons = "\n".join(dict.fromkeys(str(entry) for entry in left_out if entry.rule not in NOTHING))
        raise InputError(f"{found.name}: {reasons or 'nothing in the window has a value of the categories asked for'}")
    refused = told(left_out)
    if out is not None:
        _write(out, schemes, confidential)
    if as_json:
        emit_json([scheme.to_dict() for scheme in schemes])
    elif out is None:
        from footprint.report.classes import schemes_document
        from footprint.report.document import terminal

        emit(terminal(schemes_document(schemes)))
    finish(len(schemes) + len(refused), refused if category else ())


def _write(out: Path, schemes: Sequence[ClassScheme], confidential: bool) -> None:
    """The schemes that may leave the house as a file, and on stderr what was left out."""
    from footprint.market.disclosure import disclosed
    from footprint.market.scheme_files import schemes_text

    public = disclosed(schemes, confidential)
    if not public.schemes:
        raise InputError("\n".join((f"{out}: not written; --confidential writes all", *public.lines)))
    write_whole(out, schemes_text(public.schemes))
    for line in (f"written: {out}", *public.lines):
        say(line)


@app.command("assign")
def assign(
    scheme_file: SchemeFile,
    values: MarketFile = None,
    route: Annotated[
        str | None, typer.Option(metavar="ROUTE", help="A route in place of a market.", show_default=False)
    ] = None,
    on: On = None,
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    electricity: Electricity = "as-modelled",
    long_term: LongTerm = "include",
    parameters: Values = None,
    as_json: Json = False,
) -> None:
    """The letter of every declaration, its probability where a spread is known; or of a route, and what to change.

    A declaration is classed by the scheme that holds on the last day of its period; a route by the one on --on.
    """
    from footprint.market.scheme_files import load_schemes

    if (values is None) == (route is None):
        raise InputError("give a market file or registry, or --route with a route, one of the two")
    schemes = load_schemes(scheme_file)
    if route is None:
        letters = market_letters(declared_market(values), schemes, scheme_file)
    else:
        settings = Choices(method, background, electricity, long_term=long_term, links=links).settings()
        result = calculated(route, settings, overrides(parameters))
        letters = route_letters(result, schemes, scheme_file, asked_day(on))
    if as_json:
        emit_json([{"declaration_id" if route is None else "route": name} | of.to_dict() for name, of in letters])
    else:
        from footprint.report.classes import assigned_document
        from footprint.report.document import terminal

        emit(terminal(assigned_document(letters)))


@app.command("review")
def review_classes(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="Earlier market file.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="Later market file; it may be the same registry.")],
    old_on: Annotated[
        str | None,
        typer.Option("--old-on", metavar="DATE", help="Day of the earlier thresholds; one window before --on."),
    ] = None,
    on: On = None,
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    category: CategoryCode = None,
    scheme: SchemeName = None,
    old_scheme: Annotated[
        str | None, typer.Option("--old-scheme", metavar="NAME", help="Scheme of the earlier thresholds, if another.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What moved between two markets and why: thresholds, occupancy, migration matrix."""
    from footprint.market.options import Options
    from footprint.market.review import review_markets

    before, after = (declared_market(path, material, product, form, grade) for path in (old, new))
    later = asked_day(on)
    left_out: list[Skipped] = []
    try:
        found, without = review_markets(
            before,
            after,
            later,
            None if old_on is None else asked_day(old_on, "--old-on"),
            tuple(category or ()),
            Options(scheme),
            Options(old_scheme or scheme),
            left_out.append,
        )
    except InputError:
        told(left_out)
        raise
    refused = told(left_out)
    for entry in without:
        complain(f"nothing earlier to compare with: {entry.pool.name}, {entry.category}, {entry.system}")
    if as_json:
        emit_json([entry.to_dict() for entry in found])
    else:
        from footprint.report.classes import review_document
        from footprint.report.document import terminal

        emit(terminal(review_document(found)))
    finish(len(found) + len(refused), refused if category else ())


@app.command("compare")
def compare_schemes(
    market: MarketFile,
    material: MaterialName = None,
    product: Product = None,
    form: Form = None,
    grade: Grade = None,
    category: CategoryCode = None,
    on: On = None,
    bootstrap: Annotated[int, typer.Option(metavar="N", help="Replicates for stability.", min=2, max=100_000)] = 1000,
    seed: Annotated[int, typer.Option(metavar="S", help="What the replicates begin with.", min=0)] = 1,
    as_json: Json = False,
) -> None:
    """All schemes side by side: thresholds, occupancy, how stable they are, how values bunch at bounds."""
    from footprint.market.comparing import compare_market
    from footprint.market.fitting import wanted_categories
    from footprint.market.rules import class_rules
    from footprint.market.schemes import SCHEMES

    declared = declared_market(market, material, product, form, grade)
    day = asked_day(on)
    categories = wanted_categories(tuple(category or ()), False, class_rules(day))
    left_out: list[Skipped] = []
    with progress(len(list(declared.pools())) * len(categories) * len(SCHEMES), "comparing") as advance:
        found = compare_market(declared, day, categories, bootstrap, seed, left_out.append, advance)
    refused = told(left_out)
    if as_json:
        emit_json([entry.to_dict() for entry in found])
    else:
        from footprint.report.classes import compared_document
        from footprint.report.document import terminal

        emit(terminal(compared_document(found)))
    finish(len(found) + len(refused), refused if category else ())
