"""`declare` and `verify` as a user and a program call them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.cli.conftest import ROOT, Run

EXAMPLE = ROOT / "docs/examples/copper-refinery/study.toml"


def test_a_declaration_goes_to_stdout_or_into_a_folder(run: Run, tmp_path: Path) -> None:
    call = run("declare", EXAMPLE, "--on", "2026-06-01")
    assert call.code == 0
    assert call.json["schema"] == "footprint/declaration/1"
    written = run("declare", EXAMPLE, "--on", "2026-06-01", "--out", tmp_path / "new")
    assert (written.code, written.out) == (0, "")
    assert json.loads((tmp_path / "new/declaration.json").read_text(encoding="utf-8")) == call.json
    assert (tmp_path / "new/declaration.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["declaration.html", "declaration.json"]


def test_declare_then_verify_exits_0_and_another_process_makes_the_same_bytes(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    call = run("declare", EXAMPLE, "--on", "2026-06-01", "--dossier", first, env={"PYTHONHASHSEED": "1", "TZ": "UTC"})
    run("declare", EXAMPLE, "--on", "2026-06-01", "--dossier", second, env={"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"})
    assert first.read_bytes() == second.read_bytes()
    sha256 = hashlib.sha256(first.read_bytes()).hexdigest()
    assert sha256 in call.err
    found = run("verify", first)
    assert found.code == 0
    assert sha256 in found.out
    assert "verified: copper/example-cathode" in found.out
    assert run("verify", first, "--json").json["verified"] is True


def test_verify_exits_1_where_something_differs_and_2_where_there_is_no_dossier(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    run("declare", EXAMPLE, "--on", "2026-06-01", "--dossier", path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"kg CO2 eq", b"kg CO3 eq", 1))
    call = run("verify", path)
    assert call.code == 1
    assert "not verified:" in call.out
    answer = run("verify", path, "--json")
    assert answer.code == 1
    assert answer.json["differences"][0].keys() == {"kind", "where", "declared", "recomputed"}
    path.write_bytes(b"hello")
    assert run("verify", path).code == 2
    assert run("verify", tmp_path / "none.zip").code == 2


def test_a_study_that_does_not_conform_is_refused_with_1_and_its_reasons(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace('"metal-extraction" =', '"other" ='), encoding="utf-8")
    call = run("declare", path, "--on", "2026-06-01", "--out", tmp_path / "out")
    assert call.code == 1
    assert "metal-extraction" in call.err
    assert not (tmp_path / "out").exists()
    answer = run("declare", path, "--on", "2026-06-01", "--json")
    assert answer.json["schema"] == "footprint/refusal/1"
    assert answer.json["reasons"]
    draft = run("declare", path, "--on", "2026-06-01", "--draft")
    assert (draft.code, draft.json["status"]) == (0, "draft")
    assert "draft: Annex V item" in draft.err


def test_a_route_without_a_study_and_a_wrong_day_are_wrong_calls(run: Run) -> None:
    assert run("declare", "copper/cathode-sxew-cl").code == 2
    call = run("declare", EXAMPLE, "--on", "yesterday")
    assert (call.code, "'yesterday'" in call.err) == (2, True)


def test_a_dossier_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    call = run("declare", EXAMPLE, "--on", "2026-06-01", "--dossier", tmp_path / "no/such/folder.zip")
    assert call.code == 2
    assert list(tmp_path.iterdir()) == []
