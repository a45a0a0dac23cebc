"""Declarations of a market as options choose them, and what of them could not be classed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footprint.commands.output import say
from footprint.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.market.declarations import Market
    from footprint.market.fitting import Skipped

MarketFile = Annotated[
    Path | None,
    typer.Argument(metavar="MARKET", help="Market file: CSV, Parquet, XLSX, or a registry.", show_default=False),
]
MaterialName = Annotated[str | None, typer.Option("--material", metavar="M", help="One material.", show_default=False)]
Product = Annotated[str | None, typer.Option("--product", metavar="P", help="One product.", show_default=False)]
Form = Annotated[str | None, typer.Option("--form", metavar="F", help="One form.", show_default=False)]
Grade = Annotated[str | None, typer.Option("--grade", metavar="G", help="One grade.", show_default=False)]


def told(left_out: Sequence[Skipped]) -> list[str]:
    """Say what was refused, each once; its product and category. What is not there at all is left out unsaid."""
    from footprint.market.fitting import NOTHING

    refused = [entry for entry in left_out if entry.rule not in NOTHING]
    for line in dict.fromkeys(f"left out: {entry}" for entry in refused):
        say(line)
    return list(dict.fromkeys(f"{entry.pool.name}, {entry.category}, {entry.system}" for entry in refused))


def declared_market(
    path: Path | None, material: str | None = None, product: str | None = None, form: str | None = None,
    grade: str | None = None,
) -> Market:  # fmt: skip
    """The declarations of a market file or registry: all, or those of a material, product, form and grade."""
    if path is None:
        raise InputError("no market given; a file ends in .csv, .parquet or .xlsx, a registry in .duckdb")
    wanted = {"material": material, "product": product, "form": form, "grade": grade}
    if path.suffix.lower() == ".duckdb":
        from footprint.market.registry import registered

        found = registered(path, wanted.pop("material"))
    else:
        from footprint.market.reading import load_market

        found = load_market(path)
    return found.of(**{column: text for column, text in wanted.items() if text is not None})
