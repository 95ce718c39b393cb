"""What is kept of somebody, and being forgotten: nothing of it may be left anywhere."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from sqlalchemy import func, select, update

from bot.neighbourhood import own_data
from bot.neighbourhood.work import Work
from bot.reports import desk, zipped
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import (
    Complaint,
    History,
    Idea,
    JoinLink,
    Photo,
    Post,
    Recipient,
    Recording,
    Reporter,
    Resident,
    Role,
)
from tests.test_photos import jpeg
from tests.test_reports import file_of
from tests.town import Town
from tests.waiting import until

SAID = ("zonderling verhaal", "Geheimstraat 7", "trotse tuin", "bijzonder idee", "meer licht graag")


@pytest_asyncio.fixture
async def database(town: Town) -> AsyncIterator[Database]:
    """The town's database, beside the bot."""
    here = Database(town.database_url)
    yield here
    await here.close()


async def say_much(town: Town) -> Person:
    """A resident who used everything there is."""
    anna = await town.known("Anna", "en")
    anna.photo(jpeg(), caption=SAID[0])
    await anna.hears()
    anna.tap("Broken pavement or road")
    await anna.hears()
    anna.say(SAID[1])
    await anna.hears(2)
    anna.tap("Send")
    await anna.sees("M1")
    anna.say("/questions")
    await anna.hears()
    anna.say(SAID[2])
    await anna.hears()
    anna.say(SAID[4])
    await anna.hears()
    anna.say("/idea")
    await anna.hears()
    anna.say(SAID[3])
    for label in ("Skip", "Just so you know", "Send"):
        await anna.hears()
        anna.tap(label)
    await anna.sees("I1")
    return anna


def everything(folder: Path, name: str) -> str:
    """The whole database as text."""
    with sqlite3.connect(folder / name) as database:
        return "\n".join(database.iterdump())


class Page(HTMLParser):
    """What a page holds: its tags, and where its pictures and links point."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(content)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attributes) if tag == "html" else {}
        self.sources += [value or "" for name, value in attributes if name in ("src", "href", "onerror", "onload")]


async def my_data(town: Town, person: Person, *, command: str = "/mydata") -> tuple[str, dict[str, Any], list[str]]:
    """The page, what machines read, and the names of the files."""
    person.say(command)
    await person.hears()
    with zipfile.ZipFile(io.BytesIO(await file_of(town, person))) as archive:
        page = archive.read("buurtpraat.html").decode()
        return page, json.loads(archive.read("buurtpraat.json")), archive.namelist()


async def is_kept(database: Database, number: int = 1) -> None:
    """Wait until so many photos were downloaded."""

    async def kept() -> int:
        async with database.read() as session:
            return await session.scalar(select(func.count()).where(Photo.state == "kept")) or 0

    await until(kept, number)


async def forgets(person: Person) -> None:
    """Ask to be forgotten, and say yes."""
    person.say("/forget")
    await person.sees("Do you want us to forget you?")
    person.tap("Yes, forget me")
    await person.sees("We have forgotten you")


# --- Everything that is kept --------------------------------------------------------------------------------


async def test_my_data_holds_all_that_i_said_with_my_photos(town: Town, database: Database) -> None:
    anna = await say_much(town)
    await is_kept(database)
    page, kept, names = await my_data(town, anna)
    assert all(words in page for words in SAID)
    assert all(words in json.dumps(kept) for words in SAID)
    assert (kept["reports"][0]["code"], kept["neighbourhood"]) == ("M1", "WK091722")
    assert "Heksenberg" in page
    assert kept["photos"][0]["file"] in names
    held = Page(page)
    assert held.attributes["lang"] == "en"
    assert held.tags.count("img") == 1
    assert [source[:23] for source in held.sources] == ["data:image/jpeg;base64,"]
    assert not {"script", "link", "iframe", "a"} & set(held.tags)


async def test_what_somebody_wrote_is_words_on_the_page_and_nothing_else(town: Town) -> None:
    anna = await town.known("Anna", "nl")
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'\u202e"
    anna.say("/vragen")
    await anna.hears()
    anna.say(evil)
    await anna.hears()
    anna.tap("Overslaan")
    await anna.hears()
    page, kept, _names = await my_data(town, anna, command="/mijngegevens")
    assert kept["answers"][0]["words"] == evil
    held = Page(page)
    assert held.attributes["lang"] == "nl"
    assert not {"script", "img"} & set(held.tags)
    assert "Wat Buurtpraat van je bewaart" in page


async def test_a_photo_that_is_not_there_yet_or_too_large_is_said_to_be_left_out(tmp_path: Path) -> None:
    for number in (1, 2):
        Image.new("RGB", (900, 300), "blue").save(tmp_path / f"{number}.jpg")
    kept: dict[str, Any] = {
        "photos": [
            {"code": "M1", "state": "kept", "file": "1.jpg"},
            {"code": "M1", "state": "kept", "file": "2.jpg"},
            {"code": "M1", "state": "new", "file": None},
        ]
    }
    card = {"lines": [["Code", "M1"]], "photos_of": "M1"}
    page: dict[str, Any] = {"title": "رسائلك", "language": "ar", "direction": "rtl", "photo": "photo", "below": []}
    page |= {"not_yet": "not yet", "too_much": "too much", "sections": [{"title": "x", "cards": [card]}]}
    asked = {"kept": kept, "page": page, "folder": str(tmp_path)}
    target = tmp_path / "mine.zip"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zipped, "LARGEST", (tmp_path / "2.jpg").stat().st_size + 8000)
        zipped.write(asked, target)
    with zipfile.ZipFile(target) as archive:
        assert sorted(archive.namelist()) == ["buurtpraat.html", "buurtpraat.json", "photos/M1-2.jpg"]
        content = archive.read("buurtpraat.html").decode()
        told = json.loads(archive.read("buurtpraat.json"))["photos"]
    assert 'dir="rtl"' in content
    assert "not yet" in content
    assert "too much" in content
    assert [photo.get("left_out") for photo in told] == ["the file would be too large", None, "not downloaded yet"]


async def test_the_page_says_it_in_every_language_of_ours_and_asked_twice_it_is_made_once(town: Town) -> None:
    anna = await town.known("Anna", "en")
    anna.say("/mydata")
    anna.say("/mydata")
    await anna.hears(2)
    await file_of(town, anna)
    await anna.quiet()


# --- Being forgotten ----------------------------------------------------------------------------------------


async def test_who_is_forgotten_is_found_nowhere(town: Town) -> None:
    anna = await say_much(town)
    sanne = await town.coordinator("en")
    assert all(words in everything(town.folder, "buurtpraat.db") for words in SAID)
    await forgets(anna)
    town.passes(minutes=11)
    sanne.say("/find zonderling")
    await sanne.sees("Nothing found")
    sanne.say("M1")
    await sanne.sees("M1")

    async def photos() -> list[Path]:
        return list((town.folder / "photos").glob("*.jpg"))

    await until(photos, list[Path]())  # the worker removes them
    await town.stop()
    left = everything(town.folder, "buurtpraat.db")
    assert [words for words in SAID if words in left] == []
    assert 'insert into "complaints"' in left.lower(), "that there was a report stays"


async def test_a_report_that_others_joined_stays_without_who_is_forgotten(town: Town, database: Database) -> None:
    anna = await say_much(town)
    bob = await town.known("Bob", "en")
    async with database.write() as session:
        first = (await session.scalars(select(Reporter))).one()
        number = await session.scalar(select(func.max(Resident.id)))
        later = first.at.replace(microsecond=first.at.microsecond + 1)
        session.add(Reporter(complaint_id=1, resident_id=number, words="bij mij ook", at=later))
        session.add(History(subject="M1", what="reopen", words="nog steeds los", by=first.resident_id, at=later))
        await session.execute(update(Complaint).values(voice="her-voice", came_from="via-token"))
    await forgets(anna)
    async with database.read() as session:
        complaint = await session.get_one(Complaint, 1)
        assert (complaint.words, complaint.place) == (SAID[0], SAID[1])
        assert (complaint.voice, complaint.came_from) == (None, "via")
        assert [each.words for each in await session.scalars(select(Reporter))] == ["bij mij ook"]
        lines = list(await session.scalars(select(History).where(History.subject == "M1")))
        assert {line.by for line in lines} == {None}
        assert "nog steeds los" not in {line.words for line in lines}
        assert (await session.get_one(Idea, 1)).words == ""
    bob.say("/mine")
    await bob.sees("M1")
    await forgets(bob)
    async with database.read() as session:
        complaint = await session.get_one(Complaint, 1)
        assert (complaint.words, complaint.place) == ("", "")


async def test_who_worked_for_the_office_leaves_what_they_made_without_their_number(
    town: Town, database: Database
) -> None:
    anna, sanne = await town.known("Anna", "en"), await town.coordinator("en")
    async with database.write() as session:
        staff = await session.scalar(select(Role.resident_id))
        moment = town.clock.now()
        await session.execute(
            update(Resident).where(Resident.id != staff).values(contact_id=staff, brought_by=staff, came_from="via-x")
        )
        session.add(Recording(question="welcome.consent", language="en", voice="v", made_by=staff, at=moment))
        session.add(JoinLink(fingerprint=b"x" * 32, role="staff", made_by=staff, expires_at=moment))
        session.add(Post(chat_id=1, subject="M9", content={"text": "x"}, at=moment))
    sanne.say("/event")
    await sanne.hears()
    for answer in ("Barbecue", "24-12-2026 17:00", "Park"):
        sanne.say(answer)
        await sanne.sees("?")
    sanne.say("/cancel")
    await sanne.hears()
    await forgets(sanne)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Role)) == 0
        assert await session.scalar(select(func.count()).select_from(JoinLink)) == 0
        assert (await session.scalars(select(Recording.made_by))).all() == [None]
        found = await session.execute(select(Resident.contact_id, Resident.brought_by, Resident.came_from))
        assert {tuple(row) for row in found} <= {(None, None, "via"), (None, None, "telegram")}
        assert await session.scalar(select(func.count()).where(History.by == staff)) == 0
    anna.say("/mine")
    await anna.hears()


async def test_cards_that_show_what_was_said_say_that_it_is_gone(town: Town, database: Database) -> None:
    anna = await say_much(town)
    await town.coordinator("en")
    async with database.write() as session:
        chat = await session.scalar(select(func.max(Resident.chat_id)))
        for subject, method, content in (
            ("M1", "sendMessage", {"text": SAID[0]}),
            ("M1 photo", "sendPhoto", {"photo": "f", "caption": SAID[0]}),
            ("M12", "sendMessage", {"text": "of somebody else"}),
        ):
            post = {"subject": subject, "method": method, "content": content, "shown": 1, "message_id": 1}
            session.add(Post(chat_id=chat, at=town.clock.now(), claimed_until=1e12, **post))
    await forgets(anna)
    async with database.read() as session:
        posts = {each.subject: each for each in await session.scalars(select(Post))}
        assert SAID[0] not in str([each.content for each in posts.values()])
        assert "gewist" in posts["M1"].content["text"]
        assert "gewist" in posts["M1 photo"].content["caption"]
        assert (posts["M1"].wanted, posts["M12"].wanted) == (2, 1)


async def test_an_invitation_that_waits_does_not_reach_who_was_forgotten(town: Town, database: Database) -> None:
    sanne, anna = await town.coordinator("en"), await town.known("Anna", "en")
    town.passes(hours=12)
    sanne.say("/event")
    await sanne.hears()
    for answer in ("The barbecue", "24-12-2026 17:00", "Park"):
        sanne.say(answer)
        await sanne.sees("?")
    sanne.tap("Skip")
    await sanne.hears()
    sanne.tap("Skip")
    await sanne.sees("This is what people will get")
    sanne.tap("Invite everybody")
    await sanne.sees("quiet time")
    await forgets(anna)
    async with database.read() as session:
        assert set(await session.scalars(select(Recipient.state))) <= {"gone"}
    town.passes(hours=11)
    await anna.quiet()


async def test_who_was_forgotten_and_comes_back_is_somebody_new(town: Town) -> None:
    anna = await say_much(town)
    await forgets(anna)
    anna.start()
    await anna.sees("Is that all right with you?")
    anna.tap("Yes, that's fine")
    await anna.hears()
    anna.tap("Skip")
    await anna.hears()
    anna.say("/mine")
    await anna.sees("nothing of yours")
    anna.say("M1")
    (seen,) = await anna.hears()
    assert "What is it about" in seen.text, "a code that isn't theirs is just words"


async def test_no_changes_nothing(town: Town) -> None:
    anna = await say_much(town)
    anna.say("/forget")
    await anna.hears()
    anna.tap("No, keep it")
    await anna.sees("Everything stays as it is")
    anna.say("/mine")
    await anna.sees("M1")


# --- In the middle of something, and without a yes ----------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/privacy", "What we keep"),
        ("/mydata", "You get a file"),
        ("/stop", "You won't get invitations"),
        ("/forget", "Do you want us to forget you?"),
    ],
)
async def test_each_works_in_the_middle_of_a_report_and_without_a_yes(town: Town, command: str, says: str) -> None:
    anna, bob, carl = await town.known("Anna", "en"), town.resident("Bob", "en"), town.resident("Carl", "en")
    anna.say("/report")
    await anna.hears()
    anna.say(command)
    await anna.sees(says)
    bob.say("zonderling verhaal")
    await bob.sees("First this")
    bob.say(command)
    await bob.sees(says)
    carl.say(command)
    await carl.sees(says)
    if command == "/mydata":
        _page, kept, _names = await my_data(town, town.resident("Dora", "en"))
        assert kept["agreed"] is None


async def test_somebody_who_never_said_yes_is_forgotten_at_once(town: Town) -> None:
    anna = town.resident("Anna", "en")
    anna.say("zonderling verhaal")
    await anna.sees("First this")
    await forgets(anna)
    town.passes(minutes=11)
    await town.stop()
    assert "zonderling" not in everything(town.folder, "buurtpraat.db")


async def test_who_never_says_yes_is_gone_after_a_day(town: Town) -> None:
    anna = town.resident("Anna", "en")
    anna.say("zonderling verhaal")
    await anna.sees("First this")
    town.passes(hours=25)
    sanne = await town.coordinator("en")  # a later turn: the sweep has been by then
    sanne.say("/log")
    await sanne.hears()
    await town.stop()
    left = everything(town.folder, "buurtpraat.db")
    assert "zonderling" not in left


async def test_what_is_kept_names_no_other_resident(town: Town, database: Database) -> None:
    anna = await say_much(town)
    bob = await town.known("Bob", "en")
    async with database.write() as session:
        number = await session.scalar(select(func.max(Resident.id)))
        first = (await session.scalars(select(Reporter))).one()
        later = first.at.replace(microsecond=first.at.microsecond + 1)
        session.add(Reporter(complaint_id=1, resident_id=number, words="bij mij ook", at=later))
    _page, kept, _names = await my_data(town, bob)
    assert not kept["reports"]
    assert kept["joined"][0]["words"] == "bij mij ook"
    assert SAID[0] not in json.dumps(kept)
    _page, kept, _names = await my_data(town, anna)
    assert "bij mij ook" not in json.dumps(kept)


async def test_a_file_that_cannot_be_made_stops_nothing_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = await town.known("Anna", "en")

    async def fails(work: Work, resident: Resident) -> dict[str, Any]:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(own_data, "kept_of", fails)
    anna.say("/mydata")
    await anna.sees("You get a file")
    for _try in range(desk.TRIES):
        town.passes(minutes=1)
        await asyncio.sleep(1.5 * desk.IDLE_SECONDS)
    await anna.sees("Sorry, that file can't be made now.")
    anna.say("/help")
    await anna.sees("/mine")
