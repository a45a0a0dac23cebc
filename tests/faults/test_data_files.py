"""One fault each in background, electricity, method, price and supplier files (cases.toml)."""

import shutil
import tomllib
from pathlib import Path

import pytest

import footprint as fp
from footprint.commands.app import run
from footprint.library.prices import load_prices
from tests.conftest import TOY

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))
PRICES = """product,form,year,value,unit,source
cobalt,metal,2021,30.0,USD/kg,invented
cobalt,metal,2022,40.0,USD/kg,invented
"""
DECLARATION = """{"schema": "footprint/supplier-declaration/1", "operator": "A supplier",
"method": "ef-3.1", "year": 2021,
"declared_unit": {"product": "acid", "amount": 1.0, "unit": "kg"}, "location": "CL", "verification": "a verifier",
"results": {"CC": {"value": 3.0, "unit": "kg CO2 eq"}}}"""


def of(kind):
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["name"])


def broken(text: str, case: dict) -> str:
    assert case["old"] in text, "the case no longer fits the file it breaks"
    return text.replace(case["old"], case["new"], 1)


def break_file(path: Path, case: dict) -> None:
    path.write_text(broken(path.read_text(encoding="utf-8"), case), encoding="utf-8")


def refuses(expected: list[str], call, arguments: list[str], capsys) -> None:
    """The API raises a FootprintError with these words; the command ends with 2 and the same words on stderr."""
    with pytest.raises(fp.FootprintError) as caught:
        call()
    for word in expected:
        assert word in str(caught.value)
    code = run(["calc", *arguments])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert "unexpected" not in err
    for word in expected:
        assert word in err


@pytest.fixture
def data(tmp_path):
    """A copy of the invented data folder."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


def assert_background_refused(folder, case, capsys):
    route = HERE / "valid.toml"
    refuses(
        case["words"], lambda: fp.calculate(route, background=folder), [str(route), "--background", str(folder)], capsys
    )


@of("background")
def test_background_file(case, data, capsys):
    break_file(data / "background" / "toy.toml", case)
    assert_background_refused(data, case, capsys)


@of("electricity")
def test_electricity_file(case, data, capsys):
    break_file(data / "electricity" / case.get("file", "mix.csv"), case)
    assert_background_refused(data, case, capsys)


def test_the_small_method_is_valid(toy_background):
    """Its factors of climate change are those of EF 3.1, and so is the result."""
    found = fp.calculate(HERE / "valid.toml", background=toy_background, method=HERE / "method")
    assert found["CC"].value == pytest.approx(fp.calculate(HERE / "valid.toml", background=toy_background)["CC"].value)


@of("method")
def test_method_file(case, tmp_path, toy_background, capsys):
    folder = Path(shutil.copytree(HERE / "method", tmp_path / "method"))
    break_file(folder / case["file"], case)
    route = HERE / "valid.toml"
    refuses(
        case["words"],
        lambda: fp.calculate(route, background=toy_background, method=folder),
        [str(route), "--background", str(TOY), "--method", str(folder)],
        capsys,
    )


def test_a_table_saved_by_a_spreadsheet_program_is_valid(tmp_path):
    """It begins with a byte order mark and ends its lines with CR LF."""
    path = tmp_path / "prices.csv"
    path.write_bytes(b"\xef\xbb\xbf" + PRICES.replace("\n", "\r\n").encode())
    assert load_prices(path)["cobalt"][2022] == (40.0, "invented")


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe\x00", "UTF-8"), (b"", "is missing"), (b"product\n", "'form' is missing")]
)
def test_a_table_that_is_none(tmp_path, content, words):
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    with pytest.raises(fp.InputError, match=words):
        load_prices(path)


@of("prices")
def test_price_file(case, tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text(broken(PRICES, case), encoding="utf-8")
    with pytest.raises(fp.InputError) as caught:
        load_prices(path)
    for word in case["words"]:
        assert word in str(caught.value)


@pytest.fixture
def supplied(tmp_path):
    """A route that takes its acid from a supplier's declaration beside it."""
    text = (HERE / "valid.toml").read_text(encoding="utf-8")
    route = tmp_path / "route.toml"
    route.write_text(text.replace('from = "background:acid"', 'from = "declaration:supplier.json"'), encoding="utf-8")
    (tmp_path / "supplier.json").write_text(DECLARATION, encoding="utf-8")
    return route


def test_the_declaration_is_valid(supplied, toy_background):
    """2 kg of acid at 3 kg CO2 eq each."""
    found = fp.calculate(supplied, background=toy_background)
    assert found["CC"].by_background["declaration:supplier.json"] == pytest.approx(6.0)


@of("declaration")
def test_supplier_declaration(case, supplied, toy_background, capsys):
    break_file(supplied.with_name("supplier.json"), case)
    refuses(
        case["words"],
        lambda: fp.calculate(supplied, background=toy_background),
        [str(supplied), "--background", str(TOY)],
        capsys,
    )


def test_two_suppliers_with_files_of_the_same_name(supplied, tmp_path, toy_background):
    """Each route has its own `supplier.json` beside it: 2 kg at 3 kg CO2 eq and 2 kg at 5 kg CO2 eq."""
    other = tmp_path / "other"
    other.mkdir()
    route = Path(shutil.copy(supplied, other))
    (other / "supplier.json").write_text(DECLARATION.replace('"value": 3.0', '"value": 5.0'), encoding="utf-8")
    first, second = (fp.calculate(path, background=toy_background)["CC"] for path in (supplied, route))
    assert first.by_background["declaration:supplier.json"] == pytest.approx(6.0)
    assert second.by_background["declaration:supplier.json"] == pytest.approx(10.0)


def test_categories_that_a_supplier_does_not_declare_are_not_covered(supplied, toy_background):
    """Only climate change is declared: the other 15 are not zero but not covered."""
    found = fp.calculate(supplied, background=toy_background)
    assert "declaration:supplier.json" in found["AC"].not_covered
    assert "declaration:supplier.json" not in found["CC"].not_covered
