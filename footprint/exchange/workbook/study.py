"""A company's study as a form to fill in, and the filled form as a study."""

from __future__ import annotations

from pathlib import Path

from footprint.errors import InputError
from footprint.exchange.workbook.hints import Content, tables_of, template_of
from footprint.extras import needed
from footprint.library.paths import methods_folder
from footprint.library.replacing import apart, write_whole
from footprint.library.routes import load_route, route_index, route_rows
from footprint.library.studies import load_study
from footprint.library.toml_writing import toml_text
from footprint.model import Route
from footprint.rules.materials import find_material, load_materials


def write_template(
    path: str | Path, material: str = "", route: str | None = None, study: str | Path | None = None
) -> None:
    """Write a form for a study of `material`, laid out as `route` or as its first primary one: .xlsx or .toml.

    The figures of the route stand beside the empty cells as hints and are never read. With `study` the form is filled
    with that study and nothing is lost. Raises InputError for a name that is not known.
    """
    path = Path(path)
    if path.suffix.lower() not in (".xlsx", ".toml"):
        raise InputError(f"{path}: a template is written as .xlsx or .toml")
    if study is None:
        model = reference(material, route)
        content, title = template_of(model), f"Study of {model.declared.material}, laid out as {model.id}"
    else:
        company = load_study(study)
        apart([path], [Path(company.route.path)])
        content = Content(tables_of(route_rows(company.route)), {})
        title = f"Study of {company.route.declared.name}"
    if path.suffix.lower() == ".toml":
        write_whole(path, toml_text(content.raw, content.hints))
        return
    needed("openpyxl", "excel")
    from footprint.exchange.workbook.writing import write_book

    write_book(path, content, title)


def reference(material: str, route: str | None) -> Route:
    """The route that a template is laid out as; InputError where there is none of the material."""
    if route is not None:
        found = load_route(route)
        if material and found.declared.material != material:
            raise InputError(f"route '{route}' is of {found.declared.material}, not of {material}")
        return found
    find_material(load_materials(methods_folder() / "crma"), material)
    routes = [load_route(ident) for ident in routes_of(material)]
    return next((found for found in routes if found.system == "primary"), routes[0])


def routes_of(material: str) -> list[str]:
    """The shipped routes of a material, variants apart."""
    found = [ident for ident in route_index() if ident.startswith(f"{material}/") and "@" not in ident]
    if not found:
        raise InputError(f"no route of {material} is shipped; --route names one to lay the template out as")
    return found


def import_workbook(path: str | Path, out: str | Path | None = None, background: str = "open") -> str:
    """The study in a filled workbook as TOML; with `out` it is written there too, whole or not at all.

    `background` says which background processes may be named. Raises InputError with every cell that cannot be taken:
    `Energy!D7: unit 'kwh' is not known; did you mean 'kWh'?`.
    """
    from footprint.exchange.workbook.checking import checked_file
    from footprint.exchange.workbook.reading import Problems, read_records

    if out is not None and Path(out).suffix.lower() != ".toml":
        raise InputError(f"{out}: a study is written as .toml; its name must end so")
    if out is not None:
        apart([Path(out)], [Path(path)])
    problems = Problems(Path(path))
    text = toml_text(tables_of(checked_file(read_records(Path(path), problems), problems, background)))
    if out is not None:
        write_whole(Path(out), text)
    return text
