"""Handing over: everybody's own and nobody else's; who takes over works on it, and who it concerns hears of it once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.neighbourhood import complaints, hand_over, residents
from bot.neighbourhood.work import NotAllowed, Work
from bot.store.tables import Complaint, History, PersonTalk, Promise, Resident
from bot.telegram.command import UNKNOWN
from tests.test_person import colleague, counted, talking
from tests.test_staff_room import limited, number_of, reported, reported_more, working
from tests.town import Town

SANNE, KIM, PIET = 1, 2, 3


async def team_of(town: Town) -> tuple:  # type: ignore[type-arg]  # three people of the simulator's
    """Sanne, Kim and Piet, each with a first name that residents read."""
    kim, piet = await colleague(town), await colleague(town, "Piet")
    sanne = next(each for each in town.people if each.name == "Sanne")
    for person in (sanne, kim, piet):
        person.say(f"/name {person.name}")
        await person.sees("residents see")
    return sanne, kim, piet


async def taken(town: Town, *numbers: int) -> None:
    """Kim has these."""

    async def take(work: Work) -> None:
        kim = await residents.person_of(work, KIM)
        assert kim is not None
        for number in numbers:
            await complaints.take(work, kim, await work.session.get_one(Complaint, number))

    await working(town, take)


async def handlers(town: Town) -> list[int | None]:
    async def found(work: Work) -> list[int | None]:
        return list(await work.session.scalars(select(Complaint.handler_id).order_by(Complaint.id)))

    return list(await working(town, found))


async def test_all_open_work_goes_over_and_each_hears_it_once(either_town: Town) -> None:
    town = either_town
    _sanne, kim, piet = await team_of(town)
    anna = await reported(town, 3)
    await taken(town, 1, 2, 3)

    async def solve(work: Work) -> None:
        person = await residents.person_of(work, KIM)
        assert person is not None
        await complaints.solve(work, person, await work.session.get_one(Complaint, 3), "Done")

    await working(town, solve)
    await anna.sees("this has been done")
    kim.say(f"/handover {PIET} The key is\nwith Ann")
    await kim.sees("Piet has it now")
    heard = await anna.sees("Piet is on it from now on")
    assert [line.partition(" ")[0] for line in heard.text.splitlines() if line] == ["M1", "M2"]
    assert "Kim writes: The key is\nwith Ann" in (await piet.sees("You take over the open work of Kim.")).text
    assert await handlers(town) == [PIET, PIET, KIM], "what is solved stays with who did it"
    assert await counted(town, Promise.made_by == PIET, Promise.state == "open", of=Promise.id) == 2
    assert await counted(town, History.what == "handed over", of=History.id) == 3
    kim.say(f"/handover {PIET}")
    await kim.sees("no open work")
    await anna.quiet()


async def test_residents_hear_the_first_name_of_their_new_contact(town: Town) -> None:
    _sanne, kim, piet = await team_of(town)
    anna = await talking(town, "Anna", "May I call?")
    kim.tap_data("T1.contact")
    await anna.sees("Kim stays your contact")
    kim.say(f"/handover {PIET}")
    await anna.sees("Piet is your contact from now on, in place of Kim.")
    piet.say("You may", reply_to=await piet.sees("May I call?"))
    await anna.sees("Piet\n\nYou may")
    assert await counted(town, Resident.contact_id == PIET, of=Resident.id) == 1


async def test_a_talk_goes_on_with_another(town: Town) -> None:
    _sanne, kim, piet = await team_of(town)
    anna = await talking(town, "Anna", "May I call?")
    kim.tap_data("T1.card")
    kim.say("Wait", reply_to=await kim.sees("May I call?"))
    await anna.sees("Wait")
    kim.say(f"/handover {PIET}")
    await anna.sees("Piet goes on talking with you here.")
    assert await counted(town, PersonTalk.staff_id == PIET, of=PersonTalk.id) == 1
    await piet.sees("Talks: T1")


async def test_what_the_other_does_not_work_on_stays(town: Town) -> None:
    _sanne, kim, _piet = await team_of(town)
    await reported(town)
    await reported_more(town, "green")
    await taken(town, 1, 2)
    await limited(town, "green")  # Piet, who came last
    kim.say(f"/handover {PIET}")
    await kim.sees("This stays, because they don't work on it: M1")
    assert await handlers(town) == [KIM, PIET]


@pytest.mark.parametrize("to", ["", "Piet", "3x", "²", "-3", "99999999999", "\U0001d7d1"])
async def test_wrong_use_is_answered_with_an_example(town: Town, to: str) -> None:
    _sanne, kim, _piet = await team_of(town)
    kim.say(f"/handover {to}")
    await kim.sees("/handover 5 I am away for two weeks")


@pytest.mark.parametrize(
    ("to", "why"),
    [(KIM, "the one who has it now"), (999, "doesn't work for the office"), (4, "doesn't work for the office")],
)
async def test_to_whom_it_can_not_go(town: Town, to: int, why: str) -> None:
    _sanne, kim, _piet = await team_of(town)
    await reported(town)
    await taken(town, 1)
    kim.say(f"/handover {to}")
    await kim.sees(why)
    assert await handlers(town) == [KIM]


async def test_staff_hand_over_nothing_of_others(town: Town) -> None:
    _sanne, kim, piet = await team_of(town)
    await reported(town)
    await taken(town, 1)
    piet.tap_data(f"hand.{KIM}")
    await piet.sees(UNKNOWN.message)

    async def try_it(work: Work) -> None:
        person = await residents.person_of(work, PIET)
        assert person is not None
        with pytest.raises(NotAllowed):
            await hand_over.hand_over(work, person, KIM, PIET, "")

    await working(town, try_it)
    assert await handlers(town) == [KIM]
    await kim.quiet()


async def test_a_coordinator_who_lost_the_role_midway_hands_nothing_over(town: Town) -> None:
    sanne, kim, _piet = await team_of(town)
    boss = await colleague(town, "Boss", "coordinator")
    await reported(town)
    await taken(town, 1)
    boss.tap_data(f"hand.{KIM}")
    await boss.sees("Who takes over")
    boss.tap("Piet (3)")
    await boss.sees("What should they know?")
    boss.tap("Skip")
    await boss.sees("Shall I hand it over?")
    sanne.tap_data(f"role.{await number_of(town, 'coordinator')}")
    await sanne.sees("no longer has that role")
    boss.tap("Hand it over")
    await boss.sees(UNKNOWN.message)
    assert await handlers(town) == [KIM]
    await kim.quiet()


async def test_whose_work_it_was_hears_of_it(town: Town) -> None:
    sanne, kim, _piet = await team_of(town)
    await reported(town)
    await taken(town, 1)
    sanne.say("/team")
    await sanne.sees("The team")
    sanne.tap("The work of 2")
    await sanne.sees("Tap what they work on")
    sanne.tap("Hand over their open work")
    await sanne.sees("Who takes over")
    sanne.tap("Piet (3)")
    await sanne.sees("What should they know?")
    sanne.say("She is ill")
    await sanne.sees("Shall I hand it over?")
    sanne.tap("Hand it over")
    await sanne.sees("Piet has it now")
    await kim.sees("Piet has your open work now")
    assert await handlers(town) == [PIET]
