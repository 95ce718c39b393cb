"""An idea as it is shown: the card that staff work with, and what its owner and everybody else see."""

from __future__ import annotations

from bot.neighbourhood import heard, ideas, spoken, team
from bot.neighbourhood.complaints import photos_of
from bot.neighbourhood.work import PANEL_TOO, STAFF
from bot.outbox.letters import Bold, Button, letters, pictures, voice
from bot.store.tables import Idea
from bot.telegram.answer_cards import WRITTEN_DOWN
from bot.telegram.dialogues import Dialogues
from bot.telegram.listening import HEARD_LABEL, ask_what_it_says, in_language
from bot.telegram.pages import send_page
from conversations.words import Money, Words, _, s_

PAGE = 8
STEP_LABELS: dict[str, Words] = {
    "answer": s_("Answer"),
    "award": s_("Say yes"),
    "not_now": s_("Say not now"),
}
FLOWS = {"answer": "answer_idea", "award": "award_idea", "not_now": "not_now_idea"}


async def show(talk: Dialogues, number: int) -> bool:
    """Show an idea to staff, the panel and its owner; False for others and where there is none."""
    idea = await talk.work.session.get(Idea, number)
    if idea is None:
        if talk.person.is_one_of(PANEL_TOO):
            talk.say([s_("There is no {code}.", code=f"I{number}")])
        return talk.person.is_one_of(PANEL_TOO)
    if talk.person.is_one_of(PANEL_TOO):
        talk.send(pictures(await photos_of(talk.work, idea.code)))
        _card(talk, idea)
    elif idea.resident_id == talk.person.resident.id:
        talk.say([line_for_owner(idea), idea.words, idea.answer])
    else:
        return False
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on a card: begins the conversation for it; False where there is no such button."""
    if what not in FLOWS and what not in ("heard", "slip"):
        return False
    talk.person.must_be(STAFF, f"I{number}.{what}")
    idea = await talk.work.session.get(Idea, number)
    if idea is None:
        return False
    if what == "heard":
        return await ask_what_it_says(talk, idea.code, idea.voice)
    if what == "slip":
        spoken.make_slip(talk.work, talk.person, idea.code)
        talk.say([s_("The slip comes in a moment.")])
        return True
    if idea.state not in ideas.MAY_BE_ANSWERED:
        talk.say([(await team.too_late(talk.work, talk.person, idea.code, ideas.STATE_NAMES[idea.state])).words])
        return True
    team.must_work_on(talk.person, idea, f"I{number}.{what}")
    await talk.ask(await talk.open(FLOWS[what], {"idea": number}))
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


def line_for_everybody(idea: Idea) -> Words:
    """An awarded idea in one line; nothing tells whose it is."""
    return _("{code}: {words}", code=idea.code, words=idea.words or _("(spoken)"))


def _line(idea: Idea) -> Words:
    words = (idea.words or idea.heard).replace("\n", " ") or s_("(voice message)")
    short = f"{words[:79]}…" if isinstance(words, str) and len(words) > 80 else words
    return s_("{code} · {state}\n{words}", code=idea.code, state=ideas.STATE_NAMES[idea.state], words=short)


def _card(talk: Dialogues, idea: Idea) -> None:
    work, language = talk.work, talk.person.chat.language
    if idea.voice:
        talk.send([voice(idea.voice)])
    place = work.area.neighbourhood(idea.neighbourhood) if idea.neighbourhood else None
    texts: list[Words] = [
        s_("{code} · {state}", code=idea.code, state=ideas.STATE_NAMES[idea.state]),
        idea.words or s_("(voice message)"),
        *heard.shown(idea),
        *in_language(work, idea),
        *([s_("For: {whom}", whom=idea.whom)] if idea.whom else []),
        *([s_("With: {together}", together=idea.together)] if idea.together else []),
        *([s_("Costs about: {amount}", amount=idea.amount)] if idea.amount else []),
        *([s_("Wants from us: {wish}", wish=ideas.WISH_NAMES[idea.wish])] if idea.wish in ideas.WISH_NAMES else []),
        s_(
            "From: {place}. Answer by {day}.", place=place.name if place else s_("no neighbourhood"), day=idea.answer_by
        ),
        *([WRITTEN_DOWN] if idea.came_from == spoken.SPOKEN else []),
        *([s_("Our answer: {answer}", answer=idea.answer)] if idea.answer else []),
        *([s_("Awarded: {amount}", amount=Money(idea.awarded_cents))] if idea.awarded_cents else []),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    buttons = [
        [Button(work.render(label, language), f"{idea.code}.{what}")]
        for what, label in STEP_LABELS.items()
        if idea.state in ideas.MAY_BE_ANSWERED and talk.person.is_staff
    ]
    if idea.voice and talk.person.is_staff:
        buttons.append([Button(work.render(HEARD_LABEL, language), f"{idea.code}.heard")])
    if idea.came_from == spoken.SPOKEN and talk.person.is_staff:
        buttons.append([Button(work.render(s_("Make the slip"), language), f"{idea.code}.slip")])
    talk.send(letters(paragraphs, buttons))
