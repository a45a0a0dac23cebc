"""`footprint check STUDY`: a company's study held against what the rules ask."""

import pytest

from tests.cli.conftest import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "copper-refinery" / "study.toml"

ON = ("--on", "2026-06-01")


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
    call = run("check", EXAMPLE, *ON)
    assert call.code == 0
    assert "Study: no error against the rules" in call.out
    assert "Study DQR" in call.out
    assert "compliance.none" in call.out


def test_the_json_holds_needs_quality_and_compliance(run):
    found = run("check", EXAMPLE, *ON, "--json").json
    assert found["schema"] == "footprint/findings/1"
    study = found["study"]
    assert study["conforming"] is True
    need = next(need for need in study["data_needs"] if need["dataset"] == "smelting")
    assert (need["situation"], need["option"], need["limit"], need["kind"]) == (1, 1, 1.5, "company-specific")
    assert sum(study["compliance"].values()) == pytest.approx(1.0)
    assert "score" not in str(study)


def test_secondary_data_of_an_own_hotspot_end_with_exit_code_1(run, study):
    path = study(('[study.data.smelting]\nkind = "company-specific"', '[study.data.smelting]\nkind = "secondary"'))
    call = run("check", path, *ON, "--json")
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


def test_data_are_older_a_year_later(run):
    """Data of 2025 rate 1 in time in 2026, and 2 in 2027, when more than one year has begun: no day is hidden."""

    def time(day):
        needs = run("check", EXAMPLE, "--on", day, "--json").json["study"]["data_needs"]
        return next(need["rating"]["TiR"] for need in needs if need["dataset"] == "electrolysis")

    assert time("2027-06-01") > time("2026-06-01")


def test_a_study_that_leaves_out_who_runs_a_process_exits_2(run, study):
    path = study(("operator_control = true\n", ""))
    call = run("check", path, *ON)
    assert call.code == 2
    assert "process 'receiving': 'operator_control' is missing" in call.err
    assert "also: smelting, electrolysis" in call.err


def test_a_long_study_is_shown_in_a_page_and_is_whole_in_the_json(run, study):
    """A hundred processes more that draw power: of 102 findings on their electricity 20 are shown, and 82 counted."""
    text = EXAMPLE.read_text(encoding="utf-8")
    first = "[[process]]" + text.rpartition("[[process]]")[2].replace("electrolysis", "hall-%d")
    first = first.replace('supply = "contract"', 'supply = "grid"').replace("sulfuric acid", "acid")
    takes = '{ input = "copper cathode", from = "hall-%d", amount = 1, unit = "kg" },'
    path = study()
    end = text.rindex("]")
    halls = "".join(f"  {takes % n}\n" for n in range(100))
    path.write_text(text[:end] + halls + "]\n" + "\n".join(first.replace("%d", str(n)) for n in range(100)))
    shown = run("check", path, *ON).out
    assert shown.count("takes the production mix of FI") == 20
    assert "electricity.residual-mix: 82 more (--json)" in shown
    assert "datasets of less weight" in shown
    found = run("check", path, *ON, "--json").json["findings"]
    assert sum(f["rule"] == "electricity.residual-mix" for f in found) == 102
