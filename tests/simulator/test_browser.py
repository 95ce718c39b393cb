"""The page in a real headless browser, with a small bot at the other end."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from playwright.async_api import Page, async_playwright, expect

from bot.simulator import Simulator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIM = 900001
expect.set_options(timeout=20_000)  # milliseconds: two cores, shared
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium: apt-get install chromium")


async def small_bot(bot: Bot) -> None:
    """Asks where, asks whether it is right, and says thanks in place of the question."""
    where = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Plek delen", request_location=True)]])
    yes = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Klopt", callback_data="ja")]])
    offset = None
    while True:
        for update in await bot.get_updates(offset=offset, timeout=20):
            offset = update.update_id + 1
            if update.callback_query and update.callback_query.message:
                query = update.callback_query
                await bot.answer_callback_query(query.id, text="Genoteerd")
                chat, number = query.message.chat.id, query.message.message_id  # type: ignore[union-attr]  # checked
                await bot.edit_message_text("<b>Dank je!</b>", chat_id=chat, message_id=number, parse_mode="HTML")
            elif update.message and update.message.photo:
                await bot.send_message(update.message.chat.id, "Waar is het?", reply_markup=where)
            elif update.message and update.message.location:
                await bot.send_message(update.message.chat.id, "Is het zo goed?", reply_markup=yes)
            elif update.message:
                await bot.send_message(update.message.chat.id, f"Je zei: {update.message.text}")


@pytest.fixture
async def page(sim: Simulator, bot: Bot) -> AsyncIterator[Page]:
    sim.cast()
    task = asyncio.create_task(small_bot(bot))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="nl-NL")
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        await page.goto(sim.url)
        yield page
        await browser.close()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert wrong == []
    assert sim.refusals == []


async def test_a_report_with_a_photo(page: Page) -> None:
    phone = page.get_by_role("region", name="Linkertelefoon: Wim")
    await phone.get_by_role("button", name="Meld een losse stoeptegel").click()
    await expect(phone.get_by_role("log").get_by_role("img")).to_be_visible()
    await phone.get_by_role("button", name="Plek delen").click()
    await phone.get_by_role("button", name="Schoolplein").click()
    await phone.get_by_role("button", name="Klopt").click()
    await expect(phone.get_by_text("Dank je!")).to_be_visible()
    await expect(phone.get_by_text("Is het zo goed?")).to_have_count(0)
    await expect(phone.get_by_text("Genoteerd")).to_be_visible()


async def test_with_the_keyboard_alone_and_nothing_read_as_html(page: Page) -> None:
    phone = page.get_by_role("region", name="Linkertelefoon: Wim")
    await phone.get_by_role("textbox", name="Bericht").focus()
    await page.keyboard.type("<img src=x onerror=alert(1)>")
    await page.keyboard.press("Enter")
    await expect(phone.get_by_text("Je zei: <img src=x onerror=alert(1)>")).to_be_visible()


async def test_right_to_left_and_side_by_side(page: Page) -> None:
    other = page.locator(".phone").nth(1)
    await other.get_by_role("button", name="Amina").click()
    await expect(other).to_have_attribute("dir", "rtl")
    await other.get_by_role("button", name="Mijn meldingen").click()
    await expect(other.get_by_text("Je zei: /mine")).to_be_visible()


async def test_the_clock_moves_and_what_comes_is_seen(page: Page, sim: Simulator, bot: Bot) -> None:
    async def moved(by: timedelta) -> None:
        await bot.send_message(WIM, "Is het echt opgelost?")

    sim.on_clock_moved = moved
    sim.person("Wim", id=WIM).start()
    await page.get_by_role("button", name="+1 dag").click()
    await expect(page.get_by_text("1 dag vooruit")).to_be_visible()
    await expect(page.get_by_text("Is het echt opgelost?")).to_be_visible()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("1 day ahead")).to_be_visible()


@pytest.mark.parametrize("width", [360, 390, 768])
async def test_a_narrow_window_has_one_phone_and_a_switch(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await expect(page.locator(".phone:visible")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await page.locator("#switch").get_by_role("button", name="Sanne").click()
    await expect(page.get_by_role("heading", name="Je bent Sanne")).to_be_visible()
