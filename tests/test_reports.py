"""Figures, exports and search as the office asks for them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import aiohttp
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.export import FORMULA_STARTS, safe
from bot.reports.figures import period
from bot.simulator import Person
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
    ("words", "days"), [("", 90), ("30d", 30), ("2w", 14), ("3m", 90), ("1y", 365), ("1j", 365), (" 7 d ", 7)]
)
def test_a_period_as_people_type_it(words: str, days: int) -> None:
    assert period(words) == timedelta(days=days)


@pytest.mark.parametrize("words", ["0d", "soon", "-3d", "3", "9999d", "3 days"])
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
        assert book.worksheets[1].cell(1, 2).value == "code", "a sheet that says what each column is"
    assert rows[0][:6] == ["code", "state", "topic", "theme", "neighbourhood", "words"]
    assert [row[0] for row in rows[1:]] == ["M1", "M2"]
    assert [row[5] for row in rows[1:]] == [f"'{words[0]}", words[1]]
    assert {row[2] for row in rows[1:]} == {"Broken pavement or road"}
    assert {row[4] for row in rows[1:]} == {"Heksenberg"}


async def test_figures_come_in_words_at_once_and_as_a_picture_soon(either_town: Town) -> None:
    town = either_town
    sanne = await town.coordinator("en")
    anna = await town.known("Anna", "en")
    for number in range(6):
        await report(anna, f"Tile {number}")
        await sanne.hears()
    sanne.say("/solve M1 It lies flat again")
    await sanne.hears()
    await anna.hears()
    sanne.say("/stats 30d")
    (words,) = await sanne.hears()
    assert "6 complaints came in." in words.text
    assert "Solved: 1." in words.text
    assert "Open now: 5. Late: 0." in words.text
    assert "Half of them" not in words.text, "fewer than five"
    (picture,) = await sanne.hears(timeout=30)
    assert picture.photos


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
    for _question in range(4):
        await anna.hears()
        anna.tap("Skip")
    await anna.sees("Your idea is I1")
    await sanne.hears()
    for asked, codes in (("STOEP", ["M1", "I1"]), ("cafe tegel", []), ("Café stoep", ["M1"]), ("kinderen", ["I1"])):
        sanne.say(f"/find {asked}")
        (seen,) = await sanne.hears()
        assert sorted(seen.labels) == sorted(codes), asked
