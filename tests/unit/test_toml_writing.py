"""Writing TOML: what is written reads back as it was, laid out as the shipped files are."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.library.toml_writing import inline, toml_text

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "datasets/routes").glob("*/*.toml"))[::10], ROOT / "docs/examples/copper-refinery/study.toml"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = TEXT | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.dates()
VALUES = st.recursive(PLAIN, lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=4), max_leaves=25)


@given(st.dictionaries(TEXT, VALUES, max_size=6))
def test_what_is_written_reads_back_equal(table):
    assert tomllib.loads(toml_text(table)) == table


@given(st.sampled_from(["process", "site", "boundary", "study"]), VALUES)
def test_the_same_below_the_headings_of_a_route_file(heading, value):
    table = {heading: [{"id": "a", "part": value}], "other": {heading: {"b": {"part": value}}}}
    assert tomllib.loads(toml_text(table)) == table


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_files_read_back_equal(path):
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert tomllib.loads(toml_text(raw)) == raw


def test_an_exchange_is_a_line():
    process = {"id": "a", "exchange": [{"input": "ore", "amount": 290.3e6}, {"output": "dust", "amount": 4.2e-5}]}
    assert toml_text({"process": [process]}, {("process", 0, "exchange", 1): "reference: 3e-5"}) == (
        '[[process]]\nid = "a"\nexchange = [\n  { input = "ore", amount = 290300000 },\n'
        '  { output = "dust", amount = 4.2e-05 },  # reference: 3e-5\n]\n'
    )


def test_numbers_keep_every_bit_and_dates_stay_dates():
    assert inline([0.1 + 0.2, 61000.0, 1e300, True, date(2025, 1, 31)]) == (
        "[0.30000000000000004, 61000, 1e+300, true, 2025-01-31]"
    )


def test_texts_cannot_leave_their_quotes():
    assert inline('a" b\\ \x7f\x00') == '"a\\" b\\\\ \\u007f\\u0000"'


def test_none_is_no_toml():
    with pytest.raises(TypeError, match="no value None"):
        toml_text({"a": None})
