"""Uncertain amounts as functions of the germ, evaluated for a block of samples at a time.

An amount is a number, a number with a spread, or an expression over parameters, which may have spreads and be
expressions themselves. What shares a parameter moves together; so does what is written as the rest of a balance
(`withdrawn - evaporated`), which keeps the balance in every sample. A spread given to an expression is that of the
amount as a whole: it stands in place of what the parameters would make of it, and is not added to it.
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
    value + sd z; uniform, triangular (the value is the mode) and discrete: the inverse of their distribution at Φ(z).
    """
    spread, value, z = variable.spread, variable.value, germ[variable.place]
    if spread.kind == "lognormal":
        return np.asarray(value * np.exp(z * sigma(spread)))
    if spread.kind == "normal":
        return np.asarray(value + (spread.sd or 0.0) * z)
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
    """A value that an expression gives over the parameters of a scope, times a factor."""

    expression: str
    scope: str
    scale: float


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
    steps: tuple[tuple[str, str, Computed | Variable], ...]
    fixed: Mapping[str, Mapping[str, float]]
    computed: tuple[tuple[int, Computed], ...]

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
        for rows in (self.lognormal, [row for row, _ in self.others], [row for row, _ in self.computed]):
            found[np.asarray(rows, np.int64)] = True
        return found

    @cached_property
    def _places(self) -> tuple[slice | Index, slice | Index]:
        """Rows and germ rows of the lognormal amounts."""
        return as_slice(self.lognormal), as_slice(self.lognormal_germ)

    def evaluate(self, germ: Array, out: Array) -> None:
        """The amounts of a block of samples in their units, written into `out` (a buffer of `buffer`).

        An expression without a value in a sample (a division by zero) gives one that is not finite: the caller checks.
        """
        if len(self.lognormal):
            rows, taken = self._places
            target = out[rows] if isinstance(rows, slice) else np.empty((len(rows), out.shape[1]))
            np.multiply(germ[taken], self.sigmas[:, None], out=target)
            np.exp(target, out=target)
            if not isinstance(rows, slice):
                out[rows] = target
        for row, variable in self.others:
            out[row] = drawn(variable, germ)
        if self.computed:
            values: dict[str, dict[str, float | Array]] = {scope: dict(found) for scope, found in self.fixed.items()}
            for scope, name, how in self.steps:
                values[scope][name] = _value(how, values) if isinstance(how, Computed) else drawn(how, germ)
            for row, computed in self.computed:
                out[row] = _value(computed, values)


def _value(computed: Computed, values: Mapping[str, Mapping[str, float | Array]]) -> Array:
    return np.asarray(compiled(computed.expression)(values[computed.scope], FUNCTIONS) * computed.scale)


def as_slice(index: Index) -> slice | Index:
    """Consecutive numbers as a slice, which takes a view where an index copies."""
    if len(index) and np.array_equal(index, np.arange(index[0], index[0] + len(index))):
        return slice(int(index[0]), int(index[-1]) + 1)
    return index


def compile_program(
    uses: Sequence[Use], scopes: Mapping[str, Sequence[Scoped]], places: Mapping[tuple[str, str], int]
) -> Program:
    """The program of some amounts. `places` are those of a registry that has every stream of `uses` and `scopes`."""
    compiler = _Compiler(scopes, places)
    log_rows, sigmas, log_germ, others, computed = [], [], [], [], []
    for row, use in enumerate(uses):
        own = compiler.variable(use.amount, use.spread, use.stream, use.name)
        if own is None:
            if compiler.moves(use.amount.expression, use.scope):
                computed.append((row, Computed(use.amount.expression or "", use.scope, use.amount.scale)))
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

    def __init__(self, scopes: Mapping[str, Sequence[Scoped]], places: Mapping[tuple[str, str], int]) -> None:
        self.scopes = {scope: {p.parameter.name: p for p in found} for scope, found in scopes.items()}
        self.places = places
        self.steps: list[tuple[str, str, Computed | Variable]] = []
        self.used: set[str] = set()
        self._moved: dict[tuple[str, str], bool] = {}

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

    def _visit(self, scope: str, name: str) -> bool:
        key = scope, name
        if key not in self._moved:
            scoped = self.scopes[scope][name]
            amount = scoped.parameter.amount
            how: Computed | Variable | None = self.variable(amount, amount.spread, scoped.stream, name)
            if how is None and self.moves(amount.expression, scoped.within):
                how = Computed(amount.expression or "", scoped.within, amount.scale)
            if how is not None:
                self.used.add(scope)
                self.steps.append((scope, name, how))
            self._moved[key] = how is not None
        return self._moved[key]
