"""The shape of the files that people write, and nothing of what they mean (that is `build`).

One struct per TOML table. The JSON Schema for editors is generated from these types, so that file, check and
documentation cannot drift apart. Unknown keys are refused; numbers are checked to be finite when they are used.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from footprint.library.rows import (
    Identifier,
    Location,
    Number,
    ParameterName,
    Positive,
    Rating,
    RouteId,
    Row,
    RuleName,
    Share,
    SiteName,
    StageName,
    SupplyName,
    Text,
    TierName,
    Year,
)
from footprint.library.study_files import CategoryCode, StudyRow


class SpreadRow(Row, kw_only=True, frozen=True):
    """A distribution around an amount."""

    kind: Literal["lognormal", "normal", "uniform", "triangular", "discrete"]
    gsd2: Annotated[float, Meta(ge=1)] | None = None
    sd: Positive | None = None
    low: float | None = None
    high: float | None = None
    values: list[float] = []
    weights: list[float] = []


class LegRow(Row, kw_only=True, frozen=True):
    """One leg of a transport."""

    by: Identifier
    distance: Positive
    unit: Literal["km"] = "km"
    own: bool = False
    source: str = ""
    locator: str = ""


class QualityRow(Row, kw_only=True, frozen=True):
    """PEF data quality ratings, 1 (best) to 5."""

    TeR: Rating
    GeR: Rating
    TiR: Rating
    P: Rating


class ParameterRow(Row, kw_only=True, frozen=True):
    """A named value, a number or an expression over other parameters."""

    value: float | Text
    unit: Text = "1"
    source: str = ""
    locator: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None
    spread: SpreadRow | None = None


class SiteRow(Row, kw_only=True, frozen=True):
    """The value of a background process's parameter at the site of a route; it may use the route's parameters."""

    value: float | Text
    unit: Text
    source: str = ""
    locator: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None
    spread: SpreadRow | None = None


class ProductRow(Row, kw_only=True, frozen=True):
    """What a process makes, or the waste it takes."""

    flow: Text
    amount: Number
    unit: Text
    content: dict[str, Number] = {}
    price: str | None = None
    energy: Positive | None = None
    substitution: str | None = None
    source: str | None = None
    locator: str | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    spread: SpreadRow | None = None


class ExchangeRow(Row, kw_only=True, frozen=True):
    """One line of a unit process."""

    input: Text | None = None
    output: Text | None = None
    from_: Text | None = field(name="from", default=None)
    to: Text | None = None
    treatment: Text | None = None
    amount: Number
    unit: Text
    supply: SupplyName | None = None
    legs: list[LegRow] = []
    gross: Positive = 1.0
    content: dict[str, Number] = {}
    for_: str | None = field(name="for", default=None)
    annex_v: list[Identifier] = []
    source: str | None = None
    locator: str | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    spread: SpreadRow | None = None


class ProcessRow(Row, kw_only=True, frozen=True):
    """A unit process of a route or of the background."""

    id: Identifier
    name: Text
    location: Location
    year: Year
    source: str = ""
    locator: str = ""
    stage: StageName | None = None
    annex_v: list[Identifier] = []
    operator_control: bool | None = None
    host: bool = False
    allocation: RuleName | None = None
    quality: QualityRow | None = None
    note: str = ""
    tier: TierName | None = None
    not_covered: list[str] = []
    product: list[ProductRow] = []
    waste: ProductRow | None = None
    exchange: list[ExchangeRow] = []


class BackgroundProcessRow(ProcessRow, kw_only=True, frozen=True):
    """A unit process of the background; `parameter` holds what depends on the site, `settled_by` what would say it."""

    parameter: dict[ParameterName, ParameterRow] = {}
    settled_by: str = ""


class DeclaredRow(Row, kw_only=True, frozen=True):
    """A declared product: one route id."""

    id: RouteId
    product: Text
    process: Identifier
    form: Text
    grade: str = ""
    name: str = ""
    material: Identifier | None = None
    element: Annotated[str, Meta(pattern="^[A-Z][a-z]?$")] | None = None
    content: Share | None = None
    declared_unit_kg: Positive = 1.0


class BoundaryRow(Row, kw_only=True, frozen=True):
    """Why no process covers an Annex V item.

    What is cut off gives its shares of mass, of energy and of each impact category: `categories` by code, `score` of
    every other one.
    """

    status: Literal["not-relevant", "cut-off"]
    reason: Text
    mass: Share | None = None
    energy: Share | None = None
    score: Share | None = None
    categories: dict[CategoryCode, Share] = {}
    source: str = ""


class ProcessOverride(Row, kw_only=True, frozen=True):
    """What a variant may change of a process."""

    location: Location


class ParameterOverride(Row, kw_only=True, frozen=True):
    """What a variant may change of a parameter."""

    value: float | Text
    source: str | None = None
    locator: str | None = None
    low: float | None = None
    high: float | None = None


class VariantRow(Row, kw_only=True, frozen=True):
    """A country, site or scenario of the same system."""

    name: str = ""
    note: str = ""
    parameter: dict[str, ParameterOverride] = {}
    process: dict[str, ProcessOverride] = {}
    supplier: dict[str, str] = {}
    site: dict[SiteName, dict[ParameterName, SiteRow]] = {}


class SourceRow(Row, kw_only=True, frozen=True):
    """An entry of the bibliography."""

    title: Text
    author: Text
    year: Year
    kind: Literal["measured", "published", "derived", "estimate"]
    licence: Text
    url: str = ""
    basis: Literal["read", "transcription", "recalled"] = "read"
    note: str = ""


class RouteFile(Row, kw_only=True, frozen=True):
    """A product system: `datasets/routes/<material>/<route>.toml`."""

    schema: Literal[1]
    material: Identifier
    name: Text
    system: Literal["primary", "secondary", "mixed"]
    notes: str = ""
    share_pre_consumer: Share | None = None
    share_post_consumer: Share | None = None
    declared: Annotated[list[DeclaredRow], Meta(min_length=1)]
    parameter: dict[ParameterName, ParameterRow] = {}
    site: dict[SiteName, dict[ParameterName, SiteRow]] = {}
    boundary: dict[Identifier, BoundaryRow] = {}
    variant: dict[Identifier, VariantRow] = {}
    source: dict[str, SourceRow] = {}
    study: StudyRow | None = None
    process: Annotated[list[ProcessRow], Meta(min_length=1)]


class BackgroundFile(Row, kw_only=True, frozen=True):
    """A group of background unit processes: `datasets/background/<group>.toml`."""

    schema: Literal[1]
    group: Text
    notes: str = ""
    parameter: dict[ParameterName, ParameterRow] = {}
    process: list[BackgroundProcessRow] = []


class PortraitRow(Row, kw_only=True, frozen=True):
    """An entry of `datasets/materials.toml`."""

    about: Text
    sources: list[str] = []
    no_secondary: str = ""
    not_modelled: list[Text] = []


def route_schema() -> str:
    """The JSON Schema of a route file, for editors; `datasets/route.schema.json` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "crm-footprint route file"}
    text = msgspec.json.encode(schema | msgspec.json.schema(RouteFile), order="sorted")
    return msgspec.json.format(text, indent=1).decode() + "\n"
