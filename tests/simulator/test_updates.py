"""How updates reach a bot: polling, its conflicts, what is asked for, and the webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from bot.simulator import Person, Simulator


async def test_an_update_comes_until_it_is_confirmed(sim: Simulator, bot: Bot, anna: Person) -> None:
    anna.say("een")
    anna.say("twee")
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["/start", "een"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["twee"]
    assert rest[0].update_id == first[-1].update_id + 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == []
    assert sim.waiting_updates() == 0


async def test_a_negative_offset_takes_from_the_end(bot: Bot, anna: Person) -> None:
    anna.say("een")
    anna.say("twee")
    last = await bot.get_updates(offset=-1)
    assert [update.message.text for update in last if update.message] == ["twee"]


async def test_a_long_poll_wakes_up(bot: Bot, anna: Person) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=20))
    await asyncio.sleep(0.1)
    anna.say("daar")
    updates = await asyncio.wait_for(poll, 2)
    assert [update.message.text for update in updates if update.message] == ["daar"]


async def test_the_older_of_two_pollers_gets_409(sim: Simulator, bot: Bot) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(bot.get_updates(timeout=1))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await asyncio.wait_for(older, 2)
    assert await newer == []


async def test_a_poller_that_went_away_leaves_no_trace(sim: Simulator, bot: Bot, anna: Person) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=20))
    await asyncio.sleep(0.1)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await bot.session.close()
    await asyncio.sleep(0.1)
    assert sim.the_bot().poller is None


async def test_polling_while_a_webhook_is_set_gets_409(bot: Bot) -> None:
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_allowed_updates(sim: Simulator, bot: Bot) -> None:
    anna = sim.person("Anna")

    async def kinds(allowed: list[str] | None) -> list[str]:
        await bot.get_updates(allowed_updates=allowed)
        mine = anna.say("x")
        anna.edit(mine, "y")
        anna.block()
        anna.unblock()
        updates = await bot.get_updates()
        if updates:
            await bot.get_updates(offset=updates[-1].update_id + 1)
        return [update.event_type for update in updates]

    all_of_them = ["message", "edited_message", "my_chat_member", "my_chat_member"]
    assert await kinds(None) == all_of_them
    assert await kinds(["message"]) == ["message"]
    assert await kinds(None) == ["message"], "unspecified keeps the previous setting"
    assert await kinds([]) == all_of_them, "an empty list is the default again"


async def test_blocking_is_told(sim: Simulator, bot: Bot, anna: Person) -> None:
    anna.block()
    anna.unblock()
    updates = await bot.get_updates()
    changes = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]
    assert changes[0].old_chat_member.status == "member"


class Hook:
    """The bot's side of a webhook, which can be told to fail."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[int, str]] = []
        self.secrets: list[str | None] = []
        self.failures: dict[str, int] = {}
        self.answer: object = None

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        text = update["message"]["text"]
        self.got.append((update["update_id"], text))
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.failures.get(text, 0) > 0:
            self.failures[text] -= 1
            return web.Response(status=500)
        return web.json_response(self.answer) if self.answer else web.Response()

    async def has(self, number: int) -> list[str]:
        async with asyncio.timeout(5):
            while len(self.got) < number:  # noqa: ASYNC110 - a test may look again
                await asyncio.sleep(0.02)
        return [text for _, text in self.got]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_the_webhook_repeats_until_taken_and_keeps_the_order_of_a_chat(
    sim: Simulator, bot: Bot, anna: Person, hook: Hook
) -> None:
    hook.failures = {"een": 2}
    await bot.set_webhook(hook.url, secret_token="geheim")
    bas = sim.person("Bas")
    anna.say("een")
    anna.say("twee")
    bas.say("van Bas")
    texts = await hook.has(6)
    mine = [text for text in texts if text != "van Bas"]
    assert mine == ["/start", "een", "een", "een", "twee"]
    assert texts.index("van Bas") < texts.index("twee"), "another chat does not wait"
    ids = {number for number, text in hook.got if text == "een"}
    assert len(ids) == 1
    assert set(hook.secrets) == {"geheim"}
    await asyncio.sleep(0.05)
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 0
    assert info.last_error_message is not None
    assert "500" in info.last_error_message


async def test_a_webhook_may_answer_with_a_call(bot: Bot, anna: Person, hook: Hook) -> None:
    hook.answer = {"method": "sendMessage", "chat_id": anna.id, "text": "Via het antwoord"}
    await bot.set_webhook(hook.url)
    await anna.sees("Via het antwoord")


async def test_bad_webhooks(bot: Bot) -> None:
    for url in ("http://example.nl/hook", "nonsense"):
        with pytest.raises(TelegramBadRequest, match="bad webhook"):
            await bot.set_webhook(url)
    with pytest.raises(TelegramBadRequest, match="secret token"):
        await bot.set_webhook("https://example.nl", secret_token="spatie erin")


async def test_several_bots_do_not_hear_each_other(sim: Simulator) -> None:
    first, second = "11:first", "22:second"
    anna = sim.person("Anna", bot_token=first)
    same = sim.person("Anna", id=anna.id, bot_token=second)
    anna.say("voor de eerste")
    same.say("voor de tweede")
    async with aiohttp.ClientSession() as session:
        for token, text in ((first, "voor de eerste"), (second, "voor de tweede")):
            async with session.get(f"{sim.url}/bot{token}/getUpdates?limit=5") as answer:
                updates = (await answer.json())["result"]
            assert [update["message"]["text"] for update in updates] == [text]
    with pytest.raises(AssertionError, match="say which one"):
        sim.person("Cor").start()
