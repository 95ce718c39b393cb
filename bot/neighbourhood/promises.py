"""The ledger of promises: each day that was named to somebody, whether it was kept, and the first day that was named.

A promise is open until what was promised is done ("kept", or "broken" when its day had passed), until its day passes
("broken"), or until it is no longer the office's to keep ("dropped"). Two rows of `due` a day bring about what is said
of them: `bot/neighbourhood/promise_days.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, and_, case, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood.area import SATURDAY
from bot.neighbourhood.steps import OPEN_STATES
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Complaint, Due, Promise

ANSWER, DAY, AGAIN = "answer", "day", "again"
"""What was promised: an answer; that it is done on a day; and, when one of these was broken, to be heard of again."""
WARN, PASSED = "warn", "passed"
"""What the two rows of `due` do."""
EVERY = "promises"
"""What those rows are about: all promises of a day."""
MORNING = time(9)
COUNTED = timedelta(days=90)
"""So far back kept and broken promises are counted."""
PAGE = 8
KINDS_OF_LIST = ("open", "week", "late", "kept", "broken", "mine")


async def promise(
    work: Work,
    subject: str,
    kind: str,
    due: date,
    by: int | None,
    partner: str = "",
    first: date | None = None,
) -> None:
    """Name a day. Where one of this kind is open already it moves: the first day stays on record.

    One whose day has passed was broken, also where nobody was told of that yet: another comes in its place.
    `by`: the resident's number of who promises. `partner`: who is to do it. `first`: the day that was named first,
    where this one comes in place of another that was broken.
    """
    await work.session.flush()
    here = (Promise.subject == subject, Promise.kind == kind, Promise.state == "open")
    known = await work.session.scalar(select(Promise).where(*here))
    if known is not None:
        by, partner, first = by or known.made_by, partner or known.partner, first or known.first_due
    if known is not None and known.due >= work.today:
        known.due, known.made_by, known.partner = due, by, partner
    else:
        if known is not None:
            known.state, known.settled_at = "broken", work.now
        row = Promise(subject=subject, kind=kind, state="open", first_due=first or due, due=due, partner=partner)
        row.made_by, row.made_at = by, work.now
        work.session.add(row)
    await _see_to(work, due)


async def promise_answer(work: Work, subject: str, day: date, by: int | None) -> None:
    """Name a day for an answer; where one was broken, the day that came in its place moves."""
    await work.session.flush()
    broken = any(each.kind == AGAIN for each in await open_about(work, subject))
    await promise(work, subject, AGAIN if broken else ANSWER, day, by)


async def settle(work: Work, subject: str, *, but: str | None = None) -> None:
    """What was promised is done: kept, or broken where its day has passed. `but`: a kind that goes on."""
    kept = case((Promise.due >= work.today, "kept"), else_="broken")
    await _end(work, subject, but, kept)


async def drop(work: Work, subject: str) -> None:
    """What was promised is no longer the office's to do; where its day had passed, it was broken all the same."""
    dropped = case((Promise.due >= work.today, "dropped"), else_="broken")
    await _end(work, subject, None, dropped)


async def break_(work: Work, subject: str, kind: str) -> None:
    """What was promised won't be done."""
    await work.session.flush()
    here = (Promise.subject == subject, Promise.kind == kind, Promise.state == "open")
    await work.session.execute(update(Promise).where(*here).values(state="broken", settled_at=work.now))


async def hand_to(work: Work, subjects: Collection[str], resident_id: int, partner: str | None = None) -> None:
    """Open promises about these are somebody else's from now on."""
    await work.session.flush()
    new = {"made_by": resident_id} | ({"partner": partner} if partner is not None else {})
    here = (Promise.subject.in_(subjects), Promise.state == "open")
    await work.session.execute(update(Promise).where(*here).values(new))


def is_late(today: date) -> ColumnElement[bool]:
    """Complaints that are open and of which a promised day has passed, however often another was named since."""
    passed = select(Promise.number).where(Promise.subject.like("M%"), Promise.state == "open", _late(today))
    return Complaint.state.in_(OPEN_STATES) & Complaint.id.in_(passed)


def late_numbers(today: date, *of: ColumnElement[bool]) -> list[Select[int]]:
    """Selects the numbers of complaints that are late, the newest first: by what was broken, and what is about to be.

    `of`: conditions on the complaint. They are looked at one by one, so that a page is there soon: as a value, for
    PostgreSQL would join all that exist.
    """
    about = select(Complaint.id).where(Complaint.id == Promise.number, Complaint.state.in_(OPEN_STATES), *of)
    here = (Promise.subject.like("M%"), Promise.state == "open", about.scalar_subquery().is_not(None))
    late = select(Promise.number).where(*here).distinct()
    return [late.where(which).order_by(Promise.number.desc()) for which in (Promise.kind == AGAIN, Promise.due < today)]


async def late_among(work: Work, subjects: Collection[str]) -> set[str]:
    """Which of these are late."""
    here = (Promise.subject.in_(subjects), Promise.state == "open", _late(work.today))
    return set(await work.session.scalars(select(Promise.subject).where(*here)))


async def open_about(work: Work, subject: str) -> list[Promise]:
    """What is promised now about this one."""
    here = (Promise.subject == subject, Promise.state == "open")
    return list(await work.session.scalars(select(Promise).where(*here).order_by(Promise.id)))


async def planned_day(work: Work, subject: str) -> date | None:
    """The day on which it was promised to be done, as long as that is neither kept nor broken."""
    return next((each.due for each in await open_about(work, subject) if each.kind == DAY), None)


def is_broken(work: Work, each: Promise) -> bool:
    """Whether the day that was promised first has passed without it; it may be named anew, and is late all the same."""
    return each.state == "open" and (each.due < work.today or each.kind == AGAIN)


async def broken_day(work: Work, subject: str) -> date | None:
    """The day that was promised first, where it has passed without what was promised."""
    found = await open_about(work, subject)
    return min(each.first_due for each in found) if any(is_broken(work, each) for each in found) else None


async def begin(work: Work) -> None:
    """See to it that each open promise is told of in time: also those of before there was a ledger."""
    days = select(Promise.due).where(Promise.state == "open").distinct()
    for day in list(await work.session.scalars(days)):
        await _see_to(work, max(day, work.today - timedelta(days=1)))


# --- The ledger, read --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """How many promises are open, late, due in the next seven days; kept and broken in the last ninety."""

    open: int = 0
    week: int = 0
    late: int = 0
    kept: int = 0
    broken: int = 0

    def add(self, of: Counter[str]) -> None:
        """Count these along."""
        for name in ("open", "week", "late", "kept", "broken"):
            setattr(self, name, getattr(self, name) + of[name])


@dataclass(frozen=True, slots=True)
class Ledger:
    """All promises counted: together, per member of staff (by number; None: nobody yet), per partner."""

    every: Tally = field(default_factory=Tally)
    by_staff: dict[int | None, Tally] = field(default_factory=dict)
    by_partner: dict[str, Tally] = field(default_factory=dict)


async def count(work: Work, by: Person) -> Ledger:
    """The ledger counted, by the database. Raises `NotAllowed`."""
    by.must_be(STAFF, "/promises")
    what = case((Promise.state != "open", Promise.state), (_late(work.today), "late"), (_soon(work), "week"), else_="")
    counted = select(Promise.made_by, Promise.partner, what, func.count()).group_by(
        Promise.made_by, Promise.partner, what
    )
    ledger = Ledger()
    for which in (Promise.state == "open", _lately(work)):  # each by the index alone
        for made_by, partner, kind, number in await work.session.execute(counted.where(which)):
            each = Counter({kind: number, "open": 0 if kind in ("kept", "broken") else number})
            ledger.every.add(each)
            ledger.by_staff.setdefault(made_by, Tally()).add(each)
            if partner:
                ledger.by_partner.setdefault(partner, Tally()).add(each)
    return ledger


async def some(work: Work, by: Person, which: str, after: int | None = None) -> list[Promise]:
    """Promises of one of `KINDS_OF_LIST`, the oldest day first: a page and one more. Raises `NotAllowed`."""
    by.must_be(STAFF, "/promises")
    conditions: dict[str, ColumnElement[bool]] = {
        "open": Promise.state == "open",
        "week": (Promise.state == "open") & _soon(work) & ~_late(work.today),
        "late": (Promise.state == "open") & _late(work.today),
        "mine": (Promise.state == "open") & (Promise.made_by == by.resident.id),
        "kept": _lately(work) & (Promise.state == "kept"),
        "broken": _lately(work) & (Promise.state == "broken"),
    }
    query = select(Promise).where(conditions[which]).order_by(Promise.due, Promise.id).limit(PAGE + 1)
    if after is not None and (last := await work.session.get(Promise, after)) is not None:
        later = or_(Promise.due > last.due, and_(Promise.due == last.due, Promise.id > last.id))
        query = query.where(later)
    return list(await work.session.scalars(query))


def _late(today: date) -> ColumnElement[bool]:
    return or_(Promise.due < today, Promise.kind == AGAIN)


def _soon(work: Work) -> ColumnElement[bool]:
    return Promise.due.between(work.today, work.today + timedelta(days=7))


def _lately(work: Work) -> ColumnElement[bool]:
    return Promise.state.in_(["kept", "broken"]) & (Promise.due >= work.today - COUNTED)


# --- Days --------------------------------------------------------------------------------------------------


def working_day_before(day: date, free_days: Collection[date]) -> date:
    """The last day before this one on which the office works."""
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY or day in free_days:
        day -= timedelta(days=1)
    return day


def working_day_after(day: date, free_days: Collection[date]) -> date:
    """The next day on which the office works."""
    day += timedelta(days=1)
    while day.weekday() >= SATURDAY or day in free_days:
        day += timedelta(days=1)
    return day


def morning(work: Work, day: date) -> datetime:
    """When the office and residents are told of a day's promises: in the morning, outside quiet hours."""
    return work.allowed_at(datetime.combine(day, MORNING, work.area.time_zone))


async def _see_to(work: Work, due: date) -> None:
    """Make the rows that warn of this day and tell when it has passed: one of each for all promises.

    Who promises for today or tomorrow needs no warning; that a day has passed is told in any case.
    """
    days = {WARN: working_day_before(due, work.free_days), PASSED: due + timedelta(days=1)}
    of_these = (Due.subject == EVERY, Due.occasion.in_([day.isoformat() for day in days.values()]))
    there = {
        (what, occasion)
        for what, occasion in await work.session.execute(select(Due.what, Due.occasion).where(*of_these))
    }
    for what, day in days.items():
        at = morning(work, day)
        if (at > work.now or what == PASSED) and (what, day.isoformat()) not in there:
            work.session.add(Due(what=what, subject=EVERY, occasion=day.isoformat(), at=at))


async def _end(work: Work, subject: str, but: str | None, state: ColumnElement[str]) -> None:
    await work.session.flush()
    here = [Promise.subject == subject, Promise.state == "open", *([Promise.kind != but] if but else [])]
    await work.session.execute(update(Promise).where(*here).values(state=state, settled_at=work.now))
