"""Many residents at once in a small town, and broadcasts to all of them: written down, without a word said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.outbox import bulk
from bot.outbox.letters import Letter, letters
from bot.simulator import Person
from bot.store.database import Database
from bot.store.tables import Broadcast, Chat, Recipient, Resident
from tests.town import Town

WORDS = "The barbecue is on Saturday"
EVERYBODY = select(Resident.chat_id).where(Resident.consent_at.is_not(None))


async def crowd(town: Town, people: int, language: str = "en") -> list[Person]:
    """Residents who have said yes; the bot runs."""
    while town.service is None or town.service.turns is None:  # noqa: ASYNC110 - it starts
        await asyncio.sleep(0.01)
    around = _around(town)
    persons = [town.resident(f"R{number}", language) for number in range(people)]
    now = town.clock.now()
    async with around.database.write() as session:
        for person in persons:
            person.dialog.started = True
            chat = Chat(
                fingerprint=around.seal.fingerprint(person.id),
                telegram_id=around.seal.close_id(person.id),
                language=language,
                since=now,
                heard_at=now,
            )
            session.add(chat)
            await session.flush()
            session.add(Resident(chat_id=chat.id, consent_at=now, consent_version="1", came_at=now))
    return persons


async def send_out(
    town: Town,
    each_language: Mapping[str, Letter] | None = None,
    to: Any = None,
    **more: Any,
) -> int:
    """Begin a broadcast to everybody, or to whom `to` selects; gives its number."""
    now = town.clock.now()
    broadcast = Broadcast(**{"subject": "said", "state": "running", "not_before": now, "at": now, **more})
    said = each_language or {"en": letters([WORDS])[0]}
    async with _around(town).database.write() as session:
        await bulk.begin(session, broadcast, said, EVERYBODY if to is None else to)
    town.service.turns.written()  # type: ignore[union-attr]
    return broadcast.id


async def change(town: Town, number: int, **values: Any) -> None:
    """Write something else into a broadcast's row, as a button does."""
    async with _around(town).database.write() as session:
        broadcast = await session.get_one(Broadcast, number)
        for name, value in values.items():
            setattr(broadcast, name, value)


async def row(town: Town, number: int) -> Broadcast:
    """A broadcast as it is written down by now."""
    database = Database(town.database_url)
    async with database.read() as session:
        found = await session.get_one(Broadcast, number)
    await database.close()
    return found


async def recipients(town: Town, number: int) -> list[Recipient]:
    """Who gets it, in the order of their chats."""
    database = Database(town.database_url)
    async with database.read() as session:
        found = await session.scalars(
            select(Recipient).where(Recipient.broadcast_id == number).order_by(Recipient.chat_id)
        )
        every = list(found)
    await database.close()
    return every


async def tally(town: Town, number: int) -> dict[str, int]:
    """How many recipients are in which state; the broadcast's own counts must say the same."""
    states = Counter(each.state for each in await recipients(town, number))
    broadcast = await row(town, number)
    counted = {
        "waiting": broadcast.waiting,
        "sent": broadcast.sent,
        "gone": broadcast.unreachable,
        "refused": broadcast.refused,
        "unknown": broadcast.unknown,
    }
    assert states == Counter(counted)
    return dict(states)


def copies(people: list[Person], words: str = WORDS) -> Counter[int]:
    """How often each number of copies arrived: `{1: 40}` is once to each of forty."""
    return Counter(sum(words in seen.text for seen in person.messages if seen.from_bot) for person in people)


def _around(town: Town) -> Any:
    assert town.service is not None
    assert town.service.turns is not None
    return town.service.turns.around
