"""Another key, on both databases: everybody is recognised, what was sealed still opens, a break-off harms nobody."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

import bot.prepare
from bot import cli
from bot.neighbourhood import new_key
from bot.neighbourhood.arrivals import token_of
from bot.prepare import prepare, renew_key, unlocked
from bot.settings import Settings, load_settings
from bot.store.database import Database
from bot.store.identity import Seal, SecretError, make_secret, newer
from bot.store.lease import Holding
from bot.store.tables import Chat, Job, Lease, Message, Resident, Update
from bot.telegram.read import Incoming
from bot.telegram.turn import Turn
from tests.town import MONDAY, Town
from tests.waiting import until

NEW = "another-key-another-key-another-key"
ELSEWHERE = "elsewhere/1/a"


@asynccontextmanager
async def writing(url: str) -> AsyncIterator[AsyncSession]:
    database = Database(url)
    try:
        async with database.write() as session:
            yield session
    finally:
        await database.close()


def key_file_in(folder: Path) -> Path:
    return folder / "secret.key"


async def with_the_file_renewed(town: Town) -> None:
    """`buurtpraat newkey`"""
    await renew_key(load_settings(**town._settings))


async def with_the_setting(town: Town) -> None:
    """SECRET_KEY=new,old; the key file is gone, so that it can't help."""
    town._settings["secret_key"] = f"{NEW},{key_file_in(town.folder).read_text()}"
    key_file_in(town.folder).unlink()


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = Turn.handle

    async def faulty(self: Turn, incoming: Incoming) -> None:
        await handle(self, incoming)
        if "poison" in getattr(incoming.given, "text", ""):
            raise LookupError

    monkeypatch.setattr(Turn, "handle", faulty)


@pytest.mark.usefixtures("poison")
@pytest.mark.parametrize("change", [with_the_file_renewed, with_the_setting])
async def test_with_another_key_everybody_is_recognised_and_what_was_sealed_opens(
    either_town: Town, change: Callable[[Town], Awaitable[None]]
) -> None:
    town = either_town
    sanne, noor, wim = await town.coordinator("en"), await town.known("Noor", "en"), await town.known("Wim", "en")
    noor.say("poison")
    await noor.sees("something went wrong here")
    old = key_file_in(town.folder).read_text()
    seal = Seal(old)
    async with writing(town.database_url) as session:
        noors = await session.scalar(select(Chat).where(Chat.fingerprint == seal.fingerprint(noor.id)))
        assert noors is not None
        resident = await session.scalar(select(Resident.id).where(Resident.chat_id == noors.id))
        put_out = {"sealed_user_id": noors.telegram_id.hex(), "only_if_banned": True}
        held = {"lane": 0, "state": "held", "at": MONDAY}
        assert resident is not None
        link = f"https://t.me/Bot?start=via-{token_of(seal, resident)}"
        session.add(Message(chat_id=noors.id, method="unbanChatMember", content=put_out, **held))
        session.add(Message(chat_id=noors.id, method="sendMessage", content={"text": f"Send this: {link}"}, **held))
        session.add(
            Job(kind="card", chat_id=noors.id, asked={"link": link}, at=MONDAY, next_at=MONDAY.replace(year=2030))
        )
    anna = town.resident("Anna", "en")
    anna.start(f"via-{token_of(seal, resident)}")
    await anna.sees("Nice that a neighbour told you about us!")
    anna.tap("Yes, that's fine")
    await anna.sees("Which neighbourhood")
    anna.tap("Heksenberg")
    await anna.sees("May your neighbour hear that you came?")
    wim.say("/forget")
    await wim.sees("Do you want us to forget you?")
    wim.tap("Yes, forget me")
    await wim.sees("We have forgotten you")
    await town.stop()

    await change(town)
    await town.start()

    anna.tap("Yes, say it")
    await noor.sees("Somebody came through your link")
    noor.say("The park is dark")
    await noor.sees("What is it about?")
    sanne.say("/team")
    await sanne.sees("The team:")
    wim.start()
    await wim.sees("Is that all right with you?")
    await town.stop()
    now = Seal(NEW if change is with_the_setting else key_file_in(town.folder).read_text())
    async with writing(town.database_url) as session:
        aside = await session.scalar(select(Update).where(Update.state == "aside"))
        assert aside is not None
        assert aside.content is not None
        assert json.loads(now.open(aside.content, b"update"))["message"]["text"] == "poison"
        contents = {each.method: each.content for each in await session.scalars(select(Message))}
        assert now.open_id(bytes.fromhex(contents["unbanChatMember"]["sealed_user_id"])) == noor.id
        fresh = f"https://t.me/Bot?start=via-{token_of(now, resident)}"
        assert contents["sendMessage"] == {"text": f"Send this: {fresh}"}
        assert [each.asked for each in await session.scalars(select(Job))] == [{"link": fresh}]
        chats = list(await session.scalars(select(Chat)))
        assert sorted(now.open_id(each.telegram_id) for each in chats).count(wim.id) == 2, "somebody new"
        assert {now.fingerprint(each.id) for each in (sanne, noor, anna, wim)} < {each.fingerprint for each in chats}
        assert len(list(await session.scalars(select(Resident)))) == 5, "nobody else is new"
    key_file_in(town.folder).write_text(old)
    town._settings["secret_key"] = None
    await town.start()
    with pytest.raises(SecretError, match=r"^SECRET_KEY: not the one"):
        await town.stop()
    key_file_in(town.folder).unlink()
    town._running = None


@pytest.fixture
async def stopped(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a bot that knows five people and doesn't run; small batches."""
    monkeypatch.setattr(new_key, "BATCH", 2)
    settings = load_settings(data_dir=tmp_path, database_url=database_url, secret_key=None)
    await prepare(settings)
    database = Database(database_url)
    seal = await unlocked(database, settings)
    async with database.write() as session:
        for number in range(1, 6):
            row = {"language": "nl", "since": MONDAY, "heard_at": MONDAY}
            session.add(Chat(fingerprint=seal.fingerprint(number), telegram_id=seal.close_id(number), **row))
            content = seal.close(b"{}", b"update")
            session.add(Update(bot=1, update_id=number, state="aside", at=MONDAY, content=content))
    await database.close()
    return settings


async def open_all(settings: Settings, secret: str) -> list[int]:
    """Whom this secret finds and opens."""
    seal = Seal(secret)
    async with writing(settings.database) as session:
        await seal.check(session)
        contents = await session.scalars(select(Update.content))
        assert {seal.open(each or b"", b"update") for each in contents} == {b"{}"}
        chats = list(await session.scalars(select(Chat).order_by(Chat.id)))
        numbers = [seal.open_id(each.telegram_id) for each in chats]
        assert [seal.fingerprint(number) for number in numbers] == [each.fingerprint for each in chats]
    return numbers


async def start(settings: Settings) -> None:
    """As far as a start looks at the key."""
    database = Database(settings.database)
    try:
        await unlocked(database, settings)
    finally:
        await database.close()


async def test_a_power_cut_on_the_way_leaves_all_as_it_was(stopped: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    file = key_file_in(stopped.data_dir)
    old = file.read_text()

    def cut(*_arguments: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(new_key._Again, "update", cut)
        with pytest.raises(KeyboardInterrupt):
            await renew_key(stopped)
        with pytest.raises(KeyboardInterrupt):
            await start(
                load_settings(data_dir=stopped.data_dir, database_url=stopped.database_url, secret_key=f"{NEW},{old}")
            )
    assert await open_all(stopped, old) == [1, 2, 3, 4, 5]
    made = newer(file).read_text()
    await start(stopped)  # brings it to its end
    assert file.read_text() == made
    assert await open_all(stopped, made) == [1, 2, 3, 4, 5]
    assert not newer(file).exists()


async def test_a_power_cut_before_the_file_is_in_its_place_leaves_one_that_fits(
    stopped: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = key_file_in(stopped.data_dir)
    with monkeypatch.context() as patched:
        patched.setattr(bot.prepare, "use_newer", lambda _file, _secret: None)
        await renew_key(stopped)
    made = newer(file).read_text()
    assert file.read_text() != made
    await renew_key(stopped)  # never over the only one that fits
    assert file.read_text() == made
    assert await open_all(stopped, made) == [1, 2, 3, 4, 5]


async def test_from_the_file_to_the_setting_and_on_to_the_next(stopped: Settings) -> None:
    for setting in (NEW, f"{NEW[::-1]},{NEW}", NEW[::-1]):
        await start(load_settings(data_dir=stopped.data_dir, database_url=stopped.database_url, secret_key=setting))
    assert await open_all(stopped, NEW[::-1]) == [1, 2, 3, 4, 5]
    with pytest.raises(SecretError, match=r"^SECRET_KEY: not the one"):
        await start(load_settings(data_dir=stopped.data_dir, database_url=stopped.database_url, secret_key="x" * 32))


async def test_while_a_process_works_the_key_stays(stopped: Settings) -> None:
    file = key_file_in(stopped.data_dir)
    old = file.read_text()
    async with writing(stopped.database) as session:
        assert await Holding(1, ELSEWHERE).take(session)
    with pytest.raises(SecretError, match=r"^SECRET_KEY: can't be changed while the bot runs"):
        await renew_key(stopped)
    assert [each.name for each in stopped.data_dir.glob("secret*")] == ["secret.key"]
    assert await open_all(stopped, old) == [1, 2, 3, 4, 5]
    async with writing(stopped.database) as session:
        await session.execute(update(Lease).values(until=0))
    await renew_key(stopped)
    assert await open_all(stopped, file.read_text()) == [1, 2, 3, 4, 5]
    async with writing(stopped.database) as session:
        assert (await session.scalars(select(Lease.holder))).one() != ELSEWHERE, "should it wake up"


async def test_what_the_old_key_does_not_open_stops_it_and_nothing_has_changed(stopped: Settings) -> None:
    file = key_file_in(stopped.data_dir)
    old = file.read_text()
    async with writing(stopped.database) as session:
        await session.execute(update(Update).where(Update.update_id == 5).values(content=b"x" * 40))
    with pytest.raises(SecretError):
        await renew_key(stopped)
    assert not newer(file).exists()
    async with writing(stopped.database) as session:
        await Seal(old).check(session)
        await session.execute(update(Update).where(Update.update_id == 5).values(content=None))
    await renew_key(stopped)


async def test_who_stood_by_while_the_key_was_changed_does_not_go_on_with_the_old_one(either_town: Town) -> None:
    town = either_town
    await town.known("Noor", "en")
    await town.stop()
    async with writing(town.database_url) as session:
        await session.execute(update(Lease).values(holder=ELSEWHERE, until=2**40))
    await town.start()

    async def stands_by() -> bool:
        return town.service is not None and town.service.turns is not None

    await until(stands_by, True)
    file = key_file_in(town.folder)
    async with writing(town.database_url) as session:
        await new_key.reseal(session, Seal(file.read_text()), Seal(make_secret(newer(file))))
    assert town._running is not None
    with pytest.raises(SecretError, match=r"^SECRET_KEY: not the one"):
        await town._running
    async with writing(town.database_url) as session:
        await session.execute(update(Lease).values(until=0))
    await town.start()  # finds the new one
    await until(stands_by, True)
    assert not newer(file).exists()


def test_newkey_says_where_the_key_is_or_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "set_up_logging", lambda *_how: None)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert cli.main(["newkey"]) == 0
    assert capsys.readouterr().out.startswith(f"{key_file_in(tmp_path)} holds the new key.")
    monkeypatch.setenv("SECRET_KEY", NEW)
    assert cli.main(["newkey"]) == 1
    assert capsys.readouterr().err == (
        "buurtpraat: SECRET_KEY: is set; to change it put a new one before it, with a comma, and start the bot\n"
    )
