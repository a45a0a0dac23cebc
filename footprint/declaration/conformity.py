"""Which procedure of conformity assessment suits the rules of a material, and why, by the criteria of Annex V.

To be considered are (a) whether a module is appropriate to the type of material and proportionate to the public
interest, (b) whether competent and independent third parties are available, (c) where a third party is mandatory, the
manufacturer's choice between quality assurance and product certification. How they lead to modules is no law: the rules
are dated assumptions (`footprint.rules.conformity`), and each answer names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from footprint.errors import InputError, listed, nearest
from footprint.library.paths import methods_folder
from footprint.rules.conformity import ConformityRules, Level, Module, Rule, conformity_rules
from footprint.rules.parameters import load_parameters

Variability = Literal["stable", "varied", "new"]
HIGHEST = 3
QUALITY, PRODUCT = "quality assurance", "product certification"
#: the situation in the words of `conformity-conditions`
MODELS: Mapping[Variability, frozenset[str]] = {
    "stable": frozenset({"stable-model", "known-model"}),
    "varied": frozenset({"known-model"}),
    "new": frozenset({"new-model"}),
}
TOLD: Mapping[Level, str] = {
    "self": "the operator's own responsibility is enough",
    "check": "checks by a body are enough",
    "third-party": "a third party is mandatory",
}
#: criterion (c) where a third party is mandatory and there is none
NO_CHOICE = "a third party is mandatory, and there is none to choose quality assurance or product certification with"


@dataclass(frozen=True, slots=True)
class Situation:
    """What the criteria are judged by.

    `interest` is the public interest from 0 to 3; `bodies` the competent bodies there are (None: not known); `series`
    a continuous production; `variability` whether the model of the product stays, varies by grade or route, or is new
    each time.
    """

    interest: int
    bodies: int | None
    series: bool
    quality_system: bool
    variability: Variability
    sme: bool

    def __post_init__(self) -> None:
        if not 0 <= self.interest <= HIGHEST:
            raise InputError(f"interest {self.interest}: a number from 0 (none) to {HIGHEST} is needed")
        if self.bodies is not None and self.bodies < 0:
            raise InputError(f"bodies {self.bodies}: there cannot be fewer than none")
        if self.variability not in MODELS:
            raise InputError(
                f"variability '{self.variability}' is not known{nearest(self.variability, MODELS)}; allowed: "
                f"{listed(MODELS)}"
            )

    @property
    def words(self) -> frozenset[str]:
        """The situation as `conformity-conditions` and `conformity-product-first` name it."""
        own = (
            "series" if self.series else "unit",
            "quality-system" if self.quality_system else "no-quality-system",
            "sme" if self.sme else "no-sme",
        )
        return MODELS[self.variability].union(own)


@dataclass(frozen=True, slots=True)
class Option:
    """A procedure: one module, or B with one that follows it; a reason for each criterion of Annex V."""

    modules: tuple[Module, ...]
    criteria: Mapping[str, str]

    @property
    def name(self) -> str:
        """`D1`, `B+D`."""
        return self.modules[-1].option

    @property
    def family(self) -> str:
        """The kind of the module that holds in production."""
        return self.modules[-1].family


@dataclass(frozen=True, slots=True)
class Conformity:
    """The procedures that suit, the first preferred, and why each other one of the Decision is not suggested."""

    on: date
    situation: Situation
    level: Level
    options: tuple[Option, ...]
    others: Mapping[str, str]
    adaptations: Mapping[str, str]
    notes: tuple[str, ...]
    rules: tuple[Rule, ...]

    def to_dict(self) -> dict[str, Any]:
        """Schema footprint/conformity/1."""
        return {
            "schema": "footprint/conformity/1",
            "on": self.on.isoformat(),
            "situation": asdict(self.situation),
            "level": self.level,
            "options": [
                {
                    "rank": rank,
                    "option": option.name,
                    "family": option.family,
                    "criteria": dict(option.criteria),
                    "modules": [asdict(module) for module in option.modules],
                }
                for rank, option in enumerate(self.options, 1)
            ],
            "others": dict(self.others),
            "adaptations": dict(self.adaptations),
            "notes": list(self.notes),
            "rules": [asdict(rule) for rule in self.rules],
        }


def conformity(
    interest: int = 2,
    bodies: int | None = None,
    *,
    series: bool = True,
    quality_system: bool = False,
    variability: Variability = "varied",
    sme: bool = False,
    on: date | None = None,
) -> Conformity:
    """The procedures of conformity assessment that suit, ranked, with a reason for each criterion of Annex V.

    Where a third party is mandatory the first two are one of quality assurance and one of product certification
    (`conformity-choice`). Raises InputError for a value that is not allowed.
    """
    situation = Situation(interest, bodies, series, quality_system, variability, sme)
    day = on or date.today()
    rules = conformity_rules(load_parameters(methods_folder() / "crma"), day)
    level: Level = "self" if situation.bodies == 0 else _asked(situation, rules)
    ranked = _ranked([name for name in rules.options[level] if not _unmet(name, situation, rules)], situation, rules)
    return Conformity(
        day,
        situation,
        level,
        tuple(Option(rules.parts(name), _criteria(name, ranked, situation, rules)) for name in ranked),
        {name: _against(name, situation, rules) for name in _procedures(rules) if name not in ranked},
        rules.adaptations,
        tuple(_notes(situation, level, rules)),
        rules.rules,
    )


def _asked(situation: Situation, rules: ConformityRules) -> Level:
    """What the public interest asks for."""
    if situation.interest < rules.check:
        return "self"
    return "check" if situation.interest < rules.mandatory else "third-party"


def _procedures(rules: ConformityRules) -> list[str]:
    """Every procedure the modules allow: those that follow B with it, B itself never alone."""
    return [module.option for module in rules.modules.values() if module.family != "type"]


def _unmet(name: str, situation: Situation, rules: ConformityRules) -> list[str]:
    """What an option needs and the situation does not have."""
    return sorted(rules.conditions.get(name, frozenset()) - situation.words)


def _ranked(names: list[str], situation: Situation, rules: ConformityRules) -> list[str]:
    """The best of each kind first, in the order the situation asks for; then the others as preferred."""
    if not rules.choice:
        return names
    product_first = any(words <= situation.words for words in rules.product_first)
    kinds = (PRODUCT, QUALITY) if product_first else (QUALITY, PRODUCT)
    family = {name: rules.parts(name)[-1].family for name in names}
    best = [next(name for name in names if family[name] == kind) for kind in kinds if kind in family.values()]
    return [*best, *(name for name in names if name not in best)]


def _criteria(name: str, ranked: list[str], situation: Situation, rules: ConformityRules) -> dict[str, str]:
    """Why an option suits, criterion by criterion, each by what the public interest asks for."""
    fits = ", ".join(sorted(rules.conditions.get(name, ())))
    asked = _asked(situation, rules)
    stands_in = situation.bodies == 0 and asked != "self"
    until = "; no body is available, and it stands in until one is" if stands_in else ""
    return {
        "a": f"interest {situation.interest}: {TOLD[asked]}{until}{f'; suits {fits}' if fits else ''}",
        "b": _availability(rules.parts(name), situation),
        "c": NO_CHOICE
        if stands_in and asked == "third-party"
        else _choice(rules.parts(name)[-1], ranked, asked, rules),
    }


def _availability(modules: tuple[Module, ...], situation: Situation) -> str:
    needed = [module.third_party for module in modules if module.third_party != "none"]
    if not needed:
        return "needs no third party"
    there = "their number was not given" if situation.bodies is None else f"{situation.bodies} available"
    alone = "; no choice among bodies" if situation.bodies == 1 else ""
    return f"{needed[-1]}: {there}{alone}"


def _choice(last: Module, ranked: list[str], asked: Level, rules: ConformityRules) -> str:
    if asked != "third-party":
        return "no third party is mandatory"
    other = {QUALITY: PRODUCT, PRODUCT: QUALITY}.get(last.family)
    if other is None:
        return "neither quality assurance nor product certification: beside them only"
    beside = [name for name in ranked if rules.parts(name)[-1].family == other]
    return f"{last.family}; the choice beside it, {other}: {', '.join(beside)}"


def _against(name: str, situation: Situation, rules: ConformityRules) -> str:
    """Why an option is not suggested: the first criterion that speaks against it."""
    if situation.bodies == 0 and any(module.third_party != "none" for module in rules.parts(name)):
        return "(b) needs a third party, and none is available"
    named = [where for where, names in rules.options.items() if name in names]
    if not named:
        return "(a) not among the options for footprints"
    if (asked := _asked(situation, rules)) not in named:
        return f"(a) for where {TOLD[named[0]]}; here {TOLD[asked]}"
    return f"(a) needs: {', '.join(_unmet(name, situation, rules))}"


def _notes(situation: Situation, level: Level, rules: ConformityRules) -> Iterator[str]:
    if level != _asked(situation, rules):
        yield "transitional: to be looked at again as soon as a competent and independent body is available"
    if level == "third-party" and not situation.quality_system:
        yield "no quality system yet: quality assurance would begin with setting one up"
