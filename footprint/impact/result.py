"""A footprint as a frozen value: 16 characterised results, their contributions, and what they do not cover."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from footprint.errors import InputError, nearest
from footprint.inventory.allocation import Share
from footprint.inventory.kernel import Matrix
from footprint.library.method import Method
from footprint.model import STAGES, Finding, Route

if TYPE_CHECKING:
    import pandas as pd

DIRECT = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one foreground process adds, by its own emissions (`background` empty) or through one background product.

    `values` holds one number per category and sub-indicator of the method.
    """

    stage: str
    process: str
    background: str
    values: Matrix


@dataclass(frozen=True, slots=True)
class FlowContribution:
    """What one elementary flow adds over the whole system: `amount` in `unit`, `values` per category."""

    flow: str
    compartment: str
    unit: str
    amount: float
    values: Matrix
    characterised: bool


@dataclass(frozen=True)
class CategoryResult:
    """One impact category: characterised value per declared unit, and its parts.

    `by_process` (direct emissions) and `by_background` (what each background product brings) sum to `value`; so does
    `by_stage`. `screening_share` is the share that rests on unconfirmed estimates, `tier_c_share` the share that rests
    on background processes of tier C or D.
    """

    code: str
    name: str
    unit: str
    value: float
    by_stage: Mapping[str, float]
    by_process: Mapping[str, float]
    by_background: Mapping[str, float]
    not_covered: tuple[str, ...]
    screening_share: float
    sensitivity: Mapping[str, Any]
    sub: Mapping[str, float]
    tier_c_share: float = 0.0


@dataclass(frozen=True)
class FootprintResult:
    """The footprint of a route per declared unit. Indexing by category code gives a `CategoryResult`."""

    route: Route
    method: Method
    background: tuple[str, str]
    engine: str
    version: str
    contributions: tuple[Contribution, ...]
    flows: tuple[FlowContribution, ...]
    screening: Matrix
    long_term: str
    alternatives: Mapping[str, Matrix]
    not_covered: Mapping[str, tuple[str, ...]]
    allocation: tuple[Share, ...]
    findings: tuple[Finding, ...] = ()
    engine_values: Matrix | None = None
    allocation_sensitivity: Mapping[str, Matrix] = field(default_factory=dict)
    tier_c: Matrix | None = None
    electricity: tuple[str, int | None] = ("as-modelled", None)
    electricity_sensitivity: Mapping[str, Matrix] = field(default_factory=dict)

    @cached_property
    def totals(self) -> Matrix:
        """One value per category and sub-indicator of the method: the sum of the contributions."""
        if self.engine_values is not None:
            return self.engine_values
        total: Matrix = self._values.sum(axis=0)
        return total

    @cached_property
    def _values(self) -> Matrix:
        """Contributions x categories."""
        return np.array([contribution.values for contribution in self.contributions])

    @cached_property
    def _parts(self) -> tuple[Mapping[str, Matrix], Mapping[str, Matrix], Mapping[str, Matrix]]:
        """All categories by stage, by process (direct) and by background product."""
        return (
            self.grouped(lambda c: c.stage, STAGES),
            self.grouped(lambda c: None if c.background else c.process),
            self.grouped(lambda c: c.background or None),
        )

    def with_findings(self, findings: tuple[Finding, ...]) -> FootprintResult:
        """This result with findings; what was already derived from it is kept."""
        told = replace(self, findings=findings)
        told.__dict__.update({name: value for name, value in self.__dict__.items() if name not in told.__dict__})
        return told

    @property
    def codes(self) -> tuple[str, ...]:
        """The category codes, in the method's order."""
        return self.method.codes

    def __getitem__(self, code: str) -> CategoryResult:
        if code not in self.codes:
            raise InputError(
                f"category '{code}' is not known{nearest(code, self.codes)}; allowed: {', '.join(self.codes)}"
            )
        return self._categories[code]

    @cached_property
    def _categories(self) -> Mapping[str, CategoryResult]:
        return {code: self._category(code) for code in self.codes}

    def _category(self, code: str) -> CategoryResult:
        column = self.method.column[code]
        category = self.method.categories[column]
        sensitivity: dict[str, Any] = {
            name: float(values[column]) if np.isfinite(values[column]) else None
            for name, values in self.alternatives.items()
        }
        if self.allocation_sensitivity:
            sensitivity["allocation"] = {rule: float(v[column]) for rule, v in self.allocation_sensitivity.items()}
        if moved := self._other_electricity(column):
            sensitivity["electricity"] = moved
        by_stage, by_process, by_background = (
            {name: float(values[column]) for name, values in part.items()} for part in self._parts
        )
        return CategoryResult(
            code,
            category.name,
            category.unit,
            float(self.totals[column]),
            by_stage,
            by_process,
            by_background,
            self.not_covered.get(code, ()),
            float(self.screening[column]),
            sensitivity,
            {
                c.code.removeprefix(f"{code}-").replace("-", "_"): float(self.totals[i])
                for i, c in enumerate(self.method.categories)
                if c.parent == code
            },
            0.0 if self.tier_c is None else float(self.tier_c[column]),
        )

    def _other_electricity(self, column: int) -> dict[str, float]:
        """The category under other electricity strategies, where it differs."""
        found = {name: float(values[column]) for name, values in self.electricity_sensitivity.items()}
        return {name: value for name, value in found.items() if not np.isclose(value, self.totals[column], 1e-9, 0)}

    def split(self, code: str, key: Callable[[Contribution], str | None]) -> dict[str, float]:
        """One category's contributions summed by `key` (None leaves out)."""
        column = self.method.column[code]
        return {name: float(values[column]) for name, values in self.grouped(key).items()}

    def grouped(self, key: Callable[[Contribution], str | None], order: Iterable[str] = ()) -> dict[str, Matrix]:
        """Contributions of all categories summed by `key` (None leaves out), in `order` and then as first met."""
        groups: dict[str, list[int]] = {name: [] for name in order}
        for i, contribution in enumerate(self.contributions):
            if (name := key(contribution)) is not None:
                groups.setdefault(name, []).append(i)
        return {name: self._values[rows].sum(axis=0) for name, rows in groups.items() if rows}

    @cached_property
    def weighted_score(self) -> float:
        """Normalised and weighted sum in points per person: for hotspots and data tiers, never for a declaration."""
        return float(sum(self.weight(code) * self.totals[self.method.column[code]] for code in self.codes))

    def weight(self, code: str) -> float:
        """Weighting / normalisation of a category, points per unit of the category (METHOD 3.1)."""
        if not self.method.normalisation:
            return 0.0
        return self.method.weighting[code] / 100 / self.method.normalisation[code]

    @cached_property
    def tier(self) -> str:
        """How much of the weighted score rests on confirmed amounts: from 80 % `published`, below 50 % `screening`."""
        columns = [self.method.column[code] for code in self.codes]
        weights = np.array([self.weight(code) for code in self.codes]) * np.abs(self.totals[columns])
        if weights.sum() <= 0:
            return "screening"
        confirmed = 1 - float(weights @ self.screening[columns]) / float(weights.sum())
        return "published" if confirmed >= 0.8 else "screening" if confirmed < 0.5 else "mixed"

    @cached_property
    def not_characterised(self) -> tuple[FlowContribution, ...]:
        """Elementary flows for which the method holds no factor in any category."""
        return tuple(flow for flow in self.flows if not flow.characterised and flow.amount)

    def to_dict(self) -> dict[str, Any]:
        """The result as `footprint calc --json` prints it (schema footprint/result/1)."""
        declared = self.route.declared
        return {
            "schema": "footprint/result/1",
            "route": self.route.id,
            "material": declared.material,
            "system": self.route.system,
            "name": declared.name,
            "declared_unit": {"product": declared.product, "amount": declared.unit_kg, "unit": "kg"},
            "tier": self.tier,
            "method": {"id": self.method.id, "sha256": self.method.sha256},
            "background": {"id": self.background[0], "sha256": self.background[1]},
            "engine": self.engine,
            "software": {"name": "crm-footprint", "version": self.version},
            "long_term": self.long_term,
            "electricity": {"strategy": self.electricity[0], "year": self.electricity[1]},
            "results": {code: _category_dict(self[code]) for code in self.codes},
            "not_characterised": [
                {"flow": f.flow, "to": f.compartment, "amount": f.amount, "unit": f.unit}
                for f in self.not_characterised
            ],
            "allocation": [
                {"process": s.process, "product": s.product, "rule": s.rule, "share": s.share, "basis": s.basis}
                for s in self.allocation
            ],
            "findings": [
                {"rule": f.rule, "severity": f.severity, "where": f.where, "message": f.message} for f in self.findings
            ],
        }

    def to_dataframe(self) -> pd.DataFrame:
        """Tidy contributions: material, route, stage, process, background, category, unit, value."""
        import pandas as pd

        rows = [
            (
                self.route.declared.material,
                self.route.id,
                c.stage,
                c.process,
                c.background,
                code,
                self.method.categories[self.method.column[code]].unit,
                float(c.values[self.method.column[code]]),
            )
            for c in self.contributions
            for code in self.codes
        ]
        return pd.DataFrame(
            rows, columns=["material", "route", "stage", "process", "background", "category", "unit", "value"]
        )

    def _repr_html_(self) -> str:
        """The table a notebook shows."""
        stages = [stage for stage in STAGES if any(c.stage == stage for c in self.contributions)]
        head = "".join(f"<th>{html.escape(h)}</th>" for h in ("Category", "Value", "Unit", *stages, "on estimates"))
        rows = "".join(
            f"<tr><td>{html.escape(r.name)}</td><td "
            f"style='text-align:right'>{r.value:.4g}</td><td>{html.escape(r.unit)}</td>"
            + "".join(f"<td style='text-align:right'>{r.by_stage.get(stage, 0.0):.3g}</td>" for stage in stages)
            + f"<td style='text-align:right'>{r.screening_share:.0%}</td></tr>"
            for r in map(self.__getitem__, self.codes)
        )
        title = html.escape(
            f"{self.route.declared.name} ({self.route.id}), per {self.route.declared.unit_kg:g} kg of "
            f"{self.route.declared.product}; {self.tier} data"
        )
        return f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _category_dict(result: CategoryResult) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": result.name,
        "unit": result.unit,
        "value": result.value,
        "by_stage": dict(result.by_stage),
        "by_process": dict(result.by_process),
        "by_background": dict(result.by_background),
        "not_covered": list(result.not_covered),
        "screening_share": result.screening_share,
        "tier_c_share": result.tier_c_share,
        "sensitivity": dict(result.sensitivity),
    }
    return found | {"sub": dict(result.sub)} if result.sub else found
