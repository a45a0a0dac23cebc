"""A recalculation as a folder: schemes, tables for spreadsheets, what moved, and what was left out and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from footprint import __version__
from footprint.library.replacing import new_folder
from footprint.market.declarations import Pool
from footprint.market.disclosure import Disclosure, disclosed, disclosed_reviews
from footprint.market.recalculation import Recalculation
from footprint.market.review import Review
from footprint.market.scheme_files import schemes_text
from footprint.market.stored import Stored
from footprint.market.thresholds import ClassScheme
from footprint.report.classes import ILLUSTRATIVE
from footprint.report.numbers import plural
from footprint.report.spreadsheet import csv_text

SCHEMA = "footprint/recalculation/1"
#: names of the files that a later recalculation reads again
SCHEMES, DECLARATIONS = "schemes.json", "declarations.parquet"
_POOL = tuple(field.name for field in fields(Pool))
_WHICH = (*_POOL, "category", "system", "status")


def write_folder(folder: Path, found: Recalculation, market: Stored, confidential: bool) -> None:
    """Write all files, or none where one fails; what must not be published is in them if asked for."""
    public = disclosed(found.schemes, confidential)
    reviews = disclosed_reviews(found.reviews, found.schemes, confidential)
    texts = {
        SCHEMES: schemes_text(public.schemes),
        "thresholds.csv": csv_text(
            (*_WHICH, "class", "up_to", "interval_low", "interval_high", "without_options", "unweighted", "unit",
             "scheme", "n", "n_operators", "n_effective", "publishable"),
            (row for scheme in public.schemes for row in _thresholds(scheme)),
        ),
        "occupancy.csv": csv_text(
            (*_WHICH, "class", "declarations", "mass_share"),
            (row for scheme in public.schemes for row in _occupancy(scheme)),
        ),
        "summary.json": json.dumps(summary(found, market.name), indent=2, allow_nan=False) + "\n",
        "README.txt": _readme(found, public, len(reviews)),
    }  # fmt: skip
    if found.reviews:
        texts["migration.csv"] = csv_text((*_WHICH, "from", "to", "declarations"), _migration(reviews))
        texts["moves.csv"] = csv_text(
            (*_WHICH, "declaration_id", "earlier_id", "from", "to", "reasons"), _moves(reviews)
        )
    with new_folder(folder) as temporary:
        for name, text in texts.items():
            (temporary / name).write_text(text, encoding="utf-8", newline="")
        market.save(temporary / DECLARATIONS)


def _which(scheme: ClassScheme) -> tuple[object, ...]:
    return *(getattr(scheme.pool, name) for name in _POOL), scheme.category, scheme.system, scheme.status


def _thresholds(scheme: ClassScheme) -> Iterator[tuple[object, ...]]:
    """One row per bound: a class reaches up to it."""
    without = scheme.without_options or {}
    for letter, bound in scheme.thresholds.items():
        low, high = scheme.intervals.get(letter, (None, None))
        yield (
            *_which(scheme), letter, bound, low, high, without.get(letter), scheme.unweighted.get(letter), scheme.unit,
            scheme.scheme, scheme.n, scheme.n_operators, scheme.n_effective, "yes" if scheme.publishable else "no",
        )  # fmt: skip


def _occupancy(scheme: ClassScheme) -> Iterator[tuple[object, ...]]:
    for letter, (n, share) in scheme.occupancy.items():
        yield *_which(scheme), letter, n, share


def _migration(reviews: Sequence[Review]) -> Iterator[tuple[object, ...]]:
    for found in reviews:
        for before, row in found.migration.items():
            yield from ((*_which(found.new), before, after, n) for after, n in row.items())


def _moves(reviews: Sequence[Review]) -> Iterator[tuple[object, ...]]:
    for found in reviews:
        for move in found.moves:
            yield (
                *_which(found.new),
                move.declaration,
                move.earlier,
                move.before,
                move.after,
                " and ".join(move.reasons),
            )


def summary(found: Recalculation, market: str) -> dict[str, Any]:
    """Schema footprint/recalculation/1: how much was done, and what was not."""
    return {
        "schema": SCHEMA,
        "software": {"name": "crm-footprint", "version": __version__},
        "market": Path(market).name,
        "on": found.on.isoformat(),
        "pools": found.pools,
        "schemes": len(found.schemes),
        "not_publishable": sum(not scheme.publishable for scheme in found.schemes),
        "findings": dict(sorted(Counter(note.rule for scheme in found.schemes for note in scheme.notes).items())),
        "skipped": [
            {"pool": entry.pool.to_dict(), "category": entry.category or None, "system": entry.system,
             "rule": entry.rule, "message": entry.message}
            for entry in found.skipped
        ],
        "reviewed": len(found.reviews),
        "moved": sum(len(entry.moves) for entry in found.reviews),
    }  # fmt: skip


_FILES: Mapping[str, str] = {
    SCHEMES: "the schemes, as another fit, a review or `classes assign` reads them",
    "thresholds.csv": "the upper bound of each class with its 95 % interval",
    "occupancy.csv": "declarations and share of the tonnes in each class",
    "migration.csv": "with an earlier folder: declarations from old class to new",
    "moves.csv": "with an earlier folder: every declaration that moved, and why; not for publication",
    DECLARATIONS: "the declarations, from which the next review is made; not for publication",
    "summary.json": "this page for programs",
}


_OCCUPANCY = (
    "Occupancy and migration are published where the systems that are published add up to the pooled market; where one "
    "is missing, the others would give it by difference."
)


def _readme(found: Recalculation, public: Disclosure, reviewed: int) -> str:
    lines = [
        f"Performance classes on {found.on}: {plural(len(found.schemes), 'scheme')} of {plural(found.pools, 'pool')}.",
        ILLUSTRATIVE,
        "",
        *(f"{name:<21} {text}" for name, text in _FILES.items()),
        "",
        f"Not publishable, so in no file: {plural(len(public.withheld), 'scheme')}; --confidential keeps all.",
        *(f"  {line}" for line in public.lines),
        *((_OCCUPANCY,) if public.occupancy else ()),
        f"Reviewed against earlier thresholds: {len(found.reviews)}, of which in the tables: {reviewed}.",
        "",
        f"Without thresholds: {len(found.skipped)}",
        *(f"  {entry} ({entry.rule})" for entry in found.skipped),
    ]
    return "\n".join(lines) + "\n"
