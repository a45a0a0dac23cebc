"""The datasets a study rests on: its own processes, those of linked routes, background products, declarations.

A process of the company is one dataset with what it takes from the background: amounts times datasets (Annex V,
definitions: activity data). A background product used in two stages counts twice (PEF 6.3.3).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from footprint.declaration.asking import Rules
from footprint.declaration.assessment import Kind
from footprint.errors import InputError
from footprint.impact.hotspots import hotspots, most_relevant
from footprint.impact.result import Contribution, FootprintResult
from footprint.library.background import Background
from footprint.library.declarations import declaration_process
from footprint.library.providers import parse_provider
from footprint.library.routes import load_route
from footprint.library.studies import Study
from footprint.library.study_files import ProcessDataRow
from footprint.model import Process

Origin = Literal["own", "linked", "background", "declaration"]
#: the product in the key of a background node: `ROUTE#background:tailings-dam@CL#site`
_PRODUCT = re.compile(r"(?:background|electricity):[^\[#]+")
_DECLARATION = "declaration:"
CLIMATE = "CC"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of a study; `share` is its part of the hotspot analysis (0 to 1), `process` None where unreadable."""

    id: str
    origin: Origin
    process: Process | None
    data: ProcessDataRow | None
    share: float
    most_relevant: bool

    @property
    def where(self) -> str:
        """The place of a finding."""
        return f"process '{self.id}'" if self.origin in ("own", "linked") else self.id

    @property
    def kind(self) -> Kind:
        """What its data count as. A horizontal average of company data is secondary (Annex V, definitions)."""
        if self.origin == "declaration":
            return "company-specific"
        stated = self.data is not None and self.data.kind == "company-specific"
        return "company-specific" if stated and not self.averaged else "secondary"

    @property
    def averaged(self) -> bool:
        """Whether its data are averages over sites of several companies."""
        return self.data is not None and self.data.aggregation == "horizontal"

    @property
    def controlled(self) -> bool:
        """Whether the operator runs it; a process of a linked route is somebody else's."""
        return self.origin == "own" and self.process is not None and bool(self.process.operator_control)


@dataclass(frozen=True)
class Basis:
    """A study, its result, the background it takes from, and the rules of a day."""

    study: Study
    result: FootprintResult
    background: Background
    rules: Rules

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The most relevant categories; climate change where the method holds no weights to find them by."""
        ranked = tuple(spot.name for spot in hotspots(self.result, self.rules.on).categories)
        return ranked or (CLIMATE,)

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The size of each contribution in the hotspot analysis, of a sum of one.

        The absolute value of its normalised and weighted sum; of climate change where the method holds no weights.
        """
        result, column = self.result, self.result.method.column
        weights = {code: result.weight(code) for code in result.codes}
        if not any(weights.values()):
            weights = {CLIMATE: 1.0}
        sizes = [
            abs(sum(w * float(c.values[column[code]]) for code, w in weights.items())) for c in result.contributions
        ]
        total = sum(sizes) or 1.0
        return tuple(size / total for size in sizes)

    def shares(self, key: Callable[[Contribution], str | None]) -> Mapping[str, float]:
        """The parts of the hotspot analysis (0 to 1) by `key`; None leaves out."""
        found: dict[str, float] = {}
        for contribution, score in zip(self.result.contributions, self.scores, strict=True):
            if (name := key(contribution)) is not None:
                found[name] = found.get(name, 0.0) + score
        return found

    @cached_property
    def inflows(self) -> Mapping[tuple[str, str], float]:
        """The parts of the hotspot analysis (0 to 1) by process and the background product it takes."""
        found: dict[tuple[str, str], float] = {}
        for contribution, score in zip(self.result.contributions, self.scores, strict=True):
            if contribution.background:
                key = contribution.process, contribution.background.partition("[")[0]
                found[key] = found.get(key, 0.0) + score
        return found

    @cached_property
    def category_shares(self) -> Mapping[str, float]:
        """The part of each category (0 to 1) in the normalised and weighted sum, by absolute values."""
        result = self.result
        sizes = {code: abs(result.weight(code) * result[code].value) for code in result.codes}
        total = math.fsum(sizes.values())
        return {code: size / total if total else 0.0 for code, size in sizes.items()}

    def relevant(self, key: Callable[[Contribution], str | None]) -> frozenset[str]:
        """The groups that make 80 % of any most relevant category (PEF 6.3.3)."""
        threshold, groups = self.rules.number("hotspot-threshold"), self.result.grouped(key)
        found: set[str] = set()
        for code in self.codes:
            column = self.result.method.column[code]
            values = {name: float(group[column]) for name, group in groups.items()}
            found |= {relevant.name for relevant in most_relevant(values, threshold)}
        return frozenset(found)

    @cached_property
    def relevant_processes(self) -> frozenset[str]:
        """Processes that make 80 % of a most relevant category with what they take, or one of whose flows does.

        A flow is the process's own emissions, or one background product it takes.
        """
        owner = {_flow(c): c.process for c in self.result.contributions}
        return self.relevant(lambda c: c.process) | {owner[flow] for flow in self.relevant(_flow)}

    @cached_property
    def datasets(self) -> Mapping[str, Dataset]:
        """By id: processes in the order of the system, then what they take."""
        products = self.shares(taken)
        relevant = self.relevant(lambda c: f"{c.background or c.process} ({c.stage})")
        found = [self._process(name, share) for name, share in self.shares(lambda c: c.process).items()]
        keys = {taken(c): c.background for c in self.result.contributions}
        found += [self._product(keys[name], name, share, name in relevant) for name, share in products.items()]
        return {dataset.id: dataset for dataset in found}

    def _process(self, name: str, share: float) -> Dataset:
        route, _, ident = name.rpartition("#")
        relevant = name in self.relevant_processes
        if route:
            return Dataset(name, "linked", load_route(route).process(ident), None, share, relevant)
        data = self.study.company.data.get(name)
        return Dataset(name, "own", self.study.route.process(name), data, share, relevant)

    def _product(self, key: str, name: str, share: float, relevant: bool) -> Dataset:
        if key.startswith(_DECLARATION):
            process = declaration_process(self.study.route.path, key.removeprefix(_DECLARATION), name)
            return Dataset(name, "declaration", process, None, share, relevant)
        found = _PRODUCT.search(key)
        try:
            process = self.background.process(parse_provider(found.group() if found else key))
        except InputError:
            return Dataset(name, "background", None, None, share, relevant)
        return Dataset(name, "background", process, None, share, relevant)


def taken(contribution: Contribution) -> str | None:
    """The dataset a contribution comes through: a background product in a stage; None for own emissions."""
    return f"{contribution.background} ({contribution.stage})" if contribution.background else None


def _flow(contribution: Contribution) -> str:
    return f"{contribution.process} < {contribution.background} ({contribution.stage})"
