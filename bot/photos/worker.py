"""The worker that downloads photos, one at a time, and keeps them below the data folder."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError
from sqlalchemy import delete, select

from bot.children import end, without_secrets
from bot.neighbourhood import bad_photos, spendings
from bot.neighbourhood.work import Surroundings, Work
from bot.store.database import is_away
from bot.store.tables import Photo

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
"""Telegram hands a bot no larger file."""
SECONDS = 30
IDLE_SECONDS = 2.0
PATIENCE = 8
"""So many times a download is tried, with growing pauses: together about a day."""


class NoPicture(Exception):
    """What was sent is no picture."""


class PhotoWorker:
    """Works through the photos that are new, until it is cancelled."""

    def __init__(self, around: Surroundings, bot: Bot, folder: Path) -> None:
        self._around = around
        self._bot = bot
        self._folder = folder

    async def run(self) -> None:
        """Work until cancelled. Raises `LeaseLost`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                worked = await self.work_once()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("the photos wait for the database: %s", type(error).__name__)
                worked = False
            if not worked:
                await asyncio.sleep(IDLE_SECONDS)

    async def work_once(self) -> bool:
        """Do the next photo; False when there is none."""
        async with self._around.database.read() as session:
            now = self._around.clock.now()
            photo = await session.scalar(
                select(Photo).where(Photo.state.in_(["new", "gone"]), Photo.next_at <= now).order_by(Photo.id).limit(1)
            )
        if photo is None:
            return False
        if photo.state == "gone":
            try:
                await self._remove(photo)
            except OSError as error:
                log.warning("photo %d can't be removed now: %s", photo.id, type(error).__name__)
                await self._later(photo)
            return True
        try:
            name = await self._keep(photo)
        except NoPicture:
            await self._settle(photo, None)
        except (AiogramError, ClientError, OSError, TimeoutError) as error:
            # the error's own text can hold the link with the token
            log.info("photo %d can't be had now: %s", photo.id, type(error).__name__)
            await self._later(photo)
        else:
            await self._settle(photo, name)
        return True

    async def _keep(self, photo: Photo) -> str:
        try:
            file = await self._bot.get_file(photo.file_id)
        except TelegramBadRequest as error:
            raise NoPicture from error
        if not file.file_path or (file.file_size or 0) > LARGEST:
            raise NoPicture
        content = io.BytesIO()
        await self._bot.download_file(file.file_path, content, timeout=SECONDS)
        picture = await reencoded(content.getvalue())
        name = f"{photo.id}.jpg"
        await asyncio.to_thread(_write, self._folder / name, picture)
        return name

    async def _settle(self, photo: Photo, name: str | None) -> None:
        async with self._around.working() as work:
            row = await work.session.get(Photo, photo.id)
            if row is None:  # erased meanwhile
                if name is not None:
                    (self._folder / name).unlink(missing_ok=True)
                return
            if row.state == "gone":
                row.file = name  # erased while it was fetched: the next round removes the file
                return
            row.state, row.file = ("kept", name) if name else ("bad", None)
            if name is None:
                await _tell_sender(work, row)

    async def _remove(self, photo: Photo) -> None:
        if photo.file:
            (self._folder / photo.file).unlink(missing_ok=True)
        async with self._around.database.write() as session:
            await session.execute(delete(Photo).where(Photo.id == photo.id))

    async def _later(self, photo: Photo) -> None:
        async with self._around.working() as work:
            row = await work.session.get(Photo, photo.id)
            if row is None:
                return
            row.attempts += 1
            row.next_at = self._around.clock.now() + timedelta(seconds=min(30 * 4**row.attempts, 6 * 3600))
            if row.attempts > PATIENCE and row.state == "new":
                row.state = "bad"
                await _tell_sender(work, row)


async def _tell_sender(work: Work, photo: Photo) -> None:
    if photo.subject.startswith("S"):
        await spendings.photo_was_bad(work, photo)
    else:
        await bad_photos.tell_sender(work, photo)


async def reencoded(content: bytes) -> bytes:
    """The picture, made anew in a child process. Raises `NoPicture`."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.photos.reencode",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=without_secrets(),
    )
    try:
        async with asyncio.timeout(SECONDS):
            picture, _nothing = await child.communicate(content)
    except TimeoutError:
        raise NoPicture from None
    finally:
        await end(child)
    if child.returncode != 0 or not picture:
        raise NoPicture
    return picture


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the power goes."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
