"""The modules of conformity assessment, and how the criteria of Annex V choose among them, as dated data of a day.

Modules are those of Annex II to Decision No 768/2008/EC; methods/crma/conformity.toml says of each what it means for a
footprint, which options there are, and when one suits. None of it but the list of modules is law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from footprint.errors import InputError
from footprint.rules.parameters import Entry, Parameter, find, in_force, numbers, words

Level = Literal["self", "check", "third-party"]
#: type examination: never alone, and before every module that follows it
TYPE = "B"
#: parameters beside those of the modules
PARAMETERS = (
    "conformity-modules", "conformity-interest", "conformity-options-self", "conformity-options-check",
    "conformity-options-third-party", "conformity-conditions", "conformity-product-first", "conformity-choice",
    "conformity-adaptations",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Module:
    """A module, and what it means for a footprint."""

    id: str
    title: str
    family: str
    third_party: str
    follows_b: bool
    adaptation: str

    @property
    def option(self) -> str:
        """The procedure it is the last part of: `D1`, `B+D`."""
        return f"{TYPE}+{self.id}" if self.follows_b else self.id


@dataclass(frozen=True, slots=True)
class Rule:
    """A parameter an answer rests on, how firm it is, and where it is from."""

    id: str
    status: str
    reference: str


@dataclass(frozen=True, slots=True)
class ConformityRules:
    """The modules of a day; options by level, the first preferred; the words that must hold for an option to suit.

    `check` and `mandatory` are the public interest from which a body checks, and from which a third party is mandatory.
    """

    modules: Mapping[str, Module]
    options: Mapping[Level, tuple[str, ...]]
    conditions: Mapping[str, frozenset[str]]
    product_first: tuple[frozenset[str], ...]
    check: float
    mandatory: float
    choice: bool
    adaptations: Mapping[str, str]
    rules: tuple[Rule, ...]

    def parts(self, option: str) -> tuple[Module, ...]:
        """The modules of an option."""
        return tuple(self.modules[ident] for ident in option.split("+"))


def conformity_rules(parameters: Mapping[str, Parameter], on: date) -> ConformityRules:
    """The rules in force on a day. Raises InputError where an option is none that the Decision allows."""

    def entry(ident: str) -> Entry:
        return in_force(find(parameters, ident), on)

    def table(ident: str) -> Mapping[str, str]:
        found = entry(ident).value
        return {key: str(value) for key, value in found.items()} if isinstance(found, Mapping) else {}

    idents = words(parameters, "conformity-modules", on)
    modules = {ident: _module(ident, find(parameters, f"module-{ident.lower()}"), on) for ident in idents}
    options = {level: words(parameters, f"conformity-options-{level}", on) for level in get_args(Level)}
    conditions = {option: frozenset(text.split()) for option, text in table("conformity-conditions").items()}
    allowed = {module.option for module in modules.values() if module.id != TYPE}
    for option in (*conditions, *(option for named in options.values() for option in named)):
        if option not in allowed:
            raise InputError(f"conformity.toml: '{option}' is no procedure; allowed: {', '.join(sorted(allowed))}")
    interest = numbers(parameters, "conformity-interest", on)
    return ConformityRules(
        modules,
        options,
        conditions,
        tuple(frozenset(text.split()) for text in words(parameters, "conformity-product-first", on)),
        interest["check"],
        interest["third-party"],
        entry("conformity-choice").value is True,
        table("conformity-adaptations"),
        tuple(Rule(ident, entry(ident).status, entry(ident).reference) for ident in PARAMETERS),
    )


def _module(ident: str, parameter: Parameter, on: date) -> Module:
    found = in_force(parameter, on).value
    if not isinstance(found, Mapping):
        raise InputError(f"{parameter.file}, '{parameter.id}': a table is needed")
    return Module(
        ident,
        parameter.title.partition(": ")[2],
        str(found["family"]),
        str(found["third-party"]),
        found["follows-b"] is True,
        str(found["adaptation"]),
    )
