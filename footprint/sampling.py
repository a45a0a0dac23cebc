"""Monte Carlo on whole product systems: foreground and background resampled, loops included, routes paired."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from footprint.calculation import Assessed, Settings, assess_route
from footprint.errors import InputError, nearest
from footprint.inventory.uncertain import Compiled, Pedigree, Source, compile_systems, quality_spread
from footprint.library.method import Method
from footprint.library.paths import methods_folder
from footprint.library.routes import load_route
from footprint.model import Route
from footprint.rules.parameters import load_parameters, numbers
from footprint.uncertainty.germs import BLOCK, SHEAF, Sequence_, blocks
from footprint.uncertainty.statistics import Summary, summary
from footprint.uncertainty.systems import Workspace
from footprint.uncertainty.threads import one_thread

Array = NDArray[np.float64]
World = Literal["sampled", "fixed"]
WORLDS: tuple[World, ...] = get_args(World)


@dataclass(frozen=True)
class Sample:
    """Characterised results of one route in `n` samples: `values` holds one row per category and sub-indicator.

    Two samples of the same call, or of calls with the same seed, sequence and n, are paired: sample k of both lives in
    the same world (the same draws of every background process and of every file they share). In `clipped` of the drawn
    samples (whole blocks) an amount would have been negative and was taken as zero: its bounds are too wide.
    """

    route: str
    method: Method
    values: Array
    seed: int
    sequence: Sequence_
    world: World
    clipped: int = 0

    @property
    def n(self) -> int:
        """How many samples."""
        return int(self.values.shape[1])

    @property
    def codes(self) -> tuple[str, ...]:
        """The category codes, in the method's order."""
        return self.method.codes

    def __getitem__(self, code: str) -> Array:
        if code not in self.method.column:
            raise InputError(f"category '{code}' is not known{nearest(code, self.method.column)}")
        row: Array = self.values[self.method.column[code]]
        return row

    @cached_property
    def _summaries(self) -> Mapping[str, Summary]:
        batch = None if self.sequence == "plain" else BLOCK
        return {code: summary(self[code], batch) for code in self.codes}

    def summary(self, code: str) -> Summary:
        """Mean, median, 95 % interval, GSD² and standard error of one category."""
        self[code]
        return self._summaries[code]

    def to_dict(self) -> dict[str, dict[str, float | int | None]]:
        """Category -> its uncertainty, as `footprint calc --samples --json` prints it."""
        return {code: uncertainty_json(self, self.summary(code)) for code in self.codes}


def uncertainty_json(sample: Sample, found: Summary) -> dict[str, float | int | None]:
    """The summary of a category with what it was drawn with."""
    return {
        "mean": found.mean,
        "median": found.median,
        "p2_5": found.p2_5,
        "p97_5": found.p97_5,
        "gsd2": found.gsd2,
        "n": found.n,
        "seed": sample.seed,
        "error": found.error,
    }


def sample(
    route: str | Path | Route,
    n: int = 10_000,
    seed: int = 1,
    *,
    sequence: Sequence_ = "plain",
    world: World = "sampled",
    pedigree: bool = True,
    settings: Settings | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """`n` samples of a route's footprint, every uncertain amount of the system drawn anew in each.

    Parameters
    ----------
    route : route id, path of a .toml file, or a Route
    n, seed : number of samples, and what the draws begin with: the same seed gives the same numbers
    sequence : "plain", "latin-hypercube" (in blocks), or "sobol" (scrambled; best with a power of two)
    world : "sampled" draws the background too, "fixed" leaves it at its middle
    pedigree : give measured and published amounts without a spread the one of their data quality ratings
    settings : method, background, electricity and date; defaults as in `calculate`
    progress : called with the number of samples done

    Raises InputError, or UnsolvableSystem where a sample has no meaningful solution.
    """
    return sample_routes([route], n, seed, sequence=sequence, world=world, pedigree=pedigree, settings=settings,
                         progress=progress)[0]  # fmt: skip


@one_thread
def sample_routes(
    routes: Sequence[str | Path | Route],
    n: int = 10_000,
    seed: int = 1,
    *,
    sequence: Sequence_ = "plain",
    world: World = "sampled",
    pedigree: bool = True,
    settings: Settings | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Sample, ...]:
    """Paired samples of several routes; parameters as in `sample`."""
    if n < 1:
        raise InputError(f"{n} samples: at least one is needed")
    chosen = settings or Settings()
    system = SampledRoutes.of(routes, chosen, world, pedigree)
    values = [np.empty((len(a.method.categories), n)) for a in system.assessed]
    workspaces = [found.workspace(BLOCK) for found in system.compiled.systems]
    for start, found in system.draw(n, seed, sequence, workspaces):
        for target, block in zip(values, found, strict=True):
            target[:, start : start + block.shape[1]] = block
        if progress:
            progress(min(n, start + BLOCK))
    return tuple(
        Sample(assessed.assessment.graph.route, assessed.method, rows, seed, sequence, world, workspace.clipped)
        for assessed, rows, workspace in zip(system.assessed, values, workspaces, strict=True)
    )


@dataclass(frozen=True)
class SampledRoutes:
    """Routes ready to be sampled together."""

    assessed: tuple[Assessed, ...]
    compiled: Compiled

    @classmethod
    def of(
        cls, routes: Sequence[str | Path | Route], settings: Settings, world: World = "sampled", pedigree: bool = True
    ) -> SampledRoutes:
        """Solve each route at its middle, and compile what is uncertain in them."""
        if world not in WORLDS:
            raise InputError(f"world '{world}'{nearest(world, WORLDS)}; allowed: {', '.join(WORLDS)}")
        loaded = [route if isinstance(route, Route) else load_route(route) for route in routes]
        assessed = tuple(assess_route(route, settings) for route in loaded)
        sources = [
            Source(
                a.assessment.graph,
                a.background,
                a.assessment.table,
                a.assessment.supplied if world == "fixed" else None,
            )
            for a in assessed
        ]
        return cls(assessed, compile_systems(sources, pedigree_in_force(settings.on) if pedigree else None))

    def draw(
        self, n: int, seed: int, sequence: Sequence_, workspaces: Sequence[Workspace]
    ) -> Iterator[tuple[int, list[Array]]]:
        """(first sample, categories x samples of each route) by blocks, `n` samples in all."""
        for number, germ in blocks(self.compiled.streams, sequence, seed, 0, -(-n // (BLOCK * SHEAF))):
            if (start := number * BLOCK) >= n:
                return
            yield start, [workspace.impacts(germ)[:, : n - start] for workspace in workspaces]


def pedigree_in_force(on: date | None = None) -> Pedigree:
    """GSD² from data quality ratings by the table of a day (`quality-variance`, methods/crma)."""
    parameters, day = load_parameters(methods_folder() / "crma"), on or date.today()
    table = numbers(parameters, "quality-variance-basic", day)
    indicators = {name: numbers(parameters, f"quality-variance-{name}", day) for name in ("TeR", "GeR", "TiR", "P")}
    variances = {name: [found[str(score)] for score in range(1, 6)] for name, found in indicators.items()}
    return quality_spread(variances, table["all"])
