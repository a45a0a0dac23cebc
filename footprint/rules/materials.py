"""The critical raw materials of Annex II and the strategic ones of Annex I of Regulation (EU) 2024/1252."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from footprint.errors import FootprintError, InputError, listed, nearest
from footprint.rules.tables import Table, check_keys, read_table, tables, text, texts, value


@dataclass(frozen=True, slots=True)
class Strategic:
    """What narrows an entry of Annex I: a word of the grade or of the form, or some elements. Empty: nothing does."""

    grade: str = ""
    form: str = ""
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """An entry of Annex II; `annex_i` is None where the material is not strategic."""

    id: str
    annex_ii: str
    annex_ii_letter: str
    elements: tuple[str, ...]
    annex_ii_grade: str = ""
    annex_i: str | None = None
    annex_i_letter: str | None = None
    strategic: Strategic | None = None
    note: str = ""


def load_materials(folder: Path) -> Mapping[str, Material]:
    """The materials of `materials.toml` in `folder` (methods/crma), in the order of Annex II, by id."""
    path = folder / "materials.toml"
    raw = read_table(path)
    check_keys(raw, str(path), ("schema", "annex-i", "annex-ii", "material"))
    found: dict[str, Material] = {}
    for n, table in enumerate(tables(raw, "material", str(path)), 1):
        material = _material(table, f"{path}, material {n}")
        if material.id in found:
            raise InputError(f"{path}: the material '{material.id}' is given twice")
        found[material.id] = material
    return MappingProxyType(found)


def find_material(materials: Mapping[str, Material], identifier: str) -> Material:
    """The material of that id; FootprintError names the nearest spelling."""
    if (found := materials.get(identifier)) is not None:
        return found
    hint = nearest(identifier, materials) or f"; known: {listed(materials, 40)}"
    raise FootprintError(f"there is no critical raw material '{identifier}'{hint}")


def is_strategic(material: Material, form: str = "", grade: str = "", element: str | None = None) -> bool:
    """Whether a product of the material is a strategic raw material (Article 3(1) and Annex I, section 1).

    Where Annex I names a grade or a form, the product's must hold that word ("battery", "metal"). Where it names
    elements, the product's metal must be one of them; a mixed product (`element` None) of such a material is strategic.
    """
    narrowed = material.strategic
    if narrowed is None:
        return False
    if narrowed.grade and narrowed.grade not in grade.lower():
        return False
    if narrowed.form and narrowed.form not in form.lower():
        return False
    return not narrowed.elements or element is None or element in narrowed.elements


def _material(table: Table, where: str) -> Material:
    optional = ("annex_ii_grade", "annex_i", "annex_i_letter", "strategic", "note")
    check_keys(table, where, ("id", "annex_ii", "annex_ii_letter", "elements"), optional)
    if ("annex_i" in table) != ("annex_i_letter" in table) or ("strategic" in table and "annex_i" not in table):
        raise InputError(f"{where}: 'annex_i' and 'annex_i_letter' go together, and 'strategic' only with them")
    elements = texts(table, "elements", where)
    return Material(
        id=text(table, "id", where),
        annex_ii=text(table, "annex_ii", where),
        annex_ii_letter=text(table, "annex_ii_letter", where),
        elements=elements,
        annex_ii_grade=text(table, "annex_ii_grade", where, ""),
        annex_i=text(table, "annex_i", where) if "annex_i" in table else None,
        annex_i_letter=text(table, "annex_i_letter", where) if "annex_i" in table else None,
        strategic=_strategic(table, elements, where) if "annex_i" in table else None,
        note=text(table, "note", where, ""),
    )


def _strategic(table: Table, elements: tuple[str, ...], where: str) -> Strategic:
    raw = value(table, "strategic", dict, where, {})
    check_keys(raw, f"{where}, strategic", (), ("grade", "form", "elements"))
    narrowed = Strategic(
        grade=text(raw, "grade", where, ""),
        form=text(raw, "form", where, ""),
        elements=texts(raw, "elements", where, []),
    )
    if unknown := set(narrowed.elements) - set(elements):
        raise InputError(f"{where}: the strategic element '{min(unknown)}' is not among {listed(elements)}")
    return narrowed
