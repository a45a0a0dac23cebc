"""An impact assessment method: `methods/ef-3.1/` or a folder of the same form.

The CSV files are the record; what is kept in the cache is the same numbers as arrays, under the hash of the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from footprint.errors import InputError, listed, nearest
from footprint.library.cache import Signature, cached, content_hash, signature
from footprint.library.method_files import GLOBAL, Category, Compiled, Flow, compile_method
from footprint.library.paths import methods_folder

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Method:
    """Characterisation factors by category, flow and location, with normalisation and weighting beside them."""

    id: str
    name: str
    version: str
    sha256: str
    categories: tuple[Category, ...]
    flows: tuple[Flow, ...]
    global_factors: Array
    regional_factors: Mapping[str, tuple[Mapping[int, int], Mapping[str, int], Array]]
    regional: tuple[str, ...]
    regional_sensitivity: tuple[str, ...]
    aliases: Mapping[str, str]
    normalisation: Mapping[str, float]
    weighting: Mapping[str, float]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The main categories, in the method's order."""
        return tuple(c.code for c in self.categories if not c.parent)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Category code -> column of the factor arrays."""
        return {category.code: i for i, category in enumerate(self.categories)}

    @cached_property
    def flow_index(self) -> Mapping[tuple[str, str], int]:
        """(name, compartment) -> row of the factor arrays."""
        return {(flow.name, flow.compartment): i for i, flow in enumerate(self.flows)}

    def flow(self, name: str, compartment: str) -> int:
        """The row of a flow; InputError where the method does not know it."""
        if (found := self.flow_index.get((name, compartment))) is not None:
            return found
        elsewhere = sorted(f.compartment for f in self.flows if f.name == name)
        if elsewhere:
            raise InputError(f"flow '{name}' is not known in '{compartment}'; it is in: {listed(elsewhere, 20)}")
        names = {f.name for f in self.flows if f.compartment == compartment}
        hint = nearest(name, names) or nearest(name, {f.name for f in self.flows})
        raise InputError(
            f"flow '{name}' in '{compartment}' is not known to {self.id}{hint}; see flows.csv and uncharacterised.csv"
        )

    def regional_factor(self, code: str, row: int, location: str, otherwise: float) -> float:
        """The factor of a flow for `location`, then for what it lies in, then `otherwise` (the global one)."""
        rows, columns, table = self.regional_factors[code]
        for place in self.wider(location):
            if place in columns and np.isfinite(value := table[rows[row], columns[place]]):
                return float(value)
        return otherwise

    def used_location(self, code: str, row: int, location: str) -> str:
        """The location whose factor `factors` takes for a regional category."""
        rows, columns, table = self.regional_factors.get(code, ({}, {}, np.empty((0, 0))))
        for place in self.wider(location):
            if row in rows and place in columns and np.isfinite(table[rows[row], columns[place]]):
                return place
        return GLOBAL

    def wider(self, location: str) -> Iterator[str]:
        """A subdivision, its older code where the tables use that, then its country: `CA-NL`, `CA-NF`, `CA`."""
        yield location
        if location in self.aliases:
            yield self.aliases[location]
        if "-" in location:
            yield location.partition("-")[0]


def load_method(name: str | Path = "ef-3.1") -> Method:
    """The shipped method of that name, or the one in that folder. Raises InputError with file and row."""
    folder = method_folder(name)
    files = [folder / "method.toml", *folder.glob("*.csv"), *(folder / "factors").glob("*.csv")]
    return _loaded(folder, signature(files))


def known_methods() -> list[str]:
    """The names of the shipped methods."""
    return sorted(p.parent.name for p in methods_folder().glob("*/method.toml"))


def method_folder(name: str | Path) -> Path:
    """The folder of a shipped method, or the one given."""
    if (folder := Path(name)).is_dir() and (folder / "method.toml").is_file():
        return folder
    known = known_methods()
    if str(name) not in known:
        raise InputError(
            f"method '{name}' is not known{nearest(str(name), known)}; allowed: {listed(known)}, or a "
            "folder with a method.toml"
        )
    return methods_folder() / str(name)


@lru_cache(maxsize=8)
def _loaded(folder: Path, signed: Signature) -> Method:
    files = [path for path, _, _ in signed]
    sha256 = content_hash(files, folder)
    compiled = cached("method", sha256, Compiled, lambda: compile_method(folder))
    return _unpack(compiled, sha256)


def _unpack(c: Compiled, sha256: str) -> Method:
    shape = (len(c.flows), len(c.categories))
    regional = {
        code: (
            {row: i for i, row in enumerate(rows)},
            {place: i for i, place in enumerate(places)},
            np.frombuffer(data).reshape(len(rows), len(places)),
        )
        for code, (rows, places, data) in c.regional.items()
    }
    return Method(
        c.file.id,
        c.file.name,
        c.file.version,
        sha256,
        tuple(c.categories),
        tuple(c.flows),
        np.frombuffer(c.glo).reshape(shape),
        regional,
        tuple(c.file.regional.used),
        tuple(c.file.regional.sensitivity),
        c.file.regional.aliases,
        c.normalisation,
        c.weighting,
    )
