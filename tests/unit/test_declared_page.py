"""The page of a declaration: what it says at its top, foreign markup as text, readable by everyone."""

from __future__ import annotations

import html.parser
import json
import re

import msgspec
import pytest

import footprint as fp
from footprint.report.declaration import declaration_page
from footprint.report.page import STYLE
from tests.unit.declaring import EXAMPLE, ON, scheme, scheme_file, study


@pytest.fixture(scope="module")
def declared():
    return fp.declare(EXAMPLE, on=ON)


class Page(html.parser.HTMLParser):
    """Tags with their attributes, and the text outside the style sheet."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._style = False
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._style else data

    def handle_endtag(self, tag):
        self._style = False


HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def test_the_page_says_at_its_top_that_the_result_is_screening_with_the_share_of_each_category(declared):
    """DECISIONS 14: the open background is not EF-compliant; where all is, nothing is said."""
    page = Page(declaration_page(declared.declaration)).text
    assert "Screening: part of each result" in page
    assert page.index("climate change 100%") < page.index("Footprint of 1 kg")
    info = declared.declaration.information
    firm = msgspec.structs.replace(next(iter(info.compliance.values())), company_specific=0.25, EF=0.75, none=0.0)
    info = msgspec.structs.replace(info, compliance=dict.fromkeys(info.compliance, firm))
    page = Page(declaration_page(msgspec.structs.replace(declared.declaration, information=info))).text
    assert "Screening:" not in page
    assert "own 25%, EF 75%" in page


def test_names_are_text_and_never_markup(tmp_path):
    quoted = json.dumps(HOSTILE)
    path = study(
        tmp_path,
        ('name = "Example Metals Oy (invented)"', f"name = {quoted}"),
        ('trade_name = "ExMet"', f"trade_name = {quoted}"),
        ('contact = "footprint@example.org"', "contact = \"=HYPERLINK('http://x')\""),
        ('name = "Copper cathode, Example Metals (invented)"', f"name = {quoted}"),
        ('name = "Example Town smelter and refinery"', f"name = {quoted}"),
        ('grade = "grade A, 99.99 % Cu"', f"grade = {quoted}"),
    )
    page = Page(declaration_page(fp.declare(path, on=ON).declaration))
    assert not {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count(HOSTILE) >= 5


def test_the_page_has_language_headings_and_table_headers(declared, tmp_path):
    x = declared.result["CC"].value
    path = scheme_file(tmp_path, scheme("CC", "kg CO2 eq per kg", 0.5 * x, 2 * x))
    source = declaration_page(fp.declare(EXAMPLE, on=ON, scheme_file=path).declaration)
    page = Page(source)
    tags = [tag for tag, _ in page.tags]
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert tags.count("h2") >= 8
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.tags if tag == "th")
    assert 'aria-label="B of A to C, illustrative, 40% on estimates"' in source
    assert source.count("<tr>") == len(re.findall(r'<tr><th scope="(?:row|col)"', source))


def luminance(colour: str) -> float:
    """WCAG 2.1: relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_every_text_colour_has_the_contrast_of_wcag_aa():
    """(1 + 0.05) / (L + 0.05) >= 4.5 on white; the watermark is decoration and hidden from readers."""
    colours = re.findall(r"[{;]\s*color: (#[0-9a-f]{6})", STYLE.replace("color: #f3efe9", ""))
    assert len(colours) >= 5
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour
