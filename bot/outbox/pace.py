"""Telegram's pace: about 30 messages a second in all, one a second to a chat (short bursts pass), 20 a minute to a
group.

None of these numbers is promised, so a 429 is obeyed besides, and learned from. Times are monotonic seconds.
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
REPLIES_AHEAD = 10
"""So many replies may go before the common pace allows them."""
LATE_SECONDS = 0.25
LESS, LEAST = 0.9, 0.1
"""After "not so fast" only this part of the rate is used, down to the least."""
NOTICED_SECONDS = 5.0
"""What was under way when the rate was lowered says nothing about the lower one."""
BACK_SECONDS = 1200.0
"""In so long the rate would come back from nothing: a tenth of it in two minutes."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast may be sent; a rate of 0 is without limit."""

    per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 3
    group_per_minute: float = 20
    group_burst: int = 3


class Share:
    """Which part of the common rate is used: less after Telegram said "not so fast", in time all of it again."""

    def __init__(self) -> None:
        self._share = 1.0
        self._at = 0.0

    def now(self, time: float) -> float:
        """The part by now: 1 is the whole rate."""
        return min(1.0, self._share + max(time - self._at, 0.0) / BACK_SECONDS)

    def lower(self, time: float, seconds: float) -> None:
        """Told not to be so fast and to wait so long: use less, and begin to come back after that."""
        if self._share == 1.0 or time >= self._at + NOTICED_SECONDS:
            self._share = max(self.now(time) * LESS, LEAST)
            self._at = time + seconds


class Pace:
    """Says when the next message may go; whoever waits with a smaller lane goes first."""

    def __init__(self, rates: Rates, time: Callable[[], float] = monotonic) -> None:
        self._rates = rates
        self._time = time
        self._share = Share()
        self._chats: OrderedDict[int, float] = OrderedDict()  # chat -> the moment at which its bucket is full again
        self._paused: dict[int, float] = {}
        self._next_at = 0.0
        self._all_paused_until = 0.0
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, chat: int, lane: int, *, group: bool = False, messages: int = 1) -> None:
        """Wait until so many messages to this chat may go, and count them.

        A few replies need not wait for the common pace: what they take, the others wait for afterwards.
        """
        while (pause := self._chat_pause(chat, group=group)) > 0:  # noqa: ASYNC110 - time, no event
            await asyncio.sleep(pause)
        self._count(chat, messages, group=group)
        if not self._rates.per_second:
            return
        if lane == 0 and not self._all_paused and self._next_at - self._time() < REPLIES_AHEAD / self.per_second:
            self._pass(messages)
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (lane, next(self._order), messages, turn))
        self._pump()
        await turn

    def slow_down(self, chat: int, seconds: float) -> None:
        """Telegram said: not so fast. Pauses that chat; everything when other chats were told so at the same time.

        Where that chat alone did not get too much, all together did: from now on a little less goes to everybody.
        """
        now = self._time()
        interval, _ = self._chat_rate(group=False)
        if self._chats.get(chat, 0) - now <= interval:
            self._share.lower(now, seconds)
        self._paused = {each: until for each, until in self._paused.items() if until > now}
        self._paused[chat] = max(self._paused.get(chat, 0), now + seconds)
        if len(self._paused) > 2:
            self._next_at = max(self._next_at, now + seconds)
            self._all_paused_until = self._next_at

    @property
    def per_second(self) -> float:
        """How many messages a second go to everybody together by now; 0 is without limit."""
        return self._rates.per_second * self._share.now(self._time())

    @property
    def _all_paused(self) -> bool:
        return self._all_paused_until > self._time()

    def _pass(self, messages: int) -> None:
        """Count what goes now. A wake-up a moment late is made good; a rest, by a tenth of a second's worth."""
        now = self._time()
        at = self._next_at if now - self._next_at <= LATE_SECONDS else now - 0.1
        self._next_at = at + messages / self.per_second

    def _chat_pause(self, chat: int, *, group: bool) -> float:
        now = self._time()
        pause = self._paused.get(chat, 0) - now
        interval, burst = self._chat_rate(group=group)
        return max(pause, self._chats.get(chat, 0) - now - interval * (burst - 1)) if interval else pause

    def _count(self, chat: int, messages: int, *, group: bool) -> None:
        interval, _ = self._chat_rate(group=group)
        if interval:
            self._chats[chat] = max(self._chats.pop(chat, 0), self._time()) + interval * messages
            if len(self._chats) > _REMEMBERED_CHATS:
                self._chats.popitem(last=False)

    def _chat_rate(self, *, group: bool) -> tuple[float, int]:
        if group:
            a_minute, burst = self._rates.group_per_minute, self._rates.group_burst
            steady = max(a_minute - burst + 1, 1)  # the burst is part of the minute, or it would hold more than it may
            return (60 / steady if a_minute else 0, burst)
        return (1 / self._rates.chat_per_second if self._rates.chat_per_second else 0, self._rates.chat_burst)

    def _pump(self) -> None:
        """Let through who may go now; come back when the next may."""
        while self._waiting and self._next_at <= self._time():
            _lane, _number, messages, turn = heapq.heappop(self._waiting)
            if not turn.cancelled():
                turn.set_result(None)
                self._pass(messages)
        if self._waiting and (self._timer is None or self._timer.when() <= asyncio.get_running_loop().time()):
            pause = max(self._next_at - self._time(), 0)
            self._timer = asyncio.get_running_loop().call_later(pause, self._pump)
