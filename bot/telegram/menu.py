"""The menu of commands that Telegram shows: for everybody in each language, and each role's own in its chats."""

from __future__ import annotations

import contextlib

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.neighbourhood.work import Person, Work
from bot.outbox.letters import Letter
from bot.telegram.commands import COMMANDS
from conversations.words import Catalogues


def menu(catalogues: Catalogues, language: str, roles: frozenset[str]) -> list[dict[str, str]]:
    """What stands in the menu of somebody with these roles, in that language."""
    return [
        {"command": each.called(language), "description": catalogues.render(each.what, language)}
        for each in COMMANDS
        if not each.roles or each.roles & roles
    ]


def offer_menu(work: Work, person: Person) -> None:
    """Show somebody whose role has changed what they may do now."""
    commands = menu(work.catalogues, person.chat.language, person.roles)
    work.send(person.chat, [Letter("setMyCommands", {"commands": commands})])


async def offer_menus(bot: Bot, catalogues: Catalogues) -> None:
    """Tell Telegram everybody's menu in each language; best effort, at each start."""
    for language in (None, *catalogues.languages):
        commands = menu(catalogues, language or catalogues.languages[0], frozenset())
        with contextlib.suppress(AiogramError):
            await bot.set_my_commands(
                [BotCommand(command=each["command"], description=each["description"]) for each in commands],
                scope=BotCommandScopeAllPrivateChats(),
                language_code=language,
            )
