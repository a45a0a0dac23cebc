"""The flows of a review between two columns of letters: where each begins and ends, in declarations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from footprint.market.review import Review


@dataclass(frozen=True, slots=True)
class Flow:
    """Declarations that were in one class and now are in another."""

    before: str
    after: str
    declarations: int


def flows(found: Review) -> tuple[Flow, ...]:
    """Every flow with at least one declaration, by old letter and then by new."""
    return tuple(
        Flow(before, after, count)
        for before, row in sorted(found.migration.items())
        for after, count in sorted(row.items())
        if count
    )


def column(moved: tuple[Flow, ...], letters: str, end: str) -> Mapping[str, int]:
    """Declarations of each letter at one end of the flows, `before` or `after`; 0 where there are none."""
    return {letter: sum(f.declarations for f in moved if getattr(f, end) == letter) for letter in letters}


def reasons(found: Review) -> Mapping[tuple[str, ...], int]:
    """How many of those that moved did so by each set of reasons."""
    return dict(sorted(Counter(move.reasons for move in found.moves).items()))
