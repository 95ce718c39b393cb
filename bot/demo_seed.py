"""A small made-up neighbourhood for the demo: three months of talk, each step taken by the real rules."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo_told import ANSWERS, COMING_EVENT, IDEAS, PAST_EVENT, REPORTS, Plan, Report, Step, Story
from bot.neighbourhood import (
    acts,
    broadcasts,
    complaints,
    event_answers,
    idea_steps,
    money,
    promise_days,
    promises,
    residents,
    spendings,
    team,
    verdicts,
)
from bot.neighbourhood.area.tables import Neighbourhood
from bot.neighbourhood.work import Person, Surroundings, Work
from bot.store.tables import Broadcast, Complaint, Due, Event, Idea, Post, Recipient, Resident, Role
from conversations.event_said import EventAnnounced
from conversations.office_said import CannotBe, IdeaAnswered, Planned, Solved
from conversations.questions import At, Told
from conversations.results import ComplaintReport, FollowUpAnswer, Joined, TwoAnswers
from conversations.spent import Spent, StoryTold

WIM, SANNE = 900001, 900004
"""The two of the page's cast who are known already; the others are new."""
COLLEAGUE = 910_000
NEIGHBOURS = range(910_001, 910_049)
OUT_OF_REACH = frozenset({910_017, 910_036})
"""They have blocked the bot since: the next invitation doesn't reach them."""
SPEAK_ENGLISH = frozenset({910_006, 910_019, 910_033})
EVERYBODY = (WIM, SANNE, COLLEAGUE, *NEIGHBOURS)
FIRST_DAY = 93
HOME = "Heksenberg"
"""Where Wim lives, where the area has it."""


class Life:
    """Three months, first written down, then lived in the order of time."""

    def __init__(self, around: Surroundings, session: AsyncSession, photos: Mapping[str, str]) -> None:
        self._around = around
        self._session = session
        self._photos = photos
        self._chance = random.Random("Heerlen-Noord")  # noqa: S311 - the same neighbourhood every time, no secret
        self._now = around.clock.now()
        self._people: dict[int, Person] = {}
        self._plan: list[tuple[datetime, int, Callable[[Work], Awaitable[None]]]] = []

    async def live(self) -> None:
        """Live through it."""
        self._everybody_joins()
        for report in REPORTS:
            self._complaint(report)
        for number, (proud, better) in enumerate(ANSWERS):
            self._answers(86 - 83 * number / len(ANSWERS), proud, better)
        for idea in IDEAS:
            self._idea(idea)
        self._event(40, -23, 14, PAST_EVENT, 19)
        self._event(6, 9, 15, COMING_EVENT, 16)
        for at, _order, happens in sorted(self._plan, key=lambda each: each[:2]):
            work = self._around.reading(self._session)
            await self._mornings_until(at)
            work.now = at
            await happens(work)
            work.letters.clear()  # what was said then has long arrived
            await work.write_down()
        await self._mornings_until(self._now)
        await self._invitations_were_sent()

    async def _mornings_until(self, moment: datetime) -> None:
        """The mornings on which promises were warned of, and told to have passed."""
        told = Due.what.in_([promises.WARN, promises.PASSED])
        earliest = select(Due).where(told, Due.at <= moment).order_by(Due.at).limit(1)
        while (row := await self._session.scalar(earliest)) is not None:
            work = self._around.reading(self._session)
            work.now, what, occasion = row.at, row.what, row.occasion
            await self._session.delete(row)
            await self._session.flush()
            await promise_days.fall_due(work, what, occasion)
            work.letters.clear()
            await work.write_down()

    def _at(self, ago: float, first_hour: int = 8, last_hour: int = 21) -> datetime:
        """A moment on the day that lies so many days back, within these hours where that is in the past."""
        zone = self._around.area.time_zone
        day = (self._now - timedelta(days=ago)).astimezone(zone)
        at = day.replace(hour=self._chance.randint(first_hour, last_hour - 1), minute=self._chance.randint(0, 59))
        return at if at < self._now - timedelta(hours=1) else self._now - timedelta(days=ago)

    def _then(self, at: datetime, happens: Callable[[Work], Awaitable[None]]) -> None:
        self._plan.append((at, len(self._plan), happens))

    def _someone(self, work: Work, *, wim: bool = False, english: bool = False) -> Person:
        """One of those who are there by then; a few speak up often, most seldom."""
        if wim:
            return self._people[WIM]
        here = [number for number in NEIGHBOURS if number in self._people]
        here = [number for number in here if (number in SPEAK_ENGLISH) == english]
        return self._people[self._chance.choices(here, [3 if number % 7 == 1 else 1 for number in here])[0]]

    def _staff(self) -> Person:
        return self._people[SANNE if self._chance.random() < 0.7 else COLLEAGUE]

    # People

    def _everybody_joins(self) -> None:
        self._then(self._at(FIRST_DAY + 2, 9, 10), self._office_opens)
        for order, number in enumerate((WIM, *SPEAK_ENGLISH, *(n for n in NEIGHBOURS if n not in SPEAK_ENGLISH))):
            ago = FIRST_DAY if order < 14 else FIRST_DAY - 88 * (order - 13) / len(NEIGHBOURS)
            self._then(self._at(ago), self._joining(number))

    async def _office_opens(self, work: Work) -> None:
        found = await residents.meet(work, self._around.seal, {SANNE: "nl"})
        sanne = self._people[SANNE] = found[SANNE]
        sanne.resident.came_at = sanne.chat.since = work.now
        sanne.chat.unreachable_since = None
        sanne.resident.invites = False  # she sees in the bar how her invitations go
        await self._session.execute(update(Role).where(Role.resident_id == sanne.resident.id).values(given_at=work.now))
        await acts.act(work, sanne, Joined(None))
        found = await residents.meet(work, self._around.seal, {COLLEAGUE: "nl"})
        colleague = self._people[COLLEAGUE] = found[COLLEAGUE]
        await acts.act(work, colleague, Joined(None))
        await team.use_link(work, colleague, await team.make_link(work, sanne, "staff"))

    def _joining(self, number: int) -> Callable[[Work], Awaitable[None]]:
        async def happens(work: Work) -> None:
            found = await residents.meet(work, self._around.seal, {number: "en" if number in SPEAK_ENGLISH else "nl"})
            person = self._people[number] = found[number]
            person.resident.came_from = self._chance.choice(["telegram", "p-buurthuis", "p-bibliotheek", "via"])
            await acts.act(work, person, Joined(self._lives_in(number)))

        return happens

    def _lives_in(self, number: int) -> str | None:
        places = self._around.area.neighbourhoods
        if number == WIM:
            return next((place.code for place in places if place.name == HOME), places[0].code)
        if self._chance.random() < 0.08:
            return None
        return self._chance.choices(places, [place.inhabitants for place in places])[0].code

    # Complaints

    def _complaint(self, report: Report) -> None:
        came = self._at(report.ago) if report.ago >= 3 else self._now - timedelta(days=report.ago)
        numbers: list[int] = []
        reporters: list[Person] = []

        async def comes(work: Work) -> None:
            by = self._someone(work, wim=report.wim, english=report.english)
            photos = [self._photos[report.photo]] if report.photo else []
            told = ComplaintReport(report.topic, Told(report.words), self._place(by, report.place), photos)
            await acts.act(work, by, told)
            numbers.append(await self._newest(Complaint))
            reporters.append(by)

        self._then(came, comes)
        at = came
        for step in report.then:
            meant = came + timedelta(days=step.after) if step.ago is None else self._now - timedelta(days=step.ago)
            at = max(at + timedelta(minutes=47), meant)
            self._then(at, self._step(step, numbers, reporters))

    def _step(self, step: Step, numbers: list[int], reporters: list[Person]) -> Callable[[Work], Awaitable[None]]:
        async def happens(work: Work) -> None:
            number, by, staff = numbers[0], reporters[0], self._staff()
            photos = [self._photos[step.photo]] if step.photo else []
            match step.what:
                case "take":
                    await complaints.take(work, staff, await acts.complaint(work, number))
                case "plan":
                    day = (self._now + timedelta(days=step.day)).astimezone(work.area.time_zone).date()
                    await acts.act(work, staff, Planned(number, day, step.words))
                case "solve":
                    await acts.act(work, staff, Solved(number, step.words, photos))
                case "cannot":
                    await acts.act(work, staff, CannotBe(number, step.words))
                case "close":
                    await verdicts.close_unanswered(work, await acts.complaint(work, number))
                case verdict:
                    await acts.act(work, by, FollowUpAnswer(number, verdict, Told(step.words)))

        return happens

    def _place(self, by: Person, words: str) -> At:
        """Most type it; some share the spot, near where they live."""
        places = {place.code: place for place in self._around.area.neighbourhoods}
        home: Neighbourhood | None = places.get(by.resident.neighbourhood or "")
        if home is None or self._chance.random() < 0.75:
            return At(words)
        return At(words, home.latitude + self._chance.gauss(0, 0.002), home.longitude + self._chance.gauss(0, 0.003))

    # Answers, ideas, events

    def _answers(self, ago: float, proud: str, better: str) -> None:
        async def happens(work: Work) -> None:
            english = proud.startswith(("My ", "The "))
            await acts.act(work, self._someone(work, english=english), TwoAnswers(Told(proud), Told(better)))

        self._then(self._at(ago), happens)

    def _idea(self, plan: Plan) -> None:
        came = self._at(plan.ago)
        numbers: list[int] = []

        async def comes(work: Work) -> None:
            await acts.act(work, self._someone(work, wim=plan.wim), plan.idea)
            numbers.append(await self._newest(Idea))

        async def answered(work: Work) -> None:
            if plan.answer is not None:
                what, words, cents = plan.answer
                told = IdeaAnswered(numbers[0], what, words, cents)
                if what == "award" and cents is not None:
                    idea = await self._session.get_one(Idea, numbers[0])
                    place = idea.neighbourhood or money.OF_ALL
                    await money.put_in(work, self._people[SANNE], place, work.today.year, 4 * cents)
                if what == "not_now":
                    again = work.today + timedelta(days=180)
                    told = replace(told, can="Denk met ons mee over een waterspeelplek.", day=again)
                await acts.act(work, self._people[SANNE], told)

        self._then(came, comes)
        self._then(came + timedelta(days=3, hours=2), answered)
        if plan.story is not None:
            self._story(plan.story, came + timedelta(days=6), numbers)

    def _story(self, story: Story, begun: datetime, numbers: list[int]) -> None:
        """Who had the idea carries it out, spends some of the voucher, is paid, and tells how it went."""

        async def owner(work: Work) -> tuple[Person, Idea]:
            idea = await self._session.get_one(Idea, numbers[0])
            return next(each for each in self._people.values() if each.resident.id == idea.resident_id), idea

        async def begins(work: Work) -> None:
            by, idea = await owner(work)
            for step in ("accept", "start"):
                await idea_steps.make_step(work, step, by, idea)

        async def spends(work: Work) -> None:
            by, idea = await owner(work)
            await acts.act(work, by, Spent(idea.id, "myself", story.cents, story.what, [self._photos["receipt"]]))

        async def is_paid(work: Work) -> None:
            _by, idea = await owner(work)
            for spending in await spendings.spendings_of(work, idea):
                await spendings.pay(work, self._people[SANNE], spending)

        async def tells(work: Work) -> None:
            by, idea = await owner(work)
            photos = [self._photos[story.photo]]
            await acts.act(work, by, StoryTold(idea.id, Told(story.done), Told(story.difference), photos, True))
            await idea_steps.make_step(work, "finish", self._people[SANNE], idea)

        spent = self._at(story.ago)
        for days, happens in ((0, spends), (2, is_paid), (9, tells)):
            self._then(spent + timedelta(days=days), happens)
        self._then(begun, begins)

    def _event(self, ago: float, day: int, hour: int, told: tuple[str, str, str], answers: int) -> None:
        """An event that is announced so many days ago, on the Saturday after the `day`-th from now."""
        title, place, words = told
        starts = (self._now + timedelta(days=day)).astimezone(self._around.area.time_zone).replace(tzinfo=None)
        starts += timedelta(days=(5 - starts.weekday()) % 7)
        starts = starts.replace(hour=hour, minute=0, second=0, microsecond=0)
        numbers: list[int] = []

        async def announced(work: Work) -> None:
            told = EventAnnounced(title, starts, At(place), words, None, work.area.languages[0])
            await acts.act(work, self._people[SANNE], told)
            await broadcasts.keep_posted(work)  # Telegram took what Sanne got first
            numbers.append(await self._newest(Event))

        def answering(number: int) -> Callable[[Work], Awaitable[None]]:
            async def happens(work: Work) -> None:
                event = await self._session.get_one(Event, numbers[0])
                says = self._chance.choices(["yes", "maybe", "no"], [6, 2, 2])[0]
                if number in self._people:
                    await event_answers.answer(work, self._people[number], event, says)

            return happens

        self._then(self._at(ago, 10, 16), announced)
        for number in self._chance.sample(NEIGHBOURS, answers):
            self._then(self._at(ago - 1 - self._chance.random() * min(3, ago - 2)), answering(number))

    async def _newest(self, table: type[Complaint | Idea | Event]) -> int:
        return int(await self._session.scalar(select(table.id).order_by(table.id.desc()).limit(1)) or 0)

    async def _invitations_were_sent(self) -> None:
        await self._session.flush()
        await self._session.execute(delete(Post))
        await self._session.execute(update(Recipient).values(state="sent"))
        await self._session.execute(update(Broadcast).values(state="done", sent=Broadcast.total))


async def sow(around: Surroundings, session: AsyncSession, photos: Mapping[str, str]) -> bool:
    """Fill a database in which nobody has said yes yet; False where somebody has.

    `photos`: the messenger's file ids of the pictures that they show.
    """
    if await session.scalar(select(Resident.id).where(Resident.consent_at.is_not(None)).limit(1)) is not None:
        return False
    await Life(around, session, photos).live()
    return True
