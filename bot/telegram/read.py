"""Reading Telegram's updates, one by one, into what the bot works with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiogram import types
from aiogram.enums import ContentType

from conversations import inputs

BEGINNING = 20
"""So many characters of a message that was replied to are looked at."""
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command, without its slash, in lower case; and what stands behind it."""

    name: str
    words: str
    to: str = ""
    """The bot that it was said to, in lower case, where one was named."""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """The message that somebody replied to: its number, the Telegram id of who wrote it, and how it begins."""

    message_id: int
    author: int
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update: who sent it, where, and what it was. At most one of the fields from `given` on is set, but that a
    command may bring a photo.

    `sender_id`: the Telegram id of who sent it, which is that of their private chat too; None where Telegram hides it
    (an administrator without a name, a channel). `message_id`: the message that was sent, or whose button was tapped.
    `migrated_to`: the group's new id.
    """

    update_id: int
    chat_id: int
    language_code: str | None
    is_private: bool
    sender_id: int | None = None
    message_id: int | None = None
    reply_to: ReplyTo | None = None
    given: inputs.Input | None = None
    command: Command | None = None
    button: str | None = None
    callback_id: str | None = None
    edited: bool = False
    membership: str | None = None
    migrated_to: int | None = None


class NotForUs(Exception):
    """An update that asks nothing of the bot: a channel's post, another bot, an event in a group, a spot that moves."""


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
            changed.from_user.id,
            membership=changed.new_chat_member.status,
        )
    message = update.message or update.edited_message
    if message is None or message.chat.type == "channel":
        raise NotForUs
    sender, is_private = message.from_user, message.chat.type == "private"
    if message.migrate_to_chat_id is not None and not is_private:
        moved = (update.update_id, message.chat.id, None, False)
        return Incoming(*moved, migrated_to=message.migrate_to_chat_id)
    is_hidden = message.sender_chat is not None
    if sender is None or (sender.is_bot and not is_hidden):
        raise NotForUs
    where = (
        update.update_id,
        message.chat.id,
        sender.language_code,
        is_private,
        None if is_hidden else sender.id,
        message.message_id,
        _reply_to(message),
    )
    if update.edited_message is not None:
        if message.location is not None:  # a place that is shared for a while: it moves every few seconds
            raise NotForUs
        return Incoming(*where, edited=True)
    command = COMMAND.fullmatch(_clean(message.text or message.caption or "").strip())
    given = _given(message)
    if command:
        photo = given if isinstance(given, inputs.Photo) else None
        said = Command(command[1].lower(), (command[3] or "").strip(), (command[2] or "").casefold())
        return Incoming(*where, command=said, given=photo)
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


def group_of(raw: Any) -> int | None:
    """The id of the group that an update is about, dug out of one that can't be handled."""
    try:
        content = next(raw[kind] for kind in ("message", "edited_message", "callback_query") if kind in raw)
        chat = content.get("chat") or content["message"]["chat"]
        return int(chat["id"]) if chat["type"] in ("group", "supergroup") else None
    except (StopIteration, KeyError, TypeError, ValueError, AttributeError):
        return None


def _reply_to(message: types.Message) -> ReplyTo | None:
    before = message.reply_to_message
    if before is None or before.from_user is None or before.chat.id != message.chat.id:
        return None
    return ReplyTo(before.message_id, before.from_user.id, (before.text or before.caption or "")[:BEGINNING])


def _callback(update_id: int, query: types.CallbackQuery) -> Incoming:
    message = query.message
    chat = message.chat if message is not None else None
    return Incoming(
        update_id,
        chat.id if chat else query.from_user.id,
        query.from_user.language_code,
        chat is None or chat.type == "private",
        query.from_user.id,
        message.message_id if message is not None else None,
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
        return inputs.Voice(message.voice.file_id, message.voice.duration, _clean(message.caption or ""))
    if message.venue is not None:
        at, called = message.venue.location, _clean(f"{message.venue.title}, {message.venue.address}")
        return inputs.Spot(at.latitude, at.longitude, called)
    if message.location is not None:
        return inputs.Spot(message.location.latitude, message.location.longitude)
    if any(getattr(message, name) for name in _SILENT):
        return None
    return inputs.Thing(ContentType(message.content_type).value, _clean(message.caption or ""))
