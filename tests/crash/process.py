"""The bot as a process of its own, so that it can be killed.

A forkserver that has imported the bot beforehand makes a fresh process in a fraction of a second; what SIGKILL does to
it is the same as to one that was started from the shell.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "bot.main",
        "alembic.command",
        "asyncpg",
        "sqlalchemy.dialects.postgresql.asyncpg",
        "sqlalchemy.dialects.sqlite.aiosqlite",
        "tests.crash.process",
    ]
)
STOP_SECONDS = 20.0
SWEEP_SECONDS = 1
IDLE_SECONDS = 0.3


class BotProcess:
    """Starts the bot, kills it, and starts it anew when it ended by itself, as any supervisor would."""

    def __init__(self, settings: dict[str, Any], log: Path) -> None:
        self.settings = settings
        self.log = log
        self.ended_by_itself: list[str] = []
        self._process: BaseProcess | None = None
        self._one_at_a_time = threading.RLock()

    def start(self) -> None:
        """Start a fresh process."""
        with self._one_at_a_time:
            process = _CONTEXT.Process(target=run, args=(self.settings, str(self.log)), daemon=True)
            process.start()
            self._process = process

    def kill(self) -> None:
        """SIGKILL: no word to anybody. Returns when the process is gone."""
        with self._one_at_a_time:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process.close()
                self._process = None

    def stop(self) -> int | None:
        """Ask for a clean stop; gives the exit code, None when it had to be killed after all."""
        with self._one_at_a_time:
            if self._process is None:
                return None
            self._process.terminate()
            self._process.join(STOP_SECONDS)
            code = self._process.exitcode
            self.kill()
            return code

    def look_after(self) -> None:
        """Start it anew when it ended without having been killed."""
        with self._one_at_a_time:
            if self._process is not None and not self._process.is_alive():
                self.ended_by_itself.append(f"exit code {self._process.exitcode}: {self.last_words()}")
                self._process.close()
                self.start()

    def last_words(self) -> str:
        """The end of what the bot logged."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return lines[-1] if lines else "(nothing)"


def run(settings: dict[str, Any], log: str) -> None:
    """What the process does: the same as `buurtpraat run`, but less idle, and with its log in a file."""
    from bot import schedule
    from bot.main import Service
    from bot.photos import worker
    from bot.settings import load_settings

    schedule.EVERY_SECONDS = SWEEP_SECONDS
    worker.IDLE_SECONDS = IDLE_SECONDS
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)

    log_of_ours = logging.getLogger(__name__)

    async def work() -> None:
        service = Service(load_settings(**settings))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, service.stop)
        log_of_ours.info("started in %.0f ms", 1000 * (time.perf_counter() - began))
        await service.run()

    began = time.perf_counter()
    asyncio.run(work())
