"""Putting right what was sent: changing the messages themselves, or telling exactly those who got them."""

from __future__ import annotations

from typing import Any

from bot.neighbourhood import announcing, audience, broadcasts, event_words, events, in_languages, progress
from bot.neighbourhood.audience import GOT
from bot.neighbourhood.work import STAFF, Closing, NotAllowed, Person, Work
from bot.outbox.letters import Letter
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Event
from conversations.announced import BroadcastCorrected, NewsAnnounced, RoomForWords, Sending
from conversations.broadcast import correction
from conversations.results import Refused
from conversations.words import s_, sn_


async def what_was_sent(work: Work, number: int) -> dict[str, Any]:
    """A broadcast as it is put right, as JSON for `conversations.announced.Sent`."""
    broadcast = await work.session.get_one(Broadcast, number)
    event = await event_words.of(work, broadcast)
    found = await audience.count(work, _meant(broadcast), None)
    return {
        "code": broadcast.code,
        "title": event.title if event else "",
        "people": found.people,
        "has_photo": _photo(broadcast) is not None,
    }


async def room_for_words(work: Work, asked: RoomForWords) -> tuple[int, int]:
    """How long the right words may be, with a photo and without."""
    broadcast = await work.session.get_one(Broadcast, asked.corrects)
    event = await event_words.of(work, broadcast) if asked.how == "edit" else None
    place = event.place[: events.PLACE_AT_MOST] if event else None
    return await announcing.room_for_words(work, RoomForWords(place, how=asked.how))


async def correct(work: Work, by: Person, right: BroadcastCorrected) -> Closing | Refused:
    """Send what is right to those who got it, as it says. Raises `NotAllowed`."""
    attempt = f"B{right.broadcast}.correct"
    by.must_be(STAFF, attempt)
    first = await work.session.get_one(Broadcast, right.broadcast)
    if not broadcasts.may_see(by, first):
        raise NotAllowed(attempt, s_("{code} is for colleagues.", code=first.code))
    if "correct" not in progress.steps(first):
        return Closing([s_("Pause {code} first, then put it right.", code=first.code)])
    try:
        each_language = await letters_for(work, first, right)
    except ValueError:
        return Refused(announcing.TOO_LONG, "words")
    edits = right.how == "edit"
    broadcast = broadcasts.made(
        work,
        by,
        first.subject,
        Sending(urgent=edits),  # a message that changes makes no sound
        audience=_meant(first),
        expires_at=first.expires_at if first.expires_at and first.expires_at > work.now else None,
        lane=Lane.NOTICE,
    )
    if edits:
        broadcast.edits = first.id
        if (event := await event_words.of(work, first)) is not None:
            broadcast.audience = {**broadcast.audience, event_words.SAYS: event_words.right(work, event, right)}
    said = await broadcasts.launch(work, by, broadcast, each_language)
    work.note(first.code, "corrected", by.resident, right.words)
    goes = sn_("Thank you. It goes to {count} person.", "Thank you. It goes to {count} people.", broadcast.total)
    return Closing([*(said or [goes]), announcing.YOU_FIRST, s_("This is {code}.", code=broadcast.code)])


async def letters_for(work: Work, first: Broadcast, right: BroadcastCorrected) -> dict[str, Letter]:
    """What they get, in each language. Raises ValueError where that is too long for one message."""
    event = await event_words.of(work, first) if right.how == "edit" else None
    if event is not None:
        as_it_is = {each.key: getattr(event, each.key) for each in Event.__table__.columns}
        return announcing.invitations(work, Event(**{**as_it_is, **event_words.right(work, event, right)}))
    said_in = {language: said["words"] for language, said in right.said_in.items()}
    if right.how == "edit":
        told = NewsAnnounced(right.words, _photo(first), right.language, said_in, Sending())
        return announcing.news_letters(work, told)
    also = {language: {"words": words} for language, words in said_in.items()}
    written, main, also = in_languages.house_first(work, right.language, {"words": right.words}, also)
    return {
        language: announcing.one_letter(
            work,
            correction(also.get(language, main)["words"], in_languages.note(work, written, also, language)),
            language,
        )
        for language in work.catalogues.languages
    }


def _meant(broadcast: Broadcast) -> dict[str, Any]:
    return {"to": GOT, "which": [str(broadcast.id)]}


def _photo(broadcast: Broadcast) -> str | None:
    photos: list[str | None] = [letter["content"].get("photo") for letter in broadcast.letters.values()]
    return photos[0] if photos else None
