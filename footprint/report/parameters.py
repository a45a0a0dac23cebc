"""Parameters of law and method as text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from footprint.report.console import text
from footprint.report.numbers import plural
from footprint.rules.parameters import Entry, Parameter, format_value

WIDTH = 80
GAP = 2
STYLES = {"adopted": "bold", "draft": "yellow", "assumption": ""}


def wrapped(explanation: str) -> Text:
    """An explanation in lines of at most 80 characters; links are never broken."""
    lines: list[str] = []
    for line in explanation.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        wrapper = textwrap.TextWrapper(
            WIDTH, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False
        )
        lines += wrapper.wrap(line) or [""]
    return text("\n".join(lines))


def parameters_page(entries: Sequence[tuple[Parameter, Entry | None]], day: date) -> RenderableType:
    """Every parameter with status and value on a day; None where it has no value yet."""
    made = Table.grid(padding=(0, GAP, 0, 0))
    for _ in range(3):
        made.add_column(no_wrap=True)
    room = WIDTH - max(len(parameter.id) for parameter, _ in entries) - len("assumption") - 2 * GAP
    for parameter, entry in entries:
        if entry is None:
            made.add_row(text(parameter.id), text("not yet", "dim"))
        else:
            value = textwrap.shorten(format_value(entry.value, parameter.unit), room, placeholder=" …")
            made.add_row(text(parameter.id), text(entry.status, STYLES[entry.status]), text(value, "dim"))
    found = f"{plural(len(entries), 'parameter')} on {day}"
    below = f"{found}; `footprint explain ID` shows value, provision, link and history"
    return Group(made, text(""), text(below))
