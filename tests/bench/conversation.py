"""An update's price: 50 residents at once report complaints without a pause, beside bare echo bots under the same load.

The echo bots answer each text with one message. Ours answers each update of a complaint conversation durably, with more
than one call to Telegram on average: every tap is also acknowledged, and one answer takes two messages.

All bots run from the beginning to the end, and have their turns under load one after the other, again and again: so a
noisy moment of the machine hits all alike, and memory is seen over the whole time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import mean

from bot.simulator import Simulator
from tests.bench import table
from tests.bench.contenders import SQLITE, YARDSTICK, Contender, Running
from tests.bench.residents import COMPLAINT, ECHO, WELCOME, Crowd, Stalled

RESIDENTS = 50
CPU_AIM = 2.0
MEMORY_AIM = 1.3


@dataclass(frozen=True, slots=True)
class Round:
    """A while under load, without its beginning and end."""

    updates: int
    calls: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    """At the end."""

    @property
    def cpu(self) -> float:
        """CPU milliseconds an update."""
        return self.cpu_seconds / self.updates * 1000


@dataclass(frozen=True, slots=True)
class Tested:
    """A bot that runs, and its residents."""

    bot: Contender
    simulator: Simulator
    process: Running
    crowd: Crowd
    rounds: list[Round] = field(default_factory=list)

    async def one_round(self, warm_up: float, seconds: float) -> None:
        """Put it under load. Raises `BotFailed`."""
        self.crowd.start(COMPLAINT if self.bot.is_ours else ECHO)
        await asyncio.sleep(warm_up)
        start = self._now()
        await asyncio.sleep(seconds)
        end = self._now()
        try:
            await self.crowd.stop()
        except Stalled as stalled:
            raise self.process.failed(str(stalled)) from stalled
        if end.updates == start.updates:
            raise self.process.failed("fell silent")
        made = islice(self.simulator.calls, start.calls, end.calls)
        self.rounds.append(
            Round(
                updates=end.updates - start.updates,
                calls=sum(call.method.lower() != "getupdates" for call in made),
                seconds=end.seconds - start.seconds,
                cpu_seconds=end.cpu_seconds - start.cpu_seconds,
                megabytes=end.megabytes,
            )
        )

    def _now(self) -> Round:
        seconds = asyncio.get_running_loop().time()
        calls = len(self.simulator.calls)
        return Round(self.crowd.answered, calls, seconds, self.process.cpu_seconds, self.process.megabytes)

    @property
    def updates(self) -> int:
        """How many updates were answered in all rounds."""
        return sum(each.updates for each in self.rounds)

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / sum(each.seconds for each in self.rounds)

    @property
    def calls(self) -> float:
        """Calls an update that the bot made, polls aside."""
        return sum(each.calls for each in self.rounds) / self.updates

    @property
    def cpu(self) -> float:
        """CPU milliseconds an update."""
        return mean(each.cpu for each in self.rounds)

    @property
    def megabytes(self) -> float:
        """Memory at the end."""
        return self.rounds[-1].megabytes

    @property
    def growth(self) -> float:
        """How much of that came in the second half."""
        return self.megabytes - self.rounds[(len(self.rounds) - 1) // 2].megabytes


async def measure(bots: Sequence[Contender], rounds: int, warm_up: float, seconds: float) -> None:
    """Measure them all, and print it."""
    async with contextlib.AsyncExitStack() as running:
        every = {bot.name: await running.enter_async_context(_tested(bot)) for bot in bots}
        for _ in range(rounds):
            for each in every.values():
                await each.one_round(warm_up, seconds)
    bare = every[YARDSTICK]
    table.show(
        f"{RESIDENTS} residents at once, {rounds} × {seconds:.0f} s each; growth: MB in the second half",
        ("bot", "updates", "upd/s", "calls/upd", "CPU ms/upd", "each round", "ratio", "MB end", "ratio", "growth"),
        [
            (
                name,
                str(each.updates),
                f"{each.rate:.0f}",
                f"{each.calls:.2f}",
                f"{each.cpu:.2f}",
                " ".join(f"{one.cpu:.2f}" for one in each.rounds),
                f"{each.cpu / bare.cpu:.2f}",
                f"{each.megabytes:.1f}",
                f"{each.megabytes / bare.megabytes:.2f}",
                f"{each.growth:+.2f}",
            )
            for name, each in every.items()
        ],
    )
    table.aim(f"CPU an update, {SQLITE}", every[SQLITE].cpu / bare.cpu, CPU_AIM)
    table.aim(f"memory, {SQLITE}", every[SQLITE].megabytes / bare.megabytes, MEMORY_AIM)


@contextlib.asynccontextmanager
async def _tested(bot: Contender) -> AsyncIterator[Tested]:
    """The bot, started, with residents whom it knows. Raises `BotFailed`."""
    simulator = Simulator(keep_messages=20, calls_kept=1_000_000)
    await simulator.start()
    try:
        with bot.home() as home:
            home.make_tables()
            with home.running(simulator.url, simulator.token) as process:
                crowd = Crowd(simulator, RESIDENTS)
                try:
                    await crowd.once(WELCOME if bot.is_ours else ECHO)
                except Stalled as stalled:
                    raise process.failed(str(stalled)) from stalled
                yield Tested(bot, simulator, process, crowd)
    finally:
        await simulator.stop()
