"""What the footprints of a material rest on: figures by tier, flows without a factor, sources, standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from footprint.checks.system import amounts
from footprint.impact.hotspots import hotspots
from footprint.impact.result import FootprintResult
from footprint.library.portraits import Standard
from footprint.model import Source
from footprint.report.document import Block, Grid, Heading, Items, Paragraph
from footprint.report.material.view import MaterialView
from footprint.report.numbers import percent, plural

#: flows without a factor that the page names
MOST_FLOWS = 8
#: entries of the bibliography that stand for our own work
OWN = frozenset({"balance", "stoichiometry", "screening"})


def data(view: MaterialView) -> Iterator[Block]:
    """How the figures are known, and what no factor is held for."""
    yield Heading(2, "Data and gaps")
    if not view.results:
        return
    total = sum(view.tiers.values())
    shares = ", ".join(f"{tier} {percent(count / total)}" for tier, count in view.tiers.items())
    yield Paragraph(f"{plural(total, 'figure')} in {plural(len(view.systems), 'file')}: {shares}.")
    yield Grid(
        ("route", "most relevant", "on estimates", "categories with gaps"),
        tuple(_data_row(result) for result in view.results),
        wide=frozenset({"route", "most relevant", "on estimates", "categories with gaps"}),
    )
    flows = _without_factor(view.results)
    if flows:
        yield Paragraph(f"Emitted or taken, and without a factor in any category (not zero): {'; '.join(flows)}.")


def _data_row(result: FootprintResult) -> tuple[str, ...]:
    spots = hotspots(result).categories
    weak = [f"{s.name} {percent(result[s.name].screening_share)}" for s in spots]
    gaps = [code for code in result.codes if result[code].not_covered]
    return (
        result.route.id.partition("/")[2],
        ", ".join(f"{spot.name} {percent(spot.share)}" for spot in spots),
        ", ".join(weak),
        " ".join(gaps) or "none",
    )


def _without_factor(results: Iterable[FootprintResult]) -> list[str]:
    """The flows in mass without a factor in the routes, the most frequent first, then by name."""
    counts = Counter(f"{f.flow} to {f.compartment}" for r in results for f in r.not_characterised if f.unit == "kg")
    ranked = sorted(counts, key=lambda flow: (-counts[flow], flow))
    more = [f"and {len(ranked) - MOST_FLOWS} more"] if len(ranked) > MOST_FLOWS else []
    return ranked[:MOST_FLOWS] + more


def sources(view: MaterialView) -> Iterator[Block]:
    """The bibliography of the routes' own figures."""
    used = {
        amount.source
        for results in view.systems.values()
        for _, _, amount in amounts(results[0].route)
        if amount.source in view.sources
    } | set(view.portrait.sources)
    yield Heading(2, "Sources")
    yield Items(
        tuple(_cited(view.sources[ident]) for ident in sorted(used - OWN) if ident in view.sources) or ("none",)
    )
    yield Paragraph(
        "Beside these: figures derived by stoichiometry and by balances, with the arithmetic in the files, and "
        "estimates with a range, which nobody confirmed."
    )


def _cited(source: Source) -> str:
    how = {"read": "", "transcription": "; as transcribed", "recalled": "; not read"}[source.basis]
    kind = "; estimate" if source.kind == "estimate" else ""
    address = f"; {source.url}" if source.url else ""
    return f"{source.id}: {source.author} ({source.year}), {source.title}{address}; {source.licence}{how}{kind}"


def standards(view: MaterialView) -> Iterator[Block]:
    """Standards and guidance for the material, then those for all."""
    yield Heading(2, "Standards and guidance")
    own = tuple(_standard(s) for s in view.portrait.standards if not s.every)
    every = tuple(_standard(s) for s in view.portrait.standards if s.every)
    yield Items(own or ("none of its own is known",))
    if every:
        yield Paragraph("For every material:")
        yield Items(every)


def _standard(standard: Standard) -> str:
    confirmed = "" if standard.read else ", not confirmed"
    note = f": {standard.note}" if standard.note else ""
    return f"{standard.document} ({standard.kind}{confirmed}){note}"
