"""A market as a market file again."""

from __future__ import annotations

import csv
import io

from footprint.market.columns import COLUMNS
from footprint.market.declarations import Market


def market_csv(market: Market) -> str:
    """CSV with the columns that any declaration fills; numbers in full, an empty cell where one is missing."""
    cells = {}
    for name in COLUMNS:
        if name in market.columns:
            column = ["" if value != value else str(value) for value in market[name].tolist()]
            if any(column):
                cells[name] = column
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(cells)
    writer.writerows(zip(*cells.values(), strict=True))
    return out.getvalue()
