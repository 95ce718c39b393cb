"""Telegram's pace: so much a second in all, so much a chat, so much a group; over it comes 429."""

from __future__ import annotations

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

CHATS_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Pace:
    """The limits. Telegram promises none of these numbers; `scale` makes all of them faster or slower."""

    global_per_second: float = 30
    chat_per_second: float = 1
    chat_burst: int = 3
    group_per_minute: float = 20
    scale: float = 1.0


@dataclass
class Statistics:
    """What was let through and what was held back, by whole second since the simulator started."""

    started: float = field(default_factory=time.monotonic)
    accepted: Counter[int] = field(default_factory=Counter)
    held_back: Counter[int] = field(default_factory=Counter)

    def count(self, accepted: bool) -> None:
        """Note one message, let through or answered with 429."""
        (self.accepted if accepted else self.held_back)[int(time.monotonic() - self.started)] += 1

    @property
    def total_accepted(self) -> int:
        """All messages that were let through."""
        return self.accepted.total()

    @property
    def total_held_back(self) -> int:
        """All messages that were answered with 429."""
        return self.held_back.total()


class Bucket:
    """A token bucket: fills at `rate` a second up to `size`."""

    __slots__ = ("at", "left", "rate", "size")

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate, self.size, self.left, self.at = rate, size, size, now

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one now."""
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.left >= 1.0 else (1.0 - self.left) / self.rate


class PaceKeeper:
    """Holds a bot's messages to the pace."""

    def __init__(self, pace: Pace, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.pace = pace
        self._now = monotonic
        self._bots: dict[int, Bucket] = {}
        self._chats: OrderedDict[tuple[int, int], Bucket] = OrderedDict()

    def take(self, bot_id: int, chat_id: int, messages: int = 1) -> int:
        """Take room for this many messages: 0 when allowed, else the whole seconds to wait."""
        now, pace = self._now(), self.pace
        everyone = self._bots.get(bot_id)
        if everyone is None:
            rate = pace.global_per_second * pace.scale
            everyone = self._bots[bot_id] = Bucket(rate, max(1.0, rate), now)
        chat = self._chats.get((bot_id, chat_id))
        if chat is None:
            if chat_id < 0:
                chat = Bucket(pace.group_per_minute * pace.scale / 60, max(1.0, pace.group_per_minute), now)
            else:
                chat = Bucket(pace.chat_per_second * pace.scale, max(1.0, pace.chat_burst), now)
            self._chats[bot_id, chat_id] = chat
            if len(self._chats) > CHATS_REMEMBERED:
                self._chats.popitem(last=False)
        wait = max(everyone.wait(now), chat.wait(now))
        if wait > 0:
            return max(1, math.ceil(wait))
        # An album may overdraw: Telegram counts its messages afterwards, the next one waits the longer.
        everyone.left -= messages
        chat.left -= messages
        return 0
