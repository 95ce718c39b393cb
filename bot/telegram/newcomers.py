"""Somebody who hasn't said yes yet: that comes first; what else they say is kept for a day, in a conversation alone."""

from __future__ import annotations

from bot.telegram.blue import INSTEAD, answers_in, open_with
from bot.telegram.dialogues import Dialogues
from conversations.guess import guess
from conversations.hearing import Ear, hear
from conversations.inputs import Input, Photo, Said, Thing, Voice
from conversations.questions import PHOTOS_AT_MOST, ChoiceOfNames, Json
from conversations.talk import SKIPPED, Asks, from_json, to_json
from conversations.told import joined
from conversations.words import Words, _

KEPT_UNHEARD = 3
"""So many separate things said before the yes are kept for after it."""
KEPT_CHARACTERS = 4096


async def welcome(talk: Dialogues, notes: list[Words] | None = None, *, whole: bool = False) -> None:
    """Ask for the yes, the first or to a text that has changed; or repeat it, in short unless `whole`."""
    flow = "consent" if talk.person.asked_anew else "welcome"
    going_on = next((each for each in talk.person.conversations if each.flow == flow), None)
    await talk.ask(going_on or await talk.open(flow), notes or [], whole=whole)


async def hear_newcomer(talk: Dialogues, given: Input) -> None:
    """An answer to the welcome's question goes there; anything else is kept, and the question asked."""
    going_on = next((each for each in talk.person.conversations if each.flow == "welcome"), None)
    if going_on is not None:
        asks, document = await talk.peek(going_on)
        ear = Ear(going_on.turn, talk.work.today, talk.work.catalogues.spellings)
        if isinstance(asks, Asks) and (_nearly(given, asks) or hear(given, document, asks, ear).accepted):
            await talk.hear(going_on, given)
            return
    notes: list[Words] = []
    if isinstance(given, Thing) and given.kind in INSTEAD:
        notes, given = [INSTEAD[given.kind]], Said(given.words)
    if isinstance(given, Said) and guess(given.text) in ("hello", "thanks"):
        await welcome(talk)
        return
    kept = await _keep(talk, given)
    if kept is False:
        nothing = _("I can't do anything with that. Type it, speak it, or send a photo or a spot.")
        await welcome(talk, notes or [nothing])
    elif kept:
        await welcome(talk, [*notes, _("Thank you, I keep that for you. First this:")])


def _nearly(given: Input, asks: Asks) -> bool:
    """Whether something was typed that comes near one of the names that are asked for."""
    if not isinstance(given, Said) or not isinstance(asks.question, ChoiceOfNames):
        return False
    return asks.question.meant(given.text) is not None


async def _keep(talk: Dialogues, given: Input) -> bool | None:
    """Whether it was kept; None where nothing need be said (a further photo of an album)."""
    answers = answers_in(talk.work, given)
    if answers is None:
        return False
    behind = [each for each in talk.person.conversations if each.flow == "blue"]
    if not behind:
        return await open_with(talk, given) is not None
    document = from_json(behind[-1].said)
    kept = document.answers
    quiet = isinstance(given, Photo) and given.album is not None and given.album in document.albums
    said = {name: answer for name, answer in kept.items() if answer != SKIPPED}
    told = _told(said.get("words"), answers.get("words"))
    if isinstance(given, Photo) and isinstance(kept.get("photos"), list):
        kept["photos"] = [*kept["photos"], given.file_id][:PHOTOS_AT_MOST]
        if told is not None:
            kept["words"] = told
    elif isinstance(given, Said | Voice) and "words" in said and told is not None:
        kept["words"] = told
    elif not said.keys() & {name for name, answer in answers.items() if answer != SKIPPED}:
        document.answers = {**kept, **answers, **said}
    elif len(behind) < KEPT_UNHEARD:
        return await open_with(talk, given) is not None
    behind[-1].said = to_json(document)
    return None if quiet else True


def _told(before: Json, more: Json) -> Json | None:
    """What was said before with this added, as much as is kept; None where it can't be added, or there is nothing."""
    told = joined(before, more) if isinstance(more, dict) else None
    return {**told, "text": told["text"][:KEPT_CHARACTERS]} if told else None
