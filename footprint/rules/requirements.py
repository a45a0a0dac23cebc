"""What Article 31 and Annex V ask for, requirement by requirement, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from footprint.errors import InputError, listed, nearest
from footprint.rules.parameters import STATUSES, Status
from footprint.rules.tables import Table, check_keys, read_table, tables, text, texts

ADDRESSEES = ("all", "operator", "rule-maker")
FILE = "requirements.toml"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in this tool's words; `tests` show it, `why` says what of it no program can show."""

    id: str
    clause: str
    force: str
    text: str
    addressee: str
    status: Status
    shown: str
    tests: tuple[str, ...] = ()
    why: str = ""


def load_requirements(folder: Path) -> tuple[Requirement, ...]:
    """The requirements of `requirements.toml` in `folder` (methods/crma), in their order.

    Raises InputError where the file is not in form, an id is given twice, or a requirement has neither test nor reason.
    """
    path = folder / FILE
    raw = read_table(path)
    check_keys(raw, str(path), ("schema", "requirement"))
    found = tuple(
        _requirement(row, f"{path}, requirement {n}") for n, row in enumerate(tables(raw, "requirement", str(path)), 1)
    )
    ids = [requirement.id for requirement in found]
    if twice := [ident for ident in ids if ids.count(ident) > 1]:
        raise InputError(f"{path}: the requirement '{twice[0]}' is given twice")
    return found


def _requirement(row: Table, where: str) -> Requirement:
    check_keys(row, where, ("id", "clause", "force", "text", "addressee", "status", "shown"), ("tests", "why"))
    found = Requirement(
        id=text(row, "id", where),
        clause=text(row, "clause", where),
        force=text(row, "force", where),
        text=text(row, "text", where),
        addressee=_one_of(text(row, "addressee", where), ADDRESSEES, "addressee", where),
        status=_status(text(row, "status", where), where),
        shown=text(row, "shown", where),
        tests=texts(row, "tests", where, []),
        why=text(row, "why", where, ""),
    )
    if not found.tests and not found.why:
        raise InputError(f"{where}: '{found.id}' has neither a test that shows it nor a reason why none does")
    return found


def _status(word: str, where: str) -> Status:
    _one_of(word, STATUSES, "status", where)
    return next(status for status in STATUSES if status == word)


def _one_of(word: str, allowed: tuple[str, ...], key: str, where: str) -> str:
    if word not in allowed:
        raise InputError(f"{where}: {key} '{word}' is not known{nearest(word, allowed)}; allowed: {listed(allowed)}")
    return word
