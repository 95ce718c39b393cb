"""Events that change or are off: all who have to do with it hear, and nobody gets an invitation that isn't true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.neighbourhood import event_invitations, event_notices, event_places, event_words, events, reminders, team
from bot.neighbourhood.work import Action, Closing, Person, TooLate, Work
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.store.tables import Event
from conversations.event_said import EventCancelled, EventChanged
from conversations.questions import At
from conversations.results import Refused
from conversations.words import Local, Text, Words, _, s_, sn_

STATE_NAMES: dict[str, Text] = {
    "on": s_("goes on"),
    events.ASKED: s_("waits for a second yes"),
    "cancelled": s_("cancelled"),
    "proposed": s_("proposed"),
    "declined": s_("not now"),
}
TO_COME = ("on", events.ASKED)
BEGUN = s_("begun already")
STILL: dict[str, Words] = {
    "yes": _("You were coming. Still?"),
    "maybe": _("You said maybe. Do you know by now?"),
    "waiting": _("You are still on the waiting list."),
}
"""What is asked, or said, of an answer that was given to another moment or place."""
INVITING = ("proving", "asked", "planned", "running", "paused")
"""States of a broadcast whose invitations are not all sent."""


def as_asked(work: Work, event: Event) -> dict[str, Any]:
    """What the conversation about a change is opened with: how the event stands, as answers that may be changed."""
    place: dict[str, Any] = {"words": event.place}
    if event.latitude is not None and event.longitude is not None:
        place = {"latitude": event.latitude, "longitude": event.longitude, "called": event.place}
    languages = [each for each, said in event.said_in.items() if said.get("words")]
    said = {"words": event.words} | {f"words_{each}": event.said_in[each]["words"] for each in languages}
    return {
        "event": event.id,
        "version": event.version,
        "title": event.title,
        "languages": languages,
        "starts": _on_the_clock(work, event.starts_at).isoformat(),
        "place": place,
        "places": event.places or {"skipped": True},
        **{name: {"text": words} if words else {"skipped": True} for name, words in said.items()},
    }


def is_to_come(work: Work, event: Event) -> bool:
    """Whether staff can still change or cancel it."""
    return event.state in TO_COME and event.starts_at > work.now


async def too_late(work: Work, by: Person, event: Event) -> TooLate:
    """What to raise for who changes or cancels what has begun, or is off."""
    return await team.too_late(work, by, event.code, BEGUN if event.state in TO_COME else STATE_NAMES[event.state])


async def change(work: Work, by: Person, to: EventChanged) -> Closing | Refused:
    """Change an event; who comes, may come or waits is told what. Raises `NotAllowed`, `TooLate`."""
    event = await _to_come(work, by, to.event, "change")
    if event.version != to.version:
        open_it = Action(s_("Open {code}", code=event.code), f"{event.code}.card")
        return Closing([s_("{code} was changed meanwhile. Look at it once more.", code=event.code)], [open_it])
    starts = to.starts.replace(tzinfo=work.area.time_zone).astimezone(UTC)
    if starts <= work.now:
        return Refused(s_("That moment has passed already."), "starts")
    if (come := await _too_many_for(work, event, to.places)) is not None:
        few = s_("{count} people are coming already, so it can't be fewer. First ask who can stay away.", count=come)
        return Refused(few, "places")
    before = (event.starts_at, _place(event), event.places)
    told_words = (event.words, event.said_in)
    _take_over(event, starts, to)
    moved = before[:2] != (event.starts_at, _place(event))
    new_words = told_words != (event.words, event.said_in)
    if not moved and not new_words and before[2] == event.places:
        return Refused(s_("Nothing is different yet. Tap what changes, or Cancel."), "confirm")
    event.version += 1
    await work.session.flush()
    work.note(event.code, "changed", by.resident, _on_the_clock(work, event.starts_at).isoformat(" ", "minutes"))
    await event_words.remember(work, event)
    if before[0] != event.starts_at:
        await event_notices.stop(work, event, [event_notices.REMINDER])
        await reminders.plan(work, event)
    await event_invitations.say_anew(work, by, event)
    await event_places.move_up(work, event)
    told = 0
    for answer in event_notices.INVOLVED:
        what = _what_changed(work, event, *before, new_words=new_words)
        told += await _tell_change(work, by, event, answer, what, moved=moved)
    return Closing(_who_hears(work, event, told))


async def cancel(work: Work, by: Person, off: EventCancelled) -> Closing:
    """An event doesn't go on: who comes, may come or waits hears why. Raises `NotAllowed`, `TooLate`."""
    event = await _to_come(work, by, off.event, "cancel")
    event.state = "cancelled" if event.state == "on" else "declined"  # what nobody was told of, nobody reads is off
    event.reason = off.reason
    event.version += 1
    work.note(event.code, "cancelled", by.resident, off.reason)
    await reminders.drop(work, event)
    await event_notices.stop(work, event, [event_notices.REMINDER, event_notices.CHANGE])
    await event_invitations.withdraw(work, by, event)
    told = await event_notices.tell_off(work, event, by)
    return Closing([s_("{code} is cancelled.", code=event.code), *_who_hears(work, event, told)])


async def _to_come(work: Work, by: Person, number: int, what: str) -> Event:
    """The event, which hasn't begun and isn't off. Raises `NotAllowed`, `TooLate`."""
    event = await work.session.get_one(Event, number)
    team.must_work_on(by, event, f"{event.code}.{what}")
    if not is_to_come(work, event):
        raise await too_late(work, by, event)
    return event


async def _too_many_for(work: Work, event: Event, places: int | None) -> int | None:
    """How many come, where they are more than would fit and there was more room for them; else None."""
    if places is None or (event.places is not None and places >= event.places):
        return None
    await event_places.lock(work, event)
    come = await event_places.people_coming(work, event)
    return come if come > places else None


def _take_over(event: Event, starts: datetime, to: EventChanged) -> None:
    if event.ends_at is not None:
        event.ends_at += starts - event.starts_at
    event.starts_at, event.places = starts, to.places
    event.place, event.latitude, event.longitude = to.place.words, to.place.latitude, to.place.longitude
    event.words = to.words
    event.said_in = {
        each: {**said, "words": to.said_in.get(each, said.get("words", ""))} for each, said in event.said_in.items()
    }


def _what_changed(
    work: Work, event: Event, starts: datetime, place: At, places: int | None, *, new_words: bool
) -> list[Words]:
    """What is different, each with how it was; `starts`, `place` and `places` as they were."""
    changed: list[Words] = []
    if starts != event.starts_at:
        changed.append(_("New time: {new}. It was: {old}.", new=event.starts_at, old=starts))
    if place != _place(event):
        if event.place and place.words:
            changed.append(_("New place: {new}. It was: {old}.", new=event.place, old=place.words))
        else:
            changed.append(_("New place: {new}.", new=event.place) if event.place else _("There is another place."))
    if places != event.places:
        if event.places is None:
            changed.append(_("There is room for everybody now."))
        elif places is None:
            changed.append(_("There is room for {new} people.", new=event.places))
        else:
            changed.append(_("There is room for {new} people. It was {old}.", new=event.places, old=places))
    if new_words:
        every = {each: events.words_in(event, each)[1] for each in work.catalogues.languages}
        said = Local(every) if event.said_in else event.words
        changed += [_("Good to know:"), said] if said else []
    return changed


async def _tell_change(work: Work, by: Person, event: Event, answer: str, what: Sequence[Words], *, moved: bool) -> int:
    """Tell those who answered so; where it is another moment or place, with the buttons to answer anew."""
    texts = [_("Changed: {title} ({code})", title=events.title_of(work, event), code=event.code), *what]
    labels: dict[str, Words] = {}
    if moved:
        texts.append(STILL[answer])
        labels = {"no": events.ANSWER_LABELS["no"]} if answer == "waiting" else dict(events.ANSWER_LABELS)
    if event.latitude is not None and event.longitude is not None:
        labels["place"] = _("Show the place")

    def write(language: str) -> Letter:
        first, *rest = (work.render(each, language) for each in texts)
        buttons = [[Button(work.render(label, language), f"{event.code}.{does}")] for does, label in labels.items()]
        return letters([Bold(first), *rest], buttons)[0]

    return await event_notices.tell(
        work,
        event,
        event_notices.who_said(event, [answer]),
        write,
        event_notices.CHANGE,
        by=by,
        not_before=event_notices.soon_enough(work, event),
        expires_at=event.starts_at,
    )


def _who_hears(work: Work, event: Event, told: int) -> list[Words]:
    if not told:
        return [s_("Nobody had said yes or maybe, so nobody gets a message. ({code})", code=event.code)]
    said: list[Words] = [sn_("{count} person hears of it.", "{count} people hear of it.", told)]
    at = event_notices.soon_enough(work, event)
    if at > work.now:
        said.append(s_("It's quiet time now. They hear it from {moment}.", moment=at))
    return said


def _place(event: Event) -> At:
    return At(event.place, event.latitude, event.longitude)


def _on_the_clock(work: Work, moment: datetime) -> datetime:
    return moment.astimezone(work.area.time_zone).replace(tzinfo=None)
