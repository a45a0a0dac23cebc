"""`footprint check`: what is wrong with a route, what to look at, and how it covers what Annex V lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from footprint.commands.common import (
    DONE,
    NO,
    All,
    Background,
    Choices,
    Json,
    Method,
    Routes,
    chosen_routes,
    emit,
    emit_answers,
    finish,
    in_turn,
)
from footprint.errors import FootprintError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.calculation import Settings
    from footprint.model import Finding, Route

    Checked = tuple[Route, Sequence[Finding]]


def check(
    routes: Routes = None, every: All = False, method: Method = "ef-3.1", background: Background = "open",
    as_json: Json = False,
) -> None:
    """Findings of routes: rule, severity, where, message. Exit code 1 when one is an error."""
    names = chosen_routes(routes, every)
    settings = Choices(method, background).settings()
    found, failed = in_turn(names, lambda name: _checked(name, settings), "checking")
    if as_json:
        emit_answers([findings_json(route, findings) for route, findings in found], len(names))
    else:
        _print(found)
    refused = any(finding.severity == "error" for _, findings in found for finding in findings)
    finish(len(names), failed, NO if refused else DONE)


def _checked(name: str, settings: Settings) -> Checked:
    """The findings of a route; that it cannot be calculated is one of them."""
    from footprint.calculation import calculate_route
    from footprint.checks.run import check as checks
    from footprint.library.routes import load_route
    from footprint.model import Finding

    route = load_route(name)
    try:
        result = calculate_route(route, settings)
    except FootprintError as error:
        failure = Finding("calculation", "error", "whole route", str(error))
        return route, (failure, *checks(route, background=settings.background, method=settings.method))
    return route, checks(route, background=settings.background, method=settings.method, result=result)


def findings_json(route: Route, findings: Sequence[Finding]) -> dict[str, Any]:
    """Schema footprint/findings/1."""
    rows = [{"rule": f.rule, "severity": f.severity, "where": f.where, "message": f.message} for f in findings]
    return {"schema": "footprint/findings/1", "route": route.id, "findings": rows}


def _print(found: Sequence[Checked]) -> None:
    from footprint.checks.boundary import completeness
    from footprint.report.findings import findings_page

    for n, (route, findings) in enumerate(found):
        emit(*(["\n"] if n else []), findings_page(route.id, findings, completeness(route)))
