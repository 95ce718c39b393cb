"""The reminders of an event, to those who come: a day and two hours before it; never at night, never too late.

Rows of `due` about "E5", whose occasion is the moment at which the event begins: one that was moved or is off meanwhile
reminds nobody of the old moment. The row that follows when it is over is made here too: `after_events` acts on it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import delete, func, select

from bot.neighbourhood import event_notices, events, residents
from bot.neighbourhood.work import Work
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.outbox.rows import Lane
from bot.store.tables import Due, Event, EventAnswer
from conversations.words import Words, _, n_

DAY, HOURS, AFTER = "event_day", "event_hours", "event_after"
BEFORE = {DAY: timedelta(days=1), HOURS: timedelta(hours=2)}
AHEAD_OF_QUIET = timedelta(minutes=30)
"""What would fall in the quiet hours goes so long before they begin: everybody must have it by then."""
MORNING = time(10)
"""When staff and guests hear of an event that is over, on the day after."""


async def plan(work: Work, event: Event) -> None:
    """Make the rows anew that remind of an event: when it is announced, and when its moment has changed."""
    await drop(work, event)
    rows = {what: _outside_quiet(work, event.starts_at - before) for what, before in BEFORE.items()}
    over = events.ends(event).astimezone(work.area.time_zone).date() + timedelta(days=1)
    rows[AFTER] = work.allowed_at(datetime.combine(over, MORNING, work.area.time_zone))
    for what, at in rows.items():
        if at > work.now:  # who has only just heard of it needs no reminder
            work.session.add(Due(what=what, subject=event.code, occasion=occasion_of(event), at=at))


async def drop(work: Work, event: Event) -> None:
    """Remind nobody."""
    await work.session.flush()
    ours = (Due.subject == event.code, Due.what.in_([DAY, HOURS, AFTER]))
    await work.session.execute(delete(Due).where(*ours))


def occasion_of(event: Event) -> str:
    """What a row of `due` about an event must say, or it is about a moment that counts no more."""
    return event.starts_at.isoformat()


async def remind(work: Work, event: Event, what: str) -> None:
    """Remind those who come, in one statement; a row that is so late that the next one has its turn does nothing."""
    allowed = work.allowed_at(work.now)
    next_one = _outside_quiet(work, event.starts_at - BEFORE[HOURS])
    if allowed >= event.starts_at or (what == DAY and work.now >= next_one):
        return

    def write(language: str) -> Letter:
        return _reminder(work, event, language, allowed)

    coming = event_notices.who_said(event, ["yes"])
    await event_notices.tell(
        work, event, coming, write, event_notices.REMINDER, not_before=allowed, expires_at=event.starts_at
    )
    if what == DAY and event.proposed_by is not None:
        await _tell_proposer(work, event, event.proposed_by)


async def coming_with(work: Work, event: Event, resident_id: int) -> int:
    """How many come, this resident not counted."""
    others = (EventAnswer.event_id == event.id, EventAnswer.answer == "yes", EventAnswer.resident_id != resident_id)
    return await work.session.scalar(select(func.coalesce(func.sum(EventAnswer.people), 0)).where(*others)) or 0


def _reminder(work: Work, event: Event, language: str, at: datetime) -> Letter:
    zone = work.area.time_zone
    days = (event.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    title = events.title_of(work, event)
    heads: dict[int, Words] = {0: _("Today: {title}", title=title), 1: _("Tomorrow: {title}", title=title)}
    texts: list[Words] = [
        _("When: {moment}", moment=event.starts_at),
        *([_("Where: {place}", place=event.place)] if event.place else []),
        _("You said you're coming. Can't make it? Then tap the button. ({code})", code=event.code),
    ]
    paragraphs = [Bold(work.render(heads.get(days, title), language)), *(work.render(each, language) for each in texts)]
    labels: dict[str, Words] = {"no": _("I'm not coming")}
    if event.latitude is not None and event.longitude is not None:
        labels["place"] = _("Show the place")
    buttons = [[Button(work.render(label, language), f"{event.code}.{does}")] for does, label in labels.items()]
    return letters(paragraphs, buttons)[0]


async def _tell_proposer(work: Work, event: Event, number: int) -> None:
    person = await residents.person_of(work, number)
    if person is None:
        return
    others = await coming_with(work, event, number)
    said: Words = _("Nobody else has said yes yet. We are there in any case.")
    if others:
        said = n_("{count} neighbour walks along with you.", "{count} neighbours walk along with you.", others)
    first = _("{code}, your walk: {moment}.", code=event.code, moment=event.starts_at)
    work.tell(person.chat, [first, said], Lane.NOTICE)


def _outside_quiet(work: Work, moment: datetime) -> datetime:
    """The moment, or some time before the quiet hours that it falls in."""
    quiet = work.area.quiet_hours
    allowed = quiet.last_allowed(moment, work.area.time_zone) if quiet else moment
    return allowed if allowed == moment else allowed - AHEAD_OF_QUIET
