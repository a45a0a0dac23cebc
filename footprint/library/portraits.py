"""What a material's page says in words: `datasets/materials.toml`, and the standards that apply to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from footprint.errors import InputError, nearest
from footprint.library.cache import Signature, signature
from footprint.library.files import PortraitRow
from footprint.library.paths import datasets_folder
from footprint.library.rows import Identifier
from footprint.library.tables import read_csv
from footprint.library.toml import read_toml

Kind = Literal["standard", "committee", "guidance"]
#: what a standard of every material names as its material
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard, the committee that writes them, or guidance; `read` where its existence was confirmed in a document.

    `every` marks what holds for all materials.
    """

    document: str
    kind: Kind
    read: bool
    note: str
    every: bool = False


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a material is, why no secondary route is shipped, which routes of the market are missing and why."""

    about: str
    sources: tuple[str, ...] = ()
    no_secondary: str = ""
    not_modelled: tuple[str, ...] = ()
    standards: tuple[Standard, ...] = ()


def load_portraits(datasets: Path | None = None) -> Mapping[str, Portrait]:
    """Material id -> Portrait."""
    root = datasets or datasets_folder()
    return _loaded(signature([root / "materials.toml", root / "standards.csv"]))


@lru_cache(maxsize=4)
def _loaded(files: Signature) -> Mapping[str, Portrait]:
    words, table = (path for path, _, _ in files)
    rows = read_toml(words, dict[Identifier, PortraitRow])
    standards = _standards(table)
    return {
        ident: Portrait(
            row.about,
            tuple(row.sources),
            row.no_secondary,
            tuple(row.not_modelled),
            (*standards.get(ident, ()), *standards.get(EVERY, ())),
        )
        for ident, row in rows.items()
    }


def _standards(path: Path) -> dict[str, list[Standard]]:
    """Material id, or `*` -> its standards in the order of the file."""
    found: dict[str, list[Standard]] = {}
    for line, row in read_csv(path, ("material", "document", "kind", "basis", "note")):
        if row["kind"] not in get_args(Kind):
            raise InputError(f"{path}, line {line}: kind '{row['kind']}'{nearest(row['kind'], get_args(Kind))}")
        if row["basis"] not in ("read", "recalled"):
            raise InputError(f"{path}, line {line}: basis '{row['basis']}'; allowed: read, recalled")
        standard = Standard(row["document"], row["kind"], row["basis"] == "read", row["note"], row["material"] == EVERY)  # type: ignore[arg-type]
        found.setdefault(row["material"], []).append(standard)
    return found
