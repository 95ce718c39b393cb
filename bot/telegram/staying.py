"""Somebody who was warned that they are forgotten soon is heard of again: any word at all keeps them."""

from __future__ import annotations

from bot.neighbourhood.keeping import STAY, STAYED
from bot.telegram.dialogues import Dialogues
from bot.telegram.read import Incoming
from conversations.inputs import Said
from conversations.words import _, fold

_YES = (STAY.label, _("Yes"))


def stays(talk: Dialogues, incoming: Incoming) -> bool:
    """Keep who was warned; whether that was all that they wanted to say."""
    talk.person.resident.warned_at = None
    given = incoming.given
    if given is None or incoming.command is not None:
        return False
    talk.say([STAYED])
    typed = fold(given.text) if isinstance(given, Said) else ""
    return any(typed in talk.work.catalogues.spellings(label) for label in _YES if typed)
