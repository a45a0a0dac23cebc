"""What a declaration is made from: the study assessed, its class schemes, the categories it is limited to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from footprint.declaration.fingerprint import fingerprint
from footprint.declaration.rules import assess_study
from footprint.errors import InputError
from footprint.impact.hotspots import hotspots
from footprint.impact.result import CategoryResult, FootprintResult
from footprint.library.background import Background
from footprint.library.studies import Study
from footprint.market.thresholds import ClassScheme
from footprint.market.window import window
from footprint.model import Declared, Finding
from footprint.rules.parameters import Parameter, number, words

LAST = timedelta(days=1)


@dataclass(frozen=True)
class Assessment:
    """What was found about a study: its findings, its data quality rating, the fingerprints of its inputs."""

    findings: tuple[Finding, ...]
    dqr: float | None
    bill_of_materials: str
    energy_mix: str


def assess(study: Study, result: FootprintResult, on: date, background: Background) -> Assessment:
    """Findings, data quality and fingerprint of a study on a day, calculated on a background."""
    found, prints = assess_study(study, result, on, background), fingerprint(study)
    dqr = found.quality.rating.dqr if found.quality.rating else None
    return Assessment(found.findings, dqr, prints.bill_of_materials, prints.energy_mix)


@dataclass(frozen=True)
class Basis:
    """What a declaration is made from: study, footprint, class schemes with the hash of their file, law, day."""

    study: Study
    result: FootprintResult
    assessment: Assessment
    schemes: tuple[ClassScheme, ...]
    scheme_sha256: str
    parameters: Mapping[str, Parameter]
    on: date

    @property
    def last_day(self) -> date:
        """Up to when the declaration holds (`verification-validity`)."""
        return years_later(self.on, number(self.parameters, "verification-validity", self.on)) - LAST

    def scheme(self, code: str) -> ClassScheme | None:
        """The scheme of a category."""
        return next((scheme for scheme in self.schemes if scheme.category == code), None)

    def holds(self, scheme: ClassScheme) -> tuple[date, date | None]:
        """First and last day of a scheme: reviewed after `class-review` years, a legal one stands until changed."""
        if scheme.status == "legal":
            return scheme.on, None
        return scheme.on, years_later(scheme.on, number(self.parameters, "class-review", self.on)) - LAST


def years_later(day: date, years: float) -> date:
    """The same day some years later; for 29 February the 28th. InputError where the calendar ends before."""
    if day.year + int(years) > MAXYEAR:
        raise InputError(f"day {day}: the calendar ends in {MAXYEAR}, before {years:g} years have passed")
    return window(day, -int(years))[0]


def schemes_for(schemes: Iterable[ClassScheme], product: Declared, place: str) -> tuple[ClassScheme, ...]:
    """The pooled schemes of a product, one per category; InputError where there is none, or more than one."""
    found: dict[str, ClassScheme] = {}
    for scheme in schemes:
        pool = scheme.pool
        same = (pool.material, pool.form) == (product.material, product.form) and pool.grade in ("", product.grade)
        if not same or scheme.system != "pooled":
            continue
        if scheme.category in found:
            raise InputError(f"{place}: several schemes of {scheme.category} are for {product.product}; keep one")
        found[scheme.category] = scheme
    if not found:
        raise InputError(f"{place}: no pooled scheme is for {product.material} as {product.form} '{product.grade}'")
    return tuple(found.values())


def declared_categories(result: FootprintResult, parameters: Mapping[str, Parameter], on: date) -> tuple[str, ...]:
    """The categories a declaration is limited to, in the method's order (Article 31(1), R37).

    `declared-categories-<material>` where rules name them; else those every rule names, and the most relevant ones of
    the route until there are as many as Article 31(1) asks for at least. A category nobody has data for is none.
    """
    own = f"declared-categories-{result.route.declared.material}"
    if own in parameters:
        chosen = list(words(parameters, own, on))
    else:
        fewest = int(number(parameters, "declared-categories-minimum", on))
        chosen = list(words(parameters, "declared-categories-required", on))
        for spot in hotspots(result, on).categories:
            if spot.name not in chosen and len(chosen) < fewest:
                chosen.append(spot.name)
    return tuple(code for code in result.codes if code in chosen and has_data(result[code]))


def has_data(category: CategoryResult) -> bool:
    """Whether any process has data for a category: a zero that nobody has data for is no result."""
    return bool(category.value) or not category.not_covered
