"""`footprint market model` as a user and a program see it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import CODES, Run


def test_a_market_file_and_on_stderr_what_it_rests_on(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gallium.csv"
    call = run("market", "model", "gallium", "--from", "2022", "--to", "2024", "--out", path)
    assert (call.code, call.out) == (0, "")
    for words in ("2016 to 2020", "10 equal sites", "left out: US", "Modelled, not declared", "GSD²"):
        assert words in call.err
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert {row["ruleset"] for row in rows} == {"modelled"}
    assert {row["material"] for row in rows} == {"gallium"}
    assert all(row[code] not in ("0", "0.0") for row in rows for code in CODES if code in row)


def test_the_same_seed_writes_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("market", "model", "hafnium", "--seed", "3", "--out", tmp_path / name).code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_classes_are_fitted_to_a_modelled_market(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gallium.csv"
    run("market", "model", "gallium", "--out", path)
    call = run("classes", "fit", path, "--on", "2025-01-01", "--bootstrap", "0", "--json")
    assert call.code == 0
    assert call.json[0]["n_effective"] is None


def test_json_names_the_tonnes_left_out(run: Run) -> None:
    call = run("market", "model", "gallium", "--market", "world", "--json")
    assert (call.code, call.err) == (0, "")
    (product,) = call.json["products"]
    shares = sum(part["mass_t"] for part in product["left_out"])
    assert product["mass_t"] / (product["mass_t"] + shares) == pytest.approx(product["covered"])
    assert call.json["market"] == "world"
    assert len(call.json["declarations"]) == 10 * len(product["supplied"])


def test_the_table_says_who_supplies_and_what_is_left_out(run: Run) -> None:
    call = run("market", "model", "hafnium")
    assert (call.code, call.err) == (0, "")
    for words in ("hafnium/sponge-fr", "Left out, without a route", "CC of sites", "route's value"):
        assert words in call.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no material given"),
        (("galium",), "material 'galium' is not known; did you mean 'gallium'?"),
        (("strontium",), "no market of strontium is modelled: the statistics count celestite"),
        (("scandium",), "4% of the union market has a route; at least 50% is needed"),
        (("gallium", "--market", "eu"), "market 'eu' is not known; allowed: union, world"),
        (("gallium", "--from", "2024", "--to", "2023"), "the first year is later than the last"),
        (("gallium", "--from", "2024", "--to", "2027"), "data are held for 2021 to 2024"),
        (("gallium", "--from", "now"), "--from"),
        (("gallium", "--all"), "give materials or --all, not both"),
        (("--all", "--from", "1999", "--to", "2000"), "no material can be modelled for 1999 to 2000"),
        (("gallium", "--out", "no/such/folder/file.csv"), "cannot be written"),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, tuple) else "",
)
def test_a_wrong_call_exits_2_with_one_message(run: Run, arguments: tuple[str, ...], words: str) -> None:
    call = run("market", "model", *arguments)
    assert (call.code, call.out) == (2, "")
    assert words in call.err


def test_a_part_that_fails_exits_3_and_is_named(run: Run, tmp_path: Path) -> None:
    call = run("market", "model", "hafnium", "strontium", "--out", tmp_path / "folder")
    assert call.code == 3
    assert "1 of 2 failed: strontium" in call.err
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["hafnium.csv"]
