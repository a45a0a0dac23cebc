"""What the graph builder does with each kind of provider, product and rule; each case worked out in its docstring."""

import json
from pathlib import Path

import pytest

import footprint as fp
from footprint.errors import InputError, NegativeScaling
from footprint.inventory.allocation import AllocationRules, shares
from footprint.library.routes import load_route

HEAD = """
schema = 1
material = "cobalt"
name = "Case"
system = "primary"

[source.invented]
title = "Invented for tests"
author = "crm-footprint"
year = 2026
kind = "published"
licence = "CC BY 4.0"

[[declared]]
id = "cobalt/case"
product = "metal"
process = "plant"
form = "metal"
"""
PLANT = """
[[process]]
id = "plant"
name = "Plant"
annex_v = ["refining"]
stage = "refining"
location = "CL"
year = 2021
source = "invented"
locator = "row"
"""
CO2 = '{ output = "carbon dioxide, fossil", to = "air/non-urban", amount = %s, unit = "kg" },'


def write(folder: Path, body: str, name: str = "case.toml", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + body, encoding="utf-8")
    return path


def climate_change(path: Path | str, background, **options) -> float:
    return fp.calculate(path, background=background, **options)["CC"].value


def test_a_suppliers_declaration_is_an_input(tmp_path, toy_background):
    """2 kg declared at 3.0 kg CO2 eq and 0.5 m3 world eq per t: CC 6.0e-3, WU 1.0e-3 with 0.1 kg CO2 of its own."""
    declaration = {
        "schema": "footprint/supplier-declaration/1",
        "operator": "A",
        "method": "ef-3.1",
        "year": 2025,
        "declared_unit": {"product": "hydroxide", "amount": 1.0, "unit": "t"},
        "results": {"CC": {"value": 3.0, "unit": "kg CO2 eq"}, "WU": {"value": 0.5, "unit": "m3 world eq (deprived)"}},
    }
    (tmp_path / "a.json").write_text(json.dumps(declaration), encoding="utf-8")
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ input = "hydroxide", from = "declaration:a.json", amount = 2.0, unit = "kg" },' + CO2 % 0.1 + "]",
    )
    for engine in ("kernel", "brightway"):
        result = fp.calculate(path, background=toy_background, engine=engine)
        assert result["CC"].value == pytest.approx(0.1 + 2 * 3.0e-3, rel=1e-12)
        assert result["WU"].value == pytest.approx(2 * 0.5e-3, rel=1e-12)
        assert result["CC"].by_background == {"declaration:a.json": pytest.approx(6.0e-3, rel=1e-12)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"results": {"XX": {"value": 1.0, "unit": "kg"}}}, "category 'XX' is not known"),
        ({"results": {"CC": {"value": 1.0, "unit": "t CO2 eq"}}}, "gives it in 'kg CO2 eq'"),
        ({"schema": "other/1"}, "schema 'other/1'; allowed: footprint/supplier-declaration/1"),
        ({"price": 1.0}, "unknown field `price`"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(tmp_path, toy_background, change, message):
    declaration = {
        "schema": "footprint/supplier-declaration/1",
        "operator": "A",
        "method": "ef-3.1",
        "year": 2025,
        "declared_unit": {"product": "hydroxide", "amount": 1.0, "unit": "kg"},
        "results": {"CC": {"value": 3.0, "unit": "kg CO2 eq"}},
    } | change
    (tmp_path / "a.json").write_text(json.dumps(declaration), encoding="utf-8")
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ input = "hydroxide", from = "declaration:a.json", amount = 2.0, unit = "kg" } ]',
    )
    with pytest.raises(InputError, match=message):
        climate_change(path, toy_background)


def test_waste_goes_to_a_treatment_of_the_same_file(tmp_path, toy_background):
    """4 kg of slag; the treatment takes 2 kg per run and emits 0.3 kg CO2: 2 runs, 0.6 kg, counted to its stage."""
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ output = "slag", treatment = "slag-cleaning", amount = 4.0, unit = "kg" } ]\n'
        + PLANT.replace('"plant"', '"slag-cleaning"').replace('stage = "refining"', 'stage = "concentration"')
        + 'waste = { flow = "slag", amount = 2.0, unit = "kg" }\nexchange = ['
        + CO2 % 0.3
        + "]",
    )
    result = fp.calculate(path, background=toy_background)
    assert result["CC"].value == pytest.approx(0.6, rel=1e-12)
    assert result["CC"].by_stage["concentration"] == pytest.approx(0.6, rel=1e-12)
    assert fp.calculate(path, background=toy_background, engine="brightway")["CC"].value == pytest.approx(0.6, rel=1e-9)


def test_a_co_product_takes_the_place_of_a_bought_one(tmp_path, toy_background):
    """Acid at GLO: 0.5 kWh MV = 0.625 kWh HV, three quarters coal: 0.46875 kg CO2/kg. 2.0 - 1 kg acid = 1.53125.

    The acid is of tier C and an estimate: the credit is 0.46875 / 1.53125 of the value in size.
    """
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" },\n'
        '{ flow = "acid", amount = 1.0, unit = "kg", substitution = "background:acid" } ]\n'
        "exchange = [" + CO2 % 2.0 + "]",
    )
    result = fp.calculate(path, background=toy_background)
    assert result["CC"].value == pytest.approx(2.0 - 0.46875, rel=1e-12)
    assert result["CC"].by_background["background:acid"] == pytest.approx(-0.46875, rel=1e-12)
    assert result["CC"].tier_c_share == pytest.approx(0.46875 / 1.53125, rel=1e-12)
    assert result["CC"].screening_share == pytest.approx(0.46875 / 1.53125, rel=1e-12)
    assert result.allocation == ()


def test_subdivision_gives_each_product_its_own_exchanges(tmp_path, toy_background):
    """Shared 1 kg CO2 by mass (1 of 4 kg); 2 kg for metal alone; 5 kg for slag alone: metal 0.25 + 2 = 2.25."""
    own = CO2.replace(" },", ', for = "%s" },')
    path = write(
        tmp_path,
        PLANT + 'allocation = "subdivision"\n'
        'product = [ { flow = "metal", amount = 1.0, unit = "kg" },\n'
        '{ flow = "sold slag", amount = 3.0, unit = "kg" } ]\n'
        "exchange = [" + CO2 % 1.0 + own % (2.0, "metal") + own % (5.0, "sold slag") + "]",
    )
    assert climate_change(path, toy_background) == pytest.approx(2.25, rel=1e-12)


def test_another_route_is_an_input_and_keeps_its_stages(tmp_path, toy_background, monkeypatch):
    """0.5 kg of a concentrate at 3 kg CO2/kg, extracted elsewhere: 1.5 kg, in the stage of the other file."""
    other = write(
        tmp_path,
        PLANT.replace('"refining"', '"extraction"').replace('["extraction"]', '["refining"]')
        + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = ['
        + CO2 % 3.0
        + "]",
        "other.toml",
    )
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ input = "metal", from = "route:cobalt/other", amount = 0.5, unit = "kg" } ]',
    )
    monkeypatch.setattr(
        "footprint.calculation.load_route", lambda name, *_: load_route(other if name == "cobalt/other" else name)
    )
    cc = fp.calculate(load_route(path), background=toy_background)["CC"]
    assert cc.by_stage == {"extraction": pytest.approx(1.5, rel=1e-12), "refining": 0.0}
    assert cc.by_process == {"plant": 0.0, "cobalt/other#plant": pytest.approx(1.5, rel=1e-12)}


POWER = (
    'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
    '{ input = "electricity", from = "%s", supply = "%s", amount = 1.0, unit = "kWh" } ]'
)


@pytest.mark.parametrize(
    ("supplier", "supply", "strategy", "expected"),
    [
        ("electricity:CN:HV", "grid", "as-modelled", 1.0),
        ("electricity:CN:HV", "grid", "production-mix", 0.5),
        ("electricity:CN:HV", "own", "production-mix", 1.0),
        ("background:electricity-coal@CN", "own", "production-mix", 1.0),
    ],
)
def test_a_strategy_replaces_grid_supply_only(tmp_path, toy_background, supplier, supply, strategy, expected):
    """The plant is in Chile (half coal: 0.5 kg/kWh HV), the grid named in the file China's (all coal: 1.0 kg/kWh)."""
    path = write(tmp_path, PLANT + POWER % (supplier, supply))
    assert climate_change(path, toy_background, electricity=strategy) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("supply", "strategy"), [("residual", "as-modelled"), ("grid", "residual")])
def test_a_missing_residual_mix_is_an_error(tmp_path, toy_background, supply, strategy):
    path = write(tmp_path, PLANT + POWER % ("electricity:CL:MV", supply))
    with pytest.raises(InputError, match="no residual mix is held for CL"):
        climate_change(path, toy_background, electricity=strategy)


def test_a_loop_with_a_gain_over_one_is_an_error_with_its_processes(tmp_path, toy_background):
    """A plant that takes 1.5 kg of its own product per kg has no net product."""
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ input = "metal", from = "plant", amount = 1.5, unit = "kg" },' + CO2 % 1.0 + "]",
    )
    with pytest.raises(NegativeScaling, match="'plant'"):
        climate_change(path, toy_background)


def test_a_long_term_emission_can_be_left_out(tmp_path, toy_background):
    """Phosphate to ground water 2 kg now and 1 kg after 100 years, 0.33 kg P eq/kg each: 0.99 or 0.66."""
    path = write(
        tmp_path,
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ output = "phosphate", to = "water/ground", amount = 2.0, unit = "kg" },\n'
        '{ output = "phosphate", to = "water/ground-long-term", amount = 1.0, unit = "kg" } ]',
    )
    both = fp.calculate(path, background=toy_background)["EUF"]
    short = fp.calculate(path, background=toy_background, long_term="exclude")["EUF"]
    assert both.value == pytest.approx(0.99, rel=1e-12)
    assert both.sensitivity["long_term_exclude"] == pytest.approx(0.66, rel=1e-12)
    assert short.value == pytest.approx(0.66, rel=1e-12)
    assert short.sensitivity["long_term_include"] == pytest.approx(0.99, rel=1e-12)


PRICES = {"metal": {2014: (9.0, "x"), 2023: (11.0, "x"), 2024: (99.0, "x")}, "slag": {2022: (1.0, "x")}}


@pytest.mark.parametrize(
    ("rule", "share"),
    [
        # 1 kg metal with 0.9 kg/kg Co at mean(9, 11) = 10 USD/kg; 3 kg slag with 0.1 kg/kg at 1 USD/kg
        ("mass", 1 / 4),
        ("element-mass", 0.9 / 1.2),
        ("economic", 10 / 13),
        ("energy", 2 / 11),
    ],
)
def test_shares_of_a_joint_process(tmp_path, rule, share):
    """Each rule by hand; prices of 2024 lie outside the window 2014 to 2023."""
    path = write(
        tmp_path,
        PLANT + f'allocation = "{rule}"\nproduct = [\n'
        '{ flow = "metal", amount = 1.0, unit = "kg", content = { Co = 0.9 }, price = "metal", energy = 2.0 },\n'
        '{ flow = "slag", amount = 3.0, unit = "kg", content = { Co = 0.1 }, price = "slag", energy = 3.0 } ]',
    )
    found = shares(load_route(path).process("plant"), AllocationRules(PRICES, (2014, 2023)))
    assert [s.share for s in found] == [pytest.approx(share, rel=1e-12), pytest.approx(1 - share, rel=1e-12)]


def test_the_result_without_the_host_stands_beside_the_result(tmp_path, toy_background, monkeypatch):
    """Smelter, 30 kg CO2 per 1 kg metal and 3 kg slag: slag carries 3/13 by value, 30/13 per kg. Plant: 2 kg slag and
    0.5 kg CO2 of its own: 2 * 30/13 + 0.5; without the host's share 0.5."""
    monkeypatch.setattr("footprint.calculation.load_prices", lambda: PRICES)
    smelter = (
        '[[process]]\nid = "smelter"\nname = "Smelter"\nannex_v = ["smelting"]\nstage = "refining"\nlocation = "CL"\n'
        'year = 2021\nsource = "invented"\nlocator = "row"\nallocation = "economic"\nproduct = [\n'
        '{ flow = "host metal", amount = 1.0, unit = "kg", price = "metal" },\n'
        '{ flow = "slag", amount = 3.0, unit = "kg", price = "slag" } ]\nexchange = [' + CO2 % 30.0 + "]\n"
    )
    plant = (
        PLANT + 'product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]\nexchange = [\n'
        '{ input = "slag", from = "smelter", amount = 2.0, unit = "kg" },\n' + CO2 % 0.5 + "]\n"
    )
    unmarked = fp.calculate(write(tmp_path, smelter + plant), background=toy_background)["CC"]
    assert unmarked.value == pytest.approx(2 * 30 / 13 + 0.5, rel=1e-12)
    assert "without_host" not in unmarked.sensitivity
    marked = smelter.replace("allocation", "host = true\nallocation")
    cc = fp.calculate(write(tmp_path, marked + plant), background=toy_background)["CC"]
    assert cc.value == unmarked.value
    assert cc.sensitivity["without_host"] == pytest.approx(0.5, rel=1e-12)


def test_the_other_rules_and_price_window_stand_beside_the_result(tmp_path, toy_background, monkeypatch):
    """8 kg CO2 shared by value 10/13; by mass 1/4, by metal 0.75; 2021 to 2024: (11 + 99)/2 = 55 USD/kg, 55/58."""
    monkeypatch.setattr("footprint.calculation.load_prices", lambda: PRICES)
    path = write(
        tmp_path,
        PLANT + 'allocation = "economic"\nproduct = [\n'
        '{ flow = "metal", amount = 1.0, unit = "kg", content = { Co = 0.9 }, price = "metal" },\n'
        '{ flow = "slag", amount = 3.0, unit = "kg", content = { Co = 0.1 }, price = "slag" } ]\n'
        "exchange = [" + CO2 % 8.0 + "]",
    )
    cc = fp.calculate(path, background=toy_background)["CC"]
    assert cc.value == pytest.approx(80 / 13, rel=1e-12)
    assert cc.sensitivity["allocation"] == {
        "mass": pytest.approx(2.0, rel=1e-12),
        "element-mass": pytest.approx(6.0, rel=1e-12),
        "economic, 2021 to 2024": pytest.approx(8 * 55 / 58, rel=1e-12),
    }
