"""docs/materials agrees with what is calculated now: same pages and words, numbers within 2 %."""

import re
from pathlib import Path

import pytest

from footprint.commands.choices import Choices
from footprint.commands.materials import ON_A_PAGE, known_materials, overview, view
from footprint.report.document import Figure, markdown
from footprint.report.material.page import material_document
from footprint.report.overview import overview_document

PAGES = Path(__file__).resolve().parents[2] / "docs" / "materials"
AGAIN = "write it again: footprint materials --all --out docs/materials"
NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.-])")


@pytest.fixture(scope="module")
def settings():
    return Choices().settings()


def agree(stored: str, fresh: str, where: str) -> None:
    """The same text; each number of it within 2 %, or one in the last of few digits."""
    assert NUMBER.sub("#", stored) == NUMBER.sub("#", fresh), f"{where}: {AGAIN}"
    for then, now in zip(NUMBER.findall(stored), NUMBER.findall(fresh), strict=True):
        assert float(then) == pytest.approx(float(now), rel=0.02, abs=1.01 if then.isdigit() else 0), (
            f"{where}: {AGAIN}"
        )


@pytest.mark.parametrize("ident", list(known_materials()))
def test_the_page_of_a_material_is_what_the_command_writes_now(ident, settings):
    document = material_document(view(ident, settings), abreast=ON_A_PAGE)
    agree((PAGES / f"{ident}.md").read_text(encoding="utf-8"), markdown(document, "pictures/"), ident)
    for block in document:
        if isinstance(block, Figure):
            assert (PAGES / "pictures" / f"{block.name}.svg").is_file(), f"{block.name}: {AGAIN}"


def test_the_overview_is_what_the_command_writes_now():
    agree((PAGES / "README.md").read_text(encoding="utf-8"), markdown(overview_document(overview())), "overview")


def test_no_picture_is_left_from_earlier():
    named = {name for page in PAGES.glob("*.md") for name in re.findall(r"\(pictures/(.+?\.svg)\)", page.read_text())}
    assert {path.name for path in (PAGES / "pictures").iterdir()} == named, AGAIN
