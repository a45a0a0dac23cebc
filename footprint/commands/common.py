"""What the commands share: arguments and options, choosing routes, batches, and where output goes.

Nothing here is imported that `--help` does not need; the calculation is imported inside the functions.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from footprint.errors import FootprintError, InputError, nearest

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from rich.console import RenderableType

    from footprint.calculation import Settings
    from footprint.impact.result import FootprintResult
    from footprint.library.background import Background as LoadedBackground

T = TypeVar("T")
DONE, NO, WRONG, IN_PART = 0, 1, 2, 3


class OutputClosed(Exception):
    """Nobody reads stdout any more."""


def complete_routes(incomplete: str) -> list[str]:
    """Route ids for shell completion; a data folder that cannot be read completes nothing."""
    try:
        from footprint.library.routes import route_index

        return [ident for ident in route_index() if ident.startswith(incomplete)]
    except FootprintError:
        return []


def completing(*words: str) -> Callable[[str], list[str]]:
    """Shell completion among fixed words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


Routes = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ROUTE...",
        help="Route ids, or paths of .toml files.",
        show_default=False,
        autocompletion=complete_routes,
    ),
]
OneRoute = Annotated[
    str,
    typer.Argument(
        metavar="ROUTE", help="Route id, or path of a .toml file.", show_default=False, autocompletion=complete_routes
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every shipped route.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Method = Annotated[str, typer.Option(metavar="NAME", help="Impact assessment method, by name or folder.")]
Background = Annotated[
    str,
    typer.Option(metavar="NAME", help="Background data: open, a folder of the same form, or bw:PROJECT/DATABASE."),
]
Links = Annotated[
    str | None,
    typer.Option(
        "--links",
        metavar="NAME",
        help="Link profile of a bw: background, by name or path; else the name of the database tells.",
        show_default=False,
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="DATE", help="The day asked about, as 2027-01-01.  [default: today]", show_default=False
    ),
]
Electricity = Annotated[
    str,
    typer.Option(
        metavar="CHOICE",
        help="Grid supply: as-modelled, production-mix or residual.",
        autocompletion=completing("as-modelled", "production-mix", "residual"),
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        metavar="CHOICE",
        help="Solver: kernel, or brightway (needs the extra 'engine').",
        autocompletion=completing("kernel", "brightway"),
    ),
]
LongTerm = Annotated[
    str,
    typer.Option(
        "--long-term",
        metavar="CHOICE",
        help="Emissions after 100 years: include or exclude.",
        autocompletion=completing("include", "exclude"),
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Value of a parameter of the route, or ID.PARAMETER of a site; may be given several times.",
        show_default=False,
    ),
]


Samples = Annotated[
    int,
    typer.Option("--samples", metavar="N", help="Monte Carlo samples; 0 calculates the value alone.", min=0),
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="What the draws begin with.", min=0)]
Drawing = Annotated[
    str,
    typer.Option(
        "--sequence",
        metavar="CHOICE",
        help="How samples are drawn: plain, latin-hypercube or sobol.",
        autocompletion=completing("plain", "latin-hypercube", "sobol"),
    ),
]
World = Annotated[
    str,
    typer.Option(
        "--world",
        metavar="CHOICE",
        help="The background: sampled with the route, or fixed at its middle.",
        autocompletion=completing("sampled", "fixed"),
    ),
]


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
        from footprint.library.method import load_method

        checked = Settings(electricity=self.electricity, long_term=self.long_term, engine=self.engine)  # type: ignore[arg-type]
        method = load_method(self.method)
        return replace(checked, method=method, background=chosen_background(self.background, self.links, self.method))


def chosen_background(name: str, links: str | None, method: str) -> LoadedBackground:
    """The background of that name; a database of a Brightway project is resolved through a link profile."""
    if links or name.startswith("bw:"):
        from footprint.exchange.backgrounds import load_background as load_linked

        return load_linked(name, links, method)
    from footprint.library.background import load_background

    return load_background(name)


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


def calculated(name: str, settings: Settings, values: Mapping[str, float]) -> FootprintResult:
    """The footprint of one route, with the findings of its checks."""
    from footprint.calculation import calculate_route
    from footprint.library.routes import load_route

    return calculate_route(load_route(name, values or None), settings)


def in_turn(names: Sequence[str], work: Callable[[str], T], doing: str) -> tuple[list[T], list[str]]:
    """What `work` made of each name, and the names that failed: told on stderr as they come, beside a progress bar."""
    done: list[T] = []
    failed: list[str] = []
    told: set[str] = set()
    with progress(len(names), doing) as advance:
        for name in names:
            try:
                done.append(work(name))
            except FootprintError as error:
                failed.append(name)
                if str(error) not in told:
                    complain(str(error) if name in str(error) else f"{name}: {error}")
                told.add(str(error))
            advance()
    return done, failed


@contextmanager
def progress(total: int, doing: str) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr while it is a terminal; nothing otherwise."""
    if total < 3 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from footprint.report.console import console

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda: bar.advance(task)


def finish(asked: int, failed: Sequence[str], answer: int = DONE) -> NoReturn:
    """Exit: `answer` where all was done; 3 where a part failed, 2 where all did; the failed ones are listed."""
    if failed and asked > 1:
        say(f"{len(failed)} of {asked} failed: {', '.join(failed)}")
    if failed:
        answer = IN_PART if len(failed) < asked else WRONG
    raise typer.Exit(answer)


def emit_answers(answers: Sequence[Any], asked: int) -> None:
    """One route asked for: its object; several: a list of those that succeeded; none succeeded: nothing."""
    if answers:
        emit_json(answers[0] if asked == 1 else answers)


def emit_json(value: Any) -> None:
    """`value` as JSON on stdout; a number that is not finite is a fault, never printed."""
    import msgspec

    with _open_output():
        compact = json.dumps(value, allow_nan=False).encode()
        print(msgspec.json.format(compact, indent=2).decode(), flush=True)


def emit(*pages: RenderableType) -> None:
    """Tables and text on stdout, without the blanks that fill the lines of a table."""
    from footprint.report.console import console

    out = console()
    with out.capture() as captured:
        for page in pages:
            out.print(page)
    lines = [line.rstrip() for line in captured.get().split("\n")]
    with _open_output():
        print("\n".join(lines).rstrip("\n"), flush=True)


@contextmanager
def _open_output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise OutputClosed from None


def write_whole(path: Path, content: str) -> None:
    """Write a text file: beside its place first, then renamed, so that nobody ever sees half of it."""
    from footprint.library.replacing import replacing

    try:
        with replacing(path) as temporary:
            temporary.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None


def made_folder(path: Path) -> Path:
    """The folder at `path`, made where it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be made ({error.strerror})") from None
    return path


def say(message: str) -> None:
    """Prose on stderr, free of control characters."""
    from footprint.report.numbers import clean

    with suppress(BrokenPipeError):
        print(clean(message), file=sys.stderr)


def complain(message: str) -> None:
    """An error on stderr."""
    say(f"error: {message}")


def legal_line() -> str:
    """What the footprint is in law today (`footprint explain delegated-act`)."""
    from datetime import date

    from footprint.library.paths import methods_folder
    from footprint.report.legal import status_line
    from footprint.rules.parameters import find, in_force, load_parameters

    return status_line(in_force(find(load_parameters(methods_folder() / "crma"), "delegated-act"), date.today()))


def debugging() -> bool:
    """Whether a traceback is wanted (--debug, or CRM_FOOTPRINT_DEBUG set)."""
    return bool(os.environ.get("CRM_FOOTPRINT_DEBUG"))
