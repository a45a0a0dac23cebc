"""Which parts of a result rest on EF-compliant datasets (R20; PEF, Annex I, 4.6.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from footprint.declaration.asking import Asked, asked
from footprint.declaration.assessment import BASES
from footprint.declaration.datasets import Basis, taken
from footprint.impact.result import Contribution
from footprint.library.declarations import read_declaration


def compliance_shares(basis: Basis) -> Mapping[str, float]:
    """The parts of the hotspot analysis on company-specific data, EF, ILCD entry-level and other datasets.

    Own emissions of a process belong to its data, all else to the dataset it comes through. What nobody states is none.
    """
    found = basis.shares(resting(basis))
    return {name: found.get(name, 0.0) for name in BASES}


def compliance_by_category(basis: Basis) -> Mapping[str, Mapping[str, float]]:
    """The parts of each category (0 to 1, by the size of its contributions) on each of BASES (DECISIONS 14).

    A category that nothing contributes to is left out.
    """
    rests, column = resting(basis), basis.result.method.column
    found: dict[str, Mapping[str, float]] = {}
    for code in basis.result.codes:
        sizes = dict.fromkeys(BASES, 0.0)
        for contribution in basis.result.contributions:
            sizes[rests(contribution)] += abs(float(contribution.values[column[code]]))
        if total := sum(sizes.values()):
            found[code] = {name: size / total for name, size in sizes.items()}
    return found


def resting(basis: Basis) -> Callable[[Contribution], str]:
    """Which of BASES a contribution rests on."""
    stated = background_compliance(basis)

    def base(contribution: Contribution) -> str:
        inside = basis.datasets[contribution.process]
        if contribution.background.startswith("declaration:"):
            return declared_compliance(basis, contribution.background.removeprefix("declaration:"))
        if taken(contribution) is not None:
            return stated
        if inside.kind == "company-specific":
            return "company-specific"
        return inside.data.compliance if inside.data else "none"

    return base


def background_compliance(basis: Basis) -> str:
    """The compliance of the background; of any but the open one nothing is known, which is none."""
    return basis.rules.words("open-background-compliance")[0] if basis.result.background[0] == "open" else "none"


def declared_compliance(basis: Basis, name: str) -> str:
    """What a supplier's declaration says of the datasets behind it."""
    return read_declaration(basis.study.route.path, name)[1].compliance


def compliance(basis: Basis, shares: Mapping[str, float]) -> Iterator[Asked]:
    """Datasets of the ILCD entry level stay within their limit; what complies with neither makes it screening."""
    rules = basis.rules
    limit, clause = rules.number("non-ef-share-limit"), rules.clause("non-ef-share-limit")
    if shares["ILCD-EL"] > limit + 1e-12:
        yield asked(
            "error", "compliance.ilcd", "datasets",
            f"more than {limit:.0%} rests on datasets of the ILCD entry level",
            "settled by EF-compliant datasets for the largest of them", clause, shares["ILCD-EL"],
        )  # fmt: skip
    if shares["none"] > 0:
        yield asked(
            "warning", "compliance.none", "datasets",
            f"screening: company-specific {shares['company-specific']:.1%}, EF {shares['EF']:.1%}, ILCD entry level "
            f"{shares['ILCD-EL']:.1%}; the rest complies with neither",
            "settled by EF-compliant datasets (--background)", clause, shares["none"],
        )  # fmt: skip
