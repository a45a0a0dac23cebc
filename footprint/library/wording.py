"""What a validator found, in the words of someone who writes data files: what is there, and what is allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from footprint.errors import listed, nearest

#: pattern of a text in `files` -> what it asks for
FORMS: Mapping[str, str] = {
    r"^[a-z0-9][a-z0-9.-]*$": "small letters, digits, points and hyphens, without spaces",
    r"^[a-z0-9-]+/[a-z0-9.-]+$": "material/name, in small letters, digits, points and hyphens",
    r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|GLO|LOCAL)$": "a country in two capital letters (CL), a part of it (AU-WA), or GLO",
    r"^[a-z0-9][a-z0-9.-]*(#[a-z0-9-]+)?$": "the id of a background process, or ID#NAME",
    "^[A-Z][a-z]?$": "the symbol of an element (Co)",
    "^[a-z_][a-z0-9_]*$": "small letters, digits and underscores, a letter first",
    "^[A-Z]{2,4}$": "the code of an impact category (CC)",
    "^([0-9a-f]{64})?$": "the 64 digits of a SHA-256, in small letters",
    r'^https://[^\\s<>\\"\']+$': "a web address that begins with https://",
}
_KINDS: Mapping[str, str] = {
    "float | str": "a number, or an expression in quotes",
    "float": "a number",
    "int": "a whole number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list [ … ]",
    "object": "a table { … }",
    "null": "nothing",
    "date": "a date",
    "datetime": "a date",
    "time": "a time",
}
_BOUNDS: Mapping[str, str] = {">=": "at least", ">": "above", "<=": "at most", "<": "below"}


def reworded(message: str, value: Any, kind: Any) -> str:
    """The validator's `message` about `value`, which should have been a `kind`."""
    text = message.replace("`", "'").removeprefix("Object ")
    for pattern, write in _WORDINGS.items():
        if found := re.fullmatch(pattern, text):
            return write(found, value, kind)
    return text


def _choice(found: re.Match[str], value: Any, kind: Any) -> str:
    allowed = [str(word) for word in literals(kind)]
    told = f"{found.group(1)} is not known{nearest(str(value), allowed)}"
    return f"{told}; allowed: {listed(allowed, 20)}" if allowed else told


def literals(kind: Any) -> tuple[Any, ...]:
    """The words of a Literal, also inside `… | None` and annotations."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    return next((words for part in get_args(kind) if (words := literals(part))), ())


def _kind(found: re.Match[str], value: Any, kind: Any) -> str:
    wanted, given = (_KINDS.get(word, word) for word in found.groups())
    return f"{wanted} is needed, not {given}"


def _bound(found: re.Match[str], value: Any, kind: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}; a finite number is needed"
    given = f"is {value}; " if isinstance(value, (int, float)) else ""
    return f"{given}it must be {_BOUNDS[found.group(1)]} {float(found.group(2)):g}"


def _length(found: re.Match[str], value: Any, kind: Any) -> str:
    if not value:
        return "is empty"
    return f"has {len(value):,} characters or entries; {_BOUNDS[found.group(1)]} {int(found.group(2)):,} are allowed"


def _form(found: re.Match[str], value: Any, kind: Any) -> str:
    given = f"'{value}' is not in form; " if isinstance(value, str) else ""
    return f"{given}needed: {FORMS.get(found.group(1), found.group(1))}"


_WORDINGS: Mapping[str, Callable[[re.Match[str], Any, Any], str]] = {
    r"Invalid enum value (.+)": _choice,
    r"Expected '([^']+)', got '([^']+)'": _kind,
    r"Expected '(?:float|int)' (>=|>|<=|<) (\S+)": _bound,
    r"Expected '\w+' of length (>=|<=) (\d+)": _length,
    r"Expected 'str' matching regex '(.+)'": _form,
}
