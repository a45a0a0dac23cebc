"""Systems between two: each part of a product system taken from the old or from the new one.

A part is all that one cause of change is about, in every process: what it takes, burns, emits, ships, how its burden is
shared, where it stands. Processes are compared per unit of what they make, so that annual totals of two years compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

from footprint.declaration.fingerprint import declared_content, is_energy, rounded
from footprint.inventory.allocation import joint_products
from footprint.library.declarations import declaration_process
from footprint.library.providers import parse_provider
from footprint.model import Amount, Exchange, Parameter, Process, Route

Part = Literal["bill-of-materials", "energy-mix", "direct", "transport", "allocation", "site", "other"]
PARTS: tuple[Part, ...] = get_args(Part)
DECLARATION = "declaration:"
#: ending of the id of a process that has the id of an old one and makes something else
RENAMED = ".new"


@dataclass(frozen=True)
class System:
    """A route whose processes are per unit of what they make, and the lines of each process by part."""

    route: Route
    lines: Mapping[tuple[str, Part], tuple[Exchange, ...]]


@dataclass(frozen=True)
class Pair:
    """Two systems made comparable; `both` are the processes that are in each, by id."""

    old: System
    new: System
    both: tuple[str, ...]

    def differing(self) -> tuple[Part, ...]:
        """The parts in which the two are not the same, quantities to nine digits."""
        return tuple(part for part in PARTS if self._content(self.old, part) != self._content(self.new, part))

    def mixed(self, renewed: Set[str]) -> Route:
        """The system with the parts in `renewed` as the new one has them, the others as the old one.

        A process that only one of the two has is there whole: it counts where something takes from it.
        """

        def side(part: Part) -> System:
            return self.new if part in renewed else self.old

        old = self.old.route.processes
        processes = (*old, *(p for p in self.new.route.processes if p.id not in self.both))
        sites = side("site").route.sites
        named = {key: () for one in (self.old, self.new) for key in one.route.sites if "#" in key}
        return replace(
            self.old.route,
            declared=side("other").route.declared,
            processes=tuple(_mixed(p.id, side) if p.id in self.both else p for p in processes),
            sites=MappingProxyType({**named, **sites}),
        )

    def tied(self) -> str:
        """Why what is taken cannot be told apart from how it is made: a product that only one of the two makes."""
        for own, other in ((self.old, self.new), (self.new, self.old)):
            for e in (e for process in own.route.processes for e in process.exchanges if e.kind == "product"):
                if e.partner not in self.both:
                    continue
                made, elsewhere = _made(own, e.partner), _made(other, e.partner)
                if len(made) > 1 and e.flow in made - elsewhere:
                    return f"'{e.partner}' makes '{e.flow}' in one of the two only"
        return ""

    def _content(self, system: System, part: Part) -> Any:
        """What a part says, in a form that is equal where it is the same."""
        route = system.route
        own: Any = sorted(_line(ident, e) for ident in self.both for e in system.lines[ident, part])
        match part:
            case "transport":
                return own, {key: found for ident in self.both for key, found in self._shipping(system, ident).items()}
            case "allocation":
                return [_sharing(route.process(ident)) for ident in self.both]
            case "site":
                places = [route.process(ident).location for ident in self.both]
                return places, sorted(_site_value(key, p) for key, values in route.sites.items() for p in values)
            case "other":
                return own, route.declared.process, route.declared.product, route.declared.unit_kg
        return own

    def _shipping(self, system: System, ident: str) -> dict[tuple[str, str], Any]:
        """How each flow that both systems ship is shipped: legs, and gross over net mass."""
        flows = {e.flow for e in _shipped(self.old, ident)} & {e.flow for e in _shipped(self.new, ident)}
        found: dict[tuple[str, str], Any] = defaultdict(list)
        for e in (e for e in _shipped(system, ident) if e.flow in flows):
            legs = sorted((leg.by, rounded(leg.distance)) for leg in e.legs)
            found[ident, e.flow].append((legs, rounded(e.gross)))
        return {key: sorted(legs) for key, legs in found.items()}


def pair(old: Route, new: Route) -> Pair:
    """The two systems made comparable: what a process of the same id makes in both is its unit in both."""
    a, b = _plain(old), _plain(new)
    made = {p.id for p in a.processes}
    b = _renamed(b, {p.id for p in b.processes if p.id in made and not _product(a, b, p.id)})
    both = tuple(p.id for p in b.processes if p.id in made)
    units = {ident: found for ident in both if (found := _product(a, b, ident))}
    return Pair(
        _system(a, {ident: flows[0] for ident, flows in units.items()}),
        _system(b, {ident: flows[1] for ident, flows in units.items()}),
        both,
    )


def part_of(exchange: Exchange) -> Part:
    """The part a line of a process belongs to; the legs it is shipped on are of `transport`."""
    if exchange.kind in ("resource", "emission"):
        return "direct"
    if exchange.kind == "waste":
        return "other"
    if exchange.amount.unit == "t*km":
        return "transport"
    energy = is_energy(exchange.amount.unit, parse_provider(exchange.partner))
    return "energy-mix" if energy else "bill-of-materials"


# --- one process between two ---------------------------------------------------------------------------------------


def _mixed(ident: str, side: Callable[[Part], System]) -> Process:
    """A process with each part from the system that `side` says."""
    shipping = _shipped(side("transport"), ident)
    exchanges = [_ship(e, shipping) for part in PARTS for e in side(part).lines[ident, part]]
    return replace(
        side("allocation").route.process(ident),
        exchanges=tuple(exchanges),
        location=side("site").route.process(ident).location,
    )


def _ship(exchange: Exchange, shipping: tuple[Exchange, ...]) -> Exchange:
    """The exchange on the legs of the same flow in another system, of the same supplier first; else on its own."""
    alike = [e for e in shipping if e.flow == exchange.flow and e.amount.unit == exchange.amount.unit]
    found = next((e for e in alike if e.partner == exchange.partner), alike[0] if alike else exchange)
    return replace(exchange, legs=found.legs, gross=found.gross)


def _shipped(system: System, ident: str) -> tuple[Exchange, ...]:
    """The lines of a process that may have legs."""
    return tuple(e for e in system.route.process(ident).exchanges if e.kind in ("product", "waste"))


# --- making two routes comparable ----------------------------------------------------------------------------------


def _plain(route: Route) -> Route:
    """The route with suppliers as its variant names them, and suppliers' declarations as processes of its own."""
    declared: dict[str, Process] = {}

    def plain(exchange: Exchange) -> Exchange:
        partner = route.suppliers.get(exchange.partner, exchange.partner)
        if partner.startswith(DECLARATION):
            name = partner.removeprefix(DECLARATION)
            partner = f"declared-{declared_content(route.path, name)}"
            declared[partner] = replace(declaration_process(route.path, name, route.path), id=partner)
        return replace(exchange, partner=partner)

    own = tuple(replace(p, exchanges=tuple(map(plain, p.exchanges))) for p in route.processes)
    return replace(route, processes=(*own, *declared.values()), suppliers=MappingProxyType({}))


def _product(old: Route, new: Route, ident: str) -> tuple[str, str] | None:
    """The product that a process makes in both, as each calls it; None where there is none."""
    a, b = joint_products(old.process(ident)), joint_products(new.process(ident))
    if len(a) == len(b) == 1:
        alike = [(a[0], b[0])]
    else:
        alike = sorted(
            ((p, q) for p in a for q in b if p.flow == q.flow), key=lambda pq: pq[0].flow != old.declared.product
        )
    return next(
        ((p.flow, q.flow) for p, q in alike if (p.amount.unit, p.is_waste) == (q.amount.unit, q.is_waste)), None
    )


def _renamed(route: Route, idents: Set[str]) -> Route:
    """The route with other ids for some of its processes."""
    if not idents:
        return route

    def name(ident: str) -> str:
        return f"{ident}{RENAMED}" if ident in idents else ident

    processes = tuple(
        replace(p, id=name(p.id), exchanges=tuple(replace(e, partner=name(e.partner)) for e in p.exchanges))
        for p in route.processes
    )
    declared = replace(route.declared, process=name(route.declared.process))
    return replace(route, processes=processes, declared=declared)


def _system(route: Route, units: Mapping[str, str]) -> System:
    """The processes of `units` per unit of the product named there, their lines sorted by part."""
    processes = tuple(_per_unit(p, units[p.id]) if p.id in units else p for p in route.processes)
    lines: dict[tuple[str, Part], list[Exchange]] = {(p.id, part): [] for p in processes for part in PARTS}
    for p in processes:
        for e in p.exchanges:
            lines[p.id, part_of(e)].append(e)
    return System(replace(route, processes=processes), {key: tuple(found) for key, found in lines.items()})


def _per_unit(process: Process, flow: str) -> Process:
    made = next(p.amount.value for p in process.products if p.flow == flow)

    def scaled(amount: Amount) -> Amount:
        return Amount(amount.value / made, amount.unit, amount.source, amount.locator, amount.tier)

    return replace(
        process,
        products=tuple(replace(p, amount=scaled(p.amount)) for p in process.products),
        exchanges=tuple(replace(e, amount=scaled(e.amount)) for e in process.exchanges),
    )


# --- what is the same ----------------------------------------------------------------------------------------------


def _line(ident: str, e: Exchange) -> tuple[str, ...]:
    return (
        ident,
        e.kind,
        e.flow,
        e.partner,
        e.supply or "",
        e.share_with or "",
        e.amount.unit,
        str(rounded(e.amount.value)),
    )


def _made(system: System, ident: str) -> set[str]:
    return {product.flow for product in joint_products(system.route.process(ident))}


def _site_value(key: str, parameter: Parameter) -> tuple[str, str, float, str]:
    return key, parameter.name, rounded(parameter.amount.value), parameter.amount.unit


def _sharing(process: Process) -> Any:
    """What the shares of a process with several products follow from; nothing where it has one."""
    if len(process.products) == 1:
        return None
    products = [
        (p.flow, rounded(p.amount.value), p.price, p.energy, p.substitution, sorted(p.content.items()))
        for p in process.products
    ]
    return process.allocation, sorted(products, key=lambda product: product[0])
