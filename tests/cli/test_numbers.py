"""Numbers as people read them."""

from __future__ import annotations

import pytest

from footprint.report.numbers import change, clean, number, part, percent, plural


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (9.171875, "9.17"),
        (137.6, "138"),
        (0.00216, "0.00216"),
        (1.8359765625e-9, "1.84e-9"),
        (1832.4, "1832"),
        (12345.0, "1.23e4"),
        (0.05, "0.0500"),
        (0.9999, "1.00"),
        (999.9, "1000"),
        (9999.6, "1.00e4"),
        (-3.14159, "-3.14"),
    ],
)
def test_three_significant_digits(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0%"), (0.004, "<1%"), (0.58, "58%"), (-0.25, "-25%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_nothing(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_a_part_of_nothing_is_a_dash() -> None:
    assert part(0.0, 0.0) == "–"


@pytest.mark.parametrize(
    ("value", "reference", "shown"),
    [
        (112.0, 100.0, "+12%"),
        (75.0, 100.0, "-25%"),
        (100.0, 100.0, "same"),
        (100.1, 100.0, "<1%"),
        (1930.0, 100.0, "19.3x"),
        (1.0, 0.0, ""),
        (-1.0, 1.0, ""),
    ],
)
def test_a_change_against_a_reference(value: float, reference: float, shown: str) -> None:
    assert change(value, reference) == shown


def test_control_characters_are_replaced() -> None:
    assert clean("a\x1b[2J\u202eb\tc") == "a\ufffd[2J\ufffdb\tc"


def test_plural() -> None:
    assert [plural(1, "route"), plural(2, "route"), plural(2, "process")] == ["1 route", "2 routes", "2 processes"]
