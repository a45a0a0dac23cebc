"""What was written into a Brightway project, and how its results compare with ours."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.exchange.brightway import CategoryExport, Export
from footprint.report.console import notes, table, text
from footprint.report.numbers import change, number, short_name, short_unit

HEADS = ("", "category", "our value", "Brightway", "unit", "difference", "global factors")


def export_page(found: Export) -> RenderableType:
    """The databases, then one row per category, then how to open it."""
    title = f"{found.route} in Brightway project '{found.project}'"
    return Group(text(title, "bold"), text(""), _categories(found), text(""), notes(_remarks(found)))


def _categories(found: Export) -> Table:
    made = table(*HEADS, right=("our value", "Brightway", "difference", "global factors"), wide=HEADS[1:2])
    for category in found.categories:
        made.add_row(
            category.code,
            short_name(category.name),
            number(category.value),
            number(category.exported),
            short_unit(category.unit),
            number(category.difference),
            _worldwide(category),
        )
    return made


def _worldwide(category: CategoryExport) -> str:
    return "" if category.with_global_factors is None else number(category.with_global_factors)


def _remarks(found: Export) -> Iterator[tuple[str, str]]:
    for part in ("foreground", "background", "flows"):
        name = getattr(found.names, part)
        yield part.capitalize(), f"'{name}': {found.counts[name]} {'flows' if part == 'flows' else 'activities'}"
    (database, code), amount = found.demand
    yield "Demand", f"{amount:g} of '{code}' in '{database}' gives these values"
    yield "Method", f"'{found.categories[0].method[0]}', one method per category; {_moved(found)}"
    yield "Difference", "relative; Brightway stores amounts as 32-bit floats"
    yield "Folder", str(found.folder)


def _moved(found: Export) -> str:
    """What the factors of the locations change, category by category."""
    regional = [c for c in found.categories if c.with_global_factors is not None]
    if not regional:
        return "it has no factors by location"
    moved = (f"{c.code} {change(c.value, c.with_global_factors or 0.0) or 'not comparable'}" for c in regional)
    return f"factors by location are in, on flows named with their location; against global factors: {', '.join(moved)}"
