"""The one place where the parts are put together: what runs, in which order it starts, how it stops."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiohttp import web

from bot.clock import Clock
from bot.neighbourhood import idea_rules, keeping, mornings, promises
from bot.neighbourhood.area import Area, NoArea, load_area
from bot.neighbourhood.free_days import public_holidays
from bot.neighbourhood.residents import appoint_from_settings
from bot.neighbourhood.work import Surroundings
from bot.outbox.client import Client
from bot.outbox.pace import Pace, Rates
from bot.outbox.parcels import give_back_claims
from bot.outbox.sender import Sender
from bot.photos.worker import PhotoWorker
from bot.prepare import in_a_line, prepare, unlocked
from bot.reports.desk import Desk
from bot.schedule import Schedule
from bot.settings import Settings, SettingsError
from bot.store.database import Database, is_away
from bot.store.lease import SECONDS as LEASE_SECONDS
from bot.store.lease import Holding, LeaseLost
from bot.telegram.dialogues import ask_follow_up
from bot.telegram.loop import TurnLoop
from bot.telegram.menu import offer_menus
from bot.telegram.receive import Inbox, Polling, call_until_it_works
from bot.telegram.turn import Toast
from bot.web.server import web_app
from conversations.words import Catalogues

log = logging.getLogger(__name__)

LOCALES = Path(str(files("bot") / "locales"))
RENEW_SECONDS = LEASE_SECONDS / 3
SILENT_SECONDS = 180.0


def area_of(settings: Settings) -> Area:
    """The area, with what the settings override. Raises `AreaError`, and `SettingsError` where there is none."""
    try:
        area = load_area(settings.area)
    except NoArea as error:
        raise SettingsError(f"AREA: {error}") from None
    changed: dict[str, Any] = {}
    if settings.quiet != "as the area says":
        changed["quiet_hours"] = settings.quiet
    if settings.follow_up is not None:
        changed["follow_up"] = area.follow_up.model_copy(update={"after": settings.follow_up})
    return area.model_copy(update=changed)


def _why_not(error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "another program uses that port; take another"
    return f"{in_a_line(error)}; take an address of this machine, like 127.0.0.1:8080"


class Service:
    """The bot for one area: its parts, running while this process holds the lease."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Raises `SettingsError`, `AreaError`."""
        self._settings = settings
        self._token = settings.token
        self._bot_id = int(self._token.partition(":")[0])
        self._area = area_of(settings)
        self._clock = clock or Clock()
        self._server = TelegramAPIServer.from_base(settings.telegram_api_url)
        self._working = False
        self._stop = asyncio.Event()
        self._polling: Polling | None = None
        self._menus: asyncio.Task[None] | None = None
        self.schedule: Schedule | None = None
        self.turns: TurnLoop | None = None

    def stop(self) -> None:
        """Ask for a clean stop."""
        self._stop.set()

    async def run(self) -> None:
        """Prepare, and work until told to stop. Raises `SecretError` when the key doesn't fit the database."""
        await prepare(self._settings)
        database = Database(self._settings.database)
        database.holding = None
        try:
            around = await self.unlock(database)
            await self._work_or_stand_by(around)
        finally:
            await database.close()

    async def unlock(self, database: Database) -> Surroundings:
        """Hold the key against the database, and see to it that the coordinators are there. Raises `SecretError`."""
        seal = await unlocked(database, self._settings)
        catalogues = Catalogues(LOCALES, self._area.languages, self._area.time_zone)
        around = Surroundings(database, seal, self._clock, self._area, catalogues, await self._free_days())
        async with around.working() as work:
            await seal.check(work.session)  # another process may have changed it in between
            await appoint_from_settings(work, seal, self._settings.coordinators)
            await keeping.begin(work)
            await promises.begin(work)
            await mornings.begin(work)
            await idea_rules.begin(work)
        return around

    async def _free_days(self) -> frozenset[date]:
        """Public holidays from a year ago to ten years ahead."""
        year = self._clock.now().year
        kept = self._settings.data_dir / "public-holidays.json"
        return await public_holidays(self._area.country, range(year - 1, year + 11), kept)

    async def _work_or_stand_by(self, around: Surroundings) -> None:
        session = Client(api=self._server)
        rates = Rates(
            self._settings.messages_per_second,
            self._settings.chat_messages_per_second,
            group_per_minute=self._settings.group_messages_per_minute,
        )
        holding = Holding(self._bot_id)
        async with Bot(self._token, session=session).context() as bot:
            sender = Sender(around.database, bot, around.seal, around.clock, Pace(rates))

            async def tidy_up(callback_id: str, toast: Toast | None) -> None:
                answer: dict[str, Any] = {"callback_query_id": callback_id}
                if toast is not None:
                    answer |= {"text": toast.words, "show_alert": toast.alert}
                with contextlib.suppress(AiogramError):  # best effort: the answer is in the outbox
                    await session.post(bot, "answerCallbackQuery", answer)

            async def react(chat: int, message: int) -> bool:
                thumb = [{"type": "emoji", "emoji": "👍"}]  # of what Telegram allows the nearest to a check mark
                asked = {"chat_id": chat, "message_id": message, "reaction": thumb}
                try:
                    await session.post(bot, "setMessageReaction", asked)
                except AiogramError:
                    return False
                return True

            turns = self.turns = TurnLoop(around, self._bot_id, sender.wake, tidy_up, react)
            inbox = Inbox(self._server, self._settings, turns) if self._settings.webhook_url else None
            self.schedule = Schedule(around, ask_follow_up, sender.wake)
            sender.copies_went = self.schedule.wake_soon
            sender.proofs_went = self.schedule.wake
            desk = Desk(around, self._settings.data_dir / "outgoing")
            photos = PhotoWorker(around, bot, self._settings.data_dir / "photos")
            polling = Polling(self._server, self._token, turns)
            self._polling = None if inbox else polling
            receiver = inbox or polling
            async with self._listening(inbox):
                await self._get_acquainted(around, bot)
                while not self._stop.is_set():
                    if not await self._take_lease(around, holding):
                        await self._pause(1)
                        continue
                    log.info("working for bot %d", self._bot_id)
                    gc.collect()
                    gc.freeze()  # the client's thousands of types need not be walked at each collection
                    parts = (receiver.run(), sender.run(), self.schedule.run(), photos.run(), desk.run())
                    try:
                        await self._while_leased(around.database, holding, parts)
                    finally:
                        if not self._stop.is_set():
                            sender.let_go()
                    if self._stop.is_set():
                        await sender.drain()
                        async with around.database.write() as database_session:
                            await holding.give_back(database_session)

    async def _get_acquainted(self, around: Surroundings, bot: Bot) -> None:
        """Learn the bot's name from Telegram, which shows a wrong token too; offer the menus. Raises `Rejected`."""

        async def greet() -> None:
            me = await call_until_it_works(self._server.api_url(self._token, "getMe"), {})
            around.bot_name = str(me.get("username", ""))
            self._menus = asyncio.create_task(offer_menus(bot, around))

        tasks = [asyncio.create_task(greet()), asyncio.create_task(self._stop.wait())]
        done, late = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()
        for task in done:
            task.result()

    async def _while_leased(self, database: Database, holding: Holding, parts: Any) -> None:
        """Run the parts until the lease is lost or a stop is asked for; a part that fails ends the process."""
        database.holding = holding
        self._working = True
        tasks = [asyncio.create_task(part) for part in (*parts, self._keep_lease(database, holding), self._stop.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._working = False
            async with database.nobody_writes():
                for task in tasks:
                    task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for error in results:
            if isinstance(error, LeaseLost):
                log.warning("another process has taken over; standing by")
                database.holding = None
            elif isinstance(error, Exception):
                raise error

    async def _take_lease(self, around: Surroundings, holding: Holding) -> bool:
        try:
            async with around.database.write() as session:
                await around.seal.check(session)  # with a key that was changed meanwhile it would know nobody
                if not await holding.take(session):
                    return False
                await give_back_claims(session)
                return True
        except LeaseLost:
            return False
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("the database is away: %s", type(error).__name__)
            return False

    async def _keep_lease(self, database: Database, holding: Holding) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                async with database.write() as session:
                    if not await holding.take(session):
                        raise LeaseLost
            except Exception as error:
                if isinstance(error, LeaseLost) or not is_away(error):
                    raise
                log.warning("the lease can't be renewed: %s", type(error).__name__)

    @contextlib.asynccontextmanager
    async def _listening(self, inbox: Inbox | None) -> Any:
        secret = self._settings.webhook_secret.get_secret_value()
        app = web_app(self._health, lambda: self._working, self._metrics, inbox.hand_in if inbox else None, secret)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        host, port = self._settings.host_and_port
        try:
            try:
                await web.TCPSite(runner, host, port).start()
            except (OSError, UnicodeError) as error:
                raise SettingsError(f"LISTEN: can't listen on {self._settings.listen}: {_why_not(error)}") from None
            yield
        finally:
            await runner.cleanup()

    def _health(self) -> tuple[bool, str]:
        """Well while working or standing by; not when Telegram has been silent for long."""
        if not self._working:
            return True, "standing by"
        silent = self._polling.silent_seconds if self._polling is not None else 0
        return (False, "Telegram doesn't answer") if silent > SILENT_SECONDS else (True, "working")

    def _metrics(self) -> Mapping[str, float]:
        turns = self.turns
        return {
            "working": float(self._working),
            "updates_handled_total": turns.handled if turns else 0,
            "updates_set_aside_total": turns.set_aside if turns else 0,
        }

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()
