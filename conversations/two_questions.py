"""The two questions that the programme asks at every barbecue. Each may be skipped."""

from __future__ import annotations

from conversations.results import TwoAnswers
from conversations.talk import Talk
from conversations.words import _


async def two_questions(talk: Talk) -> TwoAnswers:
    """Ask what somebody is proud of, and what must be better.

    Opened with `came_from` by an event's code, and with `asks_home` for who has only just said yes.
    """
    proud = await talk.tell(
        "proud",
        [
            _("What are you proud of in your neighbourhood?"),
            _("Type it, record a voice message, or send a photo."),
        ],
        skippable=True,
        photo=True,
    )
    better = await talk.tell(
        "better",
        [_("And what must be better?"), _("Type it, record a voice message, or send a photo.")],
        skippable=True,
        photo=True,
    )
    came_from = talk.brought("came_from") or ""
    return TwoAnswers(proud, better, came_from=came_from, asks_home=talk.brought("asks_home") is True)
