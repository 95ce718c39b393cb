"""The two databases behind one door: who writes takes the pen, and is still the one who holds the lease.

SQLite: one connection that writes (BEGIN IMMEDIATE, for a read that turns into a write deadlocks), WAL, every commit on
disk before Telegram is told. PostgreSQL: a small pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from bot.store import near_sqlite
from bot.store.lease import Holding

PATIENCE_SECONDS = 5.0


class Database:
    """Sessions on one database. `write` gives the pen to one at a time, so turns never race."""

    def __init__(self, url: str) -> None:
        """`url`: `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`."""
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            near = {"async_creator_fn": near_sqlite.connect}
            self._writer = create_async_engine(url, pool_size=1, max_overflow=0, connect_args=near)
            self._reader = create_async_engine(url, pool_size=4, max_overflow=0)
            _prepare_sqlite(self._writer, begin="BEGIN IMMEDIATE")
            _prepare_sqlite(self._reader, begin="BEGIN")
        else:
            self._writer = self._reader = create_async_engine(
                url, pool_size=5, max_overflow=0, connect_args={"timeout": 5, "command_timeout": 60}
            )
        self._pen = asyncio.Lock()
        self.holding: Holding | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits at the end, or leaves no trace. Raises `LeaseLost` when another has taken over."""
        async with self._pen, AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            if self.holding is not None:
                await self.holding.check(session)
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session to read with, beside the one that writes."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def nobody_writes(self) -> AsyncIterator[None]:
        """The moment to cancel those who write: a transaction cut in two would keep SQLite locked.

        Doesn't wait for long: a database that is away mustn't keep the process from stopping.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._pen.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._pen.release()

    async def close(self) -> None:
        """Close all connections."""
        await self._writer.dispose()
        await self._reader.dispose()


def is_away(error: BaseException) -> bool:
    """Whether this error means that the database can't be reached or used now: wait, it is nobody's fault.

    A statement that the database refuses (a constraint, wrong data) is not among them.
    """
    if isinstance(error, DBAPIError):
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            return True
        state = str(getattr(error.orig, "sqlstate", "") or "")
        return state[:2] in {
            "08",
            "53",
            "57",
            "58",
        }  # connection, resources, operator intervention, system (PostgreSQL)
    # asyncpg's own errors reach us unwrapped while a connection is being made
    return isinstance(error, OSError | TimeoutError) or type(error).__module__.startswith("asyncpg.")


def _prepare_sqlite(engine: AsyncEngine, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by Python's driver
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
