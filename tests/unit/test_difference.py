"""`difference` on pairs of invented studies, each part calculated by hand (numbers of test_invented_route.py).

1 kg cobalt metal: refining runs 1.25 times and takes 78.125 kg of ore over 200 km (0.1 kg CO2 per t*km) and 2.5 kg of
acid; mining runs 0.78125 times, with 10 kWh MV = 12.5 kWh HV of which half is coal (1 kg CO2 per kWh) and 100 kg of
waste rock (0.5 kg CH4 per t, 29.8 kg CO2 eq per kg). Of a product of two factors x y, the part of x is
(x1 - x0) (y0 + y1) / 2; of three, the part of x is (x1 - x0) (y0 z0 / 3 + y0 z1 / 6 + y1 z0 / 6 + y1 z1 / 3).
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import footprint as fp
from footprint.declaration.difference import Difference, shapley
from footprint.errors import InputError
from footprint.library.method import load_method
from tests.conftest import TOY

TEXT = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8")
OLD_CC = 9.171875
LESS_ORE = ('"1.25 / ore_grade"', '"1.0 / ore_grade"')
NEARER = ("distance = 200", "distance = 100")
LESS_POWER = ("amount = 10.0", "amount = 8.0")
MORE_COPPER = ('flow = "copper ore", amount = 40.0', 'flow = "copper ore", amount = 90.0')
MORE_ROCK = ('amount = 0.1, unit = "t"', 'amount = 0.2, unit = "t"')
NOX = '{ output = "nitrogen oxides", to = "air/non-urban", amount = 0.01, unit = "kg" },'
CO2 = (NOX, f'{NOX}\n  {{ output = "carbon dioxide, fossil", to = "air/non-urban", amount = 0.3, unit = "kg" }},')


@pytest.fixture
def write(tmp_path):
    def writer(name: str, *changes: tuple[str, str]) -> Path:
        text = TEXT
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / name / "study.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return writer


@pytest.fixture
def changed(write):
    """The difference from the invented study to the one with these changes."""

    def difference(*changes: tuple[str, str], **options) -> Difference:
        return fp.difference(write("old"), write("new", *changes), **{"background": TOY, **options})

    return difference


def parts(found: Difference, code: str = "CC") -> dict[str, float]:
    return {cause: pytest.approx(part, rel=1e-9, abs=1e-15) for cause, part in found.parts[code].items()}


@pytest.mark.parametrize(
    ("change", "cause", "by_hand"),
    [
        (LESS_POWER, "energy-mix", -2 * 1.25 * 0.5 * 0.78125),
        (('acid@CN", amount = 2.0', 'acid@CN", amount = 3.0'), "bill-of-materials", 1.25 * 0.625),
        (("background:acid@CN", "background:acid@CL"), "bill-of-materials", -2.5 * 0.625 / 2),
        (("electricity:CL:MV\", amount", 'electricity:CN:MV", amount'), "energy-mix", 12.5 * 0.5 * 0.78125),
        (CO2, "direct", 0.3 * 1.25),
        (NEARER, "transport", -0.1 * 0.1 * 78.125),
        (MORE_COPPER, "allocation", (60 / 150 - 0.6) * 78.125 / 60 * (6.25 + 1.49)),
        (MORE_ROCK, "other", 1.49 * 0.78125),
    ],
    ids=["power", "acid", "acid from Chile", "power of China", "stack", "distance", "co-product", "waste rock"],
)  # fmt: skip
def test_one_change_is_one_cause(changed, change, cause, by_hand):
    found = changed(change)
    assert found.old["CC"] == pytest.approx(OLD_CC, rel=1e-12)
    assert parts(found) == {cause: by_hand}
    assert found.new["CC"] == pytest.approx(OLD_CC + by_hand, rel=1e-12)


def test_the_place_of_a_process_is_a_cause_of_its_own(changed):
    """Mining in China with power of Chile: AWARE 42.4 in place of 80.1 on 0.1 m3 a run; its CO2 is the same."""
    found = changed(('location = "CL"\nyear = 2021\nsource = "invented"\nlocator', 'location = "CN"\nyear = 2021\n'
                     'source = "invented"\nlocator'))  # fmt: skip
    assert parts(found, "WU") == {"site": (42.4 - 80.1) * 0.1 * 0.78125}
    assert parts(found) == {"site": 0.0}


def test_two_causes_that_act_together_share_what_both_make(changed):
    """Ore 78.125 -> 62.5 kg (mining 0.78125 -> 0.625 runs of 7.74 kg CO2 eq), distance 200 -> 100 km."""
    bill = (0.625 - 0.78125) * 7.74 + 0.1 * (62.5 - 78.125) * (0.2 + 0.1) / 2
    transport = 0.1 * (0.1 - 0.2) * (78.125 + 62.5) / 2
    found = changed(LESS_ORE, NEARER)
    assert parts(found) == {"bill-of-materials": bill, "transport": transport}
    assert bill + transport == pytest.approx(7.025 - OLD_CC, rel=1e-12)
    assert found.new["CC"] == pytest.approx(7.025, rel=1e-12)


def test_three_causes_that_act_together(changed):
    """Ore x, share y, power z: 78.125/60 -> 62.5/60 runs of mining, 0.6 -> 0.4, 6.25 -> 5 kg CO2 a run.

    Beside x y z stand x y times 1.49 kg for waste rock, and x times 1.2 kg for the transport of 60 kg of ore.
    """
    x, y, z, rock, way = (78.125 / 60, 62.5 / 60), (0.6, 0.4), (6.25, 5.0), 1.49, 0.1 * 0.2 * 60

    def part(a, b, c):
        return (a[1] - a[0]) * (b[0] * c[0] / 3 + b[0] * c[1] / 6 + b[1] * c[0] / 6 + b[1] * c[1] / 3)

    by_hand = {
        "bill-of-materials": part(x, y, z) + (x[1] - x[0]) * ((y[0] + y[1]) / 2 * rock + way),
        "energy-mix": part(z, x, y),
        "allocation": part(y, x, z) + (y[1] - y[0]) * (x[0] + x[1]) / 2 * rock,
    }
    found = changed(LESS_ORE, MORE_COPPER, LESS_POWER)
    assert parts(found) == by_hand
    assert sum(by_hand.values()) == pytest.approx(found.new["CC"] - OLD_CC, rel=1e-12)


def test_annual_totals_of_another_year_differ_in_nothing_but_what_changed(changed):
    """Refining times 1000, with 3 kg of acid in place of 2 per kg: only the acid differs."""
    found = changed(
        ('flow = "cobalt metal", amount = 1.0', 'flow = "cobalt metal", amount = 1000.0'),
        ('"1.25 / ore_grade"', '"1250 / ore_grade"'),
        ("amount = 0.2, unit = \"kg\", note", 'amount = 0.2, unit = "t", note'),
        ('acid@CN", amount = 2.0, unit = "kg"', 'acid@CN", amount = 3.0, unit = "t"'),
        ("amount = 0.01, unit", "amount = 10.0, unit"),
    )  # fmt: skip
    assert parts(found) == {"bill-of-materials": 1.25 * 0.625}


def test_the_same_study_has_no_causes(changed):
    found = changed(("Invented cobalt", "Another name"))
    assert found.causes == ()
    assert found.new == found.old


PLANT = """
[[process]]
id = "acid-plant"
name = "Acid plant"
stage = "refining"
location = "CN"
year = 2021
source = "invented"
product = [ { flow = "acid", amount = 500.0, unit = "kg" } ]
exchange = [
  { input = "electricity, medium voltage", from = "electricity:CN:MV", amount = 200.0, unit = "kWh" },
  { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 25.0, unit = "kg" },
]
"""


def with_plant(path: Path) -> Path:
    path.write_text(path.read_text(encoding="utf-8") + PLANT, encoding="utf-8")
    return path


def test_a_process_that_was_added_counts_where_something_takes_from_it(write):
    """Own acid: 0.4 kWh MV = 0.5 kWh HV of coal and 0.05 kg CO2 per kg, 0.55 in place of 0.625 kg CO2 eq, 2.5 kg."""
    new = with_plant(write("new", ("background:acid@CN", "acid-plant")))
    found = fp.difference(write("old"), new, background=TOY)
    assert parts(found) == {"bill-of-materials": 2.5 * (0.55 - 0.625)}
    back = fp.difference(new, write("old"), background=TOY)
    assert parts(back) == {"bill-of-materials": 2.5 * (0.625 - 0.55)}


def test_a_process_that_shares_only_its_id_with_an_old_one_is_another_process(write):
    """The acid plant is now a boiler: 0.55 kg CO2 eq per m3 of steam, 1 m3 a run of mining; acid is bought again."""
    old = with_plant(write("old", ("background:acid@CN", "acid-plant")))
    steam = '{ input = "steam", from = "acid-plant", amount = 1.0, unit = "m3" },\n  { input = "water, river"'
    new = with_plant(write("new", ('{ input = "water, river"', steam)))
    made = 'flow = "acid", amount = 500.0, unit = "kg"'
    new.write_text(new.read_text().replace(made, 'flow = "steam", amount = 500.0, unit = "m3"'), encoding="utf-8")
    found = fp.difference(old, new, background=TOY)
    assert parts(found) == {"bill-of-materials": 0.55 * 0.78125 + 2.5 * (0.625 - 0.55)}
    assert found.notes == ()


def test_a_supplier_that_declares_less_is_of_the_bill_of_materials(write):
    """Each study has its supplier's declaration beside it, under the same name: acid with 0.5, then 0.2 kg CO2 eq."""
    paths = []
    for name, value in (("old", 0.5), ("new", 0.2)):
        paths.append(write(name, ("background:acid@CN", "declaration:acid.json")))
        declared = {
            "schema": "footprint/supplier-declaration/1", "operator": "Acid Works", "year": 2025, "method": "ef-3.1",
            "declared_unit": {"product": "acid", "amount": 1.0, "unit": "kg"},
            "results": {"CC": {"value": value, "unit": "kg CO2 eq"}},
        }  # fmt: skip
        (paths[-1].parent / "acid.json").write_text(json.dumps(declared), encoding="utf-8")
    assert parts(fp.difference(*paths, background=TOY)) == {"bill-of-materials": 2.5 * (0.2 - 0.5)}


def test_releases_of_background_and_method_are_causes(write, tmp_path):
    """Acid takes 1.0 in place of 0.5 kWh, 1.25 and not 0.625 kg CO2 eq per kg, beside 7.609375 of all else.

    And the new method counts everything twice.
    """
    shutil.copytree(TOY, tmp_path / "release")
    toml = tmp_path / "release/background/toy.toml"
    toml.write_text(toml.read_text().replace("amount = 0.5, unit = \"kWh\", low = 0.4, high = 0.6",
                                             'amount = 1.0, unit = "kWh"'))  # fmt: skip
    method = load_method()
    twice = replace(method, sha256="0" * 64, global_factors=2 * method.global_factors)
    found = fp.difference(
        write("old"), write("new"), method=twice, old_method=method,
        background=tmp_path / "release", old_background=TOY,
    )  # fmt: skip
    by_hand = {
        "method": (2 - 1) * (7.609375 + 2.5 * (0.625 + 1.25) / 2),
        "background": 2.5 * (1.25 - 0.625) * (1 + 2) / 2,
    }
    assert parts(found) == by_hand
    assert sum(by_hand.values()) == pytest.approx(2 * (7.609375 + 3.125) - OLD_CC, rel=1e-12)


LOOP = """
[[process]]
id = "power-plant"
name = "Own power plant"
stage = "refining"
location = "CN"
year = 2021
source = "invented"
product = [ { flow = "electricity", amount = 1.0, unit = "kWh" } ]
exchange = [
  { input = "cobalt metal", from = "refining", amount = %s, unit = "kg" },
]
"""


def test_causes_that_no_system_between_tells_apart_are_told_together(write):
    """Refining takes power of a plant that eats its metal: 2 kWh x 0.3 kg, then 0.3 kWh x 2 kg, of 0.8 kg net. Power of
    the one and appetite of the other are 2 x 2 = 4 kg per kg: no such system makes anything."""
    power = 'from = "acid-plant", amount = %s, unit = "kWh", supply = "own" },'
    paths = []
    for name, kwh, metal in (("old", 2.0, 0.3), ("new", 0.3, 2.0)):
        line = f'{NOX}\n  {{ input = "electricity", {power % kwh}'.replace("acid-plant", "power-plant")
        paths.append(write(name, (NOX, line)))
        paths[-1].write_text(paths[-1].read_text() + LOOP % metal, encoding="utf-8")
    found = fp.difference(*paths, background=TOY)
    assert found.causes == ("bill-of-materials+energy-mix",)
    assert "no system has one of them new and another old" in found.notes[0]
    assert parts(found) == {"bill-of-materials+energy-mix": found.new["CC"] - found.old["CC"]}


def test_a_product_that_only_one_of_the_two_makes_is_told_with_what_takes_it(write):
    """New: the acid plant also makes steam, which mining takes; the old plant has none to sell."""
    old = with_plant(write("old", ("background:acid@CN", "acid-plant")))
    steam = '{ input = "steam", from = "acid-plant", amount = 1.0, unit = "kg" },\n  { input = "water, river"'
    new = with_plant(write("new", ("background:acid@CN", "acid-plant"), ('{ input = "water, river"', steam)))
    made = 'product = [ { flow = "acid", amount = 500.0, unit = "kg" } ]'
    both = 'allocation = "mass"\nproduct = [ { flow = "acid", amount = 500.0, unit = "kg" }, ' \
        '{ flow = "steam", amount = 500.0, unit = "kg" } ]'  # fmt: skip
    new.write_text(new.read_text().replace(made, both), encoding="utf-8")
    found = fp.difference(old, new, background=TOY)
    assert found.causes == ("bill-of-materials+allocation",)
    assert "'acid-plant' makes 'steam' in one of the two only" in found.notes[0]


def test_a_co_product_that_nothing_takes_is_of_the_allocation_alone(write):
    """The acid plant sells as much steam as acid now, by mass: half of 0.55 kg CO2 eq per kg of acid, 2.5 kg."""
    old = with_plant(write("old", ("background:acid@CN", "acid-plant")))
    new = with_plant(write("new", ("background:acid@CN", "acid-plant")))
    made = 'product = [ { flow = "acid", amount = 500.0, unit = "kg" } ]'
    both = 'allocation = "mass"\nproduct = [ { flow = "acid", amount = 500.0, unit = "kg" }, ' \
        '{ flow = "steam", amount = 500.0, unit = "kg" } ]'  # fmt: skip
    new.write_text(new.read_text().replace(made, both), encoding="utf-8")
    assert parts(fp.difference(old, new, background=TOY)) == {"allocation": -2.5 * 0.55 / 2}


def test_a_pair_of_different_materials_is_refused():
    with pytest.raises(InputError, match=r"copper/cathode-sxew-cl is of copper, .* of cobalt: one material is needed"):
        fp.difference("copper/cathode-sxew-cl", "cobalt/sulfate-hpal-id")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("copper/cathode-pyro-cl", "copper/cathode-pyro-pe-cn"),
        ("lithium/carbonate-brine-atacama", "lithium/hydroxide-brine-atacama"),
        ("docs/examples/copper-refinery/study.toml", "copper/cathode-secondary-eu"),
    ],
)
def test_parts_sum_to_the_change_and_turn_their_sign_with_the_direction(old, new):
    old = Path(__file__).parents[2] / old if old.endswith(".toml") else old
    there, back = fp.difference(old, new), fp.difference(new, old)
    calculated = {name: fp.calculate(name) for name in (old, new)}
    for code in there.units:
        assert there.old[code] == pytest.approx(calculated[old][code].value, rel=1e-12)
        assert there.new[code] == pytest.approx(calculated[new][code].value, rel=1e-12)
        size = abs(there.old[code]) + abs(there.new[code])
        assert sum(there.parts[code].values()) == pytest.approx(there.new[code] - there.old[code], abs=1e-12 * size)
        for cause, part in there.parts[code].items():
            assert back.parts[code][cause] == pytest.approx(-part, rel=1e-9, abs=1e-9 * size)


def test_shapley_value_of_the_glove_game():
    """One left glove, two right ones, a pair is worth 1: 2/3 for the left, 1/6 for each right one.

    Osborne and Rubinstein (1994), A Course in Game Theory, section 14.4.
    """

    def value(holders):
        return np.array([float("left" in holders and len(holders) > 1)])

    found = shapley(("left", "right", "other right"), value)
    assert {player: float(worth[0]) for player, worth in found.items()} == pytest.approx(
        {"left": 2 / 3, "right": 1 / 6, "other right": 1 / 6}, rel=1e-12
    )
