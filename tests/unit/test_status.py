"""`status` on an invented study: 9.171875 kg CO2 eq per kg, calculated by hand in test_invented_route.py."""

import json
from datetime import date
from pathlib import Path

import pytest

import footprint as fp
from footprint.errors import InputError
from footprint.library.background import load_background
from footprint.library.method import load_method
from tests.conftest import TOY

STUDY = """
[study]
invented = true
period = { from = 2025-01-01, to = 2025-12-31 }
report_date = 2026-03-01
responsible = { name = "Invented", address = "Nowhere", contact = "none" }
plant = [ { id = "pit", name = "Pit", country = "CL", output_kg = 1.0 } ]
countries = { extraction = ["CL"], refining = ["CN"] }

[[process]]
id = "mining"
"""
DAY = date(2027, 1, 1)
MATERIAL = {
    "id": "cobalt", "product": "cobalt metal", "form": "metal", "grade": "99.8 %", "declared_unit_kg": 1.0,
    "route": "cobalt/invented",
}  # fmt: skip


def study(folder: Path, *changes: tuple[str, str]) -> Path:
    """The invented route as a study, with some texts replaced."""
    text = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8")
    for old, new in (('[[process]]\nid = "mining"\n', STUDY), *changes):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder / "study.toml"


@pytest.fixture
def declared(tmp_path):
    """Writes a declaration by hand, with some keys replaced."""
    found = fp.fingerprint(study(tmp_path))

    def write(**keys) -> Path:
        content = {
            "schema": "footprint/declaration/1",
            "status": "declared",
            "responsible": {"name": "Invented", "address": "Nowhere"},
            "material": MATERIAL,
            "validity": {"declared_on": "2026-03-01", "until": "2029-03-01"},
            "fingerprint": {"bill_of_materials": found.bill_of_materials, "energy_mix": found.energy_mix},
            "sites": [{"name": "Pit", "country": "CL"}],
            "countries": {"extraction": ["CL"], "refining": ["CN"]},
            "calculation": {
                "method": {"id": "ef-3.1", "sha256": load_method().sha256},
                "background": {"id": "toy", "sha256": load_background(TOY, datasets=TOY).sha256},
                "electricity": "as-modelled", "long_term": "include", "software": f"crm-footprint {fp.__version__}",
            },
            "footprint": [{"code": "CC", "unit": "kg CO2 eq", "value": 9.171875}],
            "marks": ["a key that status does not read"],
        }  # fmt: skip
        path = tmp_path / "declaration.json"
        path.write_text(json.dumps(content | keys), encoding="utf-8")
        return path

    return write


def causes(declaration: Path, of: Path, on: date = DAY) -> list[str]:
    return [reason.cause for reason in fp.status(declaration, of, background=TOY, on=on).reasons]


def test_a_declaration_of_the_same_study_is_current(declared, tmp_path):
    found = fp.status(declared(), study(tmp_path), background=TOY, on=DAY)
    assert found.current
    assert found.information == ()
    assert found.to_dict() == {
        "schema": "footprint/status/1", "route": "cobalt/invented", "on": "2027-01-01", "status": "current",
        "reasons": [], "information": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("amount = 500.0", "amount = 501.0", ["bill-of-materials"]),
        ("amount = 10.0", "amount = 10.1", ["energy-mix"]),
        ("background:acid@CN", "background:acid@CL", ["bill-of-materials"]),
        ("electricity:CL:MV", "electricity:GLO:MV", ["energy-mix", "worsening"]),
        ('name = "Pit", country = "CL"', 'name = "Pit", country = "PE"', ["plants"]),
        ('name = "Pit"', 'name = "Shaft"', ["plants", "plants"]),
        (
            'name = "Pit", country = "CL", output_kg = 1.0 }',
            'name = "Pit", country = "CL", output_kg = 1.0 }, '
            '{ id = "pit-2", name = "Pit", country = "PE", output_kg = 1.0 }',
            ["plants"],
        ),
        ('refining = ["CN"]', 'refining = ["CN", "FI"]', ["countries"]),
        (
            'stage = "refining"\noperator_control = true\nlocation = "CN"',
            'stage = "refining"\noperator_control = true\nlocation = "FI"',
            ["countries"],
        ),
    ],
)
def test_what_changed_is_the_reason(declared, tmp_path, old, new, expected):
    """With power of the world mix, 75 % coal and not 50 %: CC + 9.765625 x 0.25 = +27 %, more than the 10 % allowed."""
    assert causes(declared(), study(tmp_path, (old, new))) == expected


def test_a_changed_emission_alone_is_told_and_asks_for_nothing(declared, tmp_path):
    """0.1 kg CO2 in each of 1.25 runs of refining: +0.125 on 9.171875 kg, 1.4 %."""
    more = '"nitrogen oxides", to = "air/non-urban", amount = 0.01, unit = "kg" },'
    co2 = '\n  { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 0.1, unit = "kg" },'
    found = fp.status(declared(), study(tmp_path, (more, more + co2)), background=TOY, on=DAY)
    assert found.current
    assert [fact.message for fact in found.information] == ["CC is 9.297 kg CO2 eq, declared 9.172"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"route": "cobalt/other"}, "route is 'cobalt/invented'; the declaration is of route 'cobalt/other'"),
        ({"id": "nickel"}, "material is 'cobalt'; the declaration is of material 'nickel'"),
        ({"product": "cobalt powder"}, "product is 'cobalt metal'; the declaration is of product 'cobalt powder'"),
        ({"form": "powder"}, "form is 'metal'"),
        ({"grade": "99.3 %"}, "the declaration is of grade '99.3 %'"),
        ({"declared_unit_kg": 1000.0}, "declared unit is '1 kg'; the declaration is of declared unit '1000 kg'"),
    ],
)
def test_a_declaration_of_another_product_is_not_of_the_study(declared, tmp_path, keys, message):
    with pytest.raises(InputError, match=message):
        causes(declared(material=MATERIAL | keys), study(tmp_path))


def test_a_declaration_of_another_operator_is_not_of_the_study(declared, tmp_path):
    with pytest.raises(InputError, match="operator is 'Invented'; the declaration is of operator 'Somebody'"):
        causes(declared(responsible={"name": "Somebody"}), study(tmp_path))


def test_plants_of_one_name_are_each_compared(declared, tmp_path):
    """Two plants of one name and country were declared, one is left."""
    twice = declared(sites=[{"name": "Pit", "country": "CL"}, {"name": "Pit", "country": "CL"}])
    (reason,) = fp.status(twice, study(tmp_path), background=TOY, on=DAY).reasons
    assert (reason.cause, reason.message) == ("plants", "plant 'Pit' (CL) is no more in the study")


def test_a_process_that_moves_is_named_with_the_declared_country(declared, tmp_path):
    """The statement of countries is left as it was: the location of the process tells."""
    moved = study(tmp_path, ('location = "CN"', 'location = "FI"'))
    (reason,) = fp.status(declared(), moved, background=TOY, on=DAY).reasons
    assert reason.message == "process 'refining' is in FI, refining was declared in CN"


def test_a_region_stands_in_its_country(declared, tmp_path):
    assert causes(declared(), study(tmp_path, ('location = "CN"', 'location = "CN-YN"'))) == []


def test_a_better_result_is_never_a_worsening(declared, tmp_path):
    declaration = declared(footprint=[{"code": "CC", "unit": "kg CO2 eq", "value": 20.0}])
    assert causes(declaration, study(tmp_path)) == []


@pytest.mark.parametrize(("on", "expected"), [(date(2029, 3, 1), []), (date(2029, 3, 2), ["validity"])])
def test_a_verification_holds_to_the_end_of_its_last_day(declared, tmp_path, on, expected):
    assert causes(declared(), study(tmp_path), on) == expected


@pytest.fixture
def calculated(declared):
    """A declaration whose calculation has some keys replaced."""

    def write(**keys) -> Path:
        content = json.loads(declared().read_text(encoding="utf-8"))
        return declared(calculation=content["calculation"] | keys)

    return write


@pytest.mark.parametrize("what", ["method", "background"])
def test_another_release_of_method_or_background_is_a_reason(calculated, tmp_path, what):
    ident = {"method": "ef-3.1", "background": "toy"}[what]
    assert causes(calculated(**{what: {"id": ident, "sha256": "0" * 64}}), study(tmp_path)) == [what]


def test_another_version_of_the_program_is_told_and_asks_for_nothing(calculated, tmp_path):
    found = fp.status(calculated(software="crm-footprint 0.0.1"), study(tmp_path), background=TOY, on=DAY)
    assert found.current
    assert (
        found.information[0].message == f"calculated with crm-footprint 0.0.1; this is crm-footprint {fp.__version__}"
    )


def test_each_reason_names_its_rule_and_how_firm_it_is(declared, tmp_path):
    found = fp.status(declared(sites=[]), study(tmp_path, ("amount = 500.0", "amount = 501.0")), background=TOY, on=DAY)
    rules = {reason.cause: reason.rule for reason in found.reasons}
    assert rules["bill-of-materials"].startswith(
        "recalculation-triggers (assumption): Regulation (EU) 2024/1252, Annex V"
    )
    assert rules["plants"].startswith("recalculation-triggers-own (assumption): choice of this tool")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"schema": "footprint/result/1"}, "schema 'footprint/result/1'; allowed: footprint/declaration/1"),
        ({"status": "draft"}, "is a draft, which declares nothing"),
        ({"status": "withdrawn"}, "status"),
        ({"countries": []}, "countries"),
        ({"validity": {"until": "soon"}}, "validity.until"),
        ({"fingerprint": {"bill_of_materials": "abc", "energy_mix": "0" * 64}}, "fingerprint.bill_of_materials"),
        ({"sites": {}}, "sites"),
        ({"footprint": [{"code": "CC", "unit": "kg CO2 eq", "value": "9"}]}, "footprint[0].value"),
        ({"footprint": [{"code": "CC", "unit": "t CO2 eq", "value": 9.0}]}, "ef-3.1 gives it in 'kg CO2 eq'"),
        ({"calculation": {}}, "calculation"),
    ],
)
def test_a_declaration_out_of_form_is_told_and_where(declared, tmp_path, keys, message):
    with pytest.raises(InputError) as caught:
        causes(declared(**keys), study(tmp_path))
    assert message in str(caught.value)


def test_a_declaration_names_no_folder_to_read_a_background_or_method_from(calculated, tmp_path):
    with pytest.raises(InputError, match="background 'toy', which is not shipped; give --background"):
        fp.status(calculated(), study(tmp_path), on=DAY)
    with pytest.raises(InputError, match=r"method '\.\./x', which is not shipped; give --method"):
        causes(calculated(method={"id": "../x", "sha256": "0" * 64}), study(tmp_path))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b'{"schema": NaN}', b"\xed\xa0\x80"])
def test_what_is_no_json_is_one_message(tmp_path, content):
    path = tmp_path / "declaration.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"declaration\.json"):
        causes(path, study(tmp_path))
