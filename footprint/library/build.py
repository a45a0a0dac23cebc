"""From the rows of a file to the frozen model: variants and overrides applied, expressions evaluated, units converted.

One direction only: `build_route` and `build_processes` take rows and return values; they read no file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import msgspec

from footprint import model
from footprint.errors import InputError, listed, nearest
from footprint.library.expressions import RESERVED, evaluate, names_in
from footprint.library.files import (
    DeclaredRow,
    ExchangeRow,
    LegRow,
    ParameterRow,
    ProcessRow,
    ProductRow,
    RouteFile,
    SpreadRow,
    VariantRow,
)
from footprint.library.providers import RESOURCE_COMPARTMENTS, check_emission_compartment, parse_provider
from footprint.units import check_parameter_unit, unit

Sources = Mapping[str, model.Source]
#: note of a parameter whose value a variant or a caller chose: it is no estimate of anything, and has no bounds
CHOSEN = "chosen by the variant or the caller"
#: how far a rounded amount may lie outside bounds that are rounded too, relative
ROUNDING = 1e-3


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
        return Scope(f"{self.place}, {place}", self.values, self.sources, source or self.source,
                     locator or self.locator, self.estimates)


def build_route(file: RouteFile, declared: DeclaredRow, sources: Sources, path: str, sha256: str = "",
                variant: str | None = None, overrides: Mapping[str, float] | None = None) -> model.Route:
    """The product system of `file` with one declared product.

    Raises InputError for unknown variants, parameters, sources, units, suppliers or compartments.
    """
    change = _variant(file, variant, path)
    own = {key: model.Source(key, r.title, r.author, r.year, r.kind, r.licence, r.url, r.basis)
           for key, r in file.source.items()}
    sources = {**sources, **own}
    rows = _parameter_rows(file.parameter, change, overrides or {}, path)
    parameters, scope = build_parameters(rows, sources, path)
    processes = tuple(build_process(_relocated(row, change), scope) for row in file.process)
    _check_processes(processes, declared, file, path)
    return model.Route(
        id=declared.id + (f"@{variant}" if variant else ""),
        declared=_declared(declared, file, change),
        system=file.system,
        processes=processes,
        parameters=parameters,
        boundary=tuple(
            model.Boundary(item, b.status, b.reason, b.mass, b.energy, b.score, b.source)
            for item, b in file.boundary.items()
        ),
        notes=file.notes,
        share_pre_consumer=file.share_pre_consumer,
        share_post_consumer=file.share_post_consumer,
        suppliers=MappingProxyType(dict(change.supplier)),
        path=path,
        sha256=sha256,
    )


def _variant(file: RouteFile, variant: str | None, path: str) -> VariantRow:
    if variant is None:
        return VariantRow()
    if variant not in file.variant:
        raise InputError(
            f"{path}: variant '{variant}' is not known{nearest(variant, file.variant)}; "
            f"it has: {listed(file.variant) or 'none'}"
        )
    return file.variant[variant]


def _declared(row: DeclaredRow, file: RouteFile, change: VariantRow) -> model.Declared:
    name = (row.name or file.name) + (f", {change.name}" if change.name else "")
    return model.Declared(row.id, row.material or file.material, name, row.product, row.process, row.form, row.grade,
                          row.element, row.content, row.declared_unit_kg)


def _parameter_rows(rows: Mapping[str, ParameterRow], change: VariantRow, overrides: Mapping[str, float],
                    path: str) -> dict[str, ParameterRow]:
    """Parameters with the variant's values, then the caller's."""
    changed = dict(rows)
    for name, override in change.parameter.items():
        old = _known_parameter(name, rows, path)
        given = {k: v for k in override.__struct_fields__ if (v := getattr(override, k)) is not None}
        if "low" not in given and "high" not in given:
            given |= {"low": None, "high": None, "note": CHOSEN}
        changed[name] = msgspec.structs.replace(old, **given)
    for name, value in overrides.items():
        old = _known_parameter(name, rows, path)
        changed[name] = msgspec.structs.replace(old, value=value, low=None, high=None, spread=None, note=CHOSEN)
    return changed


def _known_parameter(name: str, rows: Mapping[str, ParameterRow], path: str) -> ParameterRow:
    if name not in rows:
        raise InputError(f"{path}: parameter '{name}' is not known{nearest(name, rows)}; it has: {listed(rows) or 'none'}")
    return rows[name]


def _relocated(row: ProcessRow, change: VariantRow) -> ProcessRow:
    override = change.process.get(row.id)
    return row if override is None else msgspec.structs.replace(row, location=override.location)


def build_parameters(rows: Mapping[str, ParameterRow], sources: Sources,
                     path: str) -> tuple[tuple[model.Parameter, ...], Scope]:
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


def _parameter_amount(row: ParameterRow, scope: Scope) -> model.Amount:
    try:
        check_parameter_unit(row.unit)
    except InputError as error:
        raise InputError(f"{scope.place}: {error}") from None
    value = _number(row.value, scope)
    return model.Amount(value, row.unit, row.source, row.locator, _tier(row.value, row.source, scope), row.note,
                        row.value if isinstance(row.value, str) else None, 1.0,
                        _spread(row.spread, row.low, row.high, value, 1.0, scope, isinstance(row.value, str)))


def build_process(row: ProcessRow, scope: Scope, group: str = "") -> model.Process:
    """One unit process."""
    scope = scope.at(f"process '{row.id}'", row.source, row.locator)
    if bool(row.product) == bool(row.waste):
        raise InputError(f"{scope.place}: give either 'product' (what it makes) or 'waste' (what it takes), one of the two")
    products = [_product(p, scope.at(f"product {i}")) for i, p in enumerate(row.product, 1)]
    if row.waste:
        products = [_product(row.waste, scope.at("waste"), is_waste=True)]
    _unique("product", [p.flow for p in products], scope)
    q = row.quality
    quality = model.DataQuality(q.TeR, q.GeR, q.TiR, q.P) if q else None
    return model.Process(
        id=row.id, name=row.name, location=row.location, year=row.year, products=tuple(products),
        exchanges=tuple(_exchange(e, scope.at(f"exchange {i} ({e.input or e.output or 'neither input nor output'})"), products)
                        for i, e in enumerate(row.exchange, 1)),
        stage=row.stage, annex_v=tuple(row.annex_v), operator_control=row.operator_control, allocation=row.allocation,
        quality=quality, note=row.note, tier=row.tier or "", not_covered=tuple(row.not_covered), group=group,
    )


def _product(row: ProductRow, scope: Scope, is_waste: bool = False) -> model.Product:
    amount = _amount(row, scope)
    if amount.value <= 0:
        raise InputError(f"{scope.place}: the amount of '{row.flow}' is {amount.value:g}; it must be above zero")
    if row.substitution is not None and not row.substitution.startswith("background:"):
        raise InputError(f"{scope.place}: substitution '{row.substitution}' must name a background process, as in 'background:sulfuric-acid'")
    return model.Product(row.flow, amount, _content(row.content, scope), row.price, row.energy, row.substitution, is_waste)


def _exchange(row: ExchangeRow, scope: Scope, products: list[model.Product]) -> model.Exchange:
    kind, flow, partner = _direction(row, scope)
    if row.supply is not None and not (kind == "product" and _is_power(flow, partner)):
        raise InputError(f"{scope.place}: 'supply' belongs to electricity only")
    if row.legs and kind not in ("product", "waste"):
        raise InputError(f"{scope.place}: 'legs' belong to what is bought or sent away, not to an elementary flow")
    amount = _amount(row, scope)
    if row.legs and amount.unit != "kg":
        raise InputError(f"{scope.place}: transport legs need an amount in mass, not in {amount.unit}")
    if row.for_ is not None and row.for_ not in (flows := [p.flow for p in products]):
        raise InputError(f"{scope.place}: for = '{row.for_}' is no product of this process{nearest(row.for_, flows)}")
    supply = row.supply or ("grid" if partner.startswith("electricity:") else None)
    return model.Exchange(
        kind, flow, partner, amount, supply,
        tuple(_leg(leg, amount, scope) for leg in row.legs), row.gross,
        _content(row.content, scope), tuple(row.annex_v), row.for_,
    )


def _leg(row: LegRow, shipped: model.Amount, scope: Scope) -> model.Leg:
    """A leg cites its own source for the distance, or that of the amount shipped."""
    if not math.isfinite(row.distance):
        raise InputError(f"{scope.place}: the distance by '{row.by}' is {row.distance}; a finite number is needed")
    if not row.source:
        return model.Leg(row.by, row.distance, row.own, shipped.source, row.locator or shipped.locator, shipped.tier)
    return model.Leg(row.by, row.distance, row.own, row.source, row.locator, _tier(row.distance, row.source, scope))


def _is_power(flow: str, partner: str) -> bool:
    return partner.startswith(("electricity:", "background:electricity-")) or flow.startswith("electricity")


def _direction(row: ExchangeRow, scope: Scope) -> tuple[model.FlowKind, str, str]:
    """Which way a line goes, from the keys it has: input+from, output+to, output+treatment."""
    given = {key for key, value in (("input", row.input), ("output", row.output), ("from", row.from_), ("to", row.to),
                                    ("treatment", row.treatment)) if value is not None}
    try:
        if given == {"input", "from"} and row.input and row.from_:
            if row.from_ in RESOURCE_COMPARTMENTS:
                return "resource", row.input, row.from_
            parse_provider(row.from_)
            return "product", row.input, row.from_
        if given == {"output", "to"} and row.output and row.to:
            check_emission_compartment(row.to)
            return "emission", row.output, row.to
        if given == {"output", "treatment"} and row.output and row.treatment:
            parse_provider(row.treatment)
            return "waste", row.output, row.treatment
    except InputError as error:
        raise InputError(f"{scope.place}: {error}") from None
    raise InputError(
        f"{scope.place}: has the keys {listed(sorted(given)) or 'none'}; "
        "allowed: input with from, output with to, or output with treatment"
    )


def _amount(row: ProductRow | ExchangeRow, scope: Scope) -> model.Amount:
    scope = replace(scope, source=row.source or scope.source,
                    locator=row.locator if row.locator is not None else ("" if row.source else scope.locator))
    try:
        found = unit(row.unit)
    except InputError as error:
        raise InputError(f"{scope.place}: {error}") from None
    value = _number(row.amount, scope)
    if value < 0:
        raise InputError(f"{scope.place}: the amount is {value:g}; amounts are never negative, 'input' and 'output' say the direction")
    return model.Amount(value * found.factor, found.base, scope.source, scope.locator, _tier(row.amount, scope.source, scope),
                        row.note, row.amount if isinstance(row.amount, str) else None, found.factor,
                        _spread(row.spread, row.low, row.high, value, found.factor, scope, isinstance(row.amount, str)))


def _number(given: float | str, scope: Scope) -> float:
    """A finite number, from a number or an expression."""
    if isinstance(given, str):
        try:
            return evaluate(given, scope.values)
        except InputError as error:
            raise InputError(f"{scope.place}: {error}") from None
    if not math.isfinite(given):
        raise InputError(f"{scope.place}: the value is {given}; a finite number is needed")
    return float(given)


def _tier(given: float | str, source: str, scope: Scope) -> model.Tier:
    """The kind of the source. Without a source, or computed from a parameter nobody confirmed, it is an estimate."""
    if source and source not in scope.sources:
        raise InputError(f"{scope.place}: source '{source}' is not in sources.toml{nearest(source, scope.sources)}")
    if not source or (isinstance(given, str) and not scope.estimates.isdisjoint(names_in(given))):
        return "estimate"
    return scope.sources[source].kind


def _content(rows: Mapping[str, float | str], scope: Scope) -> Mapping[str, float]:
    contents = {element: _number(given, scope) for element, given in rows.items()}
    for element, share in contents.items():
        if not 0 <= share <= 1:
            raise InputError(f"{scope.place}: content of {element} is {share:g} kg/kg; it lies between 0 and 1")
    return MappingProxyType(contents)


def _spread(row: SpreadRow | None, low: float | None, high: float | None, value: float, factor: float,
            scope: Scope, computed: bool) -> model.Spread | None:
    """The distribution as given, or from bounds that hold 95 % of the values.

    A number outside its own bounds is an error; an expression (`computed`) may leave them when a parameter is changed,
    and keeps their relative width. Bounds of a positive amount make a lognormal with GSD² = sqrt(high / low) (so that median / GSD² and median * GSD²
    lie as far apart as the bounds do); a lower bound of zero makes a uniform distribution.
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
    if low > 0:
        return model.Spread("lognormal", gsd2=math.sqrt(high / low), low=low * factor, high=high * factor)
    return model.Spread("uniform", low=low * factor, high=high * factor)


_NEEDS = {"lognormal": ("gsd2",), "normal": ("sd",), "uniform": ("low", "high"), "triangular": ("low", "high"),
          "discrete": ("values", "weights")}


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

    return model.Spread(row.kind, row.gsd2, scaled(row.sd), scaled(row.low), scaled(row.high),
                        tuple(x * factor for x in row.values), tuple(row.weights))


def _unique(what: str, names: Iterable[str], scope: Scope) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"{scope.place}: {what} '{name}' is given twice")
        seen.add(name)


def _check_processes(processes: tuple[model.Process, ...], declared: DeclaredRow, file: RouteFile, path: str) -> None:
    """Ids are unique, the declared product exists and is a mass, a foreground process has a stage."""
    scope = Scope(path, {}, {})
    _unique("process", [p.id for p in processes], scope)
    _unique("declared", [d.id for d in file.declared], scope)
    for process in processes:
        if process.stage is None:
            raise InputError(f"{path}, process '{process.id}': 'stage' is missing; allowed: {listed(model.STAGES)}")
    by_id = {p.id: p for p in processes}
    place = f"{path}, declared '{declared.id}'"
    if declared.process not in by_id:
        raise InputError(f"{place}: process '{declared.process}' is not in this file{nearest(declared.process, by_id)}")
    made = {p.flow: p for p in by_id[declared.process].products}
    if declared.product not in made:
        raise InputError(f"{place}: '{declared.product}' is no product of '{declared.process}'{nearest(declared.product, made)}; it makes: {listed(made)}")
    if made[declared.product].amount.unit != "kg":
        raise InputError(f"{place}: the declared product is in {made[declared.product].amount.unit}; Annex V declares in kg")
    for variant, change in file.variant.items():
        for name in change.process:
            if name not in by_id:
                raise InputError(f"{path}, variant '{variant}': process '{name}' is not in this file{nearest(name, by_id)}")
    if file.system == "mixed" and (file.share_pre_consumer is None or file.share_post_consumer is None):
        raise InputError(f"{path}: system 'mixed' needs share_pre_consumer and share_post_consumer")
