"""What the rules for a material settle until a delegated act does: terms, categories, data, technical factors."""

from datetime import date

import pytest

from footprint.inventory.build import ELECTRICITY
from footprint.library.method import load_method
from footprint.library.paths import methods_folder
from footprint.rules.boundary import KINDS, load_boundary
from footprint.rules.parameters import find, in_force, load_parameters, words

CRMA = methods_folder() / "crma"
ON = date(2026, 11, 27)
#: Annex V, Definitions, in its order
TERMS = [
    "activity-data", "bill-of-materials", "company-specific-data", "impact-assessment-method", "impact-category",
    "life-cycle", "life-cycle-inventory", "lci-dataset", "secondary-data", "system-boundary",
]  # fmt: skip
#: Annex V, Impact assessment methods: "climate change, water, air, soil, resources, land use and toxicity"
THEMES = ["climate-change", "water", "air", "soil", "resources", "land-use", "toxicity"]
#: EN 15804+A2, the categories of its core indicators that EF 3.1 has
CORE = {"CC", "OD", "AC", "EUF", "EUM", "EUT", "POF", "RUM", "RUF", "WU"}


def table(identifier: str) -> dict[str, str]:
    value = in_force(find(load_parameters(CRMA), identifier), ON).value
    assert hasattr(value, "items")
    return dict(value.items())


def codes(identifier: str) -> dict[str, set[str]]:
    return {name: {code.strip() for code in told.split(",")} for name, told in table(identifier).items()}


@pytest.fixture(scope="module")
def known() -> set[str]:
    return set(load_method("ef-3.1").codes)


def test_the_ten_definitions_of_annex_v():
    found = table("definitions")
    assert list(found) == TERMS
    assert "averaged over companies" in found["secondary-data"]


def test_further_terms_are_explained_and_none_is_defined_twice():
    further = table("further-definitions")
    assert not set(further) & set(TERMS)
    assert all(len(told.split()) >= 4 for told in further.values())


def test_every_process_of_annex_v_has_a_data_requirement():
    """No process without an entry, and no entry without a process."""
    law = load_boundary(CRMA)
    assert set(table("data-requirement")) == {item.id for kind in KINDS for item in law[kind]}
    allowed = {"company-specific", "company-specific-where-run", "data-needs-matrix"}
    assert set(table("data-requirement").values()) == allowed


def test_each_theme_of_annex_v_has_a_category(known):
    found = codes("themes")
    assert list(found) == THEMES
    assert set().union(*found.values()) == known


def test_reasons_are_of_categories_and_climate_change_has_one(known):
    reasons = table("declared-categories-reasons")
    assert set(reasons) <= known
    assert "Article 31(1)" in reasons["CC"]
    assert words(load_parameters(CRMA), "declared-categories-required", ON) == ("CC",)


def test_downstream_companies_find_their_categories(known):
    """Batteries declare climate change; construction products the core indicators of EN 15804+A2."""
    found = codes("downstream-categories")
    assert found["batteries"] == {"CC"}
    assert found["construction-products"] == CORE
    assert set().union(*found.values()) <= known


def test_the_electricity_of_battery_rules_can_be_chosen():
    """ "--electricity production-mix" is named, and is a strategy of the calculation."""
    told = table("downstream-rules")["batteries"]
    named = [strategy for strategy in ELECTRICITY if f"--electricity {strategy}" in told]
    assert named == ["production-mix"]


def test_technical_factors_are_named():
    found = words(load_parameters(CRMA), "technical-factors", ON)
    assert found == (
        "form-and-grade",
        "primary-or-secondary",
        "spread-of-own-data",
        "smallest-class-ratio",
        "sample-size",
    )
    for parameter in ("class-ratio-floor", "class-number-by-sample", "class-distinguishable-z"):
        assert parameter in in_force(find(load_parameters(CRMA), "technical-factors"), ON).note
        assert parameter in load_parameters(CRMA)
