"""What a registry of declarations holds, for those who answer for it: materials, declarations, the history of one."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

from footprint.errors import InputError
from footprint.market.columns import COLUMNS
from footprint.market.connection import opened
from footprint.market.registry import LATEST

#: what a list of declarations tells of each beside its state
TOLD = (
    "declaration_id", "operator", "material", "product", "form", "grade", "system", "country", "period_from",
    "period_to", "mass_t",
)  # fmt: skip


def materials(registry: Path) -> list[tuple[str, int, int, float]]:
    """Material, declarations, operators and tonnes of the current declarations."""
    with opened(registry) as connection:
        return [
            tuple(row)
            for row in connection.execute(
                "SELECT material, count(*), count(DISTINCT operator), sum(mass_t) "
                f"FROM {LATEST} WHERE withdrawn IS NULL GROUP BY 1 ORDER BY 1"
            ).fetchall()
        ]


def declarations(registry: Path, material: str | None = None) -> list[dict[str, Any]]:
    """Every declaration as it was last declared, withdrawn or not, in the order of ids.

    `state` is `current`, or `withdrawn` with the `reason`; `entries` counts the rows, and `file` is that of the last.
    """
    where, values = ("WHERE material = ?", [material]) if material else ("", [])
    fields = ", ".join(f'"{name}"' for name in TOLD)
    state = "if(withdrawn IS NULL, 'current', 'withdrawn') AS state, coalesce(withdrawn, '') AS reason"
    with opened(registry) as connection:
        return _rows(
            connection.execute(
                f"SELECT {fields}, {state}, entries, file FROM {LATEST} {where} ORDER BY declaration_id", values
            )
        )


def history(registry: Path, ident: str) -> list[dict[str, Any]]:
    """Every row and withdrawal of a declaration, in order: a row with its file, with all that it declares, and with
    what became of it (`current`, `superseded`, `withdrawn`)."""
    with opened(registry) as connection:
        rows = _rows(connection.execute("SELECT * FROM declarations WHERE declaration_id = ?", [ident]))
        ends = _rows(connection.execute("SELECT seq, reason FROM withdrawals WHERE declaration_id = ?", [ident]))
    if not rows:
        raise InputError(f"{registry}: no declaration '{ident}'")
    entries = sorted([*map(_declared, rows), *({"what": "withdrawn"} | end for end in ends)], key=lambda e: e["seq"])
    for entry, following in zip_longest(entries, entries[1:]):
        if entry["what"] == "declared":
            entry["state"] = _BECAME[following["what"] if following else None]
    return entries


#: what became of a row, by what follows it
_BECAME = {None: "current", "declared": "superseded", "withdrawn": "withdrawn"}


def _declared(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the registry: where it comes from, and the columns of a market file that hold something."""
    held = {name: row[name] for name in COLUMNS if row.get(name) not in (None, "")}
    return {"what": "declared"} | {name: row[name] for name in row if name not in COLUMNS} | {"declaration": held}


def _rows(found: Any) -> list[dict[str, Any]]:
    """What DuckDB answers, as JSON: days as texts, a missing number as None."""
    names = [column[0] for column in found.description]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in found.fetchall()]


def _plain(cell: Any) -> Any:
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell != cell else cell
