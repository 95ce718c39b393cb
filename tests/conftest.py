"""Fixtures that many tests share."""

import gc
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.postgres import NoPostgres, PrivateServer, Server, find_server
from tests.town import Town, closing_at_once
from tests.town import town as running_town

settings.register_profile("here", deadline=None)  # two cores, shared: how long an example takes says nothing
settings.load_profile("here")
pytest_plugins = ["pytester"]
gc.set_threshold(100_000, 50, 100)  # a sixth of the time went into walking pytest's and aiogram's own objects again


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Each bot that starts reads the certificates of half the world, and talks to the simulator without any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_pause_at_the_end() -> Iterator[None]:
    with closing_at_once():
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL for all tests together. Without one: a failure in CI, elsewhere a skip."""
    try:
        server = find_server()
    except NoPostgres as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason), pytrace=False)
        pytest.skip(str(reason))
    yield server
    if isinstance(server, PrivateServer):
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A fresh, empty database on PostgreSQL."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'buurtpraat.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that asks for this runs twice: on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest_asyncio.fixture
async def town(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Town]:
    """A running town on SQLite."""
    async with running_town(tmp_path, sqlite_url) as here:
        yield here


@pytest_asyncio.fixture
async def either_town(tmp_path: Path, database_url: str) -> AsyncIterator[Town]:
    """A running town, once on SQLite and once on PostgreSQL."""
    async with running_town(tmp_path, database_url) as here:
        yield here
