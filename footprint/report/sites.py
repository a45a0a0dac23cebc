"""What a route may set of the background: the parameters of its processes that depend on the site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.errors import InputError, listed, nearest
from footprint.library.background import Background
from footprint.report.console import table, text
from footprint.report.numbers import number

NUMBERS = ("generic", "low", "high")


def sites_rows(background: Background, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """One row per parameter: process, name, generic value with its range, unit, what it means, what would settle it.

    InputError where a wanted process has none.
    """
    held = {ident: process for ident, process in background.generic.items() if process.parameters}
    for ident in wanted:
        if ident not in held:
            raise InputError(
                f"background process '{ident}' has no site parameters{nearest(ident, held)}; {listed(held, 30)} have"
            )
    return [
        {
            "process": ident,
            "parameter": parameter.name,
            "value": parameter.amount.value,
            "unit": parameter.amount.unit,
            "low": parameter.amount.spread.low if parameter.amount.spread else None,
            "high": parameter.amount.spread.high if parameter.amount.spread else None,
            "meaning": parameter.amount.locator,
            "note": parameter.amount.note,
            "source": parameter.amount.source,
            "settled_by": process.settled_by,
        }
        for ident, process in sorted(held.items())
        if not wanted or ident in wanted
        for parameter in process.parameters
    ]


def sites_page(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """A table per process, under the name a route file gives it."""
    parts: list[RenderableType] = []
    for ident in dict.fromkeys(row["process"] for row in rows):
        own = [row for row in rows if row["process"] == ident]
        parts.append(text(f"[site.{ident}]", "bold"))
        if own[0]["settled_by"]:
            parts.append(text(f"settled by {own[0]['settled_by']}", "dim"))
        parts += [_table(own), text("")]
    return Group(*parts)


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    made = table("parameter", "generic", "low", "high", "unit", "meaning", right=NUMBERS, wide=("meaning",), gap=2)
    for row in rows:
        numbers = (text("" if row[key] is None else number(row[key])) for key in ("value", "low", "high"))
        made.add_row(text(row["parameter"]), *numbers, text(row["unit"]), text(row["meaning"]))
    return made
