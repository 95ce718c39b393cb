"""A broadcast from its yes to the last copy: proved, paused, stopped, put right, and a second coordinator's word."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.neighbourhood import announcing, progress, proofs
from bot.neighbourhood.work import Work
from bot.outbox.letters import Letter
from bot.simulator import Person
from bot.simulator.faults import Fault
from bot.store.tables import Broadcast, Event, History, Recipient
from tests.test_announcing import join_as, tell, writing
from tests.test_event_life import cancel, change
from tests.test_events import announce
from tests.town import MONDAY, Town
from tests.town import town as running_town
from tests.waiting import until

AREA = Path(__file__).parent.parent / "bot" / "areas" / "heerlen-noord.toml"


@pytest_asyncio.fixture
async def slow_town(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Where messages go one after the other, and few are under way at once."""
    monkeypatch.setattr("bot.outbox.sender.IN_HAND", 12)
    async with running_town(tmp_path, sqlite_url, messages_per_second=8) as here:
        yield here


@pytest_asyncio.fixture
async def careful_town(tmp_path: Path, database_url: str) -> AsyncIterator[Town]:
    """Where what goes to more than one person needs a second coordinator."""
    area = tmp_path / "careful.toml"
    content = re.sub(r"(?m)^asks_second_above = \d+", "asks_second_above = 1", AREA.read_text("utf-8"))
    area.write_text(content, "utf-8")
    async with running_town(tmp_path, database_url, area=str(area)) as here:
        yield here


async def count(town: Town, *conditions: Any) -> int:
    """How many recipients there are like that."""
    async with writing(town) as session:
        return len((await session.scalars(select(Recipient.chat_id).where(*conditions))).all())


async def history(town: Town, code: str) -> list[str]:
    """What the history says about it."""
    async with writing(town) as session:
        found = await session.scalars(select(History.what).where(History.subject == code).order_by(History.id))
        return list(found)


def got(person: Person, words: str) -> int:
    """How many messages of this person's hold these words now."""
    return len([seen for seen in person.messages if seen.from_bot and words in seen.text])


async def test_it_is_paused_goes_on_and_each_gets_it_once(slow_town: Town) -> None:
    town = slow_town
    sanne = await town.coordinator("en")
    people = [await town.known(f"R{number}", "en") for number in range(20)]
    await tell(sanne, "The library is closed on Monday.")
    await sanne.sees("This is B1")
    await people[0].sees("The library")
    sanne.tap_data("B1.pause")
    await sanne.sees("B1 is paused")
    await sanne.sees("Nobody gets it until you let it go on")
    await until(lambda: count(town, Recipient.claimed_until > 0), 0)
    before = await count(town, Recipient.state == "sent")
    assert 0 < before < 20
    await people[-1].quiet(1)
    assert await count(town, Recipient.state == "sent") == before
    sanne.tap_data("B1.pause")
    await sanne.sees("B1 stands at: paused")
    sanne.tap_data("B1.go_on")
    await sanne.sees("B1 goes on")
    for person in people:
        await person.sees("The library")
    town.passes(seconds=6)
    await sanne.sees("Sent: 20. Unreachable: 0. Waiting: 0.")
    assert [got(person, "The library") for person in people] == [1] * 20
    assert await history(town, "B1") == ["announced", "paused", "went on"]


async def test_stopped_nobody_gets_it_any_more(slow_town: Town) -> None:
    town = slow_town
    sanne = await town.coordinator("en")
    people = [await town.known(f"R{number}", "en") for number in range(20)]
    await tell(sanne, "The library is closed on Monday.")
    await people[0].sees("The library")
    sanne.tap_data("B1.stop")
    await sanne.sees("Who has it keeps it")
    await until(lambda: count(town, Recipient.claimed_until > 0), 0)
    sent = await count(town, Recipient.state == "sent")
    assert sent < 20
    town.passes(seconds=6)
    await sanne.sees(f"Not sent: {20 - sent}.")
    for does in ("pause", "go_on", "stop"):
        sanne.tap_data(f"B1.{does}")
        await sanne.sees("B1 stands at: stopped")
    assert sum(got(person, "The library") for person in people) == sent


async def test_the_code_shows_staff_how_far_it_is_and_nobody_else(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, kim = await town.known("Anna", "en"), await town.known("Kim", "en")
    await tell(sanne, "The library is closed on Monday.")
    await anna.sees("The library")
    await kim.hears()
    await join_as(sanne, kim, "staff")
    kim.say("B1")
    await kim.sees("Sent: 2. Unreachable: 0")
    kim.say("B7")
    await kim.sees("There is no B7")
    anna.say("B1")
    (seen,) = await anna.hears()
    assert "Sent" not in seen.text
    for does in ("stop", "correct", "see", "yes"):
        anna.tap_data(f"B1.{does}")
        await anna.hears()
    assert await history(town, "B1") == ["announced"]


async def test_a_second_coordinator_says_yes_and_never_who_made_it(careful_town: Town) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await tell(sanne, "The library is closed on Monday.")
    await sanne.sees("another coordinator must say yes first")
    await bram.sees("May it go? (B1)")
    assert got(bram, "The library") == 1
    sanne.tap_data("B1.yes")
    await sanne.sees("You made B1 yourself")
    anna.tap_data("B1.yes")
    await anna.hears()
    await anna.quiet()
    bram.tap("Yes, send it")
    await anna.sees("The library")
    await sanne.sees("a second coordinator said yes")
    bram.tap_data("B1.yes")
    await bram.sees("B1 stands at")
    assert await history(town, "B1") == ["announced", "approved"]
    async with writing(town) as session:
        broadcast = await session.get_one(Broadcast, 1)
        assert broadcast.approved_by is not None
        assert broadcast.approved_by != broadcast.made_by


async def put_right(sanne: Person, words: str, code: str) -> None:
    """Change what was sent, by the button under its bar."""
    sanne.tap("Put it right")
    await sanne.sees("how do you put it right?")
    sanne.tap("Change what was sent")
    await sanne.sees("What should it say?")
    sanne.say(words)
    await sanne.sees("This is what people will get")
    sanne.tap("Send")
    await sanne.sees(f"This is {code}")


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_an_event_gets_the_right_words_only_when_a_second_coordinator_says_yes(
    careful_town: Town, answer: str
) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await announce(sanne)
    await bram.sees("May it go? (B1)")
    bram.tap_data("B1.yes")
    await anna.sees("Bring a chair")
    town.passes(seconds=6)
    await sanne.sees("All sent")
    await put_right(sanne, "Bring two chairs, please", "B2")
    await bram.sees("May it go? (B2)")
    anna.say("/events")
    await anna.sees("Bring a chair")
    assert await words_of_the_event(town) == ("Bring a chair", 1)
    bram.tap_data(f"B2.{answer}")
    if answer == "yes":
        await anna.sees("Bring two chairs")
        assert await words_of_the_event(town) == ("Bring two chairs, please", 2)
        sanne.say("/find chairs")
        await sanne.sees("E1")
    else:
        await bram.sees("why not?")
        bram.say("One chair will do")
        await sanne.sees("One chair will do")
        await anna.quiet()
        assert await words_of_the_event(town) == ("Bring a chair", 1)


async def words_of_the_event(town: Town) -> tuple[str, int]:
    async with writing(town) as session:
        event = await session.get_one(Event, 1)
        return event.words, event.version


async def test_a_second_yes_in_the_quiet_hours_wakes_nobody(careful_town: Town) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await tell(sanne, "The library is closed on Monday.")
    await bram.sees("May it go? (B1)")
    town.passes(hours=12)  # 23:00 in Heerlen
    bram.tap_data("B1.yes")
    await bram.sees("Thank you. B1")
    await anna.quiet(1)
    town.passes(hours=10, minutes=1)
    await anna.sees("The library")


async def test_what_goes_on_in_the_quiet_hours_wakes_nobody(slow_town: Town) -> None:
    town = slow_town
    sanne = await town.coordinator("en")
    people = [await town.known(f"R{number}", "en") for number in range(16)]
    await tell(sanne, "The library is closed on Monday.")
    await people[0].sees("The library")
    sanne.tap_data("B1.pause")
    await sanne.sees("B1 is paused")
    await until(lambda: count(town, Recipient.claimed_until > 0), 0)
    sent = await count(town, Recipient.state == "sent")
    assert sent < 16
    town.passes(hours=12)  # 23:00 in Heerlen
    sanne.tap_data("B1.go_on")
    await sanne.sees("B1 goes on")
    await people[-1].quiet(1)
    assert await count(town, Recipient.state == "sent") == sent
    town.passes(hours=10, minutes=1)
    await people[-1].sees("The library")


async def test_what_was_planned_and_is_found_at_night_waits_for_the_morning(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=12)  # 23:00 in Heerlen
    await tell(sanne, "The library is closed on Monday.")
    await sanne.sees("quiet time")
    town.passes(seconds=6)
    await sanne.sees("Goes out from Tuesday 24 November, 09:00")
    await town.stop()
    town.clock.move(timedelta(hours=23))  # it was away all day
    await town.start()
    await sanne.sees("Goes out from Wednesday 25 November, 09:00")
    await anna.quiet()
    town.passes(hours=11, minutes=1)
    await anna.sees("The library")


async def test_without_a_second_yes_it_lapses_when_the_event_begins(careful_town: Town) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, _bea = await town.known("Anna", "en"), await town.known("Bea", "en")
    await announce(sanne, (MONDAY + timedelta(hours=6)).strftime("%d-%m-%Y %H:%M"))
    await sanne.sees("There is no other coordinator yet")
    town.passes(hours=6)
    await sanne.sees("nobody gave a second yes in time")
    await anna.quiet()
    assert "stopped" in await history(town, "B1")


async def test_a_no_says_why_and_takes_the_event_off(careful_town: Town) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await announce(sanne)
    await sanne.sees("Until then residents don't see E1")
    await bram.sees("May it go? (B1)")
    await is_not_there(anna)
    bram.tap("No")
    await bram.sees("why not?")
    bram.say("The park is closed that day")
    await sanne.sees("The park is closed that day")
    await anna.quiet()
    await is_not_there(anna)


async def is_not_there(anna: Person) -> None:
    """Under no address does a resident find the event, and no answer of theirs is taken."""
    anna.say("/events")
    await anna.sees("Nothing is planned right now")
    anna.tap_data("E1.yes")
    await anna.sees("That button doesn't work any more.")
    anna.start("e1")
    await anna.sees("Hello again!")
    assert not got(anna, "Barbecue")


async def test_before_the_second_yes_an_event_is_no_resident_s_and_after_it_everybody_s(careful_town: Town) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await announce(sanne)
    await bram.sees("May it go? (B1)")
    await is_not_there(anna)
    sanne.tap_data("E1.yes")
    await sanne.sees("Nobody was invited to E1, so nobody can answer.")
    await change(sanne, "Change the place", "The school")
    bram.tap_data("B1.yes")
    invited = await anna.sees("Barbecue in the park")
    assert "The school" in invited.text
    anna.tap("I'm coming", invited)
    await anna.sees("see you there")
    anna.say("/events")
    await anna.sees("Your answer: you are coming.")


@pytest.mark.parametrize("way", ["stop", "cancel"])
async def test_an_event_that_is_taken_back_before_the_second_yes_was_never_there(careful_town: Town, way: str) -> None:
    town = careful_town
    sanne = await town.coordinator("en")
    anna, bram = await town.known("Anna", "en"), await town.known("Bram", "en")
    await join_as(sanne, bram, "coordinator")
    await announce(sanne)
    await bram.sees("May it go? (B1)")
    if way == "stop":
        sanne.tap_data("B1.stop")
        await sanne.sees("B1 is stopped")
    else:
        await cancel(sanne)
    bram.tap_data("B1.yes")
    await bram.sees("B1 stands at: stopped")
    await is_not_there(anna)
    sanne.tap_data("E1.change")
    await sanne.sees("E1 stands at: not now")


async def test_who_answered_by_themselves_hears_that_an_event_telegram_refuses_is_off(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    whole = announcing.invitations

    def broken(work: Work, event: Event) -> dict[str, Letter]:
        letters = whole(work, event)
        return {each: Letter(of.method, {**of.content, "text": "<b>broken"}) for each, of in letters.items()}

    async def refused_only_now(work: Work, broadcast: Broadcast) -> bool | proofs.Refusal:
        return await back(work, broadcast) if answered else False

    answered: list[str] = []
    back = proofs.came_back
    monkeypatch.setattr(announcing, "invitations", broken)
    monkeypatch.setattr(proofs, "came_back", refused_only_now)
    await announce(sanne)
    anna.say("/events")
    shown = await anna.sees("Barbecue in the park")
    anna.tap("I'm coming", shown)
    await anna.sees("see you there")
    answered.append("Anna")
    town.passes(seconds=6)
    await sanne.sees("Telegram refuses the message")
    told = await anna.sees("Barbecue in the park is cancelled. Sorry!")
    assert "It would have been on Thursday 24 December, 17:00. (E1)" in told.text
    assert "parse" not in told.text
    anna.tap_data("E1.no")
    await anna.sees("is cancelled")
    town.simulator.refusals.clear()


async def test_what_was_sent_changes_for_exactly_those_who_got_it(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    await announce(sanne)
    await anna.hears()
    await piet.hears()
    town.passes(seconds=6)
    await sanne.sees("All sent")
    later = await town.known("Lee", "en")
    sanne.tap("Put it right")
    await sanne.hears()
    sanne.tap("Change what was sent")
    await sanne.hears()
    sanne.say("Bring two chairs, please")
    await sanne.sees("This is what people will get")
    sanne.tap("Change the title")
    await sanne.hears()
    sanne.say("Barbecue in the castle park")
    await sanne.sees("Goes to: 2 people")
    sanne.tap("Send it to me first")
    await sanne.sees("This is what people get who read English")
    sanne.tap_data("do.preview.nl")
    await sanne.sees("who read Dutch")
    sanne.say("Send")
    await anna.sees("Bring two chairs")
    await piet.sees("Bring two chairs")
    town.passes(seconds=6)
    await sanne.sees("Sent: 2. Unreachable: 0. Waiting: 0.")
    assert got(anna, "Barbecue in the castle park") == 1
    assert got(anna, "Barbecue in the park") == 0
    assert "Ik kom" in next(seen for seen in piet.messages if "two chairs" in seen.text).labels
    await later.quiet()
    async with writing(town) as session:
        event = await session.get_one(Event, 1)
        assert (event.title, event.words) == ("Barbecue in the castle park", "Bring two chairs, please")
    assert await history(town, "B1") == ["corrected"]


async def test_a_message_after_it_goes_to_those_who_got_it_also_who_stopped_invitations(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, lee = await town.known("Anna", "en"), await town.known("Lee", "en")
    await tell(sanne, "The library is closed on Monday.", "Choose for whom", "Languages", "English", "That's all")
    await anna.sees("The library")
    await lee.sees("The library")
    town.passes(seconds=6)
    await sanne.sees("All sent")
    lee.say("/stop")
    await lee.hears()
    later = await town.known("Kim", "en")
    sanne.tap("Put it right")
    await sanne.hears()
    sanne.tap("Send a message after it")
    await sanne.hears()
    sanne.say("It is closed on Tuesday.")
    await sanne.sees("Goes to: 2 people")
    sanne.tap("Send")
    for person in (anna, lee):
        await person.sees("We made a mistake")
    await later.quiet()
    async with writing(town) as session:
        after = await session.get_one(Broadcast, 2)
        assert (after.lane, after.edits, after.audience["which"]) == (1, None, ["1"])


async def test_proofs_survive_a_restart_and_nothing_goes_before_them(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    sanne.say("/broadcast")
    await sanne.hears()
    sanne.say("The library is closed on Monday.")
    await sanne.sees("Goes to: 1 person")
    away = Fault("error", {"sendMessage"})
    town.simulator.faults.append(away)
    sanne.tap("Send")
    await until(lambda: history(town, "B1"), ["announced"])
    await anna.quiet()
    await town.stop()
    town.simulator.faults.remove(away)
    await town.start()
    await anna.sees("The library")
    town.passes(seconds=6)
    await sanne.sees("Sent: 1. Unreachable: 0. Waiting: 0.")
    assert got(anna, "The library") == 1


LEFT = [
    (100, 50, 60, timedelta(seconds=60)),
    (100, 100, 60, None),
    (100, 0, 60, None),
    (100, 50, 2, None),
    (56_000, 28_000, 930, timedelta(seconds=930)),
]


@pytest.mark.parametrize(("total", "sent", "seconds", "expected"), LEFT)
def test_the_time_left_follows_from_the_pace_so_far(
    total: int, sent: int, seconds: int, expected: timedelta | None
) -> None:
    began = datetime(2026, 11, 23, 10, tzinfo=UTC)
    counts = {"unreachable": 0, "refused": 0, "unknown": 0}
    broadcast = Broadcast(total=total, sent=sent, started_at=began, **counts)
    assert progress.time_left(broadcast, began + timedelta(seconds=seconds)) == expected
