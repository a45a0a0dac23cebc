"""The choices of the rules in one view, by hand on the invented route (tests/unit/test_invented_route.py)."""

import shutil

import pytest

import footprint as fp
from footprint.calculation import Settings
from footprint.choices.transport import default_legs
from footprint.errors import InputError
from footprint.library.background import load_background
from tests.conftest import TOY
from tests.unit.test_invented_route import HAND, TKM

TRANSPORT = """
[[process]]
id = "%s"
name = "Transport"
location = "GLO"
year = 2021
source = "invented"
tier = "A"
product = [ { flow = "transport", amount = 1.0, unit = "t*km" } ]
exchange = [ { output = "carbon dioxide, fossil", to = "air/non-urban", amount = %s, unit = "kg" } ]
"""


@pytest.fixture(scope="module")
def found(toy_route, toy_background):
    return fp.scenarios(toy_route, Settings(background=toy_background))


def row(found, topic, choice):
    (only,) = [row for row in found.rows if (row.topic, row.choice) == (topic, choice)]
    return only


@pytest.fixture
def toy(tmp_path):
    """A copy of the invented route with some texts replaced."""

    def make(*changes, name="copy.toml"):
        text = (TOY / "routes" / "cobalt" / "toy.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return make


def test_the_result_stands_beside_its_choices(found):
    assert found.values == pytest.approx(HAND, rel=1e-12, abs=1e-30)


def test_allocation_by_contained_metal(found):
    """60 kg of ore with 2 % Co and 40 kg with 5 % Cu: 1.2 / 3.2 = 0.375 in place of 0.6.

    Minerals come from the mine alone: x 0.375 / 0.6 = 0.625, that is -37.5 %.
    """
    other = row(found, "allocation", "by element-mass")
    assert other.values["RUM"] == pytest.approx(0.625 * HAND["RUM"], rel=1e-12)
    assert found.change(other, "RUM") == pytest.approx(-0.375, rel=1e-12)


def test_a_rule_without_its_data_says_what_it_lacks(found):
    for choice, lacking in (("by economic", "price"), ("by energy", "energy")):
        other = row(found, "allocation", choice)
        assert other.values == {}
        assert f"needs '{lacking}'" in other.reason


def test_other_prices_leave_a_rule_without_prices(found):
    assert row(found, "prices", "mean of 2021 to 2024").values == pytest.approx(HAND, rel=1e-12, abs=1e-30)


def test_the_window_of_prices_is_the_only_change(toy, toy_background):
    """Ores priced as cobalt and copper, shared by value in both windows: only the prices move the shares."""
    priced = (
        ('allocation = "mass"', 'allocation = "economic"'),
        ('content = { Co = "ore_grade" } }', 'content = { Co = "ore_grade" }, price = "cobalt" }'),
        ("content = { Cu = 0.05 } }", 'content = { Cu = 0.05 }, price = "copper" }'),
    )
    from footprint.library.prices import load_prices, mean_price

    def share(first, last):
        cobalt, copper = (mean_price(name, first, last, load_prices()).value for name in ("cobalt", "copper"))
        return 60 * cobalt / (60 * cobalt + 40 * copper)

    found = fp.scenarios(toy(*priced), Settings(background=toy_background))
    other = row(found, "prices", "mean of 2021 to 2024")
    assert found.values["RUM"] == pytest.approx(HAND["RUM"] * share(2014, 2023) / 0.6, rel=1e-9)
    assert other.values["RUM"] == pytest.approx(HAND["RUM"] * share(2021, 2024) / 0.6, rel=1e-9)


def test_a_residual_mix_that_nobody_holds_is_no_zero(found):
    other = row(found, "electricity", "residual")
    assert other.values == {}
    assert "no residual mix is held for CL" in other.reason


def test_the_production_mix_of_another_country(toy, toy_background):
    """The mine in China with Chile's power: its production mix is all coal, 9.765625 / 2 kg CO2 more."""
    path = toy(('location = "CL"\nyear', 'location = "CN"\nyear'))
    found = fp.scenarios(path, Settings(background=toy_background))
    assert row(found, "electricity", "production-mix").values["CC"] == pytest.approx(HAND["CC"] + 9.765625 / 2)


def test_long_term_emissions_the_other_way(found, toy_route, toy_background):
    """Copper to long-term ground water has no factor: without it everything stays; and the other way round."""
    assert row(found, "long-term emissions", "exclude").values == pytest.approx(HAND, rel=1e-12, abs=1e-30)
    without = fp.scenarios(toy_route, Settings(background=toy_background, long_term="exclude"))
    assert row(without, "long-term emissions", "include").values == pytest.approx(HAND, rel=1e-12, abs=1e-30)


def test_regional_factors_concern_their_categories_alone(found):
    other = row(found, "acidification", "regional factors")
    assert set(other.values) == set(found.method.regional_sensitivity)


# --- recycled content


def test_a_primary_system_has_no_recycled_content(found):
    other = row(found, "recycled content", "A = 0.2")
    assert other.values == pytest.approx(HAND, rel=1e-12, abs=1e-30)
    assert "R1 = 0" in other.reason
    assert "information only" in other.rule


def test_secondary_metal_with_four_fifths_of_the_primary_burden(toy, toy_background):
    """Primary with twice the waste rock: 1.1640625 kg CO2 eq more. 0.2 E + 0.8 (E + 1.1640625)."""
    primary = toy(('amount = 0.1, unit = "t"', 'amount = 0.2, unit = "t"'), name="primary.toml")
    secondary = toy(('system = "primary"', 'system = "secondary"'))
    found = fp.scenarios(secondary, Settings(background=toy_background), [str(primary)])
    other = row(found, "recycled content", f"A = 0.2 with {primary}")
    assert other.values["CC"] == pytest.approx(HAND["CC"] + 0.8 * 1.1640625, rel=1e-12)


def test_primary_metal_is_weighed_per_kg_of_metal(toy, toy_background):
    """Primary product with half the metal: twice of it is needed. 0.2 E + 0.8 x 2 E = 1.8 E."""
    primary = toy(('element = "Co"\ncontent = 1.0', 'element = "Co"\ncontent = 0.5'), name="primary.toml")
    secondary = toy(('system = "primary"', 'system = "secondary"'))
    found = fp.scenarios(secondary, Settings(background=toy_background), [str(primary)])
    other = row(found, "recycled content", f"A = 0.2 with {primary}")
    assert other.values["CC"] == pytest.approx(1.8 * HAND["CC"], rel=1e-12)
    assert "times 2" in other.reason


def test_without_primary_metal_the_factor_cannot_be_computed(toy, toy_background):
    secondary = toy(('system = "primary"', 'system = "secondary"'), ('form = "metal"', 'form = "sponge of nobody"'))
    other = row(fp.scenarios(secondary, Settings(background=toy_background)), "recycled content", "A = 0.2")
    assert other.values == {}
    assert "no shipped primary route makes Co as sponge of nobody" in other.reason


def test_a_mixed_system_has_the_primary_part_of_the_primary_route(toy, toy_background):
    """Half recycled: 0.5 Ev + 0.5 (0.2 Erec + 0.8 Ev) = 0.2 E + 0.8 Ev, with E = 0.5 Ev + 0.5 Erec."""
    primary = toy(('amount = 0.1, unit = "t"', 'amount = 0.2, unit = "t"'), name="primary.toml")
    head = 'system = "mixed"\nshare_pre_consumer = 0.0\nshare_post_consumer = 0.5'
    found = fp.scenarios(toy(('system = "primary"', head)), Settings(background=toy_background), [str(primary)])
    other = row(found, "recycled content", f"A = 0.2 with {primary}")
    virgin = HAND["CC"] + 1.1640625
    recycled = 2 * HAND["CC"] - virgin
    assert other.values["CC"] == pytest.approx(0.5 * virgin + 0.5 * (0.2 * recycled + 0.8 * virgin), rel=1e-12)
    assert "the primary part of the route taken as that metal" in other.reason


def test_a_secondary_route_is_no_primary_metal(toy, toy_background):
    secondary = toy(('system = "primary"', 'system = "secondary"'))
    found = fp.scenarios(secondary, Settings(background=toy_background), [str(secondary)])
    assert "is no primary route" in row(found, "recycled content", f"A = 0.2 with {secondary}").reason


# --- transport


def test_the_default_legs():
    """METHOD 3.9: in Europe 130 km by lorry, 240 by rail, 270 by barge; from outside 1000 by lorry, 18000 by ship."""
    legs = {name: [(leg.by, leg.distance) for leg in found] for name, found in default_legs().items()}
    assert legs["supplier in Europe"] == [("lorry-over-32t", 130), ("rail-diesel", 240), ("barge", 270)]
    assert legs["supplier outside Europe"] == [("lorry-over-32t", 1000), ("ship-container", 18000)]


@pytest.fixture
def shipping(tmp_path):
    """The invented background with the transports of the defaults: lorry 0.1, ship 0.01, rail 0.02, barge 0.03."""
    folder = tmp_path / "shipping"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("routes"))
    modes = {"lorry-over-32t": 0.1, "ship-container": 0.01, "rail-diesel": 0.02, "barge": 0.03}
    text = 'schema = 1\ngroup = "transport"\n' + "".join(TRANSPORT % mode for mode in modes.items())
    (folder / "background" / "transport.toml").write_text(text, encoding="utf-8")
    return load_background(folder)


def test_ore_from_outside_europe(toy_route, shipping):
    """78.125 kg of ore: 1000 km at 0.1 and 18000 km at 0.01 kg CO2/t*km in place of 200 km at 0.1."""
    other = row(fp.scenarios(toy_route, Settings(background=shipping)), "transport", "default distances")
    expected = HAND["CC"] - 0.1 * TKM + 78.125 * (0.1 * 1 + 0.01 * 18)
    assert other.values["CC"] == pytest.approx(expected, rel=1e-12)
    assert "inputs of this file with distances: 1" in other.reason


def test_ore_within_europe(toy, shipping):
    """130 km at 0.1, 240 at 0.02 and 270 at 0.03 kg CO2/t*km."""
    path = toy(('location = "CL"\nyear', 'location = "FI"\nyear'), ('location = "CN"\nyear', 'location = "SE"\nyear'))
    other = row(fp.scenarios(path, Settings(background=shipping)), "transport", "default distances")
    expected = HAND["CC"] - 0.1 * TKM + 78.125 * (0.1 * 0.13 + 0.02 * 0.24 + 0.03 * 0.27)
    assert other.values["CC"] == pytest.approx(expected, rel=1e-12)


def test_own_vehicles_stay(toy, shipping):
    path = toy(('distance = 200, unit = "km" }', 'distance = 200, unit = "km", own = true }'))
    other = row(fp.scenarios(path, Settings(background=shipping)), "transport", "default distances")
    assert other.values == {}
    assert "no input of the route has a transport distance" in other.reason


def test_a_background_without_the_default_modes_says_so(found):
    assert "lorry-over-32t" in row(found, "transport", "default distances").reason


def test_a_route_that_is_not_there_is_an_input_error():
    with pytest.raises(InputError, match="copper/cathode-pyr"):
        fp.scenarios("copper/cathode-pyr")
