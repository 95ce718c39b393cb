"""Waiting in tests for something that the bot does by itself, without a reply that one could wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")


async def until(read: Callable[[], Awaitable[Value]], wanted: Value, seconds: float = 15) -> None:
    """Read again and again until it gives what is wanted; an AssertionError says what it gave last."""
    last = await read()
    for _again in range(int(seconds / 0.05)):
        if last == wanted:
            return
        await asyncio.sleep(0.05)
        last = await read()
    raise AssertionError(f"wanted {wanted!r}, and it stayed {last!r}")
