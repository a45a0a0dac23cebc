"""Site parameters of background processes: set by a route, by a variant, by the caller; by hand on an invented pond.

The pond takes slurry and gives off methane: gas (g/m3) x depth (m) per kg, which is 1e-3 kg x gas x depth / 1000 per kg
of slurry at 1 t/m3 and 1 m2; the generic gas is 20 g/m3 and the generic depth 5 m, so 20 x 5 x 1e-6 = 1e-4 kg/kg.
The route sends 100 kg of slurry per run of the mine, which runs 0.78125 times (test_invented_route): 78.125 kg.
"""

import json

import pytest

import footprint as fp
from footprint.checks.provenance import provenance
from footprint.checks.sites import sites
from footprint.errors import InputError
from footprint.library.background import load_background
from footprint.library.routes import load_route
from footprint.units import conversion
from tests.conftest import TOY
from tests.unit.checking import one

POND = """
[[process]]
id = "pond"
name = "Pond"
location = "GLO"
year = 2021
source = "invented"
tier = "D"
settled_by = "a sampling campaign"
waste = { flow = "slurry", amount = 1.0, unit = "kg" }
exchange = [
  { output = "methane, fossil", to = "air/non-urban", amount = "gas * depth * 1e-3", unit = "g" },
  { input = "electricity", from = "electricity:LOCAL:MV", amount = "pumping", unit = "kWh" },
]

[process.parameter]
gas = { value = "generic_gas", unit = "g/m3", source = "guess", low = 10.0, high = 40.0 }
depth = { value = 5.0, unit = "m", source = "invented" }
pumping = { value = 0.0, unit = "kWh/kg", source = "invented" }
"""
SLURRY, CH4, GENERIC = 78.125, 29.8, 20 * 5 * 1e-6
A, B = 'flow = "a", amount = 1.0, unit = "kg"', 'flow = "b", amount = 1.0, unit = "kg"'
FILES = ("background/toy.toml", "electricity/mix.csv", "electricity/parameters.toml", "sources.toml")


@pytest.fixture(scope="module")
def background(tmp_path_factory):
    root = tmp_path_factory.mktemp("ponds")
    for name in FILES:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((TOY / name).read_text(encoding="utf-8"), encoding="utf-8")
    head = '[parameter.generic_gas]\nvalue = 20.0\nunit = "g/m3"\nsource = "guess"\nlow = 10.0\nhigh = 40.0\n'
    text = f'schema = 1\ngroup = "ponds"\n\n{head}{POND}'
    (root / "background" / "ponds.toml").write_text(text, encoding="utf-8")
    return load_background(root)


@pytest.fixture
def route(tmp_path):
    """The invented route with its waste rock sent to the pond, and these tables in it."""

    def make(tables="", treatment="background:pond", variant=""):
        text = (TOY / "routes" / "cobalt" / "toy.toml").read_text(encoding="utf-8")
        text = text.replace('"background:landfill"', f'"{treatment}"').replace("[boundary]", f"{tables}\n[boundary]", 1)
        path = tmp_path / "toy.toml"
        path.write_text(text, encoding="utf-8")
        return f"{path}{variant}"

    return make


def methane(route, background, **options):
    """kg of methane per declared unit."""
    flows = fp.calculate(route, background=background, **options).flows
    return next(flow.amount for flow in flows if flow.flow == "methane, fossil")


GAS = '[site.pond]\ngas = { value = 3.0, unit = "mg/l", source = "invented", locator = "row 2" }\n'


def test_without_a_site_the_generic_values_hold(route, background):
    assert methane(route(), background) == pytest.approx(SLURRY * GENERIC, rel=1e-12)


def test_a_site_sets_a_parameter_and_its_unit_is_converted(route, background):
    """3 mg/l are 3 g/m3: 3 x 5 x 1e-6 kg per kg."""
    result = fp.calculate(route(GAS), background=background)
    found = next(flow.amount for flow in result.flows if flow.flow == "methane, fossil")
    assert found == pytest.approx(SLURRY * 3 * 5e-6, rel=1e-12)
    generic = fp.calculate(route(), background=background)
    moved = CH4 * SLURRY * (3 - 20) * 5e-6
    assert result["CC"].value - generic["CC"].value == pytest.approx(moved, rel=1e-9)


def test_a_site_may_use_the_parameters_of_the_route(route, background):
    """ore_grade is 0.02, so gas = 150 x 0.02 = 3 g/m3; with a grade of 0.04 it is 6."""
    table = '[site.pond]\ngas = { value = "150 * ore_grade", unit = "g/m3", source = "invented" }\n'
    name = route(table)
    assert methane(name, background) == pytest.approx(SLURRY * 3 * 5e-6, rel=1e-12)
    doubled = methane(name, background, overrides={"ore_grade": 0.04})
    assert doubled == pytest.approx(SLURRY / 2 * 6 * 5e-6, rel=1e-12)


def test_the_caller_sets_a_parameter_with_or_without_a_row_in_the_file(route, background):
    """Without a row the value is in the unit of the background's parameter, with one in the unit of the row."""
    assert methane(route(), background, overrides={"pond.depth": 2.0}) == pytest.approx(SLURRY * 20 * 2e-6)
    table = '[site.pond]\ndepth = { value = 4.0, unit = "km", source = "invented" }\n'
    assert methane(route(table), background, overrides={"pond.depth": 0.002}) == pytest.approx(SLURRY * 20 * 2e-6)


def test_a_variant_sets_a_parameter(route, background):
    change = '[variant.deep]\nsite.pond.depth = { value = 9.0, unit = "m", source = "invented" }\n'
    assert methane(route(GAS + change, variant="@deep"), background) == pytest.approx(SLURRY * 3 * 9e-6)


def test_a_named_site_stands_on_top_of_the_common_one(route, background):
    named = '[site."pond#north"]\ndepth = { value = 1.0, unit = "m", source = "invented" }\n'
    assert methane(route(GAS + named, "background:pond#north"), background) == pytest.approx(SLURRY * 3e-6)
    assert methane(route(GAS + named), background) == pytest.approx(SLURRY * 3 * 5e-6)
    with pytest.raises(InputError, match=r"site 'pond#nord' is not in this file; did you mean 'pond#north'"):
        methane(route(GAS + named, "background:pond#nord"), background)


def test_a_site_stands_where_its_taker_stands(route, background):
    """In Chile, half coal, 1 kWh/kg of MV power is 1.25 kWh HV, 0.625 kg CO2; in China, all coal, twice that."""
    table = '[site.pond]\npumping = { value = 1.0, unit = "kWh/kg", source = "invented" }\n'
    none = fp.calculate(route(), background=background)["CC"].value
    here = fp.calculate(route(table), background=background)
    there = fp.calculate(route(table, "background:pond@CN"), background=background)
    assert here["CC"].value - none == pytest.approx(SLURRY * 1.25 * 0.5, rel=1e-9)
    assert there["CC"].value - none == pytest.approx(SLURRY * 1.25, rel=1e-9)
    assert "background:pond@CL#site" in here["CC"].by_background


def test_a_site_counts_as_an_estimate_only_where_its_values_are(route, background):
    """The generic gas is a guess; the site's is published, and the depth always was."""
    shares = [fp.calculate(route(table), background=background)["HTNC"].screening_share for table in ("", GAS)]
    assert shares == [1.0, 0.0]


def test_calculations_do_not_see_each_other_s_sites(route, background):
    name = route()
    for depth in (2.0, 7.0):
        assert methane(name, background, overrides={"pond.depth": depth}) == pytest.approx(SLURRY * 20e-6 * depth)
    assert methane(name, background) == pytest.approx(SLURRY * GENERIC)


def test_both_engines_agree_on_a_site(route, background):
    pytest.importorskip("bw2calc")
    ours, theirs = (fp.calculate(route(GAS), background=background, engine=e) for e in ("kernel", "brightway"))
    for code in ours.codes:
        assert theirs[code].value == pytest.approx(ours[code].value, rel=1e-9, abs=1e-30)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[site.pont]\ngas = { value = 1.0, unit = "g/m3" }', "'pont' is no background process; did you mean 'pond'?"),
        ('[site.pond]\ngaz = { value = 1.0, unit = "g/m3" }', "no parameter 'gaz'; did you mean 'gas'?; it has: gas"),
        ('[site.acid]\ngas = { value = 1.0, unit = "g/m3" }', "it has none that a site could set"),
        (
            '[site.pond]\ngas = { value = 1.0, unit = "kg" }',
            "'gas': unit 'kg' does not fit: 'g/m3' is needed",
        ),
        ('[site.pond]\ngas = { value = -1.0, unit = "g/m3" }', "becomes -5e-06; amounts are never negative"),
    ],
)
def test_what_is_wrong_with_a_site_is_told(route, background, table, told):
    with pytest.raises(InputError) as caught:
        methane(route(table), background)
    assert told in str(caught.value)
    assert "toy.toml" in str(caught.value)
    found = [f for f in sites(load_route(route(table)), background) if f.rule == "sites.unknown"]
    assert told in one(found).message


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[site.pond]\ngas = { value = 1.0 }", "missing required field 'unit'"),
        ('[site.pond]\ngas = { value = 1.0, unit = "g/qm" }', "unit 'g/qm': 'qm' is not known"),
        ('[site."Pond Nord"]\n', "the id of a background process, or ID#NAME"),
        ('[site.pond]\ngas = { value = "ore_grad", unit = "g/m3" }', "did you mean 'ore_grade'?"),
        ('[site.pond]\ngas = { value = 1.0, unit = "g/m3", source = "nobody" }', "source 'nobody' is not in"),
    ],
)
def test_a_malformed_site_is_refused_when_the_file_is_read(route, table, told):
    with pytest.raises(InputError) as caught:
        load_route(route(table))
    assert told in str(caught.value)


def test_a_value_chosen_for_a_site_that_nothing_takes_is_an_error(route, background):
    with pytest.raises(InputError, match=r"'pond\.depth': the route takes nothing from 'pond'"):
        methane(route(treatment="background:landfill"), background, overrides={"pond.depth": 1.0})


# --- findings


def test_generic_values_are_named_with_what_would_settle_them(route, background):
    found = one(sites(load_route(route()), background))
    assert (found.rule, found.severity, found.where) == ("sites.generic", "warning", "background:pond")
    assert "3 of 3 site parameters are generic: gas, depth; held at 0: pumping" in found.message
    assert "[site.pond], from a sampling campaign" in found.message


def test_what_is_left_after_some_are_set_is_a_note(route, background):
    found = one(sites(load_route(route(GAS)), background))
    assert (found.severity, "2 of 3" in found.message) == ("note", True)


def test_a_process_with_all_its_values_is_a_placeholder_no_more(route, background):
    depth = 'depth = { value = 5.0, unit = "m", source = "invented" }\n'
    pumping = 'pumping = { value = 0, unit = "kWh/t", source = "invented" }\n'
    name = route(GAS + depth + pumping)
    assert not list(sites(load_route(name), background))
    assert [n.tier for n in _nodes(name, background) if n.key.endswith("#site")] == ["C"]


def test_a_site_without_a_taker_is_told(route, background):
    found = one(sites(load_route(route(GAS, "background:landfill")), background))
    assert (found.rule, found.severity) == ("sites.unused", "warning")


def test_values_of_a_site_are_checked_for_their_sources(route, background):
    table = '[site.pond]\ngas = { value = 1.0, unit = "g/m3" }\n'
    found = [f for f in provenance(load_route(route(table)), background.sources) if "site" in f.where]
    assert (one(found).rule, one(found).where) == ("provenance.no-source", "site 'pond', gas")


def _nodes(route, background):
    from footprint.calculation import Settings, assess_route

    return assess_route(load_route(route), Settings(background=background)).assessment.graph.nodes


# --- the background file


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"gas * depth * 1e-3"', '"gas * generic_gas"', "'generic_gas' is not a parameter"),
        ('"pumping"', '"pumpin"', "did you mean 'pumping'?"),
        ('value = "generic_gas"', 'value = "depth"', "'depth' is not a parameter"),
        ("waste = {", f"product = [ {{ {A} }}, {{ {B} }} ]\n#", "has one product"),
    ],
)
def test_amounts_of_a_process_with_parameters_use_these_alone(tmp_path, old, new, told):
    for name in FILES:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((TOY / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert old in POND
    head = 'schema = 1\ngroup = "ponds"\n[parameter.generic_gas]\nvalue = 20.0\nunit = "g/m3"\n'
    (tmp_path / "background" / "ponds.toml").write_text(head + POND.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_background(tmp_path)
    assert told in str(caught.value)
    assert "process 'pond'" in str(caught.value)


# --- the shipped background


def test_each_placeholder_names_its_parameters_with_range_meaning_and_what_settles_them():
    for ident, process in load_background().generic.items():
        assert bool(process.parameters) == (process.tier == "D"), ident
        for parameter in process.parameters:
            spread = parameter.amount.spread
            assert spread is not None, f"{ident}: how far does {parameter.name} vary?"
            assert spread.low <= parameter.amount.value <= spread.high, f"{ident}: {parameter.name}"
            assert len(parameter.amount.locator) > 5, f"{ident}: what does {parameter.name} mean?"
        assert process.tier != "D" or len(process.settled_by) > 20, ident


def test_leachate_of_a_tailings_dam_by_hand(tmp_path):
    """1 kg at 10 m and 1.4 t/m3 lies on 1 / 14000 m2; 0.2 m/a x 3 g/m3 x 100 a x (1 - 0.25) = 45 g/m2: 3.2143e-6 kg Cu.

    Lime: 0.2 x 100 x 0.25 m3/m2 x 2000 g/m3 CaCO3 x 0.5603 = 5603 g/m2 of CaO: 4.0021e-4 kg.
    """
    from footprint.library.providers import parse_provider
    from footprint.model import Amount, Parameter

    given = {"height": 10.0, "drainage": 0.2, "copper_leached": 3.0, "treated": 0.25, "acidity": 2000.0}
    values = {name: Parameter(name, Amount(value, "", "", "", "estimate")) for name, value in given.items()}
    process = load_background().at_site(parse_provider("background:tailings-dam@CL"), values)
    found = {(e.flow, e.partner): e.amount.value for e in process.exchanges}
    assert found["copper ion", "water/ground"] == pytest.approx(45e-3 / 14000, rel=1e-12)
    assert found["quicklime", "background:quicklime"] == pytest.approx(5.603 / 14000, rel=1e-12)
    assert found["occupation, dump site", "land"] == pytest.approx(60 / 14000, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "wanted", "factor"),
    [("mg/l", "g/m3", 1.0), ("kg/t", "g/kg", 1.0), ("m/a", "m/a", 1.0), ("%", "1", 0.01), ("kWh/t", "MJ/kg", 0.0036)],
)
def test_units_of_parameters_convert(given, wanted, factor):
    assert conversion(given, wanted) == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(("given", "wanted"), [("g", "g/m3"), ("m", "a"), ("kg/m3", "kg/m2")])
def test_units_that_measure_something_else_are_refused(given, wanted):
    with pytest.raises(InputError, match="does not fit"):
        conversion(given, wanted)


def test_the_listing_of_site_parameters(capsys):
    from footprint.commands.background import sites as command

    command(["tailings-dam"], as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert {row["process"] for row in rows} == {"tailings-dam"}
    assert {"height", "copper_leached", "acidity"} <= {row["parameter"] for row in rows}
