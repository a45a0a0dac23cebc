"""Link profiles: which product of another database stands for one of our generic background ids.

`datasets/links/<name>.toml` says which database and version a profile is for; `<name>.csv` beside it holds the links.
A link names the activity, its reference product and where to look for it, in order of preference. Nothing is linked
by likeness: a name that the database does not have is missing, and the nearest name is only told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import msgspec

from footprint.errors import InputError, listed, nearest
from footprint.library.cache import content_hash
from footprint.library.foreign_units import conversion
from footprint.library.paths import datasets_folder
from footprint.library.providers import VOLTAGES, Provider, parse_provider
from footprint.library.tables import number, read_csv
from footprint.library.toml import read_toml
from footprint.units import unit

COLUMNS = ("id", "name", "product", "locations", "per", "unit", "factor", "kind", "quality", "verified", "note")
#: words of a location preference; everything else in it is a location of the database
COUNTRY, REGION = "country", "region"
Quality = Literal["exact", "proxy", "cut-off"]
QUALITIES: tuple[Quality, ...] = get_args(Quality)


class ProfileFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`<name>.toml`: what a profile is for. `detect` are words that a database's name must all hold.

    With `mixes`, electricity without a link of its own is mixed from the linked technologies by `electricity/mix.csv`.
    """

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
    mixes: bool = False


class RegionFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`regions.toml`: the regions of a database's geography and the countries in each, smallest region first."""

    schema: int
    region: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a profile: `factor` units of the linked product make one of our unit `per`.

    `quality` cut-off links to nothing: the database holds no process and counts it as nothing.
    """

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


def link_id(provider: Provider) -> str:
    """The generic id of a provider, without its country."""
    return provider.id if provider.kind == "electricity" else f"background:{provider.id}"


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
    if row["quality"] not in QUALITIES:
        raise InputError(f"{place}: quality '{row['quality']}' is not known; allowed: {listed(QUALITIES)}")
    cut = row["quality"] == "cut-off"
    for column in ("name", "product", "locations"):
        if bool(row[column].strip()) == cut:
            told = "must be empty: a cut-off links to nothing" if cut else "is empty"
            raise InputError(f"{place}: column '{column}' of {ident} {told}")
    if row["kind"] not in ("product", "waste"):
        raise InputError(f"{place}: kind '{row['kind']}' is not known; allowed: product, waste")
    quality = next(quality for quality in QUALITIES if quality == row["quality"])
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
