"""Links, flows and places: partners exist and fit, sub-compartments and countries are given where they decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from footprint.checks.system import Linked, at_process, error, exchanges, note, partner, provider_product, warning
from footprint.errors import InputError, listed
from footprint.library.background import GLOBAL, Background
from footprint.library.declarations import read_declaration
from footprint.library.method import Method
from footprint.library.providers import Provider
from footprint.model import Exchange, Finding, Process, Route

#: years after which the time of a process no longer represents today's (a note; METHOD 3.5 rates it in TiR)
OLD_AFTER_YEARS = 10
CONTENT_TOLERANCE = 0.01
#: elements that are not metals or metalloids: their sub-compartment decides little
NON_METALS = frozenset({"H", "C", "N", "O", "S", "P", "F", "Cl", "Br", "I", "He", "Ne", "Ar", "Kr", "Xe"})
_SENSITIVE = (
    "particulate matter",
    "sulfur dioxide",
    "sulfur oxides",
    "sulfur trioxide",
    "nitrogen oxides",
    "nitrogen dioxide",
    "ammonia",
)


def structure(route: Route, method: Method, background: Background, linked: Linked, on: date) -> Iterator[Finding]:
    """Every rule of this file."""
    yield from providers(route, background, linked)
    yield from elementary_flows(route, method)
    yield from sub_compartments(route, method)
    yield from declared_content(route)
    yield from old_data(route, on)
    yield from global_locations(route)
    yield from electricity_country(route, background)
    yield from supplier_declarations(route, method)


def providers(route: Route, background: Background, linked: Linked) -> Iterator[Finding]:
    """Nothing is zero by omission: what is taken has a provider, in the same dimension, and a waste has a treatment."""
    for _, where, exchange in exchanges(route):
        if exchange.kind in ("product", "waste"):
            try:
                _check_provider(route, exchange, background, linked)
            except InputError as problem:
                yield error("structure.provider", where, str(problem))
        for leg in exchange.legs:
            try:
                made = background.process(Provider("background", leg.by)).products[0]
                if made.amount.unit != "t*km":
                    raise InputError(f"'{leg.by}' is no transport: it is in {made.amount.unit}, not t*km")
            except InputError as problem:
                yield error("structure.provider", where, str(problem))


def _check_provider(route: Route, exchange: Exchange, background: Background, linked: Linked) -> None:
    product = provider_product(route, exchange, background, linked)
    if product is None:
        return
    if product.is_waste != (exchange.kind == "waste"):
        told = "treats a waste; use output and treatment" if product.is_waste else "treats no waste; use input and from"
        raise InputError(f"'{exchange.partner}' {told}")
    if product.amount.unit != exchange.amount.unit:
        raise InputError(f"in {exchange.amount.unit}, but '{exchange.partner}' is in {product.amount.unit}")


def elementary_flows(route: Route, method: Method) -> Iterator[Finding]:
    """An elementary flow is known to the method, in its compartment and unit (DECISIONS 7)."""
    for _, where, exchange in exchanges(route):
        if exchange.kind not in ("resource", "emission"):
            continue
        try:
            wanted = method.flows[method.flow(exchange.flow, exchange.partner)].unit
        except InputError as problem:
            yield error("structure.flow", where, str(problem))
            continue
        if wanted != exchange.amount.unit:
            yield error(
                "structure.flow", where, f"in {exchange.amount.unit}; {method.id} counts '{exchange.flow}' in {wanted}"
            )


def element_of(exchange: Exchange, method: Method) -> str:
    """The element an elementary flow is of (copper ion: Cu), or nothing."""
    row = method.flow_index.get((exchange.flow, exchange.partner))
    return "" if row is None else method.flows[row].element


def sub_compartments(route: Route, method: Method) -> Iterator[Finding]:
    """Particles, SO2, NOx, NH3 and metals name their sub-compartment: factors differ by up to 79 (DECISIONS 1)."""
    for _, where, exchange in exchanges(route):
        if exchange.kind != "emission" or not exchange.partner.endswith("/unspecified"):
            continue
        element = element_of(exchange, method)
        air = exchange.partner.startswith("air/") and exchange.flow.startswith(_SENSITIVE)
        if air or (element and element not in NON_METALS):
            kinds = {"air": "air/urban or air/non-urban", "water": "water/surface, water/ground or water/ocean"}
            hint = kinds.get(exchange.partner.partition("/")[0], "soil/agricultural, soil/forestry or soil/industrial")
            yield warning(
                "structure.sub-compartment",
                where,
                f"'{exchange.flow}' goes to '{exchange.partner}', where its factor depends on the place; say {hint}",
            )


def declared_content(route: Route) -> Iterator[Finding]:
    """The declared content is that of the declared product; results per kg of metal rest on it (DECISIONS 11)."""
    declared = route.declared
    where = f"declared '{declared.id}'"
    if (declared.element is None) != (declared.content is None):
        yield error("structure.declared-content", where, "'element' and 'content' come together, or neither")
        return
    if declared.element is None or declared.content is None:
        return
    product = next(p for p in route.process(declared.process).products if p.flow == declared.product)
    if declared.element not in product.content:
        yield warning(
            "structure.declared-content",
            where,
            f"declares {declared.content:g} kg {declared.element} per kg, but the "
            f"product '{product.flow}' of process '{declared.process}' gives no content of {declared.element}",
        )
    elif abs(product.content[declared.element] - declared.content) > CONTENT_TOLERANCE * declared.content:
        yield error(
            "structure.declared-content",
            where,
            f"declares {declared.content:g} kg {declared.element} per kg, but the "
            f"product has {product.content[declared.element]:g}; make them the same",
        )


def old_data(route: Route, on: date) -> Iterator[Finding]:
    """Data of long ago represent another technology (time representativeness, METHOD 3.5)."""
    for process in route.processes:
        if on.year - process.year > OLD_AFTER_YEARS:
            yield note(
                "structure.old-data",
                at_process(process),
                f"describes {process.year}, more than {OLD_AFTER_YEARS} years before {on.year}",
            )
        elif process.year > on.year:
            yield warning(
                "structure.future-data", at_process(process), f"describes {process.year}, which is after {on.year}"
            )


def global_locations(route: Route) -> Iterator[Finding]:
    """A process of the operator stands somewhere: water and land use take the factors of its country."""
    for process in route.processes:
        if process.location in (GLOBAL, "LOCAL"):
            yield warning(
                "structure.global-location",
                at_process(process),
                f"location {process.location}: water and land use take the world's factors; name the country",
            )


def electricity_country(route: Route, background: Background) -> Iterator[Finding]:
    """Electricity is that of a country, the one its consumer is in, unless another country's comes by contract
    (DECISIONS 15).
    """
    for process, where, exchange in exchanges(route):
        if exchange.kind != "product":
            continue
        provider = partner(route, exchange)
        if provider.kind == "electricity":
            yield from _grid_country(process, where, provider, exchange)
        elif provider.kind == "background" and not provider.location and _is_technology(provider, background):
            yield warning(
                "structure.electricity-country",
                where,
                f"'{exchange.partner}' names no country; write "
                f"'{exchange.partner}@{process.location}', so that water and land take its factors",
            )


def _grid_country(process: Process, where: str, provider: Provider, exchange: Exchange) -> Iterator[Finding]:
    country, here = provider.location.partition("-")[0], process.location.partition("-")[0]
    if country == GLOBAL and here != GLOBAL:
        yield warning(
            "structure.electricity-country",
            where,
            f"world average electricity in {here}; write "
            f"'electricity:{here}:{provider.voltage}' where that country's mix is held",
        )
    elif country != here and exchange.supply != "contract":
        yield warning(
            "structure.electricity-elsewhere",
            where,
            f"electricity of {country} for a process in {here}, and not by contract; "
            "a variant that moves a process moves its suppliers too",
        )


def _is_technology(provider: Provider, background: Background) -> bool:
    """A way to generate electricity: its product is energy and is called electricity."""
    try:
        product = background.process(provider).products[0]
    except InputError:
        return False
    return product.amount.unit == "MJ" and product.flow.startswith("electricity")


def supplier_declarations(route: Route, method: Method) -> Iterator[Finding]:
    """A supplier's values are of the same method, in all categories, and verified (DECISIONS 12)."""
    for _, where, exchange in exchanges(route):
        if exchange.kind != "product" or (provider := partner(route, exchange)).kind != "declaration":
            continue
        try:
            _, found, _ = read_declaration(route.path, provider.id)
        except InputError as problem:
            yield error("structure.declaration", where, str(problem))
            continue
        if found.method != method.id:
            yield error("structure.declaration", where, f"'{provider.id}' is of {found.method}, this is {method.id}")
        if missing := [code for code in method.codes if code not in found.results]:
            told = f"'{provider.id}' declares nothing for {listed(missing, 16)}: not covered, which is not zero"
            yield warning("structure.declaration-categories", where, told)
        if not found.verification:
            yield warning("structure.declaration-verification", where, f"'{provider.id}' does not say who verified it")
