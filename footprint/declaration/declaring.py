"""From a calculated study to its declaration: declared categories only, characterised, with class where known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec.structs import asdict

from footprint.declaration import declaration as parts
from footprint.declaration.assessment import BASES
from footprint.declaration.basis import Basis, is_of
from footprint.declaration.declaration import Declaration, canonical_json
from footprint.impact.result import CategoryResult
from footprint.library.paths import methods_folder
from footprint.library.studies import Study
from footprint.market.assignment import classify
from footprint.market.thresholds import LEGAL, ClassScheme
from footprint.rules.materials import find_material, is_strategic, load_materials
from footprint.rules.parameters import find, format_value, in_force, number

#: the parameters a declaration rests on, in the order in which it names those that are not adopted law
RESTS_ON = (
    "delegated-act", "declaration-contents", "declared-categories-minimum", "declared-categories-required", "results",
    "impact-method", "hotspot-threshold", "declared-unit", "stages-primary", "stages-secondary", "cut-off",
    "allocation-default", "allocation-price-window", "electricity-strategy", "recycled-content-a",
    "long-term-emissions", "company-data-required", "dqr-levels", "recalculation-triggers", "verification-validity",
)  # fmt: skip
#: what a performance class rests on besides
CLASSES_REST_ON = ("class-window", "class-review", "class-number", "class-scheme", "class-screening-share")


def make_declaration(basis: Basis, draft: bool) -> Declaration:
    """The declaration of a study. Whether it may be declared is what `reasons` say."""
    study, result, company = basis.study, basis.result, basis.study.company
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
        footprint=[_category(result[code], basis) for code in basis.codes],
        study=_public_study(study),
        period=parts.Period(from_=company.period.from_, to=company.period.to),
        validity=_validity(basis),
        fingerprint=parts.Prints(
            bill_of_materials=basis.assessment.bill_of_materials, energy_mix=basis.assessment.energy_mix
        ),
        calculation=_calculation(basis),
        information=_information(basis),
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
    return marks + ([] if lawful and all(s.status == LEGAL for s in basis.used) else ["illustrative"])


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
    for ident in (*RESTS_ON, *(CLASSES_REST_ON if basis.used else ())):
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
    """The letter with the identity of its scheme, never alone (R39), nor without the estimates below it."""
    found = classify(basis.result, scheme)
    first, last = basis.holds(scheme)
    share = basis.result[scheme.category].screening_share
    weak = scheme.status != LEGAL and share > number(basis.parameters, "class-screening-share", basis.on)
    return parts.Class(
        letter=found.letter,
        letters=scheme.letters,
        scheme=_scheme_name(scheme),
        scheme_sha256=basis.scheme_sha256,
        status=found.status,
        modelled=scheme.pool.modelled,
        on_estimates=share if weak else None,
        above=found.bounds[0],
        up_to=found.bounds[1],
        valid_from=first,
        valid_to=last,
    )


def _scheme_name(scheme: ClassScheme) -> str:
    return f"{scheme.scheme}, {scheme.material} {scheme.category}, {scheme.on}"


def _unused(basis: Basis) -> list[str]:
    """The schemes of the file that class nothing here, each with the reason; those of other products are counted."""
    own = [scheme for scheme in basis.schemes if is_of(scheme, basis.study.route.declared)]
    told = [(scheme, basis.without_use(scheme) or basis.objection(scheme)) for scheme in own]
    others = len(basis.schemes) - len(own)
    return [f"{_scheme_name(s)}: {why}" for s, why in told if why] + ([f"{others} of other products"] if others else [])


def _public_study(study: Study) -> parts.PublicStudy:
    """The link, and the SHA-256 of the study's file whatever it is called."""
    digits = hashlib.sha256(Path(study.route.path).read_bytes()).hexdigest()
    return parts.PublicStudy(url=study.company.public_url, report_date=study.company.report_date, sha256=digits)


def _validity(basis: Basis) -> parts.Validity:
    entry = in_force(find(basis.parameters, "verification-validity"), basis.on)
    basis_told = f"{format_value(entry.value, 'years')}, {entry.status}: {entry.reference}"
    return parts.Validity(declared_on=basis.on, until=basis.last_day, basis=basis_told)


def _calculation(basis: Basis) -> parts.Calculation:
    result, pool = basis.result, basis.pool
    return parts.Calculation(
        ruleset=pool.ruleset,
        method=parts.Identified(id=result.method.id, version=result.method.version, sha256=result.method.sha256),
        background=parts.Identified(
            id=result.background[0], version=f"mixes of {result.electricity[1]}" if result.electricity[1] else "",
            sha256=result.background[1],
        ),
        allocation=pool.allocation,
        electricity=pool.electricity,
        long_term="include" if result.long_term == "include" else "exclude",
        cff_A=pool.cff_A,
        software=f"crm-footprint {result.version}",
    )  # fmt: skip


def _information(basis: Basis) -> parts.Information:
    """R40: the spread of the company's own data, the probability of each class from it, and what results rest on."""
    result, company, codes = basis.result, basis.study.company, basis.codes
    spread = {code: gsd2 for code, gsd2 in company.spread.items() if code in codes}
    schemes = {code: scheme for code in spread if (scheme := basis.scheme(code))}
    return parts.Information(
        dqr=basis.assessment.dqr,
        uncertainty={code: _spread(result[code].value, gsd2) for code, gsd2 in spread.items()},
        class_probability={
            code: dict(classify(result, scheme, spread[code]).probability or {}) for code, scheme in schemes.items()
        },
        on_estimates={code: result[code].screening_share for code in codes},
        compliance={code: _resting(basis, code) for code in codes},
        unused_schemes=_unused(basis),
        mass_t=company.mass_t,
        warnings=sum(finding.severity == "warning" for finding in basis.assessment.findings),
    )


def _resting(basis: Basis, code: str) -> parts.Resting:
    """What a category rests on; all on nothing compliant where nothing contributes to it."""
    shares = basis.assessment.compliance.get(code, {"none": 1.0})
    return parts.Resting(**{name.replace("-", "_"): shares.get(name, 0.0) for name in BASES})


def _spread(value: float, gsd2: float) -> parts.Spread:
    low, high = sorted((value / gsd2, value * gsd2))
    return parts.Spread(gsd2=gsd2, low=low, high=high)
