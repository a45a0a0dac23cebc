"""`footprint compare`: routes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.choices import Choices, choice, overrides
from footprint.commands.options import (
    Background,
    Drawing,
    Electricity,
    Engine,
    Json,
    Links,
    LongTerm,
    Method,
    Samples,
    Seed,
    Values,
    World,
    complete_routes,
    completing,
)
from footprint.commands.output import emit, emit_json
from footprint.commands.running import calculated, finish, in_turn
from footprint.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from footprint.calculation import Settings
    from footprint.impact.result import Contribution, FootprintResult

    Named = Mapping[str, FootprintResult]
    Lower = Mapping[str, Mapping[str, float]]
    Parts = dict[str, dict[str, dict[str, float]]]

PARTS = ("stage", "process")
BASES = ("declared-unit", "element")
Several = Annotated[
    list[str],
    typer.Argument(
        metavar="ROUTE ROUTE...",
        help="Two or more route ids, or paths of .toml files.",
        show_default=False,
        autocompletion=complete_routes,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="PART",
        help="In each category also by stage or process.",
        show_default=False,
        autocompletion=completing(*PARTS),
    ),
]
Per = Annotated[
    str,
    typer.Option(
        "--per",
        metavar="BASIS",
        help="Values per declared-unit, or per kg of contained element.",
        autocompletion=completing(*BASES),
    ),
]


def compare(
    routes: Several,
    by: By = None,
    per: Per = "declared-unit",
    method: Method = "ef-3.1",
    background: Background = "open",
    links: Links = None,
    electricity: Electricity = "as-modelled",
    engine: Engine = "kernel",
    values: Values = None,
    long_term: LongTerm = "include",
    samples: Samples = 0,
    seed: Seed = 1,
    sequence: Drawing = "plain",
    world: World = "sampled",
    as_json: Json = False,
) -> None:
    """Routes side by side in every category; by stage and by process, and with --samples which is lower how often."""
    names = list(dict.fromkeys(routes))
    if len(names) < 2:
        raise InputError(f"one route given ('{names[0]}'); two or more different ones are needed to compare")
    part = choice("--by", by, PARTS) if by is not None else None
    choice("--per", per, BASES)
    choice("--sequence", sequence, ("plain", "latin-hypercube", "sobol"))
    choice("--world", world, ("sampled", "fixed"))
    settings = Choices(method, background, electricity, engine, long_term, links).settings()
    changes = overrides(values)
    results, failed = in_turn(names, lambda name: calculated(name, settings, changes), "calculating")
    if not failed:
        found = named(results)
        scale = scales(found, per)
        lower = paired(found, scale, settings, samples, seed, sequence, world) if samples else {}
        _answer(found, scale, lower, part, per, as_json)
    finish(len(names), names if failed else ())


def _answer(
    results: Named, scale: Mapping[str, float], lower: Lower, part: str | None, per: str, as_json: bool
) -> None:
    answer = comparison_json(results, scale, per)
    if as_json:
        emit_json(answer | ({"probability_lower": lower} if lower else {}))
        return
    from footprint.report.comparison import comparison_page

    emit(comparison_page(results, answer, part))
    if lower:
        from footprint.report.console import notes
        from footprint.report.sampling import probability_lines

        emit(notes(probability_lines(lower, next(iter(results.values())).codes)))


def paired(
    results: Named, scale: Mapping[str, float], settings: Settings, samples: int, seed: int, sequence: str, world: str
) -> Lower:
    """Category -> "A<B" -> the share of paired samples in which A is lower than B, for each pair as it was given."""
    from itertools import combinations

    from footprint.sampling import sample_routes
    from footprint.uncertainty.statistics import probability_lower

    drawn = sample_routes(
        [result.route for result in results.values()], samples, seed,
        sequence=sequence, world=world, settings=settings,  # type: ignore[arg-type]
    )  # fmt: skip
    by_name = dict(zip(results, drawn, strict=True))
    return {
        code: {
            f"{a}<{b}": probability_lower(by_name[a][code] / scale[a], by_name[b][code] / scale[b])
            for a, b in combinations(results, 2)
        }
        for code in next(iter(results.values())).codes
    }


def named(results: Sequence[FootprintResult]) -> dict[str, FootprintResult]:
    """Results by route id; by path where two files declare the same id."""
    ids = [result.route.id for result in results]
    return {r.route.id if ids.count(r.route.id) == 1 else r.route.path: r for r in results}


def scales(results: Named, per: str) -> dict[str, float]:
    """What each route's values are divided by: 1, or the kg of element in its declared unit."""
    if per == "declared-unit":
        return dict.fromkeys(results, 1.0)
    declared = {name: result.route.declared for name, result in results.items()}
    for name, product in declared.items():
        if not (product.element and product.content):
            raise InputError(f"{name}: '{product.product}' has no element with its content; --per element needs both")
    if len(elements := {str(product.element) for product in declared.values()}) > 1:
        raise InputError(f"--per element: the products hold different elements ({', '.join(sorted(elements))})")
    return {name: (product.content or 1.0) * product.unit_kg for name, product in declared.items()}


def comparison_json(results: Named, scale: Mapping[str, float], per: str) -> dict[str, Any]:
    """Schema footprint/comparison/1: category -> route -> value, then the same by stage and by process."""
    first = next(iter(results.values()))
    return {
        "schema": "footprint/comparison/1",
        "routes": list(results),
        "per": _basis(first, per),
        "results": {code: {name: r[code].value / scale[name] for name, r in results.items()} for code in first.codes},
        "by_stage": _parts(results, scale, lambda c: c.stage),
        "by_process": _parts(results, scale, lambda c: f"{c.background or c.process} ({c.stage})"),
    }


def _basis(result: FootprintResult, per: str) -> str:
    declared = result.route.declared
    return "declared unit" if per == "declared-unit" else f"kg {declared.element}"


def _parts(results: Named, scale: Mapping[str, float], key: Callable[[Contribution], str]) -> Parts:
    """Category -> part -> route -> value; a route without the part is left out."""
    found: Parts = {}
    for name, result in results.items():
        for code in result.codes:
            for part, value in result.split(code, key).items():
                found.setdefault(code, {}).setdefault(part, {})[name] = value / scale[name]
    return found
