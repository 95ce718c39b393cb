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
LOW = 5
"""Where it goes faster, more is taken when only so much is left."""
IN_VAIN, LONGEST_PAUSE = 5, 16.0
"""After so many calls in a row without an answer broadcasts wait until one copy arrives, tried after 1, 2, 4 … seconds.

An outage so costs none of its recipients their turn, and of those who must get nothing twice hardly any.
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
        self._new = False
        self._gathers_bulk = False
        self._more_bulk = False
        self._on_the_wire: set[int] = set()
        self._unanswered = 0
        self._probe_at, self._pause = 0.0, 1.0
        self.sent = 0
        self.copies_went: Callable[[], None] = lambda: None
        """Called when copies of a broadcast have come to their end: what is said about it may change."""
        self.proofs_went: Callable[[], None] = lambda: None
        """Called when what was sent ahead of a broadcast, to who made it, has come to its end: it may begin."""

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._new = True
        self._written.set()
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled. Raises `LeaseLost`."""
        while True:
            try:
                await self._round()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the outbox can't be read now: %s", type(error).__name__)
                self._unsure = True  # it may have committed all the same, and then nobody has in hand what it claimed
                await asyncio.sleep(1)
            else:
                await self._rest()

    async def drain(self) -> None:
        """After `run` was cancelled, for a clean stop: let what is on the wire arrive, and write that down."""
        for parcel, task in list(self._under_way.values()):
            if parcel.chat_id not in self._on_the_wire:
                task.cancel()
                self._outcomes.append(Outcome(parcel, error=wire.NotTried("the bot stops")))
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
            if self._gathers_bulk and self._runs_low:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GATHER_BULK_SECONDS if self._gathers_bulk else GATHER_SECONDS):
                    await self._written.wait()
            self._gathers_bulk = False

    @property
    def _runs_low(self) -> bool:
        return self._more_bulk and len(self._under_way) <= LOW

    async def _round(self) -> None:
        """Settle what is done and claim what comes next, in one transaction.

        While a broadcast goes out, what a turn has written goes first and alone: copies are seen to afterwards.
        """
        self._work.clear()
        self._written.clear()
        quick, self._new = self._new and self._more_bulk and not self._unsure, False
        now, moment = self._clock.now(), monotonic()
        in_hand = [parcel for parcel, _task in self._under_way.values()]
        busy = {parcel.chat_id for parcel in in_hand}
        outcomes, left = list(self._outcomes), []
        if quick:
            left = [each for each in outcomes if each.parcel.kind == "copy"]
            outcomes = [each for each in outcomes if each.parcel.kind != "copy"]
        room = IN_HAND - len(in_hand) - len(left)
        for_others = room - FOR_REPLIES + sum(parcel.lane == Lane.REPLY for parcel in in_hand)
        looks_at_all = not quick and for_others > 0 and moment >= self._posts_and_bulk_at
        copies = self._room_for_copies(in_hand, for_others, moment) if looks_at_all else 0
        async with self._database.write() as session:
            if outcomes:
                await parcels.settle(session, self._seal, outcomes, now)
            if self._unsure:
                await parcels.release(session, busy)
            if looks_at_all:
                claimed = await parcels.claim(session, now, room, for_others, copies, busy)
            else:
                claimed = await parcels.claim_messages(session, now, room, for_others, busy)
        self._unsure = False
        self._outcomes[: len(outcomes) + len(left)] = left
        if left:
            self._work.set()
        if any(outcome.parcel.kind == "copy" for outcome in outcomes):
            self.copies_went()
        if any(outcome.parcel.kind == "message" and outcome.parcel.lane == Lane.BULK for outcome in outcomes):
            self.proofs_went()
        if looks_at_all:
            others = sum(parcel.lane != Lane.REPLY for parcel in claimed)
            self._more_bulk = others == for_others and any(parcel.kind == "copy" for parcel in claimed)
            if others < for_others and all(parcel.kind == "message" for parcel in claimed):
                self._posts_and_bulk_at = moment + IDLE_SECONDS
        for parcel in claimed:
            self._under_way[parcel.chat_id] = (parcel, asyncio.create_task(self._send(parcel)))

    def _room_for_copies(self, in_hand: list[Parcel], room: int, moment: float) -> int:
        """While Telegram doesn't answer, one at a time, now and then."""
        if self._unanswered < IN_VAIN:
            self._pause = 1.0
            return room
        if moment < self._probe_at or any(parcel.kind == "copy" for parcel in in_hand):
            return 0
        self._probe_at, self._pause = moment + self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return 1

    async def _send(self, parcel: Parcel) -> None:
        message_id: int | None = None
        error: wire.SendError | None = None
        try:
            message_id = await self._carry(parcel)
        except wire.SendError as failure:
            error = failure
            if isinstance(error, wire.TooFast):
                self._pace.slow_down(parcel.chat_id, error.seconds)
            log.info("%s %d did not go: %s", parcel.kind, parcel.key, type(error).__name__)
        except Exception as fault:  # or nobody would ever hear what became of it
            error = wire.NotNow(type(fault).__name__)
            log.error(  # noqa: TRY400 - the trace could hold what somebody wrote
                "%s %d failed: %s", parcel.kind, parcel.key, type(fault).__name__
            )
        finally:
            self._under_way.pop(parcel.chat_id, None)
            self._on_the_wire.discard(parcel.chat_id)
        self._unanswered = self._unanswered + 1 if isinstance(error, wire.NotNow) else 0
        self.sent += error is None
        self._outcomes.append(Outcome(parcel, message_id, error))
        self._work.set()
        if self._gathers_bulk and (parcel.kind != "copy" or self._runs_low):
            self._written.set()  # the chat's next message waits for this one to be written down

    async def _carry(self, parcel: Parcel) -> int | None:
        """Gives the number of the message that was made. Raises `SendError`."""
        telegram_id = self._seal.open_id(parcel.sealed)
        messages = len(parcel.content.get("media", "1"))  # an album counts as its photos
        await self._pace.wait(parcel.chat_id, parcel.lane, group=telegram_id < 0, messages=messages)
        if parcel.expires_at is not None and parcel.expires_at <= self._clock.now():
            raise wire.NotTried("too late")
        self._on_the_wire.add(parcel.chat_id)
        content = dict(parcel.content)
        if (sealed := content.pop("sealed_user_id", None)) is not None:
            content["user_id"] = self._seal.open_id(bytes.fromhex(sealed))
        return await wire.send(self._bot, telegram_id, parcel.method, content)
