"""Photos: what is kept shows what one saw, and nothing else that the file knew."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from bot.photos.reencode import LONGEST_SIDE, reencode
from bot.photos.worker import NoPicture, reencoded
from bot.store.database import Database
from bot.store.tables import Photo
from tests.town import MONDAY, Town
from tests.waiting import until


def jpeg(width: int = 64, height: int = 48, *, orientation: int = 1) -> bytes:
    """A photo as a phone makes it: with a place, a comment, and perhaps lying on its side."""
    picture = Image.new("RGB", (width, height), "red")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone of Anna"
    exif.get_ifd(0x8825)[2] = (50.0, 55.0, 12.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels a side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_nothing_survives_but_what_one_sees() -> None:
    original = jpeg()
    assert b"Anna" in original
    assert b"secret comment" in original
    kept = reencode(original)
    assert b"Anna" not in kept
    assert b"secret comment" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert not picture.getexif()
        assert "comment" not in picture.info


def test_a_photo_on_its_side_is_set_upright() -> None:
    with Image.open(io.BytesIO(reencode(jpeg(64, 48, orientation=6)))) as picture:
        assert picture.size == (48, 64)


def test_a_large_photo_becomes_smaller() -> None:
    with Image.open(io.BytesIO(reencode(jpeg(5000, 2500)))) as picture:
        assert picture.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    with pytest.raises(ValueError, match="no picture"):
        reencode(out.getvalue())


@settings(max_examples=60)
@given(st.integers(0, 400), st.binary(max_size=40))
def test_a_damaged_file_is_refused_or_made_whole_but_never_more_than_that(cut: int, rubbish: bytes) -> None:
    damaged = jpeg()[:cut] + rubbish
    try:
        kept = reencode(damaged)
    except ValueError:
        return
    assert b"Anna" not in kept


async def test_a_bomb_ends_in_its_own_process() -> None:
    with pytest.raises(NoPicture):
        await reencoded(bomb())
    with pytest.raises(NoPicture):
        await reencoded(b"%PDF-1.4 a document posing as a photo")
    assert (await reencoded(jpeg())).startswith(b"\xff\xd8")


async def test_a_residents_photo_is_kept_without_what_it_knew_and_a_bad_one_is_said_to_be_bad(town: Town) -> None:
    anna = await town.known("Anna", "en")
    anna.photo(jpeg(), caption="Loose tile")
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    anna.say("Schoolstraat")
    await anna.hears(2)
    anna.photo(b"not a picture at all")
    await anna.hears()
    anna.tap("Send")
    await anna.sees("M1")
    await anna.sees("I couldn't open a photo with M1", timeout=20)
    database = Database(town.database_url)

    async def states() -> list[str]:
        async with database.read() as session:
            return list(await session.scalars(select(Photo.state).order_by(Photo.id)))

    await until(states, ["kept", "bad"])
    await database.close()
    assert [b"Anna" in content for content in await asyncio.to_thread(kept_in, town.folder / "photos")] == [False]


async def test_a_file_that_cannot_be_removed_keeps_no_other_photo_waiting(town: Town) -> None:
    anna = await town.known("Anna", "en")
    assert town.service is not None
    assert town.service.turns is not None
    folder = town.folder / "photos"
    (folder / "not-a-file.jpg").mkdir(parents=True)
    gone = Photo(
        subject="M9", part="before", file_id="", state="gone", file="not-a-file.jpg", next_at=MONDAY, at=MONDAY
    )
    async with town.service.turns.around.database.write() as session:
        session.add(gone)
    anna.photo(jpeg(), caption="Loose tile")
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    anna.say("Schoolstraat")
    await anna.hears(2)
    anna.tap("Send")
    await anna.sees("M1")

    async def kept() -> int:
        return len(kept_in(folder))

    await until(kept, 1)


BAD = b"not a picture at all"


async def test_who_sent_a_bad_photo_with_an_idea_or_an_answer_hears_so(town: Town) -> None:
    anna = await town.known("Anna", "en")
    anna.say("/questions")
    await anna.sees("What are you proud of")
    anna.photo(BAD)
    await anna.sees("what must be better?")
    anna.tap("Skip")
    await anna.sees(
        "I couldn't open the photo with your answer.\n\nPlease send it again, or tell it in words.", timeout=20
    )
    anna.say("/idea")
    await anna.sees("What is your idea")
    anna.photo(BAD, caption="A garden")
    for asked in ("Who is joining in?", "What would you like from us?"):
        await anna.sees(asked)
        anna.tap("Skip")
    await anna.sees("Is this right?")
    anna.tap("Send")
    await anna.sees("I couldn't open a photo with I1.\n\nThe rest has arrived", timeout=20)


async def test_who_sent_a_bad_photo_of_the_result_hears_so_and_no_resident_does(town: Town) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    anna.photo(jpeg(), caption="Loose tile")
    await anna.sees("What is it about?")
    anna.tap("Yes: Broken pavement or road")
    await anna.sees("Where is it?")
    anna.say("Schoolstraat")
    await anna.sees("Is this right?")
    anna.tap("Send")
    await anna.sees("M1")
    sanne.photo(BAD, caption="/solve M1 Mended")
    await sanne.sees("I couldn't open the photo of the result. M1 stays solved without it.", timeout=20)
    assert not any("couldn't open" in each.text for each in anna.messages)


def kept_in(folder: Path) -> list[bytes]:
    """What the worker has kept."""
    return [file.read_bytes() for file in folder.glob("*.jpg") if file.is_file()]
