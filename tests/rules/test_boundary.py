"""The lists of Annex V and of Annexes I and II: complete, in order, and without a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from footprint.errors import FootprintError, InputError
from footprint.library.paths import methods_folder
from footprint.rules.boundary import items_of, load_boundary
from footprint.rules.materials import find_material, is_strategic, load_materials

CRMA = methods_folder() / "crma"

PRIMARY = (
    "upstream-extraction own-transport storage crushing-cleaning concentrate-production metal-extraction smelting "
    "conversion slag-cleaning refining electrolysis casting-packaging spent-material-slag-treatment auxiliaries"
)
SECONDARY = (
    "upstream-scrap own-transport storage pre-treatment smelting conversion refining electrolysis casting-packaging "
    "spent-material-treatment auxiliaries"
)
#: Annex II, section 1, of Regulation (EU) 2024/1252, points (a) to (ah)
ANNEX_II = (
    "antimony arsenic aluminium baryte beryllium bismuth boron cobalt coking-coal copper feldspar fluorspar gallium "
    "germanium hafnium helium heavy-rare-earths light-rare-earths lithium magnesium manganese graphite nickel niobium "
    "phosphate-rock phosphorus platinum-group-metals scandium silicon-metal strontium tantalum titanium-metal tungsten "
    "vanadium"
)


# --- Annex V: system boundary ---------------------------------------------------------------------------------------


def test_the_processes_are_those_of_annex_v_in_its_order() -> None:
    boundary = load_boundary(CRMA)
    assert " ".join(item.id for item in boundary["primary"]) == PRIMARY
    assert " ".join(item.id for item in boundary["secondary"]) == SECONDARY


def test_letters_follow_the_order() -> None:
    boundary = load_boundary(CRMA)
    assert "".join(item.letter for item in boundary["primary"]) == "abcdefghijklmn"
    assert "".join(item.letter for item in boundary["secondary"]) == "abcdefghijk"


def test_slag_cleaning_is_in_the_primary_list_only() -> None:
    boundary = load_boundary(CRMA)
    assert "slag-cleaning" in {item.id for item in boundary["primary"]}
    assert "slag-cleaning" not in {item.id for item in boundary["secondary"]}


def test_stages_are_those_of_the_system() -> None:
    boundary = load_boundary(CRMA)
    assert {stage for item in boundary["primary"] for stage in item.stages} == {
        "extraction",
        "concentration",
        "refining",
    }
    assert {stage for item in boundary["secondary"] for stage in item.stages} == {"recycling"}


def test_a_mixed_system_answers_for_both_lists_once() -> None:
    """14 + 11 items; eight are in both: transport, storage, smelting to casting without slag cleaning, auxiliaries."""
    mixed = [item.id for item in items_of(load_boundary(CRMA), "mixed")]
    assert len(mixed) == 14 + 11 - 8 == 17
    assert set(mixed) == {*PRIMARY.split(), *SECONDARY.split()}
    assert " ".join(mixed[:14]) == PRIMARY


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(FootprintError, match="system 'secundary' is not known; did you mean 'secondary'"):
        items_of(load_boundary(CRMA), "secundary")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('stages = ["concentration"]', 'stages = ["recycling"]', "stage 'recycling' is not one of primary materials"),
        ('letter = "b"', 'letter = "a"', "the letter 'a' is given twice"),
        ('id = "storage"', 'id = "own-transport"', "the id 'own-transport' is given twice"),
        ('wording = "Smelting."', "", "the key 'wording' is missing"),
        ("[source]", "[sorce]", "the key 'sorce' is not known; did you mean 'source'"),
    ],
)
def test_a_broken_boundary_is_named_with_the_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (CRMA / "boundary.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "boundary.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as failure:
        load_boundary(tmp_path)
    assert message in str(failure.value)
    assert "boundary.toml" in str(failure.value)


# --- Annexes I and II: materials ------------------------------------------------------------------------------------


def test_the_materials_are_the_34_of_annex_ii_in_its_order() -> None:
    materials = load_materials(CRMA)
    assert " ".join(materials) == ANNEX_II
    letters = [*"abcdefghijklmnopqrstuvwxyz", *(f"a{letter}" for letter in "abcdefgh")]
    assert [material.annex_ii_letter for material in materials.values()] == letters


def test_17_entries_of_annex_i_name_18_materials() -> None:
    """Point (n), rare earths for permanent magnets, falls into light and heavy rare earths."""
    strategic = [material for material in load_materials(CRMA).values() if material.annex_i]
    assert sorted({material.annex_i_letter for material in strategic if material.annex_i_letter}) == list(
        "abcdefghijklmnopq"
    )
    assert len(strategic) == 18
    assert [m.id for m in strategic if m.annex_i_letter == "n"] == ["heavy-rare-earths", "light-rare-earths"]


def test_elements_of_magnets_are_strategic() -> None:
    """Annex I, point (n): Nd, Pr, Tb, Dy, Gd, Sm and Ce."""
    materials = load_materials(CRMA)
    named = {
        element
        for identifier in ("light-rare-earths", "heavy-rare-earths")
        for element in materials[identifier].elements
        if is_strategic(materials[identifier], element=element)
    }
    assert named == {"Nd", "Pr", "Tb", "Dy", "Gd", "Sm", "Ce"}


@pytest.mark.parametrize(
    ("identifier", "form", "grade", "expected"),
    [
        ("lithium", "carbonate", "Battery grade", True),
        ("lithium", "carbonate", "technical", False),
        ("nickel", "sulfate", "battery", True),
        ("nickel", "ferronickel", "20 % Ni", False),
        ("magnesium", "metal", "99.8 %", True),
        ("magnesium", "oxide", "dead burned", False),
        ("boron", "ferroboron", "metallurgy", True),
        ("boron", "boric acid", "technical", False),
        ("aluminium", "alumina", "smelter", True),
        ("cobalt", "hydroxide", "30 % Co", True),
        ("tungsten", "ammonium paratungstate", "", True),
        ("antimony", "metal", "99.65 %", False),
        ("vanadium", "pentoxide", "98 %", False),
    ],
)
def test_grade_and_form_decide_where_annex_i_says_so(identifier: str, form: str, grade: str, expected: bool) -> None:
    material = find_material(load_materials(CRMA), identifier)
    assert is_strategic(material, form=form, grade=grade) is expected


def test_bauxite_and_graphite_are_as_adopted_not_as_proposed() -> None:
    """The proposal had bauxite, and natural graphite; the Regulation bauxite/alumina/aluminium, and graphite."""
    materials = load_materials(CRMA)
    assert materials["aluminium"].annex_ii == materials["aluminium"].annex_i == "Bauxite/alumina/aluminium"
    assert materials["graphite"].annex_ii == "Graphite"


def test_an_unknown_material_names_the_nearest() -> None:
    with pytest.raises(FootprintError, match="no critical raw material 'litium'; did you mean 'lithium'"):
        find_material(load_materials(CRMA), "litium")


def test_a_strategic_element_must_be_one_of_the_material(tmp_path: Path) -> None:
    text = (CRMA / "materials.toml").read_text(encoding="utf-8")
    broken = text.replace('elements = ["Gd", "Tb", "Dy"]', 'elements = ["Gd", "Nd"]', 1)
    (tmp_path / "materials.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match="the strategic element 'Nd' is not among Eu, Gd"):
        load_materials(tmp_path)
