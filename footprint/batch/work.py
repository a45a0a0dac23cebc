"""The work on a chunk of studies: the structure compiled once with its parameters open, and every study through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from footprint import __version__
from footprint.calculation import Settings, assess_route
from footprint.errors import FootprintError, InputError
from footprint.inventory.uncertain import Source, compile_systems
from footprint.library.background import load_background
from footprint.library.method import load_method
from footprint.library.routes import load_route
from footprint.model import Route
from footprint.sampling import SampledRoutes, World, pedigree_in_force
from footprint.uncertainty.germs import BLOCK, SHEAF, Sequence_, blocks
from footprint.uncertainty.statistics import summary
from footprint.uncertainty.systems import System, Workspace
from footprint.uncertainty.threads import one_thread

Array = NDArray[np.float64]
STATISTICS = ("mean", "median", "p2_5", "p97_5", "gsd2")


@dataclass(frozen=True)
class Batch:
    """What the studies of a batch share; plain values, so that it travels to any worker.

    `data` says what the numbers rest on: the program's version, the hashes of the route's file, method and background.
    """

    route: str
    data: tuple[str, ...]
    parameters: tuple[str, ...]
    n: int
    seed: int
    sequence: Sequence_
    world: World
    pedigree: bool
    method: str
    background: str
    electricity: str
    long_term: str
    on: str
    year: int | None

    def settings(self) -> Settings:
        """The settings of the calculation."""
        return Settings(
            self.method, self.background, self.electricity, self.long_term,  # type: ignore[arg-type]
            on=date.fromisoformat(self.on), year=self.year,
        )  # fmt: skip


def resting_on(route: Route, method: str, background: str) -> tuple[str, ...]:
    """Version and hashes of what a batch is calculated from."""
    return __version__, route.sha256, load_method(method).sha256, load_background(background).sha256


@dataclass(frozen=True)
class Task:
    """The work on one chunk; it can be pickled, and finds what it needs where it runs."""

    batch: Batch

    @one_thread
    def __call__(self, rows: Array) -> Array:
        """Studies x columns of the answer."""
        prepared = _prepared(self.batch)
        return np.array([prepared.study(row) for row in rows])


@lru_cache(maxsize=4)
def _prepared(batch: Batch) -> Prepared:
    return Prepared(batch)


class Prepared:
    """A batch's structure: the foreground compiled with its parameters open, and the background in every sample."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.settings = batch.settings()
        route = load_route(batch.route)
        if resting_on(route, batch.method, batch.background) != batch.data:
            raise InputError(f"{batch.route}: this worker has another version of the program or of the data")
        self.assessed = assess_route(route, self.settings)
        self.codes = self.assessed.method.codes
        self.columns = [self.assessed.method.column[code] for code in self.codes]
        self.pedigree = pedigree_in_force(self.settings.on) if batch.pedigree else None
        self.middle_supply = self.assessed.assessment.supplied[self.columns]
        self._foreground(route)
        self.fast = all(self._agrees(row) for row in self._probes(route))

    def _foreground(self, route: Route) -> None:
        """The foreground as a system whose results are direct impacts, then how much of each background product."""
        a = self.assessed.assessment
        n = a.graph.foreground
        links = a.graph.technosphere.indices
        self.used = np.unique(links["row"][(links["row"] >= n) & (links["col"] < n)]) - n
        table = np.vstack([a.table[self.columns], np.zeros((len(self.used), a.table.shape[1]))])
        supplied = np.zeros((len(table), a.supplied.shape[1]))
        supplied[len(self.columns) + np.arange(len(self.used)), self.used] = 1.0
        source = Source(a.graph, self.assessed.background, table, supplied)
        self.compiled = compile_systems([source], self.pedigree, self.batch.parameters)
        self.system: System = self.compiled.systems[0]
        self.at_middle = replace(self.system, program=self.system.program.at_middle()).workspace(1)
        self.workspace: Workspace = self.system.workspace(BLOCK)
        self.germs = self._draws() if self.batch.n else []
        self.worlds = self._worlds() if self.batch.n else []

    def _draws(self) -> list[Array]:
        count = -(-self.batch.n // BLOCK)
        drawn = blocks(self.compiled.streams, self.batch.sequence, self.batch.seed, 0, -(-count // SHEAF))
        return [germ.copy() for _, (_, germ) in zip(range(count), drawn, strict=False)]

    def _worlds(self) -> list[Array]:
        """Impact per unit of each background product in use, in every sample: categories x products x samples."""
        count = len(self.germs)
        if self.batch.world == "fixed":
            fixed = np.repeat(self.middle_supply[:, self.used, None], BLOCK, axis=2)
            return [fixed] * count
        a = self.assessed.assessment
        whole = compile_systems([Source(a.graph, self.assessed.background, a.table[self.columns])], self.pedigree)
        found = [np.empty((len(self.columns), len(self.used), BLOCK)) for _ in range(count)]
        for m, product in enumerate(self.used):
            demand = np.zeros(len(a.graph.nodes))
            demand[a.graph.foreground + product] = 1.0
            workspace = replace(whole.systems[0], demand=demand, negative=True).workspace(BLOCK)
            drawn = blocks(whole.streams, self.batch.sequence, self.batch.seed, 0, -(-count // SHEAF))
            for block, (_, germ) in zip(range(count), drawn, strict=False):
                found[block][:, m] = workspace.impacts(germ)
        return found

    def study(self, values: Array) -> Array:
        """The row of a study: each category's value, and its statistics where samples are asked for."""
        given = dict(zip(self.batch.parameters, map(np.float64, values), strict=True))
        try:
            middle = self._middle(given)
            samples = self._samples(given) if self.batch.n else None
        except FootprintError as error:
            told = ", ".join(f"{name} {value:g}" for name, value in given.items())
            raise InputError(f"{self.batch.route} with {told}: {error}") from None
        if samples is None:
            return middle
        found = [summary(row) for row in samples]
        return np.concatenate(
            [
                (value, *(_number(getattr(s, name)) for name in STATISTICS))
                for value, s in zip(middle, found, strict=True)
            ]
        )

    def _middle(self, given: Mapping[str, float]) -> Array:
        if not self.fast:
            assessed = assess_route(load_route(self.batch.route, given), self.settings)
            a = assessed.assessment
            return np.asarray((a.direct @ a.inventory.scaling)[self.columns])
        return self._fast_middle(given)

    def _fast_middle(self, given: Mapping[str, float]) -> Array:
        """From the open foreground; the checks of the solution tell where there is none."""
        out = self.at_middle.impacts(np.zeros((0, 1)), given)[:, 0]
        direct, taken = out[: len(self.columns)], out[len(self.columns) :]
        return np.asarray(direct + self.middle_supply[:, self.used] @ taken)

    def _samples(self, given: Mapping[str, float]) -> Array:
        """Categories x samples of one study."""
        if not self.fast:
            routes = [load_route(self.batch.route, given)]
            system = SampledRoutes.of(routes, self.settings, self.batch.world, self.batch.pedigree)
            workspaces = [system.compiled.systems[0].workspace(BLOCK)]
            blocks_ = system.draw(self.batch.n, self.batch.seed, self.batch.sequence, workspaces)
            drawn = [found[0] for _, found in blocks_]
            return np.hstack(drawn)[self.columns]
        parts = []
        for germ, world in zip(self.germs, self.worlds, strict=True):
            out = self.workspace.impacts(germ, given)
            direct, taken = out[: len(self.columns)], out[len(self.columns) :]
            parts.append(direct + np.einsum("cps,ps->cs", world, taken))
        return np.hstack(parts)[:, : self.batch.n]

    def _probes(self, route: Route) -> Iterator[Mapping[str, float]]:
        """The parameters as they are, and a little off: what the open structure must reproduce."""
        own = {p.name: p.amount.value for p in route.parameters}
        for factor in (1.0, 1.01):
            yield {name: own[name] * factor for name in self.batch.parameters}

    def _agrees(self, given: Mapping[str, float]) -> bool:
        """Whether the open structure gives what loading the route with these values gives.

        It does not where a parameter reaches the result by another way than an amount (a content that shares a burden).
        """
        a = assess_route(load_route(self.batch.route, given), self.settings).assessment
        slow = (a.direct @ a.inventory.scaling)[self.columns]
        return bool(np.allclose(self._fast_middle(given), slow, rtol=1e-9, atol=1e-30))


def _number(value: float | None) -> float:
    return np.nan if value is None else value
