"""The categories a declaration is limited to (Article 31(1); R14, R37): those the rules name, else the hotspots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from footprint.impact.hotspots import Hotspots, hotspots
from footprint.impact.result import CategoryResult, FootprintResult
from footprint.rules.parameters import Parameter, number, words

_DECLARATION = "declaration:"


def declared_categories(result: FootprintResult, parameters: Mapping[str, Parameter], on: date) -> tuple[str, ...]:
    """The categories a declaration is limited to, in the method's order (Article 31(1), R37).

    `declared-categories-<material>` where rules name them; else those every rule names, and the most relevant ones of
    the route until there are as many as Article 31(1) asks for at least. A category nobody has data for is none, and
    the hotspots choose none of which a supplier that matters says nothing (DECISIONS 22).
    """
    chosen = list(named_categories(result, parameters, on))
    if not _are_ruled(result, parameters):
        spots = hotspots(result, on)
        ranked = [s.name for s in spots.categories if s.name not in chosen and not silent(result, spots, s.name)]
        chosen += ranked[: max(0, fewest(parameters, on) - len(chosen))]
    return tuple(code for code in result.codes if code in chosen and has_data(result[code]))


def named_categories(result: FootprintResult, parameters: Mapping[str, Parameter], on: date) -> tuple[str, ...]:
    """The categories that rules name: those of the material, else those that every rule names."""
    own = _of_material(result)
    return words(parameters, own if _are_ruled(result, parameters) else "declared-categories-required", on)


def fewest(parameters: Mapping[str, Parameter], on: date) -> int:
    """How many categories Article 31(1) asks for at least."""
    return int(number(parameters, "declared-categories-minimum", on))


def silent(result: FootprintResult, spots: Hotspots, code: str) -> tuple[str, ...]:
    """Suppliers' declarations that matter to a result and say nothing of a category.

    One matters where it is of what makes 80 % of a most relevant category, or where it declares none of these: then
    nothing says that it does not.
    """
    return tuple(
        name for name in result[code].not_covered if name.startswith(_DECLARATION) and _matters(result, spots, name)
    )


def _matters(result: FootprintResult, spots: Hotspots, name: str) -> bool:
    told = [spot.name for spot in spots.categories if name not in result[spot.name].not_covered]
    return not told or any(
        process.name.rpartition(" (")[0] == name for code in told for process in spots.processes[code]
    )


def has_data(category: CategoryResult) -> bool:
    """Whether any process has data for a category: a zero that nobody has data for is no result."""
    return bool(category.value) or not category.not_covered


def _of_material(result: FootprintResult) -> str:
    return f"declared-categories-{result.route.declared.material}"


def _are_ruled(result: FootprintResult, parameters: Mapping[str, Parameter]) -> bool:
    return _of_material(result) in parameters
