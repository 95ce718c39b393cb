"""Somebody who hasn't said yes yet: that comes first; what else they say is kept for a day, in a conversation alone."""

from __future__ import annotations

from bot.neighbourhood.work import Work
from bot.telegram.dialogues import Dialogues
from conversations.hearing import Ear, hear
from conversations.inputs import Input, Photo, Said, Spot, Voice
from conversations.questions import PHOTOS_AT_MOST, Photos, Place, Tell
from conversations.talk import Asks, from_json, to_json
from conversations.words import Words, _, is_blank

KEPT_UNHEARD = 3
"""So many separate things said before the yes are kept for after it."""
KEPT_CHARACTERS = 4096


async def welcome(talk: Dialogues, notes: list[Words] | None = None) -> None:
    """Ask for the yes, or repeat where that stands."""
    going_on = next((each for each in talk.person.conversations if each.flow == "welcome"), None)
    await talk.ask(going_on or await talk.open("welcome"), notes or [])


async def hear_newcomer(talk: Dialogues, given: Input) -> None:
    """An answer to the welcome's question goes there; anything else is kept, and the question asked."""
    going_on = next((each for each in talk.person.conversations if each.flow == "welcome"), None)
    if going_on is not None:
        asks, document = await talk.peek(going_on)
        ear = Ear(going_on.turn, talk.work.today, talk.work.catalogues.spellings)
        if isinstance(asks, Asks) and hear(given, document, asks, ear).accepted:
            await talk.hear(going_on, given)
            return
    kept = await _keep(talk, given)
    if kept is False:
        await welcome(talk, [_("I can't do anything with that. Type it, speak it, or send a photo or a spot.")])
    elif kept:
        await welcome(talk, [_("Thank you, I keep that for you. First this:")])


async def open_with(talk: Dialogues, given: Input) -> bool:
    """Open a conversation about what came out of the blue; False for what answers nothing."""
    answers = answers_in(talk.work, given)
    if answers is None:
        return False
    conversation = await talk.open("blue", answers)
    if isinstance(given, Photo) and given.album:
        conversation.said = {**conversation.said, "albums": {given.album: "photos"}}
    return True


def answers_in(work: Work, given: Input) -> dict[str, object] | None:
    """What words, a photo, a voice message or a spot out of the blue already answer; None for what answers nothing."""
    match given:
        case Said(text) if is_blank(text):
            return None
        case Said() | Voice():
            return {"words": Tell("words", ()).take(given, work.today)}
        case Photo():
            photos = {"photos": Photos("photos", ()).take(given, work.today)}
            caption = given.caption.strip()
            return photos | ({"words": {"text": caption}} if caption else {})
        case Spot():
            return {"place": Place("place", ()).take(given, work.today)}
        case _:
            return None


async def _keep(talk: Dialogues, given: Input) -> bool | None:
    """Whether it was kept; None where nothing need be said (a further photo of an album)."""
    answers = answers_in(talk.work, given)
    if answers is None:
        return False
    behind = [each for each in talk.person.conversations if each.flow == "blue"]
    if not behind:
        return await open_with(talk, given)
    document = from_json(behind[-1].said)
    kept = document.answers
    quiet = isinstance(given, Photo) and given.album is not None and given.album in document.albums
    if isinstance(given, Photo) and isinstance(kept.get("photos"), list):
        kept["photos"] = [*kept["photos"], given.file_id][:PHOTOS_AT_MOST]
    elif isinstance(given, Said) and isinstance(kept.get("words"), dict) and kept["words"].get("text"):
        text = f"{kept['words']['text']}\n{given.text.strip()}"[:KEPT_CHARACTERS]
        kept["words"] = {**kept["words"], "text": text}  # a new one: what is stored must be seen to change
    elif not set(answers) & set(kept):
        kept.update(answers)
    elif len(behind) < KEPT_UNHEARD:
        return await open_with(talk, given)
    behind[-1].said = to_json(document)
    return None if quiet else True
