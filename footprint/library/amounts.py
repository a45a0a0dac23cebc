"""Amounts and parameters of a file: expressions evaluated, units converted, spreads and tiers decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from footprint import model
from footprint.errors import InputError, nearest
from footprint.library.expressions import RESERVED, evaluate, names_in
from footprint.library.files import ExchangeRow, ParameterRow, ProductRow, SiteRow, SpreadRow
from footprint.units import check_parameter_unit, unit

Sources = Mapping[str, model.Source]
#: how far a rounded amount may lie outside bounds that are rounded too, relative
ROUNDING = 1e-3
#: standard deviations from the middle to the end of an interval that holds 95 %
BOUND = 1.959963984540054
#: units of parameters that may be shares
DIMENSIONLESS = frozenset({"1", "kg/kg", "share", "t/t", "m3/m3", "MJ/MJ", "kWh/kWh"})
#: bounds from zero on are lognormal where the value lies below this part of the upper one: half of the values below it
SKEWED = 2
#: the unit of a site's value that is given without one: that of the background process's parameter
OWN_UNIT = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an amount may refer to, and where it stands: for values and for error messages."""

    place: str
    values: Mapping[str, float]
    sources: Sources
    source: str = ""
    locator: str = ""
    estimates: frozenset[str] = frozenset()

    def at(self, place: str, source: str | None = None, locator: str | None = None) -> Scope:
        """The scope of a part of this one, with its own default source."""
        return Scope(
            f"{self.place}, {place}",
            self.values,
            self.sources,
            source or self.source,
            locator or self.locator,
            self.estimates,
        )


def build_parameters(
    rows: Mapping[str, ParameterRow], sources: Sources, path: str
) -> tuple[tuple[model.Parameter, ...], Scope]:
    """Parameters, evaluated in the order they need each other, and the scope in which amounts may use them.

    A circular definition is an error.
    """
    values: dict[str, float] = {}
    estimates: set[str] = set()
    parameters: dict[str, model.Parameter] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in parameters:
            return
        if name in trail:
            raise InputError(f"{path}: parameters are defined in a circle: {' -> '.join((*trail, name))}")
        row = rows[name]
        for needed in sorted(names_in(row.value)) if isinstance(row.value, str) else ():
            if needed in rows:
                visit(needed, (*trail, name))
        scope = Scope(f"{path}, parameter '{name}'", values, sources, row.source, row.locator, frozenset(estimates))
        parameters[name] = model.Parameter(name, _parameter_amount(row, scope))
        values[name] = parameters[name].amount.value
        if parameters[name].amount.tier == "estimate":
            estimates.add(name)

    for name in rows:
        if name in RESERVED:
            raise InputError(f"{path}, parameter '{name}': the name of a function cannot be a parameter")
        visit(name, ())
    return tuple(parameters[name] for name in rows), Scope(path, values, sources, estimates=frozenset(estimates))


def own_parameters(rows: Mapping[str, ParameterRow], scope: Scope) -> tuple[tuple[model.Parameter, ...], Scope]:
    """Parameters of one process, over those of its file (`scope`), and the scope of its amounts, which use these alone.

    So a value that a route gives in place of one reaches every amount, and nothing else moves them.
    """
    found = []
    for name, row in rows.items():
        if name in RESERVED:
            raise InputError(f"{scope.place}, parameter '{name}': the name of a function cannot be a parameter")
        found.append(model.Parameter(name, _parameter_amount(row, scope.at(f"parameter '{name}'", row.source))))
    values = {p.name: p.amount.value for p in found}
    estimates = frozenset(p.name for p in found if p.amount.tier == "estimate")
    return tuple(found), replace(scope, values=values, estimates=estimates)


def site_parameters(rows: Mapping[str, SiteRow], scope: Scope) -> tuple[model.Parameter, ...]:
    """The values a route gives a background process at its site; they may use the route's parameters."""
    return tuple(
        model.Parameter(name, _parameter_amount(row, scope.at(f"parameter '{name}'", row.source)))
        for name, row in rows.items()
    )


def _parameter_amount(row: ParameterRow | SiteRow, scope: Scope) -> model.Amount:
    try:
        if row.unit != OWN_UNIT:
            check_parameter_unit(row.unit)
    except InputError as error:
        raise InputError(f"{scope.place}: {error}") from None
    value = evaluated(row.value, scope)
    return model.Amount(
        value,
        row.unit,
        row.source,
        row.locator,
        tier_of(row.value, row.source, scope),
        row.note,
        row.value if isinstance(row.value, str) else None,
        1.0,
        _of_share(value, row, _spread(row.spread, row.low, row.high, value, 1.0, scope, isinstance(row.value, str))),
    )


def _of_share(value: float, row: ParameterRow | SiteRow, spread: model.Spread | None) -> model.Spread | None:
    """A dimensionless parameter that is bounded inside 0 to 1 is a share and stays inside: logit-normal."""
    low, high = row.low, row.high
    if spread is None or row.spread is not None or row.unit not in DIMENSIONLESS or low is None or high is None:
        return spread
    if not (0 < low < high < 1 and 0 < value < 1):
        return spread
    return replace(spread, kind="logit-normal", gsd2=None, sd=(logit(high) - logit(low)) / (2 * BOUND))


def logit(share: float) -> float:
    """ln(x / (1 - x))."""
    return math.log(share / (1 - share))


def read_amount(row: ProductRow | ExchangeRow, scope: Scope) -> model.Amount:
    """The amount of a product or exchange, in its base unit; InputError where it is negative or not finite."""
    scope = replace(
        scope,
        source=row.source or scope.source,
        locator=row.locator if row.locator is not None else ("" if row.source else scope.locator),
    )
    try:
        found = unit(row.unit)
    except InputError as error:
        raise InputError(f"{scope.place}: {error}") from None
    value = evaluated(row.amount, scope)
    if value < 0:
        raise InputError(
            f"{scope.place}: the amount is {value:g}; amounts are never negative, 'input' and 'output' say "
            "the direction"
        )
    return model.Amount(
        value * found.factor,
        found.base,
        scope.source,
        scope.locator,
        tier_of(row.amount, scope.source, scope),
        row.note,
        row.amount if isinstance(row.amount, str) else None,
        found.factor,
        _spread(row.spread, row.low, row.high, value, found.factor, scope, isinstance(row.amount, str)),
    )


def evaluated(given: float | str, scope: Scope) -> float:
    """A finite number, from a number or an expression."""
    if isinstance(given, str):
        try:
            return evaluate(given, scope.values)
        except InputError as error:
            raise InputError(f"{scope.place}: {error}") from None
    if not math.isfinite(given):
        raise InputError(f"{scope.place}: the value is {given}; a finite number is needed")
    return float(given)


def tier_of(given: float | str, source: str, scope: Scope) -> model.Tier:
    """The kind of the source. Without a source, or computed from a parameter nobody confirmed, it is an estimate."""
    if source and source not in scope.sources:
        raise InputError(f"{scope.place}: source '{source}' is not in sources.toml{nearest(source, scope.sources)}")
    if not source or (isinstance(given, str) and not scope.estimates.isdisjoint(names_in(given))):
        return "estimate"
    return scope.sources[source].kind


def contents(rows: Mapping[str, float | str], scope: Scope) -> Mapping[str, float]:
    """Element -> kg per kg; InputError where a share lies outside 0 to 1."""
    found = {element: evaluated(given, scope) for element, given in rows.items()}
    for element, share in found.items():
        if not 0 <= share <= 1:
            raise InputError(f"{scope.place}: content of {element} is {share:g} kg/kg; it lies between 0 and 1")
    return MappingProxyType(found)


def _spread(
    row: SpreadRow | None,
    low: float | None,
    high: float | None,
    value: float,
    factor: float,
    scope: Scope,
    computed: bool,
) -> model.Spread | None:
    """The distribution as given, or from bounds that hold 95 % of the values.

    A number outside its own bounds is an error; an expression (`computed`) may leave them when a parameter is changed,
    and keeps their relative width. Bounds of a positive amount make a lognormal with
    GSD² = sqrt(high / low) (so that median / GSD² and median * GSD² lie as far apart as the bounds do); a lower bound
    of zero makes a uniform distribution.
    """
    if row is not None:
        if low is not None or high is not None:
            raise InputError(f"{scope.place}: give either 'spread' or 'low' and 'high', not both")
        return _given_spread(row, factor, scope)
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise InputError(f"{scope.place}: 'low' and 'high' come together")
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InputError(f"{scope.place}: low is {low:g} and high is {high:g}; low must not be above high")
    if not computed and not low * (1 - ROUNDING) <= value <= high * (1 + ROUNDING):
        raise InputError(f"{scope.place}: the amount {value:g} lies outside its own bounds {low:g} to {high:g}")
    if low == high:
        return None
    if low > 0 or 0 < value < high / SKEWED:
        gsd2 = math.sqrt(high / low) if low > 0 else high / value
        return model.Spread("lognormal", gsd2=gsd2, low=low * factor, high=high * factor)
    return model.Spread("uniform", low=low * factor, high=high * factor)


_NEEDS = {
    "lognormal": ("gsd2",),
    "normal": ("sd",),
    "uniform": ("low", "high"),
    "triangular": ("low", "high"),
    "discrete": ("values", "weights"),
}


def _given_spread(row: SpreadRow, factor: float, scope: Scope) -> model.Spread:
    for needed in _NEEDS[row.kind]:
        if getattr(row, needed) in (None, []):
            raise InputError(f"{scope.place}: a {row.kind} spread needs {' and '.join(_NEEDS[row.kind])}")
    numbers = [x for x in (row.gsd2, row.sd, row.low, row.high, *row.values, *row.weights) if x is not None]
    if not all(map(math.isfinite, numbers)):
        raise InputError(f"{scope.place}: the spread has a number that is not finite")
    if row.low is not None and row.high is not None and row.low > row.high:
        raise InputError(f"{scope.place}: the spread's low {row.low:g} is above its high {row.high:g}")
    if len(row.values) != len(row.weights) or any(w < 0 for w in row.weights):
        raise InputError(f"{scope.place}: a discrete spread needs as many weights as values, none negative")

    def scaled(x: float | None) -> float | None:
        return None if x is None else x * factor

    return model.Spread(
        row.kind,
        row.gsd2,
        scaled(row.sd),
        scaled(row.low),
        scaled(row.high),
        tuple(x * factor for x in row.values),
        tuple(row.weights),
    )
