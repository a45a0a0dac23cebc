"""A route as the layout of a study: its processes and flows stay, its figures become hints beside empty cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from footprint.exchange.workbook.records import Place, Raw
from footprint.library.files import RouteFile
from footprint.library.routes import route_rows
from footprint.model import Amount, Exchange, Process, Product, Route, Stage
from footprint.units import written

#: what stands where a value is to be filled in: TOML has no empty value, and no value of a route file is an empty text
BLANK = ""
#: the source that a template proposes for the company's own figures
OWN_RECORDS = "plant-records"
#: stage of a process -> what Article 31 calls where it stands
_COUNTRIES: Mapping[Stage, str] = {
    "extraction": "extraction",
    "concentration": "processing",
    "refining": "refining",
    "recycling": "recycling",
}
_KEPT_OF_PROCESS = ("id", "name", "annex_v", "stage", "host", "allocation")
_KEPT_OF_PRODUCT = ("flow", "amount", "unit", "price", "substitution")
_KEPT_OF_EXCHANGE = ("input", "output", "from", "to", "treatment", "amount", "unit", "supply", "for", "annex_v")


@dataclass(frozen=True, slots=True)
class Content:
    """The tables of a workbook or a TOML file, and what is said beside a row of them."""

    raw: Raw
    hints: Mapping[Place, str]


def tables_of(file: RouteFile) -> Raw:
    """The tables of a route file as TOML has them."""
    raw: Raw = msgspec.to_builtins(file, builtin_types=(date,))
    return raw


def template_of(route: Route) -> Content:
    """A study laid out as `route`: every figure, place and date is blank, and the route's is the hint beside it."""
    rows = tables_of(route_rows(route))
    hints: dict[Place, str] = {}
    declared = route.declared
    shares = ("share_pre_consumer", "share_post_consumer") if route.system == "mixed" else ()
    raw: Raw = {
        "schema": 1,
        "material": declared.material,
        "name": BLANK,
        "system": route.system,
        **dict.fromkeys(shares, BLANK),
        "declared": [
            {"id": BLANK, "product": declared.product, "process": declared.process, "form": declared.form}
            | ({"element": declared.element, "content": BLANK} if declared.element else {})
        ],
        "source": {OWN_RECORDS: dict.fromkeys(("title", "author", "year", "kind", "licence"), BLANK)},
        "boundary": {b.item: {"status": BLANK, "reason": BLANK} for b in route.boundary},
        "site": {key: _site(table) for key, table in rows.get("site", {}).items()},
        "study": _study(route),
        "process": [
            _process(row, process, ("process", n), hints)
            for n, (row, process) in enumerate(zip(rows["process"], route.processes, strict=True))
        ],
    }
    content = f", content {declared.content:g} of {declared.element}" if declared.content else ""
    hints["declared", 0] = f"reference: {route.id}, grade '{declared.grade}'{content}"
    hints["source", OWN_RECORDS] = "the company's own records of the period; kind = measured"
    hints["study", "countries"] = 'countries or regions, as ["CL", "PE"]'
    hints["study",] = "where there are any, also: public_url, mass_t, ruleset, spread, [[study.instrument]]"
    hints["name",] = f"reference: {declared.name}"
    hints |= {("boundary", b.item): f"reference: {b.status}: {b.reason}" for b in route.boundary}
    for key, values in route.sites.items():
        hints |= {("site", key, v.name): f"reference: {v.amount.value:.4g} {v.amount.unit}" for v in values}
    return Content({key: value for key, value in raw.items() if value != {}}, hints)


def _study(route: Route) -> Raw:
    """The company's part, with the tables that a study usually has."""
    stages = {process.stage: _COUNTRIES[process.stage] for process in route.processes if process.stage}
    return {
        "period": {"from": BLANK, "to": BLANK},
        "report_date": BLANK,
        "responsible": dict.fromkeys(("name", "address", "contact"), BLANK),
        "countries": {name: [] for name in stages.values()},
        "plant": [dict.fromkeys(("id", "name", "country", "output_kg"), BLANK)],
        "data": {process.id: dict.fromkeys(("kind", "most_recent"), BLANK) for process in route.processes},
        "evidence": [dict.fromkeys(("id", "title", "holder"), BLANK)],
    }


def _site(table: Raw) -> Raw:
    return {name: {"value": BLANK, "unit": row["unit"]} for name, row in table.items()}


def _process(row: Raw, process: Process, at: Place, hints: dict[Place, str]) -> Raw:
    """A process with its lines; location and year are the company's to give."""
    kept = {key: row[key] for key in _KEPT_OF_PROCESS if key in row}
    found = kept | {"operator_control": BLANK, "location": BLANK, "year": BLANK, "source": OWN_RECORDS}
    told = f"reference: {process.location}, {process.year}"
    hints[at] = f"{told}, run by the operator" if process.operator_control else told
    makes = [_blank_amount(product, _KEPT_OF_PRODUCT) for product in row.get("product", [])]
    if makes:
        found["product"] = makes
        for n, product in enumerate(process.products):
            hints[*at, "product", n] = f"reference: {_figure(product.amount)}{_content(product.content)}"
    else:
        found["waste"] = _blank_amount(row["waste"], _KEPT_OF_PRODUCT)
        hints[*at, "waste"] = f"reference: {_figure(process.products[0].amount)}"
    found["exchange"] = [_exchange(line) for line in row.get("exchange", [])]
    for n, exchange in enumerate(process.exchanges):
        hints |= _said(exchange, process.products[0], (*at, "exchange", n))
    return found


def _blank_amount(row: Raw, kept: tuple[str, ...]) -> Raw:
    return {key: BLANK if key == "amount" else row[key] for key in kept if key in row}


def _exchange(row: Raw) -> Raw:
    """A line without its figures; the country of its electricity is the company's to give."""
    found = _blank_amount(row, _KEPT_OF_EXCHANGE)
    if str(found.get("from", "")).startswith("electricity:"):
        found["from"] = BLANK
    if "legs" in row:
        found["legs"] = [{"by": leg["by"], "distance": BLANK} for leg in row["legs"]]
    return found


def _said(exchange: Exchange, product: Product, at: Place) -> Mapping[Place, str]:
    power = f", {exchange.partner}" if exchange.partner.startswith("electricity:") else ""
    per = f"per {_figure(product.amount)} {product.flow}"
    told = f"reference: {_figure(exchange.amount)} {per}{power}{_content(exchange.content)}{_cited(exchange.amount)}"
    legs = {(*at, "legs", n): f"reference: {leg.distance:g} km" for n, leg in enumerate(exchange.legs)}
    return {at: told} | legs


def _figure(amount: Amount) -> str:
    """The amount in the unit of its file."""
    return f"{amount.value / amount.scale:.4g} {written(amount.unit, amount.scale)}"


def _content(content: Mapping[str, float]) -> str:
    return "".join(f", {element} {share:.6g}" for element, share in content.items())


def _cited(amount: Amount) -> str:
    return f" ({amount.source}, {amount.tier})" if amount.source else f" ({amount.tier})"
