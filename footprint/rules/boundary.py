"""The system boundary of Annex V: 14 processes of primary and 11 of secondary critical raw materials.

Extraction, concentration and refining are the stages of a primary material, recycling that of a secondary one. Each
process is included where relevant to the material; a route says of each by what it is covered, or why it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from footprint.errors import FootprintError, InputError, listed, nearest
from footprint.rules.tables import Table, check_keys, read_table, tables, text, texts

Kind = Literal["primary", "secondary"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STAGES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {"primary": ("extraction", "concentration", "refining"), "secondary": ("recycling",)}
)


@dataclass(frozen=True, slots=True)
class BoundaryItem:
    """One process of the list; `stages` are those it usually falls into, `letter` its place in the list."""

    id: str
    system: Kind
    letter: str
    title: str
    wording: str
    stages: tuple[str, ...]


def load_boundary(folder: Path) -> Mapping[Kind, tuple[BoundaryItem, ...]]:
    """The processes of `boundary.toml` in `folder` (methods/crma), in the order of the annex, by kind of material."""
    path = folder / "boundary.toml"
    raw = read_table(path)
    check_keys(raw, str(path), ("schema", "source", *KINDS))
    return MappingProxyType({kind: _items(raw, kind, path) for kind in KINDS})


def items_of(boundary: Mapping[Kind, tuple[BoundaryItem, ...]], system: str) -> tuple[BoundaryItem, ...]:
    """The processes a route of that system answers for: those of its kind; both lists, by id, where it is mixed."""
    if system in KINDS:
        return boundary[system]
    if system != "mixed":
        allowed = (*KINDS, "mixed")
        raise FootprintError(f"system '{system}' is not known{nearest(system, allowed)}; allowed: {listed(allowed)}")
    merged = {item.id: item for kind in reversed(KINDS) for item in boundary[kind]}
    order = [item.id for kind in KINDS for item in boundary[kind]]
    return tuple(merged[identifier] for identifier in dict.fromkeys(order))


def _items(raw: Table, kind: Kind, path: Path) -> tuple[BoundaryItem, ...]:
    items = tuple(_item(table, kind, f"{path}, {kind} {n}") for n, table in enumerate(tables(raw, kind, str(path)), 1))
    for attribute in ("id", "letter"):
        seen = [getattr(item, attribute) for item in items]
        if twice := sorted({word for word in seen if seen.count(word) > 1}):
            raise InputError(f"{path}, {kind}: the {attribute} '{twice[0]}' is given twice")
    return items


def _item(table: Table, kind: Kind, where: str) -> BoundaryItem:
    check_keys(table, where, ("id", "letter", "title", "wording", "stages"))
    stages = texts(table, "stages", where)
    for stage in stages:
        if stage not in STAGES[kind]:
            hint = f"{nearest(stage, STAGES[kind])}; allowed: {listed(STAGES[kind])}"
            raise InputError(f"{where}: stage '{stage}' is not one of {kind} materials{hint}")
    return BoundaryItem(
        id=text(table, "id", where),
        system=kind,
        letter=text(table, "letter", where),
        title=text(table, "title", where),
        wording=text(table, "wording", where),
        stages=stages,
    )
