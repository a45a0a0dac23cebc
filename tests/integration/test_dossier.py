"""Declare, then verify: what was declared is found again, and every edit of it is found and named."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import footprint as fp
from footprint.declaration.archive import pack, unpack
from footprint.declaration.case import declare_case, inputs
from footprint.declaration.declaration import canonical_json
from footprint.declaration.dossier import manifest
from footprint.declaration.verifying import differing
from footprint.errors import InputError
from footprint.market.declarations import Pool
from footprint.market.scheme_files import schemes_text
from footprint.market.thresholds import ClassScheme
from tests.conftest import TOY

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
ON = date(2026, 6, 1)
BYTE_EDITS, PARTS, VALUE_EDITS = 208, 4, 60
SUPPLIER = {
    "schema": "footprint/supplier-declaration/1", "operator": "Invented mine",
    "declared_unit": {"product": "copper concentrate", "amount": 1.0, "unit": "kg"},
    "method": "ef-3.1", "location": "CL", "year": 2025, "verification": "invented",
    "results": {"CC": {"value": 0.9, "unit": "kg CO2 eq"}, "RUM": {"value": 6e-4, "unit": "kg Sb eq"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def dossier(tmp_path_factory) -> bytes:
    """A study that takes a supplier's declaration, a linked route and a class scheme."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "suppliers").mkdir()
    (folder / "suppliers/mine 1.json").write_text(json.dumps(SUPPLIER), encoding="utf-8")
    line = '  { input = "diesel, burned'
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        line,
        '  { input = "copper concentrate", from = "declaration:suppliers/mine 1.json", amount = 1e6, unit = "kg", '
        f"content = {{ Cu = 0.28 }} }},\n{line}",
        1,
    )
    (folder / "plant.toml").write_text(text, encoding="utf-8")
    grade = "grade A, 99.99 % Cu"
    pool = Pool("copper", "copper cathode", "cathode", grade, 1.0, "ef-3.1", "none", "economic", "as-modelled", 1.0,
                "include")  # fmt: skip
    window = date(2023, 1, 1), date(2026, 1, 1)
    bounds = {"A": 3.0, "B": 4.0, "C": 5.0}
    scheme = ClassScheme("copper", "CC", "kg CO2 eq per kg", "geometric", window[1], window, bounds, pool)
    (folder / "classes.json").write_text(schemes_text([scheme]), encoding="utf-8")
    declared = fp.declare(folder / "plant.toml", on=ON, scheme_file=folder / "classes.json")
    fp.write_dossier(declared, folder / "dossier.zip")
    return (folder / "dossier.zip").read_bytes()


@pytest.fixture(scope="module")
def entries(dossier) -> Mapping[str, bytes]:
    return unpack(dossier, "dossier.zip")


def verified(folder: Path, data: bytes):
    path = folder / "dossier.zip"
    path.write_bytes(data)
    return fp.verify(path)


@pytest.fixture
def calculated_once(monkeypatch):
    """Edits that leave the inputs as they are do not need the same calculation hundreds of times."""
    held = {}

    def once(case):
        key = tuple(sorted(inputs(case).items()))
        if key not in held:
            held[key] = declare_case(case)
        return replace(held[key], case=case)

    monkeypatch.setattr("footprint.dossiers.declare_case", once)


def resealed(entries: Mapping[str, bytes], **changes: bytes | None) -> bytes:
    """The archive with some entries replaced (None: taken out) and the manifest made to fit, as a forger would."""
    changed = {name: data for name, data in {**entries, **changes}.items() if data is not None}
    content = {name: data for name, data in changed.items() if not name.startswith("manifest.")}
    return pack(content | manifest(content))


# --- what is declared is found again


def test_a_dossier_is_verified(dossier, tmp_path):
    found = verified(tmp_path, dossier)
    assert found.differences == ()
    assert found.notes == ()
    assert found.verified
    assert found.declaration.startswith("copper/example-cathode.2025.")


def test_it_holds_the_study_its_supplier_its_routes_and_the_scheme_as_they_were(entries):
    assert json.loads(entries["study/suppliers/mine 1.json"]) == SUPPLIER
    shipped = Path(fp.load_route("copper/concentrate-cl").path)
    assert entries["routes/copper/concentrate-cl.toml"] == shipped.read_bytes()
    assert {"scheme.json", "study/study.toml", "request.json", "links.json", "balances.json"} <= set(entries)
    results = json.loads(entries["results.json"])["results"]
    assert len(results) == 16
    assert results["CC"]["value"] == json.loads(entries["declaration.json"])["footprint"][0]["value"]


def test_a_study_elsewhere_and_another_day_of_writing_make_the_same_bytes(dossier, entries, tmp_path):
    (tmp_path / "suppliers").mkdir()
    (tmp_path / "other-name.toml").write_bytes(entries["study/study.toml"])
    (tmp_path / "suppliers/mine 1.json").write_bytes(entries["study/suppliers/mine 1.json"])
    (tmp_path / "s.json").write_bytes(entries["scheme.json"])
    declared = fp.declare(tmp_path / "other-name.toml", on=ON, scheme_file=tmp_path / "s.json")
    fp.write_dossier(declared, tmp_path / "dossier.zip")
    assert (tmp_path / "dossier.zip").read_bytes() == dossier


def test_a_company_s_own_background_travels_with_the_dossier(tmp_path):
    head, _, tail = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8").partition("[[process]]")
    study = EXAMPLE.read_text(encoding="utf-8").partition("[study]")[2].partition("[[study.plant]]")[0]
    path = tmp_path / "toy.toml"
    path.write_text(f"{head}[study]{study}\n[[process]]{tail}", encoding="utf-8")
    declared = fp.declare(path, on=ON, background=TOY, draft=True)
    fp.write_dossier(declared, tmp_path / "dossier.zip")
    assert "background/background/toy.toml" in unpack((tmp_path / "dossier.zip").read_bytes(), "")
    assert fp.verify(tmp_path / "dossier.zip").differences == ()


def test_verifying_leaves_nothing_behind(dossier, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "here")
    verified(tmp_path, dossier)
    assert [*(tmp_path / "temporary").iterdir(), *(tmp_path / "here").iterdir()] == []


# --- what is edited is found


@pytest.mark.usefixtures("calculated_once")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_edit_of_one_byte_is_found(dossier, entries, tmp_path, part):
    """Anywhere in the file: contents, names, headers, times; an edit of an entry's content names the entry."""
    chance = random.Random(part)
    spans = {name: dossier.index(data) for name, data in entries.items()}
    for _ in range(BYTE_EDITS // PARTS):
        place = chance.randrange(len(dossier))
        edited = bytearray(dossier)
        edited[place] ^= chance.randrange(1, 256)
        try:
            found = verified(tmp_path, bytes(edited))
        except InputError:
            continue
        assert not found.verified, place
        inside = [n for n, start in spans.items() if start <= place < start + len(entries[n])]
        for name in inside:
            assert any(name in difference.where for difference in found.differences), (place, name)


@pytest.mark.parametrize("edit", ["one byte less at the end", "one more", "one before", "a comment"])
def test_bytes_around_the_archive_are_found(dossier, tmp_path, edit):
    edited = {
        "one byte less at the end": dossier[:-1],
        "one more": dossier + b"\0",
        "one before": b"\0" + dossier,
        "a comment": dossier[:-2] + b"\4\0text",
    }[edit]
    with pytest.raises(InputError, match="is no dossier"):
        verified(tmp_path, edited)


def leaves(value, path=()) -> Iterator[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        if isinstance(child, (dict, list)):
            yield from leaves(child, (*path, key))
        else:
            yield (*path, key)


def other(value, chance: random.Random):
    """Another value of the same kind: a figure by a millionth or its sign, a text by a letter."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return chance.choice([value * (1 + 1e-6), -value]) if value else 1e-9
    return value + "x"


@pytest.mark.usefixtures("calculated_once")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_edit_of_one_value_is_found_though_the_manifest_is_made_to_fit(entries, tmp_path, part):
    chance = random.Random(100 + part)
    tables = sorted(n for n in entries if n.endswith(".json") and not n.startswith(("manifest", "study/", "scheme")))
    for _ in range(VALUE_EDITS // PARTS):
        name = chance.choice(tables)
        whole = json.loads(entries[name])
        path = chance.choice(list(leaves(whole)))
        table = whole
        for step in path[:-1]:
            table = table[step]
        table[path[-1]] = other(table[path[-1]], chance)
        found = verified(tmp_path, resealed(entries, **{name: canonical_json(whole)}))
        told = found.notes if path[0] == "libraries" else found.differences
        assert told, (name, path)
        if name != "request.json":
            assert any(name in difference.where for difference in told), (name, path)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("study/study.toml", "amount = 62e6, unit", "amount = 63e6, unit"),
        ("study/study.toml", "CC = 1.08", "CC = 1.07"),
        ("study/study.toml", "# An invented", "# A real"),
        ("study/study.toml", 'refining = ["FI"]', 'refining = ["SE"]'),
        ("study/study.toml", "mass_t = 61000", "mass_t = 61001"),
        ("study/suppliers/mine 1.json", "0.9,", "0.8,"),
        ("scheme.json", '"B": 4.0', '"B": 4.5'),
        ("scheme.json", '"publishable": false', '"publishable": true'),
        ("study/suppliers/mine 1.json", "Invented mine", "Invented pine"),
        ("routes/copper/concentrate-cl.toml", "schema = 1", "schema = 1 "),
        ("declaration.html", ">4.", ">3."),
        ("declaration.html", "<main>", "<main><p>Best in class.</p>"),
        ("declaration.html", "illustrative", "certified"),
        ("declaration.json", '"letter": "C"', '"letter": "A"'),
        ("declaration.json", '"schema"', ' "schema"'),
        ("findings.json", '"severity": "warning"', '"severity": "note"'),
    ],
)  # fmt: skip
def test_a_forger_who_makes_the_manifest_fit_is_found(entries, tmp_path, name, old, new):
    """What depends on the study is computed anew, the page is rendered anew."""
    text = entries[name].decode()
    if old not in text:
        pytest.fail(old)
    found = verified(tmp_path, resealed(entries, **{name: text.replace(old, new, 1).encode()}))
    assert found.differences


def test_a_figure_is_named_with_both_values(entries, tmp_path):
    whole = json.loads(entries["results.json"])
    true = whole["results"]["CC"]["value"]
    whole["results"]["CC"]["value"] = 1.0
    found = verified(tmp_path, resealed(entries, **{"results.json": canonical_json(whole)}))
    (only,) = found.differences
    assert (only.kind, only.where) == ("figure", "results.json: results.CC.value")
    assert (only.declared, only.recomputed) == (1.0, true)


def test_an_entry_more_or_less_is_named(entries, tmp_path):
    more = verified(tmp_path, resealed(entries, **{"study/notes.txt": b"hello"}))
    assert [d.where for d in more.differences] == ["study/notes.txt"]
    less = verified(tmp_path, resealed(entries, **{"balances.json": None}))
    assert [d.where for d in less.differences] == ["balances.json"]
    nested = verified(tmp_path, resealed(entries, **{"inner.zip": pack({"a": b"b"})}))
    assert [d.where for d in nested.differences] == ["inner.zip"]


def test_another_program_or_other_data_is_told_as_such(entries, dossier, tmp_path, monkeypatch):
    told = json.loads(entries["identities.json"])
    told["background"]["sha256"] = "0" * 64
    data = verified(tmp_path, resealed(entries, **{"identities.json": canonical_json(told)}))
    assert [(d.kind, d.where) for d in data.differences] == [("version", "identities.json: background.sha256")]
    monkeypatch.setattr("footprint.calculation.__version__", "9.9.9")
    program = verified(tmp_path, dossier)
    assert program.other_version
    assert not program.verified
    versions = [d for d in program.differences if d.kind == "version"]
    assert [(d.declared, d.recomputed) for d in versions] == [(fp.__version__, "9.9.9")]


def test_figures_that_another_processor_rounds_differently_are_the_same():
    """Relative 1e-9 is the bound: 5e-10 is rounding, 2e-9 a difference; keys, order and kinds are exact."""
    assert list(differing({"a": 1.0}, {"a": 1.0 + 5e-10})) == []
    assert list(differing({"a": 1.0}, {"a": 1.0 + 2e-9})) == [("a", 1.0, 1.0 + 2e-9)]
    assert list(differing([1], [1.0])) == [("[0]", 1, 1.0)]
    assert [path for path, *_ in differing({"a": 1, "b": 2}, {"b": 2, "a": 1})] == ["keys"]
    assert [path for path, *_ in differing({"a": {"b": [1, 2]}}, {"a": {"b": [1]}})] == ["a.b[1]"]


def test_a_consistent_lie_is_only_found_by_the_published_hash(dossier, entries, tmp_path):
    """Another address in the study, declared anew, is a sound dossier; but it is not the one that was published."""
    (tmp_path / "suppliers").mkdir()
    lie = entries["study/study.toml"].replace(b"Example Street 1", b"Example Street 2")
    (tmp_path / "study.toml").write_bytes(lie)
    (tmp_path / "suppliers/mine 1.json").write_bytes(entries["study/suppliers/mine 1.json"])
    (tmp_path / "s.json").write_bytes(entries["scheme.json"])
    declared = fp.declare(tmp_path / "study.toml", on=ON, scheme_file=tmp_path / "s.json")
    published = verified(tmp_path, dossier).sha256
    assert fp.write_dossier(declared, tmp_path / "lie.zip") != published
    assert fp.verify(tmp_path / "lie.zip").verified
