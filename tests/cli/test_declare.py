"""`declare` and `verify` as a user and a program call them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

import footprint as fp
from footprint.declaration.archive import unpack
from tests.cli.conftest import ROOT, TOY, TOY_ROUTE, Run

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


def test_declaration_and_dossier_are_written_together_or_not_at_all(run: Run, tmp_path: Path) -> None:
    """The dossier has no folder: no declaration is published that nothing proves."""
    lost = tmp_path / "no/such/folder.zip"
    for out in ([], ["--out", tmp_path / "new/public"]):
        call = run("declare", EXAMPLE, "--on", "2026-06-01", "--dossier", lost, *out)
        assert (call.code, "cannot be written" in call.err) == (2, True)
        assert list(tmp_path.iterdir()) == []
    call = run("declare", EXAMPLE, "--on", "2026-06-01", "--out", tmp_path / "a", "--dossier", tmp_path / "a/d.zip")
    assert call.code == 0
    assert f"written: {tmp_path / 'a/declaration.json'}, {tmp_path / 'a/declaration.html'}" in call.err
    assert hashlib.sha256((tmp_path / "a/d.zip").read_bytes()).hexdigest() in call.err


def test_no_input_is_written_over(run: Run, tmp_path: Path) -> None:
    """The study as a dossier; the declaration in the place of the supplier's that the study takes."""
    study = tmp_path / "study.toml"
    study.write_bytes(EXAMPLE.read_bytes())
    call = run("declare", study, "--on", "2026-06-01", "--dossier", study)
    assert (call.code, "--dossier" in call.err, "must end in .zip" in call.err) == (2, True, True)
    linked = tmp_path / "linked.zip"
    linked.hardlink_to(study)
    call = run("declare", study, "--on", "2026-06-01", "--dossier", linked)
    assert (call.code, "is read as an input" in call.err) == (2, True)
    assert study.read_bytes() == EXAMPLE.read_bytes()
    run("declare", EXAMPLE, "--on", "2026-06-01", "--out", tmp_path)
    supplied = (tmp_path / "declaration.json").read_bytes()
    line = '  { input = "diesel, burned'
    taken = '  { input = "copper cathode", from = "declaration:declaration.json", amount = 1e6, unit = "kg" },\n'
    text = EXAMPLE.read_text(encoding="utf-8").replace(line, taken + line, 1)
    study.write_text(text, encoding="utf-8")
    call = run("declare", study, "--on", "2026-06-01", "--draft", "--out", tmp_path)
    assert (call.code, "declaration.json: is read as an input" in call.err) == (2, True)
    assert (tmp_path / "declaration.json").read_bytes() == supplied


def test_a_dossier_of_another_processor_is_verified(run: Run, tmp_path: Path) -> None:
    """Slag deposition brings 4e-12 of 2e-3 kg Sb eq, which is noise: other kernels of OpenBLAS give another 4e-12."""
    shipped = Path(fp.load_route("copper/cathode-secondary-eu").path)
    head, process, tail = shipped.read_text(encoding="utf-8").partition("[[process]]")
    company = EXAMPLE.read_text(encoding="utf-8").partition("[study]")[2].partition("[[study.plant]]")[0]
    study = tmp_path / "study.toml"
    said = re.sub(r"^operator_control = .*\n", "", f"{process}{tail}", flags=re.M)
    said = said.replace("[[process]]\n", "[[process]]\noperator_control = true\n")
    study.write_text(f"{head}[study]{company}\n{said}", encoding="utf-8")
    here, there = tmp_path / "here.zip", tmp_path / "there.zip"
    old = {"OPENBLAS_CORETYPE": "Prescott"}
    for path, processor in ((here, {}), (there, old)):
        assert run("declare", study, "--on", "2026-06-01", "--draft", "--dossier", path, env=processor).code == 0
    assert "route copper/cathode-sxew-cl" in json.loads(unpack(here.read_bytes(), "")["identities.json"])["data"]
    if here.read_bytes() == there.read_bytes():
        pytest.skip("this build of NumPy rounds alike on every processor")
    assert run("verify", here, env=old).code == 0
    assert run("verify", there).code == 0


def test_verify_says_that_a_background_is_the_company_s_own(run: Run, tmp_path: Path) -> None:
    head, process, tail = TOY_ROUTE.read_text(encoding="utf-8").partition("[[process]]")
    company = EXAMPLE.read_text(encoding="utf-8").partition("[study]")[2].partition("[[study.plant]]")[0]
    study, dossier = tmp_path / "study.toml", tmp_path / "d.zip"
    study.write_text(f"{head}[study]{company}\n{process}{tail}", encoding="utf-8")
    call = run("declare", study, "--on", "2026-06-01", "--draft", "--background", TOY, "--dossier", dossier)
    assert call.code == 0
    found = run("verify", dossier)
    assert found.code == 0
    assert "background is the company's own, in the dossier" in found.out
    assert run("verify", dossier, "--json").json["own"] == ["background"]


def test_a_day_without_a_day_three_years_later_is_a_wrong_call(run: Run) -> None:
    call = run("declare", EXAMPLE, "--on", "9999-12-31")
    assert (call.code, "the calendar ends in 9999" in call.err, "unexpected" in call.err) == (2, True, False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have a name")
def test_what_has_no_end_is_not_read(run: Run, tmp_path: Path) -> None:
    """A pipe that nobody writes to would wait for ever; as a dossier, as a study and as a class scheme."""
    for name in ("d.zip", "study.toml", "scheme.json"):
        os.mkfifo(tmp_path / name)
    for call in (
        run("verify", tmp_path / "d.zip"),
        run("declare", tmp_path / "study.toml"),
        run("declare", EXAMPLE, "--scheme-file", tmp_path / "scheme.json"),
    ):
        assert (call.code, "is no regular file" in call.err) == (2, True)
