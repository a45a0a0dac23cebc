"""EF compliance of what a result rests on, and what a declaration must say (R20, R35, R36)."""

import json

import pytest

from footprint.declaration.compliance import compliance_by_category
from tests.rules.studying import PLANT, case


def test_parts_on_company_data_and_on_the_background(tmp_path):
    """Own emissions of the plant 6 of 10 kg; a, b and the mine, of which nobody states compliance, 4."""
    found = case(tmp_path)
    assert found.assessment.compliance == pytest.approx({"company-specific": 0.6, "EF": 0, "ILCD-EL": 0, "none": 0.4})
    finding = found.finding("compliance.none")
    assert finding.severity == "warning"
    assert finding.message.startswith("screening:")


def test_each_category_says_what_it_rests_on(tmp_path):
    """DECISIONS 14. Of climate change as above; with 1 kg SO2 of the plant alone, acidification is all its own."""
    line = '{ output = "sulfur dioxide", to = "air/non-urban", amount = 1.0, unit = "kg" },'
    found = compliance_by_category(case(tmp_path, more=line).basis)
    assert found["CC"] == pytest.approx({"company-specific": 0.6, "EF": 0, "ILCD-EL": 0, "none": 0.4})
    assert found["AC"] == {"company-specific": 1.0, "EF": 0.0, "ILCD-EL": 0.0, "none": 0.0}
    assert "OD" not in found


def test_entry_level_datasets_above_ten_per_cent_are_an_error(tmp_path):
    """The mine on ILCD entry-level data: 0.5 of 10 kg is 5 %; with 1.5 kg it is 1.5 of 11, 13.6 %."""
    data = PLANT + '\n[study.data.mine]\nkind = "secondary"\ncompliance = "ILCD-EL"\n'
    small = case(tmp_path, data)
    assert small.assessment.compliance["ILCD-EL"] == pytest.approx(0.05)
    assert small.findings("compliance.ilcd") == []
    large = case(tmp_path, data, changes=(('"air/non-urban", amount = 0.5', '"air/non-urban", amount = 1.5'),))
    assert large.assessment.compliance["ILCD-EL"] == pytest.approx(1.5 / 11)
    assert large.finding("compliance.ilcd").severity == "error"


def declared(tmp_path, **more: object):
    """The study with 1 kg of ore from a supplier who declares 5 kg CO2 eq per kg, in place of nothing."""
    content = {
        "schema": "footprint/supplier-declaration/1", "operator": "Supplier", "method": "ef-3.1", "year": 2025,
        "declared_unit": {"product": "c", "amount": 1, "unit": "kg"},
        "results": {"CC": {"value": 5.0, "unit": "kg CO2 eq"}},
    } | more  # fmt: skip
    (tmp_path / "supplier.json").write_text(json.dumps(content), encoding="utf-8")
    line = '{ input = "c", from = "declaration:supplier.json", amount = 1.0, unit = "kg" },'
    return case(tmp_path, more=line)


def test_a_supplier_says_what_its_declaration_rests_on(tmp_path):
    """5 of 15 kg."""
    assert declared(tmp_path, compliance="EF").assessment.compliance["EF"] == pytest.approx(5 / 15)
    assert declared(tmp_path).assessment.compliance["EF"] == 0.0


def test_a_verified_declaration_is_company_data_of_others(tmp_path):
    """Situation 2, option 1. Of 2025: TiR 1; TeR and GeR 1, its own product; P 1 verified, 3 not: (1+1+1+3)/4 = 1.5."""
    found = declared(tmp_path, verification="Verifier, 2026")
    need = next(n for n in found.assessment.needs if n.dataset.startswith("declaration:"))
    assert (need.situation, need.option, need.rating.dqr) == (2, 1, 1.0)
    unverified = next(n for n in declared(tmp_path).assessment.needs if n.dataset.startswith("declaration:"))
    assert (unverified.rating.dqr, unverified.met) == (1.5, True)


def test_a_material_in_a_product_is_not_declared(tmp_path):
    """Article 31: not for critical raw materials that intermediate or final products contain."""
    found = case(tmp_path, changes=(("invented = true", "invented = true\ncontained_in_product = true"),))
    assert found.finding("declaration.contained").severity == "error"
    assert not found.assessment.conforming


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('public_url = "https://example.org/study"\n', "", "public_url"),
        ('extraction = ["CL"]\n', "", "countries.extraction"),
        ('processing = ["CL"]\n', "", "countries.processing"),
        ('refining = ["FI"]\n', "", "countries.refining"),
        ('contact = "nobody@example.org"', 'contact = " "', "responsible.contact"),
        ('address = "Nowhere 1"', 'address = " "', "responsible.address"),
    ],
)
def test_each_field_of_a_declaration_is_needed(tmp_path, old, new, field):
    found = case(tmp_path, changes=((old, new),))
    finding = found.finding("declaration.field")
    assert (finding.where, finding.severity) == (f"[study] {field}", "error")


LEFT_OUT = '[boundary]\n"concentration" = { status = "not-relevant", reason = "the ore is smelted as it is" }\n'


def test_a_stage_the_system_has_not_needs_no_country(tmp_path):
    """A primary system recycles nothing; one that smelts the ore as it is has no concentration, and says so."""
    assert case(tmp_path).findings("declaration.field") == []
    left_out = (('processing = ["CL"]\n', ""), ("[source.invented]", f"{LEFT_OUT}[source.invented]"))
    assert case(tmp_path, changes=left_out).findings("declaration.field") == []


@pytest.mark.parametrize(
    ("stated", "wrong"),
    [('["FI"]', None), ('["FI-18"]', None), ('["SE"]', "SE"), ('["FI", "SE"]', "SE"), ('["GLO"]', "GLO")],
)
def test_a_country_that_the_model_does_not_have_is_an_error(tmp_path, stated, wrong):
    """The plant lies in Finland; a region of Finland lies there too."""
    found = case(tmp_path, changes=(('refining = ["FI"]', f"refining = {stated}"),)).findings("declaration.country")
    assert [(f.severity, f.where) for f in found] == ([("error", "[study.countries] refining")] if wrong else [])
    assert all(f"says {wrong}; the model has refining in FI" in finding.message for finding in found)


def test_a_country_of_another_region_is_another_place(tmp_path):
    moved = (('location = "FI"', 'location = "CA-QC"'), ('refining = ["FI"]', 'refining = ["CA-ON"]'))
    assert "says CA-ON" in case(tmp_path, changes=moved).finding("declaration.country").message


def test_a_country_of_the_model_that_is_not_stated_is_a_warning(tmp_path):
    """The mine lies in Chile: who states Peru too is wrong, who states Peru alone leaves Chile out as well."""
    found = case(tmp_path, changes=(('extraction = ["CL"]', 'extraction = ["PE"]'),))
    assert "says PE" in found.finding("declaration.country").message
    assert "does not say CL" in found.finding("declaration.country-missing").message


def test_where_a_stage_has_no_process_any_place_of_the_system_may_be_meant(tmp_path):
    """A concentrate made at the mine in Chile; Peru has nothing of the system."""
    assert case(tmp_path).findings("declaration.country") == []
    found = case(tmp_path, changes=(('processing = ["CL"]', 'processing = ["PE"]'),)).finding("declaration.country")
    assert "says PE; no process has the stage concentration" in found.message


@pytest.mark.parametrize(("name", "known"), [("none", True), ("modelled", False), ("our own rules", False)])
def test_a_rule_set_is_one_in_force(tmp_path, name, known):
    """No delegated act is in force: there is none to name (parameter `delegated-act`)."""
    found = case(tmp_path, changes=(("invented = true", f'invented = true\nruleset = "{name}"'),))
    told = [(f.severity, f.where) for f in found.findings("declaration.ruleset")]
    assert told == ([] if known else [("error", "[study] ruleset")])


def test_what_is_cut_off_is_told_with_its_limit(tmp_path):
    """1 % of mass, 2 % of energy and 0.5 % of each category are left out; 3 % of each may be."""
    found = _cut(tmp_path, "mass = 0.01, energy = 0.02, score = 0.005")
    finding = found.finding("cutoff.ledger")
    assert finding.severity == "note"
    assert "storage (mass 1.00%, energy 2.00%, CC 0.50%" in finding.message
    assert "at most 3% of each" in finding.message
    assert found.findings("cutoff.limit") == []


def test_a_cut_off_above_the_limit_counts_in_the_categories_that_are_declared(tmp_path):
    """4 % of climate change, which every declaration has, is an error; 4 % of land use, not in this one, is none."""
    shares = "mass = 0.01, energy = 0.02, score = 0.005"
    found = _cut(tmp_path, f"{shares}, categories = {{ CC = 0.04 }}").finding("cutoff.limit")
    assert found.severity == "error"
    assert found.message.startswith("4 % of CC are cut off; at most 3 % may be")
    assert _cut(tmp_path, f"{shares}, categories = {{ LU = 0.04 }}").findings("cutoff.limit") == []


def _cut(tmp_path, shares):
    cut = f'[boundary]\n"storage" = {{ status = "cut-off", reason = "small", {shares}, source = "invented" }}\n'
    return case(tmp_path, changes=(("[source.invented]", cut + "[source.invented]"),))
