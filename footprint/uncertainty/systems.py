"""A foreground whose amounts are uncertain, solved and characterised for a block of samples at a time.

h = (W x) s: the amounts x of a sample give the entries of the technosphere A(x), A(x) s = f gives the scaling vector,
and what each process takes from nature or from the background is characterised with one matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from footprint.errors import NegativeScaling, NotFinite, ResidualTooLarge
from footprint.uncertainty.amounts import NOTHING_GIVEN, Program, as_slice
from footprint.uncertainty.elimination import Plan, Solver, plan, residual

Array = NDArray[np.float64]
Index = NDArray[np.int64]
#: how far below zero a scaling factor may lie by rounding, relative to the largest of the sample
NEGATIVE_TOLERANCE = 1e-9
#: largest residual |A s - f| relative to |A| |s| + |f|
MAX_RESIDUAL = 1e-9


@dataclass(frozen=True)
class Entries:
    """Entries that depend on an amount: `amount` x `factor` at (`row`, `column`); all arrays of one length.

    In the technosphere a row is a process of the foreground; outside it is a column of the weights.
    """

    amount: Index
    factor: Array
    row: Index
    column: Index


@dataclass(frozen=True)
class Ratio:
    """How the share of a product in its joint process moves with the amounts of the products.

    `amounts` are the rows of the products, `shares` their shares at the middle, `which` the product whose entries
    `inside` and `outside` carry its share. A share is proportional to the amount of its product whatever the rule, so
    share / share at the middle = (a_j / a_j0) / Σ_i share_i (a_i / a_i0).
    """

    inside: Index
    outside: Index
    amounts: Index
    shares: Array
    which: int

    def value(self, relative: Array) -> Array:
        """The ratio in each sample, from the amounts of the products relative to their middle (products x samples)."""
        found: Array = relative[self.which] / (self.shares @ relative)
        return found


@dataclass(frozen=True)
class System:
    """What a block of samples needs.

    `inside` are the entries of A (signed factors), `outside` those to nature and to the background, whose rows are
    columns of `weights` (categories x rows): impact per unit of an elementary flow or of a background product.
    `negative` says that a process may run backwards (a co-product that substitutes).
    """

    names: tuple[str, ...]
    program: Program
    inside: Entries
    outside: Entries
    weights: Array
    demand: Array
    negative: bool = False
    ratios: tuple[Ratio, ...] = ()

    @cached_property
    def plan(self) -> Plan:
        """How to solve A s = f."""
        return plan(len(self.names), self.inside.row, self.inside.column)

    def workspace(self, samples: int) -> Workspace:
        """Arrays for blocks of `samples`."""
        return Workspace(self, samples)


class Workspace:
    """The arrays a block is calculated in, used again for each block, and what does not change between blocks."""

    def __init__(self, system: System, samples: int) -> None:
        self.system, self.samples, self.clipped = system, samples, 0
        self.amounts = system.program.buffer(samples)
        self._lay_inside()
        self._lay_outside()

    def _lay_inside(self) -> None:
        """Where the entries of A come from: what never moves is written once, one moving amount copied, more summed."""
        system, made, program = self.system, self.system.plan, self.system.program
        inside, places = system.inside, made.places
        shared = np.zeros(len(inside.amount), bool)
        for ratio in system.ratios:
            shared[ratio.inside] = True
        moves = program.moving[inside.amount] | shared
        factor = inside.factor * program.units[inside.amount]
        base = np.zeros(made.entries)
        np.add.at(base, places[~moves], (inside.factor * program.constants[inside.amount])[~moves])
        times = np.bincount(places[moves], minlength=made.entries)
        alone = moves & ~shared & (times[places] == 1) & (base[places] == 0)
        summed = moves & ~alone
        self._alone = places[alone], inside.amount[alone], factor[alone][:, None]
        carries = {int(entry): n for n, ratio in enumerate(system.ratios) for entry in ratio.inside}
        self._summed = [
            (int(places[n]), int(inside.amount[n]), float(factor[n]), carries.get(int(n)))
            for n in np.flatnonzero(summed)
        ]
        self._reset = np.unique(places[summed]), base[np.unique(places[summed])][:, None]
        self.values = np.repeat(base[:, None], self.samples, axis=1)
        self._constant = self.values.copy() if made.overwrites else None
        unit = frozenset(int(e) for e in np.flatnonzero((base == 1.0) & (times == 0)))
        self._solver = Solver(made, self.values, system.demand, unit)
        self.scaling = self._solver.scaling

    def _lay_outside(self) -> None:
        """Fixed entries are summed into one weight per process; moving ones keep a column each."""
        out, system, program = self.system.outside, self.system, self.system.program
        moves = program.moving[out.amount]
        for ratio in system.ratios:
            moves[ratio.outside] = True
        weights = system.weights[:, out.row] * out.factor
        self._per_process = np.zeros((len(system.weights), len(system.names)))
        np.add.at(self._per_process.T, out.column[~moves], (weights * program.constants[out.amount])[:, ~moves].T)
        order = np.flatnonzero(moves)[np.argsort(out.amount[moves], kind="stable")]
        self._moving, self._takers = out.amount[order], out.column[order]
        self._weights = np.ascontiguousarray(weights[:, order] * program.units[self._moving])
        place = {int(entry): n for n, entry in enumerate(order)}
        self._shared_outside = [np.array([place[int(e)] for e in r.outside], np.int64) for r in system.ratios]
        self._rows = as_slice(self._moving)
        self._taken = np.empty((len(order), self.samples))

    def impacts(self, germ: Array, given: Mapping[str, float | Array] = NOTHING_GIVEN) -> Array:
        """Categories x samples of one block. Raises NotFinite, ResidualTooLarge or NegativeScaling."""
        self.solve(germ, given)
        found: Array = self._per_process @ self.scaling
        if len(self._moving):
            np.take(self.scaling, self._takers, axis=0, out=self._taken)
            self._taken *= self.amounts[self._rows]
            for rows, ratio in zip(self._shared_outside, self._ratios, strict=True):
                self._taken[rows] *= ratio
            found += self._weights @ self._taken
        return found

    def solve(self, germ: Array, given: Mapping[str, float | Array] = NOTHING_GIVEN) -> Array:
        """The scaling vectors of one block: processes x samples, checked."""
        system = self.system
        with np.errstate(all="ignore"):
            self.clipped += system.program.evaluate(germ, self.amounts, given)
        if self._constant is not None:
            self.values[:] = self._constant
        self._fill()
        before = self.values.copy() if self._constant is not None else None
        with np.errstate(all="ignore"):
            s = self._solver.solve()
        self._check(s, before)
        return s

    def _fill(self) -> None:
        """The entries of A from the amounts of the block."""
        places, amounts, factor = self._alone
        self.values[places] = self.amounts[amounts] * factor
        self.values[self._reset[0]] = self._reset[1]
        with np.errstate(all="ignore"):
            self._ratios = [self._ratio(ratio) for ratio in self.system.ratios]
        for place, amount, times, shared in self._summed:
            term = self.amounts[amount] * times
            self.values[place] += term if shared is None else term * self._ratios[shared]

    def _ratio(self, ratio: Ratio) -> Array:
        program = self.system.program
        middle = (program.constants / program.units)[ratio.amounts]
        return ratio.value(self.amounts[ratio.amounts] / middle[:, None])

    def _check(self, s: Array, before: Array | None) -> None:
        lowest = s.min()
        if not np.isfinite(lowest) or not np.isfinite(s.max()):
            raise NotFinite("a sample has no solution: the scaling vector has a value that is not finite")
        if before is not None and residual(self.system.plan, before, s, self.system.demand) > MAX_RESIDUAL:
            raise ResidualTooLarge("a sample's solution does not satisfy its equations")
        if lowest < 0 and not self.system.negative:
            bad = s < -NEGATIVE_TOLERANCE * np.abs(s).max(axis=0)
            if bad.any():
                worst = self.system.names[int(np.argmax(bad.sum(axis=1)))]
                raise NegativeScaling(
                    f"in {int(bad.any(axis=0).sum())} of {self.samples} samples a loop takes more of its own product "
                    f"than it makes; '{worst}' runs backwards: its bounds are too wide"
                )


def entries(rows: Sequence[tuple[int, float, int, int]]) -> Entries:
    """Entries from (amount, factor, row, column)."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Entries(
        np.array(columns[0], np.int64),
        np.array(columns[1], float),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.int64),
    )
