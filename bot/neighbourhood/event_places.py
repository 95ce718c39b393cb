"""The places of an event, and who waits for one: they move up by themselves, in the order in which they came.

Those whose group doesn't fit in the room that is left let smaller groups go first. Who comes and can't be reached for
`AWAY` gives up their place, but only to somebody who waits for it; they read so on their return.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import events
from bot.neighbourhood.work import Action, Work
from bot.outbox import rows
from bot.outbox.letters import Button, letters
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Due, Event, EventAnswer, Resident
from conversations.words import _, n_

LOOK = "event_places"
"""The row of `due` that lets those move up for whom a place came free without anybody's answer."""
LOOKS_AFTER = timedelta(minutes=15)
AWAY = timedelta(hours=1)
AT_ONCE = 100


async def lock(work: Work, event: Event) -> None:
    """Where there are places to give out, nobody else gives them out until the end of this transaction."""
    if event.places is not None:
        await work.session.flush()
        await work.session.refresh(event, with_for_update=True)


async def room(work: Work, event: Event) -> int | None:
    """How many people still fit, less than none where more come than there are places; None: there is no limit."""
    return None if event.places is None else event.places - await people_coming(work, event)


async def people_coming(work: Work, event: Event) -> int:
    """How many people come; who waits isn't among them."""
    people = select(func.sum(EventAnswer.people)).where(EventAnswer.event_id == event.id, EventAnswer.answer == "yes")
    return int(await work.session.scalar(people) or 0)


async def left(work: Work, event: Event) -> int | None:
    """How many people still fit; None where there is no limit."""
    found = await room(work, event)
    return None if found is None else max(0, found)


async def wait_in_line(work: Work, event: Event, row: EventAnswer) -> None:
    """Put somebody at the end of the waiting list."""
    latest = await work.session.scalar(select(func.max(EventAnswer.waiting_since)).where(*_waits(event)))
    at = work.now if latest is None or latest < work.now else latest + timedelta(microseconds=1)
    row.answer, row.waiting_since = "waiting", at
    await _look_later(work, event)


async def number_in_line(work: Work, row: EventAnswer) -> int:
    """The place on the waiting list of somebody who waits, from 1."""
    before = (EventAnswer.waiting_since < row.waiting_since) | (
        (EventAnswer.waiting_since == row.waiting_since) & (EventAnswer.resident_id < row.resident_id)
    )
    ahead = select(func.count()).where(EventAnswer.event_id == row.event_id, EventAnswer.answer == "waiting", before)
    return 1 + (await work.session.scalar(ahead) or 0)


async def move_up(work: Work, event: Event) -> int:
    """Give free places to those who wait, the first first, and tell them; gives how many groups moved up.

    To be called whenever a place may have come free, or there are more of them. Who can't be reached now keeps their
    place on the list and is passed over.
    """
    if events.closed_for(work, event):
        return 0
    await lock(work, event)
    free = await room(work, event)
    away = [] if free is None else await _away(work, event)
    moved = 0
    while waiting := await _first(work, event, None if free is None else free + _people(away)):
        for row, chat in waiting:
            if free is not None:
                if row.people > free + _people(away):
                    continue
                while row.people > free:
                    gone, its_chat = away.pop(0)
                    free += gone.people
                    await _step_back(work, event, gone, its_chat)
                free -= row.people
            row.answer, row.waiting_since = "yes", None
            _tell_moved_up(work, event, row, chat)
            moved += 1
        await work.session.flush()
    return moved


async def look(work: Work, event: Event) -> None:
    """Look whether somebody can move up, and again later as long as anybody waits."""
    await move_up(work, event)
    waits = select(EventAnswer.resident_id).where(*_waits(event)).limit(1)
    if not events.closed_for(work, event) and await work.session.scalar(waits) is not None:
        await _look_later(work, event)


async def _look_later(work: Work, event: Event) -> None:
    await work.session.flush()
    if await work.session.get(Due, (LOOK, event.code, "")) is None:
        work.session.add(Due(what=LOOK, subject=event.code, occasion="", at=work.now + LOOKS_AFTER))


async def _first(work: Work, event: Event, most: int | None) -> Sequence[tuple[EventAnswer, Chat]]:
    """The first of those who wait and can hear of it, whose group has no more people than that."""
    fits = [] if most is None else [EventAnswer.people <= most]
    found = await work.session.execute(
        select(EventAnswer, Chat)
        .join(Resident, Resident.id == EventAnswer.resident_id)
        .join(Chat, Chat.id == Resident.chat_id)
        .where(*_waits(event), Chat.unreachable_since.is_(None), *fits)
        .order_by(EventAnswer.waiting_since, EventAnswer.resident_id)
        .limit(AT_ONCE)
    )
    return [(row, chat) for row, chat in found]


async def _away(work: Work, event: Event) -> list[tuple[EventAnswer, Chat]]:
    """Those who come and can't be reached any more, who is away for longest first."""
    found = await work.session.execute(
        select(EventAnswer, Chat)
        .join(Resident, Resident.id == EventAnswer.resident_id)
        .join(Chat, Chat.id == Resident.chat_id)
        .where(
            EventAnswer.event_id == event.id,
            EventAnswer.answer == "yes",
            Chat.unreachable_since <= work.now - AWAY,
        )
        .order_by(Chat.unreachable_since, EventAnswer.resident_id)
    )
    return [(row, chat) for row, chat in found]


def _people(found: Sequence[tuple[EventAnswer, Chat]]) -> int:
    return sum(row.people for row, _chat in found)


async def _step_back(work: Work, event: Event, row: EventAnswer, chat: Chat) -> None:
    """Somebody who can't be reached waits from now on; they read so when they are back, unless it has begun by then."""
    await wait_in_line(work, event, row)
    said = [
        _("We couldn't reach you. So somebody who waited has your place: {title}.", title=events.title_of(work, event)),
        _("You're on the waiting list now. Do you still want to come? ({code})", code=event.code),
    ]
    buttons = [
        [Button(work.render(events.ANSWER_LABELS[what], chat.language), f"{event.code}.{what}")]
        for what in ("yes", "no")
    ]
    letter = letters([work.render(each, chat.language) for each in said], buttons)
    about, until = event.code, event.starts_at
    work.letters += rows.to_send(chat, Lane.NOTICE, letter, work.now, subject=about, expires_at=until)


def _tell_moved_up(work: Work, event: Event, row: EventAnswer, chat: Chat) -> None:
    """A notice; at night too, when the morning would be too late."""
    title = events.title_of(work, event)
    said = [
        _("There is a place for you: {title}, {moment}.", title=title, moment=event.starts_at),
        n_("You're on the list: just you.", "You're on the list: {count} people in all.", row.people),
        _("Can't you come any more? Tell us, then somebody else can."),
    ]
    actions = [
        Action(_("Put it in my calendar"), f"{event.code}.calendar"),
        Action(_("Change how many we are"), f"{event.code}.yes"),
        Action(events.ANSWER_LABELS["no"], f"{event.code}.no"),
    ]
    allowed = work.allowed_at(work.now)
    too_late = allowed > work.now and allowed > event.starts_at - timedelta(hours=2)
    work.tell(chat, said, Lane.REPLY if too_late else Lane.NOTICE, actions=actions, subject=event.code)


def _waits(event: Event) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return EventAnswer.event_id == event.id, EventAnswer.answer == "waiting"
