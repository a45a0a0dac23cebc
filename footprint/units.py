"""The closed table of units. An amount is converted once, when its file is read; inside there are base units only.

Brightway converts nothing and takes a litre for a cubic metre; here a unit is known or it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from footprint.errors import InputError, listed, nearest


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, the base unit of its dimension, and how many base units it is worth."""

    name: str
    base: str
    factor: float


#: base unit -> {unit: worth in base units}; exact by definition (SI); occupation is in years, whatever their days
_TABLE: dict[str, dict[str, float]] = {
    "kg": {"kg": 1.0, "t": 1e3, "g": 1e-3, "mg": 1e-6, "ug": 1e-9, "kt": 1e6, "Mt": 1e9},
    "m3": {"m3": 1.0, "l": 1e-3, "ml": 1e-6, "dm3": 1e-3},
    "MJ": {"MJ": 1.0, "kJ": 1e-3, "GJ": 1e3, "TJ": 1e6, "kWh": 3.6, "MWh": 3.6e3, "GWh": 3.6e6},
    "t*km": {"t*km": 1.0, "kg*km": 1e-3},
    "m2": {"m2": 1.0, "ha": 1e4, "km2": 1e6, "cm2": 1e-4},
    "m2*a": {"m2*a": 1.0, "ha*a": 1e4},
    "kBq": {"kBq": 1.0, "Bq": 1e-3, "MBq": 1e3, "GBq": 1e6},
    "km": {"km": 1.0, "m": 1e-3},
    "unit": {"unit": 1.0},
}
UNITS: dict[str, Unit] = {
    name: Unit(name, base, factor) for base, row in _TABLE.items() for name, factor in row.items()
}

#: what may stand in a parameter's unit beside the table: numbers without a unit, money, time
_FREE = frozenset(
    {"1", "-", "%", "USD", "EUR", "a", "d", "h", "s", "mol", "K", "degC", "kW", "MW", "W", "V", "A", "ppm"}
)
#: which of these are plain numbers, and their worth
_NUMBERS = {"1": 1.0, "-": 1.0, "%": 0.01}


def unit(name: str) -> Unit:
    """The unit of that name; InputError names the nearest one."""
    if (found := UNITS.get(name)) is not None:
        return found
    hint = nearest(name, UNITS) or f"; allowed: {listed(UNITS, 40)}"
    raise InputError(f"unit '{name}' is not known{hint}")


def written(base: str, factor: float) -> str:
    """The name of the unit worth `factor` of the base unit, as a file gave it."""
    return next((unit.name for unit in UNITS.values() if (unit.base, unit.factor) == (base, factor)), base)


def check_parameter_unit(name: str) -> None:
    """A parameter's unit is made of known units, `/` and `*`: `kg/kg`, `kWh/t`, `1`."""
    for _ in _pieces(name):
        pass


def conversion(given: str, wanted: str) -> float:
    """How many `wanted` one `given` is, both units of parameters: 1 mg/l is 1 g/m3.

    InputError where they measure different things.
    """
    (found, worth), (asked, per) = _reduced(given), _reduced(wanted)
    if found != asked:
        raise InputError(f"unit '{given}' does not fit: '{wanted}' is needed")
    return worth / per


def _reduced(name: str) -> tuple[dict[str, int], float]:
    """The powers of base units in a parameter's unit, and its worth in them; `1`, `-` and `%` are numbers."""
    powers: dict[str, int] = {}
    worth = 1.0
    for piece, power in _pieces(name):
        found = UNITS.get(piece)
        base = found.base if found else "" if piece in _NUMBERS else piece
        worth *= (found.factor if found else _NUMBERS.get(piece, 1.0)) ** power
        powers[base] = powers.get(base, 0) + power
    return {base: power for base, power in powers.items() if base and power}, worth


def _pieces(name: str) -> Iterator[tuple[str, int]]:
    """The known units in a parameter's unit, each with 1 above the line and -1 below it."""
    for i, part in enumerate(name.replace("(", "").replace(")", "").split("/")):
        for piece in [part] if part in UNITS or part in _FREE else part.split("*"):
            if piece not in UNITS and piece not in _FREE:
                raise InputError(f"unit '{name}': '{piece}' is not known{nearest(piece, [*UNITS, *_FREE])}")
            yield piece, -1 if i else 1
