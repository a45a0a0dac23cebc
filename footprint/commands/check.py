"""`footprint check`: what is wrong with a route, what to look at, and how it covers what Annex V lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from footprint.commands.choices import Choices, asked_day, chosen_routes
from footprint.commands.options import All, Background, Json, Links, Method, On, Routes
from footprint.commands.output import emit, emit_answers
from footprint.commands.running import DONE, NO, finish, in_turn
from footprint.errors import FootprintError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footprint.calculation import Settings
    from footprint.checks.boundary import Row
    from footprint.declaration.assessment import StudyAssessment
    from footprint.impact.result import FootprintResult
    from footprint.library.studies import Study
    from footprint.model import Finding, Route


@dataclass(frozen=True)
class Checked:
    """What `check` has to say about one route; of a company's study also what the rules ask of it."""

    route: Route
    findings: Sequence[Finding]
    matrix: Sequence[Row]
    study: StudyAssessment | None = None


def check(
    routes: Routes = None,
    every: All = False,
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Findings of routes, and for a single one how it covers Annex V. Exit code 1 when a finding is an error.

    A file with a [study] table is a company's study: its data are held against what the rules ask.
    """
    names = chosen_routes(routes, every)
    settings = replace(Choices(method, background, links=links).settings(), on=asked_day(on))
    found, failed = in_turn(names, lambda name: _checked(name, settings), "checking")
    if as_json:
        emit_answers([findings_json(checked) for checked in found], len(names))
    else:
        _print(found)
    refused = any(finding.severity == "error" for checked in found for finding in checked.findings)
    finish(len(names), failed, NO if refused else DONE)


def _checked(name: str, settings: Settings) -> Checked:
    """The findings of a route or study; that it cannot be calculated is one of them."""
    from footprint.calculation import calculate_route
    from footprint.checks.boundary import completeness
    from footprint.checks.run import check as checks
    from footprint.library.routes import load_route
    from footprint.model import Finding

    route = load_route(name)
    study, matrix = _study(name, route), completeness(route)
    try:
        result = calculate_route(route, settings)
        if study is None:
            return Checked(route, result.findings, matrix)
        assessed = _assessed(study, result, settings)
        return Checked(route, assessed.findings, matrix, assessed)
    except FootprintError as error:
        failure = Finding("calculation.failed", "error", "route", str(error))
        findings = (failure, *checks(route, background=settings.background, method=settings.method, on=settings.on))
    return Checked(route, findings, matrix)


def _study(name: str, route: Route) -> Study | None:
    """The company's study in the file of a route; None where it has no [study] table."""
    from footprint.library.routes import route_rows
    from footprint.library.studies import load_study

    return load_study(name) if route_rows(route).study else None


def _assessed(study: Study, result: FootprintResult, settings: Settings) -> StudyAssessment:
    """What the rules of a day ask of a study."""
    from footprint.declaration.rules import assess_study

    assert settings.on is not None
    return assess_study(study, result, settings.on, settings.background)


def findings_json(checked: Checked) -> dict[str, Any]:
    """Schema footprint/findings/1, with the completeness matrix of Annex V."""
    findings = [
        {"rule": f.rule, "severity": f.severity, "where": f.where, "message": f.message} for f in checked.findings
    ]
    matrix = [
        {"item": r.item, "letter": r.letter, "title": r.title, "status": r.status, "by": list(r.by), "reason": r.reason}
        for r in checked.matrix
    ]
    told = {"schema": "footprint/findings/1", "route": checked.route.id, "findings": findings, "annex_v": matrix}
    return told if checked.study is None else told | {"study": checked.study.to_dict()}


def _print(found: Sequence[Checked]) -> None:
    from footprint.report.console import text
    from footprint.report.findings import findings_page
    from footprint.report.study import study_page

    for n, checked in enumerate(found):
        matrix = checked.matrix if len(found) == 1 else ()
        study = [study_page(checked.study), text("")] if checked.study and matrix else []
        emit(*([""] if n else []), *study, findings_page(checked.route.id, checked.findings, matrix))
