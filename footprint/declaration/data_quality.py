"""Data quality ratings of the datasets of a study and of the study itself (PEF, Annex I, 4.6.5).

DQR = (TeR + GeR + TiR + P) / 4, 1 best and 5 worst. A company-specific dataset takes the mean of its data by their
contribution c: TeR = sum(c TeR) / sum(c), over the data that make 80 % of it. Its own emissions take TeR and GeR as
stated, TiR by their age, P by who verified them. Of an amount times a dataset, TeR and GeR are the dataset's, P is the
amount's, and TiR the mean of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from footprint.declaration.asking import Asked, Rules, asked
from footprint.declaration.assessment import Rating, StudyQuality
from footprint.declaration.datasets import Basis, Dataset, taken
from footprint.errors import InputError
from footprint.impact.hotspots import most_relevant
from footprint.impact.result import Contribution
from footprint.library.declarations import read_declaration
from footprint.library.providers import parse_provider
from footprint.model import DataQuality, Process

WORST = 5.0


@dataclass(frozen=True)
class Ratings:
    """The ratings of the datasets of a study, by id."""

    basis: Basis

    @cached_property
    def criteria(self) -> Mapping[str, DataQuality | None]:
        """TeR, GeR, TiR and P of each dataset; None where they are not known, or nobody says what the data are."""
        return {ident: self._of(dataset) for ident, dataset in self.basis.datasets.items()}

    def rating(self, ident: str) -> Rating | None:
        """The rating of a dataset with its level."""
        found = self.criteria[ident]
        return None if found is None else rating(found, self.basis.rules)

    def _of(self, dataset: Dataset) -> DataQuality | None:
        if dataset.origin == "declaration":
            return self._declared(dataset)
        if dataset.process is None:
            return None
        if dataset.origin == "own" and dataset.data is None:
            return None
        if dataset.origin == "own" and dataset.kind == "company-specific":
            return self._company(dataset)
        until = dataset.data.most_recent if dataset.data else None
        return self._secondary(dataset.process, until)

    def parts(self, dataset: Dataset) -> Mapping[str, float]:
        """The data that make 80 % of a company's dataset, with their contribution; own emissions have no name."""
        parts = self.basis.shares(lambda c: (taken(c) or "") if c.process == dataset.id else None)
        chosen = most_relevant(parts, self.basis.rules.number("company-dataset-share"))
        return {spot.name: parts[spot.name] for spot in chosen}

    def _company(self, dataset: Dataset) -> DataQuality | None:
        """By contribution, over the data that make 80 % of the dataset."""
        own = evidence(dataset, self.basis)
        rated = [(self._part(name, own), share) for name, share in self.parts(dataset).items()]
        return own if own is None or not rated else weighted(rated)

    def _part(self, name: str, own: DataQuality | None) -> DataQuality | None:
        """The criteria of own emissions (no name), or of an amount times a dataset."""
        if not name or own is None:
            return own
        other = self.basis.datasets[name]
        if (data := self._of(other)) is None:
            return None
        return DataQuality(data.TeR, data.GeR, (own.TiR + data.TiR) / 2, own.P)

    def _secondary(self, process: Process, until: date | None = None) -> DataQuality | None:
        """TeR, GeR and P as the dataset has them; TiR anew, from the end of its validity to the rating."""
        stated = process.quality
        if stated is None:
            return self._mixed(process)
        ended = until or date(process.year, 12, 31)
        time = _rated(self._years(ended), self.basis.rules.numbers("dqr-time-secondary"))
        return DataQuality(stated.TeR, stated.GeR, max(stated.TiR, time), stated.P)

    def _mixed(self, process: Process) -> DataQuality | None:
        """Electricity of a country is rated as the electricity it is mixed of, by amount; the network is not."""
        parts = [e for e in process.exchanges if e.kind == "product" and e.flow.startswith("electricity")]
        rated: list[tuple[DataQuality | None, float]] = []
        for part in parts:
            try:
                supplier = self.basis.background.process(parse_provider(part.partner))
            except InputError:
                return None
            rated.append((self._secondary(supplier), part.amount.value))
        return weighted(rated) if rated else None

    def _declared(self, dataset: Dataset) -> DataQuality:
        """A supplier's values are of its own product: TeR and GeR 1; P by whether anyone verified them."""
        name = dataset.id.removeprefix("declaration:").rpartition(" (")[0]
        _, found, _ = read_declaration(self.basis.study.route.path, name)
        checked = "external" if found.verification else "none"
        time = _rated(self._years(date(found.year, 12, 31)), self.basis.rules.numbers("dqr-time-company"))
        return DataQuality(1.0, 1.0, time, self.basis.rules.numbers("dqr-precision-company")[checked])

    def _years(self, ended: date) -> int:
        return years_begun(ended, day_of_rating(self.basis))


def rating(found: DataQuality, rules: Rules) -> Rating:
    """The four criteria with their mean and its level."""
    return Rating(found.TeR, found.GeR, found.TiR, found.P, found.dqr, level(found.dqr, rules))


def level(dqr: float, rules: Rules) -> str:
    """excellent to 1.5, very good to 2.0, good to 3.0, fair to 4.0, else poor; a bound belongs to the better level."""
    bounds = sorted(rules.numbers("dqr-levels").items(), key=lambda item: item[1])
    return next((name.replace("-", " ") for name, bound in bounds if dqr <= bound + 1e-12), "poor")


def weighted(rated: list[tuple[DataQuality | None, float]]) -> DataQuality | None:
    """The mean of each criterion by contribution; None where one of them is not rated or nothing contributes."""
    total = sum(weight for _, weight in rated)
    if total <= 0:
        return None
    sums = dict.fromkeys(("TeR", "GeR", "TiR", "P"), 0.0)
    for found, weight in rated:
        if found is None:
            return None
        for name in sums:
            sums[name] += weight * getattr(found, name)
    return DataQuality(**{name: value / total for name, value in sums.items()})


def evidence(dataset: Dataset, basis: Basis) -> DataQuality | None:
    """What a process's own data may be rated: as stated, TiR and P no better than their age and verification allow."""
    if dataset.process is None or dataset.process.quality is None or dataset.data is None:
        return None
    stated, allowed = dataset.process.quality, allowed_ratings(dataset, basis)
    return DataQuality(
        stated.TeR, max(stated.GeR, allowed["GeR"]), max(stated.TiR, allowed["TiR"]), max(stated.P, allowed["P"])
    )


def allowed_ratings(dataset: Dataset, basis: Basis) -> Mapping[str, float]:
    """The best rating that the evidence for a process's own data allows, by criterion.

    TiR by the age of the data when they are rated, P by who verified them, GeR by whether the plants they are from lie
    in the country of the process.
    """
    assert dataset.process is not None
    assert dataset.data is not None
    data, process, rules, company = dataset.data, dataset.process, basis.rules, basis.study.company
    age = years_begun(data.most_recent or date(process.year, 12, 31), day_of_rating(basis))
    here = process.location.partition("-")[0]
    abroad = any(p.id in data.plants and p.country.partition("-")[0] != here for p in company.plant)
    return {
        "TiR": _rated(age, rules.numbers("dqr-time-company")),
        "P": rules.numbers("dqr-precision-company")[data.checked],
        "GeR": rules.numbers("dqr-geography-company")["other-country" if abroad else "same-country"],
    }


def day_of_rating(basis: Basis) -> date:
    """The day whose rules hold, or the report's where that is later: an early report makes no data younger."""
    return max(basis.study.company.report_date, basis.rules.on)


def years_begun(ended: date, report: date) -> int:
    """Years begun between the last day of data and their rating: the least n with report <= ended + n years."""
    return max(0, report.year - ended.year + ((report.month, report.day) > (ended.month, ended.day)))


def _rated(years: int, bounds: Mapping[str, float]) -> float:
    """The rating whose bound the years do not exceed; 5 beyond the last."""
    return min((float(name) for name, bound in bounds.items() if years <= bound), default=WORST)


def claims(basis: Basis) -> Iterator[Asked]:
    """A rating that is better than the evidence allows is told; the allowed one counts (PEF, 4.6.5)."""
    clauses = {"TiR": "dqr-time-company", "P": "dqr-precision-company", "GeR": "dqr-geography-company"}
    settles = {
        "TiR": "newer data, or the rating",
        "P": "a verification from outside, or the rating",
        "GeR": "data of the plants in the country of the process, or the rating",
    }
    for dataset in basis.datasets.values():
        if dataset.origin != "own" or dataset.kind != "company-specific" or dataset.process is None:
            continue
        stated = dataset.process.quality
        for name, allowed in allowed_ratings(dataset, basis).items():
            if stated is not None and (told := getattr(stated, name)) < allowed:
                yield asked(
                    "warning", "quality.better-than-evidence", dataset.where,
                    f"{name} is stated as {told:g}; the evidence allows {allowed:g}, which counts",
                    f"settled by {settles[name]}", basis.rules.clause(clauses[name]), dataset.share,
                )  # fmt: skip


def periods(basis: Basis) -> Iterator[Asked]:
    """Company-specific data of another time than the reporting period are told (PEF, 4.6.5)."""
    period = basis.study.company.period
    for dataset in basis.datasets.values():
        if dataset.origin != "own" or dataset.kind != "company-specific" or not (dataset.process and dataset.data):
            continue
        year, last = dataset.process.year, dataset.data.most_recent
        told = [] if period.from_.year <= year <= period.to.year else [f"of {year}"]
        told += [f"last of {last}"] if last and not period.from_ <= last <= period.to else []
        if told:
            yield asked(
                "warning", "data.outside-period", dataset.where,
                f"its data are {' and '.join(told)}, outside the period from {period.from_} to {period.to}",
                "settled by data of the period", basis.rules.clause("dqr-time-company"), dataset.share,
            )  # fmt: skip


def study_quality(ratings: Ratings) -> StudyQuality:
    """The criteria of the most relevant datasets, by contribution; what is not rated is left out and told.

    Each contribution belongs to one dataset: to the company's process where its data are company-specific, which has
    rated what it takes already, else to the background product or the process it comes through.
    """
    basis = ratings.basis

    def owner(contribution: Contribution) -> str:
        inside = basis.datasets[contribution.process]
        product = taken(contribution)
        return inside.id if product is None or inside.kind == "company-specific" else product

    relevant = basis.relevant(owner)
    shares = {ident: share for ident, share in basis.shares(owner).items() if ident in relevant}
    rated = [(ratings.criteria[ident], share) for ident, share in shares.items() if ratings.criteria[ident] is not None]
    whole = sum(shares.values())
    found = weighted(rated) if rated else None
    known = sum(share for _, share in rated)
    return StudyQuality(rating(found, basis.rules) if found else None, known / whole if whole else 0.0)
