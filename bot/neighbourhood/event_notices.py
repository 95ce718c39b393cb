"""What is told to people about an event that they said something to: to many at once, each in their own language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from bot.neighbourhood import events
from bot.neighbourhood.work import Person, Work
from bot.outbox import bulk, rows
from bot.outbox.letters import Bold, Letter, letters
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Chat, Event, EventAnswer, Resident
from conversations.words import Words, _

INVOLVED = ("yes", "maybe", "waiting")
"""Who answered so hears when an event changes or is off."""
LATEST = timedelta(hours=2)
"""What people must know before an event is told at night too, when the morning would leave them less than this."""
REMINDER, CHANGE, OFF, THANKS = "reminder", "change", "off", "thanks"
"""What a notice is about, as its broadcast's `audience` keeps it."""

Write = Callable[[str], Letter]
"""Makes the letter in a language."""


def who(event: Event, *conditions: Any) -> Select[int]:
    """The chats of those who have a row among the event's answers that fits; also who can't be reached now."""
    return (
        select(Chat.id)
        .join(Resident, Resident.chat_id == Chat.id)
        .join(EventAnswer, EventAnswer.resident_id == Resident.id)
        .where(EventAnswer.event_id == event.id, *conditions)
    )


def who_said(event: Event, answers: Collection[str]) -> Select[int]:
    """The chats of those who answered so."""
    return who(event, EventAnswer.answer.in_(answers))


async def tell(
    work: Work,
    event: Event,
    to: Select[int],
    write: Write,
    about: str,
    *,
    by: Person | None = None,
    not_before: datetime,
    expires_at: datetime,
) -> int:
    """Tell these people, ahead of all invitations; gives how many. Who can't be reached now hears when they are back.

    `write` makes the letter; it goes from `not_before` on, and not after `expires_at`.
    """
    await work.session.flush()
    reachable = to.where(Chat.unreachable_since.is_(None))
    told = await _tell_when_back(work, event, to, write, expires_at)
    if await work.session.scalar(reachable.limit(1)) is None:
        return told
    broadcast = Broadcast(
        subject=event.code,
        state="running",
        lane=int(Lane.NOTICE),
        audience={"about": about},
        not_before=not_before,
        expires_at=expires_at,
        made_by=by.resident.id if by else None,
        at=work.now,
    )
    await bulk.begin(work.session, broadcast, {each: write(each) for each in work.catalogues.languages}, reachable)
    return told + broadcast.total


def called_off(work: Work, event: Event) -> list[Words]:
    """That an event doesn't go on, and why; for whoever was invited."""
    return [
        *events.closed_for(work, event),
        _("It would have been on {moment}. ({code})", moment=event.starts_at, code=event.code),
    ]


async def tell_off(work: Work, event: Event, by: Person | None = None) -> int:
    """Tell who comes, may come or waits that it is off, as it says; gives how many."""

    def write(language: str) -> Letter:
        texts = [work.render(each, language) for each in called_off(work, event)]
        return letters([Bold(texts[0]), *texts[1:]])[0]

    to, at = who_said(event, INVOLVED), soon_enough(work, event)
    return await tell(work, event, to, write, OFF, by=by, not_before=at, expires_at=events.ends(event))


def soon_enough(work: Work, event: Event) -> datetime:
    """When people are told what they must know before it begins: outside quiet hours, unless that is too late."""
    allowed = work.allowed_at(work.now)
    return allowed if allowed < event.starts_at - LATEST else work.now


async def stop(work: Work, event: Event, about: Sequence[str]) -> None:
    """What was to be told about this event, and is not true any more, goes to nobody from now on."""
    await work.session.flush()
    notices = (Broadcast.subject == event.code, Broadcast.lane == int(Lane.NOTICE), Broadcast.state == "running")
    for broadcast in await work.session.scalars(select(Broadcast).where(*notices)):
        if broadcast.audience.get("about") in about:
            broadcast.state = "stopped"


async def _tell_when_back(work: Work, event: Event, to: Select[int], write: Write, expires_at: datetime) -> int:
    """Of what somebody missed of an event they get the latest, if it is still of use by then."""
    away = list(await work.session.scalars(select(Chat).where(Chat.id.in_(to), Chat.unreachable_since.is_not(None))))
    for chat in away:
        letter, about = [write(chat.language)], event.code
        work.letters += rows.to_send(chat, Lane.NOTICE, letter, work.now, subject=about, expires_at=expires_at)
    return len(away)
