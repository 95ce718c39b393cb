"""Somebody goes on with a conversation after hours or days: they have forgotten where they were, the bot hasn't."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.neighbourhood.work import Work
from bot.store.tables import Conversation
from conversations.words import Words, _

AWAY_FOR = timedelta(hours=6)
"""So long after the last answer one no longer knows what was asked."""
SHOWN = 60


def reminder(work: Work, conversation: Conversation) -> Sequence[Words]:
    """What they were telling, when that is long ago; nothing where they were here just now."""
    last_heard = conversation.expires_at - work.area.conversation.expires_after
    if work.now - last_heard < AWAY_FOR:
        return ()
    told = conversation.said.get("answers", {}).get("words")
    words = " ".join(str(told.get("text", "") if isinstance(told, dict) else "").split())
    if not words:
        return (_("You were telling us something. Let's go on:"),)
    short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"
    return (_("You were telling us about this: {words}", words=short),)
