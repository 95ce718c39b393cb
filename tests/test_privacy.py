"""What is kept of somebody, and being forgotten: nothing of it may be left anywhere."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

from bot.simulator import Person
from tests.test_photos import jpeg
from tests.test_reports import file_of
from tests.town import Town

SAID = ("zonderling verhaal", "Geheimstraat 7", "trotse tuin", "bijzonder idee", "meer licht graag")


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
    for _question in range(4):
        await anna.hears()
        anna.tap("Skip")
    await anna.sees("I1")
    return anna


def everything(folder: Path, name: str) -> str:
    """The whole database as text."""
    with sqlite3.connect(folder / name) as database:
        return "\n".join(database.iterdump())


async def test_my_data_holds_all_that_i_said(town: Town) -> None:
    anna = await say_much(town)
    anna.say("/mydata")
    await anna.hears()
    page = (await file_of(town, anna)).decode()
    assert all(words in page for words in SAID)
    machine = re.search(r"<pre>(.*)</pre>", page, re.DOTALL)
    assert machine is not None
    kept = json.loads(machine[1].replace("&quot;", '"').replace("&#x27;", "'"))
    assert kept["reports"][0]["code"] == "M1"
    assert kept["neighbourhood"]


async def test_who_is_forgotten_is_found_nowhere(town: Town) -> None:
    anna = await say_much(town)
    sanne = await town.coordinator("en")
    assert all(words in everything(town.folder, "buurtpraat.db") for words in SAID)
    anna.say("/forget")
    await anna.hears()
    anna.tap("Yes, forget me")
    await anna.sees("We have forgotten you")
    town.passes(minutes=11)
    sanne.say("/find zonderling")
    await sanne.sees("Nothing found")
    sanne.say("M1")
    await sanne.sees("M1")
    await town.stop()
    left = everything(town.folder, "buurtpraat.db")
    assert [words for words in SAID if words in left] == []
    assert list((town.folder / "photos").glob("*.jpg")) == []
    assert 'insert into "complaints"' in left.lower(), "that there was a report stays"


async def test_who_was_forgotten_and_comes_back_is_somebody_new(town: Town) -> None:
    anna = await say_much(town)
    anna.say("/forget")
    await anna.hears()
    anna.tap("Yes, forget me")
    await anna.sees("We have forgotten you")
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


async def test_somebody_who_never_said_yes_can_read_ask_and_be_forgotten(town: Town) -> None:
    anna = town.resident("Anna", "en")
    anna.say("zonderling verhaal")
    await anna.sees("First this")
    anna.say("/privacy")
    await anna.sees("We keep what you send us")
    anna.say("/mydata")
    await anna.sees("You get a file")
    anna.say("/forget")
    await anna.sees("Do you want us to forget you?")
    anna.tap("Yes, forget me")
    await anna.sees("We have forgotten you")
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
