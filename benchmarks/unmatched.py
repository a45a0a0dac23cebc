"""Writes `tests/published/background_without.csv`: processes of the open background without an independent figure.

    python -m benchmarks.unmatched

Every process of tier A, B or C is either in `background.csv` or here, with what was tried. What stands in the file is
kept; a process that is new is entered as not looked for, and one that has a figure by now is dropped.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from footprint.library.background import load_background

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "published"
FIGURES, WITHOUT = FOLDER / "background.csv", FOLDER / "background_without.csv"
NOT_YET = "not looked for yet"
TIERS = ("A", "B", "C")


def main() -> None:
    rows = unmatched(read(WITHOUT))
    with WITHOUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("process", "tier", "tried"))
        writer.writerows(rows)
    print(f"{len(rows)} processes without an independent figure")


def unmatched(tried: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(process, tier, what was tried) of each process without a figure, in the order of ids."""
    matched = set(read(FIGURES))
    return [
        (ident, process.tier, tried.get(ident, NOT_YET))
        for ident, process in sorted(load_background().generic.items())
        if process.tier in TIERS and ident not in matched
    ]


def read(path: Path) -> dict[str, str]:
    """Process -> what was tried (or nothing)."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["process"]: row.get("tried", "") for row in csv.DictReader(file)}


if __name__ == "__main__":
    main()
