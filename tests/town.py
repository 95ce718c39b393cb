"""A small town for tests: the simulator, the bot on a real database over real HTTP, and a clock that tests move."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aiogram.client.session.aiohttp import AiohttpSession
from sqlalchemy import make_url

from bot.clock import MovableClock
from bot.main import Service
from bot.neighbourhood.free_days import as_kept, holidays_of
from bot.settings import load_settings
from bot.simulator import Person, Simulator
from bot.store.migrate import migrate

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday morning outside any quiet hours: 11:00 in Heerlen."""
SANNE = 9001


@contextlib.contextmanager
def closing_at_once() -> Iterator[None]:
    """aiogram waits a quarter of a second at its end, for TLS alone; nobody speaks that here."""
    close = AiohttpSession.close

    async def at_once(self: AiohttpSession) -> None:
        if self._session is not None:
            await self._session.close()

    AiohttpSession.close = at_once  # type: ignore[method-assign]
    try:
        yield
    finally:
        AiohttpSession.close = close  # type: ignore[method-assign]


@cache
def free_days(years: range) -> str:
    """As the bot keeps them."""
    return as_kept("NL", years, [day.isoformat() for day in holidays_of("NL", years)])


@cache
def migrated() -> bytes:
    """A fresh SQLite database: making its tables anew takes longer than many a test."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        file = Path(folder) / "fresh.sqlite"
        pool.submit(asyncio.run, migrate(f"sqlite+aiosqlite:///{file}")).result()
        return file.read_bytes()


def lay_tables(database_url: str) -> None:
    """On SQLite put the fresh tables there, unless there is a database already."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        Path(url.database).write_bytes(migrated())


class Town:
    """The bot and the people who talk with it."""

    def __init__(self, simulator: Simulator, folder: Path, database_url: str, **settings: Any) -> None:
        self.simulator = simulator
        self.clock = MovableClock(MONDAY)
        self.database_url = database_url
        self.folder = folder
        self.people: list[Person] = []
        self._settings = {
            "bot_token": simulator.token,
            "telegram_api_url": simulator.url,
            "data_dir": folder,
            "database_url": database_url,
            "coordinators": frozenset({SANNE}),
            "listen": "127.0.0.1:0",
            "messages_per_second": 0,
            "chat_messages_per_second": 0,
            "group_messages_per_minute": 0,
            **settings,
        }
        self._running: asyncio.Task[None] | None = None
        self.service: Service | None = None

    async def start(self) -> None:
        """Start the bot; the public holidays are there already, for working them out anew takes as long as a test."""
        years = range(MONDAY.year - 1, MONDAY.year + 11)
        (self.folder / "public-holidays.json").write_text(free_days(years), "ascii")
        lay_tables(self.database_url)
        self.service = Service(load_settings(**self._settings), self.clock)
        self._running = asyncio.create_task(self.service.run())

    async def stop(self) -> None:
        """Stop the bot cleanly."""
        if self.service is None or self._running is None:
            return
        self.service.stop()
        async with asyncio.timeout(15):
            await self._running

    async def kill(self) -> None:
        """End the bot in the middle of whatever it does."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    def passes(self, **time: float) -> None:
        """Let time pass: `passes(days=3)`."""
        self.clock.move(timedelta(**time))
        if self.service is not None and self.service.schedule is not None:
            self.service.schedule.wake()

    def resident(self, name: str, language: str = "nl") -> Person:
        """Somebody who has never talked with the bot."""
        self.people.append(self.simulator.person(name, language_code=language))
        return self.people[-1]

    async def known(self, name: str, language: str = "nl", neighbourhood: str = "Heksenberg") -> Person:
        """A resident who has said yes and lives in a neighbourhood."""
        person = self.resident(name, language)
        await self._welcome(person, neighbourhood)
        return person

    async def coordinator(self, language: str = "nl") -> Person:
        """Sanne, whom the settings name as coordinator."""
        person = self.simulator.person("Sanne", language_code=language, id=SANNE)
        self.people.append(person)
        await self._welcome(person, None)
        return person

    async def _welcome(self, person: Person, neighbourhood: str | None) -> None:
        person.start()
        await person.hears()
        person.tap({"nl": "Ja, dat is goed", "en": "Yes, that's fine"}[person.human.language_code or "nl"])
        asked = {"nl": "In welke buurt woon je?", "en": "Which neighbourhood"}
        await person.sees(asked[person.human.language_code or "nl"])
        person.tap(neighbourhood or {"nl": "Overslaan", "en": "Skip"}[person.human.language_code or "nl"])
        await person.hears()


@contextlib.asynccontextmanager
async def town(folder: Path, database_url: str, **settings: Any) -> AsyncIterator[Town]:
    """A running town; at its end every call that the bot made must have been one that Telegram accepts."""
    simulator = Simulator()
    await simulator.start()
    here = Town(simulator, folder, database_url, **settings)
    await here.start()
    try:
        yield here
        assert [f"{call.method}: {call.description}" for call in simulator.refusals] == []
    finally:
        await here.stop()
        await simulator.stop()
