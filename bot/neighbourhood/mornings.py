"""The morning message, for who of the office wants it: what is new, due, late and waiting; silence where nothing is.

A row of `due` for each person and local date brings it about; the next one is made with it, so no morning comes twice.
Beside it: how the week was, for every coordinator who didn't switch that off. One row a week for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood import promises, residents, steps, team, walks
from bot.neighbourhood.hand_over import codes_in_short
from bot.neighbourhood.idea_steps import OWED
from bot.neighbourhood.work import COORDINATORS, STAFF, Action, Person, Work
from bot.outbox.rows import Lane
from bot.store.tables import Chat, Complaint, Due, Event, History, Idea, PersonTalk, PersonTalkLine, Promise, Resident
from conversations.words import Local, Words, s_

WHAT, WEEK = "morning", "week"
EVERYBODY = "coordinators"
"""What the row of a week is about."""
NAMED = 8
"""So many codes stand in a line; the rest is counted."""
BUTTONS = 6
NO_WEEK = Local({"en": "/morning week", "nl": "/ochtend week"})


@dataclass(slots=True)
class Morning:
    """What somebody reads in the morning, as codes."""

    new: list[str] = field(default_factory=list)
    today: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    walks: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.new, self.today, self.late, self.waiting, self.walks))


async def toggle(work: Work, person: Person) -> bool:
    """Somebody of the office wants the morning message, or wants it no more; gives which. Raises `NotAllowed`."""
    person.must_be(STAFF, "/morning")
    person.resident.morning = not person.resident.morning
    if person.resident.morning:
        await _plan(work, person.resident.id)
    return person.resident.morning


def toggle_week(work: Work, person: Person) -> bool:
    """A coordinator wants to read each week how it was, or no more; gives which. Raises `NotAllowed`."""
    person.must_be(COORDINATORS, "/morning")
    person.resident.weekly = not person.resident.weekly
    return person.resident.weekly


async def begin(work: Work) -> None:
    """See to the next week's message."""
    await _plan_week(work)


async def say_week(work: Work) -> None:
    """Its moment has come: tell the coordinators how the past week was. Days late: as it would have been said then."""
    await _plan_week(work)
    begins = _first_working_day(work, work.today)
    opened = _opening(work, begins) if begins is not None else None
    if begins is None or opened is None or opened > work.now:
        return
    said = await _week(work, begins)
    wanting = select(Chat).join(Resident, Resident.chat_id == Chat.id).where(Resident.weekly)
    coordinators = [chat.id for chat in await residents.coordinators(work.session)] if said else []
    for chat in await work.session.scalars(wanting.where(Chat.id.in_(coordinators)).order_by(Chat.id)):
        off = s_("Rather not? {command}", command=NO_WEEK)
        work.tell(chat, [s_("The past week:"), *said, off], Lane.NOTICE, subject=WEEK)


async def say(work: Work, resident_id: int, day: str) -> None:
    """It is this morning: tell somebody what there is, and see to the next one. Days late: what there is by then."""
    person = await residents.person_of(work, resident_id)
    if person is None or not person.is_staff or not person.resident.morning:
        return
    today = work.today.isoformat()
    if day != today and await work.session.get(Due, (WHAT, f"R{resident_id}", today)) is not None:
        return  # that one comes yet
    await _plan(work, resident_id)
    opened = _opening(work, work.today)
    if day != today and (opened is None or opened > work.now):
        return
    found = await _look(work, person)
    if found:
        said = [s_("Good morning!"), *_lines(found)]
        urgent = [*found.waiting, *found.late, *found.today, *found.walks, *found.new][:BUTTONS]
        actions = [Action(s_("Open {code}", code=code), f"{code}.card") for code in urgent]
        work.tell(person.chat, said, Lane.NOTICE, actions=actions, subject=WHAT)


async def _plan(work: Work, resident_id: int) -> None:
    """See to the next morning, unless that is done."""
    at = _next(work)
    day = at.astimezone(work.area.time_zone).date().isoformat()
    await work.session.flush()
    if await work.session.get(Due, (WHAT, f"R{resident_id}", day)) is None:
        work.session.add(Due(what=WHAT, subject=f"R{resident_id}", occasion=day, at=at))


async def _plan_week(work: Work) -> None:
    """See to the next week's message, unless that is done."""
    day, at = work.today - timedelta(days=work.today.weekday()), work.now
    while at <= work.now:
        if (begins := _first_working_day(work, day)) is not None and (opens := _opening(work, begins)) is not None:
            at = work.allowed_at(opens)
        day += timedelta(days=7)
    occasion = at.astimezone(work.area.time_zone).date().isoformat()
    await work.session.flush()
    if await work.session.get(Due, (WEEK, EVERYBODY, occasion)) is None:
        work.session.add(Due(what=WEEK, subject=EVERYBODY, occasion=occasion, at=at))


def _next(work: Work) -> datetime:
    """When the office opens next, outside the quiet hours."""
    day = work.today
    while True:
        opens = _opening(work, day)
        if opens is not None and (at := work.allowed_at(opens)) > work.now:
            return at
        day += timedelta(days=1)


def _opening(work: Work, day: date) -> datetime | None:
    """When the office opens on that day; None when it doesn't."""
    spans = work.area.office_hours.week[day.weekday()] if day not in work.free_days else ()
    return datetime.combine(day, spans[0][0], work.area.time_zone).astimezone(UTC) if spans else None


async def _look(work: Work, person: Person) -> Morning:
    """What there is for somebody: theirs, and what nobody has yet and they may work on."""
    today, me = work.today, person.resident.id
    found = Morning()
    mine = or_(Complaint.handler_id.in_([me, *await team.who_left(work)]), Complaint.handler_id.is_(None))
    promised = case((Complaint.state == "planned", Complaint.planned_for), else_=Complaint.answer_by)
    open_ones = (Complaint.state.in_(steps.OPEN_STATES), mine, *_within(person, Complaint))
    late = select(Complaint.id).where(*open_ones, promises.is_late(today)).order_by(promised, Complaint.id)
    found.late += [f"M{number}" for number in await work.session.scalars(late)]
    due = select(Complaint.id).where(*open_ones, promised == today).order_by(Complaint.id)
    known = set(found.late)
    found.today += [code for number in await work.session.scalars(due) if (code := f"M{number}") not in known]
    fresh = _since(work)
    came = select(Complaint.id).where(
        Complaint.state == "received", Complaint.at >= fresh, promised > today, *_within(person, Complaint)
    )
    found.new += [f"M{number}" for number in await work.session.scalars(came.order_by(Complaint.id))]
    ideas = select(Idea).where(Idea.state.in_(sorted(OWED)), or_(Idea.answer_by <= today, Idea.at >= fresh))
    for idea in await work.session.scalars(ideas.order_by(Idea.answer_by, Idea.id)):
        if team.may_work_on(person, idea):
            which = found.late if idea.answer_by < today else found.today if idea.answer_by == today else found.new
            which.append(idea.code)
    found.waiting += await _waiting(work, me)
    await _add_walks(work, person, found)
    return found


async def _add_walks(work: Work, person: Person, found: Morning) -> None:
    """Walks that residents proposed and that have no answer yet: every morning, until they have."""
    proposed = select(Event).where(Event.state == walks.PROPOSED).order_by(Event.id)
    for event in await work.session.scalars(proposed):
        if not team.may_work_on(person, event):
            continue
        promised = await promises.open_about(work, event.code)
        if any(promises.is_broken(work, each) for each in promised):
            found.late.append(event.code)
        elif any(each.due == work.today for each in promised):
            found.today.append(event.code)
        else:
            found.walks.append(event.code)


async def _waiting(work: Work, me: int) -> list[str]:
    """Talks in which the resident spoke last: mine, those of whose contact I am, and those that are nobody's."""
    spoke_last = (
        select(PersonTalkLine.by_staff)
        .where(PersonTalkLine.talk_id == PersonTalk.id)
        .order_by(PersonTalkLine.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    contact = select(Resident.contact_id).where(Resident.id == PersonTalk.resident_id).scalar_subquery()
    is_mine = or_(contact == me, contact.is_(None) & or_(PersonTalk.staff_id == me, PersonTalk.staff_id.is_(None)))
    query = select(PersonTalk.id).where(PersonTalk.state == "open", is_mine, spoke_last.is_(False))
    return [f"T{number}" for number in await work.session.scalars(query.order_by(PersonTalk.id))]


def _within(person: Person, table: type[Complaint]) -> list[ColumnElement[bool]]:
    scope = person.scope
    return [
        *([table.neighbourhood.in_(sorted(scope.neighbourhoods))] if scope.neighbourhoods else []),
        *([table.topic.in_(sorted(scope.topics))] if scope.topics else []),
    ]


def _since(work: Work) -> datetime:
    """The opening of the working day before today: what came in since is new."""
    day = work.today - timedelta(days=1)
    while (opened := _opening(work, day)) is None:
        day -= timedelta(days=1)
    return opened


def _lines(found: Morning) -> list[Words]:
    waiting, late, today, proposed, new = (
        codes_in_short(codes, NAMED) for codes in (found.waiting, found.late, found.today, found.walks, found.new)
    )
    return [
        *([s_("Waiting for your answer: {codes}", codes=waiting)] if found.waiting else []),
        *([s_("Late: {codes}", codes=late)] if found.late else []),
        *([s_("Promised for today: {codes}", codes=today)] if found.today else []),
        *([s_("Walks that wait for an answer: {codes}", codes=proposed)] if found.walks else []),
        *([s_("New: {codes}", codes=new)] if found.new else []),
    ]


def _first_working_day(work: Work, day: date) -> date | None:
    """Of the week in which this day is: Monday, unless that is free; None where the whole week is."""
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=after) for after in range(7)]
    return next((each for each in week if _opening(work, each)), None)


async def _week(work: Work, today: date) -> list[Words]:
    """For coordinators: the seven days before this one, in figures; what is late, as it stands now."""
    begin = datetime.combine(today - timedelta(days=7), time(0), work.area.time_zone)
    end = datetime.combine(today, time(0), work.area.time_zone)

    first = await first_since(work, begin)

    async def counted(*where: ColumnElement[bool], of: InstrumentedAttribute[int]) -> int:
        return await work.session.scalar(select(func.count(of)).where(*where)) or 0

    async def happened(*what: str) -> int:
        here = (History.id >= first, History.what.in_(what), History.subject.like("M%"), History.at < end)
        return await work.session.scalar(select(func.count(History.subject.distinct())).where(*here)) or 0

    came, done, reopened = await happened("received"), await happened("solve"), await happened("reopen")
    late = await counted(promises.is_late(work.today), of=Complaint.id)
    settled = (Promise.settled_at >= begin, Promise.settled_at < end)
    kept = await counted(*settled, Promise.state == "kept", of=Promise.id)
    broken = await counted(*settled, Promise.state == "broken", of=Promise.id)
    if not any((came, done, reopened, late, kept, broken)):
        return []
    return [
        s_("Came in: {came}. Done: {done}. Not solved after all: {reopened}.", came=came, done=done, reopened=reopened),
        s_("Promises kept: {kept}. Broken: {broken}.", kept=kept, broken=broken),
        *([s_("Late now: {count}. The list: {example}", count=late, example="/complaints late")] if late else []),
    ]


async def first_since(work: Work, moment: datetime) -> int:
    """The first line of the history since that moment, by halves: lines are numbered in the order of their moments."""
    low, high = 0, (await work.session.scalar(select(func.max(History.id))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = select(History.at).where(History.id >= middle).order_by(History.id).limit(1)
        found = await work.session.scalar(at)
        if found is None or found >= moment:
            high = middle
        else:
            low = middle + 1
    return low
