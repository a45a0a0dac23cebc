"""What a result does not cover, and what it rests on: nothing is zero by omission (DECISIONS 3, 7, 14, 22)."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.checks.system import note, warning
from footprint.errors import listed
from footprint.impact.result import CategoryResult, FlowContribution, FootprintResult
from footprint.library.providers import LONG_TERM
from footprint.model import Finding

#: part of a category above which a share is worth a word
SHOWN_SHARE = 0.01


def coverage(result: FootprintResult, screening_limit: float, compliance: str) -> Iterator[Finding]:
    """Every rule of this file. `compliance` is the background's: EF, ILCD entry level or none."""
    yield from uncharacterised(result)
    yield from uncovered(result)
    yield from screening(result, screening_limit)
    yield from background_compliance(result, compliance)
    yield from long_term(result)
    yield from residual_mix(result)


def uncharacterised(result: FootprintResult) -> Iterator[Finding]:
    """Flows for which no factor is held are listed; long-term leachate vanishes without one (DECISIONS 3, 7)."""
    late = [f for f in result.not_characterised if f.compartment in LONG_TERM]
    rest = [f for f in result.not_characterised if f.compartment not in LONG_TERM]
    if rest:
        yield note(
            "coverage.not-characterised", "elementary flows", f"no factor is held for {len(rest)}: {_flows(rest)}"
        )
    if late:
        yield warning(
            "coverage.long-term-not-characterised",
            "elementary flows",
            f"no factor is held for {len(late)} emissions after 100 years, which count as nothing: {_flows(late)}",
        )


def _flows(flows: list[FlowContribution]) -> str:
    ordered = sorted(flows, key=lambda f: (f.unit, -abs(f.amount), f.flow, f.compartment))
    return listed((f"{f.flow} to {f.compartment} {f.amount:.3g} {f.unit}" for f in ordered), 12)


def uncovered(result: FootprintResult) -> Iterator[Finding]:
    """A category that a background process in use holds no data for is not covered, which is not zero."""
    for code in result.codes:
        if missing := result[code].not_covered:
            yield warning(
                "coverage.not-covered",
                f"category {code}",
                f"{result[code].name}: {len(missing)} background processes in use "
                f"hold no data for it: {listed(missing, 8)}",
            )


def screening(result: FootprintResult, limit: float) -> Iterator[Finding]:
    """A category that rests on estimates by more than the limit may not be classed (DECISIONS 22)."""
    for code in result.codes:
        if (share := result[code].screening_share) > limit:
            yield warning(
                "coverage.screening",
                f"category {code}",
                f"{result[code].name}: {share:.0%} rests on estimates, more than {limit:.0%}; not for a class",
            )


def background_compliance(result: FootprintResult, compliance: str) -> Iterator[Finding]:
    """Results on a background that is not EF-compliant say so, with the share per category (DECISIONS 14)."""
    if compliance == "EF":
        return
    shares = [(code, _background_share(result[code])) for code in result.codes]
    told = listed((f"{code} {share:.0%}" for code, share in shares if share is not None), 16)
    yield note(
        "coverage.background",
        f"background '{result.background[0]}'",
        f"screening: background not EF-compliant ({compliance}); its share: {told or 'none'}",
    )


def _background_share(category: CategoryResult) -> float | None:
    """The part of a category that the background brings, by absolute contributions; None where all are zero."""
    brought = sum(map(abs, category.by_background.values()))
    total = brought + sum(map(abs, category.by_process.values()))
    return brought / total if total else None


def long_term(result: FootprintResult) -> Iterator[Finding]:
    """Both results, with and without emissions after 100 years, are stated (DECISIONS 3)."""
    for code in result.codes:
        other = result[code].sensitivity.get(f"long_term_{'exclude' if result.long_term == 'include' else 'include'}")
        if other is None:
            continue
        value = result[code].value
        whole = max(abs(value), abs(other))
        if whole and abs(value - other) > SHOWN_SHARE * whole:
            yield note(
                "coverage.long-term",
                f"category {code}",
                f"{result[code].name}: {abs(value - other) / whole:.0%} are emissions after "
                f"100 years; {'without' if result.long_term == 'include' else 'with'} them {other:.4g} "
                f"{result[code].unit}",
            )


def residual_mix(result: FootprintResult) -> Iterator[Finding]:
    """Grid supply is the production mix: no residual mix is held, so that sensitivity is missing (DECISIONS 15)."""
    processes = [p.id for p in result.route.processes if any(e.supply == "grid" for e in p.exchanges)]
    if processes:
        yield note(
            "coverage.residual-mix",
            "electricity",
            f"no residual mix is held: what the grid supply of {listed(processes, 8)} is with one is not known, and "
            "is not in the sensitivity",
        )
