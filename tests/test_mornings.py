"""The morning message: to who wants it, once, on working days, and never where there is nothing to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from bot.neighbourhood import mornings
from bot.neighbourhood.work import Work
from bot.simulator import Person
from bot.store.tables import Due, Resident
from bot.telegram.command import UNKNOWN
from tests.test_person import colleague, talking
from tests.test_staff_room import limited, number_of, reported, reported_more, working
from tests.town import MONDAY, Town
from tests.waiting import until


async def wants(person: Person) -> None:
    person.say("/morning")
    await person.sees("On working days")


def mornings_of(person: Person) -> list[str]:
    return [each.text for each in person.messages if each.from_bot and each.text.startswith("Good morning!")]


async def until_swept(town: Town) -> None:
    """Until nothing is due any more."""

    async def is_due(work: Work) -> bool:
        found = select(Due.at).where(Due.what == mornings.WHAT, Due.at <= work.now)
        return await work.session.scalar(found.limit(1)) is not None

    await until(lambda: working(town, is_due), False)


async def due_days(town: Town) -> list[str]:
    async def found(work: Work) -> list[str]:
        return list(await work.session.scalars(select(Due.occasion).where(Due.what == mornings.WHAT)))

    return list(await working(town, found))


async def test_it_comes_once_whatever_is_swept_or_restarted(either_town: Town) -> None:
    town = either_town
    kim = await colleague(town)
    await wants(kim)
    await reported(town)
    town.passes(hours=22)
    await kim.sees("New: M1")
    for _sweep in range(3):
        town.passes(seconds=6)
    await town.stop()
    await town.start()
    kim.say("/morning")
    await kim.sees("no morning message any more")
    await wants(kim)
    town.passes(minutes=30)
    await kim.quiet()
    assert len(mornings_of(kim)) == 1
    assert await due_days(town) == ["2026-11-25"]


async def test_nothing_to_say_is_not_said(town: Town) -> None:
    kim = await colleague(town)
    await wants(kim)
    for _day in range(7):
        town.passes(days=1)
        await until_swept(town)
    await kim.quiet()
    assert mornings_of(kim) == []
    assert len(await due_days(town)) == 1


async def test_who_never_asked_gets_none(town: Town) -> None:
    kim = await colleague(town)
    await reported(town)
    town.passes(days=1)
    await kim.quiet()
    assert await due_days(town) == []


async def test_late_by_days_it_is_said_once_as_it_stands_then(town: Town) -> None:
    kim = await colleague(town)
    await wants(kim)
    await talking(town, "Anna", "May I call?")
    await town.stop()
    town.passes(days=3)
    await town.start()
    await kim.sees("Waiting for your answer: T1")
    await until_swept(town)
    assert len(mornings_of(kim)) == 1
    assert await due_days(town) == ["2026-11-27"]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), "2026-11-23"),  # a minute before nine
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "2026-11-24"),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), "2026-11-30"),  # over a weekend
        (datetime(2026, 12, 24, 12, 0, tzinfo=UTC), "2026-12-28"),  # over Christmas
        (datetime(2027, 3, 26, 12, 0, tzinfo=UTC), "2027-03-30"),  # Easter, and the clock changes
    ],
)
async def test_only_on_working_days(town: Town, now: datetime, day: str) -> None:
    kim = await colleague(town)
    town.clock.move(now - town.clock.now())
    await wants(kim)
    assert await due_days(town) == [day]


async def test_it_names_only_what_somebody_may_work_on(town: Town) -> None:
    kim = await colleague(town)
    await limited(town, "green")
    await wants(kim)
    await reported(town)
    await reported_more(town, "green")
    town.passes(hours=22)
    assert "New: M2" in (await kim.sees("Good morning!")).text
    assert "M1" not in mornings_of(kim)[0]


async def test_a_role_withdrawn_ends_it(town: Town) -> None:
    kim = await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    await wants(kim)
    await reported(town)
    sanne.tap_data(f"role.{await number_of(town, 'staff')}")
    await sanne.sees("no longer has that role")
    town.passes(hours=22)
    await until_swept(town)
    assert mornings_of(kim) == []
    assert await due_days(town) == []


@pytest.mark.parametrize("role", ["resident", "panel"])
async def test_others_can_not_have_it(town: Town, role: str) -> None:
    await town.coordinator("en")
    kim = await town.known("Kim", "en") if role == "resident" else await colleague(town, role=role)
    kim.say("/ochtend")
    await kim.sees(UNKNOWN.message)
    wanting = select(Resident.id).where(Resident.morning)
    assert await working(town, lambda work: work.session.scalar(wanting)) is None


async def test_many_are_counted_and_the_week_is_for_coordinators_who_never_asked(town: Town) -> None:
    kim = await colleague(town)
    sanne = next(each for each in town.people if each.name == "Sanne")
    await wants(kim)
    await reported(town, 12)
    town.passes(hours=22)
    seen = await kim.sees("Good morning!")
    assert "New: M1, M2, M3, M4, M5, M6, M7, M8 and 4 more" in seen.text
    assert len(seen.labels) == mornings.BUTTONS
    town.clock.move(timedelta(days=6) - (town.clock.now() - MONDAY) + timedelta(hours=22))
    town.passes(seconds=1)
    week = await sanne.sees("The past week:")
    assert "Came in: 12. Done: 0." in week.text
    await until_swept(town)
    assert weeks_of(kim) == []
    assert mornings_of(sanne) == []


def weeks_of(person: Person) -> list[str]:
    return [each.text for each in person.messages if each.from_bot and each.text.startswith("The past week:")]


async def test_the_week_is_switched_off_and_on_with_the_morning_command(town: Town) -> None:
    sanne = await town.coordinator("en")
    await reported(town)
    sanne.say("/morning")
    assert "Rather not? /morning week" in (await sanne.sees("On working days")).text
    sanne.say("/morning")
    await sanne.sees("You get no morning message any more.")
    sanne.say("/morning week")
    await sanne.sees("You get no weekly message any more. To have it back: /morning week")
    town.passes(days=7)
    await sanne.sees("Promised, but not kept")
    await sanne.quiet()
    assert weeks_of(sanne) == []
    sanne.say("/ochtend week")
    await sanne.sees("On the first working day of each week")
    await reported_more(town, "green")
    town.passes(days=7)
    assert "Came in: 1." in (await sanne.sees("The past week:")).text


async def test_a_week_that_comes_late_is_said_once_as_it_would_have_been(town: Town) -> None:
    sanne = await town.coordinator("en")
    await reported(town)
    await town.stop()
    town.passes(days=9)  # Monday passed; it is Wednesday of the next week
    await town.start()
    assert "Came in: 1. Done: 0." in (await sanne.sees("The past week:")).text
    await town.stop()
    await town.start()
    sanne.say("/help")
    await sanne.sees("/morning")
    town.passes(minutes=10)
    await until(lambda: week_days(town), ["2026-12-07"])
    assert len(weeks_of(sanne)) == 1


async def week_days(town: Town) -> list[str]:
    async def found(work: Work) -> list[str]:
        return list(await work.session.scalars(select(Due.occasion).where(Due.what == mornings.WEEK)))

    return list(await working(town, found))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "2026-11-30"),
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), "2027-03-30"),  # the Saturday before Easter Monday
    ],
)
async def test_the_week_begins_on_its_first_working_day(town: Town, now: datetime, day: str) -> None:
    await town.coordinator("en")
    town.clock.move(now - town.clock.now())

    async def none_yet(work: Work) -> None:
        await work.session.execute(delete(Due).where(Due.what == mornings.WEEK))
        await mornings.begin(work)

    await working(town, none_yet)
    assert await week_days(town) == [day]


async def test_staff_have_no_weekly_message_to_switch_off(town: Town) -> None:
    kim = await colleague(town)
    kim.say("/morning week")
    await kim.sees("On working days")
    wanting = select(Resident.id).where(Resident.weekly.is_(False))
    assert await working(town, lambda work: work.session.scalar(wanting)) is None


async def test_what_falls_due_and_fails_says_nothing_and_is_tried_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    sanne = await town.coordinator("en")
    await reported(town)
    await wants(sanne)
    say, tries = mornings.say, 0

    async def fails_twice_at_the_end(work: Work, number: int, occasion: str) -> None:
        nonlocal tries
        await say(work, number, occasion)
        tries += 1
        if tries < 3:
            raise ValueError("a fault of ours")

    monkeypatch.setattr(mornings, "say", fails_twice_at_the_end)
    town.passes(days=1)
    await until_swept(town)
    assert (tries, mornings_of(sanne)) == (1, [])
    town.passes(hours=1)
    await until_swept(town)
    assert (tries, mornings_of(sanne)) == (2, [])
    town.passes(hours=1)
    await sanne.sees("Good morning!")
    assert (tries, len(mornings_of(sanne))) == (3, 1)
