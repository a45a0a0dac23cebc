"""The recycled-content factor A: what secondary metal would carry of the burden of primary metal (METHOD 3.7).

Circular footprint formula, cradle to gate, without end-of-life terms and with Q = 1:

    E(A) = (1 - R1) Ev + R1 (A Erec + (1 - A) Ev) = A E(1) + (1 - A) Ev

with R1 the recycled content, Ev the burden of primary and Erec that of secondary metal, and E(1) the result. The last
form needs no R1: of a mixed system it takes the primary part to be that of the primary route.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from footprint.calculation import Assessed, Settings, assess_route
from footprint.choices.row import Scenario, computed, not_computed
from footprint.errors import FootprintError
from footprint.impact.assessment import totals
from footprint.inventory.kernel import Matrix
from footprint.library.files import DeclaredRow
from footprint.library.routes import load_route, route_index, route_rows
from footprint.model import Route
from footprint.rules.parameters import find, in_force, number

TOPIC = "recycled content"
#: contents of an element that differ by less are the same
SAME_CONTENT = 1e-6


def recycled_content(
    route: Route, values: Matrix, base: Assessed, settings: Settings, primary: Sequence[str] = ()
) -> Iterator[Scenario]:
    """The result with the other factor A, once for each primary metal it may be weighed with.

    A primary system has no recycled content (R1 = 0): A changes nothing. `primary` names routes of primary metal.
    """
    a = number(base.parameters, "recycled-content-a-information", base.on)
    entry = in_force(find(base.parameters, "recycled-content-a-information"), base.on)
    choice, rule = f"A = {a:g}", f"{entry.cited}; information only"
    if route.system == "primary":
        yield computed(
            TOPIC, choice, rule, base.method, values, basis="no recycled content (R1 = 0): A changes nothing"
        )
        return
    names = tuple(primary) or primary_routes(route)
    if not names:
        told = f"no shipped primary route makes {route.declared.element or 'the metal'} as {route.declared.form}"
        yield not_computed(TOPIC, choice, rule, f"{told}; --primary ROUTE names one")
    for name in names:
        yield _with_primary(route, values, base, settings, name, (a, f"{choice} with {name}", rule))


def primary_routes(route: Route) -> tuple[str, ...]:
    """The shipped primary routes of the same material, element and form (variants aside)."""
    declared = route.declared
    found = [ident for ident in route_index() if ident.startswith(f"{declared.material}/") and "@" not in ident]
    return tuple(ident for ident in found if ident != route.id and _is_primary_of(ident, route))


def _is_primary_of(ident: str, route: Route) -> bool:
    try:
        other = load_route(ident)
    except FootprintError:
        return False
    row: DeclaredRow = next(row for row in route_rows(other).declared if row.id == ident)
    mine = route.declared
    return other.system == "primary" and (row.form, row.element) == (mine.form, mine.element)


def _with_primary(
    route: Route, values: Matrix, base: Assessed, settings: Settings, name: str, told: tuple[float, str, str]
) -> Scenario:
    """E(A) = A E(1) + (1 - A) Ev, Ev per kg of the metal that the declared product contains."""
    a, choice, rule = told
    try:
        other = load_route(name)
        found = totals(assess_route(other, settings).assessment) / other.declared.unit_kg * route.declared.unit_kg
    except FootprintError as error:
        return not_computed(TOPIC, choice, rule, str(error))
    mine, theirs = route.declared, other.declared
    if mine.element != theirs.element or other.system != "primary":
        return not_computed(TOPIC, choice, rule, f"'{name}' is no primary route of {mine.element or 'the same metal'}")
    scale = (mine.content or 1.0) / (theirs.content or 1.0)
    basis = [f"primary metal times {scale:.4g}, the ratio of contents"] if abs(scale - 1) > SAME_CONTENT else []
    basis += ["the primary part of the route taken as that metal"] if route.system == "mixed" else []
    other_values = a * values + (1 - a) * scale * found
    return computed(TOPIC, choice, rule, base.method, other_values, basis="; ".join(basis))
