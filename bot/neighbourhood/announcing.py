"""Announcing: an event, or something to tell; to whom staff choose, in the languages that they filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.neighbourhood import audience, broadcasts, event_words, events, in_languages, progress, reminders, second_yes
from bot.neighbourhood.work import COORDINATORS, STAFF, Closing, NotAllowed, Person, Work
from bot.outbox.letters import CAPTION_LIMIT, MESSAGE_LIMIT, Letter, captioned, length, letters
from bot.store.tables import Event
from conversations.announced import NewsAnnounced, RoomForWords, Sending
from conversations.broadcast import correction, news
from conversations.event import PEOPLE_AT_MOST, TITLE_AT_MOST, invitation
from conversations.event_said import EventAnnounced
from conversations.results import Refused
from conversations.words import Words, s_, sn_

LONGEST_DAY = datetime(2026, 9, 30, 23, 59)  # noqa: DTZ001 - a Wednesday in September is long in most languages
SLACK = 32
"""Other days are a little longer in some."""
YOU_FIRST = s_("You see it first, in each language that they read.")
TOO_LONG = s_("That is too long for one message. Please make it shorter.")


async def announce(work: Work, by: Person, announced: EventAnnounced) -> Closing | Refused:
    """Store an event and invite those whom it is for. Raises `NotAllowed`."""
    by.must_be(STAFF, "/event")
    event = event_of(work, by, announced)
    if event.starts_at <= work.now:
        return Refused(s_("That moment has passed already."), "starts")
    if event.ends_at is not None and event.ends_at <= event.starts_at:
        return Refused(s_("It would end before it begins. Choose the end again."), "ends")
    if (refused := _may_send(work, by, announced.sending, event.starts_at)) is not None:
        return refused
    work.session.add(event)
    await work.session.flush()
    await event_words.remember(work, event, is_new=True)
    work.note(event.code, "announced", by.resident, event.title)
    await reminders.plan(work, event)
    meant = audience.as_kept(by, announced.sending)
    broadcast = broadcasts.made(work, by, event.code, announced.sending, audience=meant, expires_at=event.starts_at)
    found = await audience.count(work, meant, by.resident.id)
    said = await broadcasts.launch(work, by, broadcast, invitations(work, event), found)
    if second_yes.is_needed(work, broadcast):
        event.state = events.ASKED
        said = [*said, s_("Until then residents don't see {code}.", code=event.code)]
    first: Words = s_("{code} is announced.", code=event.code)
    if not said:
        first = s_("{code} is announced. Invitations go out now.", code=event.code)
    return Closing([first, *said, YOU_FIRST, *_spared(found)])


async def tell(work: Work, by: Person, told: NewsAnnounced) -> Closing | Refused:
    """Tell people something that is no event. Raises `NotAllowed`."""
    by.must_be(STAFF, "/broadcast")
    if (refused := _may_send(work, by, told.sending, None)) is not None:
        return refused
    try:
        each_language = news_letters(work, told)
    except ValueError:
        return Refused(TOO_LONG, "words")
    meant = audience.as_kept(by, told.sending)
    found = await audience.count(work, meant, by.resident.id)
    if not found.people:
        return Refused(s_("Nobody gets this now. Choose for whom."), "for")
    broadcast = broadcasts.made(work, by, progress.NEWS, told.sending, audience=meant)
    said = await broadcasts.launch(work, by, broadcast, each_language, found)
    work.note(broadcast.code, "announced", by.resident, told.words)
    if not said:
        said = [sn_("Thank you. It goes to {count} person.", "Thank you. It goes to {count} people.", broadcast.total)]
    return Closing([*said, YOU_FIRST, s_("This is {code}.", code=broadcast.code)])


def event_of(work: Work, by: Person, announced: EventAnnounced) -> Event:
    """The event that staff described, not yet stored."""
    said = {"title": announced.title, "words": announced.words}
    language, first, also = in_languages.house_first(work, announced.language, said, announced.said_in)
    place = announced.place
    where = work.area.neighbourhood_at(*place.spot) if place.spot else None
    return Event(
        kind="event",
        state="on",
        title=first["title"],
        words=first["words"],
        language=language,
        said_in=also,
        place=place.words,
        latitude=place.latitude,
        longitude=place.longitude,
        neighbourhood=where.code if where else None,
        photo=announced.photo,
        starts_at=_moment(work, announced.starts),
        ends_at=_moment(work, announced.ends) if announced.ends else None,
        places=announced.people,
        version=1,
        reason="",
        made_by=by.resident.id,
        at=work.now,
    )


def invitations(work: Work, event: Event) -> dict[str, Letter]:
    """The invitation in each language."""
    return {language: events.shown(work, event, language)[0] for language in work.catalogues.languages}


def news_letters(work: Work, told: NewsAnnounced) -> dict[str, Letter]:
    """What people get, in each language. Raises ValueError where that is too long for one message."""
    also = {language: {"words": words} for language, words in told.said_in.items()}
    written, first, also = in_languages.house_first(work, told.language, {"words": told.words}, also)
    found = {}
    for language in work.catalogues.languages:
        words = also.get(language, first)["words"]
        about = in_languages.note(work, written, also, language)
        found[language] = one_letter(work, news(words, about), language, told.photo)
    return found


def one_letter(work: Work, lines: list[Words], language: str, photo: str | None = None) -> Letter:
    """These paragraphs as one message. Raises ValueError where that is too long."""
    paragraphs = [work.render(each, language) for each in lines]
    if photo is not None:
        return captioned(photo, paragraphs)
    found = letters(paragraphs)
    if len(found) > 1:
        raise ValueError("too long for a message")
    return found[0]


async def room_for_words(work: Work, asked: RoomForWords) -> tuple[int, int]:
    """How long words may be that stand in such a message, with a photo and without, whatever its reader's language."""
    longest = 0
    for language in work.catalogues.languages:
        notes = [in_languages.note(work, each, (), language) for each in work.catalogues.languages if each != language]
        note = max((work.render(each, language) for each in notes), key=length, default="")
        if asked.place is not None:
            title, ends = "-" * TITLE_AT_MOST, LONGEST_DAY + timedelta(days=2)
            frame = invitation(title, LONGEST_DAY, asked.place, "", note=note, ends=ends, fit=PEOPLE_AT_MOST)
        else:
            frame = correction("", note) if asked.how == "after" else news("", note)
        longest = max(longest, length("\n\n".join(work.render(each, language) for each in frame)))
    return CAPTION_LIMIT - longest - SLACK, MESSAGE_LIMIT - longest - SLACK


async def reach(work: Work, by: Person, to: str, which: list[str]) -> dict[str, Any]:
    """How many people it would go to and why not to others, as JSON for `conversations.announced.Reach`."""
    found = await audience.count(work, audience.as_kept(by, Sending(to, which)), by.resident.id)
    return {
        "people": found.people,
        "left_out": found.left_out,
        "second_above": work.area.invites.asks_second_above,
    }


def _may_send(work: Work, by: Person, sending: Sending, starts: datetime | None) -> Refused | None:
    """What is wrong with when it is to go. Raises `NotAllowed`."""
    if sending.urgent and not by.is_one_of(COORDINATORS):
        raise NotAllowed("urgent", s_("Only a coordinator sends something in quiet hours."))
    at = _moment(work, sending.at) if sending.at else None
    if at is not None and at <= work.now:
        return Refused(s_("That moment has passed already."), "when_at")
    if at is not None and starts is not None and at >= starts:
        return Refused(s_("By then it has begun. Choose an earlier moment."), "when_at")
    goes = at or work.now
    if not sending.urgent and starts is not None and (allowed := work.allowed_at(goes)) >= starts:
        return Refused(s_("It's quiet time until {moment}. By then it has begun.", moment=allowed), "when")
    return None


def _spared(found: audience.Found) -> list[Words]:
    if "enough" not in found.left_out:
        return []
    return [
        sn_(
            "{count} person had enough invitations this month.",
            "{count} people had enough invitations this month.",
            found.left_out["enough"],
        )
    ]


def _moment(work: Work, on_the_clock: datetime) -> datetime:
    return on_the_clock.replace(tzinfo=work.area.time_zone).astimezone(UTC)
