"""From a calculated study to its declaration: declared categories only, characterised, with class where known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from msgspec.structs import asdict

from footprint.declaration import declaration as parts
from footprint.declaration.declaration import Declaration, canonical_json
from footprint.errors import InputError
from footprint.impact.hotspots import hotspots
from footprint.impact.result import CategoryResult, FootprintResult
from footprint.library.background import Background
from footprint.library.paths import methods_folder
from footprint.library.providers import parse_provider
from footprint.library.studies import Study
from footprint.market.assignment import classify
from footprint.market.thresholds import ClassScheme
from footprint.market.window import window
from footprint.model import Declared, Finding
from footprint.rules.materials import find_material, is_strategic, load_materials
from footprint.rules.parameters import Parameter, default_allocation, find, format_value, in_force, number, words

#: the parameters a declaration rests on, in the order in which it names those that are not adopted law
RESTS_ON = (
    "delegated-act", "declaration-contents", "declared-categories-minimum", "declared-categories-required", "results",
    "impact-method", "hotspot-threshold", "declared-unit", "stages-primary", "stages-secondary", "cut-off",
    "allocation-default", "allocation-price-window", "electricity-strategy", "recycled-content-a",
    "long-term-emissions", "company-data-required", "dqr-levels", "recalculation-triggers", "verification-validity",
)  # fmt: skip
#: what a performance class rests on besides
CLASSES_REST_ON = ("class-window", "class-review", "class-number", "class-scheme")
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
    return Assessment(result.findings, None, *_fingerprint(study))


def _fingerprint(study: Study) -> tuple[str, str]:
    """SHA-256 of what each process takes besides electricity, and of its electricity."""
    rows: tuple[list[list[object]], list[list[object]]] = ([], [])
    for process in study.route.processes:
        for e in process.exchanges:
            power = e.kind == "product" and parse_provider(e.partner).kind == "electricity"
            rows[power].append([process.id, e.kind, e.flow, e.partner, e.supply, e.amount.value, e.amount.unit])
    bill, mix = (hashlib.sha256(canonical_json(part)).hexdigest() for part in rows)
    return bill, mix


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
    """The same day some years later; for 29 February the 28th."""
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
    return tuple(code for code in result.codes if code in chosen and _has_data(result[code]))


def _has_data(category: CategoryResult) -> bool:
    return bool(category.value) or not category.not_covered


def reasons(basis: Basis) -> Iterator[Finding]:
    """Why a study cannot be declared: its errors, and what Article 31 asks for beyond the calculation."""
    company, on = basis.study.company, basis.on
    yield from (finding for finding in basis.assessment.findings if finding.severity == "error")

    def refused(rule: str, where: str, message: str) -> Finding:
        return Finding(f"declaration.{rule}", "error", where, message)

    if company.contained_in_product:
        told = "a material inside an intermediate or final product is not declared (Article 31)"
        yield refused("contained", "[study] contained_in_product", told)
    if company.public_url is None:
        told = "the link to the public version of the study is missing (Article 31)"
        yield refused("link", "[study] public_url", told)
    if not any(asdict(company.countries).values()):
        told = "the country of extraction, processing, refining or recycling is missing (Article 31)"
        yield refused("countries", "[study.countries]", told)
    if on <= company.period.to or on < company.report_date:
        told = (
            f"declared on {on}, before the period ({company.period.to}) or the report ({company.report_date}) is over"
        )
        yield refused("date", "--on", told)
    for code in words(basis.parameters, "declared-categories-required", on):
        if not _has_data(basis.result[code]):
            yield refused("category", f"category {code}", "must be declared, and no data cover it")
    for scheme in basis.schemes:
        first, last = basis.holds(scheme)
        if not first <= on <= (last or on):
            told = f"holds from {first}{f' to {last}' if last else ''}; declared on {on}"
            yield refused("scheme", f"class scheme of {scheme.category}", told)


def make_declaration(basis: Basis, draft: bool) -> Declaration:
    """The declaration of a study. Whether it may be declared is what `reasons` say."""
    study, result, company = basis.study, basis.result, basis.study.company
    codes = declared_categories(result, basis.parameters, basis.on)
    return Declaration(
        schema="footprint/declaration/1",
        id=_ident(study),
        status="draft" if draft else "declared",
        marks=_marks(basis, draft),
        legal=_legal(basis),
        not_adopted=list(_not_adopted(basis)),
        responsible=parts.Responsible(**asdict(company.responsible)),
        material=_material(study),
        sites=[parts.Site(name=plant.name, country=plant.country) for plant in company.plant],
        countries=parts.Countries(**asdict(company.countries)),
        footprint=[_category(result[code], basis) for code in codes],
        study=_public_study(study),
        period=parts.Period(from_=company.period.from_, to=company.period.to),
        validity=_validity(basis),
        fingerprint=parts.Prints(
            bill_of_materials=basis.assessment.bill_of_materials, energy_mix=basis.assessment.energy_mix
        ),
        calculation=_calculation(basis),
        information=_information(basis, codes),
    )


def _ident(study: Study) -> str:
    """Route and year of the period, and twelve digits that tell operators, products and sites apart (R35)."""
    declared, company = study.route.declared, study.company
    key = [company.responsible.name, declared.material, declared.product, declared.form, declared.grade, study.route.id,
           sorted(plant.name for plant in company.plant), company.period.from_, company.period.to]  # fmt: skip
    digits = hashlib.sha256(canonical_json(key)).hexdigest()[:12]
    return f"{study.route.id.replace('@', '.')}.{company.period.to.year}.{digits}"


def _marks(basis: Basis, draft: bool) -> list[Literal["draft", "invented", "illustrative"]]:
    """What is printed across the page: nothing only once an act is in force and every class is of one."""
    lawful = _legal(basis).delegated_act != "none"
    marks: list[Literal["draft", "invented", "illustrative"]] = ["draft"] if draft else []
    marks += ["invented"] if basis.study.company.invented else []
    return marks + ([] if lawful and all(s.status == "legal" for s in basis.schemes) else ["illustrative"])


def _legal(basis: Basis) -> parts.Legal:
    act = in_force(find(basis.parameters, "delegated-act"), basis.on)
    return parts.Legal(
        regulation="Regulation (EU) 2024/1252, Article 31",
        delegated_act=str(act.value),
        status=act.status,
        reference=act.reference,
        looked_up=act.retrieved,
    )


def _not_adopted(basis: Basis) -> Iterator[parts.Rule]:
    declared, system = basis.study.route.declared, basis.study.route.system
    skipped = {"primary": ("stages-secondary",), "secondary": ("stages-primary",)}.get(system, ())
    for ident in (*RESTS_ON, *(CLASSES_REST_ON if basis.schemes else ())):
        own = ident.replace("-default", f"-{declared.material}")
        parameter = basis.parameters.get(own) or find(basis.parameters, ident)
        entry = in_force(parameter, basis.on)
        if entry.status != "adopted" and ident not in skipped:
            yield parts.Rule(
                id=parameter.id,
                title=parameter.title,
                value=format_value(entry.value, parameter.unit),
                status=entry.status,
                reference=entry.reference,
            )


def _material(study: Study) -> parts.Material:
    declared, route = study.route.declared, study.route
    law = find_material(load_materials(methods_folder() / "crma"), declared.material)
    return parts.Material(
        id=declared.material,
        annex_ii=law.annex_ii,
        strategic=is_strategic(law, declared.form, declared.grade, declared.element),
        product=declared.product,
        name=declared.name,
        form=declared.form,
        grade=declared.grade,
        element=declared.element,
        content=declared.content,
        declared_unit_kg=declared.unit_kg,
        system=route.system,
        share_pre_consumer=route.share_pre_consumer,
        share_post_consumer=route.share_post_consumer,
        route=route.id,
    )


def _category(found: CategoryResult, basis: Basis) -> parts.Category:
    scheme = basis.scheme(found.code)
    return parts.Category(
        code=found.code,
        name=found.name,
        unit=found.unit,
        value=found.value,
        without_data=list(found.not_covered),
        performance_class=None if scheme is None else _class(basis, scheme),
    )


def _class(basis: Basis, scheme: ClassScheme) -> parts.Class:
    """The letter with the identity of its scheme, never alone (R39)."""
    found = classify(basis.result, scheme)
    first, last = basis.holds(scheme)
    return parts.Class(
        letter=found.letter,
        letters=scheme.letters,
        scheme=f"{scheme.scheme}, {scheme.material} {scheme.category}, {scheme.on}",
        scheme_sha256=basis.scheme_sha256,
        status=found.status,
        above=found.bounds[0],
        up_to=found.bounds[1],
        valid_from=first,
        valid_to=last,
    )


def _public_study(study: Study) -> parts.PublicStudy:
    """The link, and the SHA-256 of the study's file whatever it is called."""
    digits = hashlib.sha256(Path(study.route.path).read_bytes()).hexdigest()
    return parts.PublicStudy(url=study.company.public_url, report_date=study.company.report_date, sha256=digits)


def _validity(basis: Basis) -> parts.Validity:
    entry = in_force(find(basis.parameters, "verification-validity"), basis.on)
    basis_told = f"{format_value(entry.value, 'years')}, {entry.status}: {entry.reference}"
    return parts.Validity(declared_on=basis.on, until=basis.last_day, basis=basis_told)


def _calculation(basis: Basis) -> parts.Calculation:
    result, held = basis.result, basis.parameters
    return parts.Calculation(
        ruleset=basis.study.company.ruleset,
        method=parts.Identified(id=result.method.id, version=result.method.version, sha256=result.method.sha256),
        background=parts.Identified(
            id=result.background[0], version=f"mixes of {result.electricity[1]}" if result.electricity[1] else "",
            sha256=result.background[1],
        ),
        allocation=str(default_allocation(held, basis.study.route.declared.material, basis.on).value),
        electricity=result.electricity[0],
        long_term="include" if result.long_term == "include" else "exclude",
        cff_A=number(held, "recycled-content-a", basis.on),
        software=f"crm-footprint {result.version}",
    )  # fmt: skip


def _information(basis: Basis, codes: tuple[str, ...]) -> parts.Information:
    """R40: the spread of the company's own data, and the probability of each class from it."""
    result, company = basis.result, basis.study.company
    spread = {code: gsd2 for code, gsd2 in company.spread.items() if code in codes}
    schemes = {code: scheme for code in spread if (scheme := basis.scheme(code))}
    return parts.Information(
        dqr=basis.assessment.dqr,
        uncertainty={code: _spread(result[code].value, gsd2) for code, gsd2 in spread.items()},
        class_probability={
            code: dict(classify(result, scheme, spread[code]).probability or {}) for code, scheme in schemes.items()
        },
        on_estimates={code: result[code].screening_share for code in codes},
        mass_t=company.mass_t,
        warnings=sum(finding.severity == "warning" for finding in basis.assessment.findings),
    )


def _spread(value: float, gsd2: float) -> parts.Spread:
    low, high = sorted((value / gsd2, value * gsd2))
    return parts.Spread(gsd2=gsd2, low=low, high=high)
