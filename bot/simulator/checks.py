"""What Telegram refuses in texts, buttons, keyboards and commands. Each refusal has its test."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from telegram import BotCommand, ForceReply, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.simulator.errors import bad_request
from bot.simulator.formatting import given_entities, parse_html, trimmed, units, with_found
from bot.simulator.params import Params
from bot.simulator.state import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
INLINE_BUTTONS = 100
KEYBOARD_BUTTONS = 300
DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{0,64}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
INLINE_FIELDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
KEYBOARD_FIELDS = (
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
)


def formatted(params: Params, field: str, entities_field: str) -> tuple[str, list[Json]]:
    """A text or caption with its entities, as Telegram would keep it."""
    source = params.text(field)
    mode = params.text("parse_mode").lower()
    if "\x00" in source:
        raise bad_request("strings must be encoded in UTF-8")
    if mode == "html":
        text, entities = parse_html(source)
    elif mode:
        raise bad_request("can't parse entities: unsupported parse_mode")
    else:
        given = params.json(entities_field)
        text, entities = source, given_entities(source, given) if given else []
    text, entities = trimmed(text, entities)
    return text, with_found(text, entities)


def message_text(params: Params) -> Json:
    """The text of a message."""
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption(params: Params) -> Json:
    """The caption under a file; may be empty."""
    text, entities = formatted(params, "caption", "caption_entities")
    if units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if text and params.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def reply_markup(params: Params, private: bool) -> Json | None:
    """Any of the four kinds of reply markup, read by python-telegram-bot's types."""
    raw = params.json("reply_markup")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    if not raw:
        return None
    try:
        if "inline_keyboard" in raw:
            _inline(raw["inline_keyboard"])
            InlineKeyboardMarkup.de_json(dict(raw), None)
            return raw if any(raw["inline_keyboard"]) else None
        if "keyboard" in raw:
            _reply_keyboard(raw, private)
            ReplyKeyboardMarkup.de_json(dict(raw), None)
            return raw
        if raw.get("remove_keyboard") is True:
            ReplyKeyboardRemove.de_json(dict(raw), None)
            return raw
        if raw.get("force_reply") is True:
            ForceReply.de_json(dict(raw), None)
            return raw
    except (TypeError, ValueError, AttributeError) as error:
        raise bad_request(f"can't parse reply keyboard markup JSON object: {error}") from error
    raise bad_request("can't parse reply keyboard markup JSON object")


def inline_markup(params: Params) -> Json | None:
    """Reply markup where only an inline keyboard can stand, as in an edit."""
    markup = reply_markup(params, private=True)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(rows: Any, limit: int, what: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            f'can\'t parse {what}: field "{what.replace(" ", "_")}" must be an Array of Arrays of buttons'
        )
    if sum(len(row) for row in rows) > limit:
        raise bad_request("reply markup is too long")
    return rows


def _inline(rows: Any) -> None:
    for row in _rows(rows, INLINE_BUTTONS, "inline keyboard"):
        for button in row:
            if not isinstance(button, dict):
                raise bad_request("can't parse inline keyboard button: expected an Object")
            _inline_button(button)


def _inline_button(button: Json) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline keyboard button: button text must be non-empty")
    used = [name for name in INLINE_FIELDS if button.get(name) is not None]
    if not used:
        raise bad_request("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if len(used) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one optional field must be used")
    if used == ["callback_data"]:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    if used == ["url"]:
        _button_url(button["url"])


def _button_url(url: Any) -> None:
    wrong = bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if not isinstance(url, str):
        raise wrong
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme == "tg":
        return
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "." not in host or " " in url:
        raise wrong
    if host in ("t.me", "telegram.me"):
        payloads = parse_qs(parts.query, keep_blank_values=True)
        for payload in payloads.get("start", []) + payloads.get("startgroup", []):
            if not DEEP_LINK.fullmatch(payload):
                raise bad_request(f"inline keyboard button URL '{url}' is invalid: START_PARAM_INVALID")


def _reply_keyboard(raw: Json, private: bool) -> None:
    placeholder = raw.get("input_field_placeholder")
    if placeholder is not None and (not isinstance(placeholder, str) or not 1 <= units(placeholder) <= 64):
        raise bad_request("input field placeholder is too long")
    for row in _rows(raw["keyboard"], KEYBOARD_BUTTONS, "keyboard"):
        for button in row:
            label = button if isinstance(button, str) else button.get("text") if isinstance(button, dict) else None
            if not isinstance(label, str) or not label.strip():
                raise bad_request("can't parse keyboard button: button text must be non-empty")
            if isinstance(button, dict):
                used = [name for name in KEYBOARD_FIELDS if button.get(name)]
                if len(used) > 1:
                    raise bad_request("can't parse keyboard button: at most one optional field may be used")
                if not private and used and used[0] in ("request_location", "request_contact", "web_app"):
                    what = {"request_location": "location", "request_contact": "phone number"}.get(used[0], "Web App")
                    raise bad_request(f"{what} can be requested in private chats only")


def bot_commands(raw: Any) -> list[Json]:
    """The list that setMyCommands takes."""
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise bad_request("expected an Array of BotCommand")
    if len(raw) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for item in raw:
        try:
            command = BotCommand.de_json(dict(item), None)
        except TypeError as error:
            raise bad_request("can't parse BotCommand: a field is missing") from error
        if not COMMAND.fullmatch(str(command.command).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(str(command.description).strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return [{"command": str(i["command"]).removeprefix("/"), "description": str(i["description"]).strip()} for i in raw]
