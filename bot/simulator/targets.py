"""Which chat and which message a call is about, and whether the bot may write there."""

from __future__ import annotations

from bot.simulator.errors import bad_request, forbidden, too_many
from bot.simulator.params import Params
from bot.simulator.state import BotAccount, Dialog, Kept
from bot.simulator.world import World


def chat_id_of(params: Params, name: str = "chat_id") -> int:
    """The chat's number. A name (@…) is refused as unknown: the simulator has no public chats."""
    value = params.values.get(name)
    if value in (None, ""):
        raise bad_request(f"{name} is empty")
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise bad_request("chat not found")


def known_chat(world: World, bot: BotAccount, params: Params) -> Dialog:
    """A chat that this bot is or was in."""
    dialog = world.state.dialog(bot.id, chat_id_of(params))
    if dialog is None:
        raise bad_request("chat not found")
    return dialog


def writable_chat(world: World, bot: BotAccount, params: Params) -> Dialog:
    """The chat to write to; says as Telegram does why it cannot be."""
    chat_id = chat_id_of(params)
    dialog = world.state.dialog(bot.id, chat_id)
    if chat_id < 0:
        if dialog is None:
            raise bad_request("chat not found")
        if dialog.upgraded_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=dialog.upgraded_to)
        if bot.id not in dialog.bots:
            what = "kicked from" if bot.id in dialog.gone_bots else "not a member of"
            raise forbidden(f"bot {'was ' if what.startswith('k') else 'is '}{what} the {dialog.kind} chat")
        return dialog
    human = world.state.humans.get(chat_id)
    if human is None:
        if chat_id in world.state.bots:
            raise forbidden("bot can't send messages to bots")
        raise bad_request("chat not found")
    if human.deleted:
        raise forbidden("user is deactivated")
    if dialog is None or not dialog.started:
        raise forbidden("bot can't initiate conversation with a user")
    if dialog.blocked:
        raise forbidden("bot was blocked by the user")
    return dialog


def take_pace(world: World, bot: BotAccount, dialog: Dialog, messages: int = 1) -> None:
    """Hold a message or an edit to Telegram's pace, and count it."""
    wait = world.pace.take(bot.id, dialog.chat_id, messages) if world.pace else 0
    world.statistics.count(accepted=wait == 0)
    if wait:
        raise too_many(wait)


def own_message(world: World, bot: BotAccount, dialog: Dialog, params: Params, verb: str) -> Kept:
    """The bot's own message that a call wants to change."""
    if params.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    kept = dialog.messages.get(params.integer("message_id"))
    if kept is None:
        raise bad_request(f"message to {verb} not found")
    if kept.bot_id != bot.id:
        raise bad_request(f"message can't be {verb}ed" if verb == "edit" else f"message can't be {verb}d")
    return kept
