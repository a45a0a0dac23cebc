"""Processes of the open background against independent figures: within the tolerance of their tier, or with a reason.

Tier A lies within 15 % of the figure, B within 40 %, C within a factor of two; a value inside the range a source states
is accepted too. What lies outside has a reason in background_reasons.toml, and no reason outlives its miss.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache

import pytest

from benchmarks import unmatched
from footprint.impact.supply import Supply, background_supply
from footprint.inventory.allocation import AllocationRules
from footprint.library.background import load_background
from footprint.library.method import load_method
from footprint.library.prices import load_prices
from footprint.library.providers import Provider, parse_provider
from tests.published.table import HERE

#: ratio of ours to the figure that a tier allows: lowest, highest
TOLERANCE = {"A": (0.85, 1.15), "B": (0.6, 1.4), "C": (0.5, 2.0)}
#: ranges wider than this say nothing: the tolerance alone counts
WIDEST_RANGE = 10.0
#: unit of the table -> (base unit of the product, what one base unit of ours is in it)
UNITS = {
    "g CO2e/kWh": ("MJ", 3600.0),
    "kg CO2e/MJ": ("MJ", 1.0),
    "kg CO2e/kg": ("kg", 1.0),
    "kg CO2e/m3": ("m3", 1.0),
    "kg CO2e/(t*km)": ("t*km", 1.0),
}
WINDOW = (2014, 2023)


@dataclass(frozen=True)
class Figure:
    """One independent climate-change figure; `citation` is what stands before the colon of its source."""

    process: str
    figure: float
    unit: str
    low: float | None
    high: float | None
    source: str
    tier: str

    @property
    def citation(self) -> str:
        return self.source.partition(":")[0]

    def holds(self, ours: float) -> bool:
        """Whether a value lies within the tolerance of the tier, or in the range the source states."""
        lowest, highest = TOLERANCE[self.tier]
        if lowest <= ours / self.figure <= highest:
            return True
        if self.low is None or self.high is None or self.high > WIDEST_RANGE * self.low:
            return False
        return self.low <= ours <= self.high


def _figures() -> list[Figure]:
    with (HERE / "background.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Figure(
            row["process"],
            float(row["figure"]),
            row["unit"],
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["source"],
            row["tier"],
        )
        for row in rows
    ]


FIGURES = _figures()
REASONS = tomllib.loads((HERE / "background_reasons.toml").read_text(encoding="utf-8"))
name = pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.process} {figure.citation}")


def provider(figure: Figure) -> Provider:
    return parse_provider(figure.process if ":" in figure.process else f"background:{figure.process}")


@cache
def supply() -> Supply:
    wanted = dict.fromkeys((provider(figure), "") for figure in FIGURES)
    return background_supply(load_background(), load_method(), AllocationRules(load_prices(), WINDOW), wanted)


def ours(figure: Figure) -> float:
    """Our climate change in the unit of the figure."""
    found = provider(figure)
    key = found.id if found.kind == "electricity" else f"background:{found.id}"
    base, factor = UNITS[figure.unit]
    node = next(node for node in supply().graph.nodes if node.key == key)
    assert node.unit == base, f"{figure.process} is in {node.unit}"
    return float(supply().value(key)[load_method().column["CC"]]) * factor


def reason(figure: Figure) -> str:
    return str(REASONS.get(figure.process, {}).get(figure.citation, ""))


@name
def test_a_process_lies_near_its_independent_figure_or_says_why_not(figure):
    found = ours(figure)
    assert figure.holds(found) or reason(figure), (
        f"{figure.process}, tier {figure.tier}: {found:.4g} against {figure.figure:.4g} {figure.unit} of "
        f"{figure.citation} ({found / figure.figure:.2f}); background_reasons.toml needs the reason"
    )


@name
def test_no_reason_outlives_its_miss(figure):
    assert not (reason(figure) and figure.holds(ours(figure))), f"{figure.process}: {ours(figure):.4g} is near enough"


def test_every_reason_belongs_to_a_figure():
    told = {(process, citation) for process, texts in REASONS.items() for citation in texts}
    assert told <= {(figure.process, figure.citation) for figure in FIGURES}
    assert all(len(text) > 60 for texts in REASONS.values() for text in texts.values())


@name
def test_the_table_says_the_tier_of_the_process(figure):
    """Electricity of a country has no tier of its own: a published mix of modelled technologies counts as B."""
    found = provider(figure)
    assert figure.tier == ("B" if found.kind == "electricity" else load_background().process(found).tier)


@name
def test_a_figure_has_a_source_and_lies_in_its_range(figure):
    assert ": " in figure.source
    assert (figure.low or 0.0) <= figure.figure <= (figure.high or float("inf"))


def test_each_figure_of_a_source_is_given_once():
    keys = [(figure.process, figure.citation) for figure in FIGURES]
    assert len(keys) == len(set(keys))


def test_every_process_has_a_figure_or_is_listed_as_without():
    """Nothing is left out in silence: `python -m benchmarks.unmatched` writes the list."""
    with unmatched.WITHOUT.open(encoding="utf-8", newline="") as file:
        rows = [(row["process"], row["tier"], row["tried"]) for row in csv.DictReader(file)]
    assert rows == unmatched.unmatched(unmatched.read(unmatched.WITHOUT)), unmatched.__doc__
    assert all(len(tried) > 10 for _, _, tried in rows)


def test_every_process_of_tier_a_has_a_figure():
    rated = {ident for ident, process in load_background().generic.items() if process.tier == "A"}
    assert rated <= {figure.process for figure in FIGURES}


def test_print_the_table():
    """Ours beside the figures, for whoever runs with -s."""
    for ident, tier, tried in unmatched.unmatched(unmatched.read(unmatched.WITHOUT)):
        print(f"{ident:38} no independent figure found, {tier}: {tried}")
    for figure in FIGURES:
        found = ours(figure)
        verdict = "near" if figure.holds(found) else "reason" if reason(figure) else "MISS"
        print(
            f"{figure.process:38} {found:9.4g} {figure.figure:9.4g} {found / figure.figure:5.2f}  {figure.tier} "
            f"{verdict:6} {figure.citation}"
        )
