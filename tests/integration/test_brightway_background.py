"""A background in a real Brightway project, written for the test, agrees with bw2calc on the same project."""

import gzip
import json
import os
import subprocess
import sys
import time
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import footprint as fp
from footprint.errors import InputError
from footprint.exchange.backgrounds import load_background
from footprint.library.link_profiles import load_profile
from footprint.library.method import load_method
from footprint.library.providers import parse_provider

pytestmark = pytest.mark.skipif(find_spec("bw2data") is None, reason="bw2data is not installed (extra 'brightway')")

WRITER = Path(__file__).with_name("brightway_writer.py")
SHARED = os.environ.get("CRM_FOOTPRINT_SHARED", "")
USLCI = Path(SHARED) / "data" / "background" / "uslci_fy21q3_bw.json.gz"
NAME = "bw:small/small-cutoff"
HEADER = "id,name,product,locations,per,unit,factor,kind,quality,verified,note\n"
LINKS = """\
electricity:*:MV,market for electricity,electricity,country,kWh,kilowatt hour,,product,exact,1,
background:acid,market for acid,acid,country > RoW,kg,kilogram,,product,exact,1,
background:lorry,"transport, freight, lorry","transport, freight, lorry",GLO,t*km,ton kilometer,,product,exact,1,
background:landfill,treatment of waste rock,waste rock,RoW,kg,kilogram,,waste,proxy,1,any waste
"""
PROFILE = """\
schema = 1
id = "small"
name = "The invented database of the tests"
database = "small"
version = "1"
verified = "invented"
detect = [["nothing-is-called-this"]]
source = "invented"
licence = "CC BY 4.0"
"""


def brightway(folder, *arguments):
    environment = os.environ | {"BRIGHTWAY2_DIR": str(folder)}
    command = [sys.executable, "-W", "ignore", str(WRITER), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def inventory(folder, project, database, *codes):
    """What bw2calc finds one unit of each activity to exchange with nature."""
    return json.loads(brightway(folder, "inventory", project, database, *codes).splitlines()[-1])


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brightway")
    brightway(folder, "small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIGHTWAY2_DIR", str(folder))
        yield folder


@pytest.fixture
def profile(tmp_path):
    return write_profile(tmp_path, LINKS)


def write_profile(folder, links, about=PROFILE):
    (folder / "small.toml").write_text(about, encoding="utf-8")
    (folder / "small.csv").write_text(HEADER + links, encoding="utf-8")
    return str(folder / "small.toml")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, to see what is written."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("CRM_FOOTPRINT_CACHE", str(folder))
    return folder


def impact(exchanged, factors, code):
    """Impact of a bw2calc inventory: factors of (flow code, our flow, compartment, our units per unit of it)."""
    method = load_method()
    return sum(
        exchanged[flow] * per_unit * np.nan_to_num(method.global_factors[method.flow(name, place), method.column[code]])
        for flow, name, place, per_unit in factors
    )


CO2 = ("f9749677-9c9f-4678-ab55-c607dfdc2cb9", "carbon dioxide, fossil", "air/urban", 1.0)
SMALL_FACTORS = (
    CO2,
    ("so2", "sulfur dioxide", "air/non-urban", 1e-3),
    ("ch4", "methane, fossil", "air/non-urban", 1.0),
    ("co", "carbon monoxide, fossil", "air/urban", 1.0),
)


@pytest.mark.parametrize(("ident", "code"), [("acid@CN", "acid"), ("lorry", "lorry"), ("landfill", "waste")])
def test_an_aggregated_process_has_what_bw2calc_calculates(projects, profile, ident, code):
    """Per kg, t*km, kg of waste: CC, AC, POF, PM from our background equal bw2calc's inventory times EF factors."""
    process = load_background(NAME, profile).process(parse_provider(f"background:{ident}"))
    exchanged = inventory(projects, "small", "small-cutoff", code)[code]
    for category in ("CC", "AC", "POF", "PM", "EUT"):
        ours = sum(e.amount.value for e in process.exchanges if e.flow == category)
        assert ours == pytest.approx(impact(exchanged, SMALL_FACTORS, category), rel=1e-9)


def test_the_public_function_takes_the_name_the_command_line_takes(projects, profile, toy_route):
    """It opens the open background, and a database of a project; `calculate` takes what it returns."""
    held = fp.load_background(NAME, profile)
    assert held.id == NAME
    assert fp.load_background().id == "open"
    assert fp.calculate(toy_route, background=held)["CC"].value > 0
    with pytest.raises(InputError, match=r"loaded with fp\.load_background\('bw:small/small-cutoff'\)"):
        fp.calculate(toy_route, background=NAME)


def test_the_toy_route_on_a_brightway_database(projects, profile, toy_route):
    """Result = own emissions + sum over background products of (amount taken) x (impact by bw2calc)."""
    background = load_background(NAME, profile)
    result = fp.calculate(toy_route, background=background)
    exchanged = inventory(projects, "small", "small-cutoff", "grid", "acid", "lorry", "waste")
    direct = result["CC"].by_process
    nodes = {"electricity:CL:MV": "grid", "background:acid@CN": "acid"}
    nodes |= {"background:lorry": "lorry", "background:landfill": "waste"}
    taken = amounts_taken(toy_route)
    expected = {key: taken[code] * impact(exchanged[code], SMALL_FACTORS, "CC") for key, code in nodes.items()}
    assert result["CC"].by_background == pytest.approx(expected, rel=1e-6)
    assert result["CC"].value == pytest.approx(sum(direct.values()) + sum(expected.values()), rel=1e-6)


def amounts_taken(route):
    """By hand: 1 kg of metal, of which 0.2 kg return: 1.25 runs; 62.5 kg of ore each; cobalt ore is 60 % by mass."""
    runs = 1 / 0.8
    ore = 1.25 / 0.02 * runs
    mine = ore / 60 * 0.6
    assert route.declared.product == "cobalt metal"
    return {"grid": 10 * mine, "acid": 2 * runs, "lorry": ore * 200 / 1000, "waste": 100 * mine}


def test_regional_factors_are_those_of_the_activity(projects, profile):
    """Water of the power plant in CL takes Chile's factor, that of the coal mine (RoW) the global one."""
    method = load_method()
    row, column = method.flow("water, river", "fresh-water"), method.column["WU"]
    world = method.global_factors[row, column]
    chile = method.regional_factor("WU", row, "CL", world)
    assert chile != world
    coal_per_kwh = 0.4 / (1 - 0.4 * 0.05) * 1.06
    power_per_kwh = 1.06 / (1 - 0.4 * 0.05)
    expected = power_per_kwh * 0.002 * chile + coal_per_kwh * 0.001 * world
    process = load_background(NAME, profile).process(parse_provider("electricity:CL:MV"))
    assert sum(e.amount.value for e in process.exchanges if e.flow == "WU") == pytest.approx(expected, rel=1e-6)


def test_emissions_after_100_years_can_be_left_out(projects, profile, toy_route):
    """Phosphate of the landfill goes to long-term ground water: EUF without it is smaller."""
    background = load_background(NAME, profile)
    whole = fp.calculate(toy_route, background=background)["EUF"]
    without = fp.calculate(toy_route, background=background, long_term="exclude")["EUF"]
    assert whole.sensitivity["long_term_exclude"] == pytest.approx(without.value, rel=1e-12)
    assert without.value < whole.value


def test_a_category_without_any_impact_is_not_covered(projects, profile, toy_route):
    """The invented database occupies no land and emits nothing radioactive: that is told, not counted as zero."""
    result = fp.calculate(toy_route, background=load_background(NAME, profile))
    assert "electricity:CL:MV" in result["IR"].not_covered
    assert "electricity:CL:MV" not in result["CC"].not_covered


def test_both_engines_agree(projects, profile, toy_route):
    background = load_background(NAME, profile)
    kernel = fp.calculate(toy_route, background=background)
    other = fp.calculate(toy_route, background=background, engine="brightway")
    for code in kernel.codes:
        assert other[code].value == pytest.approx(kernel[code].value, rel=1e-9)


def test_flows_are_found_by_uuid_synonym_cas_and_name(projects, profile):
    coverage = load_background(NAME, profile).coverage
    assert coverage["by"] == {"uuid": 1, "synonym": 1, "cas": 2, "name": 2, "unmapped": 1}
    assert [flow["flow"] for flow in coverage["largest_unmapped"]] == ["Unobtainium dust"]
    assert 0 < coverage["unmapped_emissions_by_mass"] < 0.001


def test_the_result_tells_what_it_rests_on(projects, profile, toy_route):
    findings = fp.calculate(toy_route, background=load_background(NAME, profile)).findings
    told = {finding.rule: finding.message for finding in findings if finding.rule.startswith("links.")}
    assert "any waste" in told["links.proxy"]
    assert "RoW stands for CN" in told["links.location"]
    assert "by mass" in told["links.unmapped-emissions"]


def test_the_second_time_nothing_is_read(projects, profile, cache, monkeypatch):
    """While the project is unchanged the impacts come from the cache, without a subprocess."""
    first = load_background(NAME, profile)
    monkeypatch.setattr(subprocess, "run", None)
    second = load_background(NAME, profile)
    assert second.sha256 == first.sha256
    assert np.array_equal(second.impacts.total, first.impacts.total)


def test_a_changed_project_is_read_again(projects, profile, cache, tmp_path):
    load_background(NAME, profile)
    pointer = next(cache.glob("brightway-*.json"))
    held = json.loads(pointer.read_text())
    held["files"][0][1] -= 1
    pointer.write_text(json.dumps(held))
    load_background(NAME, profile)
    assert json.loads(pointer.read_text()) != held


# --- errors: one message each, and nothing written -----------------------------------------------------------------


def refused(message, folder, *arguments):
    before = snapshot(folder)
    with pytest.raises(InputError, match=message):
        load_background(*arguments).process(parse_provider("background:acid"))
    assert snapshot(folder) == before


def snapshot(folder):
    """The files of a folder, without Brightway's own log and those that SQLite makes while reading."""
    return {path.relative_to(folder) for path in folder.rglob("*") if "logs" not in path.parts and path.is_file()}


def test_a_missing_project(projects, profile):
    refused("project 'smell' is not there; did you mean 'small'", projects, "bw:smell/small-cutoff", profile)


def test_a_missing_database(projects, profile):
    refused("database 'big' is not in project 'small'; it has: biosphere3", projects, "bw:small/big", profile)


def test_no_projects_at_all(tmp_path, profile, monkeypatch):
    monkeypatch.setenv("BRIGHTWAY2_DIR", str(tmp_path / "nowhere"))
    refused("holds no Brightway project; set BRIGHTWAY2_DIR", tmp_path, NAME, profile)


def test_a_name_without_a_database(projects, profile):
    refused("bw:PROJECT/DATABASE is needed", projects, "bw:small", profile)


def test_no_profile_fits_the_name(projects):
    refused("no link profile is certain for database 'small-cutoff'", projects, NAME)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("market for acid,acid", "market for acid,vinegar", "makes no 'vinegar'; its reference product: acid"),
        ("market for acid,acid", "market for acids,acid", "did you mean 'market for acid'"),
        ("country > RoW", "RER", "is in RoW; the profile allows RER"),
        (
            "kg,kilogram,,product,exact,1,\n",
            "kg,megajoule,5,product,exact,1,\n",
            "in 'kilogram', which does not convert",
        ),
        ("kg,kilogram,,product", "kg,megajoule,,product", "'kg' does not convert to 'megajoule'; give 'factor'"),
        ("kg,kilogram,,product", "kg,kilogram,2,product", "one kg is 1 kilogram"),
        ("kg,kilogram,,product", "kg,kilogran,,product", "did you mean 'kilogram'"),
        ("kg,kilogram,,product", "kg,kilogram,,prodct", "kind 'prodct' is not known"),
        ("background:acid", "backgrund:acid", "names no provider; did you mean 'background:'"),
        ("background:acid,market for acid", "background:acid,", "column 'name' of background:acid is empty"),
        ("background:acid,", "background:vinegar,", "has no link for it"),
    ],
)
def test_a_broken_profile(projects, tmp_path, old, new, message):
    assert old in LINKS
    refused(message, projects, NAME, write_profile(tmp_path, LINKS.replace(old, new, 1)))


def test_a_profile_without_a_version(projects, tmp_path):
    about = PROFILE.replace('version = "1"\n', "")
    refused("small.toml", projects, NAME, write_profile(tmp_path, LINKS, about))


def test_a_locked_project(projects, profile, cache):
    """Another program writes to it: the reader says so; nothing waits for ever."""
    import sqlite3

    path = next((projects).glob("small*/lci/databases.db"))
    with sqlite3.connect(path) as held:
        held.execute("PRAGMA locking_mode=EXCLUSIVE")
        held.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InputError, match="locked by another program"):
            load_background(NAME, profile)
        held.rollback()
    held.close()
    assert not list(cache.glob("solved-*"))


def test_links_without_a_brightway_background():
    with pytest.raises(InputError, match="goes with a background of the form bw:PROJECT/DATABASE"):
        load_background("open", "uslci-fy21q3")


# --- the real database ---------------------------------------------------------------------------------------------

needs_uslci = pytest.mark.skipif(
    not USLCI.is_file(),
    reason="the USLCI database is not here; set CRM_FOOTPRINT_SHARED to the folder that holds data/",
)
ROUTE = """\
schema = 1
material = "aluminium"
name = "Invented route on USLCI"
system = "primary"

[[declared]]
id = "aluminium/on-uslci"
product = "alumina, calcined"
process = "plant"
form = "alumina"
grade = "smelter"

[boundary]

[source.invented]
title = "Invented for tests"
author = "crm-footprint"
year = 2026
kind = "published"
licence = "CC BY 4.0"

[[process]]
id = "plant"
name = "Plant"
annex_v = ["refining"]
stage = "refining"
operator_control = true
location = "US"
year = 2021
source = "invented"
product = [ { flow = "alumina, calcined", amount = 1.0, unit = "kg" } ]
exchange = [
  { input = "bauxite", from = "background:bauxite", amount = 2.5, unit = "kg", LEGS },
  { input = "sodium hydroxide", from = "background:sodium-hydroxide", amount = 0.08, unit = "kg" },
  { input = "electricity", from = "background:electricity-hard-coal@US", supply = "own", amount = 0.2, unit = "kWh" },
  { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 0.5, unit = "kg" },
]
""".replace("LEGS", 'legs = [ { by = "rail-diesel", distance = 400, unit = "km" } ]')


@pytest.fixture(scope="module")
def uslci(projects):
    brightway(projects, "uslci", USLCI)
    return projects


@needs_uslci
def test_a_route_on_uslci_equals_bw2calc(uslci, tmp_path):
    """Climate change: 0.5 kg own CO2, and per product the greenhouse gases that bw2calc finds, times EF factors."""
    path = tmp_path / "route.toml"
    path.write_text(ROUTE, encoding="utf-8")
    background = load_background("bw:uslci/USLCI")
    result = fp.calculate(path, background=background)
    codes = {
        ident: code_of(background, f"background:{ident}")
        for ident in ("bauxite", "rail-diesel", "sodium-hydroxide", "electricity-hard-coal@US")
    }
    exchanged = inventory(uslci, "uslci", "USLCI", *codes.values())
    per_unit = {ident: climate_change(exchanged[code]) for ident, code in codes.items()}
    amounts = {"bauxite": 2.5, "rail-diesel": 1.0, "sodium-hydroxide": 0.08, "electricity-hard-coal@US": 0.2}
    expected = {f"background:{ident}": amounts[ident] * per_unit[ident] for ident in amounts}
    assert result["CC"].by_background == pytest.approx(expected, rel=1e-6)
    assert result["CC"].value == pytest.approx(0.5 + sum(expected.values()), rel=1e-6)
    assert 0.5 < per_unit["electricity-hard-coal@US"] < 1.5


def code_of(background, text):
    return background.resolution(parse_provider(text)).found.code


def climate_change(exchanged):
    """Greenhouse gases of a bw2calc inventory; the mapping of flows is ours, so what is compared is the solution."""
    from footprint.exchange.flow_mapping import ForeignFlow, map_flows
    from footprint.library.method import method_folder

    with gzip.open(USLCI) as file:
        held = json.load(file)["biosphere"]
    flows = [ForeignFlow(f["name"], tuple(f["categories"]), f["unit"], f["type"], f["CAS"], f["code"]) for f in held]
    method = load_method()
    mapped = map_flows(flows, method, method_folder("ef-3.1"))
    factors = np.nan_to_num(method.global_factors[:, method.column["CC"]])
    return sum(
        exchanged[flow.code] * m.factor * factors[m.row] for flow, m in zip(flows, mapped, strict=True) if m.row >= 0
    )


@needs_uslci
def test_every_link_of_the_uslci_profile_is_in_the_database(uslci):
    background = load_background("bw:uslci/USLCI")
    for ident in load_profile("uslci-fy21q3").links:
        assert background.resolution(parse_provider(ident)).status in ("exact", "proxy", "cut-off"), ident


@needs_uslci
def test_grid_electricity_on_uslci_is_our_mix_of_its_power_plants(uslci, tmp_path):
    """kWh of the mix times impact per kWh of each plant, and the losses; what the database leaves out is told."""
    path = tmp_path / "route.toml"
    grid = ROUTE.replace("background:electricity-hard-coal@US", "electricity:US:MV").replace('"own"', '"grid"')
    path.write_text(grid, encoding="utf-8")
    background = load_background("bw:uslci/USLCI")
    result = fp.calculate(path, background=background)
    per_kwh = {
        exchange.partner: exchange.amount.value * plant_impact(background, exchange.partner)
        for exchange in background.process(parse_provider("electricity:US:HV")).exchanges
    }
    assert per_kwh["background:electricity-wind-onshore@US"] == 0.0
    losses = background.electricity.parameters.losses["hv-to-mv"].by_country["US"]
    expected = 0.2 * 3.6 / 3.6 * sum(per_kwh.values()) * (1 + losses)
    assert result["CC"].by_background["electricity:US:MV"] == pytest.approx(expected, rel=1e-9)
    told = {finding.rule: finding.message for finding in result.findings}
    assert "background:electricity-wind-onshore@US" in told["links.cut-off"]
    assert "electricity:US:MV" in told["links.mixed"]
    assert any("electricity-wind-onshore" in name for name in result["CC"].not_covered)


def plant_impact(background, partner):
    """Climate change per MJ of a plant of the database."""
    process = background.process(parse_provider(partner))
    made = process.products[0].amount.value
    return sum(e.amount.value for e in process.exchanges if e.flow == "CC") / made


@needs_uslci
def test_the_second_use_of_uslci_is_as_quick_as_the_open_background(uslci, cache):
    load_background("bw:uslci/USLCI")
    start = time.perf_counter()
    load_background("bw:uslci/USLCI")
    assert time.perf_counter() - start < 0.5


def test_a_declaration_on_a_brightway_database_is_verified_beside_it(projects, profile, tmp_path, monkeypatch):
    """The company's link profile travels with the dossier; the database does not, and its absence is told."""
    root = Path(__file__).parents[2]
    head, _, tail = (root / "tests/toy/routes/cobalt/toy.toml").read_text(encoding="utf-8").partition("[[process]]")
    example = (root / "docs/examples/copper-refinery/study.toml").read_text(encoding="utf-8")
    study = example.partition("[study]")[2].partition("[[study.plant]]")[0]
    (tmp_path / "study.toml").write_text(f"{head}[study]{study}\n[[process]]{tail}", encoding="utf-8")
    declared = fp.declare(tmp_path / "study.toml", on=date(2026, 6, 1), background=NAME, links=profile, draft=True)
    fp.write_dossier(declared, tmp_path / "dossier.zip")
    Path(profile).unlink()
    assert fp.verify(tmp_path / "dossier.zip").differences == ()
    monkeypatch.setenv("BRIGHTWAY2_DIR", str(tmp_path))
    (told,) = fp.verify(tmp_path / "dossier.zip").differences
    assert told.kind == "replay"
    assert "holds no Brightway project" in str(told)
