"""A background that was solved elsewhere: products of another database with their impacts per unit.

Each generic id becomes one aggregated process whose only exchanges are the database's results, one pseudo-flow per
category with the factor one, as a supplier's declaration is taken in; what is emitted after 100 years stands apart,
so that `--long-term` works. Graph, kernel, contributions and engines do not know the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.library.background import Background
from footprint.library.declarations import DECLARED, LATE
from footprint.library.link_profiles import LinkProfile
from footprint.library.links import Catalogue, Resolution, resolve
from footprint.library.providers import Provider
from footprint.model import Amount, Exchange, Process, Product
from footprint.units import unit

#: the tier of what stands in for a product the database does not have
PROXY_TIER = "C"


@dataclass(frozen=True)
class ImpactTable:
    """Impact per unit of each product of a database: products x categories, and the part of it after 100 years.

    `main` are the categories among `codes`; the others are parts of one.
    """

    method: str
    codes: Sequence[str]
    main: frozenset[str]
    units: Sequence[str]
    total: NDArray[np.float64]
    late: NDArray[np.float64]


@dataclass
class LinkedBackground(Background):
    """Products of another database in place of the open background; `process` resolves a generic id on first use."""

    catalogue: Catalogue = field(default_factory=lambda: Catalogue("", ()))
    profile: LinkProfile | None = None
    impacts: ImpactTable | None = None
    coverage: dict[str, Any] = field(default_factory=dict)

    def process(self, provider: Provider) -> Process:
        """The linked product of a provider as an aggregated process.

        Raises InputError where the profile or the database has none, or its unit does not convert.
        """
        key = (provider.id, provider.location)
        if key not in self._built:
            self._built[key] = self._aggregated(self.resolution(provider))
        return self._built[key]

    @property
    def takes_sites(self) -> bool:
        """A linked product is aggregated and has no parameters: it stays as it is, and `check` says so."""
        return False

    def of_year(self, year: int | None) -> Background:
        """A linked database brings its own electricity; there is no other year to choose."""
        if year is not None:
            raise InputError(f"year {year}: background '{self.id}' has its own electricity mixes, of one year only")
        return self

    @property
    def mix_year(self) -> int:
        """The year of the electricity mixes; 0 where the database does not say."""
        return 0

    def resolution(self, provider: Provider) -> Resolution:
        """Which product stands for a provider."""
        assert self.profile is not None
        return resolve(self.profile, provider, self.catalogue)

    def _aggregated(self, found: Resolution) -> Process:
        link, offer = found.link, found.found
        if link is None or offer is None or self.impacts is None:
            raise InputError(f"{found.provider} is missing in '{self.id}': {found.message}")
        per = unit(link.per)
        place = f"{offer.name} | {offer.product} | {offer.location}"
        return Process(
            id=found.provider,
            name=f"{offer.name} ({offer.location})",
            location=offer.location,
            year=0,
            products=(
                Product(
                    offer.product,
                    Amount(per.factor, per.base, "", place, "published"),
                    is_waste=link.is_waste,
                ),
            ),
            exchanges=tuple(self._results(found.offer, link.factor, place)),
            tier=PROXY_TIER if found.status == "proxy" else "",
            not_covered=tuple(self._empty(found.offer)),
            note=found.message,
        )

    def _empty(self, row: int) -> Iterator[str]:
        """Categories in which the product has no impact at all: the database holds no data, which is not zero."""
        table = self.impacts
        assert table is not None
        for column, code in enumerate(table.codes):
            if code in table.main and table.total[row, column] == 0:
                yield code

    def _results(self, row: int, factor: float, place: str) -> Iterator[Exchange]:
        table = self.impacts
        assert table is not None
        for column, (code, unit_name) in enumerate(zip(table.codes, table.units, strict=True)):
            late = float(table.late[row, column])
            for compartment, value in (
                (f"{DECLARED}{table.method}", float(table.total[row, column]) - late),
                (f"{DECLARED}{table.method}{LATE}", late),
            ):
                if value or not compartment.endswith(LATE):
                    amount = Amount(value * factor, unit_name, "", place, "published")
                    yield Exchange("emission", code, compartment, amount)
