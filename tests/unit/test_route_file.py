"""The file format: schema, units, expressions, spreads, tiers."""

import math

import pytest

from footprint.errors import InputError
from footprint.library.expressions import evaluate
from footprint.library.files import RouteFile, route_schema
from footprint.library.paths import datasets_folder
from footprint.library.routes import load_route
from footprint.library.toml import parse_toml
from footprint.units import UNITS, unit
from tests.conftest import TOY


def test_the_schema_for_editors_is_the_one_of_the_types():
    """Regenerate with `python -c "from footprint.library.files import route_schema; print(route_schema(), end='')"`."""
    assert (datasets_folder() / "route.schema.json").read_text(encoding="utf-8") == route_schema()


def test_the_schema_accepts_the_toy_route_and_refuses_a_misspelt_key():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks the schema where it is installed")
    import json
    import tomllib

    raw = tomllib.loads((TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(json.loads(route_schema()))
    validator.validate(raw)
    raw["process"][0]["exchange"][0]["amuont"] = 1.0
    assert not validator.is_valid(raw)


@pytest.mark.parametrize(
    ("name", "base", "factor"),
    [
        ("t", "kg", 1000.0),
        ("kWh", "MJ", 3.6),
        ("l", "m3", 0.001),
        ("ha", "m2", 1e4),
        ("Bq", "kBq", 1e-3),
        ("GJ", "MJ", 1000.0),
    ],
)
def test_units_are_worth_what_the_si_says(name, base, factor):
    assert (unit(name).base, unit(name).factor) == (base, factor)


def test_every_base_unit_is_worth_one_of_itself():
    assert {u.base for u in UNITS.values()} == {n for n, u in UNITS.items() if u.base == n and u.factor == 1.0}


def test_an_unknown_unit_names_the_nearest():
    with pytest.raises(InputError, match=r"unit 'kwh' is not known; did you mean 'kWh'"):
        unit("kwh")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("8 / 2 / 2", 2.0),
        ("10 - 3 - 2", 5.0),
        ("min(3, x, 5)", 2.0),
        ("max(3, x)", 3.0),
        ("sqrt(16) + exp(0) + log(1)", 5.0),
        ("1.5e-3 * x", 0.003),
        (".5 * x", 1.0),
        ("2 * -x", -4.0),
        ("x ^ -1", 0.5),
    ],
)
def test_expressions(text, value):
    assert evaluate(text, {"x": 2.0}) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "y",
        "x x",
        "__import__('os')",
        "x.real",
        "x[0]",
        "lambda: 1",
        "1 if x else 2",
        "f(1)",
        "1/0",
        "log(0)",
        "sqrt(-1)",
        "(0 - 1) ^ 0.5",
        "9^9^9^9",
        "1e999",
        "min()",
        "sqrt(1, 2)",
        "(" * 60 + "1" + ")" * 60,
        "1" * 1001,
    ],
)
def test_what_is_no_expression_is_an_error(text):
    with pytest.raises(InputError):
        evaluate(text, {"x": 2.0})


def spread_of(value, low, high, unit):
    from footprint.library.amounts import build_parameters
    from footprint.library.files import ParameterRow

    (parameter,), _ = build_parameters({"x": ParameterRow(value=value, unit=unit, low=low, high=high)}, {}, "a file")
    return parameter.amount.spread


def test_bounds_hold_95_percent_of_a_lognormal():
    """low 10, high 40: GSD² = sqrt(40 / 10) = 2, so 20 / 2 and 20 * 2 are the bounds."""
    found = spread_of(20.0, 10.0, 40.0, "kWh/kg")
    assert (found.kind, found.gsd2) == ("lognormal", 2.0)


def test_bounds_from_zero_on():
    """0 to 40 around 4: GSD² = 40 / 4 = 10, the upper bound; around 25 the middle of the range says more: uniform."""
    skewed, middling = spread_of(4.0, 0.0, 40.0, "kWh/kg"), spread_of(25.0, 0.0, 40.0, "kWh/kg")
    assert (skewed.kind, skewed.gsd2) == ("lognormal", 10.0)
    assert (middling.kind, middling.low, middling.high) == ("uniform", 0.0, 40.0)


def test_a_share_stays_a_share():
    """0.9 between 0.5 and 0.99: logit 0 and 4.5951, sd (4.5951 - 0) / (2 * 1.95996) = 1.1722; above one it would be
    no share, and with a unit neither."""
    found = spread_of(0.9, 0.5, 0.99, "kg/kg")
    assert (found.kind, found.sd) == ("logit-normal", pytest.approx(1.1722, abs=1e-4))
    assert spread_of(0.9, 0.5, 1.2, "kg/kg").kind == "lognormal"
    assert spread_of(0.9, 0.5, 0.99, "kWh/kg").kind == "lognormal"


def test_a_spread_becomes_a_stats_arrays_row():
    """Lognormal: loc = ln(median), scale = ln(GSD²) / 2 (stats_arrays type 2)."""
    from footprint.model import Spread
    from footprint.uncertainty.distributions import uncertainty_row

    row = uncertainty_row(0.02, Spread("lognormal", gsd2=2.0))
    assert row[:3] == (2, pytest.approx(math.log(0.02)), pytest.approx(math.log(2) / 2))
    assert uncertainty_row(6.0, Spread("uniform", low=1.0, high=2.0), scale=3.0)[4:6] == (3.0, 6.0)


def test_an_error_says_file_process_exchange_and_the_nearest_key():
    text = (
        (TOY / "routes/cobalt/toy.toml")
        .read_text(encoding="utf-8")
        .replace('"ground", amount = 2.0', '"ground", amuont = 2.0')
    )
    with pytest.raises(
        InputError,
        match=r"plant\.toml, process 'mining', exchange 2: the key 'amuont' is not known; did you mean 'amount'",
    ):
        parse_toml(text, "plant.toml", RouteFile)


def test_norway_and_namibia_survive_the_route_file(tmp_path):
    """YAML reads NO as false and pandas reads NA as missing; a location stays text here."""
    text = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8")
    path = tmp_path / "route.toml"
    path.write_text(
        text.replace('location = "CL"', 'location = "NO"').replace('location = "CN"', 'location = "NA"'),
        encoding="utf-8",
    )
    route = load_route(path, datasets=TOY)
    assert [p.location for p in route.processes] == ["NO", "NA"]
