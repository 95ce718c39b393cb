"""Invitations under Telegram's limits: the share of the allowed rate, and what a reply pays for them meanwhile.

The bot is a process of its own; half-way it is killed and started again. Residents are written into the database
directly, for thousands of welcomes are not what is measured.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.neighbourhood.area import load_area
from bot.simulator import Pace, Person, Seen, Simulator
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.store.tables import Chat, Resident, Role
from tests.bench import table

SECRET = "a secret of the benchmark, and of nothing else"
SANNE = 1
CHATTERS = 20
"""Residents who chat meanwhile, together `CHATS_A_SECOND` times a second: each far below the pace of a chat."""
CHATS_A_SECOND = 2.0
AIM_RATE, AIM_REPLY = 0.97, 1.5


@dataclass(slots=True)
class Watch:
    """What is seen at the other end of the wire."""

    invited: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)
    replies: list[tuple[float, float]] = field(default_factory=list)
    """When it was asked, and when the answer was there."""

    def heard(self, chat_id: int, seen: Seen) -> None:
        """Called by the simulator for each message that it took."""
        now = time.monotonic()
        self.times.append(now)
        if "Barbecue" in seen.text and seen.labels and "I'm coming" in seen.labels:
            self.invited[chat_id] += 1
        elif chat_id in self.asked:
            self.replies.append((self.asked.pop(chat_id), now))


async def measure(people: int = 1000, *, kill: bool = True, quiet_seconds: float = 15) -> bool:
    """Invite `people`; prints a table and gives whether the aims are met."""
    with tempfile.TemporaryDirectory(prefix="buurtpraat-invites-") as folder:
        simulator = Simulator(pace=Pace())
        address = await simulator.start()
        url = f"sqlite+aiosqlite:///{folder}/data/buurtpraat.sqlite"
        residents = await _seed(simulator, Path(folder), url, people + 1)  # and who announces it
        watch = Watch()
        simulator.on_message(watch.heard)
        process = start_bot(address, simulator.token, folder)
        try:
            sanne = residents[0]
            await _announce(sanne)
            chatters = residents[1 : CHATTERS + 1]
            await _chat(chatters, watch, quiet_seconds)
            without = _p95(watch.replies)
            watch.replies.clear()
            watch.times.clear()
            sanne.tap("Invite everybody")
            began = time.monotonic()
            chatting = asyncio.create_task(_chat(chatters, watch, people / 30 + 60))
            pause = killed = 0.0
            if kill:
                await _until(lambda: watch.invited.total() >= people // 2)
                process.kill()
                process.wait()
                killed = time.monotonic()
                process = start_bot(address, simulator.token, folder)
                heard = len(watch.times)
                await _until(lambda: len(watch.times) > heard)
                pause = time.monotonic() - killed
            await _until(lambda: len(watch.invited) >= people)
            took = time.monotonic() - began - pause
            sent = len(watch.times)
            chatting.cancel()
            meanwhile = _p95([each for each in watch.replies if each[1] < killed or each[0] > killed + pause])
        finally:
            process.terminate()
            process.wait(20)
            await simulator.stop()
        share = sent / took / 30
        doubled = watch.invited.total() - people
        table.show(
            f"invitations to {people} residents, Telegram's limits on" + (", one SIGKILL" if kill else ""),
            ("", "value"),
            [
                ("seconds, without the pause of the restart", f"{took:.1f}"),
                ("pause of the restart, seconds", f"{pause:.1f}"),
                ("messages a second, all together", f"{sent / took:.2f}"),
                ("share of the allowed rate", f"{share:.3f}"),
                ("answered with 429", str(simulator.statistics.total_held_back)),
                ("reached", str(len(watch.invited))),
                ("doubled", str(doubled)),
                ("replies: 95th percentile without, ms", f"{without * 1000:.1f}"),
                ("replies: 95th percentile meanwhile, ms", f"{meanwhile * 1000:.1f}"),
                ("ratio", f"{meanwhile / without:.2f}"),
            ],
        )
        table.aim("a reply meanwhile", meanwhile / without, AIM_REPLY)
        print(f"{'met   ' if share >= AIM_RATE else 'MISSED'}  share of the rate: {share:.3f}, aim at least {AIM_RATE}")
        return share >= AIM_RATE and meanwhile / without <= AIM_REPLY and doubled <= 30


async def _seed(simulator: Simulator, folder: Path, url: str, people: int) -> list[Person]:
    (folder / "data").mkdir()
    await migrate(url)
    database, seal, now = Database(url), Seal(SECRET), datetime.now(UTC)
    agreed = load_area("heerlen-noord").consent.version
    persons = [simulator.person(f"R{number}", language_code="en", id=number) for number in range(1, people + 1)]
    async with database.write() as session:
        await seal.check(session)
        for person in persons:
            session.add(
                Chat(
                    id=person.id,
                    fingerprint=seal.fingerprint(person.id),
                    telegram_id=seal.close_id(person.id),
                    language="en",
                    since=now,
                    heard_at=now,
                )
            )
        await session.flush()
        session.add_all(
            Resident(chat_id=person.id, consent_at=now, consent_version=agreed, came_at=now) for person in persons
        )
        await session.flush()
        session.add(Role(resident_id=SANNE, role="coordinator", given_at=now))
    await database.close()
    for person in persons:
        person.dialog.started = True  # they have talked with the bot before
    return persons


def start_bot(
    address: str, token: str, folder: str, settings: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """The bot as a process of its own, with its data in `folder`/data."""
    environment = {
        **os.environ,
        "BOT_TOKEN": token,
        "TELEGRAM_API_URL": address,
        "DATA_DIR": f"{folder}/data",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/data/buurtpraat.sqlite",
        "SECRET_KEY": SECRET,
        "QUIET_HOURS": "none",
        "LISTEN": "127.0.0.1:0",
        "LOG_LEVEL": "WARNING",
        **(settings or {}),
    }
    return subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], env=environment)  # our own program


async def _announce(sanne: Person) -> None:
    """Everything up to the last tap."""
    sanne.say("/event")
    await sanne.hears(timeout=60)
    for answer, next_question in (
        ("Barbecue in the park", "When"),
        ("24-12-2027 17:00", "Where"),
        ("The castle park", "What else"),
        ("Bring a chair", "photo"),
    ):
        await asyncio.sleep(1.2)
        sanne.say(answer)
        await sanne.sees(next_question, timeout=20)
    sanne.tap("Skip")
    await sanne.sees("This is what people will get", timeout=20)
    await asyncio.sleep(3)


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


async def _until(done: object, seconds: float = 300) -> None:
    assert callable(done)
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the invitations did not arrive")
        await asyncio.sleep(0.01)


def _p95(replies: list[tuple[float, float]]) -> float:
    """The 95th percentile of how long the answers took, in seconds."""
    return sorted(answered - asked for asked, answered in replies)[int(len(replies) * 0.95)]


if __name__ == "__main__":
    sys.exit(not asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)))
