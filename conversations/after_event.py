"""The day after an event: staff send a photo and a word of thanks to those who were there."""

from __future__ import annotations

from conversations.event_said import EventThanked
from conversations.questions import Confirmation, Line
from conversations.talk import Talk
from conversations.words import s_

THANKS_AT_MOST = 500
"""A photo's caption holds 1,024 characters, the frame included, in every language."""


async def thank(talk: Talk) -> EventThanked:
    """A photo and words; each may be skipped."""
    number = talk.given("event")
    photos = await talk.photos(
        "photos",
        [
            s_("E{number}: send a photo for those who were there.", number=str(number)),
            s_("Is everybody in the picture fine with that?"),
        ],
        skippable=True,
    )
    prompt = s_("And a word of thanks? They read it as you type it.")
    words = await talk.tell("words", prompt, skippable=True, up_to=THANKS_AT_MOST)
    await talk.ask(
        Confirmation(
            "confirm",
            s_("Shall I send this to those who were there?"),
            [
                Line("photos", s_("Photo"), s_("yes") if photos else s_("none"), s_("Change the photo")),
                Line("words", s_("Words"), words.text or s_("none"), s_("Change the words")),
            ],
            s_("Send the thanks"),
            pictures=photos[:1],
        )
    )
    return EventThanked(number, words.text, photos[0] if photos else None)
