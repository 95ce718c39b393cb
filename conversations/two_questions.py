"""The two questions that the programme asks at every barbecue. Each may be skipped."""

from __future__ import annotations

from conversations.results import TwoAnswers
from conversations.talk import Talk
from conversations.words import _


async def two_questions(talk: Talk) -> TwoAnswers:
    """Ask what somebody is proud of, and what must be better."""
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
    return TwoAnswers(proud, better)
