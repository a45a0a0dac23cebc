"""Where output goes: data to stdout, prose to stderr, never a traceback when nobody reads."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from footprint.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType


class OutputClosed(Exception):
    """Nobody reads stdout any more."""


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

    with suppress(OSError):
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
