"""What a modelled market rests on: as sentences, and as JSON (schema footprint/modelled-market/1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from footprint.errors import listed
from footprint.library.market_tables import EVERY, Spread
from footprint.market.columns import COLUMNS
from footprint.market.declarations import CODES
from footprint.market.modelled import ModelledMarket
from footprint.market.supply import LeftOut, Supply


def assumptions(found: ModelledMarket) -> tuple[str, ...]:
    """Every assumption of the market, one sentence or two each."""
    return (*_of_the_market(found), *(line for supply in found.supplies for line in of_the_product(supply)))


def _of_the_market(found: ModelledMarket) -> Iterator[str]:
    supply, facts = found.supplies[0], found.assumptions
    first, last = supply.period
    yield f"Modelled, not declared: {first} to {last}, seed {found.seed}; nothing here is a statement of an operator."
    if supply.scope == "union":
        yield (
            f"Union market: EU output less exports plus imports, by country of origin, mean of {facts.sourcing_period} "
            f"(European Commission 2023). Only shares are printed: {facts.union_tonnes:g} t of what is counted stand "
            "for a year, and the tonnes say nothing but proportions."
        )
    else:
        yield "World market, for comparison: output by country; not what is placed on the Union market."
    yield (
        f"Each country and route stands for {facts.sites} equal sites with an operator each; the mean of the sites is "
        "the route's value. Trade and recycled metal that the statistics do not count are not in it."
    )
    yield (
        "A route moved to another country takes that country's production mix for its grid electricity, and its water "
        "factors; own power, heat, reagents and ore stay as they are."
    )
    if found.gaps:
        parts = [f"{code} ({len(routes)})" for code, routes in found.gaps.items()]
        yield (
            "Categories that miss data of some background process (number of routes); empty where no process has any: "
            f"{listed(parts, 16)}."
        )
    for market, reason in found.not_modelled.items():
        yield f"Not modelled: {market}: {reason.partition(': ')[2] or reason}."


def of_the_product(supply: Supply) -> Iterator[str]:
    """What the market of one product rests on."""
    row, name = supply.market.row, supply.market.id
    years = ", ".join(map(str, supply.years))
    yield f"{name}: {row.product}, {row.grade or row.form}. {row.why}"
    if supply.scope == "world":
        asked = supply.period[1] - supply.period[0] + 1
        held = f"; the mean of {years} stands for {asked} years" if len(supply.years) < asked else ""
        yield f"{name}: output of {years}{held}. {_standing(supply)}"
    yield f"{name}: counted in {row.counted}, {row.content:g} kg of it per kg of product."
    yield (
        f"{name}: {supply.covered:.1%} of the market has a route; left out: {'; '.join(_parts(supply)) or 'nothing'}."
    )
    if supply.other:
        reasons = sorted({part.reason for part in supply.other})
        tonnes = sum(part.tonnes for part in supply.other)
        yield f"{name}: {tonnes:.3g} t counted by the same source are no part of this market: {listed(reasons)}."
    yield from _stand_ins(supply)
    spreads = [_spread(spread) for spread in supply.market.spreads]
    yield f"{name}: spread of sites: {listed(spreads, 40) or 'none is known'}."
    routes = sorted({part.route for part in supply.supplied if not supply.market.site_spreads(part.route)})
    if routes:
        yield f"{name}: no spread is known for {listed(routes, 40)}: all sites there have the route's value."


def _stand_ins(supply: Supply) -> Iterator[str]:
    """Routes that stand for others, with the countries and the reason; and how many shares are estimates."""
    name, groups = supply.market.id, dict[tuple[str, str, str, str], list[str]]()
    for part in supply.supplied:
        key = (part.mapped.ours, part.mapped.place, part.route, part.mapped.reason)
        groups.setdefault(key, []).append(part.country)
    for (ours, place, route, reason), countries in groups.items():
        if place or reason.startswith("nearest"):
            moved = f", moved from {place}," if place else ""
            yield f"{name}: {ours}{moved} stands for {route} of {listed(countries, 60)}: {reason}."
    estimates = sum(p.tonnes for p in supply.supplied if supply.market.is_estimate(p.route, p.country))
    yield f"{name}: {estimates / supply.tonnes:.0%} of the tonnes are divided among routes by estimated shares."


def _standing(supply: Supply) -> str:
    """How much of the output is reported, estimated or modelled."""
    total = {"reported": 0.0, "estimated": 0.0, "modelled": 0.0}
    for output in supply.market.outputs:
        if output.year in supply.years:
            total[output.status] += output.tonnes
    whole = sum(total.values())
    return ", ".join(f"{tonnes / whole:.0%} {status}" for status, tonnes in total.items() if tonnes) + "."


def _parts(supply: Supply) -> list[str]:
    """What is left out, by reason and the largest first."""
    whole = supply.tonnes + sum(part.tonnes for part in supply.left_out)
    reasons: dict[str, list[str]] = {}
    for part in sorted(supply.left_out, key=lambda part: (-part.tonnes, part.country, part.route)):
        told = f"{part.country} {part.route}".rstrip() + f" {part.tonnes / whole:.1%} ({part.tonnes:.3g} t)"
        reasons.setdefault(part.reason, []).append(told)
    return [f"{', '.join(parts)}: {reason}" for reason, parts in reasons.items()]


def _spread(spread: Spread) -> str:
    where = [" ".join(sorted(spread.stages))] if spread.stages else []
    left = [code for code in CODES if code not in spread.categories]
    if len(left) < len(spread.categories):
        where.append(f"all but {' '.join(left)}")
    elif spread.categories:
        where.append(" ".join(code for code in CODES if code in spread.categories))
    route = "" if spread.route == EVERY else f" of {spread.route}"
    on = ", ".join(where) or "all"
    return f"{spread.parameter}{route} GSD² {spread.gsd2:g} on {on} ({spread.basis}, {spread.confidence})"


# --- JSON


def to_dict(found: ModelledMarket) -> dict[str, Any]:
    """The market with its rows and everything that it was made from."""
    first = found.supplies[0]
    return {
        "schema": "footprint/modelled-market/1",
        "status": "modelled",
        "material": first.market.row.material,
        "market": first.scope,
        "from": first.period[0],
        "to": first.period[1],
        "seed": found.seed,
        "sites": found.assumptions.sites,
        "products": [_product(supply) for supply in found.supplies],
        "not_modelled": dict(found.not_modelled),
        "not_covered": {code: list(routes) for code, routes in found.gaps.items()},
        "assumptions": list(assumptions(found)),
        "declarations": list(_rows(found)),
    }


def _product(supply: Supply) -> dict[str, Any]:
    row = supply.market.row
    return {
        "id": supply.market.id,
        "product": row.product,
        "form": row.form,
        "grade": row.grade,
        "why": row.why,
        "counted": row.counted,
        "content": row.content,
        "years": list(supply.years) if supply.scope == "world" else None,
        "mass_t": supply.tonnes,
        "covered": supply.covered,
        "supplied": [
            {"country": p.country, "market_route": p.route, "mass_t": p.tonnes, "route": p.mapped.ours,
             "moved_from": p.moved_from or None, "reason": p.mapped.reason}
            for p in supply.supplied
        ],
        "left_out": _left(supply.left_out),
        "other_products": _left(supply.other),
        "spread": [
            asdict(spread) | {"stages": sorted(spread.stages), "categories": sorted(spread.categories)}
            for spread in supply.market.spreads
        ],
    }  # fmt: skip


def _left(parts: Iterable[LeftOut]) -> list[dict[str, Any]]:
    return [
        {"country": p.country, "market_route": p.route or None, "mass_t": p.tonnes, "reason": p.reason} for p in parts
    ]


def _rows(found: ModelledMarket) -> Iterator[dict[str, Any]]:
    """The rows of the market file, without the empty cells."""
    for n in range(len(found)):
        row = {name: found[name][n] for name in COLUMNS}
        yield {
            name: float(value) if COLUMNS[name].kind == "number" else str(value)
            for name, value in row.items()
            if value == value and value != ""
        }
