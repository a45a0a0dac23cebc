"""From solved graphs to systems that can be sampled: every amount with its spread, its parameters and its stream.

Several graphs are compiled together, on one germ: what they share (a parameter of a file, a background process) is the
same in each sample, so that a difference between two routes is one of the routes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from footprint.inventory.graph import Graph, Origin
from footprint.library.background import Background
from footprint.model import Amount, DataQuality, Exchange, Parameter, Process, Route, Spread
from footprint.uncertainty.compiling import compile_program
from footprint.uncertainty.germs import Stream
from footprint.uncertainty.systems import Ratio, System, entries
from footprint.uncertainty.variables import Registry, Scoped, Use

Array = NDArray[np.float64]
#: GSD² from the data quality ratings of a process
Pedigree = Callable[[DataQuality], float]


@dataclass(frozen=True)
class Source:
    """A graph to be sampled: with the parameters of its background, the characterisation `table` (categories x flows)
    and, where the background stays fixed, `supplied`: impact per unit of each background node.
    """

    graph: Graph
    background: Background
    table: Array
    supplied: Array | None = None


@dataclass(frozen=True)
class Compiled:
    """Systems on one germ: what to draw for them, and what each row of the germ is."""

    systems: tuple[System, ...]
    streams: tuple[Stream, ...]
    labels: tuple[tuple[str, str], ...]


def compile_systems(sources: Sequence[Source], pedigree: Pedigree | None = None, given: Iterable[str] = ()) -> Compiled:
    """The systems of some graphs. `pedigree` gives a spread to measured and published amounts that have none; `given`
    names parameters of the routes whose values come from outside.
    """
    registry = Registry()
    drafts = [_Draft(source, registry, pedigree) for source in sources]
    places = registry.places()
    return Compiled(tuple(draft.system(places, tuple(given)) for draft in drafts), registry.streams, registry.labels)


def file_of(route: Route) -> str:
    """A route's file by folder and name: the same on every machine."""
    return "/".join(PurePath(route.path).parts[-2:])


class _Draft:
    """A system while its streams are registered: which amounts it uses, under which names, in which scopes."""

    def __init__(self, source: Source, registry: Registry, pedigree: Pedigree | None) -> None:
        self.source, self.registry, self.pedigree = source, registry, pedigree
        graph = source.graph
        self.size = graph.foreground if source.supplied is not None else len(graph.nodes)
        self.uses: list[Use] = []
        self.scopes: dict[str, list[Scoped]] = {}
        self.row: dict[tuple[str, str], int] = {}
        self.inside: list[tuple[int, float, int, int]] = []
        self.outside: list[tuple[int, float, int, int]] = []
        self.numbers: tuple[list[int], list[int]] = ([], [])
        self._exchanges()
        self.ratios = list(self._ratios())

    def _exchanges(self) -> None:
        """Entries of the technosphere inside the system and out of it, then those to nature."""
        graph, flows = self.source.graph, len(self.source.graph.flows)
        tech, bio = graph.technosphere, graph.biosphere
        for (row, col), flip, origin in zip(tech.indices, tech.flip, _flat(tech.origins), strict=True):
            if col < self.size:
                sign = -1.0 if flip else 1.0
                number = origin[2]
                if row < self.size:
                    self.inside.append((self._use(int(col), origin), sign * origin[1], int(row), int(col)))
                    self.numbers[0].append(number)
                else:
                    place = flows + int(row) - graph.foreground
                    self.outside.append((self._use(int(col), origin), -sign * origin[1], place, int(col)))
                    self.numbers[1].append(number)
        for (row, col), origin in zip(bio.indices, _flat(bio.origins), strict=True):
            if col < self.size:
                self.outside.append((self._use(int(col), origin), origin[1], int(row), int(col)))
                self.numbers[1].append(origin[2])

    def _use(self, node: int, origin: Origin) -> int:
        """The row of an amount: one for each exchange of a process, whichever entries it makes."""
        amount, _, number = origin
        graph = self.source.graph
        process, route = graph.makers[graph.nodes[node].key]
        stream = self._stream(process, route, graph.nodes[node].process)
        name = _product_name(process, amount) if number <= 0 else _exchange_name(process.exchanges[number - 1], number)
        key = stream, name
        if key not in self.row:
            self.row[key] = len(self.uses)
            self.uses.append(Use(amount, self._spread(process, amount, number), stream, name, self._scope(node)))
        return self.row[key]

    def _stream(self, process: Process, route: Route | None, key: str) -> str:
        """The stream of a process, with all its variables registered."""
        own = key if "#" in key else key.partition("@")[0]
        stream = own if route is None else f"{file_of(route)}#{process.id}"
        products = ((_product_name(process, p.amount), p.amount, 0) for p in process.products)
        others = ((_exchange_name(e, n), e.amount, n) for n, e in enumerate(process.exchanges, 1))
        names = [name for name, amount, n in (*products, *others) if self._spread(process, amount, n)]
        self.registry.own(stream, names)
        return stream

    def _spread(self, process: Process, amount: Amount, number: int) -> Spread | None:
        """An amount's own spread, or the one that the data quality of its process stands for.

        A reference flow is what the others are per, a computed amount has its parameters' spread, and what is derived
        follows from others: none of them gets one.
        """
        if amount.spread or self.pedigree is None or number <= 0 or process.quality is None or amount.expression:
            return amount.spread
        if amount.tier not in ("measured", "published") or not amount.value:
            return None
        gsd2 = self.pedigree(process.quality)
        return Spread("lognormal", gsd2=gsd2) if gsd2 > 1 else None

    # --- scopes

    def _scope(self, node: int) -> str:
        """The parameters that a node's expressions are over."""
        graph = self.source.graph
        process, route = graph.makers[graph.nodes[node].key]
        if route is not None:
            return self._register(file_of(route), route.parameters)
        group = self._register(
            f"background group {process.group}", self.source.background.parameters.get(process.group, ())
        )
        if not process.parameters:
            return group
        return self._own_scope(process, graph.nodes[node].process, group)

    def _own_scope(self, process: Process, key: str, group: str) -> str:
        """The own parameters of a background process: those a route gave are over the route's parameters.

        One that stands at zero stays there: its range is what sites may have (radium, acid, forest), not how well it is
        known that this one has none. `check` names it as left at its generic value.
        """
        sited = key in self.source.graph.sited
        scope = key if sited else f"background {process.id}"
        if scope not in self.scopes:
            base = {p.name: p for p in self.source.background.generic[process.id].parameters}
            owner = self._route_scope(key) if sited else group
            self.scopes[scope] = [
                Scoped(p, scope, owner)
                if sited and p != _settled(base.get(p.name, p))
                else Scoped(p, f"background {process.id}", group)
                for p in map(_settled, process.parameters)
            ]
            for stream in (scope, f"background {process.id}"):
                self.registry.own(
                    stream,
                    (s.parameter.name for s in self.scopes[scope] if s.stream == stream and s.parameter.amount.spread),
                )
        return scope

    def _route_scope(self, key: str = "") -> str:
        """The scope of the route whose graph this is, or of the linked one to which the site `key` belongs."""
        graph = self.source.graph
        prefix = key.partition("background:")[0]
        mine = (node for node in graph.nodes[: graph.foreground] if node.key.startswith(prefix))
        route = next(route for node in mine if (route := graph.makers[node.key][1]))
        return self._register(file_of(route), route.parameters)

    def _register(self, scope: str, parameters: Iterable[Parameter]) -> str:
        """A scope with a variable for each parameter, spread or not: a chosen value moves no other's draws."""
        if scope not in self.scopes:
            self.scopes[scope] = [Scoped(p, scope, scope) for p in parameters]
            self.registry.own(scope, (s.parameter.name for s in self.scopes[scope]))
        return scope

    # --- joint processes

    def _ratios(self) -> Iterator[tuple[int, list[int], list[int], list[int], list[float], int]]:
        """Nodes of joint processes whose shares move with uncertain product amounts."""
        graph = self.source.graph
        shares: dict[str, list[tuple[str, float, str]]] = {}
        for share in graph.shares:
            shares.setdefault(share.process, []).append((share.product, share.share, share.rule))
        for n, node in enumerate(graph.nodes[: self.size]):
            if node.process not in shares:
                continue
            process, _ = graph.makers[node.key]
            by_flow = {product.flow: product for product in process.products}
            rows = [self._use(n, (by_flow[flow].amount, 1.0, 0)) for flow, _, _ in shares[node.process]]
            rule = shares[node.process][0][2]
            yield (
                n,
                self._shared(0, n, process, rule),
                self._shared(1, n, process, rule),
                rows,
                [share for _, share, _ in shares[node.process]],
                [flow for flow, _, _ in shares[node.process]].index(node.flow),
            )

    def _shared(self, where: int, node: int, process: Process, rule: str) -> list[int]:
        """The entries of a node that are shared: not its reference flow, nor what subdivision gives to one product."""
        found = []
        for n, ((_, _, _, col), number) in enumerate(
            zip((self.inside, self.outside)[where], self.numbers[where], strict=True)
        ):
            if col != node or not number:
                continue
            alone = number > 0 and rule == "subdivision" and process.exchanges[number - 1].share_with is not None
            if not alone:
                found.append(n)
        return found

    # --- the system

    def system(self, places: Mapping[tuple[str, str], int], given: Sequence[str] = ()) -> System:
        """The system, once every stream is known."""
        graph, source = self.source.graph, self.source
        outside = {(self._route_scope(), name): name for name in given}
        program = compile_program(self.uses, self.scopes, places, outside)
        demand = np.zeros(self.size)
        demand[graph.demand] = graph.amount
        weights = source.table if source.supplied is None else np.hstack([source.table, source.supplied])
        ratios = tuple(
            Ratio(
                np.array(inside, np.int64),
                np.array(outside, np.int64),
                np.array(rows, np.int64),
                np.array(shares),
                which,
            )
            for _, inside, outside, rows, shares, which in self.ratios
            if program.moving[rows].any()
        )
        return System(
            tuple(node.key for node in graph.nodes[: self.size]),
            program,
            entries(self.inside),
            entries(self.outside),
            weights,
            demand,
            graph.substitutes,
            ratios,
        )


def _settled(parameter: Parameter) -> Parameter:
    """A parameter at zero without its range."""
    return parameter if parameter.amount.value else replace(parameter, amount=replace(parameter.amount, spread=None))


def _flat(origins: tuple[tuple[Origin, ...], ...]) -> Iterator[Origin]:
    return (origin for column in origins for origin in column)


def _product_name(process: Process, amount: Amount) -> str:
    number = next(n for n, product in enumerate(process.products, 1) if product.amount is amount)
    return f"product {number} ({process.products[number - 1].flow})"


def _exchange_name(exchange: Exchange, number: int) -> str:
    return f"exchange {number} ({exchange.flow})"


def quality_spread(variances: Mapping[str, Sequence[float]], basic: float) -> Pedigree:
    """GSD² of an amount from data quality ratings: exp(2 √(σ_b² + Σ σ_i²)), σ_i² by indicator and score.

    Weidema et al. 2013, Overview and methodology, ecoinvent 3, chapter 10: the variances of the indicators and the
    basic uncertainty add up. A rating between two scores takes the value between theirs.
    """

    def gsd2(quality: DataQuality) -> float:
        scores = {"TeR": quality.TeR, "GeR": quality.GeR, "TiR": quality.TiR, "P": quality.P}
        total = basic + sum(
            float(np.interp(score, np.arange(1, len(variances[name]) + 1), variances[name]))
            for name, score in scores.items()
        )
        return math.exp(2 * math.sqrt(total))

    return gsd2
