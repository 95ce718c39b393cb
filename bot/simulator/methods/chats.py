"""Chats and who is in them."""

from __future__ import annotations

from telegram import ReactionType
from telegram.constants import ReactionEmoji

from bot.simulator.errors import bad_request
from bot.simulator.membership import bot_goes, member_of
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.state import BotAccount, Dialog, Json
from bot.simulator.targets import known_chat, writable_chat
from bot.simulator.world import World

EMOJI = {str(emoji.value) for emoji in ReactionEmoji}


@method("getChat")
def get_chat(world: World, bot: BotAccount, params: Params) -> Json:
    """A chat in full."""
    dialog = known_chat(world, bot, params)
    chat = dialog.wire(world.human_of(dialog)) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if dialog.pinned in dialog.messages and dialog.pinned is not None:
        chat["pinned_message"] = dialog.messages[dialog.pinned].wire
    if dialog.kind == "group":
        chat["permissions"] = {"can_send_messages": True}
    return chat


def _group(world: World, bot: BotAccount, params: Params) -> Dialog:
    dialog = writable_chat(world, bot, params)
    if dialog.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return dialog


@method("getChatMember")
def get_chat_member(world: World, bot: BotAccount, params: Params) -> Json:
    """What somebody is in a chat."""
    dialog = writable_chat(world, bot, params)
    human_id = params.integer("user_id")
    if human_id not in world.state.humans and human_id not in world.state.bots:
        raise bad_request("invalid user_id specified")
    return member_of(world, dialog, human_id).to_dict()


@method("getChatAdministrators")
def get_chat_administrators(world: World, bot: BotAccount, params: Params) -> list[Json]:
    """The administrators of a group, without other bots."""
    dialog = _group(world, bot, params)
    return [
        member_of(world, dialog, who).to_dict() for who in dialog.admins if who == bot.id or who not in world.state.bots
    ]


@method("getChatMemberCount")
def get_chat_member_count(world: World, bot: BotAccount, params: Params) -> int:
    """How many are in the chat."""
    dialog = writable_chat(world, bot, params)
    return 2 if dialog.kind == "private" else len(dialog.members) + len(dialog.bots)


@method("banChatMember")
def ban_chat_member(world: World, bot: BotAccount, params: Params) -> bool:
    """Put somebody out of a group."""
    dialog = _group(world, bot, params)
    human_id = params.integer("user_id")
    if bot.id not in dialog.admins:
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    if human_id in dialog.admins:
        raise bad_request("user is an administrator of the chat")
    if human_id in dialog.members:
        dialog.members.remove(human_id)
    dialog.banned.append(human_id)
    world.state.touch_dialog(dialog)
    return True


@method("unbanChatMember")
def unban_chat_member(world: World, bot: BotAccount, params: Params) -> bool:
    """Let somebody come back."""
    dialog = _group(world, bot, params)
    if bot.id not in dialog.admins:
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    if params.integer("user_id") in dialog.banned:
        dialog.banned.remove(params.integer("user_id"))
        world.state.touch_dialog(dialog)
    return True


@method("leaveChat")
def leave_chat(world: World, bot: BotAccount, params: Params) -> bool:
    """The bot goes out of a group."""
    bot_goes(world, _group(world, bot, params), bot, kicked=False)
    return True


@method("pinChatMessage", "unpinChatMessage", "unpinAllChatMessages")
def pin_chat_message(world: World, bot: BotAccount, params: Params) -> bool:
    """Keep a message in view; without a message: let go of it."""
    dialog = writable_chat(world, bot, params)
    if dialog.kind != "private" and bot.id not in dialog.admins:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    number = params.integer("message_id", 0)
    if number and number not in dialog.messages:
        raise bad_request("message to pin not found")
    dialog.pinned = None if dialog.pinned == number else number or None
    world.state.touch_dialog(dialog)
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, bot: BotAccount, params: Params) -> bool:
    """Put an emoji under a message."""
    dialog = writable_chat(world, bot, params)
    kept = dialog.messages.get(params.integer("message_id"))
    if kept is None:
        raise bad_request("message to react not found")
    raw = params.json("reaction") or []
    if not isinstance(raw, list) or len(raw) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for item in raw:
        reaction = ReactionType.de_json(dict(item), None)
        if reaction.type == "emoji" and item.get("emoji") not in EMOJI:
            raise bad_request("REACTION_INVALID")
    kept.reaction = raw[0].get("emoji", "") if raw else ""
    world.state.touch_message(dialog, kept, kept.id)
    world.tell({"type": "reaction", "bot": dialog.bot_id, "chat": dialog.chat_id, "kept": kept})
    return True
