"""Who is there: what those who come bring, whether they help, and a list without names unless people gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from bot.neighbourhood import event_answers, events, team
from bot.neighbourhood.audience import GOT
from bot.neighbourhood.event_answers import COMES
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Broadcast, Event, EventAnswer
from conversations.words import Words, _, s_, sn_

PAGE = 30
"""Lines of the list at once."""
LOOKED = "list"
"""What the history calls a look at the list."""


@dataclass(frozen=True, slots=True)
class Counts:
    """People who come and who wait; answers "maybe" and "no"; who scanned the code there."""

    people: int
    waiting: int
    maybe: int
    no: int
    came: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How many were invited to an event, how many of these got it, and how many could not be reached."""

    invited: int
    reached: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of the list, and from which line to go on when there are more."""

    lines: Sequence[str]
    more_from: int | None


async def bring(work: Work, person: Person, event: Event, words: str) -> Closing:
    """Somebody who comes says what they bring."""
    row = await _coming(work, person, event)
    if isinstance(row, Closing):
        return row
    row.brings = words
    said = _("Lovely, thank you! Noted: you bring {what}. ({code})", what=words, code=event.code)
    return Closing([said], event_answers.extras(event, row))


async def help_there(work: Work, person: Person, event: Event, *, helps: bool) -> Closing:
    """Somebody who comes can help, or can't after all."""
    row = await _coming(work, person, event)
    if isinstance(row, Closing):
        return row
    row.helps = helps
    if helps:
        said = [_("Great, thank you! The office sees that you can help. ({code})", code=event.code)]
    else:
        said = [_("That's fine. Thanks for telling us. ({code})", code=event.code)]
    return Closing(said, event_answers.extras(event, row))


async def put_name(work: Work, person: Person, event: Event, name: str) -> Closing:
    """Somebody who comes gives a name for the list, or takes it off again (an empty one)."""
    row = await _coming(work, person, event)
    if isinstance(row, Closing):
        return row
    row.name = name
    said = _("Done: {name} stands on the list. ({code})", name=name, code=event.code)
    if not name:
        said = _("Done: your name is off the list. ({code})", code=event.code)
    return Closing([said], event_answers.extras(event, row))


async def more(work: Work, person: Person, event: Event) -> Closing:
    """What somebody who comes can do more."""
    row = await _coming(work, person, event)
    if isinstance(row, Closing):
        return row
    return Closing([event_answers.more_to_do(event)], event_answers.extras(event, row))


async def page_of_list(work: Work, by: Person, event: Event, start: int = 0) -> Page:
    """Who comes and who waits, a line each, in the order in which they said so. Raises `NotAllowed`.

    It holds personal data: that somebody looked is kept in the history.
    """
    team.must_work_on(by, event, f"{event.code}.list")
    work.note(event.code, LOOKED, by.resident)
    waits = case((EventAnswer.answer == "waiting", 1), else_=0)
    found = await work.session.scalars(
        select(EventAnswer)
        .where(EventAnswer.event_id == event.id, EventAnswer.answer.in_(COMES))
        .order_by(waits, EventAnswer.waiting_since, EventAnswer.at, EventAnswer.resident_id)
        .offset(start)
        .limit(PAGE + 1)
    )
    rows = found.all()
    return Page([_line(work, by, row) for row in rows[:PAGE]], start + PAGE if len(rows) > PAGE else None)


async def count(work: Work, event: Event) -> Counts:
    """How many come, wait, or don't come; and how many were there."""
    columns = (EventAnswer.answer, func.count(), func.sum(EventAnswer.people), func.count(EventAnswer.came_at))
    mine = EventAnswer.event_id == event.id
    found = (await work.session.execute(select(*columns).where(mine).group_by(EventAnswer.answer))).all()
    answers = {said: int(number) for said, number, _people, _came in found}
    people = {said: int(together) for said, _number, together, _came in found}
    came = sum(int(there) for _said, _number, _people, there in found)
    return Counts(people.get("yes", 0), people.get("waiting", 0), answers.get("maybe", 0), answers.get("no", 0), came)


async def reached(work: Work, event: Event) -> Reached:
    """How far the invitations to an event came; what corrects them afterwards is left out."""
    invitations = (Broadcast.subject == event.code, Broadcast.lane == int(Lane.BULK), Broadcast.edits.is_(None))
    found = [
        each
        for each in await work.session.scalars(select(Broadcast).where(*invitations))
        if each.audience.get("to") != GOT
    ]
    return Reached(
        sum(each.total for each in found),
        sum(each.sent for each in found),
        sum(each.unreachable + each.refused for each in found),
    )


async def _coming(work: Work, person: Person, event: Event) -> EventAnswer | Closing:
    """The answer of somebody who comes, or would; what is said to who doesn't."""
    if closed := events.closed_for(work, event):
        return Closing(closed)
    row = await event_answers.of(work, person, event)
    if row is not None and row.answer in COMES:
        return row
    come = Action(_("I'm coming"), f"{event.code}.yes")
    return Closing([_("You're not on the list yet. Are you coming? ({code})", code=event.code)], [come])


def _line(work: Work, by: Person, row: EventAnswer) -> str:
    parts: list[Words] = [row.name] if row.name else []
    parts.append(sn_("{count} person", "{count} people", row.people))
    if row.brings:
        parts.append(s_("brings: {what}", what=row.brings))
    if row.helps:
        parts.append(s_("helps"))
    if row.came_at is not None:
        parts.append(s_("was there"))
    if row.answer == "waiting":
        parts.append(s_("waits for a place"))
    return "• " + ", ".join(work.render(each, by.chat.language) for each in parts)
