"""A start's price: from the process's first moment to its first answer, with an update that waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.simulator import Seen, Simulator
from tests.bench import table
from tests.bench.contenders import SQLITE, YARDSTICK, Contender, Home, Running

AIM = 1.5
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Start:
    """One start, at the moment of the first answer."""

    seconds: float
    cpu_seconds: float
    megabytes: float


async def measure(bots: Sequence[Contender], times: int) -> None:
    """Start each bot in turn, `times` times; the very first start of ours, which makes the tables, is told apart."""
    starts: dict[str, list[Start]] = {bot.name: [] for bot in bots}
    async with contextlib.AsyncExitStack() as later:
        places: list[tuple[Home, Simulator]] = []
        for bot in bots:
            simulator = Simulator()
            await simulator.start()
            later.push_async_callback(simulator.stop)
            places.append((later.enter_context(bot.home()), simulator))
        for home, simulator in places:
            if home.bot.is_ours:
                starts[f"{home.bot.name}, tables made"] = [await start(home, simulator)]
        for _ in range(times):
            for home, simulator in places:
                starts[home.bot.name].append(await start(home, simulator))
    seconds = {name: median(each.seconds for each in some) for name, some in starts.items()}
    memory = {name: median(each.megabytes for each in some) for name, some in starts.items()}
    table.show(
        f"start to first answer, median of {times}",
        ("bot", "seconds", "from … to", "ratio", "CPU s", "MB then", "ratio"),
        [
            (
                name,
                f"{seconds[name]:.2f}",
                f"{min(each.seconds for each in some):.2f} … {max(each.seconds for each in some):.2f}",
                f"{seconds[name] / seconds[YARDSTICK]:.2f}",
                f"{median(each.cpu_seconds for each in some):.2f}",
                f"{memory[name]:.1f}",
                f"{memory[name] / memory[YARDSTICK]:.2f}",
            )
            for name, some in starts.items()
        ],
    )
    table.aim(f"start, {SQLITE}", seconds[SQLITE] / seconds[YARDSTICK], AIM)


async def start(home: Home, simulator: Simulator) -> Start:
    """One start, for somebody new. Raises `BotFailed`."""
    simulator.person("Resident", "nl", bot_token=simulator.token).say("Hallo")
    answered: asyncio.Future[Start] = asyncio.get_running_loop().create_future()
    with home.running(simulator.url, simulator.token) as process:

        def on_message(_chat: int, _seen: Seen) -> None:
            if not answered.done():
                answered.set_result(_read(process))

        stop_listening = simulator.on_message(on_message)
        try:
            async with asyncio.timeout(PATIENCE):
                return await answered
        except TimeoutError:
            raise process.failed(f"no answer within {PATIENCE:.0f} s") from None
        finally:
            stop_listening()


def _read(process: Running) -> Start:
    return Start(time.monotonic() - process.began, process.cpu_seconds, process.megabytes)
