"""Somebody who sends a great deal at once: counted, so that they get one remark and not a hundred questions."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW_SECONDS = 10.0
MANY = 10
"""From so many inputs in the window on it is looked whether answers pile up; people who type fast send four."""
REMEMBERED = 1000
"""Chats; the oldest is forgotten, and then counts anew."""


@dataclass(slots=True)
class Floods:
    """How much each chat has sent lately. In memory: after a restart the count begins anew, which harms nobody."""

    clock: Callable[[], float] = time.monotonic
    _chats: dict[int, tuple[float, int]] = field(default_factory=dict)
    _told: set[int] = field(default_factory=set)

    def another(self, chat_id: int) -> int:
        """Count an input of this chat; gives how many there were, each within the window after the one before."""
        now = self.clock()
        last, count = self._chats.pop(chat_id, (now, 0))
        if now - last > WINDOW_SECONDS:
            count = 0
            self._told.discard(chat_id)
        self._chats[chat_id] = (now, count + 1)
        while len(self._chats) > REMEMBERED:
            oldest = next(iter(self._chats))
            self._chats.pop(oldest)
            self._told.discard(oldest)
        return count + 1

    def is_to_be_told(self, chat_id: int) -> bool:
        """Whether this is the first time, since it was calm, that the chat is told."""
        first = chat_id not in self._told
        self._told.add(chat_id)
        return first
