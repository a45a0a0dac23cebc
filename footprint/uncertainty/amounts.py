"""Uncertain amounts as functions of the germ, evaluated for a block of samples at a time.

An amount is a number, a number with a spread, or an expression over parameters, which may have spreads and be
expressions themselves. What shares a parameter moves together; so does what is written as the rest of a balance
(`withdrawn - evaporated`), which keeps the balance in every sample. A spread given to an expression is that of the
amount as a whole: it stands in place of what the parameters would make of it, and is not added to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from footprint.library.expressions import compiled, names_in
from footprint.model import Amount, Parameter, Spread
from footprint.uncertainty.germs import Stream

Array = NDArray[np.float64]
Index = NDArray[np.int64]
NOTHING_GIVEN: Mapping[str, float | Array] = MappingProxyType({})
FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "min": np.minimum, "max": np.maximum, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """One uncertain number: its row in the germ, its middle and its spread."""

    place: int
    value: float
    spread: Spread


@dataclass(frozen=True, slots=True)
class Use:
    """An amount in a system: the stream and the name its own spread is drawn under, the scope of its parameters."""

    amount: Amount
    spread: Spread | None
    stream: str
    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class Scoped:
    """A parameter of a scope, drawn under its name from a stream; its expression means the parameters `within`."""

    parameter: Parameter
    stream: str
    within: str


def drawn(variable: Variable, germ: Array) -> Array:
    """The values of a variable in a block, from its row of standard normal numbers z.

    lognormal: value * exp(sigma z), sigma = ln(GSD²)/2, so that the value is the median (DECISIONS 23); normal:
    value + sd z; logit-normal: logit(x) = logit(value) + sd z, so that a share stays one; uniform, triangular (the
    value is the mode) and discrete: the inverse of their distribution at Φ(z).
    """
    spread, value, z = variable.spread, variable.value, germ[variable.place]
    if spread.kind == "lognormal":
        return np.asarray(value * np.exp(z * sigma(spread)))
    if spread.kind == "normal":
        return np.asarray(value + (spread.sd or 0.0) * z)
    if spread.kind == "logit-normal":
        return np.asarray(value / (value + (1 - value) * np.exp(-(spread.sd or 0.0) * z)))
    from scipy.special import ndtr

    p: Array = ndtr(z)
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
    """Where each variable stands in the germ: streams in the order in which they are met, and in each the names."""

    def __init__(self) -> None:
        self._streams: dict[str, dict[str, None]] = {}

    def own(self, stream: str, names: Iterable[str]) -> None:
        """The variables of a stream; names met before keep their place."""
        self._streams.setdefault(stream, {}).update(dict.fromkeys(names))

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What to draw."""
        return tuple(Stream(key, len(found)) for key, found in self._streams.items() if found)

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """(stream, name) of each row of the germ."""
        return tuple((stream, name) for stream, found in self._streams.items() for name in found)

    def places(self) -> Mapping[tuple[str, str], int]:
        """(stream, name) -> row of the germ."""
        return {label: n for n, label in enumerate(self.labels)}


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


def compile_program(
    uses: Sequence[Use],
    scopes: Mapping[str, Sequence[Scoped]],
    places: Mapping[tuple[str, str], int],
    given: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Program:
    """The program of some amounts. `places` are those of a registry that has every stream of `uses` and `scopes`.

    `given` names the parameters, by (scope, name), whose values come from outside.
    """
    compiler = _Compiler(scopes, places, given)
    log_rows, sigmas, log_germ, others, computed = [], [], [], [], []
    for row, use in enumerate(uses):
        own = compiler.variable(use.amount, use.spread, use.stream, use.name)
        if how := compiler.computed(use.amount, own, use.scope):
            computed.append((row, how))
        elif own is None:
            continue
        elif own.spread.kind == "lognormal" and own.value:
            log_rows.append(row)
            log_germ.append(own.place)
            sigmas.append(sigma(own.spread))
        else:
            others.append((row, own))
    return Program(
        np.array([use.amount.value for use in uses], float),
        np.array(log_rows, np.int64),
        np.array(log_germ, np.int64),
        np.array(sigmas, float),
        tuple(others),
        tuple(compiler.steps),
        {scope: {p.parameter.name: p.parameter.amount.value for p in scopes[scope]} for scope in compiler.used},
        tuple(computed),
    )


class _Compiler:
    """Which parameters are uncertain, worked out as expressions ask for them."""

    def __init__(
        self,
        scopes: Mapping[str, Sequence[Scoped]],
        places: Mapping[tuple[str, str], int],
        given: Mapping[tuple[str, str], str],
    ) -> None:
        self.scopes = {scope: {p.parameter.name: p for p in found} for scope, found in scopes.items()}
        self.places, self.given = places, given
        self.steps: list[tuple[str, str, Computed | Variable | Given]] = []
        self.used: set[str] = set()
        self._moved: dict[tuple[str, str], bool] = {}
        self._follows: dict[tuple[str, str], bool] = {}

    def variable(self, amount: Amount, spread: Spread | None, stream: str, name: str) -> Variable | None:
        """The variable of an amount's own spread."""
        return Variable(self.places[stream, name], amount.value, spread) if spread else None

    def moves(self, expression: str | None, scope: str) -> bool:
        """Whether an expression over a scope is uncertain; if so the steps that make it so are there."""
        names = [name for name in sorted(names_in(expression or "")) if name in self.scopes.get(scope, {})]
        moved = [self._visit(scope, name) for name in names]
        if any(moved):
            self.used.add(scope)
        return any(moved)

    def computed(self, amount: Amount, own: Variable | None, scope: str) -> Computed | None:
        """How an amount is computed: from uncertain parameters where it has no spread of its own; from given ones also
        where it has a lognormal spread, which then is around the value they give.
        """
        expression = amount.expression or ""
        if own is None:
            return Computed(expression, scope, amount.scale) if self.moves(expression, scope) else None
        if own.spread.kind == "lognormal" and own.value and self.follows(expression, scope):
            self.moves(expression, scope)
            return Computed(expression, scope, amount.scale, own)
        return None

    def follows(self, expression: str, scope: str) -> bool:
        """Whether an expression needs a given parameter, directly or through others."""
        return any(self._needs(scope, name) for name in names_in(expression) if name in self.scopes.get(scope, {}))

    def _needs(self, scope: str, name: str) -> bool:
        key = scope, name
        if key not in self._follows:
            scoped = self.scopes[scope][name]
            self._follows[key] = key in self.given or self.follows(
                scoped.parameter.amount.expression or "", scoped.within
            )
        return self._follows[key]

    def _visit(self, scope: str, name: str) -> bool:
        key = scope, name
        if key not in self._moved:
            scoped = self.scopes[scope][name]
            amount = scoped.parameter.amount
            own = self.variable(amount, amount.spread, scoped.stream, name)
            how: Computed | Variable | Given | None = Given(self.given[key]) if key in self.given else None
            how = how or self.computed(amount, own, scoped.within) or own
            if how is not None:
                self.used.add(scope)
                self.steps.append((scope, name, how))
            self._moved[key] = how is not None
        return self._moved[key]
