"""The figures of a period: counted by the database, few enough to say in one message."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Select, func, select

from bot.neighbourhood.complaints import OPEN_STATES, is_late
from bot.neighbourhood.spoken import SPOKEN
from bot.neighbourhood.work import STAFF, Person, Work
from bot.store.tables import Answer, Complaint, Idea, Resident
from conversations.words import Words, s_, sn_

_UNITS = {"d": 1, "w": 7, "m": 30, "j": 365, "y": 365}
FEWEST = 5
"""No figure that points at fewer people than this."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened since a day; `days_to_solve` is the median, None with fewer than five."""

    since: date
    received: int
    solved: int
    confirmed: int
    reopened: int
    cannot: int
    open_now: int
    late_now: int
    days_to_solve: float | None
    proud: int
    better: int
    ideas: int
    newcomers: int
    spoken: int
    """Complaints, answers and ideas among all these that staff wrote down for people without a phone."""
    weeks: tuple[tuple[str, int, int], ...]
    """Monday of each week (ISO), complaints in, complaints solved."""
    topics: tuple[tuple[str, int], ...]


def period(words: str) -> timedelta | None:
    """`30d`, `12w`, `3m`, `1y`; None for what is none. Without words: 90 days."""
    if not words.strip():
        return timedelta(days=90)
    found = re.fullmatch(r"\s*(\d{1,3})\s*([dwmjy])\s*", words.lower())
    return timedelta(days=int(found[1]) * _UNITS[found[2]]) if found and int(found[1]) else None


async def count(work: Work, by: Person, over: timedelta) -> Figures:
    """The figures up to now. Raises `NotAllowed`."""
    by.must_be(STAFF, "/stats")
    since = work.now - over
    by_state = select(Complaint.state, func.count()).where(Complaint.at >= since).group_by(Complaint.state)
    states = Counter(dict((await work.session.execute(by_state)).all()))
    open_now = await _one(work, select(func.count()).where(Complaint.state.in_(OPEN_STATES)))
    late = select(func.count()).where(is_late(work.today))
    came = await work.session.execute(
        select(func.date(Complaint.at), func.count()).where(Complaint.at >= since).group_by(func.date(Complaint.at))
    )
    went = await work.session.execute(
        select(func.date(Complaint.solved_at), func.count())
        .where(Complaint.solved_at >= since)
        .group_by(func.date(Complaint.solved_at))
    )
    spans = await work.session.execute(select(Complaint.at, Complaint.solved_at).where(Complaint.solved_at >= since))
    days = [(solved - at).total_seconds() / 86400 for at, solved in spans if solved is not None]
    by_question = select(Answer.question, func.count()).where(Answer.at >= since).group_by(Answer.question)
    questions = Counter(dict((await work.session.execute(by_question)).all()))
    topics = await work.session.execute(
        select(Complaint.topic, func.count())
        .where(Complaint.at >= since)
        .group_by(Complaint.topic)
        .order_by(func.count().desc(), Complaint.topic)
    )
    return Figures(
        since=since.astimezone(work.area.time_zone).date(),
        received=states.total(),
        solved=len(days),
        confirmed=states["confirmed"],
        reopened=states["reopened"],
        cannot=states["cannot"],
        open_now=open_now,
        late_now=await _one(work, late),
        days_to_solve=round(median(days), 1) if len(days) >= FEWEST else None,
        proud=questions["proud"],
        better=questions["better"],
        ideas=await _one(work, select(func.count()).where(Idea.at >= since)),
        newcomers=await _one(work, select(func.count()).where(Resident.consent_at >= since)),
        spoken=sum([await _one(work, _spoken(table, since)) for table in (Complaint, Answer, Idea)]),
        weeks=_weeks(since, work.now, _by_day(came), _by_day(went)),
        topics=tuple((topic, number) for topic, number in topics if number >= FEWEST),
    )


def in_words(figures: Figures) -> list[Words]:
    """The figures as staff read them."""
    lines: list[Words] = [
        s_("Since {day}:", day=figures.since),
        sn_("{count} complaint came in.", "{count} complaints came in.", figures.received),
        s_(
            "Solved: {solved}. Confirmed: {confirmed}. Not solved after all: {reopened}. Can't be done: {cannot}.",
            solved=figures.solved,
            confirmed=figures.confirmed,
            reopened=figures.reopened,
            cannot=figures.cannot,
        ),
        s_("Open now: {open}. Late: {late}.", open=figures.open_now, late=figures.late_now),
    ]
    if figures.days_to_solve is not None:
        lines.append(s_("Half of them were solved within {days} days.", days=figures.days_to_solve))
    return [
        *lines,
        s_(
            "Proud of: {proud}. Must be better: {better}. Ideas: {ideas}. New residents: {newcomers}.",
            proud=figures.proud,
            better=figures.better,
            ideas=figures.ideas,
            newcomers=figures.newcomers,
        ),
        *([s_("Of these, written down by staff: {spoken}.", spoken=figures.spoken)] if figures.spoken else []),
    ]


async def _one(work: Work, query: object) -> int:
    return int(await work.session.scalar(query) or 0)  # type: ignore[call-overload]  # a select of one number


def _spoken(table: type[Complaint | Answer | Idea], since: datetime) -> Select[int]:
    return select(func.count()).where(table.at >= since, table.came_from == SPOKEN)


def _by_day(found: object) -> Counter[date]:
    return Counter({date.fromisoformat(str(day)): number for day, number in found})  # type: ignore[attr-defined]


def _weeks(
    since: datetime, until: datetime, came: Counter[date], went: Counter[date]
) -> tuple[tuple[str, int, int], ...]:
    monday = since.date() - timedelta(days=since.weekday())
    weeks = []
    while monday <= until.date():
        days = [monday + timedelta(days=number) for number in range(7)]
        weeks.append((monday.isoformat(), sum(came[day] for day in days), sum(went[day] for day in days)))
        monday += timedelta(days=7)
    return tuple(weeks)
