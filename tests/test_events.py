"""Events and their invitations: everybody once, nobody who doesn't want it, never at night, never too late."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Broadcast, Recipient
from tests.town import Town
from tests.waiting import until


async def announce(sanne: Person, when: str = "24-12-2026 17:00") -> None:
    """A barbecue, typed question by question."""
    sanne.say("/event")
    await sanne.hears()
    for answer in ("Barbecue in the park", when, "The castle park"):
        sanne.say(answer)
        await sanne.sees("?")
    sanne.say("Bring a chair")
    await sanne.sees("Send a photo")
    sanne.tap("Skip")
    await sanne.sees("This is what people will get")
    sanne.tap("Invite everybody")
    await sanne.sees("is announced")


def invitations(person: Person) -> list[str]:
    return [seen.text for seen in person.messages if seen.from_bot and "Barbecue in the park" in seen.text]


async def test_each_who_allows_it_gets_one_invitation_in_their_own_language(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, piet = await town.known("Anna", "en"), await town.known("Piet", "nl")
    lee, kim = await town.known("Lee", "en"), await town.known("Kim", "en")
    newcomer = town.resident("Noor")
    newcomer.start()
    await newcomer.hears()
    lee.say("/stop")
    await lee.hears()
    kim.block()
    await announce(sanne)
    (dutch,) = await piet.hears()
    assert "donderdag 24 december" in dutch.text
    assert dutch.labels == ["Ik kom", "Misschien", "Ik kom niet"]
    (english,) = await anna.hears()
    assert english.text.startswith("Barbecue in the park")
    assert "Bring a chair" in english.text
    await lee.quiet()
    await newcomer.quiet()
    town.passes(seconds=6)
    await sanne.sees("Waiting: 0")
    assert len(invitations(anna)) == len(invitations(piet)) == 1


async def test_an_answer_can_change_and_the_newest_counts(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna, bob = await town.known("Anna", "en"), await town.known("Bob", "en")
    await announce(sanne)
    for person in (anna, bob):
        await person.hears()
        person.tap("I'm coming")
        await person.sees("see you there")
    bob.tap("I'm not coming")
    await bob.sees("Thanks for letting us know")
    sanne.say("E1")
    await sanne.sees("Coming: 1. Maybe: 0. Not coming: 1.")
    anna.say("/mine")
    await anna.sees("E1, Barbecue in the park")
    anna.say("/events")
    await anna.sees("Your answer: you are coming.")


async def test_who_blocked_the_bot_meanwhile_is_counted_as_unreachable(town: Town) -> None:
    sanne = await town.coordinator("en")
    kim = await town.known("Kim", "en")
    kim.delete_account()
    await announce(sanne)
    town.passes(seconds=6)
    await sanne.sees("Unreachable: 1. Waiting: 0")


async def test_invitations_wait_for_the_end_of_the_quiet_hours(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=12)  # 23:00 in Heerlen
    await announce(sanne)
    await sanne.sees("quiet time")
    await anna.quiet()
    town.passes(hours=10, minutes=1)
    await anna.sees("Barbecue in the park")


async def test_an_invitation_that_would_come_after_the_event_is_not_sent(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    town.passes(hours=12)  # 23:00 in Heerlen: it waits until nine
    await announce(sanne, "24-11-2026 10:00")
    await town.stop()
    town.passes(hours=12)  # away all night, and until the event has begun
    await town.start()
    await anna.quiet()
    database = Database(town.database_url)

    async def state() -> str:
        async with database.read() as session:
            return (await session.scalars(select(Broadcast.state))).one()

    await until(state, "done")
    async with database.read() as session:
        assert list(await session.scalars(select(Recipient.state))) == []  # who gets it is fixed when it starts
    await database.close()
    await sanne.sees("Not sent, because it was too late: 1")
    anna.tap_data("E1.yes")
    await anna.sees("has begun, so answers can't change any more")


async def test_staff_see_a_description_that_is_too_long_refused_before_anything_is_sent(town: Town) -> None:
    sanne = await town.coordinator("en")
    sanne.say("/event")
    await sanne.hears()
    sanne.say("x" * 200)
    await sanne.sees("in 80 characters at most")
    sanne.say("Barbecue")
    await sanne.sees("When")
    sanne.say("yesterday at noon")
    await sanne.sees("Please type a day and a time")


@pytest.mark.parametrize("data", ["E1.yes", "E99.yes", "E1.place", "E1.take", "E1."])
async def test_a_button_of_no_event_does_nothing(town: Town, data: str) -> None:
    anna = await town.known("Anna", "en")
    anna.tap_data(data)
    await anna.sees("doesn't work any more")


async def test_a_restart_in_the_middle_sends_each_invitation_once_and_keeps_the_same_message_up_to_date(
    either_town: Town,
) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    people = [await town.known(f"R{number}", "en") for number in range(12)]
    await announce(sanne)
    await town.stop()
    await town.start()
    for person in people:
        await person.sees("Barbecue in the park")
    town.passes(seconds=6)
    await sanne.sees("Sent: 12. Unreachable: 0. Waiting: 0.")
    assert [len(invitations(person)) for person in people] == [1] * 12
    bars = [seen for seen in sanne.messages if seen.text.startswith("Invitations for E1")]
    assert len(bars) == 1
