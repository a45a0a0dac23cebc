"""Thresholds of a market on a day: every pool, pooled and by system, in every category; or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from footprint.errors import InputError, listed
from footprint.market.category import CategoryFit, fit_category, with_intervals
from footprint.market.declarations import CODES, Market, Pool
from footprint.market.options import Options
from footprint.market.rules import ClassRules, class_rules
from footprint.market.thresholds import POOLED, ClassScheme
from footprint.market.windowed import NotFitted, Windowed


@dataclass(frozen=True, slots=True)
class Skipped:
    """What has no thresholds: a category of a pool, or a pool (no category); `rule` and `message` say why."""

    pool: Pool
    category: str
    system: str
    rule: str
    message: str

    def __str__(self) -> str:
        parts = (self.pool.product, self.pool.form, self.pool.grade, self.category, self.system)
        return f"{self.pool.material}: {', '.join(part for part in parts if part)}: {self.message}"


#: what is left out of a fit without a word unless somebody listens: there is nothing of it
NOTHING = ("nothing-in-window", "no-value")
Outcome = ClassScheme | Skipped


def fit_classes(
    market: Market, *, category: str = "CC", on: date, scheme: str | None = None, system: str = POOLED, **options: Any
) -> ClassScheme:
    """The thresholds of one category from what was placed on the market in the three years before `on`.

    Parameters
    ----------
    market : declarations of one product; `market.of(form="carbonate")` chooses among several
    category : one of the 16 codes
    on : the day the thresholds are to hold from; its rules are used
    scheme : geometric (default), anchored, quantiles, equal-width, natural-breaks, fixed-ratio, pefcr
    system : pooled, or primary, secondary or mixed alone
    options : fields of `Options`

    Raises InputError where the market holds products that must not be pooled, or nothing in the window, or where a
    category that the rules do not declare is not covered or rests on screening data.
    """
    market.values(category)
    pools = list(market.pools())
    if len(pools) > 1:
        names = listed(f"{pool.product}, {pool.form} {pool.grade}".strip() for pool, _ in pools)
        raise InputError(f"{market.name}: holds {len(pools)} groups that are not pooled: {names}; choose one")
    try:
        found = Windowed.of(*pools[0], on, class_rules(on))
        found.check()
        splits = dict(found.splits())
        if len(splits) == 1:
            splits[found.systems[0]] = found
        if system not in splits:
            raise InputError(f"{market.name}: no declaration is of system '{system}'; it has: {listed(splits)}")
        return fit(splits[system], category, Options(scheme=scheme, **options), system)
    except NotFitted as error:
        raise InputError(f"{market.name}: {error}") from None


def fit(found: Windowed, category: str, options: Options, system: str = POOLED) -> ClassScheme:
    """The thresholds of one category of one pool; NotFitted where there are none."""
    return with_intervals([fit_category(found, category, options, system)])[0]


def fit_market(
    market: Market, on: date, categories: Sequence[str], options: Options, exploratory: bool = False,
    told: Callable[[Skipped], None] | None = None,
) -> Iterator[ClassScheme]:  # fmt: skip
    """Every pool of a market, pooled and by system, in each category that has values.

    `categories` empty means those the rules declare, with `exploratory` all. What has no thresholds is `told`; where
    nobody listens a refusal is an InputError, and only what is not there at all is left out.
    """
    rules = class_rules(on)
    wanted = wanted_categories(categories, exploratory, rules)
    for outcome in chain.from_iterable(fit_pool(*pool, on, rules, wanted, options) for pool in market.pools()):
        if isinstance(outcome, ClassScheme):
            yield outcome
        elif told is not None:
            told(outcome)
        elif outcome.rule not in NOTHING:
            raise InputError(f"{market.name}: {outcome}")


def wanted_categories(categories: Sequence[str], exploratory: bool, rules: ClassRules) -> tuple[str, ...]:
    """Those named, else those the rules declare, with `exploratory` all."""
    return tuple(categories) or (CODES if exploratory else rules.categories)


def fit_pool(
    pool: Pool, market: Market, on: date, rules: ClassRules, categories: Sequence[str], options: Options
) -> Iterator[Outcome]:
    """One pool in each category, pooled and by system: its thresholds, or why there are none."""
    try:
        found = Windowed.of(pool, market, on, rules)
        found.check()
    except NotFitted as error:
        yield Skipped(pool, "", POOLED, error.rule, str(error))
        return
    for system, part in found.splits():
        fits: list[CategoryFit] = []
        skipped: list[Skipped] = []
        for category in categories:
            try:
                fits.append(fit_category(part, category, options, system))
            except NotFitted as error:
                skipped.append(Skipped(pool, category, system, error.rule, str(error)))
        yield from with_intervals(fits)
        yield from skipped
