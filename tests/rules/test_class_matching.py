"""Which scheme classes what, when it holds, and how far the next better class lies: cases by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from footprint.errors import InputError
from footprint.impact.result import FootprintResult
from footprint.market.assignment import assigned, classes_of, classify
from footprint.market.declarations import Pool
from footprint.market.matching import in_force
from footprint.market.scheme_files import load_schemes, scheme_id
from footprint.market.thresholds import ClassScheme
from tests.rules.studying import case
from tests.rules.test_class_schemes import declared

UNIT = "kg CO2 eq per kg"
METAL = Pool("cobalt", "metal", "metal", "", 1.0, "ef-3.1", "none", "", "as-modelled", 1.0, "include")
LITHIUM = Pool("lithium", "lithium carbonate", "carbonate", "", 1.0, "ef-3.1", "none", "", "", 1.0, "include")
ACT = """schema = "footprint/legal-classes/1"
act = "Invented Regulation"
provision = "Annex I"
url = "https://example.org/act"
since = 2025-06-01
"""
PRODUCT = """
[[scheme]]
material = "lithium"
product = "lithium carbonate"
form = "carbonate"
category = "CC"
unit = "kg CO2 eq per kg"
thresholds = { A = 3.0, B = 6.0 }
"""


def scheme(pool: Pool, bounds: dict[str, float], first: int = 2027, **changes: Any) -> ClassScheme:
    """Holds for three years from the first day of a year."""
    on = date(first, 1, 1)
    found = ClassScheme(pool.material, "CC", UNIT, "geometric", on, (date(first - 3, 1, 1), on), bounds, pool,
                        valid_to=date(first + 2, 12, 31))  # fmt: skip
    return replace(found, **changes)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> FootprintResult:
    """10 kg CO2 per kg: the plant's own 6, a reagent 3, another 0.5, the mine 0.5."""
    return case(tmp_path_factory.mktemp("study")).basis.result


# --- the next better class


def test_what_could_alone_reach_the_next_better_class(result: FootprintResult) -> None:
    """10 kg with B up to 5 is in C and 5 kg too much: of 6 kg of the plant 5/6 would do, 3 kg of a reagent cannot."""
    found = classify(result, scheme(METAL, {"A": 1.0, "B": 5.0}))
    assert (found.letter, found.better, found.reduction) == ("C", "B", pytest.approx(0.5))
    assert [(c.part, c.value, c.cut) for c in found.changes] == [
        ("plant", pytest.approx(6.0), pytest.approx(5 / 6)),
    ]


def test_several_parts_that_could_stand_by_their_size(result: FootprintResult) -> None:
    """1 kg too much above B up to 9: the plant's 6 by 1/6, the reagent's 3 by 1/3; neither of the parts of 0.5 kg."""
    found = classify(result, scheme(METAL, {"A": 1.0, "B": 9.0}))
    assert [(c.part, c.cut) for c in found.changes] == [
        ("plant", pytest.approx(1 / 6)), ("background:a", pytest.approx(1 / 3)),
    ]  # fmt: skip


def test_the_best_class_has_nothing_better(result: FootprintResult) -> None:
    found = classify(result, scheme(METAL, {"A": 10.0}))
    assert (found.letter, found.better, found.reduction, found.changes) == ("A", None, None, ())


def test_a_bound_with_more_figures_is_met_by_the_largest_printed_value_below_it() -> None:
    """9.996 is above 9.99, the largest printed value up to 9.999: 0.006 of 9.996 must go."""
    found = classify(9.996, scheme(METAL, {"A": 9.999}))
    assert (found.letter, found.reduction) == ("B", pytest.approx(0.006 / 9.996))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"material": "nickel"}, "is of cobalt; the scheme is for nickel"),
        ({"product": "oxide"}, "has product 'metal'; the scheme is for 'oxide'"),
        ({"form": "powder"}, "has form 'metal'; the scheme is for 'powder'"),
        ({"grade": "99 %"}, "has grade '"),
        ({"method": "ef-9"}, "has method 'ef-3.1'; the scheme is for 'ef-9'"),
        ({"electricity": "residual"}, "has electricity 'as-modelled'; the scheme is for 'residual'"),
        ({"long_term": "exclude"}, "has long-term emissions 'include'; the scheme is for 'exclude'"),
        ({"cff_A": 0.2}, "has recycled-content factor A '1'; the scheme is for '0.2'"),
    ],
)
def test_a_footprint_of_something_else_has_no_class(
    result: FootprintResult, changes: dict[str, Any], told: str
) -> None:
    other = scheme(replace(METAL, **changes), {"A": 1.0})
    with pytest.raises(InputError) as refused:
        classify(result, other)
    assert told in str(refused.value)
    with pytest.raises(InputError, match="no scheme is for cobalt/study"):
        classes_of(result, [other], date(2027, 6, 1))


def test_a_primary_route_has_no_secondary_class(result: FootprintResult) -> None:
    with pytest.raises(InputError, match="has system 'primary'; the scheme is for 'secondary'"):
        classify(result, scheme(METAL, {"A": 1.0}, system="secondary"))


def test_a_route_is_classed_by_the_scheme_of_the_day(result: FootprintResult) -> None:
    """10 kg: A of 2027 up to 20, of 2030 up to 5."""
    both = [scheme(METAL, {"A": 20.0}), scheme(METAL, {"A": 5.0}, 2030)]
    letters = [classes_of(result, both, date(year, 6, 1))[0].letter for year in (2026, 2027, 2029, 2030, 2034)]
    assert letters == ["A", "A", "A", "B", "B"]


# --- what holds when


def test_a_classification_names_its_scheme_and_its_last_day() -> None:
    of = scheme(LITHIUM, {"A": 1.0})
    told = classify(2.0, of).to_dict()
    assert (told["scheme"], told["scheme_id"], told["on"], told["valid_to"]) == (
        "geometric", scheme_id(of), "2027-01-01", "2029-12-31",
    )  # fmt: skip


def test_two_schemes_from_one_day_are_refused() -> None:
    both = [scheme(LITHIUM, {"A": 1.0}), scheme(LITHIUM, {"A": 2.0}, scheme="equal-width")]
    with pytest.raises(InputError, match="2 schemes of lithium: lithium carbonate, CC hold from 2027-01-01"):
        in_force(both, date(2027, 6, 1))


def test_declarations_are_classed_by_the_scheme_of_their_last_day() -> None:
    """The period ends in 2026 (the first scheme, before it holds), in 2028 and 2031 (within each), in 2034 (after)."""
    years = (2026, 2028, 2031, 2034)
    market = declared([2.0] * 4, period_from=[f"{y}-01-01" for y in years], period_to=[f"{y}-12-31" for y in years])
    found = assigned(market, [scheme(LITHIUM, {"A": 2.0}), scheme(LITHIUM, {"A": 1.0}, 2030)])
    assert [(ident, of.letter, of.scheme.on.year) for ident, of in found.letters] == [
        ("d0", "A", 2027), ("d1", "A", 2027), ("d2", "B", 2030), ("d3", "B", 2030),
    ]  # fmt: skip
    assert found.outside == ("d0", "d3")
    assert found.without == ()


# --- legal acts


def act(folder: Path, *changes: tuple[str, str]) -> Path:
    text = ACT + PRODUCT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "act.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_act_classes_nothing_from_before_its_day(tmp_path: Path) -> None:
    """It holds from 2025-06-01; periods end on 31 May and on 1 June."""
    market = declared([2.0, 4.0], period_to=["2025-05-31", "2025-06-01"])
    found = assigned(market, load_schemes(act(tmp_path)))
    assert [(ident, of.letter, of.status) for ident, of in found.letters] == [("d1", "B", "legal")]
    assert (found.without, found.outside) == (("d0",), ())


def test_an_act_for_one_system_classes_that_system(tmp_path: Path) -> None:
    path = act(tmp_path, ('form = "carbonate"', 'form = "carbonate"\nsystem = "secondary"'))
    found = assigned(declared([2.0, 4.0], system=["primary", "secondary"]), load_schemes(path))
    assert [ident for ident, _ in found.letters] == ["d1"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "kg CO2 eq per kg"', "unit = 5", "'unit' is 5; a text is needed"),
        ('unit = "kg CO2 eq per kg"', 'unit = "g CO2 eq per kg"', "values of CC are in 'kg CO2 eq per kg'"),
        ('form = "carbonate"', 'form = "carbonate"\ndeclared_unit_kg = 1000', "are in 'kg CO2 eq per 1000 kg'"),
        ('form = "carbonate"', 'form = "carbonate"\ndeclared_unit_kg = "abc"', "'declared_unit_kg' is 'abc'"),
        ('form = "carbonate"', 'form = "carbonate"\ndeclared_unit_kg = nan', "'declared_unit_kg' is nan"),
        ('form = "carbonate"', 'form = "carbonate"\nsystem = "primry"', "did you mean 'primary'"),
        ('form = "carbonate"', 'form = "carbonate"\nmethod = "ef-3"', "did you mean 'ef-3.1'"),
        ('form = "carbonate"', 'form = "carbonate"\ngrade = 5', "'grade' is 5; a text is needed"),
        ('material = "lithium"', "material = 5", "'material' is 5; a text is needed"),
        ('material = "lithium"', 'material = "lithum"', "did you mean 'lithium'"),
        ('category = "CC"', "category = []", "category '[]' is not known"),
        ("A = 3.0", "A = nan", "threshold A is nan"),
        ("A = 3.0", "A = 1" + "0" * 400, "threshold A is 1"),
        ('act = "Invented Regulation"', 'act = ""', "'act' is empty"),
        ("since = 2025-06-01", 'since = "2025-06-01"', "a day without a time is needed"),
    ],
)
def test_an_act_that_is_not_in_form_is_refused_with_file_and_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(InputError) as refused:
        load_schemes(act(tmp_path, (old, new)))
    assert str(refused.value).startswith(str(tmp_path / "act.toml"))
    assert told in str(refused.value)
