"""Letters: plain words made into what Telegram's methods take. The one place where HTML is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
ALBUM_LIMIT = 10


class Bold(str):
    """A paragraph that stands out."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its label and what a tap sends back (at most 64 bytes)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A call of a sending method, without its chat."""

    method: str
    content: dict[str, Any]


def letters(
    paragraphs: Iterable[str],
    buttons: Sequence[Sequence[Button]] = (),
    *,
    keyboard: dict[str, Any] | None = None,
) -> list[Letter]:
    """The paragraphs as one message, or as several where Telegram would refuse one that long.

    Buttons, or a reply keyboard in Telegram's own shape, stand under the last.
    """
    parts = [_html(part) for part in _split([each for each in paragraphs if each.strip()])]
    messages = [Letter("sendMessage", {"text": part, "parse_mode": "HTML", **_NO_PREVIEW}) for part in parts]
    if buttons:
        messages[-1].content["reply_markup"] = inline(buttons)
    elif keyboard:
        messages[-1].content["reply_markup"] = keyboard
    return messages


def pictures(file_ids: Sequence[str], captions: Mapping[int, str] | None = None) -> list[Letter]:
    """Photos by Telegram's file ids: one alone, or several as an album. `captions`: of some, by their place.

    Raises ValueError where a caption is too long for that.
    """
    if not file_ids:
        return []
    said = {place: _caption([words]) for place, words in (captions or {}).items()}
    if len(file_ids) == 1:
        return [Letter("sendPhoto", {"photo": file_ids[0], **said.get(0, {})})]
    media = [
        {"type": "photo", "media": file_id, **said.get(place, {})}
        for place, file_id in enumerate(file_ids[:ALBUM_LIMIT])
    ]
    return [Letter("sendMediaGroup", {"media": media})]


def captioned(file_id: str, paragraphs: Sequence[str], buttons: Sequence[Sequence[Button]] = ()) -> Letter:
    """A photo with words and buttons under it. Raises ValueError where the words are too long for that."""
    content: dict[str, Any] = {"photo": file_id} | _caption(paragraphs)
    return Letter("sendPhoto", content | ({"reply_markup": inline(buttons)} if buttons else {}))


def document(path: str, name: str, caption: str) -> Letter:
    """A file on this machine, under the name that it is to have."""
    return Letter(
        "sendDocument",
        {"document": {"file": path, "name": name}, "caption": html.escape(caption), "parse_mode": "HTML"},
    )


def text_file(text: str, name: str, caption: str) -> Letter:
    """A small file that is nothing but this text, and is kept with the message."""
    content = {"document": {"text": text, "name": name}, "caption": html.escape(caption), "parse_mode": "HTML"}
    return Letter("sendDocument", content)


def picture(path: str, caption: str) -> Letter:
    """A picture on this machine."""
    content = {"photo": {"file": path, "name": "picture.png"}, "caption": html.escape(caption), "parse_mode": "HTML"}
    return Letter("sendPhoto", content)


def voice(file_id: str, paragraphs: Sequence[str] = (), buttons: Sequence[Sequence[Button]] = ()) -> Letter:
    """A voice message by Telegram's file id; words and buttons under it. Raises ValueError as `captioned` does."""
    content: dict[str, Any] = {"voice": file_id}
    if paragraphs:
        content |= _caption(paragraphs)
    return Letter("sendVoice", content | ({"reply_markup": inline(buttons)} if buttons else {}))


def spot(latitude: float, longitude: float) -> Letter:
    """A pin on the map, in degrees (WGS 84)."""
    return Letter("sendLocation", {"latitude": latitude, "longitude": longitude})


def inline(buttons: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """Rows of buttons as Telegram's inline keyboard."""
    return {"inline_keyboard": [[{"text": each.label, "callback_data": each.data} for each in row] for row in buttons]}


def length(text: str) -> int:
    """How long Telegram counts a text: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}


def _html(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(
        f"<b>{html.escape(each, quote=False)}</b>" if isinstance(each, Bold) else html.escape(each, quote=False)
        for each in paragraphs
    )


def _caption(paragraphs: Sequence[str]) -> dict[str, Any]:
    if length("\n\n".join(paragraphs)) > CAPTION_LIMIT:
        raise ValueError("too long for a caption")
    return {"caption": _html([p for p in paragraphs if p.strip()]), "parse_mode": "HTML"}


def _split(paragraphs: Sequence[str]) -> list[list[str]]:
    """The paragraphs in groups that each fit a message."""
    groups: list[list[str]] = [[]]
    room = MESSAGE_LIMIT
    for paragraph in paragraphs:
        for piece in pieces(paragraph):
            needed = length(piece) + 2
            if groups[-1] and needed > room:
                groups.append([])
                room = MESSAGE_LIMIT
            groups[-1].append(piece)
            room -= needed
    return groups


def pieces(paragraph: str, limit: int = MESSAGE_LIMIT - 2) -> list[str]:
    """A paragraph whole, or cut at spaces where it is longer than the limit (as `length` counts)."""
    if length(paragraph) <= limit:
        return [paragraph]
    found, kind, rest = [], type(paragraph), str(paragraph)
    while length(rest) > limit:
        end = limit // 2  # so many signs always fit, whatever they are
        cut = rest.rfind(" ", end // 2, end)
        end = cut if cut > 0 else end
        found.append(kind(rest[:end]))
        rest = rest[end:].lstrip()
    return [*found, kind(rest)]
