"""Systems whose solutions stand in the literature, to 1e-12 relative."""

import numpy as np
import pytest

from footprint.errors import NotFinite, ResidualTooLarge, SingularSystem
from footprint.inventory.kernel import check_solution, invert, solve
from footprint.uncertainty.propagation import propagate

TIGHT = {"rtol": 1e-12, "atol": 0.0}


def test_heijungs_and_suh_two_processes():
    """Heijungs & Suh (2002), chapter 2: electricity and fuel; s = (100, 2), g = (120 CO2, 14 SO2, -100 crude oil)."""
    a = np.array([[-2.0, 100.0], [10.0, 0.0]])
    b = np.array([[1.0, 10.0], [0.1, 2.0], [0.0, -50.0]])
    s = solve(a, np.array([0.0, 1000.0]))
    np.testing.assert_allclose(s, [100.0, 2.0], **TIGHT)
    np.testing.assert_allclose(b @ s, [120.0, 14.0, -100.0], **TIGHT)
    assert np.array([1.0, 2.0, 0.0]) @ b @ s == pytest.approx(148.0, rel=1e-12)


def test_near_singular_loop():
    """Two processes that nearly consume each other: det 4; s = (25000, 500), g = (30000, 3500, -25000)."""
    a = np.array([[10.0, -498.0], [-2.0, 100.0]])
    b = np.array([[1.0, 10.0], [0.1, 2.0], [0.0, -50.0]])
    s = solve(a, np.array([1000.0, 0.0]))
    np.testing.assert_allclose(s, [25000.0, 500.0], **TIGHT)
    np.testing.assert_allclose(b @ s, [30000.0, 3500.0, -25000.0], **TIGHT)


def test_co_production_with_substitution():
    """Heat from electricity production replaces 20 units of heat production: s = (100, 1, -20), g = (50, 12, -50)."""
    a = np.array([[-2.0, 100.0, -5.0], [10.0, 0.0, 0.0], [18.0, 0.0, 90.0]])
    b = np.array([[1.0, 10.0, 3.0], [0.1, 2.0, 0.0], [0.0, -50.0, 0.0]])
    s = solve(a, np.array([0.0, 1000.0, 0.0]))
    np.testing.assert_allclose(s, [100.0, 1.0, -20.0], **TIGHT)
    np.testing.assert_allclose(b @ s, [50.0, 12.0, -50.0], **TIGHT)


def test_groen_analytic_variance():
    """Groen et al. (2014), coefficient of variation 5 % on every entry that is not zero: g = 120, Var(g) = 64.0.

    Key issues in per cent of the variance: a11 56.25, a21 1.5625, a22 1.5625, b1 39.0625, b2 1.5625.
    """
    a = np.array([[10.0, 0.0], [-2.0, 100.0]])
    b = np.array([1.0, 10.0])
    found = propagate(invert(a).inverse, b, np.array([1000.0, 0.0]), (0.05 * a) ** 2, (0.05 * b) ** 2)
    assert found.variance == pytest.approx(64.0, rel=1e-12)
    np.testing.assert_allclose(found.technosphere / found.variance * 100, [[56.25, 0.0], [1.5625, 1.5625]], rtol=1e-12)
    np.testing.assert_allclose(found.interventions / found.variance * 100, [39.0625, 1.5625], rtol=1e-12)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, -2.0], [-0.5, 1.0]],
        [[0.1, -0.3], [-0.1, 0.3]],
        [[1.0, 0.0], [0.0, 0.0]],
        [[1.0, -1.0 / 3.0, 0.0], [-3.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ],
)
def test_a_singular_system_is_an_error_with_the_names_of_its_loop(matrix):
    """A loop that consumes exactly what it makes has no solution; a number would be an invention."""
    with pytest.raises(SingularSystem, match=r"'a'|'b'"):
        solve(np.array(matrix), np.ones(len(matrix)), ["a", "b", "c"][: len(matrix)])


def test_a_value_that_is_not_finite_is_an_error():
    with pytest.raises(NotFinite, match="process 'b'"):
        solve(np.array([[1.0, np.nan], [0.0, 1.0]]), np.ones(2), ["a", "b"])


def test_rounding_of_a_part_that_nothing_asks_for_is_no_residual():
    """Two processes without a link, one asked for: 1e-33 of the other is rounding, 1e-12 of it is a wrong solution."""
    demand = np.array([1.0, 0.0])
    check_solution(np.eye(2), np.array([1.0, 1e-33]), demand)
    with pytest.raises(ResidualTooLarge):
        check_solution(np.eye(2), np.array([1.0, 1e-12]), demand)


def test_a_change_of_columns_by_hand():
    """A = [[1, 0], [-2, 1]] with -0.5 in its upper right corner: det = 1 - 1 = 0 at -0.5, and 0.5 at -0.25.

    At -0.25, A s = (1, 0): s1 - 0.25 s2 = 1 and s2 = 2 s1, so s = (2, 4).
    """
    solved = invert(np.array([[1.0, 0.0], [-2.0, 1.0]]))
    changed = solved.with_columns(np.array([1]), np.array([[-0.25], [0.0]]))
    assert changed.scaling(np.array([1.0, 0.0])) == pytest.approx([2.0, 4.0], rel=1e-12)
    assert changed.matrix.tolist() == [[1.0, -0.25], [-2.0, 1.0]]
    with pytest.raises(SingularSystem):
        solved.with_columns(np.array([1]), np.array([[-0.5], [0.0]]))
