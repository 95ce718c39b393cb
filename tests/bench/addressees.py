"""Residents by the thousand, and a broadcast to all of them.

They are written into the database directly, and so is the broadcast: thousands of welcomes are not what is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bot.neighbourhood.area import load_area
from bot.outbox import bulk
from bot.outbox.letters import Button, Letter, letters
from bot.simulator import Person, Simulator
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.store.tables import Broadcast, Chat, Resident

SECRET = "a secret of the benchmark, and of nothing else"
TITLE = "Barbecue in the park"
LINES = (
    TITLE,
    "Thursday 24 December, 17:00. The castle park.",
    "Bring a chair. There is food for everybody, and music.",
)
BUTTONS = (("I'm coming", "E1.yes"), ("Maybe", "E1.maybe"), ("I'm not coming", "E1.no"))
LETTER: Letter = letters(LINES, [[Button(label, does)] for label, does in BUTTONS])[0]


async def settle_in(simulator: Simulator, url: str, people: int) -> list[Person]:
    """Residents with the Telegram ids 1, 2, 3 …, who have said yes and talked with the bot before; tables are made."""
    await migrate(url)
    database, seal, now = Database(url), Seal(SECRET), datetime.now(UTC)
    agreed = {"consent_at": now, "consent_version": load_area("heerlen-noord").consent.version}
    persons = [simulator.person(f"R{number}", language_code="en", id=number) for number in range(1, people + 1)]
    async with database.write() as session:
        await seal.check(session)
        for first in range(1, people + 1, 5000):
            some = range(first, min(first + 5000, people + 1))
            since = {"language": "en", "since": now, "heard_at": now}
            chats = [
                {"id": each, "fingerprint": seal.fingerprint(each), "telegram_id": seal.close_id(each), **since}
                for each in some
            ]
            await session.execute(insert(Chat), chats)
            await session.execute(insert(Resident), [{"chat_id": each, "came_at": now, **agreed} for each in some])
    await database.close()
    for person in persons:
        person.dialog.started = True
    return persons


async def send_out(url: str, **more: Any) -> int:
    """Begin a broadcast to everybody, as the bot does; gives its number."""
    database, now = Database(url), datetime.now(UTC)
    broadcast = Broadcast(**{"subject": "said", "state": "running", "not_before": now, "at": now, **more})
    async with database.write() as session:
        await bulk.begin(session, broadcast, {"en": LETTER}, select(Chat.id))
    await database.close()
    return broadcast.id


def start_bot(
    address: str, token: str, folder: str, settings: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """The bot as a process of its own, with its data in `folder`/data."""
    environment = {
        **os.environ,
        "BOT_TOKEN": token,
        "TELEGRAM_API_URL": address,
        "DATA_DIR": f"{folder}/data",
        "DATABASE_URL": database_in(folder),
        "SECRET_KEY": SECRET,
        "QUIET_HOURS": "none",
        "LISTEN": "127.0.0.1:0",
        "LOG_LEVEL": "WARNING",
        **(settings or {}),
    }
    return subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], env=environment)  # our own program


def database_in(folder: str | Path) -> str:
    """The address of a database in `folder`/data."""
    (Path(folder) / "data").mkdir(exist_ok=True)
    return f"sqlite+aiosqlite:///{folder}/data/buurtpraat.sqlite"


def rates(scale: float) -> dict[str, str]:
    """Settings: Telegram's limits, this many times; 0 is without."""
    return {
        "MESSAGES_PER_SECOND": str(30 * scale),
        "CHAT_MESSAGES_PER_SECOND": str(scale),
        "GROUP_MESSAGES_PER_MINUTE": str(20 * scale),
    }
