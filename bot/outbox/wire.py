"""One call to Telegram, and what its failure means: the client's many errors made into few that one can act on."""

from __future__ import annotations

from typing import Any, cast

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDocument, SendPhoto, TelegramMethod
from aiogram.types import BufferedInputFile, FSInputFile
from aiohttp import ClientConnectorError

from bot.outbox.client import Client

CARRY_FILES: dict[str, type[TelegramMethod[Any]]] = {"sendPhoto": SendPhoto, "sendDocument": SendDocument}


class SendError(Exception):
    """A message did not go."""


class TooFast(SendError):
    """Telegram asks to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__("told to wait")
        self.seconds = seconds


class Unreachable(SendError):
    """The person blocked the bot, or left Telegram."""


class Moved(SendError):
    """The group has another id now."""

    def __init__(self, telegram_id: int) -> None:
        super().__init__("the group has moved")
        self.telegram_id = telegram_id


class NotNow(SendError):
    """Telegram or the network failed; the message may or may not have arrived."""


class Unheard(NotNow):
    """Telegram or the network failed before anything could arrive."""


class NotTried(SendError):
    """It was not even tried: the bot stops, or it comes too late."""


class Never(SendError):
    """Telegram refuses this message, however often it is tried."""


async def send(bot: Bot, telegram_id: int, method: str, content: dict[str, Any]) -> int | None:
    """Make the call; gives the number of the message that it made, if any. Raises a `SendError`."""
    try:
        return await _call(bot, telegram_id, method, content)
    except TelegramRetryAfter as error:
        raise TooFast(error.retry_after) from None
    except TelegramMigrateToChat as error:
        raise Moved(error.migrate_to_chat_id) from None
    except TelegramForbiddenError as error:
        raise Unreachable(error.message) from None
    except TelegramUnauthorizedError as error:
        raise Unheard(type(error).__name__) from None
    except TelegramNetworkError as error:
        failure = Unheard if isinstance(error.__cause__, ClientConnectorError) else NotNow
        raise failure(type(error).__name__) from None
    except (TelegramServerError, RestartingTelegram) as error:
        raise NotNow(type(error).__name__) from None
    except TelegramAPIError as error:
        if "message is not modified" in error.message:
            return None  # it says already what it should
        raise Never(error.message) from None
    except ClientDecodeError as error:
        raise NotNow(type(error).__name__) from None  # a gateway's page, say
    except FileNotFoundError:
        raise Never("the file is gone") from None


async def _call(bot: Bot, telegram_id: int, method: str, content: dict[str, Any]) -> int | None:
    """A file is `{"file": path, "name": shown name}` in place of a file id, a small one `{"text": …, "name": …}`.

    aiogram carries those.
    """
    files = {name: made for name, value in content.items() if (made := _file(value)) is not None}
    if files:
        sent = await bot(CARRY_FILES[method](chat_id=telegram_id, **{**content, **files}))  # type: ignore[call-arg]  # typed per method
        return int(sent.message_id)
    if method == "setMyCommands":
        content = {**content, "scope": {"type": "chat", "chat_id": telegram_id}}
    else:
        content = {"chat_id": telegram_id, **content}
    result = await cast(Client, bot.session).post(bot, method, content)
    return result.get("message_id") if isinstance(result, dict) else None


def _file(value: Any) -> FSInputFile | BufferedInputFile | None:
    if not isinstance(value, dict) or "name" not in value:
        return None
    if "text" in value:
        return BufferedInputFile(value["text"].encode(), value["name"])
    return FSInputFile(value["file"], value["name"])
