"""Who comes to an event, with how many, and who waits for a place: never more people than there are places.

`places` counts people, not answers. An event with places is locked while one answer acts, so that two who take the last
place at once can't both get it. Who waits: `event_places`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.neighbourhood import event_places, events
from bot.neighbourhood.work import Action, Closing, Person, Work
from bot.store.tables import Event, EventAnswer
from conversations.coming import MOST
from conversations.words import Text, Words, _, n_

COMES = ("yes", "waiting")
"""Answers of who comes, or would."""
ONE_TAP = 4
"""Up to so many people there is a button."""


async def answer(work: Work, person: Person, event: Event, what: str) -> Closing:
    """Somebody says "yes", "maybe" or "no"; the newest answer counts. What is said, with what they can do next."""
    if closed := events.closed_for(work, event):
        return Closing(closed)
    row = await _row(work, person, event)
    if what == "yes":
        return await _come(work, event, row, row.people if row.answer in COMES else 1, asks=True)
    had_place = row.answer == "yes" and event.places is not None
    row.answer, row.at = what, work.now
    row.people, row.waiting_since, row.brings, row.helps, row.name = 1, None, "", False, ""
    if what == "maybe":
        said: list[Words] = [_("Maybe, then. You can still choose until it begins.")]
        said += [_("We can't keep a place for a maybe.")] if event.places is not None else []
    else:
        said = [_("You're not coming, then. Thanks for letting us know.")]
    if had_place and await event_places.move_up(work, event):
        said.append(_("Your place goes to somebody who was waiting."))
    return Closing([*said, _("Changed your mind? Tap another button. ({code})", code=event.code)])


async def come_with(work: Work, person: Person, event: Event, people: int, *, waits: bool = False) -> Closing:
    """Somebody says with how many they come, themselves included. `waits`: rather wait than come with fewer.

    Who comes already with fewer, and asks for more than there is room for, keeps the places that they have.
    """
    if closed := events.closed_for(work, event):
        return Closing(closed)
    if event.places is not None and people > event.places:
        few = n_("There is {count} place in all.", "There are {count} places in all.", event.places)
        return Closing([few, how_many()], choices(event))
    return await _come(work, event, await _row(work, person, event), people, waits=waits)


async def of(work: Work, person: Person, event: Event) -> EventAnswer | None:
    """What somebody answered; None where they didn't."""
    return await work.session.get(EventAnswer, (event.id, person.resident.id))


async def stands(work: Work, row: EventAnswer | None) -> Text | None:
    """How somebody's answer stands, in a few words; None where there is none."""
    if row is None or not row.answer:
        return None
    if row.answer == "waiting":
        return _("you're on the waiting list, at place {number}", number=await event_places.number_in_line(work, row))
    if row.answer == "yes" and row.people > 1:
        return n_("you are coming, {count} person in all", "you are coming, {count} people in all", row.people)
    return {"yes": _("you are coming"), "maybe": _("maybe"), "no": _("you're not coming")}[row.answer]


async def of_person(work: Work, person: Person) -> Sequence[tuple[Event, EventAnswer]]:
    """What somebody answered to events that haven't begun yet, the next one first."""
    found = await work.session.execute(
        select(Event, EventAnswer)
        .join(EventAnswer, EventAnswer.event_id == Event.id)
        .where(EventAnswer.resident_id == person.resident.id, EventAnswer.answer != "", Event.starts_at > work.now)
        .order_by(Event.starts_at, Event.id)
        .limit(50)
    )
    return [(event, row) for event, row in found]


def how_many() -> Text:
    """The question with how many somebody comes."""
    return _("How many of you are coming, you included?")


def choices(event: Event) -> list[Action]:
    """The buttons that answer it, no more than all places."""
    most = MOST if event.places is None else event.places
    few = [
        Action(n_("{count} person", "{count} people", number), f"{event.code}.with:{number}")
        for number in range(2, min(ONE_TAP, most) + 1)
    ]
    more = [Action(_("{count} or more", count=ONE_TAP + 1), f"{event.code}.many")] if most > ONE_TAP else []
    return [Action(_("Just me"), f"{event.code}.with:1"), *few, *more]


def people_in(text: str) -> int | None:
    """The number of people on a button, 1 to `MOST`; None for anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) else 0
    return number if 1 <= number <= MOST else None


async def _come(
    work: Work, event: Event, row: EventAnswer, people: int, *, asks: bool = False, waits: bool = False
) -> Closing:
    """Somebody who can come with so many comes; else they wait. `asks`: with how many is still to be asked."""
    before = row.answer
    asks = asks and event.places != 1
    mine = row.people if row.answer == "yes" else 0
    room = await event_places.room(work, event)
    left = None if room is None else room + mine
    row.at = work.now
    if left is None or people <= max(left, mine):
        row.answer, row.people, row.waiting_since = "yes", people, None
        if people < mine:
            await event_places.move_up(work, event)
        return _comes(work, event, row, before, asks=asks)
    if mine and not waits:
        return _keeps(event, mine, left, people)
    if row.answer != "waiting":
        await event_places.wait_in_line(work, event, row)
    row.people = people
    if mine and await event_places.move_up(work, event) and row.waiting_since is None:
        return _comes(work, event, row, before, asks=False)  # who can't be reached gave up enough places
    await work.session.flush()
    number = await event_places.number_in_line(work, row)
    said: list[Words] = [
        _noted(people) if before == "waiting" and not asks else _room(left),
        _("You're on the waiting list, at place {number}. ({code})", number=number, code=event.code),
        _("Does a place come free for you? Then you hear it here."),
    ]
    if asks:
        return Closing([*said, how_many()], choices(event))
    if people > 1:
        said.append(_("When there is room for a smaller group only, that one goes first."))
    return Closing(said, [_no(event)])


def _comes(work: Work, event: Event, row: EventAnswer, before: str, *, asks: bool) -> Closing:
    """What is said to somebody who comes; `before`: what they had answered."""
    nice = _("Nice, see you there! {title}, {moment}.", title=events.title_of(work, event), moment=event.starts_at)
    if asks and before == "yes":
        already = n_("You're on the list: just you.", "You're on the list: {count} people in all.", row.people)
        return Closing([already, how_many()], choices(event))
    if asks and row.people == 1:
        till = _("You can change this until it begins. ({code})", code=event.code)
        return Closing([nice, till, how_many()], choices(event))
    said = [_noted(row.people)] if before == "yes" else [nice, _noted(row.people)]
    return Closing([*said, more_to_do(event)], extras(event, row))


def _noted(people: int) -> Text:
    if people == 1:
        return _("Noted: just you.")
    return n_("Noted: {count} person, you included.", "Noted: {count} people, you included.", people)


def _room(left: int) -> Text:
    if left <= 0:
        return _("It's full now.")
    return n_("There is {count} place left.", "There are {count} places left.", left)


def _keeps(event: Event, mine: int, left: int, people: int) -> Closing:
    """More than fit: what they have stays theirs, until they choose otherwise."""
    said: list[Words] = [
        _("There isn't room for all of you now."),
        n_("You keep your place: just you.", "You keep your places: {count} people in all.", mine),
        _("You can also wait for more places. Then somebody else gets yours."),
    ]
    fewer = Action(_("We come with {count} in all", count=left), f"{event.code}.with:{left}")
    waits = Action(_("We wait with {count} in all", count=people), f"{event.code}.wait:{people}")
    return Closing(said, [fewer, waits] if left > mine else [waits])


def more_to_do(event: Event) -> Text:
    """What stands above the `extras`."""
    return _("Do you want to do more? Only if you like. ({code})", code=event.code)


def extras(event: Event, row: EventAnswer) -> list[Action]:
    """What who comes can do more, if they like."""
    brings = _("I bring something else") if row.brings else _("I bring something")
    helps = Action(_("I can't help after all"), "nohelp") if row.helps else Action(_("I can help"), "helps")
    name = (
        Action(_("Take my name off the list"), "noname") if row.name else Action(_("Put my name on the list"), "name")
    )
    actions = [Action(brings, "brings"), helps, name, Action(_("Put it in my calendar"), "calendar")]
    return [Action(each.label, f"{event.code}.{each.does}") for each in actions]


def _no(event: Event) -> Action:
    return Action(events.ANSWER_LABELS["no"], f"{event.code}.no")


async def _row(work: Work, person: Person, event: Event) -> EventAnswer:
    """Somebody's answer, made where there is none; the event is theirs alone until the end of this transaction."""
    await event_places.lock(work, event)
    row = await of(work, person, event)
    if row is None:
        row = EventAnswer(
            event_id=event.id, resident_id=person.resident.id, answer="", people=1, brings="", helps=False, name="",
            at=work.now,
        )  # fmt: skip
        work.session.add(row)
        await work.session.flush()
    return row
