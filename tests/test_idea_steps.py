"""Each step of an idea's life, and each that there isn't, for each role: who may, what it leaves, who hears it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.neighbourhood import (
    acts,
    hand_over,
    idea_rules,
    idea_steps,
    ideas,
    money,
    panel,
    panel_members,
    privacy,
    role_changes,
    team,
)
from bot.neighbourhood.idea_steps import STEPS, Who
from bot.neighbourhood.work import NotAllowed, Person, Scope, TooLate, Work
from bot.store.tables import Due, Idea, Promise, Role, Voucher
from bot.telegram import codes
from bot.telegram.dialogues import Dialogues
from conversations.idea_said import IdeaSupplied, IdeaWithdrawn
from conversations.office_said import IdeaAnswered
from conversations.questions import Told
from conversations.results import IdeaHandedIn, Refused
from conversations.words import Money, _
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.town import MONDAY

LIFE: dict[str, tuple[str, str, set[str]]] = {
    "answer": ("received answered", "answered", {"office"}),
    "more": ("received checked", "more", {"office", "panel"}),
    "supply": ("more", "received", {"owner"}),
    "check": ("received", "checked", {"bot"}),
    "consult": ("checked", "consulting", {"panel", "coordinator"}),
    "consulted": ("consulting", "checked", {"bot"}),
    "award": ("received answered checked not_now", "awarded", {"decider", "bot"}),
    "not_now": ("received answered checked", "not_now", {"decider"}),
    "cannot": ("received answered checked", "cannot", {"decider"}),
    "refer": ("received answered more checked", "referred", {"office"}),
    "accept": ("awarded", "accepted", {"owner"}),
    "start": ("accepted", "running", {"owner", "office"}),
    "account": ("accepted running", "accounted", {"owner"}),
    "finish": ("answered accounted", "finished", {"office"}),
    "withdraw": (
        "received more answered checked consulting awarded accepted running",
        "withdrawn",
        {"owner"},
    ),
    "expire": ("more awarded", "expired", {"bot"}),
}
"""Step → from where, to where, who may: written out once more, so that a slip in the table shows."""
AS_WHAT = {
    Who.OWNER: "owner",
    Who.OFFICE: "office",
    Who.PANEL: "panel",
    Who.COORDINATOR: "coordinator",
    Who.DECIDER: "decider",
    Who.BOT: "bot",
}
ROLES: dict[str, dict[str, set[str]]] = {
    "owner": {"panel": {"owner"}, "advises": {"owner"}, "no panel": {"owner"}},
    "other": {"panel": set(), "advises": set(), "no panel": set()},
    "panel": {"panel": {"panel"}, "advises": {"panel"}},
    "chair": {"panel": {"panel", "decider"}, "advises": {"panel"}},
    "staff": {"panel": {"office"}, "advises": {"office"}, "no panel": {"office"}},
    "staff elsewhere": {"panel": set(), "advises": set(), "no panel": set()},
    "coordinator": {
        "panel": {"office", "coordinator"},
        "advises": {"office", "coordinator", "decider"},
        "no panel": {"office", "coordinator", "decider"},
    },
    "bot": {"panel": {"bot"}, "advises": {"bot"}, "no panel": {"bot"}},
}
"""Who tries → who decides in the area → as what they may."""
ATTEMPTS = [(role, mode) for role, modes in ROLES.items() for mode in modes]


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


def panel_that(rules: Rules, decides: str) -> None:
    """The panel decides, or advises."""
    area = rules.around.area
    rules.around.area = area.model_copy(update={"panel": area.panel.model_copy(update={"decides": decides})})


async def a_panel(rules: Rules, work: Work, *names: str) -> list[Person]:
    """Members of the panel, the first in the chair."""
    people = [await rules.with_role(work, name, "panel") for name in names]
    seat = select(Role.id).where(Role.resident_id == people[0].resident.id, Role.role == "panel")
    await panel_members.make_chair(work, await rules.person(work, "Sanne"), await work.session.scalar(seat) or 0)
    people[0].chairs = True
    return people


async def an_idea(rules: Rules, work: Work, wish: str = "money", cents: int | None = 10_000) -> Idea:
    """Anna's idea."""
    handed = IdeaHandedIn(Told("Een bankje"), "", "", "", wish, cents=cents)
    await acts.act(work, await rules.person(work, "Anna"), handed)
    number = await work.session.scalar(select(func.max(Idea.id)))
    return await work.session.get_one(Idea, number)


async def budget(rules: Rules, work: Work, cents: int) -> None:
    """Money for the neighbourhood in which everybody lives here."""
    await money.put_in(work, await rules.person(work, "Sanne"), "WK091722", work.today.year, cents)


def facts(day: date) -> dict[str, Any]:
    """All that any step needs."""
    said = {"words": "Zo zit het", "can": "Iets kleiners", "where": "de gemeente"}
    return {**said, "day": day, "closes": day, "amount": Money(100)}


async def somebody(rules: Rules, work: Work, role: str) -> Person | None:
    if role == "bot":
        return None
    if role == "chair":
        return (await a_panel(rules, work, "chair", "Piet"))[0]
    if role in ("panel", "staff"):
        return await rules.with_role(work, role, role)
    if role == "staff elsewhere":
        person = await rules.with_role(work, role, "staff")
        person.scope = Scope(topics=frozenset({"lights"}))
        return person
    return await rules.person(work, {"coordinator": "Sanne", "owner": "Anna"}.get(role, "Willem"))


def test_the_table_is_the_life_that_was_agreed() -> None:
    assert set(LIFE) == set(STEPS)
    for name, step in STEPS.items():
        before, after, who = LIFE[name]
        assert (set(step.before), step.after, {AS_WHAT[each] for each in step.who}) == (
            set(before.split()), after, who,
        ), name  # fmt: skip
        assert step.says, f"{name} is told to nobody"
        assert step.before <= idea_steps.STATES
        assert step.after in idea_steps.STATES
    ends = idea_steps.STATES - {state for step in STEPS.values() for state in step.before}
    assert ends == {"cannot", "finished", "withdrawn", "referred", "expired"}
    reached = {step.after for step in STEPS.values()} | {"received"}
    assert reached == idea_steps.STATES


def test_a_no_says_why_and_what_can_be_done_and_when_it_can_be_asked_again() -> None:
    for name in ("not_now", "cannot"):
        assert set(STEPS[name].needs) == {"why|words", "can", "day"}
        said = {value for each in STEPS[name].says if not isinstance(each, str) for value in each.values}
        assert {"can", "day"} <= said


@pytest.mark.parametrize(("role", "mode"), ATTEMPTS)
async def test_each_step_from_each_state(rules: Rules, role: str, mode: str) -> None:
    """What is made leaves its line and is heard by its owner; what is refused leaves nothing."""
    panel_that(rules, "advises" if mode == "advises" else "panel")
    async with rules.around.working() as work:
        work.area = rules.around.area
        if mode != "no panel":
            await a_panel(rules, work, "Piet")
        by = await somebody(rules, work, role)
        day = work.today + timedelta(days=30)
        for name, step in STEPS.items():
            wish = "advice" if name == "answer" and mode != "no panel" else "money"
            fresh: Idea | None = None
            for state in sorted(idea_steps.STATES):
                it = fresh = fresh or await an_idea(rules, work, wish)
                advice = "meeting" if mode == "panel" and role != "bot" else "award"
                it.state, it.advice, it.waits_since = state, advice if wish == "money" else "", work.now
                await work.session.flush()
                await rules.told(work, "Anna")
                before = await rules.history(work, it.code)
                said = f"{role} in {mode}: {name} from {state}"
                allowed = ROLES[role][mode] & LIFE[name][2]
                if role == "bot" and name == "award" and mode != "panel":
                    allowed = set()  # no vote decides there
                try:
                    made = await idea_steps.make_step(work, name, by, it, **facts(day))
                except NotAllowed:
                    assert not allowed, said
                except TooLate:
                    assert allowed, said
                    assert state not in step.before, said
                else:
                    assert allowed, said
                    assert state in step.before, said
                    assert it.state == step.after, said
                    assert (await rules.history(work, it.code))[len(before) :].count(name) == 1, said
                    heard = await rules.told(work, "Anna")
                    assert made.heard, said
                    assert bool(heard) is (role != "owner"), said
                    assert it.code in " ".join(heard or [work.render(each, "nl") for each in made.said]), said
                    fresh = None
                    continue
                assert it.state == state, said
                assert await rules.history(work, it.code) == before, said
                assert await rules.told(work, "Anna") == [], said


async def test_a_step_is_not_made_without_what_it_needs(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        for name, step in STEPS.items():
            for missing in step.needs:
                it = await an_idea(rules, work)
                it.state = min(step.before)
                by = None if LIFE[name][2] == {"bot"} else sanne
                by = await rules.person(work, "Anna") if LIFE[name][2] == {"owner"} else by
                known = {key: value for key, value in facts(work.today).items() if key not in missing.split("|")}
                with pytest.raises(ValueError, match=name):
                    await idea_steps.make_step(work, name, by, it, **known)
                assert it.state == min(step.before)


async def test_of_an_idea_of_their_own_they_say_only_what_any_owner_does(rules: Rules) -> None:
    """A colleague finishes it, asks, or says yes: Sanne is coordinator, and chairs the panel too."""
    async with rules.around.working() as work:
        (sanne,) = await a_panel(rules, work, "Sanne")
        await acts.act(work, sanne, IdeaHandedIn(Told("Een bankje voor mij"), "", "", "", "money"))
        it = await work.session.get_one(Idea, 1)
        for name, step in STEPS.items():
            for state in sorted(step.before):
                it.state, it.advice = state, "meeting"
                if Who.OWNER in step.who:
                    await idea_steps.make_step(work, name, sanne, it, **facts(work.today))
                else:
                    with pytest.raises(NotAllowed):
                        await idea_steps.make_step(work, name, sanne, it, **facts(work.today))


# What follows by itself


async def test_the_clock_stands_still_while_its_owner_is_asked(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await an_idea(rules, work)
        promised = it.answer_by
        await acts.act(work, sanne, IdeaAnswered(1, "more", "Hoeveel mensen doen mee?"))
        (asked,) = await rules.told(work, "Anna")
        assert "Hoeveel mensen doen mee?" in asked
        assert "klok staat stil" in asked
        assert [state for _kind, state, *_days in await rules.ledger(work, "I1")] == ["dropped"]
    rules.clock.move(timedelta(days=4))
    async with rules.around.working() as work:
        anna = await rules.person(work, "Anna")
        closing = await acts.act(work, anna, IdeaSupplied(1, Told("Wel zes")))
        assert not isinstance(closing, Refused)
        said = " ".join(work.render(each, "nl") for each in closing.words)
        it = await work.session.get_one(Idea, 1)
        assert "4 dagen" in said
        assert it.answer_by >= promised + timedelta(days=4)
        assert (it.state, it.missing, it.words) == ("received", "", "Een bankje\nWel zes")
        assert [state for _kind, state, *_days in await rules.ledger(work, "I1")] == ["dropped", "open"]
        assert any("Wel zes" in each for each in await rules.told(work, "Sanne"))
        with pytest.raises(TooLate):
            await acts.act(work, anna, IdeaSupplied(1, Told("Nog iets")))


@pytest.mark.parametrize("waits", ["more", "awarded"])
async def test_who_does_not_answer_is_reminded_twice_and_then_it_is_closed(rules: Rules, waits: str) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        await an_idea(rules, work)
        await budget(rules, work, 10_000)
        if waits == "more":
            await acts.act(work, sanne, IdeaAnswered(1, "more", "Waar precies?"))
        else:
            await acts.act(work, sanne, IdeaAnswered(1, "award", "Mooi", 10_000))
        await rules.told(work, "Anna")
    for time in (1, 2):
        await rules.passes(days=7)
        async with rules.around.working() as work:
            (said,) = await rules.told(work, "Anna")
            assert "wachten nog op jou" in said
            assert ("sluiten we het af" in said) is (time == 2)
    await rules.passes(days=7)
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Anna")
        assert "hoorden niets" in said
        assert (await work.session.get_one(Idea, 1)).state == "expired"
        if waits == "awarded":
            sums = {
                each.neighbourhood: each for each in await money.sums(work, await rules.person(work, "Sanne"), 2026)
            }
            assert sums["WK091722"].available == 10_000
    await rules.passes(days=30)
    async with rules.around.working() as work:
        assert await rules.told(work, "Anna") == []


async def test_reminders_stop_when_its_owner_answered(rules: Rules) -> None:
    async with rules.around.working() as work:
        await an_idea(rules, work, "advice")
        await acts.act(work, await rules.person(work, "Sanne"), IdeaAnswered(1, "more", "Waar precies?"))
        await acts.act(work, await rules.person(work, "Anna"), IdeaSupplied(1, Told("Hier")))
        await acts.act(work, await rules.person(work, "Sanne"), IdeaAnswered(1, "answer", "Kom langs"))
        await rules.told(work, "Anna")
    await rules.passes(days=30)
    async with rules.around.working() as work:
        assert await rules.told(work, "Anna") == []
        assert (await work.session.get_one(Idea, 1)).state == "answered"


@pytest.mark.parametrize("what", ["not_now", "cannot"])
async def test_who_may_ask_again_hears_so_on_that_day_and_sends_it_again(rules: Rules, what: str) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        await an_idea(rules, work)
        day = work.today + timedelta(days=20)
        no = IdeaAnswered(1, what, "Het potje is leeg.", None, "money", "Vraag een plek zonder geld.", day)
        await acts.act(work, sanne, no)
        (said,) = await rules.told(work, "Anna")
        for part in ("geen geld", "Het potje is leeg.", "Vraag een plek zonder geld.", "weer vragen"):
            assert part in said
    await rules.passes(days=21)
    async with rules.around.working() as work:
        (said,) = await rules.told(work, "Anna")
        assert "Vanaf nu kun je het weer vragen" in said
        assert await work.session.scalar(select(func.count()).select_from(Due).where(Due.subject == "I1")) == 0
        talk = Dialogues(work, await rules.person(work, "Anna"))
        assert await codes.button(talk, "I1", "again"), "the button under that message"
        assert [each.flow for each in talk.person.conversations] == ["idea"]


async def test_after_a_missed_day_there_is_one_day_and_one_sorry(rules: Rules) -> None:
    """The rules are checked after the answer's day had passed: Anna reads one day, and waits for one answer."""
    async with rules.around.working() as work:
        await a_panel(rules, work, "Piet", "Loes", "Ali")
        promised = (await an_idea(rules, work)).answer_by
        await rules.told(work, "Anna")
    await rules.passes(days=(promised - MONDAY.date()).days + 1)
    async with rules.around.working() as work:
        (sorry,) = await rules.told(work, "Anna")
        assert "Sorry" in sorry
        idea = await work.session.get_one(Idea, 1)
        for name in ("Piet", "Loes"):
            for rule in idea_rules.rules_of(work, idea):
                await panel.check(work, await rules.person(work, name), idea, rule.key, "yes")
        day = idea.answer_by
        (fits,) = await rules.told(work, "Anna")
        assert work.render(_("You hear from us no later than {day}.", day=day), "nl") in fits
        ledger = await rules.ledger(work, "I1")
        assert [each[:2] for each in ledger] == [("answer", "broken"), ("again", "open")]
        assert ledger[-1][3] == day.isoformat()
    while rules.clock.now().date() <= day:
        await rules.passes(days=1)
    async with rules.around.working() as work:
        (sorry,) = await rules.told(work, "Anna")
        said = _("{code}: we promised an answer by {before}. It isn't there yet. Sorry.", code="I1", before=day)
        assert work.render(said, "nl") in sorry


async def test_what_was_given_goes_back_when_its_owner_stops(rules: Rules) -> None:
    async with rules.around.working() as work:
        anna, sanne = await rules.person(work, "Anna"), await rules.person(work, "Sanne")
        await an_idea(rules, work)
        await budget(rules, work, 15_000)
        await acts.act(work, sanne, IdeaAnswered(1, "award", "Mooi", 10_000))
        it = await work.session.get_one(Idea, 1)
        await ideas.step_of_owner(work, anna, it, "accept")
        await ideas.step_of_owner(work, anna, it, "start")
        await acts.act(work, anna, IdeaWithdrawn(1))
        assert it.state == "withdrawn"
        assert (await work.session.get_one(Voucher, 1)).state == "closed"
        (sums,) = await money.sums(work, sanne, 2026)
        assert (sums.available, sums.returned) == (15_000, 10_000)


async def test_a_yes_without_enough_money_changes_nothing(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne, it = await rules.person(work, "Sanne"), await an_idea(rules, work)
        await budget(rules, work, 9_999)
        await rules.told(work, "Anna")
        refused = await acts.act(work, sanne, IdeaAnswered(1, "award", "Mooi", 10_000))
        assert isinstance(refused, Refused)
        assert refused.drop == "cents"
        assert "99,99" in work.render(refused.reason, "nl")
        assert (it.state, it.awarded_cents) == ("received", None)
        assert await rules.told(work, "Anna") == []
        await acts.act(work, sanne, IdeaAnswered(1, "award", "Mooi", 9_999))
        assert (it.state, it.awarded_cents) == ("awarded", 9_999)


async def test_what_only_wants_advice_or_to_be_known_needs_no_panel(rules: Rules) -> None:
    async with rules.around.working() as work:
        await a_panel(rules, work, "Piet")
        kim = await rules.with_role(work, "Kim", "staff")
        for wish in ("advice", "know"):
            it = await an_idea(rules, work, wish)
            assert it.answer_by == work.answer_by("other")
            await acts.act(work, kim, IdeaAnswered(it.id, "answer", "Kom koffie drinken"))
            await ideas.finish(work, kim, it)
            assert it.state == "finished"
            assert not any("regiegroep" in each for each in await rules.told(work, "Anna"))
        it = await an_idea(rules, work)
        assert it.answer_by > work.answer_by("other")
        with pytest.raises(NotAllowed) as refusal:
            await acts.act(work, kim, IdeaAnswered(it.id, "answer", "Wij beslissen dit wel"))
        assert refusal.value.words is not None


# The contact


async def test_the_least_busy_of_the_office_is_there_for_it_by_name(rules: Rules) -> None:
    async with rules.around.working() as work:
        for name in ("Kim", "Lea"):
            (await rules.with_role(work, name, "staff")).resident.name = name
        closing = await acts.act(
            work, await rules.person(work, "Anna"), IdeaHandedIn(Told("Een bankje"), "", "", "", "know")
        )
        assert not isinstance(closing, Refused)
        assert "Kim van het kantoor" in " ".join(work.render(each, "nl") for each in closing.words)
        it = await an_idea(rules, work, "know")
        lea = await rules.person(work, "Lea")
        assert it.contact_id == lea.resident.id
        assert any("I2" in each for each in await rules.told(work, "Lea"))
        lea.scope = Scope(topics=frozenset({"lights"}))
        role = await work.session.scalar(select(Role).where(Role.resident_id == lea.resident.id))
        assert role is not None
        await team.limit(work, await rules.person(work, "Sanne"), role.id, Scope(topics=frozenset({"lights"})))
        it = await an_idea(rules, work, "know")
        assert it.contact_id == (await rules.person(work, "Kim")).resident.id


async def test_who_takes_over_is_told_by_name(rules: Rules) -> None:
    async with rules.around.working() as work:
        kim = await rules.with_role(work, "Kim", "staff")
        kim.resident.name = "Kim"
        await an_idea(rules, work)
        lea = await rules.with_role(work, "Lea", "staff")
        lea.resident.name = "Lea"
        await rules.told(work, "Anna"), await rules.told(work, "Lea")
        assert await hand_over.has_work(work, kim.resident.id)
        await hand_over.hand_over(work, kim, kim.resident.id, lea.resident.id, "")
        (said,) = await rules.told(work, "Anna")
        assert "Lea" in said
        assert "Kim" in said
        assert any("I1" in each for each in await rules.told(work, "Lea"))
        assert (await work.session.get_one(Idea, 1)).contact_id == lea.resident.id


@pytest.mark.parametrize("how", ["role is taken away", "forgotten"])
async def test_when_the_contact_leaves_the_owner_hears_who_is_there_now(rules: Rules, how: str) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        kim = await rules.with_role(work, "Kim", "staff")
        kim.resident.name = "Kim"
        await an_idea(rules, work, "know")
        await an_idea(rules, work, "know")
        lea = await rules.with_role(work, "Lea", "staff")
        lea.resident.name = "Lea"
        stopped = await work.session.get_one(Idea, 2)
        stopped.state = "withdrawn"
        await rules.told(work, "Anna"), await rules.told(work, "Lea")
        if how == "forgotten":
            await privacy.forget(work, kim)
        else:
            role = await work.session.scalar(select(Role.id).where(Role.resident_id == kim.resident.id))
            await role_changes.withdraw(work, sanne, role or 0)
        (said,) = await rules.told(work, "Anna")
        assert "I1: Lea is er vanaf nu voor jou." in said
        (said,) = await rules.told(work, "Lea")
        assert "bedenker van: I1" in said
        assert (await work.session.get_one(Idea, 1)).contact_id == lea.resident.id
        open_ones = select(Promise.made_by).where(Promise.subject == "I1", Promise.state == "open")
        assert await work.session.scalar(open_ones) == lea.resident.id
        role = await work.session.scalar(select(Role.id).where(Role.resident_id == lea.resident.id))
        await role_changes.withdraw(work, sanne, role or 0)
        (said,) = await rules.told(work, "Anna")
        assert "I1: wie er voor jou was, is weg." in said


async def test_who_still_works_for_the_office_stays_the_contact(rules: Rules) -> None:
    async with rules.around.working() as work:
        kim = await rules.with_role(work, "Kim", "staff")
        kim.resident.name = "Kim"
        await an_idea(rules, work, "know")
        await rules.with_role(work, "Kim", "coordinator")
        await rules.told(work, "Anna")
        staff = (Role.resident_id == kim.resident.id, Role.role == "staff")
        role = await work.session.scalar(select(Role.id).where(*staff))
        await role_changes.withdraw(work, await rules.person(work, "Sanne"), role or 0)
        assert await rules.told(work, "Anna") == []
        assert (await work.session.get_one(Idea, 1)).contact_id == kim.resident.id
