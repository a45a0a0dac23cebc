"""`footprint check STUDY`: a company's study held against what the rules ask."""

import pytest

from tests.cli.conftest import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "copper-refinery" / "study.toml"


@pytest.fixture
def study(tmp_path):
    """The example with some texts replaced."""

    def make(*changes):
        text = EXAMPLE.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_a_study_is_shown_with_its_data_needs(run):
    call = run("check", EXAMPLE)
    assert call.code == 0
    assert "Study: no error against the rules" in call.out
    assert "Study DQR" in call.out
    assert "compliance.none" in call.out


def test_the_json_holds_needs_quality_and_compliance(run):
    found = run("check", EXAMPLE, "--json").json
    assert found["schema"] == "footprint/findings/1"
    study = found["study"]
    assert study["conforming"] is True
    need = next(need for need in study["data_needs"] if need["dataset"] == "smelting")
    assert (need["situation"], need["option"], need["limit"], need["kind"]) == (1, 1, 1.5, "company-specific")
    assert sum(study["compliance"].values()) == pytest.approx(1.0)
    assert "score" not in str(study)


def test_secondary_data_of_an_own_hotspot_end_with_exit_code_1(run, study):
    path = study(('[study.data.smelting]\nkind = "company-specific"', '[study.data.smelting]\nkind = "secondary"'))
    call = run("check", path, "--json")
    assert call.code == 1
    first = call.json["findings"][0]
    assert (first["rule"], first["severity"], first["where"]) == (
        "data.company-specific",
        "error",
        "process 'smelting'",
    )
    assert call.json["study"]["conforming"] is False


def test_a_study_that_names_what_it_has_not_is_one_message(run, study):
    call = run("check", study(("[study.data.smelting]", "[study.data.smeltin]")))
    assert call.code == 2
    assert "process 'smeltin' is not known; did you mean 'smelting'?" in call.err


def test_a_plain_route_is_checked_as_before(run):
    found = run("check", "copper/cathode-sxew-cl", "--json").json
    assert "study" not in found
