"""Classes of categories that the rules do not declare: refused where values are missing or rest on screening data."""

from __future__ import annotations

import numpy as np
import pytest

from footprint.errors import InputError
from footprint.market.declarations import Market
from footprint.market.fitting import Skipped, fit_classes, fit_market
from footprint.market.options import Options
from footprint.market.screening import Knowledge
from footprint.market.thresholds import ClassScheme
from tests.rules.test_class_schemes import ON, TEN, declared


def fitted(market: Market, category: str) -> ClassScheme:
    return fit_classes(market, category=category, on=ON, replicates=0)


def rules_of(scheme: ClassScheme) -> set[str]:
    return {note.rule for note in scheme.notes}


def test_screening_share_is_the_mean_by_tonnes() -> None:
    """3 t at 10 % and 1 t at 50 %: (0.3 + 0.5)/4 = 20 %. 1 t without a share is 20 % of the 5 t with a value; 5 t of
    the 10 t have no value."""
    known = Knowledge.of(
        np.array([1.0, 1.0, 1.0, np.nan]), np.array([0.1, 0.5, np.nan, 1.0]), np.array([3.0, 1.0, 1.0, 5.0])
    )
    assert (known.missing, known.unknown, known.screening) == pytest.approx((0.5, 0.2, 0.2))


def test_a_category_on_screening_data_is_refused() -> None:
    """Nine of ten at 20 %, one at 30 %: 21 %, above 20 %."""
    with pytest.raises(InputError, match="21% of LU rests on screening data; at most 20% may"):
        fitted(declared(TEN, LU=TEN, screening_LU=[0.2] * 9 + [0.3]), "LU")


def test_twenty_per_cent_is_not_above_twenty_per_cent() -> None:
    assert "screening" not in rules_of(fitted(declared(TEN, LU=TEN, screening_LU=[0.25] * 8 + [0.0] * 2), "LU"))


def test_a_category_with_missing_values_is_refused() -> None:
    """Three of ten equal declarations have no value: 30 %, above 20 %."""
    with pytest.raises(InputError, match="30% of the tonnes have no value of LU; at most 20% may"):
        fitted(declared(TEN, LU=[*TEN[:7], None, None, None]), "LU")


def test_declared_categories_have_a_finding_instead() -> None:
    market = declared([*TEN[:7], None, None, None], LU=TEN, screening_CC=[0.3] * 10)  # type: ignore[list-item]
    assert {"screening", "not-covered"} <= rules_of(fitted(market, "CC"))


def test_unknown_shares_are_said_to_be_unknown() -> None:
    told = fitted(declared(TEN, screening_CC=[0.1] * 5 + [None] * 5), "CC").notes
    assert any(note.rule == "screening-unknown" and note.message.startswith("50% of the tonnes") for note in told)
    assert "screening-unknown" not in rules_of(fitted(declared(TEN, screening_CC=[0.1] * 10), "CC"))


def test_what_is_refused_among_all_categories_is_told() -> None:
    market, told = declared(TEN, LU=TEN, WU=TEN, screening_LU=[0.5] * 10), list[Skipped]()
    schemes = fit_market(market, ON, (), Options(replicates=0), exploratory=True, told=told.append)
    assert [scheme.category for scheme in schemes] == ["CC", "WU"]
    assert [entry.rule for entry in told if entry.category == "LU"] == ["screening"]
    assert {entry.rule for entry in told if entry.category != "LU"} == {"no-value"}


def test_where_nobody_listens_a_refusal_is_an_error() -> None:
    market = declared(TEN, LU=TEN, screening_LU=[0.5] * 10)
    with pytest.raises(InputError, match="50% of LU rests on screening data"):
        list(fit_market(market, ON, (), Options(replicates=0), exploratory=True))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_lies_between_nothing_and_all(share: float) -> None:
    with pytest.raises(AssertionError):
        declared(TEN, screening_CC=[share] * 10)
