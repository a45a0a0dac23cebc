"""`footprint explain`: a legal or method parameter on a day, with its status, provision and link."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footprint.commands.choices import asked_day
from footprint.commands.options import Json, On
from footprint.commands.output import emit, emit_json
from footprint.errors import FootprintError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footprint.rules.parameters import Entry, Parameter


def complete_parameters(incomplete: str) -> list[str]:
    """Parameter ids for shell completion; rules that cannot be read complete nothing."""
    try:
        return [ident for ident in _parameters() if ident.startswith(incomplete)]
    except FootprintError:
        return []


Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[PARAMETER]",
        help="Id of a parameter; without it all are listed.",
        show_default=False,
        autocompletion=complete_parameters,
    ),
]


def explain(parameter: Name = None, on: On = None, as_json: Json = False) -> None:
    """Value in force of a parameter of law or method: status, provision, link."""
    day, parameters = asked_day(on), _parameters()
    if parameter is None:
        _list(parameters, day, as_json)
    else:
        _one(parameters, parameter, day, as_json)


def _parameters() -> Mapping[str, Parameter]:
    from footprint.library.paths import methods_folder
    from footprint.rules.parameters import load_parameters

    return load_parameters(methods_folder() / "crma")


def _one(parameters: Mapping[str, Parameter], name: str, day: date, as_json: bool) -> None:
    from footprint.rules.parameters import explain as explained
    from footprint.rules.parameters import find, in_force

    found = find(parameters, name)
    if as_json:
        history = [_entry_json(entry) for entry in found.history]
        emit_json(_parameter_json(found, in_force(found, day), day) | {"history": history})
    else:
        from footprint.report.parameters import wrapped

        emit(wrapped(explained(found, day)))


def _list(parameters: Mapping[str, Parameter], day: date, as_json: bool) -> None:
    current = {ident: _holding(parameter, day) for ident, parameter in sorted(parameters.items())}
    if as_json:
        emit_json([_parameter_json(parameters[ident], entry, day) for ident, entry in current.items()])
    else:
        from footprint.report.parameters import parameters_page

        emit(parameters_page([(parameters[ident], entry) for ident, entry in current.items()], day))


def _holding(parameter: Parameter, day: date) -> Entry | None:
    """The entry in force, or None where the history begins later."""
    from footprint.rules.parameters import in_force

    try:
        return in_force(parameter, day)
    except FootprintError:
        return None


def _parameter_json(parameter: Parameter, entry: Entry | None, day: date) -> dict[str, Any]:
    """Schema footprint/parameter/1: the fields of the entry in force are null on a day before the first one."""
    fields = _entry_json(entry) if entry else dict.fromkeys(_FIELDS)
    return {
        "schema": "footprint/parameter/1",
        "id": parameter.id,
        "title": parameter.title,
        "unit": parameter.unit,
        "on": day.isoformat(),
    } | fields


_FIELDS = ("since", "status", "value", "act", "provision", "url", "retrieved", "note")


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {field: _plain(getattr(entry, field)) for field in _FIELDS}


def _plain(value: Any) -> Any:
    """A parameter's value in the types of JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return {key: _plain(entry) for key, entry in value.items()} if hasattr(value, "items") else value
