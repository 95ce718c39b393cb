"""What coordinators ask of the lists: the same words find the same things in each language and on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from bot.clock import MovableClock
from bot.main import LOCALES
from bot.neighbourhood import finding
from bot.neighbourhood.answers import answers_like
from bot.neighbourhood.area import load_area
from bot.neighbourhood.complaint_list import complaints_like
from bot.neighbourhood.work import NotAllowed, Person, Surroundings, Work
from bot.simulator import Person as Simulated
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.store.tables import Answer, Chat, Complaint, Promise, Resident, Role
from conversations.words import Catalogues
from tests.town import MONDAY, Town

HEI, HEKS, VRIE = "WK091721", "WK091722", "WK091720"
COMPLAINTS = (
    ("received", "green", HEI, "De boom hangt scheef", 3, True),
    ("taken", "green", HEI, "Een tak ligt los", 2, False),
    ("received", "paving", HEI, "Losse stoeptegel", 9, True),
    ("confirmed", "green", HEI, "Het gras is te hoog", 200, False),
    ("solved", "paving", HEKS, "Losse stoeptegel bij het Café", 40, False),
    ("planned", "lights", HEKS, "Lantaarn kapot", 5, True),
    ("cannot", "rubbish", VRIE, "Śmieci obok kontenera", 100, False),
    ("received", "rubbish", VRIE, "قمامة في الشارع", 1, False),
)
"""State, topic, neighbourhood, words, days ago, whether it is late; M1 is the first."""
ANSWERS = (
    ("proud", VRIE, "De moestuin", "gezondheid", 10),
    ("better", VRIE, "Meer bankjes", "wonen", 20),
    ("better", VRIE, "Minder lawaai", "", 120),
    ("better", HEKS, "Het speelplein", "", 3),
)


@asynccontextmanager
async def office(url: str) -> AsyncIterator[tuple[Work, Person]]:
    """A database with these, and a member of staff who asks."""
    await migrate(url)
    area, database = load_area("heerlen-noord"), Database(url)
    catalogues = Catalogues(LOCALES, area.languages, area.time_zone)
    around = Surroundings(database, Seal("x" * 32), MovableClock(MONDAY), area, catalogues, frozenset())
    try:
        async with around.working() as work:
            chat = Chat(fingerprint=b"1" * 32, telegram_id=b"1", language="nl", since=MONDAY, heard_at=MONDAY)
            work.session.add(chat)
            await work.session.flush()
            resident = Resident(chat_id=chat.id, came_at=MONDAY, consent_at=MONDAY)
            work.session.add(resident)
            await work.session.flush()
            work.session.add(Role(resident_id=resident.id, role="staff", given_at=MONDAY))
            await _write(work, resident.id)
            yield work, Person(chat, resident, frozenset({"staff"}), [])
    finally:
        await database.close()


async def _write(work: Work, staff: int) -> None:
    shared = {"language": "nl", "came_from": "telegram", "first": False}
    for number, (state, topic, place, words, days, late) in enumerate(COMPLAINTS, 1):
        due = date(2026, 11, 20) if late else date(2026, 12, 1)
        work.session.add(
            Complaint(
                id=number, state=state, topic=topic, theme=work.area.topic(topic).theme or "", words=words, place="",
                neighbourhood=place, answer_by=due, planned_for=due if state == "planned" else None,
                handler_id=staff if state == "taken" else None, at=MONDAY - timedelta(days=days), **shared,
            )
        )  # fmt: skip
        await finding.remember(work, f"M{number}", words, is_new=True)
        if state in ("received", "taken", "planned"):
            code = f"M{number}"
            work.session.add(Promise(subject=code, kind="answer", state="open", first_due=due, due=due, made_at=MONDAY))
    for number, (question, place, words, theme, days) in enumerate(ANSWERS, 1):
        at = MONDAY - timedelta(days=days)
        work.session.add(
            Answer(id=number, question=question, words=words, neighbourhood=place, theme=theme, at=at, **shared)
        )
        await finding.remember(work, f"A{number}", words, is_new=True)
    await work.session.flush()


FOUND: tuple[tuple[str, list[int]], ...] = (
    ("", [8, 6, 3, 2, 1]),
    ("all", [8, 7, 6, 5, 4, 3, 2, 1]),
    ("late", [6, 3, 1]),
    ("te laat", [6, 3, 1]),
    ("po terminie", [6, 3, 1]),
    ("متأخر", [6, 3, 1]),
    ("late heerlerheide groen", [1]),
    ("laat HEERLERHEIDE bomen", [1]),
    ("heerlerheide green", [4, 2, 1]),
    ("Heerlerheide-Passart trees", [4, 2, 1]),
    ("vrie heide", [8, 7]),
    ("drzewa", [4, 2, 1]),
    ("open groen", [2, 1]),
    ("mijn", [2]),
    ("opgelost", [5, 4]),
    ("załatwione", [5, 4]),
    ("can't be done", [7]),
    ("nie da się", [7]),
    ("30d", [8, 6, 3, 2, 1]),
    ("veiligheid", [6]),
    ("stoeptegel", [5, 3]),
    ("losse cafe", [5]),
    ("heksenberg losse", [5]),
    ("smieci obok", [7]),
    ("قمامة", [8, 7]),
    ("heerlerhiede", []),
    ("niets", []),
    ("late losse", [3]),
    ("open los stoep", [3]),
    ("open a", []),
    ("late mijn", []),
    ("late heerlerheide 5d", [1]),
    ("2d", [8, 2]),
    ("laat wonen", [3, 1]),
    ("open قمامة", [8]),
)
"""Words → the numbers of the complaints, in order."""
ANSWERED: tuple[tuple[str, list[int]], ...] = (
    ("", [4, 3, 2, 1]),
    ("better vrieheide 90d", [2]),
    ("beter vrieheide", [3, 2]),
    ("lepiej", [4, 3, 2]),
    ("trots", [1]),
    ("gezondheid", [1]),
    ("health vrieheide", [1]),
    ("bankjes", [2]),
    ("beter lawaai", [3]),
    ("vrieheide speelplein", []),
)


async def test_words_narrow_the_lists(database_url: str) -> None:
    async with office(database_url) as (work, staff):
        for words, numbers in FOUND:
            page = await complaints_like(work, staff, words)
            assert [each.id for each in page.complaints] == numbers, words
        for words, numbers in ANSWERED:
            assert [each.id for each in (await answers_like(work, staff, words)).answers] == numbers, words


MISTYPED = (
    ("late heerlerhiede", ("heerlerheide", "late heerlerheide")),
    ("heksnberg groen", ("heksenberg", "heksenberg groen")),
    ("lantarn", ("lantaarn", "lantaarn")),
    ("rubish", ("rubbish", "rubbish")),
)


async def test_a_mistyped_name_is_a_suggestion_and_never_taken_for_it(sqlite_url: str) -> None:
    async with office(sqlite_url) as (work, staff):
        for typed, meant in MISTYPED:
            page = await complaints_like(work, staff, typed)
            assert (list(page.complaints), meant in page.meant) == ([], True), typed
        for words in ("kapot", "moestuin", "xyz", "boom", "late", "stoeptegel", "de"):
            assert not (await complaints_like(work, staff, words)).meant, words


async def test_pages_go_on_where_the_last_one_ended(database_url: str) -> None:
    async with office(database_url) as (work, staff):
        for number in range(9, 40):
            row = await work.session.get_one(Complaint, 1)
            copy = {each.key: getattr(row, each.key) for each in Complaint.__table__.columns if each.key != "id"}
            work.session.add(Complaint(id=number, **copy))
            await finding.remember(work, f"M{number}", "Een losse tegel", is_new=True)
        await work.session.flush()
        for words in ("groen heerlerheide", "losse tegel", "open"):
            seen: list[int] = []
            after = None
            for _page in range(9):
                page = await complaints_like(work, staff, words, after)
                seen += [each.id for each in page.complaints]
                after = page.more_after
                if after is None:
                    break
            assert after is None
            assert seen == sorted(set(seen), reverse=True)
            assert len(seen) >= 31, words


async def test_what_is_solved_keeps_its_place_among_what_was_found(database_url: str) -> None:
    async with office(database_url) as (work, staff):
        await finding.remember(work, "M3", "Losse stoeptegel", "ligt weer vast")
        assert [subject for _row, subject in await finding.find(work, staff, "losse")] == ["M5", "M3"]
        assert [subject for _row, subject in await finding.find(work, staff, "vast stoep")] == ["M3"]


async def test_residents_ask_nothing(sqlite_url: str) -> None:
    async with office(sqlite_url) as (work, staff):
        staff.roles = frozenset()
        for asked in (complaints_like, answers_like):
            with pytest.raises(NotAllowed):
                await asked(work, staff, "")


async def test_a_suggestion_is_a_button_that_shows_the_list(town: Town) -> None:
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await _tells(anna, "Loose tile")
    await sanne.hears()
    sanne.say("/complaints heksnberg")
    seen = await sanne.sees("Did you mean: heksenberg?")
    sanne.tap("heksenberg")
    seen = await sanne.sees("Loose tile")
    assert "M1 ·" in seen.text
    assert "received" in seen.text
    assert "today" in seen.text


async def _tells(person: Simulated, words: str) -> None:
    person.say(words)
    await person.hears()
    person.tap("Broken pavement or road")
    await person.hears()
    person.say("Schoolstraat")
    await person.hears(2)
    person.tap("Skip")
    await person.hears()
    person.tap("Send")
    await person.sees("Your report is")
