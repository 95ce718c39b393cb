"""`python -m bot.simulator --listen 127.0.0.1:8081`: the simulator as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from pathlib import Path

from bot.simulator.pace import Pace
from bot.simulator.server import DEFAULT_TOKEN, Simulator


async def run(host: str, port: int, state_file: Path | None, pace: Pace | None, token: str) -> None:
    """Serve until told to stop."""
    simulator = Simulator(state_file=state_file, pace=pace)
    simulator.cast(bot_token=token)
    address = await simulator.start(host, port)
    print(f"The simulated Telegram listens at {address}", flush=True)
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await stop.wait()
    await simulator.stop()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description="A local stand-in for Telegram")
    parser.add_argument("--listen", default="127.0.0.1:8081", metavar="HOST:PORT")
    parser.add_argument("--state", type=Path, default=None, metavar="FILE", help="keep everything in this file")
    parser.add_argument("--pace", action=argparse.BooleanOptionalAction, default=False, help="Telegram's limits")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the bot that the page's people talk with")
    arguments = parser.parse_args()
    host, _, port = arguments.listen.rpartition(":")
    pace = Pace() if arguments.pace else None
    asyncio.run(run(host or "127.0.0.1", int(port), arguments.state, pace, arguments.token))


if __name__ == "__main__":
    main()
