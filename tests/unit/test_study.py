"""A company's study: the `[study]` table of a route file."""

from datetime import date
from pathlib import Path

import pytest

from footprint.errors import InputError
from footprint.library.studies import load_study

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"


def test_the_example_says_who_declares_and_for_which_period():
    company = load_study(EXAMPLE).company
    assert company.invented
    assert company.responsible.trade_name == "ExMet"
    assert (company.period.from_, company.period.to) == (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[study.data.smelting]", "[study.data.smeltin]", "process 'smeltin' is not known; did you mean 'smelting'"),
        ('plants = ["example-town"]', 'plants = ["example-twn"]', "plant 'example-twn' is not known"),
        ('evidence = ["contract"]', 'evidence = ["contrct"]', "instrument 1: evidence 'contrct' is not known"),
        (
            'process = "electrolysis"\nflow = "e',
            'process = "electrolysis"\nflow = "E',
            "electricity input 'Electricity",
        ),
        ("to = 2025-12-31", "to = 2024-12-31", "ends on 2024-12-31, before it begins on 2025-01-01"),
        ("report_date = 2026-05-04", "report_date = 2025-12-30", "report_date: 2025-12-30 is before the end of the p"),
        ("most_recent = 2025-12-31", "most_recent = 2026-05-05", "2026-05-05 is after the report_date, 2026-05-04"),
        ("operator_control = true\n", "", "process 'receiving': 'operator_control' is missing"),
        (
            '[[study.evidence]]\nid = "meters"',
            '[[study.instrument]]\nprocess = "electrolysis"\nflow = "electricity, medium voltage"\n'
            'kind = "supplier-mix"\n[[study.evidence]]\nid = "meters"',
            "instrument 2: instrument 1 already stands behind 'electricity, medium voltage' of 'electrolysis'",
        ),
        ('id = "stack"', 'id = "meters"', "evidence: id 'meters' is given twice"),
        ("https://example.org", "javascript:alert", "public_url"),
        ("mass_t = 61000", "mass_t = -1", "mass_t"),
        ("invented = true\n", 'invented = "yes"\n', "invented"),
    ],
)
def test_what_a_study_says_must_be_of_its_route(tmp_path, old, new, message):
    path = tmp_path / "study.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_route_without_the_table_is_no_study():
    with pytest.raises(InputError, match=r"has no \[study\] table"):
        load_study("copper/cathode-sxew-cl")
