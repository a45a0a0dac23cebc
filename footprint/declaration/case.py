"""What a declaration is asked for and what it is computed from; calculated, assessed and declared in one call."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from footprint.calculation import Engine, LongTerm, Settings, calculate_route
from footprint.checks.system import partner
from footprint.declaration.basis import Basis, assess
from footprint.declaration.declaration import Declaration, canonical_json
from footprint.declaration.declaring import make_declaration
from footprint.declaration.refusing import reasons
from footprint.impact.result import FootprintResult
from footprint.inventory.build import Electricity
from footprint.library.background import Background
from footprint.library.declarations import read_declaration
from footprint.library.paths import methods_folder
from footprint.library.routes import load_route
from footprint.library.studies import Study
from footprint.market.thresholds import ClassScheme
from footprint.model import Finding, Route
from footprint.rules.parameters import load_parameters

#: entries of a dossier that hold inputs; a scheme keeps the ending of its file
STUDY, REQUEST = "study/study.toml", "request.json"
BACKGROUND, LINKS, SCHEME = "background/", "links/", "scheme."


class Request(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """`request.json`: which product of the study was declared, when, and by which settings; nothing is drawn."""

    schema: Literal["footprint/dossier-request/1"] = "footprint/dossier-request/1"
    declared: Annotated[str, Meta(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+(@[a-z0-9.-]+)?$", max_length=200)]
    on: date
    draft: bool
    background: Annotated[str, Meta(min_length=1, max_length=500)]
    links: Annotated[str, Meta(pattern=r"^(links/)?[A-Za-z0-9_][A-Za-z0-9 _.-]*$", max_length=200)] | None
    electricity: Electricity
    long_term: LongTerm
    engine: Engine
    samples: Literal[0] = 0
    seed: None = None


@dataclass(frozen=True)
class Case:
    """What a declaration is asked for: a study on a day, by which settings, against which class schemes.

    `files` are the bytes that a replay needs beside the study: entry name -> content; `paths` is where all that is
    read lies.
    """

    study: Study
    on: date
    settings: Settings
    schemes: tuple[ClassScheme, ...]
    files: Mapping[str, bytes]
    draft: bool
    links: str | None = None
    paths: tuple[Path, ...] = ()

    @property
    def scheme_sha256(self) -> str:
        """SHA-256 of the scheme file; empty without one."""
        found = [data for name, data in self.files.items() if name.startswith(SCHEME)]
        return hashlib.sha256(found[0]).hexdigest() if found else ""

    @property
    def background(self) -> Background:
        """The background, loaded."""
        assert isinstance(self.settings.background, Background)
        return self.settings.background


@dataclass(frozen=True)
class Declared:
    """A declaration with what it was made from; `refused` says why the study may not be declared, if it may not."""

    case: Case
    result: FootprintResult
    basis: Basis
    declaration: Declaration
    refused: tuple[Finding, ...]


def declare_case(case: Case) -> Declared:
    """Calculate, assess and declare. Raises InputError where the study cannot be calculated."""
    result = calculate_route(case.study.route, case.settings)
    assessment = assess(case.study, result, case.on, case.background)
    law = load_parameters(methods_folder() / "crma")
    basis = Basis(case.study, result, assessment, case.schemes, case.scheme_sha256, law, case.on)
    refused = (*_planned(case.study), *reasons(basis))
    return Declared(case, result, basis, make_declaration(basis, case.draft), refused)


def _planned(study: Study) -> Iterator[Finding]:
    """A variant says what would be, not what was in the reporting period: it is no declaration, but a draft."""
    _, mark, variant = study.route.id.partition("@")
    if mark:
        told = "is a variant of the study; only what was in the reporting period is declared"
        yield Finding("declaration.variant", "error", f"variant '{variant}'", told)


def inputs(case: Case) -> dict[str, bytes]:
    """The study, suppliers' declarations and routes it takes, scheme and background folder; and what was asked."""
    route = case.study.route
    return {
        STUDY: Path(route.path).read_bytes(),
        **{f"study/{name}": path.read_bytes() for name, path in supplier_files(route)},
        **{
            f"routes/{linked.id.replace('@', '.')}.toml": Path(linked.path).read_bytes()
            for linked in linked_routes(route)
        },
        **case.files,
        REQUEST: canonical_json(_request(case)),
    }


def supplier_files(route: Route) -> Iterator[tuple[str, Path]]:
    """(name beside the study, file) of each supplier's declaration a route takes, each once."""
    names = {
        posixpath.normpath(provider.id)
        for process in route.processes
        for exchange in process.exchanges
        if exchange.kind == "product" and (provider := partner(route, exchange)).kind == "declaration"
    }
    for name in sorted(names):
        yield name, read_declaration(route.path, name)[0]


def linked_routes(route: Route) -> tuple[Route, ...]:
    """The routes that a route takes from, directly or through others, by id."""
    found: dict[str, Route] = {}
    pending = [route]
    while pending:
        current = pending.pop()
        for process in current.processes:
            for exchange in process.exchanges:
                if exchange.kind not in ("product", "waste"):
                    continue
                provider = partner(current, exchange)
                if provider.kind == "route" and provider.id not in found:
                    found[provider.id] = load_route(provider.id)
                    pending.append(found[provider.id])
    return tuple(found[ident] for ident in sorted(found))


def _request(case: Case) -> Request:
    settings = case.settings
    return Request(
        declared=case.study.route.id,
        on=case.on,
        draft=case.draft,
        background=case.background.id,
        links=case.links,
        electricity=settings.electricity,
        long_term=settings.long_term,
        engine=settings.engine,
    )
