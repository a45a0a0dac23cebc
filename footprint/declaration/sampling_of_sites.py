"""Sites of the operator, and data of some standing for all: strata and how many of each (R21; PEF, Annex I, 4.4.6).

Strata are geography x technology x capacity. In a stratum of n sites, at least the root of n, rounded up, are sampled,
or sites with half of its production.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from footprint.declaration.asking import Asked, Rules, asked
from footprint.library.study_files import PlantRow, StudyRow


@dataclass(frozen=True, slots=True)
class Stratum:
    """Sites alike in geography, technology and capacity."""

    geography: str
    technology: str
    capacity: str
    plants: tuple[PlantRow, ...]

    @property
    def sampled(self) -> tuple[PlantRow, ...]:
        """Those whose data are in the study."""
        return tuple(plant for plant in self.plants if plant.sampled)

    @property
    def needed(self) -> int:
        """The root of the number of sites, rounded up."""
        return math.isqrt(len(self.plants) - 1) + 1

    @property
    def production_share(self) -> float:
        """The part of the production that the sampled sites make."""
        return sum(p.output_kg for p in self.sampled) / sum(p.output_kg for p in self.plants)

    @property
    def name(self) -> str:
        """`FI, flash smelting, large`."""
        return ", ".join(filter(None, (self.geography, self.technology, self.capacity)))


def strata(plants: Sequence[PlantRow]) -> tuple[Stratum, ...]:
    """The strata of some sites, in the order of the file; geography is the country where none is given."""
    found: dict[tuple[str, str, str], list[PlantRow]] = {}
    for plant in plants:
        found.setdefault((plant.geography or plant.country, plant.technology, plant.capacity), []).append(plant)
    return tuple(Stratum(*key, tuple(members)) for key, members in found.items())


def plants(company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """A declaration is of a product from its plants: that there are none is not said by leaving them out (R35)."""
    if not company.plant:
        yield asked(
            "error", "sites.none", "[[study.plant]]", "no plant of the operator is given",
            "settled by a [[study.plant]] for each site that makes the product", rules.clause("declaration-scope"),
        )  # fmt: skip


def sampling(company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """A sample is allowed, and large enough in every stratum."""
    if all(plant.sampled for plant in company.plant):
        return
    if rules.entry("sampling-allowed").value is not True:
        yield asked(
            "error", "sampling.not-allowed", "sites", "data of a sample of the sites stand for all",
            "settled by data of every site", rules.clause("sampling-allowed"),
        )  # fmt: skip
        return
    enough = rules.number("sampling-production-share")
    for stratum in strata(company.plant):
        count, share = len(stratum.sampled), stratum.production_share
        if count < stratum.needed and share < enough - 1e-12:
            yield asked(
                "error", "sampling.too-few", f"sites ({stratum.name})",
                f"{count} of {len(stratum.plants)} sites with {share:.0%} of the production are sampled",
                f"settled by {stratum.needed} sites, or sites with {enough:.0%} of it",
                rules.clause("sampling-production-share"),
            )  # fmt: skip
    unsampled = {plant.id for plant in company.plant if not plant.sampled}
    for ident, data in company.data.items():
        if named := sorted(unsampled & set(data.plants)):
            yield asked(
                "warning", "sampling.contradiction", f"process '{ident}'",
                f"its data are of {', '.join(named)}, which [[study.plant]] says is not sampled",
                "settled by one of the two", rules.clause("sampling-production-share"),
            )  # fmt: skip
