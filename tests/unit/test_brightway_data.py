"""The invented route as Brightway datasets: signs, units, shares and sources, checked by hand; no Brightway needed."""

from __future__ import annotations

import math
from typing import Any

import pytest

from footprint.calculation import Settings, assess_route
from footprint.exchange.brightway_data import ExportedSystem, exported_system, globally
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.routes import load_route, route_index
from footprint.model import Route

METHOD = methods_folder() / "ef-3.1"
FOREGROUND, BACKGROUND, FLOWS = (
    "cobalt/invented",
    "cobalt/invented, background",
    "cobalt/invented, elementary flows",
)


@pytest.fixture(scope="module")
def exported(toy_route: Route, toy_background: Any) -> ExportedSystem:
    system = assess_route(toy_route, Settings(background=toy_background))
    return exported_system(toy_route, system, METHOD, "include")


def _exchange(exported: ExportedSystem, database: str, code: str, name: str) -> dict[str, Any]:
    exchanges = exported.databases[database][database, code]["exchanges"]
    found: dict[str, Any] = next(e for e in exchanges if e["name"] == name and e["type"] != "production")
    return found


def test_each_node_is_an_activity_in_one_of_two_databases(exported: ExportedSystem) -> None:
    assert tuple(exported.databases) == (FLOWS, BACKGROUND, FOREGROUND)
    assert {code for _, code in exported.databases[FOREGROUND]} == {"mining[cobalt ore]", "refining"}
    mine = exported.databases[FOREGROUND][FOREGROUND, "mining[cobalt ore]"]
    assert (mine["name"], mine["reference product"], mine["unit"], mine["location"]) == (
        "Mining",
        "cobalt ore",
        "kilogram",
        "CL",
    )


def test_the_share_of_a_joint_process_is_in_the_amounts_and_said(exported: ExportedSystem) -> None:
    """60 kg cobalt ore beside 40 kg copper ore, by mass: 60 % of 10 kWh."""
    power = _exchange(exported, FOREGROUND, "mining[cobalt ore]", "electricity, medium voltage")
    assert power["amount"] == pytest.approx(6.0, rel=1e-12)
    comment = exported.databases[FOREGROUND][FOREGROUND, "mining[cobalt ore]"]["comment"]
    assert "carries 60 % of this process (by mass" in comment


def test_electricity_is_in_kilowatt_hours_on_both_sides(exported: ExportedSystem) -> None:
    power = _exchange(exported, FOREGROUND, "mining[cobalt ore]", "electricity, medium voltage")
    supplier = exported.databases[BACKGROUND][power["input"]]
    assert power["unit"] == supplier["unit"] == "kilowatt hour"


def test_a_waste_is_a_negative_input_and_its_treatment_a_negative_production(exported: ExportedSystem) -> None:
    """100 kg waste rock, of which 60 % go with the cobalt ore; the landfill is written for 1000 kg."""
    waste = _exchange(exported, FOREGROUND, "mining[cobalt ore]", "waste rock")
    assert (waste["type"], waste["amount"]) == ("technosphere", pytest.approx(-60.0))
    landfill = exported.databases[BACKGROUND][waste["input"]]
    assert landfill["production amount"] == -1000.0
    assert landfill["exchanges"][0]["type"] == "production"


def test_a_process_that_takes_its_own_product_keeps_both_exchanges(exported: ExportedSystem) -> None:
    refining = exported.databases[FOREGROUND][FOREGROUND, "refining"]["exchanges"]
    own = [(e["type"], e["amount"]) for e in refining if e["input"] == (FOREGROUND, "refining")]
    assert own == [("production", 1.0), ("technosphere", 0.2)]


def test_spreads_are_stats_arrays_fields_in_the_exported_unit(exported: ExportedSystem) -> None:
    """0.4 to 0.6 around 0.5 kWh: lognormal about ln 0.5, in kWh, not in MJ."""
    power = _exchange(exported, BACKGROUND, "background:acid@CN", "electricity, medium voltage")
    assert power["uncertainty type"] == 2
    assert power["loc"] == pytest.approx(math.log(0.5), rel=1e-12)
    assert power["scale"] > 0
    assert power["negative"] is False


def test_regional_flows_stand_once_per_place_with_the_factor_of_the_place(exported: ExportedSystem) -> None:
    water = _exchange(exported, FOREGROUND, "mining[cobalt ore]", "water, river, CL")
    factors = dict(exported.methods["WU"].factors)
    assert exported.databases[FLOWS][water["input"]]["categories"] == ("natural resource", "fresh-water")
    other = (FLOWS, "water, river | fresh-water | CN")
    assert other not in factors or factors[water["input"]] != factors[other]


def test_flows_carry_their_identifiers(exported: ExportedSystem) -> None:
    found = exported.databases[FLOWS][FLOWS, "carbon dioxide, fossil | air/non-urban"]
    assert found["categories"] == ("air", "non-urban")
    for name in ("EF UUID", "ecoinvent UUID"):
        assert len(found[name]) == 36


def test_every_amount_says_its_source(exported: ExportedSystem) -> None:
    for (_, code), activity in exported.databases[FOREGROUND].items():
        assert "Sources:" in activity["comment"]
        assert all("invented" in e["comment"] or "guess" in e["comment"] for e in activity["exchanges"]), code


def test_sixteen_methods_in_one_family(exported: ExportedSystem) -> None:
    assert len(exported.methods) == 16
    assert {method.name[0] for method in exported.methods.values()} == {"Environmental Footprint 3.1 (crm-footprint)"}
    assert len({method.name for method in exported.methods.values()}) == 16


def test_leaving_out_the_long_term_is_said_in_the_method(toy_route: Route, toy_background: Any) -> None:
    system = assess_route(toy_route, Settings(background=toy_background, long_term="exclude"))
    exported = exported_system(toy_route, system, METHOD, "exclude")
    assert "without long-term emissions" in exported.methods["CC"].name[0]


def test_global_factors_are_told_for_regional_categories_only(toy_route: Route, toy_background: Any) -> None:
    assert set(globally(assess_route(toy_route, Settings(background=toy_background)))) == {"LU", "WU"}


@pytest.mark.parametrize("name", [name for name in route_index(datasets_folder()) if "@" not in name])
def test_every_shipped_route_has_a_comment_for_every_exchange(name: str) -> None:
    """Comments are lined up with the exchanges by the order of the file: one too many or too few would raise."""
    route = load_route(name)
    exported = exported_system(route, assess_route(route, Settings()), METHOD, "include")
    for activities in exported.databases.values():
        for activity in activities.values():
            kinds = [exchange["type"] for exchange in activity["exchanges"]]
            assert kinds.count("production") == (1 if kinds else 0)
