"""Unit processes: products, exchanges, and which way each goes."""

from __future__ import annotations

import math
from collections.abc import Iterable

from footprint import model
from footprint.errors import InputError, listed, nearest
from footprint.library.amounts import Scope, contents, own_parameters, read_amount, tier_of
from footprint.library.files import BackgroundProcessRow, ExchangeRow, LegRow, ProcessRow, ProductRow
from footprint.library.providers import RESOURCE_COMPARTMENTS, check_emission_compartment, parse_provider


def build_process(row: ProcessRow, scope: Scope, group: str = "") -> model.Process:
    """One unit process."""
    scope = scope.at(f"process '{row.id}'", row.source, row.locator)
    if bool(row.product) == bool(row.waste):
        raise InputError(
            f"{scope.place}: give either 'product' (what it makes) or 'waste' (what it takes), one of the two"
        )
    own: tuple[model.Parameter, ...] = ()
    if isinstance(row, BackgroundProcessRow) and row.parameter:
        own, scope = own_parameters(row.parameter, scope)
    products = [_product(p, scope.at(f"product {i}")) for i, p in enumerate(row.product, 1)]
    if row.waste:
        products = [_product(row.waste, scope.at("waste"), is_waste=True)]
    unique("product", [p.flow for p in products], scope)
    if own and (len(products) > 1 or any(p.amount.expression for p in products)):
        raise InputError(f"{scope.place}: a process with parameters of its own has one product, of a fixed amount")
    q = row.quality
    quality = model.DataQuality(q.TeR, q.GeR, q.TiR, q.P) if q else None
    return model.Process(
        id=row.id,
        name=row.name,
        location=row.location,
        year=row.year,
        products=tuple(products),
        exchanges=tuple(
            _exchange(e, scope.at(f"exchange {i} ({e.input or e.output or 'neither input nor output'})"), products)
            for i, e in enumerate(row.exchange, 1)
        ),
        stage=row.stage,
        annex_v=tuple(row.annex_v),
        operator_control=row.operator_control,
        host=row.host,
        allocation=row.allocation,
        quality=quality,
        note=row.note,
        tier=row.tier or "",
        not_covered=tuple(row.not_covered),
        group=group,
        parameters=own,
        settled_by=row.settled_by if isinstance(row, BackgroundProcessRow) else "",
    )


def _product(row: ProductRow, scope: Scope, is_waste: bool = False) -> model.Product:
    amount = read_amount(row, scope)
    if amount.value <= 0:
        raise InputError(f"{scope.place}: the amount of '{row.flow}' is {amount.value:g}; it must be above zero")
    if row.substitution is not None and not row.substitution.startswith("background:"):
        raise InputError(
            f"{scope.place}: substitution '{row.substitution}' must name a background process, as in "
            "'background:sulfuric-acid'"
        )
    return model.Product(
        row.flow, amount, contents(row.content, scope), row.price, row.energy, row.substitution, is_waste
    )


def _exchange(row: ExchangeRow, scope: Scope, products: list[model.Product]) -> model.Exchange:
    kind, flow, partner = _direction(row, scope)
    if row.supply is not None and not (kind == "product" and _is_power(flow, partner)):
        raise InputError(f"{scope.place}: 'supply' belongs to electricity only")
    if row.legs and kind not in ("product", "waste"):
        raise InputError(f"{scope.place}: 'legs' belong to what is bought or sent away, not to an elementary flow")
    amount = read_amount(row, scope)
    if row.legs and amount.unit != "kg":
        raise InputError(f"{scope.place}: transport legs need an amount in mass, not in {amount.unit}")
    if row.for_ is not None and row.for_ not in (flows := [p.flow for p in products]):
        raise InputError(f"{scope.place}: for = '{row.for_}' is no product of this process{nearest(row.for_, flows)}")
    supply = row.supply or ("grid" if partner.startswith("electricity:") else None)
    return model.Exchange(
        kind,
        flow,
        partner,
        amount,
        supply,
        tuple(_leg(leg, amount, scope) for leg in row.legs),
        row.gross,
        contents(row.content, scope),
        tuple(row.annex_v),
        row.for_,
    )


def _leg(row: LegRow, shipped: model.Amount, scope: Scope) -> model.Leg:
    """A leg cites its own source for the distance, or that of the amount shipped."""
    if not math.isfinite(row.distance):
        raise InputError(f"{scope.place}: the distance by '{row.by}' is {row.distance}; a finite number is needed")
    if not row.source:
        return model.Leg(row.by, row.distance, row.own, shipped.source, row.locator or shipped.locator, shipped.tier)
    return model.Leg(row.by, row.distance, row.own, row.source, row.locator, tier_of(row.distance, row.source, scope))


def _is_power(flow: str, partner: str) -> bool:
    return partner.startswith(("electricity:", "background:electricity-")) or flow.startswith("electricity")


def _direction(row: ExchangeRow, scope: Scope) -> tuple[model.FlowKind, str, str]:
    """Which way a line goes, from the keys it has: input+from, output+to, output+treatment."""
    given = {
        key
        for key, value in (
            ("input", row.input),
            ("output", row.output),
            ("from", row.from_),
            ("to", row.to),
            ("treatment", row.treatment),
        )
        if value is not None
    }
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


def unique(what: str, names: Iterable[str], scope: Scope) -> None:
    """InputError where a name is given twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"{scope.place}: {what} '{name}' is given twice")
        seen.add(name)
