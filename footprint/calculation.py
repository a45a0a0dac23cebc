"""One call from a route to its footprint: load, graph, solution, impact, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from footprint import __version__
from footprint.errors import InputError, listed, nearest
from footprint.impact.assessment import (
    Assessment,
    assess,
    contributions,
    flow_contributions,
    not_covered,
    screening_shares,
    totals,
)
from footprint.impact.result import FootprintResult
from footprint.inventory.allocation import AllocationRules, rules_in_force
from footprint.inventory.build import ELECTRICITY, Electricity, build_graph
from footprint.inventory.graph import Graph
from footprint.inventory.kernel import Matrix
from footprint.inventory.solution import Inventory, solve_graph
from footprint.library.background import Background, load_background
from footprint.library.method import Method, load_method
from footprint.library.prices import load_prices
from footprint.library.paths import methods_folder
from footprint.library.routes import load_route
from footprint.model import Route, Rule
from footprint.rules.parameters import Parameter, load_parameters

LongTerm = Literal["include", "exclude"]
Engine = Literal["kernel", "brightway"]
#: rules shown beside the one in force for joint processes (DECISIONS 10)
ALTERNATIVES: tuple[Rule, ...] = ("mass", "element-mass", "economic", "energy")


@dataclass(frozen=True)
class Settings:
    """How to calculate. Nothing here has a hidden effect: every field is printed with the result."""

    method: str | Path | Method = "ef-3.1"
    background: str | Path | Background = "open"
    electricity: Electricity = "as-modelled"
    long_term: LongTerm = "include"
    engine: Engine = "kernel"
    on: date | None = None

    def __post_init__(self) -> None:
        for name, allowed in (("electricity", ELECTRICITY), ("long_term", get_args(LongTerm)), ("engine", get_args(Engine))):
            if (value := getattr(self, name)) not in allowed:
                raise InputError(f"{name.replace('_', '-')} '{value}' is not known{nearest(value, allowed)}; allowed: {listed(allowed)}")


def calculate(route: str | Path | Route, *, method: str | Path | Method = "ef-3.1",
              background: str | Path | Background = "open", electricity: Electricity = "as-modelled",
              long_term: LongTerm = "include", engine: Engine = "kernel",
              overrides: Mapping[str, float] | None = None, on: date | None = None) -> FootprintResult:
    """The environmental footprint of a route per declared unit (Annex V), in every category of the method.

    Parameters
    ----------
    route : route id, path of a .toml file, or a Route
    method : name or folder of an impact assessment method
    background : "open", or a folder of the same form
    electricity : what grid supply means: "as-modelled", "production-mix" or "residual"
    long_term : "include" or "exclude" emissions after 100 years; the other is always in `sensitivity`
    engine : "kernel", or "brightway" to solve the same arrays with bw2calc
    overrides : parameter name -> value, in the parameter's unit
    on : the day whose rules hold (allocation rule, price window); today unless given

    Returns a frozen FootprintResult. Raises InputError (bad input) or UnsolvableSystem (no meaningful solution).
    """
    settings = Settings(method, background, electricity, long_term, engine, on)
    if isinstance(route, Route):
        if overrides:
            raise InputError("overrides belong to a route id or path; this route is already evaluated")
        return calculate_route(route, settings)
    return calculate_route(load_route(route, overrides), settings)


def calculate_route(route: Route, settings: Settings) -> FootprintResult:
    """The footprint of a loaded route."""
    method = settings.method if isinstance(settings.method, Method) else _method(str(settings.method))
    background = settings.background if isinstance(settings.background, Background) else _background(str(settings.background))
    graph_of = partial(build_graph, route, background, electricity=settings.electricity, load=load_route)
    rules = rules_in_force(_parameters(), route.declared.material, settings.on or date.today(), _prices())
    graph = graph_of(rules)
    assessment = _assess(graph, method, background, settings)
    scores = _engine_scores(assessment, method) if settings.engine == "brightway" else None
    if scores:
        assessment = replace(assessment, inventory=Inventory(graph, scores[0]))
    return FootprintResult(
        route=route, method=method, background=(background.id, background.sha256), engine=settings.engine,
        version=__version__, contributions=contributions(assessment), flows=flow_contributions(assessment),
        screening=screening_shares(assessment), long_term=settings.long_term,
        alternatives=_alternatives(assessment, settings.long_term), not_covered=not_covered(assessment),
        allocation=graph.shares, engine_values=scores[1] if scores else None,
        allocation_sensitivity=_allocation_sensitivity(graph, graph_of, rules, method, background, settings),
    )


def _assess(graph: Graph, method: Method, background: Background, settings: Settings) -> Assessment:
    return assess(solve_graph(graph, background.memo), method, long_term=settings.long_term)


def _engine_scores(assessment: Assessment, method: Method) -> tuple[Matrix, Matrix]:
    from footprint.inventory.brightway import solve_with_brightway

    return solve_with_brightway(assessment.graph, assessment.table, [c.code for c in method.categories])


def _alternatives(assessment: Assessment, long_term: str) -> dict[str, Matrix]:
    """Every category with the other choice for long-term emissions, and acidification with regional factors."""
    g, found, flows = assessment.inventory.flows, assessment.factors, assessment.graph.flows
    other = found.without_long_term(flows) @ g if long_term == "include" else found.table @ g
    regional = np.full(len(found.table), np.nan)
    for code in found.method.regional_sensitivity:
        regional[found.method.column[code]] = found.with_regional(code, flows) @ g
    return {"long_term_exclude" if long_term == "include" else "long_term_include": other, "regional": regional}


def _allocation_sensitivity(graph: Graph, graph_of: Callable[[AllocationRules], Graph], rules: AllocationRules,
                            method: Method, background: Background, settings: Settings) -> dict[str, Matrix]:
    """The result under each other rule that the products have data for; a rule without data is left out."""
    foreground = {node.process for node in graph.nodes[:graph.foreground]}
    used = {share.rule for share in graph.shares if share.process in foreground}
    found: dict[str, Matrix] = {}
    for rule in ALTERNATIVES if used else ():
        if used == {rule}:
            continue
        try:
            other = graph_of(replace(rules, override=rule))
        except InputError:
            continue
        found[rule] = totals(_assess(other, method, background, settings))
    return found


@lru_cache(maxsize=8)
def _method(name: str) -> Method:
    return load_method(name)


@lru_cache(maxsize=8)
def _background(name: str) -> Background:
    return load_background(name)


@lru_cache(maxsize=1)
def _parameters() -> Mapping[str, Parameter]:
    return load_parameters(methods_folder() / "crma")


@lru_cache(maxsize=1)
def _prices() -> Mapping[str, Mapping[int, tuple[float, str]]]:
    return load_prices()
