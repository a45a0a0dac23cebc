"""Declare, then verify: what was declared is found again, and every edit of it is found and named."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
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
from footprint.errors import InputError, Refused
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


def toy_study(folder: Path) -> Path:
    """The invented route as a company's study."""
    head, _, tail = (TOY / "routes/cobalt/toy.toml").read_text(encoding="utf-8").partition("[[process]]")
    study = EXAMPLE.read_text(encoding="utf-8").partition("[study]")[2].partition("[[study.plant]]")[0]
    path = folder / "toy.toml"
    path.write_text(f"{head}[study]{study}\n[[process]]{tail}", encoding="utf-8")
    return path


def test_a_company_s_own_background_travels_with_the_dossier(tmp_path):
    declared = fp.declare(toy_study(tmp_path), on=ON, background=TOY, draft=True)
    fp.write_dossier(declared, tmp_path / "dossier.zip")
    assert "background/background/toy.toml" in unpack((tmp_path / "dossier.zip").read_bytes(), "")
    found = fp.verify(tmp_path / "dossier.zip")
    assert (found.differences, found.own) == ((), ("background",))


def test_it_holds_every_other_choice_of_the_rules_and_why_one_is_not_computed(dossier, entries, tmp_path):
    """What `footprint scenarios` shows of the same study, row by row; no reason names a folder of this machine."""
    (tmp_path / "suppliers").mkdir()
    (tmp_path / "plant.toml").write_bytes(entries["study/study.toml"])
    (tmp_path / "suppliers/mine 1.json").write_bytes(entries["study/suppliers/mine 1.json"])
    rows = json.loads(entries["sensitivities.json"])
    shown = fp.scenarios(tmp_path / "plant.toml").to_dict()["choices"]
    assert [(row["topic"], row["choice"]) for row in rows] == [(row["topic"], row["choice"]) for row in shown]
    assert {"electricity", "allocation", "prices", "recycled content", "transport"} <= {row["topic"] for row in rows}
    for row, other_way in zip(rows, shown, strict=True):
        assert row["results"] == {code: told["value"] for code, told in other_way["results"].items()}
    residual = next(row for row in rows if row["choice"] == "residual")
    assert residual["results"] == {}
    assert residual["reason"].startswith("study/study.toml, process 'smelting', exchange 2")
    assert str(tmp_path).encode() not in dossier


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


def other(value, size: float, chance: random.Random):
    """Another value of the same kind: a figure by a millionth of it or of its category's total, a text by a letter."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + chance.choice([1, -1]) * 1e-6 * (max(abs(value), size) or 1e-3)
    return value + "x"


def size_of(path: tuple, totals: Mapping[str, float]) -> float:
    """What a figure is a part of: the total of its category; of a share, 1; of others we do not ask."""
    if any(str(key).endswith(("_share", "on_estimates", "class_probability", "gsd2")) for key in path):
        return 1.0
    return next((totals[key] for key in path if key in totals), 0.0)


@pytest.mark.usefixtures("calculated_once")
@pytest.mark.parametrize("part", range(PARTS))
def test_every_edit_of_one_value_is_found_though_the_manifest_is_made_to_fit(entries, tmp_path, part):
    chance = random.Random(100 + part)
    tables = sorted(n for n in entries if n.endswith(".json") and not n.startswith(("manifest", "study/", "scheme")))
    totals = {code: abs(row["value"]) for code, row in json.loads(entries["results.json"])["results"].items()}
    for _ in range(VALUE_EDITS // PARTS):
        name = chance.choice(tables)
        whole = json.loads(entries[name])
        path = chance.choice(list(leaves(whole)))
        table = whole
        for step in path[:-1]:
            table = table[step]
        table[path[-1]] = other(table[path[-1]], size_of(path, totals), chance)
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


# --- what a background says of itself


@pytest.fixture(scope="module")
def called_open(tmp_path_factory) -> Mapping[str, bytes]:
    """The attack: a company's own figures in a folder that is called as the shipped background is."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(TOY, folder / "open")
    declared = fp.declare(toy_study(folder), on=ON, background=folder / "open", draft=True)
    fp.write_dossier(declared, folder / "dossier.zip")
    return unpack((folder / "dossier.zip").read_bytes(), "dossier.zip")


def test_a_folder_called_open_is_the_company_s_own_background(called_open, tmp_path):
    assert json.loads(called_open["declaration.json"])["calculation"]["background"]["id"] == "own:open"
    found = verified(tmp_path, resealed(called_open))
    assert (found.verified, found.own) == (True, ("background",))


@pytest.mark.parametrize("name", ["open", "bw:default/ecoinvent"])
def test_an_own_background_that_is_passed_off_as_another_is_found(called_open, tmp_path, name):
    """Every text of the dossier says `open`, and the manifest fits."""
    forged = {entry: data.replace(b'"own:open"', f'"{name}"'.encode()) for entry, data in called_open.items()}
    (only,) = verified(tmp_path, resealed(forged)).differences
    assert only.kind == "replay"
    assert only.recomputed == f"request.json: background '{name}' is not own:NAME, yet background/ is there"


def test_the_open_background_is_the_one_of_this_installation(called_open, tmp_path):
    """The folder taken out: the shipped one is taken, whose hash is another, if it has the processes at all."""
    forged = {
        entry: data.replace(b'"own:open"', b'"open"')
        for entry, data in called_open.items()
        if not entry.startswith("background/")
    }
    found = verified(tmp_path, resealed(forged))
    assert (found.verified, found.own) == (False, ())


# --- what identities may differ in


def with_libraries(entries: Mapping[str, bytes], change: Callable[[dict], object]) -> bytes:
    told = json.loads(entries["identities.json"])
    change(told)
    return resealed(entries, **{"identities.json": canonical_json(told)})


@pytest.mark.usefixtures("calculated_once")
def test_another_version_of_a_library_is_a_note(entries, tmp_path):
    found = verified(tmp_path, with_libraries(entries, lambda told: told["libraries"].update(numpy="1.26.4")))
    assert found.verified
    assert [note.where for note in found.notes] == ["identities.json: libraries.numpy"]


@pytest.mark.usefixtures("calculated_once")
@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["libraries"].update(openblas="0.3.28"),
        lambda told: told["libraries"].update(numpy="checked by the Commission"),
        lambda told: told["libraries"].update(numpy={"verified": "yes"}),
        lambda told: told["libraries"].pop("numpy"),
        lambda told: told.update({"libraries.numpy": "1.26.4"}),
        lambda told: told.update({"libraries.note": {"verified": "yes"}}),
    ],
    ids=["another library", "a sentence", "a table", "left out", "beside the libraries", "a table beside them"],
)
def test_nothing_else_passes_as_a_note(entries, tmp_path, change):
    found = verified(tmp_path, with_libraries(entries, change))
    assert found.differences
    assert found.notes == ()


# --- what may not be declared


def test_a_variant_is_no_fact_and_is_not_declared(tmp_path):
    with pytest.raises(Refused, match="variant 'plan-2026': is a variant of the study") as caught:
        fp.declare(f"{EXAMPLE}@plan-2026", on=ON)
    assert [reason.rule for reason in caught.value.reasons] == ["declaration.variant"]
    draft = fp.declare(f"{EXAMPLE}@plan-2026", on=ON, draft=True)
    assert draft.declaration.status == "draft"
    fp.write_dossier(draft, tmp_path / "draft.zip")
    entries = unpack((tmp_path / "draft.zip").read_bytes(), "draft.zip")
    asked = json.loads(entries["request.json"]) | {"draft": False}
    found = verified(tmp_path, resealed(entries, **{"request.json": canonical_json(asked)}))
    assert ("conformity", "variant 'plan-2026'") in [(d.kind, d.where) for d in found.differences]


def test_a_day_at_the_end_of_the_calendar_is_told(entries, tmp_path):
    """Three years after 9999-12-31 there is no day."""
    with pytest.raises(InputError, match="day 9999-12-31: the calendar ends in 9999, before 3 years have passed"):
        fp.declare(EXAMPLE, on=date(9999, 12, 31))
    asked = json.loads(entries["request.json"]) | {"on": "9999-12-31"}
    found = verified(tmp_path, resealed(entries, **{"request.json": canonical_json(asked)}))
    assert any("the calendar ends" in difference.recomputed for difference in found.differences)


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


def test_a_part_that_cancels_to_noise_is_as_exact_as_its_category():
    """2.31e-3 in all, 1e-9 of it is 2.31e-12: a part of 3e-11 may move by 1e-12, not by 3e-12; a share by 1e-9."""
    sizes = {"RUM": 2.31e-3}
    table = {"RUM": {"value": 2.31e-3, "by_background": {"slag": 3e-11}, "screening_share": 0.05}}

    def moved(**parts):
        return [path for path, *_ in differing(table, {"RUM": table["RUM"] | parts}, sizes)]

    assert moved(by_background={"slag": 3.1e-11}) == []
    assert moved(by_background={"slag": 3.3e-11}) == ["RUM.by_background.slag"]
    assert moved(value=2.31e-3 + 1e-12) == []
    assert moved(value=2.31e-3 + 3e-12) == ["RUM.value"]
    assert moved(screening_share=0.05 + 5e-10) == []
    assert moved(screening_share=0.05 + 2e-9) == ["RUM.screening_share"]


def test_the_size_of_a_category_is_that_of_what_was_computed_anew():
    """A forger who writes a code beside figures, or a large total, widens nothing; a ratio is measured against 1."""
    sizes = {"LU": 100.0}
    assert list(differing({"code": "LU", "dqr": 2.0}, {"dqr": 2.0 + 1e-8}, sizes))[-1][0] == "dqr"
    assert list(differing({"LU": 1e9}, {"LU": 100.0}, sizes)) == [("LU", 1e9, 100.0)]
    assert list(differing({"LU": {"gsd2": 1.08}}, {"LU": {"gsd2": 1.08 + 1e-8}}, sizes)) != []


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
