"""The materials of Annex II in one table: their routes by system, and how their figures were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from footprint.checks.provenance import amounts_by_tier
from footprint.model import Route
from footprint.report.document import Document, Grid, Heading, Paragraph
from footprint.report.numbers import part
from footprint.rules.materials import Material


@dataclass(frozen=True)
class OverviewRow:
    """A material among the others: its routes by system, and how its figures were found."""

    material: Material
    routes: Mapping[str, int]
    tiers: Mapping[str, int]


def overview_row(material: Material, routes: Sequence[Route]) -> OverviewRow:
    """Count routes (variants apart) by system, and the figures of each file once by tier."""
    base = [route for route in routes if "@" not in route.id]
    tiers: Counter[str] = Counter()
    for route in {route.path: route for route in base}.values():
        tiers.update(amounts_by_tier(route))
    return OverviewRow(material, Counter(route.system for route in base), tiers)


def overview_document(rows: Sequence[OverviewRow]) -> Document:
    """One line per material of Annex II, and the sums."""
    heads = ("material", "strategic", "prim.", "sec.", "figures", "publ.", "deriv.", "est.")
    total = OverviewRow(rows[0].material, _sum(row.routes for row in rows), _sum(row.tiers for row in rows))
    lines = [_overview_line(row, row.material.id, "yes" if row.material.annex_i else "no") for row in rows]
    lines.append(_overview_line(total, "all", ""))
    return (
        Heading(1, "Critical raw materials"),
        Grid(heads, tuple(lines), right=frozenset(heads[2:]), wide=frozenset()),
        Paragraph(
            "Primary and secondary routes (variants and mixed systems apart), and how the figures in their files were "
            "found: measured or published, derived by stoichiometry or a balance, or estimated with a range."
        ),
    )


def _sum(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for count in counts:
        found.update(count)
    return found


def _overview_line(row: OverviewRow, name: str, strategic: str) -> tuple[str, ...]:
    figures = sum(row.tiers.values())
    confirmed = row.tiers.get("published", 0) + row.tiers.get("measured", 0)
    shares = [part(count, figures) for count in (confirmed, row.tiers.get("derived", 0), row.tiers.get("estimate", 0))]
    systems = (str(row.routes.get(system, 0)) for system in ("primary", "secondary"))
    return (name, strategic, *systems, str(figures), *shares)


def overview_json(rows: Sequence[OverviewRow]) -> dict[str, object]:
    """The overview for programs: schema footprint/materials/1."""
    return {
        "schema": "footprint/materials/1",
        "materials": [
            {
                "material": row.material.id,
                "annex_ii": row.material.annex_ii,
                "annex_i": row.material.annex_i,
                "routes": dict(row.routes),
                "amounts_by_tier": dict(row.tiers),
            }
            for row in rows
        ],
    }
