"""A modelled market as people read it: who supplies it, by which routes, at what values, and on what assumptions."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.market.basis import assumptions
from footprint.market.modelled import ModelledMarket
from footprint.market.supply import Supply
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph
from footprint.report.numbers import number, percent

#: the category whose values are shown
SHOWN = "CC"


def modelled_document(found: ModelledMarket) -> Document:
    """One table per product, and every assumption."""
    title = f"{found.name[0].upper()}{found.name[1:]}"
    tables = [block for supply in found.supplies for block in _product(found, supply)]
    return (Heading(1, title), *tables, Items(assumptions(found)))


def _product(found: ModelledMarket, supply: Supply) -> Iterator[Block]:
    """Who supplies a product, the largest first, and how much has no route."""
    yield Heading(2, f"{supply.market.row.product} ({supply.market.id})")
    whole = supply.tonnes / supply.covered
    values = found.values(SHOWN).reshape(-1, found.assumptions.sites)
    first = sum(len(other.supplied) for other in found.supplies[: found.supplies.index(supply)])
    parts = sorted(zip(supply.supplied, values[first:], strict=False), key=lambda pair: -pair[0].tonnes)
    rows = tuple(
        (part.country, part.name, percent(part.tonnes / whole), f"{number(min(sites))} to {number(max(sites))}")
        for part, sites in parts
    )
    heads = ("country", "route", "share", f"{SHOWN} of sites")
    yield Grid(heads, rows, right=frozenset(heads[2:]), wide=frozenset({"route"}))
    left = whole - supply.tonnes
    yield Paragraph(f"Left out, without a route: {percent(left / whole)} of the market ({number(left)} t).")
