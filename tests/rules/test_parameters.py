"""Dated parameters: what holds on a day, how firm it is, and that a broken file is named and not guessed at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from footprint.errors import FootprintError, InputError
from footprint.library.paths import methods_folder
from footprint.rules.parameters import (
    Parameter,
    default_allocation,
    explain,
    find,
    format_value,
    in_force,
    load_parameters,
    number,
    numbers,
    words,
)

CRMA = methods_folder() / "crma"
TODAY = date(2026, 11, 23)
IN_FORCE = date(2024, 5, 23)  # Regulation (EU) 2024/1252: OJ of 3 May 2024, in force on the twentieth day after

HISTORY = """
[rate]
title = "A rate"
unit = "share"
[[rate.history]]
since = 2020-01-01
status = "draft"
value = 0.1
act = "Draft"
provision = "Article 1"
url = "https://example.org/draft"
[[rate.history]]
since = 2022-01-01
status = "assumption"
value = 0.2
act = "choice"
provision = "none"
note = "no text"
[[rate.history]]
since = 2024-01-01
status = "adopted"
value = 0.3
act = "Act"
provision = "Article 2"
url = "https://example.org/act"
retrieved = 2024-02-01
[[rate.history]]
since = 2025-01-01
status = "draft"
value = 0.4
act = "Draft of an amendment"
provision = "Article 1"
url = "https://example.org/amendment"
"""


@pytest.fixture
def rate(tmp_path: Path) -> Parameter:
    return load(tmp_path, HISTORY)


def load(folder: Path, text: str) -> Parameter:
    (folder / "rates.toml").write_text(text, encoding="utf-8")
    return find(load_parameters(folder), "rate")


# --- what holds on a day --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (date(2020, 1, 1), 0.1),
        (date(2021, 12, 31), 0.1),
        (date(2022, 1, 1), 0.2),
        (date(2024, 1, 1), 0.3),
        (date(2030, 1, 1), 0.3),
    ],
)
def test_a_value_holds_from_its_first_day_and_a_draft_never_replaces_law(
    rate: Parameter, on: date, value: float
) -> None:
    assert in_force(rate, on).value == value


def test_before_its_history_a_parameter_has_no_value(rate: Parameter) -> None:
    with pytest.raises(FootprintError, match=r"'rate' has no value on 2019-12-31; its first one holds from 2020-01-01"):
        in_force(rate, date(2019, 12, 31))


def test_explain_says_value_status_provision_link_and_the_other_values(rate: Parameter) -> None:
    assert explain(rate, date(2024, 6, 1)).splitlines() == [
        "rate: A rate",
        "  0.3 (30 %)",
        "  adopted since 2024-01-01: Act, Article 2",
        "  https://example.org/act (retrieved 2024-02-01)",
        "earlier:",
        "  0.1 (10 %), draft, 2020-01-01 to 2021-12-31: Draft, Article 1",
        "  0.2 (20 %), assumption, 2022-01-01 to 2023-12-31: choice, none",
        "later or in draft:",
        "  0.4 (40 %), draft, 2025-01-01: Draft of an amendment, Article 1",
    ]


def test_an_unknown_parameter_names_the_nearest_one() -> None:
    with pytest.raises(FootprintError, match="no parameter 'declared_unit'; did you mean 'declared-unit'"):
        find(load_parameters(CRMA), "declared_unit")


def test_numbers_and_words_are_asked_for_by_kind() -> None:
    parameters = load_parameters(CRMA)
    assert number(parameters, "cut-off", TODAY) == 0.03
    assert words(parameters, "impact-method", TODAY) == ("ef-3.1",)
    assert numbers(parameters, "allocation-price-window", TODAY) == {"from": 2014.0, "to": 2023.0}
    with pytest.raises(FootprintError, match=r"'impact-method' is ef-3\.1, not a number"):
        number(parameters, "impact-method", TODAY)
    with pytest.raises(FootprintError, match=r"'cut-off' is 0\.03, not text"):
        words(parameters, "cut-off", TODAY)


def test_values_are_written_as_people_read_them() -> None:
    assert format_value(1.0, "kg") == "1.0 kg"
    assert format_value(0.03, "share") == "0.03 (3 %)"
    assert format_value(("extraction", "refining")) == "extraction, refining"
    assert format_value(True) == "yes"
    assert format_value({"from": 2014, "to": 2023}, "a") == "from 2014, to 2023"


# --- the law itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "value"),
    [
        ("declared-unit", 1.0),  # Annex V, Declared unit: 1 kg
        ("stages-primary", ("extraction", "concentration", "refining")),  # Annex V, System boundary
        ("stages-secondary", ("recycling",)),
        ("excluded-stages", ("use", "end-of-life")),
        ("class-window", 3),  # Annex V, performance classes: previous 3 years
        ("class-review", 3),  # reviewed every 3 years
        ("declared-categories-minimum", 3),  # Article 31(1): at least the three most relevant
        ("declared-categories-required", ("CC",)),  # Article 31(1): greenhouse gas emissions are one
        ("priority-report", date(2025, 11, 24)),  # Article 31(2)
        ("cut-off", 0.03),  # PEF: 3.0 %
        ("hotspot-threshold", 0.8),  # PEF: 80 %
        ("hotspot-categories-minimum", 3),
        ("climate-part-threshold", 0.05),  # PEF: more than 5 %
        ("recycled-content-a", 1.0),
        ("recycled-content-a-information", 0.2),
        ("non-ef-share-limit", 0.1),
        ("allocation-price-window", {"from": 2014, "to": 2023}),
        ("allocation-price-window-sensitivity", {"from": 2021, "to": 2024}),
        ("long-term-emissions", "include"),
        ("acidification-factors", "generic"),
    ],
)
def test_the_value_of_today(identifier: str, value: object) -> None:
    assert in_force(find(load_parameters(CRMA), identifier), TODAY).value == value


def test_the_proposal_asked_for_one_category_and_the_act_for_three() -> None:
    """COM(2023) 160, Annex V: the impact category; Regulation (EU) 2024/1252, Article 31(1): at least the three."""
    minimum = find(load_parameters(CRMA), "declared-categories-minimum")
    assert (in_force(minimum, date(2024, 5, 22)).value, in_force(minimum, date(2024, 5, 22)).status) == (1, "draft")
    assert (in_force(minimum, IN_FORCE).value, in_force(minimum, IN_FORCE).status) == (3, "adopted")


def test_the_modules_are_the_sixteen_of_decision_768_and_each_is_described() -> None:
    """Decision No 768/2008/EC, Annex II: modules A to H and the variants A1 A2 C1 C2 D1 E1 F1 H1."""
    parameters = load_parameters(CRMA)
    modules = words(parameters, "conformity-modules", TODAY)
    assert modules == ("A", "A1", "A2", "B", "C", "C1", "C2", "D", "D1", "E", "E1", "F", "F1", "G", "H", "H1")
    assert {f"module-{module.lower()}" for module in modules} == {p for p in parameters if p.startswith("module-")}
    suggested = words(parameters, "conformity-suggestion", TODAY)
    assert suggested[0] == "D1"
    assert {"F1", "G"} & set(suggested)  # product certification beside quality assurance


def test_data_quality_levels_ascend() -> None:
    levels = numbers(load_parameters(CRMA), "dqr-levels", TODAY)
    assert dict(levels) == {"excellent": 1.5, "very-good": 2.0, "good": 3.0, "fair": 4.0}


def test_allocation_takes_the_rule_of_the_material_else_the_default() -> None:
    parameters = load_parameters(CRMA)
    assert default_allocation(parameters, "manganese", TODAY).value == "element-mass"
    assert default_allocation(parameters, "baryte", TODAY) is in_force(parameters["allocation-default"], TODAY)


def test_allocation_rules_are_those_a_route_may_name() -> None:
    materials = {"manganese", "copper", "gallium", "light-rare-earths"}
    parameters = load_parameters(CRMA)
    assert all(f"allocation-{material}" in parameters for material in materials)
    for identifier, parameter in parameters.items():
        if "Joint node" in parameter.title or identifier == "allocation-default":
            assert in_force(parameter, TODAY).value in ("mass", "element-mass", "energy", "economic", "subdivision")


def test_gallium_and_alumina_share_one_node_by_one_rule() -> None:
    parameters = load_parameters(CRMA)
    assert (
        default_allocation(parameters, "gallium", TODAY).value
        == default_allocation(parameters, "aluminium", TODAY).value
    )


def test_every_parameter_has_a_value_since_the_regulation_or_later() -> None:
    for parameter in load_parameters(CRMA).values():
        assert in_force(parameter, TODAY)
        assert parameter.title[0].isupper()
        assert not parameter.title.endswith(".")


def test_what_was_not_read_is_not_adopted() -> None:
    for parameter in load_parameters(CRMA).values():
        for entry in parameter.history:
            if "not read" in entry.note or "from memory" in entry.note.lower():
                assert entry.status != "adopted", parameter.id
                assert entry.retrieved is None, parameter.id


def test_links_lead_to_the_official_texts() -> None:
    hosts = ("http://data.europa.eu/eli/", "https://eur-lex.europa.eu/", "https://doi.org/")
    for parameter in load_parameters(CRMA).values():
        for entry in parameter.history:
            assert not entry.url or entry.url.startswith(hosts), parameter.id


def test_the_table_of_transport_defaults_is_there() -> None:
    name = in_force(load_parameters(CRMA)["transport-defaults"], TODAY).value
    assert isinstance(name, str)
    assert (CRMA / name).is_file()


# --- broken files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('status = "adopted"', 'status = "adoptd"', "status 'adoptd' is not known; did you mean 'adopted'"),
        ("since = 2022-01-01", "since = 2019-01-01", "2019-01-01 follows 2020-01-01; history blocks ascend"),
        ("since = 2022-01-01", 'since = "2022-01-01"', "'since' is '2022-01-01'; a date is needed"),
        ("since = 2022-01-01", "since = 2022-01-01T00:00:00", "a day without a time is needed"),
        ("value = 0.2", 'value = "0.2"', "all values are of one kind"),
        ("value = 0.2", "value = nan", "a finite number is needed"),
        ("value = 0.2", "value = []", "a number, text, truth value or date is needed"),
        ("value = 0.2", "valu = 0.2", "the key 'valu' is not known; did you mean 'value'"),
        ('note = "no text"', "", "an assumption needs a note that says why"),
        ('url = "https://example.org/act"', "", "status 'adopted' needs the url"),
        ("retrieved = 2024-02-01", "", "needs the day on which its provision was read"),
        ('unit = "share"', "", "the key 'unit' is missing"),
        ('status = "draft"\nvalue = 0.4', 'status = "assumption"\nnote = "x"\nvalue = 0.4', "law stands above it"),
        ("[rate]", "[rate", "not valid TOML"),
    ],
)
def test_a_broken_file_is_named_with_the_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in HISTORY
    with pytest.raises(InputError) as failure:
        load(tmp_path, HISTORY.replace(old, new))
    assert message in str(failure.value)
    assert "rates.toml" in str(failure.value)


def test_a_parameter_given_in_two_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HISTORY, encoding="utf-8")
    with pytest.raises(InputError, match=r"'rate' is already given in a\.toml"):
        load(tmp_path, HISTORY)


def test_a_folder_without_parameters_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no TOML file with parameters"):
        load_parameters(tmp_path)
