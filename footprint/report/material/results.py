"""The footprints of a material's routes: the 16 categories, variants, published values, other allocation rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from footprint.impact.result import FootprintResult
from footprint.library.published import Published
from footprint.report.document import Block, Grid, Heading, Items, Paragraph
from footprint.report.footprint import spoken_rule, value_cell
from footprint.report.material.view import HEADLINE, MaterialView, ours_like
from footprint.report.numbers import change, number, percent, short_name, short_unit
from footprint.report.stage_chart import stage_chart

#: routes side by side in one table of 80 columns; a page has room for more
ABREAST = 2


def results(view: MaterialView, abreast: int) -> Iterator[Block]:
    """The 16 categories of every route, at most `abreast` side by side, and its variants."""
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


def published_beside_ours(view: MaterialView) -> Iterator[Block]:
    """Published climate change beside ours, compared or with the reason why not."""
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


def allocation(view: MaterialView) -> Iterator[Block]:
    """How joint processes share their burden, and what other rules would give."""
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
