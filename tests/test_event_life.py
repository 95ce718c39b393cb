"""An event's life after its announcement: reminders, changes, who was there, thanks. Once, in time, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Broadcast, Chat, Due, Event, EventAnswer, Recipient, Role
from tests.test_announcing import HEKSENBERG, join_as
from tests.test_barbecue import all_of
from tests.test_events import announce
from tests.town import MONDAY, Town
from tests.waiting import until

DE_HEI = "WK091723"
CHRISTMAS = datetime.fromisoformat("2026-12-24T17:00+01:00")


async def says(person: Person, label: str) -> None:
    """One who was invited answers."""
    await person.sees("Barbecue in the park")
    person.tap(label)
    await person.hears()


async def at(town: Town, moment: datetime) -> None:
    """Let time pass until then."""
    town.passes(seconds=(moment - town.clock.now()).total_seconds())


async def in_database(town: Town, statement: Any) -> None:
    database = Database(town.database_url)
    try:
        async with database.write() as session:
            await session.execute(statement)
    finally:
        await database.close()


async def change(sanne: Person, what: str, answer: str) -> None:
    """Change one thing about the event, by the buttons on its card."""
    sanne.say("E1")
    await sanne.sees("Coming:")
    sanne.tap_data("E1.change")
    await sanne.sees("What changes?")
    sanne.tap(what)
    await sanne.hears()
    sanne.say(answer)
    await sanne.sees("What changes?")
    sanne.tap("Change it and tell them")
    await sanne.hears()


async def cancel(sanne: Person, reason: str = "It will storm") -> None:
    """Cancel the event, by its button."""
    sanne.tap_data("E1.cancel")
    await sanne.sees("why doesn't it go on")
    sanne.say(reason)
    await sanne.sees("This can't be undone")
    sanne.tap("Cancel the event")
    await sanne.sees("is cancelled")


def count(person: Person, part: str) -> int:
    return len([seen for seen in person.messages if seen.from_bot and part in seen.text])


async def hears_again(person: Person, part: str) -> None:
    """A second message with these words arrives."""
    await often(person, part, 2)


async def often(person: Person, part: str, times: int) -> None:
    """So many messages with these words have arrived."""

    async def found() -> int:
        return count(person, part)

    await until(found, times)


async def test_who_comes_is_reminded_the_day_before_and_two_hours_before_each_once(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    bob = await town.known("Bob", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await says(piet, "Ik kom")
    await says(bob, "Maybe")
    await at(town, CHRISTMAS - timedelta(days=1, minutes=1))
    await anna.quiet()
    town.passes(minutes=2)
    reminder = await anna.sees("Tomorrow: Barbecue in the park")
    assert reminder.labels == ["I'm not coming"]
    assert "The castle park" in reminder.text
    await piet.sees("24 december")
    await bob.quiet()
    town.passes(days=1, hours=-2)
    await anna.sees("Today: Barbecue in the park")
    town.passes(minutes=10)
    await anna.quiet()
    assert count(anna, "Tomorrow: ") == count(anna, "Today: ") == 1
    anna.tap("I'm not coming", reminder)
    await anna.sees("Thanks for letting us know")
    lanes = set(await all_of(town, select(Broadcast.lane).where(Broadcast.subject == "E1", Broadcast.total > 0)))
    assert lanes == {1, 2}, "reminders go ahead of all invitations"


async def test_a_reminder_for_the_night_comes_before_the_night(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne, "24-12-2026 10:00")  # two hours before it is quiet still
    await says(anna, "I'm coming")
    begins = CHRISTMAS - timedelta(hours=7)
    await at(town, begins - timedelta(days=1) + timedelta(minutes=1))
    await anna.sees("Tomorrow: ")
    await at(town, begins - timedelta(hours=13, minutes=20))  # 20:40
    await hears_again(anna, "Tomorrow: ")
    await at(town, begins - timedelta(minutes=1))
    await anna.quiet()


async def test_a_sweep_that_comes_too_late_reminds_nobody_of_what_is_over(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await town.stop()
    town.clock.move(CHRISTMAS - MONDAY + timedelta(minutes=5))
    await town.start()
    reminders = select(Due.what).where(Due.what.in_(["event_day", "event_hours"]))
    await until(lambda: all_of(town, reminders), [])
    await anna.quiet()
    assert not count(anna, "Today: ")
    assert not count(anna, "Tomorrow: ")


async def test_reminders_are_no_invitations_that_one_had_enough_of(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne, "26-11-2026 17:00")
    await says(anna, "I'm coming")
    for number in ("two", "three", "four"):
        await change(sanne, "Change the words", f"Bring {number} chairs")
        await anna.sees("Changed: Barbecue")
    await announce(sanne)
    await until(lambda: _invited(town), 2)


async def _invited(town: Town) -> int:
    (number,) = await all_of(
        town,
        select(func.count())
        .select_from(Recipient)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(Broadcast.lane == 2, Broadcast.edits.is_(None), Recipient.state == "sent"),
    )
    return int(number)


async def test_who_has_to_do_with_it_hears_what_is_different_with_the_way_to_answer_anew(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    bob, carl = await town.known("Bob", "en"), await town.known("Carl", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await says(piet, "Misschien")
    await says(bob, "I'm not coming")
    invited = await carl.sees("Barbecue in the park")
    await change(sanne, "Change the time", "26-12-2026 15:00")
    await sanne.sees("2 people hear of it")
    told = await anna.sees("Changed: Barbecue in the park (E1)")
    assert "New time: Saturday 26 December, 15:00. It was: Thursday 24 December, 17:00." in told.text
    assert "You were coming. Still?" in told.text
    assert told.labels == ["I'm coming", "Maybe", "I'm not coming"]
    await piet.sees("zaterdag 26 december")
    changed = await carl.sees("Saturday 26 December, 15:00")
    assert changed.id == invited.id, "who said nothing sees the new moment in the invitation itself"
    await at(town, CHRISTMAS + timedelta(days=1))
    await anna.sees("Tomorrow: Barbecue")
    assert count(anna, "Tomorrow: ") == 1, "nobody is reminded of the old moment"
    await change(sanne, "Change the place", "The school")
    told = await anna.sees("New place: The school. It was: The castle park.")
    anna.tap("I'm not coming", told)
    await anna.sees("Thanks for letting us know")
    (event,) = await all_of(town, select(Event))
    assert event.version == 3


async def test_what_people_should_know_changes_without_a_question(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await change(sanne, "Change the words", "Bring an umbrella")
    told = await anna.sees("Bring an umbrella")
    assert told.labels == []
    sanne.tap_data("E1.change")
    await sanne.sees("What changes?")
    sanne.tap("Change it and tell them")
    await sanne.sees("Nothing is different yet")


async def test_more_room_lets_those_who_wait_move_up(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await announce(sanne)
    await in_database(town, update(Event).values(places=1))
    await says(anna, "I'm coming")
    await bob.sees("Barbecue in the park")
    bob.tap("I'm coming")
    await bob.sees("waiting list")
    await change(sanne, "Change the room", "5")
    await bob.sees("There is a place for you")
    await anna.sees("There is room for 5 people. It was 1.")
    assert await all_of(town, select(EventAnswer.answer)) == ["yes", "yes"]


async def test_less_room_than_there_are_people_coming_is_refused(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await announce(sanne)
    await in_database(town, update(Event).values(places=5))
    for person in (anna, bob):
        await person.sees("Barbecue in the park")
        person.tap("I'm coming")
        await person.sees("How many of you")
    bob.tap_data("E1.with:2")
    await bob.sees("Noted: 2 people")
    await change(sanne, "Change the room", "2")
    await sanne.sees("3 people are coming already, so it can't be fewer. First ask who can stay away.")
    await sanne.sees("How many people fit?")
    sanne.say("3")
    await sanne.sees("What changes?")
    sanne.tap("Change it and tell them")
    await sanne.sees("2 people hear of it.")
    await anna.sees("There is room for 3 people. It was 5.")
    assert not count(anna, "room for 2")


async def test_who_works_on_another_neighbourhood_leaves_an_event_alone_but_not_their_own(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, kim = await town.known("Anna", "en"), await town.known("Kim", "en")
    await join_as(sanne, kim, "staff")
    await in_database(town, update(Role).where(Role.role == "staff").values(neighbourhoods=[HEKSENBERG]))
    await announce(sanne)
    await in_database(town, update(Event).values(neighbourhood=DE_HEI))
    await says(anna, "I'm coming")
    kim.say("E1")
    figures = await kim.sees("Coming: 1")
    assert figures.labels == ["Make a poster"]
    for number, what in enumerate(("list", "change", "cancel", "thank"), start=1):
        kim.tap_data(f"E1.{what}")
        await often(kim, "E1 is for colleagues: you work on another neighbourhood or topic.", number)
    assert not count(kim, "Waiting for a place")
    await at(town, CHRISTMAS + timedelta(days=1))
    await sanne.sees("Do you have a photo for them")
    kim.tap_data("E1.thank")
    await often(kim, "E1 is for colleagues", 5)
    await in_database(
        town, update(Event).values(made_by=select(Role.resident_id).where(Role.role == "staff").scalar_subquery())
    )
    kim.tap_data("E1.list")
    await kim.sees("• 1 person")


async def test_two_colleagues_who_change_it_at_once_dont_undo_each_other(town: Town) -> None:
    sanne = await town.coordinator("en")
    await town.known("Anna", "en")
    await announce(sanne)
    sanne.tap_data("E1.change")
    first = await sanne.sees("What changes?")
    await change(sanne, "Change the place", "The school")
    await sanne.sees("We were still talking about this:")
    sanne.tap("Change the time", first)
    await sanne.sees("When does it begin?")
    sanne.say("26-12-2026 15:00")
    await sanne.sees("What changes?")
    sanne.tap("Change it and tell them")
    await sanne.sees("was changed meanwhile")
    (event,) = await all_of(town, select(Event))
    assert (event.place, event.version) == ("The school", 2)


async def test_a_cancelled_event_is_told_with_its_reason_and_its_invitations_say_so(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    invited = await bob.sees("Barbecue in the park")
    await cancel(sanne)
    await anna.sees("It would have been on Thursday 24 December, 17:00. (E1)")
    changed = await bob.sees("Cancelled: Barbecue in the park")
    assert (changed.id, changed.labels) == (invited.id, [])
    assert "It will storm" in changed.text
    bob.tap_data("E1.yes")
    await bob.sees("It will storm")
    anna.start("e1")
    await anna.sees("It will storm")
    await anna.sees("Hello again!")
    await at(town, CHRISTMAS - timedelta(hours=1))
    await anna.quiet()
    assert not await all_of(town, select(Due.what).where(Due.subject == "E1"))
    sanne.tap_data("E1.change")
    await sanne.sees("too late")


async def test_invitations_that_still_wait_carry_the_new_words_or_stop(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=11)  # at night they wait
    await announce(sanne)
    await change(sanne, "Change the time", "26-12-2026 15:00")
    town.passes(hours=11)
    invited = await anna.sees("Saturday 26 December, 15:00")
    assert "Thursday" not in invited.text
    town.passes(hours=13)
    await announce(sanne)
    sanne.tap_data("E2.cancel")
    await sanne.sees("why doesn't it go on")
    sanne.say("Nobody can cook")
    await sanne.sees("This can't be undone")
    sanne.tap("Cancel the event")
    await sanne.sees("nobody gets a message")
    town.passes(hours=11)
    await anna.quiet()


async def test_what_cannot_wait_for_the_morning_is_told_at_night(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne, "24-11-2026 10:00")
    await says(anna, "I'm coming")
    town.passes(hours=11)  # 22:00: the morning begins at nine
    await cancel(sanne)
    await anna.sees("It will storm")


@pytest.mark.parametrize("what", ["change", "cancel", "thank", "accept", "retime", "not_now"])
async def test_the_buttons_of_staff_are_theirs_alone(town: Town, what: str) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await anna.sees("Barbecue in the park")
    anna.tap_data(f"E1.{what}")
    await anna.hears()
    assert not count(anna, "What changes?")
    (event,) = await all_of(town, select(Event))
    assert (event.state, event.version) == ("on", 1)


async def test_the_code_at_the_event_is_the_check_in_once_and_for_newcomers_too(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    anna.start("e1")
    await anna.sees("Come along!")
    assert await all_of(town, select(EventAnswer.came_at)) == [None], "a poster read weeks before is no visit"
    await at(town, CHRISTMAS + timedelta(minutes=10))
    anna.start("e1")
    await anna.sees("I've counted you in.")
    noor = town.resident("Noor", "en")
    noor.start("e1")
    await noor.sees("You are at: Barbecue in the park")
    noor.tap("Yes, go on")
    await noor.sees("I've counted you in.")
    town.passes(minutes=10)
    anna.start("e1")
    await anna.hears()
    assert count(anna, "counted you in") == 1
    rows = await all_of(town, select(EventAnswer).order_by(EventAnswer.resident_id))
    assert [each.answer for each in rows] == ["yes", ""]
    assert [each.came_at for each in rows] == [CHRISTMAS + timedelta(minutes=10)] * 2
    sanne.say("E1")
    await sanne.sees("Were there, by the code: 2.")


async def test_the_day_after_staff_thank_with_a_photo_and_the_questions_go_to_who_did_not_answer(
    either_town: Town,
) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    carl = await town.known("Carl", "en")
    await announce(sanne)
    for person in (anna, bob, carl):
        await says(person, "I'm coming")
    town.passes(seconds=6)
    await sanne.sees("All sent.")
    await at(town, CHRISTMAS + timedelta(minutes=10))
    for person in (anna, bob):
        person.start("e1")
        await person.sees("What are you proud of")
    anna.say("The park")
    await anna.sees("what must be better")
    anna.tap("Skip")
    await anna.sees("we like to hear it")
    bob.say("/cancel")
    await bob.hears()
    await at(town, CHRISTMAS + timedelta(hours=16, minutes=30))  # at half past nine
    await sanne.quiet()
    town.passes(hours=1)
    await sanne.sees("2 people checked in.")
    sanne.tap("Send a photo and thanks")
    await sanne.sees("send a photo for those who were there")
    sanne.photo()
    await sanne.sees("word of thanks")
    sanne.say("What a day!")
    await sanne.sees("Shall I send this")
    sanne.tap("Send the thanks")
    await sanne.sees("2 people get your thanks.")
    thanked = await anna.sees("Thank you for being there: Barbecue in the park")
    assert "What a day!" in thanked.text
    assert thanked.raw.get("photo")
    assert thanked.labels == [], "she answered the questions there"
    asked = await bob.sees("Thank you for being there")
    bob.tap("Answer two questions", asked)
    await bob.sees("What are you proud of")
    await carl.quiet()
    sanne.tap_data("E1.thank")
    await sanne.sees("thanked already")
    town.passes(days=3)
    await sanne.quiet()
    assert count(anna, "Thank you for being there") == count(bob, "Thank you for being there") == 1


async def test_without_a_word_from_staff_the_thanks_go_after_two_days_to_who_said_yes(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await says(bob, "I'm not coming")
    await at(town, CHRISTMAS + timedelta(hours=17, minutes=5))
    await sanne.sees("1 person had said yes.")
    town.passes(days=2, minutes=1)
    await anna.sees("Thank you to everybody who was there: Barbecue in the park")
    await bob.quiet()
    bob.tap_data("E1.questions")
    await bob.sees("doesn't work any more")


async def test_nobody_is_thanked_for_an_event_to_which_nobody_came(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await anna.sees("Barbecue in the park")
    town.passes(seconds=6)
    await sanne.sees("All sent.")
    await at(town, CHRISTMAS + timedelta(hours=17, minutes=5))
    await anna.quiet()
    assert not count(sanne, "it's over")
    assert not await all_of(town, select(Due.what).where(Due.subject == "E1"))


async def test_who_blocked_the_bot_hears_on_their_return_how_it_stands(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    anna.block()
    await until(lambda: _away(town), 1)
    await change(sanne, "Change the place", "The school")
    await cancel(sanne)
    anna.unblock()
    anna.say("/events")
    await anna.sees("It will storm")
    assert not count(anna, "New place: The school")


async def test_a_notice_that_finds_nobody_waits_for_their_return(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    anna.dialog.blocked = True  # the bot has not heard of it yet
    await change(sanne, "Change the place", "The school")
    await until(lambda: _away(town), 1)
    await cancel(sanne)
    anna.unblock()
    anna.say("/help")
    told = await anna.sees("It would have been on Thursday 24 December, 17:00. (E1)")
    assert "It will storm" in told.text
    await anna.sees("/mine")
    assert not count(anna, "New place: The school")
    assert count(anna, "It would have been on") == 1


async def test_a_notice_that_finds_nobody_is_read_on_their_return(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    anna.dialog.blocked = True  # the bot has not heard of it yet
    await cancel(sanne)
    await until(lambda: _away(town), 1)
    anna.unblock()
    anna.say("/help")
    await anna.sees("It would have been on Thursday 24 December, 17:00. (E1)")


async def test_a_notice_of_its_own_moment_is_not_told_after_it(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await announce(sanne)
    await says(anna, "I'm coming")
    await at(town, CHRISTMAS - timedelta(days=2))
    anna.dialog.blocked = True
    await change(sanne, "Change the place", "The school")
    await until(lambda: _away(town), 1)
    await at(town, CHRISTMAS + timedelta(hours=3))
    anna.unblock()
    anna.say("/help")
    await anna.sees("/mine")
    assert not count(anna, "New place: The school")


async def _away(town: Town) -> int:
    (number,) = await all_of(town, select(func.count()).where(Chat.unreachable_since.is_not(None)))
    return int(number)
