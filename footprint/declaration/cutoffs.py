"""What a study leaves out: small in mass, in energy and in each category it declares (R13; DECISIONS 13)."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.checks.cutoff import cutoff, ledger, measured
from footprint.declaration.asking import Asked, asked
from footprint.declaration.categories import declared_categories
from footprint.declaration.datasets import Basis
from footprint.errors import listed


def cut_off(basis: Basis) -> Iterator[Asked]:
    """The ledger with its limit, and where it is above: the categories are those that are declared."""
    rules, route = basis.rules, basis.study.route
    declared = declared_categories(basis.result, rules.parameters, rules.on)
    what = measured(rules.words("cut-off-criteria"), declared)
    limit, clause = rules.entry("cut-off"), rules.clause("cut-off-criteria")
    for finding in cutoff(route, what, rules.number("cut-off"), limit.reference):
        yield asked(
            finding.severity, finding.rule, finding.where, finding.message,
            "settled by a process for what is cut off, or by its shares with a source", clause,
        )  # fmt: skip
    found = ledger(route, what)
    if found.entries:
        told = ", ".join(f"{name} {share:.2%}" for name, share in found.shares.items())
        yield asked(
            "note", "cutoff.ledger", "[boundary]", f"cut off: {listed(entry.item for entry in found.entries)} ({told})",
            f"at most {rules.number('cut-off'):.0%} of each", limit.cited,
        )  # fmt: skip
