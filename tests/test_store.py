"""What is kept, on both databases: ids that nobody can read, moments, search, the lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store import search
from bot.store.database import Database
from bot.store.identity import Seal, SecretError, make_secret, newer, secrets_from, use_newer
from bot.store.lease import Holding, LeaseLost
from bot.store.migrate import alembic_config, migrate
from bot.store.tables import Chat, Due, Lock
from conversations.words import fold

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await migrate(database_url)
    opened = Database(database_url)
    yield opened
    await opened.close()


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert await migrate(database_url)
    assert not await migrate(database_url)


async def test_a_migration_can_be_undone_and_done_again(database_url: str) -> None:
    await migrate(database_url)
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda made: command.downgrade(cast(Config, alembic_config(made)), "base"))
    async with engine.connect() as connection:
        left = await connection.run_sync(lambda made: set(inspect(made).get_table_names()))
    await engine.dispose()
    assert left <= {"alembic_version"}
    await migrate(database_url)


@given(st.integers(-(2**52), 2**52))
def test_an_id_comes_back_and_its_fingerprint_is_always_the_same(telegram_id: int) -> None:
    seal = Seal(SECRET)
    assert seal.open_id(seal.close_id(telegram_id)) == telegram_id
    assert seal.close_id(telegram_id) != seal.close_id(telegram_id), "two encryptions tell nothing"
    assert seal.fingerprint(telegram_id) == Seal(SECRET).fingerprint(telegram_id)
    assert seal.fingerprint(telegram_id) != Seal(SECRET[::-1]).fingerprint(telegram_id)


def test_a_tampered_id_is_refused() -> None:
    sealed = bytearray(Seal(SECRET).close_id(12345))
    sealed[-1] ^= 1
    with pytest.raises(SecretError):
        Seal(SECRET).open_id(bytes(sealed))


async def test_another_key_refuses_to_start(database: Database) -> None:
    async with database.write() as session:
        await Seal(SECRET).check(session)
    async with database.write() as session:
        await Seal(SECRET).check(session)
    with pytest.raises(SecretError, match="SECRET_KEY"):
        async with database.write() as session:
            await Seal(SECRET[::-1]).check(session)


async def test_a_database_with_people_but_without_its_proof_refuses_to_start(database: Database) -> None:
    seal = Seal(SECRET)
    async with database.write() as session:
        await seal.check(session)
        session.add(
            Chat(fingerprint=seal.fingerprint(1), telegram_id=seal.close_id(1), language="nl", since=NOW, heard_at=NOW)
        )
        await session.delete(await session.get_one(Lock, 1))
    with pytest.raises(SecretError, match="backup"):
        async with database.write() as session:
            await seal.check(session)


def test_the_key_file_is_made_once_and_only_for_a_new_database(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret.key"
    (made,) = secrets_from(None, file, database_is_new=True)
    assert len(made) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert secrets_from(None, file, database_is_new=False) == [made]
    file.unlink()
    assert secrets_from("a setting", file, database_is_new=False) == ["a setting"]
    with pytest.raises(SecretError, match="is gone"):
        secrets_from(None, file, database_is_new=False)


def test_the_setting_counts_then_the_newer_file_and_those_before_may_still_fit(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    made, renewed = make_secret(file), make_secret(newer(file))
    old, new = SECRET, SECRET[::-1]
    assert secrets_from(None, file, database_is_new=False) == [renewed, made]
    assert secrets_from(new, file, database_is_new=False) == [new, renewed, made]
    both = f"{new}, {old}"
    assert secrets_from(both, file, database_is_new=False) == [new, old, both, renewed, made]
    assert secrets_from("a pass phrase, with a comma in it", file, database_is_new=False)[0] == (
        "a pass phrase, with a comma in it"
    )


def test_a_newer_key_takes_the_old_ones_place_only_where_it_is_the_one_in_use(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    made, renewed = make_secret(file), make_secret(newer(file))
    use_newer(file, made)
    assert (file.read_text(), newer(file).read_text()) == (made, renewed)
    for _again in range(2):
        use_newer(file, renewed)
        assert [each.name for each in tmp_path.iterdir()] == ["secret.key"]
        assert file.read_text() == renewed


def test_a_short_key_is_refused() -> None:
    with pytest.raises(SecretError, match="32 characters"):
        Seal("short")


async def test_moments_come_back_in_utc_whatever_zone_they_went_in(database: Database) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    async with database.write() as session:
        session.add(Due(what="test", subject="M1", occasion="once", at=there))
    async with database.read() as session:
        kept = await session.get_one(Due, ("test", "M1", "once"))
    assert kept.at == NOW
    assert kept.at.utcoffset() == timedelta(0)


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        async with database.write() as session:
            session.add(Due(what="test", subject="M1", occasion="once", at=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_a_failed_transaction_leaves_no_trace(database: Database) -> None:
    async def fail_halfway() -> None:
        async with database.write() as session:
            session.add(Due(what="test", subject="M1", occasion="once", at=NOW))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()
    async with database.read() as session:
        assert await session.get(Due, ("test", "M1", "once")) is None


async def write_something(database: Database) -> None:
    async with database.write() as session:
        session.add(Due(what="test", subject="M1", occasion="once", at=NOW))


TEXTS = {
    "M1": "Losse stoeptegel bij de Schoolstraat",
    "M2": "Onkruid, wel anderhalve méter hoog!",
    "A3": "Überall Müll (bij de container)",
    "I4": "Café voor de buurt 3e paasdag",
    "E5": "Barbecue: 24-12-2026",
    "M6": "حفرة في الشارع",
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("stoeptegel", ["M1"]),
        ("STOEP", ["M1"]),
        ("meter", ["M2"]),
        ("uber mull", ["A3"]),
        ("cafe", ["I4"]),
        ("cafe buurt", ["I4"]),
        ("cafe school", []),
        ("bij", ["A3", "M1"]),
        ("24", ["E5"]),
        ("2026", ["E5"]),
        ("3e", ["I4"]),
        ("oeptegel", []),
        ("شارع", []),
        ("الشارع", ["M6"]),
        ("  ", []),
        ("' or 1=1 --", []),
        ('"*) AND (', ["M2"]),
        ("a:* | b & !c", []),
    ],
)
async def test_search_finds_the_starts_of_words_alike_on_both_databases(
    database: Database, asked: str, found: list[str]
) -> None:
    async with database.write() as session:
        for subject, words in TEXTS.items():
            await search.remember(session, subject, fold(words))
    async with database.read() as session:
        subjects = [subject for _id, subject in await search.find(session, fold(asked), 10)]
    assert sorted(subjects) == sorted(found)


async def test_what_is_remembered_anew_or_forgotten_is_no_longer_found_by_its_old_words(database: Database) -> None:
    async with database.write() as session:
        await search.remember(session, "M1", "stoeptegel")
        await search.remember(session, "M1", "boom")
        await search.remember(session, "M2", "boom")
        await search.forget(session, "M2")
    async with database.read() as session:
        assert await search.find(session, "stoeptegel", 10) == []
        assert [subject for _id, subject in await search.find(session, "boom", 10)] == ["M1"]


async def test_the_newest_come_first_in_pages(database: Database) -> None:
    async with database.write() as session:
        for number in range(1, 8):
            await search.remember(session, f"M{number}", "tegel")
    async with database.read() as session:
        first = await search.find(session, "tegel", 3)
        second = await search.find(session, "tegel", 3, first[-1][0])
    assert [subject for _id, subject in [*first, *second]] == ["M7", "M6", "M5", "M4", "M3", "M2"]


async def test_one_holds_the_lease_and_the_other_waits(database: Database) -> None:
    first, second = Holding(1, "elsewhere/1/a"), Holding(1, "elsewhere/2/b")
    async with database.write() as session:
        assert await first.take(session)
        assert await first.take(session), "renewing"
        assert not await second.take(session)
        await first.check(session)
        with pytest.raises(LeaseLost):
            await second.check(session)
        await first.give_back(session)
    await asyncio.sleep(0.05)
    async with database.write() as session:
        assert await second.take(session)
        with pytest.raises(LeaseLost):
            await first.check(session)


async def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    first, second = Holding(1, "elsewhere/1/a"), Holding(1, "elsewhere/2/b")
    async with database.write() as session:
        assert await first.take(session)
        await session.execute(text("update leases set until = until - 100"))
        assert await second.take(session)


async def test_a_holder_whose_process_is_gone_from_this_machine_is_followed_at_once(database: Database) -> None:
    mine = Holding(1)
    machine = mine.holder.split("/")[0]
    gone, alive = Holding(1, f"{machine}/99999999/x"), Holding(2, f"{machine}/1/x")
    async with database.write() as session:
        assert await gone.take(session)
        assert await mine.take(session)
        assert await alive.take(session)
        assert not await Holding(2).take(session), "process 1 lives"


async def test_who_lost_the_lease_writes_nothing(database: Database) -> None:
    first, second = Holding(1, "elsewhere/1/a"), Holding(1, "elsewhere/2/b")
    async with database.write() as session:
        await first.take(session)
    database.holding = second
    with pytest.raises(LeaseLost):
        await write_something(database)
