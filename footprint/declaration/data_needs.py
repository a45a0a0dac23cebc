"""The data needs matrix, and company-specific data where Annex V requires them (R18, R19; PEF, Annex I, 4.6.5.4).

Situation 1: run by the company. 2: not run, company-specific information at hand. 3: not run, no access. The option
says which data the matrix then asks for, and how good they are to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from footprint.checks.boundary import covered
from footprint.declaration.asking import Asked, Rules, Severity, asked
from footprint.declaration.assessment import DataNeed
from footprint.declaration.data_quality import Ratings, evidence
from footprint.declaration.datasets import Basis, Dataset
from footprint.errors import listed

#: what each option asks for
ASKS = {
    (1, 1): "company-specific data",
    (1, 2): "a secondary dataset, EF-compliant",
    (2, 1): "company-specific data",
    (2, 2): "own transport distances, and electricity and transport of the supply chain in an EF-compliant dataset",
    (2, 3): "own transport distances, and electricity and transport of the supply chain in an EF-compliant dataset",
    (3, 1): "an EF-compliant dataset, rated anew for this use",
    (3, 2): "an EF-compliant dataset with the rating it has",
}


def situation(dataset: Dataset) -> int:
    """1 where the operator runs it, 2 where others do and their information is at hand, else 3."""
    if dataset.controlled:
        return 1
    at_hand = dataset.kind == "company-specific" or (dataset.data is not None and dataset.data.access)
    return 2 if at_hand else 3


def option(dataset: Dataset) -> int:
    """The option of the matrix; company-specific data are always allowed, and required of own most relevant ones."""
    place = situation(dataset)
    if place == 3:
        return 1 if dataset.most_relevant else 2
    if dataset.kind == "company-specific" or (place == 1 and dataset.most_relevant):
        return 1
    if place == 1:
        return 2
    return 2 if dataset.most_relevant else 3


def need(dataset: Dataset, ratings: Ratings) -> DataNeed:
    """The place of a dataset in the matrix, and whether its data are what that asks."""
    rules = ratings.basis.rules
    place, chosen, found = situation(dataset), option(dataset), ratings.rating(dataset.id)
    limit = rules.numbers("data-needs-limits")[f"{place}.{chosen}"]
    asks_company = (place, chosen) in ((1, 1), (2, 1))
    met: bool | None = None if found is None else found.dqr <= limit + 1e-12
    if asks_company and dataset.kind == "secondary":
        met = False
    return DataNeed(dataset.id, place, chosen, dataset.most_relevant, dataset.kind, dataset.share, limit, found, met)


def data_needs(ratings: Ratings, needs: tuple[DataNeed, ...]) -> Iterator[Asked]:
    """Every rule of this file."""
    basis = ratings.basis
    yield from own_processes(basis)
    for entry in needs:
        dataset = basis.datasets[entry.dataset]
        yield from required(dataset, basis)
        yield from company_specific(dataset, basis)
        yield from statement(dataset, basis)
        yield from quality(entry, dataset, ratings)


def own_processes(basis: Basis) -> Iterator[Asked]:
    """An operator who runs none of the processes (an importer) is told that all of it is others' data (R19)."""
    if not any(process.operator_control for process in basis.study.route.processes):
        yield asked(
            "warning", "data.no-own-process", "[[process]]", "no process of the study is run by the operator",
            "settled by 'operator_control = true' of each one that is; an importer has none",
            basis.rules.clause("company-data-required"),
        )  # fmt: skip


def required(dataset: Dataset, basis: Basis) -> Iterator[Asked]:
    """What the rules ask of a process of Annex V whoever runs it, hotspot or not (R18): `data-requirement`.

    `company-specific-where-run` and `data-needs-matrix` ask for no more than the rules below.
    """
    if dataset.origin != "own" or dataset.process is None or dataset.kind == "company-specific":
        return
    asks = requirements(basis.rules)
    always = [item for item in covered(dataset.process) if asks.get(item) == "company-specific"]
    if always:
        yield asked(
            "error", "data.requirement", dataset.where, f"covers {listed(always)} on secondary data",
            f"settled by company-specific data in [study.data.{dataset.id}]", basis.rules.clause("data-requirement"),
            dataset.share,
        )  # fmt: skip


def requirements(rules: Rules) -> Mapping[str, str]:
    """Item of Annex V -> the data that the rules ask for (`data-requirement`)."""
    found = rules.entry("data-requirement").value
    return {item: str(asks) for item, asks in found.items()} if isinstance(found, Mapping) else {}


def company_specific(dataset: Dataset, basis: Basis) -> Iterator[Asked]:
    """Annex V: company-specific data at least for own processes with the largest contribution (R19)."""
    if not (dataset.controlled and dataset.most_relevant and dataset.kind == "secondary"):
        return
    if dataset.data is None:
        found = "run by the operator and among the hotspots; the study does not say where its data come from"
    elif dataset.averaged:
        found = "run by the operator and among the hotspots; its data are a horizontal average, which is secondary"
    else:
        found = "run by the operator and among the hotspots; its data are secondary"
    yield asked(
        "error", "data.company-specific", dataset.where, f"non-conforming: {found}",
        f"settled by data of the own plants in [study.data.{dataset.id}]", basis.rules.clause("company-data-required"),
        dataset.share,
    )  # fmt: skip


def statement(dataset: Dataset, basis: Basis) -> Iterator[Asked]:
    """Each process of the file says where its data come from, company data with the documents behind them (R18)."""
    clause = basis.rules.clause("company-data-required")
    if dataset.origin != "own":
        return
    if dataset.data is None:
        if not (dataset.controlled and dataset.most_relevant):
            yield asked(
                "warning", "data.not-stated", dataset.where, "it is not said where its data come from: secondary",
                f"settled by [study.data.{dataset.id}]", clause, dataset.share,
            )  # fmt: skip
        return
    if dataset.averaged and dataset.data.kind == "company-specific":
        yield asked(
            "warning", "data.horizontal", dataset.where,
            "company data averaged over sites of several companies count as secondary",
            "settled by the data of the own sites alone", basis.rules.clause("definitions"), dataset.share,
        )  # fmt: skip
    if dataset.kind == "company-specific" and not dataset.data.evidence:
        yield asked(
            "warning", "data.no-evidence", dataset.where, "company-specific data without a document behind them",
            f"settled by 'evidence' in [study.data.{dataset.id}]", clause, dataset.share,
        )  # fmt: skip


def quality(entry: DataNeed, dataset: Dataset, ratings: Ratings) -> Iterator[Asked]:
    """The rating is within the limit of the matrix.

    An error where nothing but better data mend it: the company's own data are not rated or above the limit by
    themselves, or a dataset said to be EF-compliant is above. Above it through a background that is not
    EF-compliant, the result is screening anyway.
    """
    clause = ratings.basis.rules.clause("data-needs-limits")
    place = f"situation {entry.situation}, option {entry.option}"
    told: Severity = "error" if _is_at_fault(entry, dataset, ratings.basis) else "warning"
    if entry.rating is None:
        if entry.most_relevant:
            yield asked(
                told, "quality.not-rated", dataset.where, f"most relevant ({place}) and not rated",
                f"settled by TeR, GeR, TiR and P of it; at most {entry.limit:g} is asked for", clause, entry.share,
            )  # fmt: skip
        return
    if entry.rating.dqr <= entry.limit + 1e-12:
        return
    settles = f"settled by {ASKS[entry.situation, entry.option]}, rated {entry.limit:g} or better"
    if told == "warning" and (through := _above(entry, dataset, ratings)):
        settles = f"its own data are within it; settled by better datasets for {listed(through, 4)}"
    yield asked(
        told, "quality.limit", dataset.where,
        f"rated {entry.rating.dqr:.2f} ({entry.rating.level}); at most {entry.limit:g} in {place}",
        settles, clause, entry.share,
    )  # fmt: skip


def _above(entry: DataNeed, dataset: Dataset, ratings: Ratings) -> list[str]:
    """The datasets that a company's process takes and that are rated above its limit, largest first."""
    if dataset.origin != "own" or dataset.kind != "company-specific":
        return []
    found = {name: ratings.rating(name) for name in ratings.parts(dataset) if name}
    return [f"{name} (rated {r.dqr:.2f})" for name, r in found.items() if r is not None and r.dqr > entry.limit]


def _is_at_fault(entry: DataNeed, dataset: Dataset, basis: Basis) -> bool:
    if dataset.origin == "own" and dataset.kind == "company-specific":
        own = evidence(dataset, basis)
        return own is None or own.dqr > entry.limit + 1e-12
    return dataset.data is not None and dataset.data.compliance == "EF"
