"""One call from a route to its findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from footprint.checks.allocation import allocation
from footprint.checks.balance import balance
from footprint.checks.boundary import boundary
from footprint.checks.coverage import coverage
from footprint.checks.cutoff import cutoff, measured
from footprint.checks.linked import linked_background
from footprint.checks.provenance import provenance
from footprint.checks.sites import sites
from footprint.checks.structure import structure
from footprint.checks.system import Linked, note
from footprint.impact.result import FootprintResult
from footprint.inventory.allocation import rules_in_force
from footprint.library.background import Background, load_background
from footprint.library.method import Method, load_method
from footprint.library.paths import methods_folder
from footprint.library.prices import load_prices
from footprint.library.routes import load_route
from footprint.model import Finding, Route
from footprint.rules.parameters import Entry, Parameter, find, in_force, load_parameters, words

SEVERITIES = ("error", "warning", "note")


def check(
    route: str | Path | Route,
    *,
    background: str | Path | Background = "open",
    method: str | Path | Method = "ef-3.1",
    result: FootprintResult | None = None,
    on: date | None = None,
) -> tuple[Finding, ...]:
    """What there is to say about a route, errors first.

    Parameters
    ----------
    route : route id, path of a .toml file, or a Route
    background : "open", or a folder of the same form: what the route takes from
    method : name or folder of an impact assessment method: which flows are known
    result : its footprint; without it the rules on results are skipped, and a note says so
    on : the day whose rules hold and from which the age of data counts (default: today)

    Raises InputError where the route, the background or the method cannot be read.
    """
    found = route if isinstance(route, Route) else load_route(route)
    held = background if isinstance(background, Background) else load_background(background)
    known = method if isinstance(method, Method) else load_method(method)
    return ordered(_findings(found, held, known, result, on or date.today()))


def _findings(
    route: Route, background: Background, method: Method, result: FootprintResult | None, on: date
) -> Iterator[Finding]:
    linked = Linked(load_route)
    yield from boundary(route, linked)
    yield from provenance(route, background.sources)
    yield from structure(route, method, background, linked, on)
    yield from sites(route, background)
    yield from linked_background(route, background, linked)
    yield from balance(route, method, linked)
    yield from allocation(route, rules_in_force(_parameters(), route.declared.material, on, load_prices()))
    limit = _rule("cut-off", on)
    what = measured(words(_parameters(), "cut-off-criteria", on), method.codes)
    yield from cutoff(route, what, _number(limit), limit.reference)
    if result is None:
        yield note(
            "coverage.skipped", "result", "coverage and shares of estimates were not checked: no result was given"
        )
    else:
        yield from coverage(result, _number(_rule("screening-share-limit", on)), _compliance(result.background[0], on))


def ordered(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """By severity, then by place (exchange 2 before exchange 10), rule and message; each once."""
    return tuple(
        sorted(
            dict.fromkeys(findings), key=lambda f: (SEVERITIES.index(f.severity), _natural(f.where), f.rule, f.message)
        )
    )


def _natural(text: str) -> list[tuple[int, str]]:
    """`exchange 10` as words and numbers, so that numbers sort by size."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text) if part]


def _compliance(background: str, on: date) -> str:
    """EF compliance of a background: the open one's is a parameter, another folder's is not stated."""
    return str(_rule("open-background-compliance", on).value) if background == "open" else "not stated"


def _rule(identifier: str, on: date) -> Entry:
    return in_force(find(_parameters(), identifier), on)


@lru_cache(maxsize=1)
def _parameters() -> Mapping[str, Parameter]:
    return load_parameters(methods_folder() / "crma")


def _number(entry: Entry) -> float:
    if not isinstance(entry.value, (int, float)):
        raise TypeError(f"{entry.reference}: a number is needed, not {entry.value!r}")
    return float(entry.value)
