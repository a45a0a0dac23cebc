"""Every shipped route: solved by two engines, checked, complete in its sources."""

import numpy as np
import pytest

import footprint as fp
from footprint.calculation import Settings, assess_route, calculate_route
from footprint.inventory.brightway import datapackage
from footprint.library.paths import datasets_folder
from footprint.library.routes import load_route, route_index
from footprint.library.sources import load_sources

IDS = list(route_index())
BASE = [ident for ident in IDS if "@" not in ident]
FOUNDATION = {
    "lithium": 3,
    "cobalt": 2,
    "nickel": 1,
    "graphite": 1,
    "copper": 3,
    "aluminium": 2,
}


def test_the_routes_of_the_foundation_are_there():
    """Lithium, cobalt, nickel, graphite, copper and aluminium, and the secondary routes of four of them."""
    for material, fewest in FOUNDATION.items():
        assert sum(ident.startswith(f"{material}/") for ident in BASE) >= fewest, material
    systems = {ident: load_route(ident).system for ident in BASE}
    assert {
        m
        for m in ("copper", "aluminium", "lithium", "cobalt")
        if any(i.startswith(m) and s == "secondary" for i, s in systems.items())
    } == {"copper", "aluminium", "lithium", "cobalt"}


@pytest.mark.parametrize("ident", BASE)
def test_kernel_and_brightway_agree(ident):
    """The same arrays solved and characterised by bw2calc: every category within 1e-9 relative."""
    route = load_route(ident)
    ours, theirs = calculate_route(route, Settings()), calculate_route(route, Settings(engine="brightway"))
    for code in ours.codes:
        assert theirs[code].value == pytest.approx(ours[code].value, rel=1e-9, abs=1e-25), code


@pytest.mark.parametrize("ident", [ident for ident in IDS if ident not in BASE])
def test_kernel_and_brightway_agree_on_the_inventory_of_a_variant(ident):
    """A variant solved by bw2calc: its inventory, with our factors, gives every category within 1e-9 relative."""
    import bw2calc

    assessment = assess_route(load_route(ident), Settings()).assessment
    graph = assessment.graph
    lca = bw2calc.LCA({graph.demand: graph.amount}, data_objs=[datapackage(graph)])
    lca.lci()
    amounts = np.zeros(len(graph.flows))
    found = np.asarray(lca.inventory.sum(axis=1)).ravel()
    for flow, row in lca.dicts.biosphere.items():
        amounts[flow - len(graph.nodes)] = found[row]
    ours = assessment.direct @ assessment.inventory.scaling
    np.testing.assert_allclose(assessment.table @ amounts, ours, rtol=1e-9, atol=1e-20)


@pytest.mark.parametrize("ident", BASE)
def test_a_result_is_complete_and_adds_up(ident):
    result = fp.calculate(ident)
    assert len(result.codes) == 16
    for code in result.codes:
        r = result[code]
        assert np.isfinite(r.value)
        parts = sum(abs(v) for v in (*r.by_process.values(), *r.by_background.values()))
        assert sum(r.by_stage.values()) == pytest.approx(r.value, abs=1e-12 * parts)
        assert sum(r.by_process.values()) + sum(r.by_background.values()) == pytest.approx(r.value, abs=1e-12 * parts)


@pytest.mark.parametrize("ident", IDS)
def test_check_finds_no_error(ident):
    errors = [f for f in fp.check(ident) if f.severity == "error"]
    assert errors == []


@pytest.mark.parametrize("ident", BASE)
def test_every_amount_has_a_source_with_its_locator_range_or_derivation(ident):
    route = load_route(ident)
    route_sources = load_sources(datasets_folder())
    for process in route.processes:
        for exchange in process.exchanges:
            amount = exchange.amount
            where = f"{ident}, {process.id}, {exchange.flow}"
            assert amount.source, where
            kind = route_sources[amount.source].kind
            if kind == "estimate":
                assert amount.spread is not None or amount.value == 0, f"{where}: an estimate needs its range"
            elif kind == "derived":
                assert amount.note or amount.expression or process.note, f"{where}: a derived amount says how"
            else:
                assert amount.locator, f"{where}: a published amount needs a locator"
