"""Days and times as people type them: "morgen", "24-12", "24 december 2026", "2026-12-24", "19.30".

Names of months are Babel's, in every language of the bot. A day without a year is the next one to come.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from functools import cache

from babel import Locale

from conversations.words import fold

_LANGUAGES = ("nl", "en", "de", "pl", "ar", "tr", "uk")
AHEAD_AT_MOST = timedelta(days=365)
"""A day further away is shown like one of this year, and is nothing that anybody can promise."""
_NEAR = {"today": 0, "vandaag": 0, "tomorrow": 1, "morgen": 1, "overmorgen": 2}


def read_day(text: str, today: date) -> date | None:
    """The day that the text names, or None where that is not certain. `today` is the local date."""
    typed = fold(text)
    if typed in _NEAR:
        return today + timedelta(days=_NEAR[typed])
    if found := re.fullmatch(r"(\d{4}) (\d{1,2}) (\d{1,2})", typed):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2}) (\d{1,2}|[^\W\d]+)(?: (\d{4}))?", typed):
        month = int(found[2]) if found[2].isdecimal() else _months().get(found[2])
        if month is None:
            return None
        if found[3]:
            return _day(int(found[3]), month, int(found[1]))
        coming = (_day(year, month, int(found[1])) for year in range(today.year, today.year + 5))  # 29 February waits
        return next((day for day in coming if day is not None and day >= today), None)
    return None


def read_time(text: str) -> tuple[time, str] | None:
    """A time like "19:30" or "19.30" at the end of the text, and the text before it; None where there is none."""
    pattern = r"(.*?)(?:\b(?:om|at|um)\s+)?\b(\d{1,2})[:.](\d{2})\s*(?:uur|u|h)?"
    found = re.fullmatch(pattern, text.strip(), re.IGNORECASE)
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    return time(int(found[2]), int(found[3])), found[1]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Each month's folded name and short name in each language."""
    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months = Locale.parse(language).months[form][width]
                names.update({fold(name): number for number, name in months.items()})
    return names
