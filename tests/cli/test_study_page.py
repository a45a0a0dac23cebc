"""`docs/study.md` shows what the program prints today, call after call."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

pytest.importorskip("openpyxl")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", (ROOT / "docs/study.md").read_text(encoding="utf-8"), re.M | re.S)
CALL = re.compile(r"^\$ footprint ([^\n]+)\n((?:[^$\n][^\n]*\n|\n)*)", re.M)
CALLS = [call for block in BLOCKS for call in CALL.findall(block)]


def test_the_calls_of_the_page_print_what_it_shows(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs/examples", tmp_path / "docs/examples")
    assert len(CALLS) == 5
    for command, shown in CALLS:
        call = run(*shlex.split(command), cwd=tmp_path)
        printed, wanted = (call.out or call.err).splitlines(), shown.splitlines()
        if wanted[-1] == "…":
            wanted.pop()
            printed = printed[: len(wanted)]
        assert printed == wanted
