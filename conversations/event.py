"""Announcing an event: staff say what, when, where; see what people will get; and invite them all."""

from __future__ import annotations

from datetime import datetime

from conversations.questions import Confirmation, Line
from conversations.results import EventAnnounced
from conversations.talk import Talk
from conversations.words import Words, _, s_

TITLE_AT_MOST = 80
WORDS_AT_MOST = 600
"""A photo's caption holds 1,024 characters, the frame of the invitation included, in every language."""


async def announce_event(talk: Talk) -> EventAnnounced:
    """Ask for an event, show the invitation, and go on when staff say so."""
    title = await talk.tell("title", s_("What is it called? For example: Barbecue in the park"), up_to=TITLE_AT_MOST)
    starts = await talk.moment("starts", s_("When does it begin? Type a day and a time."))
    place = await talk.place("place", s_("Where is it? Share the spot, or type it."))
    words = await talk.tell(
        "words", s_("What else should people know? They read it as you type it."), skippable=True, up_to=WORDS_AT_MOST
    )
    photos = await talk.photos("photos", s_("Send a photo for the invitation."), skippable=True)
    await talk.ask(
        Confirmation(
            "confirm",
            [s_("This is what people will get:"), *invitation(title.text, starts, place.words, words.text)],
            [
                Line("title", s_("Title"), title.text, s_("Change the title")),
                Line("starts", s_("When"), starts.strftime("%d-%m-%Y %H:%M"), s_("Change the time")),
                Line("place", s_("Where"), place.words or s_("a shared spot"), s_("Change the place")),
                Line("words", s_("Words"), words.text or s_("none"), s_("Change the words")),
                Line("photos", s_("Photo"), s_("yes") if photos else s_("none"), s_("Change the photo")),
            ],
            s_("Invite everybody"),
            pictures=photos[:1],
        )
    )
    return EventAnnounced(title.text, starts, place, words.text, photos[0] if photos else None)


def invitation(title: str, starts: datetime, place: str, words: str) -> list[Words]:
    """What residents read; `starts` without a zone is the time on the clock in the area."""
    lines: list[Words] = [title, _("When: {moment}", moment=starts)]
    if place:
        lines.append(_("Where: {place}", place=place))
    return [*lines, words, _("Will you be there?")]
