"""Solving for many samples at once: against NumPy, sample by sample, loops or not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footprint.uncertainty.elimination import Solver, plan, residual

SAMPLES = 3


def random_system(seed: int):
    """Up to 29 processes that make about 1 each and take at most 0.2 of one another, in up to 87 entries."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    extra = int(rng.integers(0, 3 * n))
    rows = [*range(n), *rng.integers(0, n, extra)]
    columns = [*range(n), *rng.integers(0, n, extra)]
    made = plan(n, rows, columns)
    given_entries = len(set(zip(rows, columns, strict=True)))
    values = np.zeros((made.entries, SAMPLES))
    values[:given_entries] = -rng.uniform(0, 0.2, (given_entries, SAMPLES))
    diagonal = np.flatnonzero(made.rows == made.columns)
    values[diagonal] = rng.uniform(0.8, 1.2, (len(diagonal), SAMPLES))
    return made, values, rng.uniform(0, 1, n)


@given(st.integers(0, 10**6))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_every_sample_is_what_numpy_gives(seed):
    made, values, demand = random_system(seed)
    before = values.copy()
    s = Solver(made, values, demand).solve()
    for k in range(SAMPLES):
        matrix = np.zeros((made.size, made.size))
        matrix[made.rows, made.columns] = before[:, k]
        np.testing.assert_allclose(s[:, k], np.linalg.solve(matrix, demand), rtol=1e-9, atol=1e-12)
    assert residual(made, before, s, demand) < 1e-12


def test_without_a_loop_nothing_fills_in_and_nothing_is_overwritten():
    """A chain of three: substitution alone."""
    made = plan(3, [0, 1, 2, 1, 2, 2], [0, 1, 2, 0, 1, 0])
    assert (made.entries, made.overwrites) == (6, False)


def test_two_processes_that_feed_each_other():
    """s0 - 0.5 s1 = 1, s1 - 0.4 s0 = 0: s0 = 1 / 0.8 = 1.25, s1 = 0.5."""
    made = plan(2, [0, 1, 0, 1], [0, 1, 1, 0])
    values = np.array([[1.0], [1.0], [-0.5], [-0.4]])[made.places.argsort()]
    s = Solver(made, values, np.array([1.0, 0.0])).solve()
    np.testing.assert_allclose(s[:, 0], [1.25, 0.5], rtol=1e-15)


def test_a_process_without_its_product_is_refused():
    with pytest.raises(ValueError, match="process 1 has no reference flow"):
        plan(2, [0, 1], [0, 0])


def test_a_wrong_solution_leaves_a_residual():
    made, values, demand = random_system(7)
    before = values.copy()
    s = Solver(made, values, demand).solve().copy()
    s[0] *= 1.001
    assert residual(made, before, s, demand) > 1e-6
