"""The route in tests/toy/routes/cobalt/toy.toml, calculated by hand, category by category.

Scaling. 1 kg cobalt metal leaves refining, which takes 0.2 kg of its own product per kg made: it runs 1 / (1 - 0.2) =
1.25 times. Ore: 1.25 x 1.25 / 0.02 = 78.125 kg, so mining (60 kg of cobalt ore per run) runs 1.302083 times; by
mass the cobalt ore carries 60 / (60 + 40) = 0.6 of it: 0.78125 mining runs.

    transport   78.125 kg x 200 km / 1000            = 15.625 t*km
    acid        2.0 kg x 1.25                        =  2.5 kg, at CN
    power CL    10 kWh x 0.78125                     =  7.8125 kWh MV = 9.765625 kWh HV, half coal, half hydro
    power CN    0.5 kWh x 2.5 kg                     =  1.25 kWh MV = 1.5625 kWh HV, all coal
    waste rock  100 kg x 0.78125                     = 78.125 kg = 0.078125 runs of the landfill

Factors are those of EF 3.1 (methods/ef-3.1/factors), each written here as published.
"""

import pytest

import footprint as fp

MINING, REFINING, ORE, ACID = 0.78125, 1.25, 78.125, 2.5
COAL_CL = HYDRO_CL = 9.765625 / 2
COAL_CN = 1.5625
TKM, LANDFILL = 15.625, 0.078125

HAND = {
    # CO2: 1 kg/kWh coal, 0.1 kg/t*km; CH4 fossil 29.8 kg CO2 eq/kg, 0.5 kg per landfill run
    "CC": COAL_CL + COAL_CN + 0.1 * TKM + 29.8 * 0.5 * LANDFILL,
    # PM2.5 urban 2.38497e-4, NOx non-urban 2.1e-7, SO2 non-urban 9.9e-7 disease incidences/kg
    "PM": 2.38497e-4 * 1e-5 * TKM + 2.1e-7 * 0.01 * REFINING + 9.9e-7 * 0.002 * ACID,
    # NOx 1.0, SO2 0.0811, CH4 0.0101 kg NMVOC eq/kg
    "POF": 1.0 * 0.01 * REFINING + 0.0811 * 0.002 * ACID + 0.0101 * 0.5 * LANDFILL,
    # NOx 0.74, SO2 1.31 mol H+ eq/kg, generic (DECISIONS 2)
    "AC": 0.74 * 0.01 * REFINING + 1.31 * 0.002 * ACID,
    # NOx 4.26 mol N eq/kg
    "EUT": 4.26 * 0.01 * REFINING,
    # NOx 0.389 kg N eq/kg
    "EUM": 0.389 * 0.01 * REFINING,
    # AWARE Chile 80.1 m3 world eq/m3: 0.5 m3 taken, 0.4 m3 returned per mining run; 0.01 m3/kWh hydro
    "WU": 80.1 * (0.5 - 0.4) * MINING + 80.1 * 0.01 * HYDRO_CL,
    # LANCA Chile, occupation mineral extraction site 176.13 pt/(m2*a)
    "LU": 176.13 * 1.0 * MINING,
    # cobalt 1.57e-5, copper 1.37e-3 kg Sb eq/kg in ground: 1.2 kg and 2 kg per mining run
    "RUM": (1.57e-5 * 1.2 + 1.37e-3 * 2.0) * MINING,
    "OD": 0.0,
    "HTC": 0.0,
    "IR": 0.0,
    "EUF": 0.0,
    "RUF": 0.0,
    # methane, fossil to air: 4.7e-8 CTUh/kg and 0.31936 CTUe/kg; copper ion to long-term ground water has no factor
    "HTNC": 4.70010e-8 * 0.5 * LANDFILL,
    "ETF": 0.31936 * 0.5 * LANDFILL,
}


@pytest.fixture(scope="module")
def result(toy_route, toy_background):
    return fp.calculate(toy_route, background=toy_background)


@pytest.mark.parametrize("code", HAND)
def test_category_by_hand(result, code):
    assert result[code].value == pytest.approx(HAND[code], rel=1e-12, abs=1e-30)


def test_every_category_is_calculated_by_hand(result):
    assert set(HAND) == set(result.codes)
    assert len(HAND) == 16


def test_climate_change_by_stage_process_and_background(result):
    """Extraction: power and landfill; refining: lorry and acid. No process emits CO2 or CH4 itself."""
    cc = result["CC"]
    assert cc.by_stage["extraction"] == pytest.approx(COAL_CL + 29.8 * 0.5 * LANDFILL, rel=1e-12)
    assert cc.by_stage["refining"] == pytest.approx(COAL_CN + 0.1 * TKM, rel=1e-12)
    assert cc.by_background["electricity:CL:MV"] == pytest.approx(COAL_CL, rel=1e-12)
    assert cc.by_background["background:acid@CN"] == pytest.approx(COAL_CN, rel=1e-12)
    assert cc.by_background["background:lorry"] == pytest.approx(1.5625, rel=1e-12)
    assert cc.by_background["background:landfill"] == pytest.approx(1.1640625, rel=1e-12)
    assert set(cc.by_process.values()) == {0.0}
    assert cc.sub == {"fossil": pytest.approx(HAND["CC"], rel=1e-12), "biogenic": 0.0, "land_use": 0.0}


def test_share_that_rests_on_estimates(result):
    """Acid is an estimate throughout: its power 1.5625 of 9.171875 kg CO2 eq, its SO2 of acidification."""
    assert result["CC"].screening_share == pytest.approx(COAL_CN / HAND["CC"], rel=1e-12)
    assert result["AC"].screening_share == pytest.approx(1.31 * 0.002 * ACID / HAND["AC"], rel=1e-12)
    assert result["WU"].screening_share == 0.0


def test_nothing_is_zero_by_omission(result):
    """Copper to long-term ground water (0.002 kg per landfill run) has no factor: listed, with its amount."""
    (flow,) = result.not_characterised
    assert (flow.flow, flow.compartment, flow.unit) == ("copper ion", "water/ground-long-term", "kg")
    assert flow.amount == pytest.approx(0.002 * LANDFILL, rel=1e-12)
    assert result["LU"].not_covered == ("background:electricity-coal@CL", "background:electricity-coal@CN")


def test_allocation_ledger_and_the_other_rules(result):
    """By mass 0.6; by contained metal 60 x 0.02 / (60 x 0.02 + 40 x 0.05) = 0.375; no prices, so none by value."""
    assert [(s.product, s.share) for s in result.allocation] == [("cobalt ore", 0.6), ("copper ore", 0.4)]
    other = result["WU"].sensitivity["allocation"]
    assert set(other) == {"element-mass"}
    assert other["element-mass"] == pytest.approx(HAND["WU"] * 0.375 / 0.6, rel=1e-12)


def test_brightway_solves_the_same_arrays_to_the_same_values(toy_route, toy_background, result):
    other = fp.calculate(toy_route, background=toy_background, engine="brightway")
    for code in result.codes:
        assert other[code].value == pytest.approx(result[code].value, rel=1e-9, abs=1e-30)


def test_variant_changes_place_and_supplier(toy_background):
    """Mining in China: AWARE 42.4 in place of 80.1, LANCA 75.71 in place of 176.13, all its power from coal."""
    from footprint.library.routes import load_route
    from tests.conftest import TOY

    china = fp.calculate(load_route("cobalt/invented@china", datasets=TOY), background=toy_background)
    assert china.route.id == "cobalt/invented@china"
    assert china["CC"].value == pytest.approx(HAND["CC"] + COAL_CL, rel=1e-12)
    assert china["WU"].value == pytest.approx(42.4 * 0.1 * MINING, rel=1e-12)


def test_a_parameter_can_be_set(toy_background):
    """Half the ore grade doubles ore, mining and transport; refining and acid stay."""
    from footprint.library.routes import load_route
    from tests.conftest import TOY

    poor = fp.calculate(load_route("cobalt/invented", {"ore_grade": 0.01}, datasets=TOY), background=toy_background)
    assert poor["CC"].value == pytest.approx(2 * (HAND["CC"] - COAL_CN) + COAL_CN, rel=1e-12)
