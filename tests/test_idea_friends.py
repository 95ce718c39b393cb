"""Neighbours and ideas with a yes: hearts, help, stories; the ACTIE list; how the panel is made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.neighbourhood import actie, acts, idea_friends, idea_steps, own_data, panel_meetings, privacy
from bot.neighbourhood.work import Closing, NotAllowed, Person, Work
from bot.store.tables import Idea, IdeaFriend, PanelMeeting, Post
from bot.telegram import near_cards
from bot.telegram.dialogues import Dialogues
from conversations.idea_friends import HelpOffered, HelpWelcome, PanelMet
from conversations.idea_said import IdeaWithdrawn
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.test_idea_steps import a_panel, an_idea


@pytest_asyncio.fixture
async def rules(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


async def awarded(rules: Rules, work: Work, state: str = "running") -> Idea:
    idea = await an_idea(rules, work)
    idea.state, idea.awarded_cents = state, 5000
    await work.session.flush()
    await rules.told(work, "Anna")
    return idea


def in_english(rules: Rules, words: Any) -> str:
    return "\n".join(rules.around.catalogues.render(each, "en") for each in words)


async def acts_on(work: Work, person: Person, said: Any) -> Closing:
    done = await acts.act(work, person, said)
    assert isinstance(done, Closing)
    return done


async def test_a_heart_counts_once_and_a_second_tap_takes_it_back(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work)
        for number in range(1, 6):
            person = await rules.person(work, f"neighbour {number}")
            said = in_english(rules, (await idea_friends.like(work, person, idea)).words)
            assert ("So many people like it" in said) is (number >= 5)
        await idea_friends.like(work, await rules.person(work, "neighbour 1"), idea)
        assert await idea_friends.likes(work, idea) == 4


async def offers(rules: Rules, work: Work, who: str, idea: Idea, words: str = "Ik heb een boor") -> str:
    return in_english(rules, (await acts_on(work, await rules.person(work, who), HelpOffered(idea.id, words))).words)


async def test_help_reaches_the_owner_who_says_yes_with_words_of_their_own(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work)
        assert "You get an answer here" in await offers(rules, work, "Willem", idea)
        told = "\n".join(await rules.told(work, "Anna"))
        assert "Ik heb een boor" in told
        assert "Willem" not in told
        assert "already" in await offers(rules, work, "Willem", idea)
        helper = (await rules.person(work, "Willem")).resident.id
        anna = await rules.person(work, "Anna")
        await acts.act(work, anna, HelpWelcome(idea.id, helper, "Zaterdag om tien uur"))
        assert "Zaterdag om tien uur" in "\n".join(await rules.told(work, "Willem"))
        again = await acts_on(work, anna, HelpWelcome(idea.id, helper, "Nog eens"))
        assert "already" in in_english(rules, again.words)
        assert await rules.told(work, "Willem") == []


async def test_a_no_is_said_kindly_and_only_by_the_owner(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work)
        await offers(rules, work, "Willem", idea, "")
        helper = (await rules.person(work, "Willem")).resident.id
        for who in ("Fatima", "Willem", "Sanne"):
            talk = Dialogues(work, await rules.person(work, who))
            with pytest.raises(NotAllowed):
                await near_cards.step(talk, idea, f"helpyes.{helper}")
        talk = Dialogues(work, await rules.person(work, "Anna"))
        assert not await near_cards.step(talk, idea, "helpyes.999999999")
        assert await near_cards.step(talk, idea, f"helpno.{helper}")
        assert "handen genoeg" in "\n".join(await rules.told(work, "Willem"))
        assert "hands enough" in await offers(rules, work, "Willem", idea)


@pytest.mark.parametrize("how", ["its owner stops", "closed", "its owner is forgotten"])
async def test_who_helps_hears_that_it_stopped(rules: Rules, how: str) -> None:
    """Willem's help is welcome, Fatima waits for an answer, to Mo there was a no."""
    async with rules.around.working() as work:
        idea = await awarded(rules, work, "awarded" if how == "closed" else "running")
        anna, helpers = await rules.person(work, "Anna"), ("Willem", "Fatima", "Mo")
        for name in helpers:
            await offers(rules, work, name, idea)
        await acts.act(work, anna, HelpWelcome(idea.id, (await rules.person(work, "Willem")).resident.id, "Fijn"))
        mo = (await rules.person(work, "Mo")).resident.id
        await near_cards.step(Dialogues(work, anna), idea, f"helpno.{mo}")
        for name in helpers:
            await rules.told(work, name)
        if how == "closed":
            idea.waits_since = work.now
            await work.session.flush()
            idea_steps.remind(work, idea, 3)
        elif how == "its owner stops":
            await acts.act(work, anna, IdeaWithdrawn(idea.id))
        else:
            await privacy.forget(work, anna)
    await rules.passes(days=8)
    async with rules.around.working() as work:
        assert [await rules.told(work, name) for name in helpers] == [
            ["I1 is gestopt, dus hulp is niet meer nodig. Dank je!"],
            ["I1 is gestopt, dus hulp is niet meer nodig. Dank je!"],
            [],
        ]


@pytest.mark.parametrize("state", sorted(idea_steps.STATES))
async def test_others_see_only_what_got_its_yes(rules: Rules, state: str) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work, state)
        idea.awarded_cents = 5000 if state in idea_steps.GRANTED else None
        talk = Dialogues(work, await rules.person(work, "Willem"))
        sees = state in idea_steps.GRANTED
        assert await near_cards.step(talk, idea, "like") is sees
        assert await idea_friends.likes(work, idea) == int(sees)
        await offers(rules, work, "Willem", idea)
        helps = select(func.count()).select_from(IdeaFriend).where(IdeaFriend.kind == "helps")
        assert await work.session.scalar(helps) == int(sees and state != "accounted")


@pytest.mark.parametrize("shown", [True, False])
async def test_a_story_is_seen_only_where_its_owner_said_so(rules: Rules, shown: bool) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work, "finished")
        idea.done, idea.difference, idea.story_shown = "Een feest gegeven", "We kennen elkaar", shown
        await work.session.flush()
        await near_cards.show_near(Dialogues(work, await rules.person(work, "Willem")))
        told = "\n".join(await rules.told(work, "Willem"))
        assert "Een bankje" in told
        assert ("Een feest gegeven" in told) is shown
        assert ("We kennen elkaar" in told) is shown


async def test_what_somebody_liked_is_theirs_to_see_and_goes_with_them(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work)
        willem = await rules.person(work, "Willem")
        await idea_friends.like(work, willem, idea)
        await offers(rules, work, "Willem", idea)
        kept = (await own_data.kept_of(work, willem.resident))["friends"]
        assert [(each["friend"], each["words"]) for each in kept] == [("helps", "Ik heb een boor"), ("likes", "")]
        await privacy.forget(work, willem)
        assert await work.session.scalar(select(func.count()).select_from(IdeaFriend)) == 0


async def test_staff_tick_the_points_of_actie_where_the_list_stands(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await awarded(rules, work)
        tom = await rules.with_role(work, "Tom", "staff")
        await actie.show(work, tom, idea)
        await actie.toggle(work, tom, idea, "animo")
        await actie.toggle(work, tom, idea, "contact")
        await actie.toggle(work, tom, idea, "contact")
        assert {key for key, ticked in idea.checklist.items() if ticked} == {"animo"}
        post = (await work.session.scalars(select(Post).where(Post.subject == actie.subject(idea)))).one()
        assert "1 van de 5" in post.content["text"]
        with pytest.raises(KeyError):
            await actie.toggle(work, tom, idea, "money")
        for person in (await rules.person(work, "Anna"), await rules.with_role(work, "Mo", "panel")):
            with pytest.raises(NotAllowed):
                await actie.toggle(work, person, idea, "animo")


async def test_the_chair_and_coordinators_enter_that_the_panel_has_met(rules: Rules) -> None:
    async with rules.around.working() as work:
        sanne = await rules.person(work, "Sanne")
        assert "Nobody sits" in in_english(rules, await panel_meetings.made_up(work))
        seats: list[Person] = await a_panel(rules, work, "Mo", "Piet")
        assert "hasn't met" in in_english(rules, await panel_meetings.made_up(work))
        await acts.act(work, sanne, PanelMet(8, 2, 2))
        done = await acts_on(work, seats[0], PanelMet(1, 2, 1))
        assert "2 residents sit on the panel" in in_english(rules, done.words)
        assert "2 there, of whom 1 were active before" in in_english(rules, done.words)
        for person in (seats[1], await rules.person(work, "Anna"), await rules.with_role(work, "Tom", "staff")):
            with pytest.raises(NotAllowed):
                await acts.act(work, person, PanelMet(0, 3, 0))
        assert await work.session.scalar(select(func.count()).select_from(PanelMeeting)) == 2
        await privacy.forget(work, seats[0])
        assert set(await work.session.scalars(select(PanelMeeting.entered_by))) == {None, sanne.resident.id}
