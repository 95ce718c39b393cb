"""Announcing an event: staff say what, when, where; see what people will get and how many; and invite them.

What few events need stands behind buttons of the summary: other languages, an end, how many fit, for whom, when.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations.announced import RoomForWords
from conversations.announcing import (
    MORE,
    PREVIEW,
    Until,
    how_sent,
    in_more_languages,
    language_choice,
    language_lines,
    written_in,
)
from conversations.event_said import EventAnnounced
from conversations.questions import At, Changes, Confirmation, Line, Number, Option
from conversations.talk import Talk
from conversations.words import Value, Words, _, n_, s_, units

TITLE_AT_MOST = 80
PLACE_AT_MOST = 100
WORDS_AT_MOST = 600
"""A photo's caption holds 1,024 characters, the frame of the invitation included, in every language."""
PEOPLE_AT_MOST = 100_000


async def announce_event(talk: Talk) -> EventAnnounced:
    """Ask for an event, show the invitation, and go on when staff say so."""
    title = await talk.tell("title", s_("What is it called? For example: Barbecue in the park"), up_to=TITLE_AT_MOST)
    starts = await talk.moment("starts", s_("When does it begin? Type a day and a time."))
    ends: datetime | None = await talk.if_wanted(Until("ends", s_("Until when? Type a time."), starts, skippable=True))
    place = await _place(talk)
    room = await talk.look_up("room", RoomForWords(place.words))
    most = min(WORDS_AT_MOST, room[0])
    words = await talk.tell(
        "words", s_("What else should people know? They read it as you type it."), skippable=True, up_to=most
    )
    photos = await talk.photos("photos", s_("Send a photo for the invitation."), skippable=True)
    fit = await talk.if_wanted(Number("fit", s_("How many people fit?"), 1, PEOPLE_AT_MOST, skippable=True))
    language = await written_in(talk, f"{title.text}\n{words.text}")
    said_in = await in_more_languages(talk, language, title=TITLE_AT_MOST, words=most if words else 0)
    sending, sending_lines, more = await how_sent(talk)
    lines = [
        Line("title", s_("Title"), title.text, s_("Change the title")),
        Line("starts", s_("When"), starts.strftime("%d-%m-%Y %H:%M"), s_("Change the time")),
        Line("place", s_("Where"), place.words or s_("a shared spot"), s_("Change the place"), ["place_shorter"]),
        Line("words", s_("Words"), words.text or s_("none"), s_("Change the words")),
        Line("photos", s_("Photo"), s_("yes") if photos else s_("none"), s_("Change the photo")),
        *([Line("ends", s_("Until"), ends.strftime("%d-%m-%Y %H:%M"), s_("Change the end"))] if ends else []),
        *([Line("fit", s_("Room for"), str(fit), s_("Change the room"))] if fit else []),
        *language_lines(talk, language, said_in),
        *sending_lines,
    ]
    more = [
        *([] if ends else [Option("ends", s_("Until when"))]),
        *([] if fit else [Option("fit", s_("How many people fit"))]),
        *more,
        language_choice(language),
    ]
    await talk.if_wanted(Changes("more", s_("What else do you want to choose?"), more))
    shown = invitation(title.text, starts, place.words, words.text, ends=ends, fit=fit)
    await talk.ask(
        Confirmation(
            "confirm",
            [s_("This is what people will get:"), *shown],
            lines,
            s_("Invite everybody") if sending.to == "all" else s_("Invite them"),
            more=[MORE],
            asides=[PREVIEW],
            pictures=photos[:1],
        )
    )
    return EventAnnounced(
        title.text,
        starts,
        place,
        words.text,
        photos[0] if photos else None,
        language,
        said_in,
        ends,
        fit or None,
        sending,
    )


def invitation(
    title: Words,
    starts: datetime,
    place: str,
    words: Words,
    *,
    note: Words = "",
    ends: datetime | None = None,
    fit: int | None = None,
) -> list[Words]:
    """What residents read; times without a zone are those on the clock in the area.

    `note`: about the language that it is in. `fit`: how many people there is room for.
    """
    lines: list[Words] = [title]
    lines += [note] if note else []
    if ends is None:
        lines.append(_("When: {moment}", moment=starts))
    else:
        clock = f"{ends:%H:%M}"
        until: Value = clock if ends - starts < timedelta(days=1) else ends
        lines.append(_("When: {moment}, until {end}", moment=starts, end=until))
    if place:
        lines.append(_("Where: {place}", place=place))
    if fit:
        lines.append(n_("There is room for {count} person.", "There is room for {count} people.", fit))
    return [*lines, words, _("Will you be there?")]


async def _place(talk: Talk) -> At:
    """Where it is, in words that leave room for others."""
    place = await talk.place("place", s_("Where is it? Share the spot, or type it."))
    if units(place.words) <= PLACE_AT_MOST:
        return place
    shorter = await talk.tell(
        "place_shorter", s_("That place is long. How do you say it shorter?"), up_to=PLACE_AT_MOST
    )
    return At(shorter.text, place.latitude, place.longitude)
