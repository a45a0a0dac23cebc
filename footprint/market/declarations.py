"""A market as columns: one entry per declaration, and the groups in which like is pooled with like (DECISIONS 19)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed, nearest

Floats = NDArray[np.float64]
CODES = ("CC", "OD", "HTC", "HTNC", "PM", "IR", "POF", "AC", "EUT", "EUF", "EUM", "ETF", "LU", "WU", "RUF", "RUM")
#: rule sets of a modelled market, the Union's and the world's; no declaration has them, and none is pooled with them
MODELLED, MODELLED_WORLD = "modelled", "modelled-world"
RESERVED = (MODELLED, MODELLED_WORLD)


@dataclass(frozen=True, slots=True, order=True)
class Pool:
    """What declarations must have in common before they are compared."""

    material: str
    product: str
    form: str
    grade: str
    declared_unit_kg: float
    method: str
    ruleset: str
    allocation: str
    electricity: str
    cff_A: float
    long_term: str

    @property
    def modelled(self) -> bool:
        """Whether the pool is a modelled market: it has no sample size."""
        return self.ruleset in RESERVED

    @property
    def name(self) -> str:
        """Material and product, as a heading."""
        return f"{self.material}: {self.product}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


POOL_FIELDS = tuple(Pool.__dataclass_fields__)


@dataclass(frozen=True)
class Market:
    """Declarations by column, each column with its name in the market file; a missing number is NaN, never zero."""

    name: str
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.columns["declaration_id"])

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.columns[column]

    def rows(self, chosen: NDArray[Any]) -> Market:
        """The declarations of these places, or those where a mask is true."""
        return Market(self.name, {name: values[chosen] for name, values in self.columns.items()})

    def of(self, **wanted: str) -> Market:
        """The declarations whose columns hold these texts; InputError names the nearest text where none does."""
        found = self
        for column, text in wanted.items():
            mask = found[column] == text
            if not mask.any():
                known = sorted({str(entry) for entry in found[column]})
                hint = nearest(text, known) or f"; it has: {listed(known)}"
                raise InputError(f"{self.name}: no declaration has {column} '{text}'{hint}")
            found = found.rows(mask)
        return found

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The categories that any declaration has a value of."""
        return tuple(code for code in CODES if code in self.columns and np.isfinite(self.columns[code]).any())

    def values(self, code: str) -> Floats:
        """One category per declared unit; InputError where no declaration has it."""
        if code not in CODES:
            raise InputError(f"category '{code}' is not known{nearest(code, CODES)}; allowed: {', '.join(CODES)}")
        if code not in self.categories:
            raise InputError(f"{self.name}: no declaration has a value of {code}; it has: {listed(self.categories)}")
        return np.asarray(self.columns[code], dtype=float)

    def spread(self, code: str) -> Floats:
        """GSD² of the operator's own data, NaN where none is given."""
        return self.beside("gsd2", code)

    def beside(self, kind: str, code: str) -> Floats:
        """What is declared of a category beside its value: `gsd2`, or the `screening` share; NaN where it is not."""
        column = self.columns.get(f"{kind}_{code}")
        return np.full(len(self), np.nan) if column is None else np.asarray(column, dtype=float)

    def pools(self) -> Iterator[tuple[Pool, Market]]:
        """Every group of declarations that may be compared, in the order of their names."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for n, key in enumerate(zip(*(self.columns[field].tolist() for field in POOL_FIELDS), strict=True)):
            groups.setdefault(key, []).append(n)
        for pool, places in sorted((Pool(*key), places) for key, places in groups.items()):
            yield pool, self if len(groups) == 1 else self.rows(np.array(places))


def codes_of(texts: NDArray[Any]) -> tuple[Sequence[str], NDArray[np.int64]]:
    """The different texts in order, and which of them stands at each place."""
    known: dict[str, int] = {}
    places = np.fromiter((known.setdefault(text, len(known)) for text in texts.tolist()), dtype=np.int64)
    names = sorted(known)
    rank = np.empty(len(known), dtype=np.int64)
    for n, name in enumerate(names):
        rank[known[name]] = n
    return names, rank[places] if len(places) else places
