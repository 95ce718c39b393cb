"""Before anything works: the folder, the tables, and the key that fits the database."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy.exc import DatabaseError, DBAPIError

from bot.neighbourhood.new_key import be_alone, reseal, unlock
from bot.settings import Settings, SettingsError
from bot.store.database import Database, is_away
from bot.store.identity import Seal, SecretError, make_secret, newer, secrets_from, use_newer
from bot.store.migrate import migrate
from bot.store.tables import Lock


def make_folder(folder: Path) -> None:
    """Make a folder for the data, unless it is there. Raises `SettingsError` when the bot can't write in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"DATA_DIR: can't make {folder} ({error.strerror}); take another folder") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(f"DATA_DIR: can't write in {folder}; take another folder, or allow it to this user")


async def prepare(settings: Settings) -> None:
    """Make the data folder, and bring the tables to this version. Raises `SettingsError`."""
    await asyncio.to_thread(make_folder, settings.data_dir)
    try:
        await migrate(settings.database)
    except Exception as error:
        if not (is_away(error) or type(error) is DatabaseError):  # the latter: SQLite was given another kind of file
            raise
        where = "DATABASE_URL" if settings.database_url else "DATA_DIR"
        is_file = settings.database.startswith("sqlite")
        look = "the bot may write that file" if is_file else "it runs and lets the bot in"
        raise SettingsError(f"{where}: can't use the database ({in_a_line(error)}); see that {look}") from None


def in_a_line(error: BaseException) -> str:
    """What the machine or the database said, without the statement."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(getattr(said, "strerror", None) or said or type(said).__name__).split())


async def unlocked(database: Database, settings: Settings) -> Seal:
    """Hold the key against the database; when it is a new one, seal everything with that. Raises `SecretError`."""
    key_file = key_file_of(settings)
    async with database.write() as session:
        is_new = await session.get(Lock, 1) is None
        setting = settings.secret_key.get_secret_value() if settings.secret_key else None
        secrets = secrets_from(setting, key_file, database_is_new=is_new)
        seal = await unlock(session, [Seal(secret) for secret in secrets])
    use_newer(key_file, secrets[0])
    return seal


async def renew_key(settings: Settings) -> Path:
    """Put a new key in the place of the key file; gives where that is. Raises `SecretError`, `SettingsError`.

    The new key is on disk before the database is locked with it, beside the old one until then: when this breaks off
    the next start finds both, and brings it to its end.
    """
    if settings.secret_key:
        raise SettingsError("SECRET_KEY: is set; to change it put a new one before it, with a comma, and start the bot")
    await prepare(settings)
    key_file = key_file_of(settings)
    has_begun = newer(key_file).exists()
    database = Database(settings.database)
    try:
        seal = await unlocked(database, settings)
        if not has_begun:
            await _lock_with_another(database, seal, key_file)
    finally:
        await database.close()
    return key_file


async def _lock_with_another(database: Database, seal: Seal, key_file: Path) -> None:
    async with database.write() as session:
        await be_alone(session)
        secret = make_secret(newer(key_file))
        try:
            await reseal(session, seal, Seal(secret))
        except SecretError:  # nothing was written
            newer(key_file).unlink()
            raise
    use_newer(key_file, secret)


def key_file_of(settings: Settings) -> Path:
    """Where the key is, unless it is set."""
    return settings.data_dir / "secret.key"
