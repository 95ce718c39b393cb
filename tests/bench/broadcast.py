"""A broadcast: the share of the allowed rate, 429s, memory over time, and what a reply pays for it meanwhile.

Then without limits, beside a bare loop of aiogram's `send_message`. The bot is a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import psutil

from bot.simulator import Pace, Person, Seen, Simulator
from tests.bench import table
from tests.bench.addressees import TITLE, database_in, rates, send_out, settle_in, start_bot
from tests.bench.contenders import BotFailed

CHATTERS = 20
"""Residents who chat meanwhile, together `CHATS_A_SECOND` times a second: each far below the pace of a chat."""
CHATS_A_SECOND = 2.0
QUIET_SECONDS = 20.0
AIM_RATE, AIM_REPLY, AIM_START = 0.97, 1.5, 2.0
PROGRESS_SECONDS = 15.0


@dataclass(slots=True)
class Watch:
    """What is seen at the other end of the wire, and of the bot's memory."""

    got: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    first_at: float = 0.0
    asked: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def heard(self, chat_id: int, seen: Seen) -> None:
        """Called by the simulator for each message that it took."""
        now = time.monotonic()
        self.times.append(now)
        if TITLE in seen.text:
            self.first_at = self.first_at or now
            self.got[chat_id] += 1
        elif chat_id in self.asked:
            self.waits.append(now - self.asked.pop(chat_id))

    @property
    def p95(self) -> float:
        """The 95th percentile of how long the answers took, in seconds."""
        return sorted(self.waits)[int((len(self.waits) - 1) * 0.95)]

    def memory(self) -> str:
        """At the first copies, half-way, and at the end."""
        some = self.megabytes or [0.0]
        return " / ".join(f"{each:.1f}" for each in (some[0], some[len(some) // 2], some[-1]))


async def paced(people: int, scale: float) -> None:
    """Send to `people` within so many times Telegram's limits; prints a table."""
    async with _bot(people, Pace(scale=scale), scale) as (simulator, url, persons, process):
        watch = Watch()
        simulator.on_message(watch.heard)
        chatters = persons[:CHATTERS]
        await _chat(chatters, watch, QUIET_SECONDS)
        without = watch.p95
        await _until(lambda: not watch.asked, "the replies")
        watch.waits.clear()
        watch.times.clear()
        chatting = asyncio.create_task(_chat(chatters, watch, 3600))
        looking = asyncio.create_task(_look(watch, process, people))
        before, began = _cpu(process), time.monotonic()
        await send_out(url)
        fixed = time.monotonic() - began
        await _until(lambda: len(watch.got) >= people, "the broadcast", lambda: len(watch.times))
        took = time.monotonic() - watch.first_at
        for task in (chatting, looking):
            task.cancel()
        sent = sum(each >= watch.first_at for each in watch.times)
        starts, doubled = watch.first_at - began, watch.got.total() - people
        share = sent / took / (30 * scale)
        table.show(
            f"a broadcast to {people} residents, {scale:g} times Telegram's limits",
            ("", "value"),
            [
                ("recipients fixed after, seconds", f"{fixed:.2f}"),
                ("first message after, seconds", f"{starts:.2f}"),
                ("all sent after, seconds", f"{took:.1f}"),
                ("messages a second, replies among them", f"{sent / took:.2f}"),
                ("share of the allowed rate", f"{share:.3f}"),
                ("answered with 429", str(simulator.statistics.total_held_back)),
                ("doubled", str(doubled)),
                ("memory, MB: first / middle / last", watch.memory()),
                ("CPU of the bot, ms a message", f"{(_cpu(process) - before) / sent * 1000:.2f}"),
                ("replies: 95th percentile without, ms", f"{without * 1000:.1f}"),
                (f"replies: 95th percentile meanwhile, ms ({len(watch.waits)} replies)", f"{watch.p95 * 1000:.1f}"),
            ],
        )
        table.aim("a reply meanwhile", watch.p95 / without, AIM_REPLY)
        table.aim("the first message", starts, AIM_START, unit=" s")
        table.aim("share of the rate", share, AIM_RATE, at_least=True, unit="", digits=3)


async def unpaced(people: int, rounds: int) -> None:
    """Without limits, beside a bare loop, in turns; prints a table."""
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(await _bare(people))
        async with _bot(people, None, 0) as (simulator, url, _persons, process):
            watch = Watch()
            simulator.on_message(watch.heard)
            before = _cpu(process)
            began = time.monotonic()
            await send_out(url)
            await _until(lambda watch=watch: len(watch.got) >= people, "the broadcast")  # type: ignore[misc]
            await asyncio.sleep(1)
            ours.append((people / (max(watch.times) - began), (_cpu(process) - before) / people * 1000))
    table.show(
        f"{people} messages without limits, {rounds} rounds in turns",
        ("", "msg/s, each round", "mean", "CPU ms/msg"),
        [
            (
                name,
                " ".join(f"{rate:.0f}" for rate, _cpu_ms in some),
                f"{sum(rate for rate, _cpu_ms in some) / rounds:.0f}",
                f"{sum(cpu for _rate, cpu in some) / rounds:.2f}",
            )
            for name, some in (("bare loop of aiogram send_message", bare), ("ours, SQLite", ours))
        ],
    )
    ratio = sum(rate for rate, _cpu_ms in ours) / sum(rate for rate, _cpu_ms in bare)
    print(f"        messages a second, ours to the bare loop: {ratio:.2f}×", flush=True)


@contextlib.asynccontextmanager
async def _bot(
    people: int, pace: Pace | None, scale: float
) -> AsyncIterator[tuple[Simulator, str, list[Person], psutil.Process]]:
    with tempfile.TemporaryDirectory(prefix="buurtpraat-broadcast-") as folder:
        simulator = Simulator(pace=pace, keep_messages=5, calls_kept=1000)
        address = await simulator.start()
        url = database_in(folder)
        persons = await settle_in(simulator, url, people)
        process = start_bot(address, simulator.token, folder, rates(scale))
        try:
            persons[0].say("/help")
            await persons[0].hears(timeout=60)
            yield simulator, url, persons, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)
            await simulator.stop()


async def _bare(people: int) -> tuple[float, float]:
    """Messages a second, and CPU milliseconds a message."""
    simulator = Simulator(keep_messages=5, calls_kept=1000)
    address = await simulator.start()
    for number in range(1, people + 1):
        simulator.person(f"R{number}", language_code="en", id=number).dialog.started = True
    command = [sys.executable, "-m", "tests.bench.bare_sender", address, simulator.token, str(people)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: ASYNC220 - it forks at once
        assert process.stdin is not None
        assert process.stdout is not None
        await _until(lambda: bool(simulator.calls), "the bare loop")
        await asyncio.sleep(1)
        seen = psutil.Process(process.pid)
        before, began = _cpu(seen), time.monotonic()
        process.stdin.write(b"\n")
        process.stdin.flush()
        await asyncio.to_thread(process.stdout.readline)
        took, cpu = time.monotonic() - began, _cpu(seen) - before
        process.stdin.close()
    await simulator.stop()
    return people / took, cpu / people * 1000


def _cpu(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:4]))


async def _look(watch: Watch, process: psutil.Process, people: int) -> None:
    """Note the memory every second once copies go, and say now and then how far it is."""
    said = time.monotonic()
    while True:
        await asyncio.sleep(1)
        if watch.got:
            watch.megabytes.append(process.memory_info().rss / 1e6)
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            print(f"  … {len(watch.got)} of {people}", flush=True)


async def _chat(chatters: list[Person], watch: Watch, seconds: float) -> None:
    """Two residents a second ask for what is theirs."""
    dice = random.Random(7)
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        person = chatters[number % len(chatters)]
        number += 1
        if person.id not in watch.asked:
            watch.asked[person.id] = time.monotonic()
            person.say("/mine")
        await asyncio.sleep(dice.uniform(0.5, 1.5) / CHATS_A_SECOND)


async def _until(done: Callable[[], bool], what: str, goes_on: Callable[[], int] = int, seconds: float = 60) -> None:
    """Raises `BotFailed` when for so long nothing went on."""
    last, since = goes_on(), time.monotonic()
    while not done():
        if goes_on() != last:
            last, since = goes_on(), time.monotonic()
        if time.monotonic() - since > seconds:
            raise BotFailed(f"{what} did not come to an end")
        await asyncio.sleep(0.02)
