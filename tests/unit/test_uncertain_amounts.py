"""Amounts as functions of the germ: each distribution, shared parameters, balances, and what stays fixed."""

import math

import numpy as np
import pytest

from footprint.model import Amount, Parameter, Spread
from footprint.uncertainty.compiling import compile_program
from footprint.uncertainty.variables import Registry, Scoped, Use, Variable, drawn

Z = np.array([-1.959963984540054, 0.0, 1.959963984540054])


def amount(value, spread=None, expression=None):
    return Amount(value, "kg", "invented", "row", "published", expression=expression, spread=spread)


@pytest.mark.parametrize(
    ("spread", "value", "expected"),
    [
        # median 2, GSD² 4: 2.5 % and 97.5 % lie at 2 / 4^(1.96/2) and 2 * 4^(1.96/2)
        (Spread("lognormal", gsd2=4.0), 2.0, [2 * 4**-0.979982, 2.0, 2 * 4**0.979982]),
        (Spread("normal", sd=0.5), 2.0, [2 - 0.979982, 2.0, 2 + 0.979982]),
        (Spread("uniform", low=1.0, high=5.0), 2.0, [1 + 4 * 0.025, 3.0, 1 + 4 * 0.975]),
        # mode 2 on [1, 5]: F(2) = 1/4; below: 1 + sqrt(4 p), above: 5 - sqrt(12 (1 - p))
        (
            Spread("triangular", low=1.0, high=5.0),
            2.0,
            [1 + math.sqrt(0.1), 5 - math.sqrt(6), 5 - math.sqrt(0.3)],
        ),
        # weights 1, 2, 1: the middle half is 7
        (Spread("discrete", values=(3.0, 7.0, 9.0), weights=(1.0, 2.0, 1.0)), 7.0, [3.0, 7.0, 9.0]),
        # logit(0.8) = ln 4; two standard deviations of ln 2 either way give odds of 4 * 2^±1.96
        (
            Spread("logit-normal", sd=math.log(2)),
            0.8,
            [4 * 2**-1.959964 / (1 + 4 * 2**-1.959964), 0.8, 4 * 2**1.959964 / (1 + 4 * 2**1.959964)],
        ),
    ],
    ids=lambda x: x.kind if isinstance(x, Spread) else "",
)
def test_quantiles_of_each_distribution(spread, value, expected):
    """2.5 %, median and 97.5 %, by the inverse of each distribution."""
    np.testing.assert_allclose(drawn(Variable(0, value, spread), Z[None]), expected, rtol=1e-5)


def program(uses, parameters=(), given=None):
    registry = Registry()
    registry.own("p", ["a", "b", "c"])
    registry.own("file", [p.name for p in parameters])
    scopes = {"file": [Scoped(p, "file", "file") for p in parameters]}
    made = compile_program([Use(a, a.spread, "p", n, "file") for n, a in uses], scopes, registry.places(), given or {})
    return made, registry


def evaluated(made, germ, given=None):
    out = made.buffer(germ.shape[1])
    clipped = made.evaluate(germ, out, given or {})
    return out * made.units[:, None], clipped


def test_one_parameter_feeds_several_amounts_and_a_balance_holds():
    """Withdrawal w = 10 (spread), evaporated w * e with e = 0.3 (spread), returned w - w * e: they add up always."""
    w = Parameter("w", amount(10.0, Spread("lognormal", gsd2=2.0)))
    e = Parameter("e", amount(0.3, Spread("uniform", low=0.1, high=0.5)))
    lost = Parameter("lost", amount(3.0, expression="w * e"))
    made, registry = program(
        [
            ("a", amount(10.0, expression="w")),
            ("b", amount(3.0, expression="lost")),
            ("c", amount(7.0, expression="w - lost")),
        ],
        (w, e, lost),
    )
    germ = np.random.default_rng(1).standard_normal((len(registry.labels), 1000))
    (withdrawn, evaporated, returned), clipped = evaluated(made, germ)
    np.testing.assert_allclose(evaporated + returned, withdrawn, rtol=1e-12)
    assert withdrawn.std() > 1
    assert clipped == 0


def test_a_spread_given_to_an_expression_stands_in_place_of_its_parameters():
    """The amount 2 w with GSD² 4 of its own does not follow w."""
    w = Parameter("w", amount(10.0, Spread("lognormal", gsd2=2.0)))
    made, registry = program([("a", amount(20.0, Spread("lognormal", gsd2=4.0), "2 * w"))], (w,))
    germ = np.zeros((len(registry.labels), 2))
    germ[registry.places()["file", "w"], 1] = 3.0
    (found,), _ = evaluated(made, germ)
    assert found == pytest.approx([20.0, 20.0])


def test_a_given_parameter_moves_what_needs_it_and_the_middle_of_its_spread():
    """w given as 5: 2 w = 10, and its own lognormal spread is around 10; what needs no w stays."""
    w = Parameter("w", amount(10.0, Spread("lognormal", gsd2=2.0)))
    uses = [
        ("a", amount(20.0, Spread("lognormal", gsd2=4.0), "2 * w")),
        ("b", amount(30.0, expression="3 * w")),
        ("c", amount(1.0, Spread("lognormal", gsd2=4.0))),
    ]
    made, registry = program(uses, (w,), {("file", "w"): "w"})
    germ = np.zeros((len(registry.labels), 2))
    germ[registry.places()["p", "a"], 1] = 1.0
    found, _ = evaluated(made, germ, {"w": 5.0})
    np.testing.assert_allclose(found, [[10.0, 20.0], [15.0, 15.0], [1.0, 1.0]], rtol=1e-12)
    middle, _ = evaluated(made.at_middle(), np.zeros((0, 1)), {"w": 5.0})
    np.testing.assert_allclose(middle, [[10.0], [15.0], [1.0]], rtol=1e-12)


def test_an_amount_is_never_negative_and_the_samples_are_counted():
    """1 - x with x = 0.5 +- 1: below zero where z > 0.5."""
    x = Parameter("x", amount(0.5, Spread("normal", sd=1.0)))
    made, registry = program([("a", amount(0.5, expression="1 - x"))], (x,))
    germ = np.zeros((len(registry.labels), 4))
    germ[registry.places()["file", "x"]] = [-1.0, 0.0, 0.6, 2.0]
    (found,), clipped = evaluated(made, germ)
    assert found == pytest.approx([1.5, 0.5, 0.0, 0.0])
    assert clipped == 2
