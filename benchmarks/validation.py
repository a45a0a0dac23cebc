"""How our results compare with published ones, as the markdown of docs/validation.md.

    python -m benchmarks.validation > docs/validation.md

Run from the checkout: it reads the tables of tests/published and the notes of the route files, and calculates every
shipped route with the open background.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from tests.published import table
from tests.published.table import Published

INTRODUCTION = """# Validation

Every shipped route (open background, EF 3.1) beside what others published for the same product. Written by
`python -m benchmarks.validation`; the tests in `tests/published` check what stands here.

A result is scored only where the published figure was read and is comparable: the same form of the product, the same
allocation (ours by that rule, where it says so), the same boundary. It is a hit inside the stated range, or within
30 % where none is stated. A miss has a reason in the notes of its route that names the exchanges behind at least 80 %
of the difference; no amount was changed to meet a published value. "Not independent" means that the published result
uses the inventory this route uses, so that only the background is tested."""


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    print(markdown())


def markdown() -> str:
    """The whole page."""
    rows = table.published()
    parts = [
        INTRODUCTION,
        score(rows),
        "## Climate change",
        climate_change(rows),
        CLIMATE_TEXT,
        sources(rows),
        "## Why a result lies outside",
        reasons(),
        "## Lithium hydroxide in 16 categories",
        LIOH_TEXT,
    ]
    for route in table.LIOH:
        parts += [f"### `{route}`", sixteen(route), explained(route)]
    return "\n\n".join(parts)


CLIMATE_TEXT = """In kg CO2 eq per kg of declared product, or per kg of the element where it says so (ours converted
with the declared content). An estimate is a figure that nobody read: it is shown for orientation. What was read:"""

LIOH_TEXT = f"""Istrate et al. 2024 publish all categories for both routes (EF 3.1 on ecoinvent 3.10). Their refining
inventory is used here, their background is not: the table shows what the open background does to each category. Ratios
above {table.RATIO:g} or below 1/{table.RATIO:g} are explained below each table."""


def score(rows: Iterable[Published]) -> str:
    """Hits of the scored comparisons, independent and not."""
    lines = []
    for independent, name in ((True, "independent"), (False, "not independent")):
        chosen = [row for row in rows if row.scored and row.independent is independent]
        hits = sum(row.holds(table.ours(row)) for row in chosen)
        lines.append(f"- {name}: {hits} of {len(chosen)} scored comparisons inside the published range")
    ratios = [table.ours(row) / row.value for row in rows if row.scored and row.value]
    for factor in (1.5, 2.0):
        near = sum(1 / factor <= ratio <= factor for ratio in ratios)
        lines.append(f"- {near} of {len(ratios)} scored comparisons within a factor of {factor:g}")
    others = sum(1 for row in rows if row.value is not None and row.basis == "read" and not row.scored)
    lines.append(f"- {others} further values were read and are not comparable: the table says why, each with its ratio")
    return "\n".join(lines)


def climate_change(rows: Iterable[Published]) -> str:
    """One line per route and published value, in kg CO2 eq per kg."""
    head = ("Route", "Ours", "Published", "Range", "Ratio", "Published by", "Result")
    return listed(head, [_line(row) for row in rows], "lrrrrll")


def sources(rows: Iterable[Published]) -> str:
    """What was read where, once per citation and source."""
    found = {(row.citation, row.source): None for row in rows if row.basis == "read"}
    return "\n".join(f"- {citation}: {source}" for citation, source in found)


def _line(row: Published) -> tuple[str, ...]:
    ours = table.ours(row)
    verdict = f"not scored: {row.why_not}"
    if row.value is None:
        return (f"`{row.route}`", number(ours), "", "", "", "", verdict)
    unit = f" per kg {table.result(row.route).route.declared.element}" if row.per == "element" else ""
    unit += f", by {row.rule}" if row.rule else ""
    if row.scored:
        verdict = ("hit" if row.holds(ours) else "miss") + ("" if row.independent else ", not independent")
    return (
        f"`{row.route}`",
        number(ours),
        f"{number(row.value)}{unit}",
        _range(row),
        number(ours / row.value),
        row.citation,
        verdict,
    )


def _range(row: Published) -> str:
    if row.low is None or row.high is None:
        return f"above {number(row.low)}" if row.low is not None else f"below {number(row.high or 0.0)}"
    return f"{number(row.low)} to {number(row.high)}"


def reasons() -> str:
    """What the notes of the routes answer to published values."""
    found = [f"- `{route}`. {text}" for route in table.base_routes() for text in table.reasons(route).values()]
    return "\n".join(found)


def sixteen(route: str) -> str:
    """Ours, published and their ratio in every category of lithium hydroxide."""
    found, theirs = table.result(route), table.lioh()[route]
    lines = []
    for code, ratio in table.comparison(route, theirs).items():
        mark = "explained below" if table.is_far(ratio) else ""
        lines.append(
            (
                code,
                found[code].name,
                found[code].unit,
                number(found[code].value),
                number(theirs[code]),
                number(ratio),
                mark,
            )
        )
    return listed(("Code", "Category", "Unit", "Ours", "Published", "Ratio", "Note"), lines, "lllrrrl")


def explained(route: str) -> str:
    """The explanations of the categories that lie far from the published ones."""
    return "\n".join(f"- **{code}**: {text}" for code, text in table.explanations()[route].items())


def number(value: float) -> str:
    """Three significant digits."""
    return f"{value:.3g}"


def listed(head: Sequence[str], lines: Iterable[Sequence[str]], align: str) -> str:
    """A markdown table; `align` holds l or r for each column."""
    rule = ["---:" if a == "r" else "---" for a in align]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *lines))


if __name__ == "__main__":
    main()
