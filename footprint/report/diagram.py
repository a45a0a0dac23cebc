"""The unit processes of a route and what flows between them, drawn from the first process down to the product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footprint.impact.result import FootprintResult
from footprint.model import Process, Route
from footprint.report import svg
from footprint.report.document import Figure
from footprint.report.numbers import part
from footprint.report.stage_chart import COLOURS

#: how much wider bold letters run, margins included
BOLD = 1.25
WIDE, HIGH, GAP, DROP, MARGIN, TOP = 210, 62, 26, 34, 16, 48


@dataclass(frozen=True, slots=True)
class Link:
    """A flow of the foreground, from the process that makes it to the one that takes it."""

    source: str
    target: str
    flow: str


def process_diagram(result: FootprintResult, name: str, code: str = "CC") -> Figure:
    """Processes as boxes in layers, coloured by stage, with their share of one category."""
    route = result.route
    needed = needed_processes(route)
    rows = layers([process.id for process in needed], links(needed))
    shares = process_shares(result, code)
    category = result[code].name.lower()
    title = f"{route.declared.name}: processes and their share of {category}"
    by_id = {process.id: process for process in needed}
    lines = tuple(_line([by_id[ident] for ident in row], shares) for row in rows)
    return Figure(name, f"Processes and their share of {category}", _picture(route, by_id, rows, shares, title), lines)


def needed_processes(route: Route) -> tuple[Process, ...]:
    """The processes the declared product needs, in the order of the file."""
    by_id = {process.id: process for process in route.processes}
    found, pending = {route.declared.process}, [route.declared.process]
    while pending:
        for exchange in by_id[pending.pop()].exchanges:
            if exchange.kind in ("product", "waste") and exchange.partner in by_id and exchange.partner not in found:
                found.add(exchange.partner)
                pending.append(exchange.partner)
    return tuple(process for process in route.processes if process.id in found)


def links(processes: Sequence[Process]) -> tuple[Link, ...]:
    """What flows between processes: a product to whoever takes it, a waste to its treatment; not to itself."""
    known = {process.id for process in processes}
    found: dict[tuple[str, str, str], None] = {}
    for process in processes:
        for exchange in process.exchanges:
            if exchange.partner in known and exchange.partner != process.id:
                ends = (exchange.partner, process.id) if exchange.kind == "product" else (process.id, exchange.partner)
                if exchange.kind in ("product", "waste"):
                    found[*ends, exchange.flow] = None
    return tuple(Link(*key) for key in found)


def layers(processes: Sequence[str], flows: Iterable[Link]) -> list[list[str]]:
    """Each process one layer below the lowest of those it takes from; a flow that closes a loop does not count."""
    takes: dict[str, list[str]] = {ident: [] for ident in processes}
    for link in flows:
        takes[link.target].append(link.source)
    depth: dict[str, int] = {}
    open_: set[str] = set()

    def place(ident: str) -> int:
        if ident not in depth:
            open_.add(ident)
            depth[ident] = 1 + max((place(s) for s in takes[ident] if s not in open_), default=-1)
            open_.remove(ident)
        return depth[ident]

    rows: dict[int, list[str]] = {}
    for ident in processes:
        rows.setdefault(place(ident), []).append(ident)
    return [rows[n] for n in sorted(rows)]


def process_shares(result: FootprintResult, code: str) -> Mapping[str, str]:
    """Process id -> share of a category, with what the background brings to it."""
    total = result[code].value
    return {ident: part(value, total) for ident, value in result.split(code, lambda c: c.process).items()}


def _line(row: Sequence[Process], shares: Mapping[str, str]) -> str:
    return "  |  ".join(f"{process.id} {shares.get(process.id, '–')}" for process in row)


# --- picture


def _picture(
    route: Route, by_id: Mapping[str, Process], rows: list[list[str]], shares: Mapping[str, str], title: str
) -> str:
    widest = max(map(len, rows))
    width = max(2 * MARGIN + widest * (WIDE + GAP) - GAP, 640)
    height = TOP + len(rows) * (HIGH + DROP) + 20
    at: dict[str, tuple[float, float]] = {}
    for n, row in enumerate(rows):
        left = (width - len(row) * (WIDE + GAP) + GAP) / 2
        at |= {ident: (left + i * (WIDE + GAP), TOP + n * (HIGH + DROP)) for i, ident in enumerate(row)}
    flows = links(list(by_id.values()))
    taken = {link.flow for link in flows} | {route.declared.product}
    leaving = {k: "; ".join(p.flow for p in v.products if p.flow not in taken) for k, v in by_id.items()}
    body = [
        _ARROW,
        *(svg.label(MARGIN, 18 + 14 * n, line, "bold") for n, line in enumerate(svg.wrapped(title, width / BOLD, 2))),
        *(_arrow(link, at) for link in flows),
        *(shape for ident, place in at.items() for shape in _box(by_id[ident], place, route, shares, leaving[ident])),
    ]
    return svg.sheet(width, height, title, body)


_ARROW = (
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0,0 L8,4 L0,8 z" fill="{svg.FAINT}"/></marker></defs>'
)


def _arrow(link: Link, at: Mapping[str, tuple[float, float]]) -> str:
    """From the lower edge of a box to the upper edge of the next; a flow back up leaves and enters at the right."""
    (x1, y1), (x2, y2) = at[link.source], at[link.target]
    if y2 > y1:
        start, end = (x1 + WIDE / 2, y1 + HIGH), (x2 + WIDE / 2, y2)
        bend = (start[1] + end[1]) / 2
        path = f"M{start[0]:g},{start[1]:g} C{start[0]:g},{bend:g} {end[0]:g},{bend:g} {end[0]:g},{end[1]:g}"
    else:
        start, end = (x1 + WIDE, y1 + HIGH / 2), (x2 + WIDE, y2 + HIGH / 2)
        out = max(start[0], end[0]) + GAP
        path = f"M{start[0]:g},{start[1]:g} C{out:g},{start[1]:g} {out:g},{end[1]:g} {end[0]:g},{end[1]:g}"
    return svg.titled(link.flow, f'<path d="{path}" fill="none" stroke="{svg.FAINT}" marker-end="url(#a)"/>')


def _box(
    process: Process, place: tuple[float, float], route: Route, shares: Mapping[str, str], leaving: str
) -> Iterator[str]:
    """A process; the declared product's is framed in ink, a host's is dashed; co-products that leave stand below."""
    x, y = place
    colour = COLOURS.get(process.stage or "", svg.FAINT)
    last = process.id == route.declared.process
    edge = ' stroke-width="2"' if last else ' stroke-dasharray="4 3"' if process.host else ""
    told = f"{process.name}; {process.stage}; {process.location}; makes {', '.join(p.flow for p in process.products)}"
    lines = svg.wrapped(process.name, WIDE - 20, 2)
    below = f"{shares.get(process.id, '–')}, {process.location}" + (f"; leaves: {leaving}" if leaving else "")
    yield svg.titled(
        told,
        svg.box(x, y, WIDE, HIGH, "#f7f7f5", svg.INK if last else svg.FAINT, edge),
        svg.box(x, y, 6, HIGH, colour),
        *(svg.label(x + 14, y + 18 + 14 * n, line) for n, line in enumerate(lines)),
        svg.label(x + 14, y + HIGH - 9, svg.wrapped(below, WIDE - 20, 1)[0], colour="#555555"),
    )
