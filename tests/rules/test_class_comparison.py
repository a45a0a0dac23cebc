"""Schemes side by side: the measures by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest

from footprint.errors import InputError
from footprint.market.comparing import Quality, compare_market
from footprint.market.fitting import Skipped
from footprint.market.schemes import SCHEMES
from tests.rules.test_class_review import market

ON = date(2027, 1, 1)


def qualities(values: list[float]) -> dict[str, Quality]:
    declared = market(2026, {f"o{k}": value for k, value in enumerate(values)})
    (found,) = compare_market(declared, ON, ("CC",), 200, 1)
    return {q.scheme.scheme: q for q in found.qualities}


def test_every_scheme_is_there_once() -> None:
    assert list(qualities([1.0, 2.0, 4.0])) == list(SCHEMES)


def test_evenness_and_variance_fit_by_hand() -> None:
    """PEFCR around the mean 2.5 of 1, 1, 4, 4: bounds 2.13, 2.38, 2.63, 2.88; half in A, half in E.

    Evenness −2·(½ ln ½)/ln 5 = ln 2/ln 5; ln x is the same within each class, so the fit is 1.
    """
    found = qualities([1.0, 1.0, 4.0, 4.0])["pefcr"]
    assert found.evenness == pytest.approx(math.log(2) / math.log(5))
    assert found.fit == pytest.approx(1.0)


def test_bunching_by_hand() -> None:
    """PEFCR around the mean 10: bounds 8.5, 9.5, 10.5, 11.5. Of 8.5, 11, 11.4, 8.9, 10.2, the sum is 50.

    Up to 5 % below a bound lie 8.5 (at it), 11 and 11.4 (above 10.925), 10.2 (above 9.975); 8.9 lies up to 5 % above
    8.5 (to 8.925), 11 up to 5 % above 10.5 (to 11.025).
    """
    found = qualities([8.5, 11.0, 11.4, 8.9, 10.2])["pefcr"]
    assert (found.below, found.above) == (pytest.approx(4 / 5), pytest.approx(2 / 5))


def test_how_far_bounds_vary_and_how_much_moves_by_hand() -> None:
    """Two operators at 1 and 4: drawn are both (1/2), the first twice (1/4) or the second twice (1/4).

    The mean is 2.5, 1 or 4, and with it every bound of pefcr: variance 1.125, coefficient of variation 0.424.
    Under 2.5 the letters are A and E; under 1 (0.85, 0.95, 1.05, 1.15) C and E; under 4 (3.4, 3.8, 4.2, 4.6) A and C:
    half the tonnes move in half the draws. Within four standard errors of 2,000 draws.
    """
    declared = market(2026, {"a": 1.0, "b": 4.0})
    (found,) = compare_market(declared, ON, ("CC",), 2_000, 1)
    pefcr = found.qualities[-1]
    assert pefcr.scheme.scheme == "pefcr"
    assert pefcr.moving == pytest.approx(0.25, abs=4 * 0.25 / math.sqrt(2_000))
    assert pefcr.variation == pytest.approx(math.sqrt(1.125) / 2.5, rel=0.06)


def test_what_is_refused_is_told_and_the_rest_compared() -> None:
    """The second product has no positive value; without a listener that is an error that names file and product."""
    declared = market(2026, {"a": 1.0, "b": 4.0, "c": -1.0}, form=["carbonate", "carbonate", "hydroxide"])
    left_out: list[Skipped] = []
    advanced: list[None] = []
    (found,) = compare_market(declared, ON, ("CC",), 10, 1, left_out.append, lambda: advanced.append(None))
    assert found.qualities[0].scheme.pool.form == "carbonate"
    assert [(entry.pool.form, entry.rule) for entry in left_out] == [("hydroxide", "no-positive-value")]
    assert len(advanced) == len(SCHEMES)
    with pytest.raises(
        InputError, match="market: lithium: lithium carbonate, hydroxide, CC, pooled: no positive value"
    ):
        compare_market(declared, ON, ("CC",), 10, 1)


def test_a_market_of_one_value_is_stable() -> None:
    found = qualities([5.0] * 8)
    assert all(q.variation == pytest.approx(0, abs=1e-12) and q.moving == 0 and q.fit == 1 for q in found.values())


def test_anchored_bounds_vary_less_than_natural_breaks() -> None:
    """METHOD 2.4: quantiles and natural breaks are the unstable ones on a small bimodal market."""
    found = qualities([1.0, 1.1, 1.3, 1.2, 5.0, 5.5, 6.0, 4.5, 7.0, 0.9])
    assert found["anchored"].variation < found["natural-breaks"].variation


@pytest.mark.parametrize(
    ("ruleset", "words"), [("none", "other operators of"), ("modelled-world", "the modelled sites had been drawn")]
)
def test_what_would_vary_is_told(ruleset: str, words: str) -> None:
    """Drawn sites are no operators."""
    from footprint.report.classes import compared_document
    from footprint.report.document import markdown
    from tests.rules.test_class_schemes import declared

    found = compare_market(declared([1.0, 2.0, 4.0], ruleset=[ruleset] * 3), ON, ("CC",), 2, 1)
    assert words in markdown(compared_document(found))


def test_nothing_in_the_window() -> None:
    with pytest.raises(InputError, match="nothing in the window"):
        compare_market(market(2020, {"a": 1.0}), ON, ("CC",), 10, 1)
