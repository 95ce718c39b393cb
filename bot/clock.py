"""The one clock for civil time: what is said to people, when something falls due.

Leases, pace and retries never use it: they run on monotonic time or the database's own, so that moving this clock
(which only the demo and tests do) sends nothing twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Now, in UTC."""

    def now(self) -> datetime:
        """The moment, time-zone aware, in UTC."""
        return datetime.now(UTC)


class MovableClock(Clock):
    """A clock that the demo and tests move forward, from `start` or from now."""

    def __init__(self, start: datetime | None = None) -> None:
        self._stands_at = start
        self._moved = timedelta()

    def now(self) -> datetime:
        """The moment; stands still when a start was given, until it is moved."""
        return (self._stands_at or super().now()) + self._moved

    def move(self, by: timedelta) -> None:
        """Let so much time pass at once."""
        self._moved += by
