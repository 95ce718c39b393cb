"""An event as it is shown: with its buttons and their own answer to residents, with its figures to staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.neighbourhood import arrivals, attendance, calendars, event_answers, event_places, events, team
from bot.neighbourhood.work import Action, Closing
from bot.outbox.letters import spot
from bot.store.tables import Event, EventAnswer
from bot.telegram import event_life, walk_cards
from bot.telegram.dialogues import Dialogues
from bot.telegram.for_posters import make_poster
from conversations.words import Words, _, n_, s_

PAGE = 5
"""So many events are shown at once."""
FLOWS = {"many": "how_many", "brings": "brings", "name": "list_name"}
"""Buttons that begin a conversation about an event."""
SEEN_BY_ALL = ("on", "cancelled")
FOR_STAFF: dict[str, Words] = {"list": s_("Who is coming"), "poster": s_("Make a poster")}
"""Buttons under the figures, until it is over."""
AFTERWARDS: dict[str, Words] = {"list": s_("Who would come")}
"""And from then on: a poster has nothing to open any more."""

Does = Callable[[], Awaitable[Closing]]


async def show(talk: Dialogues, number: int) -> bool:
    """Show an event to anybody, and its figures to staff; False where there is none."""
    event = await talk.work.session.get(Event, number)
    if event is None or not _may_see(talk, event):
        if talk.person.is_staff:
            talk.say([s_("There is no {code}.", code=f"E{number}")])
        return talk.person.is_staff
    if walk_cards.is_one(event):
        return await walk_cards.show(talk, event)
    await _send_card(talk, event)
    if talk.person.is_staff:
        await _figures(talk, event)
    return True


async def show_coming(talk: Dialogues, start: int = 0) -> None:
    """What is coming, the nearest first, a page of it, each with its own buttons."""
    found = await events.near(talk.work, talk.person)
    page = found[start : start + PAGE]
    if not page:
        nothing = _("That was all.") if found else _("Nothing is planned right now. When there is, you see it here.")
        talk.say([nothing])
    for event in page:
        await _send_card(talk, event)
    if left := len(found[start + PAGE :]):
        more = Action(_("Show more"), f"events.{start + PAGE}")
        talk.say([n_("There is {count} more.", "There are {count} more.", left)], [more])
    else:
        await walk_cards.offer(talk)


async def button(talk: Dialogues, subject: str, what: str) -> bool:
    """A tap that shows more of what is coming; False where there is no such button."""
    if subject != "events" or not what.isdecimal() or len(what) > 3:
        return False
    await show_coming(talk, int(what))
    return True


async def step(talk: Dialogues, number: int, what: str) -> bool:
    """A tap on an event; False where there is no such button."""
    work, person = talk.work, talk.person
    event = await work.session.get(Event, number)
    if event is None or not _may_see(talk, event):
        return False
    if walk_cards.is_one(event):
        return await walk_cards.step(talk, event, what)
    if await event_life.step(talk, event, what):
        return True
    what, _colon, value = what.partition(":")
    does: dict[str, Does] = {
        "more": lambda: attendance.more(work, person, event),
        "helps": lambda: attendance.help_there(work, person, event, helps=True),
        "nohelp": lambda: attendance.help_there(work, person, event, helps=False),
        "noname": lambda: attendance.put_name(work, person, event, ""),
    }
    if what in ("with", "wait"):
        people = event_answers.people_in(value)
        if people is None:
            return False
        done = await event_answers.come_with(work, person, event, people, waits=what == "wait")
        talk.say(done.words, done.actions)
    elif what == "list":
        return await _list(talk, event, value)
    elif value:
        return False
    elif what in events.ANSWER_LABELS:
        done = await event_answers.answer(work, person, event, what)
        talk.say(done.words, done.actions)
    elif what in does:
        done = await does[what]()
        talk.say(done.words, done.actions)
    elif what in FLOWS:
        await _begin(talk, event, FLOWS[what])
    elif what == "calendar":
        talk.send([calendars.letter(work, event, person.chat.language)])
    elif what == "poster":
        await make_poster(talk, f"e{number}")
    elif what == "place" and event.latitude is not None and event.longitude is not None:
        talk.send([spot(event.latitude, event.longitude)])
    else:
        return False
    return True


def line_for_resident(event: Event, title: Words, stands: Words) -> Words:
    """An event in one line, with how somebody's answer stands."""
    return _(
        "{code}, {title}, {moment}: {answer}.", code=event.code, title=title, moment=event.starts_at, answer=stands
    )


async def lines_of(talk: Dialogues) -> list[Words]:
    """What somebody answered to what is to come, a line each."""
    lines: list[Words] = []
    for event, row in await event_answers.of_person(talk.work, talk.person):
        stands: Words | None = _("cancelled") if event.state == "cancelled" else None
        stands = stands or await event_answers.stands(talk.work, row)
        if stands is not None:
            lines.append(line_for_resident(event, events.title_of(talk.work, event), stands))
    return lines


def _may_see(talk: Dialogues, event: Event) -> bool:
    """What a resident proposes is theirs and the office's, until the office says yes."""
    proposes = event.proposed_by is not None and event.proposed_by == talk.person.resident.id
    return event.state in SEEN_BY_ALL or talk.person.is_staff or proposes


async def _begin(talk: Dialogues, event: Event, flow: str) -> None:
    """A question about this event; tapped twice, it is asked once."""
    if closed := events.closed_for(talk.work, event):
        talk.say(closed)
        return
    same = [each for each in talk.person.conversations if each.flow == flow and each.about == event.code]
    title = events.words_in(event, talk.person.chat.language)[0]
    begun = same[0] if same else await talk.open(flow, {"event": event.id, "title": title}, about=event.code)
    talk.bring_to_front(begun)
    await talk.ask(begun)


async def _send_card(talk: Dialogues, event: Event) -> None:
    """An event with somebody's own answer, and what they can do about it."""
    work, language = talk.work, talk.person.chat.language
    if event.state != "on" or events.closed_for(work, event):
        says = [] if event.state == "cancelled" else events.closed_for(work, event)
        talk.send(events.shown(work, event, language, says=says, actions=[]))
        return
    says = []
    row = await event_answers.of(work, talk.person, event)
    left = await event_places.left(work, event)
    if left is not None and (row is None or row.answer not in event_answers.COMES):
        room = n_("There is {count} place left.", "There are {count} places left.", left)
        says.append(room if left else _("It's full. You can go on the waiting list."))
    stands = await event_answers.stands(work, row)
    if stands is not None:
        says.append(_("Your answer: {answer}.", answer=stands))
    talk.send(events.shown(work, event, language, says=says, actions=_own_actions(event, row)))


def _own_actions(event: Event, row: EventAnswer | None) -> list[Action] | None:
    """The buttons for who comes already, or waits; None for those with which anybody answers."""
    if row is None or row.answer not in event_answers.COMES:
        return None
    actions = [Action(_("Change how many we are"), "yes"), Action(events.ANSWER_LABELS["no"], "no")]
    if row.answer == "yes":
        actions += [Action(_("Bring something, or help"), "more"), Action(_("Put it in my calendar"), "calendar")]
    return [Action(each.label, f"{event.code}.{each.does}") for each in actions]


async def _figures(talk: Dialogues, event: Event) -> None:
    """What staff see besides: how many were reached, come, wait, were there, and what they said there."""
    work = talk.work
    answered, reached = await attendance.count(work, event), await attendance.reached(work, event)
    said = await arrivals.said_at(work, event)
    lines: list[Words] = [
        s_(
            "{code}. Coming: {yes}. Maybe: {maybe}. Not coming: {no}.",
            code=event.code,
            yes=answered.people,
            maybe=answered.maybe,
            no=answered.no,
        ),
        s_(
            "Invited: {invited}. Reached: {reached}. Unreachable: {unreachable}.",
            invited=reached.invited,
            reached=reached.reached,
            unreachable=reached.unreachable,
        ),
    ]
    if event.places is not None:
        places = s_("Places: {places}. On the waiting list: {waiting}.", places=event.places, waiting=answered.waiting)
        lines.insert(1, places)
    if event.starts_at <= work.now or answered.came:
        lines.append(s_("Were there, by the code: {came}.", came=answered.came))
    lines.append(
        s_(
            "Said there: proud of {proud}, must be better {better}. New residents: {newcomers}.",
            proud=said["proud"],
            better=said["better"],
            newcomers=said["newcomers"],
        )
    )
    offers = AFTERWARDS if events.ends(event) <= work.now else FOR_STAFF
    theirs = team.may_work_on(talk.person, event)
    buttons = [Action(label, f"{event.code}.{what}") for what, label in offers.items() if theirs or what != "list"]
    talk.say(lines, [*buttons, *await event_life.actions(talk, event)])


async def _list(talk: Dialogues, event: Event, start: str) -> bool:
    """A page of who comes, for staff."""
    if start and not (start.isascii() and start.isdecimal() and len(start) <= 5):
        return False
    page = await attendance.page_of_list(talk.work, talk.person, event, int(start or 0))
    answered = await attendance.count(talk.work, event)
    head = s_(
        "{code}. Coming: {people} people. Waiting for a place: {waiting}.",
        code=event.code,
        people=answered.people,
        waiting=answered.waiting,
    )
    lines = "\n".join(page.lines) or s_("Nobody yet.")
    more = [Action(s_("Show more"), f"{event.code}.list:{page.more_from}")] if page.more_from is not None else []
    talk.say([lines] if start else [head, lines], more)
    return True
