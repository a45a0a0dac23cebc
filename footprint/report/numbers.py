"""Numbers and names as people read them: three significant digits, no digit that the value does not carry."""

from __future__ import annotations

import re

#: instead of a number where no data cover it; never 0
NOT_AVAILABLE = "n/a"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def number(value: float) -> str:
    """Three significant digits (four from 1000 to 9999): `0.00216`, `9.17`, `138`, `1.84e-9`."""
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.2e}".partition("e")
    exponent = int(power)
    if -3 <= exponent <= 3:
        return f"{value:.{max(0, 2 - exponent)}f}"
    return f"{mantissa}e{exponent}"


def percent(share: float) -> str:
    """A share in per cent without decimals: `58%`, `<1%` for what would round to nothing."""
    if 0 < abs(share) < 0.005:
        return "<1%"
    return f"{100 * share:.0f}%" if abs(share) < 10 else f"{share:.0f}x"


def part(value: float, total: float) -> str:
    """`value` as a share of `total`; a dash where there is no total to share."""
    return percent(value / total) if total else "–"


def change(value: float, reference: float) -> str:
    """How far `value` lies from `reference`: `+12%`, `same`, `19.3x`; empty where a sign or zero forbids a ratio."""
    if reference == 0 or (value < 0) != (reference < 0):
        return ""
    if value == reference:
        return "same"
    ratio = value / reference
    if ratio >= 10 or ratio < 0.1:
        return f"{number(ratio)}x"
    return f"{100 * (ratio - 1):+.0f}%" if abs(ratio - 1) >= 0.005 else "<1%"


def plural(count: int, word: str) -> str:
    """`1 route`, `2 routes`, `2 processes`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}{'es' if word.endswith('s') else 's'}"


def clean(text: str) -> str:
    """Text of a data file without control characters, nor what no file may hold: it must not steer the terminal."""
    return _CONTROL.sub("�", text)


#: units whose table form is shorter; the full one is in the JSON
_SHORT_UNITS = {
    "disease incidence": "disease inc.",
    "pt (dimensionless)": "pt",
    "m3 world eq (deprived)": "m3 world eq",
}


def short_unit(unit: str) -> str:
    """A category's unit for a narrow column."""
    return _SHORT_UNITS.get(unit, unit)


def short_name(name: str) -> str:
    """A category's name for a narrow column."""
    return name.removesuffix(", human health").replace("Resource use, minerals and metals", "Resource use, minerals")


def short_provider(name: str) -> str:
    """`background:` says nothing to a reader of contributions."""
    return name.removeprefix("background:")
