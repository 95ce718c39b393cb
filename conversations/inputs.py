"""What a person can hand to a conversation, whichever messenger it came through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Typed words."""

    text: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button of a conversation's question; `turn` is the conversation's turn when the button was drawn."""

    option: str
    turn: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo; `album` is the same for all photos that were sent together."""

    file_id: str
    caption: str = ""
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice message; `caption` is what was typed under it."""

    file_id: str
    seconds: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A shared location, in degrees (WGS 84)."""

    latitude: float
    longitude: float
    words: str = ""
    """What the place is called, where the messenger knows."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything that no question takes: a sticker, a contact, a poll; `words` are what was typed under it."""

    kind: str
    words: str = ""


Input = Said | Tapped | Photo | Voice | Spot | Thing
