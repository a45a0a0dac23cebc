"""Which tonnes count: those placed on the market in the years before a day, and how much one operator may weigh."""

from __future__ import annotations

from datetime import MAXYEAR, date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.market.declarations import Floats


def window(on: date, years: int) -> tuple[date, date]:
    """[on − years, on): its first day, and the day after its last (DECISIONS 17). Before 29 February comes the 28th."""
    try:
        return on.replace(year=on.year - years), on
    except ValueError:
        return on.replace(year=on.year - years, day=28), on


def validity(on: date, years: int) -> tuple[date, date]:
    """[on, on + years): the first day that classes hold, and the day from which a review has replaced them.

    InputError where the calendar ends before (year 9999).
    """
    if on.year + years > MAXYEAR:
        raise InputError(f"{on}: classes from that day have no last day; allowed: up to the year {MAXYEAR - years}")
    try:
        return on, on.replace(year=on.year + years)
    except ValueError:
        return on, on.replace(year=on.year + years, month=3, day=1)


def tonnes_within(first: NDArray[Any], last: NDArray[Any], tonnes: Floats, begin: date, before: date) -> Floats:
    """Tonnes placed on the market in [begin, before), each declaration's spread evenly over the days of its period.

    m_i · |[first_i, last_i] ∩ [begin, before)| / |[first_i, last_i]|, both days of a period included.
    """
    start = np.maximum(first, np.datetime64(begin, "D"))
    end = np.minimum(last, np.datetime64(before, "D") - 1)
    days = np.maximum((end - start).astype(np.int64) + 1, 0)
    found: Floats = tonnes * (days / ((last - first).astype(np.int64) + 1))
    return found


def cap_share(operators: int, most: float) -> float:
    """The largest share one operator may have: max(20 %, 1 / number of operators) (DECISIONS 20)."""
    return max(most, 1.0 / operators)


def capped(totals: Floats, share: float, counts: Floats | None = None) -> Floats:
    """The factor by which the tonnes of each operator count, so that none has more than `share` of what then counts.

    Capping lowers the total, which lowers the cap: it is applied until it holds. With k operators at the cap and R the
    tonnes of the others the total T solves T = k·share·T + R, so that the cap is share·R / (1 − k·share), for the
    smallest k whose cap is at least every other operator's tonnes.

    Parameters
    ----------
    totals : tonnes of each operator
    share : see `cap_share`
    counts : how often each operator was drawn in each replicate (replicates x operators); each draw is an operator of
        its own. Without them, each once.

    Returns one factor per operator, or one per replicate and operator (a single 1 where the cap binds nowhere).
    """
    drawn = np.ones((1, len(totals))) if counts is None else counts
    whole = drawn @ totals
    if totals.max(initial=0.0) <= share * whole.min(initial=np.inf):
        return np.ones(totals.shape if counts is None else (1, 1))
    order = np.argsort(-totals, kind="stable")
    mass = totals[order]
    factors = np.ones(drawn.shape)
    largest = np.where(drawn > 0, totals, 0.0).max(axis=1)
    rows = np.flatnonzero(largest > share * whole * (1 + 1e-12))
    if len(rows):
        many = drawn[np.ix_(rows, order)]
        k = np.cumsum(many, axis=1) * share
        rest = np.maximum(whole[rows, None] - np.cumsum(many * mass, axis=1), 0.0)
        # the largest tonnes that are not among the capped: those of the next operator drawn
        drawn_mass = np.where(many > 0, mass, 0.0)
        following = np.maximum.accumulate(drawn_mass[:, ::-1], axis=1)[:, ::-1]
        following = np.hstack([following[:, 1:], np.zeros((len(rows), 1))])
        with np.errstate(divide="ignore", invalid="ignore"):
            cap = np.where(k < 1 - 1e-12, share * rest / (1 - k), -1.0)
        holds = (cap >= following * (1 - 1e-12)) & (cap > 0)
        first = np.argmax(holds, axis=1)
        level = np.where(holds.any(axis=1), cap[np.arange(len(rows)), first], np.inf)
        # shares of 1/n with all n equal leave nothing below the cap: the smallest tonnes are the cap
        smallest = np.where(many > 0, mass, np.inf).min(axis=1)
        level = np.where(np.isinf(level), smallest, level)
        factors[rows] = np.minimum(1.0, level[:, None] / totals)
    return factors[0] if counts is None else factors


def effective_size(totals: Floats) -> float:
    """(ΣW)² / ΣW² over the tonnes W of the operators: how many equal operators would be as sure."""
    whole = float(totals.sum())
    return whole * whole / float(totals @ totals) if whole > 0 else 0.0
