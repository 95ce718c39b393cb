"""What the office does all day, with few complaints and with very many: each as a ratio of the two.

The database is made up (`made_up.py`); what is asked goes through the bot's own functions, in the session of a turn, as
a command of staff would. The export runs in its child process, whose peak of memory is measured.
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
from bot.neighbourhood import nearby, residents
from bot.neighbourhood.area import load_area
from bot.neighbourhood.complaint_list import complaints_like
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
from conversations.results import SimilarComplaint
from conversations.words import Catalogues
from tests.bench import table
from tests.bench.made_up import AROUND, NOUNS, NOW, RESIDENTS, WHAT, MadeUp, fill
from tests.postgres import Server

SMALL, USUAL = 10_000, 200_000
"""A million, which `--complaints 1000000` asks for, takes some ten minutes for both databases on two slow cores."""
AIM, AIM_FIND_MS, AIM_MEMORY = 2.0, 300.0, 1.3
LISTS = ("", "late", "late heerlerheide groen", "heksenberg", "solved", "mine", "de hei lantaarn", "30d vrieheide")
SAMPLES = 40
LIMITED = ("list", "card", "nearby", "sweep")
Operation = Callable[[Work, Person, MadeUp, random.Random], Awaitable[Any]]


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


async def measure(big: int, samples: int, server: Server | None) -> None:
    """Print a table a database, and the aims."""
    for name in ("SQLite", "PostgreSQL") if server is not None else ("SQLite",):
        results: dict[int, dict[str, Any]] = {}
        for number in (SMALL, big):
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder, ExitStack() as after:
                if name == "SQLite" or server is None:
                    url = f"sqlite+aiosqlite:///{folder}/buurtpraat.sqlite"
                else:
                    made = server.create_database()
                    after.callback(server.drop_database, made)
                    url = server.url(made)
                await migrate(url)
                facts = await fill(url, load_area("heerlen-noord"), number)
                filled = time.monotonic() - began
                results[number] = await _measure(url, facts, samples, Path(folder))
            print(f"{name}: {number:,} complaints: {filled:.0f} s to fill, {time.monotonic() - began:.0f} s in all")
        _show(name, results[SMALL], results[big], big)


async def _measure(url: str, facts: MadeUp, samples: int, folder: Path) -> dict[str, Any]:
    area = load_area("heerlen-noord")
    database = Database(url)
    catalogues = Catalogues(LOCALES, area.languages, area.time_zone)
    around = Surroundings(database, Seal("x" * 32), MovableClock(NOW), area, catalogues, frozenset())
    found: dict[str, Any] = {}
    try:
        for name, operation in OPERATIONS.items():
            times = samples if name in (*LIMITED, "find") else 3
            found[name] = await _times(around, operation, facts, times)
    finally:
        await database.close()
    for kind in ("csv", "xlsx"):
        found[f"export {kind}"] = await asyncio.to_thread(_export, url, folder / f"export.{kind}", kind)
    return found


async def _times(around: Surroundings, operation: Operation, facts: MadeUp, samples: int) -> Measured:
    dice, times = random.Random(11), []
    for number in range(samples + 2):
        async with around.database.write() as session:
            work = around.reading(session)
            person = await residents.person_of(work, RESIDENTS + 1)
            assert person is not None
            began = time.perf_counter()
            await operation(work, person, facts, dice)
            if number >= 2:  # the first ones read the files in
                times.append(time.perf_counter() - began)
    return Measured(times)


async def _list(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    page = await complaints_like(work, person, dice.choice(LISTS))
    if page.more_after is not None:
        await complaints_like(work, person, "", page.more_after)


async def _card(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    assert await cards.show(Dialogues(work, person), dice.randint(1, facts.complaints))


async def _find(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    """A word that many texts hold, one that few do, two together, the beginning of one, a street."""
    words = dice.choice(
        [
            dice.choice(NOUNS),
            dice.choice(NOUNS)[:4],
            dice.choice(facts.streets),
            f"{dice.choice(NOUNS)} {dice.choice(WHAT)}",
            f"{dice.choice(NOUNS)} {dice.choice(facts.streets)}",
            f"{dice.choice(AROUND)} {dice.choice(WHAT)} {dice.choice(facts.streets)}",
            "zonderling",
        ]
    )
    await find(work, person, words)


async def _nearby(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    place = dice.choice(work.area.neighbourhoods)
    spot = (place.latitude + dice.gauss(0, 0.004), place.longitude + dice.gauss(0, 0.006))
    topic = dice.choice(["paving", "rubbish", "green"])
    await nearby.similar(work, SimilarComplaint(topic, "", *spot))
    await nearby.similar(work, SimilarComplaint(topic, f"{dice.choice(facts.streets)} 12", None, None))


async def _stats(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    await figures.count(work, person, timedelta(days=90))


async def _sweep(work: Work, person: Person, facts: MadeUp, dice: random.Random) -> None:
    async def ask(*_about: Any, **_how: Any) -> None:
        """Nothing falls due."""

    await sweep(work, ask)


OPERATIONS: Mapping[str, Operation] = {
    "list": _list,
    "card": _card,
    "find": _find,
    "nearby": _nearby,
    "sweep": _sweep,
    "stats": _stats,
}

CHILD = """
import runpy, sys
sys.argv = ["bot.reports"]
try:
    runpy.run_module("bot.reports", run_name="__main__")
finally:
    with open("/proc/self/status") as status:  # getrusage would count the parent's memory from before the start
        print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def _export(url: str, target: Path, kind: str) -> tuple[float, float]:
    """Seconds, and the peak of memory in megabytes."""
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
    return time.monotonic() - began, int(child.stdout.split()[-1]) / 1024


def _show(name: str, small: dict[str, Any], large: dict[str, Any], big: int) -> None:
    rows = []
    for key in OPERATIONS:
        few, many = small[key], large[key]
        ratio = f"{many.middle / few.middle:.2f}"
        rows.append((key, f"{few.middle:.1f}", f"{many.middle:.1f}", ratio, f"{few.p95:.1f}", f"{many.p95:.1f}"))
    head = ("milliseconds", f"{SMALL:,}", f"{big:,}", "ratio", f"p95 {SMALL:,}", f"p95 {big:,}")
    table.show(f"{name}: what the office does, with more and more complaints", head, rows)
    exports = [
        (key, *(f"{seconds:.1f} s, {peak:.0f} MB" for seconds, peak in (small[key], large[key])))
        for key in ("export csv", "export xlsx")
    ]
    table.show(f"{name}: exports, with the peak of memory of the process", ("", f"{SMALL:,}", f"{big:,}"), exports)
    for key in LIMITED:
        table.aim(f"{name}, {key}", large[key].middle / small[key].middle, AIM)
    is_met = "met   " if large["find"].p95 <= AIM_FIND_MS else "MISSED"
    print(f"{is_met}  {name}, find, 95th percentile: {large['find'].p95:.0f} ms, aim at most {AIM_FIND_MS:.0f} ms")
    for key in ("export csv", "export xlsx"):
        table.aim(f"{name}, {key}, peak of memory", large[key][1] / small[key][1], AIM_MEMORY)
