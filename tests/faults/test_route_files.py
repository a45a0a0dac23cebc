"""One broken route file per failure: each ends in one message that says where, what and how to mend it.

The first line of a file in `routes/` holds the words its message must have, separated by ` | `; the rest is
`valid.toml` with one fault.
"""

from pathlib import Path

import pytest

import footprint as fp
from footprint.commands.app import run
from tests.conftest import TOY

HERE = Path(__file__).parent
FILES = sorted((HERE / "routes").glob("*.toml"))


def words(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").split(" | ")


def assert_refused(path: Path, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`footprint calc` ends with exit code 2, nothing on stdout, and one message without a traceback."""
    code = run(["calc", str(path), "--background", str(TOY)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert "unexpected" not in err
    for word in expected:
        assert word in err


def test_the_route_that_is_broken_is_valid(toy_background):
    assert fp.calculate(HERE / "valid.toml", background=toy_background)["CC"].value > 0


def test_there_are_faults_enough():
    assert len(FILES) >= 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_message(path, toy_background):
    with pytest.raises(fp.FootprintError) as caught:
        fp.calculate(path, background=toy_background)
    for word in words(path):
        assert word in str(caught.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_message_of_the_command(path, capsys):
    assert_refused(path, [path.name, *words(path)], capsys)
