"""C B of a whole database: impact per unit run of each process, regional factors by the process's own location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footprint.exchange.flow_mapping import Mapped
from footprint.inventory.kernel import Matrix
from footprint.library.method import Method
from footprint.library.providers import LONG_TERM


def database_impacts(
    biosphere: Any, mapped: Sequence[Mapped], locations: Sequence[str], method: Method
) -> tuple[Matrix, Matrix]:
    """(all emissions, those after 100 years): impact per unit run, processes x categories and sub-indicators.

    `biosphere` is sparse, flows x processes. A flow without a factor adds nothing; it is counted in the coverage.
    """
    row = np.array([m.row for m in mapped], np.int64)
    held = np.flatnonzero(row >= 0)
    scaled = biosphere.tocsr()[held].multiply(np.array([mapped[int(i)].factor for i in held])[:, None]).tocsr()
    table = np.nan_to_num(method.global_factors[row[held]])
    whole: Matrix = np.asarray(scaled.T @ table)
    late = np.array([method.flows[r].compartment in LONG_TERM for r in row[held]], bool)
    after: Matrix = np.asarray(scaled[late].T @ table[late])
    for code in method.regional:
        column = method.column[code]
        shift = _regional_shift(scaled, row[held], locations, method, code, table[:, column])
        whole[:, column] += shift(np.ones(len(held), bool))
        after[:, column] += shift(late)
    return whole, after


def _regional_shift(
    scaled: Any, rows: NDArray[np.int64], locations: Sequence[str], method: Method, code: str, generic: Matrix
) -> Any:
    """What regional factors add to each process over generic ones, for a choice of flows."""
    regional = set(method.regional_factors[code][0]) if code in method.regional_factors else set()
    entries = scaled.tocoo()
    chosen = np.array([int(r) in regional for r in rows], bool)[entries.row]
    flow, process, amount = entries.row[chosen], entries.col[chosen], entries.data[chosen]
    known: dict[tuple[int, str], float] = {}
    factor = np.empty(len(flow))
    for k, (i, j) in enumerate(zip(flow.tolist(), process.tolist(), strict=True)):
        key = (i, locations[j])
        if key not in known:
            known[key] = method.regional_factor(code, int(rows[i]), locations[j], float(generic[i]))
        factor[k] = known[key] - generic[i]

    def shift(kept: NDArray[np.bool_]) -> Matrix:
        weights = np.where(kept[flow], factor * amount, 0.0)
        found: Matrix = np.bincount(process, weights=weights, minlength=len(locations)).astype(float)
        return found

    return shift
