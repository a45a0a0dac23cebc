"""The shipped link profiles and mapping tables: every id, unit, kind, compartment and flow they name exists."""

import csv

import pytest

from footprint.commands.link_report import _wanted
from footprint.library.background import load_background
from footprint.library.foreign_units import foreign_unit
from footprint.library.link_profiles import detect_profile, known_profiles, load_profile
from footprint.library.links import Catalogue, Offer, link_report, resolve
from footprint.library.method import load_method
from footprint.library.paths import datasets_folder
from footprint.library.providers import parse_provider
from footprint.units import unit

FOLDER = datasets_folder() / "links"
PROFILES = sorted(known_profiles())


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_shipped_profiles():
    assert PROFILES == ["ecoinvent-3.10-cutoff", "ecoinvent-3.11-cutoff", "uslci-fy21q3"]


@pytest.mark.parametrize("name", PROFILES)
def test_every_link_is_of_an_open_background_process_in_its_unit_and_direction(name):
    """What a route takes from the open background it can take through the profile: same dimension, same kind."""
    background = load_background()
    for ident, links in load_profile(name).links.items():
        if ident.startswith("electricity:"):
            assert all(unit(link.per).base == "MJ" and not link.is_waste for link in links)
            continue
        product = background.process(parse_provider(ident)).products[0]
        for link in links:
            assert unit(link.per).base == product.amount.unit, ident
            assert link.is_waste == product.is_waste, ident
            assert foreign_unit(link.unit)


@pytest.mark.parametrize("name", PROFILES)
def test_a_proxy_says_why(name):
    for links in load_profile(name).links.values():
        for link in links:
            assert link.note or (link.quality == "exact" and link.verified), link.id


@pytest.mark.parametrize(
    ("database", "profile"),
    [
        ("ecoinvent-3.10-cutoff", "ecoinvent-3.10-cutoff"),
        ("ecoinvent 3.11 cut-off", "ecoinvent-3.11-cutoff"),
        ("ei-311-cutoff", "ecoinvent-3.11-cutoff"),
        ("USLCI", "uslci-fy21q3"),
    ],
)
def test_a_profile_is_detected_by_the_name_of_the_database(database, profile):
    assert detect_profile(database).about.id == profile


@pytest.mark.parametrize("database", ["ecoinvent-3.1-cutoff", "ecoinvent-3.10-consequential", "ecoinvent-3.9.1-cutoff"])
def test_another_version_or_system_model_is_not_taken_for_it(database):
    with pytest.raises(Exception, match="no link profile is certain"):
        detect_profile(database)


def catalogue(*offers):
    return Catalogue("test", [Offer(*offer) for offer in offers])


def test_electricity_is_of_the_country_or_of_its_market_group_and_never_of_another():
    profile = load_profile("ecoinvent-3.10-cutoff")
    market, group = "market for electricity, medium voltage", "market group for electricity, medium voltage"
    product, kwh = "electricity, medium voltage", "kilowatt hour"
    held = catalogue((market, product, "CL", kwh), (group, product, "CN", kwh), (group, product, "GLO", kwh))
    for place, status in (("CL", "exact"), ("CN", "exact"), ("GLO", "exact"), ("ZM", "missing")):
        assert resolve(profile, parse_provider(f"electricity:{place}:MV"), held).status == status


@pytest.mark.parametrize(("country", "place"), [("FR", "RER"), ("US", "RoW"), ("CN", "CN")])
def test_a_product_is_looked_for_in_the_country_its_region_and_the_rest_of_the_world(country, place):
    name, product = "market for sulfuric acid", "sulfuric acid"
    held = catalogue(*((name, product, at, "kilogram") for at in ("RER", "RoW", "CN")))
    found = resolve(load_profile("ecoinvent-3.10-cutoff"), parse_provider(f"background:sulfuric-acid@{country}"), held)
    assert found.found.location == place
    assert found.status == ("exact" if country == place else "fallback")


def test_two_activities_of_the_same_name_are_not_chosen_between():
    name, product = "market for sulfuric acid", "sulfuric acid"
    held = catalogue((name, product, "RoW", "kilogram"), (name, product, "RoW", "kilogram"))
    report = link_report(load_profile("ecoinvent-3.10-cutoff"), [parse_provider("background:sulfuric-acid")], held)
    assert report.missing == ("background:sulfuric-acid",)
    assert "a link must name one" in report.rows[0].message


def test_a_report_counts_every_id_once():
    report = link_report(load_profile("ecoinvent-3.11-cutoff"), _wanted(()))
    assert sum(report.counts.values()) == len(report.rows) == len(load_background().generic) + 3


def test_synonyms_name_flows_of_the_method():
    known = load_method().flow_index
    for row in rows("synonyms.csv"):
        places = {place for name, place in known if name == row["flow"]}
        assert places, row
        assert not row["to"] or row["to"] in places, row
        assert not row["factor"] or row["unit"], row


def test_energy_of_fossil_resources_is_kept():
    """1 MJ of crude oil in another database counts 1 MJ in ours."""
    method = load_method()
    column = method.column["RUF"]
    for row in rows("synonyms.csv"):
        if row["unit"] == "MJ" and row["factor"]:
            factor = method.global_factors[method.flow(row["flow"], row["to"]), column]
            assert float(row["factor"]) * factor == pytest.approx(1.0, rel=1e-9), row["name"]


def test_a_compartment_is_named_once():
    keys = [(row["kind"], row["first"], row["second"]) for row in rows("compartments.csv")]
    assert len(keys) == len(set(keys))
