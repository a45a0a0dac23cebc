"""What a material is, its routes, and the processes they are made of."""

from __future__ import annotations

from collections.abc import Iterator

from footprint.impact.result import FootprintResult
from footprint.report.diagram import needed_processes, process_diagram
from footprint.report.document import Block, Grid, Heading, Items, Paragraph
from footprint.report.material.view import HEADLINE, MaterialView
from footprint.report.numbers import number
from footprint.rules.materials import Material

DATA_TIERS = (
    "Data: published where at least 80% of the weighted impacts rest on confirmed figures, screening "
    "below 50%, else mixed."
)  # fmt: skip


def what_it_is(view: MaterialView) -> Iterator[Block]:
    """Name, portrait and legal status."""
    yield Heading(1, view.material.annex_ii)
    yield Paragraph(view.portrait.about)
    yield Paragraph(legal_status(view.material))
    yield Paragraph(
        "Results are characterised with EF 3.1 on the open background, which is not EF-compliant: they are screening "
        "results. There is no adopted delegated act under Article 31."
    )


def legal_status(material: Material) -> str:
    """Where Annex II and Annex I of Regulation (EU) 2024/1252 list the material."""
    critical = f"Critical: Annex II, section 1, ({material.annex_ii_letter}) of Regulation (EU) 2024/1252"
    if material.annex_ii_grade:
        critical += f" ({material.annex_ii_grade} grade)"
    if not material.annex_i:
        return f"{critical}. Not listed as strategic in Annex I."
    return f"{critical}. Strategic: Annex I, section 1, ({material.annex_i_letter}) {material.annex_i}."


def routes(view: MaterialView) -> Iterator[Block]:
    """The table of routes."""
    yield Heading(2, "Routes")
    if view.results:
        yield Grid(
            ("route", "system", "declared product", "kg CO2 eq", "per kg of", "data"),
            tuple(
                (
                    result.route.id.partition("/")[2],
                    result.route.system,
                    _product(result),
                    number(result[HEADLINE].value),
                    _per_element(result),
                    result.tier,
                )
                for result in view.results
            ),
            right=frozenset({"kg CO2 eq", "per kg of"}),
            wide=frozenset({"route", "declared product"}),
        )
        yield Paragraph(
            "Climate change per kg of declared product, and per kg of the element in it; products of another form or "
            f"grade are not compared. {DATA_TIERS}"
        )
    systems = {result.route.system for result in view.results}
    if view.portrait.no_secondary:
        yield Paragraph(f"No secondary route: {view.portrait.no_secondary}")
    elif "secondary" not in systems and "mixed" not in systems:
        yield Paragraph("No secondary route is shipped yet.")
    if view.portrait.not_modelled:
        yield Paragraph("On the market, and not modelled here:")
        yield Items(view.portrait.not_modelled)


def _per_element(result: FootprintResult) -> str:
    """Climate change per kg of the element in the product: `27.5 Li`."""
    declared = result.route.declared
    if not declared.element or not declared.content:
        return "–"
    return f"{number(result[HEADLINE].value / declared.unit_kg / declared.content)} {declared.element}"


def _product(result: FootprintResult) -> str:
    """Product with form, grade and content: `lithium carbonate, battery grade; battery; 0.188 kg Li/kg`."""
    declared = result.route.declared
    parts = [declared.product]
    parts += [part for part in (declared.grade,) if part and part not in declared.product]
    if declared.element and declared.content:
        parts.append(f"{number(declared.content)} kg {declared.element}/kg")
    return "; ".join(parts)


def processes(view: MaterialView) -> Iterator[Block]:
    """A diagram of the unit processes of each product system."""
    yield Heading(2, "Processes")
    for results in view.systems.values():
        longest = max(results, key=lambda result: len(needed_processes(result.route)))
        name = longest.route.id.replace("/", "-")
        yield Heading(3, longest.route.declared.name)
        yield process_diagram(longest, f"{name}-processes")
        if others := [r.route.id for r in results if r is not longest]:
            yield Paragraph(f"The same system also declares {', '.join(others)}.")
