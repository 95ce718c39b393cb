"""Bringing a database's tables to this version."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

MIGRATIONS = Path(str(files("bot") / "migrations"))


async def migrate(url: str) -> bool:
    """Apply what is missing; gives whether the database was new (had no tables of ours)."""
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        _whole_or_not_at_all(engine)
    try:
        async with engine.connect() as connection:
            at = await connection.run_sync(_version)
        if at == _newest():
            return False
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
        return at is None
    finally:
        await engine.dispose()


def alembic_config(connection: Connection) -> object:
    """Alembic's configuration for our migrations on this connection."""
    from alembic.config import Config  # slow to import, and seldom needed

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _whole_or_not_at_all(engine: AsyncEngine) -> None:
    """Make tables within the transaction: Python's driver begins none for that, and a kill would leave half of them."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":  # of two processes that start together, one waits for the other
        connection.execute(text("select pg_advisory_xact_lock(hashtext('buurtpraat migrates'))"))
    command.upgrade(alembic_config(connection), "head")  # type: ignore[arg-type]  # imported late, so typed loosely


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def _newest() -> str:
    """The newest migration, read off the file names: they begin with their number."""
    return max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
