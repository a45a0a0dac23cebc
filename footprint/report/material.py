"""The page of a critical raw material: what it is, its routes and their footprints, and what these rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from footprint.checks.provenance import amounts_by_tier
from footprint.checks.system import amounts
from footprint.impact.hotspots import hotspots
from footprint.impact.result import FootprintResult
from footprint.library.portraits import Portrait, Standard
from footprint.library.published import Published
from footprint.model import Source
from footprint.report.diagram import needed_processes, process_diagram
from footprint.report.document import Block, Document, Grid, Heading, Items, Paragraph
from footprint.report.footprint import spoken_rule, value_cell
from footprint.report.numbers import change, number, percent, plural, short_name, short_unit
from footprint.report.stage_chart import stage_chart
from footprint.rules.materials import Material

#: routes side by side in one table of 80 columns; a page has room for more
ABREAST = 2
#: flows without a factor that the page names
MOST_FLOWS = 8
HEADLINE = "CC"
DATA_TIERS = (
    "Data: published where at least 80% of the weighted impacts rest on confirmed figures, screening "
    "below 50%, else mixed."
)  # fmt: skip
#: entries of the bibliography that stand for our own work
OWN = frozenset({"balance", "stoichiometry", "screening"})


@dataclass(frozen=True)
class MaterialView:
    """What the page of a material is made of: results of its routes (variants apart), words, published values."""

    material: Material
    portrait: Portrait
    results: tuple[FootprintResult, ...]
    variants: tuple[FootprintResult, ...]
    published: tuple[Published, ...]
    sources: Mapping[str, Source]

    @cached_property
    def systems(self) -> Mapping[str, tuple[FootprintResult, ...]]:
        """File of a product system -> the results of its declared products."""
        found: dict[str, list[FootprintResult]] = {}
        for result in self.results:
            found.setdefault(result.route.path, []).append(result)
        return {path: tuple(results) for path, results in found.items()}

    @cached_property
    def tiers(self) -> Mapping[str, int]:
        """How many figures of the material's files were measured, published, derived and estimated."""
        found: Counter[str] = Counter()
        for results in self.systems.values():
            found.update(amounts_by_tier(results[0].route))
        return found


def ours_like(row: Published, result: FootprintResult) -> float:
    """Our climate change as a published row has it: by its allocation rule, per kg of product or of the element in it.

    Raises ValueError where the route declares no content of an element, or holds no result by the rule.
    """
    declared = result.route.declared
    category = result[HEADLINE]
    by_rule: dict[str, float] = {"": category.value, **category.sensitivity.get("allocation", {})}
    if row.rule not in by_rule:
        raise ValueError(f"{row.route} has no result by the rule '{row.rule}'")
    value = by_rule[row.rule] / declared.unit_kg
    if row.per == "product":
        return value
    if not declared.content:
        raise ValueError(f"{row.route} declares no content of its element")
    return value / declared.content


def material_document(view: MaterialView, abreast: int = ABREAST) -> Document:
    """The page, block by block, with at most `abreast` routes side by side."""
    return (
        *_what_it_is(view),
        *_routes(view),
        *_processes(view),
        *_results(view, abreast),
        *_published(view),
        *_allocation(view),
        *_data(view),
        *_sources(view),
        *_standards(view),
    )


# --- what it is


def _what_it_is(view: MaterialView) -> Iterator[Block]:
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


# --- routes


def _routes(view: MaterialView) -> Iterator[Block]:
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


def _processes(view: MaterialView) -> Iterator[Block]:
    yield Heading(2, "Processes")
    for results in view.systems.values():
        longest = max(results, key=lambda result: len(needed_processes(result.route)))
        name = longest.route.id.replace("/", "-")
        yield Heading(3, longest.route.declared.name)
        yield process_diagram(longest, f"{name}-processes")
        if others := [r.route.id for r in results if r is not longest]:
            yield Paragraph(f"The same system also declares {', '.join(others)}.")


# --- results


def _results(view: MaterialView, abreast: int) -> Iterator[Block]:
    yield Heading(2, "Results")
    if not view.results:
        yield Paragraph("No route is shipped yet.")
        return
    yield stage_chart(view.results, HEADLINE, f"{view.material.id}-stages", "Climate change")
    for start in range(0, len(view.results), abreast):
        yield _sixteen(view.results[start : start + abreast])
    yield Paragraph(
        "Per declared unit. * background processes in use hold no data for the category; n/a: none holds any. Three "
        "digits are printed, not known: see the shares on estimates below."
    )
    if view.variants:
        yield Heading(3, "Variants")
        yield _variants(view)


def _sixteen(results: Sequence[FootprintResult]) -> Grid:
    """All categories of some routes."""
    heads = [_head(result) for result in results]
    first = results[0]
    rows = tuple(
        (code, short_name(first[code].name), *(value_cell(r[code]) for r in results), short_unit(first[code].unit))
        for code in first.codes
    )
    heads_in_order = ("", "category", *heads, "unit")
    return Grid(heads_in_order, rows, right=frozenset(heads), wide=frozenset(heads))


def _head(result: FootprintResult) -> str:
    """A route's name in words, so that it may wrap in the head of a narrow column."""
    return result.route.id.partition("/")[2].replace("-", " ")


def _variants(view: MaterialView) -> Grid:
    base = {result.route.id: result for result in view.results}
    rows = []
    for result in view.variants:
        ident, _, _ = result.route.id.partition("@")
        value, reference = result[HEADLINE].value, base[ident][HEADLINE].value
        told = result.route.declared.name.removeprefix(base[ident].route.declared.name).lstrip(", ")
        cells = (number(value), change(value, reference), result.tier)
        rows.append((result.route.id.partition("/")[2], told, *cells))
    return Grid(
        ("variant", "what differs", "kg CO2 eq", "against base", "data"),
        tuple(rows),
        right=frozenset({"kg CO2 eq", "against base"}),
        wide=frozenset({"variant", "what differs"}),
    )


# --- beside published results


def _published(view: MaterialView) -> Iterator[Block]:
    by_route = {result.route.id: result for result in (*view.results, *view.variants)}
    rows = tuple(
        _published_row(row, by_route[row.route])
        for row in view.published
        if row.route in by_route and row.value is not None
    )
    yield Heading(2, "Published results")
    if not rows:
        yield Paragraph("No published climate change has been entered for these routes.")
        return
    yield Grid(
        ("route", "ours", "published", "ratio", "by", "comparable"),
        rows,
        right=frozenset({"ours", "published", "ratio"}),
        wide=frozenset({"route", "by", "comparable"}),
    )
    yield Paragraph("Climate change in kg CO2 eq per kg of product, or per kg of element where it says so.")


def _published_row(row: Published, result: FootprintResult) -> tuple[str, ...]:
    ours = ours_like(row, result)
    per = "" if row.per == "product" else f" /kg {result.route.declared.element}"
    said = "yes" if row.scored and row.independent else "yes, same inventory" if row.scored else f"no: {row.why_not}"
    said += f", by {spoken_rule(row.rule)}" if row.rule else ""
    value = row.value or 0.0
    ratio = number(ours / value) if value else "–"
    return (row.route.partition("/")[2], number(ours), f"{number(value)}{per}", ratio, row.citation, said)


# --- allocation


def _allocation(view: MaterialView) -> Iterator[Block]:
    yield Heading(2, "Allocation")
    joint: dict[tuple[str, str], dict[str, str]] = {}
    for result in view.results:
        for share in result.allocation:
            if not share.process.startswith("background:"):
                found = joint.setdefault((share.process, share.rule), {})
                found[share.product] = percent(share.share)
    if not joint:
        yield Paragraph("No process of these routes has several products.")
        return
    yield Items(
        tuple(
            f"{process}, by {spoken_rule(rule)}: {', '.join(f'{product} {share}' for product, share in parts.items())}"
            for (process, rule), parts in joint.items()
        )
    )
    if grid := _other_rules(view.results):
        yield Paragraph("Climate change in kg CO2 eq, and what another rule or another window of prices makes of it:")
        yield grid


def _other_rules(results: Iterable[FootprintResult]) -> Grid | None:
    """Route x rule: climate change under each other rule, and without the host's share."""
    found: dict[str, dict[str, float]] = {}
    for result in results:
        sensitivity = result[HEADLINE].sensitivity
        values = {spoken_rule(rule): value for rule, value in sensitivity.get("allocation", {}).items()}
        if (hostless := sensitivity.get("without_host")) is not None:
            values["without the host"] = hostless
        if values:
            found[result.route.id.partition("/")[2]] = {"as declared": result[HEADLINE].value, **values}
    heads = tuple(dict.fromkeys(head for values in found.values() for head in values))
    rows = tuple((name, *(number(v[h]) if h in v else "–" for h in heads)) for name, v in found.items())
    return Grid(("route", *heads), rows, frozenset(heads), frozenset({"route", *heads})) if found else None


# --- what it rests on


def _data(view: MaterialView) -> Iterator[Block]:
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


def _sources(view: MaterialView) -> Iterator[Block]:
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


def _standards(view: MaterialView) -> Iterator[Block]:
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


def material_json(view: MaterialView) -> dict[str, object]:
    """The page for programs: schema footprint/material/1."""
    return {
        "schema": "footprint/material/1",
        "material": view.material.id,
        "annex_ii": view.material.annex_ii,
        "annex_i": view.material.annex_i,
        "about": view.portrait.about,
        "no_secondary": view.portrait.no_secondary or None,
        "not_modelled": list(view.portrait.not_modelled),
        "amounts_by_tier": dict(view.tiers),
        "routes": [
            {
                "id": result.route.id,
                "name": result.route.declared.name,
                "system": result.route.system,
                "product": result.route.declared.product,
                "tier": result.tier,
                "results": {code: result[code].value for code in result.codes},
                "allocation": result[HEADLINE].sensitivity.get("allocation", {}),
                "without_host": result[HEADLINE].sensitivity.get("without_host"),
            }
            for result in (*view.results, *view.variants)
        ],
        "published": [
            {"route": p.route, "citation": p.citation, "value": p.value, "per": p.per, "scored": p.scored}
            for p in view.published
        ],
        "standards": [
            {"document": s.document, "kind": s.kind, "confirmed": s.read, "note": s.note}
            for s in view.portrait.standards
        ],
    }
