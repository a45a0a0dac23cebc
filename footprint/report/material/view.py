"""What the page of a material is made of, and how a published value is set beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from footprint.checks.provenance import amounts_by_tier
from footprint.impact.result import FootprintResult
from footprint.library.portraits import Portrait
from footprint.library.published import Published
from footprint.model import Source
from footprint.rules.materials import Material

HEADLINE = "CC"


@dataclass(frozen=True)
class MaterialView:
    """What the page of a material is made of: results of its routes (variants apart), words, published values."""

    material: Material
    portrait: Portrait
    results: tuple[FootprintResult, ...]
    variants: tuple[FootprintResult, ...]
    published: tuple[Published, ...]
    sources: Mapping[str, Source]

    @cached_property
    def systems(self) -> Mapping[str, tuple[FootprintResult, ...]]:
        """File of a product system -> the results of its declared products."""
        found: dict[str, list[FootprintResult]] = {}
        for result in self.results:
            found.setdefault(result.route.path, []).append(result)
        return {path: tuple(results) for path, results in found.items()}

    @cached_property
    def tiers(self) -> Mapping[str, int]:
        """How many figures of the material's files were measured, published, derived and estimated."""
        found: Counter[str] = Counter()
        for results in self.systems.values():
            found.update(amounts_by_tier(results[0].route))
        return found


def ours_like(row: Published, result: FootprintResult) -> float:
    """Our climate change as a published row has it: by its allocation rule, per kg of product or of the element in it.

    Raises ValueError where the route declares no content of an element, or holds no result by the rule.
    """
    declared = result.route.declared
    category = result[HEADLINE]
    by_rule: dict[str, float] = {"": category.value, **category.sensitivity.get("allocation", {})}
    if row.rule not in by_rule:
        raise ValueError(f"{row.route} has no result by the rule '{row.rule}'")
    value = by_rule[row.rule] / declared.unit_kg
    if row.per == "product":
        return value
    if not declared.content:
        raise ValueError(f"{row.route} declares no content of its element")
    return value / declared.content
