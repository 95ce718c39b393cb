"""When somebody will read it: the next moment at which the office is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.neighbourhood.hours import Span, next_opening, opening_times

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEK = [opening_times(text) for text in (*["09:00-12:30, 13:30-17:00"] * 4, "09:00-12:00", "closed", "closed")]
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})

moments = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))  # noqa: DTZ001
days = st.lists(st.times().map(lambda each: each.replace(second=0, microsecond=0)), unique=True, max_size=6).map(
    lambda walls: list(zip(*[iter(sorted(walls))] * 2, strict=False))
)
weeks = st.lists(days, min_size=7, max_size=7).filter(
    lambda week: any(end > start and start >= time(4) for day in week for start, end in day)
)
free = st.frozensets(st.dates(date(2024, 1, 1), date(2031, 12, 31)), max_size=12)


def is_open(moment: datetime, week: list[list[Span]], free_days: frozenset[date]) -> bool:
    """By the clock on the wall, as somebody at the door would say."""
    wall = moment.astimezone(AMSTERDAM)
    spans = week[wall.weekday()] if wall.date() not in free_days else []
    return any(start <= wall.time() < end for start, end in spans)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 11:00", "2026-11-23 11:00"),  # a Monday, open
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 12:30", "2026-11-23 13:30"),
        ("2026-11-23 17:00", "2026-11-24 09:00"),
        ("2026-11-27 12:00", "2026-11-30 09:00"),  # Friday noon
        ("2026-12-24 17:30", "2026-12-28 09:00"),  # over Christmas
        ("2026-12-31 18:00", "2027-01-04 09:00"),
        ("2026-03-27 20:00", "2026-03-30 09:00"),  # the clock skips an hour in between
        ("2026-10-23 20:00", "2026-10-26 09:00"),  # and goes back
    ],
)
def test_when_somebody_will_read_it(moment: str, opens: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    assert next_opening(at, WEEK, AMSTERDAM, CHRISTMAS) == datetime.fromisoformat(opens).replace(tzinfo=AMSTERDAM)


@given(moments, weeks, free)
def test_it_is_open_then_and_at_no_moment_before(
    moment: datetime, week: list[list[Span]], free_days: frozenset[date]
) -> None:
    opens = next_opening(moment, week, AMSTERDAM, free_days)
    assert opens >= moment
    assert next_opening(opens, week, AMSTERDAM, free_days) == opens, "somebody is there then"
    wall = opens.astimezone(AMSTERDAM)
    if wall.time() >= time(4):  # no clock changes after four
        assert is_open(opens, week, free_days)
    between = min((opens - moment) // 40, timedelta(days=3))
    for step in range(40):
        earlier = moment + between * step
        if earlier < opens and earlier.astimezone(AMSTERDAM).time() >= time(4):
            assert not is_open(earlier, week, free_days)


def test_an_opening_that_the_clock_skips_is_an_hour_later() -> None:
    week = [opening_times("closed")] * 6 + [opening_times("02:30-05:00")]
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert next_opening(saturday, week, AMSTERDAM, ()) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    gone = [opening_times("closed")] * 6 + [opening_times("02:10-02:50")]
    assert next_opening(saturday, gone, AMSTERDAM, ()) == datetime(2026, 3, 29, 1, 10, tzinfo=UTC)


def test_a_week_that_is_never_open_and_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without an opening"):
        next_opening(datetime(2026, 1, 1, tzinfo=UTC), [()] * 7, AMSTERDAM, ())
    with pytest.raises(ValueError, match="without a time zone"):
        next_opening(datetime(2026, 1, 1), WEEK, AMSTERDAM, ())  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize("text", ["", "9-17", "09:00-17:00-18:00", "25:00-26:00", "17:00-09:00", "09:00-09:00"])
def test_hours_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        opening_times(text)
