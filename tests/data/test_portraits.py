"""The words of the materials' pages: complete, short, with known sources, and true to the shipped routes."""

import pytest

from footprint.library.files import RouteFile
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.portraits import EVERY, load_portraits
from footprint.library.routes import route_index
from footprint.library.sources import load_sources
from footprint.library.tables import read_csv
from footprint.library.toml import read_toml
from footprint.rules.materials import load_materials

MATERIALS = sorted(load_materials(methods_folder() / "crma"))
LONGEST = 1200
STANDARD_COLUMNS = ("material", "document", "kind", "basis", "note")


def systems():
    """Material -> the systems of its shipped routes; a file of one material may declare products of others."""
    found = {}
    for ident, file in route_index().items():
        system = read_toml(datasets_folder() / file, RouteFile).system
        found.setdefault(ident.partition("/")[0], set()).add(system)
    return found


def is_secondary(found):
    return bool(found & {"secondary", "mixed"})


def test_every_material_of_annex_ii_has_a_portrait_and_no_other():
    assert sorted(load_portraits()) == MATERIALS


@pytest.mark.parametrize("material", MATERIALS)
def test_a_portrait_is_short_and_names_known_sources(material):
    portrait = load_portraits()[material]
    assert len(portrait.about) <= LONGEST
    assert set(portrait.sources) <= set(load_sources(datasets_folder()))


@pytest.mark.parametrize("material", MATERIALS)
def test_every_material_has_a_standard_of_its_own(material):
    rows = [row["material"] for _, row in read_csv(datasets_folder() / "standards.csv", STANDARD_COLUMNS)]
    assert material in rows


def test_every_standard_is_of_a_material_or_of_all():
    rows = {row["material"] for _, row in read_csv(datasets_folder() / "standards.csv", STANDARD_COLUMNS)}
    assert rows <= {*MATERIALS, EVERY}


def test_no_material_with_a_secondary_route_says_it_has_none():
    portraits = load_portraits()
    wrong = [m for m, found in systems().items() if is_secondary(found) and portraits[m].no_secondary]
    assert not wrong


def test_every_material_without_a_secondary_route_says_why():
    found = systems()
    assert set(found) == set(MATERIALS)
    portraits = load_portraits()
    assert not [m for m in MATERIALS if not is_secondary(found[m]) and not portraits[m].no_secondary]
