"""A modelled market as people read it: who supplies it, by which routes, at what values, and on what assumptions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from footprint.market.basis import assumptions
from footprint.market.modelled import ModelledMarket
from footprint.market.supply import Supply
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph
from footprint.report.numbers import number, percent

#: the category whose values are shown
SHOWN = "CC"


def modelled_document(found: ModelledMarket) -> Document:
    """One table per product, and every assumption."""
    blocks: list[Block] = [Heading(1, f"{found.name[0].upper()}{found.name[1:]}")]
    for supply in found.supplies:
        blocks += _product(found, supply)
    return (*blocks, Items(assumptions(found)))


def _product(found: ModelledMarket, supply: Supply) -> Iterator[Block]:
    row = supply.market.row
    yield Heading(2, f"{row.product}, {supply.market.id}")
    whole = supply.tonnes + sum(part.tonnes for part in supply.left_out)
    routes = found["route"].astype(str)
    rows = []
    for part in sorted(supply.supplied, key=lambda p: -p.tonnes):
        mask = np.char.startswith(
            found["declaration_id"].astype(str), f"modelled-{supply.market.id}-{part.country}-{part.route}-"
        )
        values = found.columns[SHOWN][mask]
        low, high = float(np.min(values)), float(np.max(values))
        rows.append(
            (part.country, str(routes[mask][0]), percent(part.tonnes / whole), f"{number(low)} to {number(high)}")
        )
    heads = ("country", "route", "share", f"{SHOWN} of sites")
    yield Grid(heads, tuple(rows), right=frozenset(heads[2:]), wide=frozenset({"route"}))
    left = whole - supply.tonnes
    yield Paragraph(f"Left out, without a route: {percent(left / whole)} of the market ({number(left)} t).")
