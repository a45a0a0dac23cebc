"""The declaration of Article 31 as a closed type: what it holds, its JSON and its JSON Schema.

Every field is needed and none is for a normalised or weighted figure (R25): a result is one of the 16 categories in its
unit. What is for information (R40) stands apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from footprint.errors import InputError
from footprint.library.rows import Identifier, Location, NotNegative, Positive, Share, Text
from footprint.library.study_files import WebAddress

SCHEMA = "footprint/declaration/1"
CategoryCode = Annotated[str, Meta(pattern="^(CC|OD|HTC|HTNC|PM|IR|POF|AC|EUT|EUF|EUM|ETF|LU|WU|RUF|RUM)$")]
#: name and unit of each category (EF 3.1): a result in another is none
CATEGORIES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "CC": ("Climate change", "kg CO2 eq"),
    "OD": ("Ozone depletion", "kg CFC-11 eq"),
    "HTC": ("Human toxicity, cancer", "CTUh"),
    "HTNC": ("Human toxicity, non-cancer", "CTUh"),
    "PM": ("Particulate matter", "disease incidence"),
    "IR": ("Ionising radiation, human health", "kBq U-235 eq"),
    "POF": ("Photochemical ozone formation, human health", "kg NMVOC eq"),
    "AC": ("Acidification", "mol H+ eq"),
    "EUT": ("Eutrophication, terrestrial", "mol N eq"),
    "EUF": ("Eutrophication, freshwater", "kg P eq"),
    "EUM": ("Eutrophication, marine", "kg N eq"),
    "ETF": ("Ecotoxicity, freshwater", "CTUe"),
    "LU": ("Land use", "pt (dimensionless)"),
    "WU": ("Water use", "m3 world eq (deprived)"),
    "RUF": ("Resource use, fossils", "MJ"),
    "RUM": ("Resource use, minerals and metals", "kg Sb eq"),
})  # fmt: skip
#: how many categories a declaration shows at least (Article 31(1)); a draft may have fewer
FEWEST = 3
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Letter = Annotated[str, Meta(pattern="^[A-G]$")]
DeclarationId = Annotated[str, Meta(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$", max_length=200)]


class Part(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Base of every table of a declaration: keys are closed, each is needed, values frozen."""


class Rule(Part, kw_only=True, frozen=True):
    """A parameter the declaration rests on that is not adopted law."""

    id: Identifier
    title: Text
    value: Text
    status: Literal["draft", "assumption"]
    reference: Text


class Legal(Part, kw_only=True, frozen=True):
    """The delegated act that asks for the declaration, `none` as long as none does, and when that was looked up."""

    regulation: Text
    delegated_act: Text
    status: Literal["adopted", "draft", "assumption"]
    reference: Text
    looked_up: date | None


class Responsible(Part, kw_only=True, frozen=True):
    """Who places the material on the market: name, trade name, postal address, electronic contact."""

    name: Text
    trade_name: str
    address: Text
    contact: Text


class Material(Part, kw_only=True, frozen=True):
    """The raw material: its entry of Annex II, product, form, grade, declared unit, content in kg per kg."""

    id: Identifier
    annex_ii: Text
    strategic: bool
    product: Text
    name: Text
    form: Text
    grade: str
    element: str | None
    content: Share | None
    declared_unit_kg: Positive
    system: Literal["primary", "secondary", "mixed"]
    share_pre_consumer: Share | None
    share_post_consumer: Share | None
    route: Text


class Site(Part, kw_only=True, frozen=True):
    """A plant whose output is declared."""

    name: Text
    country: Location


class Countries(Part, kw_only=True, frozen=True):
    """Country or region of each stage, as applicable."""

    extraction: list[Location]
    processing: list[Location]
    refining: list[Location]
    recycling: list[Location]


class Class(Part, kw_only=True, frozen=True):
    """A performance class: letter, scheme with the hash of its file, what the class lies between, how long it holds.

    `modelled`: the thresholds are of a modelled market, not of declarations. `on_estimates` is the share of the value
    on unconfirmed estimates where it is above what a class may rest on, unless an act sets the class.
    """

    letter: Letter
    letters: Annotated[str, Meta(pattern="^[A-G]{2,7}$")]
    scheme: Text
    scheme_sha256: Hash
    status: Text
    modelled: bool
    on_estimates: Share | None
    above: float | None
    up_to: float | None
    valid_from: date
    valid_to: date | None


class Category(Part, kw_only=True, frozen=True):
    """A characterised result per declared unit; `without_data` are background processes that hold none for it."""

    code: CategoryCode
    name: Text
    unit: Text
    value: float
    without_data: list[str]
    performance_class: Class | None

    def __post_init__(self) -> None:
        name, unit = CATEGORIES.get(self.code, ("", ""))
        if (self.name, self.unit) != (name, unit):
            raise ValueError(f"{self.code} is '{self.name}' in '{self.unit}'; allowed: '{name}' in '{unit}'")


class PublicStudy(Part, kw_only=True, frozen=True):
    """The study behind the declaration; `url` is its public version (null only in a draft)."""

    url: WebAddress | None
    report_date: date
    sha256: Hash


class Period(Part, kw_only=True, frozen=True):
    """The reporting period, both days included."""

    from_: date = msgspec.field(name="from")
    to: date


class Validity(Part, kw_only=True, frozen=True):
    """Day of the declaration and the last day it holds; `basis` says where that length is from."""

    declared_on: date
    until: date
    basis: Text


class Prints(Part, kw_only=True, frozen=True):
    """SHA-256 of the bill of materials and of the energy mix: another one asks for a new calculation (R22)."""

    bill_of_materials: Hash
    energy_mix: Hash


class Identified(Part, kw_only=True, frozen=True):
    """A method or background, and the hash of its content."""

    id: Text
    version: str
    sha256: Hash


class Calculation(Part, kw_only=True, frozen=True):
    """By which rules, method, background and program."""

    ruleset: Text
    method: Identified
    background: Identified
    allocation: Text
    electricity: Text
    long_term: Literal["include", "exclude"]
    cff_A: Share
    software: Text


class Spread(Part, kw_only=True, frozen=True):
    """GSD² of the company's own data, and the 95 % interval value/GSD² to value·GSD²."""

    gsd2: Annotated[float, Meta(ge=1)]
    low: float
    high: float


class Resting(Part, kw_only=True, frozen=True):
    """The shares of a result (by the size of its parts) on company-specific data, datasets that comply with the
    Environmental Footprint, datasets of its entry level (ILCD-EL), and datasets that comply with neither."""

    company_specific: Share
    EF: Share
    ILCD_EL: Share
    none: Share


class Information(Part, kw_only=True, frozen=True):
    """What is told beside the declaration (R40): no part of what Article 31 asks for.

    `on_estimates` is the share of each declared category that rests on unconfirmed estimates, `compliance` what its
    datasets comply with, `unused_schemes` what of the class file gave no class, and why.
    """

    dqr: float | None
    uncertainty: dict[CategoryCode, Spread]
    class_probability: dict[CategoryCode, dict[Letter, Share]]
    on_estimates: dict[CategoryCode, Share]
    compliance: dict[CategoryCode, Resting]
    unused_schemes: list[Text]
    mass_t: NotNegative | None
    warnings: Annotated[int, Meta(ge=0)]


class Declaration(Part, kw_only=True, frozen=True):
    """`footprint/declaration/1`: one operator, one product of one route, one period (R35, R36)."""

    schema: Literal["footprint/declaration/1"]
    id: DeclarationId
    status: Literal["declared", "draft"]
    marks: list[Literal["draft", "invented", "illustrative"]]
    legal: Legal
    not_adopted: list[Rule]
    responsible: Responsible
    material: Material
    sites: list[Site]
    countries: Countries
    footprint: Annotated[list[Category], Meta(min_length=1)]
    study: PublicStudy
    period: Period
    validity: Validity
    fingerprint: Prints
    calculation: Calculation
    information: Information


def canonical_json(value: Any) -> bytes:
    """The one way in which a value is written: keys in their order, indented by one, shortest numbers, UTF-8.

    Raises InputError where a number is not finite.
    """
    plain = msgspec.to_builtins(value, str_keys=True)
    try:
        compact = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise InputError("a number is not finite: nothing can be declared or compared with it") from None
    return msgspec.json.format(compact.encode(), indent=1) + b"\n"


def read_declaration(data: bytes, name: str) -> Declaration:
    """A declaration from its JSON; InputError says where it departs from the schema."""
    try:
        found = msgspec.json.decode(data, type=Declaration)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name}: {error}") from None
    if found.status == "declared" and len(found.footprint) < FEWEST:
        raise InputError(f"{name}: footprint has {len(found.footprint)} categories; at least {FEWEST} are declared")
    return found


def declaration_schema() -> str:
    """The JSON Schema of a declaration; `datasets/declaration.schema.json` holds it."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "crm-footprint declaration",
        **msgspec.json.schema(Declaration),
    }
    schema["$defs"]["Category"]["oneOf"] = [
        {"properties": {"code": {"const": code}, "name": {"const": name}, "unit": {"const": unit}}}
        for code, (name, unit) in CATEGORIES.items()
    ]
    schema["if"] = {"properties": {"status": {"const": "declared"}}}
    schema["then"] = {"properties": {"footprint": {"minItems": FEWEST}}}
    text = msgspec.json.encode(schema, order="sorted")
    return msgspec.json.format(text, indent=1).decode() + "\n"
