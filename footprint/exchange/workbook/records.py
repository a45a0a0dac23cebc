"""The tables of a route file as the rows of a workbook's sheets, and back: joined(records(raw)) == raw.

A record is one row: dotted keys as `layout` has them. `at` is where in the tables it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from footprint.errors import InputError
from footprint.exchange.workbook.layout import BY_NAME, EXCHANGES
from footprint.library.providers import RESOURCE_COMPARTMENTS
from footprint.units import UNITS

Raw = dict[str, Any]
Place = tuple[str | int, ...]
WATER = ("fresh-water", "fossil-water", "sea-water")
#: keys of a process that stand on sheets of their own
_APART = frozenset({"product", "waste", "exchange"})
#: table of tables -> its sheet, and the column of the name under which a row stands
_NAMED = {"parameter": ("Parameters", "name"), "boundary": ("Boundary", "item"), "source": ("Sources", "id")}
Tell = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a sheet: values by key, its place in the tables, or the cell of each key in a workbook."""

    sheet: str
    values: Mapping[str, Any]
    at: Place = ()
    cells: Mapping[str, str] = field(default_factory=dict)

    def cell(self, key: str = "") -> str:
        """The address of a key's cell, or of the row."""
        return f"{self.sheet}!{self.cells.get(key) or next(iter(self.cells.values()), 'A1')}"


# --- apart


def records(raw: Raw) -> list[Record]:
    """The rows of all sheets, sheet after sheet."""
    study = raw.get("study", {})
    form = {k: v for k, v in raw.items() if k in _FORM} | {"study": {k: v for k, v in study.items() if k in _OF_STUDY}}
    keys = {column.key for column in BY_NAME["Study"].columns}
    found = [Record("Study", _flat(form, keys))]
    for sheet, rows, at in (
        ("Declared", raw["declared"], ("declared",)),
        ("Plants", study.get("plant", []), ("study", "plant")),
        ("Contracts", study.get("instrument", []), ("study", "instrument")),
        ("Evidence", study.get("evidence", []), ("study", "evidence")),
    ):
        found += [Record(sheet, row, (*at, n)) for n, row in enumerate(rows)]
    for n, process in enumerate(raw["process"]):
        found += _of_process(process, n, study.get("data", {}).get(process["id"]))
    found += [*_named(raw, "boundary"), *_named(raw, "parameter")]
    for key, row in _by_site(raw):
        found.append(Record("Sites", {"site": key, **row}, ("site", key, row.get("parameter", ""))))
    for key, variant in raw.get("variant", {}).items():
        found += [Record("Variants", {"variant": key, **row}, ("variant", key)) for row in _of_variant(variant)]
    return found + _named(raw, "source")


def _named(raw: Raw, table: str) -> list[Record]:
    """The rows of a table of tables, each with the name under which it stands."""
    sheet, key = _NAMED[table]
    return [Record(sheet, {key: name, **row}, (table, name)) for name, row in raw.get(table, {}).items()]


_FORM = frozenset(column.key for column in BY_NAME["Study"].columns if "." not in column.key)
_OF_STUDY = frozenset(c.key.split(".")[1] for c in BY_NAME["Study"].columns if c.key.startswith("study."))


def _flat(table: Mapping[str, Any], keys: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """Tables in a table as dotted keys, down to the keys that are columns."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, dict) and dotted not in keys:
            found |= _flat(value, keys, f"{dotted}.")
        else:
            found[dotted] = value
    return found


def _of_process(process: Raw, n: int, data: Raw | None) -> Iterator[Record]:
    at: Place = ("process", n)
    keys = {column.key for column in BY_NAME["Processes"].columns}
    own = {key: value for key, value in process.items() if key not in _APART}
    own |= {"data": data} if data else {}
    yield Record("Processes", _flat(own, keys), at)
    owner = {"process": process["id"]}
    for i, product in enumerate(process.get("product", [])):
        yield Record("Production", owner | product, (*at, "product", i))
    if waste := process.get("waste"):
        yield Record("Production", owner | {"takes": True} | waste, (*at, "waste"))
    exchanges = process.get("exchange", [])
    names = Counter(map(_partners, exchanges))
    for i, exchange in enumerate(exchanges):
        line = {"line": i + 1}
        row = {key: value for key, value in exchange.items() if key != "legs"}
        yield Record(sheet_of(exchange), owner | _facing(row) | line, (*at, "exchange", i))
        flow, partner = _partners(exchange)
        goods = owner | {"flow": flow, "partner": partner} | (line if names[flow, partner] > 1 else {})
        for j, leg in enumerate(exchange.get("legs", [])):
            yield Record("Transport", goods | leg, (*at, "exchange", i, "legs", j))


def _partners(exchange: Raw) -> tuple[str, str]:
    """The flow of a line, and whom it comes from or goes to."""
    partner = exchange.get("from") or exchange.get("to") or exchange.get("treatment") or ""
    return exchange.get("input") or exchange.get("output") or "", partner


def sheet_of(exchange: Raw) -> str:
    """The sheet a line of a unit process stands on."""
    flow, partner = _partners(exchange)
    if "treatment" in exchange:
        return "Waste"
    if partner in WATER or ("to" in exchange and flow == "water"):
        return "Water"
    if "to" in exchange:
        return "Emissions"
    if partner in RESOURCE_COMPARTMENTS:
        return "Resources"
    if partner.startswith("declaration:"):
        return "Suppliers"
    if partner.startswith("electricity:") or ((unit := UNITS.get(exchange["unit"])) and unit.base == "MJ"):
        return "Energy"
    return "Auxiliaries" if partner.startswith("background:") else "Materials"


def _facing(row: Raw) -> Raw:
    """On the sheet of water, one pair of columns serves both directions."""
    if sheet_of(row) != "Water":
        return row
    flow, partner = _partners(row)
    others = {key: value for key, value in row.items() if key not in ("input", "from", "output", "to")}
    return {"flow": flow, "compartment": partner, **others}


def _by_site(raw: Raw) -> Iterator[tuple[str, Raw]]:
    for site, rows in raw.get("site", {}).items():
        yield from ((site, {"parameter": name, **row}) for name, row in rows.items())
        if not rows:
            yield site, {}


def _of_variant(variant: Raw) -> Iterator[Raw]:
    yield {"name": variant.get("name", ""), "remark": variant.get("note", "")}
    for name, row in variant.get("parameter", {}).items():
        yield {"changes": "parameter", "what": name, **row}
    for name, row in variant.get("process", {}).items():
        yield {"changes": "location", "what": name, "value": row["location"]}
    for name, supplier in variant.get("supplier", {}).items():
        yield {"changes": "supplier", "what": name, "value": supplier}
    for site, row in _by_site(variant):
        yield {"changes": "site", "what": f"{site}.{row.pop('parameter', '')}", **row}


# --- together


def joined(found: Iterable[Record], tell: Tell) -> Raw:
    """The tables of a route file from rows; `tell(cell, message)` hears of rows that belong to nothing."""
    by_sheet: dict[str, list[Record]] = {name: [] for name in BY_NAME}
    for record in found:
        by_sheet[record.sheet].append(record)
    raw: Raw = {"schema": 1}
    for record in by_sheet["Study"]:
        raw |= _deep(record.values)
    raw["declared"] = [dict(record.values) for record in by_sheet["Declared"]]
    for table, (sheet, key) in _NAMED.items():
        raw[table] = {r.values[key]: _without(r.values, key) for r in by_sheet[sheet]}
    raw["site"] = {}
    for record in by_sheet["Sites"]:
        _add_site(raw["site"], record.values["site"], record.values.get("parameter", ""), record.values)
    raw["variant"] = {}
    for record in by_sheet["Variants"]:
        _add_variant(raw["variant"].setdefault(record.values["variant"], {}), record, tell)
    processes = {r.values["id"]: _deep(r.values) for r in by_sheet["Processes"]}
    data = {ident: process.pop("data") for ident, process in processes.items() if "data" in process}
    raw["process"] = list(processes.values())
    _add_lines(processes, by_sheet, tell)
    study: Raw = {"data": data}
    for table, sheet in (("plant", "Plants"), ("instrument", "Contracts"), ("evidence", "Evidence")):
        study[table] = [dict(record.values) for record in by_sheet[sheet]]
    if any(study.values()):
        raw.setdefault("study", {}).update({key: value for key, value in study.items() if value})
    return {key: value for key, value in raw.items() if value not in ({}, None)}


def _deep(values: Mapping[str, Any]) -> Raw:
    """Dotted keys as tables in a table."""
    found: Raw = {}
    for dotted, value in values.items():
        *path, key = dotted.split(".")
        table = found
        for part in path:
            table = table.setdefault(part, {})
        table[key] = value
    return found


def _without(values: Mapping[str, Any], *keys: str) -> Raw:
    return {key: value for key, value in values.items() if key not in keys}


def _add_site(sites: Raw, site: str, parameter: str, values: Mapping[str, Any]) -> None:
    rows = sites.setdefault(site, {})
    if parameter:
        rows[parameter] = _without(values, "site", "parameter")


def _add_variant(variant: Raw, record: Record, tell: Tell) -> None:
    values = dict(record.values)
    change, what, value = values.get("changes"), values.get("what", ""), values.get("value")
    variant |= {key: values[name] for key, name in (("name", "name"), ("note", "remark")) if values.get(name)}
    if change is None:
        return
    row = _without(values, "variant", "name", "remark", "changes", "what")
    if not what or (value is None and change != "site"):
        tell(record.cell("what"), f"a change of a {change} needs what it changes and its new value")
    elif change == "site":
        site, _, parameter = what.rpartition(".")
        _add_site(variant.setdefault("site", {}), site, parameter, row)
    elif change == "parameter":
        variant.setdefault("parameter", {})[what] = row
    elif change == "supplier":
        variant.setdefault("supplier", {})[what] = str(value)
    else:
        variant.setdefault("process", {})[what] = {"location": str(value)}


def _add_lines(processes: Mapping[str, Raw], by_sheet: Mapping[str, list[Record]], tell: Tell) -> None:
    """Products, exchanges and legs to the process they name; exchanges in the order of their lines."""
    for record in by_sheet["Production"]:
        row = _without(record.values, "process", "takes")
        process = processes.get(record.values["process"], {})
        if not record.values.get("takes"):
            process.setdefault("product", []).append(row)
        elif "waste" in process:
            tell(record.cell("takes"), "the process takes two wastes; it can take one")
        else:
            process["waste"] = row
    turned = [(record, _turned(record)) for record in lines(record for name in EXCHANGES for record in by_sheet[name])]
    for record, exchange in turned:
        processes.get(record.values["process"], {}).setdefault("exchange", []).append(exchange)
    for record in by_sheet["Transport"]:
        try:
            exchange = _carried(record.values, turned)
        except InputError as error:
            tell(record.cell("flow"), str(error))
        else:
            exchange.setdefault("legs", []).append(_without(record.values, "process", "flow", "partner", "line"))


def lines(found: Iterable[Record]) -> list[Record]:
    """The rows that are lines of a process, in their order: numbered ones first, then as they stand."""
    of_sheets = [record for record in found if record.sheet in EXCHANGES]
    return sorted(of_sheets, key=lambda record: record.values.get("line") or float("inf"))


def _turned(record: Record) -> Raw:
    """A line as the route file has it."""
    row = _without(record.values, "process", "line")
    if record.sheet != "Water":
        return row
    flow, compartment = row.pop("flow"), row.pop("compartment")
    taken = compartment in RESOURCE_COMPARTMENTS
    return ({"input": flow, "from": compartment} if taken else {"output": flow, "to": compartment}) | row


def _carried(leg: Mapping[str, Any], turned: list[tuple[Record, Raw]]) -> Raw:
    """The one line that a leg carries; InputError where there is none, or more than one."""
    found = [
        exchange
        for record, exchange in turned
        if record.values["process"] == leg["process"]
        and _partners(exchange)[0] == leg["flow"]
        and leg.get("partner") in (None, _partners(exchange)[1])
        and leg.get("line") in (None, record.values.get("line"))
    ]
    if len(found) == 1:
        return found[0]
    told = "no input or waste of" if not found else f"{len(found)} inputs or wastes of"
    more = "" if not found else "; 'from / to' or 'line' says which"
    raise InputError(f"{told} process '{leg['process']}' called '{leg['flow']}'{more}")
