"""Our climate change against published results: within their range, or with a reason that can be checked."""

import math

import pytest

from footprint.library.background import load_background
from tests.published import table

ROWS = table.published()
SCORED = [row for row in ROWS if row.scored]


def test_every_route_is_compared_or_says_why_not():
    assert {row.route for row in ROWS} == set(table.base_routes())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.route} {row.citation}")
def test_a_row_is_scored_only_where_the_figure_was_read_and_is_comparable(row):
    """Scored: basis read. Not scored: why. A range surrounds its value and is stated or 30 %."""
    assert row.scored == (not row.why_not)
    if row.value is None:
        assert not row.scored
        return
    assert row.basis == "read" or not row.scored
    assert row.source
    assert (row.low or 0.0) <= row.value <= (row.high or math.inf)
    if row.range == "30 %":
        assert row.low == pytest.approx(0.7 * row.value, rel=0.01)
        assert row.high == pytest.approx(1.3 * row.value, rel=0.01)
    else:
        assert row.range == "stated"


@pytest.mark.parametrize("row", SCORED, ids=lambda row: f"{row.route} {row.citation}")
def test_ours_lies_in_the_published_range_or_the_notes_say_why_not(row):
    """A miss has a paragraph "Against <citation>: …" that names what explains at least 80 % of the difference."""
    ours = table.ours(row)
    if row.holds(ours):
        return
    text = table.reasons(row.route).get(row.citation)
    assert text, (
        f"{row.route}: {ours:.3g} is outside {row.low} to {row.high} of {row.citation}; "
        f"its notes need a paragraph 'Against {row.citation}: …' with the exchanges that explain it"
    )
    where = f"{row.route}, {row.citation}"
    assert table.named(text, row.route), f"{where}: the reason names no process or provider that counts"
    assert table.share_explained(text) >= table.EXPLAINED, f"{where}: say 'N % of the difference'"


@pytest.mark.parametrize("route", table.base_routes())
def test_a_reason_belongs_to_a_published_value(route):
    """What the notes compare with is in the table."""
    assert set(table.reasons(route)) <= {row.citation for row in ROWS if row.route == route}


def test_print_the_table():
    """Ours beside published, for whoever runs with -s."""
    for row in ROWS:
        if row.value is not None:
            ours = table.ours(row)
            verdict = ("hit" if row.holds(ours) else "miss") if row.scored else "not scored"
            print(f"{row.route:42} {ours:9.3g} {row.value:9.3g} {ours / row.value:6.2f}  {verdict:10} {row.citation}")


@pytest.mark.parametrize("route", table.LIOH)
def test_lithium_hydroxide_has_all_sixteen_categories(route):
    assert set(table.lioh()[route]) == set(table.result(route).codes)


@pytest.mark.parametrize("route", table.LIOH)
def test_far_ratios_are_explained_and_no_explanation_is_stale(route):
    """Above 3 or below 1/3: explained. Explained: above 3 or below 1/3."""
    far = {code for code, ratio in table.comparison(route, table.lioh()[route]).items() if table.is_far(ratio)}
    assert set(table.explanations()[route]) == far


@pytest.mark.parametrize(("route", "code"), [(r, c) for r, texts in table.explanations().items() for c in texts])
def test_an_explanation_names_the_flow_or_the_provider(route, code):
    """Provider ids and flow names are those of the background and of the method."""
    text = table.explanations()[route][code]
    flows = table.method_flows()
    backtick = {part for i, part in enumerate(text.split("`")) if i % 2}
    providers = {table.short(f"background:{name}") for name in load_background("open").generic}
    assert backtick, "names stand between backticks"
    unknown = {name for name in backtick if name not in flows and name not in providers}
    assert not unknown
