"""The declaration of Article 31: closed, declared categories only, no class without its scheme, no foreign markup."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import msgspec
import pytest

import footprint as fp
from footprint.declaration.basis import years_later
from footprint.declaration.categories import declared_categories
from footprint.declaration.declaration import CATEGORIES, FEWEST, canonical_json, declaration_schema, read_declaration
from footprint.declaration.declaring import make_declaration
from footprint.declaration.market_row import declaration_row, read_declared
from footprint.declaration.refusing import reasons
from footprint.errors import InputError, Refused
from footprint.library.method import load_method
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.studies import load_study
from footprint.report.declaration import declaration_page
from footprint.rules.parameters import Entry, Parameter, load_parameters, number
from tests.unit.declaring import EXAMPLE, ON, real, study


@pytest.fixture(scope="module")
def declared():
    return fp.declare(EXAMPLE, on=ON)


# --- the type


def test_the_published_schema_is_the_one_of_the_types():
    """Regenerate with `python -c "from footprint.declaration.declaration import declaration_schema as s; print(s(), end='')"`."""  # noqa: E501
    assert (datasets_folder() / "declaration.schema.json").read_text(encoding="utf-8") == declaration_schema()


def places(value, path=()) -> Iterator[tuple]:
    """The path of every field of a declaration; what is keyed by category may be empty and has none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            if key not in ("uncertainty", "class_probability", "on_estimates", "compliance"):
                yield from places(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def test_each_field_that_is_dropped_is_an_error_of_the_schema(declared):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks the schema where it is installed")
    validator = jsonschema.Draft202012Validator(json.loads(declaration_schema()))
    whole = json.loads(canonical_json(declared.declaration))
    validator.validate(whole)
    paths = list(places(whole))
    assert len(paths) > 60
    for path in paths:
        less = copy.deepcopy(whole)
        table = less
        for step in path[:-1]:
            table = table[step]
        del table[path[-1]]
        assert not validator.is_valid(less), path
        with pytest.raises(InputError, match=str(path[-1])):
            read_declaration(json.dumps(less).encode(), "declaration.json")


def test_a_field_more_is_an_error_too(declared):
    whole = json.loads(canonical_json(declared.declaration)) | {"single_score": 1.0}
    with pytest.raises(InputError, match="single_score"):
        read_declaration(json.dumps(whole).encode(), "declaration.json")


@pytest.mark.parametrize(
    ("key", "value"), [("code", "WSUM"), ("unit", "Pt"), ("name", "Single score"), ("unit", "kg N eq")]
)
def test_a_result_is_one_of_the_16_categories_in_its_unit(declared, key, value):
    """R25: no single score under another code, name or unit, in the types and in the schema."""
    whole = json.loads(canonical_json(declared.declaration))
    whole["footprint"][0][key] = value
    with pytest.raises(InputError, match=r"footprint\[0\]|footprint\[...\]"):
        read_declaration(json.dumps(whole).encode(), "declaration.json")
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks the schema where it is installed")
    assert not jsonschema.Draft202012Validator(json.loads(declaration_schema())).is_valid(whole)


def test_the_categories_are_those_of_the_method():
    method = load_method("ef-3.1")
    units = {c.code: (c.name, c.unit) for c in method.categories if c.code in method.codes}
    assert dict(CATEGORIES) == units
    assert tuple(CATEGORIES) == method.codes


def test_a_declaration_shows_as_many_categories_as_article_31_asks_for_and_a_draft_may_show_fewer(declared):
    assert number(load_parameters(methods_folder() / "crma"), "declared-categories-minimum", ON) == FEWEST == 3
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks the schema where it is installed")
    validator = jsonschema.Draft202012Validator(json.loads(declaration_schema()))
    whole = json.loads(canonical_json(declared.declaration))
    two = whole | {"footprint": whole["footprint"][:2]}
    with pytest.raises(InputError, match="2 categories; at least 3"):
        read_declaration(json.dumps(two).encode(), "declaration.json")
    assert not validator.is_valid(two)
    draft = two | {"status": "draft"}
    assert len(read_declaration(json.dumps(draft).encode(), "declaration.json").footprint) == 2
    assert validator.is_valid(draft)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Example Metals Oy (invented)"', 'name = "Other Metals Oy (invented)"'),
        ('grade = "grade A, 99.99 % Cu"', 'grade = "grade B"'),
        ('form = "cathode"', 'form = "cathode, cut"'),
        ('name = "Example Town smelter and refinery"', 'name = "Other Town smelter"'),
        ("from = 2025-01-01", "from = 2025-07-01"),
    ],
)
def test_another_operator_type_site_or_period_is_another_declaration(declared, tmp_path, old, new):
    """R35: one declaration for each type that one operator places on the market from its sites in a period."""
    other = replace(declared.basis, study=load_study(study(tmp_path, (old, new))))
    assert make_declaration(other, draft=False).id != declared.declaration.id


def test_it_says_what_article_31_asks_for(declared):
    found = declared.declaration
    assert found.responsible.address == "Example Street 1, 00000 Example Town, Finland"
    assert (found.material.id, found.material.form, found.material.content) == ("copper", "cathode", 0.9999)
    assert (found.countries.extraction, found.countries.refining) == (["CL"], ["FI"])
    assert found.study.url == "https://example.org/copper-cathode-study"
    assert (found.validity.declared_on, found.validity.until) == (ON, date(2029, 5, 31))
    assert found.marks == ["invented", "illustrative"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Example Town smelter and refinery"', 'name = "Another works"'),
        ('form = "cathode"', 'form = "wire rod"'),
        ('name = "Example Metals Oy (invented)"', 'name = "Other Metals Oy (invented)"'),
    ],
    ids=["plant", "form", "operator"],
)
def test_each_type_of_each_operator_from_its_plants_has_a_declaration_of_its_own(declared, tmp_path, old, new):
    """The last part of the id tells them apart (R35); route and year are the same."""
    other = fp.declare(study(tmp_path, (old, new)), on=ON).declaration.id
    assert other != declared.declaration.id
    assert other.rpartition(".")[0] == declared.declaration.id.rpartition(".")[0]


def test_three_years_after_a_leap_day_is_the_28th():
    assert years_later(date(2024, 2, 29), 3.0) == date(2027, 2, 28)


def test_declaring_twice_gives_the_same_bytes_wherever_the_study_lies(declared, tmp_path):
    again = fp.declare(study(tmp_path), on=ON)
    assert canonical_json(again.declaration) == canonical_json(declared.declaration)
    assert declaration_page(again.declaration) == declaration_page(declared.declaration)


# --- categories


def test_where_rules_name_the_categories_these_and_no_others_are_declared(declared):
    act = Entry(date(2026, 1, 1), "assumption", ("AC", "CC"), "invented act", "Annex", note="invented")
    own = Parameter("declared-categories-copper", "Categories of copper", "-", (act,))
    basis = replace(declared.basis, parameters={**declared.basis.parameters, own.id: own})
    found = make_declaration(basis, draft=False)
    assert [category.code for category in found.footprint] == ["CC", "AC"]
    page = declaration_page(found)
    for code in declared.result.codes:
        name = declared.result[code].name
        assert (name in page) == (code in ("CC", "AC")), name


def test_without_rules_greenhouse_gases_and_as_many_as_article_31_asks_for(declared):
    """`declared-categories-required` is CC, `declared-categories-minimum` 3 (both adopted, Article 31(1))."""
    codes = [category.code for category in declared.declaration.footprint]
    assert len(codes) == 3
    assert "CC" in codes


def test_a_category_nobody_has_data_for_is_not_declared(declared):
    """Every background process lacks freshwater eutrophication: nothing, which is not zero."""
    assert declared.result["EUF"].value == 0
    act = Entry(date(2026, 1, 1), "assumption", ("CC", "EUF"), "invented act", "Annex", note="invented")
    own = Parameter("declared-categories-copper", "Categories of copper", "-", (act,))
    assert declared_categories(declared.result, {own.id: own}, ON) == ("CC",)


def ruled(declared, *codes: str):
    """What the example's declaration is made from, with an invented act that names the categories of copper."""
    act = Entry(date(2026, 1, 1), "assumption", codes, "invented act", "Annex", note="invented")
    own = Parameter("declared-categories-copper", "Categories of copper", "-", (act,))
    return replace(declared.basis, parameters={**declared.basis.parameters, own.id: own})


def test_a_category_that_rules_name_and_nobody_has_data_for_is_a_reason_to_refuse(declared):
    (reason,) = reasons(ruled(declared, "CC", "AC", "RUF", "EUF"))
    assert (reason.rule, reason.where) == ("declaration.category", "category EUF")
    assert "no data cover it" in reason.message


def test_fewer_categories_than_article_31_asks_for_are_a_reason_to_refuse(declared):
    (reason,) = reasons(ruled(declared, "CC", "AC"))
    assert reason.rule == "declaration.categories"
    assert "2 can be declared (CC, AC); at least 3" in reason.message
    assert list(reasons(ruled(declared, "CC", "AC", "RUF"))) == []


def numbers(value) -> Iterator[float]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from numbers(inner)


def test_no_normalised_or_weighted_figure_is_in_it(declared):
    """R25: neither the score, nor a category per person, nor a weighted one, in JSON or page; units are those of 16."""
    result, method = declared.result, declared.result.method
    forbidden = [result.weighted_score]
    for code in result.codes:
        normalised = result[code].value / method.normalisation[code]
        forbidden += [normalised, normalised * method.weighting[code], normalised * method.weighting[code] / 100]
        forbidden.append(result.weight(code) * result[code].value / result.weighted_score)
    text = canonical_json(declared.declaration).decode()
    found = list(numbers(json.loads(text)))
    plain = re.sub(r"<style>.*?</style>|\b[0-9a-f]{64}\b", "", declaration_page(declared.declaration), flags=re.S)
    shown = [float(n) for n in re.findall(r"(?<![\w.-])\d+\.\d+(?![\w.])", plain)]
    assert result["CC"].value in found
    assert 4.28 in shown
    for figure in filter(None, forbidden):
        assert not any(math.isclose(figure, n, rel_tol=1e-6) for n in found), figure
        assert not any(math.isclose(figure, n, rel_tol=1e-3) for n in shown), figure
    assert {c.unit for c in declared.declaration.footprint} <= {result[code].unit for code in result.codes}
    assert not re.search(r"normali|weight|score|points", declaration_schema().replace("weighted figure", ""), re.I)


# --- refusal


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"metal-extraction" = {', '"other" = {', "Annex V item 'metal-extraction'"),
        ("invented = true", "contained_in_product = true", "declaration.contained"),
        ('public_url = "https://example.org/copper-cathode-study"\n', "", "[study] public_url: missing"),
        ('extraction = ["CL"]\nprocessing = ["CL"]\nrefining = ["FI"]\n', "", "[study] countries.extraction: missing"),
        ("report_date = 2026-05-04", "report_date = 2026-06-02", "declaration.date"),
        (
            "to = 2025-12-31 }\nreport_date = 2026-05-04",
            "to = 2026-06-01 }\nreport_date = 2026-06-01",
            "declaration.date",
        ),
    ],
)
def test_what_does_not_conform_is_refused_with_its_reason_and_declared_as_a_draft(tmp_path, old, new, told):
    path = study(tmp_path, (old, new))
    with pytest.raises(Refused) as refused:
        fp.declare(path, on=ON)
    assert told in str(refused.value)
    draft = fp.declare(path, on=ON, draft=True)
    assert draft.declaration.status == "draft"
    assert "Draft:" in declaration_page(draft.declaration)
    assert draft.refused == refused.value.reasons
    assert len({(r.rule, r.where) for r in draft.refused}) == len(draft.refused)


# --- onwards


def test_a_declaration_is_a_row_of_a_market_file(tmp_path):
    path = tmp_path / "declaration.json"
    found = real(tmp_path)
    path.write_bytes(canonical_json(found))
    reading = read_declared(path)
    assert reading.problems == ()
    market = reading.market
    assert market["operator"].tolist() == ["Example Metals Oy (invented)"]
    assert (market["country"][0], market["country_extraction"][0], market["mass_t"][0]) == ("FI", "CL", 61000.0)
    assert market["CC"][0] == found.footprint[0].value
    assert market["gsd2_CC"][0] == 1.08


def test_an_invented_one_or_a_draft_is_no_row_and_a_formula_no_name(declared, tmp_path):
    with pytest.raises(InputError, match="is invented"):
        declaration_row(declared.declaration)
    path = tmp_path / "declaration.json"
    path.write_bytes(canonical_json(real(tmp_path, ('name = "Example Metals Oy (invented)"', "name = \"=1+cmd|'x'\""))))
    assert "is a formula" in str(read_declared(path).problems[0])


def test_a_declaration_is_a_supplier_input_and_says_nothing_of_what_it_does_not_declare(tmp_path):
    """1 kg of anode takes 1.005 kg of the supplier's product of 2 kg CO2 eq: only declared categories are covered."""
    found = real(tmp_path)
    row = msgspec.structs.replace(found.footprint[0], value=2.0)
    (tmp_path / "supplier.json").write_bytes(canonical_json(msgspec.structs.replace(found, footprint=[row])))
    text = EXAMPLE.read_text(encoding="utf-8")
    own = text.replace('from = "route:copper/concentrate-cl"', 'from = "declaration:supplier.json"')
    (tmp_path / "taker.toml").write_text(own, encoding="utf-8")
    (tmp_path / "supplier-free.json").write_bytes(
        canonical_json(msgspec.structs.replace(found, footprint=[msgspec.structs.replace(row, value=0.0)]))
    )
    (tmp_path / "free.toml").write_text(own.replace("supplier.json", "supplier-free.json"), encoding="utf-8")
    with_two, with_none = fp.calculate(tmp_path / "taker.toml", on=ON), fp.calculate(tmp_path / "free.toml", on=ON)
    share = next(s.share for s in with_two.allocation if s.product == "copper cathode")
    taken = 290.3 / 80.0 * share  # kg of concentrate per kg of cathode: all of it goes through anode to the cathode
    assert with_two["CC"].value - with_none["CC"].value == pytest.approx(2.0 * taken, rel=1e-9)
    assert any("declared by Example Metals" in name or "supplier.json" in name for name in with_two["AC"].not_covered)


def test_a_draft_is_no_supplier_input(tmp_path):
    draft = fp.declare(study(tmp_path), on=ON, draft=True).declaration
    (tmp_path / "supplier.json").write_bytes(canonical_json(draft))
    text = EXAMPLE.read_text(encoding="utf-8")
    own = text.replace('from = "route:copper/concentrate-cl"', 'from = "declaration:supplier.json"')
    (tmp_path / "taker.toml").write_text(own, encoding="utf-8")
    with pytest.raises(InputError, match="is a draft"):
        fp.calculate(tmp_path / "taker.toml", on=ON)
