"""Each step of a complaint's life, and each that there isn't, for each role: who may, what it leaves, who hears it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.neighbourhood import acts, complaints, mornings, promises, same, steps, team, verdicts, withdrawing
from bot.neighbourhood.work import Closing, NotAllowed, Person, Scope, TooLate, Work
from bot.simulator import Person as Phone
from bot.store.tables import Complaint, Promise, Reporter, Role
from conversations.office_said import SameAs
from conversations.questions import Told
from conversations.results import FollowUpAnswer, Refused, Withdrawn
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.town import Town

OPEN = {"received", "taken", "passed_on", "planned", "reopened"}
LIFE: dict[str, tuple[set[str], str, str]] = {
    "take": (OPEN, "taken", "office"),
    "pass_on": (OPEN, "passed_on", "office"),
    "plan": (OPEN, "planned", "office"),
    "solve": (OPEN, "solved", "office"),
    "cannot": (OPEN, "cannot", "office"),
    "not_ours": (OPEN, "not_ours", "office"),
    "same": (OPEN, "same", "office"),
    "apart": ({"same"}, "received", "office"),
    "withdraw": (OPEN, "withdrawn", "reporter"),
    "confirm": ({"solved", "closed"}, "confirmed", "reporter"),
    "reopen": ({"solved", "confirmed", "closed"}, "reopened", "reporter"),
    "miss": ({"planned"}, "taken", "time"),
    "close": ({"solved"}, "closed", "time"),
}
"""Step → from where, to where, who may: written out once more, so that a slip in the table shows."""
STAYS = {"take": {"planned"}}
"""Step → from where it is made and changes no state."""
STATES = OPEN | {"solved", "confirmed", "cannot", "not_ours", "same", "withdrawn", "closed"}
ROLES = {
    "reporter": {"reporter"},
    "resident": set[str](),
    "panel": set[str](),
    "staff": {"office"},
    "staff elsewhere": set[str](),
    "coordinator": {"office"},
}
"""Who tries → as what they may."""
Do = Callable[[Work, Person, Complaint, Complaint], Awaitable[object]]


def _do(day: date) -> dict[str, Do]:
    return {
        "take": lambda work, by, it, other: complaints.take(work, by, it),
        "pass_on": lambda work, by, it, other: complaints.pass_on(work, by, it, "de gemeente"),
        "plan": lambda work, by, it, other: complaints.plan(work, by, it, day, "Dan"),
        "solve": lambda work, by, it, other: complaints.solve(work, by, it, "Gedaan"),
        "cannot": lambda work, by, it, other: complaints.cannot(work, by, it, "", "money"),
        "not_ours": lambda work, by, it, other: complaints.not_ours(work, by, it, "de verhuurder"),
        "same": same.go_on_with,
        "apart": lambda work, by, it, other: same.go_apart(work, by, it),
        "withdraw": lambda work, by, it, other: withdrawing.withdraw(work, by, it),
        "confirm": lambda work, by, it, other: verdicts.confirm(work, by, it),
        "reopen": lambda work, by, it, other: verdicts.reopen(work, by, it, Told("Toch niet")),
        "miss": lambda work, by, it, other: steps.move(work, it, "miss", by, "", {"before": day, "day": day}),
        "close": lambda work, by, it, other: steps.move(work, it, "close", by, "", {}),
    }


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


async def somebody(here: Rules, work: Work, role: str) -> Person:
    if role in ("panel", "staff"):
        return await here.with_role(work, role, role)
    if role == "staff elsewhere":
        person = await here.with_role(work, role, "staff")
        person.scope = Scope(topics=frozenset({"lights"}))
        return person
    return await here.person(work, {"coordinator": "Sanne", "reporter": "Anna"}.get(role, "Piet"))


def test_the_table_is_the_life_that_was_agreed() -> None:
    assert set(steps.STATE_NAMES) == STATES
    assert steps.OPEN_STATES == OPEN
    as_what = {steps.Who.OFFICE: "office", steps.Who.REPORTER: "reporter", steps.Who.TIME: "time"}
    for name, step in steps.STEPS.items():
        before, after, who = LIFE[name]
        assert (set(step.before) - ({"same"} if name == "withdraw" else set()), step.after, as_what[step.who]) == (
            before, after, who,
        ), name  # fmt: skip
        assert step.stays == STAYS.get(name, set()), name
        assert step.says or name == "withdraw", f"{name} is told to nobody"
    assert set(LIFE) == set(steps.STEPS)


@pytest.mark.parametrize("role", ROLES)
async def test_each_step_from_each_state(rules: Rules, role: str) -> None:
    """Two reported it: the other one hears of each step, and each leaves its line; what is refused leaves nothing."""
    day = rules.clock.now().date() + timedelta(days=4)
    async with rules.around.working() as work:
        by = await somebody(rules, work, role)
        for name, do in _do(day).items():
            fresh: tuple[Complaint, Complaint] | None = None
            for state in sorted(STATES - ({"same"} if name == "withdraw" else set())):
                if fresh is None:
                    fresh = await rules.report(work, "Anna"), await rules.report(work, "Cem")
                    if name != "withdraw":  # where others reported it too, it goes on: a test of its own
                        await rules.joins(work, "Ben", fresh[0])
                it, other = fresh
                it.state = state
                it.same_as = other.id if state == "same" else None
                for name_of in ("Anna", "Ben"):
                    await rules.told(work, name_of)
                before = await rules.history(work, it.code)
                said = f"{role} {name} from {state}"
                from_states, after, who = LIFE[name]
                try:
                    await do(work, by, it, other)
                except NotAllowed:
                    assert who not in ROLES[role], said
                except TooLate:
                    assert who in ROLES[role], said
                    assert state not in from_states, said
                else:
                    assert who in ROLES[role], said
                    assert state in from_states, said
                    assert it.state == (state if state in STAYS.get(name, set()) else after), said
                    assert (await rules.history(work, it.code))[len(before) :].count(name) == 1, said
                    heard = await rules.told(work, "Ben" if name != "withdraw" else "Anna")
                    assert bool(heard) is (name != "withdraw"), said
                    fresh = None
                    continue
                assert it.state == state, said
                assert await rules.history(work, it.code) == before, said
                assert await rules.told(work, "Ben") == [], said
                assert await rules.told(work, "Anna") == [], said


async def test_nothing_but_time_moves_what_only_time_may_and_time_moves_nothing_else(rules: Rules) -> None:
    async with rules.around.working() as work:
        it = await rules.report(work, "Anna")
        for name, (before, _after, who) in LIFE.items():
            it.state = min(before)
            if who != "time":
                with pytest.raises(NotAllowed):
                    await steps.move(work, it, name, None, "", {})


async def test_a_step_is_not_made_without_what_it_needs(rules: Rules) -> None:
    async with rules.around.working() as work:
        it, sanne = await rules.report(work, "Anna"), await rules.person(work, "Sanne")
        for name, step in steps.STEPS.items():
            if step.needs and step.who is steps.Who.OFFICE:
                it.state = min(step.before)
                with pytest.raises(ValueError, match=name):
                    await steps.move(work, it, name, sanne, "", {})
                assert it.state == min(step.before)


async def test_why_it_cannot_be_done_is_kept_and_read_in_each_language(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await rules.person(work, "Zaid", "ar")
        await rules.joins(work, "Zaid", it)
        await rules.told(work, "Anna"), await rules.told(work, "Zaid")
        await complaints.cannot(work, sanne, it, "Volgend jaar misschien", "money")
        assert it.reason == "money"
        (anna,), (zaid,) = await rules.told(work, "Anna"), await rules.told(work, "Zaid")
        assert "geen geld" in anna
        assert "Volgend jaar misschien" in zaid
        assert any("\u0600" <= sign <= "\u06ff" for sign in zaid)
        other = await rules.report(work, "Anna")
        await complaints.cannot(work, sanne, other, "Om een andere reden", "other")
        assert other.reason == "other"


# Same as another


async def test_who_reported_the_same_moves_along_and_back(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        first, second = await rules.report(work, "Anna"), await rules.report(work, "Ben", "Dezelfde tegel")
        await rules.joins(work, "Anna", second)  # reported both
        await rules.joins(work, "Cem", second, "Ik struikelde")
        assert isinstance(await acts.act(work, sanne, SameAs(second.id, f" m{first.id}")), Closing)
        assert (second.state, second.same_as) == ("same", first.id)
        assert await reporters_of(work, first) == {"Anna": "", "Ben": "Dezelfde tegel", "Cem": "Ik struikelde"}
        for who in ("Anna", "Ben", "Cem"):
            heard = " ".join(await rules.told(work, who))
            assert f"{second.code}" in heard
            assert f"verder met {first.code}" in heard or first.code in heard
        await complaints.plan(work, sanne, first, work.today + timedelta(days=3), "")
        for who in ("Anna", "Ben", "Cem"):
            assert len(await rules.told(work, who)) == 1, who
        await same.go_apart(work, sanne, second)
        assert (second.state, second.same_as) == ("received", None)
        assert set(await reporters_of(work, first)) == {"Anna"}, "who reported both stays"
        assert set(await reporters_of(work, second)) == {"Anna", "Ben", "Cem"}
        heard = " ".join(await rules.told(work, "Cem"))
        assert "uiterlijk" in heard, "they are owed an answer again"
        assert [state for _kind, state, *_days in await rules.ledger(work, second.code)] == ["dropped", "open"]


async def test_what_had_been_joined_comes_along(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        one, two, three = [await rules.report(work, who) for who in ("Anna", "Ben", "Cem")]
        await same.go_on_with(work, sanne, three, two)
        await same.go_on_with(work, sanne, two, one)
        assert (two.same_as, three.same_as) == (one.id, one.id)
        assert set(await reporters_of(work, one)) == {"Anna", "Ben", "Cem"}
        assert set(await reporters_of(work, two)) == {"Ben"}
        await same.go_apart(work, sanne, two)
        assert set(await reporters_of(work, one)) == {"Anna", "Cem"}


async def test_it_goes_on_with_one_that_is_open_and_another(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        one, two, three, done = [await rules.report(work, who) for who in ("Anna", "Ben", "Cem", "Anna")]
        await same.go_on_with(work, sanne, three, two)
        await complaints.solve(work, sanne, done, "Klaar")
        for typed in ("M999", one.code, three.code, done.code, "M0", "de andere", "", "M9999999999"):
            assert isinstance(await acts.act(work, sanne, SameAs(one.id, typed)), Refused), typed
            assert one.state == "received"
        with pytest.raises(NotAllowed):
            await acts.act(work, await rules.person(work, "Ben"), SameAs(one.id, two.code))


async def reporters_of(work: Work, complaint: Complaint) -> dict[str, str]:
    """Who reports it now, with what they said who came later; residents get their numbers in the order they come."""
    found = await work.session.scalars(select(Reporter).where(Reporter.complaint_id == complaint.id))
    return {{2: "Anna", 3: "Ben", 4: "Cem"}[each.resident_id]: each.words for each in found}


# No longer needed


async def test_who_reported_it_alone_withdraws_it(rules: Rules) -> None:
    async with rules.around.working() as work:
        it = await rules.report(work, "Anna")
        await rules.told(work, "Sanne")
        await acts.act(work, await rules.person(work, "Anna"), Withdrawn(it.id))
        assert it.state == "withdrawn"
        assert [it.code in each for each in await rules.told(work, "Sanne")] == [True]
        assert [state for _kind, state, *_days in await rules.ledger(work, it.code)] == ["dropped"]
        closing = await acts.act(work, await rules.person(work, "Anna"), Withdrawn(it.id))
        assert "niet meer nodig" in work.render(closing.words[0], "nl")  # type: ignore[union-attr]  # a closing


async def test_it_goes_on_for_the_others(rules: Rules) -> None:
    async with rules.around.working() as work:
        it = await rules.report(work, "Anna")
        await rules.joins(work, "Ben", it)
        await acts.act(work, await rules.person(work, "Anna"), Withdrawn(it.id))
        assert it.state == "received"
        assert set(await reporters_of(work, it)) == {"Ben"}
        with pytest.raises(NotAllowed):
            await acts.act(work, await rules.person(work, "Anna"), Withdrawn(it.id))
        await acts.act(work, await rules.person(work, "Ben"), Withdrawn(it.id))
        assert it.state == "withdrawn"


async def test_what_was_joined_is_let_go_too(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        one, two = await rules.report(work, "Anna"), await rules.report(work, "Ben")
        await same.go_on_with(work, sanne, two, one)
        await acts.act(work, await rules.person(work, "Ben"), Withdrawn(two.id))
        assert (one.state, two.state) == ("received", "withdrawn")
        assert set(await reporters_of(work, one)) == {"Anna"}


# Who has it


async def test_what_somebody_took_only_they_have_until_they_leave(rules: Rules) -> None:
    """Kim takes two; she works here no more: Tom sees them in the morning, takes the one and plans the other."""
    async with rules.around.working() as work:
        kim, tom = await rules.with_role(work, "Kim", "staff"), await rules.with_role(work, "Tom", "staff")
        one, two = await rules.report(work, "Anna"), await rules.report(work, "Ben")
        for it in (one, two):
            await complaints.take(work, kim, it)
        work.now += timedelta(days=3)  # the day on which an answer is promised
        with pytest.raises(TooLate):
            await complaints.take(work, tom, one)
        await rules.told(work, "Tom")
        tom.resident.morning = True
        await mornings.say(work, tom.resident.id, work.today.isoformat())
        assert await rules.told(work, "Tom") == [], "these are Kim's"
        of_kim = select(Role.id).where(Role.resident_id == kim.resident.id)
        await team.withdraw(work, await rules.person(work, "Sanne"), await work.session.scalar(of_kim) or 0)
        await mornings.say(work, tom.resident.id, work.today.isoformat())
        (said,) = await rules.told(work, "Tom")
        assert "voor vandaag: M1, M2" in said
        await complaints.take(work, tom, one)
        await complaints.plan(work, tom, two, work.today + timedelta(days=4), "")
        assert (one.handler_id, two.handler_id) == (tom.resident.id, tom.resident.id)
        ledger = await promises.count(work, tom)
        assert (ledger.by_staff[tom.resident.id].open, ledger.every.open) == (2, 2)
        with pytest.raises(TooLate):
            await complaints.take(work, await rules.with_role(work, "Fatma", "staff"), one)


# Is it really solved?


async def test_a_second_no_goes_to_the_coordinators(rules: Rules) -> None:
    async with rules.around.working() as work:
        kim, anna = await rules.with_role(work, "Kim", "staff"), await rules.person(work, "Anna")
        it = await rules.report(work, "Anna")
        await complaints.take(work, kim, it)
        for time in (1, 2):
            work.now += timedelta(minutes=1)
            await complaints.solve(work, kim, it, "Vast")
            await rules.told(work, "Kim"), await rules.told(work, "Sanne")
            promised = it.answer_by
            await acts.act(work, anna, FollowUpAnswer(it.id, "no", Told("Hij wiebelt")))
            assert it.reopened == time
            assert it.answer_by >= promised
            assert "Hij wiebelt" in (await rules.told(work, "Kim"))[0]
            assert len(await rules.told(work, "Sanne")) == time - 1


async def test_who_does_not_know_is_asked_once_more(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.solve(work, sanne, it, "Vast")
    await rules.passes(days=3)
    async with rules.around.working() as work:
        anna = await rules.person(work, "Anna")
        me = f"R{anna.resident.id}"
        assert rules.asked == [(me, "M1", False)]
        await acts.act(work, anna, FollowUpAnswer(1, "unknown", Told()))
    await rules.passes(days=6)
    assert len(rules.asked) == 1
    await rules.passes(days=1)
    assert rules.asked[1:] == [(me, "M1", True)]
    async with rules.around.working() as work:
        await acts.act(work, await rules.person(work, "Anna"), FollowUpAnswer(1, "unknown", Told(), again=True))
    await rules.passes(days=6)
    assert len(rules.asked) == 2
    await rules.passes(days=8)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Complaint, 1)).state == "closed"


async def test_closing_waits_for_who_is_asked_once_more(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await rules.report(work, "Anna")
        await complaints.solve(work, sanne, it, "Vast")
    await rules.passes(days=3)
    await rules.passes(days=7)
    await rules.passes(days=6)
    async with rules.around.working() as work:
        await acts.act(work, await rules.person(work, "Anna"), FollowUpAnswer(1, "unknown", Told()))
    await rules.passes(days=6)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Complaint, 1)).state == "solved"
    await rules.passes(days=1)
    assert rules.asked[-1][2] is True
    await rules.passes(days=8)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Complaint, 1)).state == "closed"


# Over the wire: buttons that were never shown, with the numbers of others


async def _reported(town: Town, who: Phone) -> None:
    who.say("/report")
    await who.hears()
    who.tap("Broken pavement or road")
    await who.hears()
    who.say("A loose tile")
    await who.hears()
    who.say("Schoolstraat")
    await who.hears(2)
    who.tap("Skip")
    await who.hears()
    who.tap("Send")
    await who.sees("M1")


async def test_made_up_buttons_do_nothing_for_who_may_not(town: Town) -> None:
    sanne, anna, piet = await town.coordinator("en"), await town.known("Anna", "en"), await town.known("Piet", "en")
    await _reported(town, anna)
    await sanne.sees("M1")
    for who in (anna, piet):
        for what in (
            "take",
            "plan",
            "solve",
            "pass_on",
            "cannot",
            "not_ours",
            "same",
            "apart",
            "tell",
            "slip",
            "heard",
        ):
            who.tap_data(f"M1.{what}")
            await who.sees("I don't know that one")
        who.tap_data("promises.0.late")
        await who.sees("I don't know that one")
        for nonsense in ("M1.confirm", "M1.reopen", "M1.close", "M1.miss", "M1.", "M1.nothing", "M999.withdraw"):
            who.tap_data(nonsense)
            await who.sees("That button doesn't work any more")
    piet.tap_data("M1.withdraw")
    await piet.sees("I don't know that one")
    anna.tap_data("M1.withdraw")
    seen = await anna.sees("is it no longer needed")
    yes = next(button.data for row in seen.buttons for button in row if button.label.startswith("Yes"))
    assert yes is not None
    piet.tap_data(yes)
    await piet.sees("That one is finished already")
    for nonsense in ("M999.take", "M1.confirm", "promises.0.nothing", "promises.x.late", "promises.9999999999.late"):
        sanne.tap_data(nonsense)
        await sanne.sees("That button doesn't work any more")
    anna.tap("No, go on with it")
    await anna.sees("Everything stays as it is")
    sanne.tap_data("M1.take")
    await sanne.sees("You have M1 now")


async def test_promises_of_what_is_settled_are_none_of_the_open_ones(rules: Rules) -> None:
    """However it ended, nothing about it is promised any more."""
    async with rules.around.working() as work:
        day = work.today + timedelta(days=4)
        for name, do in _do(day).items():
            it, other = await rules.report(work, "Anna"), await rules.report(work, "Ben")
            it.state = min(LIFE[name][0])
            if LIFE[name][2] == "time" or name in ("confirm", "reopen"):
                continue
            await do(work, await rules.person(work, "Sanne" if LIFE[name][2] == "office" else "Anna"), it, other)
            here = (Promise.subject == it.code, Promise.state == "open")
            still = list(await work.session.scalars(select(Promise).where(*here)))
            assert bool(still) is (it.state in OPEN), name
            assert len(still) <= 1, name
