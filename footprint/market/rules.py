"""The figures that thresholds are computed with: dated parameters of methods/crma/classes.toml on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from footprint.library.paths import methods_folder
from footprint.market.schemes import Figures
from footprint.rules.parameters import load_parameters, number, numbers, words


@dataclass(frozen=True)
class ClassRules:
    """What holds on a day; each field is a parameter that `footprint explain class-…` shows."""

    window_years: int
    classes: int
    scheme: str
    figures: Figures
    improvement: float
    operator_cap: float
    publish_operators: int
    publish_dominance: float
    by_sample: Mapping[int, float]
    rescale: Mapping[str, float]
    ratio_floor: float
    distinguishable_z: float
    outlier: float
    missing_most: float
    screening_most: float
    ratchet: Mapping[str, float] = field(default_factory=dict)
    sample_operators: int = 5
    categories: tuple[str, ...] = ("CC",)
    review_years: int = 3


def class_rules(on: date) -> ClassRules:
    """The rules in force on the day thresholds are fitted; FootprintError where a parameter begins later."""
    held = load_parameters(methods_folder() / "crma")

    def one(name: str) -> float:
        return number(held, f"class-{name}", on)

    between = numbers(held, "class-quantiles", on)
    benchmark = numbers(held, "class-benchmark-ratio", on)
    figures = Figures(
        low=between["low"],
        high=between["high"],
        delta=one("anchor-delta"),
        ratio=benchmark["ratio"],
        benchmark_class=int(benchmark["class"]),
        probabilities=tuple(numbers(held, "class-occupancy-quantiles", on).values()),
        multipliers=tuple(numbers(held, "class-benchmark-multipliers", on).values()),
    )
    return ClassRules(
        window_years=int(one("window")),
        classes=int(one("number")),
        scheme=words(held, "class-scheme", on)[0],
        figures=figures,
        improvement=one("improvement"),
        operator_cap=one("operator-cap"),
        publish_operators=int(one("publish-operators")),
        publish_dominance=one("publish-dominance"),
        by_sample={int(k): n for k, n in numbers(held, "class-number-by-sample", on).items()},
        rescale=numbers(held, "class-rescale-triggers", on),
        ratio_floor=one("ratio-floor"),
        distinguishable_z=one("distinguishable-z"),
        outlier=one("outlier"),
        missing_most=one("missing-share"),
        screening_most=one("screening-share"),
        ratchet=numbers(held, "class-ratchet", on),
        sample_operators=int(one("sample-operators")),
        categories=words(held, "declared-categories-required", on),
        review_years=int(one("review")),
    )
