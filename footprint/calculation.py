"""One call from a route to its footprint: load, graph, solution, impact, findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from footprint import __version__
from footprint.checks.run import check
from footprint.errors import InputError, listed, nearest
from footprint.impact.assessment import (
    Assessment,
    assess,
    contributions,
    flow_contributions,
    not_covered,
    screening_shares,
    tier_c_shares,
)
from footprint.impact.reallocation import allocation_sensitivity, without_host
from footprint.impact.result import FootprintResult
from footprint.impact.supply import electricity_sensitivity
from footprint.inventory.allocation import AllocationRules, price_window, rules_in_force
from footprint.inventory.build import ELECTRICITY, Electricity, build_graph
from footprint.inventory.kernel import Matrix
from footprint.inventory.solution import Inventory, solve_graph
from footprint.library.background import Background, load_background
from footprint.library.method import Method, load_method
from footprint.library.paths import methods_folder
from footprint.library.prices import load_prices
from footprint.library.routes import load_route
from footprint.model import Route
from footprint.rules.parameters import Parameter, load_parameters

LongTerm = Literal["include", "exclude"]
Engine = Literal["kernel", "brightway"]


@dataclass(frozen=True)
class Settings:
    """How to calculate. Nothing here has a hidden effect: every field is printed with the result."""

    method: str | Path | Method = "ef-3.1"
    background: str | Path | Background = "open"
    electricity: Electricity = "as-modelled"
    long_term: LongTerm = "include"
    engine: Engine = "kernel"
    on: date | None = None
    year: int | None = None

    def __post_init__(self) -> None:
        for name, allowed in (
            ("electricity", ELECTRICITY),
            ("long_term", get_args(LongTerm)),
            ("engine", get_args(Engine)),
        ):
            if (value := getattr(self, name)) not in allowed:
                raise InputError(
                    f"{name.replace('_', '-')} '{value}' is not known{nearest(value, allowed)}; allowed: "
                    f"{listed(allowed)}"
                )


def calculate(
    route: str | Path | Route,
    *,
    method: str | Path | Method = "ef-3.1",
    background: str | Path | Background = "open",
    electricity: Electricity = "as-modelled",
    long_term: LongTerm = "include",
    engine: Engine = "kernel",
    overrides: Mapping[str, float] | None = None,
    on: date | None = None,
    year: int | None = None,
) -> FootprintResult:
    """The environmental footprint of a route per declared unit (Annex V), in every category of the method.

    Parameters
    ----------
    route : route id, path of a .toml file, or a Route
    method : name or folder of an impact assessment method
    background : "open", a folder of the same form, or what `fp.load_background("bw:PROJECT/DATABASE")` returns
    electricity : what grid supply means: "as-modelled", "production-mix" or "residual"
    long_term : "include" or "exclude" emissions after 100 years; the other is always in `sensitivity`
    engine : "kernel", or "brightway" to solve the same arrays with bw2calc
    overrides : parameter name -> value, in the parameter's unit; `tailings-dam.height` is that of a site
    on : the day whose rules hold (allocation rule, price window); today unless given
    year : the year of the electricity mixes; the background's own unless given

    Returns a frozen FootprintResult. Raises InputError (bad input) or UnsolvableSystem (no meaningful solution).
    """
    settings = Settings(method, background, electricity, long_term, engine, on, year)
    if isinstance(route, Route):
        if overrides:
            raise InputError("overrides belong to a route id or path; this route is already evaluated")
        return calculate_route(route, settings)
    return calculate_route(load_route(route, overrides), settings)


@dataclass(frozen=True)
class Assessed:
    """The solved and characterised system of a route, with what it was built from."""

    assessment: Assessment
    method: Method
    background: Background
    rules: AllocationRules
    parameters: Mapping[str, Parameter]
    on: date


def assess_route(route: Route, settings: Settings) -> Assessed:
    """The system of a loaded route, solved and characterised, before it is summed up as a result."""
    on = settings.on or date.today()
    method = settings.method if isinstance(settings.method, Method) else load_method(settings.method)
    background = (
        settings.background if isinstance(settings.background, Background) else load_background(settings.background)
    ).of_year(settings.year)
    parameters = load_parameters(methods_folder() / "crma")
    rules = rules_in_force(parameters, route.declared.material, on, load_prices())
    graph = build_graph(route, background, rules, settings.electricity, load_route)
    assessment = assess(solve_graph(graph, background.memo), method, long_term=settings.long_term)
    return Assessed(assessment, method, background, rules, parameters, on)


def calculate_route(route: Route, settings: Settings) -> FootprintResult:
    """The footprint of a loaded route, with the findings of its checks."""
    system = assess_route(route, settings)
    assessment, method, background = system.assessment, system.method, system.background
    rules, parameters, on = system.rules, system.parameters, system.on
    graph = assessment.graph
    sensitivity = allocation_sensitivity(assessment, rules, price_window(parameters, on, "-sensitivity"))
    other = electricity_sensitivity(assessment, background, rules, settings.electricity, settings.long_term)
    scores = _engine_scores(assessment, method) if settings.engine == "brightway" else None
    if scores:
        assessment = replace(assessment, inventory=Inventory(graph, scores[0]))
    result = FootprintResult(
        route=route,
        method=method,
        background=(background.id, background.sha256),
        engine=settings.engine,
        version=__version__,
        contributions=contributions(assessment),
        flows=flow_contributions(assessment),
        screening=screening_shares(assessment),
        long_term=settings.long_term,
        alternatives=alternatives(assessment, settings.long_term),
        not_covered=not_covered(assessment),
        allocation=graph.shares,
        engine_values=scores[1] if scores else None,
        allocation_sensitivity=sensitivity,
        tier_c=tier_c_shares(assessment),
        electricity=(settings.electricity, background.mix_year or None),
        electricity_sensitivity=other,
    )
    return result.with_findings(check(route, background=background, method=method, result=result, on=on))


def _engine_scores(assessment: Assessment, method: Method) -> tuple[Matrix, Matrix]:
    from footprint.inventory.brightway import solve_with_brightway

    return solve_with_brightway(assessment.graph, assessment.table, [c.code for c in method.categories])


def alternatives(assessment: Assessment, long_term: str) -> dict[str, Matrix]:
    """Every category with the other choice for long-term emissions, with regional factors, without a host's share."""
    g, found, flows = assessment.inventory.flows, assessment.factors, assessment.graph.flows
    other = found.without_long_term(flows) @ g if long_term == "include" else found.table @ g
    regional = np.full(len(found.table), np.nan)
    for code in found.method.regional_sensitivity:
        regional[found.method.column[code]] = found.with_regional(code, flows) @ g
    choices = {"long_term_exclude" if long_term == "include" else "long_term_include": other, "regional": regional}
    hostless = without_host(assessment)
    return choices if hostless is None else choices | {"without_host": hostless}
