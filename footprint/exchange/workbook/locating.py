"""From a message of the library, which names a process and an exchange, to the cell that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from footprint.exchange.workbook.records import Record, lines

#: words of a message -> the column that it is about, where that is not the amount
_ABOUT = {
    "content of": "content",
    "electricity input": "flow",
    "is no product of": "product",
    "substitution": "substitution",
}
Search = Callable[..., Iterable[Record]]


def located(message: str, found: Sequence[Record]) -> tuple[str, str]:
    """The cell that a message is about, and the message without its place; no cell where none can be told."""
    for pattern, search in _PLACES:
        place = re.search(pattern, message)
        if place and (record := next(iter(search(found, *place.groups())), None)):
            told = message[place.end() :].lstrip(":, ")
            keys = [key for words, key in _ABOUT.items() if words in told]
            return record.cell(next((key for key in (*keys, "amount", "value") if key in record.cells), "")), told
    return "", message.lstrip(":, ")


def _named(sheet: str, *keys: str) -> Search:
    """A search for the rows of a sheet whose columns `keys` hold the groups of the pattern."""

    def search(found: Sequence[Record], *values: str) -> Iterable[Record]:
        wanted = dict(zip(keys, values, strict=True))
        return (r for r in found if r.sheet == sheet and all(r.values.get(k) == v for k, v in wanted.items()))

    return search


def _exchange(found: Sequence[Record], process: str, number: str) -> Sequence[Record]:
    of_process = [record for record in lines(found) if record.values["process"] == process]
    return of_process[int(number) - 1 : int(number)]


def _product(found: Sequence[Record], process: str, number: str) -> Sequence[Record]:
    rows = [record for record in found if record.sheet == "Production" and record.values["process"] == process]
    made = [record for record in rows if not record.values.get("takes")]
    return made[int(number) - 1 : int(number)]


def _contract(found: Sequence[Record], number: str) -> Sequence[Record]:
    return [record for record in found if record.sheet == "Contracts"][int(number) - 1 : int(number)]


_PLACES: Sequence[tuple[str, Search]] = (
    (r"process '([^']+)', exchange (\d+) \(.*?\)(?=:|, )", _exchange),
    (r"process '([^']+)', product (\d+)", _product),
    (r"process '([^']+)', waste", _named("Production", "process")),
    (r"process '([^']+)'(?=:)", _named("Processes", "id")),
    (r"site '([^']+)', parameter '([^']+)'", _named("Sites", "site", "parameter")),
    (r"parameter '([^']+)'", _named("Parameters", "name")),
    (r"(?=parameters are defined in a circle: ([a-z0-9_]+))", _named("Parameters", "name")),
    (r"declared '([^']+)'", _named("Declared", "id")),
    (r"variant '([^']+)'", _named("Variants", "variant")),
    (r"\[study\] instrument (\d+)", _contract),
)
