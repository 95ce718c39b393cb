"""Somebody who sends a hundred messages at once: nobody else waits, nothing is lost, and they get one remark."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.neighbourhood.floods import REMEMBERED, WINDOW_SECONDS, Floods
from bot.simulator.seen import seen
from tests.town import town as running_town

REMARK = "That is a lot at once!"


async def test_a_hundred_messages_cost_nobody_else_a_thing_and_all_of_it_is_kept(
    tmp_path: Path, sqlite_url: str
) -> None:
    pace = {"messages_per_second": 30, "chat_messages_per_second": 1}
    async with running_town(tmp_path, sqlite_url, **pace) as town:
        noor, piet = await town.known("Noor", "en"), await town.known("Piet", "en")
        noor.say("/report")
        await noor.sees("What is it about?", timeout=20)
        noor.tap("Broken pavement or road")
        await noor.sees("What is going on?", timeout=20)
        for number in range(100):
            noor.say(f"tile {number} is loose")
        piet.say("/mine")
        await piet.sees("There is nothing of yours here yet.", timeout=5)
        await noor.sees("Where is it?", timeout=60)
        await noor.sees(REMARK, timeout=60)
        assert sum(REMARK in seen(kept).text for kept in noor.dialog.said) == 1
        noor.say("Heulstraat")
        await noor.sees("Do you have a photo?", timeout=60)
        noor.tap("Skip")
        summary = await noor.sees("Is this right?", timeout=60)
        assert all(f"tile {number} is loose" in summary.text for number in range(100))


async def test_of_questions_that_pile_up_the_last_is_asked(tmp_path: Path, sqlite_url: str) -> None:
    async with running_town(tmp_path, sqlite_url, messages_per_second=30, chat_messages_per_second=1) as town:
        noor = await town.known("Noor", "en")
        noor.say("/report")
        await noor.sees("What is it about?", timeout=20)
        said = noor.dialog.said_count
        for _number in range(40):
            noor.sticker()
            await asyncio.sleep(0.03)
        await noor.sees(REMARK, timeout=60)
        await asyncio.sleep(6)
        assert noor.dialog.said_count - said < 30


def test_who_types_fast_now_and_then_is_no_flood() -> None:
    now = 0.0
    floods = Floods(clock=lambda: now)
    assert [floods.another(1) for _ in range(3)] == [1, 2, 3]
    now += WINDOW_SECONDS + 1
    assert floods.another(1) == 1


@given(st.lists(st.integers(min_value=0, max_value=5000), max_size=3000))
def test_it_remembers_only_so_many_chats(chats: list[int]) -> None:
    floods = Floods(clock=lambda: 0.0)
    for chat in chats:
        assert floods.another(chat) >= 1
    assert len(floods._chats) <= REMEMBERED
