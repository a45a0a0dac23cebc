"""The class in a declaration: of a scheme it may be compared with, with standing, validity and what it rests on."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from datetime import date

import pytest

import footprint as fp
from footprint.declaration.declaration import canonical_json
from footprint.declaration.declaring import make_declaration
from footprint.declaration.market_row import read_declared
from footprint.declaration.refusing import reasons
from footprint.errors import InputError, Refused
from footprint.market.declarations import MODELLED
from footprint.market.thresholds import LEGAL, ClassScheme
from footprint.report.declaration import declaration_page
from tests.unit.declaring import EXAMPLE, ON, real, scheme, scheme_file


@pytest.fixture(scope="module")
def declared():
    return fp.declare(EXAMPLE, on=ON)


def test_a_class_comes_with_scheme_status_bounds_and_validity(declared, tmp_path):
    """Bounds at 0.5, 0.9 and 1.2 times the value: it lies in the third class, from 0.9 to 1.2 times."""
    x = declared.result["CC"].value
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 0.5 * x, 0.9 * x, 1.2 * x))
    rows = {c.code: c for c in fp.declare(EXAMPLE, on=ON, scheme_file=path).declaration.footprint}
    given = rows["CC"].performance_class
    assert given is not None
    assert (given.letter, given.letters, given.status) == ("C", "ABCD", "illustrative")
    assert (given.above, given.up_to) == (0.9 * x, 1.2 * x)
    assert (given.valid_from, given.valid_to) == (date(2026, 1, 1), date(2028, 12, 31))
    assert given.scheme == "geometric, copper CC, 2026-01-01"
    assert not given.modelled
    assert all(row.performance_class is None for code, row in rows.items() if code != "CC")


def test_the_probability_of_a_class_is_for_information_and_from_the_companys_spread(declared, tmp_path):
    """The study's GSD² of CC is 1.08, so σ = ln(1.08)/2; a bound one σ above the value: P(A) = Φ(1) = 0.841345."""
    x, sigma = declared.result["CC"].value, math.log(1.08) / 2
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", x * math.exp(sigma), 2 * x))
    found = fp.declare(EXAMPLE, on=ON, scheme_file=path).declaration
    assert found.information.class_probability["CC"]["A"] == pytest.approx(0.841345, abs=1e-6)
    assert found.information.uncertainty["CC"].high == pytest.approx(1.08 * x)


def test_a_scheme_for_another_product_or_for_another_time_gives_no_class(tmp_path):
    other = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 1.0, form="concentrate"))
    with pytest.raises(InputError, match="no pooled scheme is for copper as cathode"):
        fp.declare(EXAMPLE, on=ON, scheme_file=other)
    old = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 1.0, on=date(2022, 1, 1)))
    with pytest.raises(Refused, match="holds from 2022-01-01 to 2024-12-31; declared on 2026-06-01"):
        fp.declare(EXAMPLE, on=ON, scheme_file=old)


def classed(declared, *schemes: ClassScheme):
    """What a declaration is made from, with these class schemes."""
    return replace(declared.basis, schemes=schemes, scheme_sha256="0" * 64)


def letters(basis) -> dict[str, str]:
    found = make_declaration(basis, draft=True).footprint
    return {c.code: c.performance_class.letter for c in found if c.performance_class}


OTHERWISE = {
    "product": "copper wire", "grade": "", "declared_unit_kg": 1000.0, "method": "ef-3.0", "ruleset": "another act",
    "allocation": "mass", "electricity": "residual", "cff_A": 0.2, "long_term": "exclude",
}  # fmt: skip


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_scheme_of_declarations_made_otherwise_is_refused_and_classes_no_draft_either(declared, field):
    """DECISIONS 19, 22: compared is what has the same product, unit, method, rules and choices."""
    basis = classed(declared, scheme("CC", "kg CO2 eq per kg", 1.0, **{field: OTHERWISE[field]}))
    (reason,) = reasons(basis)
    assert (reason.rule, reason.where) == ("declaration.scheme", "class scheme of CC")
    assert f"{field} '{OTHERWISE[field]}', here '{asdict(declared.basis.pool)[field]}'" in reason.message
    assert letters(basis) == {}


@pytest.mark.parametrize("unit", ["t CO2 eq per kg", "kg CO2 eq per t"])
def test_a_scheme_in_another_unit_is_refused(declared, unit):
    (reason,) = reasons(classed(declared, scheme("CC", unit, 1.0)))
    assert f"is in '{unit}'; declared in 'kg CO2 eq per kg'" in reason.message


def test_a_declaration_is_classed_by_the_pool_its_row_in_a_market_belongs_to(declared, tmp_path):
    path = tmp_path / "declaration.json"
    path.write_bytes(canonical_json(real(tmp_path)))
    ((pool, _),) = read_declared(path).market.pools()
    assert pool == declared.basis.pool


def test_a_class_of_a_modelled_market_says_so(declared):
    """Its rule set is `modelled` and it states no allocation; its electricity must be the declaration's."""
    like = {"ruleset": MODELLED, "allocation": ""}
    basis = classed(declared, scheme("CC", "kg CO2 eq per kg", 1000.0, **like))
    assert list(reasons(basis)) == []
    found = make_declaration(basis, draft=False)
    assert found.footprint[0].performance_class.modelled
    assert "illustrative, modelled, 40% on estimates" in declaration_page(found)
    other = classed(declared, scheme("CC", "kg CO2 eq per kg", 1000.0, electricity="residual", **like))
    assert "electricity 'residual'" in next(reasons(other)).message


def test_the_thresholds_of_an_act_are_for_every_declaration_of_its_product_and_unit(declared):
    """An act names no grade, allocation or rule set; its unit holds, and what it may rest on is its own."""
    act = replace(scheme("CC", "kg CO2 eq per kg", 1000.0, grade="", allocation="", electricity=""), status=LEGAL)
    assert letters(classed(declared, act)) == {"CC": "A"}
    assert make_declaration(classed(declared, act), draft=True).footprint[0].performance_class.on_estimates is None
    per_tonne = replace(act, pool=replace(act.pool, declared_unit_kg=1000.0))
    assert [r.rule for r in reasons(classed(declared, per_tonne))] == ["declaration.scheme"]


def test_a_class_stands_beside_the_share_of_estimates_that_is_too_high_for_it(declared):
    """`class-screening-share` is 20 %; the example's climate change rests on estimates by more (DECISIONS 22)."""
    share = declared.result["CC"].screening_share
    assert share > 0.2
    found = make_declaration(classed(declared, scheme("CC", "kg CO2 eq per kg", 1.0)), draft=False)
    assert found.footprint[0].performance_class.on_estimates == share
    column = declared.result.method.column["CC"]
    confirmed = declared.result.screening.copy()
    confirmed[column] = 0.2
    firm = replace(declared.basis, result=replace(declared.result, screening=confirmed))
    found = make_declaration(replace(firm, schemes=(scheme("CC", "kg CO2 eq per kg", 1.0),)), draft=False)
    assert found.footprint[0].performance_class.on_estimates is None


def test_what_of_the_file_gives_no_class_is_named_with_the_reason(declared):
    """Minerals are declared and not covered, acidification is not declared; another product's scheme is counted."""
    assert declared.result["RUM"].not_covered
    unit = declared.result["RUM"].unit
    basis = classed(
        declared,
        scheme("CC", "kg CO2 eq per kg", 1000.0),
        scheme("RUM", f"{unit} per kg", 1.0),
        scheme("AC", "mol H+ eq per kg", 1.0, on=date(2020, 1, 1)),
        replace(scheme("CC", "kg CO2 eq per kg", 1.0), system="primary"),
        scheme("CC", "kg CO2 eq per kg", 1.0, material="nickel"),
    )
    assert list(reasons(basis)) == []
    assert letters(basis) == {"CC": "A"}
    found = make_declaration(basis, draft=False)
    told = found.information.unused_schemes
    assert [text.partition(":")[0] for text in told] == [
        "geometric, copper RUM, 2026-01-01", "geometric, copper AC, 2020-01-01", "geometric, copper CC, 2026-01-01",
        "1 of other products",
    ]  # fmt: skip
    assert "not covered: no data of background:electricity-pv" in told[0]
    assert "not a declared category" in told[1]
    assert "1 of other products" in declaration_page(found)


def test_a_scheme_whose_pool_is_not_in_form_is_told_and_never_a_fault(tmp_path):
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 1.0))
    path.write_text(path.read_text(encoding="utf-8").replace('"declared_unit_kg": 1.0', '"declared_unit_kg": "1"'))
    with pytest.raises(InputError, match="'1' is no number"):
        fp.declare(EXAMPLE, on=ON, scheme_file=path)
