"""Announcing, typed and tapped: /event, /broadcast, and the very message sent to who makes it before anybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.neighbourhood import announcing, correcting, proofs
from bot.neighbourhood.work import STAFF, Action
from bot.outbox.letters import Letter
from bot.store.tables import Broadcast, Conversation
from bot.telegram.broadcast_cards import see
from bot.telegram.command import Command
from bot.telegram.dialogues import Dialogues
from conversations import FLOWS
from conversations.announced import BroadcastCorrected, NewsAnnounced
from conversations.announcing import PREVIEW, Codes
from conversations.event_said import EventAnnounced
from conversations.questions import Confirmation
from conversations.talk import Asks, Ends, play
from conversations.words import _, s_

ANNOUNCES = frozenset({"event", "broadcast", "correct"})
"""Conversations whose summary shows what will be sent."""


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap on "Send it to me first", or on what came of it; False where there is no such button."""
    name, _dot, language = what.partition(".")
    if subject != "do" or name != PREVIEW.key:
        return False
    talk.person.must_be(STAFF, "preview")
    if f"{subject}.{what}" == proofs.PREVIEW_BUTTON:
        talk.say([s_("This is only what people will see. The button works when it is sent.")])
        return True
    letters = await _letters(talk)
    if letters is None:
        return False
    see(talk, letters, language, f"do.{PREVIEW.key}", [Action(_("Go on with it"), "do.on")])
    return True


async def asks_for_codes(talk: Dialogues, conversation: Conversation) -> bool:
    """Whether a code that is typed now is an answer, and not to be shown."""
    if conversation.flow not in ANNOUNCES:
        return False
    asks, _document = await talk.peek(conversation)
    return isinstance(asks, Asks) and isinstance(asks.question, Codes)


async def _letters(talk: Dialogues) -> Mapping[str, Letter] | None:
    """What the conversation in front would send, by language; None where none is that far."""
    work, front = talk.work, talk.front
    if front is None or front.flow not in ANNOUNCES:
        return None
    asks, document = await talk.peek(front)
    if not isinstance(asks, Asks) or not isinstance(asks.question, Confirmation):
        return None
    document.answers[asks.question.name] = True
    outcome = play(FLOWS[front.flow], document, work.area_words)
    try:
        return await _of(talk, outcome.result) if isinstance(outcome, Ends) else None
    except ValueError:
        talk.say([announcing.TOO_LONG])
        return {}


async def _of(talk: Dialogues, result: Any) -> Mapping[str, Letter]:
    work, person = talk.work, talk.person
    match result:
        case EventAnnounced():
            return announcing.invitations(work, announcing.event_of(work, person, result))
        case NewsAnnounced():
            return announcing.news_letters(work, result)
        case BroadcastCorrected():
            first = await work.session.get_one(Broadcast, result.broadcast)
            return await correcting.letters_for(work, first, result)
        case _:
            return {}


COMMANDS: tuple[Command, ...] = (
    Command("event", "evenement", s_("announce an event"), flow="event", roles=STAFF),
    Command("broadcast", "bericht", s_("tell people something"), flow="broadcast", roles=STAFF),
)
