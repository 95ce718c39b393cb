"""The buttons with which a neighbourhood is asked about an idea, answers, and is read."""

from __future__ import annotations

from bot.neighbourhood import consultations, opinions
from bot.neighbourhood.panel_members import PANEL
from bot.neighbourhood.work import COORDINATORS, STAFF
from bot.store.tables import Idea
from bot.telegram.dialogues import Dialogues
from conversations.consultation import OPINIONS
from conversations.words import Words, s_

OF_ALL = 60
"""So many reasons are shown at most."""


def knows(what: str) -> bool:
    """Whether this is one of these buttons."""
    return what in OPINIONS or what in ("consult", "says")


async def labels(talk: Dialogues, idea: Idea) -> dict[str, Words]:
    """What of these stands on the office's card: to ask the neighbourhood, or to read why it said so."""
    asked = await opinions.latest(talk.work, idea)
    if asked is not None:
        return {"says": s_("Why neighbours say so")} if asked.state == opinions.CLOSED else {}
    free = idea.state == "checked" and not idea.advice and idea.resident_id != talk.person.resident.id
    return {"consult": s_("Ask the neighbourhood")} if free and talk.person.is_one_of(COORDINATORS | PANEL) else {}


async def step(talk: Dialogues, idea: Idea, what: str) -> bool:
    """A tap. Raises `NotAllowed`, `TooLate`."""
    if what == "consult":
        await _begin(talk, idea)
    elif what == "says":
        talk.person.must_be(STAFF | PANEL, f"{idea.code}.says")
        await _show_whys(talk, idea)
    else:
        return await _answer(talk, idea, what)
    return True


async def _begin(talk: Dialogues, idea: Idea) -> None:
    work = talk.work
    await consultations.must_be_free(work, talk.person, idea)
    begun = next(
        (each for each in talk.person.conversations if each.flow == "consult" and each.about == idea.code), None
    )
    if begun is None:
        given = {
            "idea": idea.id,
            "home": idea.neighbourhood,
            "days": work.area.consultation.days,
            "wordless": not (idea.words or idea.heard),
        }
        begun = await talk.open("consult", given, about=idea.code)
    talk.bring_to_front(begun)
    await talk.ask(begun)


async def _answer(talk: Dialogues, idea: Idea, what: str) -> bool:
    """What a neighbour thinks is kept at the tap; only then they are asked why."""
    if await consultations.result_of(talk.work, idea) is None:
        return False
    done = await consultations.take(talk.work, talk.person, idea, what)
    if done.begins is None:
        talk.say(done.words, done.actions)
        return True
    flow, given = done.begins
    begun = next((each for each in talk.person.conversations if each.flow == flow and each.about == idea.code), None)
    if begun is None:
        begun = await talk.open(flow, given, about=idea.code)
    else:
        talk.put(begun, "opinion", what)
        talk.bring_to_front(begun)
    await talk.ask(begun)
    return True


async def _show_whys(talk: Dialogues, idea: Idea) -> None:
    found = await consultations.whys(talk.work, idea)
    if not found:
        talk.say([s_("{code}: nobody said why.", code=idea.code)])
        return
    lines: list[Words] = [
        s_("{opinion}: {words}", opinion=OPINIONS[opinion], words=words) for opinion, words in found[:OF_ALL]
    ]
    language = talk.person.chat.language
    text = "\n".join(talk.work.render(line, language) for line in lines)
    talk.say([s_("{code}: this is why.", code=idea.code), text])
