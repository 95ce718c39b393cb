"""Letters as Telegram takes them, and the pace at which they may go."""

from __future__ import annotations

import asyncio
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.letters import CAPTION_LIMIT, MESSAGE_LIMIT, Bold, Button, captioned, length, letters, pictures
from bot.outbox.pace import LEAST, LESS, NOTICED_SECONDS, Pace, Rates, Share
from bot.simulator import Pace as TelegramsPace
from bot.simulator.pace import PaceKeeper

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=9000)


@given(st.lists(ANYTHING, min_size=1, max_size=4).filter(lambda texts: any(text.strip() for text in texts)))
def test_nothing_is_too_long_and_nothing_is_lost(paragraphs: list[str]) -> None:
    messages = letters(paragraphs, [[Button("Yes", "yes")]])
    texts = [re.sub(r"</?b>", "", message.content["text"]) for message in messages]
    assert all(0 < length(html.unescape(text)) <= MESSAGE_LIMIT for text in texts)
    sent = "".join("".join(html.unescape(text) for text in texts).split())
    assert sent == "".join("".join(each for each in paragraphs if each.strip()).split())
    assert ["reply_markup" in message.content for message in messages] == [False] * (len(messages) - 1) + [True]


def test_hostile_words_are_escaped_and_our_own_emphasis_is_not() -> None:
    (message,) = letters([Bold("<b>&"), "</b><a href='x'>"])
    assert message.content["text"] == "<b>&lt;b&gt;&amp;</b>\n\n&lt;/b&gt;&lt;a href='x'&gt;"


def test_a_caption_that_would_be_refused_is_found_before_it_is_sent() -> None:
    assert captioned("f1", ["x" * CAPTION_LIMIT]).content["photo"] == "f1"
    with pytest.raises(ValueError, match="too long"):
        captioned("f1", ["😀" * 513])


def test_one_photo_goes_alone_and_several_as_an_album() -> None:
    assert pictures([]) == []
    assert [each.method for each in pictures(["a"])] == ["sendPhoto"]
    assert [each.method for each in pictures(["a", "b"])] == ["sendMediaGroup"]


class Hands:
    """A clock that the test moves, in place of the monotonic one."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def passed(pace: Pace, hands: Hands, chats: list[int], lane: int = 0, *, group: bool = False) -> int:
    """How many of these are let through at once."""
    tasks = [asyncio.create_task(pace.wait(chat, lane, group=group)) for chat in chats]
    await asyncio.sleep(0.01)
    through = sum(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return through


async def test_a_chat_gets_a_short_burst_and_then_one_a_second() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=0, chat_per_second=1, chat_burst=3), hands)
    assert await passed(pace, hands, [7] * 5) == 3
    hands.now += 1
    assert await passed(pace, hands, [7] * 5) == 1
    assert await passed(pace, hands, [8]) == 1, "another chat does not wait for it"


async def test_a_group_gets_twenty_a_minute() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=0, group_per_minute=20, group_burst=3), hands)
    assert await passed(pace, hands, [7] * 5, group=True) == 3
    hands.now += 3.3
    assert await passed(pace, hands, [7], group=True) == 0
    hands.now += 0.1
    assert await passed(pace, hands, [7], group=True) == 1


async def test_no_minute_of_a_group_holds_more_than_twenty() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=0, group_per_minute=20, group_burst=3), hands)
    went = []
    while hands.now < 180:
        went += [hands.now] * await passed(pace, hands, [7] * 5, group=True)
        hands.now += 0.1
    assert max(sum(start <= each < start + 60 for each in went) for start in went) == 20


async def test_all_together_keep_the_rate_however_long_it_lasts() -> None:
    pace = Pace(Rates(per_second=100, chat_per_second=0))
    loop = asyncio.get_running_loop()
    started = loop.time()
    await asyncio.gather(*(pace.wait(chat, 2) for chat in range(60)))
    assert 0.45 <= loop.time() - started <= 1.2


async def test_a_reply_overtakes_bulk_that_waits() -> None:
    pace = Pace(Rates(per_second=20, chat_per_second=0))
    order: list[str] = []

    async def go(chat: int, lane: int, name: str) -> None:
        await pace.wait(chat, lane)
        order.append(name)

    bulk = [asyncio.create_task(go(chat, 2, "bulk")) for chat in range(6)]
    await asyncio.sleep(0)
    await asyncio.gather(*bulk, go(99, 0, "reply"))
    assert order.index("reply") <= 3, order


async def test_told_to_wait_pauses_that_chat_alone() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=50, chat_per_second=0), hands)
    pace.slow_down(7, 5)
    assert await passed(pace, hands, [7]) == 0
    assert await passed(pace, hands, [8]) == 1
    hands.now += 5.1
    assert await passed(pace, hands, [7]) == 1


async def test_told_to_wait_by_several_chats_pauses_everything() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=50, chat_per_second=0), hands)
    for chat in (1, 2, 3):
        pace.slow_down(chat, 5)
    assert await passed(pace, hands, [8]) == 0
    hands.now += 5.1
    assert await passed(pace, hands, [8]) == 1


MOMENTS = st.lists(st.tuples(st.floats(0, 900), st.floats(0, 120)), max_size=60)
"""Pauses between refusals, and for how long each tells to wait."""


@given(MOMENTS)
def test_the_rate_is_lowered_once_at_a_time_and_comes_back_all_by_itself(refusals: list[tuple[float, float]]) -> None:
    share, now, lowered_at = Share(), 1000.0, -1e9
    for pause, seconds in refusals:
        before = share.now(now)
        now += pause
        assert before <= share.now(now) <= 1, "without a refusal it only rises"
        before = share.now(now)
        share.lower(now, seconds)
        after = share.now(now)
        assert LEAST <= after <= before
        if after < before:
            assert after == pytest.approx(max(before * LESS, LEAST))
            assert now - lowered_at >= NOTICED_SECONDS, "what was under way is no second warning"
            lowered_at = now
    lowest = share.now(now)
    assert share.now(now + 120 + 240) >= min(1.0, lowest + 0.19), "a fifth comes back in four minutes"
    assert share.now(now + 3600) == 1


@given(MOMENTS, st.floats(1, 300))
def test_no_more_goes_than_the_rate_allows(refusals: list[tuple[float, float]], rate: float) -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=rate, chat_per_second=0), hands)
    for chat, (pause, seconds) in enumerate(refusals):
        hands.now += pause
        pace.slow_down(chat, seconds)
        assert rate * LEAST <= pace.per_second <= rate


async def test_after_a_429_less_goes_and_in_time_all_of_it_again() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=50), hands)
    await passed(pace, hands, [7])
    pace.slow_down(7, 3)
    assert pace.per_second == 45
    hands.now += 3 + 120
    assert pace.per_second == pytest.approx(50, rel=0.01)


async def test_a_chat_that_got_too_much_slows_down_nobody_else() -> None:
    hands = Hands()
    pace = Pace(Rates(per_second=50), hands)
    await passed(pace, hands, [7, 7, 7])
    pace.slow_down(7, 3)
    assert pace.per_second == 50


@pytest.mark.parametrize(("allowed", "least"), [(30, 0.97), (20, 0.85)])
async def test_nearly_all_that_is_allowed_goes_and_a_lower_limit_is_found(allowed: float, least: float) -> None:
    """Ten minutes of bulk in moved time against Telegram's bucket, which may be smaller than the bot believes."""
    hands = Hands()
    pace = Pace(Rates(per_second=30), hands)
    telegram = PaceKeeper(TelegramsPace(global_per_second=allowed), hands)
    sent = refused = 0
    for _tick in range(600 * 10):
        going = [asyncio.create_task(pace.wait(chat, 2)) for chat in range(sent, sent + 5)]
        await asyncio.sleep(0)
        for task in going:
            if not task.done():
                task.cancel()
            elif wait := telegram.take(1, sent + refused):
                refused += 1
                pace.slow_down(-refused, wait)
            else:
                sent += 1
        await asyncio.gather(*going, return_exceptions=True)
        hands.now += 0.1
    assert sent >= least * allowed * 600
    assert refused <= (0 if allowed == 30 else sent / 100)
