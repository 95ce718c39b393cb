"""Files: taking them in, naming them, giving them back."""

from __future__ import annotations

import mimetypes
from typing import Any

from telegram import Animation, Audio, Document, File, Sticker, Video, Voice

from bot.simulator.errors import Refused, bad_request
from bot.simulator.file_ids import file_id, find_file, image_size, photo_sizes, unique_id
from bot.simulator.params import Params, Upload
from bot.simulator.registry import method
from bot.simulator.state import BotAccount, Json, StoredFile
from bot.simulator.world import World

UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024


def _taken_in(world: World, kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT):
        raise Refused(413, "Request Entity Too Large")
    size = image_size(upload.content)
    if kind == "photo":
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if sum(size) > 10_000 or max(size) > 20 * max(1, min(size)):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
    mime = upload.mime or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    return world.state.store_file(kind, upload.name, mime, upload.content, size or (0, 0))


def file_content(world: World, bot: BotAccount, kind: str, given: Any, params: Params) -> Json:
    """The part of a message that holds a file: uploaded now, or known by its id."""
    if isinstance(given, Upload):
        stored = _taken_in(world, kind, given)
    elif isinstance(given, str) and given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    elif not given:
        raise bad_request(f"there is no {kind} in the request")
    else:
        stored = find_file(world.state, bot.id, given)
        if stored.kind != kind:
            raise bad_request(f"can't use file of type {stored.kind.capitalize()} as {kind.capitalize()}")
    return described(bot.id, stored, duration=params.integer("duration", 0))


def described(bot_id: int, stored: StoredFile, duration: int = 0) -> Json:
    """A stored file as a message shows it to this bot."""
    kind = stored.kind
    if kind == "photo":
        return {"photo": [size.to_dict() for size in photo_sizes(bot_id, stored)]}
    known, unique = file_id(bot_id, stored), unique_id(stored)
    width, height = stored.width or 640, stored.height or 480
    named: dict[str, Any] = {"file_name": stored.name, "mime_type": stored.mime, "file_size": stored.size}
    if kind == "document":
        return {"document": Document(known, unique, **named).to_dict()}
    if kind == "voice":
        return {"voice": Voice(known, unique, duration, mime_type=stored.mime, file_size=stored.size).to_dict()}
    if kind == "audio":
        return {"audio": Audio(known, unique, duration, **named).to_dict()}
    if kind == "video":
        return {"video": Video(known, unique, width, height, duration, **named).to_dict()}
    if kind == "animation":
        shown = Animation(known, unique, width, height, duration, **named).to_dict()
        return {"animation": shown, "document": Document(known, unique, **named).to_dict()}
    sticker = Sticker(known, unique, 512, 512, False, False, "regular", emoji="👍", file_size=stored.size)
    return {"sticker": sticker.to_dict()}


def path_of(stored: StoredFile) -> str:
    """Where a file can be fetched."""
    ending = mimetypes.guess_extension(stored.mime) or ".bin"
    return f"{stored.kind}s/{stored.key}{ending}"


@method("getFile")
def get_file(world: World, bot: BotAccount, params: Params) -> Json:
    """Where the bot can fetch a file, if it is not too big for bots."""
    given = params.text("file_id")
    stored = find_file(world.state, bot.id, given)
    if stored.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return File(given, unique_id(stored), file_size=stored.size, file_path=path_of(stored)).to_dict()


def file_at(world: World, path: str) -> StoredFile:
    """The file behind a download path."""
    stored = world.state.files.get(path.rpartition("/")[2].partition(".")[0])
    if stored is None or path_of(stored) != path:
        raise Refused(404, "Not Found")
    return stored
