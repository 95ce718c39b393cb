"""The turn loop: what came in acts in one transaction, and only when that has committed is Telegram told.

A turn that fails is undone and done again input by input; the input at fault is set aside, encrypted, with its error,
and its sender gets an apology. A database that is away is nobody's fault: wait, and confirm nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.neighbourhood import room_cards
from bot.neighbourhood.residents import meet
from bot.neighbourhood.staff_rooms import rooms_among
from bot.neighbourhood.work import Surroundings
from bot.store.database import is_away
from bot.store.lease import LeaseLost
from bot.store.tables import Chat, Update
from bot.telegram.for_persons import Mark
from bot.telegram.read import Incoming, NotForUs, group_of, read, sender_of
from bot.telegram.staff_room import InGroups
from bot.telegram.turn import Toast, Turn
from conversations.words import _, s_

log = logging.getLogger(__name__)

Raw = dict[str, Any]
Came = TypeVar("Came")
KILLED_TIMES = 3
"""An update that was noted so often before and never done has killed the process: it is set aside."""


async def _cannot(chat: int, message: int) -> bool:
    return False


@dataclass(slots=True)
class TurnLoop:
    """Lets updates act. `written` is called after each commit: there may be something to send."""

    around: Surroundings
    bot: int
    written: Callable[[], None]
    tidy_up: Callable[[str, Toast | None], Awaitable[None]]
    """Answers a tap, so that the phone stops waiting; best effort, so nothing is said in this way alone."""
    react: Callable[[int, int], Awaitable[bool]] = _cannot
    """Puts a sign under a message (of that chat, with that number); whether it worked."""
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    handled: int = 0
    set_aside: int = 0
    _tidying: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, updates: Sequence[Raw], *, after_start: bool = False) -> None:
        """Let these updates act, each once; when this returns they may be confirmed. Raises `LeaseLost`.

        `after_start`: the first ones since the process began, among which may be one that killed it.
        """
        if after_start:
            for raw in updates:
                await self._carefully(raw)
        elif updates:
            await self._persist(self._together, list(updates))

    async def _persist(self, way: Callable[[list[Raw]], Awaitable[Came]], updates: list[Raw]) -> Came:
        """Try until the database is there; gives what came of it."""
        pause = 0.25
        while True:
            try:
                return await way(updates)
            except Exception as error:
                if isinstance(error, LeaseLost) or not is_away(error):
                    raise
                log.warning("the database is away (%s); %d updates wait", type(error).__name__, len(updates))
                await self.wait(pause)
                pause = min(pause * 2, 5)

    async def _together(self, updates: list[Raw]) -> None:
        try:
            await self._turn(updates)
        except Exception as error:
            if isinstance(error, LeaseLost) or is_away(error):
                raise
            if len(updates) == 1:
                await self._set_aside(updates[0], error)
                return
            log.info("a turn of %d updates failed and is done again one by one", len(updates))
            for raw in updates:
                await self._persist(self._together, [raw])

    async def _carefully(self, raw: Raw) -> None:
        """One update after a start: note it first, so that one that kills the process is known the next time."""
        times = await self._persist(self._note, [raw])
        if times is not None and times >= KILLED_TIMES:
            await self._persist(self._set_aside_as_deadly, [raw])
        elif times is not None:
            await self._persist(self._together, [raw])

    async def _note(self, updates: list[Raw]) -> int | None:
        """How often this update was noted before, now that it is noted once more; None: it was done already."""
        raw = updates[0]
        async with self.around.database.write() as session:
            noted = await session.get(Update, (self.bot, raw["update_id"]))
            if noted is None:
                session.add(self._row(raw, "noted"))
                return 0
            if noted.state != "noted":
                return None
            noted.attempts += 1
            return noted.attempts - 1

    async def _set_aside_as_deadly(self, updates: list[Raw]) -> None:
        await self._set_aside(updates[0], RuntimeError("the process ended each time that this update was handled"))

    async def _turn(self, updates: list[Raw]) -> None:
        """One transaction for all of them."""
        taps = []
        async with self.around.working() as work:
            session = work.session
            ids = [raw["update_id"] for raw in updates]
            known = await session.execute(
                select(Update.update_id, Update.state).where(Update.bot == self.bot, Update.update_id.in_(ids))
            )
            states = dict(known.all())
            fresh = {raw["update_id"]: raw for raw in updates if states.get(raw["update_id"], "noted") == "noted"}
            incoming = [each for raw in fresh.values() if (each := self._read(raw)) is not None]
            private = {each.chat_id: each.language_code for each in incoming if each.is_private}
            turn = Turn(work, await meet(work, self.around.seal, private) if private else {}, self.bot)
            groups = [each for each in incoming if not each.is_private]
            in_groups = await InGroups.of(turn, self.around.seal, groups) if groups else None
            for each in incoming:
                if each.is_private:
                    await turn.handle(each)
                elif in_groups is not None:
                    await in_groups.handle(each)
                if each.callback_id:
                    taps.append(each.callback_id)
            for talk in turn.talks.values():
                await talk.ask_what_waits()
            await room_cards.keep_up(work)
            await self._mark_done(session, fresh, states)
        self.handled += len(fresh)
        self.written()
        for callback_id in taps:
            self._later(self.tidy_up(callback_id, turn.toasts.get(callback_id)))
        for mark in turn.marks:
            self._later(self._show(mark))

    async def _show(self, mark: Mark) -> None:
        """Show staff that their answer is on its way: by a sign, and in words where that fails."""
        if await self.react(mark.telegram_id, mark.message_id):
            return
        try:
            async with self.around.working() as work:
                if (chat := await work.session.get(Chat, mark.chat_id)) is not None:
                    work.tell(chat, [mark.words])
        except Exception as error:
            if not isinstance(error, LeaseLost) and not is_away(error):
                raise
            log.warning("a sign could not be shown: %s", type(error).__name__)  # the card says it too
        self.written()

    async def _mark_done(self, session: AsyncSession, fresh: dict[int, Raw], states: dict[int, str]) -> None:
        rows = [
            {"bot": self.bot, "update_id": update_id, "state": "done", "at": self.around.clock.now()}
            for update_id in fresh
            if update_id not in states
        ]
        if rows:
            await session.execute(insert(Update), rows)
        for update_id in states.keys() & fresh.keys():
            noted = await session.get_one(Update, (self.bot, update_id))
            noted.state = "done"

    def _read(self, raw: Raw) -> Incoming | None:
        try:
            return read(raw)
        except NotForUs:
            return None

    async def _set_aside(self, raw: Raw, error: Exception) -> None:
        """Keep the update with its error, out of the way, and apologise to its sender."""
        log.error("update %s is set aside: %s", raw["update_id"], type(error).__name__)
        self.set_aside += 1
        async with self.around.working() as work:
            session = work.session
            row = await session.get(Update, (self.bot, raw["update_id"])) or self._row(raw, "aside")
            row.state = "aside"
            row.content = self.around.seal.close(json.dumps(raw).encode(), b"update")
            row.error = _cause(error)
            session.add(row)
            if (sender := sender_of(raw)) is not None:
                people = await meet(work, self.around.seal, dict([sender]))
                work.tell(
                    people[sender[0]].chat,
                    [_("Sorry, something went wrong here. That isn't your fault. Please try it another way.")],
                )
            elif (group := group_of(raw)) is not None:
                for room in (await rooms_among(work, self.around.seal, [group])).values():
                    work.tell(room, [s_("Something went wrong here, so nothing was passed on. Please try again.")])
        self.written()

    def _row(self, raw: Raw, state: str) -> Update:
        return Update(bot=self.bot, update_id=raw["update_id"], state=state, at=self.around.clock.now())

    def _later(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)


def _cause(error: BaseException) -> str:
    """Where it went wrong, without anything that somebody wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"[:300]
