"""Telegram's pace, and things that go wrong on purpose."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError

from bot.simulator import Fault, Pace, Person, Simulator
from bot.simulator.pace import PaceKeeper


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_has_a_burst_and_then_one_a_second() -> None:
    clock = Seconds()
    keeper = PaceKeeper(Pace(), clock)
    assert [keeper.take(1, 5) for _ in range(4)] == [0, 0, 0, 1]
    assert keeper.take(1, 6) == 0, "another chat does not wait"
    clock.now += 1.0
    assert [keeper.take(1, 5) for _ in range(2)] == [0, 1]


def test_thirty_a_second_in_all() -> None:
    clock = Seconds()
    keeper = PaceKeeper(Pace(), clock)
    assert sum(keeper.take(1, chat) == 0 for chat in range(100, 200)) == 30
    assert keeper.take(2, 100) == 0, "another bot has its own pace"
    clock.now += 10.0
    assert sum(keeper.take(1, chat) == 0 for chat in range(300, 400)) == 30


def test_twenty_a_minute_in_a_group() -> None:
    clock = Seconds()
    keeper = PaceKeeper(Pace(), clock)
    taken = [keeper.take(1, -5) for _ in range(21)]
    assert taken[:20] == [0] * 20
    assert taken[20] == 3
    assert keeper.take(1, -6, messages=10) == 0
    clock.now += 3.0
    assert keeper.take(1, -5) == 0


def test_scale_makes_everything_faster() -> None:
    keeper = PaceKeeper(Pace(scale=10, chat_burst=1), Seconds())
    assert sum(keeper.take(1, chat) == 0 for chat in range(100, 1000)) == 300


async def test_over_the_pace_is_429(sim: Simulator, bot: Bot, anna: Person) -> None:
    sim.set_pace(Pace(chat_burst=2))
    sent = await bot.send_message(anna.id, "een")
    await bot.edit_message_text("twee", chat_id=anna.id, message_id=sent.message_id)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(anna.id, "drie")
    assert refused.value.retry_after == 1
    assert (sim.statistics.total_accepted, sim.statistics.total_held_back) == (2, 1)
    assert sim.refusals == [], "429 is no mistake of the bot's"


async def test_errors_come_as_often_as_asked(sim: Simulator, bot: Bot, anna: Person) -> None:
    fault = Fault("error", {"sendMessage"}, status=502, times=1)
    sim.faults.append(fault)
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await bot.send_message(anna.id, "een")
    await bot.send_message(anna.id, "twee")
    assert fault.met == 1
    assert [seen.text for seen in await anna.hears(1)] == ["twee"]


async def test_a_fault_leaves_other_methods_alone(sim: Simulator, bot: Bot, anna: Person) -> None:
    sim.faults.append(Fault("retry_after", {"sendPhoto"}, seconds=7))
    await bot.send_message(anna.id, "een")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_photo(anna.id, "x")
    assert refused.value.retry_after == 7
    sim.faults.clear()
    assert sim.refusals == []


@pytest.mark.parametrize(("kind", "arrived"), [("drop_before", []), ("drop_after", ["een"])])
async def test_a_lost_connection_is_ambiguous(
    sim: Simulator, bot: Bot, anna: Person, kind: str, arrived: list[str]
) -> None:
    sim.faults.append(Fault(kind, {"sendMessage"}, times=1))  # type: ignore[arg-type]  # two of its five words
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "een")
    assert [seen.text for seen in anna.messages if seen.from_bot] == arrived


async def test_silence_lasts_until_the_fault_ends(sim: Simulator, bot: Bot, anna: Person) -> None:
    fault = Fault("silence")
    sim.faults.append(fault)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "een", request_timeout=1)
    waiting = asyncio.create_task(bot.send_message(anna.id, "twee", request_timeout=10))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    sim.faults.remove(fault)
    with pytest.raises(TelegramNetworkError):
        await waiting
    await bot.send_message(anna.id, "drie")
    assert [seen.text for seen in anna.messages if seen.from_bot] == ["drie"]


def test_a_fault_has_its_time_and_its_chance() -> None:
    assert not Fault("error", seconds=-1).strikes("sendMessage")
    often = Fault("error", chance=0.5)
    assert 300 < sum(often.strikes("x") for _ in range(1000)) < 700
    assert not Fault("error", chance=0.0).strikes("x")


async def test_calls_are_noted(sim: Simulator, bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "een")
    call = sim.calls[-1]
    assert (call.method, call.chat_id, call.ok) == ("sendMessage", anna.id, True)
