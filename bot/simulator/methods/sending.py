"""Sending: text, files, albums, places, polls."""

from __future__ import annotations

from typing import Any

from telegram import Contact, Dice, Location, Poll, PollOption, ReplyParameters, Venue
from telegram.constants import ChatAction

from bot.simulator.checks import caption, message_text, reply_markup
from bot.simulator.errors import bad_request
from bot.simulator.formatting import units
from bot.simulator.methods.files import file_content
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.state import BotAccount, Dialog, Json, Kept
from bot.simulator.targets import take_pace, writable_chat
from bot.simulator.world import World

ACTIONS = {str(action.value) for action in ChatAction}
ALBUM_KINDS = ("photo", "video", "document", "audio")


def reply_content(world: World, bot: BotAccount, dialog: Dialog, params: Params) -> Json:
    """What a message says about the one it answers."""
    raw = params.json("reply_parameters")
    if raw is None and params.has("reply_to_message_id"):
        raw = {
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    if raw is None:
        return {}
    try:
        reply = ReplyParameters.de_json(dict(raw), None)
    except (TypeError, ValueError) as error:
        raise bad_request("can't parse reply parameters: a field is missing") from error
    other = world.state.dialog(bot.id, int(reply.chat_id)) if reply.chat_id else dialog
    kept = other.messages.get(reply.message_id) if other else None
    if kept is None:
        if reply.allow_sending_without_reply:
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in kept.wire.items() if k != "reply_to_message"}}


def post(world: World, bot: BotAccount, dialog: Dialog, params: Params, content: Json) -> Kept:
    """Check what all messages have in common, and put it in the chat."""
    markup = reply_markup(params, private=dialog.kind == "private")
    content = {**reply_content(world, bot, dialog, params), **content}
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    take_pace(world, bot, dialog)
    return world.post_by_bot(bot, dialog, content, markup)


@method("sendMessage")
def send_message(world: World, bot: BotAccount, params: Params) -> Json:
    """Send a text."""
    dialog = writable_chat(world, bot, params)
    return post(world, bot, dialog, params, message_text(params)).wire


def _sender(kind: str) -> Any:
    def send(world: World, bot: BotAccount, params: Params) -> Json:
        dialog = writable_chat(world, bot, params)
        given = params.upload(kind) or params.values.get(kind)
        content = file_content(world, bot, kind, given, params)
        if kind != "sticker":
            content |= caption(params)
        return post(world, bot, dialog, params, content).wire

    send.__doc__ = f"Send a {kind}."
    return send


for _kind in ("photo", "voice", "video", "document", "audio", "animation", "sticker"):
    method(f"send{_kind.capitalize()}")(_sender(_kind))


@method("sendMediaGroup")
def send_media_group(world: World, bot: BotAccount, params: Params) -> list[Json]:
    """Send an album: several messages with one media_group_id."""
    dialog = writable_chat(world, bot, params)
    media = params.json("media")
    if not isinstance(media, list) or not all(isinstance(item, dict) for item in media):
        raise bad_request("can't parse media JSON object: expected an Array of InputMedia")
    if not 2 <= len(media) <= 10:
        raise bad_request("group must contain from 2 to 10 items")
    kinds = {item.get("type") for item in media}
    if not kinds <= set(ALBUM_KINDS) or (len(kinds) > 1 and kinds - {"photo", "video"}):
        raise bad_request("can't mix these media types in one group")
    contents = []
    for item in media:
        own = Params({**item, "media": item.get("media")}, params.files)
        given = own.upload("media") or item.get("media")
        contents.append(file_content(world, bot, item["type"], given, own) | caption(own))
    reply = reply_content(world, bot, dialog, params)
    take_pace(world, bot, dialog, len(contents))
    album = str(world.state.next_number("media_group", 13_000_000_000_000_001))
    return [
        world.post_by_bot(bot, dialog, {"media_group_id": album, **reply, **content}, None).wire for content in contents
    ]


def _place(params: Params) -> Location:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not -90 <= latitude <= 90:
        raise bad_request("latitude must be between -90 and 90")
    if not -180 <= longitude <= 180:
        raise bad_request("longitude must be between -180 and 180")
    return Location(longitude=longitude, latitude=latitude)


@method("sendLocation")
def send_location(world: World, bot: BotAccount, params: Params) -> Json:
    """Send a spot on the map."""
    dialog = writable_chat(world, bot, params)
    return post(world, bot, dialog, params, {"location": _place(params).to_dict()}).wire


@method("sendVenue")
def send_venue(world: World, bot: BotAccount, params: Params) -> Json:
    """Send a spot with a name and an address."""
    dialog = writable_chat(world, bot, params)
    place = _place(params)
    title, address = params.text("title"), params.text("address")
    if not title or not address:
        raise bad_request("venue title and address must be non-empty")
    venue = Venue(location=place, title=title, address=address)
    return post(world, bot, dialog, params, {"venue": venue.to_dict(), "location": place.to_dict()}).wire


@method("sendContact")
def send_contact(world: World, bot: BotAccount, params: Params) -> Json:
    """Send somebody's phone number."""
    dialog = writable_chat(world, bot, params)
    number, name = params.text("phone_number"), params.text("first_name")
    if not number or not name:
        raise bad_request("phone number and first name must be non-empty")
    return post(world, bot, dialog, params, {"contact": Contact(number, name).to_dict()}).wire


@method("sendDice")
def send_dice(world: World, bot: BotAccount, params: Params) -> Json:
    """Throw a die; here it always falls on four."""
    dialog = writable_chat(world, bot, params)
    return post(world, bot, dialog, params, {"dice": Dice(4, params.text("emoji", "🎲")).to_dict()}).wire


@method("sendPoll")
def send_poll(world: World, bot: BotAccount, params: Params) -> Json:
    """Ask everybody in the chat."""
    dialog = writable_chat(world, bot, params)
    question = params.text("question").strip()
    if not 1 <= units(question) <= 300:
        raise bad_request("poll question must be non-empty and at most 300 characters long")
    raw = params.json("options")
    texts = [o.get("text") if isinstance(o, dict) else o for o in raw] if isinstance(raw, list) else []
    if not 2 <= len(texts) <= 12:
        raise bad_request("poll must have from 2 to 12 answer options")
    if not all(isinstance(text, str) and 1 <= units(text.strip()) <= 100 for text in texts):
        raise bad_request("poll options must be non-empty and at most 100 characters long")
    number = world.state.next_number("poll", 5_000_000_001)
    poll = Poll(
        id=str(number),
        question=question,
        options=[
            PollOption(text=str(text).strip(), voter_count=0, persistent_id=str(i)) for i, text in enumerate(texts)
        ],
        total_voter_count=0,
        is_closed=False,
        is_anonymous=params.flag("is_anonymous", True),
        type=params.text("type", "regular"),
        allows_multiple_answers=params.flag("allows_multiple_answers"),
        allows_revoting=params.flag("allows_revoting", True),
        members_only=False,
    )
    return post(world, bot, dialog, params, {"poll": poll.to_dict()}).wire


@method("sendChatAction")
def send_chat_action(world: World, bot: BotAccount, params: Params) -> bool:
    """Show "typing…" for a moment."""
    dialog = writable_chat(world, bot, params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.tell({"type": "typing", "bot": dialog.bot_id, "chat": dialog.chat_id, "action": action})
    return True


def _original(world: World, bot: BotAccount, params: Params, verb: str) -> Json:
    source = world.state.dialog(bot.id, params.integer("from_chat_id"))
    if source is None:
        raise bad_request("chat not found")
    kept = source.messages.get(params.integer("message_id"))
    if kept is None:
        raise bad_request(f"message to {verb} not found")
    left_out = ("message_id", "date", "edit_date", "chat", "from", "reply_markup", "reply_to_message")
    return {name: value for name, value in kept.wire.items() if name not in left_out}


@method("forwardMessage")
def forward_message(world: World, bot: BotAccount, params: Params) -> Json:
    """Pass a message on, with where it came from."""
    dialog = writable_chat(world, bot, params)
    content = _original(world, bot, params, "forward")
    content["forward_origin"] = {
        "type": "hidden_user",
        "date": int(world.now().timestamp()),
        "sender_user_name": "?",
    }
    return post(world, bot, dialog, params, content).wire


@method("copyMessage")
def copy_message(world: World, bot: BotAccount, params: Params) -> Json:
    """Send the same again, without where it came from."""
    dialog = writable_chat(world, bot, params)
    content = _original(world, bot, params, "copy")
    if "caption" in params.values:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | caption(params)
    return {"message_id": post(world, bot, dialog, params, content).id}
