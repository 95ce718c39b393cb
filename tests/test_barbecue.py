"""Scanning a code at an event, and neighbours who bring neighbours: few taps, right counts, nothing kept unasked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.simulator import Person
from bot.store.database import Database
from bot.store.identity import Seal, SecretError
from bot.store.tables import Answer, Chat, Conversation, Resident
from tests.test_events import announce
from tests.test_poster import downloaded, read_code
from tests.town import Town
from tests.waiting import until

NOW = "23-11-2026 12:00"


@asynccontextmanager
async def looking(town: Town) -> AsyncIterator[AsyncSession]:
    database = Database(town.database_url)
    try:
        async with database.read() as session:
            yield session
    finally:
        await database.close()


async def all_of(town: Town, query: Any) -> list[Any]:
    async with looking(town) as session:
        return list(await session.scalars(query))


async def test_from_the_scan_to_both_answers_stored_takes_four_inputs(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    inputs: list[tuple[Callable[[], object], str]] = [
        (lambda: anna.start("e1"), "You are at: Barbecue in the park"),
        (lambda: anna.tap("Yes, go on"), "What are you proud of"),
        (lambda: anna.say("Our neighbours greet each other"), "what must be better"),
        (lambda: anna.say("More light on the path"), "Thank you! We read it."),
    ]
    assert len(inputs) <= 5, "what the issue asks"
    for act, answer in inputs:
        assert await all_of(town, select(Answer)) == []
        act()
        (seen,) = await anna.hears()
        assert answer in seen.text
    answers = await all_of(town, select(Answer).order_by(Answer.id))
    assert [(each.question, each.words, each.came_from, each.first) for each in answers] == [
        ("proud", "Our neighbours greet each other", "e1", True),
        ("better", "More light on the path", "e1", False),
    ]
    assert "Which neighbourhood" in anna.last.text, "asked afterwards"
    anna.tap("Skip")
    await anna.sees("make it a report")
    anna.tap("Make it a report")
    await anna.sees("What is it about?")


async def test_the_neighbourhood_that_is_said_afterwards_belongs_to_the_answers(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start("e1")
    await anna.hears()
    for label in ("Yes, go on", "Skip"):
        anna.tap(label)
        await anna.hears()
    anna.voice()
    await anna.sees("Which neighbourhood")
    anna.tap("Heksenberg")
    await anna.sees("Thank you")
    (resident,) = await all_of(town, select(Resident).where(Resident.came_from == "e1"))
    (answer,) = await all_of(town, select(Answer))
    assert resident.neighbourhood is not None
    assert answer.neighbourhood == resident.neighbourhood
    assert resident.consent_at is not None


async def test_who_skips_both_isnt_asked_anything_more(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start("e1")
    await anna.hears()
    for label in ("Yes, go on", "Skip"):
        anna.tap(label)
        await anna.hears()
    anna.tap("Skip")
    await anna.sees("You can always come back to it")
    assert await all_of(town, select(Conversation)) == []


async def test_a_resident_who_scans_is_asked_at_once_and_stays_who_they_were(town: Town) -> None:
    sanne = await town.coordinator("en")
    bob = town.resident("Bob", "en")
    bob.start("p-library")
    await bob.hears()
    bob.tap("Yes, that's fine")
    await bob.hears()
    bob.tap("Heksenberg")
    await bob.hears()
    await announce(sanne, NOW)
    await bob.sees("Will you be there?")
    bob.start("e1")
    await bob.sees("What are you proud of")
    bob.start("e1")
    await bob.sees("What are you proud of")
    assert len(await all_of(town, select(Conversation))) == 1, "scanned twice, asked once"
    bob.say("The park")
    await bob.sees("what must be better")
    bob.tap("Skip")
    await bob.sees("we like to hear it")
    bob.say("/questions")
    await bob.hears()
    bob.say("The school")
    await bob.sees("what must be better")
    bob.tap("Skip")
    await bob.sees("we like to hear it")
    answers = await all_of(town, select(Answer).order_by(Answer.id))
    assert [each.came_from for each in answers] == ["e1", "p-library"]
    assert answers[0].neighbourhood is not None
    sanne.say("E1")
    await sanne.sees("Said there: proud of 1, must be better 0. New residents: 0.")


async def test_an_album_at_the_barbecue_is_one_answer(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start("e1")
    await anna.hears()
    anna.tap("Yes, go on")
    await anna.sees("What are you proud of")
    anna.album([None, None], caption="The garden")
    await anna.sees("what must be better")
    anna.tap("Skip")
    await anna.sees("Which neighbourhood")
    (answer,) = await all_of(town, select(Answer))
    assert (answer.question, answer.words) == ("proud", "The garden")


@pytest.mark.parametrize("payload", ["e2", "e0", "e99999999999", "e1x", "via-made-up", "via-", "E1 e1", "p-"])
async def test_a_link_that_was_made_up_is_a_plain_start(town: Town, payload: str) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start(payload) if " " not in payload else anna.say(f"/start {payload}")
    (seen,) = await anna.hears()
    assert "Hello! This is Buurtpraat" in seen.text
    (newest,) = await all_of(town, select(Resident).order_by(Resident.id.desc()).limit(1))
    assert newest.came_from == "telegram"


async def test_an_event_that_is_over_is_a_plain_start_whose_origin_is_kept(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    town.passes(days=1)
    anna, bob = town.resident("Anna", "en"), town.resident("Bob", "en")
    anna.start("e1")
    await anna.sees("You are at: Barbecue")
    town.passes(days=1)
    bob.start("e1")
    await bob.sees("Hello! This is Buurtpraat")
    (newest,) = await all_of(town, select(Resident).order_by(Resident.id.desc()).limit(1))
    assert newest.came_from == "e1"


async def test_before_its_day_a_poster_says_when_it_is(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne)
    anna = town.resident("Anna", "en")
    anna.start("e1")
    (seen,) = await anna.hears()
    assert "Barbecue in the park is on Thursday 24 December, 17:00. Come along!" in seen.text
    assert "You are at" not in seen.text


async def test_who_was_being_welcomed_and_then_scans_goes_on_from_there(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start()
    await anna.hears()
    anna.tap("Yes, that's fine")
    await anna.sees("Which neighbourhood")
    anna.start("e1")
    await anna.sees("What are you proud of")
    anna.say("The park")
    await anna.sees("what must be better")
    (answer,) = await all_of(town, select(Resident.came_from).order_by(Resident.id.desc()).limit(1))
    assert answer == "e1"


async def test_no_means_no_at_an_event_too(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne, NOW)
    anna = town.resident("Anna", "en")
    anna.start("e1")
    await anna.hears()
    anna.say("The lamp is broken")
    await anna.sees("I keep that for you")
    anna.tap("No, thank you")
    await anna.sees("We keep nothing of what you said")
    town.passes(days=2)
    sanne.say("E1")
    await sanne.sees("Said there: proud of 0, must be better 0. New residents: 0.")
    assert len(await all_of(town, select(Chat))) == 1


async def bring(town: Town, person: Person, answer: str) -> str:
    """What a resident's link carries; the picture must carry the same."""
    person.say("/neighbour")
    await person.sees("Then we also keep that you brought them")
    person.tap(answer)
    words = await person.sees("Send this link")
    link = words.text.split()[-1]
    picture = await person.sees("Let your neighbour scan this", timeout=30)
    with Image.open(BytesIO(await downloaded(town, picture.raw["photo"][-1]["file_id"]))) as image:
        assert read_code(image) == link
    return link.partition("start=")[2]


async def come(town: Town, payload: str, name: str = "Anna") -> Person:
    person = town.resident(name, "en")
    person.start(payload)
    await person.sees("Nice that a neighbour told you about us!")
    person.tap("Yes, that's fine")
    await person.hears()
    person.tap("Heksenberg")
    return person


async def test_who_brought_whom_is_kept_when_both_say_yes(either_town: Town) -> None:
    town = either_town
    piet = await town.known("Piet", "en")
    payload = await bring(town, piet, "Yes, keep that")
    assert len(payload) <= 64
    assert payload == await bring(town, piet, "Yes, keep that"), "it may be on a printed card"
    anna = await come(town, payload)
    await anna.sees("May your neighbour hear that you came?")
    await piet.quiet()
    anna.tap("Yes, say it")
    await anna.sees("Your neighbour hears that somebody came")
    heard = await piet.sees("Somebody came through your link")
    assert "Anna" not in heard.text
    bringer, newcomer = (await all_of(town, select(Resident).order_by(Resident.id)))[-2:]
    assert newcomer.came_from == "via"
    assert newcomer.brought_by == bringer.id
    piet.say("/forget")
    await piet.hears()
    piet.tap(next(label for label in piet.last.labels if label.startswith("Yes")))
    await piet.sees("We have forgotten you")
    assert set(await all_of(town, select(Resident.brought_by))) == {None}


@pytest.mark.parametrize("answer", ["No, say nothing", "Skip"])
async def test_it_isnt_kept_when_the_newcomer_does_not_say_yes(town: Town, answer: str) -> None:
    piet = await town.known("Piet", "en")
    anna = await come(town, await bring(town, piet, "Yes, keep that"))
    await anna.sees("May your neighbour hear that you came?")
    anna.tap(answer)
    await anna.sees("then we say nothing")
    await piet.quiet()
    assert await all_of(town, select(Resident.brought_by).where(Resident.brought_by.is_not(None))) == []
    assert await all_of(town, select(Conversation)) == [], "the link went with the conversation"


async def test_it_isnt_kept_or_asked_when_the_bringer_does_not_want_it(town: Town) -> None:
    piet, kim = await town.known("Piet", "en"), await town.known("Kim", "en")
    payload = await bring(town, piet, "No, don't keep that")
    assert payload == await bring(town, kim, "No, don't keep that"), "it says nothing of whose it is"
    anna = await come(town, payload)
    await anna.sees("Just send a message")
    (newest,) = await all_of(town, select(Resident).order_by(Resident.id.desc()).limit(1))
    assert (newest.came_from, newest.brought_by) == ("via", None)


async def test_a_resident_who_opens_a_neighbours_link_starts_plainly(town: Town) -> None:
    piet, kim = await town.known("Piet", "en"), await town.known("Kim", "en")
    payload = await bring(town, piet, "Yes, keep that")
    for person in (piet, kim):
        person.start(payload)
        await person.sees("Hello again!")
    assert await all_of(town, select(Resident.came_from).distinct()) == ["telegram"]


async def test_a_link_of_somebody_who_was_forgotten_still_welcomes(town: Town) -> None:
    piet = await town.known("Piet", "en")
    payload = await bring(town, piet, "Yes, keep that")
    piet.say("/forget")
    await piet.hears()
    piet.tap(next(label for label in piet.last.labels if label.startswith("Yes")))
    await piet.sees("We have forgotten you")
    anna = await come(town, payload)
    await anna.sees("Just send a message")
    assert await all_of(town, select(Resident.brought_by).where(Resident.brought_by.is_not(None))) == []


def test_a_token_is_steady_fits_a_link_and_is_read_with_our_secret_alone() -> None:
    seal = Seal("a" * 64)
    tokens = {seal.close_steadily(number.to_bytes(5, "big"), b"via") for number in range(500)}
    assert len(tokens) == 500
    (again,) = {seal.close_steadily(b"\0\0\0\0\7", b"via") for _time in range(5)}
    assert len(again) * 4 / 3 <= 58
    assert seal.open(again, b"via") == b"\0\0\0\0\7"
    with pytest.raises(SecretError):
        seal.open(again, b"chat")
    with pytest.raises(SecretError):
        Seal("b" * 64).open(again, b"via")


async def test_nothing_of_it_is_left_behind(town: Town) -> None:
    """What waits for a newcomer's yes goes with them when it doesn't come."""
    piet = await town.known("Piet", "en")
    payload = await bring(town, piet, "Yes, keep that")
    anna = town.resident("Anna", "en")
    anna.start(payload)
    await anna.sees("Nice that a neighbour")
    town.passes(days=2)

    async def left() -> list[int]:
        async with looking(town) as session:
            return [await session.scalar(select(func.count()).select_from(each)) or 0 for each in (Chat, Conversation)]

    await until(left, [2, 0])
