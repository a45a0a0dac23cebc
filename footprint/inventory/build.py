"""From a route to its LCI graph: walks from the declared product to everything it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from footprint.errors import InputError, listed, nearest
from footprint.inventory.allocation import AllocationRules, Share, joint_products, shares
from footprint.inventory.columns import (
    BlockWriter,
    Column,
    FlowRegistry,
    Task,
    join_biosphere,
    join_technosphere,
)
from footprint.inventory.graph import ElementaryFlow, Graph, Node, Switch
from footprint.library.background import Background, in_file
from footprint.library.build import CHOSEN
from footprint.library.declarations import declaration_process
from footprint.library.providers import Provider, parse_provider
from footprint.library.sites import check_sites, site_values
from footprint.model import Exchange, Leg, Process, Product, Route

Electricity = Literal["as-modelled", "production-mix", "residual"]
ELECTRICITY: tuple[Electricity, ...] = ("as-modelled", "production-mix", "residual")
#: strategies that can be calculated: no residual mix is held
HELD: tuple[Electricity, ...] = ("as-modelled", "production-mix")


def build_graph(
    route: Route, background: Background, rules: AllocationRules, electricity: Electricity, load: Callable[[str], Route]
) -> Graph:
    """The LCI graph of a route.

    `load` resolves `route:ID`. Raises InputError where a provider is missing, a unit does not fit its provider, or an
    allocation lacks what its rule needs.
    """
    if background.takes_sites:
        check_sites(route, background.generic)
    walk = _Walk(background, rules, electricity, load)
    demand = walk.foreground(
        route, "", route.declared.process, route.declared.product, f"{route.path}, declared '{route.declared.id}'"
    )
    walk.run()
    walk.check_choices(route)
    return walk.graph(route.id, demand, route.declared.unit_kg)


def build_background_graph(
    background: Background, rules: AllocationRules, wanted: Iterable[tuple[Provider, str]]
) -> tuple[Graph, tuple[str, ...]]:
    """The LCI graph of background products alone, each a (provider, flow), and the node of each; no foreground.

    Raises InputError where a provider is missing or makes no such product.
    """
    walk = _Walk(background, rules, "as-modelled", _no_route)
    keys = tuple(walk.background_node(provider, flow, f"background '{background.id}'") for provider, flow in wanted)
    walk.run()
    return walk.graph(f"background '{background.id}'", keys[0], 1.0), keys


def _no_route(ident: str) -> Route:
    raise InputError(f"a background takes nothing from route '{ident}'")


@dataclass
class _Kept:
    """What is kept beside a background between calculations: columns already written, and how to reach them."""

    registry: FlowRegistry = field(default_factory=FlowRegistry)
    tasks: dict[str, Task] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    shares: dict[str, tuple[Share, ...]] = field(default_factory=dict)


@dataclass
class _Writer:
    """A column while it is written."""

    suppliers: list[str]
    technosphere: BlockWriter
    flows: list[int]
    biosphere: BlockWriter


class _Walk:
    """The state of one walk: nodes found so far, tasks still to do, columns written."""

    def __init__(
        self, background: Background, rules: AllocationRules, electricity: Electricity, load: Callable[[str], Route]
    ) -> None:
        self.background, self.rules, self.electricity, self.load = background, rules, electricity, load
        self.kept: _Kept = background.memo.setdefault(("columns", rules.window), _Kept())
        self.nodes: dict[str, Node] = {}
        self.columns: dict[str, Column] = {}
        self.pending: list[Task] = []
        self.shares: dict[str, tuple[Share, ...]] = {}
        self.joint: dict[str, Process] = {}
        self.routes: dict[str, Route] = {}
        self.switches: list[Switch] = []
        self.sited: dict[str, Process] = {}
        self.used_sites: set[str] = set()
        self.makers: dict[str, tuple[Process, Route | None]] = {}

    def run(self) -> None:
        """Write the column of each node found, until none is left; a background column is written once."""
        while self.pending:
            task = self.pending.pop()
            key = task.node.key
            if not task.shared:
                self.columns[key] = self._write(task)
                continue
            if key not in self.kept.columns:
                self.kept.columns[key] = self._write(task)
            self.columns[key] = self.kept.columns[key]
            for supplier in self.columns[key].suppliers:
                if supplier not in self.nodes:
                    self._found(self.kept.tasks[supplier])

    def graph(self, name: str, demand: str, amount: float) -> Graph:
        """Join the columns: foreground in the order it was found, background in the order of its keys."""
        fore = [n for n in self.nodes.values() if n.foreground]
        back = sorted((n for n in self.nodes.values() if not n.foreground), key=lambda n: n.key)
        nodes = (*fore, *back)
        columns = [self.columns[n.key] for n in nodes]
        position = {n.key: i for i, n in enumerate(nodes)}
        biosphere, flows = join_biosphere(columns, self.kept.registry)
        joint = self.shares | {
            key: found
            for key, found in self.kept.shares.items()
            if any(f"{key}[{share.product}]" in position for share in found)
        }
        return Graph(
            name,
            nodes,
            flows,
            join_technosphere(columns, position),
            biosphere,
            len(fore),
            position[demand],
            amount,
            np.array([c.technosphere.data[0] * (1 - 2 * c.technosphere.flip[0]) for c in columns]),
            tuple(share for key in sorted(joint) for share in joint[key]),
            self.joint,
            any(column.substitutes for column in columns),
            tuple(self.switches),
            self.sited,
            {n.key: self.makers.get(n.key) or (self.kept.tasks[n.key].process, None) for n in nodes},
        )

    # --- finding nodes ---------------------------------------------------------------------------------------------

    def foreground(self, route: Route, prefix: str, ident: str, flow: str, place: str) -> str:
        """The node of a product of a process of `route`."""
        known = route.by_id
        if ident not in known:
            raise InputError(
                f"{place}: provider '{ident}' is no process of this file{nearest(ident, known)}; it has: "
                f"{listed(known, 20)}"
            )
        return self._node(known[ident], f"{prefix}{ident}", flow, place, route, prefix)

    def background_node(self, provider: Provider, flow: str, place: str) -> str:
        """The node of a background product."""
        try:
            process = self.background.process(provider)
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
        key = provider.id if provider.kind == "electricity" else f"background:{provider.id}"
        key += f"@{provider.location}" if provider.location and provider.kind == "background" else ""
        return self._node(process, key, flow, place, None, "")

    def _site_node(self, task: Task, provider: Provider, flow: str, place: str) -> str:
        """The node of a background product as the route's site has it; without a country it stands with its taker."""
        assert task.route is not None
        try:
            given = site_values(task.route, provider)
            if not task.prefix:
                self.used_sites |= {provider.id, f"{provider.id}#{provider.site}"}
            if given and self.background.takes_sites:
                placed = provider if provider.location else replace(provider, location=task.process.location)
                process = self.background.at_site(placed, given)
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
        if not given or not self.background.takes_sites:
            return self.background_node(provider, flow, place)
        key = f"{task.prefix}background:{placed.id}@{placed.location}#{placed.site or 'site'}"
        self.sited[key] = process
        return self._node(process, key, flow, place, None, "")

    def check_choices(self, route: Route) -> None:
        """A value that the caller chose for a site belongs to a process that the route takes from."""
        for key, values in route.sites.items():
            if key not in self.used_sites and any(value.amount.note == CHOSEN for value in values):
                raise InputError(f"{route.path}: '{key}.{values[0].name}': the route takes nothing from '{key}'")

    def _node(self, process: Process, key: str, flow: str, place: str, route: Route | None, prefix: str) -> str:
        """The key of the node that makes `flow`; the node is made on first meeting."""
        products = joint_products(process)
        if not products:
            raise InputError(
                f"{place}: process '{process.id}': every product substitutes another; one must carry the burden"
            )
        product = products[0] if len(products) == 1 else _chosen(products, flow, process, place)
        full = key if len(products) == 1 else f"{key}[{product.flow}]"
        if full not in self.nodes:
            node = Node(
                full,
                key,
                process.name,
                product.flow,
                product.amount.unit,
                process.location,
                process.stage or "",
                route is not None,
                process.tier,
                process.not_covered,
                product.is_waste,
                process.host,
            )
            share = self._share(process, key, product, route is not None, place)
            shared = route is None and not key.startswith("declaration:") and key not in self.sited
            task = Task(node, process, product, share, route, prefix, shared)
            if shared:
                self.kept.tasks[full] = task
            else:
                self.makers[full] = process, route
            self._found(task)
        return full

    def _found(self, task: Task) -> None:
        self.nodes[task.node.key] = task.node
        self.pending.append(task)

    def _share(self, process: Process, key: str, product: Product, foreground: bool, place: str) -> float:
        """The share of a joint process that this product carries. Overriding rules are for the foreground only."""
        if len(joint_products(process)) == 1:
            return 1.0
        ledger = self.shares if foreground else self.kept.shares
        if key not in ledger:
            rules = self.rules if foreground else replace(self.rules, override=None, default="economic")
            try:
                ledger[key] = tuple(replace(share, process=key) for share in shares(process, rules))
            except InputError as error:
                raise InputError(f"{place}: {error}") from None
            if foreground:
                self.joint[key] = process
        return next(s.share for s in ledger[key] if s.product == product.flow)

    # --- writing exchanges -----------------------------------------------------------------------------------------

    def _write(self, task: Task) -> Column:
        """The column of a node: its reference flow, its exchanges, and the credits of its substituting co-products."""
        made = task.product.amount
        column = _Writer([task.node.key], BlockWriter(), [], BlockWriter())
        column.technosphere.add(made, 1.0, task.product.is_waste, made.tier, 0)
        where = task.route.path if task.route else "background"
        for number, exchange in enumerate(task.process.exchanges, 1):
            if part := self._part(exchange, task):
                place = f"{where}, process '{task.process.id}', exchange {number} ({exchange.flow})"
                self._exchange(column, task, exchange, part, number, place)
        credits = [(n, product) for n, product in enumerate(task.process.products) if product.substitution]
        for number, by_product in credits:
            self._credit(column, task, by_product, number)
        return Column(
            tuple(column.suppliers),
            column.technosphere.freeze(),
            np.array(column.flows, np.int64),
            column.biosphere.freeze(),
            bool(credits),
        )

    def _part(self, exchange: Exchange, task: Task) -> float:
        """How much of an exchange this product carries."""
        if exchange.share_with is None or len(joint_products(task.process)) == 1:
            return task.share
        if self.rules.rule(task.process) != "subdivision":
            return task.share
        return 1.0 if exchange.share_with == task.product.flow else 0.0

    def _exchange(self, column: _Writer, task: Task, exchange: Exchange, part: float, number: int, place: str) -> None:
        amount = exchange.amount
        if exchange.kind in ("resource", "emission"):
            flow = ElementaryFlow(exchange.flow, exchange.partner, amount.unit, task.process.location)
            column.flows.append(self.kept.registry.of(flow))
            column.biosphere.add(amount, part, False, amount.tier, number)
            return
        provider = self._provider(task, exchange, place)
        if self.nodes[provider].unit != amount.unit:
            raise InputError(f"{place}: in {amount.unit}, but '{exchange.partner}' is in {self.nodes[provider].unit}")
        waste = exchange.kind == "waste"
        if waste != self.nodes[provider].is_waste:
            told = "treats no waste; use input and from" if waste else "treats a waste; use output and treatment"
            raise InputError(f"{place}: '{exchange.partner}' {told}")
        column.suppliers.append(provider)
        column.technosphere.add(amount, part, not waste, amount.tier, number)
        self._note_switches(task, exchange, provider, amount.value * part)
        for leg in exchange.legs:
            self._leg(column, leg, exchange, part, number, place)

    def _leg(self, column: _Writer, leg: Leg, exchange: Exchange, part: float, number: int, place: str) -> None:
        """Transport follows the mass shipped: kg x gross x km / 1000 = t*km."""
        key = self.background_node(in_file(leg.by, place), leg.by, place)
        if self.nodes[key].unit != "t*km":
            raise InputError(f"{place}: '{leg.by}' is no transport: it is in {self.nodes[key].unit}, not t*km")
        factor = exchange.gross * leg.distance / 1000 * part
        column.suppliers.append(key)
        column.technosphere.add(exchange.amount, factor, True, leg.tier, number)

    def _credit(self, column: _Writer, task: Task, by_product: Product, number: int) -> None:
        """A substituting co-product is an output of the product it replaces (ISO 14044 system expansion)."""
        place = f"process '{task.process.id}', co-product '{by_product.flow}'"
        key = self.background_node(parse_provider(by_product.substitution or ""), by_product.flow, place)
        amount = by_product.amount
        if self.nodes[key].unit != amount.unit:
            raise InputError(f"{place}: in {amount.unit}, but '{by_product.substitution}' is in {self.nodes[key].unit}")
        column.suppliers.append(key)
        column.technosphere.add(amount, task.share, False, amount.tier, -(number + 1))

    # --- choosing suppliers ----------------------------------------------------------------------------------------

    def _provider(self, task: Task, exchange: Exchange, place: str) -> str:
        """The node that supplies an exchange."""
        if task.route is None:
            return self.background_node(in_file(exchange.partner, task.process.id), exchange.flow, place)
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
            case "background":
                return self._site_node(task, provider, exchange.flow, place)
            case _:
                return self.background_node(provider, exchange.flow, place)

    def _power(self, provider: Provider, exchange: Exchange, process: Process, place: str) -> Provider:
        """The electricity strategy replaces grid supply only (FORMAT); a residual mix nobody holds is an error."""
        if provider.kind != "electricity":
            return provider
        if exchange.supply == "residual" or (self.electricity == "residual" and exchange.supply == "grid"):
            raise InputError(
                f"{place}: no residual mix is held for {provider.location}; the location mix does not stand in for it"
            )
        return _supplied(provider, exchange, process, self.electricity)

    def _note_switches(self, task: Task, exchange: Exchange, taken: str, amount: float) -> None:
        """Keep what each strategy for which mixes are held would take in place of `taken` (DECISIONS 15)."""
        if task.route is None or exchange.supply not in ("grid", "contract"):
            return
        modelled = parse_provider(task.route.suppliers.get(exchange.partner, exchange.partner))
        if modelled.kind != "electricity":
            return
        for strategy in HELD:
            other = _supplied(modelled, exchange, task.process, strategy)
            if other.id != taken:
                self.switches.append(Switch(strategy, task.node.key, taken, other, amount))

    def _route(self, ident: str, flow: str, place: str) -> str:
        """The declared product of another route: its processes join the foreground with their own stages."""
        if ident not in self.routes:
            try:
                self.routes[ident] = self.load(ident)
            except InputError as error:
                raise InputError(f"{place}: {error}") from None
        route = self.routes[ident]
        return self.foreground(route, f"{ident}#", route.declared.process, route.declared.product, place)


def _supplied(provider: Provider, exchange: Exchange, process: Process, strategy: Electricity) -> Provider:
    """Who supplies electricity: the production mix of the process's country where the strategy says so."""
    if strategy != "production-mix" or exchange.supply not in ("grid", "contract"):
        return provider
    country = process.location if process.location == "GLO" else process.location[:2]
    return Provider("electricity", f"electricity:{country}:{provider.voltage}", country, provider.voltage)


def _chosen(products: tuple[Product, ...], flow: str, process: Process, place: str) -> Product:
    """With several products the exchange names which one it means."""
    for product in products:
        if product.flow == flow:
            return product
    made = [p.flow for p in products]
    raise InputError(
        f"{place}: '{process.id}' has several products and none is called '{flow}'{nearest(flow, made)}; it "
        f"makes: {listed(made)}"
    )
