"""Published results to compare with: what the two tables say, what a route's notes answer, what a reason must name."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import footprint as fp
from footprint.impact.result import FootprintResult
from footprint.library.paths import datasets_folder, methods_folder
from footprint.library.published import Published, load_published
from footprint.report.material.view import ours_like

HERE = Path(__file__).parent
LIOH = ("lithium/hydroxide-brine-atacama", "lithium/hydroxide-spodumene-au-cn")
#: a ratio of ours to published beyond this, or below its inverse, needs an explanation
RATIO = 3.0
#: what a reason has to explain of the difference (share), and what a provider must bring to be named in it
EXPLAINED, WORTH_NAMING = 80, 0.005


def published() -> tuple[Published, ...]:
    """The shipped table of published values, in the order of the file."""
    return load_published()


def lioh() -> dict[str, dict[str, float]]:
    """Route -> category -> published value of lithium hydroxide."""
    found: dict[str, dict[str, float]] = {route: {} for route in LIOH}
    for row in _rows("lioh_16_categories.csv"):
        found[row["route"]][row["category"]] = float(row["value"])
    return found


def explanations() -> dict[str, dict[str, str]]:
    """Route -> category -> why our value is far from the published one."""
    return tomllib.loads((HERE / "lioh_explanations.toml").read_text(encoding="utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def method_flows() -> frozenset[str]:
    """The flows of the method, with and without a factor."""
    folder = methods_folder() / "ef-3.1"
    names = set()
    for name in ("flows.csv", "uncharacterised.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            names |= {row["flow"] for row in csv.DictReader(file)}
    return frozenset(names)


def base_routes() -> list[str]:
    """The shipped route ids without their variants."""
    return sorted(route for route in fp.route_index() if "@" not in route)


@cache
def result(route: str) -> FootprintResult:
    """The footprint of a route, calculated once."""
    return fp.calculate(route)


def ours(row: Published) -> float:
    """Our climate change in the unit of the row."""
    return ours_like(row, result(row.route))


def reasons(route: str) -> dict[str, str]:
    """Citation -> paragraph of the route's notes that begins "Against <citation>: …"."""
    with (datasets_folder() / fp.route_index()[route]).open("rb") as file:
        notes = tomllib.load(file).get("notes", "")
    paragraphs = re.split(r"\n\s*\n|\n(?=Against )", notes)
    texts = [" ".join(p.split()) for p in paragraphs if p.strip().startswith("Against ")]
    found: dict[str, str] = {}
    for text in texts:
        citation, colon, _ = text.removeprefix("Against ").partition(": ")
        assert colon, f"{route}: 'Against' needs a citation and a colon: {text[:60]}"
        name, bracket, declared = citation.partition(" (")
        if not bracket or route.endswith(f"/{declared.rstrip(')')}"):
            found[name] = text
    return found


def named(text: str, route: str, code: str = "CC") -> list[str]:
    """The processes and providers in a text that bring at least half a per cent of the category (in absolute terms)."""
    category = result(route)[code]
    parts: dict[str, float] = {}
    for key, value in [*category.by_background.items(), *category.by_process.items()]:
        parts[short(key)] = parts.get(short(key), 0.0) + abs(value)
    whole = sum(parts.values())
    return [name for name, value in parts.items() if whole and value / whole >= WORTH_NAMING and mentions(text, name)]


def short(key: str) -> str:
    """`background:heat-hard-coal@CN` is named heat-hard-coal; a grid is named as it stands, without its voltage."""
    if key.startswith("electricity:"):
        return key.rpartition(":")[0]
    return key.removeprefix("background:").partition("@")[0]


def mentions(text: str, name: str) -> bool:
    """Whether a text holds a name as a whole word."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def share_explained(text: str) -> int:
    """The largest "N % of the difference" a reason claims."""
    return max((int(n) for n in re.findall(r"(\d+) % of the difference", text)), default=0)


def comparison(route: str, theirs: Mapping[str, float]) -> dict[str, float]:
    """Category -> ours over published."""
    found = result(route)
    return {code: found[code].value / value for code, value in theirs.items()}


def is_far(ratio: float) -> bool:
    """Whether a ratio needs an explanation."""
    return not 1 / RATIO <= ratio <= RATIO
