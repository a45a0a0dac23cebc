"""A background solved once: impact per unit of every product by the adjoint, with the checks of a solution.

With A (products x processes) and R = (C B)ᵀ the impact per unit run of each process, Y = A⁻ᵀ R is the impact per unit
of each product (Heijungs & Suh 2002, chapter 3). One factorisation serves all categories. The transpose is factorised:
of an ecoinvent-sized matrix it has a fraction of the fill, and the factors of A itself do not end in useful time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from footprint.errors import NegativeScaling, NotFinite, ResidualTooLarge, SingularSystem
from footprint.inventory.kernel import MAX_RESIDUAL, NEGATIVE_TOLERANCE, Matrix

#: what counts as zero beside the largest impact of a category; refinement leaves far less
ROUNDING = 1e-20
#: largest relative change by refinement; beyond it fewer than four digits are left
MAX_CORRECTION = 1e-4
#: below this part of a category's largest impact the first solution may be rounding alone
CANCELLED = 1e-14


def solve_adjoint(technosphere: Any, direct: Matrix, name: str) -> Matrix:
    """Y with Aᵀ Y = R, products x right-hand sides, for a sparse A (`technosphere`, CSC) and R (`direct`).

    Raises SingularSystem, NotFinite, ResidualTooLarge or NegativeScaling, with `name` in the message.
    """
    from scipy.sparse.linalg import splu

    _check_input(technosphere, direct, name)
    transposed = technosphere.T.tocsc()
    try:
        factors = splu(transposed)
    except RuntimeError as error:
        raise SingularSystem(f"{name}: the technosphere has no unique solution ({error})") from None
    y: Matrix = factors.solve(np.ascontiguousarray(direct))
    correction: Matrix = factors.solve(direct - transposed @ y)
    if not (np.isfinite(y).all() and np.isfinite(correction).all()):
        raise NotFinite(f"{name}: an impact per unit is not finite: the technosphere is singular to working precision")
    _check_digits(y, correction, name)
    y = y + correction
    if (worst := _residual(transposed, y, direct)) > MAX_RESIDUAL:
        raise ResidualTooLarge(f"{name}: the solution leaves a residual of {worst:.1e}; at most {MAX_RESIDUAL:.0e}")
    check_production(technosphere, factors, name)
    found: Matrix = np.where(np.abs(y) > ROUNDING * np.abs(y).max(axis=0, initial=0.0), y, 0.0)
    return found


def _check_input(technosphere: Any, direct: Matrix, name: str) -> None:
    for what, values in (("technosphere", technosphere.data), ("impact per unit run", direct)):
        if not np.isfinite(values).all():
            raise NotFinite(f"{name}: the {what} has a value that is not finite")


def _check_digits(y: Matrix, correction: Matrix, name: str) -> None:
    """Refinement changes the last digits only; where it changes the first ones, none is known.

    The change is about condition times rounding, whatever the units of rows and columns are.
    """
    floor = CANCELLED * np.abs(y).max(axis=0, initial=0.0)
    if (np.abs(correction) > MAX_CORRECTION * np.abs(y) + floor).any():
        raise SingularSystem(f"{name}: the technosphere is singular to working precision: a loop has no net product")


def _residual(transposed: Any, y: Matrix, direct: Matrix) -> float:
    """The largest |Aᵀ Y - R| relative to |A|ᵀ |Y| + |R|, component by component.

    Where a product has no impact at all, loops leave rounding noise in place of zero: what lies below ROUNDING times
    the largest of its category counts as zero.
    """
    left = np.abs(transposed @ y - direct)
    scale = abs(transposed) @ np.abs(y) + np.abs(direct)
    floor = ROUNDING * scale.max(axis=0, initial=0.0)
    return float(np.max(np.maximum(left - floor, 0.0) / np.where(scale > 0, scale, 1.0), initial=0.0))


def check_production(technosphere: Any, factors: Any, name: str) -> None:
    """No process runs backwards when one unit of every product is asked for.

    Where a co-product takes the place of another product (an output off the diagonal), a process may.
    """
    made = technosphere.diagonal()
    if (made == 0).any() or has_credits(technosphere, made):
        return
    s: Matrix = factors.solve(np.sign(made), trans="T")
    backwards = np.flatnonzero(s < -NEGATIVE_TOLERANCE * np.abs(s).max(initial=0.0))
    if backwards.size:
        raise NegativeScaling(
            f"{name}: a loop takes more of its own product than it makes; {backwards.size} processes run backwards, "
            f"the first is column {int(backwards[0])}"
        )


def has_credits(technosphere: Any, made: Matrix) -> bool:
    """Whether a process makes a product that another one is the producer of."""
    entries = technosphere.tocoo()
    off = entries.row != entries.col
    return bool((entries.data[off] * np.sign(made[entries.row[off]]) > 0).any())
