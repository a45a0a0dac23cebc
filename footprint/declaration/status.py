"""Whether a declaration still holds for a study as it is today, or its footprint is to be calculated again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import asdict as fields_of

from footprint import __version__
from footprint.calculation import Assessed, Settings, assess_route
from footprint.declaration.fingerprint import fingerprint
from footprint.declaration.held import Declared, Identified, load_declared
from footprint.declaration.places import COUNTRIES, NOWHERE, same_place
from footprint.errors import InputError, listed
from footprint.impact.assessment import totals
from footprint.library.background import Background, load_background
from footprint.library.method import Method, load_method
from footprint.library.paths import methods_folder
from footprint.library.studies import Study, load_study
from footprint.rules.parameters import find, in_force, numbers

#: parameters that name the changes after which a footprint is calculated again
TRIGGERS = ("recalculation-triggers", "recalculation-triggers-own")
#: relative difference below which two values are the same
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Reason:
    """What changed, in which words of the rules (`cause`), and the rule by which it counts, with its status."""

    cause: str
    message: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a declaration is current on a day. `reasons` speak against it, `information` does not."""

    route: str
    on: date
    reasons: tuple[Reason, ...]
    information: tuple[Reason, ...]

    @property
    def current(self) -> bool:
        """Whether nothing asks for a new calculation."""
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/status/1."""
        return {
            "schema": "footprint/status/1",
            "route": self.route,
            "on": self.on.isoformat(),
            "status": "current" if self.current else "recalculation-required",
            "reasons": [asdict(reason) for reason in self.reasons],
            "information": [{"cause": fact.cause, "message": fact.message} for fact in self.information],
        }


def status(
    declaration: str | Path | Declared,
    study: str | Path | Study,
    *,
    method: str | Path | Method | None = None,
    background: str | Path | Background | None = None,
    on: date | None = None,
) -> Status:
    """Whether a declaration is current on a day (today unless given): nothing that it rests on has changed since.

    The bill of materials and the energy mix are compared by their fingerprints, method and background by the hash of
    their release. `method` and `background` are those in use today; without them, what the declaration names. Which
    changes ask for a new calculation is in methods/crma (`recalculation-triggers`, `recalculation-triggers-own`).

    A variant of the study (`@NAME`) is a plan for the same product. Raises InputError where a file cannot be read, is
    a draft, which declares nothing, or is of another product, declared unit or operator.
    """
    day = on or date.today()
    held = declaration if isinstance(declaration, Declared) else load_declared(declaration)
    study = study if isinstance(study, Study) else load_study(study)
    if held.status == "draft":
        raise InputError(
            f"{_named(declaration)}: is a draft, which declares nothing; `footprint declare` writes it anew"
        )
    _same_product(held, study)
    settings = Settings(
        method=method if method is not None else _shipped_method(held.calculation.method.id),
        background=background if background is not None else _shipped_background(held.calculation.background.id),
        electricity=held.calculation.electricity,
        long_term=held.calculation.long_term,
        on=day,
    )
    found = assess_route(study.route, settings)
    triggers = dict(_triggers(found, day))
    changes = [*_changes(held, study, found, day)]
    return Status(
        held.material.route,
        day,
        tuple(Reason(c.cause, c.message, triggers[c.cause]) for c in changes if c.cause in triggers),
        tuple(c for c in changes if c.cause not in triggers),
    )


def _same_product(held: Declared, study: Study) -> None:
    """A declaration is of one product, form, grade and unit of one operator; a variant of its route is a plan."""
    was, now = held.material, study.route.declared
    compared = {
        "route": (was.route.partition("@")[0], study.route.id.partition("@")[0]),
        "material": (was.id, now.material),
        "product": (was.product, now.product),
        "form": (was.form, now.form),
        "grade": (was.grade, now.grade),
        "declared unit": (f"{was.declared_unit_kg:g} kg", f"{now.unit_kg:g} kg"),
        "operator": (held.responsible.name, study.company.responsible.name),
    }
    for what, (declared, found) in compared.items():
        if declared != found:
            raise InputError(f"{study.route.path}: {what} is '{found}'; the declaration is of {what} '{declared}'")


def _named(declaration: str | Path | Declared) -> str:
    return "the declaration" if isinstance(declaration, Declared) else str(declaration)


def _shipped_method(name: str) -> Method:
    """A declaration names no folders: what is not shipped is for the caller to give."""
    shipped = [path.parent.name for path in methods_folder().glob("*/method.toml")]
    if name not in shipped:
        raise InputError(f"the declaration was calculated with method '{name}', which is not shipped; give --method")
    return load_method(name)


def _shipped_background(name: str) -> Background:
    if name != "open":
        raise InputError(f"the declaration rests on background '{name}', which is not shipped; give --background")
    return load_background()


def _triggers(found: Assessed, day: date) -> Iterator[tuple[str, str]]:
    """Change -> the rule that makes it a reason."""
    for name in TRIGGERS:
        entry = in_force(find(found.parameters, name), day)
        causes = entry.value if isinstance(entry.value, tuple) else (entry.value,)
        yield from ((str(cause), f"{name} ({entry.status}): {entry.reference}") for cause in causes)


def _changes(held: Declared, study: Study, found: Assessed, day: date) -> Iterator[Reason]:
    """Everything that differs between declaration and study."""
    now = fingerprint(study)
    if now.bill_of_materials != held.fingerprint.bill_of_materials:
        yield Reason("bill-of-materials", "the bill of materials is not the declared one")
    if now.energy_mix != held.fingerprint.energy_mix:
        yield Reason("energy-mix", "the energy mix is not the declared one")
    yield from _plants(held, study)
    yield from _countries(held, study)
    was = held.calculation
    yield from _release("method", was.method, found.method)
    yield from _release("background", was.background, found.background)
    if (last := held.validity.until) < day:
        yield Reason("validity", f"valid until {last}, {(day - last).days} days before {day}")
    yield from _results(held, found, day)
    if (software := was.software) and software != (this := f"crm-footprint {__version__}"):
        yield Reason("software", f"calculated with {software}; this is {this}")


def _release(what: str, before: Identified, now: Method | Background) -> Iterator[Reason]:
    """A method or background whose content is not the declared one."""
    if before.sha256 != now.sha256:
        told = f"'{before.id}' {before.sha256[:12]} was declared, '{now.id}' {now.sha256[:12]} is in use"
        yield Reason(what, f"{what} {told}")


def _plants(held: Declared, study: Study) -> Iterator[Reason]:
    """Plants that came, went or stand in another country."""
    before = Counter((site.name, site.country) for site in held.sites)
    after = Counter((plant.name, str(plant.country)) for plant in study.company.plant)
    gone, come = sorted((before - after).elements()), sorted((after - before).elements())
    for name, old in gone:
        new = next((country for other, country in come if other == name), None)
        if new is None:
            yield Reason("plants", f"plant '{name}' ({old}) is no more in the study")
        else:
            come.remove((name, new))
            yield Reason("plants", f"plant '{name}' is in {new}, not in {old}")
    yield from (Reason("plants", f"plant '{name}' ({new}) is new") for name, new in come)


def _countries(held: Declared, study: Study) -> Iterator[Reason]:
    """Countries of a stage that are not the declared ones, and processes that stand in none of them."""
    stated: Mapping[str, list[str]] = fields_of(study.company.countries)
    for name, now in stated.items():
        was = held.countries.get(name, [])
        if sorted(was) != sorted(now):
            yield Reason("countries", f"{name} is in {_places(now)}, declared {_places(was)}")
    for process in study.route.processes:
        place, name = process.location, COUNTRIES.get(process.stage or "", "")
        if place in NOWHERE or not name or any(same_place(place, other) for other in held.countries.get(name, [])):
            continue
        declared = _places(held.countries.get(name, []))
        yield Reason("countries", f"process '{process.id}' is in {place}, {name} was declared in {declared}")


def _places(places: list[str]) -> str:
    return listed(sorted(places)) or "no country"


def _results(held: Declared, found: Assessed, day: date) -> Iterator[Reason]:
    """Declared values that the study does not give any more; worse than `verification-again` allows is `worsening`."""
    allowed = numbers(found.parameters, "verification-again", day)["category"]
    values = totals(found.assessment)
    for declared in held.footprint:
        if (code := declared.code) not in found.method.column:
            continue
        column = found.method.column[code]
        unit, now = found.method.categories[column].unit, float(values[column])
        if declared.unit != unit:
            raise InputError(
                f"the declaration gives {code} in '{declared.unit}'; {found.method.id} gives it in '{unit}'"
            )
        if abs(now - declared.value) <= SAME * abs(declared.value):
            continue
        worse = now - declared.value > allowed * abs(declared.value)
        yield Reason("worsening" if worse else "result", f"{code} is {now:.4g} {unit}, declared {declared.value:.4g}")
