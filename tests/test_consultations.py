"""The neighbourhood is asked about an idea: who may, who is asked, what counts, what comes of it; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.neighbourhood import acts, consultations, ideas, opinions, own_data, panel, panel_posts, privacy
from bot.neighbourhood.opinions import Counts, Tally
from bot.neighbourhood.work import Closing, NotAllowed, Person, TooLate, Work
from bot.reports.opinions import chart
from bot.store.tables import Broadcast, Chat, Consultation, Idea, Job, Opinion, Post, Recipient, Resident
from bot.telegram import panel_cards
from conversations.consultation import ConsultationBegun, OpinionExplained
from conversations.idea_said import MeetingAdvised
from conversations.office_said import IdeaAnswered
from conversations.results import Refused
from conversations.standard import IDEA_REASONS
from tests.rules import Rules
from tests.rules import rules as running_rules
from tests.test_idea_steps import a_panel, an_idea, budget, panel_that
from tests.town import MONDAY

HERE = "WK091722"
"""Where everybody lives in these tests."""


@pytest_asyncio.fixture
async def rules(tmp_path: Path, database_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, database_url) as here:
        yield here


@pytest_asyncio.fixture
async def light(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Rules]:
    async with running_rules(tmp_path, sqlite_url) as here:
        yield here


async def checked(rules: Rules, work: Work) -> tuple[Idea, list[Person]]:
    """Anna's idea, that fits the rules, and the panel of three."""
    seats = await a_panel(rules, work, "Mo", "Piet", "Truus")
    idea = await an_idea(rules, work)
    idea.state = "checked"
    await work.session.flush()
    return idea, seats


async def begun(rules: Rules, work: Work, say: str = "decide", **how: Any) -> Idea:
    """Neighbours are asked by Mo, who sits on the panel."""
    for name in ("Willem", "Fatima"):
        await rules.person(work, name)
    idea, seats = await checked(rules, work)
    done = await acts.act(work, seats[0], ConsultationBegun(idea.id, say, **how))
    assert isinstance(done, Closing), done
    return idea


async def says(rules: Rules, work: Work, who: str, idea: Idea, opinion: str, why: str = "") -> Closing:
    person = await rules.person(work, who)
    done = await consultations.take(work, person, idea, opinion)
    if why:
        await acts.act(work, person, OpinionExplained(idea.id, why))
    return done


def in_english(rules: Rules, words: Any) -> str:
    return "\n".join(rules.around.catalogues.render(each, "en") for each in words)


async def test_neighbours_are_asked_and_their_newest_word_counts_until_it_closes(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await begun(rules, work)
        assert idea.state == "consulting"
        letters = (await work.session.scalars(select(Broadcast))).one()
        assert letters.subject == idea.code
        assert "You decide" in letters.letters["en"]["content"]["text"]
        asked = set(await work.session.scalars(select(Recipient.chat_id)))
        assert (await rules.person(work, "Anna")).chat.id not in asked
        assert (await rules.person(work, "Willem")).chat.id in asked
        assert (await says(rules, work, "Willem", idea, "against", "Te veel lawaai")).begins is not None
        await says(rules, work, "Willem", idea, "for")
        await says(rules, work, "Willem", idea, "for", "Dan zien we elkaar")
        await says(rules, work, "Fatima", idea, "unknown")
        found = await consultations.result_of(work, idea)
        assert found is not None
        assert (found.whole, found.decision, found.is_open) == (Counts(1, 0, 1), "", True)
        assert await consultations.whys(work, idea) == []
        idea_id = idea.id
    await rules.passes(days=8)
    async with rules.around.working() as work:
        idea = await work.session.get_one(Idea, idea_id)
        assert idea.state == "checked"
        found = await consultations.result_of(work, idea)
        assert found is not None
        assert (found.whole, found.decision) == (Counts(1, 0, 1), "for")
        assert await consultations.whys(work, idea) == [("for", "Dan zien we elkaar")]
        late = await says(rules, work, "Fatima", idea, "against")
        assert "is over" in in_english(rules, late.words)
        assert (await consultations.result_of(work, idea)) == found
        explained = OpinionExplained(idea.id, "Toch niet")
        assert isinstance(await acts.act(work, await rules.person(work, "Willem"), explained), Closing)
        assert (await consultations.whys(work, idea)) == [("for", "Dan zien we elkaar")]
        told = "\n".join(await rules.told(work, "Anna"))
        assert "Voor: 1. Tegen: 0. Weet het niet: 1." in told
        assert "it is a yes" in in_english(rules, await opinions.on_card(work, idea))
        await panel_posts.refresh(work, idea)


async def test_the_result_goes_to_who_took_part_the_panel_and_the_owner_once_each(rules: Rules) -> None:
    async with rules.around.working() as work:
        idea = await begun(rules, work)
        await says(rules, work, "Willem", idea, "for")
    await rules.passes(days=8)
    async with rules.around.working() as work:
        jobs = list(await work.session.scalars(select(Job)))
        assert [(each.kind, each.asked["language"]) for each in jobs] == [("opinions", "nl")]
        await consultations.tell_result(work, **jobs[0].asked, drawn=None)
        result = (await work.session.scalars(select(Broadcast).where(Broadcast.lane == 1))).one()
        query = select(Recipient.chat_id).where(Recipient.broadcast_id == result.id)
        people = [(await rules.person(work, name)).chat.id for name in ("Anna", "Willem", "Mo", "Piet", "Truus")]
        assert sorted(await work.session.scalars(query)) == sorted(people)
        assert "Voor: 1." in result.letters["nl"]["content"]["text"]


async def test_each_neighbourhood_is_asked_as_much(rules: Rules) -> None:
    area = rules.around.area
    few = area.consultation.model_copy(update={"a_neighbourhood": 2})
    rules.around.area = area.model_copy(update={"consultation": few})
    other = area.neighbourhoods[0].code
    async with rules.around.working() as work:
        for number in range(6):
            person = await rules.person(work, f"neighbour {number}")
            person.resident.neighbourhood = other if number < 2 else HERE
        idea = await begun(rules, work, places=[HERE, other])
        query = (
            select(Resident.neighbourhood, func.count())
            .join(Chat, Chat.id == Resident.chat_id)
            .join(Recipient, Recipient.chat_id == Chat.id)
            .group_by(Resident.neighbourhood)
        )
        assert dict((await work.session.execute(query)).all()) == {HERE: 2, other: 2}
        assert idea.state == "consulting"


async def test_only_who_lives_where_it_is_asked_counts_and_never_the_owner(light: Rules) -> None:
    async with light.around.working() as work:
        idea = await begun(light, work, places=[HERE])
        stranger = await light.person(work, "Stranger")
        stranger.resident.neighbourhood = None
        assert "Have you moved" in in_english(light, (await says(light, work, "Stranger", idea, "for")).words)
        assert "your own idea" in in_english(light, (await says(light, work, "Anna", idea, "for")).words)
        found = await consultations.result_of(work, idea)
        assert found is not None
        assert found.whole.people == 0
        with pytest.raises(ValueError, match="maybe"):
            await says(light, work, "Willem", idea, "maybe")


@pytest.mark.parametrize("who", ["Anna", "Willem", "staff"])
async def test_who_is_not_on_the_panel_asks_nothing(light: Rules, who: str) -> None:
    async with light.around.working() as work:
        idea, _seats = await checked(light, work)
        person = await light.with_role(work, who, "staff") if who == "staff" else await light.person(work, who)
        with pytest.raises(NotAllowed):
            await acts.act(work, person, ConsultationBegun(idea.id, "decide"))
        assert await consultations.result_of(work, idea) is None


async def test_it_is_asked_once_at_a_time_and_only_where_it_fits(light: Rules) -> None:
    async with light.around.working() as work:
        idea = await begun(light, work)
        sanne = await light.person(work, "Sanne")
        with pytest.raises(TooLate):
            await acts.act(work, sanne, ConsultationBegun(idea.id, "decide"))
        other = await an_idea(light, work)
        other.state = "checked"
        nobody = light.around.area.neighbourhoods[0].code
        done = await acts.act(work, sanne, ConsultationBegun(other.id, "think", places=[nobody]))
        assert isinstance(done, Refused)
        done = await acts.act(
            work, sanne, ConsultationBegun(other.id, "think", closes=MONDAY.date() - timedelta(days=1))
        )
        assert isinstance(done, Refused)
        assert other.state == "checked"


async def test_an_idea_that_is_stopped_asks_nobody_any_more(light: Rules) -> None:
    async with light.around.working() as work:
        idea = await begun(light, work)
        await says(light, work, "Willem", idea, "for")
        await ideas.step_of_owner(work, await light.person(work, "Anna"), idea, "withdraw")
        assert "is over" in in_english(light, (await says(light, work, "Fatima", idea, "for")).words)
        assert (await work.session.scalars(select(Broadcast.state))).one() == "done"
        idea_id = idea.id
    await light.passes(days=9)
    async with light.around.working() as work:
        assert (await work.session.get_one(Idea, idea_id)).state == "withdrawn"
        assert (await work.session.scalars(select(Consultation.state))).one() == "closed"
        assert await work.session.scalar(select(func.count()).select_from(Job)) == 0


async def test_who_is_forgotten_leaves_no_word(light: Rules) -> None:
    async with light.around.working() as work:
        idea = await begun(light, work)
        await says(light, work, "Willem", idea, "for", "Dan zien we elkaar")
        await says(light, work, "Fatima", idea, "for", "Gezellig")
        kept = await own_data.kept_of(work, (await light.person(work, "Willem")).resident)
        assert [(each["code"], each["opinion"], each["because"]) for each in kept["opinions"]] == [
            (idea.code, "for", "Dan zien we elkaar")
        ]
        await privacy.forget(work, await light.person(work, "Willem"))
        found = await consultations.result_of(work, idea)
        assert found is not None
        assert found.whole == Counts(yes=1)
        idea_id = idea.id
    await light.passes(days=8)
    async with light.around.working() as work:
        idea = await work.session.get_one(Idea, idea_id)
        await privacy.forget(work, await light.person(work, "Fatima"))
        assert await consultations.whys(work, idea) == []
        found = await consultations.result_of(work, idea)
        assert found is not None
        assert found.whole == Counts(yes=1)
        assert found.by_place == {HERE: Counts(yes=1)}
        assert (await work.session.scalars(select(Opinion.resident_id))).all() == [-1], "whose it was is gone"
        await privacy.forget(work, await light.person(work, "Anna"))
        asking = (await work.session.scalars(select(Broadcast).where(Broadcast.lane == 2))).one()
        assert "bankje" not in str(asking.letters)
        await privacy.forget(work, await light.person(work, "Mo"))
        assert (await work.session.scalars(select(Consultation.made_by))).all() == [None]


def tally(**places: tuple[int, int, int]) -> Tally:
    counts = {place: Counts(*each) for place, each in places.items()}
    return Tally("decide", False, MONDAY, sum(counts.values(), Counts()), counts)


@pytest.mark.parametrize(
    ("found", "shown", "rest"),
    [
        (tally(a=(5, 0, 0), b=(6, 0, 0)), {"a", "b"}, 0),
        (tally(a=(5, 0, 0), b=(9, 0, 0), c=(4, 0, 0)), {"b"}, 9),  # c could be reckoned from the whole
        (tally(a=(9, 0, 0), b=(3, 0, 0), c=(2, 0, 0)), {"a"}, 5),
        (tally(a=(9, 0, 0), b=(3, 0, 0)), set(), 0),
        (tally(a=(9, 0, 0)), set(), 0),
        (tally(), set(), 0),
    ],
)
def test_of_fewer_than_five_nothing_is_shown_apart(found: Tally, shown: set[str], rest: int) -> None:
    places, others = opinions.apart(found)
    assert set(places) == shown
    assert (others.people if others else 0) == rest
    assert all(each.people >= opinions.FEWEST for each in places.values())


@pytest.mark.parametrize(
    ("say", "counts", "decision"),
    [
        ("decide", (2, 1, 5), "for"),
        ("decide", (1, 2, 0), "against"),
        ("decide", (2, 2, 0), ""),
        ("advise", (9, 0, 0), ""),
    ],
)
def test_only_where_they_decide_most_of_them_do(say: str, counts: tuple[int, int, int], decision: str) -> None:
    assert Tally(say, False, MONDAY, Counts(*counts), {}).decision == decision
    assert Tally(say, True, MONDAY, Counts(*counts), {}).decision == ""


@pytest.mark.parametrize("language", ["nl", "ar"])
async def test_the_picture_says_it_in_the_reader_s_language(light: Rules, language: str) -> None:
    async with light.around.working() as work:
        places = [each.code for each in work.area.neighbourhoods[:2]]
        drawn = chart(work, "I3", tally(**{places[0]: (6, 2, 1), places[1]: (5, 0, 0)}), language)
        assert drawn["direction"] == ("rtl" if language == "ar" else "ltr")
        assert [row["amounts"] for row in drawn["rows"]] == [["11", "2", "1"], ["6", "2", "1"], ["5", "0", "0"]]
        assert drawn["rows"][0]["parts"] == pytest.approx([11 / 14, 2 / 14, 1 / 14])


async def asked_and_closed(rules: Rules, say: str = "decide", opinion: str = "against") -> None:
    """Willem, Fatima and Mo (of the panel) are asked about I1; the first two are for or against, Mo doesn't know."""
    async with rules.around.working() as work:
        idea = await begun(rules, work, say)
        await says(rules, work, "Willem", idea, opinion)
        await says(rules, work, "Fatima", idea, opinion)
        await says(rules, work, "Mo", idea, "unknown")
        await budget(rules, work, 30_000)
    await rules.passes(days=8)


async def votes(rules: Rules, work: Work, vote: str) -> Idea:
    """All three of the panel vote the same on I1; what they were told before is forgotten."""
    idea = await work.session.get_one(Idea, 1)
    for name in ("Mo", "Piet", "Truus", "Anna", "Sanne"):
        await rules.told(work, name)
    for name in ("Mo", "Piet", "Truus"):
        await panel.vote(work, await rules.person(work, name), idea, vote)
    return idea


async def outcomes_told(rules: Rules, work: Work) -> list[tuple[str, list[int]]]:
    """What neighbours read of the outcome in Dutch, and to which chats it goes; the oldest first."""
    found = []
    for each in await work.session.scalars(select(Broadcast).where(Broadcast.lane == 1).order_by(Broadcast.id)):
        to = await work.session.scalars(select(Recipient.chat_id).where(Recipient.broadcast_id == each.id))
        found.append((each.letters["nl"]["content"]["text"].replace("\xa0", " "), sorted(to)))
    return found


async def both_neighbours(rules: Rules, work: Work) -> list[int]:
    return sorted([(await rules.person(work, name)).chat.id for name in ("Willem", "Fatima")])


@pytest.mark.parametrize(("opinion", "vote"), [("against", "for"), ("for", "against")])
async def test_where_neighbours_decide_the_votes_do_not_go_over_their_heads(
    light: Rules, opinion: str, vote: str
) -> None:
    await asked_and_closed(light, "decide", opinion)
    async with light.around.working() as work:
        idea = await votes(light, work, vote)
        assert (idea.state, idea.advice, idea.awarded_cents) == ("checked", "meeting", None)
        (said,) = await light.told(work, "Mo")
        assert "De buren beslissen, en zij zeggen iets anders dan de stemmen" in said
        assert await light.told(work, "Anna") == []
        assert await outcomes_told(light, work) == []
        mo = await light.person(work, "Mo")
        wordless = await acts.act(work, mo, IdeaAnswered(1, "award", "", 10_000))
        assert isinstance(wordless, Refused)
        assert wordless.drop == "words"
        assert idea.state == "checked"
        await acts.act(work, mo, IdeaAnswered(1, "award", "Het komt aan de andere kant van het plein.", 10_000))
        assert idea.state == "awarded"
        assert any("andere kant van het plein" in each for each in await light.told(work, "Anna"))
        ((read, to),) = await outcomes_told(light, work)
        assert "het mag doorgaan" in read
        assert "andere kant van het plein" in read
        assert to == await both_neighbours(light, work)


async def test_where_the_panel_advises_the_meeting_explains_it_too(light: Rules) -> None:
    panel_that(light, "advises")
    await asked_and_closed(light)
    async with light.around.working() as work:
        idea = await votes(light, work, "for")
        assert idea.advice == "meeting"
        assert not any("adviseert" in each for each in await light.told(work, "Sanne")), "nothing is advised yet"
        mo = await light.person(work, "Mo")
        assert isinstance(await acts.act(work, mo, MeetingAdvised(1, "award", "")), Refused)
        assert idea.advice == "meeting"
        await acts.act(work, mo, MeetingAdvised(1, "award", "Het komt ergens anders."))
        assert any("Het komt ergens anders." in each for each in await light.told(work, "Sanne"))
        sanne = await light.person(work, "Sanne")
        assert isinstance(await acts.act(work, sanne, IdeaAnswered(1, "award", "", 10_000)), Refused)
        await acts.act(work, sanne, IdeaAnswered(1, "award", "Het komt ergens anders.", 10_000))
        assert idea.state == "awarded"


async def test_where_neighbours_and_votes_are_of_one_mind_the_money_is_there_and_neighbours_hear_it(
    light: Rules,
) -> None:
    await asked_and_closed(light, "decide", "for")
    async with light.around.working() as work:
        idea = await votes(light, work, "for")
        assert idea.state == "awarded"
        ((read, to),) = await outcomes_told(light, work)
        for part in ("I1", "Een bankje", "het mag doorgaan", "Stemmen voor: 3. Stemmen tegen: 0."):
            assert part in read
        assert to == await both_neighbours(light, work), "not Anna, nor Mo: they hear it in their own way"


@pytest.mark.parametrize(("what", "outcome"), [("not_now", "voor nu een nee"), ("cannot", "dit kan niet")])
async def test_neighbours_hear_a_no_with_its_reason_in_their_language(light: Rules, what: str, outcome: str) -> None:
    await asked_and_closed(light, "advise")
    async with light.around.working() as work:
        idea = await votes(light, work, "against")
        assert await outcomes_told(light, work) == []
        assert (await panel_cards.decision(work, idea, what))["neighbours"] is True, "the chair is told who reads it"
        day = work.today + timedelta(days=60)
        no = IdeaAnswered(1, what, "De grond is verkocht.", None, "money", "Iets kleiners", day)
        await acts.act(work, await light.person(work, "Mo"), no)
        ((read, to),) = await outcomes_told(light, work)
        assert outcome in read
        assert "De grond is verkocht." in read
        assert work.render(IDEA_REASONS["money"][1], "nl") in read
        assert to == await both_neighbours(light, work)
        letters = (await work.session.scalars(select(Broadcast.letters).where(Broadcast.lane == 1))).one()
        assert work.render(IDEA_REASONS["money"][1], "ar") in letters["ar"]["content"]["text"]


async def test_an_idea_about_which_nobody_said_anything_tells_nobody(light: Rules) -> None:
    async with light.around.working() as work:
        await begun(light, work, "advise")
        await budget(light, work, 30_000)
    await light.passes(days=8)
    async with light.around.working() as work:
        assert (await votes(light, work, "for")).state == "awarded"
        assert await outcomes_told(light, work) == []


async def test_the_card_of_the_panel_offers_to_ask_and_shows_what_came_of_it(light: Rules) -> None:
    async with light.around.working() as work:
        idea, seats = await checked(light, work)
        await panel_posts.refresh(work, idea)
        mine = select(Post).where(Post.chat_id == seats[1].chat.id, Post.subject == panel_posts.subject(idea))
        assert f"{idea.code}.consult" in str((await work.session.scalars(mine)).one().content)
        await light.person(work, "Willem")
        await acts.act(work, seats[1], ConsultationBegun(idea.id, "advise", "Een bankje, goed?"))
        shown = str((await work.session.scalars(mine)).one().content)
        assert f"{idea.code}.consult" not in shown
        assert "Buren kunnen zeggen" in shown
        await says(light, work, "Willem", idea, "for", "Mooi")
        assert await work.session.scalar(select(func.count()).select_from(Opinion)) == 1
