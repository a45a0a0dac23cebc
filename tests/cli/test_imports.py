"""What a call loads: the fast path stays free of what it does not need."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import TOY_CALL, Run

#: prints the top-level modules loaded by a call, after its output
PROBE = """
import json, sys
from footprint.commands.app import app
try:
    app(sys.argv[1:], prog_name="footprint", standalone_mode=False)
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""
BRIGHTWAY = {"bw2calc", "bw2data", "bw2io", "bw_processing", "matrix_utils", "stats_arrays"}


def modules(run: Run, *arguments: str) -> set[str]:
    call = run(*arguments, python=("-c", PROBE))
    return set(json.loads(call.err.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("calc", "--help"),
        ("materials", "--help"),
        ("classes", "fit", "--help"),
        ("classes", "draw", "curve", "--help"),
        ("market", "model", "--help"),
        ("--version",),
    ],
    ids=" ".join,
)
def test_help_loads_no_numbers(run: Run, arguments: tuple[str, ...]) -> None:
    assert not modules(run, *arguments) & ({"numpy", "pandas", "scipy", "msgspec", "rich"} | BRIGHTWAY)


@pytest.mark.parametrize(
    "arguments",
    [("calc", *TOY_CALL), ("calc", *TOY_CALL, "--json"), ("check", *TOY_CALL), ("materials", "copper")],
    ids=("calc", "calc --json", "check", "materials"),
)
def test_a_calculation_loads_no_brightway_no_scipy_no_pandas(run: Run, arguments: tuple[str, ...]) -> None:
    loaded = modules(run, *arguments)
    assert "numpy" in loaded
    assert not loaded & ({"pandas", "scipy", "duckdb", "openpyxl"} | BRIGHTWAY)


def test_json_needs_no_tables(run: Run) -> None:
    assert "rich" not in modules(run, "calc", *TOY_CALL, "--json")
