"""Electricity of a country, made from its generation mix: HV from technologies, MV and LV by the losses of the grid.

The mix is a production mix and is called that; imports are not in it (DECISIONS 15). Each technology is placed in the
country, so that its water, land and acidifying emissions take that country's factors.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from footprint.errors import InputError, listed, nearest
from footprint.library.files import ExchangeRow, ProcessRow, ProductRow
from footprint.library.providers import Provider
from footprint.library.rows import NotNegative, Row, Share
from footprint.library.tables import number, read_csv, whole
from footprint.library.toml import read_toml

VOLTAGE_NAME = {
    "HV": "electricity, high voltage",
    "MV": "electricity, medium voltage",
    "LV": "electricity, low voltage",
}
_STEP = {"MV": ("HV", "hv-to-mv"), "LV": ("MV", "mv-to-lv")}
MIX_TOLERANCE = 1e-3
#: a technology with at least this part of its column rests on the mix; a smaller part rests on the split
DOMINANT = 0.9


class TechnologyRow(Row, kw_only=True, frozen=True):
    """How a column of the mix table splits into background technologies, for all countries or for one.

    `confirmed` names, for a country of `by_country`, the source its split was read in; `source` holds for the others.
    """

    shares: dict[str, Share]
    by_country: dict[str, dict[str, Share]] = msgspec.field(name="by-country", default={})
    confirmed: dict[str, str] = msgspec.field(default_factory=dict)
    source: str
    locator: str = ""
    note: str = ""


class LossRow(Row, kw_only=True, frozen=True):
    """Electricity lost between two voltages, as a share of what is delivered."""

    value: NotNegative
    by_country: dict[str, NotNegative] = msgspec.field(name="by-country", default={})
    low: float | None = None
    high: float | None = None
    source: str
    locator: str = ""
    note: str = ""


class NetworkRow(Row, kw_only=True, frozen=True):
    """The background process that stands for the lines and substations of a voltage, per kWh delivered from it."""

    HV: str
    MV: str
    LV: str
    source: str
    locator: str = ""


class ParametersFile(Row, kw_only=True, frozen=True):
    """`electricity/parameters.toml`."""

    schema: int = 1
    year: int
    technology: dict[str, TechnologyRow]
    losses: dict[str, LossRow]
    network: NetworkRow | None = None


class Tables(msgspec.Struct):
    """The electricity folder: parameters, and country -> year -> (shares by column, source)."""

    parameters: ParametersFile
    columns: list[str]
    mix: dict[str, dict[int, tuple[list[float], str]]]


def read_tables(folder: Path) -> Tables:
    """Read `parameters.toml` and `mix.csv`; shares of a country and year sum to one."""
    parameters = read_toml(folder / "parameters.toml", ParametersFile)
    _check_parameters(parameters, folder / "parameters.toml")
    path, columns = folder / "mix.csv", list(parameters.technology)
    mix: dict[str, dict[int, tuple[list[float], str]]] = {}
    for line, row in read_csv(path, ("country", "year", "source", *columns)):
        if unknown := [c for c in row if c not in ("country", "year", "source", *columns)]:
            raise InputError(
                f"{path}: column '{unknown[0]}' is not known{nearest(unknown[0], columns)}; parameters.toml "
                f"names: {listed(columns, 30)}"
            )
        shares = [number(row[column], path, line, column) for column in columns]
        if min(shares) < 0 or abs(sum(shares) - 1) > MIX_TOLERANCE:
            raise InputError(
                f"{path}, line {line}: the shares of {row['country']} {row['year']} sum to {sum(shares):.4f}; "
                "they are never negative and sum to 1"
            )
        years = mix.setdefault(row["country"], {})
        year = whole(row["year"], path, line, "year")
        if year in years:
            raise InputError(f"{path}, line {line}: {row['country']} {year} is given twice")
        years[year] = ([share / sum(shares) for share in shares], row["source"])
    return Tables(parameters, columns, mix)


def _check_parameters(parameters: ParametersFile, path: Path) -> None:
    """The parts of a technology sum to one, and the losses of both steps are there."""
    for name, technology in parameters.technology.items():
        for where, parts in (("", technology.shares), *((f", {c}", p) for c, p in technology.by_country.items())):
            if abs(sum(parts.values()) - 1) > MIX_TOLERANCE:
                raise InputError(
                    f"{path}, technology '{name}'{where}: the parts sum to {sum(parts.values()):.4g}; they sum to 1"
                )
        if unknown := [country for country in technology.confirmed if country not in technology.by_country]:
            raise InputError(
                f"{path}, technology '{name}': confirmed names {unknown[0]}, which has no split in by-country"
            )
    for _, step in _STEP.values():
        if step not in parameters.losses:
            raise InputError(f"{path}: [losses.{step}] is missing")


def market(provider: Provider, tables: Tables, year: int | None) -> ProcessRow:
    """The unit process that supplies 1 kWh of electricity of a country at a voltage."""
    country = provider.location.partition("-")[0]
    used = year or tables.parameters.year
    if country not in tables.mix:
        raise InputError(f"no electricity mix is held for '{country}'{nearest(country, tables.mix)}")
    if provider.voltage == "HV":
        return _process(provider, used, _generation(provider, country, tables, used), tables)
    below, step = _STEP[provider.voltage]
    loss = tables.parameters.losses[step]
    value = loss.by_country.get(country, loss.value)
    bounded = country not in loss.by_country and loss.low is not None and loss.high is not None
    return _process(
        provider,
        used,
        [
            ExchangeRow(
                input=VOLTAGE_NAME[below],
                from_=f"electricity:{provider.location}:{below}",
                amount=1 + value,
                unit="kWh",
                source=loss.source,
                locator=loss.locator,
                low=1 + (loss.low or 0.0) if bounded else None,
                high=1 + (loss.high or 0.0) if bounded else None,
            )
        ],
        tables,
    )


def _generation(provider: Provider, country: str, tables: Tables, year: int) -> list[ExchangeRow]:
    """What each technology brings to 1 kWh of a country's generation."""
    years = tables.mix[country]
    if year not in years:
        raise InputError(
            f"no electricity mix of {country} is held for {year}; it is for: {listed(map(str, sorted(years)), 30)}"
        )
    shares, source = years[year]
    exchanges = []
    for column, share in zip(tables.columns, shares, strict=True):
        technology = tables.parameters.technology[column]
        split = technology.by_country.get(country, technology.shares)
        exchanges += [
            ExchangeRow(
                input=ident,
                from_=f"background:{ident}@{provider.location}",
                amount=share * part,
                unit="kWh",
                source=source if part >= DOMINANT else technology.confirmed.get(country, technology.source),
                locator=f"{country} {year}, {column}",
                note=technology.note if part < DOMINANT else "",
            )
            for ident, part in split.items()
            if share * part > 0
        ]
    return exchanges


def _process(provider: Provider, year: int, exchanges: list[ExchangeRow], tables: Tables) -> ProcessRow:
    name, network = VOLTAGE_NAME[provider.voltage], tables.parameters.network
    if network:
        exchanges = [
            *exchanges,
            ExchangeRow(
                input="network use",
                from_=f"background:{getattr(network, provider.voltage)}",
                amount=1.0,
                unit="kWh",
                source=network.source,
                locator=network.locator,
            ),
        ]
    return ProcessRow(
        id=f"electricity-{provider.location.lower()}-{provider.voltage.lower()}",
        name=f"{name}, production mix {provider.location} {year}",
        location=provider.location,
        year=year,
        product=[ProductRow(flow=name, amount=1.0, unit="kWh")],
        exchange=exchanges,
    )
