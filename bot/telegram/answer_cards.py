"""An answer to one of the two questions as staff see it: to listen to, to look at, to write down what it says."""

from __future__ import annotations

from bot.neighbourhood import complaints, heard, themes
from bot.neighbourhood.narrowing import THEMES
from bot.neighbourhood.spoken import SPOKEN
from bot.neighbourhood.work import STAFF, Action, Work
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
            day=work.day_of(answer.at),
        ),
        answer.words or s_("(no words: see the photo, or listen)"),
        *heard.shown(answer),
        *in_language(work, answer),
        *([WRITTEN_DOWN] if answer.came_from == SPOKEN else []),
        *theme_line(answer.theme),
    ]
    paragraphs = [work.render(words, language) for words in texts]
    paragraphs[0] = Bold(paragraphs[0])
    buttons = [[Button(work.render(HEARD_LABEL, language), f"A{number}.heard")]] if answer.voice else []
    talk.send(letters(paragraphs, [*buttons, [theme_button(work, f"A{number}", answer.theme, language)]]))
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on an answer's card; False where there is no such button."""
    answer = await talk.work.session.get(Answer, number) if talk.person.is_staff else None
    return answer is not None and what == "heard" and await ask_what_it_says(talk, f"A{number}", answer.voice)


def theme_line(theme: str) -> list[Words]:
    """On a card: which of the programme's themes it belongs to, where somebody said so."""
    return [s_("Theme: {theme}", theme=THEMES[theme])] if theme in THEMES else []


def theme_button(work: Work, code: str, theme: str, language: str) -> Button:
    """The button on the card with this code (M12, A7) that leads to the themes; `theme_step` hears it."""
    label = s_("Change the theme") if theme in THEMES else s_("Choose a theme")
    return Button(work.render(label, language), f"{code}.theme")


async def theme_step(talk: Dialogues, code: str, what: str) -> bool:
    """A tap on "theme", or on one of the themes, of the card with this code; False where there is no such button."""
    talk.person.must_be(STAFF, f"{code}.theme")
    _theme, _dot, chosen = what.partition(".")
    if chosen:
        if not await themes.tag(talk.work, talk.person, code, chosen):
            return False
        talk.say([s_("{code}: theme {theme}.", code=code, theme=THEMES[chosen])])
        return True
    talk.say(
        [s_("Which theme does {code} belong to?", code=code)],
        [Action(label, f"{code}.theme.{key}") for key, label in THEMES.items()],
    )
    return True
