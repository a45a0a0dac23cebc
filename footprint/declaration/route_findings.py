"""What the checks of a study's route found, with its part of the result, what settles it, and where that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from footprint.declaration.asking import Asked, Rules, Severity, asked
from footprint.declaration.cutoffs import cut_off
from footprint.declaration.datasets import Basis
from footprint.model import Finding

#: what no act asks for, and every inventory keeps to
OWN = "check of this tool; no act asks for it"
SECONDARY = "company-data-required"
#: grid electricity of another country: an error for a process that the operator runs
ELSEWHERE = "structure.electricity-elsewhere"
#: rule of a check, or its family -> parameter that says where it is written (None: OWN), and what settles it
CITED: Mapping[str, tuple[str | None, str]] = {
    "allocation": ("allocation-order", "settled by the data of the rule in the process"),
    "balance": (None, "settled by amounts that balance, or by a note that says why not"),
    "boundary": ("stages-primary", "settled by a process, or by the reason in [boundary]"),
    "boundary.excluded-phase": ("excluded-stages", "settled by taking it out"),
    "coverage": ("impact-method", "settled by a method that holds factors for them"),
    "coverage.background": ("open-background-compliance", "settled by EF-compliant datasets (--background)"),
    "coverage.long-term": ("long-term-emissions", "both results are stated"),
    "coverage.long-term-not-characterised": ("long-term-emissions", "settled by a method that holds factors for them"),
    "coverage.not-covered": (SECONDARY, "settled by datasets that hold them (--background)"),
    "coverage.residual-mix": (
        "electricity-hierarchy",
        "settled by a contract with an instrument, or by a residual mix",
    ),
    "coverage.screening": ("screening-share-limit", "settled by measured or published amounts for the estimates"),
    "links": (SECONDARY, "settled by a link to a dataset of the product and the place"),
    "provenance": (None, "settled by the source and the place in it"),
    "sites": (SECONDARY, "settled by the values of the site"),
    "structure": (None, "settled in the line"),
    "structure.declared-content": ("declared-unit", "settled by the content of the product"),
    "structure.electricity-country": ("electricity-hierarchy", "settled by the mix of the process's own country"),
    ELSEWHERE: ("electricity-hierarchy", "settled by the mix of the process's own country, or a contract"),
    "structure.global-location": ("dqr-geography-company", "settled by the country"),
    "structure.old-data": ("dqr-time-secondary", "settled by newer data"),
}
_PROCESS = re.compile(r"process '([^']+)'")
_PRODUCT = re.compile(r"((?:background|electricity):[^@#\[ ]+)")


def route_findings(basis: Basis) -> Iterator[Asked]:
    """Every finding of the result; cut-offs anew, in the categories that are declared."""
    yield from cut_off(basis)
    products = _by_product(basis)
    for finding in basis.result.findings:
        if not finding.rule.startswith("cutoff."):
            yield _asked(finding, basis, products)


def _asked(finding: Finding, basis: Basis, products: Mapping[str, float]) -> Asked:
    parameter, settles = CITED.get(finding.rule) or CITED[finding.rule.partition(".")[0]]
    return asked(
        _severity(finding, basis), finding.rule, finding.where, finding.message.rstrip("."), settles,
        _clause(parameter, basis.study.route.system, basis.rules), _effect(finding.where, basis, products),
    )  # fmt: skip


def _severity(finding: Finding, basis: Basis) -> Severity:
    named = _PROCESS.search(finding.where)
    own = {process.id for process in basis.study.route.processes if process.operator_control}
    return "error" if finding.rule == ELSEWHERE and named and named.group(1) in own else finding.severity


def _clause(parameter: str | None, system: str, rules: Rules) -> str:
    if parameter is None:
        return OWN
    return rules.clause("stages-secondary" if (parameter, system) == ("stages-primary", "secondary") else parameter)


def _effect(where: str, basis: Basis, products: Mapping[str, float]) -> float:
    """The part of the hotspot analysis (0 to 1) of a place: category, process, what is taken, the whole background."""
    if where.startswith("category "):
        return basis.category_shares.get(where.removeprefix("category "), 0.0)
    if found := _PROCESS.match(where):
        dataset = basis.datasets.get(found.group(1))
        return dataset.share if dataset else 0.0
    if found := _PRODUCT.match(where):
        return products.get(found.group(1), 0.0)
    return sum(products.values()) if where.startswith("background '") else 0.0


def _by_product(basis: Basis) -> Mapping[str, float]:
    """The parts of the hotspot analysis by what is taken, whatever its country, site and taker."""

    def product(background: str) -> str | None:
        found = _PRODUCT.search(background)
        return found.group() if found else background or None

    return basis.shares(lambda contribution: product(contribution.background))
