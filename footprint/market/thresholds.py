"""A class scheme as a frozen value: thresholds of one category of one material, and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from footprint.errors import InputError
from footprint.library.method import load_method
from footprint.market.declarations import Pool

LETTERS = "ABCDEFG"
SCHEMA = "footprint/classes/1"
#: system of a scheme for primary and secondary together
POOLED = "pooled"
#: parameters that follow from the market, or move no threshold
NO_CHOICE = ("benchmark_derived", "replicates", "seed")
#: status of a scheme read from a legal act
LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Note:
    """A finding about a scheme: what rule, how grave, and what was found."""

    rule: str
    severity: str
    message: str


@dataclass(frozen=True)
class ClassScheme:
    """The classes of one category: a value up to and including a threshold has its letter; above the last is the worst.

    `status` is `illustrative` unless the thresholds were read from a legal act. They hold from `on` up to and including
    `valid_to`, when a review is due (`class-review`); an act has no last day.
    """

    material: str
    category: str
    unit: str
    scheme: str
    on: date
    window: tuple[date, date]
    thresholds: Mapping[str, float]
    pool: Pool
    system: str = "pooled"
    status: str = "illustrative"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    n: int = 0
    n_operators: int = 0
    n_effective: float | None = None
    publishable: bool = False
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    occupancy: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    without_options: Mapping[str, float] | None = None
    unweighted: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    valid_to: date | None = None

    @property
    def classes(self) -> int:
        """How many classes."""
        return len(self.thresholds) + 1

    @property
    def letters(self) -> str:
        """The letters in use, best first."""
        return LETTERS[: self.classes]

    @property
    def choices(self) -> Mapping[str, Any]:
        """The parameters by which one scheme differs from another in method."""
        return {name: value for name, value in self.parameters.items() if name not in NO_CHOICE}

    def bounds(self, letter: str) -> tuple[float | None, float | None]:
        """What lies in a class: above the first, up to the second; None where it is open."""
        place = self.letters.index(letter)
        ends = [None, *self.thresholds.values(), None]
        return ends[place], ends[place + 1]

    def to_dict(self) -> dict[str, Any]:
        """As `footprint classes fit --json` prints it (schema footprint/classes/1)."""
        return {
            "schema": SCHEMA,
            "status": self.status,
            "material": self.material,
            "category": self.category,
            "unit": self.unit,
            "scheme": self.scheme,
            "parameters": dict(self.parameters),
            "on": self.on.isoformat(),
            "valid_from": self.on.isoformat(),
            "valid_to": None if self.valid_to is None else self.valid_to.isoformat(),
            "window": {"from": self.window[0].isoformat(), "before": self.window[1].isoformat()},
            "n": self.n,
            "n_operators": self.n_operators,
            "n_effective": self.n_effective,
            "classes": self.classes,
            "publishable": self.publishable,
            "system": self.system,
            "pool": self.pool.to_dict(),
            "thresholds": dict(self.thresholds),
            "intervals": {letter: list(ends) for letter, ends in self.intervals.items()},
            "occupancy": {letter: {"n": n, "mass_share": share} for letter, (n, share) in self.occupancy.items()},
            "without_options": None if self.without_options is None else dict(self.without_options),
            "unweighted": dict(self.unweighted),
            "findings": [{"rule": f.rule, "severity": f.severity, "message": f.message} for f in self.notes],
        }

    def _repr_html_(self) -> str:
        """The table a notebook shows."""
        rows = "".join(
            f"<tr><td>{letter}</td><td>{'above ' if high is None else 'up to '}{(high or low or 0):.3g}</td></tr>"
            for letter in self.letters
            for low, high in (self.bounds(letter),)
        )
        return f"<table><caption>{self.category}, {self.unit}; {self.status}</caption>{rows}</table>"


@lru_cache(maxsize=64)
def unit_of(pool: Pool, category: str) -> str:
    """The unit of a pool's values: that of the method (of ef-3.1 where the method is not known) per declared unit."""
    try:
        method = load_method(pool.method)
    except InputError:
        method = load_method("ef-3.1")
    unit = method.categories[method.column[category]].unit
    return f"{unit} per {'' if pool.declared_unit_kg == 1 else f'{pool.declared_unit_kg:g} '}kg"


def lettered(bounds: list[float]) -> dict[str, float]:
    """Thresholds by letter."""
    if not 1 <= len(bounds) < len(LETTERS):
        raise InputError(f"{len(bounds) + 1} classes; allowed: 2 to {len(LETTERS)}")
    return dict(zip(LETTERS, bounds, strict=False))
