"""From the rows of a route file to the frozen model, with one declared product, a variant and overrides applied.

One direction only: takes rows and returns values; reads no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import msgspec

from footprint import model
from footprint.errors import InputError, listed, nearest
from footprint.library.amounts import OWN_UNIT, Scope, Sources, build_parameters, site_parameters
from footprint.library.files import DeclaredRow, ParameterRow, ProcessRow, RouteFile, SiteRow, VariantRow
from footprint.library.processes import build_process, unique

#: note of a parameter whose value a variant or a caller chose: it is no estimate of anything, and has no bounds
CHOSEN = "chosen by the variant or the caller"


def build_route(
    file: RouteFile,
    declared: DeclaredRow,
    sources: Sources,
    path: str,
    sha256: str = "",
    variant: str | None = None,
    overrides: Mapping[str, float] | None = None,
) -> model.Route:
    """The product system of `file` with one declared product.

    Raises InputError for unknown variants, parameters, sources, units, suppliers or compartments.
    """
    change = _variant(file, variant, path)
    own = {
        key: model.Source(key, r.title, r.author, r.year, r.kind, r.licence, r.url, r.basis)
        for key, r in file.source.items()
    }
    sources = {**sources, **own}
    chosen = overrides or {}
    rows = _parameter_rows(file.parameter, change, {k: v for k, v in chosen.items() if "." not in k}, path)
    parameters, scope = build_parameters(rows, sources, path)
    sites = _site_rows(file, change, {k: v for k, v in chosen.items() if "." in k})
    processes = tuple(build_process(_relocated(row, change), scope) for row in file.process)
    _check_processes(processes, declared, file, path)
    return model.Route(
        id=declared.id + (f"@{variant}" if variant else ""),
        declared=_declared(declared, file, change),
        system=file.system,
        processes=processes,
        parameters=parameters,
        boundary=tuple(
            model.Boundary(
                item, b.status, b.reason, b.mass, b.energy, b.score, b.source, MappingProxyType(b.categories)
            )
            for item, b in file.boundary.items()
        ),
        notes=file.notes,
        share_pre_consumer=file.share_pre_consumer,
        share_post_consumer=file.share_post_consumer,
        suppliers=MappingProxyType(dict(change.supplier)),
        sites=MappingProxyType(
            {key: site_parameters(table, scope.at(f"site '{key}'")) for key, table in sites.items()}
        ),
        path=path,
        sha256=sha256,
    )


def with_declared(route: model.Route, file: RouteFile, declared: DeclaredRow) -> model.Route:
    """The same system with another of the products its file declares."""
    _check_processes(route.processes, declared, file, route.path)
    _, at, variant = route.id.partition("@")
    change = _variant(file, variant or None, route.path)
    return replace(route, id=f"{declared.id}{at}{variant}", declared=_declared(declared, file, change))


def _variant(file: RouteFile, variant: str | None, path: str) -> VariantRow:
    if variant is None:
        return VariantRow()
    if variant not in file.variant:
        raise InputError(
            f"{path}: variant '{variant}' is not known{nearest(variant, file.variant)}; "
            f"it has: {listed(file.variant) or 'none'}"
        )
    return file.variant[variant]


def _declared(row: DeclaredRow, file: RouteFile, change: VariantRow) -> model.Declared:
    name = (row.name or file.name) + (f", {change.name}" if change.name else "")
    return model.Declared(
        row.id,
        row.material or file.material,
        name,
        row.product,
        row.process,
        row.form,
        row.grade,
        row.element,
        row.content,
        row.declared_unit_kg,
    )


def _parameter_rows(
    rows: Mapping[str, ParameterRow], change: VariantRow, overrides: Mapping[str, float], path: str
) -> dict[str, ParameterRow]:
    """Parameters with the variant's values, then the caller's."""
    changed = dict(rows)
    for name, override in change.parameter.items():
        old = _known_parameter(name, rows, path)
        given = {k: v for k in override.__struct_fields__ if (v := getattr(override, k)) is not None}
        if "low" not in given and "high" not in given:
            given |= {"low": None, "high": None, "note": CHOSEN}
        changed[name] = msgspec.structs.replace(old, **given)
    for name, value in overrides.items():
        old = _known_parameter(name, rows, path)
        changed[name] = msgspec.structs.replace(old, value=value, low=None, high=None, spread=None, note=CHOSEN)
    return changed


def _site_rows(file: RouteFile, change: VariantRow, overrides: Mapping[str, float]) -> dict[str, dict[str, SiteRow]]:
    """The site's values with the variant's rows, the caller's `SITE.PARAMETER` in the unit of the row it replaces."""
    found = {key: dict(rows) for key, rows in file.site.items()}
    for key, rows in change.site.items():
        found[key] = found.get(key, {}) | rows
    for name, value in overrides.items():
        key, _, parameter = name.rpartition(".")
        rows = found.setdefault(key, {})
        old = rows.get(parameter) or SiteRow(value=value, unit=OWN_UNIT)
        rows[parameter] = msgspec.structs.replace(old, value=value, low=None, high=None, spread=None, note=CHOSEN)
    return found


def _known_parameter(name: str, rows: Mapping[str, ParameterRow], path: str) -> ParameterRow:
    if name not in rows:
        raise InputError(
            f"{path}: parameter '{name}' is not known{nearest(name, rows)}; it has: {listed(rows) or 'none'}"
        )
    return rows[name]


def _relocated(row: ProcessRow, change: VariantRow) -> ProcessRow:
    override = change.process.get(row.id)
    return row if override is None else msgspec.structs.replace(row, location=override.location)


def _check_processes(processes: tuple[model.Process, ...], declared: DeclaredRow, file: RouteFile, path: str) -> None:
    """Ids are unique, the declared product exists and is a mass, a foreground process has a stage."""
    scope = Scope(path, {}, {})
    unique("process", [p.id for p in processes], scope)
    unique("declared", [d.id for d in file.declared], scope)
    for process in processes:
        if process.stage is None:
            raise InputError(f"{path}, process '{process.id}': 'stage' is missing; allowed: {listed(model.STAGES)}")
    by_id = {p.id: p for p in processes}
    place = f"{path}, declared '{declared.id}'"
    if declared.process not in by_id:
        raise InputError(f"{place}: process '{declared.process}' is not in this file{nearest(declared.process, by_id)}")
    made = {p.flow: p for p in by_id[declared.process].products}
    if declared.product not in made:
        raise InputError(
            f"{place}: '{declared.product}' is no product of "
            f"'{declared.process}'{nearest(declared.product, made)}; it makes: {listed(made)}"
        )
    if made[declared.product].amount.unit != "kg":
        raise InputError(
            f"{place}: the declared product is in {made[declared.product].amount.unit}; Annex V declares in kg"
        )
    for variant, change in file.variant.items():
        for name in change.process:
            if name not in by_id:
                raise InputError(
                    f"{path}, variant '{variant}': process '{name}' is not in this file{nearest(name, by_id)}"
                )
    if file.system == "mixed" and (file.share_pre_consumer is None or file.share_post_consumer is None):
        raise InputError(f"{path}: system 'mixed' needs share_pre_consumer and share_post_consumer")
