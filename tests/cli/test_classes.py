"""The market and class commands as a user calls them: answers, exit codes, and one clear message for a wrong call."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from footprint.market.decimals import rounded
from footprint.market.declarations import Pool
from footprint.market.scheme_files import schemes_text
from footprint.market.thresholds import ClassScheme
from tests.cli.conftest import TOY_CALL, Run
from tests.rules.test_class_matching import ACT, PRODUCT

HEADER = "declaration_id,operator,material,product,form,system,country,period_from,period_to,mass_t,CC,gsd2_CC"


def market_file(path: Path, year: int, values: list[float], form: str = "carbonate") -> Path:
    """Invented declarations, one operator each, 100 t placed on the market in a year; every third is secondary."""
    rows = [
        f"{form}{k}-{year},Operator {k},lithium,lithium {form},{form},{'primary' if k % 3 else 'secondary'},CL,"
        f"{year}-01-01,{year}-12-31,100,{value},1.2"
        for k, value in enumerate(values)
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


VALUES = [float(k) for k in range(1, 11)]


@pytest.fixture
def market(tmp_path: Path) -> Path:
    return market_file(tmp_path / "market.csv", 2026, VALUES)


@pytest.fixture
def schemes(run: Run, market: Path, tmp_path: Path) -> Path:
    path = tmp_path / "schemes.json"
    call = run("classes", "fit", market, "--on", "2027-01-01", "--out", path, "--bootstrap", 50)
    assert call.code == 0
    return path


def test_fit_answers_pooled_and_by_system(run: Run, market: Path) -> None:
    """Ten equal weights: the 5 % quantile is 1 and the 95 % quantile 10, so pooled A ends at 1 and F at 10."""
    call = run("classes", "fit", market, "--on", "2027-01-01", "--json", "--bootstrap", 50)
    assert (call.code, call.err) == (0, "")
    assert [entry["system"] for entry in call.json] == ["pooled", "primary", "secondary"]
    pooled = call.json[0]
    assert pooled["schema"] == "footprint/classes/1"
    assert pooled["status"] == "illustrative"
    assert (pooled["thresholds"]["A"], pooled["thresholds"]["F"]) == (1.0, 10.0)
    assert pooled["window"] == {"from": "2024-01-01", "before": "2027-01-01"}
    assert sum(part["mass_share"] for part in pooled["occupancy"].values()) == pytest.approx(1)


def test_fit_prints_that_it_is_illustrative(run: Run, market: Path) -> None:
    call = run("classes", "fit", market, "--on", "2027-01-01", "--bootstrap", 50)
    assert "Illustrative: no legal act sets classes for this material." in call.out


def test_fit_writes_what_assign_reads(run: Run, market: Path, schemes: Path) -> None:
    """1 is A (its bound belongs to it) and 10 is F; a spread makes the probabilities sum to one."""
    call = run("classes", "assign", market, "--scheme-file", schemes, "--json")
    assert call.code == 0
    letters = {entry["declaration_id"]: entry["class"] for entry in call.json}
    assert (letters["carbonate0-2026"], letters["carbonate9-2026"]) == ("A", "F")
    assert all(sum(entry["probability"].values()) == pytest.approx(1) for entry in call.json)
    assert {entry["status"] for entry in call.json} == {"illustrative"}


def test_assign_says_what_it_leaves_out(run: Run, market: Path, schemes: Path, tmp_path: Path) -> None:
    other = market_file(tmp_path / "other.csv", 2026, [3.0, 4.0], form="hydroxide")
    rows = other.read_text(encoding="utf-8").splitlines()[1:]
    market.write_text(market.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")
    call = run("classes", "assign", market, "--scheme-file", schemes)
    assert call.code == 0
    assert "no class: 2 declarations of no product, category, system and time of a scheme" in call.err
    assert "hydroxide0-2026, hydroxide1-2026" in call.err


def test_assign_without_any_scheme_for_the_product_exits_2(run: Run, schemes: Path, tmp_path: Path) -> None:
    other = market_file(tmp_path / "other.csv", 2026, [3.0], form="hydroxide")
    call = run("classes", "assign", other, "--scheme-file", schemes)
    assert call.code == 2
    assert "no declaration is of the product, category, system and time of a scheme" in call.err


def test_letters_of_a_legal_scheme_are_not_illustrative(run: Run, market: Path, tmp_path: Path) -> None:
    legal = tmp_path / "act.toml"
    legal.write_text(
        """
schema = "footprint/legal-classes/1"
act = "invented act"
provision = "Annex"
url = "https://example.org/act"
since = 2026-12-31

[[scheme]]
material = "lithium"
product = "lithium carbonate"
form = "carbonate"
category = "CC"
unit = "kg CO2 eq per kg"
thresholds = { A = 3.0, B = 6.0 }
""",
        encoding="utf-8",
    )
    call = run("classes", "assign", market, "--scheme-file", legal, "--json")
    assert call.code == 0
    assert [entry["class"] for entry in call.json] == ["A"] * 3 + ["B"] * 3 + ["C"] * 4
    assert {entry["status"] for entry in call.json} == {"legal"}


def test_review_counts_moves_from_one_window_to_the_next(run: Run, market: Path, tmp_path: Path) -> None:
    """Everyone halves: relative places stay, so nobody moves by the market alone; the matrix counts all ten."""
    later = market_file(tmp_path / "later.csv", 2029, [value / 2 for value in VALUES])
    call = run("classes", "review", market, later, "--on", "2030-01-01", "--json")
    assert (call.code, call.err) == (0, "")
    pooled = call.json[0]
    assert pooled["schema"] == "footprint/review/1"
    assert sum(n for row in pooled["migration"].values() for n in row.values()) == 10
    assert (pooled["entered"], pooled["left"]) == (0, 0)
    assert pooled["thresholds"]["new"]["A"] == pooled["thresholds"]["old"]["A"] / 2


def test_review_of_one_registry_takes_both_windows_from_it(run: Run, market: Path, tmp_path: Path) -> None:
    registry = tmp_path / "all.duckdb"
    later = market_file(tmp_path / "later.csv", 2029, VALUES)
    for path in (market, later):
        assert run("market", "import", path, "--registry", registry).code == 0
    call = run("classes", "review", registry, registry, "--on", "2030-01-01", "--json")
    assert call.code == 0
    assert call.json[0]["moves"] == []


def test_compare_sets_all_schemes_side_by_side(run: Run, market: Path) -> None:
    call = run("classes", "compare", market, "--on", "2027-01-01", "--bootstrap", 20, "--json")
    assert (call.code, call.err) == (0, "")
    names = [entry["scheme"] for entry in call.json[0]["schemes"]]
    assert names == ["geometric", "anchored", "quantiles", "equal-width", "natural-breaks", "fixed-ratio", "pefcr"]
    shown = run("classes", "compare", market, "--on", "2027-01-01", "--bootstrap", 20)
    assert "Illustrative" in shown.out
    assert all(name in shown.out for name in names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "{market}", "--on", "01/01/2027"), "--on '01/01/2027' is not a day; write it as 2027-01-01"),
        (("fit", "{market}", "--on", "2027-01-01", "--scheme", "geometrc"), "did you mean 'geometric'"),
        (("fit", "{market}", "--on", "2027-01-01", "--category", "CO2"), "category 'CO2' is not known"),
        (("fit", "{market}", "--on", "2027-01-01", "--category", "AC"), "no declaration has a value of AC"),
        (("fit", "{market}", "--on", "2027-01-01", "--material", "lithum"), "did you mean 'lithium'"),
        (("fit", "{market}", "--on", "2027-01-01", "--classes", "9"), "9 classes; allowed: 2 to 7"),
        (("fit", "{market}", "--on", "2027-01-01", "--improvement", "0.5"), "out of range; allowed: 0 to 0.05"),
        (("fit", "{market}", "--on", "2035-01-01"), "nothing in the window"),
        (("fit", "{market}", "--on", "2027-01-01", "--benchmark", "5"), "scheme 'geometric' has no figure 'benchmark'"),
        (("assign", "--scheme-file", "{market}"), "or --route with a route, one of the two"),
        (("fit", "no-such.csv"), "no-such.csv: no such file"),
        (("fit", "{market}.txt"), "the name of a market file ends in"),
        (("assign", "{market}", "--scheme-file", "{market}"), "not valid JSON"),
        (("assign", "{market}", "--scheme-file", "no-such.json"), "no-such.json: no such file"),
        (("review", "{market}", "{market}", "--old-on", "2033-01-01", "--on", "2027-01-01"), "in common"),
        (("compare", "{market}", "--on", "2035-01-01"), "nothing in the window"),
    ],
)
def test_a_wrong_call_exits_2_with_one_message(
    run: Run, market: Path, arguments: tuple[str, ...], message: str
) -> None:
    call = run("classes", *(text.replace("{market}", str(market)) for text in arguments))
    assert (call.code, call.out) == (2, "")
    assert message in call.err
    assert call.err.startswith("error: ")


def test_a_scheme_file_that_was_tampered_with_exits_2(run: Run, market: Path, schemes: Path) -> None:
    held = json.loads(schemes.read_text(encoding="utf-8"))
    for change, message in (
        ({"thresholds": {"A": 5.0, "B": 4.0}}, "thresholds must ascend"),
        ({"thresholds": {"A": -1.0}}, "a positive number is needed"),
        ({"schema": "footprint/classes/9"}, "schema 'footprint/classes/1' is needed"),
        ({"category": "CO2"}, "category 'CO2' is not known"),
        ({"n": float("inf")}, "not in form: cannot convert float infinity to integer"),
        ({"n_effective": float("inf")}, "not in form: inf is no number"),
        ({"intervals": {"A": [0.5, float("nan")]}}, "not in form: nan is no number"),
    ):
        schemes.write_text(json.dumps([held[0] | change]), encoding="utf-8")
        call = run("classes", "assign", market, "--scheme-file", schemes)
        assert call.code == 2
        assert message in call.err


def test_a_scheme_of_a_file_is_illustrative_whatever_it_says(run: Run, market: Path, schemes: Path) -> None:
    held = json.loads(schemes.read_text(encoding="utf-8"))
    schemes.write_text(json.dumps([held[0] | {"status": "adopted"}]), encoding="utf-8")
    call = run("classes", "assign", market, "--scheme-file", schemes, "--json")
    assert {entry["status"] for entry in call.json} == {"illustrative"}


def test_a_scheme_file_with_what_is_no_number_exits_2(run: Run, market: Path, schemes: Path) -> None:
    text = schemes.read_text(encoding="utf-8")
    schemes.write_text(text.replace('"n": 10,', '"n": Infinity,', 1), encoding="utf-8")
    call = run("classes", "assign", market, "--scheme-file", schemes)
    assert (call.code, call.out) == (2, "")
    assert "scheme 1: not in form" in call.err
    assert "unexpected" not in call.err


def test_a_scheme_that_outlasts_the_calendar_draws_no_label(
    run: Run, market: Path, schemes: Path, tmp_path: Path
) -> None:
    text = schemes.read_text(encoding="utf-8")
    schemes.write_text(text.replace('"on": "2027-01-01"', '"on": "9999-12-31"'), encoding="utf-8")
    call = run("classes", "draw", "label", market, "--scheme-file", schemes, "--declaration", "carbonate0-2026",
               "--out", tmp_path / "label.svg")  # fmt: skip
    assert call.code == 2
    assert "+3 years is year 10002; allowed: 1 to 9999" in call.err


def test_letters_come_with_the_scheme_that_gave_them(run: Run, market: Path, schemes: Path) -> None:
    call = run("classes", "assign", market, "--scheme-file", schemes, "--json")
    (told,) = {(e["scheme"], e["scheme_id"], e["on"], e["valid_to"]) for e in call.json}
    assert told[0] == "geometric"
    assert told[1].startswith("lithium-CC-2027-01-01-")
    assert told[2:] == ("2027-01-01", "2029-12-31")
    assert "outside the validity of the scheme: 10 declarations" in call.err


def test_an_act_is_named_with_its_provision(run: Run, market: Path, tmp_path: Path) -> None:
    legal = tmp_path / "act.toml"
    legal.write_text(ACT + PRODUCT, encoding="utf-8")
    call = run("classes", "assign", market, "--scheme-file", legal)
    assert (call.code, call.err) == (0, "")
    assert "Legal classes." in call.out
    assert "Invented Regulation, Annex I, https://example.org/act" in " ".join(call.out.split())
    assert "holds from 2025-06-01" in " ".join(call.out.split())


def test_an_act_labels_what_was_placed_on_the_market_since(run: Run, market: Path, tmp_path: Path) -> None:
    """The market is of 2026: an act since June 2025 has a class for it without a watermark, one since 2029 has none."""
    legal, out = tmp_path / "act.toml", tmp_path / "label.svg"
    call = (
        "classes",
        "draw",
        "label",
        market,
        "--scheme-file",
        legal,
        "--declaration",
        "carbonate0-2026",
        "--out",
        out,
    )
    legal.write_text(ACT.replace("2025-06-01", "2029-01-01") + PRODUCT, encoding="utf-8")
    refused = run(*call)
    assert (refused.code, out.exists()) == (2, False)
    assert "no scheme for lithium: lithium carbonate, CC, pooled on 2026-12-31" in refused.err
    legal.write_text(ACT + PRODUCT, encoding="utf-8")
    assert run(*call).code == 0
    assert "ILLUSTRATIVE" not in out.read_text(encoding="utf-8")


def test_a_route_has_a_class_and_the_parts_that_could_better_it(run: Run, tmp_path: Path) -> None:
    """The mine's and the refinery's share of an invented route under a bound that is a tenth below its value."""
    value = run("calc", *TOY_CALL, "--json").json["results"]["CC"]["value"]
    pool = Pool("cobalt", "cobalt metal", "metal", "", 1.0, "ef-3.1", "none", "", "", 1.0, "include")
    on, bound = date(2027, 1, 1), rounded(0.9 * value)
    scheme = ClassScheme(
        "cobalt", "CC", "kg CO2 eq per kg", "geometric", on, (date(2024, 1, 1), on), {"A": bound}, pool
    )
    path = tmp_path / "schemes.json"
    path.write_text(schemes_text([scheme]), encoding="utf-8")
    wanted = ("classes", "assign", "--route", *TOY_CALL, "--scheme-file", path, "--on", "2027-06-01")
    call = run(*wanted, "--json")
    assert call.code == 0
    (found,) = call.json
    assert (found["class"], found["next_better"]) == ("B", "A")
    assert found["changes"]
    assert all(c["cut"] == pytest.approx((value - bound) / c["value"]) and c["cut"] <= 1 for c in found["changes"])
    assert "A needs" in run(*wanted).out
    refused = run(*wanted, "--long-term", "exclude")
    assert refused.code == 2
    assert "has long-term emissions 'exclude'; the scheme is for 'include'" in refused.err


@pytest.fixture
def two_products(tmp_path: Path) -> Path:
    """Carbonate has AC everywhere; of the hydroxide half the tonnes have none, which is refused."""
    paths = [market_file(tmp_path / f"{form}.csv", 2026, VALUES, form) for form in ("carbonate", "hydroxide")]
    rows = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    cells = [f"{row},{'' if row.startswith('hydroxide') and n % 2 else 0.5 + n}" for n, row in enumerate(rows)]
    path = tmp_path / "two.csv"
    path.write_text("\n".join([f"{HEADER},AC", *cells]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["fit", "compare", "review"])
def test_what_is_refused_is_told_and_the_rest_answered(run: Run, two_products: Path, command: str) -> None:
    more = (two_products, "--old-on", "2027-01-01") if command == "review" else ()
    bootstrap = () if command == "review" else ("--bootstrap", 10)
    call = run("classes", command, two_products, *more, "--category", "AC", "--on", "2027-01-01", *bootstrap, "--json")
    assert call.code == 3
    assert {(entry["pool"]["form"], entry["category"]) for entry in call.json} == {("carbonate", "AC")}
    assert "left out: lithium: lithium hydroxide, hydroxide, AC" in call.err


@pytest.mark.parametrize("command", ["fit", "compare"])
def test_where_all_is_refused_the_file_and_the_product_are_named(run: Run, two_products: Path, command: str) -> None:
    call = run("classes", command, two_products, "--category", "AC", "--on", "2027-01-01", "--form", "hydroxide")
    assert (call.code, call.out) == (2, "")
    assert f"{two_products}: lithium: lithium hydroxide, hydroxide, AC" in call.err


def test_one_product_of_several_is_chosen(run: Run, two_products: Path) -> None:
    for option, text in (("--product", "lithium hydroxide"), ("--form", "hydroxide")):
        call = run("classes", "fit", two_products, "--on", "2027-01-01", "--bootstrap", 0, option, text, "--json")
        assert {entry["pool"]["product"] for entry in call.json} == {"lithium hydroxide"}
    call = run("classes", "fit", two_products, "--on", "2027-01-01", "--grade", "battery")
    assert call.code == 2
    assert "no declaration has grade 'battery'" in call.err


def test_review_prints_the_intervals_of_both_times(run: Run, market: Path, tmp_path: Path) -> None:
    later = market_file(tmp_path / "later.csv", 2029, VALUES)
    call = run("classes", "review", market, later, "--on", "2030-01-01", "--json")
    told = call.json[0]["thresholds"]
    assert set(told["old_intervals"]) == set(told["intervals"]) == set("ABCDEF")
    assert "95% old" in run("classes", "review", market, later, "--on", "2030-01-01").out


def test_import_list_show_withdraw_export(run: Run, market: Path, tmp_path: Path) -> None:
    registry = ("--registry", tmp_path / "all.duckdb")
    assert "10 added" in run("market", "import", market, *registry).err
    assert "0 added, 10 already there" in run("market", "import", market, *registry).err
    assert run("market", "list", *registry, "--json").json == [
        {"material": "lithium", "declarations": 10, "operators": 10, "mass_t": 1000.0}
    ]
    assert run("market", "withdraw", "carbonate0-2026", "--reason", "wrong", *registry).code == 0
    assert len(run("market", "export", *registry).out.splitlines()) == 1 + 9
    assert "wrong" in run("market", "show", "carbonate0-2026", *registry).out


def test_a_registry_can_be_audited(run: Run, market: Path, tmp_path: Path) -> None:
    """Who declared what, from which file, what became of it; ids are named where something is replaced or gone."""
    registry = ("--registry", tmp_path / "all.duckdb")
    assert run("market", "import", market, *registry).code == 0
    assert run("market", "withdraw", "carbonate0-2026", "--reason", "sold twice", *registry).code == 0
    changed = market.read_text(encoding="utf-8").replace(",100,2.0,", ",100,2.5,")
    market.write_text(changed, encoding="utf-8")
    refused = run("market", "import", market, *registry)
    assert (refused.code, "other content: carbonate1-2026;" in refused.err) == (2, True)
    told = run("market", "import", market, *registry, "--supersede").err
    assert "1 added, 9 already there, 1 superseded" in told
    assert "superseded: carbonate1-2026" in told
    assert "withdrawn, and stays so: carbonate0-2026" in told
    listed = run("market", "list", "--declarations", "--material", "lithium", *registry, "--json").json
    assert [(d["declaration_id"], d["operator"], d["state"], d["reason"], d["entries"]) for d in listed[:3]] == [
        ("carbonate0-2026", "Operator 0", "withdrawn", "sold twice", 1),
        ("carbonate1-2026", "Operator 1", "current", "", 2),
        ("carbonate2-2026", "Operator 2", "current", "", 1),
    ]
    shown = run("market", "list", "--declarations", *registry, env={"COLUMNS": "160"}).out
    assert all(word in shown for word in ("carbonate0-2026", "Operator 0", "withdrawn: sold twice"))
    entries = run("market", "show", "carbonate1-2026", *registry).json
    assert [(e["state"], e["declaration"]["operator"], e["declaration"]["CC"]) for e in entries] == [
        ("superseded", "Operator 1", 2.0),
        ("current", "Operator 1", 2.5),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("withdraw", "d1", "--reason", "x", "--registry", "{folder}/none.duckdb"), "no such registry"),
        (("import", "{market}", "--registry", "{folder}/none.txt"), "the name of a registry ends in .duckdb"),
        (("import", "{market}", "--registry", "{folder}/none.duckdb", "--change-operator"), "goes with --supersede"),
        (("list", "--material", "lithium", "--registry", "{folder}/none.duckdb"), "goes with --declarations"),
    ],
)
def test_a_wrong_call_makes_no_registry(
    run: Run, market: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    before = set(tmp_path.iterdir())
    call = run("market", *(a.format(folder=tmp_path, market=market) for a in arguments))
    assert (call.code, call.out) == (2, "")
    assert message in call.err
    assert set(tmp_path.iterdir()) == before


def test_a_modelled_market_stays_a_file(run: Run, market: Path, tmp_path: Path) -> None:
    """An operator that declares under the rule set `modelled` is not published as if nobody stood behind the value."""
    header, *rows = market.read_text(encoding="utf-8").splitlines()
    market.write_text("\n".join([f"{header},ruleset", *(f"{row},modelled" for row in rows)]), encoding="utf-8")
    call = run("market", "import", market, "--registry", tmp_path / "all.duckdb")
    assert (call.code, (tmp_path / "all.duckdb").exists()) == (2, False)
    assert "row 2, column 'ruleset': 'modelled' marks a modelled market, which is no declaration" in call.err


def few(path: Path) -> Path:
    """Eight primary operators at 2 … 9, one secondary at 0.5."""
    rows = [f"p{k},P{k},lithium,lithium carbonate,carbonate,primary,CL,2026-01-01,2026-12-31,100,{k},1.2"
            for k in range(2, 10)]  # fmt: skip
    rows.append("s,S,lithium,lithium carbonate,carbonate,secondary,DE,2026-01-01,2026-12-31,100,0.5,1.2")
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_file_holds_no_scheme_of_few_operators(run: Run, tmp_path: Path) -> None:
    """The secondary operator has class A of the pooled market for itself: without its scheme, no occupancy either.

    On the screen all stands, marked.
    """
    market, out = few(tmp_path / "few.csv"), tmp_path / "out.json"
    fit = ("classes", "fit", market, "--on", "2027-01-01", "--bootstrap", 0)
    call = run(*fit, "--out", out, "--json")
    assert call.code == 0
    assert [(s["system"], s["publishable"], s["occupancy"]["A"]["n"]) for s in call.json] == [
        ("pooled", True, 1),
        ("primary", True, 1),
        ("secondary", False, 1),
    ]
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [(s["system"], s["occupancy"]) for s in written] == [("pooled", {}), ("primary", {})]
    assert "not publishable, left out: lithium: lithium carbonate, carbonate, CC, secondary" in call.err
    assert "published without occupancy: lithium: lithium carbonate, carbonate, CC, pooled" in call.err
    assert run("classes", "assign", market, "--scheme-file", out).code == 0
    assert run(*fit, "--out", out, "--confidential").code == 0
    assert [len(s["occupancy"]) for s in json.loads(out.read_text(encoding="utf-8"))] == [7, 7, 7]


def test_where_nothing_may_be_published_no_file_is_written(run: Run, market: Path, tmp_path: Path) -> None:
    two = market_file(tmp_path / "two.csv", 2026, [1.0, 2.0])
    out, fit = tmp_path / "out.json", ("--on", "2027-01-01", "--bootstrap", 0)
    call = run("classes", "fit", two, *fit, "--out", out)
    assert (call.code, out.exists()) == (2, False)
    assert "--confidential writes all" in call.err
    assert "Not publishable: confidential" in run("classes", "fit", two, *fit).out
    assert run("classes", "fit", market, *fit, "--confidential").code == 2


def test_a_bad_row_refuses_the_file_unless_the_good_are_kept(run: Run, market: Path, tmp_path: Path) -> None:
    market.write_text(market.read_text(encoding="utf-8").replace(",100,2.0,", ",0,2.0,"), encoding="utf-8")
    registry = ("--registry", tmp_path / "all.duckdb")
    call = run("market", "import", market, *registry)
    assert (call.code, (tmp_path / "all.duckdb").exists()) == (2, False)
    assert "row 3, column 'mass_t': 0 is out of range" in call.err
    kept = run("market", "import", market, *registry, "--keep-good")
    assert kept.code == 3
    assert "left out" in kept.err
    assert "9 added" in kept.err
