"""An invented study whose hotspot analysis is climate change alone, so that every share can be seen.

Per kg of metal: the mine emits 0.5 kg CO2 and is run by others; the plant is run by the operator, emits 6 kg, and takes
3 kg of `a` and 0.5 kg of `b`, each of which emits 1 kg CO2. Of 10 kg, the plant makes 9.5 (own 6, a 3, b 0.5).
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import footprint as fp
from footprint.declaration.asking import rules_of
from footprint.declaration.assessment import StudyAssessment
from footprint.declaration.data_quality import Ratings
from footprint.declaration.datasets import Basis
from footprint.declaration.rules import assess_study
from footprint.library.background import Background, load_background
from footprint.library.studies import Study, load_study
from footprint.model import Finding
from tests.conftest import TOY

ON = date(2026, 6, 1)
CO2 = '{ output = "carbon dioxide, fossil", to = "air/non-urban", amount = %s, unit = "kg" }'
BACKGROUND = """schema = 1
group = "invented for studies"
[[process]]
id = "a"
name = "A reagent"
location = "GLO"
year = 2021
source = "invented"
tier = "A"
quality = { TeR = 2, GeR = 3, TiR = 1, P = 4 }
product = [ { flow = "a", amount = 1.0, unit = "kg" } ]
exchange = [ { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 1.0, unit = "kg" } ]
[[process]]
id = "b"
name = "Another"
location = "GLO"
year = 2024
source = "invented"
tier = "A"
quality = { TeR = 5, GeR = 5, TiR = 5, P = 5 }
product = [ { flow = "b", amount = 1.0, unit = "kg" } ]
exchange = [ { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 1.0, unit = "kg" } ]
"""
STUDY = """
[study]
invented = true
period = { from = 2025-01-01, to = 2025-12-31 }
report_date = 2026-05-04
public_url = "https://example.org/study"
[study.responsible]
name = "Nobody (invented)"
address = "Nowhere 1"
contact = "nobody@example.org"
[study.countries]
extraction = ["CL"]
processing = ["CL"]
refining = ["FI"]
[[study.plant]]
id = "town"
name = "Town"
country = "FI"
output_kg = 1
[[study.evidence]]
id = "meters"
title = "Meters"
holder = "Nobody"
"""
PLANT = """
[study.data.plant]
kind = "company-specific"
checked = "external"
most_recent = 2025-12-31
evidence = ["meters"]
"""
ROUTE = """schema = 1
material = "cobalt"
name = "Invented cobalt"
system = "primary"
[[declared]]
id = "cobalt/study"
product = "metal"
process = "plant"
form = "metal"
[source.invented]
title = "Invented for tests"
author = "crm-footprint"
year = 2026
kind = "published"
licence = "CC BY 4.0"
%(study)s
[[process]]
id = "plant"
name = "Plant"
stage = "refining"
annex_v = ["refining"]
operator_control = true
location = "FI"
year = 2025
source = "invented"
locator = "row 1"
quality = { TeR = 1, GeR = 1, TiR = 1, P = 1 }
product = [ { flow = "metal", amount = 1.0, unit = "kg" } ]
exchange = [
  { input = "ore", from = "mine", amount = 1.0, unit = "kg" },
  { input = "a", from = "background:a", amount = 3.0, unit = "kg" },
  { input = "b", from = "background:b", amount = 0.5, unit = "kg" },
  { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 6.0, unit = "kg" },
  %(more)s
]
[[process]]
id = "mine"
name = "Mine"
stage = "extraction"
annex_v = ["upstream-extraction"]
operator_control = false
location = "CL"
year = 2025
source = "invented"
locator = "row 2"
product = [ { flow = "ore", amount = 1.0, unit = "kg" } ]
exchange = [ { output = "carbon dioxide, fossil", to = "air/non-urban", amount = 0.5, unit = "kg" } ]
"""


@dataclass(frozen=True)
class Case:
    """A study on its background, calculated."""

    study: Study
    background: Background
    basis: Basis

    @property
    def assessment(self) -> StudyAssessment:
        return assess_study(self.study, self.basis.result, ON, self.background)

    @property
    def ratings(self) -> Ratings:
        return Ratings(self.basis)

    def finding(self, rule: str) -> Finding:
        """The only finding of a rule."""
        (found,) = self.findings(rule)
        return found

    def findings(self, rule: str) -> list[Finding]:
        return [finding for finding in self.assessment.findings if finding.rule == rule]


Changes = tuple[tuple[str, str], ...]


def case(folder: Path, data: str = PLANT, more: str = "", changes: Changes = (), toy: Changes = ()) -> Case:
    """The invented study with these data statements, more exchanges of the plant, and texts replaced.

    `toy` are replacements in the invented background that the study takes its electricity from.
    """
    held = folder / "background-of-study"
    shutil.copytree(TOY, held, ignore=shutil.ignore_patterns("routes"), dirs_exist_ok=True)
    (held / "background" / "study.toml").write_text(BACKGROUND, encoding="utf-8")
    power = held / "background" / "toy.toml"
    power.write_text(_replaced(power.read_text(encoding="utf-8"), toy), encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(_replaced(ROUTE % {"study": STUDY + data, "more": more}, changes), encoding="utf-8")
    study, background = load_study(path), load_background(held)
    result = fp.calculate(study.route, background=background, on=ON)
    return Case(study, background, Basis(study, result, background, rules_of(ON)))


def _replaced(text: str, changes: Changes) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
