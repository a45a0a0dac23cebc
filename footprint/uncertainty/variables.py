"""Uncertain numbers: a row of the germ each, with a middle and a spread; and where each row stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.model import Amount, Parameter, Spread
from footprint.uncertainty.germs import Stream

Array = NDArray[np.float64]


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
