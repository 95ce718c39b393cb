"""Talking with a person: the first thing that is said. From then on it goes straight to the office."""

from __future__ import annotations

from conversations.results import WantsPerson
from conversations.talk import Talk
from conversations.words import _


async def talk_to_a_person(talk: Talk) -> WantsPerson:
    """Ask what somebody wants to say."""
    told = await talk.tell(
        "words",
        [_("What do you want to say or ask?"), _("A person reads it. Type it, speak it, or send a photo.")],
        photo=True,
    )
    photos = talk.brought("photos")  # the rest of an album
    return WantsPerson(told, photos=photos if isinstance(photos, list) else [])
