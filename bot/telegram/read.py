"""Reading Telegram's updates, one by one, into what the bot works with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiogram import types

from conversations import inputs

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command, without its slash, in lower case; and what stands behind it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update: who sent it, where, and what it was. At most one of the last fields is set."""

    update_id: int
    chat_id: int
    language_code: str | None
    is_private: bool
    given: inputs.Input | None = None
    command: Command | None = None
    button: str | None = None
    callback_id: str | None = None
    edited: bool = False
    membership: str | None = None


class NotForUs(Exception):
    """An update that asks nothing of the bot: a channel's post, another bot, an event in a group."""


def read(raw: dict[str, Any]) -> Incoming:
    """One raw update. Raises `NotForUs`, or pydantic's ValidationError where it is none."""
    update = types.Update.model_validate(raw)
    if update.callback_query is not None:
        return _callback(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        changed = update.my_chat_member
        return Incoming(
            update.update_id,
            changed.chat.id,
            changed.from_user.language_code,
            changed.chat.type == "private",
            membership=changed.new_chat_member.status,
        )
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        raise NotForUs
    where = (
        update.update_id,
        message.chat.id,
        message.from_user.language_code,
        message.chat.type == "private",
    )
    if update.edited_message is not None:
        return Incoming(*where, edited=True)
    command = COMMAND.fullmatch(_clean(message.text or message.caption or "").strip())
    given = _given(message)
    if command:
        photo = given if isinstance(given, inputs.Photo) else None
        return Incoming(*where, command=Command(command[1].lower(), (command[2] or "").strip()), given=photo)
    if given is None:
        raise NotForUs
    return Incoming(*where, given=given)


def sender_of(raw: Any) -> tuple[int, str | None] | None:
    """Chat id and language of a private sender, dug out of an update that can't be read otherwise."""
    try:
        content = next(raw[kind] for kind in ("message", "edited_message", "callback_query") if kind in raw)
        chat = content.get("chat") or content["message"]["chat"]
        language = content["from"].get("language_code")
        language = language if isinstance(language, str) else None
        return (int(chat["id"]), language) if chat["type"] == "private" else None
    except (StopIteration, KeyError, TypeError, ValueError, AttributeError):
        return None


def _callback(update_id: int, query: types.CallbackQuery) -> Incoming:
    message = query.message
    chat = message.chat if message is not None else None
    return Incoming(
        update_id,
        chat.id if chat else query.from_user.id,
        query.from_user.language_code,
        chat is None or chat.type == "private",
        button=_clean(query.data or ""),
        callback_id=query.id,
    )


def _clean(text: str) -> str:
    """The text without what no database holds: the sign of number 0, and half of a pair of UTF-16 units."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


_SILENT = (
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)
"""Telegram's own notes in a chat; nobody said anything. Others that aren't known here are treated as a thing sent."""


def _given(message: types.Message) -> inputs.Input | None:
    if message.text is not None:
        return inputs.Said(_clean(message.text))
    if message.photo:
        return inputs.Photo(message.photo[-1].file_id, _clean(message.caption or ""), message.media_group_id)
    if message.voice is not None:
        return inputs.Voice(message.voice.file_id, message.voice.duration)
    if message.venue is not None:
        at, called = message.venue.location, f"{message.venue.title}, {message.venue.address}"
        return inputs.Spot(at.latitude, at.longitude, called)
    if message.location is not None:
        return inputs.Spot(message.location.latitude, message.location.longitude)
    if any(getattr(message, name) for name in _SILENT):
        return None
    return inputs.Thing(str(message.content_type))
