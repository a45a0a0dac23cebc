"""The adjoint solution of a background, and the checks without which a number is not an answer."""

import numpy as np
import pytest
from scipy import sparse

from footprint.errors import NegativeScaling, NotFinite, ResidualTooLarge, SingularSystem, UnsolvableSystem
from footprint.inventory import adjoint
from footprint.inventory.adjoint import solve_adjoint


def solved(matrix, direct):
    return solve_adjoint(sparse.csc_matrix(np.array(matrix, float)), np.array(direct, float), "here")


def test_two_linked_processes_with_a_loop():
    """y1 = 2 + 0.5 y2, y2 = 3 + 0.2 y1: y1 = 3.5 / 0.9, y2 = 3.4 / 0.9."""
    y = solved([[1, -0.2], [-0.5, 1]], [[2], [3]])
    assert y[:, 0] == pytest.approx([3.5 / 0.9, 3.4 / 0.9], rel=1e-14)


def test_heijungs_and_suh():
    """Fuel and electricity (2002, chapter 2), rows fuel and electricity: f = (0, 1000) gives CO2 120 and SO2 14."""
    y = solved([[-2, 100], [10, 0]], [[1, 0.1], [10, 2]])
    assert np.array([0, 1000]) @ y == pytest.approx([120, 14], rel=1e-12)


def test_a_product_without_impact_is_zero_in_spite_of_rounding():
    """A loop of two that emits nothing, beside one that emits much: exactly zero, not 1e-17."""
    y = solved([[1, -0.3, 0], [-0.7, 1, 0], [0, 0, 1]], [[0], [0], [1e6]])
    assert y[:2, 0].tolist() == [0, 0]


def test_a_waste_is_taken_in():
    """Column 2 takes waste (its reference flow is negative) and emits 4 per unit; column 1 makes 0.5 of it."""
    y = solved([[1, 0], [0.5, -1]], [[1], [4]])
    assert y[:, 0] == pytest.approx([3, -4], rel=1e-14)


def test_a_loop_with_gain_runs_backwards():
    with pytest.raises(NegativeScaling, match="takes more of its own product than it makes"):
        solved([[1, -2], [-2, 1]], [[1], [1]])


def test_a_credit_may_run_a_process_backwards():
    assert solved([[1, 0], [2, 1]], [[1], [1]])[:, 0] == pytest.approx([-1, 1])


@pytest.mark.parametrize("matrix", [[[1, -1], [-1, 1]], [[1, 0], [0, 0]]])
def test_a_singular_technosphere(matrix):
    with pytest.raises(UnsolvableSystem):
        solved(matrix, [[1], [1]])
    assert issubclass(SingularSystem, UnsolvableSystem)


def test_a_technosphere_that_is_singular_to_working_precision():
    """SuperLU finds finite numbers here; refinement shows that no digit of them is known."""
    with pytest.raises(UnsolvableSystem):
        solved([[0.1, -0.3, 0.2], [-0.1, 0.7, -0.6 - 1e-16], [0.3, -0.9, 0.6]], [[1], [2], [3]])


def test_a_loop_with_a_small_net_product_is_solved():
    """1 - 0.999999 is left: y = 1 / 1e-6, to all digits but the last six."""
    assert solved([[1, -0.999999], [-1, 1]], [[1], [0]])[0, 0] == pytest.approx(1e6, rel=1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(value):
    with pytest.raises(NotFinite, match="here: the technosphere"):
        solved([[1, value], [0, 1]], [[1], [1]])
    with pytest.raises(NotFinite, match="here: the impact per unit run"):
        solved([[1, 0], [0, 1]], [[value], [1]])


def test_a_residual_that_is_too_large(monkeypatch):
    monkeypatch.setattr(adjoint, "MAX_RESIDUAL", -1.0)
    with pytest.raises(ResidualTooLarge, match="here: the solution leaves a residual"):
        solved([[1, 0], [0, 1]], [[1], [1]])
