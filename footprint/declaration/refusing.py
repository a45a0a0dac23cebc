"""Why a study may not be declared."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.declaration.basis import Basis
from footprint.declaration.categories import fewest, has_data, named_categories, silent
from footprint.errors import listed
from footprint.impact.hotspots import hotspots
from footprint.model import Finding


def reasons(basis: Basis) -> Iterator[Finding]:
    """Why a study cannot be declared: its errors, and what the day, the categories and the class schemes forbid."""
    yield from (finding for finding in basis.assessment.findings if finding.severity == "error")
    yield from _day(basis)
    yield from _categories(basis)
    for scheme in basis.schemes:
        if not basis.without_use(scheme) and (told := basis.objection(scheme)):
            yield _refused("scheme", f"class scheme of {scheme.category}", told)


def _refused(rule: str, where: str, message: str) -> Finding:
    return Finding(f"declaration.{rule}", "error", where, message)


def _day(basis: Basis) -> Iterator[Finding]:
    """Nothing is declared before its period is over and its report is there."""
    company, on = basis.study.company, basis.on
    if on <= company.period.to or on < company.report_date:
        told = (
            f"declared on {on}, before the period ({company.period.to}) or the report ({company.report_date}) is over"
        )
        yield _refused("date", "--on", told)


def _categories(basis: Basis) -> Iterator[Finding]:
    """Every category that rules name is there, with what matters in it, and as many as Article 31(1) asks for."""
    result, on, law = basis.result, basis.on, basis.parameters
    spots = hotspots(result, on)
    for code in named_categories(result, law, on):
        if not has_data(result[code]):
            yield _refused("category", f"category {code}", "must be declared, and no data cover it")
        elif without := silent(result, spots, code):
            told = f"must be declared, and suppliers say nothing of it: {listed(without)}"
            yield _refused("category", f"category {code}", told)
    if len(basis.codes) < (least := fewest(law, on)):
        told = f"{len(basis.codes)} can be declared ({listed(basis.codes)}); at least {least} must be (Article 31(1))"
        yield _refused("categories", "categories", told)
