"""The page's other end: who there is, what somebody does, what is told, and who may not ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.simulator import Simulator
from bot.simulator.page_server import HERE


@pytest.fixture
async def browser(sim: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    sim.cast()
    async with aiohttp.ClientSession(sim.url) as session:
        yield session


async def do(browser: aiohttp.ClientSession, who: str, what: str, **more: Any) -> int:
    async with browser.post("/sim/act", json={"who": who, "what": what, **more}) as answer:
        return answer.status


async def state(browser: aiohttp.ClientSession) -> dict[str, Any]:
    async with browser.get("/sim/state") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def test_the_page_is_served_and_loads_nothing_from_elsewhere(browser: aiohttp.ClientSession) -> None:
    for path in ("/", "/page/app.js", "/page/message.js", "/page/words.js", "/page/style.css", "/page/mark.svg"):
        async with browser.get(path) as answer:
            assert answer.status == 200, path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            text = (await answer.text()).replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text
            assert "https://${" in text or "https://" not in text
            assert "innerHTML" not in text


def test_the_page_stays_small() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in Path(HERE).glob("*.*"))
    assert lines <= 1000


async def test_who_there_is(browser: aiohttp.ClientSession) -> None:
    told = await state(browser)
    assert [one["key"] for one in told["people"]] == ["wim", "amina", "john", "sanne", "office"]
    assert all(one["suggestions"] for one in told["people"])
    assert told["samples"] == ["paving", "weeds", "rubbish", "mended", "garden", "receipt"]
    async with browser.get("/sim/sample/paving") as answer:
        assert (await answer.read()).startswith(b"\x89PNG")
    async with browser.get("/sim/sample/../state") as answer:
        assert answer.status in (200, 404)


async def test_what_is_done_reaches_the_bot_and_its_answer_the_page(
    sim: Simulator, bot: Bot, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/sim/events") as events:
        assert await do(browser, "wim", "start") == 200
        assert await do(browser, "wim", "say", text="<img src=x onerror=alert(1)>") == 200
        assert await do(browser, "wim", "spot", latitude=50.9, longitude=5.98) == 200
        assert await do(browser, "wim", "photo", samples="paving,weeds", text="Kijk") == 200
        assert await do(browser, "wim", "voice") == 200
        assert await do(browser, "office", "say", text="/complaints") == 200
        form = aiohttp.FormData({"who": "wim", "what": "photo", "text": "Eigen"})
        form.add_field("file", b"\xff\xd8mine", filename="a.jpg")
        async with browser.post("/sim/act", data=form) as answer:
            assert answer.status == 200
        messages = [update.message for update in await bot.get_updates() if update.message]
        assert [message.content_type for message in messages] == [
            "text", "text", "location", "photo", "photo", "voice", "text", "photo",
        ]  # fmt: skip
        wim, office = messages[0].chat.id, messages[6].chat.id
        assert office < 0
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ja", callback_data="j")]])
        sent = await bot.send_message(wim, "Klopt het?", reply_markup=keyboard)
        await bot.send_chat_action(wim, "typing")
        assert await do(browser, "wim", "tap", text="j", message=sent.message_id) == 200
        query = (await bot.get_updates())[-1].callback_query
        assert query is not None
        await bot.answer_callback_query(query.id, text="Genoteerd")
        await bot.edit_message_text("Dank je", chat_id=wim, message_id=sent.message_id)
        async with browser.post("/sim/clock", json={"move_seconds": 3600}) as answer:
            assert answer.status == 200
        told = []
        async with asyncio.timeout(5):
            async for line in events.content:
                if line.startswith(b"data: "):
                    told.append(json.loads(line[6:]))
                    if told[-1]["type"] == "clock":
                        break
    assert [event["type"] for event in told[-5:]] == ["message", "typing", "alert", "edited", "clock"]
    assert told[-2]["message"]["text"] == "Dank je"
    photo = (await state(browser))["chats"]["wim"]["messages"][-2]["photos"][0]
    async with browser.get(f"/sim/photo/{photo}") as answer:
        assert await answer.read() == b"\xff\xd8mine"
        assert answer.content_type == "image/jpeg"


@pytest.mark.parametrize(
    "body",
    [
        {"who": "nobody", "what": "say", "text": "x"},
        {"who": "wim", "what": "fly"},
        {"who": "wim", "what": "say", "text": " "},
        {"who": "wim", "what": "tap", "text": "x", "message": 99},
        {"who": "wim", "what": "spot", "latitude": "north", "longitude": 1},
        {"who": "office", "what": "spot", "latitude": 50.9, "longitude": 5.98},
        {"who": "office", "what": "contact"},
        [],
    ],
)
async def test_what_cannot_be_done(browser: aiohttp.ClientSession, body: object) -> None:
    async with browser.post("/sim/act", json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]


async def test_the_clock_only_goes_forward(browser: aiohttp.ClientSession) -> None:
    for seconds in (0, -3600, "day", 10**12):
        async with browser.post("/sim/clock", json={"move_seconds": seconds}) as answer:
            assert answer.status == 400


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
@pytest.mark.parametrize("path", ["/", "/sim/state", "/sim/act", "/sim/clock"])
async def test_other_pages_and_names_may_not_ask(
    browser: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    method = "POST" if path in ("/sim/act", "/sim/clock") else "GET"
    async with browser.request(method, path, headers=headers, data=b"{}") as answer:
        assert answer.status == 403


async def test_a_form_is_no_json(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/sim/clock", data="move_seconds=3600") as answer:
        assert answer.status == 400
