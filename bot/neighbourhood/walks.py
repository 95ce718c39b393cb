"""Walks through the neighbourhood, to see what is wrong: residents propose them, and hear each step.

A walk is an event that begins as "proposed". The office says yes, and it is an event like any other; or asks for
another time; or says not now, with why and what can be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from bot.neighbourhood import (
    announcing,
    audience,
    broadcasts,
    finding,
    promises,
    reminders,
    residents,
    staff_rooms,
    team,
)
from bot.neighbourhood.event_changes import STATE_NAMES
from bot.neighbourhood.ideas import ANSWER_TOPIC
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.outbox import posts
from bot.outbox.letters import Bold, Button, Letter, letters
from bot.outbox.rows import Lane
from bot.store.tables import Event, EventAnswer, Promise, Resident
from conversations.announced import Sending
from conversations.event_said import WalkAccepted, WalkDeclined, WalkMoved, WalkProposed
from conversations.questions import At
from conversations.results import Refused
from conversations.words import Words, _, s_

KIND = "walk"
PROPOSED, DECLINED = "proposed", "declined"
STEPS: dict[str, Words] = {
    "accept": s_("Say yes"),
    "retime": s_("Change the time"),
    "not_now": s_("Say not now"),
}
"""What staff do with a walk that was proposed."""
ANOTHER = Action(_("Propose a walk"), "do.walk")
PERSON = Action(_("Talk to a person"), "do.person")


async def propose(work: Work, person: Person, walk: WalkProposed) -> Closing | Refused:
    """A resident proposes a walk; a date for the answer is promised at once, and it lies before the walk."""
    resident = person.resident
    if (before := await proposed_by(work, resident)) is not None:
        return Closing([_("You have proposed a walk already: {code}. You hear of that one first.", code=before.code)])
    due = work.answer_by(ANSWER_TOPIC)
    if walk.starts.date() <= due:
        return Refused(_("We need some days for that. Please choose a day after {day}.", day=due), "starts")
    neighbourhood = _where(work, resident, walk.place)
    about = work.area.neighbourhood(neighbourhood) if neighbourhood else None
    title = _("A walk through {place}", place=about.name if about else work.area.name)
    language = person.chat.language
    event = Event(
        kind=KIND,
        state=PROPOSED,
        title=work.render(title, language),
        words=walk.words,
        language=language,
        place=walk.place.words,
        latitude=walk.place.latitude,
        longitude=walk.place.longitude,
        neighbourhood=neighbourhood,
        starts_at=_moment(work, walk.starts),
        proposed_by=resident.id,
        at=work.now,
    )
    resident.contributions += 1
    work.session.add(event)
    await work.session.flush()
    await finding.remember(work, event.code, event.title, event.words, event.place, is_new=True)
    work.note(event.code, "proposed", resident)
    await promises.promise(work, event.code, promises.ANSWER, due, None)
    open_it = Action(s_("Open {code}", code=event.code), f"{event.code}.card")
    await staff_rooms.announce(work, event.code, await lines(work, event), [open_it])
    return Closing(
        [
            _("Thank you! A person looks at your walk."),
            _("You hear from us no later than {day}.", day=due),
            _("Your walk is {code}.", code=event.code),
        ]
    )


async def accept(work: Work, by: Person, accepted: WalkAccepted) -> Closing | Refused:
    """Staff say yes: it is an event from now on; its neighbourhood may be invited. Raises `NotAllowed`, `TooLate`."""
    event = await _open(work, by, accepted.event, "accept")
    if event.starts_at <= work.now:
        return Closing([s_("That moment has passed. Change the time first. ({code})", code=event.code)])
    event.state, event.made_by = "on", by.resident.id
    proposer = await residents.person_of(work, event.proposed_by) if event.proposed_by else None
    if proposer is not None:
        work.session.add(_comes(work, event, proposer))
    await work.session.flush()
    await _settle(work, by, event, "accepted")
    await reminders.plan(work, event)
    told: list[Words] = [
        _("{code}: yes, we walk with you!", code=event.code),
        _("When: {moment}", moment=event.starts_at),
        *([_("Where: {place}", place=event.place)] if event.place else []),
    ]
    said: list[Words] = [s_("{code} goes on.", code=event.code)]
    if accepted.invites:
        said += await _invite(work, by, event) or [s_("Invitations go out now.")]
        told.append(_("Your neighbours get an invitation. The day before you hear how many come."))
    return Closing([*said, await _tell(work, event, told)])


async def retime(work: Work, by: Person, moved: WalkMoved) -> Closing | Refused:
    """Staff want another time; who proposed it hears so. Raises `NotAllowed`, `TooLate`."""
    event = await _open(work, by, moved.event, "retime")
    starts, before = _moment(work, moved.starts), event.starts_at
    if starts <= work.now:
        return Refused(s_("That moment has passed already."), "starts")
    event.starts_at = starts
    event.version += 1
    work.note(event.code, "retimed", by.resident, moved.starts.isoformat(" ", "minutes"))
    await _show_in_rooms(work, event)
    told = [
        _("{code}: we'd like to walk at another time.", code=event.code),
        _("New time: {new}. It was: {old}.", new=starts, old=before),
        _("You still get our answer. Does this time not suit you? Then tell us."),
    ]
    heard = await _tell(work, event, told, [PERSON])
    open_it = Action(s_("Open {code}", code=event.code), f"{event.code}.card")
    return Closing([s_("The time is changed."), heard], [open_it])


async def decline(work: Work, by: Person, declined: WalkDeclined) -> Closing:
    """Staff say not now; who proposed it hears why. Raises `NotAllowed`, `TooLate`."""
    event = await _open(work, by, declined.event, "not_now")
    event.state, event.reason = DECLINED, declined.reason
    await _settle(work, by, event, "declined", declined.reason)
    first = _("{code}: sorry, not now. This is why:", code=event.code)
    last = _("You can propose another walk, or talk about it with us.")
    return Closing([await _tell(work, event, [first, declined.reason, last], [ANOTHER, PERSON])])


async def miss(work: Work, event: Event, missed: Promise) -> date | None:
    """The day for an answer has passed: who proposed the walk hears so, with a new day, which this gives.

    That day lies before the walk. Where there is none left the walk is off, they may propose another, and this is None.
    """
    work.note(event.code, "late", None, missed.due.isoformat())
    walk = event.starts_at.astimezone(work.area.time_zone).date()
    new = min(work.answer_by(ANSWER_TOPIC), promises.working_day_before(walk, work.free_days))
    if new < work.today:
        event.state = DECLINED
        await _show_in_rooms(work, event)
        said = [
            _("{code}: sorry. We didn't answer in time, so your walk isn't on.", code=event.code),
            _("It would have been on {moment}. ({code})", moment=event.starts_at, code=event.code),
            _("That is our fault. Would you like to walk at another time?"),
        ]
        await _tell(work, event, said, [ANOTHER, PERSON])
        return None
    said = [
        _("{code}: we promised an answer by {before}. It isn't there yet. Sorry.", code=event.code, before=missed.due),
        _("You hear from us no later than {day}.", day=new),
    ]
    await _tell(work, event, said)
    await promises.promise(work, event.code, promises.AGAIN, new, missed.made_by, first=missed.first_due)
    return new


async def proposed_by(work: Work, resident: Resident) -> Event | None:
    """The walk that this resident proposed and that waits for an answer."""
    mine = select(Event).where(Event.proposed_by == resident.id, Event.state == PROPOSED)
    return await work.session.scalar(mine.order_by(Event.id).limit(1))


async def lines(work: Work, event: Event) -> list[Words]:
    """A proposed walk as staff read it."""
    place = work.area.neighbourhood(event.neighbourhood) if event.neighbourhood else None
    texts: list[Words] = [
        s_("{code} · a walk · {state}", code=event.code, state=STATE_NAMES[event.state]),
        event.words or s_("Who wrote this was forgotten."),
        s_("When: {moment}", moment=event.starts_at),
        s_("Where: {place}", place=event.place or s_("a shared spot")),
    ]
    if open_ones := await promises.open_about(work, event.code):
        where = place.name if place else s_("no neighbourhood")
        texts.append(s_("From: {place}. Answer by {day}.", place=where, day=open_ones[0].due))
    return [*texts, *([s_("Our answer: {answer}", answer=event.reason)] if event.reason else [])]


async def as_shown(work: Work, number: int) -> dict[str, Any]:
    """A walk as its invitation would show it, and how many would get one; as JSON."""
    event = await work.session.get_one(Event, number)
    sending = _sending(event)
    found = await audience.count(work, {"to": sending.to, "which": sending.which}, event.proposed_by)
    place = work.area.neighbourhood(event.neighbourhood) if event.neighbourhood else None
    return {
        "title": event.title,
        "starts": event.starts_at.isoformat(),
        "place": event.place,
        "words": event.words,
        "neighbourhood": place.name if place else work.area.name,
        "invited": found.people,
    }


async def forget(work: Work, resident: Resident) -> list[str]:
    """Take somebody out of the walks that they proposed; gives those that were never an event, emptied."""
    erased = []
    for event in await work.session.scalars(select(Event).where(Event.proposed_by == resident.id)):
        event.proposed_by = None
        if event.state in (PROPOSED, DECLINED):
            event.state = DECLINED
            event.title = event.words = event.place = event.reason = ""
            event.said_in, event.latitude, event.longitude = {}, None, None
            await promises.drop(work, event.code)
            erased.append(event.code)
    return erased


async def _open(work: Work, by: Person, number: int, what: str) -> Event:
    """A walk that waits for an answer. Raises `NotAllowed`, `TooLate`."""
    event = await work.session.get_one(Event, number)
    team.must_work_on(by, event, f"E{number}.{what}")
    if event.state != PROPOSED:
        raise await team.too_late(work, by, event.code, STATE_NAMES[event.state])
    return event


async def _settle(work: Work, by: Person, event: Event, what: str, words: str = "") -> None:
    """The walk has its answer."""
    work.note(event.code, what, by.resident, words)
    await promises.hand_to(work, [event.code], by.resident.id)
    await promises.settle(work, event.code)
    await _show_in_rooms(work, event)


async def _tell(work: Work, event: Event, words: Sequence[Words], actions: Sequence[Action] = ()) -> Words:
    """Tell who proposed it; gives what staff are told of that."""
    proposer = await residents.person_of(work, event.proposed_by) if event.proposed_by else None
    if proposer is None:
        return s_("Nobody gets a message: who proposed it isn't here. ({code})", code=event.code)
    work.tell(proposer.chat, words, Lane.NOTICE, actions=actions, subject=event.code)
    return s_("Who proposed it gets a message. ({code})", code=event.code)


async def _invite(work: Work, by: Person, event: Event) -> Sequence[Words]:
    """Invite the neighbourhood; gives what staff are told of that."""
    sending = _sending(event)
    meant = {**audience.as_kept(by, sending), "unanswered": event.id}
    broadcast = broadcasts.made(work, by, event.code, sending, audience=meant, expires_at=event.starts_at)
    return await broadcasts.launch(work, by, broadcast, announcing.invitations(work, event))


def _sending(event: Event) -> Sending:
    """Who is invited: its neighbourhood, or where it has none, everybody."""
    return Sending("places", [event.neighbourhood]) if event.neighbourhood else Sending()


async def _show_in_rooms(work: Work, event: Event) -> None:
    """Bring its card in the staff rooms up to date."""
    said = await lines(work, event)
    for chat in await staff_rooms.rooms(work):
        if await posts.is_there(work.session, chat.id, event.code):
            await posts.put(work.session, chat.id, event.code, _card(work, event, said, chat.language), work.now)


def _card(work: Work, event: Event, said: list[Words], language: str) -> Letter:
    first, *rest = (staff_rooms.short(work.render(each, language)) for each in said)
    open_it = work.render(s_("Open {code}", code=event.code), language)
    return letters([Bold(first), *rest], [[Button(open_it, f"{event.code}.card")]])[0]


def _comes(work: Work, event: Event, proposer: Person) -> EventAnswer:
    return EventAnswer(
        event_id=event.id, resident_id=proposer.resident.id, answer="yes", people=1, brings="", helps=False, name="",
        at=work.now,
    )  # fmt: skip


def _where(work: Work, resident: Resident, place: At) -> str | None:
    found = work.area.neighbourhood_at(*place.spot) if place.spot else None
    return found.code if found else resident.neighbourhood


def _moment(work: Work, starts: datetime) -> datetime:
    return starts.replace(tzinfo=work.area.time_zone).astimezone(UTC)
