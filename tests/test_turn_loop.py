"""In and out, when something goes wrong: each update acts once, a poisonous one is set aside, each message arrives."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web
from aiohttp.test_utils import TestServer
from alembic.operations import Operations
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

import bot.main
from bot.clock import Clock
from bot.neighbourhood import residents
from bot.neighbourhood.work import Person as Somebody
from bot.neighbourhood.work import Work
from bot.outbox import parcels, rows, wire
from bot.outbox.client import Client
from bot.outbox.letters import Letter, letters
from bot.outbox.rows import Lane
from bot.settings import load_settings
from bot.simulator import Fault, Person, Simulator
from bot.store import identity, lease
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.lease import database_seconds
from bot.store.migrate import migrate
from bot.store.tables import Base, Chat, Complaint, Conversation, Lease, Message, Photo, Update
from bot.telegram import receive
from bot.telegram.dialogues import ask_follow_up
from bot.telegram.loop import TurnLoop
from bot.telegram.read import Incoming
from bot.telegram.receive import Rejected
from bot.telegram.turn import Turn
from tests.postgres import NoPostgres, PrivateServer, private_server
from tests.town import Town
from tests.town import town as running_town
from tests.waiting import until

SORRY = "Sorry, something went wrong here."


@asynccontextmanager
async def reading(town: Town) -> AsyncIterator[Any]:
    database = Database(town.database_url)
    try:
        async with database.read() as session:
            yield session
    finally:
        await database.close()


@asynccontextmanager
async def writing(town: Town) -> AsyncIterator[Any]:
    """A transaction of the bot's own, so that it is in nobody's way."""
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.database.write() as session:
        yield session


async def count(town: Town, table: type[Base], *conditions: Any) -> int:
    async with reading(town) as session:
        return int(await session.scalar(select(func.count()).select_from(table).where(*conditions)))


def newest_update(town: Town) -> dict[str, Any]:
    """What was last put in the bot's queue, before the bot has confirmed it."""
    waiting = list(town.simulator.the_bot().updates.values())
    return dict(waiting[-1].body)


async def reported(town: Town, person: Person, words: str = "A tile is loose") -> str:
    """A complaint of this resident's; gives its code."""
    person.say("/report")
    await person.hears()
    person.tap("Playground")
    await person.hears()
    person.say(words)
    await person.hears()
    person.say("Kerkstraat")
    await person.hears(2)
    person.tap("Skip")
    await person.hears()
    person.tap("Send")
    (ended,) = await person.hears()
    return "M" + ended.text.rpartition("M")[2].rstrip(".")


# Updates


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot has a fault that the word "poison" brings out."""
    handle = Turn.handle

    async def faulty(self: Turn, incoming: Incoming) -> None:
        await handle(self, incoming)
        if "poison" in getattr(incoming.given, "text", ""):
            raise LookupError("a fault of ours, about poison and secret words")

    monkeypatch.setattr(Turn, "handle", faulty)


@pytest.mark.usefixtures("poison")
async def test_a_poisonous_update_is_set_aside_and_those_beside_it_act(either_town: Town) -> None:
    people = [await either_town.known(name, "en") for name in ("Noor", "Piet", "Aisha")]
    people[0].say("The park is fine")
    people[1].say("poison and secret words")
    raw = newest_update(either_town)
    people[2].say("The park is dark")
    await people[0].sees("What is it about?")
    await people[1].sees(SORRY)
    await people[2].sees("What is it about?")
    assert len(await people[1].hears()) == 1
    async with reading(either_town) as session:
        (aside,) = await session.scalars(select(Update).where(Update.state != "done"))
        opened = list(await session.scalars(select(Conversation)))
    assert (aside.state, aside.update_id) == ("aside", raw["update_id"])
    assert "LookupError" in aside.error
    assert "secret" not in aside.error
    assert b"secret" not in aside.content
    key = (either_town.folder / "secret.key").read_text().strip()
    assert json.loads(Seal(key).open(aside.content, b"update")) == raw
    assert len(opened) == 2  # nothing is left of what the poisonous one had begun


@pytest.mark.usefixtures("poison")
async def test_after_a_poisonous_update_its_sender_goes_on_where_they_were(town: Town) -> None:
    noor = await town.known("Noor", "en")
    noor.say("/report")
    (question,) = await noor.hears()
    noor.say("poison")
    await noor.sees(SORRY)
    noor.tap("Playground", question)
    await noor.sees("What is going on?")


@pytest.mark.parametrize("language", [{"a": 1}, 5, "x" * 5000, ["nl"]])
async def test_an_update_that_is_none_is_set_aside_whatever_its_sender_looks_like(town: Town, language: object) -> None:
    noor = await town.known("Noor", "en")
    stranger = {"id": 2**62, "is_bot": False, "first_name": "?", "language_code": language}
    broken = {"message_id": "?", "from": stranger, "chat": {"id": 2**62, "type": "private"}}
    world = town.simulator.world
    world.push(town.simulator.the_bot(), "message", broken, noor.id)
    noor.say("The park is fine")
    await noor.sees("What is it about?")
    assert await count(town, Update, Update.state == "aside") == 1
    town.simulator.refusals.clear()  # the stranger has no chat with the bot


async def test_an_update_acts_once_however_often_telegram_repeats_it(either_town: Town) -> None:
    noor = await either_town.known("Noor", "en")
    noor.say("The park is dark")
    raw = newest_update(either_town)
    await noor.hears()
    assert either_town.service is not None
    turns = either_town.service.turns
    assert turns is not None
    before = turns.handled
    await turns.take([raw])
    await turns.take([raw, raw])
    await turns.take([raw], after_start=True)
    await noor.quiet()
    assert turns.handled == before
    assert await count(either_town, Conversation) == 1
    assert await count(either_town, Update, Update.update_id == raw["update_id"]) == 1


async def test_twice_the_same_update_in_one_poll_acts_once(town: Town) -> None:
    noor = await town.known("Noor", "en")
    assert town.service is not None
    assert town.service.turns is not None
    async with writing(town):  # so that the bot can't act on it by itself
        noor.say("The park is dark")
        raw = newest_update(town)
        twice = asyncio.create_task(town.service.turns.take([raw, raw]))
        await asyncio.sleep(0.1)
    await twice
    await noor.hears()
    await noor.quiet()
    assert await count(town, Conversation) == 1


@pytest.mark.parametrize(("times", "answer"), [(2, "What is it about?"), (3, SORRY)])
async def test_an_update_that_killed_the_process_three_times_is_set_aside(town: Town, times: int, answer: str) -> None:
    noor = await town.known("Noor", "en")
    await town.stop()
    account = town.simulator.the_bot()
    noor.say("The park is dark")
    database = Database(town.database_url)
    async with database.write() as session:
        session.add(
            Update(
                bot=account.id,
                update_id=newest_update(town)["update_id"],
                state="noted",
                attempts=times,
                at=town.clock.now(),
            )
        )
    await database.close()
    await town.start()
    await noor.sees(answer)
    noor.say("/help")
    await noor.sees("/mine")
    assert await count(town, Update, Update.state == "noted") == 0


async def test_a_process_that_dies_of_an_update_leaves_a_note_of_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await town.known("Noor", "en")
    await town.kill()
    handle = Turn.handle

    async def deadly(self: Turn, incoming: Incoming) -> None:
        raise SystemExit

    noor.say("The park is dark")
    raw = newest_update(town)
    monkeypatch.setattr(Turn, "handle", deadly)
    for _ in range(3):
        await dies(town)
    async with reading(town) as session:
        noted = await session.get(Update, (town.simulator.the_bot().id, raw["update_id"]))
    assert (noted.state, noted.attempts) == ("noted", 3)
    await town.start()  # as deadly as before
    await noor.sees(SORRY)
    monkeypatch.setattr(Turn, "handle", handle)


async def test_a_database_that_goes_away_right_after_a_start_is_not_the_updates_fault(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await town.known("Noor", "en")
    await town.stop()
    noor.say("The park is dark")
    turn, outages = TurnLoop._turn, iter(range(4))

    async def away(self: TurnLoop, updates: list[dict[str, Any]]) -> None:
        if next(outages, None) is not None:
            raise OperationalError("", {}, Exception("the database went away"))
        await turn(self, updates)

    monkeypatch.setattr(TurnLoop, "_turn", away)
    await town.start()
    await noor.sees("What is it about?")
    assert await count(town, Update, Update.state == "aside") == 0


async def dies(town: Town) -> None:
    """Start the bot's turn loop on what waits, which ends the process: here, only the attempt."""
    service = bot.main.Service(load_settings(**town._settings), town.clock)
    database = Database(town.database_url)
    try:
        around = await service.unlock(database)
        turns = TurnLoop(around, town.simulator.the_bot().id, lambda: None, lambda *_tap: asyncio.sleep(0))
        with pytest.raises(SystemExit):
            await turns.take([newest_update(town)], after_start=True)
    finally:
        await database.close()


# The database


@pytest.fixture
def own_server() -> Any:
    """A PostgreSQL that this test may stop."""
    try:
        server = private_server()
    except NoPostgres as reason:
        pytest.skip(str(reason))
    with server:
        yield server


async def test_with_the_database_away_nothing_is_confirmed_and_afterwards_everything_acts(
    tmp_path: Path, own_server: PrivateServer
) -> None:
    async with running_town(tmp_path, own_server.url(own_server.create_database())) as town:
        noor, piet = await town.known("Noor", "en"), await town.known("Piet", "en")
        await asyncio.to_thread(own_server.stop, immediate=True)
        noor.say("The park is dark")
        await asyncio.sleep(0.2)
        piet.say("The park is fine")
        await noor.quiet(1.5)
        assert town.simulator.waiting_updates() == 2
        await asyncio.to_thread(own_server.start)
        await noor.sees("What is it about?", timeout=15)
        await piet.sees("What is it about?", timeout=15)
        await noor.quiet()
        assert await count(town, Conversation) == 2
        assert await count(town, Update, Update.state != "done") == 0


async def test_a_claim_whose_commit_was_not_heard_of_is_given_back_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    noor = await town.known("Noor", "en")
    claim, write = parcels.claim, Database.write
    claimed = []

    async def noting_claim(*arguments: Any, **more: Any) -> Any:
        found = await claim(*arguments, **more)
        claimed.append(bool(found))
        return found

    @asynccontextmanager
    async def write_and_lose_the_answer(self: Database) -> AsyncIterator[Any]:
        async with write(self) as session:
            yield session
        if claimed.count(True) == 1:
            claimed.append(True)
            raise ConnectionError("the server has committed, and its answer got lost")

    monkeypatch.setattr(parcels, "claim", noting_claim)
    monkeypatch.setattr(Database, "write", write_and_lose_the_answer)
    noor.say("The park is dark")
    await noor.sees("What is it about?", timeout=6)
    await noor.quiet()


async def test_a_migration_that_breaks_off_leaves_nothing_half_made(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    create_table = Operations.create_table

    def breaks_off(self: Operations, name: str, *columns: Any, **more: Any) -> Any:
        if len(made) == 5:
            raise KeyboardInterrupt
        made.append(name)
        return create_table(self, name, *columns, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_table", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            await migrate(sqlite_url)
    assert await migrate(sqlite_url) is True
    assert await migrate(sqlite_url) is False


async def test_processes_that_start_together_on_a_new_database_make_its_tables_once(database_url: str) -> None:
    news = await asyncio.gather(*(migrate(database_url) for _ in range(3)))
    assert True in news
    assert await migrate(database_url) is False


def test_a_key_file_that_was_being_written_when_the_process_died_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "secret.key"

    def dies_here(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", dies_here)
        with pytest.raises(KeyboardInterrupt):
            identity.secrets_from(None, key_file, database_is_new=True)
    (secret,) = identity.secrets_from(None, key_file, database_is_new=True)
    assert Seal(secret).open_id(Seal(key_file.read_text()).close_id(5)) == 5
    assert key_file.stat().st_mode & 0o077 == 0


async def test_a_button_of_a_talk_that_has_ended_never_acts_on_a_later_one(either_town: Town) -> None:
    noor = await either_town.known("Noor", "en")
    noor.say("/report")
    (old,) = await noor.hears()
    noor.say("/cancel")
    await noor.hears()
    noor.say("/report")
    (new,) = await noor.hears()
    assert old.buttons[0][0].data != new.buttons[0][0].data
    noor.tap("Playground", old)
    await noor.sees("That one is finished already.")


async def test_no_number_of_a_row_is_given_twice(database_url: str) -> None:
    await migrate(database_url)
    database = Database(database_url)
    now = Clock().now()

    async def number_of_a_new_chat() -> int:
        chat = Chat(fingerprint=b"1", telegram_id=b"1", language="en", since=now, heard_at=now)
        async with database.write() as session:
            session.add(chat)
        return chat.id

    first = await number_of_a_new_chat()
    async with database.write() as session:
        await session.delete(await session.get_one(Chat, first))
    assert await number_of_a_new_chat() != first
    if database.is_sqlite:
        async with database.read() as session:
            made = await session.connection()
            found = await made.exec_driver_sql("select name, sql from sqlite_master where type = 'table'")
            rows_of_it: list[Any] = list(found)
            sql = {str(name): str(statement) for name, statement in rows_of_it}
        numbered = [
            table.name
            for table in Base.metadata.tables.values()
            if [str(column.name) for column in table.primary_key.columns] == ["id"]
            and str(table.c.id.type) == "INTEGER"
        ]
        assert [name for name in numbered if "AUTOINCREMENT" not in sql[name]] == []
    await database.close()


# The webhook


SECRET = "only-telegram-knows"


@asynccontextmanager
async def webhook_town(folder: Path, database_url: str, port: int) -> AsyncIterator[tuple[Town, str]]:
    address = f"http://127.0.0.1:{port}/webhook"
    more = {"listen": f"127.0.0.1:{port}", "webhook_url": address, "webhook_secret": SECRET}
    async with running_town(folder, database_url, **more) as town:
        yield town, address


async def hand_in(address: str, body: Any, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with aiohttp.ClientSession() as client, client.post(address, json=body, headers=headers) as answer:
        return answer.status


async def test_by_webhook_only_telegram_is_heard(tmp_path: Path, sqlite_url: str, unused_tcp_port: int) -> None:
    async with webhook_town(tmp_path, sqlite_url, unused_tcp_port) as (town, address):
        noor = await town.known("Noor", "en")
        noor.say("The park is dark")
        raw = {**newest_update(town), "update_id": 5}
        await noor.hears()
        for secret in (None, "", "wrong", SECRET + "x"):
            assert await hand_in(address, raw, secret) == 403
        assert await hand_in(address, ["no", "update"]) == 400
        assert await hand_in(address, {"update_id": "five"}) == 400
        await noor.quiet()
        assert await count(town, Update, Update.update_id == 5) == 0


async def test_by_webhook_an_update_is_confirmed_when_it_is_on_disk_and_acts_once(
    tmp_path: Path, database_url: str, unused_tcp_port: int
) -> None:
    async with webhook_town(tmp_path, database_url, unused_tcp_port) as (town, address):
        noor = await town.known("Noor", "en")
        async with writing(town):
            noor.say("The park is dark")
            raw = newest_update(town)
            answer = asyncio.create_task(hand_in(address, raw))
            await asyncio.sleep(0.5)
            assert not answer.done()
            assert town.simulator.waiting_updates() == 1
        assert await answer == 200
        assert await count(town, Update, Update.update_id == raw["update_id"], Update.state == "done") == 1
        assert await hand_in(address, raw) == 200
        await noor.hears()
        await noor.quiet()
        assert await count(town, Conversation) == 1


async def test_a_stop_does_not_wait_for_webhook_requests_that_cannot_act_any_more(
    tmp_path: Path, sqlite_url: str, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with webhook_town(tmp_path, sqlite_url, unused_tcp_port) as (town, _address):
        noor = await town.known("Noor", "en")

        async def never(self: Turn, incoming: Incoming) -> None:
            await asyncio.Event().wait()

        with monkeypatch.context() as patched:
            patched.setattr(Turn, "handle", never)
            noor.say("The park is dark")
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await town.stop()
            assert time.monotonic() - began < 10
        assert town.simulator.waiting_updates() == 1
        await town.start()
        await noor.sees("What is it about?", timeout=10)


async def test_an_address_that_telegram_refuses_ends_the_start_and_names_the_setting(
    tmp_path: Path, sqlite_url: str
) -> None:
    simulator = Simulator()
    await simulator.start()
    town = Town(simulator, tmp_path, sqlite_url, webhook_url="http://example.org/webhook", webhook_secret=SECRET)
    await town.start()
    assert town._running is not None
    try:
        with pytest.raises(Rejected, match=r"^WEBHOOK_URL: Telegram refuses it \(400 .*HTTPS URL must be provided"):
            async with asyncio.timeout(20):
                await town._running
    finally:
        await simulator.stop()


async def test_while_telegram_takes_no_address_the_lease_is_kept_and_a_stop_is_heeded(
    tmp_path: Path, sqlite_url: str, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.main, "RENEW_SECONDS", 0.1)
    async with webhook_town(tmp_path, sqlite_url, unused_tcp_port) as (town, address):
        noor = await town.known("Noor", "en")
        await town.stop()
        away = Fault("error", methods={"setWebhook"})
        town.simulator.faults.append(away)
        await town.start()

        async def was_asked() -> bool:
            return away.met > 0

        await until(was_asked, True)
        first = await lease_until(town)

        async def is_renewed() -> bool:
            return await lease_until(town) > first

        await until(is_renewed, True)
        handed_in = asyncio.create_task(hand_in(address, {"update_id": 5}))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await town.stop()
        assert time.monotonic() - began < 10
        with suppress(aiohttp.ClientError):
            assert await handed_in != 200, "Telegram brings it again"
        town.simulator.faults.clear()
        await town.start()
        noor.say("The park is dark")
        await noor.sees("What is it about?", timeout=30)


async def lease_until(town: Town) -> float:
    async with reading(town) as session:
        return float(await session.scalar(select(Lease.until)))


# Health


async def test_who_takes_over_after_long_is_well_at_once(
    tmp_path: Path, database_url: str, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = 0.0
    monkeypatch.setattr(receive, "monotonic", lambda: time.monotonic() + later)
    health = f"http://127.0.0.1:{unused_tcp_port}/health"

    async def said() -> tuple[int, str]:
        async with aiohttp.ClientSession() as client, client.get(health) as answer:
            return answer.status, (await answer.json())["why"]

    async with running_town(tmp_path, database_url, listen=f"127.0.0.1:{unused_tcp_port}") as town:
        noor = await town.known("Noor", "en")
        await town.stop()
        async with elsewhere(town) as session:
            await session.execute(update(Lease).values(holder="elsewhere/1/x", until=2**40))
        await town.start()

        async def stands_by() -> bool:
            with suppress(aiohttp.ClientError):
                return await said() == (200, "standing by")
            return False

        await until(stands_by, True)
        later = 1000.0  # so long it stood by
        async with elsewhere(town) as session:
            await session.execute(update(Lease).values(until=0))

        async def still_stands_by() -> bool:
            return (await said())[1] == "standing by"

        await until(still_stands_by, False)
        assert await said() == (200, "working")
        noor.say("The park is dark")
        await noor.sees("What is it about?")


@asynccontextmanager
async def elsewhere(town: Town) -> AsyncIterator[Any]:
    """A transaction of another process."""
    database = Database(town.database_url)
    try:
        async with database.write() as session:
            yield session
    finally:
        await database.close()


# The sender


async def write_letters(town: Town, person: Person, lane: Lane, what: list[Letter], **more: Any) -> None:
    """Into the outbox, as a turn would."""
    async with writing(town) as session:
        await in_outbox(town, session, person, lane, what, **more)
    assert town.service is not None
    assert town.service.turns is not None
    town.service.turns.written()


async def in_outbox(town: Town, session: Any, person: Person, lane: Lane, what: list[Letter], **more: Any) -> None:
    assert town.service is not None
    assert town.service.turns is not None
    around = town.service.turns.around
    people = await residents.meet(around.reading(session), around.seal, {person.id: "en"})
    await rows.write(session, rows.to_send(people[person.id].chat, lane, what, town.clock.now(), **more))


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the sender tried to send something."""
    moments = []
    send = wire.send

    async def noting(*arguments: Any) -> Any:
        moments.append(time.monotonic())
        return await send(*arguments)

    monkeypatch.setattr(wire, "send", noting)
    return moments


@pytest.mark.parametrize("told", ["by Telegram beforehand", "by the refusal"])
async def test_who_blocked_the_bot_hears_on_return_only_the_latest_of_each_matter(either_town: Town, told: str) -> None:
    town = either_town
    sanne, noor = await town.coordinator("en"), await town.known("Noor", "en")
    first, second = await reported(town, noor), await reported(town, noor, "The bench is broken")
    if told == "by the refusal":
        noor.dialog.blocked = True
    else:
        noor.block()
    for command in (f"/take {first}", f"/solve {first} The tile lies straight", f"/take {second}"):
        sanne.say(command)
        await sanne.hears()

    async def left() -> int:
        return await count(town, Message, Message.state == "waiting")

    await until(left, 0)
    async with reading(town) as session:
        chats = list(await session.scalars(select(Chat).where(Chat.unreachable_since.is_not(None))))
    assert len(chats) == 1
    noor.unblock()
    heard = await noor.hears(2)
    assert sorted(message.text[:2] for message in heard) == sorted([first, second])
    assert any("The tile lies straight" in message.text for message in heard)
    await noor.quiet()
    assert await count(town, Message) == 0


async def test_what_telegram_refuses_is_put_by_and_the_coordinator_hears_of_it_once(either_town: Town) -> None:
    town = either_town
    sanne, noor = await town.coordinator("en"), await town.known("Noor", "en")
    bad = Letter("sendMessage", {"text": "<b>open", "parse_mode": "HTML"})
    await write_letters(town, noor, Lane.NOTICE, [bad], subject="M7")
    await write_letters(town, noor, Lane.NOTICE, letters(["What comes behind it goes on."]))
    await noor.sees("What comes behind it goes on.")
    for _ in range(2):
        town.passes(seconds=10)
    heard = await sanne.sees("M7")
    assert "can't parse entities" in heard.text
    town.passes(seconds=10)
    await sanne.quiet(1)
    assert [call.error_code for call in town.simulator.refusals] == [400]
    town.simulator.refusals.clear()


@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        (Fault("error", {"sendMessage"}, status=502, times=2), 1),
        (Fault("drop_before", {"sendMessage"}, times=2), 1),
        (Fault("drop_after", {"sendMessage"}, times=1), 2),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
async def test_what_did_not_go_is_tried_again_after_growing_waits(
    town: Town, tries: list[float], fault: Fault, copies: int
) -> None:
    noor = await town.known("Noor", "en")
    tries.clear()
    town.simulator.faults.append(replace(fault))
    noor.say("The park is dark")
    heard = await noor.hears(copies, timeout=10)
    assert {message.text for message in heard} == {heard[0].text}
    waits = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert len(waits) == fault.times
    assert all(0.95 * 2**number <= wait < 2 * 2**number + 1 for number, wait in enumerate(waits))
    await noor.quiet()


async def test_told_to_wait_one_chat_waits_and_the_others_do_not(town: Town, tries: list[float]) -> None:
    noor, piet = await town.known("Noor", "en"), await town.known("Piet", "en")
    town.simulator.faults.append(Fault("retry_after", {"sendMessage"}, seconds=2, times=1))
    tries.clear()
    began = time.monotonic()
    noor.say("The park is dark")
    await asyncio.sleep(0.3)
    piet.say("The park is fine")
    await piet.hears()
    assert time.monotonic() - began < 1.5
    await noor.quiet(0.5)
    noor.say("/help")
    first, second = await noor.hears(2)
    assert time.monotonic() - began > 2
    assert len(tries) >= 4
    assert "What is it about?" in first.text
    assert "/mine" in second.text


async def test_what_comes_too_late_to_be_of_use_is_never_sent(either_town: Town) -> None:
    town, now = either_town, either_town.clock.now()
    noor = await town.known("Noor", "en")
    late = {"not_before": now + timedelta(hours=2)}
    await write_letters(
        town, noor, Lane.NOTICE, letters(["The barbecue begins!"]), expires_at=now + timedelta(hours=1), **late
    )
    await write_letters(town, noor, Lane.NOTICE, letters(["It was fun."]), **late)
    await noor.quiet(0.6)
    town.passes(hours=3)
    heard = await noor.hears()
    assert [message.text for message in heard] == ["It was fun."]

    async def left() -> int:
        return await count(town, Message)

    await until(left, 0)


async def test_replies_go_before_notices_and_notices_before_bulk(either_town: Town) -> None:
    noor = await either_town.known("Noor", "en")
    async with writing(either_town) as session:
        for lane in (Lane.BULK, Lane.NOTICE, Lane.REPLY):
            await in_outbox(either_town, session, noor, lane, letters([f"{lane.name} 1"]))
            await in_outbox(either_town, session, noor, lane, letters([f"{lane.name} 2"]))
    heard = [message.text for message in await noor.hears(6)]
    assert heard == ["REPLY 1", "REPLY 2", "NOTICE 1", "NOTICE 2", "BULK 1", "BULK 2"]


@asynccontextmanager
async def answering(status: int, body: str) -> AsyncIterator[Bot]:
    """A Telegram that always answers the same."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app) as server:
        session = Client(api=TelegramAPIServer.from_base(str(server.make_url("/"))))
        async with Bot("42:token", session=session).context() as telegram:
            yield telegram


@pytest.mark.parametrize("status", [502, 504, 200])
async def test_a_gateways_page_in_place_of_an_answer_means_try_again(status: int) -> None:
    async with answering(status, "<html><h1>Bad Gateway</h1></html>") as telegram:
        with pytest.raises(wire.NotNow):
            await wire.send(telegram, 5, "sendMessage", {"text": "hello"})


async def test_a_message_that_arrived_is_not_sent_again_for_an_answer_in_a_newer_form() -> None:
    body = json.dumps({"ok": True, "result": {"message_id": 17, "chat": "in a form of tomorrow's"}})
    async with answering(200, body) as telegram:
        assert await wire.send(telegram, 5, "sendMessage", {"text": "hello"}) == 17


# What works beside the turns


async def test_one_thing_due_that_fails_holds_up_nothing_else(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(work: Work, person: Somebody, conversation: Any, complaint: Complaint, notes: Any) -> None:
        if complaint.id == 1:
            raise RuntimeError("a fault of ours")
        await ask_follow_up(work, person, conversation, complaint, notes)

    monkeypatch.setattr(bot.main, "ask_follow_up", faulty)
    async with running_town(tmp_path, sqlite_url) as town:
        sanne, noor = await town.coordinator("en"), await town.known("Noor", "en")
        for words in ("A tile is loose", "The bench is broken"):
            code = await reported(town, noor, words)
            sanne.say(f"/solve {code} Done")
            await sanne.sees(f"({code})")
        town.passes(days=3)
        await noor.sees("The bench is broken")
        noor.say("/help")
        await noor.sees("/mine")


async def test_photos_that_cannot_be_fetched_now_are_fetched_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    noor = await town.known("Noor", "en")
    download = Bot.download_file
    failed: list[str] = []

    async def fails_once(self: Bot, file_path: str, *arguments: Any, **more: Any) -> Any:
        if not failed:
            failed.append(file_path)
            raise aiohttp.ServerDisconnectedError
        return await download(self, file_path, *arguments, **more)

    monkeypatch.setattr(Bot, "download_file", fails_once)
    noor.photo()
    await noor.hears()
    noor.tap("Playground")
    await noor.hears()
    noor.say("Kerkstraat")
    await noor.hears(2)
    noor.tap("Send")
    await noor.hears()

    async def states() -> list[tuple[str, int]]:
        async with reading(town) as session:
            return [(row.state, row.attempts) for row in await session.scalars(select(Photo))]

    await until(states, [("new", 1)])
    town.passes(hours=1)
    await until(states, [("kept", 1)])


# Two processes


@pytest.fixture
def on_two_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process can't see whether another one lives: only the lease tells."""
    monkeypatch.setattr(lease, "_is_gone", lambda _holder: False)


@pytest.mark.usefixtures("on_two_machines")
async def test_of_two_processes_one_works_and_the_other_takes_over_within_ten_seconds(
    tmp_path: Path, postgres_url: str
) -> None:
    async with running_town(tmp_path, postgres_url) as town:
        noor = await town.known("Noor", "en")
        second = Town(town.simulator, tmp_path, postgres_url)
        await second.start()
        try:
            await asyncio.sleep(1.5)
            noor.say("/help")
            await noor.hears()
            await noor.quiet(1.5)  # and not from both
            assert second.service is not None
            assert second.service.turns is not None
            assert second.service.turns.handled == 0
            await town.kill()
            began = time.monotonic()
            noor.say("The park is dark")
            await noor.sees("What is it about?", timeout=10)
            assert time.monotonic() - began < 10
            await noor.quiet()
            assert [call for call in town.simulator.calls if call.error_code == 409] == []
        finally:
            await second.stop()
            town.service = None


@pytest.mark.usefixtures("on_two_machines")
async def test_who_has_lost_the_lease_sends_nothing_more_of_what_it_had_in_hand(
    tmp_path: Path, database_url: str
) -> None:
    async with running_town(tmp_path, database_url, chat_messages_per_second=0.4) as town:
        noor = await town.known("Noor", "en")  # three messages: the next one to her waits for its moment
        noor.say("The park is dark")
        await asyncio.sleep(0.5)
        database = Database(town.database_url)
        async with database.write() as session:
            taken = {"holder": "another machine/1/0", "until": database_seconds() + 5}
            await session.execute(update(Lease).values(**taken))
        await database.close()
        await noor.quiet(4)
        await noor.hears(timeout=10)  # the other is gone, so this one takes over
        await noor.quiet(3)
