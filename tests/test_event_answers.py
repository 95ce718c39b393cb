"""Who comes to an event: with how many, who waits, what they bring; never more people than there are places."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import insert, select, update

from bot.neighbourhood import event_answers, event_places, own_data, residents
from bot.neighbourhood.work import Surroundings
from bot.reports.my_data import sections
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Chat, Due, Event, EventAnswer, History, Resident
from tests.test_barbecue import all_of, looking
from tests.test_poster import downloaded
from tests.town import MONDAY, Town
from tests.waiting import until

BEGINS = MONDAY + timedelta(days=31, hours=6)
"""Thursday 24 December, 17:00 in Heerlen."""


def around_of(town: Town) -> Surroundings:
    """The rules, the words and the database of the bot that runs."""
    assert town.service is not None
    assert town.service.schedule is not None
    return town.service.schedule._around


async def running(town: Town) -> Surroundings:
    """The same, as soon as it runs."""

    async def is_there() -> bool:
        return town.service is not None and town.service.schedule is not None

    await until(is_there, True)
    return around_of(town)


async def an_event(town: Town, **more: Any) -> None:
    """E1, E2, … as the office has announced it; nobody is invited."""
    words = {"title": "Barbecue in the park", "words": "Bring a chair", "language": "en", "place": "The castle park"}
    row = {"kind": "event", "state": "on", "said_in": {}, "version": 1, "reason": "", "starts_at": BEGINS, "at": MONDAY}
    async with (await running(town)).working() as work:
        await work.session.execute(insert(Event).values(**{**words, **row, **more}))


async def change(town: Town, **to: Any) -> None:
    async with around_of(town).working() as work:
        await work.session.execute(update(Event).values(**to))


async def answers(town: Town) -> list[tuple[str, int]]:
    """What was answered with how many, in the order in which people came here."""
    async with looking(town) as session:
        query = select(EventAnswer.answer, EventAnswer.people).order_by(EventAnswer.resident_id)
        return [(said, people) for said, people in await session.execute(query)]


async def taps(person: Person, *taps: tuple[str, str]) -> None:
    """Tap each button, and see what is said then."""
    for label, words in taps:
        person.tap(label) if not label.startswith("E1.") else person.tap_data(label)
        await person.sees(words)


async def comes(town: Town, name: str, people: int = 1, *, sees: str = "Noted") -> Person:
    person = await town.known(name, "en")
    person.tap_data("E1.yes")
    await person.sees("(E1)")
    person.tap_data(f"E1.with:{people}")
    await person.sees(sees)
    return person


async def test_two_taps_say_that_one_comes_and_with_how_many(either_town: Town) -> None:
    town = either_town
    await an_event(town)
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await taps(anna, ("E1.yes", "How many of you are coming, you included?"))
    assert await answers(town) == [("yes", 1)], "counted before the second tap, as from an invitation of long ago"
    assert anna.last.labels == ["Just me", "2 people", "3 people", "4 people", "5 or more"]
    await taps(anna, ("3 people", "Noted: 3 people, you included."))
    await taps(bob, ("E1.yes", "How many"), ("Just me", "Noted: just you."))
    assert await answers(town) == [("yes", 3), ("yes", 1)]
    await taps(anna, ("E1.yes", "You're on the list: 3 people in all."))
    assert await answers(town) == [("yes", 3), ("yes", 1)], "who taps twice keeps their number"
    await taps(anna, ("5 or more", "Type a number"))
    anna.say("many")
    await anna.sees("from 1 to 50")
    anna.say("12")
    await anna.sees("Noted: 12 people")
    assert await answers(town) == [("yes", 12), ("yes", 1)]
    await taps(anna, ("E1.maybe", "Maybe, then"), ("E1.no", "You're not coming, then"))
    assert await answers(town) == [("no", 1), ("yes", 1)]


async def test_who_comes_can_bring_something_help_and_give_a_name(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await an_event(town)
    anna = await comes(town, "Anna", 3)
    await comes(town, "Bob", 2)
    assert anna.last.labels == [
        "I bring something", "I can help", "Put my name on the list", "Put it in my calendar",
    ]  # fmt: skip
    await taps(anna, ("I bring something", "What will you bring?"))
    anna.say("a salad")
    await anna.sees("you bring a salad")
    await taps(anna, ("I can help", "you can help"), ("Put my name on the list", "Only people of the office"))
    anna.say("Anna")
    await anna.sees("Anna stands on the list")
    sanne.say("E1")
    await sanne.sees("Coming: 5. Maybe: 0. Not coming: 0.")
    await taps(sanne, ("Who is coming", "Coming: 5 people."))
    assert "• Anna, 3 people, brings: a salad, helps\n• 2 people" in sanne.last.text
    looked = select(History.by).where(History.subject == "E1", History.what == "list")
    assert len(await all_of(town, looked)) == 1, "a look at personal data"
    await taps(anna, ("Take my name off", "off the list"), ("I can't help after all", "That's fine"))
    await taps(sanne, ("E1.list", "Coming: 5 people."))
    assert "• 3 people, brings: a salad\n" in sanne.last.text
    await taps(anna, ("E1.no", "not coming"), ("E1.yes", "How many"))
    assert (await all_of(town, select(EventAnswer.brings).order_by(EventAnswer.resident_id)))[0] == ""


@pytest.mark.parametrize("data", ["E1.list", "E1.list:30", "E1.poster"])
async def test_the_list_is_for_the_office_alone(town: Town, data: str) -> None:
    await an_event(town)
    anna = await comes(town, "Anna", 2)
    anna.tap_data(data)
    await anna.sees("I don't know that one")


async def test_a_long_list_comes_in_pages(town: Town) -> None:
    sanne = await town.coordinator("en")
    await an_event(town)
    async with around_of(town).working() as work:
        many = [{"came_at": MONDAY, "came_from": "telegram"} for _each in range(45)]
        numbers = list(await work.session.scalars(insert(Resident).returning(Resident.id), many))
        rows = [{"event_id": 1, "resident_id": each, "answer": "yes", "people": 2, "at": MONDAY} for each in numbers]
        await work.session.execute(insert(EventAnswer), rows)
    await taps(sanne, ("E1.list", "Coming: 90 people"))
    assert sanne.last.text.count("•") == 30
    await taps(sanne, ("Show more", "2 people"))
    assert sanne.last.text.count("•") == 15


async def test_who_waits_moves_up_when_somebody_steps_back(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    await an_event(town, places=2)
    anna, bob = await comes(town, "Anna"), await comes(town, "Bob")
    cem = await town.known("Cem", "en")
    await taps(cem, ("E1.yes", "It's full now."))
    assert "You're on the waiting list, at place 1." in cem.last.text
    await taps(cem, ("Just me", "at place 1"))
    dina = await town.known("Dina", "nl")
    dina.tap_data("E1.yes")
    await dina.sees("op plek 2")
    sanne.say("E1")
    await sanne.sees("Places: 2. On the waiting list: 2.")
    await taps(anna, ("E1.no", "Your place goes to somebody who was waiting."))
    told = await cem.sees("There is a place for you: Barbecue in the park")
    assert told.labels == ["Put it in my calendar", "Change how many we are", "I'm not coming"]
    assert await answers(town) == [("no", 1), ("yes", 1), ("yes", 1), ("waiting", 1)]
    cem.say("/mine")
    await cem.sees("you are coming")
    dina.say("/mijn")
    await dina.sees("op plek 1")
    cem.tap("I'm not coming", told)
    await cem.sees("not coming")
    await dina.sees("Er is een plek voor je")
    await bob.quiet()


async def test_a_group_that_does_not_fit_lets_smaller_ones_go_first(town: Town) -> None:
    await an_event(town, places=4)
    anna = await comes(town, "Anna", 3)
    bob = await comes(town, "Bob", 4, sees="There isn't room for all of you now.")
    assert "You keep your place: just you." in bob.last.text
    assert bob.last.labels == ["We wait with 4 in all"]
    await taps(bob, ("We wait with 4 in all", "at place 1"))
    assert "that one goes first" in bob.last.text
    cem = await comes(town, "Cem", 1)
    dina = await comes(town, "Dina", 2, sees="at place 2")
    assert await answers(town) == [("yes", 3), ("waiting", 4), ("yes", 1), ("waiting", 2)]
    await taps(anna, ("E1.with:1", "Noted: just you."))
    await dina.sees("There is a place for you")
    await bob.quiet()
    await taps(bob, ("E1.yes", "at place 1"))
    for person in (anna, cem, dina):
        await taps(person, ("E1.no", "not coming"))
    await bob.sees("You're on the list: 4 people in all.")
    assert await answers(town) == [("no", 1), ("yes", 4), ("no", 1), ("no", 1)]


async def test_more_than_all_places_never_fit_and_fewer_always_do(town: Town) -> None:
    await an_event(town, places=3)
    anna = await comes(town, "Anna", 4, sees="There are 3 places in all.")
    bob = await comes(town, "Bob", 3, sees="There isn't room for all of you now.")
    assert bob.last.labels == ["We come with 2 in all", "We wait with 3 in all"]
    await taps(bob, ("We come with 2 in all", "Noted: 2 people"))
    await change(town, places=1)
    await taps(anna, ("E1.with:1", "Noted: just you."))
    await taps(bob, ("E1.with:1", "Noted: just you."))
    assert await answers(town) == [("yes", 1), ("yes", 1)]
    cem = await town.known("Cem", "en")
    await taps(cem, ("E1.yes", "It's full now."))
    await taps(bob, ("E1.no", "not coming"))
    await cem.quiet()
    assert (await answers(town))[-1] == ("waiting", 1), "there were more than fit already"


async def test_two_who_take_the_last_place_at_once_do_not_both_get_it(either_town: Town) -> None:
    town = either_town
    await an_event(town, places=3)
    people = [await town.known(f"R{number}", "en") for number in range(6)]

    async def takes(person: Person) -> None:
        person.tap_data("E1.yes")
        person.tap_data("E1.with:2")
        await person.hears(2)

    await asyncio.gather(*(takes(person) for person in people))
    got = await answers(town)
    assert sum(people for said, people in got if said == "yes") == 3
    assert {said for said, _people in got} == {"yes", "waiting"}
    assert len(got) == 6


async def test_two_processes_give_the_last_place_to_one(either_town: Town) -> None:
    """As in the moment in which one takes over from the other: transactions that really run side by side."""
    town = either_town
    await an_event(town, places=2)
    for number in range(8):
        await town.known(f"R{number}", "en")
    numbers = await all_of(town, select(Resident.id).where(Resident.consent_at.is_not(None)))
    around = around_of(town)

    async def one(number: int) -> None:
        database = Database(town.database_url)
        there: Surroundings = dataclasses.replace(around, database=database)
        async with there.working() as work:
            person = await residents.person_of(work, number)
            event = await work.session.get_one(Event, 1)
            assert person is not None
            await asyncio.sleep(0.01)
            await event_answers.answer(work, person, event, "yes")
        await database.close()

    await asyncio.gather(*(one(number) for number in numbers))
    got = await answers(town)
    assert got.count(("yes", 1)) == 2
    assert got.count(("waiting", 1)) == 6
    assert len(set(await all_of(town, select(EventAnswer.waiting_since)))) == 7, "each has a place of their own in line"


async def test_more_places_let_those_move_up_who_can_hear_it(town: Town) -> None:
    await an_event(town, places=1)
    await comes(town, "Anna")
    bob, cem, dina = [await comes(town, name, sees="on the waiting list") for name in ("Bob", "Cem", "Dina")]
    bob.block()
    cem.say("/help")
    await cem.hears()
    await change(town, places=3)
    async with around_of(town).working() as work:
        assert await event_places.move_up(work, await work.session.get_one(Event, 1)) == 2
    await cem.sees("There is a place for you")
    await dina.sees("There is a place for you")
    assert await answers(town) == [("yes", 1), ("waiting", 1), ("yes", 1), ("yes", 1)]


async def away(town: Town) -> int:
    """How many people can't be reached."""
    known = select(Chat.id).join(Resident, Resident.chat_id == Chat.id).where(Resident.consent_at.is_not(None))
    return len(await all_of(town, known.where(Chat.unreachable_since.is_not(None))))


async def test_who_cannot_be_reached_for_an_hour_leaves_their_place_to_who_waits(either_town: Town) -> None:
    town = either_town
    await an_event(town, places=3)
    anna, bob = await comes(town, "Anna", 2), await comes(town, "Bob")
    cem = await comes(town, "Cem", 2, sees="at place 1")
    anna.block()
    await until(lambda: away(town), 1)
    town.passes(minutes=50)
    await cem.quiet()
    town.passes(minutes=30)
    await cem.sees("There is a place for you: Barbecue in the park")
    assert await answers(town) == [("waiting", 2), ("yes", 1), ("yes", 2)]
    anna.unblock()
    anna.say("/mine")
    told = await anna.sees("somebody who waited has your place: Barbecue in the park")
    assert told.labels == ["I'm coming", "I'm not coming"]
    await anna.sees("on the waiting list, at place 1")
    await taps(bob, ("E1.no", "not coming"))
    await anna.quiet()
    await taps(cem, ("E1.no", "Your place goes to somebody who was waiting."))
    await anna.sees("There is a place for you")
    assert await answers(town) == [("yes", 2), ("no", 1), ("no", 1)]


async def test_who_cannot_be_reached_keeps_their_place_where_nobody_needs_it(town: Town) -> None:
    await an_event(town, places=3)
    anna = await comes(town, "Anna", 2)
    cem = await comes(town, "Cem", 3, sees="There isn't room for all of you now.")
    anna.block()
    for _hour in range(5):
        town.passes(hours=1)
    await taps(cem, ("E1.no", "not coming"))
    assert await answers(town) == [("yes", 2), ("no", 1)]


async def test_who_comes_back_moves_up_where_a_place_waits_for_them(town: Town) -> None:
    await an_event(town, places=1)
    anna = await comes(town, "Anna")
    bob = await comes(town, "Bob", sees="at place 1")
    bob.block()
    await until(lambda: away(town), 1)
    await taps(anna, ("E1.no", "not coming"))
    bob.unblock()
    bob.say("/help")
    await bob.sees("/mine")
    town.passes(minutes=16)
    await bob.sees("There is a place for you")
    assert await answers(town) == [("no", 1), ("yes", 1)]

    async def looks() -> list[str]:
        return list(await all_of(town, select(Due.what).where(Due.what == event_places.LOOK)))

    nothing: list[str] = []
    await until(looks, nothing)


async def test_a_long_waiting_list_moves_up_in_its_order(either_town: Town) -> None:
    town = either_town
    await an_event(town, places=1)
    around = around_of(town)
    async with around.database.write() as session:
        work = around.reading(session)
        many = [{"came_at": MONDAY, "came_from": "telegram"} for _each in range(250)]
        numbers = list(await session.scalars(insert(Resident).returning(Resident.id), many))
        for number in numbers:
            chat = Chat(
                fingerprint=number.to_bytes(32, "big"), telegram_id=b"", language="en", since=MONDAY, heard_at=MONDAY
            )
            session.add(chat)
            await session.flush()
            (await session.get_one(Resident, number)).chat_id = chat.id
            waits = {"waiting_since": MONDAY + timedelta(seconds=number), "people": 3 if number % 2 else 1}
            session.add(EventAnswer(event_id=1, resident_id=number, answer="waiting", at=MONDAY, **waits))
        await session.flush()
        event = await session.get_one(Event, 1)
        event.places = 120
        assert await event_places.move_up(work, event) == 60
        coming = select(EventAnswer.resident_id).where(EventAnswer.answer == "yes").order_by(EventAnswer.resident_id)
        assert list(await session.scalars(coming)) == numbers[:60]
        await session.rollback()


async def test_who_is_forgotten_leaves_their_place_to_the_next(either_town: Town) -> None:
    town = either_town
    await an_event(town, places=2)
    anna = await comes(town, "Anna", 2)
    await taps(anna, ("I bring something", "What will you bring?"))
    anna.say("a salad")
    await anna.sees("you bring a salad")
    bob = await comes(town, "Bob", 2, sees="at place 1")
    anna.say("/forget")
    await anna.hears()
    anna.tap(next(label for label in anna.last.labels if label.startswith("Yes")))
    await anna.sees("We have forgotten you")
    await bob.sees("There is a place for you")
    assert await answers(town) == [("yes", 2)]
    assert await all_of(town, select(EventAnswer.brings)) == [""]


async def test_nothing_changes_any_more_once_it_has_begun(town: Town) -> None:
    await an_event(town, places=1)
    anna, bob = await comes(town, "Anna"), await comes(town, "Bob", sees="on the waiting list")
    await taps(anna, ("E1.brings", "What will you bring?"))
    town.clock.move(BEGINS - MONDAY)
    for data in ("E1.no", "E1.maybe", "E1.with:2", "E1.wait:2", "E1.helps", "E1.many", "E1.name", "E1.more"):
        await taps(anna, (data, "has begun, so answers can't change any more"))
    anna.say("a salad")
    await anna.sees("has begun")
    assert await answers(town) == [("yes", 1), ("waiting", 1)]
    town.clock.move(timedelta(hours=2))
    await taps(bob, ("E1.yes", "is over"))
    await change(town, starts_at=BEGINS + timedelta(days=7), state="cancelled", reason="It rains.")
    await taps(bob, ("E1.yes", "is cancelled. Sorry!"))
    assert "It rains." in bob.last.text


HOSTILE = [
    *("E1.with:", "E1.with:0", "E1.with:51", "E1.with:-1", "E1.with:1.5", "E1.with:٣", "E1.with:1e3", "E1.wait:999999"),
    *("E1.with", "E1.yes:2", "E1.helps:1", "E1.list:x", "E1.list:999999", "E1.proposed", "E2.yes", "E1.Yes", "E1.:"),
    *("events.x", "events.-1", "events.99999", "events."),
]


async def test_a_button_that_was_made_up_does_nothing(town: Town) -> None:
    await an_event(town)
    await an_event(town, state="proposed", title="Not yet said yes to")
    anna = await town.known("Anna", "en")
    for data in HOSTILE:
        await taps(anna, (data, "doesn't work any more")) if data.startswith("E1.") else anna.tap_data(data)
    await anna.hears()
    assert await answers(town) == []


async def shown(person: Person, count: int) -> list[str]:
    """The titles of the newest cards."""
    await person.sees("Where:")
    for _each in range(100):
        cards = [seen for seen in person.messages if seen.from_bot and "When:" in seen.text]
        if len(cards) >= count:
            return [card.text.split("\n")[0] for card in cards[-count:]]
        await asyncio.sleep(0.05)
    raise AssertionError([seen.text for seen in person.messages])


async def codes(town: Town, names: Iterable[str]) -> list[str]:
    by_name = {each.name: each.code for each in (await running(town)).area.neighbourhoods}
    return [by_name[name] for name in names]


async def test_what_is_near_comes_first_with_ones_own_answer(town: Town) -> None:
    home, next_door, far = await codes(town, ("Heksenberg", "Heerlerheide-Passart", "Mariarade"))
    for number, (title, where) in enumerate((("Far", far), ("Whole area", None), ("Near", next_door), ("Home", home))):
        await an_event(town, title=title, neighbourhood=where, starts_at=BEGINS + timedelta(days=number))
    await an_event(town, title="Home, later", neighbourhood=home, starts_at=BEGINS + timedelta(days=9))
    await an_event(town, title="Off", neighbourhood=home, state="cancelled", reason="It rains.", starts_at=BEGINS)
    await an_event(town, title="Proposed", neighbourhood=home, state="proposed", starts_at=BEGINS)
    await an_event(town, title="Past", neighbourhood=home, starts_at=MONDAY - timedelta(days=1))
    anna = await town.known("Anna", "en")
    anna.tap_data("E4.yes")
    await anna.sees("How many")
    anna.say("/events")
    assert await shown(anna, 5) == ["Cancelled: Off", "Home", "Home, later", "Whole area", "Near"]
    off = next(seen for seen in anna.messages if seen.text.startswith("Cancelled"))
    assert "It rains." in off.text
    assert off.labels == []
    mine = next(seen for seen in anna.messages if seen.text.startswith("Home\n"))
    assert "Your answer: you are coming." in mine.text
    assert mine.labels == [
        "Change how many we are", "I'm not coming", "Bring something, or help", "Put it in my calendar",
    ]  # fmt: skip
    await anna.sees("There is 1 more.")
    anna.tap("Show more")
    assert await shown(anna, 6) == ["Cancelled: Off", "Home", "Home, later", "Whole area", "Near", "Far"]
    bob = await town.known("Bob", "en", "Mariarade")
    bob.say("/agenda")
    assert (await shown(bob, 5))[:2] == ["Far", "Whole area"]


async def test_each_reads_it_in_their_own_language_where_somebody_wrote_it(town: Town) -> None:
    said_in = {"nl": {"title": "Barbecue in het park", "words": "Neem een stoel mee"}}
    photo = (await town.known("Photo", "en")).photo().raw["photo"][-1]["file_id"]
    await an_event(town, said_in=said_in, places=1, photo=photo)
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "nl")
    for person, words in ((anna, "Bring a chair"), (bob, "Neem een stoel mee")):
        person.say("/events")
        card = await person.sees(words)
        assert card.kind == "photo"
    bob.tap("Ik kom")
    await bob.sees("Barbecue in het park")
    anna.say("/events")
    await anna.sees("It's full. You can go on the waiting list.")


async def test_what_is_too_long_for_a_photo_is_cut_short_or_goes_below_it(town: Town) -> None:
    photo = (await town.known("Photo", "en")).photo().raw["photo"][-1]["file_id"]
    long = {"title": "🎉" * 80, "place": "p" * 4000, "words": "🎉" * 600, "photo": photo}
    await an_event(town, **long)
    anna = await town.known("Anna", "en")
    anna.say("/events")
    card = await anna.sees("Where:")
    assert card.kind == "photo"
    assert "…" in card.text
    await taps(anna, ("I'm coming", "How many"))
    await change(town, state="cancelled", reason="🎉" * 500)
    anna.say("/events")
    card = await anna.sees("Cancelled:")
    assert card.kind == "text"
    assert card.text.endswith("🎉" * 500)


async def calendar_of(town: Town, person: Person) -> Any:
    person.tap_data("E1.calendar")
    sent = await person.sees("Open this file")
    assert sent.kind == "document"
    assert sent.raw["document"]["file_name"] == "E1.ics"
    return icalendar.Calendar.from_ical(await downloaded(town, sent.raw["document"]["file_id"]))


async def test_a_calendar_file_is_read_back_as_it_is_and_changes_what_was_put_there(town: Town) -> None:
    words = "Bring a chair; or two,\r\nEND:VEVENT"
    await an_event(town, latitude=50.912, longitude=5.964, words=words)
    anna = await comes(town, "Anna")
    calendar = await calendar_of(town, anna)
    (event,) = calendar.walk("VEVENT")
    assert str(event["uid"]) == f"E1@{around_of(town).bot_name}"
    assert event["dtstart"].dt == BEGINS
    assert event["dtstart"].params["TZID"] == "Europe/Amsterdam"
    assert calendar.walk("VTIMEZONE")[0]["tzid"] == "Europe/Amsterdam"
    assert event["dtend"].dt == BEGINS + timedelta(hours=2)
    assert (event["geo"].latitude, event["geo"].longitude) == (50.912, 5.964)
    assert (str(event["summary"]), str(event["location"])) == ("Barbecue in the park", "The castle park")
    assert str(event["description"]).split() == words.split()
    assert (event["sequence"], str(event["status"])) == (1, "CONFIRMED")
    await change(town, ends_at=BEGINS + timedelta(hours=5), version=2, state="cancelled")
    (event,) = (await calendar_of(town, anna)).walk("VEVENT")
    assert event["dtend"].dt == BEGINS + timedelta(hours=5)
    assert (event["sequence"], str(event["status"])) == (2, "CANCELLED")
    assert isinstance(event["dtstamp"].dt, datetime)


async def test_the_export_counts_people_and_who_waits(town: Town) -> None:
    sanne = await town.coordinator("en")
    heksenberg = await codes(town, ["Heksenberg"])
    await an_event(town, places=3, neighbourhood=heksenberg[0], ends_at=BEGINS + timedelta(hours=3))
    await an_event(town, kind="walk", state="cancelled", title="=A walk")
    await comes(town, "Anna", 3)
    await comes(town, "Bob", 2, sees="on the waiting list")
    sanne.say("/export events csv")
    sent = await sanne.sees("Here is the export", timeout=60)
    text = (await downloaded(town, sent.raw["document"]["file_id"])).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["kind"], first["state"], first["neighbourhood"]) == ("event", "goes on", "Heksenberg")
    assert first["ends on"] == "2026-12-24T19:00:00+00:00"
    counted = ("places", "coming", "people who come", "people who wait", "maybe", "not coming", "were there")
    assert [first[column] for column in counted] == ["3", "1", "3", "2", "0", "0", "0"]
    assert [second[column] for column in counted] == ["", "0", "0", "0", "0", "0", "0"]
    assert (second["kind"], second["state"], second["title"]) == ("walk", "cancelled", "'=A walk")


async def test_what_is_kept_of_somebody_says_what_they_answered(town: Town) -> None:
    await an_event(town)
    anna = await comes(town, "Anna", 3)
    await taps(anna, ("I bring something", "What will you bring?"))
    anna.say("a salad")
    await anna.sees("you bring a salad")
    around = around_of(town)
    async with around.database.read() as session:
        work = around.reading(session)
        resident = await session.scalar(select(Resident).where(Resident.consent_at.is_not(None)))
        assert resident is not None
        kept = await own_data.kept_of(work, resident)
        page = sections(work, kept, "en")
    (answered,) = kept["events"]
    assert (answered["answer"], answered["people"], answered["brings"]) == ("yes", 3, "a salad")
    (card,) = next(each for each in page["sections"] if each["title"] == "Events that you answered to")["cards"]
    assert ["Answer", "I'm coming"] in card["lines"]
    assert ["How many people", "3"] in card["lines"]
    assert ["What you bring", "a salad"] in card["lines"]


async def test_a_place_comes_free_at_night_when_the_morning_is_too_late(town: Town) -> None:
    await an_event(town, places=1, starts_at=MONDAY + timedelta(hours=13, minutes=30))
    anna, bob = await comes(town, "Anna"), await comes(town, "Bob", sees="on the waiting list")
    town.passes(hours=13)  # midnight in Heerlen
    await taps(anna, ("E1.no", "not coming"))
    await bob.sees("There is a place for you")


async def test_at_night_a_place_is_told_in_the_morning(town: Town) -> None:
    await an_event(town, places=1)
    anna, bob = await comes(town, "Anna"), await comes(town, "Bob", sees="on the waiting list")
    town.passes(hours=13)
    await taps(anna, ("E1.no", "not coming"))
    await bob.quiet()
    town.passes(hours=10)
    await bob.sees("There is a place for you")
