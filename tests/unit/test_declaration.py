"""The declaration of Article 31: closed, declared categories only, no class without its scheme, no foreign markup."""

from __future__ import annotations

import copy
import html.parser
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

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
from footprint.market.declarations import MODELLED, Pool
from footprint.market.scheme_files import schemes_text
from footprint.market.thresholds import LEGAL, ClassScheme
from footprint.report.declaration import declaration_page
from footprint.report.page import STYLE
from footprint.rules.parameters import Entry, Parameter, load_parameters, number

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
ON = date(2026, 6, 1)


@pytest.fixture(scope="module")
def declared():
    return fp.declare(EXAMPLE, on=ON)


def study(folder: Path, *changes: tuple[str, str]) -> Path:
    """The example with some texts replaced."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


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


# --- classes


def scheme(code: str, unit: str, *bounds: float, on: date = date(2026, 1, 1), **changes) -> ClassScheme:
    grade = "grade A, 99.99 % Cu"
    pool = Pool("copper", "copper cathode", "cathode", grade, 1.0, "ef-3.1", "none", "economic", "as-modelled", 1.0,
                "include")  # fmt: skip
    thresholds = dict(zip("ABCDEF", bounds, strict=False))
    window = date(2023, 1, 1), date(2026, 1, 1)
    return ClassScheme("copper", code, unit, "geometric", on, window, thresholds, replace(pool, **changes))


def scheme_file(folder: Path, *schemes: ClassScheme) -> Path:
    path = folder / "classes.json"
    path.write_text(schemes_text(schemes), encoding="utf-8")
    return path


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


# --- the page


class Page(html.parser.HTMLParser):
    """Tags with their attributes, and the text outside the style sheet."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._style = False
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._style else data

    def handle_endtag(self, tag):
        self._style = False


HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def test_the_page_says_at_its_top_that_the_result_is_screening_with_the_share_of_each_category(declared):
    """DECISIONS 14: the open background is not EF-compliant; where all is, nothing is said."""
    page = Page(declaration_page(declared.declaration)).text
    assert "Screening: part of each result" in page
    assert page.index("climate change 100%") < page.index("Footprint of 1 kg")
    info = declared.declaration.information
    firm = msgspec.structs.replace(next(iter(info.compliance.values())), company_specific=0.25, EF=0.75, none=0.0)
    info = msgspec.structs.replace(info, compliance=dict.fromkeys(info.compliance, firm))
    page = Page(declaration_page(msgspec.structs.replace(declared.declaration, information=info))).text
    assert "Screening:" not in page
    assert "own 25%, EF 75%" in page


def test_names_are_text_and_never_markup(tmp_path):
    quoted = json.dumps(HOSTILE)
    path = study(
        tmp_path,
        ('name = "Example Metals Oy (invented)"', f"name = {quoted}"),
        ('trade_name = "ExMet"', f"trade_name = {quoted}"),
        ('contact = "footprint@example.org"', "contact = \"=HYPERLINK('http://x')\""),
        ('name = "Copper cathode, Example Metals (invented)"', f"name = {quoted}"),
        ('name = "Example Town smelter and refinery"', f"name = {quoted}"),
        ('grade = "grade A, 99.99 % Cu"', f"grade = {quoted}"),
    )
    page = Page(declaration_page(fp.declare(path, on=ON).declaration))
    assert not {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count(HOSTILE) >= 5


def test_the_page_has_language_headings_and_table_headers(declared, tmp_path):
    x = declared.result["CC"].value
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 0.5 * x, 2 * x))
    source = declaration_page(fp.declare(EXAMPLE, on=ON, scheme_file=path).declaration)
    page = Page(source)
    tags = [tag for tag, _ in page.tags]
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert tags.count("h2") >= 8
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.tags if tag == "th")
    assert 'aria-label="B of A to C, illustrative, 40% on estimates"' in source
    assert source.count("<tr>") == len(re.findall(r'<tr><th scope="(?:row|col)"', source))


def luminance(colour: str) -> float:
    """WCAG 2.1: relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_every_text_colour_has_the_contrast_of_wcag_aa():
    """(1 + 0.05) / (L + 0.05) >= 4.5 on white; the watermark is decoration and hidden from readers."""
    colours = re.findall(r"[{;]\s*color: (#[0-9a-f]{6})", STYLE.replace("color: #f3efe9", ""))
    assert len(colours) >= 5
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour


# --- onwards


def real(folder: Path, *changes: tuple[str, str]):
    """The example as if it were not invented."""
    return fp.declare(study(folder, ("invented = true\n", ""), *changes), on=ON).declaration


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


def test_a_scheme_whose_pool_is_not_in_form_is_told_and_never_a_fault(tmp_path):
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 1.0))
    path.write_text(path.read_text(encoding="utf-8").replace('"declared_unit_kg": 1.0', '"declared_unit_kg": "1"'))
    with pytest.raises(InputError, match="'1' is no number"):
        fp.declare(EXAMPLE, on=ON, scheme_file=path)
