"""Modules of conformity assessment: what holds whatever the situation, and situations worked out by hand."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

import footprint as fp
from footprint.declaration.conformity import Conformity
from footprint.errors import InputError
from footprint.library.paths import methods_folder
from footprint.rules.conformity import conformity_rules
from footprint.rules.parameters import Entry, Parameter, load_parameters

DAY = date(2027, 1, 1)
#: Decision No 768/2008/EC, Annex II
MODULES = {"A", "A1", "A2", "B", "C", "C1", "C2", "D", "D1", "E", "E1", "F", "F1", "G", "H", "H1"}
FOLLOW_B = {"C", "C1", "C2", "D", "E", "F"}
QUALITY_ASSURANCE = {"D", "D1", "E", "E1", "H", "H1"}
PRODUCT_CERTIFICATION = {"F", "F1", "G"}
SITUATIONS = [
    {
        "interest": interest, "bodies": bodies, "series": series, "quality_system": system, "variability": model,
        "sme": sme,
    }
    for interest, bodies, series, system, model, sme in product(
        range(4), (None, 0, 1, 5), (True, False), (True, False), ("stable", "varied", "new"), (True, False)
    )
]  # fmt: skip
ANSWERS = [(situation, fp.conformity(**situation, on=DAY)) for situation in SITUATIONS]


def names(found: Conformity) -> list[str]:
    return [option.name for option in found.options]


# --- whatever the situation -----------------------------------------------------------------------------------------


def test_every_module_of_the_decision_is_answered_for_once():
    """As an option or among the others, each procedure once; together they hold all sixteen modules."""
    for _, found in ANSWERS:
        procedures = [*names(found), *found.others]
        assert len(procedures) == len(set(procedures)) == 15
        assert {module for name in procedures for module in name.split("+")} == MODULES


def test_a_module_that_follows_b_is_always_named_with_b_and_b_never_alone():
    for _, found in ANSWERS:
        for name in (*names(found), *found.others):
            *before, last = name.split("+")
            assert before == (["B"] if last in FOLLOW_B else [])
            assert last != "B"


def test_a_mandatory_third_party_leaves_a_choice_between_quality_assurance_and_product_certification():
    for situation, found in ANSWERS:
        if situation["interest"] >= 2 and situation["bodies"] != 0:
            first = {option.modules[-1].id for option in found.options[:2]}
            assert first & QUALITY_ASSURANCE
            assert first & PRODUCT_CERTIFICATION
            assert all(option.modules[-1].third_party != "none" for option in found.options)


def test_without_a_body_nothing_but_the_operators_own_responsibility_is_left():
    for situation, found in ANSWERS:
        if situation["bodies"] == 0:
            assert names(found) == ["A"]
            assert bool(found.notes) == (situation["interest"] > 0)


def test_what_the_interest_asks_for_is_told_alike_in_each_criterion():
    """Where a third party is mandatory and there is none, (c) does not say that none is mandatory."""
    for situation, found in ANSWERS:
        for option in found.options:
            mandatory = "a third party is mandatory" in option.criteria["a"]
            assert mandatory == (situation["interest"] >= 2)
            assert ("no third party is mandatory" in option.criteria["c"]) == (not mandatory)


def test_without_a_body_the_choice_is_open_and_said_to_be():
    (option,) = fp.conformity(interest=2, bodies=0, on=DAY).options
    assert option.criteria["c"] == (
        "a third party is mandatory, and there is none to choose quality assurance or product certification with"
    )


def test_a_higher_interest_never_asks_for_less():
    order = ("self", "check", "third-party")
    by_rest: dict[tuple, list[int]] = {}
    for situation, found in ANSWERS:
        rest = tuple(value for key, value in situation.items() if key != "interest")
        by_rest.setdefault(rest, []).append(order.index(found.level))
    assert all(levels == sorted(levels) for levels in by_rest.values())


def test_every_option_has_a_reason_for_each_criterion_and_every_other_one_names_the_criterion_against_it():
    for _, found in ANSWERS:
        for option in found.options:
            assert set(option.criteria) == {"a", "b", "c"}
            assert all(option.criteria.values())
        assert all(why.startswith(("(a) ", "(b) ")) for why in found.others.values())


def test_a_statistical_sample_needs_a_series_and_unit_verification_has_none():
    for situation, found in ANSWERS:
        assert not {"F1", "A2", "B+F"} & set(names(found)) or situation["series"]
        assert "G" not in names(found) or not situation["series"]


def test_every_rule_behind_an_answer_is_named_with_its_status():
    """Only the list of modules is adopted law."""
    status = {rule.id: rule.status for rule in ANSWERS[0][1].rules}
    assert {rule for rule, how in status.items() if how == "adopted"} == {"conformity-modules"}
    assert set(status.values()) == {"adopted", "assumption"}


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ({}, ["D1", "F1"]),
        ({"series": False}, ["G", "D1"]),
        ({"interest": 0}, ["A"]),
        ({"interest": 1}, ["A2", "A1"]),
        ({"interest": 1, "series": False}, ["A1"]),
        ({"sme": True}, ["F1", "D1"]),
        ({"sme": True, "quality_system": True}, ["D1", "F1", "H"]),
        ({"quality_system": True, "variability": "new"}, ["D1", "F1", "H1"]),
        ({"quality_system": True, "variability": "stable"}, ["D1", "F1", "H", "B+D", "B+F", "B+E", "B+C2"]),
        ({"variability": "stable"}, ["D1", "F1", "B+D", "B+F", "B+E", "B+C2"]),
        ({"interest": 3, "bodies": 1, "series": False, "sme": True, "variability": "new"}, ["G", "D1"]),
    ],
    ids=["series", "unit", "no interest", "some interest", "some interest, unit", "SME", "SME with quality system",
         "new models", "stable model, quality system", "stable model", "toll batches of a small refiner"],
)  # fmt: skip
def test_a_situation_by_hand(situation, expected):
    assert names(fp.conformity(**situation, on=DAY)) == expected


def test_the_precedent_of_batteries_is_d1_in_series_and_g_otherwise():
    """Regulation (EU) 2023/1542: D1 in series, G for what is made singly; each first, the other kind beside it."""
    series, unit = fp.conformity(on=DAY), fp.conformity(series=False, on=DAY)
    assert (series.options[0].name, unit.options[0].name) == ("D1", "G")
    assert series.options[1].family == "product certification"
    assert unit.options[1].name == "D1"


@pytest.mark.parametrize(
    ("situation", "message"),
    [
        ({"interest": 4}, "interest 4: a number from 0"),
        ({"interest": -1}, "interest -1"),
        ({"bodies": -1}, "bodies -1"),
        ({"variability": "stabel"}, "did you mean 'stable'"),
    ],
)
def test_a_situation_that_is_none_is_refused(situation, message):
    with pytest.raises(InputError, match=message):
        fp.conformity(**situation)


# --- the rules as data ----------------------------------------------------------------------------------------------


def changed(ident: str, value: object) -> dict[str, Parameter]:
    """The parameters with one value replaced."""
    entry = Entry(date(2020, 1, 1), "assumption", value, "test", "test", note="test")  # type: ignore[arg-type]
    return {**load_parameters(methods_folder() / "crma"), ident: Parameter(ident, ident, "-", (entry,))}


def test_kinds_of_module_are_those_that_annex_v_lets_choose_between():
    rules = conformity_rules(load_parameters(methods_folder() / "crma"), DAY)
    kinds = {kind: {m.id for m in rules.modules.values() if m.family == kind} for kind in
             ("quality assurance", "product certification")}  # fmt: skip
    assert kinds == {"quality assurance": QUALITY_ASSURANCE, "product certification": PRODUCT_CERTIFICATION}
    assert {m.id for m in rules.modules.values() if m.follows_b} == FOLLOW_B


@pytest.mark.parametrize("option", ["D", "B", "B+D1", "X"])
def test_an_option_that_the_decision_does_not_allow_is_refused(option):
    with pytest.raises(InputError, match=f"'{option.replace('+', '.')}' is no procedure"):
        conformity_rules(changed("conformity-options-third-party", ("D1", option)), DAY)
