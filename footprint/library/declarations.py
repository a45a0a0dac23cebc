"""A supplier's declaration as an input: 16 values per kg in place of an inventory (DECISIONS 12).

Miners do not give their inventories to refiners; they give results. The file is taken as one aggregated process whose
only exchanges are the declared results, one pseudo-flow per category with the factor one. What else it says of itself
(for how long, by which choices, where, invented or not) is for the checks of the study that takes it.
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from footprint.errors import InputError
from footprint.library.paths import inside
from footprint.library.rows import Location, Year
from footprint.library.toml import read_text
from footprint.model import Amount, Exchange, Process, Product
from footprint.units import Unit, unit

#: compartment of the pseudo-flows that carry declared results, followed by the method they were declared under
DECLARED = "declared:"
#: ending of that compartment where the result is of emissions after 100 years
LATE = "/after-100-years"
SUPPLIER, PUBLIC = "footprint/supplier-declaration/1", "footprint/declaration/1"


class Declared(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one declared value is: a number and its unit."""

    value: float
    unit: str


class DeclaredUnit(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The product, and the amount the values are for."""

    product: str
    amount: float
    unit: str


class _Named(msgspec.Struct, frozen=True):
    """A method as a declaration names it."""

    id: str


class _Responsible(msgspec.Struct, frozen=True):
    name: str


class _Material(msgspec.Struct, frozen=True):
    product: str
    declared_unit_kg: float


class _Result(msgspec.Struct, frozen=True):
    code: str
    value: float
    unit: str


class _Calculation(msgspec.Struct, frozen=True):
    method: _Named
    ruleset: str
    electricity: str
    long_term: Literal["include", "exclude"]


class _Period(msgspec.Struct, frozen=True):
    to: date


class _Validity(msgspec.Struct, frozen=True):
    until: date


class _Site(msgspec.Struct, frozen=True):
    country: Location


class Places(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Country or region of each stage that is behind the product."""

    extraction: list[Location] = []
    processing: list[Location] = []
    refining: list[Location] = []
    recycling: list[Location] = []


class PublicDeclaration(msgspec.Struct, frozen=True):
    """What an input needs of `footprint/declaration/1`, the declaration of Article 31."""

    status: str
    marks: list[str]
    responsible: _Responsible
    material: _Material
    countries: Places
    footprint: Annotated[list[_Result], msgspec.Meta(min_length=1)]
    validity: _Validity
    calculation: _Calculation
    period: _Period
    sites: list[_Site]

    def as_supplier(self) -> SupplierDeclaration:
        """The same as a supplier's declaration; it does not say who verified it."""
        if self.status == "draft":
            raise InputError("is a draft, which declares nothing")
        return SupplierDeclaration(
            schema=SUPPLIER,
            operator=self.responsible.name,
            declared_unit=DeclaredUnit(self.material.product, self.material.declared_unit_kg, "kg"),
            method=self.calculation.method.id,
            ruleset=self.calculation.ruleset,
            location=self.sites[0].country if self.sites else "GLO",
            year=self.period.to.year,
            results={row.code: Declared(row.value, row.unit) for row in self.footprint},
            invented="invented" in self.marks,
            valid_until=self.validity.until,
            electricity=self.calculation.electricity,
            long_term=self.calculation.long_term,
            countries=self.countries,
        )


class SupplierDeclaration(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """`footprint/supplier-declaration/1`. What is empty or null is not stated; `verification` names who verified it."""

    schema: str
    operator: str
    declared_unit: DeclaredUnit
    method: str
    ruleset: str = ""
    verification: str = ""
    compliance: Literal["EF", "ILCD-EL", "none"] = "none"
    location: Location = "GLO"
    year: Year
    results: Annotated[dict[str, Declared], msgspec.Meta(min_length=1)]
    invented: bool = False
    valid_until: date | None = None
    electricity: str = ""
    long_term: Literal["", "include", "exclude"] = ""
    countries: Places = Places()


def read_declaration(route_path: str, name: str) -> tuple[Path, SupplierDeclaration, Unit]:
    """The declaration in `name`, a file beside (or below) the route's file, and the unit its product is in.

    Raises InputError where the file lies elsewhere, is not in form, or has a number that is not finite.
    """
    path = inside(Path(route_path).resolve().parent, name)
    try:
        found = _decoded(read_text(path))
        made = unit(found.declared_unit.unit)
    except (msgspec.MsgspecError, InputError, RecursionError) as error:
        raise InputError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from None
    if not (math.isfinite(found.declared_unit.amount) and found.declared_unit.amount > 0):
        raise InputError(f"{path}: the declared unit is {found.declared_unit.amount}; it must be above zero")
    for code, given in found.results.items():
        if not math.isfinite(given.value):
            raise InputError(f"{path}: {code} is {given.value}; a finite number is needed")
    return path, found, made


class _Schema(msgspec.Struct, frozen=True):
    schema: str


def _decoded(text: str) -> SupplierDeclaration:
    """A declaration of either form; InputError names the two."""
    schema = msgspec.json.decode(text, type=_Schema).schema
    if schema == PUBLIC:
        return msgspec.json.decode(text, type=PublicDeclaration).as_supplier()
    if schema != SUPPLIER:
        raise InputError(f"schema '{schema}'; allowed: {SUPPLIER}, {PUBLIC}")
    found = msgspec.json.decode(text, type=SupplierDeclaration)
    return msgspec.structs.replace(found, verification=_verifier(found.verification))


def _verifier(name: str) -> str:
    """Who verified a declaration; a blank and `none` are nobody."""
    return "" if name.strip().casefold() in ("", "none") else name


def declaration_process(route_path: str, name: str, place: str) -> Process:
    """The declaration in `name` as an aggregated process; `place` is that of the exchange, for error messages."""
    try:
        path, found, made = read_declaration(route_path, name)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    return Process(
        id=f"declaration:{name}",
        name=f"{found.declared_unit.product}, declared by {found.operator}",
        location=found.location,
        year=found.year,
        products=(
            Product(
                found.declared_unit.product,
                Amount(found.declared_unit.amount * made.factor, made.base, "", str(path), "published"),
            ),
        ),
        exchanges=tuple(
            Exchange(
                "emission",
                code,
                f"{DECLARED}{found.method}",
                Amount(given.value, given.unit, "", str(path), "published"),
            )
            for code, given in sorted(found.results.items())
        ),
        tier="A" if found.verification else "C",
    )
