"""The menu of commands that Telegram shows: for everybody in each language, and each role's own in its chats."""

from __future__ import annotations

import contextlib

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, BotCommandScopeUnion
from sqlalchemy import select

from bot.neighbourhood.work import Person, Surroundings, Work
from bot.outbox.letters import Letter
from bot.store.tables import Chat, Resident, Role
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


async def offer_menus(bot: Bot, around: Surroundings) -> None:
    """Tell Telegram everybody's menu in each language, and each role's; best effort, at each start."""
    catalogues = around.catalogues
    for language in (None, *catalogues.languages):
        everybodys = menu(catalogues, language or catalogues.languages[0], frozenset())
        await _offer(bot, everybodys, BotCommandScopeAllPrivateChats(), language)
    for sealed, language, roles in await _with_a_role(around):
        scope = BotCommandScopeChat(chat_id=around.seal.open_id(sealed))
        await _offer(bot, menu(catalogues, language, roles), scope, None)


async def _offer(bot: Bot, commands: list[dict[str, str]], scope: BotCommandScopeUnion, language: str | None) -> None:
    told = [BotCommand(command=each["command"], description=each["description"]) for each in commands]
    with contextlib.suppress(AiogramError):
        await bot.set_my_commands(told, scope=scope, language_code=language)


async def _with_a_role(around: Surroundings) -> list[tuple[bytes, str, frozenset[str]]]:
    """Of each who has a role and can be reached: the sealed Telegram id, the language, the roles."""
    found: dict[bytes, tuple[str, set[str]]] = {}
    async with around.database.read() as session:
        rows = await session.execute(
            select(Chat.telegram_id, Chat.language, Role.role)
            .join(Resident, Resident.chat_id == Chat.id)
            .join(Role, Role.resident_id == Resident.id)
            .where(Role.withdrawn_at.is_(None), Chat.unreachable_since.is_(None))
        )
        for sealed, language, role in rows:
            found.setdefault(sealed, (language, set()))[1].add(role)
    return [(sealed, language, frozenset(roles)) for sealed, (language, roles) in found.items()]
