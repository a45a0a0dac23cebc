"""What is printed where: data on stdout, prose on stderr, 80 columns, colour only where it is wanted."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from footprint.commands import app
from tests.cli.conftest import CODES, TOY, TOY_CALL, Run

Toy = Callable[..., Path]
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
PAGES = [
    ("calc", *TOY_CALL),
    ("calc", *TOY_CALL, "--by", "stage"),
    ("calc", *TOY_CALL, "--by", "process"),
    ("calc", *TOY_CALL, "--by", "flow"),
    ("check", *TOY_CALL),
    ("hotspots", *TOY_CALL),
    ("list", "--no-tier"),
    ("materials",),
    ("materials", "copper"),
    ("explain",),
    ("explain", "delegated-act"),
    ("--help",),
    ("calc", "--help"),
    ("compare", "--help"),
]


@pytest.mark.parametrize("arguments", PAGES, ids=" ".join)
def test_no_line_is_longer_than_80_columns(run: Run, arguments: tuple[str, ...]) -> None:
    call = run(*arguments, env={"COLUMNS": "80"})
    assert call.out
    for line in call.out.splitlines():
        assert len(line) <= 80 or "://" in line
        assert line == line.rstrip()


def test_a_comparison_fits_in_80_columns(run: Run, toy: Toy) -> None:
    routes = [toy(("cobalt/invented", f"cobalt/number-{n}"), name=f"{n}.toml") for n in range(6)]
    for several in (routes[:1], routes[:2], routes):
        call = run("compare", *TOY_CALL, *several, "--by", "process", env={"COLUMNS": "80"})
        assert call.code == 0
        assert max(map(len, call.out.splitlines())) <= 80


def test_every_category_has_a_row(run: Run) -> None:
    first_words = {line.split(" ")[0] for line in run("calc", *TOY_CALL).out.splitlines()}
    assert set(CODES) <= first_words


def test_a_category_without_data_is_not_zero(run: Run, tmp_path: Path) -> None:
    """Nothing in the invented background depletes ozone: 0. Once it says that it holds no data, n/a."""
    background = tmp_path / "background"
    for file in ("background/toy.toml", "electricity/mix.csv", "electricity/parameters.toml", "sources.toml"):
        target = background / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((TOY / file).read_text(encoding="utf-8").replace('["LU"]', '["LU", "OD"]'), encoding="utf-8")
    row = re.compile(r"^OD .* (\S+) kg CFC-11 eq", re.MULTILINE)
    assert row.search(run("calc", *TOY_CALL).out)[1] == "0"  # type: ignore[index]
    assert row.search(run("calc", TOY_CALL[0], "--background", background).out)[1] == "n/a"  # type: ignore[index]


@pytest.mark.parametrize("arguments", [["list", "--no-tier"], ["explain", "delegated-act"]], ids=" ".join)
def test_a_full_disk_is_told_in_one_line(arguments: list[str], monkeypatch, capsys) -> None:
    """`footprint declare STUDY > FILE` where nothing more can be stored: exit code 2, and no fault of the program."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "stdout", Full())
    assert app.run(arguments) == 2
    assert capsys.readouterr().err == f"error: output: {os.strerror(errno.ENOSPC)}\n"


def test_the_table_says_what_the_numbers_are_good_for(run: Run) -> None:
    out = " ".join(run("calc", *TOY_CALL).out.split())
    for words in (
        "no adopted Article 31 delegated act",
        "not EF-compliant",
        "Hotspots",
        "Allocation",
        "Sensitivity",
        "without long-term emissions",
        "without a factor in any category",
        "copper ion",
    ):
        assert words in out


def test_output_to_a_pipe_has_no_escape_codes(run: Run) -> None:
    for arguments in (("check", *TOY_CALL), ("calc", *TOY_CALL), ("list", "--no-tier")):
        assert "\x1b" not in run(*arguments).out


def test_no_color_is_honoured(run: Run) -> None:
    forced = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    assert COLOUR.search(run("check", *TOY_CALL, env=forced).out)
    assert not COLOUR.search(run("check", *TOY_CALL, env=forced | {"NO_COLOR": "1"}).out)


def test_a_data_file_cannot_steer_the_terminal(run: Run, toy: Toy) -> None:
    route = toy(('name = "Invented cobalt"', r'name = "Invented \u001b[2J\u202e [red]cobalt[/red] :smile:"'))
    call = run("calc", route, "--background", TOY)
    assert "\x1b" not in call.out
    assert "\u202e" not in call.out
    assert "[red]cobalt[/red] :smile:" in call.out


def test_a_message_cannot_steer_the_terminal(run: Run) -> None:
    assert "\x1b" not in run("calc", "cobalt/\x1b[2J").err


def test_names_that_the_terminal_cannot_show_do_not_stop_the_answer(run: Run, toy: Toy) -> None:
    route = toy(('name = "Invented cobalt"', 'name = "Invented ☃ 钴"'))
    call = run("calc", route, "--background", TOY, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (call.code, call.err) == (0, "")


def test_json_goes_to_stdout_alone(run: Run) -> None:
    call = run("calc", *TOY_CALL, "--json")
    assert call.err == ""
    assert call.out.startswith("{")
    assert call.out.isascii()


def test_version(run: Run) -> None:
    call = run("--version")
    assert (call.code, call.err) == (0, "")
    assert re.fullmatch(r"crm-footprint \d+\.\d+\.\d+\S*\n", call.out)


def test_without_a_command_help_is_shown(run: Run) -> None:
    call = run()
    assert call.code in (0, 2)
    assert "Commands:" in call.out + call.err


def test_shell_completion_script(run: Run) -> None:
    call = run(env={"_FOOTPRINT_COMPLETE": "source_bash"})
    assert "complete -o default -F _footprint_completion footprint" in call.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("calc --by ", "process"),
        ("calc --long-term ex", "exclude"),
        ("explain delegated-a", "delegated-act"),
        ("list --material cob", "cobalt"),
        ("com", "compare"),
    ],
)
def test_shell_completion(run: Run, words: str, expected: str) -> None:
    line = f"footprint {words}"
    env = {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    assert expected in run(env=env).out.split()


def test_shell_completion_of_route_ids(run: Run) -> None:
    ids = [route["id"] for material in run("list", "--no-tier", "--json").json for route in material["routes"]]
    env = {"_FOOTPRINT_COMPLETE": "complete_bash", "COMP_WORDS": "footprint calc ", "COMP_CWORD": "2"}
    assert sorted(run(env=env).out.split()) == sorted(ids)
