"""What a bot says about itself: name, descriptions, commands, menu button."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from telegram import BotCommandScope, MenuButton

from bot.simulator.checks import bot_commands
from bot.simulator.errors import bad_request
from bot.simulator.formatting import units
from bot.simulator.params import Params
from bot.simulator.registry import Method, method
from bot.simulator.state import BotAccount, Json
from bot.simulator.targets import chat_id_of
from bot.simulator.world import World

SCOPES_OF_A_CHAT = ("chat", "chat_administrators", "chat_member")
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", *SCOPES_OF_A_CHAT)


@method("getMe")
def get_me(world: World, bot: BotAccount, params: Params) -> Json:
    """The bot itself."""
    return bot.user().to_dict() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("logOut", "close")
def log_out(world: World, bot: BotAccount, params: Params) -> bool:
    """Nothing to let go of here."""
    return True


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _commands_key(world: World, bot: BotAccount, params: Params) -> str:
    scope = params.json("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: type is unknown")
    try:
        BotCommandScope.de_json(dict(scope), None)
    except TypeError as error:
        raise bad_request("can't parse BotCommandScope: a field is missing") from error
    if scope["type"] in SCOPES_OF_A_CHAT and world.state.dialog(bot.id, chat_id_of(Params(scope))) is None:
        raise bad_request("chat not found")
    kept = {name: scope[name] for name in ("type", "chat_id", "user_id") if name in scope}
    return json.dumps(kept, sort_keys=True) + _language(params)


@method("setMyCommands")
def set_my_commands(world: World, bot: BotAccount, params: Params) -> bool:
    """The command menu for a scope and a language."""
    key = _commands_key(world, bot, params)
    bot.commands[key] = bot_commands(params.json("commands"))
    world.touch_bot(bot)
    return True


@method("getMyCommands")
def get_my_commands(world: World, bot: BotAccount, params: Params) -> list[Json]:
    """The command menu as it was set for exactly this scope and language."""
    return bot.commands.get(_commands_key(world, bot, params), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, bot: BotAccount, params: Params) -> bool:
    """Take the menu of this scope and language away."""
    bot.commands.pop(_commands_key(world, bot, params), None)
    world.touch_bot(bot)
    return True


def commands_for(bot: BotAccount, chat_id: int, human_id: int, language: str | None) -> list[Json]:
    """The menu that a person gets to see: the narrowest scope first, their language before the common one."""
    private = chat_id > 0
    scopes: list[Json] = [{"chat_id": chat_id, "type": "chat_member", "user_id": human_id}] if not private else []
    scopes += [{"chat_id": chat_id, "type": "chat"}]
    scopes += [{"type": "all_private_chats" if private else "all_group_chats"}, {"type": "default"}]
    for scope in scopes:
        for code in ((language or "")[:2], ""):
            commands = bot.commands.get(json.dumps(scope, sort_keys=True) + code)
            if commands:
                return commands
    return []


def _words(name: str, field: str, limit: int) -> None:
    def set_words(world: World, bot: BotAccount, params: Params) -> bool:
        text = params.text(field)
        if units(text) > limit:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        bot.words[f"{field}:{_language(params)}"] = text
        if field == "name" and text and not _language(params):
            bot.name = text
        world.touch_bot(bot)
        return True

    def get_words(world: World, bot: BotAccount, params: Params) -> Json:
        words = bot.words.get(f"{field}:{_language(params)}") or bot.words.get(f"{field}:")
        return {field: words or (bot.name if field == "name" else "")}

    functions: dict[str, Callable[..., Any]] = {"set": set_words, "get": get_words}
    for verb, function in functions.items():
        registered: Method = function
        method(f"{verb}My{name}")(registered)


_words("Name", "name", 64)
_words("Description", "description", 512)
_words("ShortDescription", "short_description", 120)


@method("setChatMenuButton")
def set_chat_menu_button(world: World, bot: BotAccount, params: Params) -> bool:
    """The button beside the text field."""
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse menu button: type is unknown")
    try:
        MenuButton.de_json(dict(button), None)
    except (TypeError, KeyError) as error:
        raise bad_request("can't parse menu button: a field is missing") from error
    bot.menu_buttons[str(params.integer("chat_id", 0))] = button
    world.touch_bot(bot)
    return True


@method("getChatMenuButton")
def get_chat_menu_button(world: World, bot: BotAccount, params: Params) -> Json:
    """The button beside the text field, as it was set."""
    common = bot.menu_buttons.get("0", {"type": "default"})
    return bot.menu_buttons.get(str(params.integer("chat_id", 0)), common)
