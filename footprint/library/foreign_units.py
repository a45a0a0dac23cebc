"""Unit names of other databases in the words of our closed table: names only, amounts are converted by `units`."""

from __future__ import annotations

from footprint.errors import InputError, nearest
from footprint.units import UNITS, Unit, unit

#: Brightway converts no units: what a database calls its unit is translated here, or it is an error
NAMES: dict[str, str] = {
    "kilogram": "kg",
    "gram": "g",
    "milligram": "mg",
    "ton": "t",
    "metric ton": "t",
    "cubic meter": "m3",
    "litre": "l",
    "liter": "l",
    "standard cubic meter": "m3",
    "megajoule": "MJ",
    "gigajoule": "GJ",
    "kilojoule": "kJ",
    "kilowatt hour": "kWh",
    "kilowatt-hour": "kWh",
    "megawatt hour": "MWh",
    "ton kilometer": "t*km",
    "ton-kilometer": "t*km",
    "metric ton*km": "t*km",
    "tkm": "t*km",
    "kilogram kilometer": "kg*km",
    "square meter": "m2",
    "hectare": "ha",
    "square meter-year": "m2*a",
    "square meter-years": "m2*a",
    "m2a": "m2*a",
    "hectare-year": "ha*a",
    "kilo Becquerel": "kBq",
    "kilobecquerel": "kBq",
    "Becquerel": "Bq",
    "kilometer": "km",
    "meter": "m",
    "item(s)": "unit",
    "Item(s)": "unit",
    "p": "unit",
}


def foreign_unit(name: str) -> Unit:
    """The unit another database calls `name`; InputError names the nearest that is known."""
    if name in UNITS:
        return UNITS[name]
    if name in NAMES:
        return unit(NAMES[name])
    raise InputError(f"unit '{name}' is not known{nearest(name, (*UNITS, *NAMES))}")


def conversion(per: str, foreign: str) -> float | None:
    """How many `foreign` units make one of our unit `per`; None where they measure different things."""
    ours, theirs = unit(per), foreign_unit(foreign)
    return ours.factor / theirs.factor if ours.base == theirs.base else None
