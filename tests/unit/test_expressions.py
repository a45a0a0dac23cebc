"""Expressions over numbers and over arrays: one grammar, the same values."""

import math

import numpy as np
import pytest

from footprint.errors import InputError
from footprint.library.expressions import compiled, evaluate

ARRAYS = {"min": np.minimum, "max": np.maximum, "sqrt": np.sqrt, "exp": np.exp, "log": np.log}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / (a * b)", 1 / 6),
        ("2 ^ 3 ^ 2", 512.0),
        ("-a ^ 2", -4.0),
        ("8 - 3 - 2", 3.0),
        ("8 / 2 / 2", 2.0),
        ("max(a, b, 1) + min(a, b)", 5.0),
        ("sqrt(a + 2) * exp(0) + log(1)", 2.0),
    ],
)
def test_numbers_and_arrays_give_the_same(text, value):
    """a = 2, b = 3: by hand, and for each sample of an array."""
    assert evaluate(text, {"a": 2.0, "b": 3.0}) == pytest.approx(value, rel=1e-15)
    columns = {"a": np.array([2.0, 2.0]), "b": np.array([3.0, 3.0])}
    found = np.broadcast_to(compiled(text)(columns, ARRAYS), 2)
    assert found == pytest.approx([value, value], rel=1e-15)


def test_a_long_sum_does_not_nest():
    assert evaluate("+".join("1" * 500), {}) == 500


@pytest.mark.parametrize("text", ["b", "1 / 0", "log(0)", "2 ^ 10000.5", "(0 - 8) ^ 0.5", "sqrt(1, 2)", "min()", "1 +"])
def test_what_has_no_value_is_refused(text):
    with pytest.raises(InputError):
        evaluate(text, {"a": math.pi})
