"""Routes side by side in 80 columns: a letter for each route, at most five in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from footprint.impact.result import FootprintResult
from footprint.model import STAGES
from footprint.report.console import notes, table, text
from footprint.report.footprint import background_line
from footprint.report.numbers import (
    NOT_AVAILABLE,
    change,
    number,
    percent,
    plural,
    short_name,
    short_provider,
    short_unit,
)

Named = Mapping[str, FootprintResult]
#: with more routes than this the differences in per cent are left out
WITH_CHANGES = 3
MOST_COLUMNS = 5
MOST_ROWS = 6


def comparison_page(results: Named, answer: Mapping[str, Any], by: str | None) -> RenderableType:
    """The values of `footprint compare --json`; `by` adds stages or processes below each category."""
    letters = {name: letter(n) for n, name in enumerate(results)}
    names = list(results)
    chunks = [names[i : i + MOST_COLUMNS] for i in range(0, len(names), MOST_COLUMNS)]
    tables = [
        part for chunk in chunks for part in (text(""), _table({n: results[n] for n in chunk}, answer, by, letters))
    ]
    return Group(_legend(results, letters), *tables, text(""), notes(_remarks(results, answer)))


def letter(n: int) -> str:
    """A, B … Z, then A1, B1 …."""
    turn, place = divmod(n, len(ascii_uppercase))
    return ascii_uppercase[place] + (str(turn) if turn else "")


def _legend(results: Named, letters: Mapping[str, str]) -> Table:
    rows = []
    for name, result in results.items():
        declared = result.route.declared
        rows.append((letters[name], f"{name}: {declared.product} ({result.route.system}, {result.tier} data)"))
    return notes(rows)


def _table(results: Named, answer: Mapping[str, Any], by: str | None, letters: Mapping[str, str]) -> Table:
    names = list(results)
    with_changes = len(letters) <= WITH_CHANGES
    heads = [
        head
        for n, name in enumerate(names)
        for head in _heads(letters[name], letters[names[0]], with_changes and n > 0)
    ]
    made = table("", "category", "unit", *heads, right=heads, wide=("category",))
    for code, values in answer["results"].items():
        category = next(iter(results.values()))[code]
        marks = {name: (result[code].value, bool(result[code].not_covered)) for name, result in results.items()}
        made.add_row(
            code,
            short_name(category.name),
            short_unit(category.unit),
            *_cells([_value(values[n], *marks[n]) for n in names], [values[n] for n in names], with_changes),
        )
        if not any(values.values()):
            continue
        for label, parts in _parts(answer, code, by, names):
            found = [parts.get(name, 0.0) for name in names]
            shown = [number(parts[name]) if name in parts else "–" for name in names]
            made.add_row("", text(f"  {label}", "dim"), "", *_cells(shown, found, with_changes), style="dim")
    return made


def _heads(own: str, first: str, with_change: bool) -> list[str]:
    return [own, f"{own} to {first}"] if with_change else [own]


def _cells(shown: Sequence[str], values: Sequence[float], with_changes: bool) -> list[str]:
    """Values, each but the first followed by how far it lies from the first."""
    cells = [shown[0]]
    for text_, value in zip(shown[1:], values[1:], strict=True):
        cells += [text_, change(value, values[0])] if with_changes else [text_]
    return cells


def _value(scaled: float, value: float, gaps: bool) -> str:
    if gaps and not value:
        return NOT_AVAILABLE
    return f"{number(scaled)}{'*' if gaps else ''}"


def _parts(
    answer: Mapping[str, Any], code: str, by: str | None, names: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The parts of a category that any route has: stages in order, or the largest processes."""
    if by == "stage":
        found = answer["by_stage"][code]
        yield from ((stage, found[stage]) for stage in STAGES if stage in found)
    elif by == "process":
        every = answer["by_process"][code]
        found = {part: {n: v for n, v in values.items() if n in names} for part, values in every.items()}
        ranked = sorted(found.items(), key=lambda item: -max((abs(v) for v in item[1].values()), default=0.0))
        kept = [(short_provider(part), values) for part, values in ranked if any(values.values())]
        yield from kept[:MOST_ROWS]
        if len(kept) > MOST_ROWS:
            yield f"{plural(len(kept) - MOST_ROWS, 'smaller one')}: see --json", {}


def _remarks(results: Named, answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What must be the same for a comparison to mean something, and is not."""
    yield "Per", str(answer["per"])
    declared = [result.route.declared for result in results.values()]
    if len({(d.product, d.form, d.grade) for d in declared}) > 1:
        elements = {d.element for d in declared}
        alike = answer["per"] == "declared unit" and len(elements) == 1 and None not in elements
        hint = "; `--per element` compares contained metal" if alike else ""
        yield "Products", f"not the same product, form and grade{hint}"
    if gaps := sorted({code for r in results.values() for code in r.codes if r[code].not_covered}):
        yield "* Not covered", f"some background processes in use hold no data: {', '.join(gaps)}"
    largest = {name: max(result[code].screening_share for code in result.codes) for name, result in results.items()}
    if any(share > 0.2 for share in largest.values()):
        shares = ", ".join(f"{letter(n)} up to {percent(share)}" for n, share in enumerate(largest.values()))
        yield "Estimates", f"share of a category on unconfirmed estimates: {shares}"
    yield "Background", background_line(next(iter(results.values())).background[0])
