"""A pool on a day: the declarations placed on the market in the window, pooled and split by system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.market.declarations import Floats, Market, Pool, codes_of
from footprint.market.rules import ClassRules
from footprint.market.thresholds import POOLED
from footprint.market.window import tonnes_within, window


class NotFitted(InputError):
    """A category of a pool has no thresholds; `rule` says why."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class Windowed:
    """The declarations of one pool that fall into the window, by id: the tonnes that do, a number for the operator."""

    pool: Pool
    whole: Market
    places: NDArray[np.int64]
    tonnes: Floats
    operators: NDArray[np.int64]
    on: date
    rules: ClassRules

    @classmethod
    def of(cls, pool: Pool, market: Market, on: date, rules: ClassRules) -> Windowed:
        """Leave out what was not placed on the market in the window: it has no influence, nor has the order of rows."""
        begin, before = window(on, rules.window_years)
        tonnes = tonnes_within(market["period_from"], market["period_to"], market["mass_t"], begin, before)
        inside = np.flatnonzero(tonnes > 0)
        places = inside[np.argsort(market["declaration_id"][inside], kind="stable")]
        operators = codes_of(market["operator"][places])[1]
        return cls(pool, market, places, tonnes[places], operators, on, rules)

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def market(self) -> Market:
        """These declarations alone."""
        return self.whole.rows(self.places)

    def check(self) -> None:
        """NotFitted where nothing is in the window."""
        if not len(self):
            begin, before = window(self.on, self.rules.window_years)
            raise NotFitted("nothing-in-window", f"nothing was placed on the market from {begin} until before {before}")

    def column(self, name: str) -> NDArray[Any]:
        """What these declarations hold."""
        return self.whole[name][self.places]

    def values(self, category: str) -> Floats:
        """One category per declared unit, NaN where it is missing; NotFitted where none of them has a value."""
        if category in self.whole.categories:
            found = self.whole.values(category)[self.places]
            if np.isfinite(found).any():
                return found
        raise NotFitted("no-value", f"no declaration in the window has a value of {category}")

    def of_category(self, kind: str, category: str) -> Floats:
        """What is declared beside the values, as `gsd2` and `screening`; NaN where it is not."""
        return self.whole.beside(kind, category)[self.places]

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Primary, secondary, mixed: those that occur."""
        return tuple(sorted(set(self.column("system").tolist())))

    def splits(self) -> Iterator[tuple[str, Windowed]]:
        """Pooled, and by system where there is more than one (DECISIONS 19)."""
        yield POOLED, self
        for system in self.systems if len(self.systems) > 1 else ():
            mask = self.column("system") == system
            yield (
                system,
                replace(self, places=self.places[mask], tonnes=self.tonnes[mask], operators=self.operators[mask]),
            )
