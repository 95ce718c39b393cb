"""Changing what was sent, taking it away, and answering taps."""

from __future__ import annotations

import time
from datetime import timedelta

from bot.simulator.checks import caption, inline_markup, message_text
from bot.simulator.errors import bad_request
from bot.simulator.formatting import units
from bot.simulator.methods.files import file_content
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.seen import FILE_KINDS
from bot.simulator.state import BotAccount, Dialog, Json, Kept
from bot.simulator.targets import own_message, take_pace, writable_chat
from bot.simulator.world import World

QUERY_LIVES = 60.0
DELETABLE_FOR = timedelta(hours=48)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
MEDIA = ("photo", *FILE_KINDS)


def _editable(world: World, bot: BotAccount, params: Params) -> tuple[Dialog, Kept]:
    dialog = writable_chat(world, bot, params)
    kept = own_message(world, bot, dialog, params, "edit")
    if kept.keyboard is not None:
        # Telegram lets go of a message that brought a reply keyboard.
        raise bad_request("message can't be edited")
    return dialog, kept


def _change(world: World, bot: BotAccount, dialog: Dialog, kept: Kept, drop: tuple[str, ...], new: Json) -> Json:
    """Put new content in the place of old; refused when that changes nothing."""
    left = {name: value for name, value in kept.wire.items() if name not in drop}
    changed = {**left, **new}
    before = {name: value for name, value in kept.wire.items() if name != "edit_date"}
    if {name: value for name, value in changed.items() if name != "edit_date"} == before:
        raise bad_request(NOT_MODIFIED)
    take_pace(world, bot, dialog)
    changed["edit_date"] = int(world.now().timestamp())
    kept.wire = changed
    world.changed(dialog, kept, "edited")
    return changed


def _markup(params: Params) -> Json:
    markup = inline_markup(params)
    return {"reply_markup": markup} if markup else {}


@method("editMessageText")
def edit_message_text(world: World, bot: BotAccount, params: Params) -> Json:
    """Give a message other words; without reply_markup its buttons go."""
    dialog, kept = _editable(world, bot, params)
    if "text" not in kept.wire:
        raise bad_request("there is no text in the message to edit")
    new = message_text(params) | _markup(params)
    return _change(world, bot, dialog, kept, ("text", "entities", "reply_markup"), new)


@method("editMessageCaption")
def edit_message_caption(world: World, bot: BotAccount, params: Params) -> Json:
    """Give a file another caption."""
    dialog, kept = _editable(world, bot, params)
    if not any(kind in kept.wire for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    new = caption(params) | _markup(params)
    drop = ("caption", "caption_entities", "show_caption_above_media", "reply_markup")
    return _change(world, bot, dialog, kept, drop, new)


@method("editMessageMedia")
def edit_message_media(world: World, bot: BotAccount, params: Params) -> Json:
    """Put another file in the place of one."""
    dialog, kept = _editable(world, bot, params)
    media = params.json("media")
    if not isinstance(media, dict) or media.get("type") not in MEDIA:
        raise bad_request("can't parse InputMedia: type is unknown")
    own = Params(media, params.files)
    given = own.upload("media") or media.get("media")
    new = file_content(world, bot, media["type"], given, own) | caption(own) | _markup(params)
    drop = ("text", "entities", "caption", "caption_entities", "reply_markup", *MEDIA)
    return _change(world, bot, dialog, kept, drop, new)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, bot: BotAccount, params: Params) -> Json:
    """Give a message other buttons, or none."""
    dialog, kept = _editable(world, bot, params)
    return _change(world, bot, dialog, kept, ("reply_markup",), _markup(params))


@method("deleteMessage")
def delete_message(world: World, bot: BotAccount, params: Params) -> bool:
    """Take a message away."""
    dialog = writable_chat(world, bot, params)
    _delete(world, bot, dialog, params.integer("message_id"))
    return True


@method("deleteMessages")
def delete_messages(world: World, bot: BotAccount, params: Params) -> bool:
    """Take several away; those that are not there are passed over."""
    dialog = writable_chat(world, bot, params)
    numbers = params.json("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise bad_request("message identifiers are not specified")
    for number in numbers:
        if number in dialog.messages:
            _delete(world, bot, dialog, number)
    return True


def _delete(world: World, bot: BotAccount, dialog: Dialog, number: int) -> None:
    kept = dialog.messages.get(number)
    if kept is None:
        raise bad_request("message to delete not found")
    too_old = world.now().timestamp() - kept.wire["date"] > DELETABLE_FOR.total_seconds()
    may = kept.bot_id == bot.id or dialog.kind == "private" or bot.id in dialog.admins
    if too_old or not may:
        raise bad_request("message can't be deleted for everyone" if may else "message can't be deleted")
    del dialog.messages[number]
    world.changed(dialog, kept, "deleted")


@method("answerCallbackQuery")
def answer_callback_query(world: World, bot: BotAccount, params: Params) -> bool:
    """Tell the person who tapped that it was heard."""
    query = world.state.queries.get(params.text("callback_query_id"))
    if query is None or query.bot_id != bot.id or time.monotonic() - query.made > QUERY_LIVES:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if units(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if text:
        world.alerts[bot.id, query.human_id].append(text)
    world.tell(
        {
            "type": "alert",
            "bot": bot.id,
            "person": query.human_id,
            "text": text,
            "modal": params.flag("show_alert"),
        }
    )
    return True
