"""Uncertain amounts as functions of the germ, evaluated for a block of samples at a time.

An amount is a number, a number with a spread, or an expression over parameters (which may have spreads, and be
expressions themselves) with or without a spread of its own. What shares a parameter moves together; so does what is
written as the rest of a balance (`withdrawn - evaporated`), which keeps the balance in every sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from footprint.library.expressions import compiled, names_in
from footprint.model import Amount, Parameter, Spread
from footprint.uncertainty.germs import Stream

Array = NDArray[np.float64]
Index = NDArray[np.int64]
FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "min": np.minimum, "max": np.maximum, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """One uncertain number: where it stands in the germ, what it is called, its middle and its spread."""

    name: str
    value: float
    spread: Spread


def drawn(variable: Variable, germ: Array) -> Array:
    """The values of a variable from standard normal numbers.

    lognormal: value * exp(sigma z), sigma = ln(GSD²)/2, so that the value is the median (DECISIONS 23); normal:
    value + sd z; uniform, triangular (the value is the mode) and discrete: the inverse of their distribution at Φ(z).
    """
    spread, value = variable.spread, variable.value
    if spread.kind == "lognormal":
        return np.asarray(value * np.exp(germ * sigma(spread)))
    if spread.kind == "normal":
        return np.asarray(value + (spread.sd or 0.0) * germ)
    from scipy.special import ndtr

    p: Array = ndtr(germ)
    if spread.kind == "discrete":
        weights = np.cumsum(spread.weights) / np.sum(spread.weights)
        at = np.minimum(np.searchsorted(weights, p, side="right"), len(weights) - 1)
        return np.asarray(spread.values, float)[at]
    low, high = float(spread.low or 0.0), float(spread.high or 0.0)
    if spread.kind == "uniform":
        return low + (high - low) * p
    mode = min(max(value, low), high)
    width, left = high - low, mode - low
    if width <= 0:
        return np.full_like(p, mode)
    up = low + np.sqrt(p * width * left)
    down = high - np.sqrt((1 - p) * width * (high - mode))
    return np.where(p * width < left, up, down)


def sigma(spread: Spread) -> float:
    """The standard deviation of the logarithm: ln(GSD²)/2."""
    return math.log(spread.gsd2 or 1.0) / 2


class Registry:
    """Variables by stream, in the order in which they are first asked for; a stream's order is its owner's.

    `own` registers all variables of an owner at once, so that a stream is the same whatever a system needs of it.
    """

    def __init__(self) -> None:
        self._streams: dict[str, list[Variable]] = {}

    def own(self, key: str, variables: Iterable[Variable]) -> None:
        """The variables of a stream; a key met before keeps what it has."""
        if key not in self._streams:
            self._streams[key] = list(variables)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What to draw."""
        return tuple(Stream(key, len(found)) for key, found in self._streams.items() if found)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Every variable, in the order of the germ."""
        return tuple(variable for found in self._streams.values() for variable in found)

    def places(self) -> Mapping[str, Mapping[str, int]]:
        """Stream -> variable -> its row in the germ."""
        start, found = 0, {}
        for key, variables in self._streams.items():
            found[key] = {variable.name: start + n for n, variable in enumerate(variables)}
            start += len(variables)
        return found


@dataclass(frozen=True)
class Computed:
    """An amount that an expression gives: over which parameters, times which factor, with which own variable."""

    expression: str
    scope: str
    scale: float
    value: float
    own: int | None


@dataclass(frozen=True)
class Program:
    """Amounts x samples from a germ.

    `constants` holds every amount at its middle. Rows `lognormal` are redrawn from germ rows `lognormal_germ` and come
    out relative to their median (see `units`); rows `others` are redrawn from the variables beside them, and rows
    `computed` from parameters. `parameters` gives each scope's
    uncertain parameters in an order in which each needs only earlier ones; the fixed ones stand in `fixed`.
    """

    constants: Array
    lognormal: Index
    lognormal_germ: Index
    sigmas: Array
    others: tuple[tuple[int, int, Variable], ...]
    parameters: Mapping[str, tuple[tuple[str, Computed | tuple[int, Variable]], ...]]
    fixed: Mapping[str, Mapping[str, float]]
    computed: tuple[tuple[int, Computed], ...]
    variables: tuple[Variable, ...]

    def buffer(self, samples: int) -> Array:
        """Where a block of amounts is written: amounts x samples, each at its middle."""
        return np.repeat((self.constants / self.units)[:, None], samples, axis=1)

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
        for rows in (self.lognormal, [row for row, _, _ in self.others], [row for row, _ in self.computed]):
            found[np.asarray(rows, np.int64)] = True
        return found

    @cached_property
    def _places(self) -> tuple[slice | Index, slice | Index]:
        """Rows and germ rows of the lognormal amounts."""
        return as_slice(self.lognormal), as_slice(self.lognormal_germ)

    def evaluate(self, germ: Array, out: Array) -> None:
        """The amounts of a block of samples in their units, written into `out` (a buffer of `buffer`)."""
        if len(self.lognormal):
            rows, taken = self._places
            target = out[rows] if isinstance(rows, slice) else np.empty((len(rows), out.shape[1]))
            np.multiply(germ[taken], self.sigmas[:, None], out=target)
            np.exp(target, out=target)
            if not isinstance(rows, slice):
                out[rows] = target
        for row, place, variable in self.others:
            out[row] = drawn(variable, germ[place])
        if self.computed:
            scopes = {scope: self._scope(scope, germ) for scope in self.parameters}
            for row, computed in self.computed:
                out[row] = self._value(computed, scopes[computed.scope], germ)

    def _scope(self, scope: str, germ: Array) -> dict[str, float | Array]:
        """The parameters of a scope: numbers, and arrays where they are uncertain."""
        values: dict[str, float | Array] = dict(self.fixed[scope])
        for name, how in self.parameters[scope]:
            if isinstance(how, Computed):
                values[name] = self._value(how, values, germ)
            else:
                place, variable = how
                values[name] = drawn(variable, germ[place])
        return values

    def _value(self, computed: Computed, values: Mapping[str, float | Array], germ: Array) -> Array:
        with np.errstate(all="ignore"):
            found = compiled(computed.expression)(values, FUNCTIONS) * computed.scale
            if computed.own is None:
                return np.asarray(found)
            variable = self.variables[computed.own]
            deviation = drawn(variable, germ[computed.own])
            if variable.spread.kind == "lognormal":
                return np.asarray(found * (deviation / variable.value))
            return np.asarray(found + (deviation - variable.value))


def as_slice(index: Index) -> slice | Index:
    """Consecutive numbers as a slice, which takes a view where an index copies."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def stream_of(owner: str, named: Iterable[tuple[str, Amount]]) -> tuple[str, list[Variable]]:
    """The stream of an owner: a variable for each amount with a spread, by name."""
    return owner, [Variable(name, amount.value, amount.spread) for name, amount in named if amount.spread]


def compile_program(
    amounts: Sequence[tuple[Amount, str, str, str]],
    scopes: Mapping[str, Sequence[Parameter]],
    registry: Registry,
) -> Program:
    """A program for amounts, each with its stream, its name in the stream, and the scope of its parameters.

    All streams and those of the scopes (key `scope`, by name of the parameter) must stand in the registry.
    """
    places = registry.places()
    uncertain: dict[str, frozenset[str]] = {}
    steps: dict[str, tuple[tuple[str, Computed | tuple[int, Variable]], ...]] = {}
    variables = registry.variables
    for scope, parameters in scopes.items():
        uncertain[scope], steps[scope] = _steps(scope, parameters, places.get(scope, {}), variables)
    constants = np.array([amount.value for amount, _, _, _ in amounts])
    log_rows, log_germ, others, computed = [], [], [], []
    for row, (amount, stream, name, scope) in enumerate(amounts):
        place = places.get(stream, {}).get(name)
        if amount.expression and names_in(amount.expression) & uncertain.get(scope, frozenset()):
            computed.append((row, Computed(amount.expression, scope, amount.scale, amount.value, place)))
        elif place is None:
            continue
        elif variables[place].spread.kind == "lognormal" and amount.value:
            log_rows.append(row)
            log_germ.append(place)
        else:
            others.append((row, place, variables[place]))
    chosen = [variables[place] for place in log_germ]
    used = {c.scope for _, c in computed}
    return Program(
        constants,
        np.array(log_rows, np.int64),
        np.array(log_germ, np.int64),
        np.array([sigma(variable.spread) for variable in chosen]),
        tuple(others),
        {scope: found for scope, found in steps.items() if scope in used},
        {scope: {p.name: p.amount.value for p in found} for scope, found in scopes.items() if scope in used},
        tuple(computed),
        variables,
    )


def _steps(
    scope: str, parameters: Sequence[Parameter], places: Mapping[str, int], variables: Sequence[Variable]
) -> tuple[frozenset[str], tuple[tuple[str, Computed | tuple[int, Variable]], ...]]:
    """Which parameters of a scope are uncertain, and how each is made from the germ and from earlier ones."""
    by_name = {parameter.name: parameter for parameter in parameters}
    done: dict[str, bool] = {}
    steps: list[tuple[str, Computed | tuple[int, Variable]]] = []

    def visit(name: str) -> bool:
        if name not in done:
            amount = by_name[name].amount
            needs = [other for other in sorted(names_in(amount.expression or "")) if other in by_name]
            moved = [visit(other) for other in needs]
            place = places.get(name)
            if any(moved):
                steps.append((name, Computed(amount.expression or "", scope, amount.scale, amount.value, place)))
            elif place is not None:
                steps.append((name, (place, variables[place])))
            done[name] = any(moved) or place is not None
        return done[name]

    for name in by_name:
        visit(name)
    return frozenset(name for name, moved in done.items() if moved), tuple(steps)
