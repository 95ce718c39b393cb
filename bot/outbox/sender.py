"""The sender: takes what was written down, in order, and tells the outbox what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiogram import Bot
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.outbox import rows, wire
from bot.outbox.pace import Pace
from bot.store.database import Database, is_away
from bot.store.identity import Seal
from bot.store.lease import database_seconds
from bot.store.tables import Chat, Message

log = logging.getLogger(__name__)

IN_HAND = 30
"""At most so many messages are under way; so many may be sent twice when the process dies."""
FOR_REPLIES = 10
"""Of these, places that notices and bulk leave free, so that a reply never waits behind them."""
IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.02
GIVE_UP_AFTER = timedelta(days=2)


@dataclass(slots=True)
class _Done:
    """What became of the messages since the outbox was last told."""

    sent: list[int] = field(default_factory=list)
    failed: list[tuple[int, int, wire.SendError]] = field(default_factory=list)


class Sender:
    """Sends for one bot, until it is cancelled; what is under way is given back by the next one's start."""

    def __init__(self, database: Database, bot: Bot, seal: Seal, clock: Clock, pace: Pace) -> None:
        self._database = database
        self._bot = bot
        self._seal = seal
        self._clock = clock
        self._pace = pace
        self._work = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._bulky: set[int] = set()
        self._done = _Done()
        self.on_sent: Callable[[int], None] = lambda lane: None

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled. Raises `LeaseLost`."""
        while True:
            try:
                more = await self._round()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the outbox can't be read now: %s", type(error).__name__)
                await asyncio.sleep(1)
                continue
            if not more:
                await self._rest()

    async def drain(self) -> None:
        """After `run` was cancelled, for a clean stop: let what is under way arrive, and write that down."""
        under_way = list(self._busy.values())
        if under_way:
            await asyncio.wait(under_way, timeout=10)
        async with self._database.write() as session:
            await self._settle(session, self._clock.now())
        for task in under_way:
            task.cancel()

    async def _rest(self) -> None:
        """Until something was written or has gone; a few results are gathered, for a transaction is not free."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._work.wait()
        except TimeoutError:
            return
        if self._busy:
            await asyncio.sleep(GATHER_SECONDS)

    async def _round(self) -> bool:
        """Settle what is done and claim what comes next, in one transaction; gives whether there may be more now."""
        self._work.clear()
        room = IN_HAND - len(self._busy)
        replies_only = len(self._bulky) >= IN_HAND - FOR_REPLIES
        now = self._clock.now()
        async with self._database.write() as session:
            settled = await self._settle(session, now)
            claimed = (
                await rows.claim(session, now, room, busy=self._busy.keys(), replies_only=replies_only) if room else []
            )
        self._forget(settled)
        for message, chat in claimed:
            if message.lane != rows.Lane.REPLY:
                self._bulky.add(chat.id)
            self._busy[chat.id] = asyncio.create_task(self._send(message, chat))
        return bool(claimed) and len(self._busy) < IN_HAND

    async def _send(self, message: Message, chat: Chat) -> None:
        telegram_id = self._seal.open_id(chat.telegram_id)
        try:
            await self._pace.wait(chat.id, message.lane, group=telegram_id < 0)
            await wire.send(self._bot, telegram_id, message.method, message.content)
        except wire.SendError as error:
            if isinstance(error, wire.TooFast):
                self._pace.slow_down(chat.id, error.seconds)
            if isinstance(error, wire.NotNow) and self._clock.now() - message.at > GIVE_UP_AFTER:
                error = wire.Never(f"tried for {GIVE_UP_AFTER.days} days")
            self._done.failed.append((message.id, message.attempts, error))
            log.info("message %d did not go: %s", message.id, type(error).__name__)
        else:
            self._done.sent.append(message.id)
            self.on_sent(message.lane)
        finally:
            self._busy.pop(chat.id, None)
            self._bulky.discard(chat.id)
            self._work.set()

    async def _settle(self, session: AsyncSession, now: datetime) -> _Done:
        """Write down what became of the messages; the list is cleared once that has committed."""
        done = _Done(list(self._done.sent), list(self._done.failed))
        await rows.forget_sent(session, done.sent)
        for message_id, attempts, error in done.failed:
            await _fail(session, self._seal, message_id, attempts, error, now)
        return done

    def _forget(self, settled: _Done) -> None:
        del self._done.sent[: len(settled.sent)]
        del self._done.failed[: len(settled.failed)]


async def _fail(
    session: AsyncSession, seal: Seal, message_id: int, attempts: int, error: wire.SendError, now: datetime
) -> None:
    message = await session.get(Message, message_id)
    if message is None:  # its chat was erased meanwhile
        return
    message.error = str(error)[:300]
    if isinstance(error, wire.Unreachable):
        await rows.hold(session, message.chat_id, now)
    elif isinstance(error, wire.Never):
        message.state = "dead"
    elif isinstance(error, wire.Moved):
        moved = {
            "telegram_id": seal.close_id(error.telegram_id),
            "fingerprint": seal.fingerprint(error.telegram_id),
        }
        await session.execute(update(Chat).where(Chat.id == message.chat_id).values(**moved))
        message.claimed_until = 0
    else:
        wait = error.seconds if isinstance(error, wire.TooFast) else min(2.0**attempts, 300.0)
        tried = attempts if isinstance(error, wire.TooFast) else attempts + 1
        later = {"claimed_until": database_seconds() + wait, "attempts": tried, "error": message.error}
        await session.execute(update(Message).where(Message.id == message_id).values(**later))
