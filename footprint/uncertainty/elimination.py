"""A s = f for many samples at once: one plan of eliminations, carried out on whole arrays of samples.

All samples of a system share where its matrix has entries. So the order of elimination is worked out once, and each
step is one operation on arrays of entries x samples. Processes are ordered by strongly connected components, users
before suppliers: where there is no loop, elimination is substitution alone and nothing fills in; inside a loop the
process with the fewest neighbours goes first (Markowitz 1957, doi 10.1287/mnsc.3.3.255). Pivots stay on the diagonal,
which a technosphere without a loop of gain above one allows; every solution is checked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Pivot:
    """One elimination: entries of the pivot's column below it and of its row right of it, and where they meet."""

    place: int
    below: Index
    right: Index
    meet: Index


@dataclass(frozen=True)
class Row:
    """One substitution: the process, its pivot, the entries that count against it and the processes they belong to."""

    process: int
    pivot: int
    entries: Index
    partners: Index


@dataclass(frozen=True)
class Plan:
    """How to solve A s = f for one pattern. `rows` and `columns` are those of the entries, filled-in ones last.

    `places` says where each (row, column) given to `plan` stands among the entries.
    """

    size: int
    rows: Index
    columns: Index
    places: Index
    pivots: tuple[Pivot, ...]
    forward: tuple[Row, ...]
    backward: tuple[Row, ...]

    @property
    def entries(self) -> int:
        """How many entries a matrix of this pattern has, fill-in included."""
        return len(self.rows)

    @property
    def overwrites(self) -> bool:
        """Whether solving changes the entries (it does where there is a loop)."""
        return bool(self.pivots)


def plan(size: int, rows: Sequence[int] | Index, columns: Sequence[int] | Index) -> Plan:
    """The plan for a square matrix of `size` with entries at (rows, columns); a place given twice is one entry.

    Every diagonal entry must be among them (the reference flow of each process).
    """
    given = list(zip(map(int, rows), map(int, columns), strict=True))
    place = {pair: n for n, pair in enumerate(dict.fromkeys(given))}
    missing = [i for i in range(size) if (i, i) not in place]
    if missing:
        raise ValueError(f"process {missing[0]} has no reference flow")
    order = _ordered(size, place)
    rank = {process: n for n, process in enumerate(order)}
    below: list[set[int]] = [set() for _ in range(size)]
    right: list[set[int]] = [set() for _ in range(size)]
    for i, j in place:
        if rank[i] > rank[j]:
            below[j].add(i)
        elif rank[i] < rank[j]:
            right[i].add(j)
    pivots = []
    for p in order:
        if below[p] and right[p]:
            lower, upper = sorted(below[p]), sorted(right[p])
            for i in lower:
                for j in upper:
                    place.setdefault((i, j), len(place))
                    if i != j:
                        (below[j] if rank[i] > rank[j] else right[i]).add(i if rank[i] > rank[j] else j)
            meet = [[place[i, j] for j in upper] for i in lower]
            pivots.append(
                Pivot(
                    place[p, p], _index(place[i, p] for i in lower), _index(place[p, j] for j in upper),
                    np.array(meet, np.int64),
                )
            )  # fmt: skip
    before: dict[int, list[int]] = {p: [] for p in order}
    for j in order:
        for i in below[j]:
            before[i].append(j)
    forward = [_row(i, before[i], place) for i in order]
    backward = [_row(i, sorted(right[i]), place) for i in reversed(order) if right[i]]
    return Plan(
        size,
        _index(i for i, _ in place),
        _index(j for _, j in place),
        _index(place[pair] for pair in given),
        tuple(pivots),
        tuple(forward),
        tuple(backward),
    )


def _row(process: int, partners: Sequence[int], place: dict[tuple[int, int], int]) -> Row:
    return Row(process, place[process, process], _index(place[process, j] for j in partners), _index(partners))


def _index(values: Iterable[int]) -> Index:
    return np.fromiter(values, np.int64)


# --- solving


class Solver:
    """Solves A s = f for the samples in `values`, again and again, in the same arrays.

    `values` are the entries x samples of A in the plan's order, overwritten where the plan says so; `demand` is f, one
    number per process, the same for all samples; `scaling` are the scaling vectors s, processes x samples. Pivots that
    are known to be one (`unit`, a set of entries) are not divided by.
    """

    def __init__(self, made: Plan, values: Array, demand: Array, unit: frozenset[int] = frozenset()) -> None:
        self.plan, self.values = made, values
        self.scaling = np.empty((made.size, values.shape[1]))
        self._term = np.empty(values.shape[1])
        touched = {int(e) for pivot in made.pivots for e in (*pivot.right, *pivot.meet.ravel())}
        s = self.scaling
        self._forward = [
            (
                s[row.process],
                float(demand[row.process]),
                [(values[e], s[j]) for e, j in zip(row.entries, row.partners, strict=True)],
                None if row.pivot in unit - touched else values[row.pivot],
            )
            for row in made.forward
        ]
        self._backward = [
            (s[row.process], [(values[e], s[j]) for e, j in zip(row.entries, row.partners, strict=True)])
            for row in made.backward
        ]

    def solve(self) -> Array:
        """The scaling vectors. Crout: A = L U with ones on the diagonal of U; L y = f, then U s = y.

        A division by zero gives a value that is not finite: the caller checks.
        """
        values, term = self.values, self._term
        for pivot in self.plan.pivots:
            values[pivot.right] /= values[pivot.place]
            values[pivot.meet] -= values[pivot.below][:, None] * values[pivot.right][None]
        for target, demand, pairs, pivot_values in self._forward:
            target.fill(demand)
            for value, other in pairs:
                np.multiply(value, other, out=term)
                np.subtract(target, term, out=target)
            if pivot_values is not None:
                np.divide(target, pivot_values, out=target)
        for target, pairs in self._backward:
            for value, other in pairs:
                np.multiply(value, other, out=term)
                np.subtract(target, term, out=target)
        return self.scaling


def residual(made: Plan, values: Array, s: Array, demand: Array) -> float:
    """The largest |A s - f| over samples and processes, relative to |A| |s| + |f|; `values` as before solving."""
    order = np.argsort(made.rows, kind="stable")
    first = np.searchsorted(made.rows[order], np.arange(made.size))
    products = values[order]
    products *= s[made.columns[order]]
    left = np.add.reduceat(products, first, axis=0) - demand[:, None]
    scale = np.add.reduceat(np.abs(products, out=products), first, axis=0) + np.abs(demand)[:, None]
    return float(np.max(np.abs(left) / np.where(scale > 0, scale, 1.0), initial=0.0))


# --- order


def _ordered(size: int, place: Iterable[tuple[int, int]]) -> list[int]:
    """Users before suppliers; inside a strongly connected component by fewest neighbours still there."""
    users: list[list[int]] = [[] for _ in range(size)]
    for i, j in place:
        if i != j:
            users[i].append(j)
    order: list[int] = []
    for component in _components(users):
        order += component if len(component) == 1 else _by_degree(component, users)
    return order


def _by_degree(component: Sequence[int], users: Sequence[Sequence[int]]) -> list[int]:
    """Markowitz order on the symmetrised pattern of one component, fill-in counted."""
    inside = set(component)
    near: dict[int, set[int]] = {p: set() for p in component}
    for p in component:
        for q in users[p]:
            if q in inside:
                near[p].add(q)
                near[q].add(p)
    order = []
    while near:
        p = min(near, key=lambda q: (len(near[q]), q))
        neighbours = near.pop(p)
        for q in neighbours:
            near[q] |= neighbours
            near[q] -= {p, q}
        order.append(p)
    return order


def _components(users: Sequence[Sequence[int]]) -> list[list[int]]:
    """Strongly connected components, each after those that use it (Tarjan 1972, doi 10.1137/0201010), no recursion."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(users)):
        if root in number:
            continue
        work: list[tuple[int, int]] = [(root, 0)]
        while work:
            node, step = work.pop()
            if step == 0:
                number[node] = low[node] = len(number)
                stack.append(node)
                on_stack.add(node)
            else:
                low[node] = min(low[node], low[users[node][step - 1]])
            for n in range(step, len(users[node])):
                other = users[node][n]
                if other not in number:
                    work += [(node, n + 1), (other, 0)]
                    break
                if other in on_stack:
                    low[node] = min(low[node], number[other])
            else:
                if low[node] == number[node]:
                    component = []
                    while True:
                        other = stack.pop()
                        on_stack.discard(other)
                        component.append(other)
                        if other == node:
                            break
                    found.append(sorted(component))
    return found
