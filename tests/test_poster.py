"""Posters, slips and cards: the code reads back, every word stands on the page, and who may ask for one."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import pytest
import zxingcpp
from PIL import Image

from bot.cli import main
from bot.reports import sheets
from bot.reports.paper import Paper, picture
from bot.reports.pictograms import FIELDS
from bot.reports.poster import pictogram_of
from bot.simulator import Person
from bot.store.tables import Event
from tests.test_events import announce
from tests.town import MONDAY, Town
from tests.waiting import until

LINK = "https://t.me/BuurtpraatHeerlenNoordBot?start=e123456"
LINES = [
    "Scan en vertel: waar ben je trots op? Wat moet er beter?",
    "Scan and tell us: what are you proud of? What must be better?",
    "Scanne und erzähl: Worauf bist du stolz? Was muss besser werden?",
    "Zeskanuj i opowiedz: z czego jesteś dumny? Co musi być lepsze?",
    "امسح الرمز وأخبرنا: بماذا تفتخر؟ وما الذي يجب أن يكون أفضل؟",
    "Tara ve anlat: Neyle gurur duyuyorsun? Ne daha iyi olmalı?",
    "Скануй і розкажи: чим ти пишаєшся? Що має стати краще?",
]
POSTER: dict[str, Any] = {
    "link": LINK,
    "pictogram": "barbecue",
    "title": "Barbecue in het kasteelpark",
    "facts": ["Wanneer: donderdag 24 december, 17:00", "Waar: Het kasteelpark"],
    "lines": LINES,
    "footer": "Buurtpraat · Heerlen-Noord",
}
LONG = "Waar: Het hele lange kasteelpark, bij de vijver, achter de oude molen, " * 8


def read_code(image: Image.Image) -> str:
    """What a phone reads in the picture."""
    (code,) = zxingcpp.read_barcodes(image)
    return code.text


def read_pdf(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return read_code(document[0].render(scale=2).to_pil())
    finally:
        document.close()


def words_of(pdf: Path, margin: float = 5) -> str:
    """All that is written on the one page; each sign of it must stand within the margin (millimetres)."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        width, height = document[0].get_size()
        page = document[0].get_textpage()
        room = margin / 25.4 * 72
        for index in range(page.count_chars()):
            left, bottom, right, top = page.get_charbox(index)
            assert left >= room, page.get_text_range(index, 1)
            assert right <= width - room, page.get_text_range(index, 1)
            assert bottom >= room, page.get_text_range(index, 1)
            assert top <= height - room, page.get_text_range(index, 1)
        text: str = page.get_text_range()
        return text
    finally:
        document.close()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"title": "Buurtbarbecue met muziek en spelletjes voor jong en oud in het park van Mariarade"[:80]},
        {"title": "W" * 80, "facts": [LONG, LONG]},
        {"title": "حفلة شواء في حديقة القلعة مع الموسيقى", "facts": ["Wanneer: 17:00"]},
        {"title": "Прогулянка 🎉 парком", "lines": LINES * 2},
        {"title": "😀", "facts": [], "lines": LINES[:1], "pictogram": "pin"},
        {"link": f"https://t.me/{'B' * 32}?start=p-{'x' * 60}"},
    ],
)
def test_a_poster_scans_from_paper_and_from_the_picture_and_holds_every_word(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    asked, pdf = {**POSTER, **changed}, tmp_path / "poster.pdf"
    sheets.draw_poster(asked, pdf)
    with Image.open(tmp_path / "poster.png") as image:
        assert image.size == (1240, 1754) or image.size == (1241, 1754), "A4"
        assert read_code(image) == asked["link"]
    assert read_pdf(pdf) == asked["link"]
    text = words_of(pdf)
    assert asked["link"].removeprefix("https://")[:30] in "".join(text.split())
    assert "Скануй" in text or len(asked["lines"]) == 1
    assert "�" not in text


def test_it_scans_when_a_corner_of_the_code_is_torn_off(tmp_path: Path) -> None:
    sheets.draw_poster(POSTER, tmp_path / "poster.pdf")
    with Image.open(tmp_path / "poster.png") as image:
        image.paste("white", (800, 1080, 900, 1180))
        assert read_code(image) == LINK


@pytest.mark.parametrize("name", FIELDS)
def test_each_pictogram_is_there_and_stays_in_its_field(tmp_path: Path, name: str) -> None:
    sheets.draw_poster({**POSTER, "pictogram": name}, tmp_path / "poster.pdf")
    with Image.open(tmp_path / "poster.png") as image:
        field = image.crop((83, 83, 355, 355)).convert("RGB").getcolors(1 << 20) or []
        colours = {colour for _count, colour in field}
        assert {FIELDS[name], (255, 255, 255)} <= colours
        ring = image.crop((75, 75, 364, 364)).convert("RGB")
        assert ring.getpixel((144, 12)) == FIELDS[name], "the shape doesn't reach the field's edge"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Barbecue in het park", "barbecue"),
        ("Buurtbarbecue!", "barbecue"),
        ("Muziek en licht", "music"),
        ("Herfstwandeling", "walk"),
        ("Koffie bij de kerk", "coffee"),
        ("Samen opruimen", "clean_up"),
        ("Voetbaltoernooi", "sports"),
        ("Bewonersavond", "speech"),
        ("", "speech"),
    ],
)
def test_the_pictogram_is_chosen_by_words(title: str, name: str) -> None:
    assert pictogram_of(title) == name


def test_a_slip_is_one_small_page_with_the_number_in_its_own_order(tmp_path: Path) -> None:
    asked = {
        "code": "M123456",
        "about": "Stoep of straat kapot: " + "er ligt al weken een losse tegel " * 30,
        "promise": "Uiterlijk donderdag 26 november hebben we een antwoord.",
        "call": ["Bel 045 000 12 34 en noem deze code.", "اتصل بـ \u2068045 000 12 34\u2069 واذكر هذا الرمز.", *LINES],
        "footer": "Buurtpraat · Heerlen-Noord",
    }
    pdf = tmp_path / "slip.pdf"
    sheets.draw_slip(asked, pdf)
    assert "M123456" in words_of(pdf)
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].get_textpage()
    rows: dict[int, dict[float, str]] = {}
    for index in range(page.count_chars()):
        if (sign := page.get_text_range(index, 1)).isdecimal():
            left, bottom, _right, _top = page.get_charbox(index)
            rows.setdefault(round(bottom / 4), {})[left] = sign
    as_seen = ["".join(row[left] for left in sorted(row)) for row in rows.values()]
    assert as_seen.count("0450001234") == 2, "from left to right among Arabic letters too"
    page.close()
    assert [round(each / 72 * 25.4) for each in document[0].get_size()] == [105, 148]
    document.close()


def test_a_neighbours_card_scans(tmp_path: Path) -> None:
    link = f"https://t.me/{'B' * 32}?start=via-{'x' * 58}"
    sheets.draw_card({"link": link, "title": "Сканируй " * 9, "footer": "Buurtpraat"}, tmp_path / "card.png")
    assert [each.name for each in tmp_path.iterdir()] == ["card.png"]
    with Image.open(tmp_path / "card.png") as image:
        assert read_code(image) == link


def test_words_without_a_space_are_cut_and_signs_that_the_font_lacks_left_out(tmp_path: Path) -> None:
    page = Paper(105, 148)
    end = page.say("x" * 2000 + "😀 \u200b", (10, 10, 80, 40), 30)
    assert end <= 51
    page.output(str(tmp_path / "page.pdf"))
    picture(tmp_path / "page.pdf", tmp_path / "page.png", 72)
    assert words_of(tmp_path / "page.pdf").strip().endswith("…")


async def downloaded(town: Town, file_id: str) -> bytes:
    async with aiohttp.ClientSession(town.simulator.url) as client:
        async with client.get(f"/bot{town.simulator.token}/getFile", params={"file_id": file_id}) as response:
            path = (await response.json())["result"]["file_path"]
        async with client.get(f"/file/bot{town.simulator.token}/{path}") as response:
            return await response.read()


async def read_both(town: Town, person: Person) -> set[str]:
    """What the poster's PDF and picture say to a phone."""
    paper = await person.sees("The poster, to print", timeout=30)
    assert paper.kind == "document"

    async def newest() -> str:
        return person.last.kind

    await until(newest, "photo")
    sent = [paper, person.last]
    document = pypdfium2.PdfDocument(await downloaded(town, sent[0].raw["document"]["file_id"]))
    codes = {read_code(document[0].render(scale=2).to_pil())}
    document.close()
    with Image.open(BytesIO(await downloaded(town, sent[1].raw["photo"][-1]["file_id"]))) as image:
        return {*codes, read_code(image)}


async def test_staff_get_a_poster_by_a_button_and_by_a_command(town: Town) -> None:
    sanne = await town.coordinator("en")
    await announce(sanne)
    bot = town.simulator.the_bot().username
    sanne.say("E1")
    await sanne.sees("Coming: 0")
    sanne.tap("Make a poster")
    await sanne.sees("I'm making the poster")
    assert await read_both(town, sanne) == {f"https://t.me/{bot}?start=e1"}
    sanne.say("/poster p-library")
    await sanne.sees("I'm making the poster")
    assert await read_both(town, sanne) == {f"https://t.me/{bot}?start=p-library"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "/poster p-library"),
        ("e9", "There is no E9"),
        ("e0", "for example: e5 or p-library"),
        ("join-abc", "for example: e5 or p-library"),
        ("p-" + "x" * 61, "for example: e5 or p-library"),
        ("p-bib liotheek", "for example: e5 or p-library"),
    ],
)
async def test_what_is_no_poster_is_said_with_an_example_that_works(town: Town, words: str, answer: str) -> None:
    sanne = await town.coordinator("en")
    sanne.say(f"/poster {words}".strip())
    await sanne.sees(answer)


async def test_a_resident_gets_no_poster(town: Town) -> None:
    anna = await town.known("Anna", "en")
    sanne = await town.coordinator("en")
    await announce(sanne)
    await anna.hears()
    anna.say("/poster p-library")
    await anna.sees("I don't know that one")
    anna.tap_data("E1.poster")
    await anna.sees("I don't know that one")


async def test_the_command_line_asks_telegram_for_the_name(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await town.coordinator("en")
    assert town.service is not None
    assert town.service.turns is not None
    around = town.service.turns.around
    async with around.working() as work:
        work.session.add(Event(title="Muziek", words="", place="", starts_at=MONDAY, at=MONDAY))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, value in {
        "BOT_TOKEN": town.simulator.token,
        "TELEGRAM_API_URL": town.simulator.url,
        "DATABASE_URL": town.database_url,
    }.items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(main, ["poster", "e1"]) == 0
    assert capsys.readouterr().out == "poster-e1.pdf poster-e1.png\n"
    assert read_pdf(folder / "poster-e1.pdf") == f"https://t.me/{town.simulator.the_bot().username}?start=e1"
    assert "Muziek" in words_of(folder / "poster-e1.pdf")
    assert await asyncio.to_thread(main, ["poster", "e2"]) == 1
    assert capsys.readouterr().err == "buurtpraat: There is no E2. A poster for a place: p-library\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["e5"], "there is no database yet; try: buurtpraat migrate"),
        (["E5"], "A poster is for an event or a place, for example: e5 or p-library"),
        (["../../p-x"], "A poster is for an event or a place, for example: e5 or p-library"),
        (["p-library"], "BOT_TOKEN: is missing; BotFather on Telegram gives one"),
        (["p-library", "--bot", "a b"], "--bot: must be the bot's name on Telegram, like BuurtpraatBot"),
    ],
)
def test_the_command_line_says_in_one_line_what_is_wrong(
    arguments: list[str],
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "DATABASE_URL", "DATA_DIR", "AREA"):
        monkeypatch.delenv(name, raising=False)
    assert main(["poster", *arguments]) == 1
    assert capsys.readouterr().err == f"buurtpraat: {error}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_said_to_need_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{empty}")
    assert main(["poster", "e5"]) == 1
    assert capsys.readouterr().err == (
        "buurtpraat: the database can't be read (OperationalError); try: buurtpraat migrate\n"
    )


def test_a_place_needs_no_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["poster", "p-library", "--bot", "@BuurtpraatBot"]) == 0
    assert capsys.readouterr().out == "poster-p-library.pdf poster-p-library.png\n"
    assert read_pdf(tmp_path / "poster-p-library.pdf") == "https://t.me/BuurtpraatBot?start=p-library"
