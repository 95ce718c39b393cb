"""An idea as it is shown: the card that staff work with, and what its owner and everybody else see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.neighbourhood import heard, idea_contacts, idea_friends, idea_steps, ideas, opinions, panel_votes, spoken, team
from bot.neighbourhood.complaints import photos_of
from bot.neighbourhood.panel_members import PANEL
from bot.neighbourhood.work import PANEL_TOO, STAFF, TooLate
from bot.outbox.letters import Bold, Button, letters, pictures, voice
from bot.store.tables import Due, Idea
from bot.telegram import actie_cards, consult_cards, near_cards, panel_cards, voucher_cards
from bot.telegram.answer_cards import WRITTEN_DOWN
from bot.telegram.dialogues import Dialogues
from bot.telegram.listening import HEARD_LABEL, ask_what_it_says, in_language
from bot.telegram.pages import send_page
from conversations.talk import SKIPPED
from conversations.words import Money, Words, _, s_

PAGE = 8
FLOWS = {
    "answer": "answer_idea",
    "award": "award_idea",
    "not_now": "not_now_idea",
    "cannot": "cannot_idea",
    "more": "more_idea",
    "refer": "refer_idea",
}
OFFICE = frozenset({*FLOWS, "finish", "heard", "slip"})
OTHERS: tuple[Any, ...] = (actie_cards, consult_cards, near_cards)
"""Whose buttons stand on an idea too."""
OWNER = frozenset({"supply", "withdraw", "accept", "start", "again"})


async def show(talk: Dialogues, number: int) -> bool:
    """Show an idea to staff, the panel and its owner; False for others and where there is none."""
    person, idea = talk.person, await talk.work.session.get(Idea, number)
    if idea is None:
        if person.is_one_of(PANEL_TOO):
            talk.say([s_("There is no {code}.", code=f"I{number}")])
        return person.is_one_of(PANEL_TOO)
    is_theirs = idea.resident_id == person.resident.id
    if not is_theirs and not person.is_one_of(PANEL_TOO) and idea_friends.was_granted(idea):
        await near_cards.show(talk, idea)
        return True
    if is_theirs:
        await _show_owner(talk, idea)
    if person.is_staff:
        talk.send(pictures(await photos_of(talk.work, idea.code)))
        await _card(talk, idea)
    if person.is_one_of(PANEL) and not is_theirs:
        if await idea_steps.is_for_panel(talk.work, idea):
            await panel_cards.show(talk, idea)
        elif not person.is_staff:
            talk.send(pictures(await photos_of(talk.work, idea.code)))
            await _card(talk, idea)
    return is_theirs or person.is_one_of(PANEL_TOO)


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on a card: makes the step or begins the conversation for it; False where there is no such button."""
    others = next((room for room in OTHERS if room.knows(what)), None)
    if what not in OFFICE | OWNER and not panel_cards.knows(what) and others is None:
        return False
    idea = await talk.work.session.get(Idea, number)
    if idea is None:
        if what in OFFICE:
            talk.person.must_be(STAFF, f"I{number}.{what}")
        return False
    try:
        if others is not None:
            done: bool = await others.step(talk, idea, what)
            return done
        if panel_cards.knows(what):
            return await panel_cards.step(talk, idea, what)
        if what in OWNER:
            return await _step_of_owner(talk, idea, what)
        return await _step_of_office(talk, idea, what)
    except TooLate as late:
        talk.too_late = late.words
        talk.say([late.words])
        return True


async def _step_of_office(talk: Dialogues, idea: Idea, what: str) -> bool:
    work, person = talk.work, talk.person
    if what in ("heard", "slip"):
        team.must_work_on(person, idea, f"{idea.code}.{what}")
        if what == "heard":
            return await ask_what_it_says(talk, idea.code, idea.voice)
        spoken.make_slip(work, person, idea.code)
        talk.say([s_("The slip comes in a moment.")])
        return True
    await idea_steps.must_be_ready(work, what, person, idea)
    if what == "finish":
        talk.say((await ideas.finish(work, person, idea)).words)
        return True
    given: dict[str, object] = {"idea": idea.id}
    if what in ideas.DECISIONS:
        given |= await panel_cards.decision(work, idea, what)
    await talk.ask(await talk.open(FLOWS[what], given))
    return True


async def _step_of_owner(talk: Dialogues, idea: Idea, what: str) -> bool:
    work, person = talk.work, talk.person
    if what == "again":
        return await _send_again(talk, idea)
    await idea_steps.must_be_ready(work, what, person, idea)
    if what == "supply":
        await talk.ask(await talk.open("supply_idea", {"idea": idea.id, "question": idea.missing}))
    elif what == "withdraw":
        await talk.ask(await talk.open("withdraw_idea", {"idea": idea.id}))
    else:
        done = await ideas.step_of_owner(work, person, idea, what)
        talk.say(done.words, done.actions)
    return True


async def _send_again(talk: Dialogues, idea: Idea) -> bool:
    """The same idea once more, as a new one: it is all there, and each answer can be changed before it goes."""
    work = talk.work
    if idea.resident_id != talk.person.resident.id or "again" not in dict(idea_steps.OWNERS.get(idea.state, ())):
        return False
    query = select(func.min(Due.at)).where(Due.what == idea_steps.AGAIN_FROM, Due.subject == idea.code)
    from_day = await work.session.scalar(query)
    if from_day is not None and from_day > work.now:
        day = from_day.astimezone(work.area.time_zone).date()
        talk.say([_("{code}: you can ask again from {day}. You get a message from us then.", code=idea.code, day=day)])
        return True
    answers: dict[str, object] = {"words": {"text": idea.words, "voice": idea.voice}, "wish": idea.wish}
    for name in ("together", "behind", "neighbours", "whom"):
        text, spoken_one = getattr(idea, name), idea.spoken.get(name)
        if text or spoken_one:
            answers[name] = {"text": text, "voice": spoken_one}
    answers.setdefault("together", dict(SKIPPED))
    answers["cents"] = idea.amount_cents or dict(SKIPPED)
    if photos := await photos_of(work, idea.code):
        answers["photos"] = photos
    await talk.ask(await talk.open("idea", answers))
    return True


async def show_list(talk: Dialogues, words: str, after: int | None = None) -> None:
    """All ideas that the words ask for, a page of them."""
    if len(words.encode()) > 40:
        talk.say([s_("Use fewer words, for example: {example}", example="/ideas heksenberg")])
        return
    found = await ideas.ideas_like(talk.work, talk.person, words, after, PAGE + 1)
    if not found:
        talk.say([s_("No ideas for that. All of them: {example}", example="/ideas")])
        return
    more = f"ideas.{found[PAGE - 1].id}.{words}" if len(found) > PAGE else None
    send_page(talk, [_line(each) for each in found[:PAGE]], more, [each.code for each in found[:PAGE]])


def line_for_owner(idea: Idea) -> Words:
    """An idea in one line, for who had it."""
    return _("{code}, your idea: {state}.", code=idea.code, state=ideas.STATE_NAMES[idea.state])


def _line(idea: Idea) -> Words:
    wordless = s_("(voice message)") if idea.voice else s_("(photo)")
    words = (idea.words or idea.heard).replace("\n", " ") or wordless
    short = f"{words[:79]}…" if isinstance(words, str) and len(words) > 80 else words
    return s_("{code} · {state}\n{words}", code=idea.code, state=ideas.STATE_NAMES[idea.state], words=short)


async def _show_owner(talk: Dialogues, idea: Idea) -> None:
    """How it stands, what comes next and by when, and what its owner can do."""
    work = talk.work
    votes = await panel_votes.count(work, idea)
    decided = idea.state in ("awarded", "not_now", "cannot")
    name = await idea_contacts.name_of(work, idea) if idea.state in idea_steps.ALIVE else None
    said: list[Words] = [
        line_for_owner(idea),
        idea.words,
        idea.missing if idea.state == "more" else idea.answer,
        *([_("There is {amount} for it.", amount=Money(idea.awarded_cents))] if idea.awarded_cents else []),
        *([_("Votes for: {yes}. Votes against: {no}.", yes=votes.yes, no=votes.no)] if decided and votes.yes else []),
        *([_("You hear from us no later than {day}.", day=idea.answer_by)] if idea.state in idea_steps.OWED else []),
        *([_("{name} from the office is there for you.", name=name)] if name else []),
    ]
    lines, of_voucher = await voucher_cards.for_owner(talk, idea)
    language = talk.person.chat.language
    paragraphs = [work.render(each, language) for each in (*said, *lines) if each]
    labels = [*of_voucher, *((f"{idea.code}.{what}", label) for what, label in idea_steps.OWNERS.get(idea.state, ()))]
    buttons = [[Button(work.render(label, language), does)] for does, label in labels]
    talk.send(letters(paragraphs, buttons))


async def _card(talk: Dialogues, idea: Idea) -> None:
    work, language = talk.work, talk.person.chat.language
    if idea.voice:
        talk.send([voice(idea.voice)])
    talk.send([voice(each) for each in idea.spoken.values()])
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    asks = Money(idea.amount_cents) if idea.amount_cents else idea.amount
    contact = await idea_contacts.name_of(work, idea)
    texts: list[Words] = [
        s_("{code} · {state}", code=idea.code, state=ideas.STATE_NAMES[idea.state]),
        idea.words or (s_("(voice message)") if idea.voice else s_("(photo)")),
        *heard.shown(idea),
        *in_language(work, idea),
        *([s_("For: {whom}", whom=idea.whom)] if idea.whom else []),
        *([s_("With: {together}", together=idea.together)] if idea.together else []),
        *([s_("Behind it: {words}", words=idea.behind)] if idea.behind else []),
        *([s_("Neighbours: {words}", words=idea.neighbours)] if idea.neighbours else []),
        *([s_("Costs about: {amount}", amount=asks)] if asks else []),
        *([s_("Wants from us: {wish}", wish=ideas.WISH_NAMES[idea.wish])] if idea.wish in ideas.WISH_NAMES else []),
        s_("From: {place}.", place=place.name if place else s_("no neighbourhood")),
        *([s_("Answer by {day}.", day=idea.answer_by)] if idea.state in idea_steps.OWED else []),
        *([s_("Asked of its owner: {question}", question=idea.missing)] if idea.state == "more" else []),
        *([s_("{name} is there for its owner.", name=contact)] if contact else []),
        *([WRITTEN_DOWN] if idea.came_from == spoken.SPOKEN else []),
        *([s_("Our answer: {answer}", answer=idea.answer)] if idea.answer else []),
        *([s_("Awarded: {amount}", amount=Money(idea.awarded_cents))] if idea.awarded_cents else []),
        *await voucher_cards.for_staff(work, idea),
        *await panel_cards.how_it_stands(work, idea),
        *await opinions.on_card(work, idea),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    labels: dict[str, Words] = await idea_steps.actions_of(work, idea, talk.person)
    if idea.voice and talk.person.is_staff:
        labels["heard"] = HEARD_LABEL
    if idea.came_from == spoken.SPOKEN and talk.person.is_staff:
        labels["slip"] = s_("Make the slip")
        if await idea_steps.is_owner(work, talk.person, idea):
            owners = [each for each in idea_steps.OWNERS.get(idea.state, ()) if each[0] != "again"]
            labels |= dict(owners)
    labels |= await consult_cards.labels(talk, idea)
    if talk.person.is_staff and idea.state in idea_steps.ALIVE:
        labels["actie"] = s_("ACTIE")
    if idea.advice and panel_cards.may_see_votes(talk.person):
        labels["votes"] = s_("Who said what")
    buttons = [[Button(work.render(label, language), f"{idea.code}.{what}")] for what, label in labels.items()]
    talk.send(letters(paragraphs, buttons))
