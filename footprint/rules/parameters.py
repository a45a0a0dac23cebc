"""Dated parameters of law and method: what a value is on a day, how firm it is, and where it is written.

A parameter is a TOML table `[id]` with title, unit and `[[id.history]]` blocks (methods/crma/README.md). Law stands
above assumptions, and both above drafts: a draft holds only on days that have neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from footprint.errors import FootprintError, InputError, listed, nearest
from footprint.library.cache import Signature, signature
from footprint.rules.tables import Table, check_keys, read_table, tables, text, value

Status = Literal["adopted", "draft", "assumption"]
Scalar = bool | int | float | str | date
Value = Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]

STATUSES: tuple[Status, ...] = get_args(Status)
#: files of methods/crma that hold something else than parameters
NOT_PARAMETERS = frozenset({"boundary.toml", "materials.toml", "requirements.toml"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a parameter, from the day `since` on; without `retrieved` the provision was not read."""

    since: date
    status: Status
    value: Value
    act: str
    provision: str
    url: str = ""
    retrieved: date | None = None
    note: str = ""

    @property
    def reference(self) -> str:
        """Act and provision, as a citation."""
        return f"{self.act}, {self.provision}"

    @property
    def cited(self) -> str:
        """The citation with how firm it is: `Recommendation (EU) 2021/2279, Annex I, 6.3; assumption`."""
        return f"{self.reference}; {self.status}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A legal or method parameter with all values it has had, oldest first."""

    id: str
    title: str
    unit: str
    history: tuple[Entry, ...]
    file: str = ""


def load_parameters(folder: Path) -> Mapping[str, Parameter]:
    """All parameters of the TOML files in `folder` (methods/crma), by id; InputError where a file is not in form."""
    return _loaded(folder, signature(path for path in folder.glob("*.toml") if path.name not in NOT_PARAMETERS))


@lru_cache(maxsize=8)
def _loaded(folder: Path, files: Signature) -> Mapping[str, Parameter]:
    found: dict[str, Parameter] = {}
    paths = [path for path, _, _ in files]
    if not paths:
        raise InputError(f"{folder}: no TOML file with parameters")
    for path in paths:
        for identifier, table in read_table(path).items():
            if identifier in found:
                raise InputError(f"{path}: '{identifier}' is already given in {found[identifier].file}")
            found[identifier] = _parameter(identifier, table, path)
    return MappingProxyType(found)


def find(parameters: Mapping[str, Parameter], identifier: str) -> Parameter:
    """The parameter of that id; FootprintError names the nearest spelling."""
    if (found := parameters.get(identifier)) is not None:
        return found
    hint = nearest(identifier, parameters) or f"; known: {listed(sorted(parameters))}"
    raise FootprintError(f"there is no parameter '{identifier}'{hint}")


def in_force(parameter: Parameter, on: date) -> Entry:
    """The entry that holds on the day `on`: the latest adopted value or assumption since then, else the latest draft.

    FootprintError where the history begins later.
    """
    begun = [entry for entry in parameter.history if entry.since <= on]
    if not begun:
        first = parameter.history[0].since
        raise FootprintError(f"parameter '{parameter.id}' has no value on {on}; its first one holds from {first}")
    return next((entry for entry in reversed(begun) if entry.status != "draft"), begun[-1])


def number(parameters: Mapping[str, Parameter], identifier: str, on: date) -> float:
    """The number in force on a day, in the parameter's unit."""
    found = in_force(find(parameters, identifier), on).value
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise FootprintError(f"parameter '{identifier}' is {format_value(found)}, not a number")
    return float(found)


def numbers(parameters: Mapping[str, Parameter], identifier: str, on: date) -> Mapping[str, float]:
    """The table of numbers in force on a day: data quality levels, a price window."""
    found = in_force(find(parameters, identifier), on).value
    if not isinstance(found, Mapping):
        raise FootprintError(f"parameter '{identifier}' is {format_value(found)}, not a table of numbers")
    return MappingProxyType({key: float(entry) for key, entry in found.items() if isinstance(entry, (int, float))})


def words(parameters: Mapping[str, Parameter], identifier: str, on: date) -> tuple[str, ...]:
    """The text or texts in force on a day; a single text is a tuple of one."""
    found = in_force(find(parameters, identifier), on).value
    entries = found if isinstance(found, tuple) else (found,)
    texts = tuple(entry for entry in entries if isinstance(entry, str))
    if len(texts) < len(entries):
        raise FootprintError(f"parameter '{identifier}' is {format_value(found)}, not text")
    return texts


def default_allocation(parameters: Mapping[str, Parameter], material: str, on: date) -> Entry:
    """The rule of the joint nodes of a material: `allocation-<material>`, else `allocation-default`."""
    own = parameters.get(f"allocation-{material}")
    return in_force(own or find(parameters, "allocation-default"), on)


def explain(parameter: Parameter, on: date) -> str:
    """The value in force on a day, its status, provision and link; then earlier values, and later or drafted ones."""
    current = in_force(parameter, on)
    lines = [f"{parameter.id}: {parameter.title}", f"  {format_value(current.value, parameter.unit)}"]
    lines.append(f"  {current.status} since {current.since}: {current.reference}")
    if current.url:
        lines.append(f"  {current.url} ({f'retrieved {current.retrieved}' if current.retrieved else 'not read'})")
    if current.note:
        lines.append(f"  {current.note}")
    lines += _listed("earlier:", parameter, [entry for entry in parameter.history if entry.since < current.since])
    lines += _listed("later or in draft:", parameter, [e for e in parameter.history if e.since > current.since])
    return "\n".join(lines)


def format_value(found: Value, unit: str = "-") -> str:
    """A value as people read it: `1.0 kg`, `0.03 (3 %)`, `extraction, concentration`, `from 2014, to 2023`."""
    if isinstance(found, tuple):
        return ", ".join(format_value(entry) for entry in found)
    if isinstance(found, Mapping):
        return ", ".join(f"{key} {format_value(entry)}" for key, entry in found.items())
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, (int, float)) and unit == "share":
        return f"{found:g} ({100 * found:.3g} %)"
    return str(found) if unit in ("-", "1", "date", "share") else f"{found} {unit}"


def _listed(heading: str, parameter: Parameter, entries: list[Entry]) -> list[str]:
    return [heading, *(_one_line(parameter, entry) for entry in entries)] if entries else []


def _one_line(parameter: Parameter, entry: Entry) -> str:
    end = next((later.since for later in parameter.history if later.since > entry.since), None)
    until = f" to {end - timedelta(days=1)}" if end else ""
    return f"  {format_value(entry.value, parameter.unit)}, {entry.status}, {entry.since}{until}: {entry.reference}"


def _parameter(identifier: str, table: object, path: Path) -> Parameter:
    where = f"{path}, '{identifier}'"
    if not isinstance(table, dict):
        raise InputError(f"{where}: a table [{identifier}] with title, unit and history is needed")
    check_keys(table, where, ("title", "unit", "history"))
    blocks = tables(table, "history", where)
    history = tuple(_entry(block, f"{where}, history {n}") for n, block in enumerate(blocks, 1))
    _check_history(history, where)
    return Parameter(identifier, text(table, "title", where), text(table, "unit", where), history, path.name)


def _entry(block: Table, where: str) -> Entry:
    check_keys(block, where, ("since", "status", "value", "act", "provision"), ("url", "retrieved", "note"))
    status = text(block, "status", where)
    if status not in STATUSES:
        hint = f"{nearest(status, STATUSES)}; allowed: {listed(STATUSES)}"
        raise InputError(f"{where}: status '{status}' is not known{hint}")
    entry = Entry(
        since=_day(block, "since", where),
        status=status,
        value=_value(block["value"], where),
        act=text(block, "act", where),
        provision=text(block, "provision", where),
        url=text(block, "url", where, ""),
        retrieved=_day(block, "retrieved", where) if "retrieved" in block else None,
        note=text(block, "note", where, ""),
    )
    if status == "assumption" and not entry.note:
        raise InputError(f"{where}: an assumption needs a note that says why")
    if status != "assumption" and not entry.url:
        raise InputError(f"{where}: status '{status}' needs the url of the text")
    if status == "adopted" and entry.retrieved is None:
        raise InputError(f"{where}: an adopted value needs the day on which its provision was read, 'retrieved'")
    return entry


def _day(block: Table, key: str, where: str) -> date:
    found = value(block, key, date, where)
    if isinstance(found, datetime):
        raise InputError(f"{where}: '{key}' is {found}; a day without a time is needed")
    return found


def _value(raw: object, where: str) -> Value:
    """A scalar, a list of scalars or a table of scalars, frozen."""
    if isinstance(raw, list) and raw:
        return tuple(_scalar(entry, where) for entry in raw)
    if isinstance(raw, dict) and raw:
        return MappingProxyType({key: _scalar(entry, where) for key, entry in raw.items()})
    return _scalar(raw, where)


def _scalar(raw: object, where: str) -> Scalar:
    if not isinstance(raw, (bool, int, float, str, date)) or raw == "":
        raise InputError(f"{where}: 'value' holds {raw!r}; a number, text, truth value or date is needed")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise InputError(f"{where}: 'value' is {raw}; a finite number is needed")
    return raw


def _check_history(history: tuple[Entry, ...], where: str) -> None:
    """Dates ascend, values are of one kind, and no assumption stands above adopted law."""
    for earlier, later in pairwise(history):
        if later.since <= earlier.since:
            raise InputError(f"{where}: {later.since} follows {earlier.since}; history blocks ascend, one per day")
        if _kind(later.value) != _kind(earlier.value):
            raise InputError(f"{where}: {later.value!r} follows {earlier.value!r}; all values are of one kind")
        if earlier.status == "adopted" and later.status == "assumption":
            raise InputError(f"{where}: the assumption of {later.since} follows an adopted value; law stands above it")


def _kind(found: Value) -> str:
    if isinstance(found, bool):
        return "truth value"
    return "number" if isinstance(found, (int, float)) else type(found).__name__
