"""A supplier's declaration as an input: 16 values per kg in place of an inventory (DECISIONS 12).

Miners do not give their inventories to refiners; they give results. The file is taken as one aggregated process whose
only exchanges are the declared results, one pseudo-flow per category with the factor one.
"""

from __future__ import annotations

import math
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


class Declared(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one declared value is: a number and its unit."""

    value: float
    unit: str


class DeclaredUnit(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The product, and the amount the values are for."""

    product: str
    amount: float
    unit: str


class SupplierDeclaration(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """`footprint/supplier-declaration/1`."""

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


def read_declaration(route_path: str, name: str) -> tuple[Path, SupplierDeclaration, Unit]:
    """The declaration in `name`, a file beside (or below) the route's file, and the unit its product is in.

    Raises InputError where the file lies elsewhere, is not in form, or has a number that is not finite.
    """
    path = inside(Path(route_path).resolve().parent, name)
    try:
        found = msgspec.json.decode(read_text(path), type=SupplierDeclaration)
        made = unit(found.declared_unit.unit)
    except (msgspec.MsgspecError, InputError, RecursionError) as error:
        raise InputError(f"{path}: {str(error).removeprefix(f'{path}: ')}") from None
    if found.schema != "footprint/supplier-declaration/1":
        raise InputError(f"{path}: schema '{found.schema}'; allowed: footprint/supplier-declaration/1")
    if not (math.isfinite(found.declared_unit.amount) and found.declared_unit.amount > 0):
        raise InputError(f"{path}: the declared unit is {found.declared_unit.amount}; it must be above zero")
    for code, given in found.results.items():
        if not math.isfinite(given.value):
            raise InputError(f"{path}: {code} is {given.value}; a finite number is needed")
    return path, found, made


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
