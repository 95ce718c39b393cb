"""Telegram's pace: about 30 messages a second in all, one a second to a chat (short bursts pass), 20 a minute to a
group.

None of these numbers is promised, so a 429 is obeyed besides. Times are monotonic seconds.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

_REMEMBERED_CHATS = 20_000


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast may be sent; a rate of 0 is without limit."""

    per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 3
    group_per_minute: float = 20
    group_burst: int = 3


class Pace:
    """Says when the next message may go; whoever waits with a smaller lane goes first."""

    def __init__(self, rates: Rates, time: Callable[[], float] = monotonic) -> None:
        self._rates = rates
        self._time = time
        self._chats: OrderedDict[int, float] = OrderedDict()  # chat -> the moment at which its bucket is full again
        self._paused: dict[int, float] = {}
        self._next_at = 0.0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, chat: int, lane: int, *, group: bool = False) -> None:
        """Wait until a message to this chat may go, and count it."""
        while (pause := self._chat_pause(chat, group=group)) > 0:  # noqa: ASYNC110 - time, no event
            await asyncio.sleep(pause)
        self._count(chat, group=group)
        if self._rates.per_second:
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (lane, next(self._order), turn))
            self._pump()
            await turn

    def slow_down(self, chat: int, seconds: float) -> None:
        """Telegram said: not so fast. Pauses that chat; everything when other chats were told so at the same time."""
        now = self._time()
        self._paused = {each: until for each, until in self._paused.items() if until > now}
        self._paused[chat] = max(self._paused.get(chat, 0), now + seconds)
        if len(self._paused) > 2:
            self._next_at = max(self._next_at, now + seconds)

    def _chat_pause(self, chat: int, *, group: bool) -> float:
        now = self._time()
        pause = self._paused.get(chat, 0) - now
        interval, burst = self._chat_rate(group=group)
        return max(pause, self._chats.get(chat, 0) - now - interval * (burst - 1)) if interval else pause

    def _count(self, chat: int, *, group: bool) -> None:
        interval, _ = self._chat_rate(group=group)
        if interval:
            self._chats[chat] = max(self._chats.pop(chat, 0), self._time()) + interval
            if len(self._chats) > _REMEMBERED_CHATS:
                self._chats.popitem(last=False)

    def _chat_rate(self, *, group: bool) -> tuple[float, int]:
        if group:
            rate = self._rates.group_per_minute / 60
            return (1 / rate if rate else 0, self._rates.group_burst)
        return (1 / self._rates.chat_per_second if self._rates.chat_per_second else 0, self._rates.chat_burst)

    def _pump(self) -> None:
        """Let through who may go now; come back when the next may."""
        self._timer = None
        now = self._time()
        interval = 1 / self._rates.per_second
        while self._waiting and self._next_at <= now:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.cancelled():
                turn.set_result(None)
                # A late wake-up is made good by at most a tenth of a second's worth, so that the rate is kept.
                self._next_at = max(self._next_at, now - 0.1) + interval
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._next_at - now, self._pump)
