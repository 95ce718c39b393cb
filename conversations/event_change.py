"""Staff change an event, or cancel it: they see how it stands, and change what is different."""

from __future__ import annotations

from conversations.event import WORDS_AT_MOST
from conversations.event_said import EventCancelled, EventChanged
from conversations.questions import Confirmation, Line, Number
from conversations.talk import Talk
from conversations.words import LANGUAGE_NAMES, s_

REASON_AT_MOST = 500


async def change_event(talk: Talk) -> EventChanged:
    """Opened with the event as it is: its summary comes first, with a button for each thing that may change."""
    starts = await talk.moment("starts", s_("When does it begin? Type a day and a time."))
    place = await talk.place("place", s_("Where is it? Share the spot, or type it."))
    prompt = s_("What else should people know? They read it as you type it.")
    words = await talk.tell("words", prompt, skippable=True, up_to=WORDS_AT_MOST)
    lines = [
        Line("starts", s_("When"), starts.strftime("%d-%m-%Y %H:%M"), s_("Change the time")),
        Line("place", s_("Where"), place.words or s_("a shared spot"), s_("Change the place")),
        Line("words", s_("Words"), words.text or s_("none"), s_("Change the words")),
    ]
    said_in = {}
    for language in _languages(talk):
        name, called = f"words_{language}", LANGUAGE_NAMES.get(language, language)
        prompt = s_("The same in {language}. Skip it: then they read the other words.", language=called)
        said = await talk.tell(name, prompt, skippable=True, up_to=WORDS_AT_MOST)
        said_in[language] = said.text
        label = s_("Words, {language}", language=called)
        lines.append(Line(name, label, said.text or s_("none"), label))
    places = await talk.ask(Number("places", s_("How many people fit? Skip it: no limit."), 1, 100_000, skippable=True))
    lines.append(Line("places", s_("Room for"), str(places) if places else s_("no limit"), s_("Change the room")))
    number = talk.given("event")
    first = s_("E{number}, {title}. What changes?", number=str(number), title=str(talk.given("title")))
    last = s_("Who said yes or maybe, or waits, hears what is different.")
    await talk.ask(Confirmation("confirm", [first, last], lines, s_("Change it and tell them")))
    return EventChanged(number, talk.given("version"), starts, place, words.text, places, said_in)


async def cancel_event(talk: Talk) -> EventCancelled:
    """Why it doesn't go on; all who said that they come, or may, read it."""
    number = talk.given("event")
    prompt = s_("E{number}: why doesn't it go on? People read it as you type it.", number=str(number))
    reason = await talk.tell("reason", prompt, up_to=REASON_AT_MOST)
    lines = [Line("reason", s_("Why"), reason.text, s_("Change the words"))]
    await talk.confirm(s_("Cancel E{number}? This can't be undone.", number=str(number)), lines, s_("Cancel the event"))
    return EventCancelled(number, reason.text)


def _languages(talk: Talk) -> list[str]:
    given = talk.brought("languages")
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
