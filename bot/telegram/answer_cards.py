"""An answer to one of the two questions as staff see it: to listen to, to look at, to write down what it says."""

from __future__ import annotations

from bot.neighbourhood import complaints, heard
from bot.neighbourhood.spoken import SPOKEN
from bot.outbox.letters import Bold, Button, letters, pictures, voice
from bot.store.tables import Answer
from bot.telegram.dialogues import Dialogues
from bot.telegram.listening import HEARD_LABEL, ask_what_it_says, in_language
from conversations.words import Words, s_

QUESTIONS: dict[str, Words] = {"proud": s_("proud"), "better": s_("must be better")}
WRITTEN_DOWN = s_("Written down by staff, for somebody without a phone.")


async def show(talk: Dialogues, number: int) -> bool:
    """Show an answer to staff; False for others and where there is none."""
    if not talk.person.is_staff:
        return False
    work, language = talk.work, talk.person.chat.language
    answer = await work.session.get(Answer, number)
    if answer is None:
        return False
    talk.send(pictures(await complaints.photos_of(work, f"A{number}")))
    if answer.voice:
        talk.send([voice(answer.voice)])
    place = work.area.neighbourhood(answer.neighbourhood) if answer.neighbourhood else None
    texts: list[Words] = [
        s_(
            "{code} · {question} · {place} · {day}",
            code=f"A{number}",
            question=QUESTIONS[answer.question],
            place=place.name if place else s_("no neighbourhood"),
            day=answer.at.date(),
        ),
        answer.words or s_("(no words: see the photo, or listen)"),
        *heard.shown(answer),
        *in_language(work, answer),
        *([WRITTEN_DOWN] if answer.came_from == SPOKEN else []),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    buttons = [[Button(work.render(HEARD_LABEL, language), f"A{number}.heard")]] if answer.voice else []
    talk.send(letters(paragraphs, buttons))
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on an answer's card; False where there is no such button."""
    answer = await talk.work.session.get(Answer, number) if talk.person.is_staff else None
    return answer is not None and what == "heard" and await ask_what_it_says(talk, f"A{number}", answer.voice)
