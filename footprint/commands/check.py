"""`footprint check`: what is wrong with a route, what to look at, and what Annex V asks that it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from footprint.commands.common import (
    DONE,
    NO,
    All,
    Json,
    Routes,
    chosen_routes,
    emit,
    emit_answers,
    findings_of,
    finish,
    in_turn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.model import Finding, Route

    Checked = tuple[Route, Sequence[Finding]]


def check(routes: Routes = None, every: All = False, as_json: Json = False) -> None:
    """Findings of routes: rule, severity, where, message. Exit code 1 when one is an error."""
    names = chosen_routes(routes, every)
    found, failed = in_turn(names, _checked, "checking")
    if as_json:
        emit_answers([findings_json(route, findings) for route, findings in found], len(names))
    else:
        _print(found)
    refused = any(finding.severity == "error" for _, findings in found for finding in findings)
    finish(found, failed, NO if refused else DONE)


def _checked(name: str) -> Checked:
    from footprint.library.routes import load_route

    route = load_route(name)
    return route, findings_of(route)


def findings_json(route: Route, findings: Sequence[Finding]) -> dict[str, Any]:
    """As CONTRACT has it (schema footprint/findings/1)."""
    rows = [{"rule": f.rule, "severity": f.severity, "where": f.where, "message": f.message} for f in findings]
    return {"schema": "footprint/findings/1", "route": route.id, "findings": rows}


def _print(found: Sequence[Checked]) -> None:
    from footprint.report.findings import findings_page

    for n, (route, findings) in enumerate(found):
        emit(*([""] if n else []), findings_page(route.id, findings))
