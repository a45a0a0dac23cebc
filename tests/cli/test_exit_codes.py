"""0 done, 1 the answer is no, 2 the call or an input is wrong, 3 a batch finished in part; never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from footprint.commands import app as application
from tests.cli.conftest import TOY, TOY_CALL, Run

ITEMS = (
    "own-transport",
    "concentrate-production",
    "metal-extraction",
    "smelting",
    "conversion",
    "slag-cleaning",
    "electrolysis",
    "casting-packaging",
    "spent-material-slag-treatment",
    "auxiliaries",
    "concentration",
)
#: the invented route with every Annex V item answered for and its metal balance closed: no error is left
MENDED = (
    (
        "storage = {",
        "".join(f'{item} = {{ status = "not-relevant", reason = "invented" }}\n' for item in ITEMS) + "storage = {",
    ),
    ('"1.25 / ore_grade"', '"0.8 / ore_grade"'),
)
Toy = Callable[..., Path]


@pytest.mark.parametrize("command", ["calc", "hotspots"])
def test_a_calculation_exits_0(run: Run, command: str) -> None:
    call = run(command, *TOY_CALL)
    assert (call.code, call.err) == (0, "")
    assert call.out


def test_check_exits_1_when_a_finding_is_an_error(run: Run) -> None:
    call = run("check", *TOY_CALL, "--json")
    assert call.code == 1
    assert "error" in {finding["severity"] for finding in call.json["findings"]}


def test_check_exits_0_when_no_finding_is_an_error(run: Run, toy: Toy) -> None:
    call = run("check", toy(*MENDED), "--background", TOY, "--json")
    assert "error" not in {finding["severity"] for finding in call.json["findings"]}
    assert call.code == 0


def test_a_route_that_cannot_be_calculated_is_an_error_among_its_findings(run: Run, toy: Toy) -> None:
    """A refinery that eats more of its product than it makes has no meaningful footprint."""
    route = toy(('from = "refining", amount = 0.2', 'from = "refining", amount = 1.5'))
    assert run("calc", route, "--background", TOY).code == 2
    call = run("check", route, "--background", TOY, "--json")
    assert call.code == 1
    assert "calculation.failed" in {finding["rule"] for finding in call.json["findings"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("calc", "cobalt/nothing"), ("cobalt/nothing", "footprint list")),
        (("calc", "missing.toml"), ("missing.toml", "no such file")),
        (("calc",), ("no route given",)),
        (("calc", "a", "--all"), ("--all",)),
        (("calc", *TOY_CALL, "--by", "flows"), ("--by 'flows'", "did you mean 'flow'?", "stage, process, flow")),
        (("calc", *TOY_CALL, "--electricity", "residul"), ("residul", "did you mean 'residual'?")),
        (("calc", *TOY_CALL, "--engine", "fast"), ("engine 'fast'", "kernel, brightway")),
        (("calc", *TOY_CALL, "--long-term", "no"), ("long-term 'no'", "include, exclude")),
        (("calc", *TOY_CALL, "--method", "ef-3.0"), ("ef-3.0", "did you mean 'ef-3.1'?")),
        (("calc", TOY_CALL[0], "--background", "ecoinvent"), ("ecoinvent", "open")),
        (("calc", *TOY_CALL, "--set", "ore_grade"), ("NAME=VALUE",)),
        (("calc", *TOY_CALL, "--set", "ore_grad=0.01"), ("ore_grad", "did you mean 'ore_grade'?")),
        (("calc", *TOY_CALL, "--set", "ore_grade=2%"), ("'ore_grade'", "2%")),
        (("calc", *TOY_CALL, "--set", "ore_grade=nan"), ("'ore_grade'", "not a finite number")),
        (("calc", *TOY_CALL, "--set", "ore_grade=inf"), ("'ore_grade'", "not a finite number")),
        (("calc", *TOY_CALL, "--set", "ore_grade=1", "--set", "ore_grade=2"), ("'ore_grade'", "twice")),
        (("calc", *TOY_CALL, "--jsn"), ("--jsn", "--help")),
        (("clac",), ("clac",)),
        (("hotspots",), ("ROUTE",)),
        (("compare", "cobalt/one"), ("two or more",)),
        (("list", "--material", "cobold"), ("cobold", "did you mean 'cobalt'?")),
        (("explain", "delegated-akt"), ("delegated-akt", "did you mean 'delegated-act'?")),
        (("explain", "delegated-act", "--on", "tomorrow"), ("tomorrow", "2027-01-01")),
        (("explain", "delegated-act", "--on", "1999-01-01"), ("1999-01-01",)),
    ],
)
def test_a_wrong_call_exits_2_with_one_clear_message(
    run: Run, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    call = run(*arguments)
    assert call.code == 2
    assert call.out == ""
    assert call.err.count("error:") == 1
    for word in words:
        assert word in call.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('unit = "kWh"', 'unit = "kwh"'), ("copy.toml", "'mining'", "kwh", "did you mean 'kWh'?")),
        (("schema = 1", "schema = 1\nsurprise = 2"), ("copy.toml", "surprise")),
        (("amount = 10.0", "amount = -10.0"), ("copy.toml", "'mining'", "exchange 3", "amount")),
        (('from = "mining"', 'from = "minning"'), ("minning", "mining")),
        (("amount = 10.0", 'amount = "ore_grade / 0"'), ("copy.toml", "'mining'")),
        (("[[declared]]", "[[declared"), ("copy.toml", "not valid TOML")),
    ],
)
def test_a_wrong_file_exits_2_and_names_file_and_place(
    run: Run, toy: Toy, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    call = run("calc", toy(change), "--background", TOY)
    assert (call.code, call.out) == (2, "")
    for word in words:
        assert word in call.err


def test_a_batch_that_fails_in_part_exits_3_and_lists_what_failed(run: Run, toy: Toy) -> None:
    broken = toy(('unit = "kWh"', 'unit = "kwh"'))
    call = run("calc", *TOY_CALL, broken, "--json")
    assert call.code == 3
    assert [result["route"] for result in call.json] == ["cobalt/invented"]
    assert f"1 of 2 failed: {broken}" in call.err


def test_a_batch_that_fails_as_a_whole_exits_2(run: Run, toy: Toy) -> None:
    broken = [toy(('unit = "kWh"', 'unit = "kwh"'), name=name) for name in ("one.toml", "two.toml")]
    call = run("calc", *broken, "--background", TOY, "--json")
    assert (call.code, call.out) == (2, "")
    assert "2 of 2 failed" in call.err


def test_compare_needs_every_route(run: Run, toy: Toy) -> None:
    call = run("compare", *TOY_CALL, toy(('unit = "kWh"', 'unit = "kwh"')))
    assert (call.code, call.out) == (2, "")


def test_a_fault_is_one_line_that_asks_to_report_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("footprint.commands.calc.chosen_routes", _fail(RuntimeError("boom")))
    assert application.run(["calc", "any"]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.splitlines() == [
        "error: unexpected RuntimeError: boom. Please report it; --debug shows where it happened"
    ]


def test_debug_shows_where_a_fault_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_FOOTPRINT_DEBUG", "1")
    monkeypatch.setattr("footprint.commands.calc.chosen_routes", _fail(RuntimeError("boom")))
    with pytest.raises(RuntimeError, match="boom"):
        application.run(["calc", "any"])


def test_an_interruption_exits_130_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("footprint.commands.calc.chosen_routes", _fail(KeyboardInterrupt()))
    assert application.run(["calc", "any"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE")
@pytest.mark.parametrize("arguments", [("explain",), ("explain", "--json"), ("calc", *TOY_CALL)])
def test_a_reader_that_leaves_is_no_error(environment: Mapping[str, str], arguments: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "footprint", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (141, b"")


def _fail(error: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_missing_provider_is_named_with_its_place_once(run: Run, toy: Toy) -> None:
    path = toy(("background:acid", "background:acit"))
    call = run("calc", path, "--background", TOY)
    assert call.code == 2
    assert call.err.count(str(path)) == 1
    assert "'acit' is not in the background" in call.err
