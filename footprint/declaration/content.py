"""What a declaration must say, of what it may be made, and what its study leaves out (Article 31; R13, R35, R36)."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.checks.cutoff import ledger
from footprint.declaration.asking import Asked, Rules, asked
from footprint.errors import listed
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
    yield from left_out(result, rules)


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


def left_out(result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """The cut-off ledger of the route is told with its limit; above it is an error of the route's checks (R13)."""
    found, limit = ledger(result.route), rules.number("cut-off")
    if found.entries:
        told = ", ".join(f"{name} {getattr(found, name):.2%}" for name in ("mass", "energy", "score"))
        yield asked(
            "note", "cutoff.ledger", "[boundary]", f"cut off: {listed(entry.item for entry in found.entries)} ({told})",
            f"at most {limit:.0%} of each", rules.clause("cut-off"),
        )  # fmt: skip
