"""What falls due about an event: places that came free, reminders, the day after it, the thank-you without a photo."""

from __future__ import annotations

from bot.neighbourhood import after_events, event_places, reminders
from bot.neighbourhood.work import Work
from bot.store.tables import Event

ROWS = (reminders.DAY, reminders.HOURS, reminders.AFTER, after_events.THANKS, event_places.LOOK)


async def fall_due(work: Work, what: str, subject: str, occasion: str) -> None:
    """Do what a row of `due` says, unless the event is off, or begins at another moment by now."""
    event = await work.session.get(Event, int(subject[1:]))
    if event is not None and what == event_places.LOOK:
        await event_places.look(work, event)
        return
    if event is None or event.state != "on" or reminders.occasion_of(event) != occasion:
        return
    if what == reminders.AFTER:
        await after_events.begin(work, event, occasion)
    elif what == after_events.THANKS:
        await after_events.thank_without(work, event)
    else:
        await reminders.remind(work, event, what)
