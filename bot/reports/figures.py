"""The figures of a period: counted by the database, beside the turns, for the whole area or one neighbourhood."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Integer, Select, and_, case, cast, distinct, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from bot.neighbourhood.mornings import first_since
from bot.neighbourhood.promises import AGAIN, is_late
from bot.neighbourhood.spoken import SPOKEN
from bot.neighbourhood.steps import OPEN_STATES
from bot.neighbourhood.work import STAFF, Person, Work
from bot.reports.cells import FEWEST, Cell
from bot.store.base import Utc
from bot.store.tables import Answer, Complaint, History, Idea, Promise, Reporter, Resident

USUAL = timedelta(days=90)
BINS = (7, 14, 28, 91)
"""Over how many days a bar of the course of time counts: the first of which few bars point at too few people."""
BARS_AT_MOST = 16
QUESTIONS = ("proud", "better")
VERDICTS = ("yes", "no", "unknown")
ON_THE_DAY, LATER, BROKEN = "kept", "later", "broken"
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Solved:
    """How long it took, in whole days: half of them within `half`, nine of ten within `nine_of_ten`."""

    cell: Cell
    half: int
    nine_of_ten: int


@dataclass(frozen=True, slots=True)
class Bar:
    """So many days from one on: complaints in, complaints solved."""

    begins: date
    came: Cell
    went: Cell


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened since a day, in a neighbourhood (a code) or in the whole area (None)."""

    since: date
    until: date
    neighbourhood: str | None
    came: Cell
    solved: Cell
    cannot: Cell
    reopened: Cell
    open_now: Cell
    late_now: Cell
    bars: Sequence[Bar]
    speed: Solved | None
    speed_by_topic: dict[str, Solved]
    promises: dict[str, Cell]
    """`ON_THE_DAY`, `LATER` (kept, on another day than was named first) and `BROKEN`."""
    promises_by_topic: dict[str, dict[str, Cell]]
    verdicts: dict[str, Cell]
    said: dict[str, Cell]
    """"proud" and "better"."""
    said_where: dict[tuple[Any, ...], Cell]
    """Question and neighbourhood (None: not known)."""
    said_about: dict[tuple[Any, ...], Cell]
    """Question, neighbourhood and theme, which may be empty."""
    said_themes: dict[tuple[Any, ...], Cell]
    """Question and theme."""
    ideas: Cell
    newcomers: Cell
    spoken: Cell
    """Complaints, answers and ideas among all these that staff wrote down for people without a phone."""


async def count(work: Work, by: Person, over: timedelta, neighbourhood: str | None = None) -> Figures:
    """The figures up to now. Raises `NotAllowed`."""
    by.must_be(STAFF, "/stats")
    since = work.now - over
    here = _Here(work, since, neighbourhood)
    solved = await here.complaints(Complaint.solved_at >= since)
    speed, by_topic = await here.speed(solved)
    promises = await here.promises()
    said = await here.answers(Answer.question)
    return Figures(
        since=since.astimezone(work.area.time_zone).date(),
        until=work.today,
        neighbourhood=neighbourhood,
        came=await here.complaints(Complaint.at >= since),
        solved=solved,
        cannot=await here.complaints(Complaint.at >= since, Complaint.state.in_(["cannot", "not_ours"])),
        reopened=await here.complaints(Complaint.at >= since, Complaint.reopened > 0),
        open_now=await here.complaints(Complaint.state.in_(OPEN_STATES)),
        late_now=await here.complaints(is_late(work.today)),
        bars=await here.bars(over),
        speed=speed,
        speed_by_topic=by_topic,
        promises=promises.pop("", {}),
        promises_by_topic=promises,
        verdicts=await here.verdicts(),
        said={question: said.get((question,), Cell()) for question in QUESTIONS},
        said_where=await here.answers(Answer.question, Answer.neighbourhood),
        said_about=await here.answers(Answer.question, Answer.neighbourhood, Answer.theme),
        said_themes=await here.answers(Answer.question, Answer.theme),
        ideas=await here.ideas(),
        newcomers=await here.newcomers(),
        spoken=await here.spoken(),
    )


@dataclass(slots=True)
class _Here:
    """Counting in one place, since one moment. Each count comes with how many different people are behind it."""

    work: Work
    since: datetime
    neighbourhood: str | None

    async def complaints(self, *conditions: ColumnElement[bool]) -> Cell:
        return (await self._complaints(conditions, []))[()]

    async def bars(self, over: timedelta) -> list[Bar]:
        """The course of time, in bars of as few days as may be shown."""
        local = self.since.astimezone(self.work.area.time_zone)
        monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        bars: list[Bar] = []
        widest = 7 * ceil(over.days / BARS_AT_MOST / 7)
        for size in [each for each in BINS if over.days / each <= BARS_AT_MOST] or [widest]:
            number = (self.work.now - monday).days // size + 1
            came = await self._by_bin(Complaint.at, monday, size)
            went = await self._by_bin(Complaint.solved_at, monday, size)
            bars = [
                Bar((monday + timedelta(days=size * n)).date(), came.get(n, Cell()), went.get(n, Cell()))
                for n in range(number)
            ]
            cells = [cell for bar in bars for cell in (bar.came, bar.went)]
            if sum(not cell.may_be_shown for cell in cells) * 4 <= len(cells):
                break
        return bars

    async def speed(self, every: Cell) -> tuple[Solved | None, dict[str, Solved]]:
        """How long it took until it was solved: together, and by topic. `every`: all that was solved."""
        days = self._days(Complaint.solved_at, Complaint.at)
        by_topic = func.trim(Complaint.topic)  # the bare column has SQLite read all complaints, in the order of topics
        lasted = await self._complaints([Complaint.solved_at >= self.since], [by_topic, days])
        people = await self._complaints([Complaint.solved_at >= self.since], [by_topic])
        spans: dict[str, Counter[int]] = defaultdict(Counter)
        for (topic, day), cell in lasted.items():
            spans[topic][max(int(day or 0), 0) + 1] += cell.count
        each = {topic: _solved(spans[topic], cell) for (topic,), cell in people.items() if cell.people >= FEWEST}
        together = _solved(sum(spans.values(), Counter()), every) if every.people >= FEWEST else None
        return together, each

    async def promises(self) -> dict[str, dict[str, Cell]]:
        """What became of the days that were named and have come: by topic, and together under ""."""
        first = self.since.astimezone(self.work.area.time_zone).date()
        what = case((Promise.state == "broken", BROKEN), (Promise.due > Promise.first_due, LATER), else_=ON_THE_DAY)
        about = (Complaint.id == cast(func.substr(Promise.subject, 2), Integer)) & Promise.subject.like("M%")
        conditions = [Promise.state.in_(["kept", "broken"]), Promise.kind != AGAIN, Promise.due >= first]
        numbers = (func.count(distinct(Promise.id)), func.count(distinct(Reporter.resident_id)))
        found: dict[str, dict[str, Cell]] = defaultdict(dict)
        for by in ([what], [what, Complaint.topic]):
            query = (
                _grouped(by, numbers)
                .select_from(Promise)
                .join(Complaint, about)
                .outerjoin(Reporter, Reporter.complaint_id == Complaint.id)
                .where(*conditions, *self._in(Complaint.neighbourhood))
            )
            for kind, *topic, number, people in await self.work.session.execute(query):
                found["".join(topic)][kind] = Cell(number, people)
        return dict(found)

    async def answers(self, *by: Any) -> dict[tuple[Any, ...], Cell]:
        """What people said, counted by these columns."""
        numbers = (func.count(), func.count(distinct(Answer.resident_id)))
        query = _grouped(by, numbers).where(Answer.at >= self.since, *self._in(Answer.neighbourhood))
        return {tuple(key): Cell(number, people) for *key, number, people in await self.work.session.execute(query)}

    async def verdicts(self) -> dict[str, Cell]:
        """What people answered when they were asked whether it is really solved."""
        kinds = [f"follow-up {verdict}" for verdict in VERDICTS]
        query = select(History.what, func.count(), func.count(distinct(History.by))).where(
            History.id >= await first_since(self.work, self.since), History.what.in_(kinds), History.at >= self.since
        )
        if self.neighbourhood is not None:
            about = (Complaint.id == cast(func.substr(History.subject, 2), Integer)) & History.subject.like("M%")
            query = query.join(Complaint, about).where(*self._in(Complaint.neighbourhood))
        found = {
            what.rpartition(" ")[2]: Cell(number, people)
            for what, number, people in await self.work.session.execute(query.group_by(History.what))
        }
        return {verdict: found.get(verdict, Cell()) for verdict in VERDICTS}

    async def ideas(self) -> Cell:
        return await self._one(Idea, Idea.at, Idea.resident_id)

    async def newcomers(self) -> Cell:
        return await self._one(Resident, Resident.consent_at, Resident.id)

    async def spoken(self) -> Cell:
        """For whom staff wrote something down is a person of their own each time."""
        cells = [
            await self._one(table, table.at, table.id, table.came_from == SPOKEN) for table in (Complaint, Answer, Idea)
        ]
        return Cell(sum(cell.count for cell in cells), sum(cell.people for cell in cells))

    async def _one(self, table: Any, at: Any, person: Any, *conditions: ColumnElement[bool]) -> Cell:
        query = select(func.count(), func.count(distinct(person))).where(at >= self.since, *conditions)
        row = (await self.work.session.execute(query.where(*self._in(table.neighbourhood)))).one()
        return Cell(row[0], row[1])

    async def _by_bin(self, column: Any, first: datetime, size: int) -> dict[int, Cell]:
        number = self._days(column, literal(first, Utc()), size)
        found = await self._complaints([column >= first], [number])
        return {int(key[0]): cell for key, cell in found.items()}

    async def _complaints(
        self, conditions: Iterable[ColumnElement[bool]], by: Sequence[Any]
    ) -> dict[tuple[Any, ...], Cell]:
        """Counted by these columns. What goes on with another report is counted there."""
        numbers = (func.count(distinct(Complaint.id)), func.count(distinct(Reporter.resident_id)))
        query = (
            _grouped(by, numbers)
            .select_from(Complaint)
            .outerjoin(Reporter, Reporter.complaint_id == Complaint.id)
            .where(and_(*conditions, Complaint.state != "same", *self._in(Complaint.neighbourhood)))
        )
        return {tuple(key): Cell(number, people) for *key, number, people in await self.work.session.execute(query)}

    def _in(self, column: Any) -> list[ColumnElement[bool]]:
        return [] if self.neighbourhood is None else [column == self.neighbourhood]

    def _days(self, later: Any, earlier: Any, size: int = 1) -> ColumnElement[int]:
        """Whole stretches of so many days between two moments, as either database counts them."""
        if self.work.session.get_bind().dialect.name == "sqlite":
            return cast((func.julianday(later) - func.julianday(earlier)) / float(size), Integer)
        return cast(func.floor(func.extract("epoch", later - earlier) / (size * _DAY)), Integer)


def _grouped(by: Sequence[Any], numbers: Sequence[Any]) -> Select[Any]:
    """Numbers by columns; grouped by their names: a value within a column is another one each time to PostgreSQL."""
    named = [column.label(f"by_{place}") for place, column in enumerate(by)]
    return select(*named, *numbers).group_by(*[each.name for each in named])


def _solved(days: Counter[int], cell: Cell) -> Solved:
    return Solved(cell, _within(days, 0.5), _within(days, 0.9))


def _within(days: Counter[int], share: float) -> int:
    """The number of days within which this share of them was solved."""
    left = ceil(days.total() * share)
    for day in sorted(days):
        left -= days[day]
        if left <= 0:
            return day
    return 0
