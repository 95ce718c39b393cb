"""What the office does all day, with few complaints and with very many: each as a ratio of the two.

The database is made up (`made_up.py`); what is asked goes through the bot's own functions, in the session of a turn, as
a command of staff would, and leaves no trace. The export runs in its child process, whose peak of memory is measured.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import MovableClock
from bot.main import LOCALES
from bot.neighbourhood import keeping, mornings, nearby, promises, residents
from bot.neighbourhood.area import load_area
from bot.neighbourhood.finding import find
from bot.neighbourhood.follow_ups import sweep
from bot.neighbourhood.work import Person, Surroundings, Work
from bot.reports import figures
from bot.reports.export import COLUMNS
from bot.store.database import Database
from bot.store.identity import Seal
from bot.store.migrate import migrate
from bot.telegram import cards
from bot.telegram.dialogues import Dialogues
from conversations.looked_up import SimilarComplaint
from conversations.words import Catalogues
from tests.bench import table
from tests.bench.filling import fill
from tests.bench.made_up import AROUND, NOUNS, NOW, OFFICE, RESIDENTS, STREETS, WHAT
from tests.postgres import Server

SMALL, USUAL = 10_000, 1_000_000
AIM, AIM_FIND_MS, AIM_MEMORY = 2.0, 300.0, 1.3
LISTS = (
    "", "late", "late heerlerheide groen", "late mine", "heksenberg", "solved", "mine", "30d vrieheide", "1d animals",
    "gezondheid", "cannot vrieheide", "de hei lantaarn", "late graffiti",
)  # fmt: skip
SAMPLES = 40
WARM_UP = 2
Operation = Callable[[Work, Person, int, random.Random], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each time that something was done."""

    times: Sequence[float]

    @property
    def middle(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self.times) * 1000

    @property
    def p95(self) -> float:
        """The 95th percentile, in milliseconds."""
        return sorted(self.times)[int(len(self.times) * 0.95)] * 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """How long an export took, and the peak of memory of the process that made it, in megabytes."""

    seconds: float
    peak: float


async def measure(big: int, samples: int, server: Server | None) -> None:
    """Print a table a database, each line with its verdict."""
    for name in ("SQLite", "PostgreSQL") if server is not None else ("SQLite",):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as after:
            urls = {}
            for number in (SMALL, big):
                began = time.monotonic()
                if name == "SQLite" or server is None:
                    urls[number] = f"sqlite+aiosqlite:///{folder}/{number}.sqlite"
                else:
                    made = server.create_database()
                    after.callback(server.drop_database, made)
                    urls[number] = server.url(made)
                await migrate(urls[number])
                await fill(urls[number], load_area("heerlen-noord"), number)
                print(f"{name}: {number:,} complaints, made up in {time.monotonic() - began:.0f} s", flush=True)
            _show(name, await _done(urls, samples), big)
            kinds = ("csv", "xlsx") if name == "SQLite" else ("csv",)  # a sheet is written alike for both
            exported = {number: await _exports(url, Path(folder), kinds) for number, url in urls.items()}
            _show_exports(name, exported[SMALL], exported[big], big)


async def _done(urls: Mapping[int, str], samples: int) -> dict[str, list[Measured]]:
    """Each operation with few and with many in turn: what else the machine does slows down both."""
    area = load_area("heerlen-noord")
    catalogues = Catalogues(LOCALES, area.languages, area.time_zone)
    databases = {number: Database(url) for number, url in urls.items()}
    arounds = {
        number: Surroundings(database, Seal("x" * 32), MovableClock(NOW), area, catalogues, frozenset())
        for number, database in databases.items()
    }
    done: dict[str, list[Measured]] = {}
    try:
        for name, operation in OPERATIONS.items():
            times: dict[int, list[float]] = {number: [] for number in urls}
            dice = {number: random.Random(11) for number in urls}
            for sample in range(WARM_UP + (max(samples // 10, 3) if name in UNLIMITED else samples)):
                for number, around in arounds.items():
                    took = await _once(around, operation, number, dice[number])
                    if sample >= WARM_UP:  # the first ones read the files in
                        times[number].append(took)
            done[name] = [Measured(each) for each in times.values()]
    finally:
        for database in databases.values():
            await database.close()
    return done


async def _once(around: Surroundings, operation: Operation, complaints: int, dice: random.Random) -> float:
    async with around.database.write() as session:
        undone = await session.begin_nested()
        work = around.reading(session)
        person = await residents.person_of(work, RESIDENTS + OFFICE)
        assert person is not None
        began = time.perf_counter()
        await operation(work, person, complaints, dice)
        took = time.perf_counter() - began
        await undone.rollback()
    return took


def _list(words: str) -> Operation:
    async def show(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
        await cards.show_list(Dialogues(work, person), words)

    return show


async def _card(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    assert await cards.show(Dialogues(work, person), dice.randint(1, complaints))


async def _find(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    """A word that many texts hold, one that few do, two together, the beginning of one, a street."""
    words = dice.choice(
        [
            dice.choice(NOUNS),
            dice.choice(NOUNS)[:4],
            dice.choice(STREETS),
            f"{dice.choice(NOUNS)} {dice.choice(WHAT)}",
            f"{dice.choice(NOUNS)} {dice.choice(STREETS)}",
            f"{dice.choice(AROUND)} {dice.choice(WHAT)} {dice.choice(STREETS)}",
            "zonderling",
        ]
    )
    await find(work, person, words)


async def _nearby(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    place = dice.choice(work.area.neighbourhoods)
    spot = (place.latitude + dice.gauss(0, 0.004), place.longitude + dice.gauss(0, 0.006))
    topic = dice.choice(["paving", "rubbish", "green"])
    await nearby.similar(work, SimilarComplaint(topic, "", *spot))
    await nearby.similar(work, SimilarComplaint(topic, f"{dice.choice(STREETS)} 12", None, None))


async def _sweep(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    async def ask(*_about: Any, **_how: Any) -> None:
        """Nothing falls due."""

    await sweep(work, ask)


async def _keep(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    await keeping.keep(work)


async def _morning(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    person.resident.morning = True
    await work.session.flush()
    await mornings.say(work, person.resident.id, work.today.isoformat())


async def _promises(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    await promises.count(work, person)


async def _promised(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    await promises.some(work, person, dice.choice(promises.KINDS_OF_LIST))


async def _stats(work: Work, person: Person, complaints: int, dice: random.Random) -> None:
    await figures.count(work, person, timedelta(days=90))


OPERATIONS: Mapping[str, Operation] = {
    **{f"list: {words or 'what is open'}": _list(words) for words in LISTS},
    "card": _card,
    "nearby": _nearby,
    "sweep": _sweep,
    "find": _find,
    "a list of promises": _promised,
    "promises, counted": _promises,
    "the morning message": _morning,
    "sweep, once an hour": _keep,
    "stats of 90 days": _stats,
}
UNLIMITED = ("promises, counted", "the morning message", "sweep, once an hour", "stats of 90 days")
"""Without an aim. What is counted grows with what there is to count; the statistics are counted beside the turns."""

CHILD = """
import runpy, sys
sys.argv = ["bot.reports"]
try:
    runpy.run_module("bot.reports", run_name="__main__")
finally:
    with open("/proc/self/status") as status:  # getrusage would count the parent's memory from before the start
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


async def _exports(url: str, folder: Path, kinds: Sequence[str]) -> dict[str, Exported]:
    return {kind: await asyncio.to_thread(_export, url, folder / f"export.{kind}", kind) for kind in kinds}


def _export(url: str, target: Path, kind: str) -> Exported:
    columns = COLUMNS["complaints"]
    job = {
        "kind": "export", "what": "complaints", "format": kind, "headers": columns, "meanings": columns,
        "names": {}, "about": "columns", "target": str(target), "database": url,
    }  # fmt: skip
    began = time.monotonic()
    child = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(job), capture_output=True, text=True, check=False
    )
    if not target.exists() or child.returncode:
        raise RuntimeError(child.stderr[-2000:])
    return Exported(time.monotonic() - began, int(child.stdout.split()[-1]) / 1024)


def _show(name: str, done: Mapping[str, Sequence[Measured]], big: int) -> None:
    rows = []
    for key, (small, large) in done.items():
        ratio = large.middle / small.middle
        figures_of_it = (small.middle, large.middle, small.p95, large.p95)
        verdict = "-" if key in UNLIMITED else _verdict(ratio, AIM)
        if key == "find":
            verdict = f"{_verdict(large.p95, AIM_FIND_MS)} (p95 {AIM_FIND_MS:.0f} ms)"
        rows.append((key, *(f"{each:.1f}" for each in figures_of_it), f"{ratio:.2f}×", verdict))
    head = ("milliseconds", f"{SMALL:,}", f"{big:,}", f"p95 {SMALL:,}", f"p95 {big:,}", "ratio", f"aim {AIM:.0f}×")
    table.show(f"{name}: what the office does, with few complaints and with many", head, rows)


def _show_exports(name: str, few: Mapping[str, Exported], many: Mapping[str, Exported], big: int) -> None:
    rows = []
    for kind in few:
        ratio = many[kind].peak / few[kind].peak
        sizes = (f"{each.seconds:.1f} s, {each.peak:.0f} MB" for each in (few[kind], many[kind]))
        rows.append((kind, *sizes, f"{ratio:.2f}×", _verdict(ratio, AIM_MEMORY)))
    head = ("export", f"{SMALL:,}", f"{big:,}", "ratio of memory", f"aim {AIM_MEMORY}×")
    table.show(f"{name}: exports, with the peak of memory of the process", head, rows)


def _verdict(found: float, at_most: float) -> str:
    return "met" if found <= at_most else "MISSED"
