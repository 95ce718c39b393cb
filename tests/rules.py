"""The programme's rules at work on a real database, without any Telegram: for tests that walk through many of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.clock import MovableClock
from bot.main import Service
from bot.neighbourhood import acts, follow_ups, residents, role_changes, team
from bot.neighbourhood.work import Closing, Person, Surroundings, Work
from bot.prepare import prepare
from bot.settings import load_settings
from bot.store.database import Database
from bot.store.tables import Complaint, Conversation, History, Message, Promise
from conversations.questions import At, Told
from conversations.results import ComplaintReport, Joined, MeToo
from conversations.words import Words
from tests.town import MONDAY, SANNE, free_days, lay_tables


@dataclass
class Rules:
    """The rules, a clock, and people by the names that a test gives them; Sanne is the coordinator."""

    around: Surroundings
    clock: MovableClock
    numbers: dict[str, int] = field(default_factory=lambda: {"Sanne": SANNE})
    asked: list[tuple[str, str, bool]] = field(default_factory=list)
    """Follow-ups that were asked: of whom (a resident's number), about what, whether again."""

    async def person(self, work: Work, name: str, language: str = "nl") -> Person:
        """Somebody, as they are now; with consent."""
        number = self.numbers.setdefault(name, 5000 + len(self.numbers))
        found = (await residents.meet(work, self.around.seal, {number: language}))[number]
        if found.resident.consent_at is None:
            found.chat.unreachable_since = None
            await acts.act(work, found, Joined("WK091722" if name != "Sanne" else None))
        return found

    async def with_role(self, work: Work, name: str, role: str) -> Person:
        """Somebody with a role, by Sanne's link."""
        person = await self.person(work, name)
        if role not in person.roles:
            await role_changes.use_link(
                work, person, await team.make_link(work, await self.person(work, "Sanne"), role)
            )
        return person

    async def report(self, work: Work, who: str, words: str = "Een losse tegel", topic: str = "paving") -> Complaint:
        """A new complaint of somebody's."""
        await acts.act(work, await self.person(work, who), ComplaintReport(topic, Told(words), At("Heulstraat 12"), []))
        found = await work.session.scalar(select(Complaint).order_by(Complaint.id.desc()).limit(1))
        assert found is not None
        return found

    async def joins(self, work: Work, who: str, complaint: Complaint, words: str = "Hier ook") -> None:
        """Somebody reports it too."""
        told = ComplaintReport(complaint.topic, Told(words), At(complaint.place), [])
        assert isinstance(await acts.act(work, await self.person(work, who), MeToo(complaint.id, told)), Closing)

    async def passes(self, **time: float) -> None:
        """Let time pass, and all happen that falls due."""
        self.clock.move(timedelta(**time))
        async with self.around.working() as work:
            while await follow_ups.sweep(work, self._ask):
                pass

    async def _ask(
        self,
        work: Work,
        person: Person,
        conversation: Conversation | None,
        complaint: Complaint,
        notes: Sequence[Words],
        *,
        again: bool = False,
    ) -> None:
        self.asked.append((f"R{person.resident.id}", complaint.code, again))

    async def told(self, work: Work, who: str) -> list[str]:
        """What is on its way to somebody (the texts), and let it arrive."""
        await work.write_down()
        person = await self.person(work, who)
        query = select(Message).where(Message.chat_id == person.chat.id).order_by(Message.id)
        messages = list(await work.session.scalars(query))
        for each in messages:
            await work.session.delete(each)
        await work.session.flush()
        return [each.content["text"] for each in messages if "text" in each.content]

    async def history(self, work: Work, code: str) -> list[str]:
        """What stands in the history of something."""
        await work.write_down()
        return list(
            await work.session.scalars(select(History.what).where(History.subject == code).order_by(History.id))
        )

    async def ledger(self, work: Work, code: str) -> list[tuple[Any, ...]]:
        """Kind, state, first day and day of each promise about something."""
        await work.session.flush()
        found = await work.session.scalars(select(Promise).where(Promise.subject == code).order_by(Promise.id))
        return [(each.kind, each.state, each.first_due.isoformat(), each.due.isoformat()) for each in found]


@contextlib.asynccontextmanager
async def rules(folder: Path, database_url: str, **settings: Any) -> AsyncIterator[Rules]:
    """The rules on a fresh database, on a Monday morning."""
    lay_tables(database_url)
    (folder / "public-holidays.json").write_text(free_days(range(MONDAY.year - 1, MONDAY.year + 11)), "ascii")
    given = {"data_dir": folder, "database_url": database_url, "coordinators": frozenset({SANNE}), **settings}
    clock = MovableClock(MONDAY)
    loaded = load_settings(bot_token="1:x", **given)
    await prepare(loaded)
    database = Database(loaded.database)
    around = await Service(loaded, clock).unlock(database)
    here = Rules(around, clock)
    async with around.working() as work:
        await here.person(work, "Sanne")
    try:
        yield here
    finally:
        await database.close()
