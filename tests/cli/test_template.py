"""`footprint template` and `footprint import`: from an empty form to a study on disk."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.workbooks import EXAMPLE

pytest.importorskip("openpyxl")


def test_a_template_says_what_it_is_laid_out_as(run: Run, tmp_path: Path) -> None:
    call = run("template", "lithium", "--xlsx", tmp_path / "book.xlsx")
    assert (call.code, call.out) == (0, "")
    assert (
        "book.xlsx: laid out as lithium/carbonate-brine-ar; other routes (--route): lithium/carbonate-black-mass"
        in call.err
    )
    assert (tmp_path / "book.xlsx").stat().st_size > 10_000


def test_a_filled_workbook_is_the_study_again(run: Run, tmp_path: Path) -> None:
    book, study = tmp_path / "book.xlsx", tmp_path / "study.toml"
    assert run("template", "--study", EXAMPLE, "--xlsx", book).code == 0
    call = run("import", book, "--out", study)
    assert (call.code, call.out) == (0, "")
    assert f"`footprint check {study}` says what is missing" in call.err
    printed = run("import", book)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == study.read_text(encoding="utf-8")
    assert run("calc", study, "--json").json["results"] == run("calc", EXAMPLE, "--json").json["results"]


def test_a_toml_template_is_toml_with_hints(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    assert run("template", "copper", "--route", "copper/cathode-sxew-cl", "--toml", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text)["study"]["period"] == {"from": "", "to": ""}
    assert "# reference: " in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("copper",), "give --xlsx FILE or --toml FILE, one of the two"),
        (("--xlsx", "a.xlsx"), "give a MATERIAL for an empty form, or --study FILE for a filled one"),
        (("coper", "--xlsx", "a.xlsx"), "there is no critical raw material 'coper'; did you mean 'copper'?"),
        (("copper", "--xlsx", "a.ods"), "--xlsx 'a.ods': the name must end in .xlsx"),
        (("copper", "--route", "lithium/carbonate-brine-atacama", "--toml", "a.toml"), "is of lithium, not of copper"),
        (("copper", "--route", "copper/cathode-sxew-cx", "--toml", "a.toml"), "did you mean 'copper/cathode-sxew-cl'?"),
        (("--study", "copper/cathode-sxew-cl", "--toml", "a.toml"), "has no [study] table"),
        (("copper", "--toml", "no/such/folder/a.toml"), "cannot be written"),
    ],
)
def test_a_wrong_call_says_why(run: Run, arguments: tuple[str, ...], message: str) -> None:
    call = run("template", *arguments)
    assert (call.code, call.out) == (2, "")
    assert message in call.err


def test_work_that_is_there_stays_unless_it_is_to_be_replaced(run: Run, tmp_path: Path) -> None:
    """A filled form or study is hours of work: another of the same name is written only with --force."""
    book, study = tmp_path / "book.xlsx", tmp_path / "study.toml"
    run("template", "--study", EXAMPLE, "--xlsx", book)
    study.write_text("mine", encoding="utf-8")
    filled = book.read_bytes()
    for call in (
        run("import", book, "--out", study),
        run("template", "copper", "--toml", study),
        run("template", "copper", "--xlsx", book),
    ):
        assert (call.code, call.out) == (2, "")
        assert "is there already; choose another name, or --force to replace it" in call.err
    assert (study.read_text(encoding="utf-8"), book.read_bytes()) == ("mine", filled)
    assert run("import", book, "--out", study, "--force").code == 0
    assert tomllib.loads(study.read_text(encoding="utf-8"))["study"]["invented"] is True
    assert run("template", "copper", "--xlsx", book, "--force").code == 0
    assert book.read_bytes() != filled


def test_a_study_is_not_written_over_by_its_own_form(run: Run, tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_bytes(EXAMPLE.read_bytes())
    call = run("template", "--study", study, "--toml", study, "--force")
    assert (call.code, "is read as an input" in call.err) == (2, True)
    assert study.read_bytes() == EXAMPLE.read_bytes()


def test_a_study_that_is_there_stays_where_the_workbook_is_refused(run: Run, tmp_path: Path) -> None:
    book, study = tmp_path / "book.xlsx", tmp_path / "study.toml"
    run("template", "copper", "--xlsx", book)
    study.write_text("mine", encoding="utf-8")
    call = run("import", book, "--out", study, "--force")
    assert (call.code, call.out) == (2, "")
    assert "Study!B10: 'responsible: name' is empty" in call.err
    assert study.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "study.toml"]


def test_a_study_is_written_as_toml(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    run("template", "--study", EXAMPLE, "--xlsx", book)
    call = run("import", book, "--out", tmp_path / "study.json")
    assert call.code == 2
    assert "a study is written as .toml; its name must end so" in call.err
