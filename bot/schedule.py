"""What happens when time passes: APScheduler wakes one sweep over the rows whose time has come.

Nothing waits in memory; a sweep that comes late does what is due all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.neighbourhood.follow_ups import Ask, sweep
from bot.neighbourhood.work import Surroundings
from bot.store.database import is_away

log = logging.getLogger(__name__)

EVERY_SECONDS = 5
SOON_SECONDS = 1.0


class Schedule:
    """Sweeps every few seconds, and when told that the clock was moved."""

    def __init__(self, around: Surroundings, ask: Ask, written: Callable[[], None]) -> None:
        self._around = around
        self._ask = ask
        self._written = written
        self._wake = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Sweep now."""
        self._wake.set()

    def wake_soon(self) -> None:
        """Sweep within a second; asked for often, it is done once."""
        if self._soon is None or self._soon.when() <= asyncio.get_running_loop().time():
            self._soon = asyncio.get_running_loop().call_later(SOON_SECONDS, self.wake)

    async def run(self) -> None:
        """Sweep until cancelled. Raises `LeaseLost`."""
        clockwork = AsyncIOScheduler(timezone="UTC")
        clockwork.add_job(self.wake, "interval", seconds=EVERY_SECONDS, misfire_grace_time=None, coalesce=True)
        clockwork.start()
        try:
            while True:
                await self.sweep_once()
                await self._wake.wait()
        finally:
            clockwork.shutdown(wait=False)

    async def sweep_once(self) -> None:
        """Do all that is due now. Raises `LeaseLost`."""
        self._wake.clear()
        more = True
        while more:
            try:
                async with self._around.working() as work:
                    more = await sweep(work, self._ask)
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the sweep waits for the database: %s", type(error).__name__)
                return
            self._written()
