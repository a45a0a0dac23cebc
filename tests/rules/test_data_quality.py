"""Data quality ratings: DQR = (TeR + GeR + TiR + P) / 4, by the contribution of the data, from their evidence."""

from datetime import date

import pytest

from footprint.declaration.asking import rules_of
from footprint.declaration.data_quality import Ratings, level, weighted, years_begun
from footprint.model import DataQuality
from tests.rules.studying import ON, PLANT, case


def test_levels_belong_to_the_better_side_of_a_bound():
    """1.5 is excellent, 1.51 very good, 3.0 good, 4.0 fair, above poor."""
    found = [level(dqr, rules_of(ON)) for dqr in (1.5, 1.51, 2.0, 3.0, 4.0, 4.01)]
    assert found == ["excellent", "very good", "very good", "good", "fair", "poor"]


@pytest.mark.parametrize(
    ("ended", "report", "years"),
    [
        (date(2025, 12, 31), date(2026, 5, 4), 1),
        (date(2025, 12, 31), date(2026, 12, 31), 1),
        (date(2025, 12, 31), date(2027, 1, 1), 2),
        (date(2021, 12, 31), date(2026, 5, 4), 5),
        (date(2026, 12, 31), date(2026, 5, 4), 0),
    ],
)
def test_years_begun_between_data_and_report(ended, report, years):
    """The least n with report <= ended + n years; data that end after the report are not old."""
    assert years_begun(ended, report) == years


def test_a_mean_by_contribution():
    """TeR (3 x 1 + 1 x 3) / 4 = 1.5; one part without a rating leaves the whole without."""
    best, other = DataQuality(1, 1, 1, 1), DataQuality(3, 1, 5, 2)
    found = weighted([(best, 3.0), (other, 1.0)])
    assert (found.TeR, found.GeR, found.TiR, found.P) == (1.5, 1.0, 2.0, 1.25)
    assert weighted([(best, 3.0), (None, 1.0)]) is None


def test_a_company_dataset_is_rated_by_what_makes_80_per_cent_of_it(tmp_path):
    """Of the plant's 9.5 kg, own emissions 6 and a 3 make 95 %: b, rated 5, is left out.

    Own: 1, 1, 1 (data of the last year), 1 (verified outside). a: TeR 2, GeR 3; its data of 2021 are five years old, so
    TiR 4, and with that of the amount (4 + 1) / 2 = 2.5; P is the amount's, 1.
    TeR = (6 + 3 x 2) / 9 = 4/3, GeR = (6 + 3 x 3) / 9 = 5/3, TiR = (6 + 3 x 2.5) / 9 = 1.5, P = 1: DQR = 5.5 / 4.
    """
    rating = case(tmp_path).ratings.rating("plant")
    assert (rating.TeR, rating.GeR, rating.TiR, rating.P) == pytest.approx((4 / 3, 5 / 3, 1.5, 1.0))
    assert rating.dqr == pytest.approx(5.5 / 4)
    assert rating.level == "excellent"


def test_a_secondary_dataset_keeps_its_rating_but_for_its_age(tmp_path):
    """a states TiR 1 of 2021; the report of May 2026 is five years later: 4. (2 + 3 + 4 + 4) / 4 = 3.25."""
    rating = case(tmp_path).ratings.rating("background:a (refining)")
    assert (rating.TeR, rating.GeR, rating.TiR, rating.P) == (2, 3, 4, 4)
    assert (rating.dqr, rating.level) == (3.25, "fair")


@pytest.mark.parametrize(
    ("most_recent", "TiR"), [("2025-12-31", 1), ("2024-12-31", 2), ("2023-12-31", 3), ("2022-12-31", 5)]
)
def test_a_rating_of_time_better_than_the_data_allow_is_told(tmp_path, most_recent, TiR):
    """Data of the last annual period rate 1, of two periods 2, of three 3; the table has nothing for older: 5."""
    found = case(tmp_path, changes=(("most_recent = 2025-12-31", f"most_recent = {most_recent}"),))
    told = [f.message for f in found.findings("quality.better-than-evidence")]
    expected = [] if TiR == 1 else [f"TiR is stated as 1; the evidence allows {TiR}, which counts"]
    assert [message.partition(" (")[0] for message in told] == expected
    assert found.ratings.rating("plant").TiR == pytest.approx((6 * TiR + 3 * (TiR + 4) / 2) / 9)


@pytest.mark.parametrize(("checked", "P"), [("external", 1), ("internal", 2), ("none", 3)])
def test_a_rating_of_precision_better_than_the_verification_allows_is_told(tmp_path, checked, P):
    found = case(tmp_path, changes=(('checked = "external"', f'checked = "{checked}"'),))
    assert len(found.findings("quality.better-than-evidence")) == (P > 1)
    assert pytest.approx(P) == found.ratings.rating("plant").P


@pytest.mark.parametrize(("on", "TiR"), [(date(2026, 6, 1), 1), (date(2027, 6, 1), 2), (date(2028, 6, 1), 3)])
def test_data_age_with_the_day_whose_rules_hold(tmp_path, on, TiR):
    """Data of 2025: an early report of 4 May 2026 makes them no younger a year or two later."""
    from dataclasses import replace

    found = case(tmp_path)
    later = Ratings(replace(found.basis, rules=rules_of(on)))
    a = 5 if on.year - 2021 > 6 else 4  # secondary data: 4 up to six years, then 5
    assert later.rating("plant").TiR == pytest.approx((6 * TiR + 3 * (TiR + a) / 2) / 9)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("year = 2025\nsource = \"invented\"\nlocator = \"row 1\"", "year = 2023\nsource = \"invented\"\n"
         "locator = \"row 1\"", "its data are of 2023, outside the period from 2025-01-01 to 2025-12-31"),
        ("most_recent = 2025-12-31", "most_recent = 2024-12-31", "its data are last of 2024-12-31, outside"),
        ("most_recent = 2025-12-31", "most_recent = 2026-03-31", "its data are last of 2026-03-31, outside"),
    ],
)  # fmt: skip
def test_company_data_of_another_time_than_the_period_are_told(tmp_path, old, new, told):
    finding = case(tmp_path, changes=((old, new),)).finding("data.outside-period")
    assert (finding.where, finding.severity) == ("process 'plant'", "warning")
    assert finding.message.startswith(told)


def test_company_data_of_the_period_are_not_told(tmp_path):
    assert case(tmp_path).findings("data.outside-period") == []


def test_plants_in_another_country_do_not_rate_1_in_geography(tmp_path):
    plant = '\n[[study.plant]]\nid = "north"\nname = "North"\ncountry = "SE"\noutput_kg = 1\n'
    found = case(tmp_path, PLANT + 'plants = ["north"]\n' + plant)
    assert "GeR is stated as 1; the evidence allows 2" in found.finding("quality.better-than-evidence").message
    assert found.ratings.rating("plant").GeR == pytest.approx((6 * 2 + 3 * 3) / 9)


def test_electricity_is_rated_as_what_it_is_mixed_of(tmp_path):
    """Chile's mix is half coal, half water: TeR (1 + 3) / 2 = 2; both of 2021, so TiR 4."""
    power = '{ input = "electricity", from = "electricity:CL:MV", amount = 0.1, unit = "kWh" },'
    coal, water = 'id = "electricity-coal"', 'id = "electricity-hydro"'
    rated = (
        (coal, coal + "\nquality = { TeR = 1, GeR = 2, TiR = 1, P = 2 }"),
        (water, water + "\nquality = { TeR = 3, GeR = 2, TiR = 1, P = 2 }"),
    )
    rating = case(tmp_path, more=power, toy=rated).ratings.rating("electricity:CL:MV (refining)")
    assert (rating.TeR, rating.GeR, rating.TiR, rating.P) == (2, 2, 4, 2)


def test_a_study_is_rated_by_its_most_relevant_datasets(tmp_path):
    """The plant alone makes 95 % of climate change: the study is rated as the plant, and all of that is rated."""
    found = case(tmp_path)
    quality = found.assessment.quality
    assert quality.rating == found.ratings.rating("plant")
    assert quality.rated_share == 1.0


def test_what_is_not_rated_is_told_and_not_guessed(tmp_path):
    """Secondary data: own emissions of the plant (6 of 10 kg) have no rating, a (3 of 10) is rated 3.25."""
    quality = ("quality = { TeR = 1, GeR = 1, TiR = 1, P = 1 }\n", "")
    found = case(tmp_path, '\n[study.data.plant]\nkind = "secondary"\n', changes=(quality,))
    assert found.ratings.rating("plant") is None
    assert found.assessment.quality.rating.dqr == 3.25
    assert found.assessment.quality.rated_share == pytest.approx(3 / 9)
    assert "not rated" in found.finding("quality.not-rated").message
