"""A message as a person sees it: words, buttons, pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.simulator.formatting import to_html
from bot.simulator.state import Json, Kept

KINDS = (
    "photo",
    "voice",
    "video",
    "animation",
    "audio",
    "document",
    "sticker",
    "contact",
    "venue",
    "location",
    "poll",
    "dice",
)
FILE_KINDS = ("voice", "video", "animation", "audio", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Button:
    """A button: inline when it has data or a url, else one of the keyboard."""

    label: str
    data: str | None = None
    url: str | None = None
    asks_location: bool = False
    asks_contact: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One message in a chat, as it stands at this moment."""

    id: int
    chat_id: int
    from_bot: bool
    sender: str
    sender_id: int
    text: str
    html: str
    entities: list[Json]
    buttons: list[list[Button]]
    keyboard: list[list[Button]] | None
    photos: list[str]
    kind: str
    edited: bool
    date: datetime
    reply_to: int | None = None
    media_group_id: str | None = None
    reaction: str = ""
    raw: Json = field(default_factory=dict, repr=False)

    @property
    def labels(self) -> list[str]:
        """The labels of the inline buttons, in one row."""
        return [button.label for row in self.buttons for button in row]


def seen(kept: Kept) -> Seen:
    """Read a kept message as a person would."""
    wire = kept.wire
    text: str = wire.get("text") or wire.get("caption") or ""
    entities: list[Json] = wire.get("entities") or wire.get("caption_entities") or []
    sender = wire.get("from", {})
    photos = wire.get("photo", [])
    return Seen(
        id=wire["message_id"],
        chat_id=wire["chat"]["id"],
        from_bot=bool(kept.bot_id),
        sender=wire.get("sender_chat", {}).get("title") or sender.get("first_name", ""),
        sender_id=sender.get("id", 0),
        text=text,
        html=to_html(text, entities),
        entities=entities,
        buttons=inline_buttons(kept),
        keyboard=keyboard_rows(kept.keyboard),
        photos=[photos[-1]["file_id"]] if photos else [],
        kind=kind_of(wire),
        edited="edit_date" in wire,
        date=datetime.fromtimestamp(wire["date"], UTC),
        reply_to=wire.get("reply_to_message", {}).get("message_id"),
        media_group_id=wire.get("media_group_id"),
        reaction=kept.reaction,
        raw=wire,
    )


def kind_of(wire: Json) -> str:
    """text, photo, voice …; service for what Telegram itself notes in a chat."""
    if "text" in wire:
        return "text"
    return next((kind for kind in KINDS if kind in wire), "service")


def inline_buttons(kept: Kept) -> list[list[Button]]:
    """The buttons under a message."""
    return buttons(kept.wire.get("reply_markup", {}).get("inline_keyboard", []))


def buttons(rows: list[list[Any]]) -> list[list[Button]]:
    """The rows of a keyboard of either kind."""
    return [
        [
            Button(button)
            if isinstance(button, str)
            else Button(
                button["text"],
                button.get("callback_data"),
                button.get("url") or button.get("web_app", {}).get("url"),
                bool(button.get("request_location")),
                bool(button.get("request_contact")),
            )
            for button in row
        ]
        for row in rows
    ]


def keyboard_rows(keyboard: Json | None) -> list[list[Button]] | None:
    """The reply keyboard's rows, or None when there is none."""
    return buttons(keyboard["keyboard"]) if keyboard and "keyboard" in keyboard else None
