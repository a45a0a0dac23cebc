"""The page of a declaration in a real browser: nothing is loaded, nothing complains, nothing runs out of the window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import footprint as fp
from footprint.report.declaration import declaration_page
from tests.browser.chromium import Browser

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
HOSTILE = "<script>document.title='run'</script><img src=https://example.org/x.png onerror=\"document.title='run'\">"


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


def written(folder: Path, study: Path) -> Path:
    page = folder / "declaration.html"
    page.write_text(declaration_page(fp.declare(study, on=date(2026, 6, 1)).declaration), encoding="utf-8")
    return page


@pytest.mark.parametrize("width", [1200, 360])
def test_it_opens_without_a_request_a_complaint_or_a_sideways_scroll(browser, tmp_path, width):
    page = written(tmp_path, EXAMPLE)
    found = browser.open(page, width, OVERFLOW, "document.querySelector('h1').textContent")
    assert [url for url in found.requests if not url.startswith("data:")] == [page.as_uri()]
    assert found.complaints == []
    assert found.answers == [0, "Copper cathode, Example Metals (invented)"]
    assert found.picture.startswith(b"\x89PNG")


def test_markup_in_a_company_s_name_does_nothing(browser, tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    for name in ("Example Metals Oy (invented)", "Copper cathode, Example Metals (invented)"):
        text = text.replace(f'name = "{name}"', f"name = {json.dumps(HOSTILE)}")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    page = written(tmp_path, tmp_path / "study.toml")
    found = browser.open(
        page, 800, OVERFLOW, "document.querySelector('h1').textContent", "document.title", "document.scripts.length"
    )
    assert found.answers == [0, HOSTILE, f"Environmental footprint of {HOSTILE}", 0]
    assert [url for url in found.requests if not url.startswith("data:")] == [page.as_uri()]
    assert found.complaints == []


def test_the_browser_would_tell_of_a_request_and_of_a_complaint(browser, tmp_path):
    """So that the tests above can fail: a page that loads a picture and logs an error is caught."""
    page = tmp_path / "bad.html"
    page.write_text("<!doctype html><img src=none.png><script>console.error('x')</script>", encoding="utf-8")
    found = browser.open(page, 800)
    assert (tmp_path / "none.png").as_uri() in found.requests
    assert found.complaints
