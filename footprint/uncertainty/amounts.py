"""Uncertain amounts as functions of the germ, evaluated for a block of samples at a time.

An amount is a number, a number with a spread, or an expression over parameters, which may have spreads and be
expressions themselves. What shares a parameter moves together; so does what is written as the rest of a balance
(`withdrawn - evaporated`), which keeps the balance in every sample. A spread given to an expression is that of the
amount as a whole: it stands in place of what the parameters would make of it, and is not added to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from footprint.library.expressions import compiled, names_in
from footprint.uncertainty.variables import Array, Variable, drawn

Index = NDArray[np.int64]
NOTHING_GIVEN: Mapping[str, float | Array] = MappingProxyType({})
FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "min": np.minimum, "max": np.maximum, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that an expression gives over the parameters of a scope, times a factor.

    `deviation` multiplies it: the spread of an amount whose middle follows a given parameter.
    """

    expression: str
    scope: str
    scale: float
    deviation: Variable | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter whose value comes from outside, under this name."""

    name: str


@dataclass(frozen=True)
class Program:
    """Amounts x samples from a germ.

    `constants` holds every amount at its middle. Rows `lognormal` are redrawn from germ rows `lognormal_germ` and come
    out relative to their median (see `units`); rows `others` are redrawn from the variables beside them, and rows
    `computed` from parameters. `steps` are the uncertain parameters, (scope, name) each after those it needs; what is
    fixed in a scope stands in `fixed`.
    """

    constants: Array
    lognormal: Index
    lognormal_germ: Index
    sigmas: Array
    others: tuple[tuple[int, Variable], ...]
    steps: tuple[tuple[str, str, Computed | Variable | Given], ...]
    fixed: Mapping[str, Mapping[str, float]]
    computed: tuple[tuple[int, Computed], ...]

    def buffer(self, samples: int) -> Array:
        """Where a block of amounts is written: amounts x samples, each at its middle."""
        return np.repeat((self.constants / self.units)[:, None], samples, axis=1)

    def at_middle(self) -> Program:
        """This program with nothing drawn: only what given parameters move is left."""
        none = np.empty(0, np.int64)
        given = {(scope, name) for scope, name, how in self.steps if isinstance(how, Given)}
        follows = set(given)
        steps = []
        for scope, name, how in self.steps:
            needs = {(how.scope, n) for n in names_in(how.expression)} if isinstance(how, Computed) else set()
            if (scope, name) in given or needs & follows:
                follows.add((scope, name))
                steps.append((scope, name, replace(how, deviation=None) if isinstance(how, Computed) else how))
        computed = tuple(
            (row, replace(how, deviation=None))
            for row, how in self.computed
            if {(how.scope, n) for n in names_in(how.expression)} & follows
        )
        return replace(
            self,
            lognormal=none,
            lognormal_germ=none,
            sigmas=np.empty(0),
            others=(),
            steps=tuple(steps),
            computed=computed,
        )

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that are not lognormal amounts by themselves."""
        inside = (how.deviation for _, how in self.computed if how.deviation)
        steps = (how for _, _, how in self.steps if isinstance(how, Variable))
        return (*(variable for _, variable in self.others), *steps, *inside)

    @cached_property
    def units(self) -> Array:
        """What each amount is in units of: its median where it is lognormal by itself, else one."""
        found = np.ones(len(self.constants))
        found[self.lognormal] = self.constants[self.lognormal]
        return found

    @cached_property
    def moving(self) -> NDArray[np.bool_]:
        """Which amounts differ between samples."""
        found = np.zeros(len(self.constants), bool)
        for rows in (self.lognormal, [row for row, _ in self.others], [row for row, _ in self.computed]):
            found[np.asarray(rows, np.int64)] = True
        return found

    @cached_property
    def _places(self) -> tuple[slice | Index, slice | Index]:
        """Rows and germ rows of the lognormal amounts."""
        return as_slice(self.lognormal), as_slice(self.lognormal_germ)

    def evaluate(self, germ: Array, out: Array, given: Mapping[str, float | Array] = NOTHING_GIVEN) -> int:
        """The amounts of a block of samples in their units, written into `out` (a buffer of `buffer`).

        `given` are the parameters from outside: numbers, or one value per sample.

        An expression without a value in a sample (a division by zero) gives one that is not finite: the caller checks.
        Amounts are never negative: one that would be (a share drawn above one, taken from one) is zero. Returns in how
        many samples that was so.
        """
        if len(self.lognormal):
            rows, taken = self._places
            target = out[rows] if isinstance(rows, slice) else np.empty((len(rows), out.shape[1]))
            np.multiply(germ[taken], self.sigmas[:, None], out=target)
            np.exp(target, out=target)
            if not isinstance(rows, slice):
                out[rows] = target
        clipped = np.zeros(out.shape[1], bool)
        for row, variable in self.others:
            out[row] = _never_negative(drawn(variable, germ), clipped)
        if self.computed:
            values: dict[str, dict[str, float | Array]] = {scope: dict(found) for scope, found in self.fixed.items()}
            for scope, name, how in self.steps:
                match how:
                    case Computed():
                        values[scope][name] = _value(how, values, germ)
                    case Given(column):
                        values[scope][name] = given[column]
                    case _:
                        values[scope][name] = drawn(how, germ)
            for row, computed in self.computed:
                out[row] = _never_negative(_value(computed, values, germ), clipped)
        return int(clipped.sum())


def _never_negative(values: Array, clipped: NDArray[np.bool_]) -> Array:
    """The values with zero in place of what is below; `clipped` remembers the samples."""
    below = values < 0
    if not below.any():
        return values
    clipped |= below
    return np.maximum(values, 0.0)


def _value(computed: Computed, values: Mapping[str, Mapping[str, float | Array]], germ: Array) -> Array:
    found = np.asarray(compiled(computed.expression)(values[computed.scope], FUNCTIONS) * computed.scale)
    if (own := computed.deviation) is None:
        return found
    return np.asarray(found * (drawn(own, germ) / own.value))


def as_slice(index: Index) -> slice | Index:
    """Consecutive numbers as a slice, which takes a view where an index copies."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index
