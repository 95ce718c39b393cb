"""Telling people something that is no event; putting right what was sent; and a colleague's no."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.announced import (
    BroadcastCorrected,
    BroadcastDeclined,
    NewsAnnounced,
    RoomForWords,
    Sent,
    WhatWasSent,
)
from conversations.announcing import (
    MORE,
    PREVIEW,
    how_sent,
    in_more_languages,
    language_choice,
    language_lines,
    short,
    written_in,
)
from conversations.event import TITLE_AT_MOST
from conversations.questions import SEND, Changes, Confirmation, Line, Option, Photos, Tell
from conversations.talk import Talk
from conversations.words import Words, _, s_, sn_, units

WHY_AT_MOST = 500
_TITLE = Tell("title", s_("What is it called?"), skippable=True, up_to=TITLE_AT_MOST)


async def announce_news(talk: Talk) -> NewsAnnounced:
    """The words, and what few messages need behind buttons of the summary."""
    with_photo, without = await talk.look_up("room", RoomForWords())
    has_photo = isinstance(talk.brought("photos"), list)
    most = with_photo if has_photo else without
    words = await talk.tell("words", s_("What do you want to tell people? They read it as you type it."), up_to=most)
    fits_photo = units(words.text) <= with_photo
    photos = await talk.if_wanted(Photos("photos", s_("Send the photo."), skippable=True)) if fits_photo else []
    language = await written_in(talk, words.text)
    said_in = await in_more_languages(talk, language, words=with_photo if photos else most)
    sending, sending_lines, more = await how_sent(talk)
    lines = [
        _words_line(words.text),
        _photo_line(photos, fits=fits_photo),
        *language_lines(talk, language, said_in),
        *sending_lines,
    ]
    await talk.if_wanted(Changes("more", s_("What else do you want to choose?"), [*more, language_choice(language)]))
    await talk.ask(
        Confirmation(
            "confirm",
            [s_("This is what people will get:"), *news(words.text)],
            lines,
            SEND,
            more=[MORE],
            asides=[PREVIEW],
            pictures=photos[:1],
        )
    )
    said = {key: each["words"] for key, each in said_in.items()}
    return NewsAnnounced(words.text, photos[0] if photos else None, language, said, sending)


def news(words: Words, note: Words = "") -> list[Words]:
    """What residents read. `note`: about the language that it is in."""
    return [*([note] if note else []), words, _("Do you want to say something about it? Just write to us here.")]


def correction(words: Words, note: Words = "") -> list[Words]:
    """What those read who got something that was wrong."""
    return [_("We made a mistake in our last message to you. This is right:"), *news(words, note)]


async def correct(talk: Talk) -> BroadcastCorrected:
    """Opened with the number of a broadcast: change what was sent, or send the right words after it."""
    number = talk.given("broadcast")
    sent: Sent = await talk.look_up("sent", WhatWasSent(number))
    how = await talk.choose(
        "how",
        s_("{code}: how do you put it right?", code=sent.code),
        [Option("edit", s_("Change what was sent")), Option("after", s_("Send a message after it"))],
    )
    with_photo, without = await talk.look_up("room", RoomForWords(None, number, how))
    most = with_photo if sent.has_photo and how == "edit" else without
    words = await talk.tell("words", s_("What should it say? People read it as you type it."), up_to=most)
    edits_event = how == "edit" and bool(sent.title)
    title = await talk.if_wanted(_TITLE) if edits_event else _TITLE.nothing
    language = await written_in(talk, f"{title.text}\n{words.text}")
    said_in = await in_more_languages(talk, language, title=TITLE_AT_MOST if edits_event else 0, words=most)
    lines = [
        Line("how", s_("How"), s_("it is changed") if how == "edit" else s_("a message after it"), s_("Change how")),
        _words_line(words.text),
        *([Line("title", s_("Title"), title.text or sent.title, s_("Change the title"))] if edits_event else []),
        *language_lines(talk, language, said_in),
        Line("", s_("Goes to"), sn_("{count} person", "{count} people", sent.people)),
    ]
    await talk.if_wanted(Changes("more", s_("What else do you want to choose?"), [language_choice(language)]))
    shown = [title.text or sent.title, words.text] if edits_event else news(words.text)
    await talk.ask(
        Confirmation(
            "confirm",
            [s_("This is what people will get:"), *(correction(words.text) if how == "after" else shown)],
            lines,
            SEND,
            more=[MORE],
            asides=[PREVIEW],
        )
    )
    return BroadcastCorrected(number, how, title.text or None, words.text, language, said_in)


async def decline(talk: Talk) -> BroadcastDeclined:
    """Opened with the number of a broadcast: why a coordinator says no to it."""
    number = talk.given("broadcast")
    why = await talk.tell(
        "why", s_("B{number}: why not? Who made it reads this.", number=str(number)), up_to=WHY_AT_MOST
    )
    return BroadcastDeclined(number, why.text)


def _words_line(words: str) -> Line:
    return Line("words", s_("Words"), short(words), s_("Change the words"))


def _photo_line(photos: Sequence[str], *, fits: bool) -> Line:
    if not fits:
        return Line("photos", s_("Photo"), s_("none, for the words are too long for one"))
    label = s_("Change the photo") if photos else s_("Add a photo")
    return Line("photos", s_("Photo"), s_("yes") if photos else s_("none"), label)
