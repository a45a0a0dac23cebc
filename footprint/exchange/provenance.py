"""What a user of another program should read beside an activity and beside each of its amounts."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.calculation import Assessed
from footprint.errors import InputError
from footprint.inventory.allocation import Share
from footprint.inventory.graph import Node
from footprint.library.paths import datasets_folder
from footprint.library.providers import parse_provider
from footprint.library.routes import load_route
from footprint.library.sources import load_sources
from footprint.model import Amount, Exchange, Leg, Process, Route

DECLARATION = "declaration:"


class Provenance:
    """Comments for the nodes of a solved route."""

    def __init__(self, route: Route, system: Assessed) -> None:
        self.route, self.background = route, system.background
        self.shares = {(share.process, share.product): share for share in system.assessment.graph.shares}
        self.sited = system.assessment.graph.sited
        self.sources = {**load_sources(datasets_folder()), **system.background.sources}

    def activity(self, node: Node) -> str:
        """Allocation, year, tier, quality, gaps and sources of a process."""
        process = self._process(node)
        if process is None:
            return f"declared by the supplier: {node.process.removeprefix(DECLARATION)}"
        return "\n".join(self._paragraphs(node, process))

    def exchanges(self, node: Node, technosphere: int, biosphere: int) -> tuple[list[str], list[str]]:
        """One comment per technosphere entry and per biosphere entry of a node's column, in their order."""
        process = self._process(node)
        if process is None:
            return [""] * technosphere, [""] * biosphere
        share = self.shares.get((node.process, node.flow))
        kept = [exchange for exchange in process.exchanges if _is_kept(exchange, share)]
        made = next(product.amount for product in process.products if product.flow == node.flow)
        products = [_told(made), *(told for exchange in kept for told in _of_products(exchange))]
        products += [f"credit: takes the place of {p.substitution}" for p in process.products if p.substitution]
        return products, [_told(exchange.amount) for exchange in kept if _is_elementary(exchange)]

    def _process(self, node: Node) -> Process | None:
        """The unit process of a node; None where a supplier declared no more than its results."""
        if node.key.startswith(DECLARATION):
            return None
        ident, _, part = node.process.rpartition("#")
        if node.foreground:
            return (load_route(ident) if ident else self.route).process(part)
        if node.process in self.sited:
            return self.sited[node.process]
        try:
            return self.background.process(parse_provider(node.process))
        except InputError:
            return None

    def _paragraphs(self, node: Node, process: Process) -> Iterator[str]:
        share = self.shares.get((node.process, node.flow))
        if share:
            yield (
                f"Allocation: {node.flow} carries {100 * share.share:.4g} % of this process (by {share.rule}: "
                f"{share.basis}). The amounts below already carry that share."
            )
        if node.is_waste:
            yield "Waste treatment: the production is negative, and so is the input of whoever sends waste here."
        facts = {
            "Stage": process.stage,
            "Annex V": ", ".join(process.annex_v),
            "Year": process.year,
            "Tier": process.tier,
            "DQR": f"{process.quality.dqr:.2f}" if process.quality else "",
            "Not covered (no data, not zero)": ", ".join(process.not_covered),
        }
        yield "; ".join(f"{label}: {fact}" for label, fact in facts.items() if fact)
        if process.note:
            yield process.note
        yield from self._bibliography(process)

    def _bibliography(self, process: Process) -> Iterator[str]:
        amounts = [*(p.amount for p in process.products), *(e.amount for e in process.exchanges)]
        cited = dict.fromkeys(amount.source for amount in amounts if amount.source)
        if cited:
            yield "Sources:"
        for ident in cited:
            found = self.sources.get(ident)
            told = f"{found.author} ({found.year}): {found.title}. {found.url}".rstrip() if found else ""
            yield f"- {ident}: {told}" if told else f"- {ident}"


def _is_kept(exchange: Exchange, share: Share | None) -> bool:
    """Whether the product carries any of an exchange (as the graph is built)."""
    if share is None:
        return True
    if exchange.share_with is not None and share.rule == "subdivision":
        return exchange.share_with == share.product
    return share.share > 0


def _is_elementary(exchange: Exchange) -> bool:
    return exchange.kind in ("resource", "emission")


def _of_products(exchange: Exchange) -> Iterator[str]:
    """The entry of a product or waste, and one per leg of its transport."""
    if not _is_elementary(exchange):
        yield _told(exchange.amount)
        for leg in exchange.legs:
            yield f"transport of {exchange.flow}, {leg.distance:g} km; {_told(leg)}"


def _told(amount: Amount | Leg) -> str:
    """Source, place in it, tier and note of an amount."""
    place = ", ".join(part for part in (amount.source, amount.locator) if part)
    parts = [place, "estimate" if amount.tier == "estimate" else "", amount.note if isinstance(amount, Amount) else ""]
    if isinstance(amount, Amount) and amount.expression:
        scale = f" x {amount.scale:g}" if amount.scale != 1 else ""
        parts.append(f"= {amount.expression}{scale}")
    return "; ".join(part for part in parts if part)
