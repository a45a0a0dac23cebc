"""Where a stage takes place: the field of a declaration that says so, and when two places are one."""

from __future__ import annotations

#: the field of `countries` that answers for each stage
COUNTRIES = {
    "extraction": "extraction",
    "concentration": "processing",
    "refining": "refining",
    "recycling": "recycling",
}
#: locations that are no country
NOWHERE = frozenset({"GLO", "LOCAL"})


def same_place(place: str, other: str) -> bool:
    """Whether two places are one, or one is a region of the other: AU-WA and AU."""
    return place == other or place.startswith(f"{other}-") or other.startswith(f"{place}-")
