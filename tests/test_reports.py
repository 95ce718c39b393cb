"""Figures, exports and search as the office asks for them."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select, update

from bot.neighbourhood import acts, finding, themes
from bot.neighbourhood.area.tables import Colours
from bot.neighbourhood.narrowing import period
from bot.reports import chart
from bot.reports.cells import Cell, gathered
from bot.reports.export import FORMULA_STARTS, safe
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Job, Role
from conversations.office_said import IdeaAnswered
from conversations.questions import Told
from conversations.results import IdeaHandedIn
from tests.rules import rules as running_rules
from tests.town import Town

EVIL = ['=HYPERLINK("http://x")', "+31 6", "-1+2", "@SUM(A1)", "\tcmd", "＝1", "  =1+1"]


@given(st.one_of(st.text(), st.sampled_from(EVIL), st.integers(), st.floats(allow_nan=False), st.booleans()))
def test_no_cell_starts_a_formula(cell: object) -> None:
    made = safe(cell)
    assert not isinstance(made, str) or not made.lstrip(" ").startswith(FORMULA_STARTS)


def test_cells_keep_what_they_say() -> None:
    assert safe("Losse tegel") == "Losse tegel"
    assert safe("=1+1") == "'=1+1"
    assert safe(None) == ""
    assert safe(date(2026, 11, 23)) == "2026-11-23"
    assert safe(datetime(2026, 11, 23, 10, 5, 7, 99, tzinfo=UTC)) == "2026-11-23T10:05:07+00:00"
    assert (safe(True), safe(3), safe(50.5)) == (1, 3, 50.5)


@pytest.mark.parametrize(
    ("words", "days"), [("30d", 30), ("2w", 14), ("3m", 90), ("1y", 365), ("1j", 365), (" 7 d ", 7)]
)
def test_a_period_as_people_type_it(words: str, days: int) -> None:
    assert period(words) == timedelta(days=days)


@pytest.mark.parametrize("words", ["", "0d", "soon", "-3d", "3", "9999d", "3 days"])
def test_what_is_no_period_is_asked_again(words: str) -> None:
    assert period(words) is None


async def report(person: Person, words: str) -> None:
    person.say(words)
    await person.hears()
    person.tap("Broken pavement or road")
    await person.hears()
    person.say("Schoolstraat")
    await person.hears(2)
    person.tap("Skip")
    await person.hears()
    person.tap("Send")
    await person.sees("Your report is")


async def file_of(town: Town, person: Person) -> bytes:
    """The newest document that somebody got, downloaded as Telegram hands it out."""
    (sent,) = await person.hears(timeout=30)
    assert sent.kind == "document"
    async with aiohttp.ClientSession(town.simulator.url) as client:
        asked = {"file_id": sent.raw["document"]["file_id"]}
        async with client.get(f"/bot{town.simulator.token}/getFile", params=asked) as response:
            path = (await response.json())["result"]["file_path"]
        async with client.get(f"/file/bot{town.simulator.token}/{path}") as response:
            return await response.read()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_an_export_holds_every_row_and_starts_no_formula(either_town: Town, kind: str) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    words = ['=1+1; a "loose" tile,\nreally', "Ünïcode 😀 tile"]
    for each in words:
        await report(anna, each)
        await sanne.hears()
    sanne.say(f"/export complaints {kind}")
    await sanne.hears()
    content = await file_of(town, sanne)
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = [[str(cell.value or "") for cell in row] for row in book.worksheets[0].iter_rows()]
        explained = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
        assert explained[0] == ["code", "What the bot calls it. Type it in the chat to see it."]
        assert len(explained) == len(rows[0]), "a sheet that says what each column is"
    assert rows[0][:6] == ["code", "state", "topic", "theme", "neighbourhood", "words"]
    assert [row[0] for row in rows[1:]] == ["M1", "M2"]
    assert [row[5] for row in rows[1:]] == [f"'{words[0]}", words[1]]
    assert {row[2] for row in rows[1:]} == {"Broken pavement or road"}
    assert {row[4] for row in rows[1:]} == {"Heksenberg"}


async def test_figures_come_in_words_and_pictures_and_point_at_nobody(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    for number in range(6):
        anna = await town.known(f"Anna {number}", "en")
        await report(anna, f"Tile {number}")
        await sanne.hears()
    sanne.say("/solve M1 It lies flat again")
    await sanne.hears()
    sanne.say("/stats 30d")
    assert "I'm counting" in (await sanne.hears())[0].text
    words = await sanne.sees("Complaints: 6 came in, fewer than 5 solved.", timeout=30)
    assert "Heerlen-Noord, since" in words.text
    assert "Open now: 5. Late: 0." in words.text
    assert "Half is solved" not in words.text
    assert (await sanne.sees("Complaints, in and out", timeout=30)).photos
    sanne.say("/stats heksenberg")
    await sanne.sees("Heksenberg, since", timeout=30)
    sanne.say("/stats mariarade 1y")
    words = await sanne.sees("Mariarade, since", timeout=30)
    assert "Complaints: 0 came in, 0 solved." in words.text
    for asked in ("/stats soon", "/stats 0d", "/stats mariarade heksenberg"):
        sanne.say(asked)
        await sanne.sees("Which period, which neighbourhood?")
    sanne.say("/stats mariarde")
    await sanne.sees("Did you mean: mariarade?")
    sanne.tap("mariarade")
    await sanne.sees("I'm counting")


async def test_who_lost_the_role_meanwhile_gets_no_file(town: Town) -> None:
    sanne = await town.coordinator("en")
    assert town.service is not None
    sanne.say("/export complaints csv")
    await sanne.sees("making the file")
    database = Database(town.database_url)
    async with database.write() as session:
        await session.execute(update(Role).values(withdrawn_at=town.clock.now()))
        await session.execute(update(Job).values(next_at=town.clock.now()))
    for _second in range(100):
        async with database.read() as session:
            if not await session.scalar(select(func.count()).select_from(Job)):
                break
        await asyncio.sleep(0.1)
    await database.close()
    sanne.say("/mine")
    seen = await sanne.hears()
    assert [each.kind for each in seen] == ["text"]


def test_what_is_left_tells_none_of_its_parts() -> None:
    few, some, many = Cell(3, 2), Cell(6, 5), Cell(20, 15)
    assert gathered({"a": many, "b": some}) == ({"a": many, "b": some}, Cell())
    shown, rest = gathered({"a": many, "b": some, "c": few})
    assert (shown, rest.count) == ({"a": many}, 9), "the rest alone would be the small one"
    assert gathered({"c": few}) == ({}, Cell())
    assert gathered({"a": many, "c": few}) == ({}, Cell(23, 15))
    assert [cell.may_be_shown for cell in (Cell(), Cell(9, 4), Cell(5, 5))] == [True, False, True]


@given(st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 40), st.integers(0, 20))))
def test_no_gathering_points_at_fewer_than_five(cells: dict[int, tuple[int, int]]) -> None:
    shown, rest = gathered({key: Cell(count, min(count, people)) for key, (count, people) in cells.items()})
    assert all(cell.people >= 5 for cell in shown.values())
    assert rest.count == 0 or rest.people >= 5


CHARTS: list[dict[str, Any]] = [
    {
        "kind": "course", "title": "Meldingen: binnen en opgelost", "names": ["binnengekomen", "opgelost"],
        "colours": [1, 0], "few": "<5", "bars": [[f"{day} nov", day, None if day % 3 else 7] for day in range(1, 15)],
    },
    {
        "kind": "spans", "title": "Hoe lang tot het is opgelost?", "names": ["de helft binnen", "negen van de tien"],
        "unit": "dagen", "rows": [["Lantaarn doet het niet", 3, 3], ["Ik voel me niet veilig", 1, 140]],
    },
    {
        "kind": "stacks", "title": "Hielden we onze beloftes?", "names": ["op tijd", "later", "niet"],
        "colours": [0, 2, 1], "shares": True, "rows": [["Meezenbroek-Schaesbergerveld", [1250, 88, 9]]],
    },
    {
        "kind": "stacks", "title": "Is het echt opgelost? Dit zeiden mensen", "names": ["antwoorden"], "colours": [0],
        "shares": False, "rows": [["Maria Gewanden en Terschuren", [12345]], ["Nee", [5]]],
    },
]  # fmt: skip


def test_no_label_is_cut_off(tmp_path: Path) -> None:
    """Nothing but white at the edges of each picture, at the width of a phone and less high than a message may be."""
    source = {"source": "Meezenbroek-Schaesbergerveld, 25 aug 2026 tot 23 nov 2026. Minder dan 5 mensen: niet getoond."}
    drawn = [{**each, **source, "palette": Colours().in_order} for each in CHARTS]
    chart.draw({"charts": drawn}, tmp_path / "7-1.png")
    for number in range(1, len(CHARTS) + 1):
        picture = Image.open(chart.numbered(tmp_path / "7-1.png", number)).convert("L")
        assert picture.width == 1080
        assert picture.height < 3000
        edges = [(0, 0, 4, picture.height), (picture.width - 4, 0, picture.width, picture.height)]
        edges += [(0, 0, picture.width, 4), (0, picture.height - 4, picture.width, picture.height)]
        assert all(min(picture.crop(edge).tobytes()) > 250 for edge in edges), CHARTS[number - 1]["title"]


def test_the_charts_have_the_colours_of_the_area(tmp_path: Path) -> None:
    """As the area file says, with numbers on them that can be read: dark ones on a light colour."""
    palette = Colours.model_validate({"first": "#fa5", "second": "#303"}).in_order
    assert palette[:3] == ("#ffaa55", "#330033", Colours().third)
    chart.draw({"charts": [{**CHARTS[2], "source": "", "palette": palette}]}, tmp_path / "7-1.png")
    counted = Image.open(tmp_path / "7-1.png").convert("RGB").getcolors(10_000_000) or []
    seen = {colour: count for count, colour in counted}
    assert seen[0xFF, 0xAA, 0x55] > 10_000
    assert seen[0x33, 0x00, 0x33] > 500
    assert seen[0x2B, 0x2B, 0x2B] > 100


async def test_found_by_the_start_of_a_word_without_case_or_accents_the_same_on_both_databases(
    either_town: Town,
) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    await report(anna, "Het café heeft een losse stoeptegel")
    await sanne.hears()
    anna.say("/idea")
    await anna.hears()
    anna.say("Stoepkrijt voor de kinderen")
    for label in ("Skip", "Just so you know", "Send"):
        await anna.hears()
        anna.tap(label)
    await anna.sees("Your idea is I1")
    await sanne.hears()
    for asked, codes in (("STOEP", ["M1", "I1"]), ("cafe tegel", []), ("Café stoep", ["M1"]), ("kinderen", ["I1"])):
        sanne.say(f"/find {asked}")
        (seen,) = await sanne.hears()
        assert sorted(seen.labels) == sorted(codes), asked


async def test_what_an_owner_said_of_an_idea_is_found_after_an_answer_too(tmp_path: Path, database_url: str) -> None:
    """And nobody is found to have said what only the office answered."""
    async with running_rules(tmp_path, database_url) as rules, rules.around.working() as work:
        told = IdeaHandedIn(Told("Een bankje"), "", "", "", "know", behind="De oude linde", neighbours="Familie Vos")
        await acts.act(work, await rules.person(work, "Anna"), told)
        await acts.act(work, await rules.person(work, "Sanne"), IdeaAnswered(1, "answer", "Bij de vijver kan het"))
        found = [await finding.subjects(work, words, "I") for words in ("bankje linde vos", "vijver")]
        assert found == [["I1"], ["I1"]]
        assert [await themes.how_many_mentioned(work, words) for words in ("linde", "vijver")] == [1, 0]
