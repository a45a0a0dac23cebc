"""Characterisation factors lined up with the elementary flows of a graph.

h = C g: impact per category is the sum over elementary flows of factor times amount (ISO 14044, 4.4.2.4). A flow takes
the factor of its process's location, then the wider region's, then the global one. A flow the method knows without a
factor contributes nothing and is reported; a flow the method does not know is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from footprint.errors import InputError, nearest
from footprint.inventory.graph import ElementaryFlow, Entries
from footprint.inventory.kernel import Matrix
from footprint.library.declarations import DECLARED, LATE
from footprint.library.method import Method
from footprint.library.providers import LONG_TERM


@dataclass(frozen=True)
class Factors:
    """`table` is categories x flows, zero where no factor is held.

    `held` says where one is; `row` is the method's number of each flow.
    """

    method: Method
    table: Matrix
    held: Matrix
    row: tuple[int, ...]

    def without_long_term(self, flows: Sequence[ElementaryFlow]) -> Matrix:
        """The table with emissions after 100 years left out (DECISIONS 3)."""
        keep = np.array([not _is_late(flow.compartment) for flow in flows], float)
        kept: Matrix = self.table * keep
        return kept

    def with_regional(self, code: str, flows: Sequence[ElementaryFlow]) -> Matrix:
        """The factors of one category with its regional ones used (a sensitivity where the result is generic)."""
        values: Matrix = self.table[self.method.column[code]].copy()
        _regionalise(values[None, :], flows, self.row, self.method, [code])
        return values


def _is_late(compartment: str) -> bool:
    """Whether a compartment takes emissions after 100 years, or declared results of them."""
    return compartment in LONG_TERM or (compartment.startswith(DECLARED) and compartment.endswith(LATE))


def factors(method: Method, flows: Sequence[ElementaryFlow], where: Callable[[int], str]) -> Factors:
    """The factors of `flows` in every category and sub-indicator of the method.

    `where` tells who exchanges flow number i, for error messages. Raises InputError where a flow is not
    known to the method, or is given in another unit than the factor is for.
    """
    rows = [_row(method, flow, i, where) for i, flow in enumerate(flows)]
    index = np.array(rows, dtype=np.int64)
    known = index >= 0
    values = np.full((len(method.categories), len(flows)), np.nan)
    values[:, known] = method.global_factors[index[known]].T
    _regionalise(values, flows, rows, method, method.regional)
    for i, flow in enumerate(flows):
        if flow.compartment.startswith(DECLARED):
            values[:, i] = 0.0
            values[_declared_category(method, flow, where(i)), i] = 1.0
    held = ~np.isnan(values)
    return Factors(method, np.where(held, values, 0.0), held, tuple(rows))


def _row(method: Method, flow: ElementaryFlow, i: int, where: Callable[[int], str]) -> int:
    if flow.compartment.startswith(DECLARED):
        return -1
    try:
        row = method.flow(flow.name, flow.compartment)
    except InputError as error:
        raise InputError(f"{where(i)}: {error}") from None
    if method.flows[row].unit != flow.unit:
        raise InputError(
            f"{where(i)}: flow '{flow.name}' in '{flow.compartment}' is in {flow.unit}; {method.id} counts it "
            f"in {method.flows[row].unit}"
        )
    return row


def _declared_category(method: Method, flow: ElementaryFlow, where: str) -> int:
    """The category a supplier's declared value belongs to; its method and unit must be the method's."""
    if (declared := flow.compartment.removeprefix(DECLARED).removesuffix(LATE)) != method.id:
        raise InputError(f"{where}: was calculated with method '{declared}', not with '{method.id}'")
    if flow.name not in method.column:
        raise InputError(f"{where}: category '{flow.name}' is not known{nearest(flow.name, method.codes)}")
    column = method.column[flow.name]
    if flow.unit != (wanted := method.categories[column].unit):
        raise InputError(f"{where}: {flow.name} is in '{flow.unit}'; {method.id} gives it in '{wanted}'")
    return column


def _regionalise(
    values: Matrix, flows: Sequence[ElementaryFlow], rows: Sequence[int], method: Method, codes: Iterable[str]
) -> None:
    """Replace global factors in place where the method holds one for the flow's location."""
    for code in codes:
        line = 0 if len(values) == 1 else method.column[code]
        regional_rows = method.regional_factors[code][0] if code in method.regional_factors else {}
        for i, row in enumerate(rows):
            if row in regional_rows:
                values[line, i] = method.regional_factor(code, row, flows[i].location, values[line, i])


def direct_impacts(table: Matrix, entries: Entries, nodes: int) -> Matrix:
    """C B: impact per unit run of each node by its own exchanges with nature, categories x nodes."""
    rows, cols = entries.indices["row"], entries.indices["col"]
    weighted = table[:, rows] * entries.signed
    return np.array([np.bincount(cols, weights=line, minlength=nodes) for line in weighted])
