"""Calculating several routes in turn, with a progress bar, and the exit code at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from footprint.errors import FootprintError

if TYPE_CHECKING:
    from footprint.calculation import Settings
    from footprint.impact.result import FootprintResult

from footprint.commands.output import complain, say

T = TypeVar("T")


DONE, NO, WRONG, IN_PART = 0, 1, 2, 3


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
