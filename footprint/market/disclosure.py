"""What of thresholds may leave the house: nothing of too few operators, nor what would give it by difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from footprint.market.declarations import Pool
from footprint.market.review import Review
from footprint.market.thresholds import POOLED, ClassScheme


@dataclass(frozen=True)
class Disclosure:
    """The schemes as they are published, those that are `withheld`, and those published without their `occupancy`."""

    schemes: tuple[ClassScheme, ...]
    withheld: tuple[ClassScheme, ...] = ()
    occupancy: tuple[ClassScheme, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What was left out, one line each."""
        return (
            *(f"not publishable, left out: {_named(scheme)}" for scheme in self.withheld),
            *(f"published without occupancy: {_named(scheme)}" for scheme in self.occupancy),
        )


def disclosed(schemes: Sequence[ClassScheme], confidential: bool = False) -> Disclosure:
    """The schemes that are publishable (DECISIONS 21); all of them, in full, if `confidential`.

    Occupancy is published where the systems that are published add up to the pooled market. Where one is missing,
    pooled less the others would tell its classes, and pooled classes of one or two declarations would tell whose they
    are: there neither the pooled market nor any system has its occupancy.
    """
    if confidential:
        return Disclosure(tuple(schemes))
    whole = _adding_up(schemes)
    shown = [scheme for scheme in schemes if scheme.publishable]
    return Disclosure(
        tuple(scheme if _group(scheme) in whole else replace(scheme, occupancy={}) for scheme in shown),
        tuple(scheme for scheme in schemes if not scheme.publishable),
        tuple(scheme for scheme in shown if _group(scheme) not in whole),
    )


def disclosed_reviews(
    reviews: Sequence[Review], schemes: Sequence[ClassScheme], confidential: bool = False
) -> tuple[Review, ...]:
    """The reviews whose migration is published: as occupancy is, of the old schemes as of the new ones."""
    if confidential:
        return tuple(reviews)
    old, new = _adding_up(review.old for review in reviews), _adding_up(schemes)
    return tuple(review for review in reviews if _group(review.old) in old and _group(review.new) in new)


def _group(scheme: ClassScheme) -> tuple[Pool, str]:
    return scheme.pool, scheme.category


def _adding_up(schemes: Iterable[ClassScheme]) -> set[tuple[Pool, str]]:
    """Products and categories of which everything is published; a modelled market has nothing to withhold."""
    groups: dict[tuple[Pool, str], list[ClassScheme]] = {}
    for scheme in schemes:
        groups.setdefault(_group(scheme), []).append(scheme)
    return {group for group, held in groups.items() if group[0].modelled or _adds_up(held)}


def _adds_up(schemes: Sequence[ClassScheme]) -> bool:
    pooled = sum(scheme.n for scheme in schemes if scheme.system == POOLED)
    systems = [scheme.n for scheme in schemes if scheme.system != POOLED]
    return all(scheme.publishable for scheme in schemes) and (not systems or sum(systems) == pooled)


def _named(scheme: ClassScheme) -> str:
    parts = (scheme.pool.product, scheme.pool.form, scheme.pool.grade, scheme.category, scheme.system)
    return f"{scheme.material}: {', '.join(part for part in parts if part)}"
