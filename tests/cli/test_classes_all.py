"""`classes fit --all`: a folder that is whole or not there, the same for any number of workers, with what moved."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from footprint.commands import app as application
from footprint.market import recalculation
from footprint.market.stored import Stored
from footprint.report.spreadsheet import csv_text
from tests.cli.conftest import Run
from tests.faults.test_market_files import market_file

pytest.importorskip("duckdb")
ON = ("--on", "2027-01-01")
HEADER = "declaration_id,operator,material,product,form,system,country,period_from,period_to,mass_t,CC"
CREDIT = "c1,Acme,cobalt,cobalt sulfate,sulfate,primary,CD,2025-01-01,2025-12-31,100,-5"
OLD = "n1,Acme,nickel,nickel sulfate,sulfate,primary,ID,2020-01-01,2020-12-31,100,5"


def lithium(values: list[float], form: str = "carbonate") -> list[str]:
    """One operator and 100 t for each value."""
    return [
        f"{form}{k},operator {k},lithium,lithium {form},{form},primary,CL,2025-01-01,2025-12-31,100,{value}"
        for k, value in enumerate(values)
    ]


TEN = [float(k) for k in range(1, 11)]


def folder_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def market(tmp_path: Path) -> Path:
    return market_file(tmp_path, *lithium(TEN), *lithium(TEN, "hydroxide"), CREDIT, OLD, header=HEADER)


def fit_all(market: Path, out: Path, *more: object) -> int:
    return application.run(["classes", "fit", "--all", str(market), *ON, "--out", str(out), *map(str, more)])


def test_thresholds_of_every_pool(market: Path, tmp_path: Path) -> None:
    """1 … 10 between 1 and 10 with the ratio 10^(1/5); one of ten in A, and the last class has no upper bound."""
    assert fit_all(market, tmp_path / "out") == 0
    rows = table(tmp_path / "out" / "thresholds.csv")
    assert [(row["form"], row["class"]) for row in rows] == [
        (f, c) for f in ("carbonate", "hydroxide") for c in "ABCDEF"
    ]
    assert [float(row["up_to"]) for row in rows[:6]] == [1.0, 1.58, 2.51, 3.98, 6.31, 10.0]
    assert all(float(row["interval_low"]) <= float(row["up_to"]) <= float(row["interval_high"]) for row in rows)
    shares = [float(row["mass_share"]) for row in table(tmp_path / "out" / "occupancy.csv")[:7]]
    assert shares == pytest.approx([0.1, 0.0, 0.1, 0.1, 0.3, 0.4, 0.0])


def test_what_has_no_thresholds_is_listed(market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit_all(market, tmp_path / "out") == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [(s["pool"]["material"], s["rule"]) for s in summary["skipped"]] == [
        ("cobalt", "no-positive-value"),
        ("nickel", "nothing-in-window"),
    ]
    assert (summary["pools"], summary["schemes"]) == (4, 2)
    told = capsys.readouterr().err
    assert "nickel: nickel sulfate, sulfate, pooled: nothing was placed on the market from 2024-01-01" in told
    assert "cobalt: cobalt sulfate" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")


def test_workers_and_registry_change_no_byte(market: Path, tmp_path: Path, run: Run) -> None:
    pytest.importorskip("joblib")
    registry = tmp_path / "market.duckdb"
    assert run("market", "import", market, "--registry", registry).code == 0
    for name, more in (("one", ()), ("two", ("--workers", 2))):
        assert run("classes", "fit", "--all", registry, *ON, "--out", tmp_path / name, *more).code == 0
    assert folder_of(tmp_path / "one") == folder_of(tmp_path / "two")
    assert fit_all(market, tmp_path / "file") == 0
    assert (tmp_path / "file" / "schemes.json").read_bytes() == (tmp_path / "one" / "schemes.json").read_bytes()


def test_what_moved_since_an_earlier_folder(market: Path, tmp_path: Path) -> None:
    """Carbonate 4 falls from 5 (E, up to 6.31) to 3 (D, up to 3.98); 1 and 10 stay, so that thresholds do."""
    assert fit_all(market, tmp_path / "old") == 0
    changed = market_file(tmp_path, *lithium([1, 2, 3, 4, 3, 6, 7, 8, 9, 10]), header=HEADER)
    assert fit_all(changed, tmp_path / "new", "--previous", tmp_path / "old") == 0
    moves = table(tmp_path / "new" / "moves.csv")
    assert [(m["declaration_id"], m["from"], m["to"], m["reasons"]) for m in moves] == [("carbonate4", "E", "D", "own")]
    migration = {(m["from"], m["to"]): int(m["declarations"]) for m in table(tmp_path / "new" / "migration.csv")}
    assert {pair: n for pair, n in migration.items() if n} == {
        ("A", "A"): 1, ("C", "C"): 1, ("D", "D"): 1, ("E", "D"): 1, ("E", "E"): 2, ("F", "F"): 4,
    }  # fmt: skip


def test_an_earlier_file_of_schemes_goes_with_its_market(market: Path, tmp_path: Path) -> None:
    assert fit_all(market, tmp_path / "old") == 0
    schemes = tmp_path / "old" / "schemes.json"
    assert fit_all(market, tmp_path / "without", "--previous", schemes) == 2
    assert fit_all(market, tmp_path / "new", "--previous", schemes, "--previous-market", market) == 0
    assert table(tmp_path / "new" / "moves.csv") == []


def failing(monkeypatch: pytest.MonkeyPatch, *materials: str) -> None:
    whole = recalculation.fit_pool

    def fit(pool: Any, *rest: Any) -> Any:
        if pool.material in materials:
            raise OverflowError("too large")
        return whole(pool, *rest)

    monkeypatch.setattr(recalculation, "fit_pool", fit)


def test_a_pool_that_fails_does_not_end_the_batch(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, "cobalt")
    assert fit_all(market, tmp_path / "out") == 3
    assert len(table(tmp_path / "out" / "thresholds.csv")) == 12
    assert "1 of 4 failed: cobalt: cobalt sulfate" in capsys.readouterr().err


def test_where_nothing_could_be_fitted_nothing_is_written(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "lithium", "cobalt", "nickel")
    assert fit_all(market, tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def test_a_folder_is_there_whole_or_not_at_all(market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Stored, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Stored, "save", full)
    before = set(tmp_path.iterdir())
    assert fit_all(market, tmp_path / "out") == 2
    assert set(tmp_path.iterdir()) == before


def test_a_folder_with_something_in_it_is_left_alone(market: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert fit_all(market, out) == 0
    before = folder_of(out)
    assert fit_all(market, out) == 2
    assert folder_of(out) == before


def test_few_operators_are_in_the_tables_if_asked_for(tmp_path: Path) -> None:
    market = market_file(tmp_path, *lithium([1.0, 2.0]), header=HEADER)
    assert fit_all(market, tmp_path / "public") == 0
    assert table(tmp_path / "public" / "thresholds.csv") == []
    assert fit_all(market, tmp_path / "all", "--confidential") == 0
    assert {row["publishable"] for row in table(tmp_path / "all" / "thresholds.csv")} == {"no"}
    assert [len(schemes_in(tmp_path / name)) for name in ("public", "all")] == [0, 1]
    readme = (tmp_path / "public" / "README.txt").read_text(encoding="utf-8")
    assert "left out: lithium: lithium carbonate, carbonate, CC, pooled" in readme


def schemes_in(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "schemes.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def with_secondary(folder: Path, *values: float) -> Path:
    """Ten primary operators at 1 … 10, and a secondary one for each value."""
    rows = [
        row.replace("primary", "secondary").replace("carbonate", "s", 1).replace("operator", "recycler")
        for row in lithium(list(values))
    ]
    return market_file(folder, *lithium(TEN), *rows, header=HEADER)


def test_what_pooled_and_primary_hold_does_not_tell_of_the_only_recycler(tmp_path: Path) -> None:
    """0.5 alone is class A of the eleven: its bound is Q05 = 0.5. Its part withheld, no occupancy is published."""
    market = with_secondary(tmp_path, 0.5)
    assert fit_all(market, tmp_path / "public") == 0
    assert table(tmp_path / "public" / "occupancy.csv") == []
    assert [(s["system"], s["occupancy"]) for s in schemes_in(tmp_path / "public")] == [("pooled", {}), ("primary", {})]
    assert {row["system"] for row in table(tmp_path / "public" / "thresholds.csv")} == {"pooled", "primary"}
    assert "add up to the pooled market" in (tmp_path / "public" / "README.txt").read_text(encoding="utf-8")
    assert fit_all(market, tmp_path / "all", "--confidential") == 0
    first = table(tmp_path / "all" / "occupancy.csv")[0]
    assert (first["system"], first["class"], first["declarations"]) == ("pooled", "A", "1")


def test_occupancy_is_published_where_every_system_is(tmp_path: Path) -> None:
    assert fit_all(with_secondary(tmp_path, 0.5, 0.6, 0.7), tmp_path / "out") == 0
    systems = {row["system"] for row in table(tmp_path / "out" / "occupancy.csv")}
    assert systems == {"pooled", "primary", "secondary"}


def test_a_system_without_thresholds_is_not_told_by_difference_either(tmp_path: Path) -> None:
    """A credit has no logarithm, so the recycler has no scheme; pooled counts it in class A, primary does not."""
    assert fit_all(with_secondary(tmp_path, -5), tmp_path / "out") == 0
    assert [(s["system"], s["n"]) for s in schemes_in(tmp_path / "out")] == [("pooled", 11), ("primary", 10)]
    assert table(tmp_path / "out" / "occupancy.csv") == []


def test_migration_is_published_where_occupancy_is_both_times(tmp_path: Path) -> None:
    """One recycler at first, three later: from what class the one came is not told, unless asked for."""
    early, late = with_secondary(tmp_path, 0.5).rename(tmp_path / "early.csv"), with_secondary(tmp_path, 0.5, 0.6, 0.7)
    for name, more in (("public", ()), ("all", ("--confidential",))):
        assert fit_all(early, tmp_path / f"{name}-old", *more) == 0
        assert fit_all(late, tmp_path / name, "--previous", tmp_path / f"{name}-old", *more) == 0
    assert table(tmp_path / "public" / "migration.csv") == []
    systems = {row["system"] for row in table(tmp_path / "all" / "migration.csv")}
    assert systems == {"pooled", "primary", "secondary"}


def test_no_cell_is_a_formula() -> None:
    """A text that a spreadsheet would compute stands behind an apostrophe; a number stays a number."""
    assert csv_text(("a", "b"), [("=1+1", -0.5), ("+cmd|' /C calc'!A0", 1e-9), ("-x", None), ("@y", 2)]) == (
        "a,b\n'=1+1,-0.5\n'+cmd|' /C calc'!A0,1e-09\n'-x,\n'@y,2\n"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "cannot be read as declarations"), (b"PAR1 and nothing else", "cannot be read as declarations")],
)
def test_an_earlier_folder_that_is_damaged(
    market: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    assert fit_all(market, tmp_path / "old") == 0
    (tmp_path / "old" / "declarations.parquet").write_bytes(content)
    assert fit_all(market, tmp_path / "new", "--previous", tmp_path / "old") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("more", [("--material", "lithium"), ("--category", "CC"), ("--benchmark", "5")])
def test_all_goes_without_a_choice(market: Path, tmp_path: Path, more: tuple[str, str]) -> None:
    assert fit_all(market, tmp_path / "out", *more) == 2


def test_without_a_folder_nothing_is_done(market: Path) -> None:
    assert application.run(["classes", "fit", "--all", str(market), *ON]) == 2


def test_a_single_category_on_screening_data_is_refused(tmp_path: Path, run: Run) -> None:
    header = f"{HEADER},LU,screening_LU"
    market = market_file(tmp_path, *(f"{row},5,0.5" for row in lithium(TEN)), header=header)
    call = run("classes", "fit", market, *ON, "--category", "LU")
    assert (call.code, call.out) == (2, "")
    assert "50% of LU rests on screening data; at most 20% may" in call.err
    every = run("classes", "fit", market, *ON, "--exploratory", "--json")
    assert [scheme["category"] for scheme in every.json] == ["CC"]
    assert "LU, pooled: 50% of LU rests on screening data" in every.err
