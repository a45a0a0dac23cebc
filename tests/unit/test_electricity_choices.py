"""Year and strategy of electricity, sources of splits, and what rests on weak processes: by hand on the invented route.

The route takes 9.765625 kWh HV in Chile (half coal, 1 kg CO2/kWh) and 1.5625 kWh HV in China (all coal) for its acid.
"""

import pytest

import footprint as fp
from footprint.checks import coverage
from footprint.errors import InputError
from footprint.library.background import load_background
from footprint.library.providers import Provider
from tests.conftest import TOY
from tests.unit.test_invented_route import ACID, COAL_CL, COAL_CN, HAND, LANDFILL

FILES = ("background/toy.toml", "electricity/mix.csv", "electricity/parameters.toml", "sources.toml")
KWH_CL = 2 * COAL_CL


@pytest.fixture
def copied(tmp_path):
    """The invented background with changes to one of its files, and the route as text."""

    def make(file="sources.toml", *changes):
        for name in FILES:
            target = tmp_path / "background-copy" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            text = (TOY / name).read_text(encoding="utf-8")
            for old, new in changes if name == file else ():
                assert old in text
                text = text.replace(old, new)
            target.write_text(text, encoding="utf-8")
        return load_background(tmp_path / "background-copy")

    return make


@pytest.fixture
def elsewhere(tmp_path):
    """The invented route with its mine in China, still supplied by Chile's grid."""
    text = (TOY / "routes" / "cobalt" / "toy.toml").read_text(encoding="utf-8")
    path = tmp_path / "elsewhere.toml"
    path.write_text(text.replace('location = "CL"\nyear', 'location = "CN"\nyear'), encoding="utf-8")
    return path


# --- tiers


@pytest.mark.parametrize(
    ("code", "share"),
    [
        # acid and landfill are tier C: power of the acid and methane of the landfill
        ("CC", (COAL_CN + 29.8 * 0.5 * LANDFILL) / HAND["CC"]),
        ("AC", 1.31 * 0.002 * ACID / HAND["AC"]),
        ("POF", (0.0811 * 0.002 * ACID + 0.0101 * 0.5 * LANDFILL) / HAND["POF"]),
        ("HTNC", 1.0),
        ("WU", 0.0),
        ("RUM", 0.0),
        ("OD", 0.0),
    ],
)
def test_share_on_processes_of_tier_c(toy_route, toy_background, code, share):
    result = fp.calculate(toy_route, background=toy_background)
    assert result[code].tier_c_share == pytest.approx(share, rel=1e-12)
    assert result.to_dict()["results"][code]["tier_c_share"] == result[code].tier_c_share


# --- strategies


def test_the_other_strategy_is_a_sensitivity_where_it_differs(elsewhere, toy_background):
    """The mine's power from China's mix would be all coal: half of 9.765625 kWh more."""
    result = fp.calculate(elsewhere, background=toy_background)
    other = fp.calculate(elsewhere, background=toy_background, electricity="production-mix")
    assert result["CC"].value == pytest.approx(HAND["CC"], rel=1e-12)
    assert result["CC"].sensitivity["electricity"] == {"production-mix": pytest.approx(HAND["CC"] + KWH_CL / 2)}
    assert other["CC"].sensitivity["electricity"] == {"as-modelled": pytest.approx(HAND["CC"], rel=1e-12)}
    for code in result.codes:
        found = result[code].sensitivity.get("electricity", {}).get("production-mix", result[code].value)
        assert found == pytest.approx(other[code].value, rel=1e-9, abs=1e-30)
    assert "electricity" not in result["AC"].sensitivity


def test_no_sensitivity_where_the_strategies_agree(toy_route, toy_background):
    assert "electricity" not in fp.calculate(toy_route, background=toy_background)["CC"].sensitivity


def test_a_strategy_without_a_mix_is_left_out(elsewhere, copied, tmp_path):
    """The mine in Peru, of which no mix is held: its production mix cannot be a sensitivity."""
    elsewhere.write_text(elsewhere.read_text(encoding="utf-8").replace('"CN"\nyear', '"PE"\nyear'), encoding="utf-8")
    path = elsewhere
    path.write_text(path.read_text(encoding="utf-8").replace("acid@CN", "acid@CL"), encoding="utf-8")
    assert "electricity" not in fp.calculate(path, background=copied())["CC"].sensitivity


def test_long_term_choice_holds_for_the_sensitivity_too(elsewhere, toy_background):
    options = {"background": toy_background, "long_term": "exclude"}
    other = fp.calculate(elsewhere, electricity="production-mix", **options)
    found = fp.calculate(elsewhere, **options)["CC"].sensitivity["electricity"]["production-mix"]
    assert found == pytest.approx(other["CC"].value, rel=1e-12)


def test_the_missing_residual_mix_is_told(toy_route, toy_background):
    result = fp.calculate(toy_route, background=toy_background)
    (finding,) = coverage.residual_mix(result)
    assert (finding.rule, finding.severity) == ("coverage.residual-mix", "note")
    assert "mining" in finding.message
    assert finding in result.findings


# --- year


def test_the_year_of_the_mix_is_a_choice(toy_route, copied):
    """In 2020 Chile has water power only: 4.8828125 kg CO2 less. China and the world stay coal."""
    rows = "CL,2020,invented,0,1\nCN,2020,invented,1,0\nGLO,2020,invented,0.75,0.25\n"
    background = copied("electricity/mix.csv", ("CL,2021", f"{rows}CL,2021"))
    before = fp.calculate(toy_route, background=background, year=2020)
    assert before["CC"].value == pytest.approx(HAND["CC"] - COAL_CL, rel=1e-12)
    assert before.electricity == ("as-modelled", 2020)
    assert before.to_dict()["electricity"] == {"strategy": "as-modelled", "year": 2020}
    now = fp.calculate(toy_route, background=background)
    assert now["CC"].value == pytest.approx(HAND["CC"], rel=1e-12)
    assert now.electricity == ("as-modelled", 2021)


def test_a_year_nobody_holds_names_those_held(toy_route, toy_background):
    with pytest.raises(InputError, match="year 1999: no electricity mix is held for it; held: 2021"):
        fp.calculate(toy_route, background=toy_background, year=1999)


def test_a_year_held_for_others_names_those_of_the_country(toy_route, copied):
    background = copied("electricity/mix.csv", ("CN,2021", "CN,2022,invented,1,0\nCN,2021"))
    with pytest.raises(InputError, match="no electricity mix of CL is held for 2022; it is for: 2021"):
        fp.calculate(toy_route, background=background, year=2022)


def test_a_background_of_a_year_is_kept(toy_background):
    assert toy_background.of_year(None) is toy_background
    assert toy_background.of_year(2021) is toy_background


# --- splits

SPLIT = """shares = { electricity-coal = 0.5, electricity-hydro = 0.5 }
source = "guess"
[technology.coal.by-country]
CL = { electricity-coal = 0.6, electricity-hydro = 0.4 }
CN = { electricity-coal = 0.7, electricity-hydro = 0.3 }
[technology.coal.confirmed]
CL = "invented"
"""
OLD = 'shares = { electricity-coal = 1.0 }\nsource = "invented"\n'


@pytest.mark.parametrize(("country", "tier"), [("CL", "published"), ("CN", "estimate"), ("GLO", "estimate")])
def test_a_confirmed_split_counts_as_published(copied, country, tier):
    """Of the countries with a split of their own, only Chile's was read in a source."""
    background = copied("electricity/parameters.toml", (OLD, SPLIT))
    process = background.process(Provider("electricity", f"electricity:{country}:HV", country, "HV"))
    (coal,) = [e for e in process.exchanges if e.flow == "electricity-coal"]
    assert coal.amount.tier == tier


def test_a_confirmed_country_needs_a_split(copied):
    with pytest.raises(InputError, match="technology 'coal': confirmed names PE, which has no split in by-country"):
        copied("electricity/parameters.toml", (OLD, SPLIT.replace('CL = "invented"', 'PE = "invented"')))
