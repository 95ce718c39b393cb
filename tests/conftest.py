"""Fixtures that many tests share."""

import gc
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import settings
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

from bot.neighbourhood import area
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
def _statements_compiled_once() -> Iterator[None]:
    """A bot compiles its few hundred statements at their first use; a new one for each test took a third of the time.

    SQLAlchemy keeps what it compiled for each engine and its dialect: here all engines of a kind share it.
    """
    compiled: LRUCache[Any, Any] = LRUCache(4000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Engine, "_compiled_cache", property(lambda _self: compiled, lambda _self, _own: None), raising=False
        )
        for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
            patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
            patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
        yield


@pytest.fixture(scope="session", autouse=True)
def _area_files_read_once() -> Iterator[None]:
    """The same file says the same; nothing changes an area."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(area, "_parse", cache(area._parse))
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
