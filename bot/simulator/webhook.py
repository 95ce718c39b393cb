"""Delivering updates to a webhook: in order within a chat, side by side over chats, until taken."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.simulator.state import BotAccount, Pending
from bot.simulator.world import World

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
ANSWER_WITHIN = 60.0


class WebhookDelivery:
    """One queue a chat; each is emptied by one task."""

    def __init__(self, world: World, call: Callable[[BotAccount, dict[str, Any]], Awaitable[object]]) -> None:
        self._world = world
        self._call = call
        self._queues: dict[tuple[int, int], deque[Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: dict[int, asyncio.Semaphore] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Begin, also with what was left over from before a restart."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_WITHIN))
        self._world.to_webhook = self.enqueue
        for bot in self._world.state.bots.values():
            if bot.webhook is not None:
                for pending in list(bot.updates.values()):
                    self.enqueue(bot, pending)

    async def stop(self) -> None:
        """End; what was not taken waits in the state."""
        self._world.to_webhook = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def enqueue(self, bot: BotAccount, pending: Pending) -> None:
        """Put an update behind the others of its chat."""
        key = (bot.id, pending.chat_id)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = deque()
            task = asyncio.get_running_loop().create_task(self._empty(bot, key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if all(waiting.id != pending.id for waiting in queue):
            queue.append(pending)

    async def _empty(self, bot: BotAccount, key: tuple[int, int]) -> None:
        queue, wait = self._queues[key], FIRST_WAIT
        try:
            while queue and bot.webhook is not None:
                pending = queue[0]
                if pending.id in bot.updates and not await self._taken(bot, pending):
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                    continue
                self._world.forget_update(bot, pending.id)
                queue.popleft()
                wait = FIRST_WAIT
        finally:
            self._queues.pop(key, None)

    async def _taken(self, bot: BotAccount, pending: Pending) -> bool:
        """Whether the other side said 2xx."""
        webhook = bot.webhook
        if webhook is None or self._session is None:
            return False
        limit = self._connections.setdefault(bot.id, asyncio.Semaphore(webhook["connections"]))
        headers = {"Content-Type": "application/json"}
        if webhook["secret"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret"]
        try:
            async with (
                limit,
                self._session.post(webhook["url"], data=json.dumps(pending.body).encode(), headers=headers) as answer,
            ):
                if not 200 <= answer.status < 300:
                    problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                    bot.last_error = (int(time.time()), problem)
                    return False
                if answer.content_type == "application/json":
                    await self._act_on(bot, await answer.read())
                return True
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            bot.last_error = (int(time.time()), str(error) or type(error).__name__)
            return False

    async def _act_on(self, bot: BotAccount, body: bytes) -> None:
        """A webhook may answer with a call in its body."""
        try:
            call = json.loads(body or b"null")
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self._call(bot, call)
