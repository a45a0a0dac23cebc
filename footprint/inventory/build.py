"""From a route to its LCI graph: walks from the declared product to everything it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from footprint.errors import InputError, listed, nearest
from footprint.inventory.allocation import AllocationRules, Share, joint_products, shares
from footprint.inventory.graph import INDICES_DTYPE, ElementaryFlow, Entries, Graph, Node
from footprint.library.background import Background, in_file
from footprint.library.declarations import declaration_process
from footprint.library.providers import Provider, parse_provider
from footprint.model import Exchange, Leg, Process, Product, Route, Spread, Tier
from footprint.uncertainty.distributions import UNCERTAINTY_DTYPE, uncertainty_row

Electricity = Literal["as-modelled", "production-mix", "residual"]
ELECTRICITY: tuple[Electricity, ...] = ("as-modelled", "production-mix", "residual")


def build_graph(route: Route, background: Background, rules: AllocationRules, electricity: Electricity,
                load: Callable[[str], Route]) -> Graph:
    """The LCI graph of a route.

    `load` resolves `route:ID`. Raises InputError where a provider is missing, a unit does not fit its provider, or an
    allocation lacks what its rule needs.
    """
    walk = _Walk(background, rules, electricity, load)
    demand = walk.foreground(route, "", route.declared.process, route.declared.product, f"{route.path}, declared '{route.declared.id}'")
    walk.run()
    return walk.graph(route, demand)


@dataclass
class _Column:
    """Entries while they are collected, by the keys of their row and column."""

    rows: list[object] = field(default_factory=list)
    cols: list[str] = field(default_factory=list)
    data: list[float] = field(default_factory=list)
    flip: list[bool] = field(default_factory=list)
    spread: list[tuple[float, Spread] | None] = field(default_factory=list)
    estimate: list[bool] = field(default_factory=list)

    def add(self, row: object, col: str, value: float, flip: bool, tier: Tier,
            spread: Spread | None = None, scale: float = 1.0) -> None:
        """One entry; `scale` is what the amount was multiplied by to become `value`."""
        self.rows.append(row)
        self.cols.append(col)
        self.data.append(value)
        self.flip.append(flip)
        self.spread.append((scale, spread) if spread else None)
        self.estimate.append(tier == "estimate")

    def freeze(self, row_of: Mapping[Any, int], col_of: Mapping[str, int]) -> Entries:
        indices = np.empty(len(self.rows), INDICES_DTYPE)
        indices["row"] = [row_of[row] for row in self.rows]
        indices["col"] = [col_of[col] for col in self.cols]
        distributions = np.zeros(len(self.rows), UNCERTAINTY_DTYPE)
        distributions["loc"] = self.data
        for i, spread in enumerate(self.spread):
            if spread:
                distributions[i] = uncertainty_row(self.data[i], spread[1], spread[0])
        return Entries(indices, np.array(self.data, float), np.array(self.flip, bool), distributions,
                       np.array(self.estimate, bool))


@dataclass(frozen=True, slots=True)
class _Task:
    """A node whose exchanges are still to be written."""

    node: Node
    process: Process
    product: Product
    share: float
    route: Route | None
    prefix: str


class _Walk:
    """The state of one walk: nodes found so far, tasks still to do, entries written."""

    def __init__(self, background: Background, rules: AllocationRules, electricity: Electricity,
                 load: Callable[[str], Route]) -> None:
        self.background, self.rules, self.electricity, self.load = background, rules, electricity, load
        self.nodes: dict[str, Node] = {}
        self.tasks: list[_Task] = []
        self.technosphere, self.biosphere = _Column(), _Column()
        self.shares: dict[str, tuple[Share, ...]] = {}
        self.substitutes = False
        self.routes: dict[str, Route] = {}

    def run(self) -> None:
        """Write the exchanges of each node found, until none is left."""
        while self.tasks:
            self._write(self.tasks.pop())

    def graph(self, route: Route, demand: str) -> Graph:
        """Freeze: foreground in the order it was found, background in the order of its keys."""
        fore = [n for n in self.nodes.values() if n.foreground]
        back = sorted((n for n in self.nodes.values() if not n.foreground), key=lambda n: n.key)
        nodes = (*fore, *back)
        col_of = {n.key: i for i, n in enumerate(nodes)}
        flows = sorted({row for row in self.biosphere.rows if isinstance(row, ElementaryFlow)},
                       key=lambda f: (f.name, f.compartment, f.location))
        return Graph(
            route.id, nodes, tuple(flows),
            self.technosphere.freeze(col_of, col_of),
            self.biosphere.freeze({flow: i for i, flow in enumerate(flows)}, col_of),
            len(fore), col_of[demand], route.declared.unit_kg,
            tuple(share for group in self.shares.values() for share in group), self.substitutes,
        )

    # --- finding nodes ---------------------------------------------------------------------------------------------

    def foreground(self, route: Route, prefix: str, ident: str, flow: str, place: str) -> str:
        """The node of a product of a process of `route`."""
        known = {p.id: p for p in route.processes}
        if ident not in known:
            raise InputError(f"{place}: provider '{ident}' is no process of this file{nearest(ident, known)}; it has: {listed(known, 20)}")
        return self._node(known[ident], f"{prefix}{ident}", flow, place, route, prefix)

    def _background(self, provider: Provider, flow: str, place: str) -> str:
        try:
            process = self.background.process(provider)
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
        key = provider.id if provider.kind == "electricity" else f"background:{provider.id}"
        key += f"@{provider.location}" if provider.location and provider.kind == "background" else ""
        return self._node(process, key, flow, place, None, "")

    def _node(self, process: Process, key: str, flow: str, place: str, route: Route | None, prefix: str) -> str:
        """The key of the node that makes `flow`; the node is made on first meeting."""
        products = joint_products(process)
        product = products[0] if len(products) == 1 else _chosen(products, flow, process, place)
        full = key if len(products) == 1 else f"{key}[{product.flow}]"
        if full not in self.nodes:
            node = Node(full, key, process.name, product.flow, product.amount.unit, process.location,
                        process.stage or "", route is not None, process.tier, process.not_covered, product.is_waste)
            self.nodes[full] = node
            self.tasks.append(_Task(node, process, product, self._share(process, key, product, route is not None), route, prefix))
        return full

    def _share(self, process: Process, key: str, product: Product, foreground: bool) -> float:
        """The share of a joint process that this product carries. Overriding rules are for the foreground only."""
        if len(joint_products(process)) == 1:
            return 1.0
        if key not in self.shares:
            rules = self.rules if foreground else replace(self.rules, override=None)
            self.shares[key] = tuple(replace(share, process=key) for share in shares(process, rules))
        return next(s.share for s in self.shares[key] if s.product == product.flow)

    # --- writing exchanges -----------------------------------------------------------------------------------------

    def _write(self, task: _Task) -> None:
        node, product = task.node, task.product
        self.technosphere.add(node.key, node.key, product.amount.value, product.is_waste, product.amount.tier,
                              product.amount.spread)
        for number, exchange in enumerate(task.process.exchanges, 1):
            part = self._part(exchange, task)
            if part:
                place = f"{task.route.path if task.route else 'background'}, process '{task.process.id}', exchange {number} ({exchange.flow})"
                self._exchange(task, exchange, part, place)
        for by_product in task.process.products:
            if by_product.substitution:
                self._credit(task, by_product)

    def _part(self, exchange: Exchange, task: _Task) -> float:
        """How much of an exchange this product carries."""
        if exchange.share_with is None or len(joint_products(task.process)) == 1:
            return task.share
        if self.rules.rule(task.process) != "subdivision":
            return task.share
        return 1.0 if exchange.share_with == task.product.flow else 0.0

    def _exchange(self, task: _Task, exchange: Exchange, part: float, place: str) -> None:
        amount, column = exchange.amount, task.node.key
        value = amount.value * part
        if exchange.kind in ("resource", "emission"):
            row = ElementaryFlow(exchange.flow, exchange.partner, amount.unit, task.process.location)
            self.biosphere.add(row, column, abs(value), value < 0, amount.tier, amount.spread, part)
            return
        provider = self._provider(task, exchange, place)
        if self.nodes[provider].unit != amount.unit:
            raise InputError(f"{place}: in {amount.unit}, but '{exchange.partner}' is in {self.nodes[provider].unit}")
        waste = exchange.kind == "waste"
        if waste != self.nodes[provider].is_waste:
            told = "treats no waste; use input and from" if waste else "treats a waste; use output and treatment"
            raise InputError(f"{place}: '{exchange.partner}' {told}")
        self.technosphere.add(provider, column, value, not waste, amount.tier, amount.spread, part)
        for leg in exchange.legs:
            self._leg(leg, exchange, part, column, place)

    def _leg(self, leg: Leg, exchange: Exchange, part: float, column: str, place: str) -> None:
        """Transport follows the mass shipped: kg x gross x km / 1000 = t*km."""
        key = self._background(in_file(leg.by, place), leg.by, place)
        if self.nodes[key].unit != "t*km":
            raise InputError(f"{place}: '{leg.by}' is no transport: it is in {self.nodes[key].unit}, not t*km")
        factor = exchange.gross * leg.distance / 1000 * part
        self.technosphere.add(key, column, exchange.amount.value * factor, True, leg.tier, exchange.amount.spread, factor)

    def _credit(self, task: _Task, by_product: Product) -> None:
        """A substituting co-product is an output of the product it replaces (ISO 14044 system expansion)."""
        place = f"process '{task.process.id}', co-product '{by_product.flow}'"
        key = self._background(parse_provider(by_product.substitution or ""), by_product.flow, place)
        if self.nodes[key].unit != by_product.amount.unit:
            raise InputError(f"{place}: in {by_product.amount.unit}, but '{by_product.substitution}' is in {self.nodes[key].unit}")
        self.substitutes = True
        part = task.share
        self.technosphere.add(key, task.node.key, by_product.amount.value * part, False, by_product.amount.tier,
                              by_product.amount.spread, part)

    # --- choosing suppliers ----------------------------------------------------------------------------------------

    def _provider(self, task: _Task, exchange: Exchange, place: str) -> str:
        """The node that supplies an exchange."""
        if task.route is None:
            return self._background(in_file(exchange.partner, task.process.id), exchange.flow, place)
        partner = task.route.suppliers.get(exchange.partner, exchange.partner)
        provider = self._power(parse_provider(partner), exchange, task.process, place)
        match provider.kind:
            case "process":
                return self.foreground(task.route, task.prefix, provider.id, exchange.flow, place)
            case "route":
                return self._route(provider.id, exchange.flow, place)
            case "declaration":
                process = declaration_process(task.route.path, provider.id, place)
                return self._node(process, f"declaration:{provider.id}", exchange.flow, place, None, "")
            case _:
                return self._background(provider, exchange.flow, place)

    def _power(self, provider: Provider, exchange: Exchange, process: Process, place: str) -> Provider:
        """The electricity strategy replaces grid supply only (FORMAT); a residual mix nobody holds is an error."""
        if provider.kind != "electricity":
            return provider
        if exchange.supply == "residual" or (self.electricity == "residual" and exchange.supply == "grid"):
            raise InputError(f"{place}: no residual mix is held for {provider.location}; the location mix does not stand in for it")
        if self.electricity == "production-mix" and exchange.supply in ("grid", "contract"):
            return Provider("electricity", f"electricity:{process.location[:2] if process.location != 'GLO' else 'GLO'}:{provider.voltage}",
                            process.location[:2] if process.location != "GLO" else "GLO", provider.voltage)
        return provider

    def _route(self, ident: str, flow: str, place: str) -> str:
        """The declared product of another route: its processes join the foreground with their own stages."""
        if ident not in self.routes:
            try:
                self.routes[ident] = self.load(ident)
            except InputError as error:
                raise InputError(f"{place}: {error}") from None
        route = self.routes[ident]
        return self.foreground(route, f"{ident}#", route.declared.process, route.declared.product, place)


def _chosen(products: tuple[Product, ...], flow: str, process: Process, place: str) -> Product:
    """With several products the exchange names which one it means."""
    for product in products:
        if product.flow == flow:
            return product
    made = [p.flow for p in products]
    raise InputError(f"{place}: '{process.id}' has several products and none is called '{flow}'{nearest(flow, made)}; it makes: {listed(made)}")


