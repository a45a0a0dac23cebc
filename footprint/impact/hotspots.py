"""Hotspot analysis after PEF (Recommendation (EU) 2021/2279, Annex I, 6.3): what makes 80 %.

Normalisation and weighting rank the categories and stay in here; a share is all that comes out.
Negative values are taken as absolute before shares are computed (6.3, METHOD 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from footprint.impact.result import FootprintResult
from footprint.library.paths import methods_folder
from footprint.rules.parameters import load_parameters, number


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One of the most relevant: its share, and the share of all up to it."""

    name: str
    share: float
    cumulative: float


@dataclass(frozen=True)
class Hotspots:
    """The most relevant categories of a route, and in each of them stages, processes and elementary flows."""

    route: str
    categories: tuple[Hotspot, ...]
    stages: Mapping[str, tuple[Hotspot, ...]]
    processes: Mapping[str, tuple[Hotspot, ...]]
    flows: Mapping[str, tuple[Hotspot, ...]]

    def to_dict(self) -> dict[str, Any]:
        """As `footprint hotspots --json` prints it (schema footprint/hotspots/1)."""

        def rows(spots: Iterable[Hotspot], key: str = "name") -> list[dict[str, Any]]:
            return [{key: s.name, "share": s.share, "cumulative": s.cumulative} for s in spots]

        return {
            "schema": "footprint/hotspots/1",
            "route": self.route,
            "categories": rows(self.categories, "code"),
            **{
                part: {code: rows(spots) for code, spots in getattr(self, part).items()}
                for part in ("stages", "processes", "flows")
            },
        }


def hotspots(result: FootprintResult, on: date | None = None) -> Hotspots:
    """The most relevant categories, stages, processes and elementary flows, by the rules of a day (today unless given).

    `hotspot-threshold` (80 %) and `hotspot-categories-minimum` (three) are parameters of methods/crma. A background
    product used in two stages counts as two processes (PEF 6.3.3).
    """
    parameters, day = load_parameters(methods_folder() / "crma"), on or date.today()
    threshold = number(parameters, "hotspot-threshold", day)
    fewest = int(number(parameters, "hotspot-categories-minimum", day))
    scores = {code: result.weight(code) * result[code].value for code in result.codes}
    chosen = most_relevant(scores, threshold, fewest)
    codes = [spot.name for spot in chosen]
    column = {code: result.method.column[code] for code in codes}
    processes = result.grouped(lambda c: f"{c.background or c.process} ({c.stage})")
    return Hotspots(
        result.route.id,
        chosen,
        {code: most_relevant(result[code].by_stage, threshold) for code in codes},
        {
            code: most_relevant({name: float(values[column[code]]) for name, values in processes.items()}, threshold)
            for code in codes
        },
        {
            code: most_relevant(
                {f"{f.flow} ({f.compartment})": float(f.values[column[code]]) for f in result.flows}, threshold
            )
            for code in codes
        },
    )


def most_relevant(values: Mapping[str, float], threshold: float, fewest: int = 1) -> tuple[Hotspot, ...]:
    """The largest by absolute value whose shares add to at least `threshold`, and at least `fewest`."""
    total = sum(abs(value) for value in values.values())
    if total == 0:
        return ()
    found: list[Hotspot] = []
    cumulative = 0.0
    for name, value in sorted(values.items(), key=lambda item: (-abs(item[1]), item[0])):
        if cumulative >= threshold and len(found) >= fewest:
            break
        cumulative += abs(value) / total
        found.append(Hotspot(name, abs(value) / total, cumulative))
    return tuple(found)
