"""One call to Telegram, and what its failure means: the client's many errors made into few that one can act on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

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
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    Response,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendVoice,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import BotCommandScopeChat, FSInputFile
from pydantic import ValidationError

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    "sendMessage": SendMessage,
    "sendPhoto": SendPhoto,
    "sendMediaGroup": SendMediaGroup,
    "sendVoice": SendVoice,
    "sendLocation": SendLocation,
    "sendDocument": SendDocument,
    "editMessageText": EditMessageText,
}

_ANSWERS = [Response[method.__returning__] for method in (*METHODS.values(), SetMyCommands, AnswerCallbackQuery)]  # type: ignore[name-defined]
"""The types that aiogram reads answers with, held: pydantic forgets a generic type that nobody holds, and making it
anew at each call takes longer than the call."""


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


class Never(SendError):
    """Telegram refuses this message, however often it is tried."""


async def send(bot: Bot, telegram_id: int, method: str, content: dict[str, Any]) -> Any:
    """Make the call; gives Telegram's result. Raises a `SendError`."""
    try:
        return await bot(_call(telegram_id, method, content))
    except TelegramRetryAfter as error:
        raise TooFast(error.retry_after) from None
    except TelegramMigrateToChat as error:
        raise Moved(error.migrate_to_chat_id) from None
    except TelegramForbiddenError as error:
        raise Unreachable(error.message) from None
    except (
        TelegramNetworkError,
        TelegramServerError,
        RestartingTelegram,
        TelegramUnauthorizedError,
    ) as error:
        raise NotNow(type(error).__name__) from None
    except TelegramAPIError as error:
        if "message is not modified" in error.message:
            return None  # it says already what it should
        raise Never(error.message) from None
    except ClientDecodeError as error:
        if isinstance(error.data, dict) and error.data.get("ok"):
            return _arrived(error.data.get("result"))
        raise NotNow(type(error).__name__) from None  # a gateway's page, say
    except FileNotFoundError:
        raise Never("the file is gone") from None
    except (ValidationError, KeyError) as error:
        raise Never(type(error).__name__) from None


def _arrived(result: Any) -> Any:
    """What is needed of an answer that the client can't read, because Telegram's form of it is newer."""
    return SimpleNamespace(message_id=result.get("message_id") if isinstance(result, dict) else None)


def _call(telegram_id: int, method: str, content: dict[str, Any]) -> TelegramMethod[Any]:
    """The client's method. A file on this machine is `{"file": path, "name": shown name}` in place of a file id."""
    if method == "setMyCommands":
        return SetMyCommands(commands=content["commands"], scope=BotCommandScopeChat(chat_id=telegram_id))
    files = {
        name: FSInputFile(value["file"], value["name"])
        for name, value in content.items()
        if isinstance(value, dict) and "file" in value
    }
    return METHODS[method](chat_id=telegram_id, **{**content, **files})  # type: ignore[call-arg]  # typed per method
