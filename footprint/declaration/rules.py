"""One call from a study and its result to what the rules ask of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from footprint.calculation import calculate
from footprint.declaration.asking import by_effect, rules_of
from footprint.declaration.assessment import StudyAssessment
from footprint.declaration.compliance import compliance, compliance_shares
from footprint.declaration.content import content
from footprint.declaration.data_needs import data_needs, need
from footprint.declaration.data_quality import Ratings, claims, periods, study_quality
from footprint.declaration.datasets import Basis
from footprint.declaration.instruments import instruments
from footprint.declaration.route_findings import route_findings
from footprint.declaration.sampling_of_sites import plants, sampling
from footprint.impact.result import FootprintResult
from footprint.library.background import Background, load_background
from footprint.library.studies import Study, load_study
from footprint.model import Finding


def assess_study(
    study: Study, result: FootprintResult, on: date, background: str | Path | Background = "open"
) -> StudyAssessment:
    """What the rules of a day ask of a study, with the findings of its result's checks.

    Parameters
    ----------
    study : the route and its `[study]` table
    result : its footprint
    on : the day whose rules hold
    background : what the result was calculated on: how good its datasets are

    Findings are ordered errors first, then by the part of the hotspot analysis they are about.
    """
    held = background if isinstance(background, Background) else load_background(background)
    basis = Basis(study, result, held, rules_of(on))
    ratings = Ratings(basis)
    needs = tuple(need(dataset, ratings) for dataset in basis.datasets.values())
    shares = compliance_shares(basis)
    found = by_effect(
        [
            *data_needs(ratings, needs),
            *claims(basis),
            *periods(basis),
            *compliance(basis, shares),
            *instruments(basis),
            *plants(study.company, basis.rules),
            *sampling(study.company, basis.rules),
            *content(study.company, result, basis.rules),
            *route_findings(basis),
        ]
    )
    return StudyAssessment(found, needs, study_quality(ratings), shares)


def check_study(
    study: str | Path | Study, *, background: str | Path | Background = "open", on: date | None = None
) -> tuple[Finding, ...]:
    """What there is to say about a company's study: what `check` finds in its route, and what the rules ask of it.

    Parameters
    ----------
    study : path of a route file with a `[study]` table, or a Study
    background : "open", or a folder of the same form
    on : the day whose rules hold (default: today)

    Raises InputError where the file is no study, UnsolvableSystem where it cannot be calculated.
    """
    found = study if isinstance(study, Study) else load_study(study)
    day = on or date.today()
    result = calculate(found.route, background=background, on=day)
    return assess_study(found, result, day, background).findings
