"""The columns of a workbook: each is a key of a row of the route file, whose type says what its cells may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from footprint.library.wording import literals

Kind = Literal["text", "number", "amount", "whole", "truth", "day", "list", "pairs", "spread"]
#: what the names in a column refer to; `checking` knows which names there are
Known = Literal[
    "",
    "unit",
    "parameter unit",
    "process",
    "provider",
    "treatment",
    "compartment",
    "water compartment",
    "transport",
    "source",
    "plant",
    "evidence",
    "item",
    "boundary item",
    "material",
    "background",
    "price",
    "site",
]
YES_NO = ("yes", "no")
#: last part of keys whose text is prose: spaces at its ends mean nothing to anyone, and are kept
PROSE = frozenset({
    "note", "notes", "remark", "locator", "title", "author", "licence", "reason", "name", "address", "contact",
    "trade_name", "holder", "grade", "form", "geography", "technology", "capacity", "url",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column (in a form: a row). `key` is the dotted key in the row, `type` that of its value.

    `groups` are the tables on the way to the key, each with whether its own table must have it. `explicit` marks a text
    that may be given as empty, which says something else than leaving it out.
    """

    key: str
    title: str
    help: str
    type: Any
    required: bool
    known: Known = ""
    groups: tuple[tuple[str, bool], ...] = ()
    explicit: bool = False

    @property
    def kind(self) -> Kind:
        """How a value of this type stands in a cell."""
        return kind_of(self.type)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words the cell may hold, where the type closes them."""
        return YES_NO if self.kind == "truth" else tuple(map(str, literals(self.type)))

    @property
    def prose(self) -> bool:
        """Whether the text is for readers alone."""
        return self.key.rpartition(".")[2] in PROSE

    def needed(self, given: frozenset[str]) -> bool:
        """Whether the cell must be filled, when the keys `given` are: a table that is begun is finished."""
        for group, required in self.groups:
            if not required and not any(key == group or key.startswith(f"{group}.") for key in given):
                return False
        return self.required


def column(row: type[Struct], key: str, title: str = "", help: str = "", known: Known = "") -> Column:
    """The column of a key of `row`, dotted where it lies in a table of the row (`quality.TeR`)."""
    struct, path, groups = row, key.split("."), []
    for n, part in enumerate(path[:-1], 1):
        found = _fields(struct)[part]
        groups.append((".".join(path[:n]), found.required))
        struct = next(t for t in (found.type, *get_args(found.type)) if isinstance(t, type) and issubclass(t, Struct))
    field = _fields(struct)[path[-1]]
    bare = kind_of(field.type) in ("text", "amount")
    return Column(
        key,
        title or path[-1].replace("_", " "),
        help,
        field.type,
        field.required,
        known,
        tuple(groups),
        explicit=bare and not field.required and field.default is None,
    )


def key_column(
    key: str, title: str, help: str, type: Any, known: Known = "", required: bool = True, explicit: bool = False
) -> Column:
    """A column that is no key of the row itself: to whom the row belongs, or under which name it stands."""
    return Column(key, title, help, type, required, known, explicit=explicit)


def if_given(found: Column, key: str) -> Column:
    """The column, which must be filled where the one of `key` is."""
    return replace(found, required=True, groups=((key, False),))


def _fields(struct: type[Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


@cache
def kind_of(type_: Any) -> Kind:
    """How a value of a type stands in a cell."""
    kinds = set(_kinds(type_))
    if {"number", "text"} <= kinds:
        return "amount"
    order: tuple[Kind, ...] = ("spread", "pairs", "list", "truth", "day", "whole", "number", "text")
    return next(kind for kind in order if kind in kinds)


_PLAIN: Mapping[Any, Kind] = {bool: "truth", int: "whole", float: "number", str: "text", date: "day"}


def _kinds(type_: Any) -> Iterator[Kind]:
    while hasattr(type_, "__metadata__"):
        type_ = type_.__origin__
    origin = get_origin(type_)
    if type_ in _PLAIN:
        yield _PLAIN[type_]
    elif origin is Literal:
        yield "text"
    elif origin is list:
        yield "list"
    elif origin is dict:
        yield "pairs"
    elif isinstance(type_, type) and issubclass(type_, Struct):
        yield "spread"
    else:
        for part in get_args(type_):
            yield from _kinds(part)
