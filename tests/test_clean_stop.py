"""A clean stop cuts no transaction in two: what was under way is written down, and the next start goes on from it."""

import asyncio

from tests.town import Town


async def test_stop_right_after_a_message(either_town: Town) -> None:
    anna = either_town.resident("Anna", "en")
    anna.start()
    await anna.hears()
    for milliseconds in (0, 1, 2, 4, 8):
        anna.say("/help")
        await asyncio.sleep(milliseconds / 1000)
        await either_town.stop()  # raised "database is locked" when it cut off the transaction that was being written
        await either_town.start()
        await anna.sees("/questions")
