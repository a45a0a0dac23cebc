"""Draws by name: the same whoever asks, for however much; spread as each sequence promises."""

import numpy as np
import pytest
from scipy.special import ndtr

from footprint.errors import InputError
from footprint.uncertainty.germs import BLOCK, SEQUENCES, SHEAF, Stream, blocks

A, B = Stream("mine", 3), Stream("smelter", 2)


def drawn(streams, sequence="plain", seed=1, first=0, count=1):
    return {number: germ.copy() for number, germ in blocks(streams, sequence, seed, first, count)}


def test_a_stream_is_the_same_in_any_company():
    """The smelter alone, after the mine, or before it: the same numbers."""
    alone, after, before = drawn([B]), drawn([A, B]), drawn([B, A])
    for number in range(SHEAF):
        np.testing.assert_array_equal(alone[number], after[number][3:])
        np.testing.assert_array_equal(alone[number], before[number][:2])


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_block_does_not_depend_on_what_was_drawn_before_it(sequence):
    """The second sheaf by itself is the second sheaf of two."""
    both, second = drawn([A, B], sequence, count=2), drawn([A, B], sequence, first=1)
    assert list(second) == list(range(SHEAF, 2 * SHEAF))
    for number, germ in second.items():
        np.testing.assert_array_equal(germ, both[number])


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_another_seed_is_another_world(sequence):
    assert not np.allclose(drawn([A], sequence)[0], drawn([A], sequence, seed=2)[0])


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_numbers_are_standard_normal_and_independent(sequence):
    """16,384 of each: mean 0 and variance 1 within five standard errors, correlation below five."""
    germ = np.concatenate(list(drawn([A, B], sequence).values()), axis=1)
    n = germ.shape[1]
    assert n == BLOCK * SHEAF
    assert np.abs(germ.mean(axis=1)).max() < 5 / np.sqrt(n)
    assert np.abs(germ.var(axis=1) - 1).max() < 5 * np.sqrt(2 / n)
    assert np.abs(np.corrcoef(germ) - np.eye(5)).max() < 5 / np.sqrt(n)


def test_latin_hypercube_fills_every_interval_once():
    """In each block each variable has one value in each of the BLOCK equally likely intervals."""
    for germ in drawn([A], "latin-hypercube").values():
        for row in germ:
            assert sorted(np.floor(ndtr(row) * BLOCK).astype(int)) == list(range(BLOCK))


def test_a_sobol_block_fills_every_interval_once():
    """The first 1,024 points of a scrambled Sobol sequence: one in each 1/1,024 of every dimension."""
    for row in drawn([A, B], "sobol")[0]:
        assert sorted(np.floor(ndtr(row) * BLOCK).astype(int)) == list(range(BLOCK))


def test_what_is_refused():
    with pytest.raises(InputError, match="did you mean 'sobol'"):
        next(blocks([A], "sobl", 1, 0, 1))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="seed -1"):
        next(blocks([A], "plain", -1, 0, 1))
