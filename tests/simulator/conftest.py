"""A simulator on a free port, and the two clients that must both understand it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.simulator import DEFAULT_TOKEN, Person, Simulator


def aiogram_bot(url: str, token: str = DEFAULT_TOKEN) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    simulator = Simulator()
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[Bot]:
    client = aiogram_bot(sim.url)
    yield client
    await client.session.close()


@pytest.fixture
def anna(sim: Simulator) -> Person:
    person = sim.person("Anna")
    person.start()
    return person
