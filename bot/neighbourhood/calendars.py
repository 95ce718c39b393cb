"""An event as a calendar file: the same event, told anew, changes what stands in somebody's calendar already."""

from __future__ import annotations

from datetime import date

import icalendar

from bot.neighbourhood import events
from bot.neighbourhood.work import Work
from bot.outbox.letters import Letter, text_file
from bot.store.tables import Event
from conversations.words import Words, _


def calendar_file(work: Work, event: Event, language: str) -> str:
    """The event as iCalendar (RFC 5545), in that language where somebody wrote it so."""
    zone = work.area.time_zone
    begins, over = event.starts_at.astimezone(zone), events.ends(event).astimezone(zone)
    title, words = events.words_in(event, language)
    entry = icalendar.Event()
    entry.add("uid", f"{event.code}@{work.bot_name or 'buurtpraat'}")
    entry.add("sequence", event.version)
    entry.add("dtstamp", work.now)
    entry.add("dtstart", begins)
    entry.add("dtend", over)
    entry.add("summary", title)
    entry.add("status", "CANCELLED" if event.state == "cancelled" else "CONFIRMED")
    if words:
        entry.add("description", words)
    if event.place:
        entry.add("location", event.place)
    if event.latitude is not None and event.longitude is not None:
        entry.add("geo", (event.latitude, event.longitude))
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Buurtpraat//{work.area.name}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    calendar.add_missing_timezones(date(begins.year - 1, 1, 1), date(over.year + 2, 1, 1))
    return str(calendar.to_ical(), "utf-8")


def letter(work: Work, event: Event, language: str) -> Letter:
    """The file as a document, with what to do with it."""
    says: Words = _("Open this file. Then it stands in your calendar.")
    if event.state == "cancelled":
        says = _("Open this file. Then your calendar knows that it is cancelled.")
    return text_file(calendar_file(work, event, language), f"{event.code}.ics", work.render(says, language))
