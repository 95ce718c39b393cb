"""What somebody told in their own way, put together: words, a voice message and photos that came one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conversations.questions import Json, Told
from conversations.talk import SKIPPED
from conversations.words import Words, _


def joined(told: Json, more: Mapping[str, Json]) -> Json | None:
    """What was told (as it is stored, if anything was) with this added; None where both have a voice message."""
    before = told if isinstance(told, dict) and told != SKIPPED else {}
    if before.get("voice") and more.get("voice"):
        return None
    texts = [before.get("text"), more.get("text")]
    return {**before, **more, "text": "\n".join(each for each in texts if each)}


def told_or_shown(told: Told, photos: Sequence[str]) -> tuple[Told, list[str]]:
    """What was told, and the photos with it; where nothing was, the first of the photos tells it."""
    if told or not photos:
        return told, list(photos)
    return Told(photo=photos[0]), list(photos[1:])


def as_said(told: Told) -> Words:
    """What was told, as it is shown once more before it is sent."""
    if told.text and told.voice:
        return _("{words} (and your voice message)", words=told.text)
    if told.text:
        return told.text
    if told.voice:
        return _("your voice message")
    return _("your photo") if told.photo else _("not said yet")
