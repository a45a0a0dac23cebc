"""What a declaration is made from: the study assessed, the categories it is limited to, the class schemes it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from functools import cached_property

from footprint.declaration.asking import rules_of
from footprint.declaration.categories import declared_categories
from footprint.declaration.compliance import compliance_by_category
from footprint.declaration.datasets import Basis as Datasets
from footprint.declaration.fingerprint import fingerprint
from footprint.declaration.rules import assess_study
from footprint.errors import InputError, listed
from footprint.impact.result import FootprintResult
from footprint.library.background import Background
from footprint.library.studies import Study
from footprint.market.declarations import POOL_FIELDS, Pool
from footprint.market.matching import is_for
from footprint.market.thresholds import LEGAL, POOLED, ClassScheme
from footprint.market.window import window
from footprint.model import Declared, Finding
from footprint.rules.parameters import Parameter, default_allocation, number

LAST = timedelta(days=1)


@dataclass(frozen=True)
class Assessment:
    """What was found about a study: findings, data quality rating, fingerprints of its inputs, and what each category
    rests on (0 to 1 on company-specific, EF, ILCD entry-level and other datasets)."""

    findings: tuple[Finding, ...]
    dqr: float | None
    bill_of_materials: str
    energy_mix: str
    compliance: Mapping[str, Mapping[str, float]]


def assess(study: Study, result: FootprintResult, on: date, background: Background) -> Assessment:
    """Findings, data quality, fingerprint and EF compliance of a study on a day, calculated on a background."""
    found, prints = assess_study(study, result, on, background), fingerprint(study)
    dqr = found.quality.rating.dqr if found.quality.rating else None
    shares = compliance_by_category(Datasets(study, result, background, rules_of(on)))
    return Assessment(found.findings, dqr, prints.bill_of_materials, prints.energy_mix, shares)


@dataclass(frozen=True)
class Basis:
    """What a declaration is made from: study, footprint, class schemes with the hash of their file, law, day.

    `schemes` are all of the file; `used` are those that give the declaration its classes.
    """

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

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The categories it declares."""
        return declared_categories(self.result, self.parameters, self.on)

    @cached_property
    def pool(self) -> Pool:
        """What it has in common with the declarations it may be compared with (DECISIONS 19)."""
        declared, result = self.study.route.declared, self.result
        return Pool(
            declared.material, declared.product, declared.form, declared.grade, declared.unit_kg, result.method.id,
            self.study.company.ruleset,
            str(default_allocation(self.parameters, declared.material, self.on).value), result.electricity[0],
            number(self.parameters, "recycled-content-a", self.on), result.long_term,
        )  # fmt: skip

    def scheme(self, code: str) -> ClassScheme | None:
        """The scheme that gives a declared category its class."""
        return next((scheme for scheme in self.used if scheme.category == code), None)

    @cached_property
    def used(self) -> tuple[ClassScheme, ...]:
        """The schemes that give a class: for the product, a declared category, comparable, and in force on the day."""
        return tuple(s for s in self.schemes if not self.without_use(s) and not self.objection(s))

    def without_use(self, scheme: ClassScheme) -> str:
        """Why a scheme of the file has nothing to class here; empty where it has.

        A category that is not covered has no class but one that an act sets (DECISIONS 22).
        """
        if not is_of(scheme, self.study.route.declared):
            return "for another product"
        if scheme.system != POOLED:
            return f"for {scheme.system} systems alone; a class is of the pooled scheme"
        if scheme.category not in self.codes:
            return "not a declared category"
        if scheme.status != LEGAL and (missing := self.result[scheme.category].not_covered):
            return f"not covered: no data of {listed(missing, 4)}"
        return ""

    def objection(self, scheme: ClassScheme) -> str:
        """Why a scheme for the product may not class this declaration; empty where it may."""
        first, last = self.holds(scheme)
        if not first <= self.on <= (last or self.on):
            return f"holds from {first}{f' to {last}' if last else ''}; declared on {self.on}"
        if differing := differing_fields(scheme, self.pool):
            return f"is for other declarations than this one: {'; '.join(differing)}"
        amount = scheme.pool.declared_unit_kg
        unit = f"{self.result[scheme.category].unit} per {'' if amount == 1 else f'{amount:g} '}kg"
        if scheme.unit != unit:
            return f"is in '{scheme.unit}'; declared in '{unit}'"
        return ""

    def holds(self, scheme: ClassScheme) -> tuple[date, date | None]:
        """First and last day of a scheme: reviewed after `class-review` years, a legal one stands until changed."""
        if scheme.status == LEGAL:
            return scheme.on, None
        return scheme.on, years_later(scheme.on, number(self.parameters, "class-review", self.on)) - LAST


def years_later(day: date, years: float) -> date:
    """The same day some years later; for 29 February the 28th. InputError where the calendar ends before."""
    if day.year + int(years) > MAXYEAR:
        raise InputError(f"day {day}: the calendar ends in {MAXYEAR}, before {years:g} years have passed")
    return window(day, -int(years))[0]


def schemes_for(schemes: Iterable[ClassScheme], product: Declared, place: str) -> tuple[ClassScheme, ...]:
    """The schemes of a file that has one for a product.

    Raises InputError where no pooled scheme is for the product, or more than one of a category.
    """
    every = tuple(schemes)
    found = [scheme.category for scheme in every if is_of(scheme, product) and scheme.system == POOLED]
    if twice := next((code for code in found if found.count(code) > 1), None):
        raise InputError(f"{place}: several schemes of {twice} are for {product.product}; keep one")
    if not found:
        raise InputError(f"{place}: no pooled scheme is for {product.material} as {product.form} '{product.grade}'")
    return every


def is_of(scheme: ClassScheme, product: Declared) -> bool:
    """Whether a scheme is for a product: material, form, and grade where it names one."""
    pool = scheme.pool
    return (pool.material, pool.form) == (product.material, product.form) and pool.grade in ("", product.grade)


def differing_fields(scheme: ClassScheme, pool: Pool) -> tuple[str, ...]:
    """How a scheme's pool differs from a declaration's where that forbids a class; nothing where it may be classed.

    A modelled market stands for the declarations that would be made: its rule set says only that it is modelled, and
    an allocation it does not state is that of its routes.
    """
    theirs = scheme.pool
    if theirs.modelled:
        pool = replace(pool, ruleset=theirs.ruleset, allocation=pool.allocation if theirs.allocation else "")
    if is_for(scheme, pool):
        return ()
    pairs = ((name, getattr(theirs, name), getattr(pool, name)) for name in POOL_FIELDS)
    return tuple(f"{name} '{a}', here '{b}'" for name, a, b in pairs if a != b)
