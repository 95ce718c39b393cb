"""Where the methods of the Bot API put themselves, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.simulator.params import Params
from bot.simulator.state import BotAccount
from bot.simulator.world import World

Method = Callable[[World, BotAccount, Params], Any | Awaitable[Any]]
METHODS: dict[str, Method] = {}


def method(*names: str) -> Callable[[Method], Method]:
    """Register a function under the names of Bot API methods, which are read without regard to case."""

    def register(function: Method) -> Method:
        for name in names:
            METHODS[name.lower()] = function
        return function

    return register
