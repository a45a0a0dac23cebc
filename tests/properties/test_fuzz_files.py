"""Mutated route files never end in anything but a result or a FootprintError.

A file is broken the way files break: bytes flipped, lines deleted, doubled or swapped, a value replaced by another
of the wrong kind or size. The seed is fixed, so a failure is found again.
"""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import footprint as fp
from footprint.checks.run import check
from footprint.library.files import RouteFile
from footprint.library.method import load_method
from footprint.library.routes import load_route
from footprint.library.toml import parse_toml
from tests.conftest import TOY

BYTES = (TOY / "routes" / "cobalt" / "toy.toml").read_bytes()
LINES = BYTES.decode("utf-8").splitlines()
#: a value of the file: a text, a number or a list, after an equals sign
VALUE = re.compile(r'(?<== )("[^"]*"|[0-9][0-9.e+-]*|true|\[[^\[\]]*\])')
VALUES = [match.span() for match in VALUE.finditer(BYTES.decode("utf-8"))]
STRANGE = (
    '""',
    '"x"',
    '"1 / 0"',
    '"ore_grade"',
    '"9^9^9"',
    '"min()"',
    '"-(-1)"',
    "0",
    "-1",
    "1e308",
    "1e-320",
    "nan",
    "-inf",
    "true",
    "[]",
    "{}",
    "[[]]",
    "2021-01-01",
    "9999999999999999999999",
    '"../../x"',
    '"background:"',
    '"background:acid"',
    '"refining"',
    '"mining"',
    '"kg"',
    '"m3"',
    '"ground"',
    '"air/urban"',
    '"GLO"',
    '"\\u0000"',
    '"\\U0001F600"',
    "'''\nx\n'''",
    "0x10",
    "",
)
FUZZ = settings(
    max_examples=150,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def flipped(draw: st.DrawFn) -> bytes:
    """A few bytes replaced by any others."""
    data = bytearray(BYTES)
    for _ in range(draw(st.integers(1, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """Lines deleted, doubled or swapped."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(("delete", "double", "swap"))):
            case "delete":
                del lines[first]
            case "double":
                lines.insert(second, lines[first])
            case _:
                lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines).encode("utf-8")


@st.composite
def revalued(draw: st.DrawFn) -> bytes:
    """Values replaced by strange ones, or by values of other places of the file."""
    text = BYTES.decode("utf-8")
    own = [text[first:last] for first, last in VALUES]
    for first, last in sorted(
        draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True)), reverse=True
    ):
        text = text[:first] + draw(st.sampled_from([*STRANGE, *own])) + text[last:]
    return text.encode("utf-8")


@pytest.fixture(scope="module")
def method():
    return load_method("ef-3.1")


def survives(data: bytes, path: Path, background, method) -> None:
    """The file is calculated and checked, or refused with a FootprintError that is short enough to read."""
    path.write_bytes(data)
    try:
        route = load_route(path)
        check(route, background=background, method=method)
        fp.calculate(route, background=background, method=method)
    except fp.FootprintError as refusal:
        message = str(refusal)
    else:
        return
    assert 0 < len(message) < 2000


@FUZZ
@given(data=flipped())
def test_flipped_bytes(data, tmp_path, toy_background, method):
    survives(data, tmp_path / "route.toml", toy_background, method)


@FUZZ
@given(data=rearranged())
def test_rearranged_lines(data, tmp_path, toy_background, method):
    survives(data, tmp_path / "route.toml", toy_background, method)


@FUZZ
@given(data=revalued())
def test_replaced_values(data, tmp_path, toy_background, method):
    survives(data, tmp_path / "route.toml", toy_background, method)


@FUZZ
@given(text=st.text(max_size=200))
def test_any_text(text):
    """Text that nobody meant to be a route."""
    with pytest.raises(fp.FootprintError):
        parse_toml(text, "any.toml", RouteFile)


@FUZZ
@given(data=st.binary(min_size=1, max_size=300))
def test_any_bytes(data, tmp_path):
    path = tmp_path / "any.toml"
    path.write_bytes(data)
    with pytest.raises(fp.FootprintError):
        load_route(path)
