"""What `from`, `to` and `treatment` may say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from footprint.errors import InputError, listed, nearest

RESOURCE_COMPARTMENTS = (
    "ground",
    "fresh-water",
    "fossil-water",
    "sea-water",
    "land",
    "biotic",
    "air",
    "renewable",
)
EMISSION_COMPARTMENTS = (
    "air/urban",
    "air/non-urban",
    "air/long-term",
    "air/upper",
    "air/unspecified",
    "water/surface",
    "water/ground",
    "water/ground-long-term",
    "water/ocean",
    "water/fossil-well",
    "water/unspecified",
    "soil/agricultural",
    "soil/forestry",
    "soil/industrial",
    "soil/unspecified",
)
#: emissions later than 100 years after they start (DECISIONS 3)
LONG_TERM = frozenset({"air/long-term", "water/ground-long-term"})
VOLTAGES = ("HV", "MV", "LV")

Kind = Literal["process", "background", "electricity", "route", "declaration"]
_LOCATION = r"(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?|GLO|LOCAL)"
_FORMS: dict[Kind, re.Pattern[str]] = {
    "background": re.compile(rf"background:([a-z0-9][a-z0-9.-]*)(?:@({_LOCATION}))?(?:#([a-z0-9-]+))?"),
    "electricity": re.compile(rf"electricity:({_LOCATION}):(HV|MV|LV)"),
    "route": re.compile(r"route:([a-z0-9-]+/[a-z0-9.-]+(?:@[a-z0-9.-]+)?)"),
    "declaration": re.compile(r"declaration:([^\x00-\x1f\x7f-\x9f\\:*?\"<>|]+\.json)"),
    "process": re.compile(r"([a-z0-9][a-z0-9.-]*)"),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """Who supplies a product or treats a waste; `location` is empty where the provider's own is meant.

    `site` tells apart several sites of one background process: `background:tailings-dam@CL#pyrite`.
    """

    kind: Kind
    id: str
    location: str = ""
    voltage: str = ""
    site: str = ""


@lru_cache(maxsize=8192)
def parse_provider(text: str) -> Provider:
    """`background:steel@CN`, `electricity:CL:MV`, `route:copper/…`, `declaration:a.json`, or a process id."""
    for kind, form in _FORMS.items():
        if found := form.fullmatch(text):
            if kind == "electricity":
                return Provider(kind, text, found.group(1), found.group(2))
            if kind == "background":
                return Provider(kind, found.group(1), found.group(2) or "", site=found.group(3) or "")
            return Provider(kind, found.group(1))
    hint = nearest(text, (*RESOURCE_COMPARTMENTS, *(f"{kind}:" for kind in _FORMS if kind != "process")))
    raise InputError(
        f"'{text}' names no provider{hint}; allowed: a process id of this file, background:ID, background:ID@COUNTRY, "
        "background:ID#SITE, electricity:COUNTRY:HV|MV|LV, route:ID, declaration:FILE.json (a name without "
        '\\ : * ? " < > |), or '
        f"{listed(RESOURCE_COMPARTMENTS)}"
    )


def check_emission_compartment(text: str) -> None:
    """An emission goes to one of the closed list of compartments."""
    if text not in EMISSION_COMPARTMENTS:
        raise InputError(
            f"'{text}' is no emission compartment{nearest(text, EMISSION_COMPARTMENTS)}; "
            f"allowed: {listed(EMISSION_COMPARTMENTS, 20)}"
        )
