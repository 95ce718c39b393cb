"""What is old goes by itself; consent is asked anew; nobody gets more invitations than the area file allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

import bot
from bot.neighbourhood import keeping
from bot.neighbourhood.area import load_area
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import (
    Broadcast,
    Chat,
    Complaint,
    Conversation,
    Due,
    Message,
    PersonTalk,
    PersonTalkLine,
    Photo,
    Recipient,
    Resident,
    Update,
)
from bot.telegram import anew
from tests.town import Town
from tests.waiting import until

KEPT = load_area("heerlen-noord").kept
YEAR = KEPT.silent + timedelta(hours=2)
MONTH = KEPT.warned + timedelta(hours=2)


@pytest_asyncio.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    """The town's database, beside the bot."""
    here = Database(town.database_url)
    yield here
    await here.close()


async def swept(town: Town, database: Database) -> None:
    """Wait until what is old has been looked at, at this moment of the clock."""

    async def is_over() -> bool:
        async with database.read() as session:
            row = await session.get(Due, ("keep", "all", ""))
            return row is not None and row.at > town.clock.now()

    await until(is_over, True)


async def new_text(town: Town) -> None:
    """The office has changed what people agree to."""
    shipped = (Path(bot.__file__).parent / "areas" / "heerlen-noord.toml").read_text("utf-8")
    changed = town.folder / "changed.toml"
    changed.write_text(shipped.replace('version = "2026-11-21"', 'version = "changed"'), "utf-8")
    town._settings["area"] = str(changed)
    await town.stop()
    await town.start()


async def report(person: Person, words: str) -> None:
    person.say(words)
    await person.hears()
    person.tap("Broken pavement or road")
    await person.hears()
    person.say("Schoolstraat 3")
    await person.hears(2)
    person.tap("Skip")
    await person.hears()
    person.tap("Send")
    await person.sees("M1")


# --- Silence ------------------------------------------------------------------------------------------------


async def test_who_says_nothing_after_the_warning_is_made_anonymous(town: Town, database: Database) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    await report(anna, "A loose tile")
    town.passes(seconds=YEAR.total_seconds())
    await anna.sees("We haven't heard from you for 1 year.")
    await swept(town, database)
    await sanne.quiet()
    town.passes(seconds=MONTH.total_seconds())
    await swept(town, database)
    async with database.read() as session:
        resident = (await session.scalars(select(Resident).join(Complaint, Complaint.id == 1))).all()
        assert {each.neighbourhood for each in resident} == {None}
        assert (await session.get_one(Complaint, 1)).words == ""
    town.passes(minutes=11)
    anna.say("hello")
    await anna.sees("Is that all right with you?")
    sanne.say("/team")
    await sanne.sees("coordinator")


@pytest.mark.parametrize("word", ["yes", "I'm staying", "the lamp is broken", "/mine"])
async def test_any_word_after_the_warning_keeps(town: Town, database: Database, word: str) -> None:
    anna = await town.known("Anna", "en")
    town.passes(seconds=YEAR.total_seconds())
    await anna.sees("We haven't heard from you")
    anna.say(word)
    answers = [seen.text for seen in await anna.hears()]
    if word != "/mine":
        assert answers[0] == "Good to hear from you. We keep everything."
    town.passes(seconds=MONTH.total_seconds())
    await swept(town, database)
    async with database.read() as session:
        chats = await session.scalars(select(Resident.chat_id).where(Resident.consent_at.is_not(None)))
        assert len([chat for chat in chats if chat is not None]) == 1


async def test_who_cannot_be_reached_is_made_anonymous_without_a_warning(town: Town, database: Database) -> None:
    anna = await town.known("Anna", "en")
    await report(anna, "A loose tile")
    anna.block()
    town.passes(seconds=YEAR.total_seconds())
    await swept(town, database)
    async with database.read() as session:
        assert (await session.get_one(Complaint, 1)).words == "A loose tile"
    town.passes(seconds=MONTH.total_seconds())
    await swept(town, database)
    async with database.read() as session:
        assert (await session.get_one(Complaint, 1)).words == ""


async def test_more_than_a_batch_takes_more_than_one_sweep(
    town: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    monkeypatch.setattr(keeping, "FORGOTTEN_AT_ONCE", 1)
    people = [await town.known(name, "en") for name in ("Anna", "Bob", "Carl")]
    town.passes(seconds=YEAR.total_seconds())
    for person in people:
        await person.sees("We haven't heard from you")
    town.passes(seconds=MONTH.total_seconds())

    async def left() -> int:
        town.passes(seconds=0)
        async with database.read() as session:
            return await session.scalar(select(func.count()).where(Resident.consent_at.is_not(None))) or 0

    await until(left, 0, seconds=40)


# --- Other things that grow old -----------------------------------------------------------------------------


async def test_talks_photos_and_leftovers_go_when_they_are_old(town: Town, database: Database) -> None:
    anna = await town.known("Anna", "en")
    await report(anna, "A loose tile")
    now = town.clock.now()
    async with database.write() as session:
        number = await session.scalar(select(Complaint.id))
        chat = await session.scalar(select(func.max(Chat.id)))
        resident = await session.scalar(select(func.max(Resident.id)))
        for ended in (now, None):
            talk = PersonTalk(resident_id=resident, state="ended", opened_at=now, last_at=now, ended_at=ended)
            session.add(talk)
            await session.flush()
            session.add(PersonTalkLine(talk_id=talk.id, by_staff=False, words="secret", at=now))
        await session.execute(update(Complaint).values(state="confirmed", solved_at=now))
        for subject in (f"M{number}", "A7"):
            kept = {"part": "before", "file_id": "f", "state": "kept", "file": f"{subject}.jpg"}
            session.add(Photo(subject=subject, next_at=now, at=now, **kept))
        session.add(Update(bot=1, update_id=1, state="aside", at=now))
        told = {"lane": 0, "method": "sendMessage", "content": {}, "state": "told", "at": now}
        session.add(Message(chat_id=chat, **told))
    town.passes(seconds=KEPT.leftovers.total_seconds() + 3600)
    await swept(town, database)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).where(Update.state == "aside")) == 0
        assert await session.scalar(select(func.count()).where(Message.state == "told")) == 0
        assert await session.scalar(select(func.count()).select_from(PersonTalk)) == 2
    town.passes(seconds=(KEPT.chats - KEPT.leftovers).total_seconds() + 3600)
    await swept(town, database)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(PersonTalk)) == 1
        assert await session.scalar(select(func.count()).select_from(PersonTalkLine)) == 1
    anna.say("/mine")  # or she would be warned
    await anna.hears()
    town.passes(seconds=(KEPT.photos - KEPT.chats).total_seconds() + 3600)

    async def subjects() -> list[str]:
        async with database.read() as session:
            return list(await session.scalars(select(Photo.subject)))

    await until(subjects, ["A7"])


# --- Consent, asked anew ------------------------------------------------------------------------------------


async def test_a_yes_to_the_new_text_lets_go_on_what_waited_in_its_order(town: Town, database: Database) -> None:
    anna = await town.known("Anna", "en")
    anna.say("/report")
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    await new_text(town)
    anna.say("A loose tile")
    await anna.sees("has changed")
    anna.say("/mine")
    await anna.sees("One tap first")
    anna.sticker()
    await anna.sees("One tap first")
    anna.tap_data("M1.card")
    await anna.sees("One tap first")
    anna.tap("Yes, that's fine")
    await anna.sees("Then we go on")
    await anna.sees("Where is it?")
    async with database.read() as session:
        assert set(await session.scalars(select(Resident.consent_version).where(Resident.consent_at.is_not(None)))) == {
            "changed"
        }
    anna.say("Schoolstraat 3")
    await anna.sees("Do you have a photo?")


async def test_the_flood_of_one_who_is_asked_anew_is_kept_up_to_a_bound(town: Town, database: Database) -> None:
    anna = await town.known("Anna", "en")
    await new_text(town)
    for number in range(anew.HELD_AT_MOST + 10):
        anna.say(f"word {number}")
    await anna.hears(anew.HELD_AT_MOST + 10)
    anna.tap("Yes, that's fine")
    await anna.sees("Then we go on")
    async with database.read() as session:
        said = str(list(await session.scalars(select(Conversation.said))))
        assert f"word {anew.HELD_AT_MOST - 1}" in said
        assert f"word {anew.HELD_AT_MOST}" not in said
        assert await session.scalar(select(func.count()).select_from(Update).where(Update.state == "aside")) == 0


async def test_who_says_no_to_the_new_text_is_asked_nothing_and_invited_to_nothing(
    town: Town, database: Database
) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    await report(anna, "A loose tile")
    await new_text(town)
    sanne.say("/solve M1 Done")
    await sanne.sees("has changed")
    sanne.tap("Yes, that's fine")
    await anna.sees("this has been done")
    anna.say("hello")
    await anna.sees("has changed")
    anna.tap("No, thank you")
    await anna.sees("We ask nothing more")
    town.passes(days=4)
    await anna.quiet()
    await invite(sanne, 1)
    await anna.quiet()
    town.passes(seconds=MONTH.total_seconds())
    await swept(town, database)
    async with database.read() as session:
        assert (await session.get_one(Complaint, 1)).words == ""


# --- Invitations --------------------------------------------------------------------------------------------


async def invite(sanne: Person, number: int) -> None:
    """Announce an event, typed question by question."""
    sanne.say("/event")
    await sanne.hears()
    asked = ("When does it begin?", "Where is it?", "What else should people know?")
    for answer, question in zip((f"The party {number}", "24-12-2026 17:00", "Park"), asked, strict=True):
        sanne.say(answer)
        await sanne.sees(question)
    sanne.tap("Skip")
    await sanne.sees("Send a photo for the invitation")
    sanne.tap("Skip")
    await sanne.sees("This is what people will get")
    sanne.tap("Invite everybody")
    await sanne.sees(f"E{number} is announced")


async def test_nobody_gets_more_invitations_a_month_than_the_area_file_allows(
    either_town: Town,
) -> None:
    town = either_town
    a_month = load_area("heerlen-noord").invites.a_month
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    for number in range(1, a_month + 1):
        await invite(sanne, number)
        await anna.sees(f"The party {number}")
    bob = await town.known("Bob", "en")
    await invite(sanne, a_month + 1)
    assert any("1 person had enough invitations this month." in seen.text for seen in sanne.messages)
    await bob.sees(f"The party {a_month + 1}")
    await anna.quiet()
    database = Database(town.database_url)
    async with database.write() as session:
        sent = await session.execute(select(Recipient.broadcast_id, func.count()).group_by(Recipient.broadcast_id))
        assert max(tuple(row) for row in sent) == (a_month + 1, 1)
        long_ago = town.clock.now() - timedelta(days=31)
        await session.execute(update(Broadcast).where(Broadcast.id == 1).values(at=long_ago))
    await database.close()
    await invite(sanne, a_month + 2)
    await anna.sees(f"The party {a_month + 2}")
