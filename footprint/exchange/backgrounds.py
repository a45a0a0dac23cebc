"""A background by its name: the open one, a folder of the same form, or a database of a Brightway project."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from footprint.errors import InputError
from footprint.exchange.brightway_database import RawDatabase, known_content, projects_folder, read_database
from footprint.exchange.direct_impacts import database_impacts
from footprint.exchange.flow_mapping import ForeignFlow, flow_coverage, map_flows, mapping_files
from footprint.inventory.adjoint import solve_adjoint
from footprint.library import background as open_background
from footprint.library.background import Background
from footprint.library.cache import cached, content_hash
from footprint.library.electricity import read_tables
from footprint.library.link_profiles import LinkProfile, detect_profile, load_profile
from footprint.library.linked import ImpactTable, LinkedBackground
from footprint.library.links import Catalogue, Offer
from footprint.library.method import Method, load_method, method_folder
from footprint.library.paths import datasets_folder
from footprint.library.sources import load_sources

PREFIX = "bw:"


class Solved(msgspec.Struct):
    """Products of a database and their impacts, as the cache keeps them: `total` and `late` are float64 bytes."""

    offers: list[tuple[str, str, str, str, bool, str]]
    total: bytes
    late: bytes
    coverage: dict[str, Any]


class NotSolved(Exception):
    """The cache does not hold it."""


def load_background(
    name: str | Path = "open",
    links: str | None = None,
    method: str | Path | Method = "ef-3.1",
    year: int | None = None,
) -> Background:
    """The background called `name`: "open", a folder of the same form, or "bw:PROJECT/DATABASE".

    `links` chooses the link profile of a Brightway database (else its name tells); `method` is what its impacts are
    calculated with; `year` is that of the open background's electricity mixes.

    Raises InputError where something is missing; nothing is written but to the cache.
    """
    if not str(name).startswith(PREFIX):
        if links:
            raise InputError(f"--links '{links}' goes with a background of the form bw:PROJECT/DATABASE, not '{name}'")
        return open_background.load_background(name, year)
    project, database = split_name(str(name))
    profile = load_profile(links) if links else detect_profile(database)
    held = method if isinstance(method, Method) else load_method(method)
    sha256, solved = solved_database(project, database, held, method_folder_of(method))
    found = linked_background(str(name), sha256, solved, profile, held)
    return found.of_year(year)


def split_name(name: str) -> tuple[str, str]:
    """Project and database of `bw:PROJECT/DATABASE`; the database's own name may hold a slash."""
    project, slash, database = name.removeprefix(PREFIX).partition("/")
    if not (project and slash and database):
        raise InputError(f"background '{name}': bw:PROJECT/DATABASE is needed, as in bw:default/ecoinvent-3.10-cutoff")
    return project, database


def method_folder_of(method: str | Path | Method) -> Path:
    """Where the tables of a method are."""
    return method_folder(method.id if isinstance(method, Method) else method)


def solved_database(project: str, database: str, method: Method, folder: Path) -> tuple[str, Solved]:
    """(content hash, products with their impacts) of a database: from the cache while the project is unchanged."""
    projects_folder()
    tables = content_hash(mapping_files(), datasets_folder())
    if sha256 := known_content(project, database):
        try:
            return sha256, cached("solved", _key(sha256, method, tables), Solved, _not_held)
        except NotSolved:
            pass
    with read_database(project, database) as (sha256, raw):
        name = f"bw:{project}/{database}"
        key = _key(sha256, method, tables)
        return sha256, cached("solved", key, Solved, lambda: solve_database(raw, method, folder, name))


def _key(sha256: str, method: Method, tables: str) -> str:
    return hashlib.sha256(f"{sha256}\0{method.sha256}\0{tables}".encode()).hexdigest()


def _not_held() -> Solved:
    raise NotSolved


def solve_database(raw: RawDatabase, method: Method, folder: Path, name: str) -> Solved:
    """Map the elementary flows, characterise every process, and solve the adjoint once."""
    flows = [
        ForeignFlow(f["name"], tuple(f["categories"]), f["unit"], f["type"], f["cas"], f["code"])
        for f in raw.labels["flows"]
    ]
    mapped = map_flows(flows, method, folder)
    locations = [activity["location"] for activity in raw.labels["activities"]]
    whole, late = database_impacts(raw.biosphere, mapped, locations, method)
    used = np.flatnonzero(np.abs(late).sum(axis=0))
    y = solve_adjoint(raw.technosphere, np.hstack([whole, late[:, used]]), name)
    after = np.zeros_like(whole)
    after[:, used] = y[:, whole.shape[1] :]
    taken_in = waste_products(raw)
    sign = np.where(taken_in, -1.0, 1.0)[:, None]
    offers = [
        (p["name"], p["product"], p["location"], p["unit"], bool(waste), p["code"])
        for p, waste in zip(raw.labels["products"], taken_in, strict=True)
    ]
    coverage = flow_coverage(flows, mapped, method, raw.biosphere)
    return Solved(offers, (y[:, : whole.shape[1]] * sign).tobytes(), (after * sign).tobytes(), coverage)


def waste_products(raw: RawDatabase) -> Any:
    """Which products are wastes that their own activity takes in: its reference flow is negative."""
    at = {activity["code"]: j for j, activity in enumerate(raw.labels["activities"])}
    rows = raw.technosphere.tocsr()
    found = np.zeros(rows.shape[0], bool)
    for i, product in enumerate(raw.labels["products"]):
        own = at.get(product["code"])
        values = rows.data[rows.indptr[i] : rows.indptr[i + 1]]
        if own is not None:
            values = values[rows.indices[rows.indptr[i] : rows.indptr[i + 1]] == own]
        found[i] = bool(len(values)) and float(values.max()) < 0
    return found


def linked_background(name: str, sha256: str, solved: Solved, profile: LinkProfile, method: Method) -> LinkedBackground:
    """The products of a solved database behind our generic ids."""
    shape = (len(solved.offers), len(method.categories))
    impacts = ImpactTable(
        method.id,
        [category.code for category in method.categories],
        frozenset(method.codes),
        [category.unit for category in method.categories],
        np.frombuffer(solved.total).reshape(shape),
        np.frombuffer(solved.late).reshape(shape),
    )
    mixes = content_hash((datasets_folder() / "electricity").glob("*.*"), datasets_folder())
    parts = (sha256, profile.sha256, *([mixes] if profile.about.mixes else []))
    both = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    offers = [Offer(*offer) for offer in solved.offers]
    return LinkedBackground(
        name,
        both,
        {},
        read_tables(datasets_folder() / "electricity"),
        load_sources(datasets_folder()),
        catalogue=Catalogue(name, offers),
        profile=profile,
        impacts=impacts,
        coverage=dict(solved.coverage),
    )
