"""One other choice, and what a result would be under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from footprint.inventory.kernel import Matrix
from footprint.library.method import Method


@dataclass(frozen=True, slots=True)
class Scenario:
    """A choice of a topic, the rule it is made in, and the categories it concerns as they would be.

    `values` is empty where it cannot be computed; `reason` then says why, and else what it rests on.
    """

    topic: str
    choice: str
    rule: str
    values: Mapping[str, float]
    reason: str = ""


def computed(
    topic: str,
    choice: str,
    rule: str,
    method: Method,
    values: Matrix,
    codes: Iterable[str] | None = None,
    basis: str = "",
) -> Scenario:
    """A row with the value of every category, or of `codes` alone."""
    chosen = {code: float(values[method.column[code]]) for code in codes or method.codes}
    return Scenario(topic, choice, rule, MappingProxyType(chosen), basis)


def not_computed(topic: str, choice: str, rule: str, reason: str) -> Scenario:
    """A row that says why it has no values."""
    return Scenario(topic, choice, rule, MappingProxyType({}), reason)
