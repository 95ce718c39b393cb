"""What comes out of the blue, while nothing is being said: it begins the right conversation, and is kept as it is."""

from __future__ import annotations

from collections.abc import Mapping

from bot.neighbourhood.residents import GREETED, MENU, THANKED
from bot.neighbourhood.work import Action, Work
from bot.store.tables import Conversation
from bot.telegram.dialogues import Dialogues
from conversations.danger import is_danger
from conversations.guess import guess
from conversations.inputs import Input, Photo, Said, Spot, Thing, Voice
from conversations.questions import Photos, Place, Tell
from conversations.talk import Asks
from conversations.words import Text, _, is_blank

NO_VIDEO = _("I can't look at a video. Send a photo, or say it in a voice message.")
INSTEAD: Mapping[str, Text] = {
    "video": NO_VIDEO,
    "video_note": NO_VIDEO,
    "animation": NO_VIDEO,
    "audio": _("I can't play that. Record it here with the microphone, or type it."),
    "document": _("I can't open a file. Send it as a photo, or tell me about it."),
    "contact": _("Thank you, but I keep nobody's number. Shall a person talk with you?"),
}
"""What works in place of what can't be taken, by its kind."""
PERSON = Action(_("Talk to a person"), "do.person")


async def hears(talk: Dialogues, given: Input) -> bool:
    """Begin what this is about, or answer a greeting; False for what answers nothing."""
    if isinstance(given, Thing):
        return await _thing(talk, given)
    if isinstance(given, Said) and (greeting := guess(given.text)) in ("hello", "thanks"):
        talk.say(GREETED if greeting == "hello" else THANKED, MENU)
        return True
    conversation = await open_with(talk, given)
    if conversation is None:
        return False
    if isinstance(given, Said):
        talk.just_told = (conversation.id, Tell("words", ()))
    await talk.ask(conversation)
    return True


async def open_with(talk: Dialogues, given: Input) -> Conversation | None:
    """Open a conversation about what came out of the blue; nothing is said yet. None for what answers nothing."""
    answers = answers_in(talk.work, given)
    if answers is None:
        return None
    conversation = await talk.open("blue", answers)
    if isinstance(given, Photo) and given.album:
        conversation.said = {**conversation.said, "albums": {given.album: "photos"}}
    return conversation


def answers_in(work: Work, given: Input) -> dict[str, object] | None:
    """What words, a photo, a voice message or a spot out of the blue already answer; None for what answers nothing."""
    match given:
        case Said(text) if is_blank(text):
            return None
        case Said() | Voice():
            return {"words": Tell("words", ()).take(given, work.today)}
        case Photo():
            caption = given.caption.strip()
            photos = Photos("photos", ()).take(given, work.today)
            return {"photos": photos, **({"words": {"text": caption}} if caption else {})}
        case Spot():
            return {"place": Place("place", ()).take(given, work.today)}
        case _:
            return None


async def words_under(talk: Dialogues, front: Conversation, given: Input) -> Input:
    """What is typed under a video or a file answers a question that asks for words; anything else is given back."""
    if not isinstance(given, Thing) or is_blank(given.words):
        return given
    asks, _document = await talk.peek(front)
    if not isinstance(asks, Asks) or not isinstance(asks.question, Tell):
        return given
    if given.kind in INSTEAD:
        talk.say([INSTEAD[given.kind]])
    return Said(given.words)


def speaks_of_danger(given: Input | None) -> bool:
    """Whether somebody's words are those of an emergency."""
    match given:
        case Said(text=words) | Photo(caption=words) | Voice(caption=words) | Thing(words=words):
            return is_danger(words)
        case _:
            return False


async def _thing(talk: Dialogues, thing: Thing) -> bool:
    if thing.kind == "sticker":
        talk.say(GREETED, MENU)
        return True
    if thing.kind not in INSTEAD:
        return False
    conversation = await open_with(talk, Said(thing.words))
    if conversation is not None:
        await talk.ask(conversation, [INSTEAD[thing.kind]])
    else:
        talk.say([INSTEAD[thing.kind]], [PERSON] if thing.kind == "contact" else MENU)
    return True
