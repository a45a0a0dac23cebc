"""`footprint classes assign`: the letters of a market's declarations, or of a route, with what has none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from footprint.commands.output import complain
from footprint.errors import InputError, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from footprint.impact.result import FootprintResult
    from footprint.market.assignment import Classification
    from footprint.market.declarations import Market
    from footprint.market.thresholds import ClassScheme

    Letters = Sequence[tuple[str, Classification]]


def market_letters(market: Market, schemes: Sequence[ClassScheme], scheme_file: Path) -> Letters:
    """The letters of a market's declarations; those that have none, or of another time, are told."""
    from footprint.market.assignment import assigned
    from footprint.report.numbers import plural

    found = assigned(market, schemes)
    if not found.letters:
        raise InputError(
            f"{market.name}: no declaration is of the product, category, system and time of a scheme in {scheme_file}"
        )
    if found.without:
        complain(
            f"no class: {plural(len(found.without), 'declaration')} of no product, category, system and time of a "
            f"scheme in {scheme_file}: {listed(found.without)}"
        )
    if found.outside:
        complain(
            f"outside the validity of the scheme: {plural(len(found.outside), 'declaration')}, by the last day of the "
            f"period: {listed(found.outside)}"
        )
    return found.letters


def route_letters(result: FootprintResult, schemes: Sequence[ClassScheme], scheme_file: Path, on: date) -> Letters:
    """The letter of a route in each category, by the schemes that hold on a day."""
    from footprint.market.assignment import classes_of

    try:
        return [(result.route.id, found) for found in classes_of(result, schemes, on)]
    except InputError as error:
        raise InputError(f"{scheme_file}: {error}") from None
