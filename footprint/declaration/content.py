"""What a declaration must say, and of what it may be made (Article 31; R35, R36)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from footprint.checks.boundary import declared_stages, included_stages
from footprint.checks.system import Linked, needed
from footprint.declaration.asking import Asked, Rules, asked
from footprint.declaration.places import COUNTRIES, NOWHERE, same_place
from footprint.declaration.suppliers import suppliers
from footprint.errors import InputError, listed
from footprint.impact.result import FootprintResult
from footprint.library.declarations import Places, read_declaration
from footprint.library.routes import load_route
from footprint.library.study_files import StudyRow
from footprint.model import Route

RESPONSIBLE = ("name", "address", "contact")
NO_RULES = "none"


def content(company: StudyRow, result: FootprintResult, rules: Rules) -> Iterator[Asked]:
    """Every rule of this file, and those of the suppliers' declarations taken."""
    linked = Linked(load_route)
    yield from contained(company, rules)
    yield from fields(company, result.route, linked, rules)
    yield from countries(company, result.route, linked, rules)
    yield from rule_set(company, rules)
    yield from suppliers(company, result, rules)


def contained(company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """A material inside an intermediate or final product is not declared (R35)."""
    if company.contained_in_product:
        yield asked(
            "error", "declaration.contained", "[study] contained_in_product",
            "the material is contained in a product: it is not declared",
            "settled by a study of the material as it is placed on the market", rules.clause("declaration-scope"),
        )  # fmt: skip


def fields(company: StudyRow, route: Route, linked: Linked, rules: Rules) -> Iterator[Asked]:
    """Who declares, where each stage of the system takes place, and a link to the public study (R36).

    A stage that a supplier declares is one of the system; one that [boundary] leaves out with a reason is none.
    """
    lacking = [f"responsible.{name}" for name in RESPONSIBLE if not getattr(company.responsible, name).strip()]
    names = [COUNTRIES[stage] for stage in included_stages(route, linked)]
    lacking += [f"countries.{name}" for name in names if not getattr(company.countries, name)]
    lacking += ["public_url"] if company.public_url is None else []
    for name in lacking:
        yield asked(
            "error", "declaration.field", f"[study] {name}", "missing, and a declaration contains it",
            f"settled by '{name}' in [study]", rules.clause("declaration-contents"),
        )  # fmt: skip


def countries(company: StudyRow, route: Route, linked: Linked, rules: Rules) -> Iterator[Asked]:
    """The countries of a stage are those its processes lie in, or its suppliers declare; a region is in its country.

    Stated and not in the model is an error, in the model and not stated a warning. Where no process has the stage, any
    place of the system may be meant (a concentrate made at the mine).
    """
    found = places(route, linked)
    every = {place for stage in found.values() for place in stage}
    for stage, name in COUNTRIES.items():
        stated: list[str] = getattr(company.countries, name)
        known = found.get(stage, {})
        told = f"the model has {stage} in {listed(known, 12)}" if known else f"no process has the stage {stage}"
        for place in stated:
            if not _is_among(place, known or every):
                yield asked(
                    "error", "declaration.country", f"[study.countries] {name}", f"says {place}; {told}",
                    "settled by the location of the process, or the country", rules.clause("declaration-contents"),
                )  # fmt: skip
        if stated and (silent := [place for place in known if place not in NOWHERE and not _is_among(place, stated)]):
            yield asked(
                "warning", "declaration.country-missing", f"[study.countries] {name}",
                f"does not say {listed(silent, 12)}, where the model has {stage}", "settled by naming it",
                rules.clause("declaration-contents"),
            )  # fmt: skip


def places(route: Route, linked: Linked) -> Mapping[str, Mapping[str, None]]:
    """Stage -> locations of the processes that the declared product needs, and those that suppliers declare for it."""
    found: dict[str, dict[str, None]] = {}
    for process in needed(route, linked).values():
        if process.stage:
            found.setdefault(process.stage, {})[process.location] = None
    for stage, names in declared_stages(route, linked).items():
        said = [place for name in names for place in _declared_places(route, name, stage, stage not in found)]
        if said:
            found.setdefault(stage, {}).update(dict.fromkeys(said))
    return found


def _declared_places(route: Route, name: str, stage: str, alone: bool) -> list[str]:
    """Where a supplier's declaration puts a stage; its own location where it says of none and answers for it alone."""
    try:
        _, declared, _ = read_declaration(route.path, name)
    except InputError:
        return []
    said: list[str] = getattr(declared.countries, COUNTRIES[stage])
    return [declared.location] if alone and declared.countries == Places() else said


def _is_among(place: str, known: Mapping[str, None] | list[str] | set[str]) -> bool:
    """Whether one of the places is the place, lies in it or holds it; nothing speaks against a place not known."""
    return any(other in NOWHERE or same_place(place, other) for other in known)


def rule_set(company: StudyRow, rules: Rules) -> Iterator[Asked]:
    """The rules a study names are in force: those of a delegated act, or none."""
    allowed = tuple(dict.fromkeys((NO_RULES, *rules.words("delegated-act"))))
    if company.ruleset not in allowed:
        yield asked(
            "error", "declaration.ruleset", "[study] ruleset",
            f"'{company.ruleset}' is no set of rules in force on {rules.on}",
            f"settled by one of: {listed(allowed)}", rules.clause("delegated-act"),
        )  # fmt: skip
