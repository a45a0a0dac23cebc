"""Whether a category is known well enough for classes: covered by values, and not resting on screening data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from footprint.market.declarations import Floats
from footprint.market.rules import ClassRules
from footprint.market.thresholds import Note
from footprint.market.windowed import NotFitted


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Shares of the tonnes in the window: `missing` without a value; of those with one, `unknown` without a declared
    screening share; `screening` is the mean share of the others (None where none declares one).
    """

    missing: float
    unknown: float
    screening: float | None

    @classmethod
    def of(cls, values: Floats, shares: Floats, tonnes: Floats) -> Knowledge:
        """Σ m·s / Σ m over the declarations that have a value and say which share s of it is screening."""
        held = np.isfinite(values)
        told = held & np.isfinite(shares)
        with_value, with_share = float(tonnes[held].sum()), float(tonnes[told].sum())
        return cls(
            1 - with_value / float(tonnes.sum()),
            1 - with_share / with_value if with_value else 1.0,
            float(tonnes[told] @ shares[told]) / with_share if told.any() else None,
        )


def screening_notes(known: Knowledge, category: str, rules: ClassRules) -> Iterator[Note]:
    """Findings for a category that the rules declare; for any other NotFitted in place of a warning (DECISIONS 22)."""
    declared = category in rules.categories
    if not declared:
        yield Note("exploratory", "note", f"{category} is not among the declared categories: for exploration only")
    problems = []
    if known.missing > rules.missing_most:
        problems.append(Note("not-covered", "warning", f"{known.missing:.0%} of the tonnes have no value of {category};"
                             f" at most {rules.missing_most:.0%} may"))  # fmt: skip
    if known.screening is not None and known.screening > rules.screening_most:
        problems.append(Note("screening", "warning", f"{known.screening:.0%} of {category} rests on screening data; "
                             f"at most {rules.screening_most:.0%} may"))  # fmt: skip
    if problems and not declared:
        raise NotFitted(problems[0].rule, "; ".join(note.message for note in problems))
    yield from problems
    if known.unknown > 0:
        yield Note("screening-unknown", "note", f"{_most(known.unknown)} of the tonnes do not say how much of "
                   f"{category} rests on screening data")  # fmt: skip


def _most(share: float) -> str:
    return "less than 1%" if share < 0.005 else f"{share:.0%}"
