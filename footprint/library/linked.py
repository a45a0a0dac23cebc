"""A background that was solved elsewhere: products of another database with their impacts per unit.

Each generic id becomes one aggregated process whose only exchanges are the database's results, one pseudo-flow per
category with the factor one, as a supplier's declaration is taken in; what is emitted after 100 years stands apart,
so that `--long-term` works. Graph, kernel, contributions and engines do not know the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError
from footprint.library.amounts import Scope
from footprint.library.background import Background
from footprint.library.declarations import DECLARED, LATE
from footprint.library.electricity import market
from footprint.library.link_profiles import Link, LinkProfile
from footprint.library.links import Catalogue, Resolution, resolve
from footprint.library.processes import build_process
from footprint.library.providers import Provider, parse_provider
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
            found = self.resolution(provider)
            self._built[key] = self._mixed(provider) if found.status == "mixed" else self._aggregated(found)
        return self._built[key]

    def suppliers(self, provider: Provider) -> Iterator[Provider]:
        """What an electricity mix of linked technologies takes, and what that takes in turn; of others nothing."""
        if self.resolution(provider).status == "mixed":
            for exchange in self.process(provider).exchanges:
                supplier = parse_provider(exchange.partner)
                yield supplier
                yield from self.suppliers(supplier)

    def _mixed(self, provider: Provider) -> Process:
        """A country's production mix, as in the open background, of technologies of the database; networks left out."""
        parameters = msgspec.structs.replace(self.electricity.parameters, network=None)
        row = market(provider, msgspec.structs.replace(self.electricity, parameters=parameters), None)
        return build_process(row, Scope("electricity/mix.csv", {}, self.sources), "electricity markets")

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
        return self.electricity.parameters.year if self.profile and self.profile.about.mixes else 0

    def resolution(self, provider: Provider) -> Resolution:
        """Which product stands for a provider."""
        assert self.profile is not None
        return resolve(self.profile, provider, self.catalogue)

    def _aggregated(self, found: Resolution) -> Process:
        link, offer = found.link, found.found
        if found.status == "cut-off" and link is not None:
            return self._nothing(found.provider, link)
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

    def _nothing(self, ident: str, link: Link) -> Process:
        """A product the database leaves out: it brings nothing, and is covered in no category."""
        per, codes = unit(link.per), self.impacts.main if self.impacts else ()
        made = Product(ident, Amount(per.factor, per.base, "", "", "published"), is_waste=link.is_waste)
        name = f"cut off in {self.id}"
        return Process(ident, name, "GLO", 0, (made,), (), tier=PROXY_TIER, not_covered=tuple(sorted(codes)))

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
