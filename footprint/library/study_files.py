"""What a company adds to its route file: the `[study]` table behind a declaration under Article 31."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from footprint.library.rows import Identifier, Location, NotNegative, Positive, Row, Text

CategoryCode = Annotated[str, Meta(pattern="^[A-Z]{2,4}$")]
Sha256 = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
WebAddress = Annotated[str, Meta(pattern=r"^https://[^\s<>\"']+$", max_length=500)]


class ResponsibleRow(Row, kw_only=True, frozen=True):
    """Who places the material on the market (Article 31: name or mark, postal address, contact)."""

    name: Text
    trade_name: str = ""
    address: Text
    contact: Text


class PeriodRow(Row, kw_only=True, frozen=True):
    """The reporting period, both days included."""

    from_: date = field(name="from")
    to: date


class CountriesRow(Row, kw_only=True, frozen=True):
    """Country or region of each stage, as applicable (Article 31)."""

    extraction: list[Location] = []
    processing: list[Location] = []
    refining: list[Location] = []
    recycling: list[Location] = []


class PlantRow(Row, kw_only=True, frozen=True):
    """A site of the operator. Geography, technology and capacity make the strata of a sample (PEF, 4.4.6)."""

    id: Identifier
    name: Text
    country: Location
    output_kg: Positive
    geography: str = ""
    technology: str = ""
    capacity: str = ""
    sampled: bool = True


class ProcessDataRow(Row, kw_only=True, frozen=True):
    """Where the data of a process come from.

    `aggregation`: vertical along a chain, or horizontal over sites of several companies, which makes company data
    secondary (Annex V, definitions). `access`: company-specific information about a process run by others is at hand.
    `most_recent` is the last day the data are of, not after the report.
    """

    kind: Literal["company-specific", "secondary"]
    aggregation: Literal["none", "vertical", "horizontal"] = "none"
    access: bool = False
    compliance: Literal["EF", "ILCD-EL", "none"] = "none"
    checked: Literal["external", "internal", "none"] = "none"
    most_recent: date | None = None
    plants: list[Identifier] = []
    evidence: list[Identifier] = []


class InstrumentRow(Row, kw_only=True, frozen=True):
    """A contract for electricity, and the criteria it must meet to count in place of the residual mix (PEF, 4.4.2)."""

    process: Identifier
    flow: Text
    kind: Literal["supplier-product", "supplier-mix", "own-generation"]
    conveys_attributes: bool = False
    unique_claim: bool = False
    redeemed: bool = False
    vintage: bool = False
    same_market: bool = False
    evidence: list[Identifier] = []


class EvidenceRow(Row, kw_only=True, frozen=True):
    """A document behind the figures; the file itself stays with the holder, its hash tells it."""

    id: Identifier
    title: Text
    holder: Text
    sha256: Sha256 = ""


class StudyRow(Row, kw_only=True, frozen=True):
    """The company's part of a study: who, when, where, and how the data were obtained."""

    invented: bool = False
    ruleset: str = "none"
    responsible: ResponsibleRow
    public_url: WebAddress | None = None
    period: PeriodRow
    report_date: date
    mass_t: NotNegative | None = None
    contained_in_product: bool = False
    countries: CountriesRow = CountriesRow()
    plant: list[PlantRow] = []
    data: dict[Identifier, ProcessDataRow] = {}
    instrument: list[InstrumentRow] = []
    evidence: list[EvidenceRow] = []
    spread: dict[CategoryCode, Annotated[float, Meta(ge=1)]] = {}
