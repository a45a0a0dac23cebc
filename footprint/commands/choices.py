"""Options as they were given, turned into what a calculation takes; every fault names the option."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footprint.errors import InputError, nearest

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from footprint.calculation import Settings


@dataclass(frozen=True)
class Choices:
    """The options of a calculation as they were given."""

    method: str = "ef-3.1"
    background: str = "open"
    electricity: str = "as-modelled"
    engine: str = "kernel"
    long_term: str = "include"
    links: str | None = None

    def settings(self) -> Settings:
        """Checked settings with method and background loaded; InputError names an option that is not known."""
        from dataclasses import replace

        from footprint.calculation import Settings
        from footprint.exchange.choosing import chosen_background
        from footprint.library.method import load_method

        checked = Settings(electricity=self.electricity, long_term=self.long_term, engine=self.engine)  # type: ignore[arg-type]
        method = load_method(self.method)
        return replace(checked, method=method, background=chosen_background(self.background, self.links, self.method))


def chosen_routes(routes: Sequence[str] | None, every: bool) -> list[str]:
    """The routes asked for, each once: those named, or all that are shipped."""
    if routes and every:
        raise InputError("give routes or --all, not both")
    if every:
        from footprint.library.routes import route_index

        return list(route_index())
    if not routes:
        raise InputError("no route given; `footprint list` shows the ids, and a path ends in .toml")
    return list(dict.fromkeys(routes))


def choice(option: str, value: str, allowed: Sequence[str]) -> str:
    """`value`, or InputError with the nearest of the allowed spellings."""
    if value not in allowed:
        raise InputError(f"{option} '{value}' is not known{nearest(value, allowed)}; allowed: {', '.join(allowed)}")
    return value


def asked_day(text: str | None, option: str = "--on") -> date:
    """A day as it was given, or today."""
    from datetime import date

    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} '{text}' is not a day; write it as 2027-01-01") from None


def named(path: Path, option: str, ending: str) -> Path:
    """The path of an option, whose name must end as the file's kind does."""
    if path.suffix.lower() != ending:
        raise InputError(f"{option} '{path}': the name must end in {ending}")
    return path


def overrides(values: Sequence[str] | None) -> Mapping[str, float]:
    """`NAME=VALUE` pairs as parameter values; InputError names the parameter."""
    found: dict[str, float] = {}
    for pair in values or ():
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise InputError(f"--set '{pair}': NAME=VALUE is needed, as in --set ore_grade=0.01")
        if name in found:
            raise InputError(f"--set: parameter '{name}' is given twice")
        found[name] = _finite(name, value)
    return found


def _finite(name: str, value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InputError(f"--set: parameter '{name}': '{value}' is not a finite number (decimal point, no unit)")
    return found
