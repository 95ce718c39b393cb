"""aiogram's client, with a second way to call: what is stored as JSON goes as JSON, and comes back so.

Making each message into aiogram's types, these into a form, and the answer into types again takes more of the processor
than all the rest of an update; nobody reads those types here (`make bench`).
"""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError
from aiogram.methods import GetMe
from aiohttp import ClientError, ClientTimeout

# Errors carry the method that failed; which one it was, the outbox's row knows.
_ANY = GetMe()


class Client(AiohttpSession):
    """aiogram's session that can post what is JSON already."""

    async def post(self, bot: Bot, method: str, content: dict[str, Any]) -> Any:
        """Telegram's result, as plain JSON. Raises aiogram's errors."""
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method)
        try:
            async with session.post(url, json=content, timeout=ClientTimeout(self.timeout)) as response:
                answer = await response.text()
        except TimeoutError as error:
            raise TelegramNetworkError(_ANY, "Request timeout error") from error
        except ClientError as error:
            raise TelegramNetworkError(_ANY, type(error).__name__) from error
        if not response.ok:
            self.check_response(bot, _ANY, response.status, answer)  # raises what fits
        try:
            return self.json_loads(answer)["result"]
        except (ValueError, KeyError, TypeError) as error:
            raise ClientDecodeError("no result", error, answer) from error
