"""A company's study: its route with what the company says about itself and its data."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from footprint.errors import InputError, listed, nearest
from footprint.library.routes import load_route, route_rows
from footprint.library.study_files import StudyRow
from footprint.model import Route


@dataclass(frozen=True, slots=True)
class Study:
    """A route and the `[study]` table of its file."""

    route: Route
    company: StudyRow


def load_study(name: str | Path) -> Study:
    """The study in a .toml file (`#ID` chooses a declared product, `@VARIANT` a variant).

    Raises InputError where the file is no study, or where its study names what the route does not have.
    """
    route = load_route(name)
    company = route_rows(route).study
    if company is None:
        raise InputError(
            f"{route.path}: has no [study] table; `footprint template {route.declared.material}` writes one"
        )
    return checked(Study(route, company))


def checked(study: Study) -> Study:
    """Names that stand in the study are of the route, each process says who runs it, days are in order."""
    route, company = study.route, study.company
    where = f"{route.path}, [study]"
    processes = route.by_id
    _run_by(route)
    evidence = _names(f"{where} evidence", (entry.id for entry in company.evidence))
    plants = _names(f"{where} plant", (plant.id for plant in company.plant))
    for ident, data in company.data.items():
        _known(f"{where} data.{ident}", "process", [ident], processes)
        _known(f"{where} data.{ident}", "evidence", data.evidence, evidence)
        _known(f"{where} data.{ident}", "plant", data.plants, plants)
    behind: dict[tuple[str, str], int] = {}
    for n, instrument in enumerate(company.instrument, 1):
        place = f"{where} instrument {n}"
        if other := behind.setdefault((instrument.process, instrument.flow), n) - n:
            raise InputError(
                f"{place}: instrument {n + other} already stands behind '{instrument.flow}' of '{instrument.process}'; "
                "keep one of the two, or give what each supplies its own input"
            )
        _known(place, "process", [instrument.process], processes)
        powers = [e.flow for e in processes[instrument.process].exchanges if e.supply is not None]
        _known(place, "electricity input", [instrument.flow], powers)
        _known(place, "evidence", instrument.evidence, evidence)
    _days(where, company)
    return study


def _run_by(route: Route) -> None:
    """Who runs a process decides which data the rules ask for: nobody is taken to run none by leaving it out."""
    if silent := [process.id for process in route.processes if process.operator_control is None]:
        raise InputError(
            f"{route.path}, process '{silent[0]}': 'operator_control' is missing, and a study says of each process "
            f"whether the operator runs it (true or false){f'; also: {listed(silent[1:])}' if silent[1:] else ''}"
        )


def _days(where: str, company: StudyRow) -> None:
    """The period ends after it begins, and the report is not older than the period and the data it is of."""
    period, report = company.period, company.report_date
    if period.to < period.from_:
        raise InputError(f"{where} period: ends on {period.to}, before it begins on {period.from_}")
    if report < period.to:
        raise InputError(f"{where} report_date: {report} is before the end of the period, {period.to}")
    for ident, data in company.data.items():
        if data.most_recent is not None and data.most_recent > report:
            raise InputError(f"{where} data.{ident} most_recent: {data.most_recent} is after the report_date, {report}")


def _names(place: str, names: Iterable[str]) -> list[str]:
    """Each name once."""
    found: list[str] = []
    for name in names:
        if name in found:
            raise InputError(f"{place}: id '{name}' is given twice")
        found.append(name)
    return found


def _known(place: str, what: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            allowed = list(known)
            told = f"; allowed: {listed(allowed)}" if allowed else "; none is given"
            raise InputError(f"{place}: {what} '{name}' is not known{nearest(name, allowed)}{told}")
