"""The open background: unit processes by id, placed in a country on demand, and electricity from a country's mix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from footprint.errors import InputError, listed, nearest
from footprint.library import electricity
from footprint.library.amounts import Scope, build_parameters
from footprint.library.cache import Signature, cached, content_hash, signature
from footprint.library.files import BackgroundFile
from footprint.library.paths import datasets_folder
from footprint.library.processes import build_process
from footprint.library.providers import Provider, parse_provider
from footprint.library.sites import on_site
from footprint.library.sources import load_sources
from footprint.library.toml import read_toml
from footprint.model import Exchange, Parameter, Process, Source

GLOBAL = "GLO"
OPEN = "open"
#: what the id of a background in a folder begins with: no folder can pass for the open one, or for a database
OWN = "own:"


class Compiled(msgspec.Struct):
    """The files of a background, read: unit processes by id, the parameters of each group, the electricity tables."""

    processes: dict[str, Process]
    parameters: dict[str, tuple[Parameter, ...]]
    electricity: electricity.Tables


@dataclass
class Background:
    """Unit processes that routes take from. `process` places one in a country on first use and keeps it.

    `memo` is where a later stage keeps what it derived from this background alone.
    """

    id: str
    sha256: str
    generic: Mapping[str, Process]
    electricity: electricity.Tables
    sources: Mapping[str, Source]
    year: int | None = None
    parameters: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict, repr=False)
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)
    _built: dict[tuple[str, str], Process] = field(default_factory=dict, repr=False)

    def process(self, provider: Provider) -> Process:
        """The unit process of a `background:` or `electricity:` provider, at its location.

        Elementary flows then take that location's factors, and `LOCAL` electricity is that country's.
        Raises InputError where the background has no such process or no mix for the country.
        """
        key = (provider.id, provider.location)
        if key not in self._built:
            made = self._market(provider) if provider.kind == "electricity" else self._generic(provider.id)
            self._built[key] = _placed(made, provider.location or made.location)
        return self._built[key]

    @property
    def takes_sites(self) -> bool:
        """Whether a route can set the parameters of its processes."""
        return True

    def at_site(self, provider: Provider, given: Mapping[str, Parameter]) -> Process:
        """The process at its location with its own parameters as a route gives them; kept by the route alone.

        Raises InputError for an unknown process or parameter, or a unit that does not fit.
        """
        return on_site(self.process(provider), given, self.sources)

    def of_year(self, year: int | None) -> Background:
        """This background with the electricity mixes of a year; None leaves the year as it is.

        Raises InputError where no mix is held for the year.
        """
        if year is None or year == self.mix_year:
            return self
        held = sorted({known for years in self.electricity.mix.values() for known in years})
        if year not in held:
            raise InputError(f"year {year}: no electricity mix is held for it; held: {listed(map(str, held), 40)}")
        if ("year", year) not in self.memo:
            self.memo["year", year] = replace(self, year=year, memo={}, _built={})
        found: Background = self.memo["year", year]
        return found

    @property
    def mix_year(self) -> int:
        """The year of the electricity mixes."""
        return self.year or self.electricity.parameters.year

    def _market(self, provider: Provider) -> Process:
        row = electricity.market(provider, self.electricity, self.year)
        return build_process(row, Scope("electricity/mix.csv", {}, self.sources), "electricity markets")

    def _generic(self, ident: str) -> Process:
        if ident not in self.generic:
            raise InputError(
                f"background process '{ident}' is not in the background '{self.id}'{nearest(ident, self.generic)}"
            )
        return self.generic[ident]


def _placed(process: Process, location: str) -> Process:
    """The process at `location`, its `LOCAL` electricity and `@LOCAL` inputs taken from there."""
    return replace(
        process, location=location, exchanges=tuple(_localised(exchange, location) for exchange in process.exchanges)
    )


def _localised(exchange: Exchange, location: str) -> Exchange:
    if "LOCAL" not in exchange.partner:
        return exchange
    return replace(exchange, partner=exchange.partner.replace("LOCAL", location))


def load_background(name: str | Path = OPEN, year: int | None = None, datasets: Path | None = None) -> Background:
    """The open background, or the one in a folder of the same form (`background/*.toml`, `electricity/`): `own:NAME`.

    `year` chooses the year of the electricity mixes; without it the year that `electricity/parameters.toml` names.
    """
    root, ident = datasets or datasets_folder(), OPEN
    if str(name) != OPEN:
        root = Path(name)
        ident = f"{OWN}{root.resolve().name}"
        if str(name).startswith("bw:"):
            raise InputError(
                f"background '{name}': a database of a Brightway project is loaded with "
                f"fp.load_background('{name}'), and given as what that returns"
            )
        if not (root / "background").is_dir():
            raise InputError(f"background '{name}' is not known; allowed: open, or a folder with background/*.toml")
    files = [*(root / "background").glob("*.toml"), *(root / "electricity").glob("*.*"), *root.glob("sources.toml")]
    return _loaded(ident, root, year, signature(files))


@lru_cache(maxsize=8)
def _loaded(ident: str, root: Path, year: int | None, files: Signature) -> Background:
    sha256 = content_hash([path for path, _, _ in files], root)
    sources = load_sources(root)
    compiled = cached("background", sha256, Compiled, lambda: _compile(root, sources))
    return Background(ident, sha256, compiled.processes, compiled.electricity, sources, year, compiled.parameters)


def _compile(root: Path, sources: Mapping[str, Source]) -> Compiled:
    """Read and evaluate every process of the background files; ids are unique over all of them."""
    processes: dict[str, Process] = {}
    files: dict[str, str] = {}
    parameters: dict[str, tuple[Parameter, ...]] = {}
    for path in sorted((root / "background").glob("*.toml")):
        file, name = read_toml(path, BackgroundFile), path.relative_to(root).as_posix()
        if file.group in parameters:
            raise InputError(f"{name}: the group '{file.group}' is already that of another file")
        parameters[file.group], scope = build_parameters(file.parameter, sources, name)
        for row in file.process:
            if row.id in processes:
                raise InputError(f"{name}: background process '{row.id}' is already in {files[row.id]}")
            processes[row.id], files[row.id] = build_process(row, scope, file.group), name
    return Compiled(processes, parameters, electricity.read_tables(root / "electricity"))


def in_file(ident: str, consumer: str) -> Provider:
    """A provider named without a prefix inside a background file is a process of the background."""
    provider = parse_provider(ident)
    if provider.kind == "process":
        return Provider("background", provider.id)
    if provider.kind not in ("background", "electricity") or provider.site:
        raise InputError(
            f"background process '{consumer}': may not take from '{ident}'; allowed: "
            f"{listed(('background:ID', 'electricity:COUNTRY:MV'))}"
        )
    return provider
