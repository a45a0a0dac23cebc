"""What can go wrong, each with one clear message: where, what was found, what is allowed, how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footprint.model import Finding


class FootprintError(Exception):
    """A request that cannot be answered; the message is written for the user."""


class InputError(FootprintError):
    """A call or an input file is wrong (exit code 2)."""


class Refused(FootprintError):
    """The call was valid and the answer is no (exit code 1); `reasons` say why."""

    def __init__(self, what: str, reasons: Sequence[Finding]) -> None:
        self.reasons = tuple(reasons)
        lines = [f"  {reason.where}: {reason.message} ({reason.rule})" for reason in self.reasons]
        super().__init__("\n".join([what, *lines]))


class UnsolvableSystem(FootprintError):
    """A product system that has no meaningful solution (exit code 2)."""


class SingularSystem(UnsolvableSystem):
    """The technosphere matrix has no unique solution."""


class ResidualTooLarge(UnsolvableSystem):
    """The solution does not satisfy its own equations."""


class NotFinite(UnsolvableSystem):
    """The solution holds a value that is not a finite number."""


class NegativeScaling(UnsolvableSystem):
    """A process would have to run backwards: a loop consumes more than it makes."""


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the closest known spelling, or nothing."""
    known = list(known)
    folded = {candidate.lower(): candidate for candidate in known}
    match = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[match[0]]}'?" if match else ""


def listed(values: Iterable[str], limit: int = 12) -> str:
    """The allowed values in one line, cut where the line would no longer be read."""
    values = list(values)
    shown = ", ".join(values[:limit])
    return f"{shown} and {len(values) - limit} more" if len(values) > limit else shown
