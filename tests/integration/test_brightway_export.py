"""A route written into a real Brightway project: bw2calc gives our result there, and a failure leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footprint.calculation import Settings, calculate_route
from footprint.errors import InputError
from footprint.exchange import brightway
from footprint.exchange.brightway import export_brightway
from footprint.library.routes import load_route
from footprint.model import Route
from tests.conftest import TOY

SHIPPED = "lithium/carbonate-brine-atacama"
#: another invented route, whose databases have other names
OTHER = "cobalt/invented@china"
DATABASES = {"cobalt/invented", "cobalt/invented, background", "cobalt/invented, elementary flows"}


@pytest.fixture
def bd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Brightway in a folder of its own."""
    monkeypatch.setenv("BRIGHTWAY2_DIR", str(tmp_path))
    pytest.importorskip("bw2data", reason="needs the extra 'brightway'")
    with brightway._quiet():
        yield brightway._brightway()


@pytest.fixture
def toy(toy_background: Any) -> Settings:
    return Settings(background=toy_background)


def _agree(bd: Any, route: Route, settings: Settings, found: brightway.Export) -> None:
    """Every category of the route, calculated in the project by bw2calc alone."""
    import bw2calc

    bd.projects.set_current(found.project)
    (database, code), amount = found.demand
    activity = bd.get_node(database=database, code=code)
    result = calculate_route(route, settings)
    assert [category.code for category in found.categories] == list(result.codes)
    for category in found.categories:
        lca = bw2calc.LCA({activity: amount}, category.method)
        lca.lci()
        lca.lcia()
        assert lca.score == pytest.approx(result[category.code].value, rel=1e-6, abs=1e-30), category.code
        assert category.value == pytest.approx(result[category.code].value, rel=1e-12), category.code


def test_bw2calc_gives_our_result_in_every_category(bd: Any, toy_route: Route, toy: Settings) -> None:
    found = export_brightway(toy_route, toy, "invented")
    _agree(bd, toy_route, toy, found)
    assert set(bd.databases) == DATABASES
    assert len(bd.methods) == 16


def test_a_shipped_route_and_another_share_a_project(bd: Any, toy_route: Route, toy: Settings) -> None:
    """The methods then hold the flows of both."""
    shipped = load_route(SHIPPED)
    first = export_brightway(shipped, Settings(), "both")
    second = export_brightway(toy_route, toy, "both")
    _agree(bd, shipped, Settings(), first)
    _agree(bd, toy_route, toy, second)
    assert len(bd.databases) == 6


def test_the_difference_of_regional_factors_is_reported(bd: Any, toy_route: Route, toy: Settings) -> None:
    found = {c.code: c for c in export_brightway(toy_route, toy, "invented").categories}
    assert {code for code, category in found.items() if category.with_global_factors is not None} == {"LU", "WU"}
    worldwide = found["WU"].with_global_factors
    assert worldwide
    assert found["WU"].regional_difference == pytest.approx(found["WU"].value / worldwide - 1)


def test_a_database_that_is_there_is_refused(bd: Any, toy_route: Route, toy: Settings) -> None:
    export_brightway(toy_route, toy, "invented")
    before = _state(bd)
    with pytest.raises(InputError, match=r"already holds databases .*--overwrite"):
        export_brightway(toy_route, toy, "invented")
    assert _state(bd) == before


def test_overwrite_replaces_it(bd: Any, toy: Settings, toy_route: Route) -> None:
    export_brightway(toy_route, toy, "invented")
    richer = load_route(str(TOY / "routes" / "cobalt" / "toy.toml"), {"ore_grade": 0.04})
    found = export_brightway(richer, toy, "invented", overwrite=True)
    _agree(bd, richer, toy, found)
    assert set(bd.databases) == DATABASES
    assert {database for database, *_ in _rows(bd)} == DATABASES


def test_a_database_that_others_link_to_is_not_replaced(bd: Any, toy_route: Route, toy: Settings) -> None:
    found = export_brightway(toy_route, toy, "invented")
    own = {("plant", "magnet"): {"name": "magnet", "exchanges": [_input(("plant", "magnet"), "production")]}}
    own["plant", "magnet"]["exchanges"].append(_input(found.demand[0], "technosphere"))
    bd.Database("plant").write(own)
    with pytest.raises(InputError, match="'plant' would lose the link"):
        export_brightway(toy_route, toy, "invented", overwrite=True)


def _input(key: tuple[str, str], kind: str) -> dict[str, Any]:
    return {"input": key, "amount": 1.0, "type": kind}


def _fail_at(call: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which fails on its call number `call`."""
    calls = iter(range(1, 1000))

    def fail(*arguments: Any, **named: Any) -> Any:
        if next(calls) == call:
            raise RuntimeError("boom")
        return function(*arguments, **named)

    return fail


@pytest.fixture(params=["second database", "fifth method", "comparison", "interruption"])
def breakdown(request: pytest.FixtureRequest, bd: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], type]:
    """Breaks an export in the middle; answers what is then raised."""

    def arm() -> type:
        backend = type(bd.Database("any"))
        if request.param == "second database":
            monkeypatch.setattr(backend, "write", _fail_at(2, backend.write))
        elif request.param == "fifth method":
            monkeypatch.setattr(bd.Method, "write", _fail_at(5, bd.Method.write))
        elif request.param == "comparison":
            monkeypatch.setattr(brightway, "_solved", lambda *_: {"CC": 1.0})
            return brightway.FootprintError
        else:
            monkeypatch.setattr(brightway, "_solved", _interrupt)
            return KeyboardInterrupt
        return RuntimeError

    return arm


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_failure_in_the_middle_leaves_no_project(
    bd: Any, breakdown: Callable[[], type], tmp_path: Path, toy_route: Route, toy: Settings
) -> None:
    with pytest.raises(breakdown()):
        export_brightway(toy_route, toy, "invented")
    assert "invented" not in bd.projects
    assert not list(tmp_path.glob("**/*invented*"))


def test_a_failure_in_the_middle_leaves_another_route_as_it_was(
    bd: Any, breakdown: Callable[[], type], toy_route: Route, toy: Settings
) -> None:
    export_brightway(load_route(OTHER, datasets=TOY), toy, "shared")
    before = _state(bd)
    with pytest.raises(breakdown()):
        export_brightway(toy_route, toy, "shared")
    bd.projects.set_current("shared")
    assert _state(bd) == before


def test_a_failure_while_overwriting_brings_the_old_data_back(
    bd: Any, breakdown: Callable[[], type], monkeypatch: pytest.MonkeyPatch, toy_route: Route, toy: Settings
) -> None:
    found = export_brightway(toy_route, toy, "invented")
    before = _state(bd)
    with pytest.raises(breakdown()):
        export_brightway(toy_route, toy, "invented", overwrite=True)
    bd.projects.set_current("invented")
    assert _state(bd) == before
    monkeypatch.undo()
    _agree(bd, toy_route, toy, found)


def test_a_locked_project_is_said_to_be_locked(bd: Any, toy_route: Route, toy: Settings) -> None:
    import sqlite3

    export_brightway(load_route(OTHER, datasets=TOY), toy, "shared")
    before = _state(bd)
    other = sqlite3.connect(Path(bd.projects.dir) / "lci" / "databases.db")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(InputError, match="close other programs"):
            export_brightway(toy_route, toy, "shared")
    finally:
        other.rollback()
        other.close()
    bd.projects.set_current("shared")
    assert _state(bd) == before


def _rows(bd: Any) -> list[tuple[Any, ...]]:
    from bw2data.backends.schema import ActivityDataset

    fields = (ActivityDataset.database, ActivityDataset.code, ActivityDataset.id)
    return sorted(ActivityDataset.select(*fields).tuples())


def _state(bd: Any) -> tuple[Any, ...]:
    """Databases with the ids of their rows, methods with their factors, and files, of the current project."""
    folder = Path(bd.projects.dir)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    methods = {name: bd.Method(name).load() for name in bd.methods}
    return _rows(bd), {name: dict(bd.databases[name]) for name in bd.databases}, methods, files, sorted(bd.geomapping)
