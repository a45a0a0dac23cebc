"""Which scheme a declaration is classed by: one of its product, category and system, and the one then in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from footprint.errors import InputError
from footprint.market.declarations import Pool
from footprint.market.scheme_files import scheme_id
from footprint.market.thresholds import LEGAL, POOLED, ClassScheme

#: what a legal act names of a product; its grade only where it has one
NAMED = ("material", "product", "form", "declared_unit_kg", "method")


def is_for(scheme: ClassScheme, pool: Pool) -> bool:
    """Whether declarations of a pool may be compared with a scheme: the same pool, or all that a legal act names."""
    if scheme.status != LEGAL:
        return pool == scheme.pool
    named = (*NAMED, *(("grade",) if scheme.pool.grade else ()))
    return all(getattr(pool, name) == getattr(scheme.pool, name) for name in named)


def candidates(schemes: Iterable[ClassScheme], pool: Pool, category: str) -> tuple[ClassScheme, ...]:
    """The schemes of a product and category, whatever their system and day."""
    return tuple(scheme for scheme in schemes if scheme.category == category and is_for(scheme, pool))


def of_system(schemes: Iterable[ClassScheme], system: str) -> tuple[ClassScheme, ...]:
    """Those that class a declaration of a system: the pooled ones, and of an act also those of that system."""
    return tuple(s for s in schemes if s.system == POOLED or (s.status == LEGAL and s.system == system))


def in_force(schemes: Sequence[ClassScheme], day: date) -> ClassScheme | None:
    """The latest scheme that has begun on a day.

    Where none has: the first illustrative one, for the market that it was fitted to lies before its first day; an act
    classes nothing from before. InputError where two begin on the same day.
    """
    begun = [scheme for scheme in schemes if scheme.on <= day]
    later = [scheme for scheme in schemes if scheme.status != LEGAL]
    if not (begun or later):
        return None
    first = max(scheme.on for scheme in begun) if begun else min(scheme.on for scheme in later)
    found = [scheme for scheme in begun or later if scheme.on == first]
    if len(found) > 1:
        names = ", ".join(f"{scheme.scheme}, {scheme.system} ({scheme_id(scheme)})" for scheme in found)
        raise InputError(
            f"{len(found)} schemes of {found[0].pool.name}, {found[0].category} hold from {first}: {names}; "
            "give a file with one of them"
        )
    return found[0]


def holds(scheme: ClassScheme, day: date) -> bool:
    """Whether a day lies within the validity of a scheme."""
    return scheme.on <= day and (scheme.valid_to is None or day <= scheme.valid_to)
