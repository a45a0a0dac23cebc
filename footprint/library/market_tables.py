"""The tables of `datasets/markets`: a row as a value, and every fault with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from footprint.errors import InputError, listed, nearest
from footprint.library.method import load_method
from footprint.library.rows import StageName
from footprint.library.tables import number, read_csv, whole

Status = Literal["reported", "estimated", "modelled"]
Confidence = Literal["high", "medium", "low"]
#: stands for every country, route, stage or category that has no row of its own
EVERY = "*"
#: a country that a statistic does not name
ELSEWHERE = "XX"
#: in place of a route of ours: we have none; or what is made is another product, and no part of this market
NO_ROUTE, OTHER_PRODUCT = "none", "other"
_COUNTRY = re.compile(r"[A-Z]{2}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output:
    """What a country made in a year, in tonnes as the statistic counts them."""

    country: str
    year: int
    tonnes: float
    source: str
    status: Status
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Mapped:
    """Our route for a route of the market; `place` is the location in it that gives way to the country."""

    ours: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Spread:
    """How far sites differ: GSD² of `parameter`, taken as that of `categories` in `stages` (empty: all)."""

    route: str
    stages: frozenset[str]
    categories: frozenset[str]
    parameter: str
    gsd2: float
    basis: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a table, and where it stands."""

    path: Path
    line: int
    row: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def word(self, column: str, allowed: Iterable[str]) -> str:
        """One of the allowed words."""
        if self[column] not in (known := tuple(allowed)):
            raise self.wrong(column, f"is not known{nearest(self[column], known)}; allowed: {listed(known, 40)}")
        return self[column]

    def words(self, column: str, allowed: Iterable[str]) -> frozenset[str]:
        """The words of a cell, none for `*`."""
        known, given = tuple(allowed), self[column].split()
        if given == [EVERY]:
            return frozenset()
        if not given or (unknown := [word for word in given if word not in known]):
            hint = nearest(unknown[0], known) if given else ""
            raise self.wrong(column, f"is not known{hint}; allowed: {EVERY}, {listed(known, 40)}")
        return frozenset(given)

    def country(self, *others: str) -> str:
        """A country, or one of `others` that may stand for one."""
        if not _COUNTRY.fullmatch(self["country"]) and self["country"] not in others:
            raise self.wrong("country", "is no country; two capital letters are needed, as in CL")
        return self["country"]

    def share(self, column: str) -> float:
        """A share above 0 and up to 1."""
        value = number(self[column], self.path, self.line, column)
        if not 0 < value <= 1:
            raise self.wrong(column, "is no share; above 0 and up to 1 is allowed")
        return value

    def figure(self, column: str, least: float) -> float:
        """A number that is not below `least`."""
        value = number(self[column], self.path, self.line, column)
        if value < least:
            raise self.wrong(column, f"is out of range; allowed: {least:g} or more")
        return value

    def wrong(self, column: str, what: str) -> InputError:
        """The error that says where a cell stands, what it holds and what is wrong with it."""
        return InputError(f"{self.path}, line {self.line}, column '{column}': '{self[column]}' {what}")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a folder, each row for one of the markets."""

    folder: Path
    markets: Collection[str]

    def rows(self, name: str, columns: tuple[str, ...], made: Callable[[Cells], T]) -> dict[str, list[T]]:
        """Market -> what its rows are, in the order of the file."""
        found: dict[str, list[T]] = {market: [] for market in self.markets}
        path = self.folder / name
        country = () if name == "spread.csv" else ("country",)
        for line, row in read_csv(path, ("market", *country, *columns)):
            cells = Cells(path, line, row)
            found[cells.word("market", self.markets)].append(made(cells))
        return found


def output(cells: Cells) -> tuple[tuple[str, str], Output]:
    """A row of production.csv by (country, year)."""
    found = Output(
        cells.country(),
        whole(cells["year"], cells.path, cells.line, "year"),
        cells.figure("tonnes", 0.0),
        cells["source"],
        cells.word("status", get_args(Status)),  # type: ignore[arg-type]
        cells.word("confidence", get_args(Confidence)),  # type: ignore[arg-type]
    )
    return (found.country, str(found.year)), found


def routed(cells: Cells) -> tuple[tuple[str, str], float, str]:
    """A row of routes.csv: (country, route of the market), share, source."""
    return (cells.country(EVERY), cells["route"]), cells.share("share"), cells["source"]


def mapped(cells: Cells) -> tuple[tuple[str, str], Mapped]:
    """A row of mapping.csv: (route of the market, country), and what stands for it."""
    if not cells["reason"]:
        raise cells.wrong("reason", "is empty; say why this route stands for it")
    if cells["place"] and cells["ours"] in (NO_ROUTE, OTHER_PRODUCT):
        raise cells.wrong("place", "belongs to a route of ours; here is none")
    return (cells["route"], cells.country(EVERY)), Mapped(cells["ours"], cells["place"], cells["reason"])


def spread(cells: Cells) -> Spread:
    """A row of spread.csv."""
    return Spread(
        cells["route"],
        cells.words("stages", get_args(StageName)),
        cells.words("categories", load_method("ef-3.1").codes),
        cells["parameter"],
        cells.figure("gsd2", 1.0),
        cells["basis"],
        cells.word("confidence", get_args(Confidence)),  # type: ignore[arg-type]
    )
