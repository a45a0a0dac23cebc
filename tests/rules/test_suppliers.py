"""What a study may take from suppliers' declarations (DECISIONS 12, 22)."""

import json
from datetime import date
from pathlib import Path

import pytest

import footprint as fp
from footprint.declaration.categories import silent
from footprint.declaration.declaration import canonical_json
from footprint.errors import InputError, Refused
from footprint.impact.hotspots import hotspots
from footprint.library.declarations import read_declaration
from footprint.library.providers import Provider, parse_provider
from tests.rules.studying import case

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
ON = date(2026, 6, 1)
NOT_INVENTED = (("invented = true\n", ""),)


def taking(folder, changes=(), value=5.0, **more: object):
    """The invented study, whose plant takes 1 kg of `concentrate` that a supplier declares with 5 kg CO2 eq."""
    content = {
        "schema": "footprint/supplier-declaration/1", "operator": "Supplier", "method": "ef-3.1", "year": 2025,
        "verification": "A verifier", "declared_unit": {"product": "concentrate", "amount": 1, "unit": "kg"},
        "results": {"CC": {"value": value, "unit": "kg CO2 eq"}},
    } | more  # fmt: skip
    (folder / "supplier.json").write_text(json.dumps(content), encoding="utf-8")
    line = '{ input = "concentrate", from = "declaration:supplier.json", amount = 1.0, unit = "kg" },'
    return case(folder, more=line, changes=changes)


def told(found):
    return [(f.rule, f.severity) for f in found.assessment.findings if f.rule.startswith("supplier.")]


def test_there_is_nothing_to_say_of_a_sound_one(tmp_path):
    """Invented in an invented study, valid to the day of the rules, by the same choices."""
    more = {"invented": True, "valid_until": "2026-06-01", "electricity": "as-modelled", "long_term": "include"}
    assert told(taking(tmp_path, **more)) == []
    assert told(taking(tmp_path)) == []


def test_an_invented_one_is_an_error_in_a_study_that_is_not(tmp_path):
    assert told(taking(tmp_path, NOT_INVENTED, invented=True)) == [("supplier.invented", "error")]
    assert told(taking(tmp_path, NOT_INVENTED)) == []


@pytest.mark.parametrize(
    ("until", "severity"), [("2025-12-30", "error"), ("2025-12-31", "warning"), ("2026-05-31", "warning")]
)
def test_one_that_no_longer_holds_is_told(tmp_path, until, severity):
    """The period ends on 2025-12-31, the rules are of 2026-06-01."""
    assert told(taking(tmp_path, valid_until=until)) == [("supplier.expired", severity)]


@pytest.mark.parametrize(("key", "value"), [("electricity", "residual"), ("long_term", "exclude")])
def test_one_made_by_other_choices_is_told(tmp_path, key, value):
    finding = taking(tmp_path, **{key: value}).finding("supplier.other-choices")
    assert (finding.severity, f"made with '{value}'" in finding.message) == ("warning", True)


def test_one_of_another_product_is_told(tmp_path):
    found = taking(tmp_path, declared_unit={"product": "anode slime", "amount": 1, "unit": "kg"})
    assert "is of 'anode slime', taken as 'concentrate'" in found.finding("supplier.other-product").message


def test_a_result_below_zero_is_an_error_where_nobody_verified_it(tmp_path):
    assert told(taking(tmp_path, value=-5.0)) == [("supplier.negative", "warning")]
    assert told(taking(tmp_path, value=-5.0, verification="none")) == [("supplier.negative", "error")]
    assert told(taking(tmp_path, value=0.0)) == []


@pytest.mark.parametrize("nobody", ["", " ", "none", "None"])
def test_nobody_is_no_verifier(tmp_path, nobody):
    """P 3 in place of 1: (1 + 1 + 1 + 3) / 4 = 1.5."""
    found = taking(tmp_path, verification=nobody)
    need = next(n for n in found.assessment.needs if n.dataset.startswith("declaration:"))
    assert need.rating.dqr == 1.5


def test_the_public_declaration_says_of_itself_what_the_checks_ask(tmp_path):
    declared = fp.declare(EXAMPLE, on=ON).declaration
    (tmp_path / "d.json").write_bytes(canonical_json(declared))
    _, found, _ = read_declaration(str(tmp_path / "study.toml"), "d.json")
    assert (found.invented, found.valid_until) == (True, date(2029, 5, 31))
    assert (found.electricity, found.long_term, found.verification) == ("as-modelled", "include", "")
    assert (found.countries.extraction, found.countries.refining) == (["CL"], ["FI"])


@pytest.mark.parametrize(
    "name", ["mine (2025).json", "Größe.json", "铜精矿.json", "a b/c'd & e.json", "50 %, #1 @x.json"]
)
def test_a_declaration_may_have_any_file_name(tmp_path, name):
    assert parse_provider(f"declaration:{name}") == Provider("declaration", name)
    taking(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / "supplier.json").rename(tmp_path / name)
    assert read_declaration(str(tmp_path / "study.toml"), name)[1].operator == "Supplier"


@pytest.mark.parametrize("name", ["a\nb.json", "a\x1b.json", "a\\b.json", "C:a.json", "a*.json", "a.toml"])
def test_but_none_that_is_no_file_everywhere(name):
    with pytest.raises(InputError, match="names no provider"):
        parse_provider(f"declaration:{name}")


# --- a smelter that buys its concentrate by declaration

MINE_ITEMS = '["upstream-extraction", "crushing-cleaning", "concentrate-production"]'
UNITS = {"CC": "kg CO2 eq", "AC": "mol H+ eq", "RUF": "MJ", "RUM": "kg Sb eq", "OD": "kg CFC-11 eq"}


def smelter(folder: Path, items: str = MINE_ITEMS, **results: float) -> Path:
    """The example, its concentrate from a supplier in Chile who declares these results."""
    supplier = {
        "schema": "footprint/supplier-declaration/1", "operator": "Invented mine", "method": "ef-3.1", "year": 2025,
        "declared_unit": {"product": "copper concentrate", "amount": 1.0, "unit": "kg"}, "verification": "Verifier",
        "location": "CL", "countries": {"extraction": ["CL"], "processing": ["CL"]},
        "results": {code: {"value": value, "unit": UNITS[code]} for code, value in results.items()},
    }  # fmt: skip
    (folder / "mine.json").write_text(json.dumps(supplier), encoding="utf-8")
    old = 'from = "route:copper/concentrate-cl",'
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "study.toml"
    path.write_text(text.replace(old, f'from = "declaration:mine.json", annex_v = {items},'), encoding="utf-8")
    return path


def test_it_conforms_and_says_where_its_supplier_mines(tmp_path):
    declared = fp.declare(smelter(tmp_path, CC=0.9, RUF=12.0, AC=0.02, RUM=6e-4), on=ON)
    assert declared.declaration.countries.extraction == ["CL"]
    rules = {finding.rule for finding in declared.basis.assessment.findings}
    assert "boundary.stage-declared" in rules
    assert not {rule for rule in rules if rule.startswith(("supplier.", "declaration."))}


def test_a_supplier_that_says_no_countries_is_where_it_is(tmp_path):
    """Its location answers for the stages that no process has, not for the refining of the study."""
    path = smelter(tmp_path, CC=0.9, RUF=12.0, AC=0.02, RUM=6e-4)
    supplier = json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))
    del supplier["countries"]
    (tmp_path / "mine.json").write_text(json.dumps(supplier), encoding="utf-8")
    assert errors(path) == []
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('refining = ["FI"]', 'refining = ["CL"]'), encoding="utf-8")
    assert "says CL; the model has refining in FI" in str(errors(path))


def test_without_the_items_on_its_line_it_lacks_the_stage(tmp_path):
    with pytest.raises(Refused) as refused:
        fp.declare(smelter(tmp_path, items="[]", CC=0.9, RUF=12.0, AC=0.02), on=ON)
    assert "stage 'extraction'" in str(refused.value)


def test_it_is_asked_for_the_countries_of_every_stage_and_held_against_its_suppliers(tmp_path):
    path = smelter(tmp_path, CC=0.9, RUF=12.0, AC=0.02, RUM=6e-4)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('extraction = ["CL"]\n', 'extraction = ["PE"]\n'), encoding="utf-8")
    assert "says PE; the model has extraction in CL" in str(errors(path))
    path.write_text(text.replace('extraction = ["CL"]\n', ""), encoding="utf-8")
    assert "countries.extraction" in str(errors(path))


def errors(path: Path):
    return [f for f in fp.check_study(path, on=ON) if f.severity == "error"]


def test_the_hotspots_choose_no_category_of_which_the_mine_says_nothing(tmp_path):
    """DECISIONS 22: what is not covered is not zero. The mine makes most of climate change and declares CC, AC, RUF."""
    path = smelter(tmp_path, CC=0.9, AC=0.02, RUF=12.0)
    found = {category.code for category in fp.declare(path, on=ON).declaration.footprint}
    assert found == {"CC", "AC", "RUF"}
    result = fp.calculate(path, on=ON)
    assert silent(result, hotspots(result, ON), "RUM") == ("declaration:mine.json",)
    assert silent(result, hotspots(result, ON), "CC") == ()


def test_with_too_few_of_them_nothing_is_declared(tmp_path):
    with pytest.raises(Refused, match=r"1 can be declared \(CC\); at least 3"):
        fp.declare(smelter(tmp_path, CC=0.9), on=ON)


def test_a_category_that_must_be_declared_is_refused_where_the_mine_says_nothing_of_it(tmp_path):
    """It declares ozone depletion alone, which is not relevant: nothing says that it does not matter."""
    with pytest.raises(Refused, match="category CC: must be declared, and suppliers say nothing of it"):
        fp.declare(smelter(tmp_path, OD=1e-10), on=ON)


def test_a_small_supplier_takes_no_category_away(tmp_path):
    """A millionth of the mine's results: no part of what makes 80 % of any category."""
    path = smelter(tmp_path, CC=0.9e-6, AC=0.02e-6)
    result = fp.calculate(path, on=ON)
    assert silent(result, hotspots(result, ON), "RUM") == ()
