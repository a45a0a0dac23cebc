"""The entries of a dossier: what a declaration was computed from, all that was computed, and a manifest of both.

Inputs of the company are copied; what is shipped with the program is named by hash. `entries` is one function of the
case, so that a verifier makes the same ones anew.
"""

from __future__ import annotations

import hashlib
import platform
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from footprint.calculation import Engine, LongTerm, Settings, calculate_route
from footprint.checks.balance import metal_accounts, water_account
from footprint.checks.boundary import completeness
from footprint.checks.system import Linked, partner
from footprint.declaration.declaration import Declaration, canonical_json
from footprint.declaration.declaring import Basis, assess, make_declaration, reasons
from footprint.impact.result import FootprintResult
from footprint.inventory.build import Electricity
from footprint.library.background import Background
from footprint.library.cache import content_hash
from footprint.library.declarations import read_declaration
from footprint.library.linked import LinkedBackground
from footprint.library.links import link_report, taken
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.routes import load_route
from footprint.library.studies import Study
from footprint.market.thresholds import ClassScheme
from footprint.model import Finding, Route
from footprint.rules.parameters import load_parameters

STUDY, PAGE, DECLARATION = "study/study.toml", "declaration.html", "declaration.json"
REQUEST, IDENTITIES, MANIFEST, SEAL = "request.json", "identities.json", "manifest.json", "manifest.sha256"
BACKGROUND, LINKS, SCHEME = "background/", "links/", "scheme"


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

    `files` are the bytes that a replay needs beside the study: entry name -> content.
    """

    study: Study
    on: date
    settings: Settings
    schemes: tuple[ClassScheme, ...]
    files: Mapping[str, bytes]
    draft: bool
    links: str | None = None

    @property
    def scheme_sha256(self) -> str:
        """SHA-256 of the scheme file; empty without one."""
        found = [data for name, data in self.files.items() if name.startswith(f"{SCHEME}.")]
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
    return Declared(case, result, basis, make_declaration(basis, case.draft), tuple(reasons(basis)))


def entries(declared: Declared, page: str) -> dict[str, bytes]:
    """Every entry of a dossier, manifest and seal included."""
    found = {
        **inputs(declared.case),
        **{name: canonical_json(value) for name, value in _computed(declared)},
        PAGE: page.encode(),
    }
    return found | manifest(found)


def manifest(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The manifest of entries, and the SHA-256 of the manifest as `sha256sum -c` reads it."""
    rows = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(found.items())
    ]
    listed = canonical_json({"schema": "footprint/dossier/1", "entries": rows})
    return {MANIFEST: listed, SEAL: f"{hashlib.sha256(listed).hexdigest()}  {MANIFEST}\n".encode()}


# --- what it was computed from


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


# --- what was computed


def _computed(declared: Declared) -> Iterator[tuple[str, Any]]:
    """(entry, content) of each table a declaration rests on, figures in full."""
    case, route = declared.case, declared.case.study.route
    whole = declared.result.to_dict()
    del whole["findings"]
    yield "allocation.json", whole.pop("allocation")
    yield "sensitivities.json", {code: row.pop("sensitivity") for code, row in whole["results"].items()}
    yield "results.json", whole
    yield "balances.json", list(_balances(route, declared.result))
    yield "completeness.json", completeness(route)
    yield "findings.json", declared.basis.assessment.findings
    yield "links.json", _links(case)
    yield IDENTITIES, identities(declared)
    yield DECLARATION, declared.declaration


def _balances(route: Route, result: FootprintResult) -> Iterator[dict[str, Any]]:
    """Metals in kg and water in m3, into and out of one run of each process of the study."""
    linked = Linked(load_route)
    for process in route.processes:
        metals = metal_accounts(process, route, result.method, linked)
        water = water_account(process, route, linked)
        yield {
            "process": process.id,
            "metals": {element: {"in": a.entering, "out": a.leaving} for element, a in metals.items()},
            "water": {"fresh": water.fresh, "salt": water.salt, "returned": water.returned,
                      "evaporated": water.evaporated, "product": water.product},
        }  # fmt: skip


def _links(case: Case) -> Any:
    """What stands for each background id that the study and its linked routes take."""
    background = case.background
    wanted = taken(case.study.route, load_route)
    if isinstance(background, LinkedBackground) and background.profile is not None:
        mixed = [supplier for provider in wanted for supplier in background.suppliers(provider)]
        return link_report(background.profile, [*wanted, *mixed], background.catalogue, background.coverage).to_dict()
    found = [(provider, background.process(provider)) for provider in wanted]
    return [
        {"id": provider.id, "location": provider.location or process.location, "name": process.name,
         "tier": process.tier, "not_covered": process.not_covered}
        for provider, process in found
    ]  # fmt: skip


def identities(declared: Declared) -> dict[str, Any]:
    """Program, libraries and data by version and hash: what a replay must have to give the same figures."""
    result, calculation = declared.result, declared.declaration.calculation
    data = datasets_folder()
    shipped = [data / "prices.csv", data / "sources.toml"]
    routes = {f"route {linked.id}": linked.sha256 for linked in linked_routes(declared.case.study.route)}
    return {
        "software": {"name": "crm-footprint", "version": result.version},
        "method": calculation.method,
        "background": calculation.background,
        "data": {
            "methods/crma": content_hash(_files(methods_folder() / "crma"), methods_folder()),
            **{path.name: content_hash([path], data) for path in shipped},
            **routes,
        },
        "inputs": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(inputs(declared.case).items())},
        "libraries": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "msgspec": msgspec.__version__,
        },
    }


def _files(folder: Path) -> Sequence[Path]:
    return [path for path in folder.iterdir() if path.is_file()]
