"""`footprint market`: the registry of declarations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from footprint.commands.common import IN_PART, Json, complain, emit, emit_json, say
from footprint.errors import InputError

app = typer.Typer(name="market", help="The registry of declarations.", no_args_is_help=True, rich_markup_mode=None)
Registry = Annotated[Path, typer.Option("--registry", metavar="PATH", help="The DuckDB file.")]
DEFAULT = Path("declarations.duckdb")


@app.callback()
def _market() -> None:
    """The registry of declarations."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, Parquet, XLSX, or a declaration (JSON).")],
    registry: Registry = DEFAULT,
    supersede: Annotated[bool, typer.Option("--supersede", help="Replace declarations of the same id.")] = False,
    keep_good: Annotated[bool, typer.Option("--keep-good", help="Leave out bad rows and list them.")] = False,
    as_json: Json = False,
) -> None:
    """Read declarations into the registry: all rows or none; the same content twice adds nothing."""
    from footprint.market.reading import read_market, refusal
    from footprint.market.registry import import_market

    if file.suffix.lower() == ".json":
        from footprint.declaration.market_row import read_declared

        found = read_declared(file)
    else:
        found = read_market(file)
    if found.problems and (not keep_good or not len(found.market)):
        raise InputError(refusal(file, found.problems))
    done = import_market(registry, found, file, supersede)
    for problem in found.problems:
        complain(f"left out: {file}, {problem}")
    if as_json:
        emit_json({
            "schema": "footprint/market-import/1", "added": done.added, "known": done.known,
            "superseded": list(done.superseded),
            "left_out": [{"row": p.row, "column": p.column, "message": p.message} for p in found.problems],
        })  # fmt: skip
    else:
        say(f"{registry}: {done.added} added, {done.known} already there, {len(done.superseded)} superseded")
    if found.problems:
        raise typer.Exit(IN_PART)


@app.command("list")
def list_market(registry: Registry = DEFAULT, as_json: Json = False) -> None:
    """Materials of the registry with declarations, operators and tonnes."""
    from footprint.market.registry import materials

    rows = materials(registry)
    if as_json:
        emit_json([dict(zip(("material", "declarations", "operators", "mass_t"), row, strict=True)) for row in rows])
        return
    from footprint.report.document import Grid, terminal
    from footprint.report.numbers import number

    heads = ("material", "declarations", "operators", "tonnes")
    table = Grid(heads, tuple((m, str(n), str(o), number(t)) for m, n, o, t in rows), right=frozenset(heads[1:]))
    emit(terminal((table,)))


@app.command("show")
def show(
    ident: Annotated[str, typer.Argument(metavar="ID", help="Declaration id.")], registry: Registry = DEFAULT
) -> None:
    """Every entry of one declaration, as JSON: rows, files with their hash, withdrawals."""
    from footprint.market.registry import history

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
