"""`footprint materials`: the overview, a page in the terminal, pages as files, and what is refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from tests.cli.conftest import CODES, Run


def test_the_overview_has_all_34_materials(run: Run) -> None:
    call = run("materials", "--json")
    assert (call.code, call.err) == (0, "")
    assert call.json["schema"] == "footprint/materials/1"
    assert len(call.json["materials"]) == 34
    copper = next(m for m in call.json["materials"] if m["material"] == "copper")
    assert copper["annex_i"] == "Copper"
    assert copper["routes"]["primary"] >= 3
    assert copper["amounts_by_tier"]["published"] > 0


def test_a_page_says_the_same_as_calc(run: Run) -> None:
    page = run("materials", "graphite", "--json").json
    assert page["schema"] == "footprint/material/1"
    route = next(r for r in page["routes"] if r["id"] == "graphite/flake-concentrate-cn")
    results = run("calc", route["id"], "--json").json["results"]
    assert route["results"] == {code: results[code]["value"] for code in CODES}


def test_a_page_in_the_terminal_has_every_section(run: Run) -> None:
    out = run("materials", "copper", env={"COLUMNS": "80"}).out
    heads = (
        "COPPER", "Routes", "Processes", "Results", "Published results", "Allocation", "Data and gaps", "Sources",
        "Standards and guidance",
    )  # fmt: skip
    lines = out.splitlines()
    places = [lines.index(head) for head in heads]
    assert places == sorted(places)
    assert "not EF-compliant" in " ".join(out.split())


def test_pages_are_written_with_their_pictures(run: Run, tmp_path: Path) -> None:
    call = run("materials", "copper", "--out", tmp_path / "pages")
    assert (call.code, call.out) == (0, "")
    page = (tmp_path / "pages" / "copper.md").read_text(encoding="utf-8")
    pictures = sorted((tmp_path / "pages" / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert f"(pictures/{picture.name})" in page
        assert ElementTree.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert not list((tmp_path / "pages").rglob("*.part"))


def test_writing_twice_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("materials", "graphite", "--out", tmp_path / name)
    first, second = (sorted((tmp_path / name).rglob("*.*")) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert len(first) > 1


def test_what_is_refused(run: Run, tmp_path: Path) -> None:
    for arguments, words in (
        (("coper",), ("'coper'", "did you mean 'copper'")),
        (("copper", "--all"), ("materials or --all",)),
        (("--out", tmp_path / "x"), ("--out needs materials",)),
        (("copper", "--out", tmp_path / "file" / "x"), ("cannot be made",)),
    ):
        (tmp_path / "file").write_text("", encoding="utf-8")
        call = run("materials", *arguments)
        assert (call.code, call.out) == (2, "")
        for word in words:
            assert word in call.err
    assert not (tmp_path / "x").exists()
