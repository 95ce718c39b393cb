"""One run: the load, the kills, a trouble in the middle, the settling, the checks."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select

from bot.neighbourhood.area import load_area
from bot.simulator import Fault, Simulator
from bot.simulator.dispatch import Dispatch
from bot.simulator.params import Params
from bot.simulator.state import BotAccount
from bot.store.database import Database
from bot.store.tables import Conversation, Message, Photo
from tests.crash.check import Findings, check
from tests.crash.ledger import Ledger
from tests.crash.people import Coordinator, Resident, Unanswered, everybody
from tests.crash.process import BotProcess
from tests.postgres import PrivateServer, Server, private_server

COORDINATOR = 9001
IN_HAND = 30
"""At most so many messages are under way at a kill, and may be sent twice."""
SETTLE_SECONDS = 90.0
CALM_SECONDS = 0.5

Kind = Literal["sqlite", "postgresql"]
Trouble = Literal["database away", "telegram 500", "telegram 429", "telegram silent", "telegram drops"]
TROUBLES: tuple[Trouble, ...] = (
    "database away",
    "telegram 500",
    "telegram 429",
    "telegram silent",
    "telegram drops",
)


@dataclass(frozen=True)
class Plan:
    """What is to happen: half of the kills, one trouble after the other, the rest of the kills."""

    seed: int
    kills: int = 0
    database: Kind = "sqlite"
    troubles: Sequence[Trouble] = ()
    trouble_seconds: float = 10.0
    residents: int = 12
    load_seconds: float = 3.0
    """How long the load runs before each trouble, and after the last kill."""

    @property
    def name(self) -> str:
        """For the table."""
        return ", ".join((self.database, *self.troubles))


@dataclass
class Outcome:
    """What happened."""

    plan: Plan
    ledger: Ledger
    findings: Findings = field(default_factory=Findings)
    kills: int = 0
    doubled: list[str] = field(default_factory=list)
    in_doubt: int = 0
    """Messages that Telegram took without saying so: the bot must send them again."""
    seconds: float = 0.0

    @property
    def problems(self) -> list[str]:
        """What is wrong, one line each; none when all is well."""
        allowed = IN_HAND * self.kills + self.in_doubt
        found = self.findings.all
        if len(self.doubled) > allowed:
            found.append(
                f"wrong: {len(self.doubled)} messages were sent twice, and at most {allowed} may: {self.doubled}"
            )
        if not self.ledger.reported:
            found.append("wrong: nothing was reported, so nothing was tried")
        return found


class SlowToAnswer(Dispatch):
    """Telegram answers some time after it has delivered: then the bot can be killed in between."""

    def __init__(self, simulator: Simulator, chance: random.Random) -> None:
        super().__init__(simulator.world, 100_000)
        self._chance = chance

    async def __call__(self, bot: BotAccount, name: str, params: Params) -> tuple[int, dict[str, Any]]:
        """Carry out, wait, answer."""
        answer = await super().__call__(bot, name, params)
        if name.lower().startswith("send"):
            await asyncio.sleep(self._chance.uniform(0, 0.04))
        return answer


class Run:
    """A town whose bot is a process of its own."""

    def __init__(self, plan: Plan, folder: Path, server: Server | None) -> None:
        self.plan = plan
        self.folder = folder
        self.data = folder / "data"
        self.server = server
        self.chance = random.Random(f"{plan.seed}/kills")
        self.simulator = Simulator()
        self.ledger = Ledger(office=COORDINATOR)
        self.database_url = (
            server.url(server.create_database()) if server else f"sqlite+aiosqlite:///{folder / 'bot.sqlite'}"
        )
        self.outcome = Outcome(plan, self.ledger)
        self._away = False
        self._times_begun = 0

    async def __call__(self) -> Outcome:
        """Run it all."""
        began = time.monotonic()
        self.simulator.dispatch = SlowToAnswer(self.simulator, random.Random(f"{self.plan.seed}/answers"))
        await self.simulator.start()
        self.bot = BotProcess(self._settings(), self.folder / "bot.log")
        area = load_area("heerlen-noord")
        patience = SETTLE_SECONDS + 2 * self.plan.trouble_seconds * len(self.plan.troubles)
        residents, office = everybody(
            self.simulator, self.ledger, area, self.plan.seed, self.plan.residents, COORDINATOR, patience
        )
        try:
            async with self._all_living(residents, office) as closing:
                await self._go_through_it()
                closing.set()
                await self._settle()
            await self._stop()
            self.outcome.findings.lost += [
                f"update {number} was never confirmed" for number in self.simulator.the_bot().updates
            ]
            found = await check(self.database_url, self.data, self.ledger)
            self._add(found)
            self.outcome.doubled = self.ledger.doubled()
            self.outcome.in_doubt = sum(
                call.description == "drop_after" and call.method.lower().startswith("send")
                for call in self.simulator.calls
            )
            self.outcome.findings.other += [
                f"Telegram refuses {call.method}: {call.description}" for call in self.simulator.refusals
            ]
        finally:
            await asyncio.to_thread(self.bot.kill)
            await self.simulator.stop()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _settings(self) -> dict[str, Any]:
        return {
            "bot_token": self.simulator.token,
            "telegram_api_url": self.simulator.url,
            "data_dir": self.data,
            "database_url": self.database_url,
            "secret_key": None,
            "coordinators": frozenset({COORDINATOR}),
            "area": "heerlen-noord",
            "listen": "127.0.0.1:0",
            "webhook_url": "",
            "webhook_secret": "",
            "quiet_hours": "none",
            "follow_up_after": "PT1S",
            "messages_per_second": 0,
            "chat_messages_per_second": 0,
            "group_messages_per_minute": 0,
        }

    @contextlib.asynccontextmanager
    async def _all_living(self, residents: Iterable[Resident], office: Coordinator) -> AsyncIterator[asyncio.Event]:
        closing = asyncio.Event()
        tasks = [asyncio.create_task(self._office_first(office, residents, closing))]
        try:
            yield closing
        finally:
            for task in tasks:
                task.cancel()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(ended, Exception):
                    self.ledger.unanswered.append(repr(ended))

    async def _office_first(self, office: Coordinator, residents: Iterable[Resident], closing: asyncio.Event) -> None:
        """The coordinator says hello before there is anything to be told; then everybody lives at once."""

        async def lives(doing: Any) -> None:
            try:
                await doing
            except Unanswered as vain:
                self.ledger.unanswered.append(str(vain))
            except Exception as error:  # whoever stumbles must not take the others along
                trace = "".join(traceback.format_exception(error)[-2:])
                self.ledger.unanswered.append(f"somebody could not go on: {trace}")

        await lives(office.joins(None))
        async with asyncio.TaskGroup() as group:
            group.create_task(lives(office.live()))
            for resident in residents:
                group.create_task(lives(resident.live(closing)))

    async def _go_through_it(self) -> None:
        plan = self.plan
        await asyncio.to_thread(self.bot.start)
        self.looking_after = asyncio.create_task(self._look_after())
        try:
            before = plan.kills // 2 if plan.troubles else plan.kills
            await self._kill_often(before)
            for trouble in plan.troubles:
                await self._lives_for(plan.load_seconds)
                async with self._trouble(trouble):
                    await asyncio.sleep(plan.trouble_seconds)
                await self._is_served()
            await self._kill_often(plan.kills - before)
            await self._lives_for(plan.load_seconds)
        finally:
            self.looking_after.cancel()

    async def _kill_often(self, times: int) -> None:
        """Kill at random moments of the work; one in six as early as in the start, which must not be in the way."""
        for _ in range(times):
            if self.chance.random() < 1 / 6:
                await asyncio.sleep(self.chance.uniform(0.0, 0.6))
            else:
                await self._is_at_work()
                await asyncio.sleep(self.chance.uniform(0.02, 1.2))
            await asyncio.to_thread(self.bot.kill)
            self.outcome.kills += 1
            await asyncio.to_thread(self.bot.start)

    async def _is_at_work(self) -> None:
        """Until the process that was started last asks Telegram for updates."""
        for _ in range(int(SETTLE_SECONDS / 0.02)):
            if sum(call.method == "deleteWebhook" for call in self.simulator.calls) > self._times_begun:
                break
            await asyncio.sleep(0.02)
        self._times_begun = sum(call.method == "deleteWebhook" for call in self.simulator.calls)

    async def _is_served(self) -> None:
        """Until updates reach the bot again: its pauses have grown, and the next trouble must not fall into one."""
        before = self._times_served()
        for _ in range(int(SETTLE_SECONDS / 0.05)):
            if self._times_served() > before:
                return
            await asyncio.sleep(0.05)

    def _times_served(self) -> int:
        return sum(call.method == "getUpdates" and call.ok for call in self.simulator.calls)

    async def _lives_for(self, seconds: float) -> None:
        """Let the load run; and at least until somebody has reported something."""
        await asyncio.sleep(seconds)
        for _ in range(int(SETTLE_SECONDS)):
            if any(each.code for each in self.ledger.reported):
                return
            await asyncio.sleep(1)

    async def _look_after(self) -> None:
        """A supervisor: what ended by itself is started anew, and is wrong unless the database was away."""
        while True:
            await asyncio.sleep(0.5)
            before = len(self.bot.ended_by_itself)
            await asyncio.to_thread(self.bot.look_after)
            if not self._away:
                self.outcome.findings.other += [
                    f"the bot ended by itself, {why}" for why in self.bot.ended_by_itself[before:]
                ]

    @contextlib.asynccontextmanager
    async def _trouble(self, trouble: Trouble) -> AsyncIterator[None]:
        faults = self.simulator.faults
        if trouble == "database away":
            assert isinstance(self.server, PrivateServer), "only a server of our own may be stopped"
            self._away = True
            await asyncio.to_thread(self.server.stop, immediate=True)
            yield
            await asyncio.to_thread(self.server.start)
            self._away = False
            return
        fault = {
            "telegram 500": Fault("error", status=500),
            "telegram 429": Fault("retry_after", seconds=2),
            "telegram silent": Fault("silence"),
            "telegram drops": Fault("drop_after", chance=0.5),
        }[trouble]
        faults.append(fault)
        yield
        faults.remove(fault)
        if not fault.met:
            self.outcome.findings.other.append(f"nothing met the trouble: {trouble}")

    async def _settle(self) -> None:
        """Until every complaint has come to its end, everything was sent, and no photo is to be downloaded now."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            if not self.ledger.to_settle() and await self._nothing_is_left():
                await asyncio.sleep(CALM_SECONDS)
                if not self.ledger.to_settle() and await self._nothing_is_left():
                    return
            await asyncio.sleep(0.2)
            await asyncio.to_thread(self.bot.look_after)
        self.ledger.unanswered += [f"never came to its end: {each}" for each in self.ledger.to_settle()]

    async def _nothing_is_left(self) -> bool:
        if self.simulator.waiting_updates():
            return False
        database = Database(self.database_url)
        try:
            async with database.read() as session:
                waiting = await session.scalar(select(func.count()).where(Message.state == "waiting"))
                due = (Photo.state == "new", Photo.next_at <= datetime.now(UTC))
                photos = await session.scalar(select(func.count()).where(*due))
                talks = await session.scalar(select(func.count()).select_from(Conversation))
                return not waiting and not photos and not talks
        finally:
            await database.close()

    async def _stop(self) -> None:
        code = await asyncio.to_thread(self.bot.stop)
        if code != 0:
            self.outcome.findings.other.append(
                f"the bot did not stop cleanly: exit code {code}: {self.bot.last_words()}"
            )

    def _add(self, found: Findings) -> None:
        mine = self.outcome.findings
        mine.lost += found.lost
        mine.twice += found.twice
        mine.unsent += found.unsent
        mine.other += found.other


async def crash(plan: Plan, server: Server | None = None, folder: Path | None = None) -> Outcome:
    """Carry out a plan; a PostgreSQL is started for it where none is given. `folder` stays, with the bot's log."""
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buurtpraat-crash-")))
        if plan.database == "postgresql" and server is None:
            server = await asyncio.to_thread(stack.enter_context, private_server())
        return await Run(plan, folder, server if plan.database == "postgresql" else None)()
