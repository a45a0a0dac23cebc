"""The JSON other programs rely on: its keys, its order, and sums that must agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CODES, TOY, TOY_CALL, Run

Toy = Callable[..., Path]
RESULT = {
    "schema",
    "route",
    "material",
    "system",
    "name",
    "declared_unit",
    "method",
    "background",
    "engine",
    "software",
    "results",
    "not_characterised",
    "findings",
}
CATEGORY = {
    "name",
    "unit",
    "value",
    "by_stage",
    "by_process",
    "by_background",
    "not_covered",
    "screening_share",
    "sensitivity",
}
ROUTE = {"id", "name", "system", "product", "strategic", "form", "grade", "element", "content", "tier"}


@pytest.fixture(scope="module")
def result(run: Run) -> Mapping[str, Any]:
    found: Mapping[str, Any] = run("calc", *TOY_CALL, "--json").json
    return found


def test_a_result_has_the_keys_of_its_schema(result: Mapping[str, Any]) -> None:
    assert result["schema"] == "footprint/result/1"
    assert set(result) >= RESULT
    assert set(result["declared_unit"]) == {"product", "amount", "unit"}
    assert set(result["method"]) == set(result["background"]) == {"id", "sha256"}
    assert result["software"]["name"] == "crm-footprint"
    assert tuple(result["results"]) == CODES
    for category in result["results"].values():
        assert set(category) >= CATEGORY
        assert set(category["sensitivity"]) >= {"long_term_exclude", "regional"}
    assert set(result["results"]["CC"]["sub"]) == {"fossil", "biogenic", "land_use"}
    for flow in result["not_characterised"]:
        assert set(flow) == {"flow", "to", "amount", "unit"}
    for finding in result["findings"]:
        assert set(finding) == {"rule", "severity", "where", "message"}


def test_stages_and_processes_sum_to_the_value(result: Mapping[str, Any]) -> None:
    for code, category in result["results"].items():
        parts = [*category["by_process"].values(), *category["by_background"].values()]
        assert math.fsum(category["by_stage"].values()) == pytest.approx(category["value"], rel=1e-12), code
        assert math.fsum(parts) == pytest.approx(category["value"], rel=1e-12), code


def test_flows_sum_to_the_value(run: Run) -> None:
    for code, category in run("calc", *TOY_CALL, "--json", "--by", "flow").json["results"].items():
        assert math.fsum(category["by_flow"].values()) == pytest.approx(category["value"], rel=1e-12), code


def test_one_route_is_an_object_and_several_are_a_list(run: Run, toy: Toy) -> None:
    assert isinstance(run("calc", *TOY_CALL, "--json").json, dict)
    several = run("calc", *TOY_CALL, toy(("cobalt/invented", "cobalt/second")), "--json").json
    assert [entry["route"] for entry in several] == ["cobalt/invented", "cobalt/second"]


def test_set_replaces_a_parameter(run: Run) -> None:
    """The ore needed is 1.25 kg Co / ore grade: half the grade, twice the ore, twice the land occupied by the mine."""
    half = run("calc", *TOY_CALL, "--json", "--set", "ore_grade=0.01").json["results"]
    as_is = run("calc", *TOY_CALL, "--json", "--set", "ore_grade = 0.02").json["results"]
    assert half["LU"]["value"] == pytest.approx(2 * as_is["LU"]["value"], rel=1e-12)


def test_numbers_are_full_precision(result: Mapping[str, Any]) -> None:
    """Of 1 kg cobalt 0.2 kg return to the process: 0.01 kg NOx for 0.8 kg, at 4.26 mol N eq per kg (EF 3.1)."""
    assert result["results"]["EUT"]["value"] == pytest.approx(0.01 / 0.8 * 4.26, rel=1e-12)


def test_check(run: Run) -> None:
    found = run("check", *TOY_CALL, "--json").json
    assert (found["schema"], found["route"]) == ("footprint/findings/1", "cobalt/invented")
    for finding in found["findings"]:
        assert set(finding) == {"rule", "severity", "where", "message"}
        assert finding["severity"] in {"error", "warning", "note"}
    assert len(found["annex_v"]) == 14


def test_check_of_several_routes_is_a_list(run: Run, toy: Toy) -> None:
    found = run("check", *TOY_CALL, toy(("cobalt/invented", "cobalt/second")), "--json").json
    assert [entry["route"] for entry in found] == ["cobalt/invented", "cobalt/second"]


def test_hotspots(run: Run) -> None:
    found = run("hotspots", *TOY_CALL, "--json").json
    assert set(found) == {"schema", "route", "categories", "stages", "processes", "flows"}
    assert found["schema"] == "footprint/hotspots/1"
    assert len(found["categories"]) >= 3
    assert set(found["categories"][0]) == {"code", "share", "cumulative"}
    for part in ("stages", "processes", "flows"):
        assert set(found[part]) == {row["code"] for row in found["categories"]}
        for rows in found[part].values():
            assert {"name", "share", "cumulative"} == set(rows[0])
            assert rows[-1]["cumulative"] == pytest.approx(sum(row["share"] for row in rows))


def test_compare_agrees_with_calc(run: Run, toy: Toy) -> None:
    second = toy(("cobalt/invented", "cobalt/second"), ("value = 0.02", "value = 0.03"))
    found = run("compare", *TOY_CALL, second, "--json").json
    assert found["schema"] == "footprint/comparison/1"
    assert found["routes"] == ["cobalt/invented", "cobalt/second"]
    assert tuple(found["results"]) == CODES
    for result in run("calc", *TOY_CALL, second, "--json").json:
        for code, category in result["results"].items():
            assert found["results"][code][result["route"]] == category["value"]
            for part in ("by_stage", "by_process"):
                total = math.fsum(values.get(result["route"], 0.0) for values in found[part][code].values())
                assert total == pytest.approx(category["value"], rel=1e-12)


def test_compare_per_element_divides_by_the_content(run: Run, toy: Toy) -> None:
    """The same product declared as 40 % cobalt carries 1 / 0.4 of the burden per kg of cobalt."""
    second = toy(("cobalt/invented", "cobalt/second"), ("\ncontent = 1.0", "\ncontent = 0.4"))
    found = run("compare", *TOY_CALL, second, "--per", "element", "--json").json
    assert found["per"] == "kg Co"
    for values in found["results"].values():
        assert values["cobalt/second"] == pytest.approx(values["cobalt/invented"] / 0.4, rel=1e-12)


def test_routes_of_one_id_are_told_apart_by_path(run: Run, toy: Toy) -> None:
    second = toy()
    found = run("compare", *TOY_CALL, second, "--json").json
    assert found["routes"] == [TOY_CALL[0], str(second)]


def test_list_holds_the_34_materials_and_every_shipped_route(run: Run) -> None:
    call = run("list", "--json", "--no-tier")
    assert call.code == 0
    found = call.json
    assert len(found) == 34
    for material in found:
        assert set(material) == {"material", "annex_ii", "routes"}
        for route in material["routes"]:
            assert set(route) == ROUTE
            assert route["id"].startswith(f"{material['material']}/")


def test_list_of_one_material_states_the_data_tier(run: Run) -> None:
    call = run("list", "--json", "--material", "cobalt")
    assert call.code == 0
    assert [material["material"] for material in call.json] == ["cobalt"]
    assert {route["tier"] for route in call.json[0]["routes"]} <= {"published", "mixed", "screening"}


def test_explain_names_status_provision_and_link(run: Run) -> None:
    found = run("explain", "delegated-act", "--on", "2026-11-23", "--json").json
    assert set(found) == {
        "schema",
        "id",
        "title",
        "unit",
        "on",
        "since",
        "status",
        "value",
        "act",
        "provision",
        "url",
        "retrieved",
        "note",
        "history",
    }
    assert (found["id"], found["on"], found["since"]) == ("delegated-act", "2026-11-23", "2024-05-23")
    assert found["status"] in {"adopted", "draft", "assumption"}
    assert found["provision"] == "Article 31(1)"


def test_explain_lists_every_parameter_once(run: Run) -> None:
    ids = [entry["id"] for entry in run("explain", "--json").json]
    assert len(ids) == len(set(ids)) > 50
    assert {"delegated-act", "hotspot-threshold", "cut-off"} <= set(ids)


def test_a_background_is_named_in_the_result(result: Mapping[str, Any]) -> None:
    assert result["background"]["id"] == f"own:{TOY.name}"
