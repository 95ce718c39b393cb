"""The panel: rules and votes by tapping, counted once, by whoever may; its meeting; who decides and who advises."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, select

from bot.neighbourhood import (
    acts,
    idea_rules,
    money,
    own_data,
    panel,
    panel_members,
    panel_votes,
    privacy,
    residents,
    role_changes,
    team,
)
from bot.neighbourhood.area.ideas import Rule, RulesVersion
from bot.neighbourhood.work import NotAllowed, Person, Surroundings, TooLate, Work
from bot.reports.my_data import sections
from bot.store.database import Database
from bot.store.tables import Entry, History, Idea, Message, Post, Role, Vote
from conversations.idea_said import IdeaSupplied, MeetingAdvised
from conversations.office_said import IdeaAnswered
from conversations.questions import Told
from conversations.results import IdeaHandedIn, Refused
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.test_idea_steps import a_panel, an_idea, budget, panel_that
from tests.town import Town

FOUR = ("Piet", "Loes", "Ali", "Fatma")


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


@pytest_asyncio.fixture
async def either(tmp_path: Path, database_url: str) -> AsyncIterator[Rules]:
    """The rules, on each of the two databases."""
    async with running_rules(tmp_path, database_url) as here:
        yield here


def keys(work: Work) -> list[str]:
    """The rules that hold today."""
    version = work.area.ideas.on(work.today)
    assert version is not None
    return [rule.key for rule in version.rules]


async def fits(work: Work, idea: Idea, *members: Person) -> None:
    """Each of these says that the idea fits each rule."""
    for key in keys(work):
        for member in members:
            await panel.check(work, member, idea, key, "yes")


async def ready(rules: Rules, work: Work, names: tuple[str, ...] = FOUR) -> tuple[Idea, list[Person]]:
    """Anna's idea, which fits the rules; nobody has heard anything yet."""
    members = await a_panel(rules, work, *names)
    idea = await an_idea(rules, work)
    await fits(work, idea, *members[:2])
    assert idea.state == "checked"
    for name in (*names, "Anna", "Sanne"):
        await rules.told(work, name)
    return idea, members


# The rules


async def test_two_look_at_each_rule_and_then_the_vote_begins(rules: Rules) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work)
        await rules.told(work, "Anna")
        await fits(work, idea, members[0])
        assert idea.state == "received"
        with pytest.raises(TooLate):
            await panel.vote(work, members[0], idea, "for")
        await fits(work, idea, members[2])
        assert idea.state == "checked"
        (said,) = await rules.told(work, "Anna")
        assert "past bij de regels" in said
        assert "regiegroep" in said
        assert "uiterlijk" in said
        with pytest.raises(TooLate):
            await panel.check(work, members[1], idea, keys(work)[0], "no")


@pytest.mark.parametrize("verdict", ["no", "unsure"])
async def test_a_rule_of_which_not_all_are_sure_goes_to_the_meeting(rules: Rules, verdict: str) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work)
        await rules.told(work, "Piet")
        await fits(work, idea, members[1])
        for key in keys(work):
            await panel.check(work, members[2], idea, key, verdict if key == "allowed" else "yes")
        assert (idea.state, idea.advice) == ("received", "meeting")
        (said,) = await rules.told(work, "Piet")
        assert "vergadering" in said
        assert "Het mag" in said
        for who in (members[1], await rules.person(work, "Sanne")):
            with pytest.raises(NotAllowed):
                await acts.act(work, who, IdeaAnswered(1, "award", "Ja", 100))
        await budget(rules, work, 10_000)
        await acts.act(work, members[0], IdeaAnswered(1, "award", "De vergadering zegt ja", 5_000))
        assert (idea.state, idea.awarded_cents) == ("awarded", 5_000)


async def test_a_member_may_change_what_they_said_of_a_rule(rules: Rules) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work)
        await panel.check(work, members[0], idea, "here", "no")
        await panel.check(work, members[0], idea, "here", "yes")
        await fits(work, idea, *members[:2])
        assert idea.state == "checked"
        with pytest.raises(ValueError, match="nonsense"):
            await panel.check(work, members[0], await an_idea(rules, work), "nonsense", "yes")


async def test_an_idea_is_judged_by_the_rules_of_its_day(rules: Rules) -> None:
    async with rules.around.working() as work:
        old = await an_idea(rules, work)
        assert [each.key for each in idea_rules.rules_of(work, old)] == keys(work)
    area = rules.around.area
    words = dict.fromkeys(area.languages, "Het is groen.")
    green = RulesVersion(version="2", valid_from=date(2026, 11, 24), rules=(Rule(key="green", words=words),))
    ideas = area.ideas.model_copy(update={"versions": (*area.ideas.versions, green)})
    rules.around.area = area.model_copy(update={"ideas": ideas})
    rules.clock.move(timedelta(days=2))
    async with rules.around.working() as work:
        new = await an_idea(rules, work)
        old = await work.session.get_one(Idea, 1)
        assert [each.key for each in idea_rules.rules_of(work, new)] == ["green"]
        assert [each.key for each in idea_rules.rules_of(work, old)] != ["green"]
        await a_panel(rules, work, "Piet")
        await rules.told(work, "Sanne"), await rules.told(work, "Piet")
        await idea_rules.begin(work)
        for name in ("Sanne", "Piet"):
            (said,) = await rules.told(work, name)
            assert "Het is groen." in said
        await work.write_down()
        await idea_rules.begin(work)
        assert await rules.told(work, "Sanne") == [], "once"


async def test_where_nothing_was_handed_in_no_rules_are_new(rules: Rules) -> None:
    async with rules.around.working() as work:
        await idea_rules.begin(work)
        assert await rules.told(work, "Sanne") == []


# The votes


async def test_a_majority_gives_the_money_at_once(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        for member, vote in zip(members, ("for", "against", "for", "for"), strict=True):
            assert idea.state == "checked"
            await panel.vote(work, member, idea, vote)
        assert (idea.state, idea.awarded_cents) == ("awarded", 10_000)
        (said,) = await rules.told(work, "Anna")
        for part in ("€ 100", "Stemmen voor: 3. Stemmen tegen: 1.", "Tik op de knop"):
            assert part in said.replace("\xa0", " ")
        assert any("Voor" in each or "voor: 3" in each for each in await rules.told(work, "Loes"))
        (sums,) = await money.sums(work, await rules.person(work, "Sanne"), 2026)
        assert sums.available == 20_000
        booked = await work.session.scalars(select(Entry.by).where(Entry.idea_id == idea.id))
        assert set(booked) == {None}, "the votes gave it, not who voted last"
        with pytest.raises(TooLate):
            await panel.vote(work, members[0], idea, "against")


async def test_a_members_own_data_hold_their_votes_and_what_they_said_of_rules(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await panel.vote(work, members[0], idea, "for")
        await panel.vote(work, members[1], idea, "against")
        kept = await own_data.kept_of(work, members[0].resident)
        assert [(each["code"], each["vote"]) for each in kept["votes"]] == [("I1", "for")]
        assert {each["verdict"] for each in kept["rule_checks"]} == {"yes"}
        page = json.dumps(sections(work, kept, "en"))
        assert "Your votes in the panel" in page
        assert "For" in page


async def test_only_the_newest_vote_of_a_member_counts(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for vote in ("for", "against", "for", "against"):
            await panel.vote(work, members[0], idea, vote)
        count = await panel_votes.count(work, idea)
        assert (count.yes, count.no, count.waiting) == (0, 1, 3)


async def test_who_is_involved_is_out_of_the_count(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        await panel.vote(work, members[0], idea, "for")
        await panel.vote(work, members[1], idea, "involved")
        await panel.vote(work, members[2], idea, "for")
        await panel.vote(work, members[3], idea, "against")
        assert idea.state == "awarded"
        count = await panel_votes.count(work, idea)
        assert (count.yes, count.no, count.involved) == (2, 1, 1)


async def test_who_is_involved_does_not_judge_the_rules_either(rules: Rules) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work)
        await fits(work, idea, members[0])
        await panel.vote(work, members[0], idea, "involved")
        await fits(work, idea, members[1])
        assert idea.state == "received", "one of the two is out"
        await fits(work, idea, members[2])
        assert idea.state == "checked"


async def test_a_member_is_involved_in_an_idea_of_their_own(rules: Rules) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        await acts.act(work, members[0], IdeaHandedIn(Told("Een bankje"), "", "", "", "money", cents=100))
        idea = await work.session.get_one(Idea, 1)
        assert await panel_votes.votes_of(work, idea) == {members[0].resident.id: "involved"}
        await fits(work, idea, *members[1:3])
        with pytest.raises(NotAllowed):
            await panel.vote(work, members[0], idea, "for")


@pytest.mark.parametrize("votes", [("for", "for", "against", "against"), ("for", "for", "involved", "involved")])
async def test_a_tie_and_too_few_votes_go_to_the_meeting(rules: Rules, votes: tuple[str, ...]) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for member, vote in zip(members, votes, strict=True):
            await panel.vote(work, member, idea, vote)
        assert (idea.state, idea.advice) == ("checked", "meeting")
        assert await rules.told(work, "Anna") == []
        assert any("vergadering" in each for each in await rules.told(work, "Ali"))
        day = work.today + timedelta(days=60)
        no = IdeaAnswered(1, "not_now", "", None, "few", "Vraag twee buren mee.", day)
        for who in (members[1], await rules.person(work, "Sanne"), await rules.person(work, "Anna")):
            with pytest.raises(NotAllowed):
                await acts.act(work, who, no)
        await acts.act(work, members[0], no)
        (said,) = await rules.told(work, "Anna")
        for part in ("sorry, nu niet", "te weinig buren", "Vraag twee buren mee."):
            assert part in said


async def test_no_is_never_said_by_counting_alone(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for member in members:
            await panel.vote(work, member, idea, "against")
        assert (idea.state, idea.advice) == ("checked", "not_now")
        assert await rules.told(work, "Anna") == []
        assert any("waarom" in each for each in await rules.told(work, "Piet"))
        await budget(rules, work, 10_000)
        with pytest.raises(NotAllowed):
            await acts.act(work, members[0], IdeaAnswered(1, "award", "Toch maar wel", 10_000))


async def test_when_time_is_over_the_votes_that_there_are_count(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        for member in members[:3]:
            await panel.vote(work, member, idea, "for")
        assert idea.state == "checked"
    await rules.passes(days=7, hours=1)
    async with rules.around.working() as work:
        idea = await work.session.get_one(Idea, 1)
        assert idea.state == "awarded"


async def test_too_few_when_time_is_over_go_to_the_meeting(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await panel.vote(work, members[0], idea, "for")
    await rules.passes(days=7, hours=1)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Idea, 1)).advice == "meeting"


async def test_a_question_meanwhile_stops_the_vote_and_begins_it_anew(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await panel.vote(work, members[0], idea, "for")
        await acts.act(work, members[1], IdeaAnswered(1, "more", "Wie ruimt op?"))
        with pytest.raises(TooLate):
            await panel.vote(work, members[2], idea, "for")
    await rules.passes(days=7, hours=1)
    async with rules.around.working() as work:
        anna, idea = await rules.person(work, "Anna"), await work.session.get_one(Idea, 1)
        assert (idea.state, idea.advice) == ("more", "")
        await acts.act(work, anna, IdeaSupplied(1, Told("Wij samen")))
        assert idea.state == "checked", "the rules were looked at already"
    await rules.passes(days=6)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Idea, 1)).advice == ""
    await rules.passes(days=1, hours=1)
    async with rules.around.working() as work:
        assert (await work.session.get_one(Idea, 1)).advice == "meeting"


async def test_without_enough_money_it_stays_and_those_who_decide_hear_how_much_there_is(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 7_500)
        for member in members:
            await panel.vote(work, member, idea, "for")
        assert (idea.state, idea.advice, idea.awarded_cents) == ("checked", "meeting", None)
        assert await rules.told(work, "Anna") == []
        for name in ("Piet", "Sanne"):
            assert any("€ 75" in each.replace("\xa0", " ") for each in await rules.told(work, name))
        await acts.act(work, members[0], IdeaAnswered(1, "award", "Zo veel is er nog.", 7_500))
        assert idea.awarded_cents == 7_500


async def test_a_yes_of_which_the_amount_is_not_known_waits_for_the_chair(rules: Rules) -> None:
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work, cents=None)
        await fits(work, idea, *members[:2])
        for member in members:
            await panel.vote(work, member, idea, "for")
        assert (idea.state, idea.advice) == ("checked", "award")
        day = work.today + timedelta(days=60)
        with pytest.raises(NotAllowed):
            await acts.act(work, members[0], IdeaAnswered(1, "not_now", "Toch niet", None, "money", "Niets", day))
        await budget(rules, work, 7_500)
        await acts.act(work, members[0], IdeaAnswered(1, "award", "", 2_000))
        assert idea.awarded_cents == 2_000


# Who may


async def test_a_former_member_is_refused_in_words_and_what_they_voted_stays(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await panel.vote(work, members[3], idea, "against")
        role = await work.session.scalar(select(Role.id).where(Role.resident_id == members[3].resident.id))
        await team.withdraw(work, await rules.person(work, "Sanne"), role or 0)
        gone = await rules.person(work, "Fatma")
        for tries in (panel.vote(work, gone, idea, "for"), panel.check(work, gone, idea, "here", "yes")):
            with pytest.raises(NotAllowed) as refusal:
                await tries
            assert refusal.value.words is not None
        stranger = await rules.person(work, "Willem")
        with pytest.raises(NotAllowed) as refusal:
            await panel.vote(work, stranger, idea, "for")
        assert refusal.value.words is None
        count = await panel_votes.count(work, idea)
        assert (count.yes, count.no, count.waiting) == (0, 1, 3)


async def test_a_forgotten_member_stays_counted_without_whose_vote_it_was(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for member in members:
            await panel.vote(work, member, idea, "against")
        for member in members[2:]:
            await privacy.forget(work, member)
        votes = await panel_votes.votes_of(work, idea)
        assert sorted(votes) == [-2, -1, *sorted(each.resident.id for each in members[:2])]
        assert (await panel_votes.count(work, idea)).no == 4


async def test_a_forgotten_owner_takes_the_idea_along_and_the_money_goes_back(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 10_000)
        for member in members:
            await panel.vote(work, member, idea, "for")
        idea.behind, idea.neighbours, idea.spoken = "ik", "goed", {"together": "voice"}
        await privacy.forget(work, await rules.person(work, "Anna"))
        assert (idea.state, idea.words, idea.behind, idea.neighbours, idea.spoken) == ("withdrawn", "", "", "", {})
        (sums,) = await money.sums(work, await rules.person(work, "Sanne"), 2026)
        assert sums.available == 10_000


# Who comes and who leaves


async def cards_of(work: Work, person: Person) -> list[str]:
    """What this member has a card about."""
    await work.session.flush()
    query = select(Post.subject).where(Post.chat_id == person.chat.id, Post.subject.like("% panel"))
    return sorted(await work.session.scalars(query))


async def leaves(rules: Rules, work: Work, member: Person) -> None:
    """Sanne takes the role of panel from this member."""
    theirs = (Role.resident_id == member.resident.id, Role.role == "panel")
    role = await work.session.scalar(select(Role.id).where(*theirs))
    assert await role_changes.withdraw(work, await rules.person(work, "Sanne"), role or 0) is not None


async def test_what_came_in_before_there_was_a_panel_goes_over_to_its_first_member(rules: Rules) -> None:
    async with rules.around.working() as work:
        for wish in ("money", "know", "place"):
            await an_idea(rules, work, wish)
        await rules.told(work, "Sanne")
        piet = await rules.with_role(work, "Piet", "panel")
        assert await cards_of(work, piet) == ["I1 panel", "I3 panel"], "advice and news are the office's"
        assert any("regiegroep. Die kijkt vanaf nu naar: I1, I3" in each for each in await rules.told(work, "Sanne"))
        idea = await work.session.get_one(Idea, 1)
        await fits(work, idea, piet)
        assert idea.state == "checked"
        loes = await rules.with_role(work, "Loes", "panel")
        assert await cards_of(work, loes) == ["I1 panel", "I3 panel"]
        assert await rules.told(work, "Sanne") == [], "only the first takes over from the office"


async def test_a_new_member_is_involved_in_an_idea_of_their_own(rules: Rules) -> None:
    async with rules.around.working() as work:
        await a_panel(rules, work, "Piet", "Loes")
        idea = await an_idea(rules, work)
        anna = await rules.with_role(work, "Anna", "panel")
        assert await panel_votes.is_involved(work, idea, anna.resident.id)
        await fits(work, idea, await rules.person(work, "Piet"), await rules.person(work, "Loes"))
        assert idea.state == "checked"


@pytest.mark.parametrize("how", ["role is taken away", "forgotten"])
async def test_the_rules_are_checked_without_who_left(rules: Rules, how: str) -> None:
    async with rules.around.working() as work:
        piet, loes = await a_panel(rules, work, "Piet", "Loes")
        idea = await an_idea(rules, work)
        await fits(work, idea, piet)
        assert idea.state == "received"
        await rules.told(work, "Anna")
        if how == "forgotten":
            await privacy.forget(work, loes)
        else:
            await leaves(rules, work, loes)
        assert idea.state == "checked"
        (said,) = await rules.told(work, "Anna")
        assert "past bij de regels" in said
        card = await work.session.scalar(select(Post).where(Post.chat_id == piet.chat.id))
        assert card is not None
        assert "Wat stem jij?" in card.content["text"]


async def test_the_votes_are_counted_when_who_did_not_vote_leaves(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        for member in members[:3]:
            await panel.vote(work, member, idea, "for")
        assert idea.state == "checked"
        await leaves(rules, work, members[3])
        assert (idea.state, idea.awarded_cents) == ("awarded", 10_000)


async def test_when_the_last_member_leaves_the_office_decides_again(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, (piet,) = await ready_with_one(rules, work)
        await leaves(rules, work, piet)
        assert any("Jullie beslissen nu over: I1" in each for each in await rules.told(work, "Sanne"))
    await rules.passes(days=8)
    async with rules.around.working() as work:
        idea = await work.session.get_one(Idea, 1)
        assert (idea.state, idea.advice) == ("checked", "")
        await budget(rules, work, 10_000)
        await acts.act(work, await rules.person(work, "Sanne"), IdeaAnswered(1, "award", "Mooi", 10_000))
        assert idea.state == "awarded"


async def ready_with_one(rules: Rules, work: Work) -> tuple[Idea, list[Person]]:
    """Anna's idea, which fits the rules for a panel of one."""
    members = await a_panel(rules, work, "Piet")
    idea = await an_idea(rules, work)
    await fits(work, idea, members[0])
    await rules.told(work, "Sanne")
    return idea, members


@pytest.mark.parametrize("mode", ["panel", "advises"])
async def test_a_chair_who_is_involved_enters_nothing(rules: Rules, mode: str) -> None:
    """The coordinators read that somebody else must; whom they name then enters it."""
    panel_that(rules, mode)
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        for member, vote in zip(members, ("involved", "for", "against", "involved"), strict=True):
            await panel.vote(work, member, idea, vote)
        assert idea.advice == "meeting"
        assert any("/team" in each for each in await rules.told(work, "Sanne"))
        assert not any("vult hier in" in each for each in await rules.told(work, "Piet"))
        said = MeetingAdvised(1, "award", "Ja") if mode == "advises" else IdeaAnswered(1, "award", "Ja", 10_000)
        with pytest.raises(NotAllowed) as refusal:
            await acts.act(work, members[0], said)
        assert refusal.value.words is not None
        assert "betrokken" in work.render(refusal.value.words, "nl")
        card = await work.session.scalar(select(Post).where(Post.chat_id == members[0].chat.id))
        assert card is not None
        assert "I1.votes" in buttons_of(card)
        assert not {"I1.award", "I1.meeting"} & set(buttons_of(card))
        seat = select(Role.id).where(Role.resident_id == members[1].resident.id, Role.role == "panel")
        sanne = await rules.person(work, "Sanne")
        await panel_members.make_chair(work, sanne, await work.session.scalar(seat) or 0)
        await acts.act(work, await rules.person(work, "Loes"), said)
        assert idea.advice == "award" if mode == "advises" else idea.state == "awarded"


def buttons_of(post: Post) -> list[str]:
    """What the buttons under a post do."""
    rows = post.content.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row]


# The panel advises


@pytest.mark.parametrize(("votes", "what"), [("for", "award"), ("against", "not_now")])
async def test_a_coordinator_confirms_what_the_panel_advises(rules: Rules, votes: str, what: str) -> None:
    panel_that(rules, "advises")
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 10_000)
        sanne = await rules.person(work, "Sanne")
        day = work.today + timedelta(days=60)
        answered = IdeaAnswered(1, what, "", 10_000, "money", "Iets kleiners", day)
        with pytest.raises(NotAllowed):
            await acts.act(work, sanne, answered)
        for member in members:
            await panel.vote(work, member, idea, votes)
        assert idea.state == "checked"
        assert any("adviseert" in each or "raadt" in each for each in await rules.told(work, "Sanne"))
        with pytest.raises(NotAllowed):
            await acts.act(work, members[0], answered)
        assert not isinstance(await acts.act(work, sanne, answered), Refused)
        assert idea.state == {"award": "awarded", "not_now": "not_now"}[what]


async def test_who_decides_otherwise_explains_it_to_panel_and_owner(rules: Rules) -> None:
    panel_that(rules, "advises")
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for member in members:
            await panel.vote(work, member, idea, "for")
        for name in (*FOUR, "Anna"):
            await rules.told(work, name)
        sanne, day = await rules.person(work, "Sanne"), work.today + timedelta(days=60)
        no = IdeaAnswered(1, "not_now", "", None, "money", "Iets kleiners", day)
        refused = await acts.act(work, sanne, no)
        assert isinstance(refused, Refused)
        assert refused.drop == "words"
        assert idea.state == "checked"
        await acts.act(work, sanne, dataclasses.replace(no, words="De grond is verkocht."))
        for name in (*FOUR, "Anna"):
            assert any("De grond is verkocht." in each for each in await rules.told(work, name)), name


async def test_where_the_panel_advises_the_chair_enters_what_the_meeting_says(rules: Rules) -> None:
    panel_that(rules, "advises")
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        for member, vote in zip(members, ("for", "for", "against", "against"), strict=True):
            await panel.vote(work, member, idea, vote)
        said = MeetingAdvised(1, "award", "We vinden het mooi")
        for who in (members[1], await rules.person(work, "Sanne")):
            with pytest.raises(NotAllowed):
                await acts.act(work, who, said)
        await rules.told(work, "Sanne")
        await acts.act(work, members[0], said)
        assert idea.advice == "award"
        assert any("We vinden het mooi" in each for each in await rules.told(work, "Sanne"))
        with pytest.raises(TooLate):
            await acts.act(work, members[0], said)


# Together at once


async def test_votes_at_once_are_counted_once(either: Rules) -> None:
    """As in the moment in which one process takes over from the other: transactions that really run side by side."""
    rules = either
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        await budget(rules, work, 30_000)
        numbers = [member.resident.id for member in members]

    async def one(number: int) -> None:
        database = Database(rules.around.database.url)
        there: Surroundings = dataclasses.replace(rules.around, database=database)
        async with there.working() as work:
            person = await residents.person_of(work, number)
            idea = await work.session.get_one(Idea, 1)
            assert person is not None
            await asyncio.sleep(0.01)
            await panel.vote(work, person, idea, "for")
        await database.close()

    await asyncio.gather(*(one(number) for number in numbers))
    async with rules.around.working() as work:
        idea = await work.session.get_one(Idea, 1)
        assert (idea.state, idea.awarded_cents) == ("awarded", 10_000)
        lines = await work.session.scalars(select(History.what).where(History.subject == "I1"))
        assert list(lines).count("award") == 1
        booked = select(func.sum(Entry.cents)).where(Entry.kind == "award")
        assert await work.session.scalar(booked) == -10_000
        assert await work.session.scalar(select(func.count()).select_from(Vote)) == 4


async def test_the_last_two_rules_at_once_open_one_vote(either: Rules) -> None:
    rules = either
    async with rules.around.working() as work:
        members = await a_panel(rules, work, *FOUR)
        idea = await an_idea(rules, work)
        await fits(work, idea, members[0])
        *first, last = keys(work)
        for key in first:
            await panel.check(work, members[1], idea, key, "yes")
        numbers = [member.resident.id for member in members[1:3]]

    async def one(number: int) -> None:
        database = Database(rules.around.database.url)
        there: Surroundings = dataclasses.replace(rules.around, database=database)
        async with there.working() as work:
            person = await residents.person_of(work, number)
            idea = await work.session.get_one(Idea, 1)
            assert person is not None
            await asyncio.sleep(0.01)
            with contextlib.suppress(TooLate):
                await panel.check(work, person, idea, last, "yes")
        await database.close()

    await asyncio.gather(*(one(number) for number in numbers))
    async with rules.around.working() as work:
        assert (await work.session.get_one(Idea, 1)).state == "checked"
        lines = await work.session.scalars(select(History.what).where(History.subject == "I1"))
        assert list(lines).count("check") == 1


# On the phone


async def test_each_member_has_a_card_that_follows(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea, members = await ready(rules, work)
        cards = list(await work.session.scalars(select(Post).where(Post.subject == "I1 panel").order_by(Post.chat_id)))
        assert [each.chat_id for each in cards] == sorted(member.chat.id for member in members)
        assert all("Een bankje" in each.content["text"] for each in cards)
        assert all("Anna" not in each.content["text"] for each in cards)
        await panel.vote(work, members[0], idea, "for")
        await work.session.flush()
        mine = next(each for each in cards if each.chat_id == members[0].chat.id)
        other = next(each for each in cards if each.chat_id == members[1].chat.id)
        await work.session.refresh(mine)
        await work.session.refresh(other)
        assert "Jouw stem: Voor" in mine.content["text"]
        assert "Jouw stem" not in other.content["text"]
        assert "Stemmen kan tot" in other.content["text"]


async def test_made_up_buttons_do_nothing_for_who_may_not(town: Town) -> None:
    sanne, anna, piet = await town.coordinator("en"), await town.known("Anna", "en"), await town.known("Piet", "en")
    assert town.service is not None
    assert town.service.turns is not None
    async with town.service.turns.around.working() as work:
        anna_number = await work.session.scalar(select(func.max(Role.resident_id)))
        assert anna_number is not None
        owner = await residents.person_of(work, anna_number + 1)
        assert owner is not None
        await acts.act(work, owner, IdeaHandedIn(Told("A bench"), "", "", "", "money", cents=10_000))
        await work.session.execute(delete(Message))
    office = ("answer", "award", "not_now", "cannot", "more", "refer", "finish", "heard", "slip")
    for who in (anna, piet):
        for what in (*office, "r.here", "r.here.yes", "v.for", "v.involved", "rules", "votes", "files", "meeting"):
            who.tap_data(f"I1.{what}")
            await who.sees("I don't know that one")
    for what in ("accept", "start", "supply", "withdraw"):
        piet.tap_data(f"I1.{what}")
        await piet.sees("I don't know that one")
    for nonsense in ("I1.r.", "I1.r.here.maybe", "I1.v.all", "I1.expire", "I1.again", "I9.v.for", "I9.accept", "I1."):
        anna.tap_data(nonsense)
        await anna.sees("That button doesn't work any more")
    for what in ("accept", "start", "supply"):
        anna.tap_data(f"I1.{what}")
        await anna.sees("stands at: handed in")
    sanne.tap_data("I1.v.for")
    await sanne.sees("I don't know that one")
