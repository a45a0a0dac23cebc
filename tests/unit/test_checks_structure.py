"""Links, flows and places."""

from dataclasses import replace
from datetime import date

import pytest

from footprint.checks import structure
from footprint.library.method import load_method
from tests.unit.checking import alone, one, route_of, rules

ON = date(2026, 6, 1)
ACID = '{ input = "acid", from = "background:acid", amount = 1.0, unit = "kg"'


@pytest.fixture(scope="module")
def method():
    return load_method("ef-3.1")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{ input = "acid", from = "background:acid", amount = 1.0, unit = "kg" }', None),
        ('{ input = "x", from = "p", amount = 0.1, unit = "kg" }', None),
        ('{ input = "rating", from = "declaration:a.json", amount = 1.0, unit = "kg" }', None),
        ('{ output = "waste rock", treatment = "background:landfill", amount = 1.0, unit = "kg" }', None),
        ('{ input = "acid", from = "background:acit", amount = 1.0, unit = "kg" }', "did you mean 'acid'?"),
        ('{ input = "acid", from = "q", amount = 1.0, unit = "kg" }', "'q' is no process of this file"),
        ('{ input = "acid", from = "route:cobalt/y", amount = 1.0, unit = "kg" }', "route 'cobalt/y' is not known"),
        (
            '{ input = "power", from = "electricity:ZZ:MV", amount = 1.0, unit = "kWh" }',
            "no electricity mix is held for 'ZZ'",
        ),
        (
            '{ input = "acid", from = "background:acid", amount = 1.0, unit = "m3" }',
            "in m3, but 'background:acid' is in kg",
        ),
        ('{ output = "waste", treatment = "background:acid", amount = 1.0, unit = "kg" }', "treats no waste"),
        ('{ input = "waste rock", from = "background:landfill", amount = 1.0, unit = "kg" }', "treats a waste"),
        (
            f'{ACID}, legs = [ {{ by = "acid", distance = 5 }} ] }}',
            "'acid' is no transport",
        ),
        (
            f'{ACID}, legs = [ {{ by = "lory", distance = 5 }} ] }}',
            "did you mean 'lorry'?",
        ),
    ],
)
def test_providers_exist_and_fit(toy_background, line, told):
    found = list(structure.providers(route_of(line), toy_background, alone()))
    if told is None:
        assert not found
    else:
        assert (one(found).rule, one(found).severity) == ("structure.provider", "error")
        assert told in one(found).message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{ output = "nitrogen oxides", to = "air/urban", amount = 1.0, unit = "g" }', None),
        (
            '{ output = "nitrogen oxide", to = "air/urban", amount = 1.0, unit = "kg" }',
            "did you mean 'nitrogen oxides'?",
        ),
        ('{ output = "nitrogen oxides", to = "water/surface", amount = 1.0, unit = "kg" }', "it is in: air/"),
        ('{ output = "water", to = "water/surface", amount = 1.0, unit = "kg" }', "in kg; ef-3.1 counts 'water' in m3"),
    ],
)
def test_elementary_flows_are_known(method, line, told):
    found = list(structure.elementary_flows(route_of(line), method))
    assert told in one(found).message if told else not found


@pytest.mark.parametrize(
    ("flow", "to", "fires"),
    [
        ("particulate matter, below 2.5 um", "air/unspecified", True),
        ("particulate matter, below 2.5 um", "air/non-urban", False),
        ("sulfur dioxide", "air/unspecified", True),
        ("nitrogen oxides", "air/unspecified", True),
        ("ammonia", "air/unspecified", True),
        ("copper ion", "water/unspecified", True),
        ("copper ion", "water/surface", False),
        ("cobalt II", "soil/unspecified", True),
        ("carbon dioxide, fossil", "air/unspecified", False),
        ("sulfur hexafluoride", "air/unspecified", False),
    ],
)
def test_sub_compartments_that_matter(method, flow, to, fires):
    """DECISIONS 1: PM2.5 in a town counts 79 times what it counts far from one."""
    found = list(
        structure.sub_compartments(route_of(f'{{ output = "{flow}", to = "{to}", amount = 1.0, unit = "kg" }}'), method)
    )
    assert bool(found) is fires
    assert all(f.severity == "warning" for f in found)


HELD = '{ flow = "x", amount = 1.0, unit = "kg", content = { Co = 0.30 } }'


@pytest.mark.parametrize(
    ("declared", "product", "severity"),
    [
        ("", HELD, None),
        ('element = "Co"\ncontent = 0.302', HELD, None),
        ('element = "Co"\ncontent = 0.31', HELD, "error"),
        ('element = "Co"', HELD, "error"),
        ("content = 0.3", HELD, "error"),
        ('element = "Cu"\ncontent = 0.3', HELD, "warning"),
    ],
)
def test_declared_content_is_that_of_the_product(declared, product, severity):
    """0.302 declared of 0.30 made is 0.7 % off, 0.31 is 3 %."""
    found = list(structure.declared_content(route_of(declared=declared, product=product)))
    assert [f.severity for f in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("year", "rule"), [(2016, None), (2015, "structure.old-data"), (2026, None), (2027, "structure.future-data")]
)
def test_age_of_data(year, rule):
    route = route_of(replace=("2021", str(year)))
    assert rules(structure.old_data(route, ON)) == ([rule] if rule else [])


@pytest.mark.parametrize(("place", "fires"), [("CL", False), ("AU-WA", False), ("GLO", True)])
def test_a_foreground_process_stands_somewhere(place, fires):
    route = route_of(replace=('"CL"', f'"{place}"'))
    assert bool(list(structure.global_locations(route))) is fires


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('from = "electricity:CL:MV"', None),
        ('from = "electricity:CN:MV", supply = "contract"', None),
        ('from = "electricity:CN:MV"', "electricity of CN for a process in CL"),
        ('from = "electricity:GLO:MV"', "write 'electricity:CL:MV'"),
        ('from = "background:electricity-hydro@CL"', None),
        ('from = "background:electricity-hydro"', "write 'background:electricity-hydro@CL'"),
    ],
)
def test_electricity_has_a_country(toy_background, line, told):
    route = route_of(f'{{ input = "electricity", {line}, amount = 1.0, unit = "kWh" }}')
    found = list(structure.electricity_country(route, toy_background))
    assert told in one(found).message if told else not found


def test_a_variant_that_moves_a_process_but_not_its_power(toy_background):
    line = '{ input = "electricity", from = "electricity:CL:MV", amount = 1.0, unit = "kWh" }'
    alone_moved = route_of(line, head='[variant.cn]\nprocess.p.location = "CN"', variant="cn")
    both_moved = route_of(
        line,
        head='[variant.cn]\nprocess.p.location = "CN"\nsupplier."electricity:CL:MV" = "electricity:CN:MV"',
        variant="cn",
    )
    assert rules(structure.electricity_country(alone_moved, toy_background)) == ["structure.electricity-elsewhere"]
    assert not list(structure.electricity_country(both_moved, toy_background))


@pytest.mark.parametrize(("supply", "told"), [("grid", 1), ("residual", 1), ("contract", 0)])
def test_power_of_another_country_is_told_unless_it_comes_by_contract(toy_background, supply, told):
    line = f'{{ input = "electricity", from = "electricity:CN:MV", supply = "{supply}", amount = 1.0, unit = "kWh" }}'
    found = list(structure.electricity_country(route_of(line), toy_background))
    assert [f.severity for f in found] == ["warning"] * told


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("", ""), None),
        (('"ef-3.1"', '"ef-3.0"'), "structure.declaration"),
        (('"a verifier"', '""'), "structure.declaration-verification"),
        (('"a verifier"', '" "'), "structure.declaration-verification"),
        (('"a verifier"', '"None"'), "structure.declaration-verification"),
        (('"AC": {"value": 1, "unit": "mol H+ eq"}, ', ""), "structure.declaration-categories"),
        (('"year": 2021', '"year": "2021"'), "structure.declaration"),
    ],
)
def test_declarations_of_suppliers(tmp_path, method, change, rule):
    units = {c.code: c.unit for c in method.categories}
    results = ", ".join(f'"{code}": {{"value": 1, "unit": "{units[code]}"}}' for code in method.codes)
    text = f"""{{"schema": "footprint/supplier-declaration/1", "operator": "A supplier",
"method": "ef-3.1", "year": 2021,
"declared_unit": {{"product": "acid", "amount": 1.0, "unit": "kg"}}, "verification": "a verifier",
"results": {{{results}}}}}"""
    assert change[0] in text
    (tmp_path / "a.json").write_text(text.replace(*change), encoding="utf-8")
    route = route_of('{ input = "acid", from = "declaration:a.json", amount = 1.0, unit = "kg" }')
    here = replace(route, path=str(tmp_path / "route.toml"))
    assert rules(structure.supplier_declarations(here, method)) == ([rule] if rule else [])
