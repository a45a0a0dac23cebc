"""What differs between a dossier and the one computed anew from what it holds; each difference with its place."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain, zip_longest
from types import MappingProxyType
from typing import Any, Literal

from footprint.declaration.archive import pack
from footprint.declaration.declaration import canonical_json
from footprint.declaration.dossier import IDENTITIES, MANIFEST, SEAL, manifest
from footprint.errors import InputError
from footprint.impact.result import CategoryResult, FootprintResult

#: difference up to which two figures are the same, relative to them or to the largest of their category: processors
#: round differently, and what cancels leaves noise
TOLERANCE = 1e-9
#: keys below which figures are shares, probabilities or ratios: they are measured against 1
RATIOS = frozenset({"screening_share", "tier_c_share", "on_estimates", "class_probability", "compliance", "gsd2"})
#: libraries whose version rounding may depend on, and what a version looks like
LIBRARIES = frozenset(f"{IDENTITIES}: libraries.{name}" for name in ("python", "numpy", "msgspec"))
_VERSION = re.compile(r"\d+(\.[A-Za-z0-9+]+){0,5}")
Kind = Literal["archive", "manifest", "schema", "conformity", "replay", "version", "input", "figure", "text"]
#: kinds whose finding is a message
TOLD: frozenset[Kind] = frozenset({"schema", "conformity", "replay"})
NOTHING = "nothing"
NO_SIZES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Difference:
    """What the dossier says at a place, and what was found or computed anew."""

    kind: Kind
    where: str
    declared: Any
    recomputed: Any

    def __str__(self) -> str:
        if self.kind in TOLD:
            return f"{self.where}: {self.recomputed}"
        return f"{self.where}: the dossier has {_short(self.declared)}, computed anew {_short(self.recomputed)}"


@dataclass(frozen=True)
class Verification:
    """The outcome: verified where nothing differs. `sha256` is of the whole file, to compare with the published one.

    `own` names what stands in the dossier in place of data that everybody can look up.
    """

    sha256: str
    declaration: str
    differences: tuple[Difference, ...] = ()
    notes: tuple[Difference, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether all that the dossier says was found again."""
        return not self.differences

    @property
    def other_version(self) -> bool:
        """Whether the dossier was made with another program or other data than these."""
        return any(difference.kind == "version" for difference in self.differences)

    def to_dict(self) -> dict[str, Any]:
        """As `footprint verify --json` prints it (schema footprint/verification/1)."""
        return {
            "schema": "footprint/verification/1",
            "verified": self.verified,
            "other_version": self.other_version,
            "sha256": self.sha256,
            "declaration": self.declaration,
            "own": list(self.own),
            "differences": [asdict(difference) for difference in self.differences],
            "notes": [asdict(note) for note in self.notes],
        }


def is_note(difference: Difference) -> bool:
    """Whether only the version of a library differs, told on both sides: the figures then say whether it matters."""
    told = (difference.declared, difference.recomputed)
    return difference.where in LIBRARIES and all(isinstance(v, str) and _VERSION.fullmatch(v) for v in told)


def _short(value: Any) -> str:
    found = " ".join(value.split()) if isinstance(value, str) else json.dumps(value, default=str)
    return found if len(found) <= 120 else f"{found[:117]}…"


# --- the archive as it stands


def archive_differences(data: bytes, found: Mapping[str, bytes]) -> Iterator[Difference]:
    """The file against its entries written anew: times, permissions, order, fields that nobody reads."""
    anew = pack(found)
    if anew != data:
        place = next((n for n, (a, b) in enumerate(zip_longest(data, anew)) if a != b), 0)
        yield Difference(
            "archive", f"archive, byte {place:,}", data[place : place + 4].hex(), anew[place : place + 4].hex()
        )


def manifest_differences(found: Mapping[str, bytes]) -> Iterator[Difference]:
    """Each entry against size and hash in the manifest, and the manifest against its own hash."""
    content = {name: data for name, data in found.items() if name not in (MANIFEST, SEAL)}
    anew = manifest(content)
    seal = hashlib.sha256(found[MANIFEST]).hexdigest()
    if found.get(SEAL) != f"{seal}  {MANIFEST}\n".encode():
        yield Difference("manifest", SEAL, found.get(SEAL, b"").decode(errors="replace").strip() or NOTHING, seal)
    if found[MANIFEST] == anew[MANIFEST]:
        return
    rows, ours = (_by_name(text) for text in (found[MANIFEST], anew[MANIFEST]))
    told = False
    for name in sorted({*rows, *ours}):
        if rows.get(name) != ours.get(name):
            told = True
            yield Difference("manifest", f"{MANIFEST}, {name}", rows.get(name, NOTHING), ours.get(name, NOTHING))
    if not told:
        yield Difference("manifest", MANIFEST, "another writing", "the same rows in their one form")


def _by_name(text: bytes) -> dict[str, Any]:
    """The rows of a manifest by name; none where it is not in form."""
    try:
        return {str(row["name"]): row for row in json.loads(text)["entries"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


# --- what was computed


def magnitudes(result: FootprintResult) -> dict[str, float]:
    """The largest |figure| of each category, its total and its parts: what rounding in that category is relative to."""
    return {code: _largest(result[code]) for code in result.codes}


def _largest(category: CategoryResult) -> float:
    parts = (category.by_stage, category.by_process, category.by_background, category.sub)
    return max(map(abs, chain([category.value], *(part.values() for part in parts))))


def entry_differences(
    found: Mapping[str, bytes], anew: Mapping[str, bytes], sizes: Mapping[str, float]
) -> Iterator[Difference]:
    """Entry by entry: what is missing or too much, figures beyond the tolerance, any other text.

    `sizes` are the `magnitudes` of what was computed anew, never of what the dossier says.
    """
    for name in sorted({*found, *anew} - {MANIFEST, SEAL}):
        if name not in anew:
            yield Difference("input", name, "this entry", NOTHING)
        elif name not in found:
            yield Difference("input", name, NOTHING, "this entry")
        elif found[name] != anew[name]:
            if name.endswith(".json"):
                yield from _in_json(name, found[name], anew[name], sizes)
            else:
                yield from _in_text(name, found[name], anew[name])


def _in_json(name: str, declared: bytes, recomputed: bytes, sizes: Mapping[str, float]) -> Iterator[Difference]:
    try:
        told = json.loads(declared)
        one_form = canonical_json(told) == declared
    except (ValueError, RecursionError, InputError):
        yield Difference("text", name, "no valid JSON", "JSON")
        return
    if not one_form:
        yield Difference("text", name, "another writing of its values", "the one form a dossier has")
    for path, ours, theirs in differing(told, json.loads(recomputed), sizes):
        yield Difference(_kind(name, path, ours, theirs), f"{name}: {path}", ours, theirs)


def _kind(name: str, path: str, ours: Any, theirs: Any) -> Kind:
    """What sort of difference it is: of an input, of program or data, of a figure, or of a text."""
    if name == IDENTITIES:
        return "input" if path.startswith("inputs") else "version"
    return "figure" if _is_number(ours) and _is_number(theirs) else "text"


def _in_text(name: str, declared: bytes, recomputed: bytes) -> Iterator[Difference]:
    """The first line that differs."""
    lines = (text.decode(errors="replace").splitlines(keepends=True) for text in (declared, recomputed))
    for number, (ours, theirs) in enumerate(zip_longest(*lines, fillvalue=NOTHING), 1):
        if ours != theirs:
            yield Difference("text", f"{name}, line {number}", ours, theirs)
            return
    yield Difference("text", name, "other bytes", "UTF-8")


def differing(
    declared: Any, recomputed: Any, sizes: Mapping[str, float] = NO_SIZES, path: str = "", size: float = 0.0
) -> Iterator[tuple[str, Any, Any]]:
    """(path, declared, recomputed) wherever two JSON values differ; |a − b| ≤ 1e-9 max(|a|, |b|, size) is none.

    `size` is that of the category whose code stands above a figure or beside it (`sizes`), and 1 for a ratio.
    """
    if isinstance(declared, dict) and isinstance(recomputed, dict):
        size = size or sizes.get(str(recomputed.get("code")), 0.0)
        for key in {**declared, **recomputed}:
            here = f"{path}.{key}" if path else key
            inner = 1.0 if key in RATIOS else size or sizes.get(key, 0.0)
            yield from differing(declared.get(key, NOTHING), recomputed.get(key, NOTHING), sizes, here, inner)
        if list(declared) != list(recomputed) and set(declared) == set(recomputed):
            yield path or "keys", list(declared), list(recomputed)
    elif isinstance(declared, list) and isinstance(recomputed, list):
        for n, (ours, theirs) in enumerate(zip_longest(declared, recomputed, fillvalue=NOTHING)):
            yield from differing(ours, theirs, sizes, f"{path}[{n}]", size)
    elif type(declared) is not type(recomputed) or not _same(declared, recomputed, size):
        yield path, declared, recomputed


def _same(declared: Any, recomputed: Any, size: float) -> bool:
    if isinstance(declared, float):
        return math.isclose(declared, recomputed, rel_tol=TOLERANCE, abs_tol=TOLERANCE * size)
    return bool(declared == recomputed)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
