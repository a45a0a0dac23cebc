"""Every requirement of Article 31 and Annex V is answered by a test that is there and runs, or by a reason."""

import ast
from functools import cache
from pathlib import Path

import pytest

from benchmarks.requirements import markdown
from footprint.errors import InputError
from footprint.library.paths import methods_folder
from footprint.rules.requirements import load_requirements

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = load_requirements(methods_folder() / "crma")
NAMED = sorted({test for requirement in REQUIREMENTS for test in requirement.tests})
PAGE = ROOT / "docs" / "requirements.md"
#: files of tests that are not in this tree yet; a line goes as soon as its file is there
AWAITED = frozenset(
    {
        "tests/unit/test_declaration.py",
        "tests/integration/test_dossier.py",
    }
)


@cache
def running(path: Path) -> frozenset[str]:
    """The test functions of a file that nothing skips or expects to fail."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return frozenset(
        f.name for f in functions if not any("skip" in d or "xfail" in d for d in map(ast.unparse, f.decorator_list))
    )


def test_the_forty_requirements_are_in_order():
    assert [requirement.id for requirement in REQUIREMENTS] == [f"R{n}" for n in range(1, 41)]


def test_no_row_is_empty():
    for requirement in REQUIREMENTS:
        assert all((requirement.clause, requirement.force, requirement.text, requirement.shown)), requirement.id
        assert requirement.tests or requirement.why, requirement.id


@pytest.mark.parametrize("named", [name for name in NAMED if name.partition("::")[0] not in AWAITED])
def test_a_named_test_is_there_and_runs(named):
    file, _, function = named.partition("::")
    assert function in running(ROOT / file)


@pytest.mark.parametrize("file", sorted(AWAITED))
def test_a_file_that_is_there_is_no_longer_awaited(file):
    """So that a test that is renamed later is missed."""
    assert not (ROOT / file).exists(), f"take {file} out of AWAITED"


def test_the_page_is_what_the_script_writes_now():
    again = "write it again: python -m benchmarks.requirements > docs/requirements.md"
    assert PAGE.read_text(encoding="utf-8") == markdown() + "\n", again


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('addressee = "all"', 'addressee = "al"', "addressee 'al' is not known; did you mean 'all'"),
        ('status = "assumption"', 'status = "assumed"', "status 'assumed' is not known"),
        ('tests = ["tests/a.py::test_b"]', "", "has neither a test that shows it nor a reason"),
        ('clause = "V.1"\n', "", "the key 'clause' is missing"),
        ('id = "R2"', 'id = "R1"', "the requirement 'R1' is given twice"),
    ],
)
def test_a_broken_file_is_named_with_the_place(tmp_path, old, new, message):
    block = """[[requirement]]
id = "%s"
clause = "V.1"
force = "shall"
text = "Something"
addressee = "all"
status = "assumption"
shown = "somehow"
tests = ["tests/a.py::test_b"]
"""
    text = "schema = 1\n" + block % "R1" + block % "R2"
    assert old in text
    (tmp_path / "requirements.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_requirements(tmp_path)
    assert message in str(caught.value)
    assert "requirements.toml" in str(caught.value)
