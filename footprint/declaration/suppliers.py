"""What a study may take from suppliers' declarations: real, valid, of the product taken, made by the same choices.

A declaration gives results in place of an inventory (DECISIONS 12), so what it says of itself is all there is to check.
"""

from __future__ import annotations

from collections.abc import Iterator

from footprint.checks.system import exchanges, partner
from footprint.declaration.asking import Asked, Rules, Severity, asked
from footprint.errors import InputError, listed
from footprint.impact.result import FootprintResult
from footprint.library.declarations import SupplierDeclaration, read_declaration
from footprint.library.study_files import StudyRow
from footprint.model import Route

ANOTHER = "settled by another declaration of the supplier, or by an inventory"


def taken_declarations(route: Route) -> Iterator[tuple[str, str, SupplierDeclaration]]:
    """(place, product taken, declaration) of each input that a supplier declares; what cannot be read is left out."""
    for _, where, exchange in exchanges(route):
        if exchange.kind != "product" or (provider := partner(route, exchange)).kind != "declaration":
            continue
        try:
            yield f"{where}, '{provider.id}'", exchange.flow, read_declaration(route.path, provider.id)[1]
        except InputError:
            continue


def suppliers(company: StudyRow, result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """Every rule of this file, for each declaration taken."""
    for where, product, found in taken_declarations(result.route):
        yield from invented(where, found, company, rules)
        yield from validity(where, found, company, rules)
        yield from same_choices(where, found, result, rules)
        yield from same_product(where, found, product, rules)
        yield from negative(where, found, rules)


def invented(where: str, found: SupplierDeclaration, company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """An example is no input of a study that is none itself."""
    if found.invented and not company.invented:
        yield asked(
            "error", "supplier.invented", where, "is invented, and the study is not", ANOTHER,
            rules.clause("company-data-required"),
        )  # fmt: skip


def validity(where: str, found: SupplierDeclaration, company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """It holds on the last day of the reporting period, else an error, and on the day of the rules, else a warning."""
    until = found.valid_until
    if until is None or until >= max(company.period.to, rules.on):
        return
    severity: Severity = "error" if until < company.period.to else "warning"
    told = f"held until {until}; the period ends on {company.period.to}, the day is {rules.on}"
    yield asked(
        severity, "supplier.expired", where, told, "settled by one that is valid",
        rules.clause("verification-validity"),
    )  # fmt: skip


def same_choices(where: str, found: SupplierDeclaration, result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """Electricity strategy and emissions after 100 years are as in the study, where the declaration says how."""
    theirs = {"electricity-strategy": found.electricity, "long-term-emissions": found.long_term}
    ours = {"electricity-strategy": result.electricity[0], "long-term-emissions": result.long_term}
    for name, said in theirs.items():
        if said and said != ours[name]:
            yield asked(
                "warning", "supplier.other-choices", where, f"made with '{said}', the study with '{ours[name]}'",
                ANOTHER, rules.clause(name),
            )  # fmt: skip


def same_product(where: str, found: SupplierDeclaration, product: str, rules: Rules) -> Iterator[Asked]:
    """It is of the product that is taken."""
    declared = found.declared_unit.product
    if declared.strip().casefold() != product.strip().casefold():
        yield asked(
            "warning", "supplier.other-product", where, f"is of '{declared}', taken as '{product}'",
            "settled by the name of the input, or by the declaration of what is taken",
            rules.clause("company-data-required"),
        )  # fmt: skip


def negative(where: str, found: SupplierDeclaration, rules: Rules) -> Iterator[Asked]:
    """A result below zero is a credit: an error where nobody verified it."""
    below = [f"{code} {given.value:g} {given.unit}" for code, given in found.results.items() if given.value < 0]
    if below:
        severity: Severity = "warning" if found.verification else "error"
        told = f"below zero: {listed(below, 16)}; {found.verification or 'nobody'} verified it"
        yield asked(severity, "supplier.negative", where, told, ANOTHER, rules.clause("company-data-required"))
