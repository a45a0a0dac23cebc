"""Calls of the command in a process of its own: what a user sees, and what a program relies on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOY = ROOT / "tests" / "toy"
TOY_ROUTE = TOY / "routes" / "cobalt" / "toy.toml"
#: arguments that calculate the invented route with the invented background
TOY_CALL = (str(TOY_ROUTE), "--background", str(TOY))
CODES = ("CC", "OD", "HTC", "HTNC", "PM", "IR", "POF", "AC", "EUT", "EUF", "EUM", "ETF", "LU", "WU", "RUF", "RUM")


@dataclass(frozen=True)
class Call:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON number")


Run = Callable[..., Call]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The caller's environment without what changes output, and with a cache of its own."""
    drop = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CRM_FOOTPRINT_DEBUG", "TERM")
    kept = {key: value for key, value in os.environ.items() if key not in drop}
    folder = tmp_path_factory.mktemp("cache")
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "CRM_FOOTPRINT_CACHE": str(folder), "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="session")
def run(environment: Mapping[str, str]) -> Run:
    def call(
        *arguments: object,
        env: Mapping[str, str] | None = None,
        python: Iterable[str] = ("-m", "footprint"),
        cwd: Path | None = None,
    ) -> Call:
        done = subprocess.run(
            [sys.executable, *python, *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env={**environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            cwd=cwd,
        )
        assert "Traceback" not in done.stderr
        return Call(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def toy(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the invented route with some texts replaced."""

    def make(*changes: tuple[str, str], name: str = "copy.toml") -> Path:
        text = TOY_ROUTE.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make
