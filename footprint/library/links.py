"""Which product of another database stands for a generic background id, and a report of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from footprint.errors import InputError, listed, nearest
from footprint.library.foreign_units import foreign_unit
from footprint.library.link_profiles import Link, LinkProfile, link_id
from footprint.library.providers import Provider, parse_provider
from footprint.model import Route

Status = Literal["exact", "fallback", "proxy", "mixed", "cut-off", "missing"]
STATUSES: tuple[Status, ...] = get_args(Status)
MIXED = "production mix of the linked technologies, by electricity/mix.csv"


@dataclass(frozen=True, slots=True)
class Offer:
    """A product of the other database: who makes it, where, in which unit; `is_waste` where it is taken in."""

    name: str
    product: str
    location: str
    unit: str
    is_waste: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of one generic id: the link, the number of the product it found, and how well it fits."""

    provider: str
    status: Status
    link: Link | None = None
    offer: int = -1
    found: Offer | None = None
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The row of the JSON report."""
        return {
            "id": self.provider,
            "status": self.status,
            "name": self.link.name if self.link else None,
            "product": self.link.product if self.link else None,
            "location": self.found.location if self.found else None,
            "unit": self.link.unit if self.link else None,
            "factor": self.link.factor if self.link else None,
            "verified": (self.link.verified or None) if self.link else None,
            "message": self.message,
        }


@dataclass(frozen=True)
class LinkReport:
    """How generic ids resolve in a database (or, where `database` is empty, in the profile alone)."""

    profile: str
    version: str
    database: str
    rows: tuple[Resolution, ...]
    coverage: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Mapping[Status, int]:
        """How many ids have each status."""
        return {status: sum(row.status == status for row in self.rows) for status in STATUSES}

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids nothing was found for."""
        return tuple(row.provider for row in self.rows if row.status == "missing")

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/link-report/1."""
        return {
            "schema": "footprint/link-report/1",
            "profile": {"id": self.profile, "version": self.version},
            "database": self.database or None,
            "counts": dict(self.counts),
            "links": [row.to_dict() for row in self.rows],
            "elementary_flows": dict(self.coverage) or None,
        }


@dataclass(frozen=True)
class Catalogue:
    """The products of a database, found by activity name and reference product."""

    database: str
    offers: Sequence[Offer]

    @cached_property
    def by_product(self) -> Mapping[tuple[str, str], Mapping[str, tuple[int, ...]]]:
        """(activity, reference product) -> location -> numbers of the offers."""
        found: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {}
        for number_, offer in enumerate(self.offers):
            places = found.setdefault((offer.name, offer.product), {})
            places[offer.location] = (*places.get(offer.location, ()), number_)
        return found


def provider_name(provider: Provider) -> str:
    """A provider as it is written in a route."""
    at = f"@{provider.location}" if provider.kind == "background" and provider.location else ""
    return f"{link_id(provider)}{at}"


def resolve(profile: LinkProfile, provider: Provider, catalogue: Catalogue) -> Resolution:
    """The product that stands for a provider; status missing with the reason where there is none.

    Raises InputError where the product found is in a unit that does not convert, or goes the other way (waste).
    """
    name, links = provider_name(provider), profile.alternatives(provider)
    if unlinked := _unlinked(profile, provider, links):
        return unlinked
    for alternative, link in enumerate(links):
        held = catalogue.by_product.get((link.name, link.product), {})
        for rank, place in enumerate(profile.places(link, provider.location)):
            if numbers := held.get(place):
                return _checked(profile, provider, link, numbers, catalogue, rank + alternative)
    return Resolution(name, "missing", links[0], message=_why_missing(profile, provider, links, catalogue))


def _unlinked(profile: LinkProfile, provider: Provider, links: Sequence[Link]) -> Resolution | None:
    """What becomes of an id that stands for no product of the database: mixed, cut off or missing."""
    name = provider_name(provider)
    if links:
        return Resolution(name, "cut-off", links[0], message=links[0].note) if links[0].quality == "cut-off" else None
    if provider.kind == "electricity" and profile.about.mixes:
        return Resolution(name, "mixed", message=MIXED)
    return Resolution(name, "missing", message=f"profile '{profile.about.id}' has no link for it")


def _checked(
    profile: LinkProfile, provider: Provider, link: Link, numbers: tuple[int, ...], catalogue: Catalogue, rank: int
) -> Resolution:
    """The offer of a link once its unit and direction are seen to be what the profile says."""
    name, offer = provider_name(provider), catalogue.offers[numbers[0]]
    if len(numbers) > 1:
        raise InputError(
            f"{name}: {catalogue.database} has {len(numbers)} activities '{link.name}' | {link.product} | "
            f"{offer.location}; a link must name one"
        )
    if foreign_unit(offer.unit) != foreign_unit(link.unit):
        raise InputError(
            f"{link.place}: {name} is linked in '{link.unit}', but '{link.name}' in {catalogue.database} is in "
            f"'{offer.unit}', which does not convert; correct 'unit' and 'factor' of the profile"
        )
    if offer.is_waste and not link.is_waste:
        raise InputError(f"{link.place}: {name} is a product, but '{link.name}' in {catalogue.database} treats a waste")
    asked = provider.location if provider.location not in ("", "GLO") else ""
    fits = offer.location == asked if asked else rank == 0
    status: Status = "proxy" if link.quality == "proxy" else "exact" if fits else "fallback"
    message = link.note
    if status == "fallback":
        message = f"{offer.location} stands for {asked or 'the first choice'}" + (f"; {link.note}" if link.note else "")
    return Resolution(name, status, link, numbers[0], offer, message)


def _why_missing(profile: LinkProfile, provider: Provider, links: Sequence[Link], catalogue: Catalogue) -> str:
    for link in links:
        if held := catalogue.by_product.get((link.name, link.product)):
            wanted = listed(profile.places(link, provider.location)) or "no location for it"
            return f"'{link.name}' | {link.product} is in {listed(sorted(held))}; the profile allows {wanted}"
    link = links[0]
    names = {name for name, _ in catalogue.by_product}
    if link.name in names:
        made = sorted(product for name, product in catalogue.by_product if name == link.name)
        return f"'{link.name}' makes no '{link.product}'; its reference product: {listed(made)}"
    return f"no activity '{link.name}' with reference product '{link.product}'{nearest(link.name, names)}"


def link_report(
    profile: LinkProfile,
    wanted: Iterable[Provider],
    catalogue: Catalogue | None = None,
    coverage: Mapping[str, Any] | None = None,
) -> LinkReport:
    """How `wanted` resolve: in the database, or in the profile alone where no database is given."""
    rows = [
        _resolved(profile, provider, catalogue) if catalogue else _in_profile(profile, provider)
        for provider in dict.fromkeys(wanted)
    ]
    about = profile.about
    database = catalogue.database if catalogue else ""
    return LinkReport(about.id, about.version, database, tuple(rows), coverage or {})


def _resolved(profile: LinkProfile, provider: Provider, catalogue: Catalogue) -> Resolution:
    """A link that is wrong is missing in the report, with what is wrong as its message."""
    try:
        return resolve(profile, provider, catalogue)
    except InputError as error:
        return Resolution(provider_name(provider), "missing", message=str(error))


def _in_profile(profile: LinkProfile, provider: Provider) -> Resolution:
    links = profile.alternatives(provider)
    unlinked = _unlinked(profile, provider, links)
    return unlinked or Resolution(provider_name(provider), links[0].quality, links[0], message=links[0].note)


# --- reading -------------------------------------------------------------------------------------------------------


# --- what a route takes --------------------------------------------------------------------------------------------


def taken(route: Route, load: Callable[[str], Route]) -> tuple[Provider, ...]:
    """The background products a route takes, transport and the routes it takes from included, each once."""
    found: dict[Provider, None] = {}
    done: set[str] = set()
    pending = [route]
    while pending:
        current = pending.pop()
        done.add(current.id)
        for text in _partners(current):
            provider = parse_provider(current.suppliers.get(text, text))
            if provider.kind in ("background", "electricity"):
                found.setdefault(replace(provider, site=""))
            elif provider.kind == "route" and provider.id not in done:
                pending.append(load(provider.id))
    return tuple(found)


def _partners(route: Route) -> Iterator[str]:
    for process in route.processes:
        yield from (product.substitution for product in process.products if product.substitution)
        for exchange in process.exchanges:
            if exchange.kind in ("product", "waste"):
                yield exchange.partner
            for leg in exchange.legs:
                yield leg.by if ":" in leg.by else f"background:{leg.by}"
