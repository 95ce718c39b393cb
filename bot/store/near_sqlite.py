"""SQLite in the event loop's own thread, but for what may wait: the lock and the disk.

aiosqlite hands each step of each statement (cursor, execute, fetch, close) to a thread and back. For the one connection
that writes, whose statements take microseconds, that hop costs more than the statement: a sixth of the processor's time
for an update (`make bench`). What takes long, beginning (the lock) and committing (the disk), still goes to the thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_CURSORS_ROWS = 64


class NearConnection(aiosqlite.Connection):
    """A connection whose short steps run where they are called."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        may_wait = fn.__name__ in ("commit", "rollback") or (
            fn.__name__ == "execute" and str(args[0]).startswith(("BEGIN", "PRAGMA"))
        )
        if may_wait or self._connection is None:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite's
        return fn(*args, **kwargs)


def connect(*arguments: Any, **named: Any) -> aiosqlite.Connection:
    """For SQLAlchemy's `async_creator_fn`: takes what `sqlite3.connect` takes."""
    named["check_same_thread"] = False  # the loop's thread and the connection's never use it at once: steps are awaited
    return NearConnection(lambda: sqlite3.connect(*arguments, **named), _CURSORS_ROWS)
