"""A made-up neighbourhood of any size, written straight into the database: years of complaints with realistic spreads.

How long things take follows what a mid-size Dutch town measured (median and 90th percentile of days until a report is
closed: waste 1 and 10, roads 6 and 75, green 3 and 16); where they are follows the inhabitants of each neighbourhood.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from sqlalchemy import make_url

from bot.neighbourhood.area import Area
from bot.store.tables import (
    Answer,
    Base,
    Chat,
    Complaint,
    Found,
    History,
    Promise,
    Reporter,
    Resident,
    Role,
)
from conversations.words import fold

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
YEARS = 4
RESIDENTS = 100_000
AT_ONCE = 20_000
OFFICE = 8
SPEED = {"rubbish": (1, 10), "paving": (6, 75), "green": (3, 16), "lights": (4, 30), "animals": (2, 12)}
WEIGHTS = {
    "rubbish": 30, "paving": 18, "green": 14, "lights": 6, "play": 4, "traffic": 8, "animals": 5, "noise": 6,
    "unsafe": 4, "home": 3, "other": 2,
}  # fmt: skip
USUAL_SPEED = (4, 25)
NOUNS = (
    "stoeptegel", "container", "prullenbak", "lantaarnpaal", "boom", "heg", "gras", "bank", "schommel", "glijbaan",
    "hond", "poep", "scooter", "auto", "muziek", "buren", "bankstel", "matras", "vuilniszak", "onkruid", "tak",
    "kuil", "drempel", "verlichting", "speeltuin", "muur", "graffiti", "rat", "duif", "paal", "bord", "put",
    "riool", "fietspad", "stoeprand", "bushalte", "plein", "park", "hek", "portiek", "lift",
)  # fmt: skip
WHAT = (
    "kapot", "los", "scheef", "vol", "vies", "gevaarlijk", "donker", "verdwenen", "gedumpt", "omgevallen",
    "verstopt", "luid", "stuk", "weg", "verzakt", "glad",
)  # fmt: skip
AROUND = (
    "bij", "voor", "naast", "tegenover", "achter", "op", "de", "hoek", "van", "school", "kerk", "winkel", "al",
    "weken", "sinds", "gisteren", "elke", "avond", "kinderen", "moeder", "oma", "rolstoel", "kinderwagen", "vallen",
    "struikelen", "ruikt", "stinkt", "niemand", "doet", "iets", "graag", "snel", "kijken", "dank",
)  # fmt: skip
Rows = Iterator[tuple[Any, ...]]


@dataclass(slots=True)
class MadeUp:
    """What can be asked about afterwards: codes of neighbourhoods and topics, words by how common they are."""

    complaints: int
    streets: Sequence[str]


class Maker:
    """Makes the rows; the same for the same number of complaints."""

    def __init__(self, area: Area, complaints: int) -> None:
        self._dice = random.Random(complaints)
        self._area = area
        self._complaints = complaints
        sounds = [
            "heul",
            "school",
            "kerk",
            "linden",
            "eiken",
            "ooster",
            "molen",
            "berg",
            "vrij",
            "passart",
            "dem",
            "mijn",
        ]
        ends = ["straat", "weg", "laan", "plein", "hof", "pad", "singel"]
        middle = ["", "veld", "hei", "bos", "berg"]
        self.streets = [f"{a}{b}{c}" for a in sounds for b in middle for c in ends]
        self._street_weights = list(accumulate(1 / (n + 3) for n in range(len(self.streets))))
        self._places = area.neighbourhoods
        self._place_weights = list(accumulate(place.inhabitants for place in self._places))
        self._topics = [topic.key for topic in area.topics]
        self._topic_weights = list(accumulate(WEIGHTS.get(key, 3) for key in self._topics))
        self._themes = {topic.key: topic.theme or "" for topic in area.topics}
        self.history: list[tuple[Any, ...]] = []

    def chats(self) -> Rows:
        for number in range(1, RESIDENTS + OFFICE + 1):
            yield (number, number.to_bytes(32, "big"), b"sealed", "nl", _ago(900), _ago(number % 300), None)

    def residents(self) -> Rows:
        for number in range(1, RESIDENTS + OFFICE + 1):
            place = self._some(self._places, self._place_weights).code
            came = _ago(self._dice.uniform(0, 365 * YEARS))
            yield (number, number, place, self._area.consent.version, came, "telegram", came, True, 1, False, False)

    def roles(self) -> Rows:
        for number in range(1, OFFICE + 1):
            yield (number, RESIDENTS + number, "coordinator" if number < 3 else "staff", "[]", "[]", _ago(900))

    def complaints(self) -> Rows:
        for number in range(1, self._complaints + 1):
            age = 365 * YEARS * (1 - number / (self._complaints + 1)) + self._dice.uniform(0, 0.01)
            topic = self._some(self._topics, self._topic_weights)
            place = self._some(self._places, self._place_weights)
            at = _ago(age)
            median, most = SPEED.get(topic, USUAL_SPEED)
            took = median * math.exp(self._dice.gauss(0, 1) * math.log(most / median) / 1.2816)
            state, solved = self._state(age, took, at)
            has_spot = self._dice.random() < 0.6
            due = (at + timedelta(days=5)).date()
            handler = RESIDENTS + 1 + number % OFFICE if state != "received" else None
            words = self.words()
            street = f"{self._some(self.streets, self._street_weights)} {self._dice.randrange(1, 200)}"
            yield (
                number, state, topic, self._themes[topic], words, "", "nl", "" if has_spot else street,
                "" if has_spot else street,
                place.latitude + self._dice.gauss(0, 0.004) if has_spot else None,
                place.longitude + self._dice.gauss(0, 0.006) if has_spot else None,
                place.code, due, due if state == "planned" else None, handler, "Gedaan" if solved else "",
                "telegram", False, at, "", "", 1 if self._dice.random() < 0.03 else 0, solved,
            )  # fmt: skip
            self._follow(number, at, solved, state, due)

    def words(self) -> str:
        """What somebody writes: a noun, what is wrong with it, and more."""
        dice = self._dice
        around = " ".join(dice.choices(AROUND, k=dice.randrange(2, 9)))
        street = f" {self._some(self.streets, self._street_weights)}" if dice.random() < 0.3 else ""
        noun = NOUNS[min(int(dice.expovariate(0.12)), len(NOUNS) - 1)]
        return f"De {noun} is {dice.choice(WHAT)}, {around}{street}"

    def _state(self, age: float, took: float, at: datetime) -> tuple[str, datetime | None]:
        if took >= age:
            return self._dice.choices(["received", "taken", "planned", "passed_on"], [40, 30, 20, 10])[0], None
        state = self._dice.choices(["solved", "confirmed", "closed", "cannot", "not_ours"], [2, 55, 30, 8, 5])[0]
        solved = at + timedelta(days=took)
        if state == "solved" and age - took > 20:
            state = "closed"
        return state, solved if state in ("solved", "confirmed", "closed") else None

    def _follow(self, number: int, at: datetime, solved: datetime | None, state: str, due: Any) -> None:
        reporter = 1 + int(RESIDENTS * self._dice.random() ** 2) % RESIDENTS
        code = f"M{number}"
        self.history.append((code, "received", "", reporter, at))
        if solved:
            self.history.append((code, "solve", "Gedaan", RESIDENTS + 1, solved))
            if state == "confirmed":
                verdict = self._dice.choices(["yes", "no", "unknown"], [80, 12, 8])[0]
                self.history.append((code, f"follow-up {verdict}", "", reporter, solved + timedelta(days=3)))

    def reporters(self) -> Rows:
        for number in range(1, self._complaints + 1):
            first = 1 + int(RESIDENTS * self._dice.random() ** 2) % RESIDENTS
            at = _ago(365 * YEARS * (1 - number / (self._complaints + 1)))
            yield (number, first, "", at)
            if self._dice.random() < 0.08:
                yield (number, first % RESIDENTS + 1, "Ik ook", at)

    def promises(self) -> Rows:
        for number in range(1, self._complaints + 1):
            age = 365 * YEARS * (1 - number / (self._complaints + 1))
            due = (_ago(age) + timedelta(days=5)).date()
            state = "open" if age < 4 + self._dice.random() * 6 else self._dice.choices(["kept", "broken"], [88, 12])[0]
            later = due + timedelta(days=7 if self._dice.random() < 0.1 else 0)
            yield (number, f"M{number}", "answer", state, due, later, RESIDENTS + 1 + number % OFFICE, "", _ago(age))

    def answers(self) -> Rows:
        themes = ["", "wonen", "werken", "leren", "veiligheid", "gezondheid"]
        for number in range(1, self._complaints // 5 + 1):
            age = 365 * YEARS * (1 - number / (self._complaints // 5 + 1))
            place = self._some(self._places, self._place_weights).code
            question = "proud" if self._dice.random() < 0.4 else "better"
            theme = self._dice.choices(themes, [40, 25, 5, 8, 12, 10])[0]
            resident = 1 + number % RESIDENTS
            yield (number, resident, question, self.words(), place, "", "nl", "telegram", False, theme, _ago(age))

    def found(self) -> Rows:
        """Of complaints and answers, in much the same order in which they came."""
        row = 0
        for number in range(1, self._complaints + 1):
            row += 1
            yield (row, f"M{number}", fold(f"{self.words()} {self._some(self.streets, self._street_weights)}"))
            if number % 5 == 0:
                row += 1
                yield (row, f"A{number // 5}", fold(self.words()))

    def _some(self, things: Sequence[Any], weights: Sequence[float]) -> Any:
        return self._dice.choices(things, cum_weights=weights)[0]


COLUMNS: dict[type[Base], tuple[str, ...]] = {
    Chat: ("id", "fingerprint", "telegram_id", "language", "since", "heard_at", "unreachable_since"),
    Resident: (
        "id", "chat_id", "neighbourhood", "consent_version", "consent_at", "came_from", "came_at", "invites",
        "contributions", "reads_aloud", "morning",
    ),
    Role: ("id", "resident_id", "role", "neighbourhoods", "topics", "given_at"),
    Complaint: (
        "id", "state", "topic", "theme", "words", "heard", "language", "place", "place_folded", "latitude", "longitude",
        "neighbourhood", "answer_by", "planned_for", "handler_id", "result", "came_from", "first", "at", "passed_to",
        "reason", "reopened", "solved_at",
    ),
    Reporter: ("complaint_id", "resident_id", "words", "at"),
    Promise: ("id", "subject", "kind", "state", "first_due", "due", "made_by", "partner", "made_at"),
    Answer: (
        "id", "resident_id", "question", "words", "neighbourhood", "heard", "language", "came_from", "first", "theme",
        "at",
    ),
    Found: ("id", "subject", "words"),
    History: ("subject", "what", "words", "by", "at"),
}  # fmt: skip


async def fill(database_url: str, area: Area, complaints: int) -> MadeUp:
    """Fill a migrated, empty database."""
    maker = Maker(area, complaints)
    parts = [
        (Chat, maker.chats()), (Resident, maker.residents()), (Role, maker.roles()), (Complaint, maker.complaints()),
        (History, iter(())), (Reporter, maker.reporters()), (Promise, maker.promises()), (Answer, maker.answers()),
        (Found, maker.found()),
    ]  # fmt: skip
    if make_url(database_url).get_backend_name() == "sqlite":
        _fill_sqlite(str(make_url(database_url).database), parts, maker)
    else:
        await _fill_postgresql(database_url, parts, maker)
    return MadeUp(complaints, maker.streets)


def _fill_sqlite(file: str, parts: Sequence[tuple[type[Base], Rows]], maker: Maker) -> None:
    connection = sqlite3.connect(file)
    connection.execute("pragma synchronous=off")
    connection.execute("pragma cache_size=-200000")
    for table, rows in parts:
        columns = COLUMNS[table]
        holes = ", ".join("?" * len(columns))
        statement = f"insert into {table.__tablename__} ({', '.join(_quoted(columns))}) values ({holes})"
        for batch in _batches(iter(maker.history) if table is History else rows):
            connection.executemany(statement, [tuple(map(_for_sqlite, row)) for row in batch])
        connection.commit()
    connection.execute("insert into found_index (found_index) values ('rebuild')")
    connection.commit()
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()


async def _fill_postgresql(url: str, parts: Sequence[tuple[type[Base], Rows]], maker: Maker) -> None:
    import asyncpg

    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute("drop index ix_found_words")
    for table, rows in parts:
        columns = COLUMNS[table]
        for batch in _batches(iter(maker.history) if table is History else rows):
            await connection.copy_records_to_table(table.__tablename__, records=batch, columns=list(columns))
            await asyncio.sleep(0)
    for table, _rows in parts:
        if table is not Reporter:
            name = table.__tablename__
            await connection.execute(
                f"select setval(pg_get_serial_sequence('{name}', 'id'), (select max(id) from {name}))"
            )
    await connection.execute("set maintenance_work_mem = '256MB'")
    await connection.execute("create index ix_found_words on found using gin (to_tsvector('simple', words))")
    await connection.execute("vacuum analyze")
    await connection.close()


def _batches(rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy writes it
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list | dict) else value


def _ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
