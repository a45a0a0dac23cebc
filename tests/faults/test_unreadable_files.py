"""Files that are no text, no table, too large or not there; routes in a circle; studies Annex V refuses."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import footprint as fp
from footprint.checks.run import check
from footprint.commands.app import run
from tests.conftest import TOY

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
VALID = (HERE / "valid.toml").read_text(encoding="utf-8")

CONTENTS = {
    "empty": (b"", "the file is empty"),
    "only-spaces": (b" \n\t\n", "the file is empty"),
    "only-a-comment": (b"# nothing\n", "missing required field"),
    "latin-1": (VALID.replace("A mine", "Ein Bergwerk für Kobalt:").encode("latin-1"), "is not UTF-8"),
    "utf-16": (VALID.encode("utf-16"), "is not UTF-8"),
    "nonsense": (bytes(range(256)) * 40, "is not UTF-8"),
    "a-picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "is not UTF-8"),
    "zero-bytes": (bytes(1000), "not valid TOML"),
    "null-in-text": (VALID.replace("A mine", "A \x00 mine").encode(), "not valid TOML"),
    "json": (b'{"schema": 1}', "not valid TOML"),
    "spreadsheet": (b"PK\x03\x04" + bytes(range(128, 256)), "is not UTF-8"),
    "deep-lists": (b"a = " + b"[" * 100_000, "not valid TOML: nested too deep"),
    "deep-tables": (b"a = " + b"{a=" * 100_000, "not valid TOML: nested too deep"),
    "deep-but-closed": (
        b"schema = 1\nnotes = " + b"[" * 150 + b"]" * 150,
        "notes: text in quotes is needed, not a list",
    ),
    "deep-names": (b"[" + b".".join([b"a"] * 5000) + b"]\n", ""),
    "endless-line": (b'name = "' + b"x" * 1_000_000 + b'"', "route.toml"),
    "huge-number": (VALID.replace("amount = 0.01", "amount = 1" + "0" * 5000).encode(), "route.toml"),
}


@pytest.fixture
def refused(tmp_path, capsys):
    """Calls the API and the command with a path; both say the words, and the command nothing else."""

    def call(path: Path | str, words: str, background: Path | str = TOY) -> None:
        with pytest.raises(fp.FootprintError) as caught:
            fp.calculate(path, background=background)
        assert words in str(caught.value)
        assert len(str(caught.value)) < 2000
        code = run(["calc", str(path), "--background", str(background)])
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert "Traceback" not in err
        assert "unexpected" not in err
        assert words in err

    return call


@pytest.mark.parametrize("name", CONTENTS)
def test_contents(name, tmp_path, refused):
    content, words = CONTENTS[name]
    path = tmp_path / "route.toml"
    path.write_bytes(content)
    refused(path, words)


def test_100_megabytes_of_nonsense(tmp_path, refused):
    """Refused by its size before a byte of it is read."""
    path = tmp_path / "route.toml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    refused(path, "104,857,600 bytes; a data file has at most 8,388,608")


def test_no_such_file(tmp_path, refused):
    refused(tmp_path / "nothing.toml", "nothing.toml: no such file")


def test_a_folder_is_no_file(tmp_path, refused):
    (tmp_path / "route.toml").mkdir()
    refused(tmp_path / "route.toml", "is a folder; a file is needed")


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="needs a file that may not be read",
)
def test_a_file_that_may_not_be_read(tmp_path, refused):
    path = tmp_path / "route.toml"
    path.write_text(VALID, encoding="utf-8")
    path.chmod(0)
    refused(path, "cannot be read")


def test_a_byte_order_mark_is_no_fault(tmp_path, toy_background):
    path = tmp_path / "route.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())
    assert fp.calculate(path, background=toy_background)["CC"].value > 0


def test_a_route_without_background_is_calculated(tmp_path, toy_background):
    """Nothing but the ground and the air: 0.01 kg NOx at 0.74 mol H+ eq."""
    lines = [line for line in VALID.splitlines() if "background:" not in line and "electricity:" not in line]
    path = tmp_path / "route.toml"
    path.write_text("\n".join(lines).replace(', legs = [ { by = "lorry", distance = 200 } ]', ""), encoding="utf-8")
    assert fp.calculate(path, background=toy_background)["AC"].value == pytest.approx(0.0074)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cobalt/nothing", "route 'cobalt/nothing' is not known"),
        ("", "route '' is not known"),
        ("../../etc/passwd", "is not known"),
        ("cobalt/x\x00", "is not known"),
        ("x" * 1500, "is not known"),
        ("{}/valid.toml@chine", "variant 'chine' is not known; did you mean 'china'?"),
        ("{}/valid.toml#cobalt/falt", "declares no 'cobalt/falt'; did you mean 'cobalt/fault'?"),
        ("nul\x00.toml", "is no name of a file"),
        ("x" * 1500 + ".toml", "cannot be read"),
    ],
)
def test_names_of_routes(name, words, refused):
    refused(name.replace("{}", str(HERE)), words)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"method": "ef-3.2"}, "method 'ef-3.2' is not known; did you mean 'ef-3.1'?"),
        ({"background": "opne"}, "background 'opne' is not known"),
        ({"electricity": "grid"}, "electricity 'grid' is not known"),
        ({"engine": "kernal"}, "engine 'kernal' is not known; did you mean 'kernel'?"),
        ({"long_term": "includes"}, "long-term 'includes' is not known; did you mean 'include'?"),
        ({"overrides": {"grad": 0.1}}, "parameter 'grad' is not known; did you mean 'grade'?"),
        ({"overrides": {"grade": float("nan")}}, "finite"),
        ({"overrides": {"grade": -1.0}}, "process 'mining'"),
        ({"overrides": {"grade": 0.0}}, "has no value"),
    ],
)
def test_arguments(keys, words, toy_background):
    with pytest.raises(fp.FootprintError) as caught:
        fp.calculate(HERE / "valid.toml", **{"background": toy_background, **keys})
    assert words in str(caught.value)


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A data folder with two routes: `a` takes the given amount of `b`, and `b` of `a`."""
    root = Path(shutil.copytree(TOY, tmp_path / "data"))
    shutil.rmtree(root / "routes")
    (root / "routes" / "cobalt").mkdir(parents=True)
    monkeypatch.setattr("footprint.library.routes.datasets_folder", lambda: root)

    def write(amount: float) -> None:
        for own, other in (("a", "b"), ("b", "a")):
            text = VALID.replace('"cobalt/fault"', f'"cobalt/{own}"').replace(
                'from = "background:acid", amount = 2.0', f'from = "route:cobalt/{other}", amount = {amount}'
            )
            (root / "routes" / "cobalt" / f"{own}.toml").write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize(
    ("amount", "words"), [(1.0, "loop"), (2.0, "a loop takes more of its own product than it makes")]
)
def test_circular_routes_without_net_product(shipped, toy_background, amount, words):
    shipped(amount)
    with pytest.raises(fp.FootprintError) as caught:
        fp.calculate("cobalt/a", background=toy_background)
    assert words in str(caught.value)
    assert "cobalt/a" in str(caught.value)


def test_circular_routes_with_a_net_product_are_a_loop_like_any_other(shipped, toy_background):
    """a = own + 0.5 b and b = own + 0.5 a, equal otherwise: a = own / (1 - 0.5)."""
    shipped(0.0)
    own = fp.calculate("cobalt/a", background=toy_background)["AC"].value
    shipped(0.5)
    assert fp.calculate("cobalt/a", background=toy_background)["AC"].value == pytest.approx(2 * own)


def test_a_file_in_one_folder_may_not_name_one_outside(tmp_path, refused):
    """A link that leads out is out."""
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "inside.json").symlink_to(tmp_path / "secret.json")
    path = folder / "route.toml"
    path.write_text(VALID.replace("background:acid", "declaration:inside.json"), encoding="utf-8")
    refused(path, "leads out of")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (('stage = "refining"', 'stage = "refining"\nannex_v = ["refining", "smeltting"]'), "boundary.unknown-item"),
        (('stage = "refining"', 'stage = "refining"\nannex_v = ["use-phase"]'), "boundary.excluded-phase"),
        (('id = "mining"', 'id = "end-of-life"'), "boundary.excluded-phase"),
        (
            (
                "[variant.china]",
                '[boundary]\nstorage = { status = "cut-off", reason = "small", mass = 0.0301 }\n[variant.china]',
            ),
            "cutoff.limit",
        ),
        (
            ('source = "here"\nproduct = [ { flow = "cobalt metal"', 'product = [ { flow = "cobalt metal"'),
            "provenance.no-source",
        ),
    ],
)
def test_what_annex_v_refuses_is_a_finding(change, rule, tmp_path, toy_background):
    """Not an error of the file: it is calculated, and `check` says no."""
    text = VALID.replace(*change)
    text = text.replace('from = "mining"', 'from = "end-of-life"') if "end-of-life" in text else text
    path = tmp_path / "route.toml"
    path.write_text(text, encoding="utf-8")
    assert fp.calculate(path, background=toy_background)["CC"].value > 0
    assert rule in {f.rule for f in check(path, background=toy_background) if f.severity == "error"}


def test_the_program_itself():
    """A new process: exit code 2, nothing on stdout, one line on stderr."""
    path = HERE / "routes" / "unknown-unit.toml"
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "calc", str(path), "--background", str(TOY)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"error: {path}, process 'refining', exchange 2 (acid): unit 'kgs' is not known; did you mean 'kg'?"
    ]
