"""All thresholds of a market in one go, pool by pool, and what moved since an earlier time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from footprint.errors import FootprintError, InputError
from footprint.market.declarations import Market, Pool
from footprint.market.fitting import Outcome, Skipped, fit_pool, wanted_categories
from footprint.market.options import Options
from footprint.market.review import Review, paired, review
from footprint.market.rules import ClassRules, class_rules
from footprint.market.stored import Stored
from footprint.market.thresholds import POOLED, ClassScheme
from footprint.workers import Workers, each

#: rule of a pool that could not be fitted, though something of it is on the market
FAILED = "failed"


@dataclass(frozen=True)
class Recalculation:
    """Schemes and what has none, in the order of the pools; reviews against the earlier schemes of the same product."""

    on: date
    pools: int
    schemes: tuple[ClassScheme, ...]
    skipped: tuple[Skipped, ...]
    reviews: tuple[Review, ...] = ()

    @property
    def failed(self) -> tuple[Skipped, ...]:
        """What should have thresholds and has none."""
        return tuple(entry for entry in self.skipped if entry.rule == FAILED)


@dataclass(frozen=True, slots=True)
class _Task:
    """A pool as work for a process of its own."""

    on: date
    rules: ClassRules
    categories: tuple[str, ...]
    options: Options

    def __call__(self, pool: tuple[Pool, Market]) -> list[Outcome]:
        try:
            return list(fit_pool(*pool, self.on, self.rules, self.categories, self.options))
        except FootprintError as error:
            return [Skipped(pool[0], "", POOLED, FAILED, str(error))]
        except Exception as error:  # one pool never ends the batch
            return [Skipped(pool[0], "", POOLED, FAILED, f"unexpected {type(error).__name__}: {error}")]


def wanted(on: date, exploratory: bool) -> tuple[str, ...]:
    """The categories that a recalculation fits."""
    return wanted_categories((), exploratory, class_rules(on))


def recalculate(
    market: Stored, on: date, categories: Sequence[str], options: Options, workers: int = 1,
    advance: Callable[[], None] = lambda: None,
) -> Recalculation:  # fmt: skip
    """Every pool, pooled and by system, in each category; the number of workers changes nothing.

    Parameters
    ----------
    market : declarations that are read pool by pool
    on : the day the thresholds are to hold from
    categories : see `wanted`
    workers : processes of this machine
    advance : called after each pool
    """
    task = _Task(on, class_rules(on), tuple(categories), options)
    done: dict[int, list[Outcome]] = {}
    pools = ((n, (pool, market.market(pool))) for n, pool in enumerate(market.pools))
    for n, outcomes in each(task, pools, Workers(workers)):
        done[n] = outcomes
        advance()
    every = [outcome for n in sorted(done) for outcome in done[n]]
    return Recalculation(
        on,
        len(market.pools),
        tuple(entry for entry in every if isinstance(entry, ClassScheme)),
        tuple(entry for entry in every if isinstance(entry, Skipped)),
    )


def reviewed(found: Recalculation, earlier: Sequence[ClassScheme], before: Stored, after: Stored) -> Recalculation:
    """With what moved since the earlier schemes; nothing where no product, category and system is in both."""
    try:
        pairs = paired(earlier, found.schemes)
    except InputError:
        return found
    return replace(found, reviews=tuple(_reviews(pairs, before, after, class_rules(found.on))))


def _reviews(
    pairs: Sequence[tuple[ClassScheme, ClassScheme]], before: Stored, after: Stored, rules: ClassRules
) -> Iterator[Review]:
    """The two markets are read once for the schemes of a pool, which stand together."""
    for (was, now), group in groupby(pairs, key=lambda pair: (pair[0].pool, pair[1].pool)):
        if was in before.pools:
            first, second = before.market(was), after.market(now)
            for old, new in group:
                yield review(old, new, first, second, rules)
