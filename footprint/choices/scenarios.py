"""The choices that rules make, in one view: a row per choice, with every category as it would be.

Each row comes from the mechanism the calculation itself uses. What cannot be computed is a row with its reason, never a
zero and never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from footprint.calculation import Assessed, Settings, alternatives, assess_route
from footprint.choices.recycled import recycled_content
from footprint.choices.row import Scenario, computed, not_computed
from footprint.choices.transport import default_transport
from footprint.errors import FootprintError, InputError
from footprint.impact.assessment import not_covered, totals
from footprint.impact.reallocation import ALTERNATIVES, reallocated
from footprint.inventory.allocation import AllocationRules, price_window
from footprint.inventory.build import ELECTRICITY
from footprint.inventory.kernel import Matrix
from footprint.library.method import Method
from footprint.library.routes import load_route
from footprint.model import Route
from footprint.rules.parameters import find, in_force

#: parameter of methods/crma behind each choice for electricity
STRATEGIES = {
    "as-modelled": "electricity-strategy",
    "production-mix": "electricity-strategy-sensitivity",
    "residual": "electricity-hierarchy",
}


@dataclass(frozen=True)
class Scenarios:
    """A route's result as it is, and under each other choice."""

    route: Route
    method: Method
    values: Mapping[str, float]
    not_covered: Mapping[str, tuple[str, ...]]
    rows: tuple[Scenario, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `footprint scenarios --json` prints it (schema footprint/scenarios/1)."""
        units = {c.code: c.unit for c in self.method.categories}
        return {
            "schema": "footprint/scenarios/1",
            "route": self.route.id,
            "results": {
                code: {"value": value, "unit": units[code], "not_covered": list(self.not_covered.get(code, ()))}
                for code, value in self.values.items()
            },
            "choices": [self._row(row) for row in self.rows],
        }

    def _row(self, row: Scenario) -> dict[str, Any]:
        told = {"topic": row.topic, "choice": row.choice, "rule": row.rule, "reason": row.reason or None}
        moved = {
            code: {"value": value, "difference": value - self.values[code], "change": self.change(row, code)}
            for code, value in row.values.items()
        }
        return told | {"results": moved}

    def change(self, row: Scenario, code: str) -> float | None:
        """(other - value) / |value| of a category; None where the value is zero."""
        value = self.values[code]
        return (row.values[code] - value) / abs(value) if value else None


def scenarios(route: str | Path | Route, settings: Settings | None = None, primary: Sequence[str] = ()) -> Scenarios:
    """A route under every other choice of the rules.

    Parameters
    ----------
    route : route id, path of a .toml file, or a Route
    settings : how to calculate what the choices are compared with
    primary : routes of primary metal for the recycled-content factor (default: the shipped ones of the same form)

    Raises InputError where the route cannot be read, UnsolvableSystem where it cannot be calculated.
    """
    found = route if isinstance(route, Route) else load_route(route)
    chosen = settings or Settings()
    base = assess_route(found, chosen)
    fixed = replace(chosen, method=base.method, background=base.background, on=base.on)
    values = totals(base.assessment)
    rows = (
        *_electricity(found, base, fixed),
        *_allocation(base),
        *_prices(base),
        *recycled_content(found, values, base, fixed, primary),
        *_alternatives(base, fixed),
        default_transport(found, base, fixed),
    )
    method = base.method
    by_code = {code: float(values[method.column[code]]) for code in method.codes}
    return Scenarios(found, method, by_code, not_covered(base.assessment), tuple(rows))


def _electricity(route: Route, base: Assessed, settings: Settings) -> Iterator[Scenario]:
    """The other electricity strategies; one for which a mix is missing says so."""
    for strategy in ELECTRICITY:
        if strategy == settings.electricity:
            continue
        rule = _cited(base, STRATEGIES[strategy])
        try:
            other = assess_route(route, replace(settings, electricity=strategy))
        except FootprintError as error:
            yield not_computed("electricity", strategy, rule, str(error))
            continue
        yield computed("electricity", strategy, rule, base.method, totals(other.assessment))


def _allocation(base: Assessed) -> Iterator[Scenario]:
    """Every joint process by one rule, and the result without a host's share."""
    for rule in ALTERNATIVES:
        yield _reallocated(base, "allocation", f"by {rule}", "allocation-order", replace(base.rules, override=rule))


def _prices(base: Assessed) -> Iterator[Scenario]:
    """The rules in force, with the mean prices of the other window."""
    first, last = price_window(base.parameters, base.on, "-sensitivity")
    told = f"mean of {first} to {last}"
    rules = replace(base.rules, window=(first, last))
    yield _reallocated(base, "prices", told, "allocation-price-window-sensitivity", rules)


def _reallocated(base: Assessed, topic: str, choice: str, parameter: str, rules: AllocationRules) -> Scenario:
    rule = _cited(base, parameter)
    if not base.assessment.graph.joint:
        return not_computed(topic, choice, rule, "no process of the foreground has several products: nothing to share")
    try:
        values = reallocated(base.assessment, rules)
    except InputError as error:
        return not_computed(topic, choice, rule, str(error))
    return computed(topic, choice, rule, base.method, totals(base.assessment) if values is None else values)


def _alternatives(base: Assessed, settings: Settings) -> Iterator[Scenario]:
    """Emissions after 100 years the other way, regional factors, and by-products without their host's share."""
    found = alternatives(base.assessment, settings.long_term)
    other = "exclude" if settings.long_term == "include" else "include"
    late = _cited(base, "long-term-emissions")
    yield computed("long-term emissions", other, late, base.method, found[f"long_term_{other}"])
    yield _regional(base, found["regional"])
    if "without_host" in found:
        rule = _cited(base, "allocation-host-share")
        yield computed("allocation", "without the host's share", rule, base.method, found["without_host"])


def _regional(base: Assessed, values: Matrix) -> Scenario:
    """Categories whose regional factors the result does not take; the others have none to take."""
    rule = _cited(base, "acidification-factors")
    codes = [code for code in base.method.codes if np.isfinite(values[base.method.column[code]])]
    if not codes:
        return not_computed("acidification", "regional factors", rule, f"{base.method.id} holds none")
    return computed("acidification", "regional factors", rule, base.method, values, codes)


def _cited(base: Assessed, parameter: str) -> str:
    return in_force(find(base.parameters, parameter), base.on).cited
