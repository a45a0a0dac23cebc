"""Why a study may not be declared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import asdict

from footprint.declaration.basis import Basis, has_data
from footprint.model import Finding
from footprint.rules.parameters import words


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
        if not has_data(basis.result[code]):
            yield refused("category", f"category {code}", "must be declared, and no data cover it")
    for scheme in basis.schemes:
        first, last = basis.holds(scheme)
        if not first <= on <= (last or on):
            told = f"holds from {first}{f' to {last}' if last else ''}; declared on {on}"
            yield refused("scheme", f"class scheme of {scheme.category}", told)
