"""Receiving: long polls, or what the webhook was handed. Telegram keeps what is not confirmed, for 24 hours."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Any

import aiohttp
from aiogram.client.telegram import TelegramAPIServer

from bot.settings import Settings, SettingsError
from bot.telegram.loop import Raw, TurnLoop

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""Named at every poll: what is left out keeps the setting from before, whatever that was."""
POLL_SECONDS = 30
BATCH = 100


class TelegramAway(Exception):
    """Telegram could not be asked; `wait` says for how many seconds to leave it in peace, if it said so."""

    def __init__(self, why: str, wait: float = 0, code: int | None = None) -> None:
        super().__init__(why)
        self.wait = wait
        self.code = code


class Rejected(Exception):
    """Telegram doesn't know this bot, or doesn't take what a setting says; the message is one line that names it."""


async def call(client: aiohttp.ClientSession, url: str, asked: dict[str, Any]) -> Any:
    """One call of the Bot API, answered raw. Raises `TelegramAway` or `Rejected`."""
    try:
        async with client.post(url, json=asked, timeout=aiohttp.ClientTimeout(total=POLL_SECONDS + 15)) as response:
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise TelegramAway(type(error).__name__) from None  # the error's own text holds the token
    if isinstance(answer, dict) and answer.get("ok"):
        return answer["result"]
    answer = answer if isinstance(answer, dict) else {}
    if answer.get("error_code") in (401, 404):
        raise Rejected("BOT_TOKEN: Telegram doesn't know this token; BotFather shows the right one")
    wait = (answer.get("parameters") or {}).get("retry_after", 0)
    code = answer.get("error_code")
    raise TelegramAway(f"{code} {answer.get('description')}", wait, code)


async def call_until_it_works(url: str, asked: dict[str, Any], at_fault: str | None = None) -> Any:
    """Call with growing pauses while Telegram is away. Raises `Rejected`.

    `at_fault`: the setting that is wrong when Telegram refuses what is asked.
    """
    pause = 1.0
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                return await call(client, url, asked)
            except TelegramAway as away:
                if at_fault and away.code == 400:
                    raise Rejected(f"{at_fault}: Telegram refuses it ({away})") from None
                log.warning("Telegram is away: %s", away)
                await asyncio.sleep(max(pause, away.wait))
                pause = min(pause * 2, 30)


async def name_of_bot(settings: Settings) -> str:
    """What the bot is called on Telegram. Raises `SettingsError` without a token or an answer, `Rejected`."""
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    async with aiohttp.ClientSession() as client:
        try:
            return str((await call(client, server.api_url(settings.token, "getMe"), {}))["username"])
        except TelegramAway as away:
            raise SettingsError(f"Telegram can't be asked for the bot's name ({away}); give it with --bot") from None


async def listen_by_webhook(server: TelegramAPIServer, token: str, settings: Settings) -> None:
    """Tell Telegram where to bring updates. Raises `Rejected`."""
    asked = {
        "url": settings.webhook_url,
        "secret_token": settings.webhook_secret.get_secret_value(),
        "allowed_updates": list(ALLOWED_UPDATES),
        "drop_pending_updates": False,
    }
    await call_until_it_works(server.api_url(token, "setWebhook"), asked, at_fault="WEBHOOK_URL")


class Polling:
    """Asks Telegram for updates and lets them act, until it is cancelled."""

    def __init__(self, server: TelegramAPIServer, token: str, turns: TurnLoop) -> None:
        self._server = server
        self._token = token
        self._turns = turns
        self._offset: int | None = None
        self._answered = monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long ago Telegram answered last."""
        return monotonic() - self._answered

    async def run(self) -> None:
        """Poll. Raises `LeaseLost`, `Rejected`."""
        self._answered = monotonic()  # it wasn't asked while another process worked
        pause = 1.0
        careful = True
        url = self._server.api_url(self._token, "deleteWebhook")
        await call_until_it_works(url, {"drop_pending_updates": False})
        async with aiohttp.ClientSession() as client:
            while True:
                try:
                    updates = await self._poll(client)
                except TelegramAway as away:
                    log.warning("no updates from Telegram: %s", away)
                    await asyncio.sleep(max(pause, away.wait))
                    pause = min(pause * 2, 30)
                    continue
                pause = 1.0
                self._answered = monotonic()
                await self._turns.take(updates, after_start=careful)
                careful = False
                if updates:
                    self._offset = max(raw["update_id"] for raw in updates) + 1

    async def _poll(self, client: aiohttp.ClientSession) -> list[Raw]:
        asked: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._offset is not None:
            asked["offset"] = self._offset
        found = await call(client, self._server.api_url(self._token, "getUpdates"), asked)
        return [raw for raw in found if isinstance(raw, dict) and isinstance(raw.get("update_id"), int)]


class Inbox:
    """Updates that the webhook was handed, each with somebody who waits until it may be confirmed."""

    def __init__(self, server: TelegramAPIServer, settings: Settings, turns: TurnLoop) -> None:
        self._server = server
        self._settings = settings
        self._turns = turns
        self._waiting: asyncio.Queue[tuple[Raw, asyncio.Future[None]]] = asyncio.Queue(maxsize=BATCH * 10)

    async def hand_in(self, raw: Raw) -> None:
        """Wait until this update has acted and that is on disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._waiting.put((raw, done))
        await done

    async def run(self) -> None:
        """Tell Telegram where to bring updates, and let them act. Raises `LeaseLost`, `Rejected`."""
        try:
            await listen_by_webhook(self._server, self._settings.token, self._settings)
        except BaseException:  # as below: some may have come already
            self._refuse([])
            raise
        await self._serve()

    async def _serve(self) -> None:
        """Let what was handed in act, all that waits in one turn."""
        careful = True
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < BATCH:
                batch.append(self._waiting.get_nowait())
            try:
                await self._turns.take([raw for raw, _done in batch], after_start=careful)
            except BaseException:  # also when cancelled: whoever waits is told, and Telegram brings it again
                self._refuse(batch)
                raise
            careful = False
            for _raw, done in batch:
                if not done.done():
                    done.set_result(None)

    def _refuse(self, batch: list[tuple[Raw, asyncio.Future[None]]]) -> None:
        while not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        for _raw, done in batch:
            done.cancel()
