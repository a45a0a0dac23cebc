"""What others published for the products of our routes: `datasets/published.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from footprint.errors import InputError, nearest
from footprint.library.cache import Signature, signature
from footprint.library.paths import datasets_folder
from footprint.library.tables import number, read_csv

Basis = Literal["read", "estimate"]
Per = Literal["product", "element"]
COLUMNS = (
    "route", "citation", "value", "low", "high", "range", "per", "basis", "independent", "scored", "why_not", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """One published climate change of a route's product in kg CO2 eq; `value` is None where nothing was found.

    `per` is product or element: per kg of declared product or per kg of the element in it. A missing `low` or `high`
    leaves the range open on that side. `scored` rows were read and have the same form, allocation, boundary and
    geography (DECISIONS 24, 25); the others say in `why_not` what keeps them from being compared. `independent` is
    False where the published result rests on the inventory that the route uses.
    """

    route: str
    citation: str
    value: float | None
    low: float | None
    high: float | None
    range: str
    per: Per
    basis: Basis
    independent: bool
    scored: bool
    why_not: str
    source: str

    def holds(self, ours: float) -> bool:
        """Whether a value lies in the published range."""
        return (self.low is None or ours >= self.low) and (self.high is None or ours <= self.high)


def load_published(path: Path | None = None) -> tuple[Published, ...]:
    """The rows of `published.csv` in the order of the file; InputError names line and column."""
    path = path or datasets_folder() / "published.csv"
    return _loaded(signature([path])) if path.is_file() else ()


@lru_cache(maxsize=4)
def _loaded(files: Signature) -> tuple[Published, ...]:
    path = files[0][0]
    return tuple(_published(row, path, line) for line, row in read_csv(path, COLUMNS))


def _published(row: dict[str, str], path: Path, line: int) -> Published:
    def figure(column: str) -> float | None:
        return number(row[column], path, line, column) if row[column] else None

    def word(column: str, allowed: tuple[str, ...]) -> str:
        if row[column] not in allowed:
            raise InputError(
                f"{path}, line {line}, column '{column}': '{row[column]}' is not known"
                f"{nearest(row[column], allowed)}; allowed: {', '.join(allowed)}"
            )
        return row[column]

    return Published(
        route=row["route"],
        citation=row["citation"],
        value=figure("value"),
        low=figure("low"),
        high=figure("high"),
        range=row["range"],
        per=word("per", (*get_args(Per), "")) or "product",  # type: ignore[arg-type]
        basis=word("basis", (*get_args(Basis), "")) or "estimate",  # type: ignore[arg-type]
        independent=word("independent", ("yes", "no", "")) == "yes",
        scored=word("scored", ("yes", "no")) == "yes",
        why_not=row["why_not"],
        source=row["source"],
    )
