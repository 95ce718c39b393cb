"""Every command, for every role, by both its names, in both languages: done where allowed, else as good as unknown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.simulator import Person
from bot.simulator.methods.about import commands_for
from bot.store.database import Database
from bot.store.tables import History, Job
from bot.telegram.commands import COMMANDS, UNKNOWN
from conversations.words import Words, _
from tests.town import Town
from tests.town import town as running_town
from tests.waiting import until

LANGUAGES = ("nl", "en")
STOPPED = _("Stopped. What you said here is gone.")
ROLES = ("resident", "panel", "staff", "coordinator")
FOR_OFFICE = {"complaints", "take", "plan", "solve", "cannot", "answers", "event", "find", "stats", "name"}
FOR_OFFICE |= {
    "budget",
    "broadcast",
    "spoken",
    "poster",
    "tell",
    "record",
    "handover",
    "morning",
    "passon",
    "notours",
    "same",
    "apart",
    "promises",
    "yousaid",
}
FOR_COORDINATORS = {"staffroom", "export", "team", "join_link", "log"}
ALLOWED: dict[str, set[str]] = {
    "resident": set(),
    "panel": {"team", "budget"},
    "staff": FOR_OFFICE,
    "coordinator": FOR_OFFICE | FOR_COORDINATORS,
}
"""What each role may do beyond what everybody may: written out here, so that a slip in the code shows."""


@pytest_asyncio.fixture
async def here(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Town]:
    async with running_town(tmp_path, sqlite_url) as running:
        yield running


async def somebody(town: Town, role: str, language: str) -> Person:
    """A person who came by the role's own link, made by a coordinator."""
    known = [each for each in town.people if each.name == "Sanne"]
    sanne = known[0] if known else await town.coordinator("en")
    person = await town.known("Kim", language)
    if role == "resident":
        return person
    sanne.say(f"/join_link {role}")
    await sanne.sees("start=")
    link = next(word for word in sanne.last.text.split() if "start=" in word)
    person.start(link.partition("start=")[2])
    await person.hears(2)
    return person


async def next_text(person: Person) -> str:
    """The next thing said in words; files that were asked for before may come in between."""
    while True:
        (seen,) = await person.hears()
        if seen.kind == "text":
            return seen.text


async def answer_to(town: Town, person: Person, command: str, language: str) -> str:
    """The first thing that is said on a command; whatever conversation it begins is ended."""
    person.say(command)
    answer = await next_text(person)
    nothing = rendered(town, _("There is nothing to stop."), language)
    await until(lambda: _jobs(town), 0)  # a file or figures that were asked for come when they are made
    heard = answer
    while heard != nothing:
        if heard == answer or heard == rendered(town, STOPPED, language):
            person.say("/cancel")
        heard = await next_text(person)
    return answer


async def _jobs(town: Town) -> int:
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Job)) or 0


def rendered(town: Town, words: Words, language: str) -> str:
    assert town.service is not None
    assert town.service.turns is not None
    return town.service.turns.around.catalogues.render(words, language)


def unknown(town: Town, language: str) -> str:
    return rendered(town, UNKNOWN, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
async def test_each_command_answers_only_whom_it_may(here: Town, role: str, language: str) -> None:
    person = await somebody(here, role, language)
    expected_unknown = unknown(here, language)
    refused = []
    for command in COMMANDS:
        allowed = not command.roles or command.name in ALLOWED[role]
        for name in sorted({command.name, command.dutch}):
            said = await answer_to(here, person, f"/{name}", language)
            assert (said == expected_unknown) is not allowed, f"/{name} as {role}: {said!r}"
            if not allowed:
                refused.append(f"/{name}")
    database = Database(here.database_url)
    async with database.read() as session:
        logged = list(await session.scalars(select(History.words).where(History.what == "refused")))
    await database.close()
    assert sorted(logged) == sorted(refused)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_menu_shows_each_role_its_own_commands(here: Town, language: str) -> None:
    await somebody(here, "staff", language)
    menus = [call for call in here.simulator.calls if call.method == "setMyCommands" and call.ok]
    assert len(menus) >= 1 + len(LANGUAGES), "everybody's menu in each language, and the new member's own"


async def commands_of(here: Town, person: Person) -> set[str]:
    """What Telegram shows in this person's own menu."""
    language = person.human.language_code
    return {each["command"] for each in commands_for(here.simulator.the_bot(), person.id, person.id, language)}


async def test_who_the_settings_name_gets_the_menu_of_a_coordinator_in_the_language_that_they_choose(
    here: Town,
) -> None:
    sanne = await here.coordinator("en")
    await until(lambda: has(here, sanne, "complaints"), True)
    sanne.tap_data("l.nl")
    await until(lambda: has(here, sanne, "meldingen"), True)


async def test_after_a_restart_each_role_has_its_menu_and_who_was_forgotten_has_none(here: Town) -> None:
    await here.coordinator("en")
    kim = await somebody(here, "staff", "en")
    await until(lambda: has(here, kim, "take"), True)
    here.simulator.the_bot().commands.clear()
    await here.stop()
    await here.start()
    await until(lambda: has(here, kim, "take"), True)
    kim.say("/forget")
    await kim.sees("Do you want us to forget you?")
    kim.tap("Yes, forget me")
    await kim.sees("We have forgotten you")
    await until(lambda: has(here, kim, "take"), False)


async def has(here: Town, person: Person, command: str) -> bool:
    return command in await commands_of(here, person)


@pytest.mark.parametrize("role", ["resident", "panel"])
async def test_the_buttons_of_staff_do_nothing_for_others(here: Town, role: str) -> None:
    await here.coordinator("en")
    anna = await here.known("Anna", "en")
    anna.say("/report")
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    anna.say("A loose tile")
    await anna.hears()
    anna.say("Schoolstraat")
    await anna.hears(2)
    anna.tap("Skip")
    await anna.hears()
    anna.tap("Send")
    await anna.sees("M1")
    kim = await somebody(here, role, "en")
    for data in (
        "M1.take",
        "M1.plan",
        "M1.solve",
        "M1.cannot",
        "role.1",
        "p.9.",
        "find.9.tile",
        "log.9.",
        "answers.9.",
    ):
        kim.tap_data(data)
        await kim.hears()
        assert kim.last.text == unknown(here, "en"), data
    kim.say("M1")
    await kim.hears()
    assert "Schoolstraat" not in kim.last.text, "a complaint of another is not shown"


async def test_a_withdrawn_role_has_no_effect_from_the_same_second(here: Town) -> None:
    kim = await somebody(here, "staff", "en")
    sanne = next(each for each in here.people if each.name == "Sanne")
    kim.say("/complaints")
    await kim.hears()
    sanne.say("/team")
    await sanne.hears()
    sanne.tap("Take staff from")
    await sanne.hears()
    await kim.hears()
    kim.tap_data("M1.take")
    await kim.hears()
    assert kim.last.text == unknown(here, "en")
    kim.say("/complaints")
    await kim.hears()
    assert kim.last.text == unknown(here, "en")


async def test_a_link_works_once_and_for_a_day(here: Town) -> None:
    sanne = await here.coordinator("en")
    sanne.say("/join_link staff")
    await sanne.sees("start=")
    payload = sanne.last.text.partition("start=")[2]
    kim, lee = await here.known("Kim", "en"), await here.known("Lee", "en")
    kim.start(payload)
    await kim.sees("Welcome to the team")
    lee.start(payload)
    await lee.sees("Hello again")
    sanne.say("/join_link staff")
    await sanne.sees("start=")
    here.passes(hours=25)
    lee.start(sanne.last.text.partition("start=")[2])
    await lee.sees("Hello again")
    lee.start("join-made-up-by-somebody")
    await lee.sees("Hello again")
