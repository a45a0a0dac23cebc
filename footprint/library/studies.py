"""A company's study: its route with what the company says about itself and its data."""

from __future__ import annotations

from collections.abc import Iterable
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
    return _checked(Study(route, company))


def _checked(study: Study) -> Study:
    """Names that stand in the study are of the route, dates are in order."""
    route, company = study.route, study.company
    where = f"{route.path}, [study]"
    processes = {process.id: process for process in route.processes}
    evidence = _names(f"{where} evidence", (entry.id for entry in company.evidence))
    plants = _names(f"{where} plant", (plant.id for plant in company.plant))
    for ident, data in company.data.items():
        _known(f"{where} data.{ident}", "process", [ident], processes)
        _known(f"{where} data.{ident}", "evidence", data.evidence, evidence)
        _known(f"{where} data.{ident}", "plant", data.plants, plants)
    for n, instrument in enumerate(company.instrument, 1):
        place = f"{where} instrument {n}"
        _known(place, "process", [instrument.process], processes)
        powers = [e.flow for e in processes[instrument.process].exchanges if e.supply is not None]
        _known(place, "electricity input", [instrument.flow], powers)
        _known(place, "evidence", instrument.evidence, evidence)
    if company.period.to < company.period.from_:
        raise InputError(f"{where} period: ends on {company.period.to}, before it begins on {company.period.from_}")
    return study


def _names(place: str, names: Iterable[str]) -> list[str]:
    """Each name once."""
    found: list[str] = []
    for name in names:
        if name in found:
            raise InputError(f"{place}: id '{name}' is given twice")
        found.append(name)
    return found


def _known(place: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
    allowed = list(known)
    for name in names:
        if name not in allowed:
            told = f"; allowed: {listed(allowed)}" if allowed else "; none is given"
            raise InputError(f"{place}: {what} '{name}' is not known{nearest(name, allowed)}{told}")
