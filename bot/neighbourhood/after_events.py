"""An event that is over: a thank-you to those who were there, with a photo, and the two questions.

Who scanned its code there, was there. The day after (`reminders.AFTER`) staff are asked for a photo and a word
of thanks; where none has come after two days, the thank-you goes without.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.neighbourhood import event_notices, events, reminders, residents, team
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox.letters import Bold, Button, Letter, captioned, letters
from bot.outbox.rows import Lane
from bot.store.tables import Answer, Chat, Due, Event, EventAnswer
from conversations.event_said import EventThanked
from conversations.words import Words, _, s_, sn_

THANKS = "event_thanks"
"""The row of `due` that thanks without a photo."""
STAFF_HAVE = timedelta(days=2)
KEPT_FOR = timedelta(days=7)
"""A thank-you that arrives later than this is of no use."""


async def may_be_asked(work: Work, person: Person, event: Event) -> bool:
    """Whether the button with the two questions is this person's: they were there, or said that they would be."""
    row = await work.session.get(EventAnswer, (event.id, person.resident.id))
    return row is not None and (row.came_at is not None or row.answer == "yes")


async def begin(work: Work, event: Event, occasion: str) -> None:
    """It is over: ask staff for a photo and a word of thanks, outside the quiet hours."""
    if (allowed := work.allowed_at(work.now)) > work.now:
        work.session.add(Due(what=reminders.AFTER, subject=event.code, occasion=occasion, at=allowed))
        return
    guests, came = await _guests(work, event)
    if not guests:
        return
    thanks_at = work.allowed_at(work.now + STAFF_HAVE)
    work.session.add(Due(what=THANKS, subject=event.code, occasion=occasion, at=thanks_at))
    told = sn_("{count} person checked in.", "{count} people checked in.", len(guests))
    if not came:
        told = sn_("{count} person had said yes.", "{count} people had said yes.", len(guests))
    said: list[Words] = [
        s_("{code}, {title}: it's over.", code=event.code, title=events.title_of(work, event)),
        told,
        s_("Do you have a photo for them, and a word of thanks?"),
        s_("If not, they get a short thank-you on {moment}.", moment=thanks_at),
    ]
    action = Action(s_("Send a photo and thanks"), f"{event.code}.thank")
    for chat in await _hosts(work, event):
        work.tell(chat, said, Lane.NOTICE, actions=[action], subject=f"{event.code} thanks")


async def thank(work: Work, by: Person, thanks: EventThanked) -> Closing:
    """Staff thank those who were there. Raises `NotAllowed`."""
    event = await work.session.get_one(Event, thanks.event)
    team.must_work_on(by, event, f"{event.code}.thank")
    if not await _take_turn(work, event):
        return Closing([s_("They were thanked already, or nobody was there. ({code})", code=event.code)])
    work.note(event.code, "thanked", by.resident, thanks.words)
    count = await _tell_guests(work, event, thanks.words, thanks.photo, by)
    return Closing([sn_("{count} person gets your thanks.", "{count} people get your thanks.", count)])


async def thank_without(work: Work, event: Event) -> None:
    """Nobody of the office sent a photo or a word: thank without."""
    work.note(event.code, "thanked", None)
    await _tell_guests(work, event, "", None, None)


async def is_to_be_thanked(work: Work, event: Event) -> bool:
    """Whether staff can still send a photo and thanks."""
    waits = select(Due.what).where(Due.what == THANKS, Due.subject == event.code).limit(1)
    return await work.session.scalar(waits) is not None


async def _take_turn(work: Work, event: Event) -> bool:
    """Whether it is this one's to thank, and nobody's afterwards."""
    await work.session.flush()
    gone = await work.session.execute(delete(Due).where(Due.what == THANKS, Due.subject == event.code))
    return bool(getattr(gone, "rowcount", 0))


async def _tell_guests(work: Work, event: Event, words: str, photo: str | None, by: Person | None) -> int:
    """A thank-you to those who were there; to who hasn't answered them, with the way to the two questions."""
    _numbers, came = await _guests(work, event)
    answered = select(Answer.resident_id).where(Answer.came_from == f"e{event.id}", Answer.resident_id.is_not(None))
    told = 0
    for asks, who in ((False, EventAnswer.resident_id.in_(answered)), (True, EventAnswer.resident_id.not_in(answered))):
        paragraphs = _thanks(work, event, words, came=came, asks=asks)

        def write(language: str, paragraphs: Sequence[Words] = paragraphs, asks: bool = asks) -> Letter:
            first, *rest = (work.render(each, language) for each in paragraphs)
            label = work.render(_("Answer two questions"), language)
            buttons = [[Button(label, f"{event.code}.questions")]] if asks else []
            said = [Bold(first), *(each for each in rest if each)]
            return captioned(photo, said, buttons) if photo else letters(said, buttons)[0]

        told += await event_notices.tell(
            work,
            event,
            event_notices.who(event, _guest(came=came), who),
            write,
            event_notices.THANKS,
            by=by,
            not_before=work.allowed_at(work.now),
            expires_at=work.now + KEPT_FOR,
        )
    return told


def _thanks(work: Work, event: Event, words: str, *, came: bool, asks: bool) -> list[Words]:
    title = events.title_of(work, event)
    first = _("Thank you for being there: {title}", title=title)
    if not came:
        first = _("Thank you to everybody who was there: {title}", title=title)
    return [first, words, *([_("May we ask you two short questions?")] if asks else [])]


def _guest(*, came: bool) -> Any:
    """Who is thanked: who scanned the code there; where nobody did, who had said yes."""
    return EventAnswer.came_at.is_not(None) if came else EventAnswer.answer == "yes"


async def _guests(work: Work, event: Event) -> tuple[list[int], bool]:
    """The numbers of those who are thanked, and whether they scanned the code there."""
    for came in (True, False):
        of_event = (EventAnswer.event_id == event.id, _guest(came=came))
        if found := list(await work.session.scalars(select(EventAnswer.resident_id).where(*of_event))):
            return found, came
    return [], False


async def _hosts(work: Work, event: Event) -> list[Chat]:
    """Who announced it; where they are of the office no more, the coordinators."""
    host = await residents.person_of(work, event.made_by) if event.made_by else None
    return [host.chat] if host is not None and host.is_staff else await residents.coordinators(work.session)
