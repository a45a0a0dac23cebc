"""The three-year review: what moved between two schemes, and whether by the declaration, the market or the method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from footprint.errors import InputError
from footprint.market.assignment import places
from footprint.market.declarations import Market
from footprint.market.rules import ClassRules
from footprint.market.thresholds import ClassScheme


@dataclass(frozen=True, slots=True)
class Move:
    """A declaration whose letter changed, and why: `own` value, `market` thresholds, `method`."""

    declaration: str
    before: str
    after: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """Two schemes of the same product and category; `migration` counts declarations from old letter to new."""

    old: ClassScheme
    new: ClassScheme
    migration: Mapping[str, Mapping[str, int]]
    moves: tuple[Move, ...]
    triggers: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/review/1."""
        return {
            "schema": "footprint/review/1",
            "status": self.new.status,
            "material": self.new.material,
            "category": self.new.category,
            "system": self.new.system,
            "thresholds": {
                "old": dict(self.old.thresholds),
                "new": dict(self.new.thresholds),
                "intervals": {letter: list(ends) for letter, ends in self.new.intervals.items()},
            },
            "occupancy": {
                name: {letter: {"n": n, "mass_share": share} for letter, (n, share) in scheme.occupancy.items()}
                for name, scheme in (("old", self.old), ("new", self.new))
            },
            "migration": {letter: dict(row) for letter, row in self.migration.items()},
            "moves": [
                {"declaration_id": m.declaration, "from": m.before, "to": m.after, "reasons": list(m.reasons)}
                for m in self.moves
            ],
            "rescale": list(self.triggers),
        }


def paired(old: Sequence[ClassScheme], new: Sequence[ClassScheme]) -> list[tuple[ClassScheme, ClassScheme]]:
    """Schemes of the same product, form, grade, category and system; InputError where none is in both."""

    def key(s: ClassScheme) -> tuple[Any, ...]:
        return s.material, s.pool.product, s.pool.form, s.pool.grade, s.category, s.system

    held = {key(scheme): scheme for scheme in old}
    found = [(held[key(scheme)], scheme) for scheme in new if key(scheme) in held]
    if not found:
        raise InputError("the two files have no product, category and system in common")
    return found


def review(old: ClassScheme, new: ClassScheme, before: Market, after: Market, rules: ClassRules) -> Review:
    """Compare the letters of every declaration that is in both markets, by its id."""
    first, second = _values(before, old), _values(after, new)
    migration = {a: dict.fromkeys(new.letters, 0) for a in old.letters}
    moves = []
    for ident in sorted(first.keys() & second.keys()):
        was, own, now = _letter(first[ident], old), _letter(second[ident], old), _letter(second[ident], new)
        migration[was][now] += 1
        if was != now:
            moves.append(Move(ident, was, now, _reasons(was, own, now, old, new)))
    return Review(old, new, migration, tuple(moves), rescale_triggers(new, rules))


def _values(market: Market, scheme: ClassScheme) -> dict[str, float]:
    """Declaration id -> value, of the scheme's pool and system."""
    for pool, rows in market.pools():
        if pool == scheme.pool and scheme.category in rows.categories:
            idents, values, systems = rows["declaration_id"], rows.values(scheme.category), rows["system"]
            kept = np.isfinite(values) & ((systems == scheme.system) | (scheme.system == "pooled"))
            return dict(zip(idents[kept].tolist(), values[kept].tolist(), strict=True))
    return {}


def _letter(value: float, scheme: ClassScheme) -> str:
    return scheme.letters[int(places(np.array([value]), list(scheme.thresholds.values()))[0])]


def _reasons(was: str, own: str, now: str, old: ClassScheme, new: ClassScheme) -> tuple[str, ...]:
    """`own` where the new value has another letter under the old thresholds; then `method` where scheme, number of
    classes, figures or method differ, else `market`."""
    changed = (old.scheme, old.classes, old.pool.method, old.pool.ruleset, dict(old.parameters)) != (
        new.scheme, new.classes, new.pool.method, new.pool.ruleset, dict(new.parameters)
    )  # fmt: skip
    found = ["own"] if was != own else []
    if own != now:
        found.append("method" if changed else "market")
    return tuple(found)


def rescale_triggers(scheme: ClassScheme, rules: ClassRules) -> tuple[str, ...]:
    """Where the best classes hold so much that a review should rescale: 30 % in A, 50 % in A and B."""
    found = []
    for letters, most in rules.rescale.items():
        share = sum(scheme.occupancy[letter][1] for letter in letters if letter in scheme.occupancy)
        if share >= most:
            found.append(f"{share:.0%} of the tonnes in {' and '.join(letters)}, from {most:.0%} on")
    return tuple(found)
