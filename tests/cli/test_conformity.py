"""`footprint conformity` as a command."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run


def test_the_default_is_the_precedent_of_batteries(run: Run) -> None:
    call = run("conformity", "--json")
    assert (call.code, call.err) == (0, "")
    assert call.json["schema"] == "footprint/conformity/1"
    assert [option["option"] for option in call.json["options"]] == ["D1", "F1"]
    assert set(call.json["options"][0]["criteria"]) == {"a", "b", "c"}


def test_the_page_says_that_it_is_no_law_and_fits_into_80_columns(run: Run) -> None:
    call = run("conformity", "--unit", "--bodies", "1", env={"COLUMNS": "80"})
    assert "No law: 8 of the 9 rules behind it are assumptions or drafts." in call.out
    assert max(map(len, call.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--interest", "4"), "interest 4"),
        (("--interest", "much"), "--interest"),
        (("--bodies", "-1"), "bodies -1"),
        (("--variability", "stabel"), "did you mean 'stable'"),
        (("--on", "2020-01-01"), "has no value on 2020-01-01"),
    ],
)
def test_a_wrong_call_exits_2(run: Run, arguments: tuple[str, ...], message: str) -> None:
    call = run("conformity", *arguments)
    assert call.code == 2
    assert message in call.err
