"""The worked examples of docs/examples: all they show is run in order, and prints what the page says it prints.

A line `…` of a page stands for any lines, and within a line for any text. What one page shows shares a folder, which
holds the study of the invented company.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

EXAMPLES = ROOT / "docs" / "examples"
PAGES = sorted(EXAMPLES.glob("*.md"))
STUDY = EXAMPLES / "copper-refinery" / "study.toml"
ANYTHING = "…"


def steps(page: Path) -> list[tuple[list[str], int, list[str]]]:
    """(arguments, exit code, lines printed) of each command; ` # exit N` after a command says its code."""
    found: list[tuple[list[str], int, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                command, _, code = line.removeprefix("$ footprint ").partition("  # exit ")
                found.append((shlex.split(command), int(code or 0), []))
            else:
                found[-1][2].append(line.rstrip())
    return found


def matches(printed: list[str], wanted: list[str]) -> bool:
    """Whether lines are those of a page, where `…` stands for any lines, or for any text within one."""
    pattern = "".join(
        r"(?:.*\n)*" if line == ANYTHING else ".*".join(map(re.escape, line.split(ANYTHING))) + r"\n" for line in wanted
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_worked_example_runs_and_prints_what_it_shows(run: Run, tmp_path: Path, page: Path) -> None:
    shutil.copy(STUDY, tmp_path)
    for arguments, code, wanted in steps(page):
        call = run(*arguments, cwd=tmp_path)
        said = [line.rstrip() for line in (call.out + call.err).splitlines()]
        shown = "\n".join(said)
        assert call.code == code, f"{arguments}:\n{shown}"
        assert not wanted or matches(said, wanted), f"{arguments} prints:\n{shown}"
    for program in re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S):
        done = run(cwd=tmp_path, python=("-c", program))
        assert done.code == 0, done.err


def test_there_is_an_example_for_each_role() -> None:
    assert {page.stem for page in PAGES} >= {"producer", "consultant", "verifier"}


def test_a_line_that_is_not_printed_is_found() -> None:
    assert matches(["a", "b", "c"], ["a", "…", "c"])
    assert matches(["a", "b"], ["…", "b", "…"])
    assert not matches(["a", "b", "c"], ["a", "…", "d"])
    assert not matches(["a", "b"], ["a"])
    assert matches(["a 12 b"], ["a … b"])
    assert not matches(["a 12 b"], ["a … c"])
