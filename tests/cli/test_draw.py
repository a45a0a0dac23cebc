"""`footprint classes draw`: the pictures of the docs, and calls that are refused."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

FIGURES = ROOT / "docs" / "figures"
MARKET, LATER = FIGURES / "invented-2027.csv", FIGURES / "invented-2030.csv"
SHOWN = re.findall(r"^footprint (classes draw .* --out docs/figures/.*)$", (ROOT / "docs/classes.md").read_text(), re.M)
NOW = ("--on", "2027-01-01")


@pytest.fixture(scope="session")
def classes(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The thresholds that the docs fit."""
    path = tmp_path_factory.mktemp("classes") / "classes.json"
    assert run("classes", "fit", MARKET, *NOW, "--out", path).code == 0
    return path


@pytest.mark.parametrize("command", SHOWN, ids=lambda command: shlex.split(command)[2])
def test_a_command_of_the_docs_draws_the_picture_beside_it(
    run: Run, classes: Path, tmp_path: Path, command: str
) -> None:
    *words, _, shown = shlex.split(command)
    places = {"classes.json": classes}
    call = run(*(ROOT / word if word.startswith("docs/") else places.get(word, word) for word in words),
               "--out", tmp_path / "out.svg")  # fmt: skip
    assert (call.code, call.out) == (0, "")
    assert (tmp_path / "out.svg").read_bytes() == (ROOT / shown).read_bytes()


def test_the_docs_show_each_picture() -> None:
    assert [shlex.split(command)[2] for command in SHOWN] == ["curve", "histogram", "migration", "label"]


def test_a_page_holds_every_split(run: Run, tmp_path: Path) -> None:
    """Pooled, primary and secondary, each with curve and histogram."""
    call = run("classes", "draw", "page", MARKET, *NOW, "--out", tmp_path / "page.html")
    assert call.code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == 6
    assert "invented-01" not in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("curve", MARKET, "--on", "2040-01-01"), ("nothing was placed on the market from 2037-01-01",)),
        (("curve", MARKET, *NOW, "--category", "CX"), ("'CX'", "allowed: CC")),
        (("curve", MARKET, *NOW, "--category", "AC"), ("no declaration has a value of AC",)),
        (("curve", MARKET, *NOW, "--form", "carbonat"), ("did you mean 'carbonate'?",)),
        (("histogram", MARKET, *NOW, "--system", "mixed"), ("'mixed'", "primary, secondary")),
        (("page", MARKET, *NOW), ("out.svg", "the name ends in .html")),
        (("migration", MARKET, "none.csv", "--old-on", "2027-01-01"), ("none.csv",)),
        (("migration", MARKET, LATER, "--old-on", "now"), ("'now' is not a day",)),
        (("migration", MARKET, LATER), ("--old-on",)),
    ],
)
def test_a_wrong_call_exits_2_and_leaves_no_file(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], words: tuple[str, ...]
) -> None:
    call = run("classes", "draw", *arguments, "--out", tmp_path / "out.svg")
    assert (call.code, call.out) == (2, "")
    for word in words:
        assert word in call.err
    assert not list(tmp_path.iterdir())


def test_another_form_exits_2(run: Run, tmp_path: Path) -> None:
    call = run("classes", "draw", "curve", MARKET, *NOW, "--out", tmp_path / "out.jpg")
    assert (call.code, call.out) == (2, "")
    assert "'.jpg' is not known; allowed: .svg, .png, .html" in call.err


@pytest.mark.parametrize(
    ("declaration", "more", "words"),
    [
        ("invented-61", (), ("invented-61", "did you mean 'invented-6")),
        ("invented-12", ("--system", "secondary"), ("'invented-12' is primary: it has no secondary class",)),
        ("invented-12", ("--category", "AC"), ("no declaration has a value of AC",)),
    ],
)
def test_a_label_needs_a_declaration_and_its_scheme(
    run: Run, classes: Path, tmp_path: Path, declaration: str, more: tuple[str, ...], words: tuple[str, ...]
) -> None:
    call = run("classes", "draw", "label", MARKET, "--scheme-file", classes, "--declaration", declaration, *more,
               "--out", tmp_path / "l.svg")  # fmt: skip
    assert (call.code, call.out) == (2, "")
    for word in words:
        assert word in call.err
    assert not list(tmp_path.iterdir())
