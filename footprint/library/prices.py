"""Dated prices for allocation by value: `datasets/prices.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from footprint.errors import InputError, nearest
from footprint.library.cache import Signature, signature
from footprint.library.paths import datasets_folder
from footprint.library.tables import number, read_csv, whole

Prices = Mapping[str, Mapping[int, tuple[float, str]]]
COLUMNS = ("product", "form", "year", "value", "unit", "source")


@dataclass(frozen=True, slots=True)
class Price:
    """Mean of the yearly prices of a product in a window, in USD per kg, and the years that were there."""

    product: str
    value: float
    years: tuple[int, ...]
    sources: tuple[str, ...]


def load_prices(path: Path | None = None) -> Prices:
    """product -> year -> (USD per kg, source id)."""
    path = path or datasets_folder() / "prices.csv"
    return _loaded(signature([path])) if path.is_file() else _read(path)


@lru_cache(maxsize=8)
def _loaded(files: Signature) -> Prices:
    return _read(files[0][0])


def _read(path: Path) -> Prices:
    table: dict[str, dict[int, tuple[float, str]]] = {}
    for line, row in read_csv(path, COLUMNS):
        if row["unit"] != "USD/kg":
            raise InputError(f"{path}, line {line}: unit '{row['unit']}'; prices are in USD/kg")
        year, value = whole(row["year"], path, line, "year"), number(row["value"], path, line, "value")
        if value <= 0:
            raise InputError(f"{path}, line {line}: the price is {value:g}; it must be above zero")
        years = table.setdefault(row["product"], {})
        if year in years:
            raise InputError(f"{path}, line {line}: a second price of '{row['product']}' for {year}")
        years[year] = (value, row["source"])
    return table


def mean_price(product: str, first: int, last: int, prices: Prices) -> Price:
    """The mean of `product` over the years `first` to `last` for which there is a price (DECISIONS 10).

    Where the window has none, the longest available series is used; the years are part of the answer.
    """
    if product not in prices:
        raise InputError(f"price of '{product}' is not in prices.csv{nearest(product, prices)}")
    series = prices[product]
    years = tuple(sorted(y for y in series if first <= y <= last)) or tuple(sorted(series))
    return Price(
        product, sum(series[y][0] for y in years) / len(years), years, tuple(sorted({series[y][1] for y in years}))
    )
