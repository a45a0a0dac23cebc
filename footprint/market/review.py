"""The three-year review: what moved between two schemes, and whether by the declaration, the market or the method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.declarations import Floats, Market
from footprint.market.findings import rescale_triggers
from footprint.market.fitting import Skipped, fit_market
from footprint.market.options import Options
from footprint.market.rules import ClassRules, class_rules
from footprint.market.succession import successors
from footprint.market.thresholds import POOLED, ClassScheme
from footprint.market.window import window
from footprint.market.windowed import Windowed


@dataclass(frozen=True, slots=True)
class Move:
    """A declaration whose letter changed, and why: `own` value, `market` thresholds, `method`.

    `earlier` is the id of the declaration it follows.
    """

    declaration: str
    earlier: str
    before: str
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """Two schemes of the same product and category.

    `migration` counts the declarations that follow one of the earlier window, from old letter to new; `entered` and
    `left` those of either window alone.
    """

    old: ClassScheme
    new: ClassScheme
    migration: Mapping[str, Mapping[str, int]]
    moves: tuple[Move, ...]
    entered: int
    left: int
    triggers: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/review/1."""
        return {
            "schema": "footprint/review/1",
            "status": self.new.status,
            "material": self.new.material,
            "category": self.new.category,
            "system": self.new.system,
            "pool": self.new.pool.to_dict(),
            "thresholds": {
                "old": dict(self.old.thresholds),
                "new": dict(self.new.thresholds),
                "intervals": {letter: list(ends) for letter, ends in self.new.intervals.items()},
                "old_intervals": {letter: list(ends) for letter, ends in self.old.intervals.items()},
            },
            "occupancy": {
                name: {letter: {"n": n, "mass_share": share} for letter, (n, share) in scheme.occupancy.items()}
                for name, scheme in (("old", self.old), ("new", self.new))
            },
            "migration": {letter: dict(row) for letter, row in self.migration.items()},
            "entered": self.entered,
            "left": self.left,
            "moves": [
                {
                    "declaration_id": m.declaration,
                    "earlier_id": m.earlier,
                    "from": m.before,
                    "to": m.after,
                    "reasons": list(m.reasons),
                }
                for m in self.moves
            ],
            "rescale": list(self.triggers),
        }


def review_markets(
    before: Market,
    after: Market,
    on: date,
    old_on: date | None = None,
    categories: Sequence[str] = (),
    options: Options | None = None,
    old_options: Options | None = None,
    told: Callable[[Skipped], None] | None = None,
) -> tuple[tuple[Review, ...], tuple[ClassScheme, ...]]:
    """Fit both markets and compare them; the earlier thresholds are of one window before `on` unless `old_on` is given.

    Returns the reviews, and the new schemes that have nothing earlier to be compared with. What is refused in either
    market is `told`, or an InputError where nobody listens. InputError where they have no product, category and system
    in common.
    """
    new_options = options or Options()
    old_options = old_options or new_options
    rules = class_rules(on)
    earlier = old_on or window(on, rules.window_years)[0]
    new = list(fit_market(after, on, categories, new_options, told=told))
    old = list(fit_market(before, earlier, categories, old_options, told=told))
    bridges: dict[int, ClassScheme] = {}
    if old_options != new_options:
        under_old = fit_market(after, on, categories, replace(old_options, replicates=0), told=lambda _: None)
        bridges = {id(scheme): bridge for scheme, bridge in zip(new, under_old, strict=True)}
    pairs = paired(old, new)
    compared = {id(b) for _, b in pairs}
    return (
        tuple(review(a, b, before, after, rules, bridges.get(id(b))) for a, b in pairs),
        tuple(scheme for scheme in new if id(scheme) not in compared),
    )


def paired(old: Sequence[ClassScheme], new: Sequence[ClassScheme]) -> list[tuple[ClassScheme, ClassScheme]]:
    """Each new scheme with the earlier one of its category, system and pool.

    Where there is none of its pool, with the one whose pool differs in method and rule set alone, if there is only one
    and no new pool is equal to it. A modelled market is compared with the same modelled market only. InputError where
    there is no pair at all.
    """
    exact = {(scheme.pool, scheme.category, scheme.system): scheme for scheme in old}
    taken = {(scheme.pool, scheme.category, scheme.system) for scheme in new}
    alike: dict[tuple[Any, ...], list[ClassScheme]] = {}
    for key, scheme in exact.items():
        if key not in taken and not scheme.pool.modelled:
            alike.setdefault(_alike(scheme), []).append(scheme)
    found = []
    for scheme in new:
        own = exact.get((scheme.pool, scheme.category, scheme.system))
        others = [] if scheme.pool.modelled else alike.get(_alike(scheme), [])
        if own or len(others) == 1:
            found.append((own or others[0], scheme))
    if not found:
        raise InputError("the two markets have no product, category and system in common")
    return found


def _alike(scheme: ClassScheme) -> tuple[Any, ...]:
    return replace(scheme.pool, method="", ruleset=""), scheme.category, scheme.system


def review(
    old: ClassScheme,
    new: ClassScheme,
    before: Market,
    after: Market,
    rules: ClassRules,
    bridge: ClassScheme | None = None,
) -> Review:
    """Compare the letters of every declaration of the new window with those of the one it follows.

    `bridge` is the new market under the old method: with it a change of scheme is told from a change of the market.
    """
    first, second = _declared(before, old, rules), _declared(after, new, rules)
    old_rows, new_rows = successors(first, second)
    was, now = first.values(old.category)[old_rows], second.values(new.category)[new_rows]
    stages = [_places(was, old), _places(now, old), _places(now, bridge or old), _places(now, new)]
    causes = _causes(old, new, bridge)
    moves = []
    for n in np.flatnonzero(stages[0] != stages[-1]).tolist():
        places_of = [int(stage[n]) for stage in stages]
        steps = zip(causes, pairwise(places_of), strict=True)
        reasons = tuple(dict.fromkeys(cause for cause, (a, b) in steps if a != b))
        idents = (str(second["declaration_id"][new_rows[n]]), str(first["declaration_id"][old_rows[n]]))
        moves.append(Move(*idents, old.letters[places_of[0]], new.letters[places_of[-1]], reasons))
    entered, left = len(second) - len(new_rows), len(first) - len(old_rows)
    counts = _migration(stages[0], stages[-1], old, new)
    return Review(old, new, counts, tuple(moves), entered, left, rescale_triggers(new.occupancy, rules))


def _declared(market: Market, scheme: ClassScheme, rules: ClassRules) -> Market:
    """The declarations of the scheme's pool, window and system that have a value."""
    for pool, rows in market.pools():
        if pool == scheme.pool and scheme.category in rows.categories:
            inside = Windowed.of(pool, rows, scheme.on, rules).market
            of_system = (inside["system"] == scheme.system) | (scheme.system == POOLED)
            return inside.rows(np.isfinite(inside.columns[scheme.category]) & of_system)
    raise InputError(f"{market.name}: has no declaration of {scheme.pool.name} with a value of {scheme.category}")


def _places(values: Floats, scheme: ClassScheme) -> NDArray[np.int64]:
    return places(values, list(scheme.thresholds.values()))


def _causes(old: ClassScheme, new: ClassScheme, bridge: ClassScheme | None) -> tuple[str, str, str]:
    """What changes from the old value under the old thresholds to the new value under the new ones, step by step.

    Values declared under another method or rule set are changed by it; without a bridge a change of scheme, of the
    number of classes or of a figure takes the change of the market with it.
    """
    values = (old.pool.method, old.pool.ruleset) != (new.pool.method, new.pool.ruleset)
    changed = values or _method(old) != _method(new)
    return "method" if values else "own", "market", "method" if changed or bridge else "market"


def _method(scheme: ClassScheme) -> tuple[Any, ...]:
    """What the thresholds were computed with, in so far as it bears on them."""
    return scheme.scheme, scheme.classes, scheme.choices


def _migration(
    was: NDArray[np.int64], now: NDArray[np.int64], old: ClassScheme, new: ClassScheme
) -> dict[str, dict[str, int]]:
    counts = np.zeros((old.classes, new.classes), dtype=np.int64)
    np.add.at(counts, (was, now), 1)
    return {a: dict(zip(new.letters, row, strict=True)) for a, row in zip(old.letters, counts.tolist(), strict=True)}
