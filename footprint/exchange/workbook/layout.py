"""The sheets of a study's workbook, in order, as data: what each is for and which columns it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from footprint.exchange.workbook.columns import Column, column, if_given, key_column
from footprint.library.files import (
    BoundaryRow,
    DeclaredRow,
    ExchangeRow,
    LegRow,
    ParameterRow,
    ProcessRow,
    ProductRow,
    RouteFile,
    SiteRow,
    SourceRow,
)
from footprint.library.rows import Identifier, ParameterName, SiteName, Text
from footprint.library.study_files import EvidenceRow, InstrumentRow, PlantRow, ProcessDataRow

#: rows of a sheet before its data: what it is for, what each column holds, the names of the columns
ABOUT, HELP, HEADER = 1, 2, 3
REFERENCE = "reference (not imported)"
ANNEX = "Annex V (not imported)"
#: columns that are for the reader: written grey, never read
GREY = (REFERENCE, ANNEX)
GUIDE, LISTS = "Guide", "Lists"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet of rows; in a `form` each column stands as a row of its own, and there is one of each."""

    name: str
    about: str
    columns: tuple[Column, ...]
    form: bool = False

    def titled(self) -> Mapping[str, Column]:
        """Its columns by the title that heads them."""
        return {found.title: found for found in self.columns}


_OWNER = key_column("process", "process", "id of the process, from sheet Processes", Identifier, "process")
_CHANGES = Literal["parameter", "location", "supplier", "site"]
_FLOW = "what is taken, as the supplier's process names it"
_PROVIDERS = "background:ID, background:ID@COUNTRY, route:ID, or the id of a process of this workbook"
_TREATMENT = "background:ID, or the id of a process that takes this waste"


def _amount(row: type[Any]) -> tuple[Column, ...]:
    return (
        column(row, "amount", help="a number, or an expression over parameters; never negative"),
        column(row, "unit", help="from the list", known="unit"),
    )


def _source(row: type[Any], note: bool = True) -> tuple[Column, ...]:
    return (
        column(row, "source", help="id from sheet Sources; else that of the process", known="source"),
        column(row, "locator", help="where in it: meter, invoice, page"),
        *((column(row, "note"),) if note else ()),
    )


def _range(row: type[Any]) -> tuple[Column, ...]:
    return (
        column(row, "low", help="lower bound of 95 % of the values"),
        column(row, "high", help="upper bound"),
        column(row, "spread", help="in place of bounds: lognormal gsd2=2"),
    )


def _exchange(*what: Column, supply: bool = False) -> tuple[Column, ...]:
    """The columns of a line of a unit process: what it is, how much, where the figure comes from."""
    return (
        _OWNER,
        *what,
        *((column(ExchangeRow, "supply", help="grid, own, contract or residual"),) if supply else ()),
        *_amount(ExchangeRow),
        *_source(ExchangeRow),
        column(ExchangeRow, "content", help="kg of element per kg: Cu=0.28; Ag=4.2e-5"),
        column(ExchangeRow, "annex_v", "Annex V", "items, where other than the process's", "item"),
        *_range(ExchangeRow),
        column(ExchangeRow, "for", "for product", "only with allocation by subdivision"),
        column(ExchangeRow, "gross", "gross / net", "mass shipped per mass used"),
        key_column("line", "line", "order within the process; may be empty", int | None, required=False),
    )


def _input(help: str, from_help: str, known: Literal["provider", "compartment"] = "provider") -> tuple[Column, ...]:
    return (
        key_column("input", "input", help, Text),
        key_column("from", "from", from_help, Text, known),
    )


def _legs(row: type[Any]) -> tuple[Column, ...]:
    return (
        _OWNER,
        key_column("flow", "goods", "the input or waste that is carried", Text),
        key_column("partner", "from / to", "its supplier or treatment, where two have one name", Text | None,
                   required=False),
        column(row, "by", help="background process of the vehicle", known="transport"),
        column(row, "distance", "distance, km", "one way; empty returns are in the data of the vehicle"),
        column(row, "own", "own vehicle", "owned or operated by the company"),
        *_source(row, note=False),
        key_column("line", "line", "of the input or waste, where needed", int | None, required=False),
    )  # fmt: skip


_STUDY = (
    column(RouteFile, "material", help="one of the critical raw materials", known="material"),
    column(RouteFile, "name", help="of the product system"),
    column(RouteFile, "system"),
    column(RouteFile, "notes", help="what is particular about it"),
    column(RouteFile, "share_pre_consumer", "share of pre-consumer scrap", "0 to 1; mixed systems only"),
    column(RouteFile, "share_post_consumer", "share of post-consumer scrap", "0 to 1; mixed systems only"),
    column(RouteFile, "study.responsible.name", "responsible: name", "who places the material on the market"),
    column(RouteFile, "study.responsible.trade_name", "responsible: trade name", "or trade mark"),
    column(RouteFile, "study.responsible.address", "responsible: postal address"),
    column(RouteFile, "study.responsible.contact", "responsible: contact", "an electronic address"),
    column(RouteFile, "study.period.from", "period: first day", "2025-01-01"),
    column(RouteFile, "study.period.to", "period: last day", "2025-12-31"),
    column(RouteFile, "study.report_date", "date of the report"),
    column(RouteFile, "study.public_url", "public version of the study", "https://…"),
    column(RouteFile, "study.mass_t", "placed on the Union market, t", "in the period"),
    column(RouteFile, "study.contained_in_product", "contained in a product", "yes: not declared"),
    column(RouteFile, "study.ruleset", "rules of the material", "none, where there are none"),
    column(RouteFile, "study.countries.extraction", "countries of extraction", "CL, PE"),
    column(RouteFile, "study.countries.processing", "countries of processing"),
    column(RouteFile, "study.countries.refining", "countries of refining"),
    column(RouteFile, "study.countries.recycling", "countries of recycling"),
    column(RouteFile, "study.spread", "spread of own data", "GSD² by category: CC=1.1; AC=1.3"),
    column(RouteFile, "study.invented", "invented", "yes: an example, told on every page"),
)


def _data(key: str, title: str, help: str = "", known: Literal["", "plant", "evidence"] = "") -> Column:
    """A column of `[study.data.PROCESS]` on the sheet of processes."""
    found = column(ProcessDataRow, key, title, help, known)
    return replace(found, key=f"data.{key}", groups=(("data", False),))


TABLES: tuple[Table, ...] = (
    Table("Study", "The product system, who declares, for which period.", _STUDY, form=True),
    Table(
        "Declared",
        "What is declared: one row per product. The amounts of the other sheets may be annual totals: the product's "
        "amount is then the year's output.",
        (
            column(DeclaredRow, "id", help="material/name, in small letters"),
            column(DeclaredRow, "name", help="else that of the system"),
            column(DeclaredRow, "product", help="a product of sheet Production"),
            column(DeclaredRow, "process", help="that makes it", known="process"),
            column(DeclaredRow, "form", help="carbonate, cathode, ingot, …"),
            column(DeclaredRow, "grade"),
            column(DeclaredRow, "element", help="symbol; empty where it has no metal of its own"),
            if_given(column(DeclaredRow, "content", help="kg element per kg of dry product, 0 to 1"), "element"),
            column(DeclaredRow, "material", help="where other than the study's", known="material"),
            column(DeclaredRow, "declared_unit_kg", "declared unit, kg", "1, unless a rule says otherwise"),
        ),
    ),
    Table(
        "Plants",
        "The sites of the operator. Geography, technology and capacity are the strata of a sample of sites.",
        (
            column(PlantRow, "id", help="a short name"),
            column(PlantRow, "name"),
            column(PlantRow, "country"),
            column(PlantRow, "output_kg", "output, kg", "of the declared product, in the period"),
            column(PlantRow, "geography"),
            column(PlantRow, "technology"),
            column(PlantRow, "capacity"),
            column(PlantRow, "sampled", help="no: its data are not in the study"),
        ),
    ),
    Table(
        "Processes",
        "One row per unit process: what it covers of Annex V, where it stands, and how its data were obtained.",
        (
            column(ProcessRow, "id", help="a short name"),
            column(ProcessRow, "name"),
            column(ProcessRow, "stage", help="of the life cycle"),
            column(ProcessRow, "annex_v", "Annex V", "items it covers, from sheet Guide", "item"),
            replace(column(ProcessRow, "operator_control", "run by the company", "yes or no"), required=True),
            column(ProcessRow, "location", help="country (CL), or part of it (AU-WA)"),
            column(ProcessRow, "year", help="of the data"),
            column(ProcessRow, "allocation", help="only with several products"),
            _data("kind", "data kind", "company-specific or secondary"),
            _data("checked", "data checked", "by whom: external, internal or none"),
            _data("most_recent", "last day of data"),
            _data("plants", "plants", "ids from sheet Plants", "plant"),
            _data("evidence", "evidence", "ids from sheet Evidence", "evidence"),
            column(ProcessRow, "quality.TeR", "TeR", "technology, 1 (best) to 5"),
            column(ProcessRow, "quality.GeR", "GeR", "geography, 1 to 5"),
            column(ProcessRow, "quality.TiR", "TiR", "time, 1 to 5"),
            column(ProcessRow, "quality.P", "P", "precision, 1 to 5"),
            *_source(ProcessRow),
            _data("access", "access to data", "run by others, but information is at hand"),
            _data("aggregation", "data aggregated", "over companies (horizontal): counts as secondary"),
            _data("compliance", "secondary dataset", "EF, ILCD-EL or none"),
            column(ProcessRow, "host", "run for another product", "this one is a by-product of it"),
            column(ProcessRow, "not_covered", "not covered", "EF categories without data"),
            column(ProcessRow, "tier", help="of a background process"),
        ),
    ),
    Table(
        "Production",
        "What each process makes, co-products too, or the waste it takes. Prices and energy are for allocation.",
        (
            _OWNER,
            column(ProductRow, "flow", "product", "as the processes that take it name it"),
            *_amount(ProductRow),
            *_source(ProductRow),
            column(ProductRow, "content", help="kg of element per kg: Cu=0.28; Ag=4.2e-5"),
            column(ProductRow, "price", help="a product of prices.csv, for allocation by value", known="price"),
            column(ProductRow, "energy", "energy, MJ per unit", "for allocation by energy"),
            column(ProductRow, "substitution", help="background:ID it takes the place of; no metals", known="provider"),
            key_column("takes", "waste taken", "yes: the process treats this waste", bool, required=False),
            *_range(ProductRow),
        ),
    ),
    Table(
        "Materials",
        "Bill of materials: what is taken from a process of this workbook, or bought as a raw material (route:ID).",
        _exchange(*_input(_FLOW, _PROVIDERS)),
    ),
    Table(
        "Energy",
        "Energy by carrier and supply: electricity, heat, fuels.",
        _exchange(*_input(_FLOW, "electricity:COUNTRY:HV, :MV or :LV; background:ID"), supply=True),
    ),
    Table("Auxiliaries", "Chemicals, auxiliaries, packaging, services.", _exchange(*_input(_FLOW, _PROVIDERS))),
    Table(
        "Suppliers",
        "What is bought with a supplier's declaration, a JSON file beside the study.",
        _exchange(*_input("the product declared", "declaration:FILE.json")),
    ),
    Table(
        "Resources",
        "What is taken from nature, water apart: ore in the ground, land, air.",
        _exchange(*_input("name of the flow (flows.csv)", "compartment: ground, land, air, …", "compartment")),
    ),
    Table(
        "Water",
        "Water taken and given back: every m3 that comes in goes out, evaporates or stays in the product.",
        _exchange(
            key_column("flow", "flow", "water, river; water; …", Text),
            key_column("compartment", "taken from / given to", "fresh-water, water/surface, air/unspecified, …", Text,
                       "water compartment"),
        ),
    ),
    Table(
        "Emissions",
        "Emissions to air, water and soil.",
        _exchange(
            key_column("output", "output", "name of the flow (flows.csv)", Text),
            key_column("to", "to", "compartment: air/non-urban, water/surface, …", Text, "compartment"),
        ),
    ),
    Table(
        "Waste",
        "What is sent to treatment or deposition.",
        _exchange(
            key_column("output", "output", "the waste", Text),
            key_column("treatment", "treatment", _TREATMENT, Text, "treatment"),
        ),
    ),
    Table("Transport", "Each leg of what is bought or sent away.", _legs(LegRow)),
    Table(
        "Boundary",
        "Each item of Annex V (or stage) that no process covers: why. An item without a process or a row is an error.",
        (
            key_column("item", "item", "from sheet Guide", Identifier, "boundary item"),
            column(BoundaryRow, "status"),
            column(BoundaryRow, "reason"),
            column(BoundaryRow, "mass", "share of mass", "cut off, 0 to 1"),
            column(BoundaryRow, "energy", "share of energy", "cut off, 0 to 1"),
            column(BoundaryRow, "score", "share of categories", "cut off, 0 to 1: of each that has none of its own"),
            column(BoundaryRow, "categories", "share of single categories", "cut off: CC=0.001; RUM=0.02"),
            column(BoundaryRow, "source", known="source"),
        ),
    ),
    Table(
        "Contracts",
        "Electricity instruments: the contract behind an input with supply 'contract', and the criteria it meets.",
        (
            column(InstrumentRow, "process", known="process"),
            column(InstrumentRow, "flow", help="the input, as on sheet Energy"),
            column(InstrumentRow, "kind"),
            column(InstrumentRow, "conveys_attributes", help="conveys the attributes of the generation"),
            column(InstrumentRow, "unique_claim", help="the only one that claims it"),
            column(InstrumentRow, "redeemed", help="tracked and redeemed for the company"),
            column(InstrumentRow, "vintage", help="as close as possible to the period"),
            column(InstrumentRow, "same_market", help="generated in the market of use"),
            column(InstrumentRow, "evidence", help="ids from sheet Evidence", known="evidence"),
        ),
    ),
    Table(
        "Parameters",
        "Named values that amounts may use. Most studies need none.",
        (
            key_column("name", "name", "small letters and underscores", ParameterName),
            column(ParameterRow, "value", help="a number, or an expression"),
            column(ParameterRow, "unit", help="1 where there is none", known="parameter unit"),
            *_source(ParameterRow),
            *_range(ParameterRow),
        ),
    ),
    Table(
        "Sites",
        "What depends on the site of a background process (deposits, mines): `footprint background sites` lists it.",
        (
            key_column("site", "site", "id of the process, or ID#NAME", SiteName, "site"),
            if_given(key_column("parameter", "parameter", "of that process", ParameterName), "value"),
            if_given(column(SiteRow, "value"), "parameter"),
            if_given(column(SiteRow, "unit", known="parameter unit"), "parameter"),
            *_source(SiteRow),
            *_range(SiteRow),
        ),
    ),
    Table(
        "Variants",
        "Scenarios of the same system: a row names one, further rows say what it changes. Most studies need none.",
        (
            key_column("variant", "variant", "a short name", Identifier),
            key_column("name", "name", "of the variant", str, required=False),
            key_column("remark", "remark", "on the variant", str, required=False),
            key_column("changes", "changes", "what kind of thing", _CHANGES | None, required=False),
            key_column("what", "what", "parameter, process, supplier, or SITE.PARAMETER", Text | None, required=False),
            key_column("value", "value", "the new value, country or supplier", float | Text | None, required=False),
            key_column("unit", "unit", "of a site", str, "parameter unit", required=False),
            key_column("source", "source", "id from sheet Sources", str | None, "source", False, True),
            key_column("locator", "locator", "", str | None, required=False, explicit=True),
            key_column("note", "note", "of a site", str, required=False),
            *_range(SiteRow),
        ),
    ),
    Table(
        "Evidence",
        "The documents behind the figures. They stay with their holder; a hash tells which they are.",
        (
            column(EvidenceRow, "id", help="a short name"),
            column(EvidenceRow, "title"),
            column(EvidenceRow, "holder", help="who keeps it"),
            column(EvidenceRow, "sha256", "SHA-256", "64 digits, or empty"),
        ),
    ),
    Table(
        "Sources",
        "Where figures come from: at least the company's own records of the period (kind: measured).",
        (
            key_column("id", "id", "a short name, as plant-2025", str),
            column(SourceRow, "title"),
            column(SourceRow, "author"),
            column(SourceRow, "year"),
            column(SourceRow, "kind", help="an estimate needs low and high"),
            column(SourceRow, "licence", help="or who may see it"),
            column(SourceRow, "url"),
            column(SourceRow, "basis", help="how it was read"),
            column(SourceRow, "note"),
        ),
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
#: sheets whose rows are lines of a unit process, in the order of `records.sheet_of`
EXCHANGES = ("Materials", "Energy", "Auxiliaries", "Suppliers", "Resources", "Water", "Emissions", "Waste")
