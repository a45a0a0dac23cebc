"""The footprint of one route as a table of 80 columns, with what stands behind it below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.impact.hotspots import Hotspot, Hotspots
from footprint.impact.result import CategoryResult, FlowContribution, FootprintResult
from footprint.inventory.allocation import Share
from footprint.model import STAGES
from footprint.report.console import notes, table, text
from footprint.report.findings import tally
from footprint.report.numbers import (
    NOT_AVAILABLE,
    change,
    number,
    part,
    percent,
    plural,
    short_name,
    short_provider,
    short_unit,
)

#: a category is left out of the sensitivity when the other choice moves it by less
NOTEWORTHY = 0.005
#: content from which on a product is the element
PURE = 0.98
#: categories beside the most relevant ones that a line of the sensitivity names
MOST_NAMED = 3
STAGE_HEADS = {"extraction": "extr.", "concentration": "conc.", "refining": "refin.", "recycling": "recyc."}
SPOKEN_RULES = {
    "mass": "mass",
    "element-mass": "contained metal",
    "energy": "energy",
    "economic": "value",
    "subdivision": "subdivision",
}
SPOKEN_CHOICES = {
    "long_term_exclude": "without long-term emissions",
    "long_term_include": "with long-term emissions",
    "regional": "regional factors",
    "without_host": "without the host's share",
}
TIERS = {
    "published": "published: at least 80% of the weighted impacts rest on confirmed amounts",
    "mixed": "mixed: 50 to 80% of the weighted impacts rest on confirmed amounts",
    "screening": "screening: less than 50% of the weighted impacts rest on confirmed amounts",
}


def footprint_page(result: FootprintResult, spots: Hotspots, legal: str) -> RenderableType:
    """Everything `footprint calc` prints of one route."""
    return Group(heading(result), text(""), category_table(result), text(""), notes(summary(result, spots, legal)))


def heading(result: FootprintResult) -> RenderableType:
    """What was calculated, per what, and with what."""
    declared = result.route.declared
    settings = [result.route.system, result.method.id, f"background {result.background[0]}"]
    settings += [f"engine {result.engine}"] if result.engine != "kernel" else []
    settings += ["long-term emissions excluded"] if result.long_term != "include" else []
    settings += [f"electricity {result.electricity[0]}"] if result.electricity[0] != "as-modelled" else []
    settings += [f"mixes of {result.electricity[1]}"] if result.electricity[1] else []
    return Group(
        text(declared.name, "bold"),
        text(f"{result.route.id}: per {declared.unit_kg:g} kg of {declared.product}"),
        text(", ".join(settings), "dim"),
    )


def value_cell(category: CategoryResult) -> str:
    """The value; marked where some process has no data, `n/a` where none has."""
    if not category.not_covered:
        return number(category.value)
    return f"{number(category.value)}*" if category.value else NOT_AVAILABLE


def category_table(result: FootprintResult) -> Table:
    """One row per category: value, unit, share by stage, share that rests on estimates."""
    stages = stages_of(result)
    heads = [STAGE_HEADS[stage] for stage in stages]
    made = table("", "category", "value", "unit", *heads, "est.", right=("value", *heads, "est."), wide=("category",))
    for code in result.codes:
        category = result[code]
        shares = [part(category.by_stage.get(stage, 0.0), category.value) for stage in stages]
        estimates = percent(category.screening_share) if category.value else "–"
        made.add_row(
            code, short_name(category.name), value_cell(category), short_unit(category.unit), *shares, estimates
        )
    return made


def stages_of(result: FootprintResult) -> list[str]:
    """The stages this route has."""
    return [stage for stage in STAGES if any(c.stage == stage for c in result.contributions)]


def summary(result: FootprintResult, spots: Hotspots, legal: str) -> Iterator[tuple[str, str]]:
    """The labelled lines below the table."""
    stages = ", ".join(f"{STAGE_HEADS[stage]} {stage}" for stage in stages_of(result))
    yield "Columns", f"{stages}: share of the value; est.: share on unconfirmed estimates"
    if gaps := [f"{code} ({len(result[code].not_covered)})" for code in result.codes if result[code].not_covered]:
        yield "* Not covered", f"background processes in use without data for the category: {', '.join(gaps)}"
    yield from hotspot_lines(spots)
    yield from element_line(result, spots)
    yield from allocation_lines(result.allocation)
    yield from sensitivity_lines(result, [spot.name for spot in spots.categories])
    if result.not_characterised:
        yield "No factor", not_characterised_line(result.not_characterised)
    yield from status_lines(result, legal)


def status_lines(result: FootprintResult, legal: str) -> Iterator[tuple[str, str]]:
    """What the numbers are good for: findings, data tier, background, law."""
    yield "Findings", f"{tally(result.findings)}; `footprint check` lists them" if result.findings else "none"
    yield "Data", TIERS[result.tier]
    yield "Background", f"{background_line(result.background[0])}{weak_share(result)}"
    yield "Legal status", legal


def background_line(ident: str) -> str:
    """Which background, and that it makes the result a screening."""
    return f"screening: background '{ident}' is not EF-compliant"


def weak_share(result: FootprintResult) -> str:
    """How much of each category rests on background processes of tier C or D."""
    shares = [f"{code} {percent(result[code].tier_c_share)}" for code in result.codes if result[code].tier_c_share]
    return f"; on processes of tier C or D rest {', '.join(shares)}" if shares else ""


def hotspot_lines(spots: Hotspots) -> Iterator[tuple[str, str]]:
    """The most relevant categories, and of each the stages and processes that make it."""
    if not spots.categories:
        return
    yield "Hotspots", f"{_shares(spots.categories)} of the weighted sum"
    for spot in spots.categories[:3]:
        processes = [Hotspot(short_provider(s.name), s.share, s.cumulative) for s in spots.processes[spot.name][:3]]
        yield f"  {spot.name}", _shares(processes)


def _shares(spots: Iterable[Hotspot]) -> str:
    return ", ".join(f"{spot.name} {percent(spot.share)}" for spot in spots)


def element_line(result: FootprintResult, spots: Hotspots) -> Iterator[tuple[str, str]]:
    """The most relevant categories per kg of contained element, where the product is not that element itself."""
    declared = result.route.declared
    if not declared.element or not declared.content or declared.content >= PURE:
        return
    found = [result[spot.name] for spot in spots.categories]
    values = [f"{c.code} {number(c.value / declared.unit_kg / declared.content)} {short_unit(c.unit)}" for c in found]
    if values:
        yield f"Per kg {declared.element}", f"{', '.join(values)} (content {number(declared.content)} kg/kg)"


def allocation_lines(shares: Sequence[Share]) -> Iterator[tuple[str, str]]:
    """One line per joint process of the route: who carries how much, by which rule; background ones are counted."""
    groups: dict[tuple[str, str], list[str]] = {}
    for share in shares:
        groups.setdefault((share.process, share.rule), []).append(f"{share.product} {percent(share.share)}")
    own = {key: parts for key, parts in groups.items() if not key[0].startswith("background:")}
    for n, ((process, rule), parts) in enumerate(own.items()):
        yield "" if n else "Allocation", f"{process}, by {spoken_rule(rule)}: {', '.join(parts)}"
    if others := len(groups) - len(own):
        yield "" if own else "Allocation", f"{plural(others, 'joint process')} in the background: shares in the JSON"


def spoken_rule(rule: str) -> str:
    """`economic, 2021 to 2024` as `value, 2021 to 2024`."""
    name, comma, rest = rule.partition(",")
    return f"{SPOKEN_RULES.get(name, name)}{comma}{rest}"


def spoken_choice(name: str, choice: str) -> str:
    """`allocation by value`, `electricity production-mix`."""
    return f"allocation by {spoken_rule(choice)}" if name == "allocation" else f"{name} {choice}"


def sensitivity_lines(result: FootprintResult, first: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What another choice for long-term emissions, allocation, electricity or regional factors changes."""
    for n, (name, values) in enumerate(_alternatives(result).items()):
        moved = {code: value for code, value in values.items() if _moves(value, result[code].value)}
        named = [f"{code} {change(moved[code], result[code].value)}" for code in first if code in moved]
        others = [code for code in moved if code not in first]
        if len(others) > MOST_NAMED:
            named.append(f"{len(others)} others {_range(result, moved, others)}")
        else:
            named += [f"{code} {change(moved[code], result[code].value)}" for code in others]
        yield "" if n else "Sensitivity", f"{name}: {', '.join(named) or 'no category moves by 0.5%'}"


def _range(result: FootprintResult, values: Mapping[str, float], codes: Sequence[str]) -> str:
    ranked = sorted(codes, key=lambda code: values[code] / result[code].value if result[code].value else 0.0)
    ends = [change(values[code], result[code].value) for code in (ranked[0], ranked[-1])]
    return " to ".join(dict.fromkeys(ends))


def _alternatives(result: FootprintResult) -> Mapping[str, Mapping[str, float]]:
    """Name of the other choice -> category -> value."""
    found: dict[str, dict[str, float]] = {}
    for code in result.codes:
        for name, value in result[code].sensitivity.items():
            choices = {SPOKEN_CHOICES.get(name, name): value}
            if isinstance(value, Mapping):
                choices = {spoken_choice(name, rule): other for rule, other in value.items()}
            for label, other in choices.items():
                if other is not None:
                    found.setdefault(label, {})[code] = other
    return found


def _moves(value: float, reference: float) -> bool:
    return abs(value - reference) >= NOTEWORTHY * abs(reference) and value != reference


def not_characterised_line(flows: Sequence[FlowContribution]) -> str:
    """How many elementary flows have no factor in any category, and the largest emission among them by mass."""
    emissions = [flow for flow in flows if "/" in flow.compartment] or flows
    largest = max(emissions, key=lambda flow: (flow.unit == "kg", abs(flow.amount)))
    named = f"{largest.flow} to {largest.compartment}, {number(largest.amount)} {largest.unit}"
    return f"{plural(len(flows), 'elementary flow')} without a factor in any category (not zero); largest: {named}"
