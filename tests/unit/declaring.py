"""The example study that declarations are made of, with texts replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import footprint as fp
from footprint.market.declarations import Pool
from footprint.market.scheme_files import schemes_text
from footprint.market.thresholds import ClassScheme

EXAMPLE = Path(__file__).parents[2] / "docs/examples/copper-refinery/study.toml"
ON = date(2026, 6, 1)


def study(folder: Path, *changes: tuple[str, str]) -> Path:
    """The example with some texts replaced."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def real(folder: Path, *changes: tuple[str, str]):
    """The example as if it were not invented."""
    return fp.declare(study(folder, ("invented = true\n", ""), *changes), on=ON).declaration


def scheme(code: str, unit: str, *bounds: float, on: date = date(2026, 1, 1), **changes) -> ClassScheme:
    grade = "grade A, 99.99 % Cu"
    pool = Pool("copper", "copper cathode", "cathode", grade, 1.0, "ef-3.1", "none", "economic", "as-modelled", 1.0,
                "include")  # fmt: skip
    thresholds = dict(zip("ABCDEF", bounds, strict=False))
    window = date(2023, 1, 1), date(2026, 1, 1)
    return ClassScheme("copper", code, unit, "geometric", on, window, thresholds, replace(pool, **changes))


def scheme_file(folder: Path, *schemes: ClassScheme) -> Path:
    path = folder / "classes.json"
    path.write_text(schemes_text(schemes), encoding="utf-8")
    return path
