"""`footprint market`: the registry of declarations, and the market as it is modelled without any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.listing import complete_materials
from footprint.commands.options import Json, Seed, completing
from footprint.commands.output import complain, emit, emit_answers, emit_json, made_folder, say
from footprint.commands.running import IN_PART, finish, in_turn
from footprint.errors import InputError, listed
from footprint.library.replacing import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footprint.market.modelled import ModelledMarket
    from footprint.market.supply import Scope

app = typer.Typer(
    name="market",
    help="The registry of declarations; the modelled market.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Registry = Annotated[Path, typer.Option("--registry", metavar="PATH", help="The DuckDB file.")]
DEFAULT = Path("declarations.duckdb")
Materials = Annotated[
    list[str] | None,
    typer.Argument(metavar="MATERIAL...", help="Material ids.", show_default=False, autocompletion=complete_materials),
]
Every = Annotated[bool, typer.Option("--all", help="Every material with a market.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Market file to write (CSV); for several a folder.", show_default=False),
]


@app.callback()
def _market() -> None:
    """The registry of declarations; the modelled market."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet, XLSX, or a declaration (JSON).")],
    registry: Registry = DEFAULT,
    supersede: Annotated[bool, typer.Option("--supersede", help="Replace declarations of the same id.")] = False,
    change_operator: Annotated[
        bool, typer.Option("--change-operator", help="--supersede: also declarations of another operator.")
    ] = False,
    keep_good: Annotated[bool, typer.Option("--keep-good", help="Leave out bad rows and list them.")] = False,
    as_json: Json = False,
) -> None:
    """Read declarations into the registry: all rows or none; the same content twice adds nothing.

    What is withdrawn stays so: the same content does not bring it back, other content does with --supersede.
    """
    from footprint.market.reading import read_market, refusal
    from footprint.market.registry import import_market

    if file.suffix.lower() == ".json":
        from footprint.declaration.market_row import read_declared

        found = read_declared(file)
    else:
        found = read_market(file)
    if found.problems and (not keep_good or not len(found.market)):
        raise InputError(refusal(file, found.problems))
    if change_operator and not supersede:
        raise InputError("--change-operator goes with --supersede")
    done = import_market(registry, found, file, supersede, change_operator)
    for problem in found.problems:
        complain(f"left out: {file}, {problem}")
    if as_json:
        emit_json({
            "schema": "footprint/market-import/1", "added": done.added, "known": done.known,
            "superseded": list(done.superseded), "withdrawn": list(done.withdrawn),
            "left_out": [{"row": p.row, "column": p.column, "message": p.message} for p in found.problems],
        })  # fmt: skip
    else:
        say(f"{registry}: {done.added} added, {done.known} already there, {len(done.superseded)} superseded")
        for state, idents in (("superseded", done.superseded), ("withdrawn, and stays so", done.withdrawn)):
            if idents:
                say(f"{state}: {listed(idents)}")
    if found.problems:
        raise typer.Exit(IN_PART)


@app.command("list")
def list_market(
    registry: Registry = DEFAULT,
    each: Annotated[bool, typer.Option("--declarations", help="Every declaration, and its state.")] = False,
    material: Annotated[
        str | None,
        typer.Option("--material", metavar="M", help="--declarations: of one material.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Materials of the registry with declarations, operators and tonnes; or every declaration."""
    from footprint.market.audit import declarations, materials

    if each:
        found = declarations(registry, material)
        if material and not found:
            raise InputError(f"{registry}: no declaration of material '{material}'")
        return emit_json(found) if as_json else _list_declarations(found)
    if material:
        raise InputError("--material goes with --declarations")
    rows = materials(registry)
    if as_json:
        emit_json([dict(zip(("material", "declarations", "operators", "mass_t"), row, strict=True)) for row in rows])
        return
    from footprint.report.document import Grid, terminal
    from footprint.report.numbers import number

    heads = ("material", "declarations", "operators", "tonnes")
    table = Grid(heads, tuple((m, str(n), str(o), number(t)) for m, n, o, t in rows), right=frozenset(heads[1:]))
    emit(terminal((table,)))


def _list_declarations(found: Sequence[Mapping[str, Any]]) -> None:
    from footprint.report.document import Grid, terminal
    from footprint.report.numbers import number

    heads = ("declaration", "operator", "of", "until", "tonnes", "rows", "state")
    rows = tuple(
        (d["declaration_id"], d["operator"], f"{d['material']}, {d['form']}, {d['system']}", d["period_to"],
         number(d["mass_t"]), str(d["entries"]), f"{d['state']}: {d['reason']}" if d["reason"] else d["state"])
        for d in found
    )  # fmt: skip
    wide = frozenset({"declaration", "operator", "of", "state"})
    emit(terminal((Grid(heads, rows, right=frozenset({"tonnes", "rows"}), wide=wide),)))


@app.command("show")
def show(
    ident: Annotated[str, typer.Argument(metavar="ID", help="Declaration id.")], registry: Registry = DEFAULT
) -> None:
    """Every entry of one declaration, as JSON: what it declares, the file with its hash, withdrawals."""
    from footprint.market.audit import history

    emit_json(history(registry, ident))


@app.command("withdraw")
def withdraw_declarations(
    idents: Annotated[list[str], typer.Argument(metavar="ID...", help="Declaration ids.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    registry: Registry = DEFAULT,
) -> None:
    """Take declarations from the market; the registry keeps them and the reason."""
    from footprint.market.registry import withdraw

    withdraw(registry, idents, reason)
    say(f"{registry}: {len(set(idents))} withdrawn")


@app.command("export")
def export(registry: Registry = DEFAULT) -> None:
    """The current declarations as a market file (CSV) on stdout."""
    from footprint.market.exporting import market_csv
    from footprint.market.registry import registered

    print(market_csv(registered(registry)), end="")


@app.command("model")
def model(
    materials: Materials = None,
    every: Every = False,
    since: Annotated[int, typer.Option("--from", metavar="YEAR", help="First year.")] = 2022,
    until: Annotated[int, typer.Option("--to", metavar="YEAR", help="Last year.")] = 2024,
    market: Annotated[
        str, typer.Option(metavar="CHOICE", help="union or world.", autocompletion=completing("union", "world"))
    ] = "union",
    seed: Seed = 1,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """The market as it is modelled before anybody declares: pseudo-declarations by country, route and site."""
    from footprint.market.modelled import model_market

    names = _modelled_materials(materials, every, market, (since, until))  # type: ignore[arg-type]

    def modelled(name: str) -> ModelledMarket:
        return model_market(name, since, until, market, seed)  # type: ignore[arg-type]

    found, failed = in_turn(names, modelled, "modelling")
    if out is not None:
        _write_models(found, out, folder=every or len(names) > 1)
    if as_json:
        from footprint.market.basis import to_dict

        emit_answers([to_dict(one) for one in found], len(names))
    elif out is None:
        from footprint.report.document import terminal
        from footprint.report.modelled import modelled_document

        for one in found:
            emit(terminal(modelled_document(one)))
    finish(len(names), failed)


def _modelled_materials(materials: list[str] | None, every: bool, scope: Scope, period: tuple[int, int]) -> list[str]:
    """The materials asked for, each once; with --all those that can be modelled, the others told with the reason."""
    from footprint.library.markets import load_markets
    from footprint.market.supply import supplies_of

    if materials and every:
        raise InputError("give materials or --all, not both")
    if materials:
        return list(dict.fromkeys(materials))
    if not every:
        raise InputError("no material given; `footprint list` shows the ids")
    markets = load_markets()
    missing = dict(markets.left_out)
    for name in markets.materials:
        try:
            supplies_of(markets, name, scope, period)
        except InputError as error:
            missing[name] = str(error)
    for name, reason in missing.items():
        say(f"{name}: not modelled: {reason}")
    if not (found := [name for name in markets.materials if name not in missing]):
        raise InputError(f"no material can be modelled for {period[0]} to {period[1]}")
    return found


def _write_models(found: list[ModelledMarket], out: Path, folder: bool) -> None:
    """One market file per material; on stderr what each rests on."""
    from footprint.market.basis import assumptions
    from footprint.market.exporting import market_csv

    for one in found:
        path = made_folder(out) / f"{one.material}.csv" if folder else out
        write_whole(path, market_csv(one))
        for line in (f"written: {path}", *assumptions(one)):
            say(line)
