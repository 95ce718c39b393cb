"""The ledger of promises: kept, moved, broken, dropped; the warning before, and what is said when a day has passed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from bot.neighbourhood import acts, complaints, mornings, promises, same
from bot.neighbourhood.complaint_list import complaints_like
from bot.neighbourhood.work import NotAllowed, TooLate
from bot.store.tables import Complaint, Due, Idea, Message
from conversations.office_said import IdeaAnswered
from conversations.questions import Told
from conversations.results import FollowUpAnswer, IdeaHandedIn, Withdrawn
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.town import Town

MONDAY, THURSDAY = "2026-11-23", "2026-11-26"
"""The day on which all begins; and the last one to answer about pavements: three working days."""


@pytest_asyncio.fixture
async def rules(tmp_path: Path, database_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, database_url) as here:
        yield here


async def test_an_answer_in_time_is_kept_and_the_day_that_comes_with_it_is_a_new_promise(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        assert await rules.ledger(work, "M1") == [("answer", "open", THURSDAY, THURSDAY)]
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        kept = ("answer", "kept", THURSDAY, THURSDAY)
        assert await rules.ledger(work, "M1") == [kept, ("day", "open", "2026-12-01", "2026-12-01")]
        await rules.told(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 12, 3), "De tegels zijn er nog niet")
        assert (await rules.ledger(work, "M1"))[1:] == [("day", "open", "2026-12-01", "2026-12-03")]
        (said,) = await rules.told(work, "Anna")
        assert "3 december" in said
        assert "Eerst zeiden we dinsdag 1 december" in said
        work.now += timedelta(days=9)
        await complaints.solve(work, sanne, it, "Vast")
        assert (await rules.ledger(work, "M1"))[1:] == [("day", "kept", "2026-12-01", "2026-12-03")]


async def test_who_takes_what_is_planned_keeps_the_day(rules: Rules) -> None:
    """Sanne names a day, Kim takes it on: Anna reads that the day stands, Kim has it in the morning; then it passes."""
    async with rules.around.working() as work:
        sanne, kim = await rules.person(work, "Sanne"), await rules.with_role(work, "Kim", "staff")
        kim.resident.morning = True
        it = await rules.report(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        await rules.told(work, "Anna")
        await complaints.take(work, kim, it)
        (said,) = await rules.told(work, "Anna")
        assert "iemand is er nu mee bezig" in said
        assert "Het is gepland voor dinsdag 1 december." in said
        assert (it.state, it.planned_for) == ("planned", date(2026, 12, 1))
        with pytest.raises(TooLate):  # who taps in the same moment
            await complaints.take(work, sanne, it)
        await complaints.plan(work, kim, it, date(2026, 12, 2), "")
        (said,) = await rules.told(work, "Anna")
        assert "Eerst zeiden we dinsdag 1 december" in said
        work.now += timedelta(days=9)
        await rules.told(work, "Kim")
        await mornings.say(work, kim.resident.id, work.today.isoformat())
        assert ["voor vandaag: M1" in each for each in await rules.told(work, "Kim")] == [True]
    await rules.passes(days=10)
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Anna")
        assert "we beloofden woensdag 2 december. Dat is niet gelukt" in said


async def test_passed_on_the_day_that_was_named_holds_no_more_and_that_is_said(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        await rules.told(work, "Anna")
        await complaints.pass_on(work, sanne, it, "de stratenmakers")
        (said,) = await rules.told(work, "Anna")
        assert "doorgegeven aan de stratenmakers" in said
        assert "We beloofden dinsdag 1 december. Die dag geldt niet meer. Sorry." in said
        assert "Je hoort uiterlijk donderdag 26 november van ons." in said
        assert it.planned_for is None
        assert (await rules.ledger(work, "M1"))[1:] == [
            ("day", "broken", "2026-12-01", "2026-12-01"),
            ("answer", "open", THURSDAY, THURSDAY),
        ]
        await complaints.pass_on(work, sanne, it, "de wijkploeg")
        (said,) = await rules.told(work, "Anna")
        assert "geldt niet meer" not in said


async def test_a_day_that_passed_is_broken_also_when_another_is_named_before_anybody_is_told(rules: Rules) -> None:
    """Half past seven in the morning after: Sanne names another day, and keeps that one."""
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        await rules.told(work, "Anna")
        work.now += timedelta(days=8, hours=20.5)
        await complaints.plan(work, sanne, it, date(2026, 12, 8), "")
        (said,) = await rules.told(work, "Anna")
        assert "Eerst zeiden we dinsdag 1 december" in said
        await complaints.solve(work, sanne, it, "Vast")
        assert (await rules.ledger(work, "M1"))[1:] == [
            ("day", "broken", "2026-12-01", "2026-12-01"),
            ("day", "kept", "2026-12-01", "2026-12-08"),
        ]


async def test_done_after_the_day_is_broken_all_the_same(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        work.now += timedelta(days=4)  # Friday, before anybody is told
        await complaints.solve(work, sanne, it, "Vast")
        assert await rules.ledger(work, "M1") == [("answer", "broken", THURSDAY, THURSDAY)]


async def test_what_is_no_longer_ours_to_do_is_dropped(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        one, two, three, four = [await rules.report(work, who) for who in ("Anna", "Ben", "Cem", "Anna")]
        await complaints.plan(work, sanne, one, date(2026, 12, 1), "")
        await complaints.not_ours(work, sanne, one, "de verhuurder")
        await same.go_on_with(work, sanne, two, three)
        await acts.act(work, await rules.person(work, "Anna"), Withdrawn(four.id))
        states = [[row[1] for row in await rules.ledger(work, each.code)] for each in (one, two, four)]
        assert states == [["kept", "dropped"], ["dropped"], ["dropped"]]


async def test_what_cannot_be_done_breaks_the_day_that_was_promised(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        await complaints.cannot(work, sanne, it, "", "money")
        assert [row[1] for row in await rules.ledger(work, "M1")] == ["kept", "broken"]


async def test_passed_on_is_an_answer_and_another_one_is_owed(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        work.now += timedelta(days=1)
        await complaints.pass_on(work, sanne, it, "de stratenmakers")
        assert await rules.ledger(work, "M1") == [
            ("answer", "kept", THURSDAY, THURSDAY),
            ("answer", "open", "2026-11-27", "2026-11-27"),
        ]
        ledger = await promises.count(work, sanne)
        assert ledger.by_partner["de stratenmakers"].open == 1


async def test_staff_are_warned_the_working_day_before_in_one_message(rules: Rules) -> None:
    """The handler of theirs, the coordinators of what is nobody's; weekends and holidays are no working days."""
    async with rules.around.working() as work:
        kim, sanne = await rules.with_role(work, "Kim", "staff"), await rules.person(work, "Sanne")
        for _number in range(4):
            it = await rules.report(work, "Anna")
            await complaints.take(work, kim, it)
        await rules.report(work, "Ben")
        weekend, monday = await rules.report(work, "Cem"), await rules.report(work, "Cem")
        await complaints.plan(work, sanne, weekend, date(2026, 11, 29), "")
        await complaints.plan(work, sanne, monday, date(2026, 11, 30), "")
        await rules.told(work, "Kim"), await rules.told(work, "Sanne")
    await rules.passes(days=2, hours=-2)  # Wednesday at ten
    async with rules.around.working() as work:
        (to_kim,), (to_sanne,) = await rules.told(work, "Kim"), await rules.told(work, "Sanne")
        assert [f"M{number}" in to_kim for number in range(1, 8)] == [True] * 4 + [False] * 3
        assert [f"M{number}" in to_sanne for number in range(1, 8)] == [False] * 4 + [True] + [False] * 2
        for number in range(1, 6):
            await complaints.solve(work, kim, await work.session.get_one(Complaint, number), "Vast")
        await rules.told(work, "Kim"), await rules.told(work, "Sanne")
    await rules.passes(days=2)  # Friday: of Sunday and of Monday
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Sanne")
        assert "M6" in said
        assert "M7" in said
        assert await rules.told(work, "Kim") == []


async def test_when_it_passes_the_resident_hears_so_the_next_morning_with_a_new_day(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        it = await rules.report(work, "Anna")
        await rules.joins(work, "Ben", it)
        await complaints.take(work, sanne, it)
        for who in ("Anna", "Ben", "Sanne"):
            await rules.told(work, who)
    await rules.passes(days=3)
    await rules.passes(hours=12)  # Thursday at eleven in the evening: it has not passed yet
    await rules.passes(hours=8)  # Friday at seven: quiet
    async with rules.around.working() as work:
        assert await rules.told(work, "Anna") == []
        await rules.told(work, "Sanne")
    await rules.passes(hours=2)
    async with rules.around.working() as work:
        it = await work.session.get_one(Complaint, 1)
        for who in ("Anna", "Ben"):
            (said,) = await rules.told(work, who)
            assert "donderdag 26 november" in said
            assert "weten nog niet" in said
            assert "Je hoort uiterlijk woensdag 2 december van ons." in said
        (to_staff,) = await rules.told(work, "Sanne")
        assert "M1" in to_staff
        assert it.answer_by == date(2026, 12, 2)
        assert await rules.ledger(work, "M1") == [
            ("answer", "broken", THURSDAY, THURSDAY),
            ("again", "open", THURSDAY, "2026-12-02"),
        ]
        assert (await rules.history(work, "M1"))[-1] == "late"
        sanne = await rules.person(work, "Sanne")
        assert [each.code for each in (await complaints_like(work, sanne, "late")).complaints] == ["M1"]
        await complaints.plan(work, sanne, it, date(2026, 12, 1), "")
        assert [row[1] for row in await rules.ledger(work, "M1")] == ["broken", "kept", "open"]
        assert (await complaints_like(work, sanne, "late")).complaints == []


async def test_a_planned_day_that_passes_is_planned_no_more(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.plan(work, sanne, it, date(2026, 11, 24), "")
        await rules.told(work, "Anna")
    await rules.passes(days=2)
    async with rules.around.working() as work:
        it = await work.session.get_one(Complaint, 1)
        assert (it.state, it.planned_for) == ("taken", None)
        (said,) = await rules.told(work, "Anna")
        assert "we beloofden dinsdag 24 november" in said
        assert "uiterlijk" in said
        assert "miss" in await rules.history(work, "M1")


async def test_it_is_told_once_and_again_when_the_new_day_passes_too(rules: Rules) -> None:
    async with rules.around.working() as work:
        await rules.report(work, "Anna")
    heard = 0
    for _day in range(20):
        await rules.passes(days=1)
        async with rules.around.working() as work:
            heard += len([said for said in await rules.told(work, "Anna") if "Je hoort uiterlijk" in said])
    async with rules.around.working() as work:
        ledger = await rules.ledger(work, "M1")
        assert [row[:3] for row in ledger] == [
            ("answer", "broken", THURSDAY),
            *[("again", "broken", THURSDAY)] * (heard - 1),
            ("again", "open", THURSDAY),
        ]
        assert 3 <= heard <= 6


async def test_an_idea_is_owed_an_answer_too(rules: Rules) -> None:
    async with rules.around.working() as work:
        anna = await rules.person(work, "Anna")
        for words in ("Een bankje", "Een feest"):
            await acts.act(work, anna, IdeaHandedIn(Told(words), "", "", "", "money"))
        sanne = await rules.person(work, "Sanne")
        await acts.act(work, sanne, IdeaAnswered(1, "answer", "Goed plan"))
        assert [row[1] for row in await rules.ledger(work, "I1")] == ["kept"]
        await rules.told(work, "Anna")
        due = (await work.session.get_one(Idea, 2)).answer_by
    await rules.passes(days=(due - rules.clock.now().date()).days + 1)
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Anna")
        assert "I2" in said
        assert (await work.session.get_one(Idea, 2)).answer_by > due
        assert [row[1] for row in await rules.ledger(work, "I2")] == ["broken", "open"]


async def test_whom_an_idea_s_owner_deals_with_is_warned_too_and_hears_when_it_passed(rules: Rules) -> None:
    """The coordinators decide about ideas, so they hear it as well; who is both hears it once."""
    async with rules.around.working() as work:
        kim, sanne = await rules.with_role(work, "Kim", "staff"), await rules.person(work, "Sanne")
        kim.resident.name, sanne.resident.name = "Kim", None
        anna = await rules.person(work, "Anna")
        for words in ("Een bankje", "Een feest"):
            await acts.act(work, anna, IdeaHandedIn(Told(words), "", "", "", "money"))
        first, second = await work.session.get_one(Idea, 1), await work.session.get_one(Idea, 2)
        assert first.contact_id == kim.resident.id
        second.contact_id = sanne.resident.id
        due = promises.working_day_before(first.answer_by, work.free_days)
        await rules.told(work, "Kim"), await rules.told(work, "Sanne")
    await rules.passes(days=(due - rules.clock.now().date()).days)
    for more_days in (4, 0):
        async with rules.around.working() as work:
            (to_kim,), (to_sanne,) = await rules.told(work, "Kim"), await rules.told(work, "Sanne")
            assert ("I1" in to_kim, "I2" in to_kim) == (True, False)
            assert ("I1" in to_sanne, to_sanne.count("I2")) == (True, 1)
        if more_days:
            await rules.passes(days=more_days)


async def test_a_reopening_is_a_promise(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, anna = await rules.person(work, "Sanne"), await rules.person(work, "Anna")
        it = await rules.report(work, "Anna")
        await complaints.solve(work, sanne, it, "Vast")
        await acts.act(work, anna, FollowUpAnswer(it.id, "no", Told("Nee")))
        assert [row[:2] for row in await rules.ledger(work, "M1")] == [("answer", "kept"), ("answer", "open")]


async def test_the_ledger_counted_per_member_of_staff_and_per_partner(rules: Rules) -> None:
    async with rules.around.working() as work:
        kim, sanne = await rules.with_role(work, "Kim", "staff"), await rules.person(work, "Sanne")
        mine, theirs, _nobodys = [await rules.report(work, "Anna") for _number in range(3)]
        await complaints.take(work, sanne, mine)
        await complaints.take(work, kim, theirs)
        await complaints.solve(work, kim, theirs, "Vast")
        ledger = await promises.count(work, sanne)
        assert (ledger.every.open, ledger.every.week, ledger.every.kept) == (2, 2, 1)
        assert ledger.by_staff[kim.resident.id].kept == 1
        assert ledger.by_staff[sanne.resident.id].open == 1
        assert ledger.by_staff[None].open == 1
        partner = work.area.topic("paving").handled_by
        assert (ledger.by_partner[partner].open, ledger.by_partner[partner].kept) == (2, 1)
        with pytest.raises(NotAllowed):
            await promises.count(work, await rules.person(work, "Anna"))
    await rules.passes(days=4)
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        ledger = await promises.count(work, sanne)
        assert (ledger.every.open, ledger.every.late, ledger.every.broken) == (2, 2, 2)
        lists = {which: [each.subject for each in await promises.some(work, sanne, which)] for which in LISTS}
        assert lists == {
            "open": ["M1", "M3"],
            "week": [],
            "late": ["M1", "M3"],
            "mine": ["M1"],
            "kept": ["M2"],
            "broken": ["M1", "M3"],
        }
        for which in LISTS:
            with pytest.raises(NotAllowed):
                await promises.some(work, await rules.person(work, "Anna"), which)


LISTS = ("open", "week", "late", "mine", "kept", "broken")


async def test_pages_of_promises_miss_none(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        for _number in range(19):
            await rules.report(work, "Anna")
        seen: list[str] = []
        after = None
        while page := await promises.some(work, sanne, "open", after):
            seen += [each.subject for each in page[: promises.PAGE]]
            after = page[: promises.PAGE][-1].id
        assert seen == [f"M{number}" for number in range(1, 20)]


async def test_what_was_promised_before_there_was_a_ledger_is_told_of_too(rules: Rules) -> None:
    """The migration brings the promises; the rows that tell of them are made at the start."""
    async with rules.around.working() as work:
        await rules.report(work, "Anna")
        await work.session.flush()
        await work.session.execute(text("DELETE FROM due WHERE subject = 'promises'"))
        await rules.told(work, "Anna")
    rules.clock.move(timedelta(days=10))
    async with rules.around.working() as work:
        await promises.begin(work)
        await promises.begin(work)
        assert len(list(await work.session.scalars(select(Due).where(Due.subject == "promises")))) == 1
    await rules.passes(hours=1)
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Anna")
        assert "uiterlijk" in said


async def test_a_day_that_many_promises_share_costs_two_rows(rules: Rules) -> None:
    async with rules.around.working() as work:
        for _number in range(30):
            await rules.report(work, "Anna")
        rows = list(await work.session.scalars(select(Due).where(Due.subject == "promises")))
        assert sorted((each.what, each.occasion) for each in rows) == [
            ("passed", "2026-11-27"),
            ("warn", "2026-11-25"),
        ]
        assert {each.at for each in rows} == {
            datetime(2026, 11, 27, 8, tzinfo=UTC),
            datetime(2026, 11, 25, 8, tzinfo=UTC),
        }


async def test_more_than_fit_one_sweep_are_all_told(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.neighbourhood.promise_days.AT_ONCE", 4)
    async with rules.around.working() as work:
        for _number in range(10):
            await rules.report(work, "Anna")
        await rules.told(work, "Anna")
    await rules.passes(days=4)
    for _sweep in range(3):
        await rules.passes(seconds=5)
    async with rules.around.working() as work:
        await work.write_down()
        chat = (await rules.person(work, "Anna")).chat
        about = await work.session.scalars(select(Message.subject).where(Message.chat_id == chat.id))
        assert sorted(each for each in about if each) == sorted(f"M{number}" for number in range(1, 11))


async def test_the_sweep_finds_promises_by_their_index(tmp_path: Path, sqlite_url: str) -> None:
    async with running_rules(tmp_path, sqlite_url) as rules, rules.around.working() as work:
        for query in (
            "SELECT * FROM promises WHERE state = 'open' AND due < '2026-12-01' ORDER BY due, id LIMIT 100",
            "SELECT * FROM promises WHERE subject = 'M1' AND state = 'open'",
        ):
            plan = (await work.session.execute(text(f"EXPLAIN QUERY PLAN {query}"))).all()
            assert not any("SCAN" in str(row) for row in plan), plan


async def test_the_command_shows_it_with_buttons_to_the_cards(town: Town) -> None:
    sanne, anna = await town.coordinator("nl"), await town.known("Anna", "nl")
    sanne.say("/beloftes")
    await sanne.sees("Beloftes: 0 open")
    anna.say("/melding")
    await anna.hears()
    for label, answers in (("Stoep of straat kapot", 1), ("Losse tegel", 1), ("Heulstraat", 2), ("Overslaan", 1)):
        anna.say(label)
        await anna.hears(answers)
    anna.say("Versturen")
    await anna.sees("M1")
    await sanne.sees("Nieuw: M1")
    sanne.say("/promises")
    seen = await sanne.sees("Beloftes: 1 open, 1 binnen een week, 0 te laat.")
    assert "nog niemand: 1 open" in seen.text
    assert "gemeente Heerlen, wegen: 1 open" in seen.text
    sanne.tap("open")
    await sanne.sees("M1 · donderdag 26 november · nog niemand · gemeente Heerlen, wegen")
    sanne.tap("M1")
    await sanne.sees("Losse tegel")
    sanne.say("/beloftes te laat")
    await sanne.sees("Geen: te laat")
    sanne.say("/beloftes morgen misschien")
    await sanne.sees("Bijvoorbeeld: /promises late")
