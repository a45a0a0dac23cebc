"""Shared fixtures: the invented data of `tests/toy`, and a cache folder that belongs to the test run."""

from pathlib import Path

import pytest

TOY = Path(__file__).parent / "toy"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory):
    """No test reads or writes the user's cache, and Brightway makes no project in the user's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIGHTWAY2_DIR", str(tmp_path_factory.mktemp("brightway")))
        patch.setenv("CRM_FOOTPRINT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def toy_background():
    from footprint.library.background import load_background

    return load_background(TOY, datasets=TOY)


@pytest.fixture(scope="session")
def toy_route():
    from footprint.library.routes import load_route

    return load_route("cobalt/invented", datasets=TOY)
