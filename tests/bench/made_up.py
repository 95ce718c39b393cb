"""A made-up neighbourhood of any size: years of complaints with realistic spreads, as rows of the tables.

How long things take follows what a mid-size Dutch town measured (median and 90th percentile of days until a report is
closed: waste 1 and 10, roads 6 and 75, green 3 and 16); where they are follows the inhabitants of each neighbourhood.
What is late is late as in life: promised again, and once more. `filling.py` writes the rows into a database.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from bot.neighbourhood.area import Area
from bot.neighbourhood.steps import OPEN_STATES
from bot.store.tables import (
    Answer,
    Base,
    Chat,
    Complaint,
    Due,
    Found,
    History,
    PersonTalk,
    PersonTalkLine,
    Photo,
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
TEXTS = 20_000
"""So many different texts are written; people say much the same."""
SPEED = {"rubbish": (1, 10), "paving": (6, 75), "green": (3, 16), "lights": (4, 30), "animals": (2, 12)}
WEIGHTS = {
    "rubbish": 30, "paving": 18, "green": 14, "lights": 6, "play": 4, "traffic": 8, "animals": 5, "noise": 6,
    "unsafe": 4, "home": 3, "other": 2,
}  # fmt: skip
USUAL_SPEED = (4, 25)
DONE = {"solved": 2, "confirmed": 50, "closed": 28, "cannot": 8, "not_ours": 5, "same": 4, "withdrawn": 3}
OPEN = {"received": 35, "taken": 30, "planned": 20, "passed_on": 10, "reopened": 5}
THEMES = {"": 40, "wonen": 25, "werken": 5, "leren": 8, "veiligheid": 12, "gezondheid": 10}
PROMISED = timedelta(days=5)
PHOTOS_KEPT = 365
TALKS_KEPT = 90
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
SOUNDS = ("heul", "school", "kerk", "linden", "eiken", "ooster", "molen", "berg", "vrij", "passart", "dem", "mijn")
MIDDLE = ("", "veld", "hei", "bos", "berg")
ENDS = ("straat", "weg", "laan", "plein", "hof", "pad", "singel")
STREETS = tuple(f"{a}{b}{c}" for a in SOUNDS for b in MIDDLE for c in ENDS)
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
        "reason", "reopened", "solved_at", "same_as",
    ),
    Reporter: ("complaint_id", "resident_id", "words", "at"),
    Promise: (
        "id", "subject", "number", "kind", "state", "first_due", "due", "made_by", "partner", "made_at", "settled_at",
    ),
    Photo: ("id", "subject", "part", "file_id", "state", "file", "attempts", "next_at", "at"),
    PersonTalk: ("id", "resident_id", "state", "staff_id", "opened_at", "last_at", "ended_at"),
    PersonTalkLine: ("id", "talk_id", "by_staff", "written_by", "words", "at"),
    Answer: (
        "id", "resident_id", "question", "words", "neighbourhood", "heard", "language", "came_from", "first", "theme",
        "at",
    ),
    Found: ("id", "subject", "words"),
    History: ("subject", "what", "words", "by", "at"),
    Due: ("what", "subject", "occasion", "at"),
}  # fmt: skip
Row = tuple[Any, ...]


class Maker:
    """Makes the rows; the same for the same number of complaints."""

    def __init__(self, area: Area, complaints: int) -> None:
        self._dice = random.Random(23)
        self._area = area
        self._complaints = complaints
        self._rows: dict[type[Base], list[Row]] = defaultdict(list)
        self._numbers: dict[type[Base], int] = defaultdict(int)
        self._to_come: list[tuple[datetime, str, str, str, int | None]] = []
        self._street_weights = list(accumulate(1 / (n + 3) for n in range(len(STREETS))))
        self._places = area.neighbourhoods
        self._place_weights = list(accumulate(place.inhabitants for place in self._places))
        self._topics = area.topics
        self._topic_weights = list(accumulate(WEIGHTS.get(topic.key, 3) for topic in area.topics))
        self._texts = [(text, fold(text)) for text in (self._text() for _ in range(TEXTS))]

    def batches(self) -> Iterator[tuple[type[Base], list[Row]]]:
        """All rows, some thousands of a table at a time; of one table in the order in which they came about."""
        self._people()
        yield from self._ready()
        for number in range(1, self._complaints + 1):
            self._complaint(number)
            if number % 5 == 0:
                self._answer(number)
            if number % 50 == 0:
                self._talk(number)
            if number % AT_ONCE == 0:
                yield from self._ready()
        self._history_until(NOW)
        yield from self._ready()

    def _ready(self) -> Iterator[tuple[type[Base], list[Row]]]:
        rows, self._rows = self._rows, defaultdict(list)
        yield from rows.items()

    def _number(self, table: type[Base]) -> int:
        self._numbers[table] += 1
        return self._numbers[table]

    def _people(self) -> None:
        for number in range(1, RESIDENTS + OFFICE + 1):
            place = self._some(self._places, self._place_weights).code
            came, print_ = _ago(self._dice.uniform(0, 365 * YEARS)), number.to_bytes(32, "big")
            self._rows[Chat].append((number, print_, b"sealed", "nl", _ago(900), _ago(number % 300), None))
            self._rows[Resident].append(
                (number, number, place, self._area.consent.version, came, "telegram", came, True, 1, False, False)
            )
        for number in range(1, OFFICE + 1):
            role = "coordinator" if number < 3 else "staff"
            self._rows[Role].append((number, RESIDENTS + number, role, [], [], _ago(900)))

    def _complaint(self, number: int) -> None:
        """A complaint, and what happened to it since."""
        dice, code = self._dice, f"M{number}"
        age = 365 * YEARS * (1 - number / (self._complaints + 1))
        at = _ago(age)
        self._history_until(at)
        topic = self._some(self._topics, self._topic_weights)
        place = self._some(self._places, self._place_weights)
        median, most = SPEED.get(topic.key, USUAL_SPEED)
        took = median * math.exp(dice.gauss(0, 1) * math.log(most / median) / 1.2816)
        state, ended = self._state(age, took), at + timedelta(days=took)
        solved = ended if state in ("solved", "confirmed", "closed") else None
        due = (at + PROMISED).date()
        planned = (NOW + timedelta(days=dice.uniform(0, 21))).date() if state == "planned" else None
        handler = RESIDENTS + 1 + number % OFFICE if state != "received" else None
        text, folded = dice.choice(self._texts)
        spot: tuple[float | None, float | None] = (None, None)
        street = f"{self._some(STREETS, self._street_weights)} {dice.randrange(1, 200)}"
        if dice.random() < 0.6:
            spot, street = (place.latitude + dice.gauss(0, 0.004), place.longitude + dice.gauss(0, 0.006)), ""
        again = 1 if state == "reopened" or dice.random() < 0.03 else 0
        self._rows[Complaint].append((
            number, state, topic.key, topic.theme or "", text, "", "nl", street, street, *spot,
            place.code, due, planned, handler, "Gedaan" if solved else "", "telegram", False, at, "", "", again, solved,
            max(1, number - dice.randrange(1, 30)) if state == "same" else None,
        ))  # fmt: skip
        self._rows[Found].append((self._number(Found), code, f"{folded} {street}".rstrip()))
        first = 1 + int(RESIDENTS * dice.random() ** 2) % RESIDENTS
        self._rows[Reporter].append((number, first, "", at))
        if dice.random() < 0.08:
            self._rows[Reporter].append((number, first % RESIDENTS + 1, "Ik ook", at + timedelta(hours=1)))
        self._promises(number, f"Gemeente, {topic.key}", at, state, took, planned)
        self._history(code, first, at, state, took)
        if dice.random() < 0.3 and (state in OPEN_STATES or age - took < PHOTOS_KEPT):
            photo = (self._number(Photo), code, "before", "AgAC", "kept", f"{code}.jpg", 1, at, at)
            self._rows[Photo].append(photo)
        if state == "solved":
            self._rows[Due].append(("follow_up", code, ended.isoformat(), NOW + timedelta(days=dice.uniform(0.1, 9))))

    def _state(self, age: float, took: float) -> str:
        of = OPEN if took >= age else DONE
        (state,) = self._dice.choices(list(of), list(of.values()))
        return "closed" if state == "solved" and age - took > 10 else state

    def _promises(self, number: int, partner: str, at: datetime, state: str, took: float, planned: date | None) -> None:
        """An answer within five days; of what took longer another day, until it is done."""
        due, is_open = (at + PROMISED).date(), state in OPEN_STATES
        handler, until = RESIDENTS + 1 + number % OFFICE, NOW if is_open else at + timedelta(days=took)

        def promise(kind: str, became: str, day: date, settled: datetime | None) -> None:
            here = (f"M{number}", number, kind, became, due, day, handler, partner)
            self._rows[Promise].append((self._number(Promise), *here, at, settled))

        if until.date() <= due:
            promise("answer", "open" if is_open and not planned else "kept", due, None if is_open else until)
        else:
            promise("answer", "kept" if planned else "broken", due, at + PROMISED + timedelta(days=1))
            next_day = due + PROMISED * math.ceil((until.date() - due) / PROMISED)
            if not planned:
                promise("again", "open" if is_open else "kept", next_day, None if is_open else until)
        if planned:
            promise("day", "open", planned, None)

    def _history(self, code: str, reporter: int, at: datetime, state: str, took: float) -> None:
        self._rows[History].append((code, "received", "", reporter, at))
        staff, ended = RESIDENTS + 1, at + timedelta(days=took)
        steps = [(at + timedelta(days=min(took, 1) / 2), "take", "", staff)] if state != "received" else []
        if state in ("solved", "confirmed", "closed"):
            steps.append((ended, "solve", "Gedaan", staff))
        if state == "confirmed":
            (verdict,) = self._dice.choices(["yes", "no", "unknown"], [80, 12, 8])
            steps.append((ended + timedelta(days=3), f"follow-up {verdict}", "", reporter))
        for when, what, words, by in steps:
            heapq.heappush(self._to_come, (when, code, what, words, by))

    def _history_until(self, moment: datetime) -> None:
        """Lines are numbered in the order of their moments."""
        while self._to_come and self._to_come[0][0] <= moment:
            at, code, what, words, by = heapq.heappop(self._to_come)
            self._rows[History].append((code, what, words, by, at))

    def _answer(self, number: int) -> None:
        number, at = number // 5, self._when(number)
        place = self._some(self._places, self._place_weights).code
        question = "proud" if self._dice.random() < 0.4 else "better"
        (theme,) = self._dice.choices(
            ["", "wonen", "werken", "leren", "veiligheid", "gezondheid"], [40, 25, 5, 8, 12, 10]
        )
        text, folded = self._dice.choice(self._texts)
        about = (1 + number % RESIDENTS, question, text, place, "", "nl", "telegram", False, theme, at)
        self._rows[Answer].append((number, *about))
        self._rows[Found].append((self._number(Found), f"A{number}", folded))

    def _talk(self, number: int) -> None:
        """Somebody talked with a person; what ended long ago is forgotten."""
        at = self._when(number)
        ended = at + timedelta(hours=30)
        is_open = ended > NOW
        if ended < _ago(TALKS_KEPT):
            return
        talk, staff = self._number(PersonTalk), RESIDENTS + 1 + number % OFFICE
        resident = 1 + number % RESIDENTS
        lasts = (at, NOW - timedelta(minutes=5), None) if is_open else (at, ended, ended)
        self._rows[PersonTalk].append((talk, resident, "open" if is_open else "ended", staff, *lasts))
        for by_staff in (False, True, False):
            who = staff if by_staff else None
            self._rows[PersonTalkLine].append((self._number(PersonTalkLine), talk, by_staff, who, "Hoe is het?", at))

    def _text(self) -> str:
        """What somebody writes: a noun, what is wrong with it, and more."""
        dice = self._dice
        around = " ".join(dice.choices(AROUND, k=dice.randrange(2, 9)))
        street = f" {self._some(STREETS, self._street_weights)}" if dice.random() < 0.3 else ""
        noun = NOUNS[min(int(dice.expovariate(0.12)), len(NOUNS) - 1)]
        return f"De {noun} is {dice.choice(WHAT)}, {around}{street}"

    def _when(self, number: int) -> datetime:
        return _ago(365 * YEARS * (1 - number / (self._complaints + 1)))

    def _some(self, things: Sequence[Any], weights: Sequence[float]) -> Any:
        return self._dice.choices(things, cum_weights=weights)[0]


def _ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
