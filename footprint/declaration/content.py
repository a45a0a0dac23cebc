"""What a declaration must say, and of what it may be made (Article 31; R35, R36)."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.declaration.asking import Asked, Rules, asked
from footprint.impact.result import FootprintResult
from footprint.library.study_files import StudyRow

#: the field of `countries` that answers for each stage
COUNTRIES = {
    "extraction": "extraction",
    "concentration": "processing",
    "refining": "refining",
    "recycling": "recycling",
}
RESPONSIBLE = ("name", "address", "contact")


def content(company: StudyRow, result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """Every rule of this file."""
    yield from contained(company, rules)
    yield from fields(company, result, rules)


def contained(company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """A material inside an intermediate or final product is not declared (R35)."""
    if company.contained_in_product:
        yield asked(
            "error", "declaration.contained", "[study]", "the material is contained in a product: it is not declared",
            "settled by a study of the material as it is placed on the market", rules.clause("declaration-scope"),
        )  # fmt: skip


def fields(company: StudyRow, result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """Who declares, where each stage of the system takes place, and a link to the public study (R36)."""
    stages = dict.fromkeys(c.stage for c in result.contributions)
    lacking = [f"responsible.{name}" for name in RESPONSIBLE if not getattr(company.responsible, name).strip()]
    names = dict.fromkeys(COUNTRIES[stage] for stage in stages if stage in COUNTRIES)
    lacking += [f"countries.{name}" for name in names if not getattr(company.countries, name)]
    lacking += ["public_url"] if company.public_url is None else []
    for name in lacking:
        yield asked(
            "error", "declaration.field", f"[study] {name}", "missing, and a declaration contains it",
            f"settled by '{name}' in [study]", rules.clause("declaration-contents"),
        )  # fmt: skip
