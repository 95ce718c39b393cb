"""One call of the Bot API: from its name and parameters to Telegram's envelope, noted down."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from dataclasses import dataclass
from typing import Any

import bot.simulator.methods  # noqa: F401 - it registers what METHODS holds
from bot.simulator.errors import Refused
from bot.simulator.faults import Fault, first_that_strikes
from bot.simulator.params import Params
from bot.simulator.registry import METHODS
from bot.simulator.state import BotAccount, Json
from bot.simulator.world import World

REFUSALS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, and how it ended."""

    method: str
    chat_id: int | None
    ok: bool
    error_code: int | None = None
    description: str = ""


class ConnectionDropped(Exception):
    """The connection must close without an answer."""


class Dispatch:
    """Carries calls out and remembers them."""

    def __init__(self, world: World, calls_kept: int) -> None:
        self.world = world
        self.methods = METHODS
        self.calls: deque[Call] = deque(maxlen=calls_kept)
        self.refusals: list[Call] = []

    async def __call__(self, bot: BotAccount, name: str, params: Params) -> tuple[int, Json]:
        """Carry out one call: the HTTP status and the envelope."""
        fault = first_that_strikes(self.world.faults, name) if self.world.faults else None
        if fault is not None and fault.kind != "drop_after":
            return await self._faulty(fault, name, params)
        function = self.methods.get(name.lower())
        try:
            if function is None:
                raise Refused(404, "Not Found: method not found")
            result = function(self.world, bot, params)
            if inspect.isawaitable(result):
                result = await result
        except Refused as error:
            return self._refused(name, params, error)
        if fault is not None:
            self._note(name, params, ok=False, description="drop_after")
            raise ConnectionDropped
        self._note(name, params, ok=True)
        return 200, {"ok": True, "result": result}

    async def _faulty(self, fault: Fault, name: str, params: Params) -> tuple[int, Json]:
        if fault.kind == "silence":
            while fault in self.world.faults and not fault.over:  # noqa: ASYNC110 - a list or a time ends it
                await asyncio.sleep(0.05)
        if fault.kind in ("silence", "drop_before"):
            self._note(name, params, ok=False, description=fault.kind)
            raise ConnectionDropped
        if fault.kind == "retry_after":
            seconds = max(1, int(fault.seconds or 1))
            error = Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        else:
            error = Refused(fault.status, {502: "Bad Gateway"}.get(fault.status, "Internal Server Error"))
        return self._refused(name, params, error, by_fault=True)

    def _refused(self, name: str, params: Params, error: Refused, by_fault: bool = False) -> tuple[int, Json]:
        call = self._note(name, params, False, error.code, error.description)
        if error.code in (400, 404, 413) and not by_fault and len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(call)
        envelope: Json = {"ok": False, "error_code": error.code, "description": error.description}
        if error.parameters:
            envelope["parameters"] = error.parameters
        return error.code, envelope

    def _note(self, name: str, params: Params, ok: bool, error_code: int | None = None, description: str = "") -> Call:
        call = Call(name, _number(params.values.get("chat_id")), ok, error_code, description)
        self.calls.append(call)
        return call


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
