"""File ids: names of a file that hold for one bot only, as with Telegram."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Any

from telegram import PhotoSize

from bot.simulator.errors import bad_request
from bot.simulator.state import State, StoredFile

PREFIXES = {
    "photo": "AgAC",
    "voice": "AwAC",
    "video": "BAAC",
    "document": "BQAC",
    "audio": "CQAC",
    "animation": "CgAC",
    "sticker": "CAAC",
}
WRONG = "wrong file identifier/HTTP URL specified"


def file_id(bot_id: int, stored: StoredFile, size: int = 0) -> str:
    """The id under which this bot knows this file (and, of a photo, this size)."""
    packed = base64.urlsafe_b64encode(f"{bot_id}:{stored.key}:{size}".encode()).decode().rstrip("=")
    return PREFIXES[stored.kind] + packed


def unique_id(stored: StoredFile, size: int = 0) -> str:
    """The same for every bot, but of no use to fetch the file."""
    return f"AQ{size}{stored.key[:14]}"


def find_file(state: State, bot_id: int, given: Any) -> StoredFile:
    """The file behind an id, if it is an id of this bot's."""
    if not isinstance(given, str) or not given:
        raise bad_request("file_id not specified")
    try:
        padded = given[4:] + "=" * (-len(given[4:]) % 4)
        owner, key, _ = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise bad_request(f"{WRONG}: Wrong remote file identifier specified") from None
    stored = state.files.get(key)
    if owner != str(bot_id) or stored is None or given[:4] != PREFIXES[stored.kind]:
        raise bad_request(WRONG)
    return stored


def photo_sizes(bot_id: int, stored: StoredFile) -> list[PhotoSize]:
    """The sizes of a photo, the biggest last. Here each holds the bytes as they were given."""
    width, height = stored.width or 1280, stored.height or 960
    longest = max(width, height)
    steps = [side for side in (90, 320, 800) if side < longest] + [min(longest, 1280)]
    return [
        PhotoSize(
            file_id(bot_id, stored, index),
            unique_id(stored, index),
            width=max(1, width * side // longest),
            height=max(1, height * side // longest),
            file_size=stored.size if side == steps[-1] else max(1, stored.size * side // longest // 2),
        )
        for index, side in enumerate(steps)
    ]


def image_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the header of a PNG, GIF, JPEG, WebP or BMP; None when it is none of these."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content[:2] == b"BM" and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return width, abs(height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return (1280, 960)
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
