"""Data of some sites standing for all: strata of geography, technology and capacity (R21)."""

import pytest

from footprint.declaration.asking import rules_of
from footprint.declaration.sampling_of_sites import sampling, strata
from footprint.library.study_files import PlantRow
from tests.rules.studying import ON, PLANT, case


def plant(ident: str, sampled: bool = True, output_kg: float = 1.0, country: str = "FI", **more: str) -> PlantRow:
    return PlantRow(id=ident, name=ident, country=country, output_kg=output_kg, sampled=sampled, **more)


@pytest.mark.parametrize(("sites", "needed"), [(1, 1), (2, 2), (4, 2), (5, 3), (9, 3), (10, 4)])
def test_the_root_of_the_number_of_sites_rounded_up(sites, needed):
    (stratum,) = strata([plant(f"p{n}") for n in range(sites)])
    assert stratum.needed == needed


def test_strata_are_geography_times_technology_times_capacity():
    """2 countries x 2 technologies, one of them in two sizes: 2 x 2 + 1 = 5 strata that have a site."""
    plants = [
        plant("a", technology="flash"),
        plant("b", technology="bath"),
        plant("c", technology="bath", capacity="large"),
        plant("d", country="SE", technology="flash"),
        plant("e", country="SE", technology="bath"),
        plant("f", country="SE", technology="bath"),
    ]
    found = strata(plants)
    assert [stratum.name for stratum in found] == ["FI, flash", "FI, bath", "FI, bath, large", "SE, flash", "SE, bath"]
    assert [len(stratum.plants) for stratum in found] == [1, 1, 1, 1, 2]


def test_geography_stands_above_the_country():
    assert strata([plant("a", geography="Nordic")])[0].geography == "Nordic"


def _told(tmp_path, *plants):
    company = case(tmp_path).study.company
    object_ = type(company)(**{f: getattr(company, f) for f in company.__struct_fields__} | {"plant": list(plants)})
    return [entry.finding for entry in sampling(object_, rules_of(ON))]


def test_a_sample_of_the_root_is_enough(tmp_path):
    """Four sites of equal size, two sampled: ceil(sqrt(4)) = 2."""
    assert _told(tmp_path, plant("a"), plant("b"), plant("c", False), plant("d", False)) == []


def test_half_of_the_production_is_enough(tmp_path):
    """One of four sites with 5 of 10 kg: below the root, and half of the production."""
    sites = (plant("a", output_kg=5), plant("b", False, 2), plant("c", False, 2), plant("d", False, 1))
    assert _told(tmp_path, *sites) == []


def test_a_smaller_sample_is_an_error(tmp_path):
    """One of four sites with 4 of 10 kg: 1 < 2 sites and 40 % < 50 %."""
    sites = (plant("a", output_kg=4), plant("b", False, 3), plant("c", False, 2), plant("d", False, 1))
    (finding,) = _told(tmp_path, *sites)
    assert (finding.rule, finding.severity) == ("sampling.too-few", "error")
    assert "1 of 4 sites with 40% of the production" in finding.message
    assert "Annex I, 4.4.6; assumption" in finding.message


def test_every_stratum_needs_its_sample(tmp_path):
    """Two in Finland are both sampled, the only one in Sweden is not."""
    (finding,) = _told(tmp_path, plant("a"), plant("b"), plant("c", False, country="SE"))
    assert finding.where == "sites (SE)"


def test_all_sites_need_no_rule(tmp_path):
    assert _told(tmp_path, plant("a"), plant("b", country="SE")) == []


def test_a_sample_where_the_rules_do_not_allow_one_is_an_error(tmp_path):
    from dataclasses import replace

    rules = rules_of(ON)
    switch = rules.parameters["sampling-allowed"]
    refused = replace(switch, history=(replace(switch.history[0], value=False),))
    company = case(tmp_path, PLANT + _sites()).study.company
    forbidding = replace(rules, parameters={**rules.parameters, "sampling-allowed": refused})
    assert [e.finding.rule for e in sampling(company, forbidding)] == ["sampling.not-allowed"]


def test_a_study_names_its_plants(tmp_path):
    """A declaration is of a product from its plants (R35)."""
    plant = '[[study.plant]]\nid = "town"\nname = "Town"\ncountry = "FI"\noutput_kg = 1\n'
    finding = case(tmp_path, changes=((plant, ""),)).finding("sites.none")
    assert (finding.where, finding.severity) == ("[[study.plant]]", "error")
    assert case(tmp_path).findings("sites.none") == []


def test_data_of_a_site_that_is_not_sampled_are_a_contradiction(tmp_path):
    found = case(tmp_path, PLANT + 'plants = ["north"]\n' + _sites())
    assert "not sampled" in found.finding("sampling.contradiction").message


def _sites() -> str:
    row = '\n[[study.plant]]\nid = "%s"\nname = "Site"\ncountry = "FI"\noutput_kg = %s\nsampled = %s\n'
    return row % ("south", 9, "true") + row % ("north", 1, "false")
