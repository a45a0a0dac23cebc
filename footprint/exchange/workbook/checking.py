"""The rows of a workbook against each other and against what the program knows, each fault at its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from footprint.errors import FootprintError, InputError
from footprint.exchange.workbook.layout import BY_NAME
from footprint.exchange.workbook.locating import located
from footprint.exchange.workbook.names import directory
from footprint.exchange.workbook.reading import Problems
from footprint.exchange.workbook.records import Record, joined
from footprint.library.amounts import Sources, build_parameters
from footprint.library.build import build_route
from footprint.library.expressions import evaluate
from footprint.library.files import DeclaredRow, ParameterRow, RouteFile
from footprint.library.method import load_method
from footprint.library.paths import datasets_folder
from footprint.library.processes import build_process
from footprint.library.sources import load_sources
from footprint.library.studies import Study, checked
from footprint.model import Source

#: sheet -> columns that together name a row
_UNIQUE: Mapping[str, tuple[str, ...]] = {
    "Declared": ("id",),
    "Plants": ("id",),
    "Processes": ("id",),
    "Evidence": ("id",),
    "Sources": ("id",),
    "Parameters": ("name",),
    "Boundary": ("item",),
    "Production": ("process", "flow"),
    "Sites": ("site", "parameter"),
}
#: what a column refers to -> the sheet whose ids these are
_IDS: Mapping[str, str] = {
    "process": "Processes",
    "provider": "Processes",
    "treatment": "Processes",
    "plant": "Plants",
    "evidence": "Evidence",
    "source": "Sources",
}
#: sheet -> the columns of an elementary flow and of its compartment
_ELEMENTARY = {
    "Resources": ("input", "from"),
    "Water": ("flow", "compartment"),
    "Emissions": ("output", "to"),
}


def checked_file(found: Sequence[Record], problems: Problems, background: str = "open") -> RouteFile:
    """The route file that the rows make; InputError with every problem where there are any."""
    _check_twice(found, problems)
    _check_names(found, problems, background)
    _check_flows(found, problems)
    sources = _sources(found)
    values = _check_parameters(found, sources, problems)
    _check_expressions(found, values, problems)
    _check_days(found, problems)
    problems.refuse()
    raw = joined(found, problems.tell)
    problems.refuse()
    try:
        file = msgspec.convert(raw, RouteFile)
    except msgspec.ValidationError as error:
        raise InputError(f"{problems.path}: {error}") from None
    _check_whole(file, found, sources, problems)
    problems.refuse()
    return file


def _check_names(found: Sequence[Record], problems: Problems, background: str) -> None:
    """Names stand for something; those whose own list is at fault are not asked for."""
    known = directory(found, background)
    faulty = {sheet for sheet in _IDS.values() if any(cell.startswith(f"{sheet}!A") for cell, _ in problems.found)}
    for record in found:
        for column in BY_NAME[record.sheet].columns:
            value = record.values.get(column.key)
            if not (column.known and value) or _IDS.get(column.known) in faulty:
                continue
            if objection := known.objection(value, column):
                problems.tell(record.cell(column.key), objection)


def _check_flows(found: Sequence[Record], problems: Problems) -> None:
    """Elementary flows are those of the method."""
    method = load_method()
    for record in found:
        flow, compartment = _ELEMENTARY.get(record.sheet, ("", ""))
        if flow and {flow, compartment} <= record.values.keys():
            try:
                method.flow(record.values[flow], record.values[compartment])
            except InputError as error:
                problems.tell(record.cell(flow), str(error))


def _check_twice(found: Sequence[Record], problems: Problems) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for record in found:
        keys = _UNIQUE.get(record.sheet, ())
        name = (record.sheet, *(record.values.get(key) for key in keys))
        if not keys or name[-1] is None:
            continue
        if name in seen:
            told = "', '".join(map(str, name[1:]))
            problems.tell(record.cell(keys[-1]), f"'{told}' is given twice, first in {seen[name]}")
        seen.setdefault(name, record.cell(keys[-1]).partition("!")[2])


def _sources(found: Sequence[Record]) -> dict[str, Source]:
    """The sources of the program and of the workbook: of these, what decides the tier of a figure."""
    sources = dict(load_sources(datasets_folder()))
    for record in found:
        if record.sheet == "Sources" and {"id", "kind"} <= record.values.keys():
            ident, kind = record.values["id"], record.values["kind"]
            sources[ident] = Source(ident, "", "", 0, kind, "")
    return sources


def _check_parameters(found: Sequence[Record], sources: Sources, problems: Problems) -> Mapping[str, float]:
    """The values of the parameters, as far as they have any."""
    rows = {}
    for record in found:
        if record.sheet == "Parameters" and {"name", "value"} <= record.values.keys():
            values = {key: value for key, value in record.values.items() if key != "name"}
            rows[record.values["name"]] = msgspec.convert(values, ParameterRow)
    try:
        parameters, _ = build_parameters(rows, sources, "")
    except FootprintError as error:
        problems.tell(*located(str(error), found))
        return dict.fromkeys(rows, 1.0)
    return {parameter.name: parameter.amount.value for parameter in parameters}


def _check_expressions(found: Sequence[Record], values: Mapping[str, float], problems: Problems) -> None:
    for record in found:
        for column in BY_NAME[record.sheet].columns:
            value = record.values.get(column.key)
            if record.sheet in ("Parameters", "Variants") or column.kind not in ("amount", "pairs"):
                continue
            for given in value.values() if isinstance(value, dict) else [value]:
                if isinstance(given, str):
                    try:
                        evaluate(given, values)
                    except FootprintError as error:
                        problems.tell(record.cell(column.key), str(error))


def _check_days(found: Sequence[Record], problems: Problems) -> None:
    for record in found:
        first, last = record.values.get("study.period.from"), record.values.get("study.period.to")
        if first and last and last < first:
            problems.tell(record.cell("study.period.to"), f"{last} lies before the first day, {first}")


def _check_whole(file: RouteFile, found: Sequence[Record], sources: Sources, problems: Problems) -> None:
    """What only shows when the processes are built: bounds, content, legs, the declared product, contracts."""
    _, scope = build_parameters(file.parameter, sources, "")
    for process in file.process:
        _attempt(problems, found, build_process, process, scope)
    if not problems.found:
        for declared in file.declared:
            _attempt(problems, found, _checked_study, file, declared, sources)


def _attempt(problems: Problems, found: Sequence[Record], make: Callable[..., object], *arguments: object) -> None:
    try:
        make(*arguments)
    except FootprintError as error:
        problems.tell(*located(str(error), found))


def _checked_study(file: RouteFile, declared: DeclaredRow, sources: Sources) -> None:
    route = build_route(file, declared, sources, "")
    if file.study is not None:
        checked(Study(route, file.study))
