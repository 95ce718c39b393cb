"""The demo: the bot and the stand-in for Telegram in one process, with a clock that the page can move."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import timedelta

from bot.clock import MovableClock
from bot.main import Service
from bot.settings import Settings, load_settings
from bot.simulator import Simulator
from bot.simulator.cast import DEFAULT_CAST


async def show(settings: Settings, listen: str) -> None:
    """Run until stopped. Raises OSError when the address is taken."""
    host, _colon, port = listen.rpartition(":")
    folder = settings.data_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    clock = MovableClock()
    simulator = Simulator(state_file=folder / "simulator.json")
    address = await simulator.start(host or "127.0.0.1", int(port))
    simulator.cast()
    offices = {member.id for member in DEFAULT_CAST if member.key == "sanne"}
    service = Service(
        load_settings(
            bot_token=simulator.token,
            telegram_api_url=address,
            data_dir=folder,
            database_url="",
            coordinators=frozenset(offices),
            listen="127.0.0.1:0",
            webhook_url="",
            webhook_secret="",
            messages_per_second=30,
        ),
        clock,
    )

    def moved(by: timedelta) -> None:
        clock.move(by)
        if service.schedule is not None:
            service.schedule.wake()

    clock.move(simulator.clock_offset)
    simulator.on_clock_moved = moved
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, service.stop)
    print(f"Open {address} in your browser. Ctrl-C stops it.", flush=True)
    try:
        await service.run()
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await simulator.stop()
