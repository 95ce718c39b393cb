"""The sender: carries what was written down, in order, and writes down what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from time import monotonic

from aiogram import Bot

from bot.clock import Clock
from bot.outbox import parcels, wire
from bot.outbox.pace import Pace
from bot.outbox.parcels import Outcome, Parcel
from bot.outbox.rows import Lane
from bot.store.database import Database, is_away
from bot.store.identity import Seal

log = logging.getLogger(__name__)

IN_HAND = 30
"""At most so many parcels are under way; so many may be sent twice when the process dies."""
FOR_REPLIES = 10
"""Of these, places that all but replies leave free, so that a reply never waits behind them."""
IDLE_SECONDS = 0.5
GATHER_SECONDS, GATHER_BULK_SECONDS = 0.05, 0.3
"""Results are gathered for so long, for a transaction is not free; what a turn has written goes at once.

Those of bulk longer: while they are written down a turn waits, and with it somebody's reply. What is in hand lasts
twice as long at thirty messages a second.
"""


class Sender:
    """Sends for one bot, until it is cancelled; what is under way is given back by the next one's start."""

    def __init__(self, database: Database, bot: Bot, seal: Seal, clock: Clock, pace: Pace) -> None:
        self._database = database
        self._bot = bot
        self._seal = seal
        self._clock = clock
        self._pace = pace
        self._work = asyncio.Event()
        self._written = asyncio.Event()
        self._under_way: dict[int, tuple[Parcel, asyncio.Task[None]]] = {}
        self._outcomes: list[Outcome] = []
        self._posts_and_bulk_at = 0.0
        """When to look for posts and broadcasts again: mostly there are none, and replies come many times a second."""
        self._unsure = False
        self._gathers_bulk = False
        self.sent = 0
        self.copies_went: Callable[[], None] = lambda: None
        """Called when copies of a broadcast have come to their end: what is said about it may change."""

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._written.set()
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
                self._unsure = True  # it may have committed all the same, and then nobody has in hand what it claimed
                await asyncio.sleep(1)
                continue
            if not more:
                await self._rest()

    async def drain(self) -> None:
        """After `run` was cancelled, for a clean stop: let what is under way arrive, and write that down."""
        tasks = [task for _parcel, task in self._under_way.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=10)
        async with self._database.write() as session:
            await parcels.settle(session, self._seal, self._outcomes, self._clock.now())
        for task in tasks:
            task.cancel()

    def let_go(self) -> None:
        """Another process sends now: give up what waits for its moment, or it would go twice."""
        for _parcel, task in self._under_way.values():
            task.cancel()

    async def _rest(self) -> None:
        """Until something was written or has gone."""
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._work.wait()
        except TimeoutError:
            return
        if self._under_way and not self._written.is_set():
            self._gathers_bulk = all(outcome.parcel.kind == "copy" for outcome in self._outcomes)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHER_BULK_SECONDS if self._gathers_bulk else GATHER_SECONDS):
                    await self._written.wait()
            self._gathers_bulk = False

    async def _round(self) -> bool:
        """Settle what is done and claim what comes next, in one transaction; gives whether there may be more now."""
        self._work.clear()
        self._written.clear()
        now = self._clock.now()
        room = IN_HAND - len(self._under_way)
        others = sum(parcel.lane != Lane.REPLY for parcel, _task in self._under_way.values())
        outcomes = list(self._outcomes)
        async with self._database.write() as session:
            if outcomes:
                await parcels.settle(session, self._seal, outcomes, now)
            if self._unsure:
                await parcels.give_back_claims(session)
            room_for_others = IN_HAND - FOR_REPLIES - others
            if monotonic() < self._posts_and_bulk_at:
                claimed = await parcels.claim_messages(session, now, room, room_for_others, self._under_way)
            else:
                claimed = await parcels.claim(session, now, room, room_for_others, self._under_way)
                if all(parcel.kind == "message" for parcel in claimed):
                    self._posts_and_bulk_at = monotonic() + IDLE_SECONDS
        self._unsure = False
        del self._outcomes[: len(outcomes)]
        if any(outcome.parcel.kind == "copy" for outcome in outcomes):
            self.copies_went()
        for parcel in claimed:
            self._under_way[parcel.chat_id] = (parcel, asyncio.create_task(self._send(parcel)))
        return bool(claimed) and len(self._under_way) < IN_HAND

    async def _send(self, parcel: Parcel) -> None:
        telegram_id = self._seal.open_id(parcel.sealed)
        try:
            messages = len(parcel.content.get("media", "1"))  # an album counts as its photos
            await self._pace.wait(parcel.chat_id, parcel.lane, group=telegram_id < 0, messages=messages)
            content = dict(parcel.content)
            if (sealed := content.pop("sealed_user_id", None)) is not None:
                content["user_id"] = self._seal.open_id(bytes.fromhex(sealed))
            message_id = await wire.send(self._bot, telegram_id, parcel.method, content)
        except wire.SendError as error:
            if isinstance(error, wire.TooFast):
                self._pace.slow_down(parcel.chat_id, error.seconds)
            log.info("%s %d did not go: %s", parcel.kind, parcel.key, type(error).__name__)
            self._outcomes.append(Outcome(parcel, error=error))
        else:
            self.sent += 1
            self._outcomes.append(Outcome(parcel, message_id))
        finally:
            self._under_way.pop(parcel.chat_id, None)
            self._work.set()
            if self._gathers_bulk and parcel.kind != "copy":
                self._written.set()  # the chat's next message waits for this one to be written down
