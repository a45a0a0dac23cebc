"""Writes a route into a Brightway project that Activity Browser opens, all of it or nothing.

After writing, `bw2calc` solves what now stands in the project; where that is not our result, everything is taken back.
One process writes at a time: Brightway's own rule. Brightway is imported here and nowhere on the way to a result.
"""

from __future__ import annotations

import io
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from footprint.calculation import Assessed, Settings, assess_route
from footprint.errors import FootprintError, InputError, listed
from footprint.exchange.brightway_data import DatabaseNames, ExportedSystem, exported_system, globally
from footprint.impact.assessment import totals
from footprint.library.method import Method, method_folder
from footprint.library.paths import methods_folder
from footprint.model import Route

SCHEMA = "footprint/export-brightway/1"
#: largest difference, relative to the sum of absolute contributions, that float32 storage explains
TOLERANCE = 1e-6
#: what rows of a database that is being replaced are called until the new ones stand
SHELVED = " (being replaced)"
FOLDER = "BRIGHTWAY2_DIR"


@dataclass(frozen=True)
class CategoryExport:
    """One category: our value, what `bw2calc` makes of the project, and the value with global factors only."""

    code: str
    name: str
    unit: str
    method: tuple[str, ...]
    value: float
    exported: float
    with_global_factors: float | None

    @property
    def difference(self) -> float:
        """Exported less our value, relative to ours."""
        return _relative(self.exported, self.value)

    @property
    def regional_difference(self) -> float | None:
        """What the factors of the locations change, relative to the value with global ones."""
        return None if self.with_global_factors is None else _relative(self.value, self.with_global_factors)


@dataclass(frozen=True)
class Export:
    """What was written, and how it compares."""

    route: str
    project: str
    folder: Path
    names: DatabaseNames
    counts: Mapping[str, int]
    demand: tuple[tuple[str, str], float]
    categories: tuple[CategoryExport, ...]

    def to_dict(self) -> dict[str, Any]:
        """The answer as `footprint export brightway --json` prints it."""
        (database, code), amount = self.demand
        return {
            "schema": SCHEMA,
            "route": self.route,
            "project": self.project,
            "folder": str(self.folder),
            "databases": {
                part: {"name": (name := getattr(self.names, part)), "nodes": self.counts[name]}
                for part in ("foreground", "background", "flows")
            },
            "demand": {"database": database, "code": code, "amount": amount},
            "results": {category.code: _category_dict(category) for category in self.categories},
        }


def _category_dict(category: CategoryExport) -> dict[str, Any]:
    return {
        "name": category.name,
        "unit": category.unit,
        "method": list(category.method),
        "value": category.value,
        "exported": category.exported,
        "difference": category.difference,
        "with_global_factors": category.with_global_factors,
        "regional_difference": category.regional_difference,
    }


def _relative(value: float, reference: float) -> float:
    return (value - reference) / abs(reference) if reference else value - reference


def export_brightway(route: Route, settings: Settings, project: str, overwrite: bool = False) -> Export:
    """Write foreground, background, elementary flows and method of a route into the Brightway project `project`.

    The project is made where there is none. Raises InputError where a database of the route's name is already there
    (unless `overwrite`), Brightway is missing or the project cannot be written; then nothing is left behind.
    """
    if not project.strip():
        raise InputError("--project: a name is needed")
    system = assess_route(route, settings)
    given = settings.method
    files = methods_folder() / given.id if isinstance(given, Method) else method_folder(given)
    exported = exported_system(route, system, files, settings.long_term)
    with _quiet():
        bd = _brightway()
        with _opened(bd, project, exported, overwrite):
            _write(bd, exported)
            scores = _solved(bd, exported)
            categories = _compared(system, exported, scores)
        folder = Path(bd.projects.dir)
    counts = {name: len(data) for name, data in exported.databases.items()}
    return Export(route.id, project, folder, exported.names, counts, exported.demand, categories)


# --- Brightway -----------------------------------------------------------------------------------------------------


@contextmanager
def _quiet() -> Iterator[None]:
    """Brightway reports progress and its folders on stdout and stderr: neither belongs in our answer."""
    with (
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        ExitStack() as stack,
    ):
        warnings.simplefilter("ignore")
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.WARNING)
        yield


def _brightway() -> Any:
    """`bw2data`, looking at the folder the user has chosen (BRIGHTWAY2_DIR) or Brightway's own."""
    folder = os.environ.get(FOLDER)
    if folder and not Path(folder).is_dir():
        raise InputError(f"{FOLDER} is '{folder}', which is no folder; make it, or unset {FOLDER}")
    try:
        import bw2data
    except ImportError:
        raise InputError(
            "writing a Brightway project needs bw2data, which is not installed: pip install 'crm-footprint[brightway]'"
        ) from None
    wanted, _ = bw2data.projects._get_base_directories()
    if Path(wanted) != Path(bw2data.projects._base_data_dir):
        # Brightway was loaded earlier in this process with another folder
        bw2data.projects.change_base_directories(Path(wanted), Path(wanted) / "logs", update=False)
    return bw2data


@contextmanager
def _opened(bd: Any, project: str, exported: ExportedSystem, overwrite: bool) -> Iterator[None]:
    """The project as current one. What fails inside leaves it as it was, or absent if it was not there."""
    before = bd.projects.current
    try:
        if project not in bd.projects:
            with _new_project(bd, project):
                yield
        else:
            bd.projects.set_current(project, update=False)
            _refuse(bd, project, exported.names, overwrite)
            with _Existing(bd, exported).kept():
                yield
    except _database_errors() as error:
        raise InputError(
            f"Brightway project '{project}' in {bd.projects._base_data_dir} cannot be written ({error}): close other "
            "programs that use it, Activity Browser for one, and try again; nothing was changed"
        ) from error
    except BaseException:
        if before != project and before in bd.projects:
            bd.projects.set_current(before, update=False)
        raise


def _database_errors() -> tuple[type[Exception], ...]:
    import peewee

    return (peewee.DatabaseError, peewee.InterfaceError, PermissionError)


@contextmanager
def _new_project(bd: Any, project: str) -> Iterator[None]:
    try:
        bd.projects.set_current(project, update=False)
        yield
    except BaseException:
        if project in bd.projects:
            bd.projects.delete_project(project, delete_dir=Path(bd.projects.dir).is_dir())
        raise


def _refuse(bd: Any, project: str, names: DatabaseNames, overwrite: bool) -> None:
    """What must not be written over."""
    if not bd.projects.twofive:
        raise InputError(f"Brightway project '{project}' is of an older Brightway (before 2.5); use another project")
    held = [name for name in names.in_order() if name in bd.databases]
    if held and not overwrite:
        raise InputError(
            f"Brightway project '{project}' already holds {_quoted(held)}; use --overwrite to replace, or another "
            "--project"
        )
    others = [name for name in bd.databases if name not in names.in_order()]
    users = [name for name in others if set(bd.databases[name].get("depends", ())) & set(held)]
    if users:
        raise InputError(
            f"Brightway project '{project}': {_quoted(users)} would lose the link to {_quoted(held)}; export into "
            "another --project, or relink it first"
        )


def _quoted(names: list[str]) -> str:
    return f"{'database' if len(names) == 1 else 'databases'} " + listed(f"'{name}'" for name in names)


class _Existing:
    """A project that already holds something, and how to put it back.

    Rows of databases that are replaced are set aside under another name, with their ids; the project's small files
    (metadata, arrays of what is replaced, factors) are held in memory.
    """

    def __init__(self, bd: Any, exported: ExportedSystem) -> None:
        self.bd, self.folder = bd, Path(bd.projects.dir)
        self.names = exported.names.in_order()
        stores = [*map(bd.Database, self.names), *(bd.Method(method.name) for method in exported.methods.values())]
        stems = [_file_stem(store.name) for store in stores]
        self.files = {path for path in self.folder.iterdir() if path.suffix in (".json", ".pickle")}
        self.files |= {self.folder / "processed" / _processed_name(stem) for stem in stems}
        self.files |= {self.folder / "intermediate" / f"{stem}.pickle" for stem in stems}
        self.files |= {self.folder / "search" / stem for stem in stems[: len(self.names)]}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Set aside what is replaced; drop it at the end, or put everything back."""
        held = {path: path.read_bytes() if path.is_file() else None for path in sorted(self.files)}
        _rename(self.bd, {name: name + SHELVED for name in self.names})
        try:
            yield
        except BaseException:
            _remove(self.bd, self.names)
            _rename(self.bd, {name + SHELVED: name for name in self.names})
            _restore(held)
            self.bd.projects._reset_meta()
            raise
        _remove(self.bd, [name + SHELVED for name in self.names])


def _file_stem(name: str | tuple[str, ...]) -> str:
    """What Brightway calls the files of a database or a method."""
    from bw2data.ia_data_store import abbreviate, safe_filename

    return str(safe_filename(name) if isinstance(name, str) else abbreviate(name))


def _processed_name(stem: str) -> str:
    from bw2data.data_store import clean_datapackage_name

    return str(clean_datapackage_name(f"{stem}.zip"))


def _restore(held: Mapping[Path, bytes | None]) -> None:
    for path, content in held.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)


def _rename(bd: Any, names: Mapping[str, str]) -> None:
    """Give the rows of databases another database name, in one transaction; their ids stay."""
    from bw2data.backends import sqlite3_lci_db
    from bw2data.backends.schema import ActivityDataset, ExchangeDataset

    with sqlite3_lci_db.atomic():
        for old, new in names.items():
            ActivityDataset.update(database=new).where(ActivityDataset.database == old).execute()
            ExchangeDataset.update(output_database=new).where(ExchangeDataset.output_database == old).execute()


def _remove(bd: Any, names: Any) -> None:
    """Drop the rows of databases, in one transaction."""
    from bw2data.backends import sqlite3_lci_db
    from bw2data.backends.schema import ActivityDataset, ExchangeDataset

    with sqlite3_lci_db.atomic():
        for name in names:
            ActivityDataset.delete().where(ActivityDataset.database == name).execute()
            ExchangeDataset.delete().where(ExchangeDataset.output_database == name).execute()


def _write(bd: Any, exported: ExportedSystem) -> None:
    """Databases in order, then the methods; factors for flows of other exported routes are kept."""
    for name in exported.names.in_order():
        database = bd.Database(name)
        bd.databases.data.pop(name, None)
        database.register(write_empty=False, format="crm-footprint", **exported.metadata)
        database.write(dict(exported.databases[name]), signal=False)
    current = {node.id for node in bd.Database(exported.names.flows)}
    for method in exported.methods.values():
        store = bd.Method(method.name)
        kept = [row for row in store.load() if _is_alive(bd, row[0], current)] if store.registered else []
        store.register(unit=method.unit, description=method.description)
        store.write([*kept, *method.factors])


def _is_alive(bd: Any, flow: Any, current: set[int]) -> bool:
    """Whether a factor's flow is still there, and is none of those just written."""
    from bw2data.backends.schema import ActivityDataset

    if not isinstance(flow, int) or flow in current:
        return False
    rows = ActivityDataset.select(ActivityDataset.database).where(ActivityDataset.id == flow).tuples()
    return any(not name.endswith(SHELVED) for (name,) in rows)


# --- comparing -----------------------------------------------------------------------------------------------------


def _solved(bd: Any, exported: ExportedSystem) -> dict[str, float]:
    """The score of each category as `bw2calc` finds it in the project."""
    import bw2calc

    key, amount = exported.demand
    methods = list(exported.methods.items())
    demand, packages, _ = bd.prepare_lca_inputs({bd.get_node(database=key[0], code=key[1]): amount}, methods[0][1].name)
    lca = bw2calc.LCA(demand, data_objs=packages)
    lca.lci()
    lca.lcia()
    scores = {methods[0][0]: float(lca.score)}
    for code, method in methods[1:]:
        lca.switch_method(method.name)
        lca.lcia_calculation()
        scores[code] = float(lca.score)
    return scores


def _compared(system: Assessed, exported: ExportedSystem, scores: Mapping[str, float]) -> tuple[CategoryExport, ...]:
    """Our values beside those of the project; FootprintError where more than float32 storage lies between them."""
    assessment, method = system.assessment, system.method
    values, worldwide = totals(assessment), globally(system)
    gross = np.abs(assessment.direct) @ np.abs(assessment.inventory.scaling)
    found = []
    for code, score in scores.items():
        column = method.column[code]
        category, value = method.categories[column], float(values[column])
        if abs(score - value) > TOLERANCE * max(abs(value), float(gross[column])):
            raise FootprintError(
                f"{exported.metadata['route']}: the Brightway project gives {score:.9g} {category.unit} in {code}, our "
                f"result is {value:.9g}: nothing was exported"
            )
        name = exported.methods[code].name
        found.append(CategoryExport(code, category.name, category.unit, name, value, score, worldwide.get(code)))
    return tuple(found)
