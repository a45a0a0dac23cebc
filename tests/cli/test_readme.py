"""The README and the docs show what the program prints today; whether that is right is for the other tests."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.cli.conftest import ROOT, Run

PAGES = ("README.md", "docs/conformity.md")
SAMPLES = [
    sample
    for page in PAGES
    for sample in re.findall(
        r"^```console\n\$ footprint ([^\n]+)\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.S
    )
]


@pytest.mark.parametrize(("command", "printed"), SAMPLES, ids=[command for command, _ in SAMPLES])
def test_a_sample_is_what_is_printed(run: Run, command: str, printed: str) -> None:
    call = run(*shlex.split(command))
    assert call.code == 0
    assert call.out.splitlines() == printed.splitlines()


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 2
