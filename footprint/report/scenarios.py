"""Other choices of the rules, side by side: tables of categories x choices, and what each choice is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.choices.row import Scenario
from footprint.choices.scenarios import Scenarios
from footprint.report.console import notes, table, text
from footprint.report.numbers import NOT_AVAILABLE, change, number, short_unit

#: choices beside each other in a table of 80 columns
TOGETHER = 3
#: what stands where a choice does not concern a category, or leaves it
UNTOUCHED, SAME = "", "same"
#: relative difference that is none
NO_DIFFERENCE = 1e-9


def scenarios_page(found: Scenarios) -> RenderableType:
    """Tables of some choices each and what they are; then choices that change nothing, or could not be computed."""
    lettered = [(letter(n), row) for n, row in enumerate(row for row in found.rows if moves(found, row))]
    parts: list[RenderableType] = [
        text(f"{found.route.id}: other choices, per {found.route.declared.unit_kg:g} kg", "bold")
    ]
    for first in range(0, len(lettered), TOGETHER):
        parts += [text(""), _table(found, lettered[first : first + TOGETHER])]
    parts += [text(""), notes((name, f"{_name(row)}: {_basis(row)}") for name, row in lettered)]
    still = [row for row in found.rows if row.values and not moves(found, row)]
    for title, rows in (("Changes nothing", still), ("Not computed", [row for row in found.rows if not row.values])):
        if rows:
            parts += [text(""), text(title, "bold"), notes((_name(row), _basis(row)) for row in rows)]
    return Group(*parts, text(""), notes(_remarks(found)))


def moves(found: Scenarios, row: Scenario) -> bool:
    """Whether a choice changes any category."""
    return any(not _is_same(found, row, code) for code in row.values)


def letter(n: int) -> str:
    """a to z, then aa, ab …"""
    return chr(ord("a") + n) if n < 26 else letter(n // 26 - 1) + letter(n % 26)


def _table(found: Scenarios, rows: Sequence[tuple[str, Scenario]]) -> Table:
    names = [name for name, _ in rows]
    made = table("", "value", "unit", *names, right=("value", *names), wide=("unit",), gap=2)
    units = {c.code: c.unit for c in found.method.categories}
    for code, value in found.values.items():
        gaps = bool(found.not_covered.get(code))
        if gaps and not value:
            made.add_row(code, NOT_AVAILABLE, short_unit(units[code]), *(NOT_AVAILABLE for _ in rows))
        else:
            cells = (_cell(found, row, code) for _, row in rows)
            made.add_row(code, f"{number(value)}{'*' if gaps else ''}", short_unit(units[code]), *cells)
    return made


def _cell(found: Scenarios, row: Scenario, code: str) -> str:
    """`+8% +0.42`: the change, and the difference in the category's unit."""
    if code not in row.values:
        return UNTOUCHED
    if _is_same(found, row, code):
        return SAME
    other, value = row.values[code], found.values[code]
    difference = f"{'+' if other > value else '-'}{number(abs(other - value))}"
    return f"{change(other, value)} {difference}".strip()


def _is_same(found: Scenarios, row: Scenario, code: str) -> bool:
    return abs(row.values[code] - found.values[code]) <= NO_DIFFERENCE * abs(found.values[code])


def _name(row: Scenario) -> str:
    return f"{row.topic}: {row.choice}"


def _basis(row: Scenario) -> str:
    """What a row rests on, or why it has no values; and the rule it is made in."""
    return f"{row.reason} ({row.rule})" if row.reason else row.rule


def _remarks(found: Scenarios) -> Iterator[tuple[str, str]]:
    yield "Cells", "change of the category, and difference in its unit; empty where the choice has no factor for it"
    if any(found.not_covered.values()):
        yield "*", "background processes in use hold no data for the category: nor has the difference"
