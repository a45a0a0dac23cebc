"""Thresholds as files: the JSON that `footprint classes fit --out` writes, and the TOML of a legal act."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from footprint.errors import InputError, listed, nearest
from footprint.library.method import known_methods
from footprint.library.paths import methods_folder
from footprint.library.toml import read_text
from footprint.market.declarations import CODES, POOL_FIELDS, Pool
from footprint.market.thresholds import LEGAL, LETTERS, POOLED, SCHEMA, ClassScheme, Note, unit_of
from footprint.rules.materials import load_materials
from footprint.rules.tables import Table, check_keys, read_table, tables, text

LEGAL_SCHEMA = "footprint/legal-classes/1"
#: what a scheme may be of
SYSTEMS = (POOLED, "primary", "secondary", "mixed")
#: what of a pool is a number
_NUMBERS = frozenset({"declared_unit_kg", "cff_A"})


def schemes_text(schemes: Sequence[ClassScheme]) -> str:
    """The JSON of several schemes."""
    return json.dumps([scheme.to_dict() for scheme in schemes], indent=2, allow_nan=False) + "\n"


def scheme_id(scheme: ClassScheme) -> str:
    """A name that tells one scheme from every other: `lithium-CC-2027-01-01-` and 8 digits of the SHA-256 of what its
    letters depend on (pool, system, category, unit, scheme, day, thresholds)."""
    told = [scheme.pool.to_dict(), scheme.system, scheme.category, scheme.unit, scheme.scheme, scheme.status,
            scheme.on.isoformat(), dict(scheme.thresholds)]  # fmt: skip
    digits = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]
    return f"{scheme.material}-{scheme.category}-{scheme.on}-{digits}"


def load_schemes(path: str | Path) -> tuple[ClassScheme, ...]:
    """The schemes of a file: JSON as `classes fit` writes it (illustrative), or the TOML of a legal act.

    Raises InputError with file, place and what is allowed.
    """
    path = Path(path)
    if path.suffix.lower() == ".toml":
        return _legal(path)
    try:
        raw = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not valid JSON: {error}") from None
    entries = raw if isinstance(raw, list) else [raw]
    if not entries:
        raise InputError(f"{path}: holds no scheme")
    return tuple(_scheme(entry, f"{path}, scheme {n}") for n, entry in enumerate(entries, 1))


def _scheme(raw: Any, where: str) -> ClassScheme:
    """A scheme of a JSON file. Whatever it says of itself, it is illustrative: only a legal act is more."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        raise InputError(f"{where}: schema '{SCHEMA}' is needed")
    try:
        return ClassScheme(
            material=_text(raw["material"]),
            category=_category(raw["category"], where),
            unit=_text(raw["unit"]),
            scheme=_text(raw["scheme"]),
            on=date.fromisoformat(raw["on"]),
            window=(date.fromisoformat(raw["window"]["from"]), date.fromisoformat(raw["window"]["before"])),
            thresholds=_thresholds(raw["thresholds"], where),
            pool=_pool(raw["pool"]),
            system=_text(raw["system"]),
            parameters=dict(raw.get("parameters", {})),
            n=int(raw["n"]),
            n_operators=int(raw["n_operators"]),
            n_effective=None if raw["n_effective"] is None else _number(raw["n_effective"]),
            publishable=raw["publishable"] is True,
            intervals={key: (_number(low), _number(high)) for key, (low, high) in raw["intervals"].items()},
            occupancy={key: (int(o["n"]), _number(o["mass_share"])) for key, o in raw["occupancy"].items()},
            notes=tuple(Note(f["rule"], f["severity"], f["message"]) for f in raw.get("findings", [])),
            valid_to=date.fromisoformat(raw["valid_to"]) if raw.get("valid_to") else None,
        )
    except KeyError as error:
        raise InputError(f"{where}: the key {error} is missing") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{where}: not in form: {error}") from None


def _legal(path: Path) -> tuple[ClassScheme, ...]:
    """Thresholds of an act: `act`, `provision`, `url`, `since`, and one `[[scheme]]` per material and category."""
    raw = read_table(path)
    check_keys(raw, str(path), ("schema", "act", "provision", "url", "since", "scheme"))
    if raw["schema"] != LEGAL_SCHEMA:
        raise InputError(f"{path}: schema '{raw['schema']}'; allowed: {LEGAL_SCHEMA}")
    since = raw["since"]
    if type(since) is not date:
        raise InputError(f"{path}: 'since' is {since!r}; a day without a time is needed")
    act = {key: text(raw, key, str(path)) for key in ("act", "provision", "url")}
    entries = enumerate(tables(raw, "scheme", str(path)), 1)
    return tuple(_legal_scheme(table, f"{path}, scheme {n}", act, since) for n, table in entries)


def _legal_scheme(table: Table, where: str, act: Mapping[str, str], since: date) -> ClassScheme:
    """One product and category of an act."""
    check_keys(table, where, ("material", "product", "form", "category", "unit", "thresholds"),
               ("grade", "declared_unit_kg", "method", "system"))  # fmt: skip
    material, product, form, unit = (text(table, key, where) for key in ("material", "product", "form", "unit"))
    system, method = (text(table, *entry) for entry in (("system", where, POOLED), ("method", where, "ef-3.1")))
    _among(material, "material", tuple(load_materials(methods_folder() / "crma")), where)
    _among(system, "system", SYSTEMS, where)
    _among(method, "method", known_methods(), where)
    kg = table.get("declared_unit_kg", 1.0)
    if not _positive(kg):
        raise InputError(f"{where}: 'declared_unit_kg' is {kg!r}; a positive number is needed")
    pool = Pool(
        material, product, form, text(table, "grade", where, ""), float(kg), method, "none", "", "", 1.0, "include"
    )
    category = _category(table["category"], where)
    if unit != (needed := unit_of(pool, category)):
        raise InputError(f"{where}: unit '{unit}'; values of {category} are in '{needed}'")
    return ClassScheme(
        material, category, unit, "legal", since, (since, since), _thresholds(table["thresholds"], where), pool, system,
        LEGAL, act, publishable=True,
    )  # fmt: skip


def _among(word: str, key: str, allowed: Sequence[str], where: str) -> None:
    if word not in allowed:
        hint = nearest(word, allowed) or f"; allowed: {listed(allowed, 40)}"
        raise InputError(f"{where}: {key} '{word}' is not known{hint}")


def _category(code: Any, where: str) -> str:
    if code not in CODES:
        raise InputError(f"{where}: category '{code}' is not known; allowed: {', '.join(CODES)}")
    return str(code)


def _thresholds(raw: Any, where: str) -> Mapping[str, float]:
    """Letters from A on, strictly ascending."""
    letters = "".join(raw) if isinstance(raw, dict) else ""
    if not letters or len(letters) >= len(LETTERS) or not LETTERS.startswith(letters):
        raise InputError(f"{where}: thresholds are needed for A, B … in order, at most {listed(LETTERS[:-1])}")
    found = {}
    for letter, value in raw.items():
        if not _positive(value):
            raise InputError(f"{where}: threshold {letter} is {value!r}; a positive number is needed")
        found[letter] = float(value)
    if any(high <= low for low, high in pairwise(found.values())):
        raise InputError(f"{where}: thresholds must ascend from A on")
    return found


def _pool(raw: Any) -> Pool:
    found: dict[str, Any] = {n: _number(raw[n]) if n in _NUMBERS else _text(raw[n]) for n in POOL_FIELDS}
    return Pool(**found)


def _positive(value: Any) -> bool:
    """Whether a value is a positive number that a float can hold."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= sys.float_info.max


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ValueError(f"{value!r} is no number, 0 or more")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value
