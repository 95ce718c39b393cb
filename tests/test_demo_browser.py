"""The demo as a stranger uses it: one process, a real browser, two phones; everything is done on the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser import ARGUMENTS, CHROMIUM, demo, need_chromium, phone

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 20_000
"""Milliseconds that a step may take on a machine that is busy with other tests."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need_chromium()
    with demo(tmp_path_factory.mktemp("demo")) as where:
        yield where


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    need_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    await page.goto(address)
    yield page
    await page.close()
    assert wrong == []


async def tap(at: Locator, label: str) -> None:
    """Tap the newest button of that name."""
    await at.get_by_role("button", name=label, exact=True).last.click()


async def be(at: Locator, name: str) -> None:
    """Take the phone of somebody else, whether or not there is news on it."""
    await at.locator(".people").get_by_role("button", name=name).click()


async def hears(at: Locator, words: str) -> str:
    """Wait until the newest messages of the bot hold these words; gives what the message says."""
    message = at.locator(".message.theirs").filter(has_text=words).last
    await expect(message).to_be_in_viewport()
    return await message.inner_text()


async def said_code(at: Locator, words: str) -> str:
    """The code in what the bot says."""
    found = re.search(rf"{words}\D*([MIE]\d+)", await hears(at, words))
    assert found is not None
    return found[1]


IN_DUTCH = {
    "where": "Waar is het?",
    "right": "Klopt het zo?",
    "send": "Versturen",
    "code": "Het nummer van je melding is",
    "done": "dit is gedaan.",
    "solved": "Is het echt opgelost? ({code})",
    "yes": "Ja, het is opgelost",
    "thanks": "{code} is nu klaar.",
}
IN_ARABIC = {
    "where": "أين هذا؟",
    "right": "هل هذا صحيح؟",
    "send": "إرسال",
    "code": "رقم رسالتك هو",
    "done": "تم العمل.",
    "solved": "هل حُلّت المشكلة فعلًا؟ (\u2068{code}\u2069)",
    "yes": "نعم، حُلّت",
    "thanks": "خبر جميل!",
}


async def report_and_confirm(page: Page, resident: Locator, place: str, said: dict[str, str]) -> None:
    """From the place of a report to "it's really solved", with the office on the second phone."""
    await hears(resident, said["where"])
    await tap(resident, place)
    await hears(resident, said["right"])
    await tap(resident, said["send"])
    code = await said_code(resident, said["code"])
    office = phone(page, 1)
    await be(office, "Kantoor")
    await tap(office, f"{code} openen")
    await be(office, "Sanne")
    await hears(office, f"{code} · Stoep of straat kapot")
    await expect(office.locator(".message.theirs").get_by_role("img").last).to_have_js_property("naturalWidth", 480)
    await tap(office, "Het is opgelost")
    await hears(office, f"{code}: wat is er gedaan?")
    await tap(office, "De tegel ligt weer vast.")
    await hears(office, "Stuur een foto")
    await tap(office, "Foto van hoe het nu is")
    await hears(office, "Foto's: 1")
    await tap(office, "Laat het de melder weten")
    await hears(resident, said["done"])
    for _day in range(3):
        await page.get_by_role("button", name="+1 dag").click()
    await hears(resident, said["solved"].format(code=code))
    await tap(resident, said["yes"])
    await hears(resident, said["thanks"].format(code=code))
    await page.get_by_role("textbox", name="Bericht").last.fill(code)
    await page.keyboard.press("Enter")
    card = office.locator(".message.theirs").filter(has_text="bevestigd door de melder")
    await expect(card.last).to_contain_text(code)  # with all that happened to it, it is longer than the phone


async def test_a_report_from_the_photo_to_really_solved(page: Page) -> None:
    wim = phone(page, 0)
    await tap(wim, "Meld een losse stoeptegel")
    await hears(wim, "Waar gaat het over?")
    await tap(wim, "Ja: Stoep of straat kapot")
    await report_and_confirm(page, wim, "Heulstraat, voor nummer 12", IN_DUTCH)


async def test_the_same_from_right_to_left_and_as_a_newcomer(page: Page) -> None:
    amina = phone(page, 0)
    await tap(amina, "Amina")
    await expect(amina).to_have_attribute("dir", "rtl")
    await tap(amina, "Meld een kapotte stoeptegel")
    await hears(amina, "هل يناسبك هذا؟")
    await tap(amina, "نعم، هذا يناسبني")
    await hears(amina, "في أي حيّ بيتك؟")
    await tap(amina, "Heksenberg")
    await hears(amina, "ما الموضوع؟")
    await tap(amina, "نعم: \u2068رصيف أو شارع مكسور\u2069")
    await report_and_confirm(page, amina, "أمام المدرسة", IN_ARABIC)
    await expect(amina).to_have_attribute("dir", "rtl")
    bot_says = await amina.locator(".message.theirs .bubble").last.bounding_box()
    log = await amina.locator(".log").bounding_box()
    assert bot_says is not None
    assert log is not None
    assert bot_says["x"] - log["x"] > log["x"] + log["width"] - (bot_says["x"] + bot_says["width"])  # on the right


async def test_a_talk_with_a_person_answered_with_the_keyboard_alone(page: Page) -> None:
    wim, office = phone(page, 0), phone(page, 1)
    await be(office, "Kantoor")
    await tap(wim, "Praten met een mens")
    await hears(wim, "Wat wil je zeggen of vragen?")
    await tap(wim, "Mag ik jullie bellen?")
    await hears(wim, "Ik heb het doorgegeven.")
    await hears(office, "Het gaat over mijn huur.")
    card = office.locator(".message.theirs").filter(has_text="Het gaat over mijn huur.")
    await card.get_by_role("button", name="Antwoord op dit bericht").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("Dat mag! Tot vijf uur.")
    await page.keyboard.press("Enter")
    await hears(wim, "Dat mag! Tot vijf uur.")
    await expect(wim.locator(".message.theirs").last).to_contain_text("Sanne")
    await expect(card).to_contain_text("Antwoord van Sanne: Dat mag! Tot vijf uur.")
    await expect(office.get_by_role("img", name="Gezien door de bot")).to_be_visible()
    await wim.get_by_role("textbox", name="Bericht").fill("Fijn, dank je")
    await page.keyboard.press("Enter")
    await hears(office, "Fijn, dank je")
    await tap(office, "Antwoord: ik zoek het voor je uit")
    await hears(wim, "Je hoort het vandaag van mij.")
    await tap(wim, "Het gesprek stoppen")
    await hears(wim, "Het gesprek is klaar.")
    await hears(office, "T1: de bewoner heeft het gesprek afgerond.")


async def test_everybody_is_invited_and_the_bar_moves(page: Page) -> None:
    wim, office = phone(page, 0), phone(page, 1)
    await tap(office, "Nodig iedereen uit voor de barbecue")
    for asked, given in (
        ("Hoe heet het?", "Barbecue in het park"),
        ("Wanneer begint het?", "overmorgen 17:00"),
        ("typ waar het is", "Buurtpark, bij de vijver"),
        ("Wat moeten mensen nog meer weten?", "Neem je buren mee!"),
        ("foto voor bij de uitnodiging", "Overslaan"),
        ("Dit krijgen de mensen te zien:", "Iedereen uitnodigen"),
    ):
        await hears(office, asked)
        await tap(office, given)
    code = await said_code(office, "Uitnodigingen voor")
    bar = office.locator(".message.theirs").filter(has_text=f"Uitnodigingen voor {code}")
    await expect(bar).to_have_count(1)
    await expect(bar).to_contain_text(re.compile("▓░"))  # some have gone, some wait
    # Two have blocked the bot; they may have been found out earlier, by whatever this day had to say to them.
    await expect(bar).to_contain_text(re.compile(r"Niet te bereiken: [012]\. Wacht nog: 0\."))
    await expect(bar).not_to_contain_text("░")
    await hears(wim, "Barbecue in het park")
    await tap(wim, "Ik kom")
    await hears(wim, "Leuk, tot dan! Barbecue in het park")
    await office.get_by_role("textbox", name="Bericht").fill(code)
    await page.keyboard.press("Enter")
    await hears(office, "Komen: 1. Misschien: 0. Komen niet: 0.")


async def test_what_else_the_office_may_try(page: Page) -> None:
    office = phone(page, 1)
    for suggestion, answer in (
        ("Te laat", "TE LAAT"),
        ("Ideeën", "Elke vrijdag samen soep eten"),
        ("Open meldingen", "Oud papier waait door de hele straat"),
    ):
        await tap(office, suggestion)
        await hears(office, answer)
    await tap(office, "Excel")
    await expect(office.get_by_text(".xlsx")).to_be_in_viewport()
    await tap(office, "Cijfers")
    await hears(office, "Is het echt opgelost? Dit zeiden mensen")  # the last of four pictures
