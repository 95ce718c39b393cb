"""Runs the benchmarks: all, or those that are named. Figures compare only within one run on one machine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import sys
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from tests.bench import arrivals, broadcast, conversation, faults, size, start
from tests.bench.contenders import BotFailed, Contender, contenders
from tests.postgres import NoPostgres, private_server

Part = Callable[[Sequence[Contender], argparse.Namespace], Coroutine[Any, Any, None]]


async def _conversation(bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    rounds = asked.rounds or (2 if asked.quick else 4)
    await conversation.measure(bots, rounds, warm_up=1.0, seconds=asked.seconds or (2.0 if asked.quick else 5.0))


async def _start(bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    await start.measure(bots, asked.rounds or (1 if asked.quick else 3))


async def _broadcast(_bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    if asked.quick:
        await broadcast.paced(200, 1)
        await broadcast.paced(2000, 10)
        await broadcast.unpaced(1000, 1)
    else:
        await broadcast.paced(5000, 1)
        await broadcast.paced(56_000, 10)
        await broadcast.unpaced(5000, asked.rounds or 3)


async def _faults(_bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    await faults.measure(300 if asked.quick else 5000, 5.0 if asked.quick else 60.0)


async def _arrivals(_bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    await arrivals.measure(20 if asked.quick else arrivals.PEOPLE)


async def _size(_bots: Sequence[Contender], asked: argparse.Namespace) -> None:
    big = asked.complaints or (20_000 if asked.quick else size.USUAL)
    await size.measure(big, 10 if asked.quick else size.SAMPLES, asked.server)


PARTS: Mapping[str, Part] = {
    "start": _start,
    "conversation": _conversation,
    "broadcast": _broadcast,
    "faults": _faults,
    "arrivals": _arrivals,
    "size": _size,
}


def main() -> int:
    """The exit code is not zero when a bot failed; a missed aim is printed and no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    parser.add_argument("--seconds", type=float, help="how long each bot is under load in a round")
    parser.add_argument("--rounds", type=int, help="how often each bot has its turn")
    parser.add_argument("--no-postgres", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--complaints", type=int, help="how many the part 'size' compares with ten thousand")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}", flush=True)
    with contextlib.ExitStack() as servers:
        postgres = None
        if not asked.no_postgres:
            try:
                postgres = servers.enter_context(private_server({"fsync": "on", "full_page_writes": "on"}))
            except NoPostgres as reason:
                print(f"without PostgreSQL: {reason}")
        asked.server = postgres
        bots = contenders(postgres)
        try:
            for name in asked.parts or PARTS:
                asyncio.run(PARTS[name](bots, asked))
        except BotFailed as failed:
            print(failed, file=sys.stderr)
            return 1
    print(f"\n{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
