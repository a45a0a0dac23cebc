"""The cut-off ledger: what is left out, and that it stays small (Annex V: insignificant processes; DECISIONS 13).

The shares of what is cut off add up, for mass, for energy and for each impact category by itself (`cut-off-criteria`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from footprint.checks.system import error, warning
from footprint.errors import InputError, listed
from footprint.model import Boundary, Finding, Route

#: the criterion that stands for every category the cut-off is tested on
CATEGORY = "declared-category"
FLOWS = ("mass", "energy")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The items a route cuts off, and the sums of their shares (0 to 1) by `mass`, `energy` and category code."""

    entries: tuple[Boundary, ...]
    shares: Mapping[str, float]


def share(entry: Boundary, what: str) -> float | None:
    """The share that an item has of mass, of energy or of a category; None where the route does not say."""
    if what in FLOWS:
        found: float | None = getattr(entry, what)
        return found
    return entry.categories.get(what, entry.score)


def measured(criteria: Iterable[str], codes: Sequence[str]) -> list[str]:
    """What the cut-off is measured on: mass, energy, and the categories that the criteria stand for."""
    found: list[str] = []
    for criterion in criteria:
        if criterion not in (*FLOWS, CATEGORY):
            raise InputError(f"cut-off-criteria: '{criterion}' is not known; allowed: {listed((*FLOWS, CATEGORY))}")
        found += codes if criterion == CATEGORY else [criterion]
    return found


def ledger(route: Route, what: Sequence[str]) -> Ledger:
    """What the route leaves out as insignificant; a share that nobody gives is not in the sum, and is an error."""
    entries = tuple(entry for entry in route.boundary if entry.status == "cut-off")
    return Ledger(entries, {name: math.fsum(share(entry, name) or 0.0 for entry in entries) for name in what})


def cutoff(route: Route, what: Sequence[str], limit: float, reference: str) -> Iterator[Finding]:
    """Cumulative cut-off: at most `limit` of each of `what` (R13; METHOD 3.3).

    `reference` is the provision the limit comes from.
    """
    found = ledger(route, what)
    above: dict[float, list[str]] = {}
    for name, total in found.shares.items():
        if total > limit + 1e-12:
            above.setdefault(total, []).append(name)
    for total, names in above.items():
        told = f"{100 * total:.4g} % of {listed(names, 20)} are cut off"
        yield error("cutoff.limit", "[boundary]", f"{told}; at most {100 * limit:g} % may be ({reference})")
    for entry in found.entries:
        where = f"[boundary] '{entry.item}'"
        if lacking := [name for name in what if share(entry, name) is None]:
            yield error(
                "cutoff.shares",
                where,
                f"is cut off without its share of {listed(lacking)}; give mass, energy, and 'score' for all categories "
                "or 'categories' for each (0 to 1)",
            )
        if not entry.source:
            yield warning("cutoff.source", where, "is cut off without a source for its shares")
