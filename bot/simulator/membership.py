"""Who is in a chat, and the news when that changes."""

from __future__ import annotations

from typing import Any

from telegram import (
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    User,
)

from bot.simulator.state import BotAccount, Dialog, Human
from bot.simulator.world import World

_RIGHTS: tuple[str, ...] = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)

# Newer than the Bot API that python-telegram-bot 22.8 speaks; clients of Bot API 10.3 insist on it.
_NEWER_RIGHTS = {"can_send_welcome_messages": True}


def _user(world: World, who: int) -> User:
    human = world.state.humans.get(who)
    return human.user() if human else world.bot(who).user()


def as_status(user: User, status: str) -> ChatMember:
    """Somebody as member, administrator, left or kicked."""
    if status == "administrator":
        rights: dict[str, Any] = {right: right != "is_anonymous" for right in _RIGHTS}
        return ChatMemberAdministrator(user, **rights, api_kwargs=dict(_NEWER_RIGHTS))
    if status == "kicked":
        return ChatMemberBanned(user, until_date=0)  # type: ignore[arg-type]  # on the wire 0 means for ever
    return ChatMemberMember(user) if status == "member" else ChatMemberLeft(user)


def member_of(world: World, dialog: Dialog, who: int) -> ChatMember:
    """What somebody is in this chat now."""
    if dialog.kind == "private":
        inside = who in (dialog.chat_id, dialog.bot_id)
        return as_status(_user(world, who), "member" if inside else "left")
    status = (
        "administrator"
        if who in dialog.admins
        else "member"
        if who in dialog.members or who in dialog.bots
        else "kicked"
        if who in dialog.banned or who in dialog.gone_bots
        else "left"
    )
    return as_status(_user(world, who), status)


def _tell(world: World, dialog: Dialog, bot: BotAccount, by: User, old: str, new: str) -> None:
    human = world.human_of(dialog) if dialog.kind == "private" else None
    change = ChatMemberUpdated(
        chat=human.chat() if human else world.group_chat(dialog),
        from_user=by,
        date=world.now(),
        old_chat_member=as_status(bot.user(), old),
        new_chat_member=as_status(bot.user(), new),
    )
    world.push(bot, "my_chat_member", change.to_dict(), dialog.chat_id)


def set_blocked(world: World, dialog: Dialog, human: Human, blocked: bool) -> None:
    """A person blocks the bot, or lets it speak again."""
    if dialog.blocked == blocked:
        return
    dialog.blocked = blocked
    world.state.touch_dialog(dialog)
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    _tell(world, dialog, world.bot(dialog.bot_id), human.user(), old, new)


def bot_comes(world: World, dialog: Dialog, bot: BotAccount, by: Human, admin: bool = False) -> None:
    """Somebody adds the bot to a group."""
    if bot.id in dialog.bots:
        return
    dialog.bots.append(bot.id)
    if bot.id in dialog.gone_bots:
        dialog.gone_bots.remove(bot.id)
    if admin:
        dialog.admins.append(bot.id)
    world.state.touch_dialog(dialog)
    _tell(world, dialog, bot, by.user(), "left", "administrator" if admin else "member")


def bot_goes(world: World, dialog: Dialog, bot: BotAccount, kicked: bool, by: Human | None = None) -> None:
    """The bot leaves a group or is put out of it."""
    if bot.id not in dialog.bots:
        return
    old = "administrator" if bot.id in dialog.admins else "member"
    dialog.bots.remove(bot.id)
    dialog.admins[:] = [who for who in dialog.admins if who != bot.id]
    if kicked:
        dialog.gone_bots.append(bot.id)
    world.state.touch_dialog(dialog)
    _tell(world, dialog, bot, by.user() if by else bot.user(), old, "kicked" if kicked else "left")
