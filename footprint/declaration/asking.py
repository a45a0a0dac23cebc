"""What a rule asks of a study on a day: the value in force, where it is written, and a finding that cites it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from footprint.library.paths import methods_folder
from footprint.model import Finding
from footprint.rules import parameters
from footprint.rules.parameters import Entry, Parameter, find, in_force, load_parameters

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters of methods/crma as they hold on a day."""

    parameters: Mapping[str, Parameter]
    on: date

    def entry(self, identifier: str) -> Entry:
        """The value in force, with its act and status."""
        return in_force(find(self.parameters, identifier), self.on)

    def number(self, identifier: str) -> float:
        """A number in force."""
        return parameters.number(self.parameters, identifier, self.on)

    def numbers(self, identifier: str) -> Mapping[str, float]:
        """A table of numbers in force."""
        return parameters.numbers(self.parameters, identifier, self.on)

    def words(self, identifier: str) -> tuple[str, ...]:
        """The text or texts in force."""
        return parameters.words(self.parameters, identifier, self.on)

    def clause(self, identifier: str) -> str:
        """Where the value in force is written, and how firm it is."""
        return self.entry(identifier).cited


def rules_of(on: date) -> Rules:
    """The rules in force on a day."""
    return Rules(load_parameters(methods_folder() / "crma"), on)


@dataclass(frozen=True, slots=True)
class Asked:
    """A finding, and the part of the hotspot analysis (0 to 1) that it is about."""

    finding: Finding
    effect: float


def asked(
    severity: Severity, rule: str, where: str, found: str, settles: str, clause: str, effect: float = 0.0
) -> Asked:
    """A finding that says what was found, how much it is about, what would settle it, and where that is written."""
    share = f" ({effect:.1%} of the weighted sum)" if effect >= 0.0005 else ""
    return Asked(Finding(rule, severity, where, f"{found}{share}; {settles} ({clause})"), effect)


def by_effect(found: Iterable[Asked]) -> tuple[Finding, ...]:
    """Errors first, and the largest effect first among those of one severity."""
    ordered = sorted(
        found, key=lambda a: (SEVERITIES.index(a.finding.severity), -a.effect, a.finding.where, a.finding.rule)
    )
    return tuple(dict.fromkeys(entry.finding for entry in ordered))
