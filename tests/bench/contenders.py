"""The bots that are measured, each as a process of its own whose CPU time and memory are read."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.postgres import PrivateServer

ROOT = Path(__file__).parents[2]
YARDSTICK = "bare aiogram"
SQLITE = "ours, SQLite"
STOP_SECONDS = 15.0


class BotFailed(Exception):
    """A bot did not do its part; the message carries the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A bot: how it is called in the tables, and the module that runs it. Ours also has a database."""

    name: str
    module: str
    is_ours: bool = False
    postgres: PrivateServer | None = None

    @contextlib.contextmanager
    def home(self) -> Iterator[Home]:
        """A folder, and for ours a database with its tables, for one or more runs."""
        with tempfile.TemporaryDirectory(prefix="buurtpraat-bench-") as folder, contextlib.ExitStack() as later:
            url = ""
            if self.postgres is not None:
                database = self.postgres.create_database()
                later.callback(self.postgres.drop_database, database)
                url = self.postgres.url(database)
            yield Home(self, Path(folder), url)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a bot lives."""

    bot: Contender
    folder: Path
    database_url: str = ""

    def make_tables(self) -> None:
        """Do what an operator does before the first start, so that it is not counted."""
        if self.bot.is_ours:
            command = [sys.executable, "-m", self.bot.module, "migrate"]
            subprocess.run(command, cwd=self.folder, env=self._environment("http://127.0.0.1:1", "1:x"), check=True)

    @contextlib.contextmanager
    def running(self, address: str, token: str) -> Iterator[Running]:
        """The bot, started. At the end ours is told to stop, so that it lets go of its lease; an echo bot just ends."""
        arguments = ["run"] if self.bot.is_ours else [address, token]
        with (self.folder / "log").open("ab") as log:
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", self.bot.module, *arguments],
                cwd=self.folder,
                env=self._environment(address, token),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        running = Running(self, process, psutil.Process(process.pid), began)
        try:
            yield running
        finally:
            if self.bot.is_ours:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS)
            process.kill()
            process.wait()
        if self.bot.is_ours and process.returncode != 0:
            raise running.failed(f"ended with {process.returncode}")

    def _environment(self, address: str, token: str) -> Mapping[str, str]:
        """For ours the settings: no pace and no quiet hours, for it is the work that is measured."""
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": token,
            "TELEGRAM_API_URL": address,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "data"),
            "LISTEN": "127.0.0.1:0",
            "MESSAGES_PER_SECOND": "0",
            "CHAT_MESSAGES_PER_SECOND": "0",
            "GROUP_MESSAGES_PER_MINUTE": "0",
            "QUIET_HOURS": "none",
        }


@dataclass(frozen=True, slots=True)
class Running:
    """A bot's process."""

    home: Home
    process: subprocess.Popen[bytes]
    seen: psutil.Process
    began: float

    @property
    def cpu_seconds(self) -> float:
        """CPU time so far: user and system, all threads, and child processes that have ended."""
        return sum(self.seen.cpu_times()[:4])

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return float(self.seen.memory_info().rss) / 1e6

    def failed(self, why: str) -> BotFailed:
        """An error that shows what the bot said last."""
        last = (self.home.folder / "log").read_text(errors="replace").splitlines()[-15:]
        return BotFailed("\n".join([f"{self.home.bot.name}: {why}", *last]))


def contenders(postgres: PrivateServer | None) -> Sequence[Contender]:
    """All that are measured, the yardstick first."""
    ours = "bot.cli"
    return [
        Contender(YARDSTICK, "tests.bench.echo_aiogram"),
        Contender("bare python-telegram-bot", "tests.bench.echo_ptb"),
        Contender(SQLITE, ours, is_ours=True),
        *([Contender("ours, PostgreSQL", ours, is_ours=True, postgres=postgres)] if postgres else []),
    ]
