"""Link profiles: which product of another database stands for one of our generic background ids.

`datasets/links/<name>.toml` says which database and version a profile is for; `<name>.csv` beside it holds the links.
A link names the activity, its reference product and where to look for it, in order of preference. Nothing is linked
by likeness: a name that the database does not have is missing, and the nearest name is only told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec

from footprint.errors import InputError, listed, nearest
from footprint.library.cache import content_hash
from footprint.library.foreign_units import conversion, foreign_unit
from footprint.library.paths import datasets_folder
from footprint.library.providers import VOLTAGES, Provider, parse_provider
from footprint.library.tables import number, read_csv
from footprint.library.toml import read_toml
from footprint.model import Route
from footprint.units import unit

COLUMNS = ("id", "name", "product", "locations", "per", "unit", "factor", "kind", "quality", "verified", "note")
#: words of a location preference; everything else in it is a location of the database
COUNTRY, REGION = "country", "region"
Quality = Literal["exact", "proxy"]
Status = Literal["exact", "fallback", "proxy", "missing"]
STATUSES: tuple[Status, ...] = ("exact", "fallback", "proxy", "missing")


class ProfileFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`<name>.toml`: what a profile is for. `detect` are words that a database's name must all hold."""

    schema: int
    id: str
    name: str
    database: str
    version: str
    verified: str
    detect: list[list[str]]
    source: str
    licence: str
    url: str = ""
    notes: str = ""


class RegionFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`regions.toml`: the regions of a database's geography and the countries in each, smallest region first."""

    schema: int
    region: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a profile: `factor` units of the linked product make one of our unit `per`."""

    id: str
    name: str
    product: str
    locations: tuple[str, ...]
    per: str
    unit: str
    factor: float
    is_waste: bool
    quality: Quality
    verified: str
    note: str
    place: str


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
class LinkProfile:
    """A profile as read: its links by generic id, each id with its alternatives in the order of the file."""

    about: ProfileFile
    links: Mapping[str, tuple[Link, ...]]
    regions: Mapping[str, tuple[str, ...]]
    sha256: str
    path: str

    def alternatives(self, provider: Provider) -> tuple[Link, ...]:
        """The links of a provider: of the very id, else of `electricity:*:MV`, whatever the country."""
        exact = self.links.get(link_id(provider), ())
        if exact or provider.kind != "electricity":
            return exact
        return self.links.get(f"electricity:*:{provider.voltage}", ())

    def places(self, link: Link, country: str) -> Iterator[str]:
        """The locations to look at, in order; `country` and `region` stand for those of the country asked for."""
        for place in link.locations:
            if place == COUNTRY:
                yield from (c for c in dict.fromkeys((country, country.partition("-")[0])) if c and c != "GLO")
            elif place == REGION:
                yield from self.regions.get(country.partition("-")[0], ())
            else:
                yield place


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


def link_id(provider: Provider) -> str:
    """The generic id of a provider, without its country."""
    return provider.id if provider.kind == "electricity" else f"background:{provider.id}"


def provider_name(provider: Provider) -> str:
    """A provider as it is written in a route."""
    at = f"@{provider.location}" if provider.kind == "background" and provider.location else ""
    return f"{link_id(provider)}{at}"


def resolve(profile: LinkProfile, provider: Provider, catalogue: Catalogue) -> Resolution:
    """The product that stands for a provider; status missing with the reason where there is none.

    Raises InputError where the product found is in a unit that does not convert, or goes the other way (waste).
    """
    name, links = provider_name(provider), profile.alternatives(provider)
    if not links:
        return Resolution(name, "missing", message=f"profile '{profile.about.id}' has no link for it")
    for alternative, link in enumerate(links):
        held = catalogue.by_product.get((link.name, link.product), {})
        for rank, place in enumerate(profile.places(link, provider.location)):
            if numbers := held.get(place):
                return _checked(profile, provider, link, numbers, catalogue, rank + alternative)
    return Resolution(name, "missing", links[0], message=_why_missing(profile, provider, links, catalogue))


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
    name = provider_name(provider)
    if not links:
        return Resolution(name, "missing", message=f"profile '{profile.about.id}' has no link for it")
    return Resolution(name, links[0].quality, links[0], message=links[0].note)


# --- reading -------------------------------------------------------------------------------------------------------


def known_profiles(folder: Path | None = None) -> dict[str, Path]:
    """Profile name -> its .toml file."""
    folder = folder or datasets_folder() / "links"
    return {path.stem: path for path in sorted(folder.glob("*.toml")) if path.stem != "regions"}


def load_profile(name: str | Path, folder: Path | None = None) -> LinkProfile:
    """The shipped profile of that name, or the one in that .toml file. Raises InputError with file and line."""
    known = known_profiles(folder)
    path = Path(name) if str(name).endswith(".toml") else known.get(str(name))
    if path is None:
        raise InputError(
            f"link profile '{name}' is not known{nearest(str(name), known)}; allowed: {listed(known)}, or the path of "
            "a .toml file with a .csv beside it"
        )
    about, table = read_toml(path, ProfileFile), path.with_suffix(".csv")
    if about.schema != 1:
        raise InputError(f"{path}: schema {about.schema}; allowed: 1")
    links: dict[str, tuple[Link, ...]] = {}
    for line, row in read_csv(table, COLUMNS):
        link = _link(row, table, line)
        if any((link.name, link.product) == (other.name, other.product) for other in links.get(link.id, ())):
            raise InputError(f"{link.place}: a second row links {link.id} to '{link.name}'")
        links[link.id] = (*links.get(link.id, ()), link)
    if not links:
        raise InputError(f"{table}: holds no link")
    regions = datasets_folder() / "links" / "regions.toml"
    sha256 = content_hash([path, table], path.parent)
    return LinkProfile(about, links, _regions(regions), sha256, str(path))


def detect_profile(database: str, folder: Path | None = None) -> LinkProfile:
    """The one shipped profile whose words are all in the database's name; InputError where none or several fit."""
    name = database.lower()
    fitting = [
        ident
        for ident, path in known_profiles(folder).items()
        if any(all(_holds(name, word) for word in words) for words in read_toml(path, ProfileFile).detect)
    ]
    if len(fitting) != 1:
        found = f"{listed(fitting)} all fit" if fitting else "none fits"
        raise InputError(
            f"no link profile is certain for database '{database}' ({found}); choose one with --links: "
            f"{listed(known_profiles(folder))}"
        )
    return load_profile(fitting[0], folder)


def _holds(name: str, word: str) -> bool:
    """Whether a word stands in a name; a number must not be part of a longer one (3.1 is not 3.10)."""
    return re.search(rf"(?<!\d){re.escape(word.lower())}(?!\d)", name) is not None


def _regions(path: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for region, countries in read_toml(path, RegionFile).region.items():
        for country in countries:
            found[country] = (*found.get(country, ()), region)
    return found


def _link(row: Mapping[str, str], path: Path, line: int) -> Link:
    place = f"{path}, line {line}"
    ident = row["id"]
    _check_id(ident, place)
    for column in ("name", "product", "locations"):
        if not row[column].strip():
            raise InputError(f"{place}: column '{column}' of {ident} is empty")
    if row["kind"] not in ("product", "waste"):
        raise InputError(f"{place}: kind '{row['kind']}' is not known; allowed: product, waste")
    if row["quality"] not in ("exact", "proxy"):
        raise InputError(f"{place}: quality '{row['quality']}' is not known; allowed: exact, proxy")
    quality: Quality = "proxy" if row["quality"] == "proxy" else "exact"
    return Link(
        ident,
        row["name"],
        row["product"],
        tuple(part.strip() for part in row["locations"].split(">")),
        row["per"],
        row["unit"],
        _factor(row, path, line),
        row["kind"] == "waste",
        quality,
        row["verified"],
        row["note"],
        place,
    )


def _check_id(ident: str, place: str) -> None:
    if ident in {f"electricity:*:{voltage}" for voltage in VOLTAGES}:
        return
    try:
        provider = parse_provider(ident)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    if provider.kind not in ("background", "electricity") or "@" in ident:
        raise InputError(
            f"{place}: '{ident}' is no id; allowed: background:ID, electricity:COUNTRY:MV, electricity:*:MV"
        )


def _factor(row: Mapping[str, str], path: Path, line: int) -> float:
    """Units of the database per one of ours: computed where both measure the same, else the column `factor`."""
    place = f"{path}, line {line}"
    try:
        unit(row["per"])
        computed = conversion(row["per"], row["unit"])
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    if not row["factor"].strip():
        if computed is None:
            raise InputError(
                f"{place}: {row['id']}: '{row['per']}' does not convert to '{row['unit']}'; give 'factor', the number "
                f"of {row['unit']} per {row['per']}, and its reason in 'note'"
            )
        return computed
    given = number(row["factor"], path, line, "factor")
    if given <= 0:
        raise InputError(f"{place}: factor {given:g} of {row['id']}; it must be above zero")
    if computed is not None and not math.isclose(given, computed, rel_tol=1e-9):
        raise InputError(
            f"{place}: factor {given:g} of {row['id']}, but one {row['per']} is {computed:g} {row['unit']}"
        )
    return given


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
                found.setdefault(provider)
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
