"""Events: announced by staff, everybody who may want it is invited once, answers can change."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import finding
from bot.neighbourhood.work import STAFF, Closing, Person, Work
from bot.outbox import bulk, posts
from bot.outbox.letters import Bold, Button, Letter, captioned, letters
from bot.store.tables import Broadcast, Chat, Complaint, Event, EventAnswer, Post, Recipient, Resident
from conversations.event import invitation
from conversations.results import EventAnnounced, Refused
from conversations.words import Text, Words, _, s_, sn_

ANSWER_LABELS: dict[str, Text] = {"yes": _("I'm coming"), "maybe": _("Maybe"), "no": _("I'm not coming")}
BAR = 20
SAID = "said"
"""The subject of a broadcast that invites to nothing, but tells people what came of what they said."""
MONTH = timedelta(days=30)


async def announce(work: Work, by: Person, announced: EventAnnounced) -> Closing | Refused:
    """Store an event and invite everybody who allows it. Raises `NotAllowed`."""
    by.must_be(STAFF, "/event")
    starts = announced.starts.replace(tzinfo=work.area.time_zone).astimezone(UTC)
    if starts <= work.now:
        return Refused(s_("That moment has passed already."), "starts")
    event = Event(
        title=announced.title,
        words=announced.words,
        place=announced.place.words,
        latitude=announced.place.latitude,
        longitude=announced.place.longitude,
        photo=announced.photo,
        starts_at=starts,
        made_by=by.resident.id,
        at=work.now,
    )
    work.session.add(event)
    await work.session.flush()
    await finding.remember(work, event.code, event.title, event.words, event.place, is_new=True)
    work.note(event.code, "announced", by.resident, event.title)
    broadcast = Broadcast(
        subject=event.code,
        state="running",
        not_before=work.allowed_at(work.now),
        expires_at=starts,
        made_by=by.resident.id,
        at=work.now,
    )
    wants_it = (
        Resident.consent_at.is_not(None),
        Resident.invites,
        Chat.unreachable_since.is_(None),
        Chat.id != by.chat.id,  # who announces it has seen it
    )
    had_enough = _had_enough(work)
    invited = select(Chat.id).join(Resident, Resident.chat_id == Chat.id).where(*wants_it, ~had_enough)
    spared = select(func.count()).select_from(Chat).join(Resident, Resident.chat_id == Chat.id)
    left_out = await work.session.scalar(spared.where(*wants_it, had_enough)) or 0
    each_language = {language: _invite(work, event, language) for language in work.catalogues.languages}
    await bulk.begin(work.session, broadcast, each_language, invited)
    await post_progress(work, broadcast, by.chat)
    said: list[Words] = [s_("{code} is announced. Invitations go out now.", code=event.code)]
    if broadcast.not_before > work.now:
        said = [
            s_("{code} is announced.", code=event.code),
            s_("It's quiet time now. Invitations go out from {moment}.", moment=broadcast.not_before),
        ]
    if left_out:
        said.append(
            sn_(
                "{count} person had enough invitations this month.",
                "{count} people had enough invitations this month.",
                left_out,
            )
        )
    return Closing(said)


async def answer(work: Work, person: Person, event: Event, what: str) -> None:
    """Somebody says whether they come; the newest answer counts. Says what was noted."""
    if event.starts_at <= work.now:
        work.tell(person.chat, [_("{title} is over.", title=event.title)])
        return
    row = await work.session.get(EventAnswer, (event.id, person.resident.id))
    if row is None:
        row = EventAnswer(event_id=event.id, resident_id=person.resident.id, answer=what, at=work.now)
        work.session.add(row)
    row.answer, row.at = what, work.now
    noted: dict[str, list[Words]] = {
        "yes": [_("Nice, see you there! {title}, {moment}.", title=event.title, moment=event.starts_at)],
        "maybe": [_("Maybe, then. You can still choose until it begins.")],
        "no": [_("You're not coming, then. Thanks for letting us know.")],
    }
    work.tell(person.chat, [*noted[what], _("Changed your mind? Tap another button. ({code})", code=event.code)])


async def coming(work: Work, limit: int = 8) -> list[Event]:
    """Events that haven't begun yet, the next one first."""
    query = select(Event).where(Event.starts_at > work.now).order_by(Event.starts_at, Event.id).limit(limit)
    return list(await work.session.scalars(query))


async def something(work: Work) -> dict[str, Any]:
    """What to begin with for a newcomer, as JSON: the next event, else how much was mended lately, else nothing."""
    if found := await coming(work, limit=1):
        return {"title": found[0].title, "starts": found[0].starts_at.isoformat(), "place": found[0].place}
    mended = select(func.count()).where(
        Complaint.solved_at >= work.now - MONTH, Complaint.state.in_(["solved", "confirmed"])
    )
    return {"mended": await work.session.scalar(mended)}


async def answers_of(work: Work, person: Person) -> dict[int, str]:
    """What somebody answered to events that are still to come: event → answer."""
    found = await work.session.execute(
        select(EventAnswer.event_id, EventAnswer.answer)
        .join(Event, Event.id == EventAnswer.event_id)
        .where(EventAnswer.resident_id == person.resident.id, Event.starts_at > work.now)
    )
    return dict(found.all())


async def tally(work: Work, event: Event) -> Counter[str]:
    """How many answered what."""
    found = await work.session.execute(
        select(EventAnswer.answer, func.count()).where(EventAnswer.event_id == event.id).group_by(EventAnswer.answer)
    )
    return Counter(dict(found.all()))


async def broadcasts_of(work: Work, subject: str) -> list[Broadcast]:
    """The broadcasts about a subject."""
    return list(
        await work.session.scalars(select(Broadcast).where(Broadcast.subject == subject).order_by(Broadcast.id))
    )


def shown(work: Work, event: Event, language: str) -> list[Letter]:
    """An event as residents see it, with the buttons to answer."""
    lines = invitation(event.title, event.starts_at, event.place, event.words)
    paragraphs = [work.render(each, language) for each in lines]
    paragraphs[0] = Bold(paragraphs[0])
    buttons = [[Button(work.render(label, language), f"{event.code}.{what}")] for what, label in ANSWER_LABELS.items()]
    if event.latitude is not None and event.longitude is not None:
        buttons.append([Button(work.render(_("Show the place"), language), f"{event.code}.place")])
    return [captioned(event.photo, paragraphs, buttons)] if event.photo else letters(paragraphs, buttons)


async def keep_posted(work: Work) -> None:
    """Bring the message about each broadcast that runs up to date; end those that are through or too late."""
    for broadcast in await work.session.scalars(select(Broadcast).where(Broadcast.state == "running")):
        too_late = broadcast.expires_at is not None and broadcast.expires_at <= work.now
        if broadcast.waiting == 0 or too_late:
            broadcast.state = "done"
        posted = await work.session.scalar(select(Post).where(Post.subject == broadcast.code))
        chat = await work.session.get(Chat, posted.chat_id) if posted else None
        if chat is not None:
            await post_progress(work, broadcast, chat)


def progress(broadcast: Broadcast) -> list[Words]:
    """How far a broadcast is: a bar, and the same in numbers."""
    done = broadcast.total - broadcast.waiting
    full = BAR * done // broadcast.total if broadcast.total else BAR
    over = broadcast.state == "done"
    first: Words = s_("Invitations for {code}", code=broadcast.subject)
    if broadcast.subject == SAID:
        first = s_("“You said, we did” goes out")
    lines: list[Words] = [
        first,
        "▓" * full + "░" * (BAR - full),
        s_(
            "Sent: {sent}. Unreachable: {unreachable}. Waiting: {waiting}.",
            sent=broadcast.sent,
            unreachable=broadcast.unreachable + broadcast.refused,
            waiting=0 if over else broadcast.waiting,
        ),
    ]
    if over and broadcast.waiting:
        return [*lines, s_("Not sent, because it was too late: {count}.", count=broadcast.waiting)]
    return [*lines, s_("All sent.")] if over else lines


def _had_enough(work: Work) -> ColumnElement[bool]:
    """Whether a chat was sent as many invitations in the last 30 days as the area file allows, or is to get them."""
    lately = (
        select(Recipient.chat_id)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(Broadcast.at > work.now - MONTH, Broadcast.subject != SAID, Recipient.state.in_(["sent", "waiting"]))
        .group_by(Recipient.chat_id)
        .having(func.count() >= work.area.invites.a_month)
    )
    return Chat.id.in_(lately)


async def post_progress(work: Work, broadcast: Broadcast, chat: Chat) -> None:
    """Show whoever started a broadcast how far it is, in a message that keeps itself up to date."""
    paragraphs = [work.render(each, chat.language) for each in progress(broadcast)]
    await posts.put(work.session, chat.id, broadcast.code, letters(paragraphs)[0], work.now)


def _invite(work: Work, event: Event, language: str) -> Letter:
    return shown(work, event, language)[0]
