"""Requirement by requirement, how Article 31 and Annex V are answered, as the markdown of docs/requirements.md.

python -m benchmarks.requirements > docs/requirements.md
"""

from __future__ import annotations

import argparse
from collections import Counter

from benchmarks.validation import listed
from footprint.library.paths import methods_folder
from footprint.rules.requirements import Requirement, load_requirements

INTRODUCTION = """# Requirements

What Article 31 and Annex V of Regulation (EU) 2024/1252 ask for, in the words of this tool, and what shows it. Written
by `python -m benchmarks.requirements` from `methods/crma/requirements.toml`; `tests/rules/test_requirements.py` checks
that every test named here is there and runs.

V.n is section n of Annex V in the order of the Commission's proposal COM(2023) 160. Status `adopted` is said only of
what was read in the text in force; everything else is an `assumption` until someone compares it with the Official
Journal. There is no adopted delegated act. Requirements for a rule-maker are met by dated data that a delegated act
replaces (`methods/crma`)."""
HEAD = (
    "Id",
    "Clause",
    "Force",
    "What is asked",
    "Of whom",
    "Status",
    "How it is shown",
    "By which test, or why by none",
)


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    print(markdown())


def markdown() -> str:
    """The whole page."""
    found = load_requirements(methods_folder() / "crma")
    counts = Counter(requirement.addressee for requirement in found)
    told = ", ".join(f"{count} of {addressee}" for addressee, count in sorted(counts.items()))
    table = listed(HEAD, [_line(requirement) for requirement in found], "l" * len(HEAD))
    return f"{INTRODUCTION}\n\n{len(found)} requirements: {told}.\n\n{table}"


def _line(requirement: Requirement) -> tuple[str, ...]:
    answers = [f"`{test}`" for test in requirement.tests] + ([requirement.why] if requirement.why else [])
    return (
        requirement.id,
        requirement.clause,
        requirement.force,
        requirement.text,
        requirement.addressee,
        requirement.status,
        requirement.shown,
        "<br>".join(answers),
    )


if __name__ == "__main__":
    main()
