"""Announcing: who gets it and who doesn't, in which language, at what time; and nothing that Telegram would refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event as sql_event
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import MovableClock
from bot.main import LOCALES
from bot.neighbourhood import announcing, audience, broadcasts, in_languages
from bot.neighbourhood.area import load_area
from bot.neighbourhood.work import Person as Known
from bot.neighbourhood.work import Surroundings, Work
from bot.outbox import bulk
from bot.outbox.letters import CAPTION_LIMIT, Letter, length
from bot.simulator import Person
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.store.tables import (
    Broadcast,
    Chat,
    Complaint,
    Event,
    EventAnswer,
    History,
    Idea,
    Recipient,
    Reporter,
    Resident,
    Role,
)
from conversations.announced import NewsAnnounced, RoomForWords, Sending
from conversations.announcing import LEFT_OUT
from conversations.event import PLACE_AT_MOST, TITLE_AT_MOST
from conversations.event_said import EventAnnounced
from conversations.questions import At
from conversations.words import Catalogues
from tests.town import MONDAY, Town, lay_tables
from tests.waiting import until

HEKSENBERG, DE_HEI = "WK091722", "WK091723"
LANGUAGES = ("nl", "en", "de", "pl", "ar", "tr", "uk")


@pytest_asyncio.fixture
async def either_work(database_url: str) -> AsyncIterator[Work]:
    """A transaction as the bot's own, on an empty database, that comes to nothing."""
    lay_tables(database_url)
    await migrate(database_url)
    database, area = Database(database_url), load_area("heerlen-noord")
    catalogues = Catalogues(LOCALES, area.languages, area.time_zone)
    seal = Seal("a secret of these tests, and of nothing else")
    around = Surroundings(
        database,
        seal,
        MovableClock(MONDAY),
        area,
        catalogues,
        frozenset(),
    )
    async with database.write() as session:
        yield around.reading(session)
        await session.rollback()
    await database.close()


@asynccontextmanager
async def writing(town: Town) -> AsyncIterator[AsyncSession]:
    """The town's database, beside the bot."""
    database = Database(town.database_url)
    try:
        async with database.write() as session:
            yield session
    finally:
        await database.close()


@asynccontextmanager
async def working(town: Town) -> AsyncIterator[Work]:
    """A transaction of a running bot's, that comes to nothing."""
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.database.write() as session:
        yield town.service.turns.around.reading(session)
        await session.rollback()


async def somebody(session: AsyncSession, number: int, language: str = "nl", **resident: Any) -> Resident:
    """A resident in the database, who can be reached and said yes."""
    now = MONDAY
    away = now if resident.pop("away", False) else None
    chat = Chat(
        fingerprint=number.to_bytes(32, "big"),
        telegram_id=b"sealed",
        language=language,
        since=now,
        heard_at=now,
        unreachable_since=away,
    )
    session.add(chat)
    await session.flush()
    known = {"consent_at": now, "consent_version": "1", "came_at": now, **resident}
    row = Resident(chat_id=chat.id, **known)
    session.add(row)
    await session.flush()
    return row


async def tell(sanne: Person, words: str, *taps: str) -> None:
    """A message to people, in three turns or with what is chosen besides."""
    sanne.say("/broadcast")
    await sanne.sees("What do you want to tell")
    sanne.say(words)
    await sanne.sees("Goes to")
    for tap, then in zip(taps, (*taps, "Send")[1:], strict=True):
        newest = sanne.last.id
        sanne.tap(tap)
        await offered(sanne, then, newest)
    sanne.tap("Send")


async def offered(person: Person, label: str, after: int) -> None:
    """Wait for a message after that one which has this button."""

    async def is_there() -> bool:
        return any(label in seen.labels for seen in person.messages if seen.from_bot and seen.id > after)

    await until(is_there, True)


async def test_three_turns_tell_everybody_once_in_the_frame_of_their_language(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    await tell(sanne, "The library is closed on Monday.")
    await sanne.sees("This is B1")
    (english,) = await anna.hears()
    assert "This message is in" not in english.text
    (dutch,) = await piet.hears()
    assert dutch.text.startswith("Dit bericht is in het Engels.\n\nThe library is closed on Monday.")
    town.passes(seconds=6)
    await sanne.sees("Sent: 2. Unreachable: 0. Waiting: 0.")
    for person in (anna, piet):
        await person.quiet()


async def test_who_is_left_out_is_counted_by_the_reason_before_anything_is_sent(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await town.known("Anna", "en")
    lee, kim = await town.known("Lee", "en"), await town.known("Kim", "en")
    newcomer = town.resident("Noor")
    newcomer.start()
    await newcomer.hears()
    lee.say("/stop")
    await lee.hears()
    kim.block()
    for number in range(4):
        await tell(sanne, f"The news of today, number {number}.")
        await sanne.sees("This is B")
        town.passes(seconds=6)
        await sanne.sees("All sent")
    sanne.say("/broadcast")
    await sanne.sees("What do you want to tell")
    sanne.say("One more for you all.")
    seen = await sanne.sees("Goes to: 0 people")
    for line in ("no invitations: 1", "can't be reached: 1", "not said yes to us: 1", "enough this month: 1"):
        assert line in seen.text
    sanne.tap("Send")
    await sanne.sees("Nobody gets this now")


SPOKEN = {1: "nl", 2: "pl", 3: "tr", 4: "en", 5: "en"}
AUDIENCES: list[tuple[Sending, set[int]]] = [
    (Sending(), {1, 2, 3, 4, 5}),
    (Sending("places", [HEKSENBERG]), {1, 2}),
    (Sending("languages", ["pl", "tr"]), {2, 3}),
    (Sending("event", ["E1"]), {3, 4}),
    (Sending("helped"), {5}),
    (Sending("codes", ["M1", "I1", "E1", "M999", "I", "x"]), {1, 2, 5}),
    (Sending("codes", []), set()),
]


@pytest.mark.parametrize(("sending", "expected"), AUDIENCES, ids=lambda each: getattr(each, "to", ""))
async def test_it_goes_to_exactly_those_whom_it_is_for(either_work: Work, sending: Sending, expected: set[int]) -> None:
    work = either_work
    session = work.session
    people = {
        1: await somebody(session, 1, SPOKEN[1], neighbourhood=HEKSENBERG),
        2: await somebody(session, 2, SPOKEN[2], neighbourhood=HEKSENBERG),
        3: await somebody(session, 3, SPOKEN[3], neighbourhood=DE_HEI, came_from="e1"),
        4: await somebody(session, 4, SPOKEN[4]),
        5: await somebody(session, 5, SPOKEN[5]),
    }
    maker = await somebody(session, 9, neighbourhood=HEKSENBERG, came_from="e1")
    left_out: list[dict[str, Any]] = [{"invites": False}, {"away": True}, {"consent_at": None}]
    for number, more in enumerate(left_out, 10):
        await somebody(session, number, neighbourhood=HEKSENBERG, came_from="e1", **more)
    await _something_of_each(session, people)
    by = Known(await session.get_one(Chat, maker.chat_id), maker, frozenset({"coordinator"}), [])
    meant = audience.as_kept(by, sending)
    numbers = {resident.chat_id: number for number, resident in people.items()}
    found = (await session.scalars(audience.reached(work, meant, maker.id))).all()
    assert {numbers[chat_id] for chat_id in found} == expected
    assert len(found) == len(expected)
    counted = await audience.count(work, meant, maker.id)
    assert counted.people == len(expected)
    assert set(counted.languages) == {language for number, language in SPOKEN.items() if number in expected}
    assert set(counted.left_out) <= set(LEFT_OUT)
    if sending.to == "places":
        assert counted.left_out == {"stopped": 1, "unreachable": 1, "quiet": 1}


async def _something_of_each(session: AsyncSession, people: dict[int, Resident]) -> None:
    """A complaint of 1, an idea of 2; an event to which 5 comes and at which 4 was."""
    report = {"state": "received", "topic": "paving", "theme": "wonen", "words": "", "language": "nl", "place": ""}
    session.add(Complaint(id=1, answer_by=MONDAY.date(), came_from="telegram", first=True, at=MONDAY, **report))
    idea = {"state": "received", "words": "", "language": "nl", "answer_by": MONDAY.date(), "first": True}
    session.add(Idea(id=1, resident_id=people[2].id, came_from="telegram", at=MONDAY, **idea))
    session.add(Event(id=1, title="Barbecue", words="", place="", starts_at=MONDAY + timedelta(days=1), at=MONDAY))
    await session.flush()
    session.add(Reporter(complaint_id=1, resident_id=people[1].id, at=MONDAY))
    session.add(EventAnswer(event_id=1, resident_id=people[4].id, answer="maybe", came_at=MONDAY, at=MONDAY))
    session.add(EventAnswer(event_id=1, resident_id=people[5].id, answer="yes", helps=True, at=MONDAY))
    await session.flush()


async def test_who_gets_it_is_fixed_in_one_statement_however_many_they_are(either_work: Work) -> None:
    work = either_work
    for number in range(1, 60):
        await somebody(work.session, number)
    maker = await somebody(work.session, 99)
    by = Known(await work.session.get_one(Chat, maker.chat_id), maker, frozenset({"coordinator"}), [])
    broadcast = broadcasts.made(work, by, "news", Sending(), audience=audience.as_kept(by, Sending()))
    work.session.add(broadcast)
    await work.session.flush()
    said: list[str] = []
    connection = (await work.session.connection()).sync_connection
    assert connection is not None
    sql_event.listen(connection, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    to = audience.reached(work, broadcast.audience, broadcast.made_by)
    await bulk.begin(work.session, broadcast, {"nl": Letter("sendMessage", {"text": "Hi"})}, to)
    assert len([each for each in said if "recipients" in each]) == 1
    assert broadcast.total == 59
    assert await work.session.scalar(select(func.count()).select_from(Recipient)) == 59


async def test_staff_of_a_neighbourhood_reach_only_that_one(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bea = await town.known("Anna", "en", "Heksenberg"), await town.known("Bea", "en", "De Hei")
    kim = await town.known("Kim", "en")
    await join_as(sanne, kim, "staff")
    async with writing(town) as session:
        role = (await session.scalars(select(Role).where(Role.role == "staff"))).one()
        role.neighbourhoods = [HEKSENBERG]
    kim.say("/broadcast")
    await kim.sees("What do you want to tell")
    kim.say("The coffee is at ten this week.")
    seen = await kim.sees("Goes to: 1 person")
    assert "For: everybody in Heksenberg" in seen.text
    kim.tap("Choose for whom")
    await kim.hears()
    kim.tap("Neighbourhoods")
    (asked,) = await kim.hears()
    assert "De Hei" not in asked.labels
    kim.tap("Heksenberg")
    await kim.hears()
    kim.tap("That's all")
    await kim.hears()
    kim.tap("More choices")
    await kim.hears()
    kim.tap("When it goes out")
    (asked,) = await kim.hears()
    assert "Now, at night too" not in asked.labels
    kim.tap("Now")
    await kim.hears()
    kim.tap("Send")
    await anna.sees("The coffee is at ten")
    await bea.quiet()


async def join_as(sanne: Person, person: Person, role: str) -> None:
    """Give somebody a role by Sanne's link."""
    sanne.say(f"/join_link {role}")
    seen = await sanne.sees("start=")
    link = next(word for word in seen.text.split() if "start=" in word)
    person.start(link.partition("start=")[2])
    await person.hears(2)


async def test_a_message_that_telegram_refuses_in_one_language_reaches_nobody(
    either_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    whole = announcing.one_letter

    def broken(work: Work, lines: Any, language: str, photo: str | None = None) -> Letter:
        letter = whole(work, lines, language, photo)
        return Letter(letter.method, {**letter.content, "text": "<b>broken"}) if language == "nl" else letter

    monkeypatch.setattr(announcing, "one_letter", broken)
    await tell(sanne, "The library is closed on Monday.")
    seen = await sanne.sees("Telegram refuses the message in Dutch")
    assert "Nobody got it" in seen.text
    assert "can't parse entities" in seen.text
    await anna.quiet()
    await piet.quiet()
    town.simulator.refusals.clear()
    sanne.say("/log")
    await sanne.sees("refused by Telegram")


async def test_in_quiet_hours_it_waits_unless_a_coordinator_says_it_is_urgent(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=12)  # 23:00 in Heerlen
    await tell(sanne, "The library is closed on Monday.")
    await sanne.sees("quiet time")
    await anna.quiet()
    await tell(sanne, "The water is off, boil it.", "More choices", "When it goes out", "Now, at night too")
    await anna.sees("The water is off")
    town.passes(hours=10, minutes=1)
    await anna.sees("The library is closed")


async def test_what_begins_before_the_quiet_hours_end_is_not_announced_to_nobody(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=12)  # 23:00 in Heerlen
    sanne.say("/event")
    for answer, question in (
        ("Early walk", "When does it begin?"),
        ("24-11-2026 08:30", "Where is it?"),
        ("The castle park", "What else should people know?"),
        ("Bring a torch", "Send a photo"),
    ):
        sanne.say(answer)
        await sanne.sees(question)
    sanne.tap("Skip")
    await sanne.sees("This is what people will get")
    sanne.tap("Invite everybody")
    asked = await sanne.sees("It's quiet time until Tuesday 24 November, 09:00. By then it has begun.")
    assert "Change the time" in asked.labels
    await anna.quiet()
    for tap, then in (
        ("More choices", "When it goes out"),
        ("When it goes out", "Now, at night too"),
        ("Now, at night too", "Invite everybody"),
    ):
        newest = sanne.last.id
        sanne.tap(tap)
        await offered(sanne, then, newest)
    sanne.tap("Invite everybody")
    await anna.sees("Early walk")


async def test_what_is_not_sent_when_the_quiet_hours_begin_waits_for_the_morning(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=9, minutes=59)  # 20:59
    await tell(sanne, "The library is closed on Monday.", "More choices", "When it goes out", "Now")
    await anna.sees("The library")
    async with working(town) as work:
        late = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 21:30 in Heerlen
        work.now = late
        broadcast = await work.session.get_one(Broadcast, 1)
        broadcast.state, broadcast.total = "running", 2
        await broadcasts.keep_posted(work)
        assert broadcast.not_before == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_the_longest_announcement_fits_under_a_photo_in_every_language(either_work: Work) -> None:
    work = either_work
    place = "🏰" * (PLACE_AT_MOST // 2)
    room, _without = await announcing.room_for_words(work, RoomForWords(place))
    assert room > 500
    maker = await somebody(work.session, 1)
    by = Known(await work.session.get_one(Chat, maker.chat_id), maker, frozenset({"coordinator"}), [])
    for day in range(1, 360, 9):
        starts = datetime(2026, 12, 1, 23, 59) + timedelta(days=day)  # noqa: DTZ001 - as on the clock
        announced = EventAnnounced(
            "T" * TITLE_AT_MOST,
            starts,
            At(place, 50.9, 5.9),
            "🎉" * (room // 2),
            "photo",
            "pl",
            {},
            starts + timedelta(days=2),
            100_000,
        )
        for language, letter in announcing.invitations(work, announcing.event_of(work, by, announced)).items():
            caption = letter.content["caption"]
            assert length(caption) <= CAPTION_LIMIT, (language, day)
            assert "…" not in caption, (language, day)  # nothing was cut
    most, without = await announcing.room_for_words(work, RoomForWords())
    for words, photo in (("🎉" * (most // 2), "photo"), ("🎉" * (without // 2), None)):
        told = NewsAnnounced(words, photo, "pl", {}, Sending())
        assert set(announcing.news_letters(work, told)) == set(LANGUAGES)
    with pytest.raises(ValueError, match="too long"):
        announcing.news_letters(work, NewsAnnounced("🎉" * 1000, "photo", "pl", {}, Sending()))


async def test_words_that_are_too_long_for_a_message_are_refused_when_they_are_typed(town: Town) -> None:
    sanne = await town.coordinator("en")
    sanne.say("/broadcast")
    await sanne.sees("What do you want to tell")
    sanne.say("🎉" * 2040)
    await sanne.sees("characters at most")


async def test_words_that_are_too_long_for_a_photo_are_told_apart(town: Town) -> None:
    sanne = await town.coordinator("en")
    await town.known("Anna", "en")
    sanne.say("/broadcast")
    await sanne.sees("What do you want to tell")
    sanne.say("The library is closed. " * 60)
    seen = await sanne.sees("the words are too long for one")
    assert "Add a photo" not in seen.labels
    sanne.tap("Change the words")
    await sanne.hears()
    sanne.say("The library is closed.")
    await sanne.sees("Photo: none")
    sanne.tap("Add a photo")
    await sanne.hears()
    sanne.photo()
    await sanne.sees("Photo: yes")
    sanne.tap("Change the words")
    await sanne.hears()
    sanne.say("The library is closed. " * 60)
    await sanne.sees("characters at most")


TEXTS = [
    ("Barbecue in het park, neem een stoel mee", "en", "nl"),
    ("Barbecue in the park, bring your own chair", "nl", "en"),
    ("Grillfest im Park, bringt einen Stuhl mit", "nl", "de"),
    ("Zapraszamy na grilla w parku, przyjdź z krzesłem", "nl", "pl"),
    ("Parkta mangal var, sandalye getirin", "nl", "tr"),
    ("Барбекю в парку, візьміть стілець", "nl", "uk"),
    ("حفل شواء في الحديقة", "nl", "ar"),
    ("BBQ 2026", "nl", "nl"),
    ("BBQ 2026", "en", ""),
    ("", "en", ""),
    ("🎉🎉🎉", "nl", "nl"),
]


@pytest.mark.parametrize(("text", "spoken", "expected"), TEXTS)
def test_the_language_of_a_text_is_known_or_asked(text: str, spoken: str, expected: str) -> None:
    assert in_languages.written_in(text, spoken, LANGUAGES) == expected


async def test_what_was_filled_in_reaches_its_readers_and_the_house_s_language_the_others(
    either_work: Work,
) -> None:
    work = either_work
    said_in = {"nl": "In het Nederlands", "tr": "Türkçe"}
    told = NewsAnnounced("In English", None, "en", said_in, Sending())
    text = {each: letter.content["text"] for each, letter in announcing.news_letters(work, told).items()}
    assert text["nl"].startswith("In het Nederlands")
    assert text["en"].startswith("In English")
    assert text["tr"].startswith("Türkçe")
    assert text["de"].startswith("Diese Nachricht ist auf Niederländisch.\n\nIn het Nederlands")
    assert "In het Nederlands" in text["ar"]


async def test_hostile_words_reach_people_as_they_were_typed(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await tell(sanne, "<b>for you</b> & the <a href='x'>others</a> {count} %s")
    (seen,) = await anna.hears()
    assert seen.text.startswith("<b>for you</b> & the <a href='x'>others</a> {count} %s")


async def test_nobody_but_the_office_announces(town: Town) -> None:
    anna = await town.known("Anna", "en")
    for command in ("/broadcast", "/event"):
        anna.say(command)
        await anna.sees("I don't know that one")
    for data in ("do.preview", "do.preview.de", "do.preview.button", "B1.stop", "B1.yes", "B1.see.all"):
        anna.tap_data(data)
        await anna.hears()
    anna.say("B1")
    await anna.hears()
    async with working(town) as work:
        tried = set(await work.session.scalars(select(History.words).where(History.what == "refused")))
        assert {"/broadcast", "/event", "B1.stop", "B1.yes"} <= tried
        assert await work.session.scalar(select(func.count()).select_from(Broadcast)) == 0
