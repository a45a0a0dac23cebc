"""Solving A s = f, with the checks without which a number is not an answer.

Systems up to a few thousand processes are inverted densely: the inverse (Leontief inverse, once columns are per unit of
reference flow) gives the solution, the condition number and the loop gains from one factorisation, and NumPy alone is
imported. After each solution: unique, finite, satisfies its own equations, no process runs backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footprint.errors import NegativeScaling, NotFinite, ResidualTooLarge, SingularSystem
from footprint.inventory.graph import Graph

Matrix = NDArray[np.float64]
#: largest condition number of the column-scaled technosphere; beyond it fewer than four digits are left
MAX_CONDITION = 1e12
#: largest residual |A s - f| relative to |A| |s| + |f|
MAX_RESIDUAL = 1e-9
#: what counts as nothing beside the largest component
NOISE = 1e-24
#: how far below zero a scaling factor may lie by rounding, relative to the largest
NEGATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Technosphere:
    """A solved technosphere: `inverse` is A⁻¹, nodes x reference flows."""

    matrix: Matrix
    inverse: Matrix
    condition: float

    def scaling(self, demand: Matrix) -> Matrix:
        """The scaling vector s with A s = demand, refined twice so that small components are as exact as large ones."""
        s: Matrix = self.inverse @ demand
        for _ in range(2):
            s = s + self.inverse @ (demand - self.matrix @ s)
        check_solution(self.matrix, s, demand)
        return s

    def with_columns(self, columns: NDArray[np.intp], change: Matrix) -> Technosphere:
        """The technosphere A + D Eᵀ, in which `change` D is added to some columns, without inverting it anew.

        (A + D Eᵀ)⁻¹ = A⁻¹ - A⁻¹ D (1 + Eᵀ A⁻¹ D)⁻¹ Eᵀ A⁻¹ (Woodbury 1950); where that loses digits it is inverted.
        Raises SingularSystem where the changed system has no unique solution.
        """
        matrix = self.matrix.copy()
        matrix[:, columns] += change
        moved = self.inverse @ change
        try:
            small = np.linalg.solve(np.eye(len(columns)) + moved[columns], self.inverse[columns])
        except np.linalg.LinAlgError:
            return invert(matrix)
        inverse: Matrix = self.inverse - moved @ small
        scale = np.abs(matrix).max(axis=0, initial=0.0)
        with np.errstate(all="ignore"):
            condition = _condition(matrix / scale, inverse * scale[:, None])
        return Technosphere(matrix, inverse, condition) if condition < MAX_CONDITION else invert(matrix)


def invert(matrix: Matrix, names: Sequence[str] = ()) -> Technosphere:
    """A⁻¹ of a square technosphere matrix A (products x processes).

    Raises SingularSystem where the system has no unique solution, NotFinite where an entry is not a number.
    """
    if not np.isfinite(matrix).all():
        _, col = np.argwhere(~np.isfinite(matrix))[0]
        raise NotFinite(f"the technosphere has a value that is not finite{_named(names, int(col))}")
    scale = np.abs(matrix).max(axis=0, initial=0.0)
    if (empty := np.flatnonzero(scale == 0)).size:
        raise SingularSystem(f"a process has no net product{_named(names, int(empty[0]))}")
    try:
        inverse: Matrix = np.linalg.inv(matrix / scale)
    except np.linalg.LinAlgError:
        raise SingularSystem(f"the technosphere is singular: {_loop(matrix, names)}") from None
    condition = _condition(matrix / scale, inverse)
    if not condition < MAX_CONDITION:
        raise SingularSystem(
            f"the technosphere is singular to working precision (condition {condition:.1e}): {_loop(matrix, names)}"
        )
    inverse /= scale[:, None]
    return Technosphere(matrix, inverse, condition)


def solve(matrix: Matrix, demand: Matrix, names: Sequence[str] = ()) -> Matrix:
    """The scaling vector s with A s = f. Raises SingularSystem, NotFinite or ResidualTooLarge.

    Heijungs & Suh (2002), chapter 2: s = A⁻¹ f.
    """
    return invert(matrix, names).scaling(demand)


def check_solution(matrix: Matrix, s: Matrix, demand: Matrix) -> None:
    """The solution is finite and satisfies its equations: |A s - f| <= 1e-9 (|A| |s| + |f|), component by component.

    What lies 24 digits below the largest component is rounding of a part that nothing asks for.
    """
    if not np.isfinite(s).all():
        raise NotFinite("the scaling vector has a value that is not finite")
    residual = np.abs(matrix @ s - demand)
    scale = np.abs(matrix) @ np.abs(s) + np.abs(demand)
    if (residual > MAX_RESIDUAL * scale + NOISE * scale.max(initial=0.0)).any():
        worst = float((residual / np.where(scale > 0, scale, 1)).max())
        raise ResidualTooLarge(f"the solution leaves a residual of {worst:.1e}; at most {MAX_RESIDUAL:.0e} is accepted")


def check_signs(graph: Graph, s: Matrix) -> None:
    """No process runs backwards; where a co-product substitutes, only the background it replaces may."""
    first = len(graph.nodes) if not graph.substitutes else graph.foreground
    negative = np.flatnonzero(s[:first] < -NEGATIVE_TOLERANCE * np.abs(s).max(initial=0.0))
    if negative.size:
        nodes = ", ".join(f"'{graph.nodes[i].key}' ({s[i]:.3g})" for i in negative[:5])
        raise NegativeScaling(
            f"{graph.route}: a loop takes more of its own product than it makes; running backwards: {nodes}"
        )


def _condition(matrix: Matrix, inverse: Matrix) -> float:
    """The condition number in the 1-norm."""
    with np.errstate(all="ignore"):
        return float(np.abs(matrix).sum(axis=0).max(initial=0.0) * np.abs(inverse).sum(axis=0).max(initial=0.0))


def _named(names: Sequence[str], index: int) -> str:
    return f" (process '{names[index]}')" if index < len(names) else ""


def _loop(matrix: Matrix, names: Sequence[str]) -> str:
    """The processes that take part in the direction the matrix maps to zero."""
    if not names:
        return "a process or a loop has no net product"
    _, _, directions = np.linalg.svd(matrix / np.abs(matrix).max(axis=0))
    weights = np.abs(directions[-1])
    involved = [names[i] for i in np.argsort(-weights)[:6] if weights[i] > 0.05 * weights.max()]
    return "no net product in the loop of " + ", ".join(f"'{name}'" for name in involved)
