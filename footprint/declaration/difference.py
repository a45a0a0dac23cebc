"""What moved a footprint from one study to the next: the change of each category split by cause, without remainder.

With N the causes and v(S) the footprint of the system in which those in S are new and the others old, the part of
cause i is its mean effect over all orders in which the causes may come (Shapley value):

    phi_i = sum over S in N without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S));  sum of all phi_i = v(N) - v({})

Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, 307-317; for footprints Albrecht,
Francois and Schoors (2002), A Shapley decomposition of carbon emissions without residuals, Energy Policy 30, 727-736.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np

from footprint.calculation import Settings, assess_route
from footprint.declaration.swapping import Pair, pair
from footprint.errors import FootprintError, InputError
from footprint.impact.assessment import Assessment, not_covered, totals
from footprint.inventory.build import Electricity
from footprint.inventory.kernel import Matrix
from footprint.library.background import Background, load_background
from footprint.library.method import Method, load_method
from footprint.library.routes import load_route
from footprint.library.studies import Study
from footprint.model import Route

#: causes that are told together where a system with one of them new and another old cannot be calculated
TOGETHER = (
    ("bill-of-materials", "allocation", "other"),
    ("bill-of-materials", "allocation", "other", "energy-mix"),
    ("bill-of-materials", "allocation", "other", "energy-mix", "direct", "transport", "site", "method", "background"),
)
Value = Callable[[frozenset[str]], Matrix]


@dataclass(frozen=True)
class Difference:
    """Two footprints and the parts of their difference: category -> cause -> part; parts sum to new - old.

    `not_covered` are the background processes in use, in either, that hold no data for a category.
    """

    old_name: str
    new_name: str
    units: Mapping[str, str]
    old: Mapping[str, float]
    new: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float]]
    not_covered: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes that differ, in the order of every category."""
        return tuple(next(iter(self.parts.values())))

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/difference/1."""
        return {
            "schema": "footprint/difference/1",
            "old": self.old_name,
            "new": self.new_name,
            "causes": list(self.causes),
            "results": {
                code: {
                    "unit": self.units[code],
                    "old": self.old[code],
                    "new": self.new[code],
                    "change": self.new[code] - self.old[code],
                    "by_cause": dict(self.parts[code]),
                    "not_covered": list(self.not_covered[code]),
                }
                for code in self.parts
            },
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class _Game:
    """What is calculated: a system between the old and the new one, each with its method and background."""

    systems: Pair
    routes: tuple[Route, Route]
    methods: tuple[Method, Method]
    backgrounds: tuple[Background, Background]
    settings: Settings

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """What differs between the two."""
        releases = (("method", self.methods), ("background", self.backgrounds))
        return (*self.systems.differing(), *(name for name, (old, new) in releases if old.sha256 != new.sha256))

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The categories that both methods have, with their unit; InputError where it is not the same."""
        old, new = ({code: m.categories[m.column[code]].unit for code in m.codes} for m in self.methods)
        for code in old.keys() & new.keys():
            if old[code] != new[code]:
                raise InputError(f"{code} is in '{old[code]}' by the old method and in '{new[code]}' by the new one")
        return {code: unit for code, unit in new.items() if code in old}

    def assessed(self, renewed: frozenset[str]) -> Assessment:
        """The system in which these causes are new; where all are old, or all new, the route itself."""
        method = self.methods["method" in renewed]
        background = self.backgrounds["background" in renewed]
        settings = replace(self.settings, method=method, background=background)
        return assess_route(self._route(renewed), settings).assessment

    def values(self, assessment: Assessment) -> Matrix:
        """v(S), one number per category."""
        column = assessment.factors.method.column
        found: Matrix = totals(assessment)[[column[code] for code in self.units]]
        return found

    def _route(self, renewed: frozenset[str]) -> Route:
        if not renewed:
            return self.routes[0]
        return self.routes[1] if renewed == set(self.causes) else self.systems.mixed(renewed)


def difference(
    old: str | Path | Route | Study,
    new: str | Path | Route | Study,
    *,
    method: str | Path | Method = "ef-3.1",
    background: str | Path | Background = "open",
    old_method: str | Path | Method | None = None,
    old_background: str | Path | Background | None = None,
    electricity: Electricity = "as-modelled",
    on: date | None = None,
) -> Difference:
    """The change of each category from `old` to `new`, split by cause; the parts sum to the change.

    Causes: bill-of-materials, energy-mix (quantities and suppliers), direct (resources and emissions), transport,
    allocation, site (places and site parameters), other (wastes, the declared product), method, background. Only those
    that differ are told. `old_method` and `old_background` are those the old one was calculated with.

    Raises InputError for different materials, and where no system between the two can be calculated.
    """
    before, after = _route(old), _route(new)
    if before.declared.material != after.declared.material:
        raise InputError(
            f"{before.id} is of {before.declared.material}, {after.id} of {after.declared.material}: one material is "
            "needed"
        )
    method, background = _method(method), _background(background)
    game = _Game(
        pair(before, after),
        (before, after),
        (method if old_method is None else _method(old_method), method),
        (background if old_background is None else _background(old_background), background),
        Settings(electricity=electricity, on=on or date.today()),
    )
    first, last = game.assessed(frozenset()), game.assessed(frozenset(game.causes))
    gaps = [not_covered(assessment) for assessment in (first, last)]
    parts, notes = _split(game)
    codes, same_name = tuple(game.units), before.id == after.id
    return Difference(
        before.path if same_name else before.id,
        after.path if same_name else after.id,
        game.units,
        dict(zip(codes, game.values(first).tolist(), strict=True)),
        dict(zip(codes, game.values(last).tolist(), strict=True)),
        {code: {cause: float(values[n]) for cause, values in parts.items()} for n, code in enumerate(codes)},
        {code: tuple(sorted({key for gap in gaps for key in gap.get(code, ())})) for code in codes},
        (*_products(before, after), *notes),
    )


def shapley(players: Sequence[str], value: Value) -> dict[str, Matrix]:
    """The Shapley value of each player; `value` gives v of a set of players, and is asked once for each set."""
    n = len(players)
    worth = {frozenset(s): value(frozenset(s)) for size in range(n + 1) for s in combinations(players, size)}
    weight = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    return {
        player: sum((weight[len(s)] * (worth[s | {player}] - worth[s]) for s in worth if player not in s), np.zeros(1))
        for player in players
    }


def _split(game: _Game) -> tuple[dict[str, Matrix], tuple[str, ...]]:
    """The part of each cause; causes that cannot be told apart are one, named `a+b`, and a note says why."""
    reason = game.systems.tied()
    tried: Mapping[str, tuple[str, ...]] | None = None
    for together in TOGETHER if reason else ((), *TOGETHER):
        groups = _groups(game.causes, together)
        if groups == tried:
            continue
        tried = groups
        try:
            parts = shapley(tuple(groups), partial(_value, game, groups))
            return parts, (f"causes told together: {reason}",) if reason else ()
        except FootprintError as error:
            reason = f"no system has one of them new and another old ({error})"
    raise AssertionError("the old and the new system were calculated before")


def _groups(causes: Sequence[str], together: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Causes by name, those in `together` as one."""
    fused = tuple(cause for cause in causes if cause in together)
    groups = {"+".join(fused): fused} if fused else {}
    return groups | {cause: (cause,) for cause in causes if cause not in fused}


def _value(game: _Game, groups: Mapping[str, tuple[str, ...]], renewed: frozenset[str]) -> Matrix:
    return game.values(game.assessed(frozenset(cause for group in renewed for cause in groups[group])))


def _route(given: str | Path | Route | Study) -> Route:
    if isinstance(given, Study):
        return given.route
    return given if isinstance(given, Route) else load_route(given)


def _method(given: str | Path | Method) -> Method:
    return given if isinstance(given, Method) else load_method(given)


def _background(given: str | Path | Background) -> Background:
    return given if isinstance(given, Background) else load_background(given)


def _products(old: Route, new: Route) -> Iterator[str]:
    a, b = old.declared, new.declared
    if (a.product, a.form, a.grade) != (b.product, b.form, b.grade):
        yield f"not the same product: {a.product}, {a.form}, {a.grade}; {b.product}, {b.form}, {b.grade}"
