"""The link report as tables: every generic id with what stands for it, and how the elementary flows were mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.library.links import LinkReport, Resolution
from footprint.report.console import notes, table, text
from footprint.report.numbers import plural


def links_page(report: LinkReport) -> RenderableType:
    """Table of links, then counts and coverage in lines."""
    return Group(_links(report), text(""), notes(_lines(report)))


def _links(report: LinkReport) -> Table:
    made = table("Id", "Status", "Linked to", wide=("Id", "Linked to"), gap=2)
    for row in report.rows:
        made.add_row(text(row.provider), text(row.status), text(_told(row)))
    return made


def _told(row: Resolution) -> str:
    link = row.link
    if link is None or row.status in ("missing", "cut-off"):
        return row.message
    at = f" | {row.found.location}" if row.found else ""
    factor = "" if link.factor == 1 else f" ({link.factor:.4g} {link.unit} per {link.per})"
    return f"{link.name}{at}{factor}" + (f"; {row.message}" if row.message else "")


def _lines(report: LinkReport) -> Iterator[tuple[str, str]]:
    yield "Profile", f"{report.profile}, version {report.version}"
    yield "Database", report.database or "none read: names of the profile only"
    counts = ", ".join(f"{count} {status}" for status, count in report.counts.items())
    yield "Links", f"{plural(len(report.rows), 'id')}: {counts}"
    if report.coverage:
        yield "Elementary flows", flows_line(report.coverage)
        yield "Emissions unmapped", shares_line(report.coverage)


def flows_line(coverage: Mapping[str, Any]) -> str:
    """How the elementary flows of a database were mapped."""
    by = coverage["by"]
    ways = ", ".join(f"{by[way]} by {way}" for way in ("uuid", "synonym", "cas", "name"))
    return (
        f"{coverage['flows']} in use: {ways}, {by['unmapped']} unmapped; {coverage['without_factor']} mapped flows "
        "have no factor"
    )


def shares_line(coverage: Mapping[str, Any]) -> str:
    """The share of emissions that no flow of the method was found for."""
    return (
        f"{coverage['unmapped_emissions_by_count']:.1%} of the exchanges, "
        f"{coverage['unmapped_emissions_by_mass']:.1%} of the mass"
    )
