"""The keys of a declaration made earlier that tell whether it is current.

Others are not read, so that a declaration of another version of the program is understood.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from footprint.calculation import LongTerm
from footprint.errors import InputError
from footprint.inventory.build import Electricity
from footprint.library.toml import read_text

SCHEMA = "footprint/declaration/1"
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Operator(Struct, frozen=True):
    """Who declares."""

    name: Name


class Material(Struct, frozen=True, kw_only=True):
    """The declared product: what it is, per what, and the route it is of."""

    id: Name
    product: Name
    form: Name
    grade: str
    declared_unit_kg: float
    route: Name


class Validity(Struct, frozen=True):
    """The last day of a declaration."""

    until: date


class Prints(Struct, frozen=True):
    """The hashes of `fingerprint` on the day of the declaration."""

    bill_of_materials: Hash
    energy_mix: Hash


class Site(Struct, frozen=True):
    """A plant whose output is declared."""

    name: Name
    country: Name


class Identified(Struct, frozen=True):
    """A method or a background in one release."""

    id: Name
    sha256: Hash


class Calculation(Struct, frozen=True):
    """With what the footprint was calculated."""

    method: Identified
    background: Identified
    electricity: Electricity = "as-modelled"
    long_term: LongTerm = "include"
    software: str = ""


class Category(Struct, frozen=True):
    """A declared result per declared unit."""

    code: Name
    unit: Name
    value: float


class Declared(Struct, frozen=True, kw_only=True):
    """What is read of a declaration (schema footprint/declaration/1); other keys do not tell whether it is current."""

    schema: str
    status: Literal["declared", "draft"]
    responsible: Operator
    material: Material
    validity: Validity
    fingerprint: Prints
    sites: list[Site]
    countries: dict[str, list[Name]]
    calculation: Calculation
    footprint: list[Category]


def load_declared(path: str | Path) -> Declared:
    """What `status` reads of a declaration file. Raises InputError with file, place and what is needed."""
    try:
        found = msgspec.json.decode(read_text(Path(path)), type=Declared)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InputError(f"{path}: {error}") from None
    if found.schema != SCHEMA:
        raise InputError(f"{path}: schema '{found.schema}'; allowed: {SCHEMA}")
    return found
