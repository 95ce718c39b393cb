"""People and messages as the page shows them."""

from __future__ import annotations

from typing import Any

from bot.simulator.cast import CastGroup, CastMember, Suggestion, Words
from bot.simulator.seen import KINDS, seen
from bot.simulator.state import Dialog, Json, Kept


def person_of(one: CastMember | CastGroup) -> Json:
    """Somebody to be, or the group."""
    group = isinstance(one, CastGroup)
    return {
        "key": one.key,
        "name": one.title if isinstance(one, CastGroup) else one.first_name,
        "language": "nl" if isinstance(one, CastGroup) else one.language_code,
        "about": words_of(one.about),
        "suggestions": [_suggestion(each) for each in one.suggestions],
        "group": group,
        "office": not isinstance(one, CastGroup) and one.office,
    }


def _suggestion(one: Suggestion) -> Json:
    label, text, *after = (one, one) if isinstance(one, str) else one
    return {"label": words_of(label), "text": text, "after": str(after[0]).split("|") if after else []}


def words_of(words: Words) -> dict[str, str]:
    """Words by language; the same for both where only one was given."""
    return {"en": words, "nl": words} if isinstance(words, str) else dict(words)


def keyboard_of(dialog: Dialog) -> Json | None:
    """The reply keyboard to show, if there is one."""
    keyboard = dialog.keyboard
    return keyboard if keyboard and "keyboard" in keyboard else None


def shown(kept: Kept) -> Json:
    """A message as the page shows it."""
    view, wire = seen(kept), kept.wire
    message: Json = {
        "id": view.id,
        "bot": view.from_bot,
        "sender": view.sender,
        "date": wire["date"],
        "edited": view.edited,
        "kind": view.kind,
        "text": view.text,
        "entities": view.entities,
        "reply_to": view.reply_to,
        "album": view.media_group_id,
        "reaction": view.reaction,
        "photos": view.photos,
        "forwarded": "forward_origin" in wire,
        "buttons": [
            [{"label": button.label, "data": button.data, "url": button.url} for button in row] for row in view.buttons
        ],
    }
    details: Any = next((wire[kind] for kind in KINDS if kind in wire and kind != "photo"), None)
    if isinstance(details, dict):
        message["details"] = {
            name: details[name]
            for name in (
                "file_name",
                "duration",
                "latitude",
                "longitude",
                "title",
                "address",
                "question",
                "emoji",
            )
            if name in details
        }
        if view.kind == "poll":
            message["details"]["options"] = [option["text"] for option in details["options"]]
        if view.kind == "venue":
            message["details"] |= {name: details["location"][name] for name in ("latitude", "longitude")}
    return message
