"""What rules ask of a route: which processes the declared product needs, who supplies an exchange, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from footprint.errors import InputError, listed, nearest
from footprint.library.background import Background
from footprint.library.providers import Provider, parse_provider
from footprint.model import Amount, Exchange, Finding, Process, Product, Route


@dataclass(frozen=True)
class Linked:
    """Routes named by `route:ID`, loaded once; one that cannot be loaded is left out here and found by `providers`."""

    load: Callable[[str], Route]
    loaded: dict[str, Route | None] = field(default_factory=dict)

    def route(self, ident: str) -> Route | None:
        """The route of that id, or None."""
        if ident not in self.loaded:
            try:
                self.loaded[ident] = self.load(ident)
            except InputError:
                self.loaded[ident] = None
        return self.loaded[ident]


def error(rule: str, where: str, message: str) -> Finding:
    """A finding without whose mending the route is not fit for a declaration."""
    return Finding(rule, "error", where, message)


def warning(rule: str, where: str, message: str) -> Finding:
    """A finding that a reviewer will ask about."""
    return Finding(rule, "warning", where, message)


def note(rule: str, where: str, message: str) -> Finding:
    """A finding that is said with the result."""
    return Finding(rule, "note", where, message)


def at_process(process: Process) -> str:
    """`process 'mining'`, as the loader says it."""
    return f"process '{process.id}'"


def at_exchange(process: Process, number: int, exchange: Exchange) -> str:
    """`process 'mining', exchange 2 (diesel)`, counted from 1."""
    return f"{at_process(process)}, exchange {number} ({exchange.flow})"


def numbered(process: Process) -> Iterator[tuple[int, Exchange]]:
    """Exchanges of a process, counted from 1."""
    return enumerate(process.exchanges, 1)


def exchanges(route: Route) -> Iterator[tuple[Process, str, Exchange]]:
    """(process, place, exchange) for every line of a route."""
    for process in route.processes:
        for number, exchange in numbered(process):
            yield process, at_exchange(process, number, exchange), exchange


def amounts(route: Route) -> Iterator[tuple[str, str, Amount]]:
    """(group, place, amount) of every figure of a route: parameters, products and exchanges.

    The first product of a process at an amount of one only says what the other figures are for: it is left out.
    """
    for parameter in route.parameters:
        yield "parameters", f"parameter '{parameter.name}'", parameter.amount
    for key, values in route.sites.items():
        for value in values:
            yield f"site '{key}'", f"site '{key}', {value.name}", value.amount
    for process in route.processes:
        for number, product in enumerate(process.products, 1):
            if number > 1 or product.amount.value != product.amount.scale:
                yield at_process(process), f"{at_process(process)}, product {number} ({product.flow})", product.amount
        for number, exchange in numbered(process):
            yield at_process(process), at_exchange(process, number, exchange), exchange.amount


def partner(route: Route, exchange: Exchange) -> Provider:
    """The provider of a product or the treatment of a waste, after the variant's change of suppliers."""
    return parse_provider(route.suppliers.get(exchange.partner, exchange.partner))


def makers(route: Route, exchange: Exchange, linked: Linked) -> tuple[Product, ...]:
    """Products the exchange may mean, where they stand in this file or in a linked route; else nothing."""
    if exchange.kind not in ("product", "waste"):
        return ()
    provider = partner(route, exchange)
    if provider.kind == "process":
        made = route.by_id.get(provider.id)
        return made.products if made else ()
    other = linked.route(provider.id) if provider.kind == "route" else None
    if other is None:
        return ()
    return tuple(p for p in other.process(other.declared.process).products if p.flow == other.declared.product)


def made_by(route: Route, exchange: Exchange, linked: Linked) -> Product | None:
    """The product of this file or of a linked route that the exchange takes, where that is known."""
    found = makers(route, exchange, linked)
    return found[0] if len(found) == 1 else next((p for p in found if p.flow == exchange.flow), None)


def provider_product(route: Route, exchange: Exchange, background: Background, linked: Linked) -> Product | None:
    """The product an exchange takes, or the waste its treatment takes; None for a supplier's declaration.

    Raises InputError where there is no such provider.
    """
    provider = partner(route, exchange)
    if provider.kind == "declaration":
        return None
    if provider.kind == "process":
        products = _own(route, provider.id)
    elif provider.kind == "route":
        if linked.route(provider.id) is None:
            linked.load(provider.id)
        products = makers(route, exchange, linked)
    else:
        if provider.kind == "electricity":
            background.process(replace(provider, id=f"electricity:{provider.location}:HV", voltage="HV"))
        products = background.process(provider).products
    return _chosen(products, exchange)


def _own(route: Route, ident: str) -> tuple[Product, ...]:
    known = route.by_id
    if ident not in known:
        raise InputError(f"'{ident}' is no process of this file{nearest(ident, known)}; it has: {listed(known, 20)}")
    return known[ident].products


def _chosen(products: tuple[Product, ...], exchange: Exchange) -> Product:
    joint = [p for p in products if p.substitution is None]
    if len(joint) == 1:
        return joint[0]
    for product in joint:
        if product.flow == exchange.flow:
            return product
    made = [p.flow for p in joint]
    raise InputError(
        f"'{exchange.partner}' has several products and none is called '{exchange.flow}'"
        f"{nearest(exchange.flow, made)}; it makes: {listed(made)}"
    )


def needed(route: Route, linked: Linked) -> Mapping[str, Process]:
    """The processes the declared product needs, by id; those of linked routes as `ROUTE#process`."""
    found: dict[str, Process] = {}
    todo = [(route, "", route.declared.process)]
    while todo:
        where, prefix, ident = todo.pop()
        process = where.by_id.get(ident)
        if process is None or f"{prefix}{ident}" in found:
            continue
        found[f"{prefix}{ident}"] = process
        for exchange in process.exchanges:
            if exchange.kind in ("product", "waste"):
                todo += _next(where, prefix, exchange, linked)
    return found


def _next(route: Route, prefix: str, exchange: Exchange, linked: Linked) -> list[tuple[Route, str, str]]:
    provider = partner(route, exchange)
    if provider.kind == "process":
        return [(route, prefix, provider.id)]
    other = linked.route(provider.id) if provider.kind == "route" else None
    return [(other, f"{provider.id}#", other.declared.process)] if other else []
