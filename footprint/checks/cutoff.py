"""The cut-off ledger: what is left out, and that it stays small (Annex V: insignificant processes; DECISIONS 13)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from footprint.checks.system import error, warning
from footprint.model import Boundary, Finding, Route

#: criterion -> what it is a share of
CRITERIA = {"mass": "mass", "energy": "energy", "score": "environmental score"}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The items a route cuts off, and the sums of their shares (0 to 1)."""

    entries: tuple[Boundary, ...]
    mass: float
    energy: float
    score: float


def ledger(route: Route) -> Ledger:
    """What the route leaves out as insignificant."""
    entries = tuple(entry for entry in route.boundary if entry.status == "cut-off")
    return Ledger(entries, *(math.fsum(getattr(entry, name) for entry in entries) for name in CRITERIA))


def cutoff(route: Route, limit: float, reference: str) -> Iterator[Finding]:
    """Cumulative cut-off: at most `limit` of mass, of energy and of score (R13; METHOD 3.3).

    `reference` is the provision the limit comes from.
    """
    found = ledger(route)
    for name, told in CRITERIA.items():
        total = getattr(found, name)
        if total > limit + 1e-12:
            yield error(
                "cutoff.limit",
                "[boundary]",
                f"{100 * total:.4g} % of the {told} are cut off; at most {100 * limit:g} % may be ({reference})",
            )
    for entry in found.entries:
        where = f"[boundary] '{entry.item}'"
        if not (entry.mass or entry.energy or entry.score):
            yield error("cutoff.shares", where, "is cut off without shares; give mass, energy and score (0 to 1)")
        if not entry.source:
            yield warning("cutoff.source", where, "is cut off without a source for its shares")
