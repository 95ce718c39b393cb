"""Walks that residents propose: answered in time, with a reason or with neighbours who come along; seen by no other."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.simulator import Person
from bot.store.tables import Broadcast, Event, EventAnswer, Promise
from tests.test_barbecue import all_of
from tests.test_event_life import in_database
from tests.town import Town
from tests.waiting import until

PATH = "The dark path behind the school"


async def propose(
    person: Person, when: str = "12-12-2026 14:00", words: str = PATH, *, sees: str = "Your walk is E"
) -> None:
    """A walk, proposed by the button below what is coming; `sees`: the answer."""
    person.say("/events")
    await person.sees("Want to show us something")
    person.tap("Propose a walk")
    await person.sees("What do you want to show us?")
    person.say(words)
    await person.sees("When shall we walk?")
    person.say(when)
    await person.sees("Where do we meet?")
    person.say("The school gate")
    await person.sees("Shall I send it?")
    person.tap("Send")
    await person.sees(sees)


async def card(sanne: Person) -> None:
    """Open the card of the walk, once it has been announced to the office."""

    async def announced() -> bool:
        return any("Open E1" in seen.labels for seen in sanne.messages)

    await until(announced, wanted=True)
    sanne.say("E1")
    shown = await sanne.sees("E1 · a walk")
    assert "Say not now" in shown.labels


async def accept(sanne: Person, *, invites: bool) -> None:
    """Say yes to the walk, by the button on its card."""
    await card(sanne)
    sanne.tap("Say yes")
    await sanne.sees("shall the neighbourhood come along?")
    sanne.tap("Invite" if invites else "Only who proposed it")
    await sanne.sees("This goes to" if invites else "Only who proposed it hears")
    sanne.tap("Say yes")
    await sanne.sees("goes on")


async def test_a_walk_is_proposed_accepted_and_its_neighbourhood_invited(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    far = await town.known("Far", "en", "Zeswegen-Nieuw Husken")
    await propose(anna)
    promised = await anna.sees("You hear from us no later than")
    assert "Your walk is E1." in promised.text
    (promise,) = await all_of(town, select(Promise))
    assert (promise.subject, promise.kind, promise.state) == ("E1", "answer", "open")
    await sanne.sees("The dark path behind the school")
    anna.say("/mine")
    await anna.sees("E1, your walk on Saturday 12 December, 14:00: we look at it.")
    piet.say("E1")
    await piet.hears()
    assert not [seen for seen in piet.messages if "dark path" in seen.text], "only the office sees it as yet"
    await accept(sanne, invites=True)
    await anna.sees("E1: yes, we walk with you!")
    invited = await piet.sees("The dark path behind the school")
    assert "A walk through Heksenberg" in invited.text
    assert invited.labels == ["Ik kom", "Misschien", "Ik kom niet"]
    await far.quiet()
    piet.tap("Ik kom", invited)
    await piet.hears()
    (promise,) = await all_of(town, select(Promise))
    assert promise.state == "kept"
    town.passes(days=18, hours=4)
    await anna.sees("1 neighbour walks along with you.")
    await anna.sees("Tomorrow: A walk through Heksenberg")
    (event,) = await all_of(town, select(Event))
    assert (event.kind, event.state) == ("walk", "on")


async def test_with_only_who_proposed_it(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await propose(anna)
    await accept(sanne, invites=False)
    await anna.sees("yes, we walk with you!")
    await bob.quiet()
    assert await all_of(town, select(EventAnswer.answer)) == ["yes"]
    assert not await all_of(town, select(Broadcast.id))
    sanne.tap_data("E1.accept")
    await sanne.hears()
    assert (await all_of(town, select(Event.state))) == ["on"]


async def test_not_now_comes_with_its_reason_and_a_way_on(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna)
    await card(sanne)
    sanne.tap("Say not now")
    await sanne.sees("why not now?")
    sanne.say("The path is being renewed. In May we can look at it together.")
    await sanne.sees("gets a message")
    told = await anna.sees("E1: sorry, not now. This is why:")
    assert "In May we can look at it together." in told.text
    assert told.labels == ["Propose a walk", "Talk to a person"]
    sanne.tap_data("E1.not_now")
    await sanne.sees("too late")
    anna.tap("Propose a walk")
    await anna.sees("What do you want to show us?")


async def test_another_time_is_told_and_can_still_be_answered(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna)
    await card(sanne)
    sanne.tap("Change the time")
    await sanne.sees("which day and time?")
    sanne.say("19-12-2026 14:00")
    await sanne.sees("The time is changed.")
    await anna.sees("New time: Saturday 19 December, 14:00. It was: Saturday 12 December, 14:00.")
    await accept(sanne, invites=False)
    await anna.sees("Saturday 19 December, 14:00")


async def test_the_office_has_time_to_answer_before_the_walk(town: Town) -> None:
    await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna, "25-11-2026 14:00", sees="We need some days for that.")
    await anna.sees("We need some days for that.")
    anna.say("12-12-2026 14:00")
    await anna.sees("Shall I send it?")
    anna.tap("Send")
    await anna.sees("A person looks at your walk.")


async def test_one_walk_at_a_time(town: Town) -> None:
    await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna)
    anna.say("/events")
    await anna.sees("we look at it")
    anna.say("/walk")
    await anna.sees("What do you want to show us?")
    for words in ("Another", "13-12-2026 14:00", "There"):
        anna.say(words)
        await anna.hears()
    await anna.sees("Shall I send it?")
    anna.tap("Send")
    await anna.sees("You have proposed a walk already: E1.")
    assert len(await all_of(town, select(Event))) == 1


async def test_a_day_that_passes_without_an_answer_is_told_with_a_new_one(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna)
    town.passes(days=8)
    await anna.sees("E1: we promised an answer by")
    await sanne.sees("a walk")
    states = await all_of(town, select(Promise.state).order_by(Promise.id))
    assert states == ["broken", "open"]


async def test_a_new_day_for_the_answer_lies_before_the_walk_and_then_the_walk_is_off(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna, "02-12-2026 15:00")
    await anna.sees("You hear from us no later than Monday 30 November.")
    town.passes(days=8)
    await anna.sees("E1: we promised an answer by Monday 30 November")
    await anna.sees("You hear from us no later than Tuesday 1 December.")
    await sanne.sees("E1, a walk: Monday 30 November. Now: Tuesday 1 December.")
    town.passes(days=1)  # the morning of the walk
    told = await anna.sees("E1: sorry. We didn't answer in time, so your walk isn't on.")
    assert "It would have been on Wednesday 2 December, 15:00. (E1)" in told.text
    assert told.labels == ["Propose a walk", "Talk to a person"]
    assert not [seen for seen in anna.messages if "8 December" in seen.text]
    await sanne.sees("Not answered before the walk, so it is off.")
    assert await all_of(town, select(Promise.state)) == ["broken", "broken"]
    sanne.tap_data("E1.accept")
    await sanne.sees("E1 stands at: not now")
    await propose(anna, "20-12-2026 15:00", sees="Your walk is E2")


async def test_who_is_forgotten_leaves_no_walk_behind_but_one_that_neighbours_count_on(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await propose(anna)
    await accept(sanne, invites=True)
    await anna.sees("yes, we walk")
    await propose(anna, words="The bins")
    await propose(bob, words="My own broken door")
    for person in (anna, bob):
        person.say("/forget")
        await person.sees("Do you want us to forget you?")
        person.tap("Yes, forget me")
        await person.sees("We have forgotten you")
    events = await all_of(town, select(Event).order_by(Event.id))
    assert [(each.state, each.proposed_by) for each in events] == [("on", None), ("declined", None), ("declined", None)]
    assert events[0].words == "The dark path behind the school"
    assert not any(each.words or each.place or each.title for each in events[1:])
    sanne.say("E2")
    await sanne.sees("was forgotten")


async def test_the_morning_message_names_the_walks_without_an_answer(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await propose(anna)
    await propose(bob, words="The broken fence")
    sanne.say("/morning")
    await sanne.sees("On working days")
    town.passes(hours=22)  # Tuesday at nine
    morning = await sanne.sees("Good morning!")
    assert "Walks that wait for an answer: E1, E2" in morning.text
    sanne.tap("Open E2", morning)
    await sanne.sees("E2 · a walk")
    await accept(sanne, invites=False)
    await anna.sees("E1: yes, we walk with you!")
    town.passes(days=1)
    await sanne.sees("Walks that wait for an answer: E2")
    town.passes(days=7)
    await sanne.sees("Late: E2")


@pytest.mark.parametrize("what", ["accept", "retime", "not_now", "yes", "place", "calendar", "list", "poster", "more"])
async def test_what_is_only_proposed_is_nobody_elses(town: Town, what: str) -> None:
    await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await propose(anna)
    bob.tap_data(f"E1.{what}")
    await bob.hears()
    assert not [seen for seen in bob.messages if "dark path" in seen.text or "see you there" in seen.text]
    bob.start("e1")
    await bob.hears()
    assert not await all_of(town, select(EventAnswer.event_id))


async def test_a_walk_whose_moment_has_passed_cannot_go_on_at_it(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await propose(anna)
    await in_database(town, update(Event).values(starts_at=town.clock.now()))
    await card(sanne)
    sanne.tap("Say yes")
    await sanne.sees("shall the neighbourhood come along?")
    sanne.tap("Only who proposed it")
    await sanne.hears()
    sanne.tap("Say yes")
    await sanne.sees("Change the time first.")
