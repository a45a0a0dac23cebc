"""What a product is made of and what energy makes it, each as one hash: a change of either needs a new calculation.

"A change in the bill of materials or energy mix used to produce a critical raw material type requires a new calculation
of the environmental footprint" (Annex V, as proposed in COM(2023) 160). Both are lists of what each process that the
declared product needs takes, per unit of what it makes. Annual totals times k are the same lists; so are tonnes for
kilograms, another order, one input in two lines, and other names, notes, sources or emissions of processes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from footprint.errors import InputError
from footprint.inventory.allocation import joint_products
from footprint.library.background import load_background
from footprint.library.declarations import read_declaration
from footprint.library.providers import Provider, parse_provider
from footprint.library.routes import load_route
from footprint.library.studies import Study, load_study
from footprint.model import Exchange, Process, Product, Route

#: quantities are compared in this many significant digits: the rounding of a sum or a unit never shows, a change does
DIGITS = 9
#: the group of background processes whose products are burned; what is measured in MJ is energy anyway
FUELS = "fuels"
#: products of refineries and coke ovens that are materials
NOT_BURNED = frozenset({"bitumen", "coal-tar-pitch", "naphtha", "sulfur-refinery"})


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """SHA-256 of the bill of materials and of the energy mix, in hexadecimal digits."""

    bill_of_materials: str
    energy_mix: str


@dataclass(frozen=True, slots=True)
class Made:
    """A product of a foreground process that the declared product needs; `prefix` is of the route it is from."""

    route: Route
    prefix: str
    process: Process
    product: Product

    @property
    def key(self) -> str:
        """The name of the product's process in the whole system, with the product where it has several."""
        flow = f"[{self.product.flow}]" if len(joint_products(self.process)) > 1 else ""
        return f"{self.prefix}{self.process.id}{flow}"


#: what is taken: flow of a resource or of one of several products, supplier, kind of supply (of electricity) and base
#: unit -> quantity
Quantities = Mapping[tuple[str, str, str, str], float]


def fingerprint(study: str | Path | Study) -> Fingerprint:
    """SHA-256 over the canonical JSON of two lists: (process and product, what it takes, from whom, quantity).

    The energy mix is every input measured in MJ (electricity with supplier, country, voltage and kind of supply; heat)
    and every fuel (background group `fuels`). The bill of materials is every other input: raw materials, what the own
    processes hand on, auxiliaries, resources; not land, transport and wastes (a waste that an own process treats is
    handed on). What an input is called does not count: its supplier and unit do. A quantity is per unit of the product
    made, in its base unit, rounded to 9 significant digits. Routes taken from (`route:ID`) are followed; a supplier's
    declaration stands with what it declares.

    Raises InputError where the study cannot be read, or takes what no process makes.
    """
    route = (study if isinstance(study, Study) else load_study(study)).route
    made = needed(route)
    return Fingerprint(_sha256(made, energy=False), _sha256(made, energy=True))


def needed(route: Route) -> list[Made]:
    """The products of foreground processes, those of other routes included, that the declared product needs."""
    found: dict[str, Made] = {}
    pending = [_made(route, "", route.declared.process, route.declared.product)]
    while pending:
        made = pending.pop()
        if made.key not in found:
            found[made.key] = made
            pending += [supplier for e in made.process.exchanges if (supplier := _supplier(made, e))]
    return list(found.values())


def is_energy(unit: str, provider: Provider) -> bool:
    """Whether an input is of the energy mix: measured in MJ, or a fuel of the background."""
    return unit == "MJ" or (provider.kind == "background" and provider.id in _fuels())


@cache
def _fuels() -> frozenset[str]:
    known = load_background().generic.values()
    return frozenset(process.id for process in known if process.group == FUELS) - NOT_BURNED


def _tells_apart(provider: Provider) -> bool:
    """Whether the text of a flow says which product is taken: only of a background process with several."""
    return provider.kind == "background" and provider.id in _joint()


@cache
def _joint() -> frozenset[str]:
    known = load_background().generic.values()
    return frozenset(process.id for process in known if len(joint_products(process)) > 1)


def declared_content(route_path: str, name: str) -> str:
    """SHA-256 of what a supplier's declaration says, whatever its file is called and however it is laid out."""
    _, declared, _ = read_declaration(route_path, name)
    return hashlib.sha256(msgspec.json.encode(declared, order="sorted")).hexdigest()


def rounded(quantity: float) -> float:
    """A quantity to the digits that count."""
    return float(f"{quantity:.{DIGITS - 1}e}")


def _supplier(made: Made, exchange: Exchange) -> Made | None:
    """The foreground product an exchange takes, or the foreground process that treats its waste."""
    if exchange.kind not in ("product", "waste"):
        return None
    provider = _provider(made.route, exchange)
    if provider.kind == "process":
        return _made(made.route, made.prefix, provider.id, exchange.flow)
    if provider.kind == "route":
        route = load_route(provider.id)
        return _made(route, f"{provider.id}#", route.declared.process, route.declared.product)
    return None


def _made(route: Route, prefix: str, ident: str, flow: str) -> Made:
    process = route.by_id.get(ident)
    if process is None:
        raise InputError(f"{route.path}: '{ident}' is no process of this file")
    products = joint_products(process)
    chosen = products if len(products) == 1 else [p for p in products if p.flow == flow]
    if not chosen:
        raise InputError(f"{route.path}: '{ident}' has no product '{flow}'")
    return Made(route, prefix, process, chosen[0])


def _provider(route: Route, exchange: Exchange) -> Provider:
    return parse_provider(route.suppliers.get(exchange.partner, exchange.partner))


def _sha256(made: list[Made], *, energy: bool) -> str:
    rows: list[list[Any]] = sorted(
        [one.key, *what, rounded(quantity)] for one in made for what, quantity in _taken(one, energy).items()
    )
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _taken(made: Made, energy: bool) -> Quantities:
    """What a process takes of materials, or of energy, per unit of the product."""
    parts: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for exchange, source in _inputs(made):
        unit = exchange.amount.unit
        provider = Provider("process", "") if exchange.kind == "resource" else _provider(made.route, exchange)
        if exchange.amount.value and is_energy(unit, provider) == energy:
            flow = exchange.flow if exchange.kind == "resource" or _tells_apart(provider) else ""
            parts[flow, source, exchange.supply or "", unit].append(exchange.amount.value)
    return {what: math.fsum(values) / made.product.amount.value for what, values in parts.items()}


def _inputs(made: Made) -> Iterator[tuple[Exchange, str]]:
    """Each exchange of the two lists, with its supplier; wastes only where an own process treats them."""
    for exchange in made.process.exchanges:
        if exchange.kind == "resource" and exchange.partner != "land":
            yield exchange, exchange.partner
        elif supplier := _supplier(made, exchange):
            yield exchange, supplier.key
        elif exchange.kind == "product" and exchange.amount.unit != "t*km":
            yield exchange, _named(made.route, exchange)


def _named(route: Route, exchange: Exchange) -> str:
    """The supplier as the file names it; a supplier's declaration by what it declares, its operator included."""
    provider = _provider(route, exchange)
    if provider.kind == "declaration":
        return f"declared {declared_content(route.path, provider.id)}"
    return route.suppliers.get(exchange.partner, exchange.partner)
