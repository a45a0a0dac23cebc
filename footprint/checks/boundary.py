"""The completeness matrix of Annex V: every process it lists is covered, or the route says why not (R9 to R12)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from footprint.checks.system import Linked, at_exchange, at_process, error, needed, note, numbered, partner, warning
from footprint.errors import listed, nearest
from footprint.library.paths import methods_folder
from footprint.library.routes import load_route
from footprint.model import PRIMARY_STAGES, STAGES, Boundary, Exchange, Finding, Process, Route
from footprint.rules.boundary import KINDS, BoundaryItem, Kind, items_of, load_boundary

Status = Literal["covered", "elsewhere", "not-relevant", "cut-off", "missing"]
OWN_TRANSPORT = "own-transport"
EXTRACTION = "upstream-extraction"
#: what a system of each kind consists of (Annex V: extraction, concentration and refining; recycling)
SYSTEM_STAGES: Mapping[str, tuple[str, ...]] = {
    "primary": PRIMARY_STAGES,
    "secondary": ("recycling",),
    "mixed": STAGES,
}
#: names of the phases Annex V leaves out, as a process or item may be called
_EXCLUDED = re.compile(
    r"(product-|consumer-)?use(-(phase|stage))?|(product-)?(end-of-life|eol)(-(phase|stage|treatment|disposal))?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the completeness matrix: an item of Annex V, what answers for it, and how.

    `elsewhere`: a process of the file covers it that the declared product does not need (it comes later, or belongs to
    another product of the file).
    """

    item: str
    letter: str
    title: str
    status: Status
    by: tuple[str, ...] = ()
    reason: str = ""


@lru_cache(maxsize=1)
def _law() -> Mapping[Kind, tuple[BoundaryItem, ...]]:
    return load_boundary(methods_folder() / "crma")


def completeness(route: Route, linked: Linked | None = None) -> tuple[Row, ...]:
    """The matrix of a route: each item of its system type in the order of the annex (R10, R11)."""
    inside = _covering(needed(route, linked or Linked(load_route)))
    everywhere = _covering(route.by_id)
    excluded = {entry.item: entry for entry in route.boundary}
    return tuple(_row(item, inside, everywhere, excluded.get(item.id)) for item in items_of(_law(), route.system))


def _covering(processes: Mapping[str, Process]) -> dict[str, list[str]]:
    """Item -> keys of the processes that cover it."""
    found: dict[str, list[str]] = {}
    for key, process in processes.items():
        for item in covered(process):
            found.setdefault(item, []).append(key)
    return found


def covered(process: Process) -> tuple[str, ...]:
    """The items that a process covers by itself, by an exchange, or by an own vehicle, each once."""
    items = [*process.annex_v, *(item for e in process.exchanges for item in e.annex_v)]
    if any(leg.own for e in process.exchanges for leg in e.legs):
        items.append(OWN_TRANSPORT)
    return tuple(dict.fromkeys(items))


def _row(
    item: BoundaryItem, inside: Mapping[str, list[str]], everywhere: Mapping[str, list[str]], excluded: Boundary | None
) -> Row:
    reason = excluded.reason if excluded else ""
    if item.id in inside:
        return Row(item.id, item.letter, item.title, "covered", tuple(inside[item.id]), reason)
    if excluded:
        return Row(item.id, item.letter, item.title, excluded.status, (), reason)
    if item.id in everywhere:
        return Row(item.id, item.letter, item.title, "elsewhere", tuple(everywhere[item.id]))
    return Row(item.id, item.letter, item.title, "missing")


def boundary(route: Route, linked: Linked) -> Iterator[Finding]:
    """Every rule of this file."""
    yield from unknown_items(route)
    yield from excluded_phases(route)
    yield from items(route, linked)
    yield from stages(route, linked)
    yield from foreign_stages(route)
    yield from mixed_shares(route)


def items(route: Route, linked: Linked) -> Iterator[Finding]:
    """Annex V, System boundary: the listed processes are included where relevant (R10, R11)."""
    excluded = {entry.item for entry in route.boundary}
    for row in completeness(route, linked):
        where = f"Annex V item '{row.item}'"
        if row.status == "missing":
            yield error(
                "boundary.missing-item",
                where,
                f"{row.title}: covered by no process; name it in 'annex_v' of a "
                f"process or an exchange, or say in [boundary] why not (not-relevant, or cut-off with shares)",
            )
        elif row.status == "elsewhere":
            yield note(
                "boundary.item-elsewhere",
                where,
                f"{row.title}: covered by {listed(row.by)}, which the declared product does not need",
            )
        elif row.status == "covered" and row.item in excluded:
            yield warning(
                "boundary.covered-and-excluded",
                where,
                f"{row.title}: covered by {listed(row.by)} and also excluded in [boundary]; keep one of the two",
            )
        elif row.status != "covered" and len(row.reason.strip()) < 5:
            yield error("boundary.no-reason", where, f"{row.title}: excluded for the reason '{row.reason}'; say why")


def unknown_items(route: Route) -> Iterator[Finding]:
    """An id that Annex V's list does not have covers nothing (R10, R11)."""
    known = [item.id for item in items_of(_law(), route.system)]
    others = {item.id: kind for kind in KINDS for item in _law()[kind] if item.id not in known}
    for where, item in _named_items(route):
        if item in known or _EXCLUDED.fullmatch(item) or (where == f"[boundary] '{item}'" and item in STAGES):
            continue
        if item in others:
            told = f"'{item}' is an item of {others[item]} materials; this system is {route.system}"
        else:
            told = f"'{item}' is no item of Annex V for {route.system} materials"
        yield error("boundary.unknown-item", where, f"{told}{nearest(item, known)}; allowed: {listed(known, 30)}")


def _named_items(route: Route) -> Iterator[tuple[str, str]]:
    """(place, item) wherever a route names an item."""
    for process in route.processes:
        yield from ((at_process(process), item) for item in process.annex_v)
        for number, exchange in numbered(process):
            yield from ((at_exchange(process, number, exchange), item) for item in exchange.annex_v)
    yield from ((f"[boundary] '{entry.item}'", entry.item) for entry in route.boundary)


def excluded_phases(route: Route) -> Iterator[Finding]:
    """Annex V: "the use phase or end-of-life phase shall be excluded" (R12)."""
    named = [
        *_named_items(route),
        *((at_process(p), p.id) for p in route.processes),
        *((at_process(p), _slug(p.name)) for p in route.processes),
    ]
    for where in dict.fromkeys(where for where, name in named if _EXCLUDED.fullmatch(name)):
        yield error(
            "boundary.excluded-phase",
            where,
            "the use phase and the end-of-life phase of the product are not part of "
            "the footprint (Annex V, System boundary); take this out",
        )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def stages(route: Route, linked: Linked) -> Iterator[Finding]:
    """Annex V: extraction, concentration and refining are included in a primary system, recycling in a secondary (R9).

    A stage without a process needs a supplier's declaration taken with an item of the stage in `annex_v` (DECISIONS
    12), an entry of its name in [boundary], or items that belong to this stage alone and are all answered for (a
    concentrate made at the mine, no concentrate at all).
    """
    inside = {process.stage for process in needed(route, linked).values()}
    everywhere = {process.stage for process in route.processes}
    rows = {row.item: row for row in completeness(route, linked)}
    declared, named = declared_stages(route, linked), _named_out(route, rows)
    for stage in SYSTEM_STAGES[route.system]:
        if stage in inside or (stage in named and stage not in declared):
            continue
        where, own = f"stage '{stage}'", _own_items(stage, route, rows)
        if stage in declared:
            suppliers = listed(f"'{name}'" for name in declared[stage])
            yield note("boundary.stage-declared", where, f"no process has this stage; declared in {suppliers}")
        elif stage in everywhere:
            yield note("boundary.stage-elsewhere", where, "its processes are not needed by the declared product")
        elif own and all(row.status != "missing" for row in own):
            answered = listed((f"{row.item} {row.status}" for row in own), 12)
            yield note("boundary.stage-without-process", where, f"no process has this stage; its items: {answered}")
        else:
            yield error(
                "boundary.missing-stage",
                where,
                f"no process has this stage, which a {route.system} system includes "
                f"(Annex V); give a process that stage, name its items in 'annex_v' of the line of a supplier's "
                f"declaration, or give an entry '{stage}' in [boundary] with the reason",
            )


def declared_stages(route: Route, linked: Linked) -> Mapping[str, tuple[str, ...]]:
    """Stage -> files of suppliers' declarations that are taken with an item of that stage in `annex_v`.

    Items that fall into every stage of a primary material (transport, storage, auxiliaries) tell of none.
    """
    stages_of = {item.id: _stages_told(item) for item in items_of(_law(), route.system)}
    found: dict[str, dict[str, None]] = {}
    for process in needed(route, linked).values():
        for exchange in process.exchanges:
            if not exchange.annex_v or exchange.kind != "product":
                continue
            if (provider := partner(route, exchange)).kind == "declaration":
                for stage in (s for item in exchange.annex_v for s in stages_of.get(item, ())):
                    found.setdefault(stage, {})[provider.id] = None
    return {stage: tuple(names) for stage, names in found.items()}


def _stages_told(item: BoundaryItem) -> tuple[str, ...]:
    if item.id == EXTRACTION:
        return ("extraction",)
    return () if set(item.stages) == set(PRIMARY_STAGES) else item.stages


def included_stages(route: Route, linked: Linked) -> tuple[str, ...]:
    """The stages of a system but for those left out with a reason: by their name in [boundary], or by every item that
    belongs to them alone.
    """
    inside = {process.stage for process in needed(route, linked).values()} | declared_stages(route, linked).keys()
    rows = {row.item: row for row in completeness(route, linked)}
    named = _named_out(route, rows)

    def left_out(stage: str) -> bool:
        own = _own_items(stage, route, rows)
        return stage in named or bool(own and all(row.status in ("not-relevant", "cut-off") for row in own))

    return tuple(stage for stage in SYSTEM_STAGES[route.system] if stage in inside or not left_out(stage))


def _named_out(route: Route, rows: Mapping[str, Row]) -> frozenset[str]:
    """Entries of [boundary] that name a stage; `refining` is an item too, and means the item."""
    return frozenset(entry.item for entry in route.boundary if entry.item not in rows)


def _own_items(stage: str, route: Route, rows: Mapping[str, Row]) -> list[Row]:
    """The rows of the items that belong to a stage alone."""
    return [rows[item.id] for item in items_of(_law(), route.system) if item.stages == (stage,)]


def foreign_stages(route: Route) -> Iterator[Finding]:
    """A primary system has no recycling stage and a secondary one has no other; both together are `mixed`."""
    allowed = SYSTEM_STAGES[route.system]
    for process in route.processes:
        if process.stage not in allowed:
            yield error(
                "boundary.foreign-stage",
                at_process(process),
                f"stage '{process.stage}' in a {route.system} system; "
                f"allowed: {listed(allowed)}; a system of both kinds is 'mixed'",
            )


def mixed_shares(route: Route) -> Iterator[Finding]:
    """A mixed system's pre- and post-consumer shares are parts of one product (DECISIONS 8)."""
    total = (route.share_pre_consumer or 0.0) + (route.share_post_consumer or 0.0)
    if route.system == "mixed" and not 0 < total <= 1:
        yield error(
            "boundary.mixed-shares",
            "share_pre_consumer, share_post_consumer",
            f"they sum to {total:g}; a mixed system has a recycled share above 0 and at most 1",
        )
    if route.system == "primary" and total > 0:
        yield error(
            "boundary.mixed-shares",
            "share_pre_consumer, share_post_consumer",
            f"a primary system gives a recycled share of {total:g}; is it 'mixed'?",
        )


def covers(process: Process, exchange: Exchange) -> tuple[str, ...]:
    """The items an exchange counts to: its own, else its process's."""
    return exchange.annex_v or process.annex_v
