"""docs/validation.md lists every route and agrees with what is calculated now."""

from pathlib import Path

import pytest

from benchmarks import validation
from tests.published import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "validation.md"
AGAIN = "write it again: python -m benchmarks.validation > docs/validation.md"


def _tables(text: str) -> list[list[str]]:
    """The cells of every table line of a page, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_route_is_on_the_page(page):
    assert set(table.base_routes()) <= {row[0].strip("`") for row in _tables(page)}, AGAIN


def test_the_page_has_the_rows_the_script_writes_now(page):
    """Same lines and words; numbers, to the three digits they have, within 2 %."""
    now, then = _tables(validation.markdown()), _tables(page)
    assert len(now) == len(then), AGAIN
    for fresh, stored in zip(now, then, strict=True):
        assert len(fresh) == len(stored), AGAIN
        for a, b in zip(fresh, stored, strict=True):
            if _is_number(a) and _is_number(b):
                assert float(b) == pytest.approx(float(a), rel=0.02), f"{stored[0]}: {b}, now {a}; {AGAIN}"
            else:
                assert a == b, f"{stored[0]}: '{b}', now '{a}'; {AGAIN}"


def test_every_reason_and_explanation_is_on_the_page(page):
    texts = [t for route in table.base_routes() for t in table.reasons(route).values()]
    texts += [t for route in table.LIOH for t in table.explanations()[route].values()]
    assert [text for text in texts if text not in page] == [], AGAIN


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
