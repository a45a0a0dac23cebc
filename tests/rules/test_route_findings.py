"""What the checks of a route find is told with a provision and what settles it, when the route is a study's."""

import re
from pathlib import Path

import pytest

from footprint.declaration.asking import rules_of
from footprint.declaration.route_findings import CITED
from tests.rules.studying import ON

CHECKS = Path(__file__).parents[2] / "footprint/checks"
FOUND = sorted({rule for path in CHECKS.glob("*.py") for rule in re.findall(r'"([a-z]+\.[a-z-]+)"', path.read_text())})


def test_every_check_is_found():
    assert len(FOUND) > 30
    assert {"coverage.screening", "sites.generic", "balance.metal", "structure.flow"} <= set(FOUND)


@pytest.mark.parametrize("rule", [rule for rule in FOUND if not rule.startswith("cutoff.")])
def test_every_rule_has_what_settles_it_and_where_it_is_written(rule):
    parameter, settles = CITED.get(rule) or CITED[rule.partition(".")[0]]
    assert settles
    if parameter is not None:
        assert rules_of(ON).clause(parameter).endswith(("assumption", "adopted", "draft"))
