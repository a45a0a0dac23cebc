"""The entries of a dossier: what a declaration was computed from, all that was computed, and a manifest of both.

Inputs of the company are copied; what is shipped with the program is named by hash. `entries` is one function of what
was declared, so that a verifier makes the same ones anew.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from footprint.checks.balance import metal_accounts, water_account
from footprint.checks.boundary import completeness
from footprint.checks.system import Linked
from footprint.choices.recycled import primary_routes
from footprint.choices.scenarios import scenarios
from footprint.declaration.case import STUDY, Case, Declared, inputs, linked_routes
from footprint.declaration.declaration import canonical_json
from footprint.impact.result import FootprintResult
from footprint.library.cache import content_hash
from footprint.library.linked import LinkedBackground
from footprint.library.links import link_report, taken
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.routes import load_route
from footprint.model import Route

PAGE, DECLARATION = "declaration.html", "declaration.json"
IDENTITIES, MANIFEST, SEAL = "identities.json", "manifest.json", "manifest.sha256"


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


def _computed(declared: Declared) -> Iterator[tuple[str, Any]]:
    """(entry, content) of each table a declaration rests on, figures in full."""
    case, route = declared.case, declared.case.study.route
    whole = declared.result.to_dict()
    del whole["findings"]
    for row in whole["results"].values():
        del row["sensitivity"]
    yield "allocation.json", whole.pop("allocation")
    yield "sensitivities.json", list(_sensitivities(case))
    yield "results.json", whole
    yield "balances.json", list(_balances(route, declared.result))
    yield "completeness.json", completeness(route)
    yield "findings.json", declared.basis.assessment.findings
    yield "links.json", _links(case)
    yield IDENTITIES, identities(declared)
    yield DECLARATION, declared.declaration


def _sensitivities(case: Case) -> Iterator[dict[str, Any]]:
    """The result under every other choice of the rules, as `footprint scenarios` has it, or why there is none."""
    for row in scenarios(case.study.route, case.settings).rows:
        reason = _anywhere(row.reason, case.study.route) or None
        yield {"topic": row.topic, "choice": row.choice, "rule": row.rule, "reason": reason, "results": {**row.values}}


def _anywhere(message: str, route: Route) -> str:
    """A message as it reads wherever the study and the program lie."""
    file = Path(route.path)
    for place, name in (
        (str(file.resolve()), STUDY),
        (str(file), STUDY),
        (f"{file.resolve().parent}{os.sep}", "study/"),
        (f"{datasets_folder()}{os.sep}", "datasets/"),
    ):
        message = message.replace(place, name)
    return message


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
    routes = {f"route {used.id}": used.sha256 for used in _routes(declared.case.study.route)}
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


def _routes(route: Route) -> Iterator[Route]:
    """The shipped routes that figures depend on: those taken from, and the primary metal that scrap is weighed with."""
    yield from linked_routes(route)
    if route.system != "primary":
        for primary in map(load_route, primary_routes(route)):
            yield primary
            yield from linked_routes(primary)


def _files(folder: Path) -> Sequence[Path]:
    return [path for path in folder.iterdir() if path.is_file()]
