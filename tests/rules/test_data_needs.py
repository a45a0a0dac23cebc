"""Company-specific data where Annex V requires them, and the data needs matrix (R18, R19)."""

import re

import pytest

from footprint.declaration.data_needs import option, situation
from footprint.declaration.datasets import Dataset
from footprint.library.study_files import ProcessDataRow
from tests.rules.studying import PLANT, case

SECONDARY = '\n[study.data.plant]\nkind = "secondary"\n'


def _needs(found):
    return {need.dataset: need for need in found.assessment.needs}


def test_an_own_hotspot_on_company_data_conforms(tmp_path):
    """The plant makes 95 % of climate change: situation 1, option 1, at most 1.5; it is rated 1.375."""
    found = case(tmp_path)
    need = _needs(found)["plant"]
    assert (need.situation, need.option, need.most_relevant, need.limit, need.met) == (1, 1, True, 1.5, True)
    assert need.share == pytest.approx(0.95)
    assert found.findings("data.company-specific") == []


def test_an_own_hotspot_on_secondary_data_is_non_conforming(tmp_path):
    found = case(tmp_path, SECONDARY)
    finding = found.finding("data.company-specific")
    assert finding.severity == "error"
    assert "non-conforming" in finding.message
    assert "Annex V, Use of company specific and secondary datasets; assumption" in finding.message
    assert not found.assessment.conforming
    assert _needs(found)["plant"].met is False


def test_an_own_hotspot_of_which_nothing_is_said_is_non_conforming(tmp_path):
    found = case(tmp_path, "")
    assert "does not say where its data come from" in found.finding("data.company-specific").message


def test_a_process_of_which_nothing_is_said_has_no_rating_of_its_own(tmp_path):
    """Left to others and without a word on its data, the plant would rate (1 + 1 + 1 + 1) / 4 = 1 by its own scores."""
    found = case(tmp_path, "", changes=(("operator_control = true", "operator_control = false"),))
    need = _needs(found)["plant"]
    assert (need.situation, need.option, need.rating, need.met) == (3, 1, None, None)
    told = [f.where for f in found.findings("quality.not-rated")]
    assert told == ["process 'plant'"]


def test_an_operator_that_runs_nothing_is_told(tmp_path):
    changes = (("operator_control = true", "operator_control = false"),)
    assert case(tmp_path, changes=changes).finding("data.no-own-process").severity == "warning"
    assert case(tmp_path).findings("data.no-own-process") == []


OWN_VEHICLES = ('annex_v = ["upstream-extraction"]', 'annex_v = ["upstream-extraction", "own-transport"]')


@pytest.mark.parametrize("data", ["", '\n[study.data.mine]\nkind = "secondary"\n'])
def test_own_vehicles_are_on_company_data_though_they_are_no_hotspot(tmp_path, data):
    """`data-requirement` of own-transport: company-specific. The mine has 0.5 of 10 kg, and is no hotspot."""
    found = case(tmp_path, PLANT + data, changes=(OWN_VEHICLES,))
    finding = found.finding("data.requirement")
    assert (finding.where, finding.severity) == ("process 'mine'", "error")
    assert "covers own-transport on secondary data (5.0% of the weighted sum)" in finding.message


def test_own_vehicles_on_company_data_are_as_required(tmp_path):
    found = case(tmp_path, PLANT + PLANT.replace("plant", "mine"), changes=(OWN_VEHICLES,))
    assert found.findings("data.requirement") == []


def test_a_process_that_others_run_may_be_on_secondary_data(tmp_path):
    """`data-requirement` of upstream-extraction: the data needs matrix."""
    assert case(tmp_path).findings("data.requirement") == []


def test_a_horizontal_average_of_company_data_is_secondary(tmp_path):
    """Annex V, definitions: primary data that go through a horizontal aggregation are secondary data."""
    found = case(tmp_path, PLANT + 'aggregation = "horizontal"\n')
    assert _needs(found)["plant"].kind == "secondary"
    assert "horizontal average" in found.finding("data.company-specific").message
    assert "Annex V, Definitions" in found.finding("data.horizontal").message
    assert found.assessment.compliance["company-specific"] == 0.0


def test_a_vertical_aggregation_stays_company_specific(tmp_path):
    assert _needs(case(tmp_path, PLANT + 'aggregation = "vertical"\n'))["plant"].kind == "company-specific"


def test_an_own_process_that_is_no_hotspot_may_take_secondary_data(tmp_path):
    """The mine (0.5 of 10 kg) run by the operator: situation 1, option 2, at most 3.0; that nothing is said is told."""
    control = ('operator_control = false\nlocation = "CL"', 'operator_control = true\nlocation = "CL"')
    found = case(tmp_path, changes=(control,))
    need = _needs(found)["mine"]
    assert (need.situation, need.option, need.limit) == (1, 2, 3.0)
    assert found.findings("data.company-specific") == []
    assert found.finding("data.not-stated").severity == "warning"


def test_a_small_process_is_a_hotspot_where_one_of_its_flows_is(tmp_path):
    """Plant 4, mine 2.5, a 3, b 0.5 of 10: processes 7.5 + 2.5; flows 4 + 3 + 2.5 reach 80 % with the mine's own."""
    changes = (
        ('"air/non-urban", amount = 6.0', '"air/non-urban", amount = 4.0'),
        ('"air/non-urban", amount = 0.5', '"air/non-urban", amount = 2.5'),
    )
    assert _needs(case(tmp_path, changes=changes))["mine"].most_relevant


@pytest.mark.parametrize(
    ("own", "data", "relevant", "place"),
    [
        (True, {"kind": "company-specific"}, True, (1, 1)),
        (True, {"kind": "secondary"}, True, (1, 1)),
        (True, {"kind": "secondary"}, False, (1, 2)),
        (False, {"kind": "company-specific"}, True, (2, 1)),
        (False, {"kind": "company-specific", "aggregation": "horizontal"}, True, (3, 1)),
        (False, {"kind": "secondary", "access": True}, True, (2, 2)),
        (False, {"kind": "secondary", "access": True}, False, (2, 3)),
        (False, {"kind": "secondary"}, True, (3, 1)),
        (False, {"kind": "secondary"}, False, (3, 2)),
    ],
)
def test_the_matrix(tmp_path, own, data, relevant, place):
    """PEF, 4.6.5.4: who runs the process, whose data are at hand, and whether it is among the hotspots."""
    process = case(tmp_path).study.route.process("plant" if own else "mine")
    dataset = Dataset(process.id, "own", process, ProcessDataRow(**data), 0.1, relevant)
    assert (situation(dataset), option(dataset)) == place


def test_own_data_above_the_limit_are_an_error(tmp_path):
    """TeR 3, GeR 3 stated, TiR and P 1: (3 + 3 + 1 + 1) / 4 = 2 by themselves, above 1.5."""
    found = case(tmp_path, changes=(("TeR = 1, GeR = 1, TiR = 1, P = 1", "TeR = 3, GeR = 3, TiR = 1, P = 1"),))
    finding = next(f for f in found.findings("quality.limit") if f.where == "process 'plant'")
    assert finding.severity == "error"
    assert "at most 1.5 in situation 1, option 1" in finding.message


def test_data_above_the_limit_through_the_background_are_a_warning(tmp_path):
    """Own emissions 1 and a 9, all of 10.5 but b: own data rate 1.0, the whole (1.9 + 2.8 + 2.35 + 1) / 4 above 1.5."""
    changes = (
        ("amount = 3.0", "amount = 9.0"),
        ('"air/non-urban", amount = 6.0', '"air/non-urban", amount = 1.0'),
    )
    found = case(tmp_path, changes=changes)
    finding = next(f for f in found.findings("quality.limit") if f.where == "process 'plant'")
    assert finding.severity == "warning"
    assert "its own data are within it; settled by better datasets for background:a (refining)" in finding.message


def test_own_data_that_nobody_rated_are_an_error(tmp_path):
    """The matrix asks for a calculated rating of at most 1.5."""
    found = case(tmp_path, changes=(("quality = { TeR = 1, GeR = 1, TiR = 1, P = 1 }\n", ""),))
    finding = found.finding("quality.not-rated")
    assert (finding.where, finding.severity) == ("process 'plant'", "error")
    assert "at most 1.5 is asked for" in finding.message


def test_company_data_without_a_document_are_told(tmp_path):
    found = case(tmp_path, changes=(('evidence = ["meters"]\n', ""),))
    assert "without a document" in found.finding("data.no-evidence").message


def test_findings_come_errors_first_and_then_by_effect(tmp_path):
    """a (3 of 10 kg) stands before b (0.5 of 10 kg): rated 3.25 and 5, at most 3 and 4."""
    findings = case(tmp_path, SECONDARY).assessment.findings
    assert [f.severity for f in findings] == sorted(
        (f.severity for f in findings), key=("error", "warning", "note").index
    )
    rated = [f.where for f in findings if f.rule == "quality.limit"]
    assert rated == ["background:a (refining)", "background:b (refining)"]
    assert "30.0% of the weighted sum" in next(f for f in findings if f.where == rated[0]).message


def test_findings_of_the_route_stand_among_the_others_by_their_effect(tmp_path):
    """Each has its share, what settles it and where that is written; the background brings a 3 and b 0.5 of 10 kg."""
    findings = case(tmp_path).assessment.findings
    assert all(" (" in f.message and f.message.endswith((")",)) and "; " in f.message for f in findings)
    of_the_route = [f for f in findings if f.rule.startswith(("coverage.", "boundary.", "balance."))]
    assert of_the_route
    assert all(f.message.endswith(("assumption)", "adopted)", "draft)", "no act asks for it)")) for f in findings)
    shares = [_share(f) for f in findings if f.severity == "warning"]
    assert shares == sorted(shares, reverse=True)
    background = next(f for f in findings if f.rule == "coverage.background")
    assert "35.0% of the weighted sum" in background.message


def _share(finding):
    found = re.search(r"\(([\d.]+)% of the weighted sum\)", finding.message)
    return float(found.group(1)) if found else 0.0
