"""Durations, quiet hours and office hours, as an area file (and FOLLOW_UP_AFTER, QUIET_HOURS) writes them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONGEST_DURATION: Final = timedelta(days=3650)
LONGEST_QUIET: Final = timedelta(hours=22)
_DURATION = re.compile(
    r"P(?:(?P<weeks>[0-9]{1,8})W"
    r"|(?=[0-9T])(?:(?P<days>[0-9]{1,8})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,8})H)?(?:(?P<minutes>[0-9]{1,8})M)?(?:(?P<seconds>[0-9]{1,8})S)?)?)"
)
_MONTHS_OR_YEARS = re.compile(r"P[0-9]+[YM].*")
_QUIET = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")


def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of fixed length: `P2W`, `P3D`, `PT12H`, `P1DT6H30M`, `PT90S`.

    Gives a positive timedelta of at most ten years. Raises ValueError, whose text fits behind the name of a
    setting, for anything else: months and years (their length depends on the date), fractions, signs,
    nothing.
    """
    text = text.strip()
    if _MONTHS_OR_YEARS.fullmatch(text):
        raise ValueError("must not count in months or years, whose length varies: write days, such as P30D")
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError("must be an ISO 8601 duration such as P3D, P2W or PT12H")
    length = timedelta(**{unit: int(number) for unit, number in found.groupdict("0").items()})
    if not length:
        raise ValueError("must be longer than nothing")
    if length > LONGEST_DURATION:
        raise ValueError("must be ten years or less")
    return length


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours in which nothing unasked is sent, by the clock on the wall: from `start` until before `end`.

    `end` may be earlier than `start`: then the quiet runs over midnight. Made by `quiet_hours`, which leaves
    at least two hours of every day free.
    """

    start: time
    end: time

    def covers(self, wall: time) -> bool:
        """Whether it is quiet at this local time of day."""
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def next_allowed(self, moment_utc: datetime, zone: ZoneInfo) -> datetime:
        """Take an aware moment and the area's zone; give the moment, or the end of the quiet it falls in.

        The answer is in UTC, never earlier than the moment and never inside the quiet hours, also in the
        nights when the clock changes. An end that the clock skips in spring (02:30) is an hour late by the
        new clock (03:30); of an end that comes twice in autumn the next one counts. Raises ValueError for a
        moment without a zone.
        """
        at = local(moment_utc, zone)
        if not self.covers(at.time()):
            return at.astimezone(UTC)
        day = at.date() if at.time() < self.end else at.date() + timedelta(days=1)
        first, second = (datetime.combine(day, self.end.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
        return first if first >= at.astimezone(UTC) else second

    def last_allowed(self, moment_utc: datetime, zone: ZoneInfo) -> datetime:
        """As `next_allowed`, but backwards: the moment, or the beginning of the quiet that it falls in."""
        at = local(moment_utc, zone)
        if not self.covers(at.time()):
            return at.astimezone(UTC)
        day = at.date() if at.time() >= self.start else at.date() - timedelta(days=1)
        return datetime.combine(day, self.start, zone).astimezone(UTC)


def quiet_hours(text: str) -> QuietHours | None:
    """Read `21:00-09:00` (local times of day) or `none` (gives None: sending is always allowed).

    Raises ValueError, whose text fits behind the name of a setting, when it can't be read or leaves less than
    two hours of the day: with so little, the night in which the clock skips an hour could take it all.
    """
    text = text.strip()
    if text.lower() == "none":
        return None
    found = _QUIET.fullmatch(text)
    if not found:
        raise ValueError("must look like 21:00-09:00, or be none")
    hours = [int(number) for number in found.groups()]
    start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    quiet = datetime.combine(date.min, end) - datetime.combine(date.min, start)
    if not quiet:
        raise ValueError("must not start and end at the same time; write none for no quiet hours")
    if quiet % timedelta(days=1) > LONGEST_QUIET:
        raise ValueError("must leave two hours of the day or more to send in")
    return QuietHours(start, end)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(zone)


Span = tuple[time, time]
"""From a local time of day until before another."""
_SPAN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*([01]?[0-9]|2[0-3]):([0-5][0-9])")


def opening_times(text: str) -> tuple[Span, ...]:
    """Read `09:00-12:30, 13:30-17:00` (local times of one day) or `closed` (gives nothing).

    Raises ValueError, whose text fits behind the name of a setting, when it can't be read, when a span ends before it
    begins or when two overlap.
    """
    if text.strip().lower() == "closed":
        return ()
    spans: list[Span] = []
    for part in text.split(","):
        if not (found := _SPAN.fullmatch(part.strip())):
            raise ValueError("must look like 09:00-17:00 or 09:00-12:30, 13:30-17:00, or be closed")
        hours = [int(number) for number in found.groups()]
        start, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        if end <= start:
            raise ValueError("must end later than it begins")
        if spans and start < spans[-1][1]:
            raise ValueError("must not overlap, the earliest first")
        spans.append((start, end))
    return tuple(spans)


def next_opening(
    moment: datetime, week: Sequence[Sequence[Span]], zone: ZoneInfo, free_days: Collection[date]
) -> datetime:
    """When somebody is there: the moment itself when it falls in the hours, else the next opening; in UTC.

    `week`: the spans of Monday to Sunday, by the clock on the wall; on `free_days` it is closed. Where the clock skips
    an opening it is an hour later, of one that comes twice the first counts. Raises ValueError for a moment without a
    zone and for a week that is never open.
    """
    at = local(moment, zone)
    for ahead in range(7 * (len(free_days) + 2)):  # each week opens once at least, but for so many free days
        day = at.date() + timedelta(days=ahead)
        for start, end in week[day.weekday()] if day not in free_days else ():
            opens, closes = (datetime.combine(day, wall, zone).astimezone(UTC) for wall in (start, end))
            there = max(opens, at.astimezone(UTC))
            if there < closes:
                return there
    raise ValueError("a week without an opening")
