"""Which categories the invented background covers, process by process, and what its products bring on their own."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from footprint.impact.coverage import background_coverage
from footprint.impact.supply import background_supply
from footprint.inventory.allocation import AllocationRules
from footprint.library.method import load_method
from footprint.library.providers import parse_provider
from footprint.report.coverage import coverage_csv, coverage_svg
from footprint.report.spreadsheet import plain_cell

RULES = AllocationRules({}, (2014, 2023))


@pytest.fixture(scope="module")
def coverage(toy_background):
    return background_coverage(toy_background, load_method(), RULES)


@pytest.fixture(scope="module")
def rows(coverage):
    return {row.process: row for row in coverage.rows}


@pytest.mark.parametrize(
    ("process", "code", "status"),
    [
        ("electricity-coal", "CC", "covered"),  # emits CO2
        ("electricity-coal", "LU", "not covered"),  # says so
        ("electricity-coal", "WU", "partly"),  # exchanges nothing that water use counts, and does not say why
        ("electricity-hydro", "WU", "covered"),  # takes river water
        ("electricity-hydro", "CC", "partly"),
        ("acid", "CC", "covered"),  # by its electricity: the world mix has coal
        ("acid", "WU", "covered"),  # and water power
        ("acid", "LU", "partly"),
        ("landfill", "HTNC", "covered"),  # methane
        ("landfill", "OD", "partly"),
    ],
)
def test_status_of_a_category(rows, process, code, status):
    assert rows[process].status[code] == status


def test_gaps_upstream_are_counted(rows):
    """Coal power says it holds no land use: one gap upstream of acid, none upstream of coal power itself."""
    assert rows["acid"].gaps["LU"] == 1
    assert rows["electricity-coal"].gaps["LU"] == 0
    assert rows["lorry"].gaps["LU"] == 0


def test_water_taken_and_returned_is_covered_though_it_nets_to_zero(toy_background):
    """Coverage asks which flows are exchanged, not whether their sum is zero."""
    hydro = toy_background.generic["electricity-hydro"]
    taken = hydro.exchanges[0]
    returned = replace(taken, kind="emission", flow="water", partner="water/surface")
    both = replace(
        toy_background,
        generic={**toy_background.generic, "electricity-hydro": replace(hydro, exchanges=(taken, returned))},
        memo={},
        _built={},
    )
    (row,) = [r for r in background_coverage(both, load_method(), RULES).rows if r.process == "electricity-hydro"]
    assert row.status["WU"] == "covered"


def test_totals_count_every_process_once(coverage):
    found = coverage.to_dict()
    assert found["totals"]["LU"]["not covered"] == 1
    assert {sum(counts.values()) for counts in found["totals"].values()} == {5}


def test_csv_has_a_line_per_process(coverage):
    lines = coverage_csv(coverage).splitlines()
    assert lines[0].startswith("group,process,name,products,unit,tier,year,location,dqr,CC,OD")
    assert lines[1].startswith("toy,electricity-coal,Electricity from coal,electricity,kWh,A,2021,GLO,,covered,partly")
    assert len(lines) == 6


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_is_text(cell):
    assert plain_cell(cell) == f"'{cell}"


def test_the_picture_is_xml_whatever_a_name_holds(coverage):
    """A square per cell and three in the legend; markup and control characters in names do no harm."""
    bad = replace(coverage.rows[0], process="</text><script>", name='a"&<b>\x07', group="]]>")
    svg = coverage_svg(replace(coverage, rows=(bad, *coverage.rows[1:])))
    root = ElementTree.fromstring(svg)
    assert len(root.findall(".//{http://www.w3.org/2000/svg}g")) == 5 * 16 + 3
    assert "<script" not in svg


def test_a_product_alone(toy_background):
    """Acid: 0.5 kWh MV x 1.25 = 0.625 kWh HV of the world, 0.75 coal: 0.46875 kg CO2. Landfill: 0.5 x 29.8 / 1000."""
    providers = [("background:acid", "acid"), ("background:landfill", "waste rock"), ("electricity:CL:LV", "")]
    supply = background_supply(
        toy_background, load_method(), RULES, [(parse_provider(name), flow) for name, flow in providers]
    )
    acid, landfill, low_voltage = (supply.value(key)[0] for key in supply.keys)  # per kg, kg and MJ
    assert acid == pytest.approx(0.5 * 1.25 * 0.75, rel=1e-12)
    assert landfill == pytest.approx(0.5 * 29.8 / 1000, rel=1e-12)
    assert low_voltage == pytest.approx(1.5 * 1.25 * 0.5 / 3.6, rel=1e-12)
