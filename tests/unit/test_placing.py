"""A route moved to another country, against the variant that says the same and by hand."""

from __future__ import annotations

import pytest

import footprint as fp
from footprint.errors import InputError
from footprint.library.background import Background
from footprint.library.placing import placed
from footprint.library.routes import load_route
from footprint.model import Route
from tests.conftest import TOY


@pytest.fixture(scope="module")
def variant() -> Route:
    """The invented route with its mine in China."""
    return load_route("cobalt/invented@china", datasets=TOY)


def test_a_moved_route_is_the_variant_that_moves_it(
    toy_route: Route, variant: Route, toy_background: Background
) -> None:
    moved = fp.calculate(placed(toy_route, "CL", "CN"), background=toy_background)
    written = fp.calculate(variant, background=toy_background)
    for code in moved.codes:
        assert moved[code].value == pytest.approx(written[code].value, rel=1e-12)


def test_processes_elsewhere_stay(toy_route: Route) -> None:
    moved = placed(toy_route, "CL", "NA")
    assert {process.id: process.location for process in moved.processes} == {"mining": "NA", "refining": "CN"}


def test_the_grid_of_a_moved_process_is_that_of_its_country(toy_route: Route) -> None:
    moved = placed(toy_route, "CL", "NA").process("mining")
    assert "electricity:NA:MV" in {exchange.partner for exchange in moved.exchanges}


def test_a_variant_can_be_moved_back(toy_route: Route, variant: Route, toy_background: Background) -> None:
    """The variant takes Chile's power for China's; moved back to Chile, it must not be swapped again."""
    mine = tuple(p for p in variant.processes if p.id == "mining")
    assert mine[0].location == "CN"
    back = placed(variant, "CN", "CL").process("mining")
    assert "electricity:CL:MV" in {exchange.partner for exchange in back.exchanges}
    moved = placed(variant, "CN", "CL")
    assert not moved.suppliers
    cc = fp.calculate(moved, background=toy_background)["CC"].by_stage["extraction"]
    assert cc == pytest.approx(6.046875, rel=1e-12)


def test_own_power_stays(toy_route: Route) -> None:
    from dataclasses import replace

    own = tuple(
        replace(process, exchanges=tuple(replace(e, supply="own") if e.supply else e for e in process.exchanges))
        for process in toy_route.processes
    )
    moved = placed(replace(toy_route, processes=own), "CL", "NA").process("mining")
    assert "electricity:CL:MV" in {exchange.partner for exchange in moved.exchanges}


def test_a_place_where_nothing_stands_is_refused(toy_route: Route) -> None:
    with pytest.raises(InputError, match="no process stands in 'FR'; they stand in: CL, CN"):
        placed(toy_route, "FR", "DE")
